//! Pieces of traces: a learner that has only seen whole traces misjudges short ones.
//!
//! Of each trace that is long enough, its opening (two of three) or a stretch from within, 50, 100 or
//! 200 words long. Which, is drawn from the trace's number.

use super::style::PIECE_WORDS;
use crate::trace::word_starts;
use xxhash_rust::xxh3::xxh3_64;

/// A trace gives pieces where it is so many times as long as they are.
const LONGER: usize = 2;

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    /// The piece, from the start of its first word to the start of the word after its last.
    pub text: &'a str,
    /// Its length, an index into [`PIECE_WORDS`].
    pub length: usize,
}

/// The piece of the text with this number; `None` where the text is too short.
pub(super) fn piece(text: &str, number: usize) -> Option<Piece<'_>> {
    let starts = word_starts(text);
    // Drawn, not counted off: traces come in the order of prompts and models.
    let drawn = xxh3_64(&(number as u64).to_le_bytes());
    let length = drawn as usize % PIECE_WORDS.len();
    if starts.len() < LONGER * PIECE_WORDS[length] {
        return None;
    }
    let opening = (drawn >> 8) % 3 < 2;
    let room = starts.len() - PIECE_WORDS[length];
    let from = if opening { 0 } else { 1 + (drawn >> 16) as usize % room };
    let end = starts.get(from + PIECE_WORDS[length]).copied().unwrap_or(text.len());
    Some(Piece { text: &text[starts[from]..end], length })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::count_words;

    #[test]
    fn a_piece_has_the_words_that_its_length_says() {
        let text: String = (0..500).map(|i| format!("w{i} ")).collect();
        let pieces: Vec<Piece<'_>> = (0..900).filter_map(|number| piece(&text, number)).collect();
        assert_eq!(pieces.len(), 900);
        for piece in &pieces {
            assert_eq!(count_words(piece.text), PIECE_WORDS[piece.length]);
        }
        let count = |test: &dyn Fn(&Piece<'_>) -> bool| pieces.iter().filter(|p| test(p)).count();
        assert!(count(&|piece| piece.text.starts_with("w0 ")).abs_diff(600) < 50);
        for length in 0..PIECE_WORDS.len() {
            assert!(count(&|piece| piece.length == length).abs_diff(300) < 50);
        }
    }

    #[test]
    fn a_short_text_gives_short_pieces_only() {
        let text = "wort ".repeat(120);
        let lengths: Vec<usize> =
            (0..90).filter_map(|number| piece(&text, number)).map(|piece| piece.length).collect();
        assert!(lengths.len() > 15 && lengths.iter().all(|&length| length == 0));
        assert_eq!(piece("", 0), None);
    }
}
