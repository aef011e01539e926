//! A text → overlapping windows of whole sentences.
//!
//! Called by [`super::explain`]. A window has about the number of words that was asked for, begins where a
//! sentence begins and ends where one ends, as far as sentences are not longer than half a step; longer
//! ones, and code, are cut between words.

use crate::{features::sentences, text::word_starts};
use std::ops::Range;

/// A stretch of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    /// Its bytes.
    pub bytes: Range<usize>,
    /// Its words, counted from 0.
    pub words: Range<usize>,
}

/// A place where a window may begin or end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cut {
    byte: usize,
    /// Words before it.
    words: usize,
}

/// The windows of a text in order: each of at least `size` words, the next one beginning at least `step`
/// words after it. One window with everything where the text has fewer than one and a half times
/// `size` words.
pub(super) fn windows(text: &str, size: usize, step: usize) -> Vec<Window> {
    let starts = word_starts(text);
    let total = starts.len();
    let everything = || vec![Window { bytes: 0..text.len(), words: 0..total }];
    if 2 * total < 3 * size {
        return everything();
    }
    let cuts = cuts(text, &starts, (step / 2).max(1));
    let window = |from: usize, to: usize| Window {
        bytes: cuts[from].byte..cuts[to].byte,
        words: cuts[from].words..cuts[to].words,
    };
    let last = cuts.len() - 1;
    let mut found = Vec::new();
    let mut from = 0;
    loop {
        let to = after(&cuts, cuts[from].words + size);
        if to >= last {
            // The last window has its size, too: it begins earlier instead.
            let begins_later = |&at: &usize| {
                found.last().is_none_or(|window: &Window| window.bytes.start < cuts[at].byte)
            };
            let begin = cuts[..=from].iter().rposition(|cut| cut.words + size <= total);
            found.push(window(begin.filter(begins_later).unwrap_or(from), last));
            break;
        }
        found.push(window(from, to));
        let next = after(&cuts, cuts[from].words + step).max(from + 1);
        let latest = cuts.iter().rposition(|cut| cut.words + size <= total).unwrap_or(0);
        from = next.min(latest.max(from + 1));
    }
    found
}

/// The first cut with at least this many words before it; the last where there is none.
fn after(cuts: &[Cut], words: usize) -> usize {
    cuts.partition_point(|cut| cut.words < words).min(cuts.len() - 1)
}

/// Where windows may be cut: at the beginnings of sentences, and within a stretch of more than `longest`
/// words without one, between words. The first is the beginning of the text and the last its end.
fn cuts(text: &str, starts: &[usize], longest: usize) -> Vec<Cut> {
    let words_before = |byte: usize| starts.partition_point(|&start| start < byte);
    let mut cuts = vec![Cut { byte: 0, words: 0 }];
    let mut push = |byte: usize, words: usize| {
        let before = cuts[cuts.len() - 1].words;
        let pieces = (words - before).div_ceil(longest).max(1);
        for piece in 1..pieces {
            let at = before + piece * (words - before) / pieces;
            cuts.push(Cut { byte: starts[at], words: at });
        }
        cuts.push(Cut { byte, words });
    };
    sentences::for_each(text, |start, _| {
        let words = words_before(start);
        // A sentence without a word before it belongs to the next.
        if words > 0 {
            push(start, words);
        }
    });
    push(text.len(), starts.len());
    cuts.dedup_by(|later, earlier| later.words == earlier.words && later.byte != text.len());
    cuts
}

/// Where the windows of a text begin or end: the stretches between are in the same windows throughout.
/// Each comes with the numbers of the windows that it is in.
pub(super) fn cells(windows: &[Window]) -> Vec<(Window, Vec<usize>)> {
    let mut ends: Vec<(usize, usize)> = (windows.iter())
        .flat_map(|w| [(w.bytes.start, w.words.start), (w.bytes.end, w.words.end)])
        .collect();
    ends.sort_unstable();
    ends.dedup();
    let cells = ends.windows(2).map(|pair| {
        let (from, to) = (pair[0], pair[1]);
        let holds = |w: &Window| w.bytes.start <= from.0 && to.0 <= w.bytes.end;
        let within = (0..windows.len()).filter(|&i| holds(&windows[i])).collect();
        (Window { bytes: from.0..to.0, words: from.1..to.1 }, within)
    });
    cells.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sentences_of(count: usize) -> String {
        (0..count).map(|i| format!("This is sentence number {i}. ")).collect()
    }

    #[test]
    fn a_short_text_is_one_window() {
        let found = windows("Only a few words here.", 150, 75);
        assert_eq!(found, [Window { bytes: 0..22, words: 0..5 }]);
        assert_eq!(windows("", 150, 75), [Window { bytes: 0..0, words: 0..0 }]);
    }

    #[test]
    fn windows_are_whole_sentences_that_overlap_by_half() {
        // 100 sentences of 5 words.
        let text = sentences_of(100);
        let found = windows(&text, 150, 75);
        let words: Vec<(usize, usize)> =
            found.iter().map(|w| (w.words.start, w.words.end)).collect();
        assert_eq!(words, [(0, 150), (75, 225), (150, 300), (225, 375), (300, 450), (350, 500)]);
        for window in &found {
            assert!(text[window.bytes.clone()].starts_with("This is"), "{window:?}");
        }
        let cells = cells(&found);
        assert_eq!(cells.first().unwrap().1, [0]);
        assert_eq!(cells[1].1, [0, 1]);
        assert_eq!(cells.iter().map(|(cell, _)| cell.words.len()).sum::<usize>(), 500);
    }

    #[test]
    fn a_text_without_sentences_is_cut_between_words() {
        let text = "word ".repeat(400);
        let found = windows(&text, 100, 50);
        assert!(found.len() >= 6);
        assert!(found.iter().all(|w| (100..=130).contains(&w.words.len())), "{found:?}");
    }

    proptest! {
        #[test]
        fn every_byte_of_any_text_is_in_a_window(
            text in "([a-z我。.!?\\n` \u{1b}]{1,6}){0,80}", (size, step) in
                (1..30_usize).prop_flat_map(|size| (Just(size), 1..=size))
        ) {
            let found = windows(&text, size, step);
            prop_assert_eq!(found[0].bytes.start, 0);
            prop_assert_eq!(found.last().unwrap().bytes.end, text.len());
            for pair in found.windows(2) {
                prop_assert!(pair[0].bytes.start < pair[1].bytes.start, "{:?}", pair);
                prop_assert!(pair[1].bytes.start <= pair[0].bytes.end, "{:?}", pair);
            }
            for window in &found {
                prop_assert!(text.get(window.bytes.clone()).is_some());
            }
            let covered: usize = cells(&found).iter().map(|(cell, _)| cell.bytes.len()).sum();
            prop_assert_eq!(covered, text.len());
            prop_assert!(cells(&found).iter().all(|(_, within)| !within.is_empty()));
        }
    }
}
