//! A text → its words with their places, as [`count_words`](crate::trace::count_words) counts them. Called by `ingest::cleaning` and
//! `minhash`.

use std::ops::Range;

use crate::trace::is_ideographic;

/// The words of a text, each with its byte range. A Chinese, Japanese or Korean character is a word.
pub(crate) fn words(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, first) = chars.find(|&(_, c)| c.is_alphanumeric() || is_ideographic(c))?;
        let mut end = start + first.len_utf8();
        if !is_ideographic(first) {
            while let Some(&(at, c)) = chars.peek() {
                let inside = (c.is_alphanumeric() && !is_ideographic(c)) || matches!(c, '\'' | '’');
                if !inside {
                    break;
                }
                if c.is_alphanumeric() {
                    end = at + c.len_utf8();
                }
                chars.next();
            }
        }
        Some((start..end, &text[start..end]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::count_words;

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
}
