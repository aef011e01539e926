//! What Markdown is written with: blocks, tables, and texts in which nothing is markup.
//!
//! Names and phrases are in code spans, where nothing is markup, a link or a mention; sentences
//! have every character escaped that could be one.

use super::numbers::counted;

/// Rows of a table.
pub(super) const SHOWN: usize = 10;

/// What was written so far: blocks, an empty line before each.
#[derive(Default)]
pub(super) struct Markdown(pub String);

impl Markdown {
    pub fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    pub fn block(&mut self, block: &str) {
        self.0.push('\n');
        self.line(block);
    }

    pub fn heading(&mut self, plain: &str) {
        self.block(&format!("## {}", text(plain)));
    }

    pub fn paragraph(&mut self, plain: &str) {
        if !plain.is_empty() {
            self.block(&text(plain));
        }
    }

    pub fn image(&mut self, title: &str, file: &str) {
        self.block(&format!("![{}]({file})", text(title)));
    }

    pub fn list(&mut self, entries: impl Iterator<Item = String>) {
        let entries: Vec<String> = entries.map(|entry| format!("- {}", text(&entry))).collect();
        if !entries.is_empty() {
            self.block(&entries.join("\n"));
        }
    }

    /// A table whose cells are Markdown by now; the columns from `numbers` on are at the right.
    /// No row: no table.
    pub fn table<const COLUMNS: usize>(
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

    pub fn left_out(&mut self, all: usize) {
        if let Some(more) = all.checked_sub(SHOWN).filter(|more| *more > 0) {
            self.paragraph(&format!(
                "{} in report.json.",
                counted(more, "more reference is", "more references are")
            ));
        }
    }
}

/// One line of text in which nothing is markup. A backslash keeps a character from being markup;
/// what GitHub links after that (mentions, numbers of issues) is broken by an empty comment,
/// addresses by a backslash.
pub(super) fn text(plain: &str) -> String {
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
            // `http://…`, `//host/…`, `www.…`, and `1.`, `-`, `+`, `=` at the start of a block.
            '/' if plain[..i].ends_with([':', '/']) => escaped.push_str("\\/"),
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

/// A code span for a table: a fence longer than any run of backticks in it, and no bare `|`, which
/// would end the cell.
pub(super) fn code(plain: &str) -> String {
    let longest = plain.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if plain.starts_with('`') || plain.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{}{space}{fence}", plain.replace('|', "\\|"))
}

/// A line inside of a code block that cannot end it.
pub(super) fn fenced(line: &str) -> String {
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
        assert!(!text("see //example.org/x").contains("//"));
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
