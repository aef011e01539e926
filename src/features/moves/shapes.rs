//! The shapes of sentences that no word gives away: formulas, tables and code.
//!
//! Comes in: one sentence. Goes out: its [`Shape`], from its marks alone. The lexicon gives every
//! shape a move and a weight, as it does to words. Called by [`super::lexicon`].

/// How many bytes of a sentence are looked at.
const LONGEST_LOOK: usize = 400;

/// Words that open a block of program text which ends in "):".
const OPENS_BLOCK: [&[u8]; 6] = [b"def ", b"class ", b"if ", b"elif ", b"for ", b"while "];

/// What the marks of a sentence look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// More symbols than words, with an equals sign and a number.
    Formula,
    /// An equals sign and an operator, among words.
    Equation,
    /// An equals sign beside a number.
    Assignment,
    /// Operators between numbers, without an equals sign.
    Operation,
    /// A row of a table.
    Table,
    /// A line of program text.
    Code,
    /// None of these.
    Words,
}

impl Shape {
    /// All shapes that a lexicon can name.
    pub(super) const NAMED: [(&'static str, Self); 6] = [
        ("{formula}", Self::Formula),
        ("{equation}", Self::Equation),
        ("{assignment}", Self::Assignment),
        ("{operation}", Self::Operation),
        ("{table}", Self::Table),
        ("{code}", Self::Code),
    ];

    /// The shape of `sentence`.
    pub(super) fn of(sentence: &str) -> Self {
        let bytes = sentence.as_bytes();
        if bytes.first() == Some(&b'|') {
            return Self::Table;
        }
        let last = sentence.trim_end().as_bytes();
        if last.ends_with(b";")
            || last.ends_with(b"{")
            || (last.ends_with(b"):") && OPENS_BLOCK.iter().any(|&word| bytes.starts_with(word)))
            || bytes.starts_with(b"//")
            || bytes.first() == Some(&b'}')
        {
            return Self::Code;
        }
        let marks = Marks::count(&bytes[..bytes.len().min(LONGEST_LOOK)]);
        let operators = marks.operators + marks.close_operators;
        if marks.equals > 0 && marks.digits > 0 && marks.words <= 2 {
            Self::Formula
        } else if marks.equals > 0 && operators > 0 {
            Self::Equation
        } else if marks.numeric_equals > 0 {
            Self::Assignment
        } else if marks.operators > 0 && marks.digits > 1 {
            Self::Operation
        } else {
            Self::Words
        }
    }
}

#[derive(Default)]
struct Marks {
    equals: usize,
    /// Equals signs with a digit or the beginning of a formula beside them.
    numeric_equals: usize,
    operators: usize,
    /// Minus signs and strokes without a space before them.
    close_operators: usize,
    /// Runs of digits.
    digits: usize,
    /// Runs of three letters and more that are no command of LaTeX, and characters outside ASCII
    /// letters by threes, so that a Chinese clause counts as words.
    words: usize,
}

impl Marks {
    fn count(bytes: &[u8]) -> Self {
        let mut marks = Self::default();
        let mut wide = 0;
        let mut at = 0;
        // The last byte that was no white space: an operator stands between two operands.
        let mut before = b' ';
        while at < bytes.len() {
            let byte = bytes[at];
            let after = || bytes[at + 1..].iter().copied().find(|&b| b != b' ').unwrap_or(b' ');
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' => {
                    let from = at;
                    while at < bytes.len() && bytes[at].is_ascii_alphabetic() {
                        at += 1;
                    }
                    if before == b'\\' {
                        match &bytes[from..at] {
                            b"frac" | b"times" | b"cdot" | b"div" | b"sqrt" | b"sum" | b"int"
                            | b"binom" | b"dfrac" | b"tfrac" => marks.operators += 1,
                            b"approx" | b"equiv" => {
                                marks.equals += 1;
                                marks.numeric_equals += 1;
                            }
                            _ => {}
                        }
                    } else if at - from >= 3 {
                        marks.words += 1;
                    }
                    before = bytes[at - 1];
                    continue;
                }
                b'0'..=b'9' => {
                    let begins = !before.is_ascii_digit() || bytes[at - 1] == b' ';
                    marks.digits += usize::from(begins);
                }
                b'=' => {
                    let single = !matches!(before, b'=' | b'<' | b'>' | b'!' | b':')
                        && !matches!(bytes.get(at + 1), Some(b'=' | b'>'));
                    marks.equals += usize::from(single);
                    let number = |b: u8| b.is_ascii_digit() || matches!(b, b'-' | b'$' | b'\\');
                    let beside = before.is_ascii_digit() || number(after());
                    marks.numeric_equals += usize::from(single && beside);
                }
                b'+' | b'*' | b'^' | b'/' | b'-' => {
                    let operand =
                        |b: u8| b.is_ascii_digit() || matches!(b, b'(' | b')' | b'x' | b'n');
                    if operand(before) && operand(after()) {
                        // 2024-05-01, 3/10 and 5-7 are dates, marks and ranges more often.
                        let close = at > 0 && bytes[at - 1] != b' ';
                        if close && matches!(byte, b'-' | b'/') {
                            marks.close_operators += 1;
                        } else {
                            marks.operators += 1;
                        }
                    }
                }
                0xC3 if matches!(bytes.get(at + 1), Some(0x97 | 0xB7)) => {
                    // × and ÷
                    marks.operators += 1;
                    at += 1;
                }
                0xE2 if bytes[at..].starts_with("≈".as_bytes()) => {
                    marks.equals += 1;
                    marks.numeric_equals += 1;
                    at += 2;
                }
                0xE2 if bytes[at..].starts_with("−".as_bytes())
                    || bytes[at..].starts_with("√".as_bytes()) =>
                {
                    marks.operators += 1;
                    at += 2;
                }
                b')' if bytes.get(at + 1) == Some(&b'(') => marks.operators += 1,
                0x80.. => wide += 1,
                _ => {}
            }
            if bytes[at] != b' ' {
                before = bytes[at];
            }
            at += 1;
        }
        marks.words += wide / 9;
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_follow_from_the_marks() {
        for (sentence, shape) in [
            ("3 × 4 = 12", Shape::Formula),
            ("$$\\frac{6}{2} = 3$$", Shape::Formula),
            ("So the whole comes to 5 + 6 = 11 apples", Shape::Equation),
            ("Then the number n = 4 is even", Shape::Assignment),
            ("- Order 7: the part=left leg, side=right leg", Shape::Words),
            ("We add 5 + 6 and the rest", Shape::Operation),
            ("| a | b |", Shape::Table),
            ("while (x) {", Shape::Code),
            ("for x in list(rows):", Shape::Code),
            ("We look at the second way (the slow one):", Shape::Words),
            ("if a == 1 then the door opens", Shape::Words),
            ("the well-known 2-step plan", Shape::Words),
            ("A-B-C on 2/5 at 24 - 7", Shape::Operation),
            ("A-B-C on 2024-05-01, 7/10", Shape::Words),
        ] {
            assert_eq!(Shape::of(sentence), shape, "{sentence}");
        }
    }
}
