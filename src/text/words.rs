//! A text → its words.
//!
//! A word is a run of letters and digits, with apostrophes inside. Chinese, Japanese and Korean put
//! no spaces between words, so each of their characters counts as one word. Every stage counts
//! words this way; only the feature channels have tokens of their own.

use std::ops::Range;

/// The number of words in a text: runs of letters and digits, and single
/// Chinese, Japanese or Korean characters.
pub fn count_words(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut words, mut inside, mut at) = (0, false, 0);
    while let Some(&byte) = bytes.get(at) {
        // Without branches for ASCII: this runs for every byte of the input.
        if byte < 0x80 {
            let (letter, apostrophe) = (byte.is_ascii_alphanumeric(), byte == b'\'');
            words += usize::from(letter & !inside);
            inside = letter | (apostrophe & inside);
            at += 1;
            continue;
        }
        let c = text[at..].chars().next().unwrap_or(' ');
        at += c.len_utf8();
        if is_ideographic(c) {
            words += 1;
            inside = false;
        } else if c.is_alphanumeric() {
            words += usize::from(!inside);
            inside = true;
        } else if c != '’' {
            inside = false;
        }
    }
    words
}

/// The words of a text, each with its byte range.
pub fn words(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = loop {
            match step(text, at)? {
                (Kind::Other | Kind::Apostrophe, next) => at = next,
                (kind, next) => {
                    let start = std::mem::replace(&mut at, next);
                    if kind == Kind::Ideograph {
                        return Some((start..next, &text[start..next]));
                    }
                    break start;
                }
            }
        };
        let mut end = at;
        while let Some((kind, next)) = step(text, at) {
            match kind {
                Kind::Letter => end = next,
                Kind::Apostrophe => {}
                Kind::Ideograph | Kind::Other => break,
            }
            at = next;
        }
        Some((start..end, &text[start..end]))
    })
}

/// What a character is in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A letter or digit.
    Letter,
    /// A word of its own.
    Ideograph,
    /// Inside a word only.
    Apostrophe,
    /// Between words.
    Other,
}

/// The kind of the character at a byte, and where the next one begins; `None` at the end. ASCII, which
/// is nearly all text, is not decoded.
#[inline]
fn step(text: &str, at: usize) -> Option<(Kind, usize)> {
    let byte = *text.as_bytes().get(at)?;
    if byte < 0x80 {
        let kind = match byte {
            b'\'' => Kind::Apostrophe,
            byte if byte.is_ascii_alphanumeric() => Kind::Letter,
            _ => Kind::Other,
        };
        return Some((kind, at + 1));
    }
    let c = text[at..].chars().next()?;
    let kind = match c {
        '’' => Kind::Apostrophe,
        c if is_ideographic(c) => Kind::Ideograph,
        c if c.is_alphanumeric() => Kind::Letter,
        _ => Kind::Other,
    };
    Some((kind, at + c.len_utf8()))
}

/// Where the words of a text start: byte offsets, ascending.
pub fn word_starts(text: &str) -> Vec<usize> {
    words(text).map(|(place, _)| place.start).collect()
}

/// Whether a text breaks off: it ends in a letter, a digit, or a mark that something must follow.
/// A complete text ends with a full stop, a bracket, a formula or the like.
pub fn breaks_off(text: &str) -> bool {
    let last = text.trim_end().chars().next_back();
    last.is_some_and(|c| {
        c.is_alphanumeric() || matches!(c, ',' | ';' | '-' | '–' | '—' | '(' | '，' | '、' | '；')
    })
}

/// Whether a character belongs to a script that is written without spaces between words.
pub fn is_ideographic(c: char) -> bool {
    matches!(c as u32,
        0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_ones_that_are_counted() {
        for text in [
            "Okay, so I don't know: 3.5 apples?",
            "我们来看 x=2",
            "'a' b's",
            "",
            " \n",
            "カナとabc中",
        ] {
            assert_eq!(words(text).count(), count_words(text), "{text}");
        }
        let all: Vec<_> = words("I don't 看 'so'").map(|(_, word)| word).collect();
        assert_eq!(all, ["I", "don't", "看", "so"]);
    }

    #[test]
    fn words_are_counted_in_every_script() {
        assert_eq!(count_words("Okay, so I don't know: 3.5 apples?"), 8);
        assert_eq!(count_words("  \n\t"), 0);
        assert_eq!(count_words("我们来看 x=2"), 6);
        assert_eq!(word_starts("我们 don't x=2"), [0, 3, 7, 13, 15]);
    }

    #[test]
    fn a_text_that_lacks_its_end_breaks_off() {
        for text in ["so the answer", "so the answer, ", "that is 3 (", "所以答案"] {
            assert!(breaks_off(text), "{text}");
        }
        for text in
            ["so the answer is 3.\n", "**Done**", "$x = 3$", "(see above)", "完了。", "", "Why?"]
        {
            assert!(!breaks_off(text), "{text}");
        }
    }
}
