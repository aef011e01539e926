//! Text → the tokens of a skeleton: those of `word_ngrams`, with contractions and LaTeX commands
//! whole. Called by the rest of `skeleton` and by `function`.

use crate::features::word_ngrams;
use crate::text::is_ideographic;

/// What may stand behind the apostrophe of a contraction or possessive.
const ENDINGS: [&[u8]; 7] = [b"s", b"t", b"m", b"d", b"re", b"ve", b"ll"];

/// Calls `emit(start, end)` for every token's byte range. A word with an apostrophe and one of
/// [`ENDINGS`] is one token, and so is a backslash with the word right behind it. The tokens of a
/// slice that begins and ends with a token are the tokens that the whole text has there.
#[inline]
pub fn for_each_token(text: &str, mut emit: impl FnMut(usize, usize)) {
    let bytes = text.as_bytes();
    let mut taken = 0;
    let mut backslash = None;
    word_ngrams::for_each_token(text, |start, end| {
        if start < taken {
            return;
        }
        if let Some(at) = backslash.take() {
            if at + 1 == start && bytes[start].is_ascii_alphabetic() {
                emit(at, end);
                return;
            }
            emit(at, at + 1);
        }
        if bytes[start] == b'\\' {
            backslash = Some(start);
            return;
        }
        taken = contraction_end(text, start, end).unwrap_or(end);
        emit(start, taken);
    });
    if let Some(at) = backslash {
        emit(at, at + 1);
    }
}

/// The end of the contraction that begins with the token `start..end`, if there is one.
#[inline]
fn contraction_end(text: &str, start: usize, end: usize) -> Option<usize> {
    let rest = &text.as_bytes()[end..];
    let mark = match rest.first()? {
        b'\'' => 1,
        0xE2 if rest.starts_with("’".as_bytes()) => "’".len(),
        _ => return None,
    };
    let letters = rest[mark..].iter().take(3).take_while(|b| b.is_ascii_alphabetic()).count();
    let ending = &rest[mark..mark + letters];
    if !ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending)) {
        return None;
    }
    let after = end + mark + letters;
    let goes_on = text[after..].chars().next().is_some_and(is_word);
    let begins = text[start..].chars().next().is_some_and(is_word);
    (begins && !goes_on).then_some(after)
}

/// Whether `word_ngrams` takes the character into a run with others.
pub fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric() && !is_ideographic(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contractions_and_commands_are_whole() {
        let tokens = |text: &str| {
            let mut tokens = Vec::new();
            for_each_token(text, |start, end| tokens.push(text[start..end].to_owned()));
            tokens
        };
        assert_eq!(tokens("don't I’LL 'so' it's."), ["don't", "I’LL", "'", "so", "'", "it's", "."]);
        assert_eq!(
            tokens("o'clock x'sy .'s 我's"),
            ["o", "'", "clock", "x", "'", "sy", ".", "'", "s", "我", "'", "s"]
        );
        assert_eq!(
            tokens("\\frac \\ a \\\\b \\(1\\"),
            ["\\frac", "\\", "a", "\\", "\\b", "\\", "(", "1", "\\"]
        );
        assert_eq!(tokens("y'all'd've"), ["y", "'", "all'd", "'", "ve"]);
    }
}
