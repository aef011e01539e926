//! Reports of made-up comparisons: every kind of verdict, every size, hostile text.
//!
//! `COTPRINT_REPORT_SAMPLES=FOLDER cargo test --test report` also leaves the reports in a folder,
//! for a person to look at.

#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests

#[path = "common/made_up.rs"]
mod made_up;

use cotprint::lineage::{Comparison, Limit};
use cotprint::output::{InputFiles, OutputFolder};
use cotprint::report::plots::{
    BreakdownPlot, DriftPlot, FloorsPlot, HabitsPlot, HeatMap, LikenessPlot, Look, MapPlot,
    RankingPlot, svg,
};
use cotprint::report::{
    REPORT_FILES, TerminalOptions, render_page, to_json, to_markdown, write_report, write_terminal,
};
use made_up::{broken, comparison, hostile, samples};
use std::path::{Path, PathBuf};

fn terminal(c: &Comparison, color: bool) -> String {
    let mut out = Vec::new();
    let options = TerminalOptions { color, verbose: true, ..TerminalOptions::default() };
    write_terminal(c, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// What is printed where nothing more is asked for.
fn short(c: &Comparison, width: usize) -> String {
    let mut out = Vec::new();
    let options = TerminalOptions { width, ..TerminalOptions::default() };
    write_terminal(c, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// A character that acts on the text around it or hides.
fn is_dangerous(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c as u32, 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF | 0xE0000..=0xE0FFF)
}

/// Checks that every tag is closed in order and every attribute quoted; answers the tags.
fn check_xml(text: &str) -> Vec<String> {
    let (mut open, mut seen) = (Vec::new(), Vec::new());
    for part in text.split('<').skip(1) {
        let (tag, rest) = part.split_once('>').expect("a tag ends");
        assert!(!rest.contains('>') && !rest.contains('\0'), "{rest}");
        for entity in rest.split('&').skip(1).chain(tag.split('&').skip(1)) {
            let name = entity.split_once(';').expect("an entity ends").0;
            assert!(["amp", "lt", "gt", "quot", "apos"].contains(&name), "{name}");
        }
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        let name = tag.split_whitespace().next().unwrap().trim_end_matches('/').to_owned();
        if !tag.ends_with('/') {
            open.push(name.clone());
        }
        seen.push(name);
    }
    assert!(open.is_empty(), "{open:?}");
    seen
}

/// Writes a report into a folder; the files in their order.
fn written(comparison: &Comparison, path: &Path) -> Vec<PathBuf> {
    let folder = OutputFolder::create(path, &REPORT_FILES, &InputFiles::default()).unwrap();
    write_report(comparison, &folder).unwrap();
    folder.finish().unwrap()
}

#[test]
fn a_report_holds_every_file_and_the_same_bytes_again() {
    let samples_folder = std::env::var_os("COTPRINT_REPORT_SAMPLES");
    let temporary = tempfile::tempdir().unwrap();
    for (name, c) in samples() {
        // Large pictures take long to draw without optimization.
        if samples_folder.is_none()
            && !["two", "resembles", "too_little_text", "broken"].contains(&name)
        {
            continue;
        }
        let root = samples_folder.as_ref().map_or(temporary.path(), |folder| folder.as_ref());
        let folder = root.join(name).join("made-for-it");
        let files = written(&c, &folder);
        let mut names: Vec<_> =
            files.iter().map(|f| f.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names[0], "report.html");
        names.sort_unstable();
        let mut expected = [
            "report.html",
            "report.json",
            "report.md",
            "drift.png",
            "drift.svg",
            "ranking.png",
            "ranking.svg",
            "holds.png",
            "holds.svg",
            "likeness.png",
            "likeness.svg",
            "tree.png",
            "tree.svg",
            "similarity.png",
            "similarity.svg",
            "map.png",
            "map.svg",
            "neighbours.png",
            "neighbours.svg",
            "habits.png",
            "habits.svg",
            "habits-of-traces.png",
            "habits-of-traces.svg",
        ]
        .into_iter()
        // Two references make no map, and without a ranking there is nothing more to draw.
        .filter(|file| {
            !(file.starts_with("map.")
                && c.similarity.labels.len().min(c.similarity.values.len()) < 5)
        })
        .filter(|file| !file.starts_with("neighbours.") || c.neighbourhood.is_some())
        .filter(|file| !file.starts_with("tree.") || c.tree.is_some())
        .filter(|file| {
            !file.starts_with("habits-of") || c.habits.get(1).is_some_and(|h| !h.habits.is_empty())
        })
        .filter(|file| {
            !c.ranking.is_empty()
                || ["report.", "ranking.", "similarity."].iter().any(|own| file.starts_with(own))
        })
        .collect::<Vec<_>>();
        expected.sort_unstable();
        assert_eq!(names, expected);
        let markdown = std::fs::read_to_string(&files[2]).unwrap();
        for picture in names.iter().filter(|name| name.ends_with(".png")) {
            // Without a ranking the figures say that there is nothing to show.
            assert_eq!(
                markdown.contains(&format!("]({picture})")),
                !c.ranking.is_empty(),
                "{name}"
            );
        }
        if samples_folder.is_some() {
            std::fs::write(folder.join("terminal.txt"), terminal(&c, true)).unwrap();
        }
        if name == "resembles" {
            let again = written(&c, &temporary.path().join("again"));
            for (one, two) in files.iter().zip(&again) {
                assert_eq!(std::fs::read(one).unwrap(), std::fs::read(two).unwrap(), "{one:?}");
            }
            let png = std::fs::read(&files[3]).unwrap();
            assert_eq!(&png[1..4], b"PNG");
            assert_eq!(u32::from_be_bytes(png[16..20].try_into().unwrap()), 2 * 960);
        }
    }
}

#[test]
fn nobody_is_said_to_have_written_all_traces_where_the_subject_matter_is_unknown() {
    let mut c = comparison(2, 0.6);
    c.limits.clear();
    c.ranking[0].pooled = Some(0.94);
    let says = |c: &Comparison| terminal(c, false).contains("If one reference wrote all");
    assert!(says(&c));
    c.limits.push(Limit::OtherDomain {
        domains: vec!["mathematics".into()],
        reference: c.ranking[0].reference.clone(),
        known_from: vec!["politics".into()],
        top1: None,
    });
    assert!(!says(&c));
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let temporary = tempfile::tempdir().unwrap();
    let file = temporary.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    let folder = OutputFolder::create(&file.join("report"), &REPORT_FILES, &InputFiles::default());
    let error = folder.unwrap_err().to_string();
    assert!(error.contains("cannot make the folder") && error.contains("a-file"), "{error}");
}

#[test]
fn figures_are_well_formed_whatever_their_labels() {
    for (name, c) in samples() {
        for look in [Look::File, Look::Page, Look::Phone] {
            let ranking = svg(&RankingPlot::new(&c, look).unwrap(), "a").unwrap();
            let heat_map = svg(&HeatMap::new(&c, look).unwrap(), "b").unwrap();
            let floors = svg(&FloorsPlot::new(&c), "c").unwrap();
            let map = MapPlot::new(&c, look).unwrap().map(|map| svg(&map, "f").unwrap());
            let pairing = c.pairing.as_ref().unwrap();
            let likeness = svg(&LikenessPlot::new(pairing, look).unwrap(), "d").unwrap();
            let drift =
                svg(&DriftPlot::new(c.drift.as_ref().unwrap(), look).unwrap(), "e").unwrap();
            let holds = c
                .holds
                .as_ref()
                .map(|own| svg(&BreakdownPlot::new(own, look).unwrap(), "g").unwrap());
            let habits =
                c.habits.iter().map(|own| svg(&HabitsPlot::new(own, look).unwrap(), "h").unwrap());
            let neighbours = c
                .neighbourhood
                .as_ref()
                .map(|own| svg(&MapPlot::of_neighbours(&c, own, look).unwrap(), "i").unwrap());
            let others = map.into_iter().chain(holds).chain(habits).chain(neighbours);
            for figure in [ranking, heat_map, floors, likeness, drift].into_iter().chain(others) {
                let tags = check_xml(&figure);
                let known = [
                    "svg", "title", "desc", "rect", "circle", "polygon", "polyline", "line", "text",
                ];
                assert!(tags.iter().all(|tag| known.contains(&tag.as_str())), "{name}: {tags:?}");
                assert_eq!(figure.chars().find(|c| is_dangerous(*c)), None, "{name}");
            }
        }
    }
}

#[test]
fn nothing_hostile_runs_in_the_page() {
    let page = render_page(&hostile()).unwrap();
    assert!(!page.contains("<script"));
    assert_eq!(page.matches("</style>").count(), 1);
    assert_eq!(page.matches("<style>").count(), 1);
    assert!(page.contains("&lt;script&gt;alert(1)"));
    assert!(!page.contains("\" onload=\""));
    assert_eq!(page.chars().find(|c| is_dangerous(*c)), None);
    assert!(page.len() < 3_000_000, "{}", page.len());
    assert!(page.contains("default-src &#x27;none&#x27;; style-src &#x27;sha256-"));
}

#[test]
fn the_page_asks_for_nothing_from_outside() {
    for (name, c) in samples() {
        let page = render_page(&c).unwrap();
        for request in ["src=", "@import", "url(http", "url(//", "<link", "<iframe", "<img"] {
            assert!(!page.contains(request), "{name}: {request}");
        }
        // A link leads to a place in the page or holds a figure's data itself.
        for link in page.split("href=").skip(1) {
            let ours = ["\"#h-", "\"data:text/csv;", "\"data:application/json;"];
            assert!(ours.iter().any(|start| link.starts_with(start)), "{name}: {}", &link[..40]);
        }
        assert!(page.len() < 3_000_000, "{name}: {} bytes", page.len());
    }
}

#[test]
fn the_page_speaks_of_resemblance_only() {
    for (name, c) in samples() {
        let text = render_page(&c).unwrap() + &terminal(&c, false);
        for claim in ["was trained on", "was distilled", "copied from"] {
            assert!(!text.contains(claim), "{name}: {claim}");
        }
        assert_eq!(text.matches("Style is evidence, not proof").count(), 3, "{name}");
    }
}

#[test]
fn the_parts_of_the_page_say_what_they_rest_on() {
    let mut c = comparison(24, 0.6);
    let page = render_page(&c).unwrap();
    for piece in [
        "is first in 8 of 9 subgroups",
        "(by domain)",
        "gemini-2.5-pro-preview-05-06 0.50",
        "neighbours.svg and neighbours.png",
        "the input deviates most in “varied words” (less)",
        "<h4>Most like deepseek&#x2f;deepseek-r1-0528</h4>",
        "trace-3, 19 words, probability 0.04",
        "<mark class=\"for\" title=\"+0.40 for deepseek&#x2f;deepseek-r1-0528",
        "<span class=\"s2\" title=\"b&#x2f;other 0.60\"> Wait, is that so?",
        "<span class=\"open\" title=\"no reference has half: b&#x2f;other 0.60\">",
    ] {
        assert!(page.contains(piece), "{piece}");
    }
    // Texts of the input are in the page alone.
    assert!(
        !to_json(&c).unwrap().contains("is that so") && !to_markdown(&c).contains("is that so")
    );
    let text = terminal(&c, false);
    assert!(text.contains("Subgroups") && text.contains("logic-puzzle"), "{text}");
    (c.holds, c.neighbourhood, c.habits, c.examples) = (None, None, Vec::new(), Vec::new());
    let page = render_page(&c).unwrap();
    for gone in ["h-holds", "h-habits", "h-examples", "neighbours"] {
        assert!(!page.contains(gone), "{gone}");
    }
}

#[test]
fn phrases_are_quoted_where_they_stand() {
    let mut c = comparison(24, 0.6);
    let quoted = |c: &Comparison| {
        [render_page(c).unwrap(), to_markdown(c), terminal(c, false)].map(|text| {
            let pieces = ["trace-0", "which is harder", "wants to know"];
            pieces.iter().filter(|piece| text.contains(**piece)).count()
        })
    };
    assert_eq!(quoted(&c), [3, 3, 3]);
    assert!(terminal(&c, false).contains("[Okay, so the user] wants"));
    assert!(render_page(&c).unwrap().contains("harder. <mark>Okay, so the user</mark> wants"));
    c.evidence.iter_mut().for_each(|one| one.lines.clear());
    assert_eq!(quoted(&c), [0, 0, 0]);
    assert!(!render_page(&c).unwrap().contains("Where they stand"));
}

#[test]
fn a_corpus_of_several_subjects_has_a_verdict_on_each() {
    let mut c = comparison(24, 0.6);
    let forms = |c: &Comparison| [render_page(c).unwrap(), to_markdown(c), terminal(c, false)];
    for text in forms(&c) {
        assert!(
            text.contains("The verdict by subject matter") && text.contains("puzzles"),
            "{text}"
        );
        assert!(text.contains("cannot tell: unfamiliar"), "{text}");
    }
    // Of one subject, the verdict has said it.
    c.verdict_by_data_set.truncate(1);
    for text in forms(&c) {
        assert!(!text.contains("The verdict by subject matter"), "{text}");
    }
}

#[test]
fn every_section_is_there_and_in_order() {
    let page = render_page(&comparison(24, 0.6)).unwrap();
    let ids = [
        "h-moved",
        "h-drift",
        "h-sure",
        "h-ranking",
        "h-holds",
        "h-data-sets",
        "h-limits",
        "h-else",
        "h-pairing",
        "h-families",
        "h-tree",
        "h-similarity",
        "h-map",
        "h-text",
        "h-phrases",
        "h-habits",
        "h-examples",
        "h-read",
        "h-input",
        "h-method",
        "h-provenance",
    ];
    let places: Vec<_> = ids.iter().map(|id| page.find(&format!("id=\"{id}\"")).unwrap()).collect();
    assert!(places.is_sorted());
    assert!(page.contains("The other 4 references"));
    assert!(page.contains("cotprint compare traces"));
}

#[test]
fn the_terminal_fits_80_columns_and_holds_no_control_characters() {
    for (name, c) in samples() {
        let text = terminal(&c, false);
        assert_eq!(text.chars().find(|c| is_dangerous(*c)), None, "{name}");
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{name}: {line}");
        }
        let first = text.lines().next().unwrap();
        assert!(!first.trim().is_empty(), "{name}");
        let colored = terminal(&c, true);
        assert!(colored.contains("\u{1b}[1m"));
        let mut plain = colored;
        for code in ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[34m"] {
            plain = plain.replace(code, "");
        }
        assert_eq!(plain, text, "{name}: colour changes the text");
    }
}

#[test]
fn the_short_form_is_one_screen_and_begins_with_the_answer() {
    for (name, mut c) in samples() {
        for drift in [true, false] {
            if !drift {
                c.drift = None;
            }
            for width in [80, 100, 160] {
                let text = short(&c, width);
                assert_eq!(text.chars().find(|c| is_dangerous(*c)), None, "{name}");
                assert!(text.lines().all(|line| line.chars().count() <= width), "{name}: {text}");
                // A sentence of hostile text is as long as it likes.
                let lines = text.lines().count();
                assert!(lines <= 23 || name == "hostile", "{name}: {lines} lines\n{text}");
                assert!(text.contains("Style is evidence, not proof"), "{name}");
                let page = render_page(&c).unwrap();
                let answer = text.lines().next().unwrap().split(' ').take(3).collect::<Vec<_>>();
                // Hostile text is escaped in another way there.
                let says_the_same = page.contains(&answer.join(" ")) || name == "hostile";
                assert!(says_the_same, "{name}: the page says the same");
            }
        }
    }
    let mut stranger = comparison(24, 0.3);
    (stranger.drift, stranger.verdict.kind) = (None, cotprint::lineage::VerdictKind::None);
    let text = short(&stranger, 100);
    assert!(
        text.starts_with("No reference is likely to have written all of these traces.\n"),
        "{text}"
    );
    // Names are whole while there is room.
    assert!(text.contains(&stranger.ranking[0].reference), "{text}");
}

#[test]
fn the_first_screen_answers_and_terms_explain_themselves() {
    let mut c = comparison(24, 0.6);
    c.drift = None;
    let page = render_page(&c).unwrap();
    let header = &page[page.find("<header").unwrap()..page.find("</header>").unwrap()];
    for piece in [
        "data-asks=\"Who writes like this",
        "The traces resemble <span class=\"whole\">",
        "new-checkpoint.jsonl.gz",
        "50 traces of 48 prompts with 40,123 words",
        "class=\"term\" tabindex=\"0\"",
        "Style is evidence, not proof",
    ] {
        assert!(header.contains(piece), "{piece}: {header}");
    }
    // Each term is explained once.
    let meanings: Vec<&str> = page.split("role=\"tooltip\">").skip(1).collect();
    let mut first_words: Vec<&str> = meanings.iter().map(|text| &text[..20]).collect();
    let all = first_words.len();
    first_words.sort_unstable();
    first_words.dedup();
    assert!(all > 3 && first_words.len() == all, "{first_words:?}");
}

#[test]
fn json_reads_back_and_hides_nothing() {
    let c = hostile();
    let text = to_json(&c).unwrap();
    assert_eq!(text.chars().find(|c| is_dangerous(*c)), None);
    let back: Comparison = serde_json::from_str(&text).unwrap();
    let phrases = |c: &Comparison| c.evidence.iter().map(|e| e.phrase.clone()).collect::<Vec<_>>();
    assert!(phrases(&back) == phrases(&c), "a phrase changed");
    assert!(back.input == c.input && back.verdict == c.verdict);
    assert!(text.starts_with("{\n  \"verdict\": {\n    \"kind\": \"resembles\""));
    assert!(to_json(&broken()).unwrap().contains("null"));
}

/// The CSV files that a page holds.
fn downloads(page: &str) -> Vec<String> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    page.split("href=\"data:text/csv;charset=utf-8;base64,")
        .skip(1)
        .map(|rest| STANDARD.decode(rest.split_once('"').unwrap().0).unwrap())
        .map(|bytes| String::from_utf8(bytes).unwrap())
        .collect()
}

#[test]
fn every_figure_can_be_downloaded_whole() {
    let c = comparison(119, 0.3);
    let files = downloads(&render_page(&c).unwrap());
    let first_words: Vec<&str> = files.iter().map(|file| file.split_once(',').unwrap().0).collect();
    let expected = [
        "reference",
        "reference",
        "kind",
        "reference",
        "relation",
        "corpus",
        "support",
        "corpus",
        "relation",
        "corpus",
        "corpus",
        "habit",
        "habit",
    ];
    assert_eq!(first_words, expected);
    let lines: Vec<usize> = files.iter().map(|file| file.lines().count() - 1).collect();
    assert_eq!(lines, [119, 119, 10, 119, 3, 25, 23, 120, 3, 120, 120, 8, 8]);
    let first = &c.ranking[0];
    assert!(
        files[1].lines().nth(1).unwrap().starts_with(&format!("{},deepseek,0.3,", first.reference))
    );
}

#[test]
fn no_download_holds_a_formula() {
    for file in downloads(&render_page(&hostile()).unwrap()) {
        assert_eq!(file.replace("\r\n", "\n").chars().find(|c| is_dangerous(*c)), None);
        let mut rows = csv::ReaderBuilder::new().has_headers(false).from_reader(file.as_bytes());
        for row in rows.records() {
            for cell in &row.unwrap() {
                let number = cell.parse::<f64>().is_ok();
                assert!(number || !cell.trim_start().starts_with(['=', '+', '-', '@']), "{cell}");
            }
        }
    }
}

#[test]
fn nothing_hostile_is_markup_in_the_markdown() {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    for (name, c) in samples() {
        let text = to_markdown(&c);
        assert_eq!(text.chars().find(|c| is_dangerous(*c)), None, "{name}");
        assert!(text.len() < 100_000, "{name}: {} bytes", text.len());
        let mut columns = None;
        for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
            match event {
                Event::Html(html) | Event::InlineHtml(html) => {
                    assert_eq!(&*html, "<!-- -->", "{name}");
                }
                Event::Start(Tag::Link { dest_url, .. }) => panic!("{name}: a link to {dest_url}"),
                Event::Start(Tag::Image { dest_url, .. }) => {
                    let ours = [
                        "ranking.png",
                        "drift.png",
                        "likeness.png",
                        "similarity.png",
                        "map.png",
                        "holds.png",
                        "neighbours.png",
                        "tree.png",
                        "habits.png",
                        "habits-of-traces.png",
                    ];
                    assert!(ours.contains(&&*dest_url), "{name}: {dest_url}");
                }
                Event::Start(Tag::Table(alignments)) => columns = Some(alignments.len()),
                Event::Start(Tag::TableCell) => assert!(columns.is_some(), "{name}"),
                _ => {}
            }
        }
        // A cell too many is dropped without a word: the bars of each row are counted.
        let mut bars = 0;
        for line in text.lines() {
            let own = line.replace("\\|", "").matches('|').count();
            if !line.starts_with('|') {
                bars = 0;
            } else if bars == 0 {
                bars = own;
            } else {
                assert_eq!(own, bars, "{name}: {line}");
            }
        }
    }
}

/// Every object of a schema closed: a field that it does not name is an error.
fn close(schema: &mut serde_json::Value) {
    match schema {
        serde_json::Value::Object(object) => {
            if object.contains_key("properties") {
                object.insert("additionalProperties".into(), false.into());
            }
            object.values_mut().for_each(close);
        }
        serde_json::Value::Array(list) => list.iter_mut().for_each(close),
        _ => {}
    }
}

#[test]
fn the_schema_describes_every_field_of_the_report() {
    let text = include_str!("../docs/report.schema.json");
    let mut schema: serde_json::Value = serde_json::from_str(text).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    close(&mut schema);
    let schema = jsonschema::validator_for(&schema).unwrap();
    for (name, mut c) in samples() {
        let check = |c: &Comparison| {
            let report: serde_json::Value = serde_json::from_str(&to_json(c).unwrap()).unwrap();
            let errors: Vec<String> = schema
                .iter_errors(&report)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{name}: {:.2000}", errors.join("\n"));
            report
        };
        let mut report = check(&c);
        report["verdict"]["kind"] = "proven".into();
        assert!(!schema.is_valid(&report), "{name}: any kind of verdict would do");
        (c.pairing, c.drift) = (None, None);
        let mut report = check(&c);
        report.as_object_mut().unwrap().remove("ranking");
        assert!(!schema.is_valid(&report), "{name}: no field would be needed");
    }
}
