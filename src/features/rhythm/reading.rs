//! Text → its words and sentences, once for all measures of `rhythm`.

use crate::features::function_words::ENGLISH;
use crate::features::sentences;
use crate::features::skeleton::Token;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

/// At most this many bytes of a text are measured: what follows changes a distribution little, and
/// memory stays below 100 MB whatever the text is.
pub const LONGEST_TEXT: usize = 1 << 20;

/// The number of a word that was not seen in this text yet.
const UNSEEN: u32 = u32::MAX;

/// A sentence that opens with one of these begins a step.
const CONNECTIVES: [&str; 32] = [
    "actually",
    "additionally",
    "again",
    "alright",
    "also",
    "alternatively",
    "anyway",
    "but",
    "conversely",
    "finally",
    "first",
    "firstly",
    "furthermore",
    "hence",
    "hmm",
    "however",
    "let",
    "let's",
    "maybe",
    "moreover",
    "next",
    "now",
    "ok",
    "okay",
    "second",
    "secondly",
    "so",
    "then",
    "therefore",
    "thus",
    "wait",
    "well",
];

/// A sentence of at least one word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sentence {
    /// Its byte range.
    pub start: usize,
    /// The end of its byte range.
    pub end: usize,
    /// Its first word in [`Reading::words`].
    pub first: usize,
    /// The number of its words.
    pub words: usize,
    /// Whether a blank line, or nothing, stands before it.
    pub begins_paragraph: bool,
    /// Whether it opens with a connective.
    pub connective: bool,
}

/// The words and sentences of a text, in order.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The type of each word, numbered from 0 in order of first occurrence.
    pub words: Vec<u32>,
    /// The byte range of each word.
    pub places: Vec<(u32, u32)>,
    /// Whether each type is a function word.
    pub function: Vec<bool>,
    pub sentences: Vec<Sentence>,
}

impl Reading {
    /// Reads at most [`LONGEST_TEXT`] bytes of a text, whose tokens are given. Case does not tell
    /// words of ASCII apart.
    pub fn of(text: &str, tokens: &[Token]) -> Self {
        let mut end = text.len().min(LONGEST_TEXT);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = &text[..end];
        let mut reading = Self::default();
        let mut function_numbers = [UNSEEN; ENGLISH.len()];
        let mut numbers: FxHashMap<u64, u32> = FxHashMap::default();
        let mut folded = Vec::new();
        let mut before = None;
        let mut tokens = tokens.iter().peekable();
        sentences::for_each(text, |start, end| {
            let first = reading.words.len();
            let mut connective = false;
            // What stands between sentences is not read.
            while tokens.next_if(|token| (token.start as usize) < start).is_some() {}
            while let Some(token) = tokens.next_if(|token| (token.end as usize) <= end) {
                if !token.is_word() {
                    continue;
                }
                let (from, to) = (token.start as usize, token.end as usize);
                let place = token.function_word().filter(|&place| place < ENGLISH.len());
                if reading.words.len() == first {
                    connective =
                        place.is_some_and(|p| CONNECTIVES.binary_search(&ENGLISH[p]).is_ok());
                }
                let next = reading.function.len() as u32;
                let number = match place {
                    Some(place) => &mut function_numbers[place],
                    None => {
                        folded.clear();
                        folded.extend_from_slice(&text.as_bytes()[from..to]);
                        folded.make_ascii_lowercase();
                        numbers.entry(xxh3_64(&folded)).or_insert(UNSEEN)
                    }
                };
                if *number == UNSEEN {
                    *number = next;
                    reading.function.push(place.is_some());
                }
                reading.words.push(*number);
                reading.places.push((token.start, token.end));
            }
            let words = reading.words.len() - first;
            if words > 0 {
                let begins_paragraph =
                    before.is_none_or(|before: usize| blank_line(&text[before..start]));
                reading.sentences.push(Sentence {
                    start,
                    end,
                    first,
                    words,
                    begins_paragraph,
                    connective,
                });
                before = Some(end);
            }
        });
        reading
    }

    /// The number of different words.
    pub fn types(&self) -> usize {
        self.function.len()
    }

    /// The lengths of sentences in words.
    pub fn words_per_sentence(&self) -> Vec<usize> {
        self.sentences.iter().map(|sentence| sentence.words).collect()
    }

    /// The lengths of paragraphs in words; blank lines separate paragraphs.
    pub fn words_per_paragraph(&self) -> Vec<usize> {
        self.sums(|sentence| sentence.begins_paragraph, |sentence| sentence.words)
    }

    /// The lengths of paragraphs in sentences.
    pub fn sentences_per_paragraph(&self) -> Vec<usize> {
        self.sums(|sentence| sentence.begins_paragraph, |_| 1)
    }

    /// The lengths of steps in words. A step begins with a paragraph and with a connective.
    pub fn words_per_step(&self) -> Vec<usize> {
        self.sums(
            |sentence| sentence.begins_paragraph || sentence.connective,
            |sentence| sentence.words,
        )
    }

    fn sums(
        &self,
        begins: impl Fn(&Sentence) -> bool,
        value: impl Fn(&Sentence) -> usize,
    ) -> Vec<usize> {
        let mut sums: Vec<usize> = Vec::new();
        for sentence in &self.sentences {
            match sums.last_mut() {
                Some(last) if !begins(sentence) => *last += value(sentence),
                _ => sums.push(value(sentence)),
            }
        }
        sums
    }
}

/// Whether what stands between two sentences holds a line of white space alone.
fn blank_line(between: &str) -> bool {
    let mut lines = between.split('\n');
    // What stands before the first line break belongs to the line of the sentence before, and what
    // stands behind the last to the line of the sentence after.
    lines.next();
    lines.next_back();
    lines.any(|line| line.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::function_words::english;
    use crate::features::skeleton::read;

    #[test]
    fn words_are_numbered_and_paragraphs_are_found() {
        assert!(CONNECTIVES.is_sorted_by(|a, b| a < b));
        assert!(CONNECTIVES.iter().all(|word| english(word).is_some()));
        let text = "Don’t go. don't \u{0}GO, 我!\n---\n  \n\nSo what?\nx";
        let mut tokens = Vec::new();
        read(text, &mut tokens);
        let reading = Reading::of(text, &tokens);
        assert_eq!(reading.words, [0, 1, 0, 1, 2, 3, 4, 5]);
        assert_eq!(reading.function, [true, false, false, true, true, false]);
        assert_eq!(reading.words_per_sentence(), [2, 3, 2, 1]);
        assert_eq!(reading.words_per_paragraph(), [5, 3]);
        assert!(reading.sentences[2].connective && !reading.sentences[0].connective);
    }
}
