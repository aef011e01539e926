//! Pieces of traces: a learner that has only seen whole traces misjudges short ones.
//!
//! Each trace that is long enough gives one piece of 50, 100 or 200 words: its opening (two times
//! out of three) or a stretch from within. Every other trace that is long enough also gives a piece
//! of 400 words. The choice is seeded by the trace's index.

use crate::text::word_starts;
use xxhash_rust::xxh3::xxh3_64;

/// Lengths of pieces, in words.
pub const PIECE_WORDS: [usize; 4] = [50, 100, 200, 400];

/// A trace gives pieces where it is at least this many times as long as they are.
const LONGER: usize = 2;

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    /// The piece, from the start of its first word to the start of the word after its last.
    pub text: &'a str,
    /// Its nominal length, an index into [`PIECE_WORDS`].
    pub size: usize,
    /// Whether it is the opening: what a limit leaves of a trace.
    pub opening: bool,
}

/// The pieces of the text with this number; none where the text is too short.
pub(super) fn pieces(text: &str, number: usize) -> impl Iterator<Item = Piece<'_>> {
    let starts = word_starts(text);
    // Drawn, not counted off: traces come in the order of prompts and models.
    let drawn = xxh3_64(&(number as u64).to_le_bytes());
    let longest = PIECE_WORDS.len() - 1;
    // The long ones are few and come in addition: drawn in place of short ones, they made the
    // scores of short traces worse.
    let short = std::iter::once((drawn as usize % longest, drawn >> 8));
    let long = (drawn >> 40).is_multiple_of(2).then_some((longest, drawn >> 41));
    short.chain(long).filter_map(move |(size, drawn)| {
        let words = PIECE_WORDS[size];
        if starts.len() < LONGER * words {
            return None;
        }
        let opening = drawn % 3 < 2;
        let room = starts.len() - words;
        let from = if opening { 0 } else { 1 + (drawn >> 8) as usize % room };
        let end = starts.get(from + words).copied().unwrap_or(text.len());
        Some(Piece { text: &text[starts[from]..end], size, opening })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::count_words;

    #[test]
    fn a_piece_has_the_words_that_its_length_says() {
        let text: String = (0..900).map(|i| format!("w{i} ")).collect();
        let all: Vec<Piece<'_>> = (0..900).flat_map(|number| pieces(&text, number)).collect();
        for piece in &all {
            assert_eq!(count_words(piece.text), PIECE_WORDS[piece.size]);
            assert_eq!(piece.opening, piece.text.starts_with("w0 "));
        }
        let count = |test: &dyn Fn(&Piece<'_>) -> bool| all.iter().filter(|p| test(p)).count();
        for (size, expected) in [300, 300, 300, 450].into_iter().enumerate() {
            assert!(count(&|piece| piece.size == size).abs_diff(expected) < 50);
            let openings = count(&|piece| piece.size == size && piece.opening);
            assert!(openings.abs_diff(expected * 2 / 3) < 50);
        }
    }

    #[test]
    fn a_short_text_gives_short_pieces_only() {
        let text = "wort ".repeat(120);
        let lengths: Vec<usize> =
            (0..90).flat_map(|number| pieces(&text, number)).map(|piece| piece.size).collect();
        assert!(lengths.len() > 15 && lengths.iter().all(|&length| length == 0));
        assert_eq!(pieces("", 0).count(), 0);
    }
}
