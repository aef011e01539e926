//! Reports of made-up comparisons: every kind of verdict, every size, hostile text.
//!
//! `COTPRINT_REPORT_SAMPLES=FOLDER cargo test --test report` also leaves the reports in a folder,
//! for a person to look at.

#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests

use cotprint::lineage::{
    Comparison, ConcordanceLine, Drift, DriftChannel, DriftReference, DriftShare, Evidence, Floor,
    InputSummary, MovedPhrase, PairedSimilarity, Pairing, Provenance, RankedFamily,
    RankedReference, SimilarityMatrix, UnknownSummary, Verdict, VerdictKind,
};
use cotprint::report::plots::{
    DriftPlot, FloorsPlot, HeatMap, LikenessPlot, Look, MapPlot, RankingPlot, svg,
};
use cotprint::report::{
    TerminalOptions, render_page, to_json, to_markdown, write_report, write_terminal,
};
use std::collections::BTreeMap;

const HOSTILE: [&str; 8] = [
    "<script>alert(1)</script>",
    "</style><style>*{display:none}</style>",
    "\u{1b}[31m\u{1b}]0;owned\u{7}red",
    "\u{202E}gnp.exe\u{2066}",
    "zero\u{200B}\u{FEFF}width\u{E0041}\u{E007F}",
    "\" onload=\"alert(1)\" '",
    "nul\0 c1\u{9b}31m \u{2028}\u{FFFF}",
    "{{ page }}{% raw %}]]>&amp;=cmd()",
];

const NAMES: [(&str, &str); 24] = [
    ("deepseek/deepseek-r1-0528", "deepseek"),
    ("google/gemini-2.5-pro-preview-05-06", "google"),
    ("google/gemini-2.5-flash", "google"),
    ("qwen/qwen3-235b-a22b", "qwen"),
    ("deepseek/deepseek-r1", "deepseek"),
    ("qwen/qwq-32b", "qwen"),
    ("x-ai/grok-3-mini-beta", "x-ai"),
    ("anthropic/claude-3.7-sonnet-thinking", "anthropic"),
    ("openai/gpt-oss-120b", "openai"),
    ("nvidia/llama-3.3-nemotron-super-49b-v1", "nvidia"),
    ("microsoft/phi-4-reasoning-plus", "microsoft"),
    ("mistralai/magistral-medium-2506-thinking", "mistralai"),
    ("deepseek/deepseek-r1-distill-qwen-32b", "deepseek"),
    ("deepseek/deepseek-r1-distill-llama-70b", "deepseek"),
    ("moonshotai/kimi-k2-thinking", "moonshotai"),
    ("minimax/minimax-m1", "minimax"),
    ("z-ai/glm-4.5", "z-ai"),
    ("z-ai/glm-z1-32b", "z-ai"),
    ("anthropic/claude-opus-4-thinking", "anthropic"),
    ("tngtech/deepseek-r1t-chimera", "deepseek"),
    ("openthinker/openthinker3-7b-a-reasoning-model-with-a-long-name", "openthinker"),
    ("simplescaling/s1.1-32b", "simplescaling"),
    ("novasky/sky-t1-32b-preview", "novasky"),
    ("qwen/qwen3-30b-a3b-thinking-2507", "qwen"),
];

fn reference(i: usize, name: String, family: Option<String>, score: f64) -> RankedReference {
    let half = (score * (1.0 - score) / 12.0).sqrt();
    let mediation = if i.is_multiple_of(4) {
        vec![("raw", 812), ("summary", 40)]
    } else {
        vec![("raw", 64 + 31 * i)]
    };
    RankedReference {
        reference: name,
        family,
        score,
        low: (score - half).max(0.0),
        high: (score + half).min(1.0),
        pooled: Some(0.5),
        score_without_layout: score * [0.92, 1.3, 0.7][i % 3],
        similarity: 0.91 - 0.045 * i as f64 / (1.0 + 0.03 * i as f64),
        reference_traces: 64 + 31 * i,
        domains: ["politics", "logic-puzzle", "process-mining", "maths", "code"][..1 + i % 5]
            .iter()
            .map(|domain| (*domain).to_owned())
            .collect(),
        mediation: mediation.into_iter().map(|(k, n)| (k.to_owned(), n)).collect(),
    }
}

/// A paired comparison with these references.
fn pairing(names: &[String]) -> Pairing {
    let similarities = names.iter().enumerate().map(|(i, name)| PairedSimilarity {
        reference: name.clone(),
        family: None,
        similarity: 0.86 - 0.11 * i as f64 / (1.0 + 0.08 * i as f64),
        low: 0.79 - 0.12 * i as f64 / (1.0 + 0.08 * i as f64),
        high: (0.91 - 0.09 * i as f64 / (1.0 + 0.08 * i as f64)).min(1.0),
        p_value: 0.0001,
        corrected_p_value: (0.01 * (1 + i) as f64).min(1.0),
        same_data_set: i % 2 == 0,
    });
    Pairing {
        paired: true,
        prompts: 48,
        data_sets: BTreeMap::from([("speechmap".into(), 48)]),
        similarities: similarities.collect(),
        floors: [
            ("two unrelated models", 200, -0.41, -0.03, 0.38),
            ("two models of one family", 61, 0.05, 0.44, 0.83),
            ("one model in two data sets", 24, 0.48, 0.74, 0.93),
        ]
        .map(|(what, pairs, low, median, high)| Floor {
            what: what.into(),
            pairs,
            low,
            median,
            high,
        })
        .to_vec(),
    }
}

/// A drift towards the first of these references.
fn drift(names: &[String]) -> Drift {
    // From a large rise to a fall; every fourth interval is too wide for the change to be clear.
    let references = names.iter().enumerate().map(|(i, name)| {
        let change = 0.52 - 0.07 * i as f64 / (1.0 + 0.04 * i as f64);
        let half = if i % 4 == 3 { 0.4 } else { 0.11 };
        let before = 0.12 - 0.2 * ((i % 5) as f64 / 5.0);
        DriftReference {
            reference: name.clone(),
            family: None,
            before,
            after: before + change,
            change,
            low: change - half,
            high: change + half,
            p_value: 0.0001,
            corrected_p_value: (0.008 * (1 + i) as f64).min(1.0),
            share: if i == 0 { 0.4 } else { 0.0 },
            share_low: 0.0,
            share_high: 0.5,
        }
    });
    let moved = |phrase: &str, z_score: f64| MovedPhrase {
        phrase: phrase.into(),
        z_score,
        before_per_thousand_words: 0.2,
        after_per_thousand_words: 3.1,
        prompts: 12,
    };
    Drift {
        sentence: "The style moved towards <b>a reference</b>.".into(),
        paired: true,
        prompts: 48,
        size: 0.7,
        references: references.collect(),
        families: vec![DriftShare {
            family: "<i>family</i>".into(),
            share: 0.4,
            low: 0.2,
            high: 0.5,
        }],
        own_share: 0.6,
        own_low: 0.5,
        own_high: 0.8,
        channels: vec![DriftChannel { channel: "word".into(), share: 1.0 }],
        came: vec![moved("<script>alert(1)</script>", 9.0)],
        went: vec![moved("the user\u{202e}", -8.0)],
    }
}

/// Three places where a phrase stands.
fn lines(phrase: &str) -> Vec<ConcordanceLine> {
    let line = |id: usize| ConcordanceLine {
        id: format!("trace-{id}"),
        before: "and then there is the second question, which is harder. ".into(),
        phrase: phrase.into(),
        after: " wants to know how many of them are left".into(),
    };
    (0..3).map(line).collect()
}

/// A comparison with `references` references whose shares fall geometrically from `first`.
fn comparison(references: usize, first: f64) -> Comparison {
    let mut left = 1.0;
    let ranking: Vec<RankedReference> = (0..references)
        .map(|i| {
            let (name, family) = NAMES[i % NAMES.len()];
            let name = match i / NAMES.len() {
                0 => name.to_owned(),
                round => format!("{name}-variant-{round}"),
            };
            let score = left * first;
            left -= score;
            reference(i, name, Some(family.to_owned()), score)
        })
        .collect();
    let mut sums: Vec<RankedFamily> = Vec::new();
    for r in &ranking {
        let family = r.family.clone().unwrap_or_default();
        match sums.iter_mut().find(|f| f.family == family) {
            Some(sum) => {
                sum.score += r.score;
                sum.members.push(r.reference.clone());
            }
            None => sums.push(RankedFamily {
                family,
                score: r.score,
                low: 0.0,
                high: 0.0,
                members: vec![r.reference.clone()],
            }),
        }
    }
    for family in &mut sums {
        family.low = (family.score - 0.06).max(0.0);
        family.high = (family.score + 0.06).min(1.0);
    }
    sums.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut labels = vec!["the input".to_owned()];
    labels.extend(ranking.iter().take(120).map(|r| r.reference.clone()));
    let value = |i: usize, j: usize| match (i.min(j), i.max(j)) {
        (i, j) if i == j => 1.0,
        (0, j) => ranking[j - 1].similarity,
        (i, j) => {
            0.95 - 0.13 * (j - i) as f64 / (1.0 + 0.05 * (j - i) as f64) - 0.02 * (i % 3) as f64
        }
    };
    let values: Vec<Vec<f64>> = (0..labels.len())
        .map(|i| (0..labels.len()).map(|j| value(i, j).max(-0.82)).collect())
        .collect();
    let phrases = [
        "Hmm, wait.",
        "Okay, so the user",
        "\n\nBut let me double-check",
        " I need to",
        "**Final",
        "let's tackle this",
        "…\t",
    ];
    let evidence = ranking
        .iter()
        .take(3)
        .enumerate()
        .flat_map(|(r, reference)| {
            let name = reference.reference.clone();
            phrases.iter().enumerate().map(move |(i, phrase)| Evidence {
                reference: name.clone(),
                phrase: (*phrase).to_owned(),
                channel: if i % 2 == 0 { "characters".into() } else { "words".into() },
                weight: 1.4 / (1.0 + i as f64 + r as f64),
                per_thousand_words: 7.31 / (1.0 + i as f64 * 3.0),
                share_of_traces: 0.94 / (1.0 + 0.2 * i as f64),
                share_of_reference_traces: 0.21 / (1.0 + i as f64),
                prompts: 47 - i * 3,
                lines: lines(phrase),
            })
        })
        .collect();
    let top = ranking.first().map(|r| r.reference.clone()).unwrap_or_default();
    let ranking_names: Vec<String> = ranking.iter().map(|r| r.reference.clone()).collect();
    Comparison {
        verdict: Verdict {
            kind: VerdictKind::Resembles,
            references: vec![top.clone()],
            family: Some("deepseek".into()),
            sentence: format!("These traces most resemble {top}."),
        },
        ranking,
        traces: 50,
        prompts: 48,
        words: 40_123,
        families: sums,
        unknown: UnknownSummary {
            median: 0.46,
            share_below_5_percent: 0.06,
            low: 0.02,
            high: 0.12,
        },
        evidence,
        pairing: Some(pairing(&ranking_names)),
        drift: Some(drift(&ranking_names)),
        similarity: SimilarityMatrix { labels, values },
        floors: vec![
            Floor {
                what: "two halves of one model’s corpus".into(),
                pairs: 119,
                low: 0.88,
                median: 0.95,
                high: 0.99,
            },
            Floor {
                what: "one model in two domains".into(),
                pairs: 61,
                low: 0.42,
                median: 0.63,
                high: 0.81,
            },
            Floor {
                what: "two models of different families".into(),
                pairs: 5_321,
                low: -0.31,
                median: 0.02,
                high: 0.38,
            },
        ],
        input: InputSummary {
            inputs: vec!["traces/new-checkpoint.jsonl.gz".into()],
            files: 1,
            records: 57,
            traces: 50,
            dropped: counts(&[("no reasoning", 5), ("fewer than 30 words", 2)]),
            formats: counts(&[("openai-chat", 50)]),
            mediation: counts(&[("raw", 48), ("truncated", 2)]),
            domains: counts(&[("politics", 50)]),
            models: counts(&[("lab/new-checkpoint", 50)]),
            languages: counts(&[("eng", 48), ("cmn", 2)]),
            refusals: 1,
            ..InputSummary::default()
        },
        limits: vec![
            "Two models that look alike may share a teacher, a public dataset or a base.".into(),
            "All traces are of one domain, politics: in another domain the answer may differ."
                .into(),
        ],
        provenance: Provenance {
            program: "cotprint 0.1.0".into(),
            command: "cotprint compare traces/new-checkpoint.jsonl.gz --report report --seed 7"
                .into(),
            atlas: "embedded".into(),
            atlas_checksum: "9f3c0d5e77a1b2c4".into(),
            atlas_references: references,
            atlas_traces: 61_204,
            channels: vec!["word".into(), "layout".into()],
            text: "reasoning".into(),
            seed: 7,
            resamples: 1_000,
        },
    }
}

fn counts(entries: &[(&str, usize)]) -> BTreeMap<String, usize> {
    entries.iter().map(|(key, n)| ((*key).to_owned(), *n)).collect()
}

fn too_little_text() -> Comparison {
    let mut c = comparison(0, 0.5);
    c.verdict = Verdict {
        kind: VerdictKind::TooLittleText,
        references: Vec::new(),
        family: None,
        sentence: "There is too little text to say anything: 1 trace with 24 words.".into(),
    };
    (c.traces, c.prompts, c.words) = (1, 1, 24);
    c.unknown = UnknownSummary {
        median: f64::NAN,
        share_below_5_percent: f64::NAN,
        low: f64::NAN,
        high: f64::NAN,
    };
    c.similarity = SimilarityMatrix { labels: Vec::new(), values: Vec::new() };
    c.floors.clear();
    c
}

fn hostile() -> Comparison {
    let mut c = comparison(24, 0.3);
    let megabyte = "W\u{202E}".repeat(1 << 18);
    for (i, r) in c.ranking.iter_mut().enumerate() {
        let text = if i == 8 { megabyte.as_str() } else { HOSTILE[i % 8] };
        r.reference = format!("{text}/{i}");
        r.family = Some(HOSTILE[(i + 1) % 8].to_owned());
        r.domains.push(HOSTILE[i % 8].to_owned());
        r.mediation.insert(HOSTILE[i % 8].to_owned(), i);
    }
    for (i, label) in c.similarity.labels.iter_mut().enumerate() {
        *label = if i == 8 { megabyte.clone() } else { HOSTILE[i % 8].to_owned() };
    }
    for (i, e) in c.evidence.iter_mut().enumerate() {
        e.phrase = if i == 8 { megabyte.clone() } else { HOSTILE[i % 8].to_owned() };
        e.channel = HOSTILE[i % 8].to_owned();
        e.reference = HOSTILE[i % 3].to_owned();
        for (j, line) in e.lines.iter_mut().enumerate() {
            let text = |k: usize| HOSTILE[(i + j + k) % 8].to_owned();
            (line.id, line.before, line.after) = (text(0), text(1), text(2));
            line.phrase = if i == 4 { megabyte.clone() } else { text(3) };
        }
    }
    for family in &mut c.families {
        family.family = HOSTILE[3].to_owned();
        family.members = HOSTILE.map(str::to_owned).to_vec();
    }
    let all = HOSTILE.concat();
    c.verdict.sentence = all.clone();
    c.limits = vec![all.clone(), megabyte.clone()];
    c.input.inputs = vec![all.clone(), megabyte.clone()];
    c.input.dropped = counts(&[(all.as_str(), 3)]);
    c.input.models = counts(&[(megabyte.as_str(), 3)]);
    for floor in &mut c.floors {
        floor.what.clone_from(&all);
    }
    let (pairing, drift) = (c.pairing.as_mut().unwrap(), c.drift.as_mut().unwrap());
    for (i, one) in pairing.similarities.iter_mut().enumerate() {
        one.reference = format!("{}/{i}", HOSTILE[i % 8]);
    }
    pairing.floors[1].what.clone_from(&megabyte);
    pairing.data_sets = BTreeMap::from([(all.clone(), 48)]);
    for (i, one) in drift.references.iter_mut().enumerate() {
        one.reference =
            if i == 3 { "=cmd()|' /C calc'!A0".into() } else { HOSTILE[i % 8].to_owned() };
    }
    drift.sentence.clone_from(&all);
    drift.came[0].phrase.clone_from(&megabyte);
    c.provenance.command.clone_from(&megabyte);
    c.provenance.program.clone_from(&all);
    c.provenance.atlas = all;
    c
}

/// Numbers that are not numbers, a matrix that is not square, lists that are empty.
fn broken() -> Comparison {
    let mut c = comparison(5, 0.4);
    for (i, r) in c.ranking.iter_mut().enumerate() {
        let bad = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -3.0, 7.0][i];
        (r.score, r.low, r.high, r.score_without_layout, r.similarity) = (bad, bad, bad, bad, bad);
        r.family = None;
        r.domains.clear();
        r.mediation.clear();
    }
    for family in &mut c.families {
        (family.score, family.low, family.high) = (f64::NAN, f64::NAN, f64::NAN);
        family.members.clear();
    }
    for e in &mut c.evidence {
        (e.weight, e.per_thousand_words, e.share_of_traces) = (f64::NAN, f64::INFINITY, -1.0);
        e.phrase.clear();
    }
    c.similarity.values[1] = vec![f64::NAN; 2];
    c.similarity.values[2] = vec![f64::INFINITY; 9];
    c.similarity.values.truncate(4);
    c.floors[0].median = f64::NAN;
    let (pairing, drift) = (c.pairing.as_mut().unwrap(), c.drift.as_mut().unwrap());
    pairing.floors[0].low = f64::NAN;
    for (i, (one, moved)) in pairing.similarities.iter_mut().zip(&mut drift.references).enumerate()
    {
        let bad = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -3.0, 7.0][i];
        (one.similarity, one.low, one.high) = (bad, bad, bad);
        (moved.before, moved.after, moved.change, moved.low, moved.high) =
            (bad, bad, bad, bad, bad);
    }
    c.unknown.low = f64::NAN;
    c.verdict.sentence.clear();
    c
}

fn with_verdict(mut c: Comparison, kind: VerdictKind, sentence: &str) -> Comparison {
    c.verdict.kind = kind;
    c.verdict.sentence = sentence.to_owned();
    c
}

fn samples() -> Vec<(&'static str, Comparison)> {
    let mut long = comparison(24, 0.2);
    for r in &mut long.ranking {
        r.reference = format!("a-vendor-with-a-very-long-name/{}-and-more-of-it", r.reference);
    }
    long.similarity.labels[1..]
        .iter_mut()
        .zip(&long.ranking)
        .for_each(|(l, r)| l.clone_from(&r.reference));
    let mut none = comparison(119, 0.07);
    none.unknown =
        UnknownSummary { median: 0.01, share_below_5_percent: 0.81, low: 0.7, high: 0.9 };
    none.similarity.labels.truncate(41);
    none.verdict.references.clear();
    let mut medium = comparison(24, 0.61);
    medium.similarity.labels.truncate(13);
    vec![
        ("two", comparison(2, 0.83)),
        ("resembles", medium),
        (
            "family",
            with_verdict(
                long,
                VerdictKind::Family,
                "These traces resemble the deepseek family; its members cannot be told apart.",
            ),
        ),
        (
            "between",
            with_verdict(
                comparison(119, 0.31),
                VerdictKind::Between,
                "These traces stand between deepseek/deepseek-r1-0528 and google/gemini-2.5-pro-preview-05-06.",
            ),
        ),
        ("none", with_verdict(none, VerdictKind::None, "No reference writes like these traces.")),
        ("too_little_text", too_little_text()),
        ("hostile", hostile()),
        ("broken", broken()),
    ]
}

fn terminal(c: &Comparison, color: bool) -> String {
    let mut out = Vec::new();
    write_terminal(c, TerminalOptions { color, ..TerminalOptions::default() }, &mut out).unwrap();
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
        let files = write_report(&c, &folder).unwrap();
        let names: Vec<_> =
            files.iter().map(|f| f.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(
            names,
            [
                "report.html",
                "report.json",
                "report.md",
                "ranking.png",
                "ranking.svg",
                "similarity.png",
                "similarity.svg",
                "map.png",
                "map.svg",
                "drift.png",
                "drift.svg",
                "likeness.png",
                "likeness.svg",
            ]
            .into_iter()
            // Two references make no map, and without a ranking there is nothing more to draw.
            .filter(|file| !(file.starts_with("map.")
                && c.similarity.labels.len().min(c.similarity.values.len()) < 5))
            .take(if c.ranking.is_empty() { 7 } else { 13 })
            .collect::<Vec<_>>()
        );
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
            let again = write_report(&c, &temporary.path().join("again")).unwrap();
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
fn a_folder_that_cannot_be_made_is_named() {
    let temporary = tempfile::tempdir().unwrap();
    let file = temporary.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    let error = write_report(&comparison(2, 0.6), &file.join("report")).unwrap_err().to_string();
    assert!(error.contains("a-file") && error.contains("name a folder"), "{error}");
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
            for figure in [ranking, heat_map, floors, likeness, drift].into_iter().chain(map) {
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
fn every_section_is_there_and_in_order() {
    let page = render_page(&comparison(24, 0.6)).unwrap();
    let ids = [
        "h-ranking",
        "h-families",
        "h-drift",
        "h-pairing",
        "h-map",
        "h-similarity",
        "h-phrases",
        "h-input",
        "h-limits",
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
    let expected =
        ["reference", "reference", "reference", "relation", "corpus", "corpus", "relation"];
    assert_eq!(first_words, expected);
    let lines: Vec<usize> = files.iter().map(|file| file.lines().count() - 1).collect();
    assert_eq!(lines, [119, 119, 119, 3, 120, 120, 3]);
    let first = &c.ranking[0];
    assert!(
        files[0].lines().nth(1).unwrap().starts_with(&format!("{},deepseek,0.3,", first.reference))
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
                    let ours =
                        ["ranking.png", "drift.png", "likeness.png", "similarity.png", "map.png"];
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
