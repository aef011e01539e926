//! What is said again: openings of sentences, word 4-grams, and the burstiness of words. Also the
//! short and long sentences, which have places in the text like these.

use super::lengths::burstiness;
use super::reading::Reading;
use crate::features::hash::roll;
use rustc_hash::FxHashMap;

/// Words of a repeated n-gram.
pub(super) const GRAM: usize = 4;
/// The first event that is one of 4-grams; those before it are events of sentences.
pub(super) const REPEATED_NEAR: usize = 5;

const SHORT: usize = 3;
const LONG: usize = 40;
/// Sentences back in which an opening counts as repeated.
const OPENING_REACH: usize = 20;
/// Words back in which a 4-gram counts as repeated, near and far. A reach instead of the whole
/// text: the longer a text, the more of it was said somewhere before.
const GRAM_REACHES: [usize; 2] = [100, 1000];
/// A word recurs when it has so many intervals.
const FEWEST_INTERVALS: u32 = 4;

/// Calls `emit(event, start, end)` for all that has a place. `event` is a place in `EVENTS` of the
/// channel; `start..end` are byte offsets of a sentence or of a 4-gram.
pub(super) fn for_each_event(reading: &Reading, mut emit: impl FnMut(usize, usize, usize)) {
    let mut last_opened: FxHashMap<(u32, u32), usize> = FxHashMap::default();
    let mut first_before = None;
    for (number, sentence) in reading.sentences.iter().enumerate() {
        let (start, end) = (sentence.start, sentence.end);
        let first = reading.words[sentence.first];
        let repeated = opening(reading, number)
            .and_then(|opening| last_opened.insert(opening, number))
            .is_some_and(|last| number - last <= OPENING_REACH);
        let holds = [
            sentence.words <= SHORT,
            sentence.words >= LONG,
            sentence.connective,
            first_before == Some(first),
            repeated,
        ];
        first_before = Some(first);
        for (event, _) in holds.iter().enumerate().filter(|(_, holds)| **holds) {
            emit(event, start, end);
        }
    }
    let mut last_said: FxHashMap<u64, u32> = FxHashMap::default();
    last_said.reserve(reading.words.len());
    for (at, gram) in reading.words.windows(GRAM).enumerate() {
        let key = gram.iter().fold(0, |key, &word| roll(key, u64::from(word)));
        if let Some(last) = last_said.insert(key, at as u32) {
            let back = at - last as usize;
            let (start, end) = (reading.places[at].0, reading.places[at + GRAM - 1].1);
            for (place, _) in GRAM_REACHES.iter().enumerate().filter(|(_, reach)| back <= **reach) {
                emit(REPEATED_NEAR + place, start as usize, end as usize);
            }
        }
    }
}

/// The first two words of a sentence, if it has two.
fn opening(reading: &Reading, number: usize) -> Option<(u32, u32)> {
    let sentence = reading.sentences[number];
    (sentence.words >= 2)
        .then(|| (reading.words[sentence.first], reading.words[sentence.first + 1]))
}

/// The most sentences in a row with the same first two words; 0 where no sentence has two.
pub(super) fn longest_run(reading: &Reading) -> usize {
    let (mut longest, mut run) = (0, 0);
    let mut before = None;
    for number in 0..reading.sentences.len() {
        let opening = opening(reading, number);
        run = match opening {
            None => 0,
            Some(_) if opening == before => run + 1,
            Some(_) => 1,
        };
        before = opening;
        longest = longest.max(run);
    }
    longest
}

/// The mean burstiness of the intervals, in words, between occurrences of the same word (Goh &
/// Barabási 2008; of words: Altmann, Pierrehumbert & Motter 2009), over the words that have at
/// least four intervals: of function words, and of others. 0 where there is none.
pub(super) fn burstiness_of_words(reading: &Reading) -> (f64, f64) {
    #[derive(Clone, Copy, Default)]
    struct Intervals {
        /// The place of the last occurrence, plus one.
        last: usize,
        count: u32,
        sum: f64,
        squares: f64,
    }
    let mut types = vec![Intervals::default(); reading.types()];
    for (at, &word) in reading.words.iter().enumerate() {
        let known = &mut types[word as usize];
        if known.last > 0 {
            let interval = (at + 1 - known.last) as f64;
            known.count += 1;
            known.sum += interval;
            known.squares += interval * interval;
        }
        known.last = at + 1;
    }
    let mut sums = [(0.0, 0_usize); 2];
    for (known, &function) in types.iter().zip(&reading.function) {
        if known.count >= FEWEST_INTERVALS {
            let count = f64::from(known.count);
            let mean = known.sum / count;
            let deviation = (known.squares / count - mean * mean).max(0.0).sqrt();
            let (sum, words) = &mut sums[usize::from(!function)];
            *sum += burstiness(mean, deviation);
            *words += 1;
        }
    }
    let [function, other] = sums.map(|(sum, words)| sum / words.max(1) as f64);
    (function, other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::skeleton::read;

    fn reading_of(text: &str) -> Reading {
        let mut tokens = Vec::new();
        read(text, &mut tokens);
        Reading::of(text, &tokens)
    }

    fn events(text: &str, wanted: usize) -> Vec<&str> {
        let mut found = Vec::new();
        for_each_event(&reading_of(text), |event, start, end| {
            if event == wanted {
                found.push(&text[start..end]);
            }
        });
        found
    }

    #[test]
    fn openings_are_repeated_within_their_reach() {
        let text = "I see it. I see. I saw. Go on. Go.";
        assert_eq!(events(text, 3), ["I see.", "I saw.", "Go."]);
        assert_eq!(events(text, 4), ["I see."]);
        let far = |between: usize| format!("Go on.{} Go on.", " Ah.".repeat(between));
        assert_eq!(events(&far(19), 4).len(), 1);
        assert_eq!(events(&far(20), 4).len(), 0);
        assert_eq!(events(&"a b ".repeat(20), 1).len(), 1);
    }

    #[test]
    fn grams_are_repeated_within_their_reach() {
        let text = "We do not know it. We, DO not know that";
        assert_eq!(events(text, 5), ["We, DO not know"]);
        let far = |between: usize| {
            let filler: String = (0..between).map(|i| format!("w{i} ")).collect();
            format!("a b c d {filler} a b c d")
        };
        // The second begins `between` + 4 words behind the first.
        assert_eq!((events(&far(96), 5).len(), events(&far(97), 5).len()), (1, 0));
        assert_eq!((events(&far(996), 6).len(), events(&far(997), 6).len()), (1, 0));
    }

    #[test]
    fn runs_are_counted() {
        assert_eq!(longest_run(&reading_of("It is a. It is b. It is c. No. It is d. It was.")), 3);
        assert_eq!(longest_run(&reading_of("No. No.")), 0);
    }

    #[test]
    fn burstiness_of_words_by_hand() {
        // "the" at every second place: four intervals of 2, no deviation. "x" has intervals 1, 1,
        // 1, 5: mean 2, deviation √3.
        let (function, other) =
            burstiness_of_words(&reading_of("the a the b the c the d the x x x x k l m n x"));
        assert!((function + 1.0).abs() < 1e-9);
        let expected = (3_f64.sqrt() - 2.0) / (3_f64.sqrt() + 2.0);
        assert!((other - expected).abs() < 1e-9, "{other} {expected}");
    }
}
