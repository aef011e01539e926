//! The `layout` channel: how a text is set, not what it says.
//!
//! Markdown, lists, LaTeX, the distributions of line, paragraph and sentence lengths, punctuation
//! and casing, as [`MEASURES`] numbers per text. Length itself is no measure: it tells some models
//! apart, but it is no style. All measures are shares or rates, and their square root is taken,
//! which steadies the variance of rates (Bartlett 1936); the vectorizer then centres and scales
//! them over the traces that an atlas is learned from.

use crate::text::is_ideographic;

/// Upper bounds of the line length classes, in characters; one more class is above the last.
const LINE_BOUNDS: [usize; 7] = [10, 20, 40, 80, 160, 320, 640];
/// Upper bounds of the paragraph length classes, in words.
const PARAGRAPH_BOUNDS: [usize; 6] = [8, 16, 32, 64, 128, 256];
/// Upper bounds of the sentence length classes, in words.
const SENTENCE_BOUNDS: [usize; 7] = [3, 6, 10, 15, 21, 30, 45];
/// Characters whose rate is measured.
const MARKS: [char; 32] = [
    ',', '.', ';', ':', '!', '?', '(', ')', '[', ']', '{', '}', '"', '\'', '“', '”', '‘', '’', '—',
    '–', '-', '…', '/', '\\', '=', '+', '<', '>', '%', '&', '`', '→',
];
/// What lines begin with or hold.
const LINE_SHAPES: [&str; 14] = [
    "heading",
    "bullet -",
    "bullet *",
    "bullet •",
    "numbered 1.",
    "numbered 1)",
    "quote",
    "table row",
    "code fence",
    "rule",
    "indented",
    "all bold",
    "ends with colon",
    "ends with two spaces",
];
/// Rates of marks of markdown and LaTeX inside lines.
const INLINE_SHAPES: [&str; 8] = [
    "bold",
    "italic",
    "inline code",
    "inline math $",
    "inline math \\(",
    "display math",
    "\\boxed",
    "ellipsis ...",
];
/// Shares of characters, words and sentences.
const CASING: [&str; 9] = [
    "uppercase letters",
    "digits",
    "non-ASCII",
    "capitalized words",
    "all-caps words",
    "the word I",
    "sentences that begin in lower case",
    "ideographs",
    "blank lines",
];

/// The number of measures.
pub const MEASURES: usize = LINE_BOUNDS.len()
    + 1
    + PARAGRAPH_BOUNDS.len()
    + 1
    + SENTENCE_BOUNDS.len()
    + 1
    + MARKS.len()
    + LINE_SHAPES.len()
    + INLINE_SHAPES.len()
    + CASING.len();

/// The name of each measure, in the order of [`measure`].
pub fn names() -> Vec<String> {
    let classes = |what: &str, unit: &str, bounds: &[usize]| {
        let mut names: Vec<String> =
            bounds.iter().map(|bound| format!("{what} of at most {bound} {unit}")).collect();
        names.push(format!("{what} of over {} {unit}", bounds[bounds.len() - 1]));
        names
    };
    let mut names = classes("lines", "characters", &LINE_BOUNDS);
    names.extend(classes("paragraphs", "words", &PARAGRAPH_BOUNDS));
    names.extend(classes("sentences", "words", &SENTENCE_BOUNDS));
    names.extend(MARKS.iter().map(|mark| format!("mark {mark}")));
    names.extend(LINE_SHAPES.iter().map(|shape| format!("lines: {shape}")));
    names.extend(INLINE_SHAPES.iter().map(|shape| format!("inside lines: {shape}")));
    names.extend(CASING.iter().map(|share| format!("share: {share}")));
    names
}

/// Measures a text: [`MEASURES`] square roots of shares and rates, each finite and not negative.
pub fn measure(text: &str) -> Vec<f32> {
    let mut lines = Lines::default();
    for line in text.split('\n') {
        lines.add(line);
    }
    lines.end_paragraph();
    let characters = Characters::count(text);
    let sentences = Sentences::count(text);

    let mut values = Vec::with_capacity(MEASURES);
    push_shares(&mut values, &lines.lengths);
    push_shares(&mut values, &lines.paragraphs);
    push_shares(&mut values, &sentences.lengths);
    let total = characters.total.max(1) as f32;
    values.extend(characters.marks.iter().map(|&count| root(count, total)));
    let line_count = lines.filled.max(1) as f32;
    values.extend(lines.shapes.iter().map(|&count| root(count, line_count)));
    let words = characters.words.max(1) as f32;
    values.extend(lines.inline.iter().map(|&count| root(count, words)));
    values.extend([
        root(characters.uppercase, characters.letters.max(1) as f32),
        root(characters.digits, total),
        root(characters.non_ascii, total),
        root(characters.capitalized, words),
        root(characters.all_caps, words),
        root(characters.first_person, words),
        root(sentences.lower_start, sentences.count.max(1) as f32),
        root(characters.ideographs, total),
        root(lines.blank, (lines.filled + lines.blank).max(1) as f32),
    ]);
    debug_assert_eq!(values.len(), MEASURES);
    values
}

fn root(count: usize, total: f32) -> f32 {
    (count as f32 / total).sqrt()
}

fn push_shares(values: &mut Vec<f32>, counts: &[usize]) {
    let total = counts.iter().sum::<usize>().max(1) as f32;
    values.extend(counts.iter().map(|&count| root(count, total)));
}

/// The class of a length: the first bound that it does not exceed.
fn class(length: usize, bounds: &[usize]) -> usize {
    bounds.iter().position(|&bound| length <= bound).unwrap_or(bounds.len())
}

#[derive(Default)]
struct Lines {
    lengths: [usize; LINE_BOUNDS.len() + 1],
    paragraphs: [usize; PARAGRAPH_BOUNDS.len() + 1],
    paragraph_words: usize,
    shapes: [usize; LINE_SHAPES.len()],
    inline: [usize; INLINE_SHAPES.len()],
    filled: usize,
    blank: usize,
}

impl Lines {
    fn add(&mut self, line: &str) {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            self.blank += 1;
            self.end_paragraph();
            return;
        }
        self.filled += 1;
        self.lengths[class(trimmed.chars().count(), &LINE_BOUNDS)] += 1;
        self.paragraph_words += blank_separated(trimmed);
        let after_digits = trimmed.trim_start_matches(|c: char| c.is_ascii_digit());
        let numbered = after_digits.len() < trimmed.len();
        let bullet =
            |mark: &str| trimmed.strip_prefix(mark).is_some_and(|rest| rest.starts_with(' '));
        let shapes = [
            trimmed.trim_start_matches('#').starts_with(' ') && trimmed.starts_with('#'),
            bullet("-"),
            bullet("*"),
            bullet("•"),
            numbered && after_digits.starts_with(". "),
            numbered && after_digits.starts_with(") "),
            trimmed.starts_with('>'),
            trimmed.starts_with('|') && trimmed.ends_with('|'),
            trimmed.starts_with("```"),
            trimmed.len() >= 3 && trimmed.chars().all(|c| matches!(c, '-' | '*' | '_' | '=')),
            line.starts_with("  ") || line.starts_with('\t'),
            trimmed.len() > 4 && trimmed.starts_with("**") && trimmed.ends_with("**"),
            trimmed.ends_with(':'),
            line.ends_with("  "),
        ];
        for (count, holds) in self.shapes.iter_mut().zip(shapes) {
            *count += usize::from(holds);
        }
        let marks = InlineMarks::count(trimmed.as_bytes());
        let bold = marks.double_stars / 2;
        let stars = marks.stars.saturating_sub(4 * bold + usize::from(bullet("*")));
        let inline = [
            bold,
            stars / 2,
            marks.backticks / 2,
            marks.dollars / 2,
            marks.open_parentheses,
            marks.open_brackets + marks.double_dollars / 2,
            marks.boxed,
            marks.ellipses,
        ];
        for (count, found) in self.inline.iter_mut().zip(inline) {
            *count += found;
        }
    }

    fn end_paragraph(&mut self) {
        if self.paragraph_words > 0 {
            self.paragraphs[class(self.paragraph_words, &PARAGRAPH_BOUNDS)] += 1;
            self.paragraph_words = 0;
        }
    }
}

/// The number of runs of other bytes than white space of ASCII.
fn blank_separated(text: &str) -> usize {
    let mut runs = 0;
    let mut blank_before = true;
    for byte in text.bytes() {
        let blank = matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c);
        runs += usize::from(blank_before & !blank);
        blank_before = blank;
    }
    runs
}

/// Marks of markdown and LaTeX inside one line, none counted twice with itself.
#[derive(Default)]
struct InlineMarks {
    stars: usize,
    double_stars: usize,
    backticks: usize,
    dollars: usize,
    double_dollars: usize,
    open_parentheses: usize,
    open_brackets: usize,
    boxed: usize,
    ellipses: usize,
}

impl InlineMarks {
    fn count(line: &[u8]) -> Self {
        let mut marks = Self::default();
        // Where a pair of the same mark may begin: pairs do not overlap.
        let (mut star_from, mut dollar_from, mut dot_from) = (0, 0, 0);
        for (at, &byte) in line.iter().enumerate() {
            match byte {
                b'*' => {
                    marks.stars += 1;
                    if at >= star_from && line.get(at + 1) == Some(&b'*') {
                        marks.double_stars += 1;
                        star_from = at + 2;
                    }
                }
                b'$' => {
                    marks.dollars += 1;
                    if at >= dollar_from && line.get(at + 1) == Some(&b'$') {
                        marks.double_dollars += 1;
                        dollar_from = at + 2;
                    }
                }
                b'.' if at >= dot_from && line[at..].starts_with(b"...") => {
                    marks.ellipses += 1;
                    dot_from = at + 3;
                }
                b'`' => marks.backticks += 1,
                b'\\' => match line.get(at + 1) {
                    Some(b'(') => marks.open_parentheses += 1,
                    Some(b'[') => marks.open_brackets += 1,
                    Some(b'b') => marks.boxed += usize::from(line[at..].starts_with(b"\\boxed")),
                    _ => {}
                },
                _ => {}
            }
        }
        marks
    }
}

#[derive(Default)]
struct Characters {
    total: usize,
    letters: usize,
    uppercase: usize,
    digits: usize,
    non_ascii: usize,
    ideographs: usize,
    marks: [usize; MARKS.len()],
    words: usize,
    capitalized: usize,
    all_caps: usize,
    first_person: usize,
}

/// Bits of what a byte of ASCII is.
const ALPHABETIC: u8 = 1;
const UPPERCASE: u8 = 2;
/// What each byte of ASCII is; nothing for the others.
static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        let upper = if byte.is_ascii_uppercase() { UPPERCASE } else { 0 };
        kinds[byte as usize] = upper | if byte.is_ascii_alphabetic() { ALPHABETIC } else { 0 };
        byte += 1;
    }
    kinds
};

/// The run of letters that is being read. What it is, is updated without branches that a processor
/// could guess wrong: words end every few bytes.
#[derive(Default)]
struct LetterRun {
    length: usize,
    upper: usize,
    /// Whether it begins with an I.
    first_person: bool,
}

impl Characters {
    fn count(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut counts = Self::default();
        let mut run = LetterRun::default();
        // Two tables, so that the same byte twice in a row does not wait for itself.
        let mut ascii = [[0_u32; 256]; 2];
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if byte < 0x80 {
                ascii[at & 1][usize::from(byte)] += 1;
                let kind = KINDS[usize::from(byte)];
                counts.add(&mut run, kind & ALPHABETIC != 0, kind & UPPERCASE != 0, byte == b'I');
                at += 1;
                continue;
            }
            let c = text[at..].chars().next().unwrap_or(' ');
            at += c.len_utf8();
            counts.non_ascii += 1;
            counts.ideographs += usize::from(is_ideographic(c));
            if let Some(place) = MARKS.iter().position(|&mark| mark == c) {
                counts.marks[place] += 1;
            }
            counts.add(&mut run, c.is_alphabetic(), c.is_uppercase(), false);
        }
        counts.add(&mut run, false, false, false);
        let ascii_count =
            |byte: u8| (ascii[0][usize::from(byte)] + ascii[1][usize::from(byte)]) as usize;
        counts.digits = (b'0'..=b'9').map(ascii_count).sum();
        // One more: the text is read as if a blank stood behind it.
        counts.total = counts.non_ascii + (0..0x80).map(ascii_count).sum::<usize>() + 1;
        for (count, mark) in counts.marks.iter_mut().zip(MARKS).filter(|(_, mark)| mark.is_ascii())
        {
            *count = ascii_count(mark as u8);
        }
        counts
    }

    /// Adds a character to the run, or ends the run at it.
    #[inline(always)]
    fn add(&mut self, run: &mut LetterRun, alphabetic: bool, upper: bool, is_i: bool) {
        let first = alphabetic & (run.length == 0);
        let ended = !alphabetic & (run.length > 0);
        self.letters += usize::from(alphabetic);
        self.uppercase += usize::from(alphabetic & upper);
        self.words += usize::from(first);
        self.capitalized += usize::from(first & upper);
        self.all_caps += usize::from(ended & (run.upper == run.length) & (run.length > 1));
        self.first_person += usize::from(ended & run.first_person & (run.length == 1));
        run.first_person = (first & is_i) | (!first & run.first_person);
        let kept = usize::from(alphabetic);
        run.length = (run.length + 1) * kept;
        run.upper = (run.upper + usize::from(upper)) * kept;
    }
}

#[derive(Default)]
struct Sentences {
    lengths: [usize; SENTENCE_BOUNDS.len() + 1],
    count: usize,
    lower_start: usize,
}

impl Sentences {
    /// A sentence ends at `.`, `!` or `?` before white space, at their Chinese forms, and at the
    /// end of a line.
    fn count(text: &str) -> Self {
        let mut sentences = Self::default();
        let (mut words, mut in_word, mut lower_start, mut ended) = (0_usize, false, false, false);
        let bytes = text.as_bytes();
        let mut at = 0;
        while at <= bytes.len() {
            let byte = bytes.get(at).copied().unwrap_or(b'\n');
            if byte.is_ascii_alphanumeric() {
                let begins = !in_word;
                lower_start =
                    if begins & (words == 0) { byte.is_ascii_lowercase() } else { lower_start };
                words += usize::from(begins);
                (in_word, ended) = (true, false);
                at += 1;
                continue;
            }
            let c = match byte {
                0..0x80 => char::from(byte),
                _ => text[at..].chars().next().unwrap_or(' '),
            };
            at += c.len_utf8();
            if c == ' ' && !ended {
                in_word = false;
                continue;
            }
            if c == '\n' || (ended && c.is_whitespace()) || matches!(c, '。' | '！' | '？') {
                if words > 0 {
                    sentences.lengths[class(words, &SENTENCE_BOUNDS)] += 1;
                    sentences.count += 1;
                    sentences.lower_start += usize::from(lower_start);
                }
                (words, in_word, ended) = (0, false, false);
                continue;
            }
            ended = matches!(c, '.' | '!' | '?')
                || (ended && matches!(c, '"' | '\'' | ')' | '*' | '”'));
            if is_ideographic(c) {
                words += 1;
                in_word = false;
            } else if c.is_alphanumeric() {
                if !in_word {
                    if words == 0 {
                        lower_start = c.is_lowercase();
                    }
                    words += 1;
                }
                in_word = true;
            } else if !matches!(c, '\'' | '’') {
                in_word = false;
            }
        }
        sentences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, name: &str) -> f32 {
        let place =
            names().iter().position(|n| n == name).unwrap_or_else(|| panic!("no measure {name}"));
        let root = measure(text)[place];
        root * root
    }

    #[test]
    fn each_measure_has_a_name_and_empty_texts_are_measured() {
        assert_eq!(names().len(), MEASURES);
        for text in ["", "\n\n", "\u{0}", "。", "a"] {
            assert!(measure(text).iter().all(|v| v.is_finite() && *v >= 0.0), "{text:?}");
        }
    }

    #[test]
    fn measures_are_the_shares_that_a_person_counts() {
        let text = "# Plan\n\n- one thing\n- two things:\n\nI say **no**. And it's done! so what";
        assert!((value(text, "lines: heading") - 0.25).abs() < 1e-6);
        assert!((value(text, "lines: bullet -") - 0.5).abs() < 1e-6);
        assert!((value(text, "lines: ends with colon") - 0.25).abs() < 1e-6);
        // 16 words: Plan one thing two things I say no And it s done so what → "it's" splits at the
        // mark.
        assert!((value(text, "inside lines: bold") - 1.0 / 14.0).abs() < 1e-6);
        assert!((value(text, "share: the word I") - 1.0 / 14.0).abs() < 1e-6);
        // Sentences: Plan | one thing | two things: | I say no. | And it's done! | so what
        assert!(
            (value(text, "share: sentences that begin in lower case") - 3.0 / 6.0).abs() < 1e-6
        );
        assert!((value(text, "sentences of at most 3 words") - 1.0).abs() < 1e-6);
        assert!((value(text, "share: blank lines") - 2.0 / 6.0).abs() < 1e-6);
    }

    #[test]
    fn length_alone_changes_nothing() {
        let once = "Okay, let me see.\nFirst: 3 + 4 = 7.\n\n";
        let (short, long) = (measure(&once.repeat(3)), measure(&once.repeat(300)));
        for ((name, a), b) in names().iter().zip(short).zip(long) {
            assert!((a - b).abs() < 0.12, "{name}: {a} {b}");
        }
    }
}
