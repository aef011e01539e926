//! A comparison → `report.md`: what a pull request or a release note holds. The figures are referenced by the names
//! that [`super::write_report`] gives them.
//!
//! Names and phrases stand in code spans, where nothing is markup, a link or a mention; sentences have
//! every character escaped that could be one.

use super::escape::{name, phrase, sentence};
use super::ingest::terminal::input_notes;
use super::numbers::{count, counted, fixed_interval, interval, p_value, percent, rate, share};
use super::numbers::{signed, signed_interval, similarity};
use super::sections::evidence::quote::{Line, quoted};
use super::sections::habits::figure::file_name as habits_file_name;
use super::sections::map::figure::places;
use super::terminal::by_reference;
use super::tree::figure::title as tree_title;
use super::wording;
use crate::lineage::{Comparison, Drift, Floor, MovedPhrase, Pairing};

/// Rows of a table.
const SHOWN: usize = 10;
/// References with phrases.
const PHRASE_GROUPS: usize = 3;
/// Lines of the traces that are quoted for each of them.
const QUOTED: usize = 5;

/// The report as GitHub-flavoured Markdown.
pub fn to_markdown(comparison: &Comparison) -> String {
    let mut out = Markdown::default();
    out.line(&format!("# {}", text(&wording::verdict(comparison))));
    out.paragraph(&wording::how_sure(comparison).join(" "));
    out.block(&format!("> {}", text(wording::STYLE_IS_EVIDENCE)));
    out.paragraph(&format!("Based on {}.", wording::rests_on(comparison)));
    if !comparison.ranking.is_empty() {
        ranking(&mut out, comparison);
        if let Some(drift) = &comparison.drift {
            self::drift(&mut out, drift);
        }
        if let Some(pairing) = &comparison.pairing {
            likeness(&mut out, pairing);
        }
        holds(&mut out, comparison);
        similarities(&mut out, comparison);
        phrases(&mut out, comparison);
        habits(&mut out, comparison);
    }
    input(&mut out, comparison);
    out.heading("What this cannot say");
    out.list(comparison.limits.iter().map(|limit| sentence(&limit.to_string())));
    out.heading("How to make this report again");
    out.block(&format!("```sh\n{}\n```", fenced(&sentence(&comparison.provenance.command))));
    let from = &comparison.provenance;
    out.paragraph(&format!(
        "{}; atlas {} with {} and {}, checksum {}.",
        name(&from.program),
        name(&from.atlas),
        counted(from.atlas_references, "reference", "references"),
        counted(from.atlas_traces, "trace", "traces"),
        name(&from.atlas_checksum)
    ));
    out.0
}

fn ranking(out: &mut Markdown, comparison: &Comparison) {
    out.heading(&wording::ranking_title(comparison));
    out.image(&wording::ranking_title(comparison), "ranking.png");
    let rows = comparison.ranking.iter().take(SHOWN).map(|one| {
        [
            code(&name(&one.reference)),
            one.family.as_deref().map_or_else(|| "–".into(), |family| code(&name(family))),
            share(one.score),
            interval(one.low, one.high),
            share(one.score_without_layout),
        ]
    });
    out.table(["reference", "family", "share", "95 % interval", "without layout"], 2, rows);
    out.left_out(comparison.ranking.len());
}

fn drift(out: &mut Markdown, drift: &Drift) {
    out.heading("From the baseline to the input");
    out.paragraph(&sentence(&drift.sentence()));
    out.image(&wording::drift_title(drift), "drift.png");
    let rows = drift.references.iter().take(SHOWN).map(|one| {
        [
            code(&name(&one.reference)),
            similarity(one.before),
            similarity(one.after),
            signed(one.change),
            signed_interval(one.low, one.high),
            p_value(one.corrected_p_value),
        ]
    });
    out.table(["reference", "before", "after", "change", "95 % interval", "corrected p"], 1, rows);
    out.left_out(drift.references.len());
    for (title, moved) in [("What came", &drift.came), ("What went", &drift.went)] {
        if !moved.is_empty() {
            out.block(&format!("**{title}**"));
            let row = |one: &MovedPhrase| {
                [
                    code(&phrase(&one.phrase)),
                    rate(one.before_per_thousand_words),
                    rate(one.after_per_thousand_words),
                    count(one.prompts),
                ]
            };
            let head = ["word or phrase", "before, per 1,000 words", "after", "prompts"];
            out.table(head, 1, moved.iter().take(SHOWN).map(row));
        }
    }
}

fn likeness(out: &mut Markdown, pairing: &Pairing) {
    out.heading(&wording::pairing_title(pairing));
    out.image(&wording::pairing_title(pairing), "likeness.png");
    out.paragraph(&wording::pairing_basis(pairing));
    let rows = pairing.similarities.iter().take(SHOWN).map(|one| {
        [
            code(&name(&one.reference)),
            similarity(one.similarity),
            fixed_interval(one.low, one.high, 2),
            p_value(one.corrected_p_value),
        ]
    });
    out.table(["reference", "likeness", "95 % interval", "corrected p"], 1, rows);
    out.left_out(pairing.similarities.len());
    floors(out, &pairing.floors);
}

fn holds(out: &mut Markdown, comparison: &Comparison) {
    let Some(holds) = &comparison.holds else { return };
    out.heading(&wording::holds_title(holds));
    out.image(&wording::holds_title(holds), "holds.png");
    let rows = super::sections::breakdown::page::rows(holds).into_iter().take(3 * SHOWN).map(
        |(kind, row)| {
            [
                text(wording::holds_kind(kind)),
                code(&row.what),
                row.share,
                row.interval,
                row.traces,
                text(&row.other),
            ]
        },
    );
    out.table(["", "traces", "share", "95 % interval", "traces", "first, if another"], 2, rows);
}

fn habits(out: &mut Markdown, comparison: &Comparison) {
    for known in comparison.habits.iter().filter(|known| !known.habits.is_empty()) {
        out.heading(&wording::habits_title(known));
        let file = habits_file_name(known);
        out.image(&wording::habits_title(known), &format!("{file}.png"));
        out.paragraph(&wording::habits_shown(known));
    }
}

fn similarities(out: &mut Markdown, comparison: &Comparison) {
    if !comparison.similarity.labels.is_empty() {
        out.heading(&wording::similarity_title(comparison));
        out.image(&wording::similarity_title(comparison), "similarity.png");
        if places(&comparison.similarity).is_some() {
            out.image(&wording::map_title(comparison), "map.png");
        }
        if let Some(known) = &comparison.neighbourhood {
            out.image(&wording::neighbours_title(known), "neighbours.png");
        }
        floors(out, &comparison.floors);
    }
    if let Some(tree) = &comparison.tree {
        out.heading(&tree_title(tree));
        out.image(&tree_title(tree), "tree.png");
        out.paragraph(wording::STYLE_IS_NOT_DESCENT);
    }
}

fn floors(out: &mut Markdown, floors: &[Floor]) {
    let rows = floors.iter().map(|floor| {
        [
            text(&sentence(&floor.what)),
            count(floor.pairs),
            similarity(floor.median),
            fixed_interval(floor.low, floor.high, 2),
        ]
    });
    out.table(["what is usual between", "pairs", "median", "middle 90 %"], 1, rows);
}

fn phrases(out: &mut Markdown, comparison: &Comparison) {
    let groups = by_reference(&comparison.evidence, &comparison.ranking);
    if groups.is_empty() {
        return;
    }
    out.heading("The phrases that speak most strongly");
    for (reference, phrases) in groups.into_iter().take(PHRASE_GROUPS) {
        out.block(&format!("**For {}**", code(&name(reference))));
        let lines = phrases.iter().enumerate().filter_map(|(at, one)| quoted(at, one));
        let lines: Vec<Line> = lines.map(Line::new).collect();
        let rows = phrases.into_iter().take(SHOWN).map(|one| {
            [
                code(&phrase(&one.phrase)),
                percent(one.share_of_traces),
                percent(one.share_of_reference_traces),
                count(one.prompts),
            ]
        });
        out.table(
            ["phrase", "traces here that hold it", "traces of all references", "prompts"],
            1,
            rows,
        );
        // One line for each of the first phrases; report.json has them all.
        let quoted = lines.iter().take(QUOTED).map(|line| {
            let (before, phrase, after) =
                (text(&line.before), text(&line.phrase), text(&line.after));
            format!("- {before}**{phrase}**{after} ({})", code(&line.id))
        });
        let quoted: Vec<String> = quoted.collect();
        if !quoted.is_empty() {
            out.block(&quoted.join("\n"));
        }
    }
}

fn input(out: &mut Markdown, comparison: &Comparison) {
    let input = &comparison.input;
    let dropped: usize = input.dropped.values().sum();
    out.heading("What was read, and what was dropped");
    out.paragraph(&format!(
        "{} read, {} kept, {} dropped.",
        counted(input.records, "record", "records"),
        counted(input.traces, "trace", "traces"),
        count(dropped)
    ));
    out.list(input_notes(input).iter().map(|note| sentence(note)));
    let rows = input.dropped.iter().map(|(why, n)| [text(&sentence(why)), count(*n)]);
    out.table(["dropped because", "records"], 1, rows);
}

/// What was written so far: blocks, an empty line before each.
#[derive(Default)]
struct Markdown(String);

impl Markdown {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn block(&mut self, block: &str) {
        self.0.push('\n');
        self.line(block);
    }

    fn heading(&mut self, plain: &str) {
        self.block(&format!("## {}", text(plain)));
    }

    fn paragraph(&mut self, plain: &str) {
        if !plain.is_empty() {
            self.block(&text(plain));
        }
    }

    fn image(&mut self, title: &str, file: &str) {
        self.block(&format!("![{}]({file})", text(title)));
    }

    fn list(&mut self, entries: impl Iterator<Item = String>) {
        let entries: Vec<String> = entries.map(|entry| format!("- {}", text(&entry))).collect();
        if !entries.is_empty() {
            self.block(&entries.join("\n"));
        }
    }

    /// A table whose cells are Markdown by now; the columns from `numbers` on stand at the right. No
    /// row: no table.
    fn table<const COLUMNS: usize>(
        &mut self,
        head: [&str; COLUMNS],
        numbers: usize,
        rows: impl Iterator<Item = [String; COLUMNS]>,
    ) {
        let rows: Vec<String> = rows.map(|row| format!("| {} |", row.join(" | "))).collect();
        if rows.is_empty() {
            return;
        }
        let rule: Vec<&str> =
            (0..COLUMNS).map(|column| if column < numbers { "---" } else { "---:" }).collect();
        self.block(&format!("| {} |", head.join(" | ")));
        self.line(&format!("| {} |", rule.join(" | ")));
        self.line(&rows.join("\n"));
    }

    fn left_out(&mut self, all: usize) {
        if let Some(more) = all.checked_sub(SHOWN).filter(|more| *more > 0) {
            self.paragraph(&format!(
                "{} in report.json.",
                counted(more, "more reference is", "more references are")
            ));
        }
    }
}

/// One line of text in which nothing is markup. A backslash keeps a character from being markup; what GitHub links
/// after that (mentions, numbers of issues) is broken by an empty comment, addresses by a backslash.
fn text(plain: &str) -> String {
    let mut escaped = String::with_capacity(plain.len());
    for (i, c) in plain.char_indices() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '!' | '$' | '^' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '@' | '#' => {
                escaped.push_str(if c == '#' { "\\#" } else { "@" });
                escaped.push_str("<!-- -->");
            }
            // `http://…`, `www.…`, and `1.`, `-`, `+`, `=` at the start of a block.
            '/' if plain[..i].ends_with(':') => escaped.push_str("\\/"),
            '.' | ')'
                if plain[..i].to_ascii_lowercase().ends_with("www") || is_number(&plain[..i]) =>
            {
                escaped.push('\\');
                escaped.push(c);
            }
            '-' | '+' | '=' if i == 0 => {
                escaped.push('\\');
                escaped.push(c);
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() < 10 && text.bytes().all(|b| b.is_ascii_digit())
}

/// A code span for a table: a fence longer than any run of backticks in it, and no bare `|`, which would end the cell.
fn code(plain: &str) -> String {
    let longest = plain.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if plain.starts_with('`') || plain.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{}{space}{fence}", plain.replace('|', "\\|"))
}

/// A line inside of a code block that cannot end it.
fn fenced(line: &str) -> String {
    if line.trim_start().starts_with("```") { format!("'{line}") } else { line.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulldown_cmark::{Event, Options, Parser, Tag};

    /// The text that a reader sees, where nothing but text and our comments may be.
    fn read(markdown: &str) -> String {
        let mut seen = String::new();
        for event in
            Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
        {
            match event {
                Event::Text(text) | Event::Code(text) => seen.push_str(&text),
                Event::InlineHtml(comment) => assert_eq!(&*comment, "<!-- -->"),
                Event::Start(Tag::Paragraph) | Event::End(_) => {}
                other => panic!("{markdown:?}: {other:?}"),
            }
        }
        seen
    }

    #[test]
    fn text_is_read_as_it_was_written() {
        for plain in [
            "# no heading, *no* stress, `no code`, ~~no~~ [no](link) ![no](image)",
            "<script>alert(1)</script> &lt; a | b \\ c",
            "1. no list",
            "- no list",
            "+ no list",
            "=== no heading",
            "mail@example.org asks @somebody about #12",
            "see https://example.org or www.example.org.",
            "__no__ _no_ $no$ ^no^",
        ] {
            assert_eq!(read(&text(plain)), plain);
        }
        assert!(text("https://example.org").contains(":\\/"));
        assert!(text("@somebody").starts_with("@<!-- -->"));
    }

    #[test]
    fn code_holds_anything() {
        for plain in ["a", "`", "``a`", "<b>", "@somebody *a*", "a\\"] {
            assert_eq!(read(&code(plain)), plain);
        }
        let table = format!("| a |\n| --- |\n| {} |\n", code("x|y"));
        let cells = Parser::new_ext(&table, Options::ENABLE_TABLES)
            .filter(|event| matches!(event, Event::Start(Tag::TableCell)))
            .count();
        assert_eq!(cells, 2);
    }
}
