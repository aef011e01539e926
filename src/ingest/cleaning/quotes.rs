//! The stretches of a prompt that stand in the trace word by word.
//!
//! What a model copies from its prompt is the user's style, not its own. Called by
//! [`examine`](super::examine). Words are compared as they are written; the white space and the
//! punctuation between them are not.

use std::ops::Range;

use rustc_hash::FxHashSet;
use xxhash_rust::xxh3::xxh3_64;

use crate::text::words;

/// A stretch of the prompt has at least so many words.
pub const QUOTED_WORDS: usize = 8;

/// The byte ranges of `text` that quote `prompt`, in order; they neither overlap nor touch.
pub fn prompt_quotes(text: &str, prompt: &str) -> Vec<Range<usize>> {
    let prompt: Vec<u64> = words(prompt).map(|(_, word)| xxh3_64(word.as_bytes())).collect();
    if prompt.len() < QUOTED_WORDS {
        return Vec::new();
    }
    let known: FxHashSet<u64> = prompt.windows(QUOTED_WORDS).map(combined).collect();
    let (places, hashes): (Vec<Range<usize>>, Vec<u64>) =
        words(text).map(|(place, word)| (place, xxh3_64(word.as_bytes()))).unzip();
    let mut quotes: Vec<Range<usize>> = Vec::new();
    let mut last_word = 0;
    for (at, window) in hashes.windows(QUOTED_WORDS).enumerate() {
        if !known.contains(&combined(window)) {
            continue;
        }
        let end = at + QUOTED_WORDS;
        match quotes.last_mut() {
            Some(quote) if at <= last_word => quote.end = places[end - 1].end,
            _ => quotes.push(places[at].start..places[end - 1].end),
        }
        last_word = end;
    }
    quotes
}

/// One hash for several, which depends on their order.
fn combined(hashes: &[u64]) -> u64 {
    hashes
        .iter()
        .fold(0, |sum, hash| (sum ^ hash).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROMPT: &str =
        "Anna has three red apples and two green pears. How many fruits does she carry home?";

    fn quoted(text: &str) -> Vec<&str> {
        prompt_quotes(text, PROMPT).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn a_long_stretch_is_found_and_its_own_words_only() {
        let text = "So \"Anna has three red apples and two\ngreen pears\" means five in all.";
        assert_eq!(quoted(text), ["Anna has three red apples and two\ngreen pears"]);
    }

    #[test]
    fn two_stretches_are_two_quotes() {
        let text = "Anna has three red apples and two green, yes. And then: pears. How many fruits \
                    does she carry home? Five.";
        assert_eq!(quoted(text).len(), 2);
    }

    #[test]
    fn a_few_words_are_no_quote() {
        assert!(quoted("Anna has three red apples and two blue pears.").is_empty());
        assert!(prompt_quotes("What is it?", "What is it?").is_empty());
        assert!(quoted("").is_empty());
    }

    #[test]
    fn characters_of_chinese_are_words() {
        let prompt = "小明有三个苹果和两个梨，他一共有多少个水果？";
        let text = "题目说小明有三个苹果和两个梨，我来算。";
        let quotes = prompt_quotes(text, prompt);
        assert_eq!(&text[quotes[0].clone()], "小明有三个苹果和两个梨");
    }
}
