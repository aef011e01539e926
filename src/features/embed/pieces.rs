//! Cuts a long text into pieces that a transformer can read at once.
//!
//! Comes in: a text and its tokenizer. Goes out: the tokens of each piece. Called by
//! `sentence_transformers`.

use crate::features::subwords::{
    Subwords,
    cut::{character_before, end_of_piece},
};

/// The most pieces of one text that are read, evenly spaced over it. The network's work is the same
/// for each, so this bounds the time that a giant text can take.
pub(super) const MOST_PIECES: usize = 64;

/// No usual text has more bytes for each token. What lies beyond is not even tokenized.
const BYTES_PER_TOKEN: usize = 16;

/// The tokens of each piece of a text: at most [`MOST_PIECES`] pieces of at most `longest` tokens,
/// in their order. Pieces end at the last end of a line or sentence in their second half, else
/// where they are full. An empty text is one empty piece.
///
/// # Errors
/// The number of bytes that the tokenizer gave up on.
pub(super) fn split(
    text: &str,
    subwords: &Subwords,
    longest: usize,
) -> Result<Vec<Vec<u32>>, usize> {
    let window = longest.saturating_mul(BYTES_PER_TOKEN);
    if text.len() <= window.saturating_mul(MOST_PIECES) {
        let mut pieces = cut(text, subwords, longest)?;
        let count = pieces.len();
        if count <= MOST_PIECES {
            return Ok(pieces);
        }
        return Ok((0..MOST_PIECES)
            .map(|i| std::mem::take(&mut pieces[i * count / MOST_PIECES]))
            .collect());
    }
    // Too long to be tokenized whole: the first piece of each of evenly spaced stretches.
    let stretch = text.len() / MOST_PIECES;
    let mut start = 0;
    let mut pieces = Vec::with_capacity(MOST_PIECES);
    for i in 0..MOST_PIECES {
        // A stretch begins behind a line break or space where there is one at hand.
        let from = character_before(text, i * stretch);
        if i > 0 {
            start = end_of_piece(text, from, window);
            if start >= text.len() {
                start = from;
            }
        }
        let end = end_of_piece(text, start, window);
        pieces.extend(cut(&text[start..end], subwords, longest)?.into_iter().next());
    }
    Ok(pieces)
}

/// All pieces of a text.
fn cut(text: &str, subwords: &Subwords, longest: usize) -> Result<Vec<Vec<u32>>, usize> {
    let mut pieces = Vec::new();
    let mut current = Vec::new();
    // How many tokens of `current` end with a sentence or line.
    let mut whole = None;
    let mut last = (0, 0);
    let unread = subwords.for_each(text, |token, start, end| {
        if current.len() >= longest.div_ceil(2) && is_end(text, last, start) {
            whole = Some(current.len());
        }
        if current.len() == longest {
            let rest = current.split_off(whole.take().unwrap_or(longest));
            pieces.push(std::mem::replace(&mut current, rest));
        }
        current.push(token);
        last = (start, end);
    });
    if unread > 0 {
        return Err(unread);
    }
    if !current.is_empty() || pieces.is_empty() {
        pieces.push(current);
    }
    Ok(pieces)
}

/// Whether a line or a sentence ends with the token at `last`, where the next begins at `start`.
fn is_end(text: &str, last: (usize, usize), start: usize) -> bool {
    // Some tokenizers drop line breaks, others have them in their tokens.
    if start > last.0 && memchr::memchr(b'\n', &text.as_bytes()[last.0..start]).is_some() {
        return true;
    }
    let before = &text[..last.1];
    if before.ends_with(['。', '！', '？']) {
        return true;
    }
    before.ends_with(['.', '!', '?', '…']) && text[last.1..].starts_with(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tokenizer whose tokens are letters and marks; all of them are the token 0.
    fn letters() -> Subwords {
        let json = r#"{"version":"1.0","added_tokens":[],"pre_tokenizer":{"type":"Sequence","pretokenizers":[
            {"type":"WhitespaceSplit"},{"type":"Split","pattern":{"Regex":"."},"behavior":"Isolated","invert":false}]},
            "model":{"type":"WordLevel","vocab":{"?":0,"a":1,"b":2},"unk_token":"?"}}"#;
        Subwords::from_bytes(json.as_bytes(), "test").unwrap()
    }

    fn lengths(text: &str, longest: usize) -> Vec<usize> {
        split(text, &letters(), longest).unwrap().iter().map(Vec::len).collect()
    }

    #[test]
    fn pieces_end_with_sentences_and_lines_in_their_second_half() {
        assert_eq!(lengths("", 4), [0]);
        assert_eq!(lengths("aaaa", 4), [4]);
        assert_eq!(lengths("aaaaa", 4), [4, 1]);
        // A line ends after 3 tokens.
        assert_eq!(lengths("aaa\nbbb", 4), [3, 3]);
        // A sentence ends after 3 tokens; a mark within a word ends none.
        assert_eq!(lengths("aa. bbb", 4), [3, 3]);
        assert_eq!(lengths("aa.bbb", 4), [4, 2]);
        // The line ends in the first half.
        assert_eq!(lengths("a\nbbbbb", 4), [4, 2]);
        // A line that ends where the piece is full.
        assert_eq!(lengths("aaaa\nb", 4), [4, 1]);
    }

    #[test]
    fn of_many_pieces_evenly_spaced_ones_are_read() {
        let pieces = split(&"aaaabbbb\n".repeat(MOST_PIECES), &letters(), 4).unwrap();
        assert_eq!(pieces, vec![vec![1; 4]; MOST_PIECES]);
    }

    #[test]
    fn a_giant_text_is_read_at_evenly_spaced_places_only() {
        let half = MOST_PIECES * 4 * BYTES_PER_TOKEN;
        let text = format!("{}{}", "a".repeat(half), "b".repeat(half));
        let pieces = split(&text, &letters(), 4).unwrap();
        assert_eq!(pieces.len(), MOST_PIECES);
        assert!(pieces.iter().all(|piece| piece.len() == 4));
        assert_eq!(pieces.iter().filter(|piece| **piece == [1; 4]).count(), MOST_PIECES / 2);
    }
}
