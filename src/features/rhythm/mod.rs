//! The `rhythm` channel: how long sentences, paragraphs and steps are and in what order, how rich
//! the vocabulary is, and how much is said again.
//!
//! Comes in: the text of a trace. Goes out: [`MEASURES`] numbers, and the places of those that have
//! places. Called by the vectorizer, which centres and scales, and by the evidence. `lengths`,
//! `richness` and `repetition` hold the formulas with their papers; `reading` finds words and
//! sentences. No word has a measure of its own, so that topic cannot speak; and no measure grows
//! with the length of the text by its definition.

mod lengths;
mod reading;
mod repetition;
mod richness;

use super::skeleton::{Token, read};
use lengths::{autocorrelation, logarithms, push_summary, share};
pub use reading::LONGEST_TEXT;
use reading::Reading;

/// What [`push_summary`] says of each kind of length.
const SUMMARY: [&str; 8] = [
    "mean log",
    "deviation of log",
    "log of 10th percentile",
    "log of 25th percentile",
    "log of median",
    "log of 75th percentile",
    "log of 90th percentile",
    "burstiness",
];
/// Lengths that are summed up.
const LENGTHS: [&str; 4] =
    ["words per sentence", "words per paragraph", "sentences per paragraph", "words per step"];
/// Measures that have places in the text, in the order of [`repetition::for_each_event`].
const EVENTS: [&str; 7] = [
    "share: sentences of at most 3 words",
    "share: sentences of at least 40 words",
    "share: sentences that open with a connective",
    "share: sentences that open like the one before (first word)",
    "share: sentences that open like one of the last 20 (first two words)",
    "share: word 4-grams said in the last 100 words",
    "share: word 4-grams said in the last 1,000 words",
];
/// All that is left.
const OTHERS: [&str; 12] = [
    "share: paragraphs of one sentence",
    "share: paragraphs of at least 150 words",
    "autocorrelation of log sentence lengths, lag 1",
    "autocorrelation of log sentence lengths, lag 2",
    "log of longest run of sentences that open alike (first two words)",
    "burstiness of function words",
    "burstiness of other words",
    "moving-average type-token ratio, 100 words",
    "moving-average type-token ratio, 500 words",
    "moving-average hapax share, 100 words",
    "log of MTLD",
    "log of 1 + Yule's K",
];

/// The number of measures.
pub const MEASURES: usize = LENGTHS.len() * SUMMARY.len() + EVENTS.len() + OTHERS.len();
/// The first of [`EVENTS`] in [`names`].
const FIRST_EVENT: usize = LENGTHS.len() * SUMMARY.len();

/// The name of each measure, in the order of [`measure`].
pub fn names() -> Vec<String> {
    let mut names = Vec::with_capacity(MEASURES);
    for lengths in LENGTHS {
        names.extend(SUMMARY.iter().map(|summary| format!("{lengths}: {summary}")));
    }
    names.extend(EVENTS.iter().chain(&OTHERS).map(|&name| name.into()));
    names
}

/// Measures a text, whose tokens are given: [`MEASURES`] finite numbers. Logarithms are natural,
/// shares lie in 0–1, burstiness and autocorrelation in −1–1. What a short text does not have (a
/// second sentence, a word that recurs) is measured as 0. At most [`LONGEST_TEXT`] bytes are read;
/// a Chinese character counts as a word; code between fences is not read.
pub fn measure(text: &str, tokens: &[Token]) -> Vec<f32> {
    let reading = Reading::of(text, tokens);
    let mut values = Vec::with_capacity(MEASURES);
    let sentences = reading.words_per_sentence();
    let paragraphs = reading.words_per_paragraph();
    let sentences_per_paragraph = reading.sentences_per_paragraph();
    push_summary(&mut values, &sentences);
    push_summary(&mut values, &paragraphs);
    push_summary(&mut values, &sentences_per_paragraph);
    push_summary(&mut values, &reading.words_per_step());

    let mut events = [0_usize; EVENTS.len()];
    repetition::for_each_event(&reading, |event, _, _| events[event] += 1);
    let fourgrams = (reading.words.len() + 1).saturating_sub(repetition::GRAM);
    for (event, &count) in events.iter().enumerate() {
        let of = if event < repetition::REPEATED_NEAR { sentences.len() } else { fourgrams };
        values.push(count as f64 / of.max(1) as f64);
    }

    let logs = logarithms(&sentences);
    let words = &reading.words;
    let (function, other) = repetition::burstiness_of_words(&reading);
    let (ratio_100, hapax) = richness::moving_average(words, reading.types(), 100);
    values.extend([
        share(&sentences_per_paragraph, |length| length == 1),
        share(&paragraphs, |length| length >= 150),
        autocorrelation(&logs, 1),
        autocorrelation(&logs, 2),
        (repetition::longest_run(&reading).max(1) as f64).ln(),
        function,
        other,
        ratio_100,
        richness::moving_average(words, reading.types(), 500).0,
        hapax,
        richness::mtld(words, reading.types()).max(1.0).ln(),
        richness::yules_k(words, reading.types()).ln_1p(),
    ]);
    values.iter().map(|&value| value as f32).collect()
}

/// Calls `emit(measure, start, end)` for every place of the measures that have places: short and
/// long sentences, sentences that open with a connective or like another, and repeated word
/// 4-grams. `measure` is a place in [`names`], `start..end` are byte offsets; the places of one
/// measure come in the order of the text.
pub fn for_each_occurrence(text: &str, mut emit: impl FnMut(usize, usize, usize)) {
    let mut tokens = Vec::new();
    read(text, &mut tokens);
    repetition::for_each_event(&Reading::of(text, &tokens), |event, start, end| {
        emit(FIRST_EVENT + event, start, end);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Channel;

    fn measure(text: &str) -> Vec<f32> {
        Channel::Rhythm.measure(text)
    }

    fn value(text: &str, name: &str) -> f32 {
        let place = names().iter().position(|n| n == name).unwrap_or_else(|| panic!("no {name}"));
        measure(text)[place]
    }

    const TEXT: &str = "So it is on. Now we go on to see it.\n\nSo it was.\nNo.\n\nWe see.";

    #[test]
    fn measures_are_those_that_a_person_counts() {
        // Sentences of 4, 7, 3, 1 and 2 words; paragraphs of 11, 4 and 2; steps of 4, 7, 4 and 2.
        let mean =
            |lengths: &[f32]| lengths.iter().map(|n| n.ln()).sum::<f32>() / lengths.len() as f32;
        let near = |name: &str, expected: f32| {
            let found = value(TEXT, name);
            assert!((found - expected).abs() < 1e-5, "{name}: {found}, expected {expected}");
        };
        near("words per sentence: mean log", mean(&[4.0, 7.0, 3.0, 1.0, 2.0]));
        near("words per sentence: log of median", 3.0_f32.ln());
        near("words per paragraph: mean log", mean(&[11.0, 4.0, 2.0]));
        near("sentences per paragraph: mean log", mean(&[2.0, 2.0, 1.0]));
        near("words per step: mean log", mean(&[4.0, 7.0, 4.0, 2.0]));
        near("share: sentences of at most 3 words", 3.0 / 5.0);
        near("share: sentences that open with a connective", 3.0 / 5.0);
        near("share: sentences that open like one of the last 20 (first two words)", 1.0 / 5.0);
        near("share: paragraphs of one sentence", 1.0 / 3.0);
    }

    #[test]
    fn places_are_those_of_the_measures() {
        let mut places = Vec::new();
        for_each_occurrence(TEXT, |measure, start, end| {
            places.push((names()[measure].clone(), &TEXT[start..end]));
        });
        assert!(places.contains(&(EVENTS[0].into(), "So it was.")));
        assert!(places.contains(&(EVENTS[4].into(), "So it was.")));
        assert_eq!(places.iter().filter(|(name, _)| name == EVENTS[2]).count(), 3);
    }

    #[test]
    fn every_measure_has_a_name_and_no_text_is_too_odd() {
        assert_eq!(names().len(), MEASURES);
        let texts = [
            String::new(),
            "\u{0}".into(),
            "a".into(),
            "。\n\n".into(),
            "```\na".into(),
            "a".repeat(3_000_000),
            "a ".repeat(1_500_000),
            "ab. ".repeat(800_000),
            "\n".repeat(2_000_000),
            "我".repeat(700_000),
            (0..400_000).map(|i| format!("w{i} ")).collect(),
        ];
        for text in &texts {
            let values = measure(text);
            assert_eq!(values.len(), MEASURES);
            for (name, value) in names().iter().zip(values) {
                assert!(value.is_finite(), "{name} of {text:.20}: {value}");
            }
        }
    }

    #[test]
    fn length_alone_changes_little() {
        let mut part = String::new();
        for i in 0..40 {
            part += &format!("So the w{} is v{} again. It may be u{i}.\n", i * 7 % 13, i * 5 % 11);
            part += if i % 3 == 0 { "\n" } else { "" };
        }
        let (short, long) = (measure(&part.repeat(10)), measure(&part.repeat(100)));
        for ((name, a), b) in names().iter().zip(short).zip(long) {
            assert!((a - b).abs() < 0.1, "{name}: {a} {b}");
        }
    }
}
