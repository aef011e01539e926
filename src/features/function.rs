//! The `function` channel: how often each word of a closed list of function words stands in a text.
//!
//! Comes in: the text of a trace. Goes out: one rate for each word of
//! [`ENGLISH`] and each character of [`CHINESE`]. This is the
//! material of Burrows's Delta (Burrows 2002), with a list that no corpus chose: function words are
//! frequent in every text and say little of its subject (Mosteller & Wallace 1964). Called by the
//! vectorizer, which centres and scales, and by the evidence, which needs the places.

use super::function_words::{CHINESE, ENGLISH};
use super::skeleton::{Token, read};

/// The number of measures.
pub const MEASURES: usize = ENGLISH.len() + CHINESE.len();

/// The name of each measure, in the order of [`measure`]: the word itself.
pub fn names() -> Vec<String> {
    ENGLISH.iter().map(|&word| word.into()).chain(CHINESE.iter().map(char::to_string)).collect()
}

/// Measures the tokens of a text: [`MEASURES`] rates in occurrences per 1,000 words, each from 0 to
/// 1,000, and all 0 for a text without words. They are plain rates; whoever compares them takes
/// roots or logarithms. A word is a run of letters, digits and underscores, a contraction, or a
/// single Chinese, Japanese or Korean character; a command of LaTeX is set, not said. Case and the
/// form of the apostrophe do not count.
pub fn measure(tokens: &[Token]) -> Vec<f32> {
    let mut counts = [0_usize; MEASURES];
    let mut words = 0;
    for token in tokens.iter().filter(|token| token.is_word()) {
        words += 1;
        if let Some(place) = token.function_word() {
            counts[place] += 1;
        }
    }
    let unit = 1000.0 / words.max(1) as f64;
    counts.iter().map(|&count| (count as f64 * unit) as f32).collect()
}

/// Calls `emit(measure, start, end)` for every occurrence of every word of the lists, in the order
/// in which they stand in the text. `measure` is a place in [`names`], `start..end` are byte
/// offsets.
pub fn for_each_occurrence(text: &str, mut emit: impl FnMut(usize, usize, usize)) {
    let mut tokens = Vec::new();
    read(text, &mut tokens);
    for token in tokens {
        if let Some(place) = token.function_word() {
            emit(place, token.start as usize, token.end as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Channel;

    fn measure(text: &str) -> Vec<f32> {
        Channel::Function.measure(text).into_iter().map(|root| root * root).collect()
    }

    fn rate(text: &str, name: &str) -> f32 {
        let place = names().iter().position(|n| n == name).unwrap();
        measure(text)[place]
    }

    #[test]
    fn rates_are_those_that_a_person_counts() {
        // 10 words: The the don't Don’t I'm plan x_1 我 图 5
        let text = "The the don't, Don’t I'm plan x_1 我图 5 — \\the";
        let near = |found: f32, expected: f32| assert!((found - expected).abs() < 0.01, "{found}");
        near(rate(text, "the"), 200.0);
        near(rate(text, "don't"), 200.0);
        near(rate(text, "i'm"), 100.0);
        near(rate(text, "i"), 0.0);
        near(rate(text, "我"), 100.0);
        near(measure(text).iter().sum::<f32>(), 600.0);
    }

    #[test]
    fn occurrences_stand_where_they_are_said_to_stand() {
        let text = "So, isn’t 我们 the-of";
        let mut found = Vec::new();
        for_each_occurrence(text, |measure, start, end| {
            found.push((names()[measure].clone(), &text[start..end]));
        });
        let expected = [
            ("so", "So"),
            ("isn't", "isn’t"),
            ("我", "我"),
            ("们", "们"),
            ("the", "the"),
            ("of", "of"),
        ];
        assert_eq!(found, expected.map(|(name, slice)| (name.to_owned(), slice)));
    }

    #[test]
    fn every_measure_has_a_name_and_no_text_is_too_odd() {
        assert_eq!(names().len(), MEASURES);
        let giant = "the".repeat(100_000);
        for text in ["", "\u{0}", " \n", "\\", "'", "a'i'a'i", "…", giant.as_str()] {
            let rates = measure(text);
            assert_eq!(rates.len(), MEASURES);
            assert!(rates.iter().all(|rate| (0.0..=1000.1).contains(rate)), "{text:.20}");
        }
    }
}
