//! The `moves` channel: what a sentence does in the reasoning.
//!
//! Comes in: the text of a trace. Goes out: its sentences, each with one of fifteen moves
//! ([`tag`]), and [`MEASURES`] numbers that say how often the moves come, where, and what follows
//! what ([`measure`]). Called by the vectorizer, and by whoever shows where a habit stands.
//!
//! Sentences are labelled by rules: a lexicon of word patterns with weights (`lexicon.tsv`) and a
//! few shapes. `docs/channels/moves.md` defines the moves and says how well the rules agree with a
//! person's labels.

#[cfg(test)]
mod agreement;
mod automaton;
mod kind;
mod lexicon;
mod measures;
mod shapes;
mod words;

pub use kind::Move;
pub use measures::{MEASURES, measure, names};

use super::sentences;
use automaton::Room;
use lexicon::LEXICON;

/// Calls `emit(move, start, end)` for every sentence of `text`, in order, where `start..end` are
/// its byte offsets. What stands between two code fences is no sentence. The time is linear in the
/// text; memory does not depend on it.
pub fn tag(text: &str, mut emit: impl FnMut(Move, usize, usize)) {
    let mut room = Room::default();
    sentences::for_each(text, |start, end| {
        emit(LEXICON.tag(&text[start..end], &mut room), start, end);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tagged(text: &str) -> Vec<(Move, &str)> {
        let mut found = Vec::new();
        tag(text, |tagged, start, end| found.push((tagged, &text[start..end])));
        found
    }

    #[test]
    fn each_sentence_gets_its_move_where_it_stands() {
        assert_eq!(
            tagged("The user wants a number. Wait, no.\n\n3 + 4 = 7\nSo the final answer is 7!"),
            [
                (Move::User, "The user wants a number."),
                (Move::Backtrack, "Wait, no."),
                (Move::Compute, "3 + 4 = 7"),
                (Move::Conclude, "So the final answer is 7!"),
            ]
        );
    }

    #[test]
    fn curly_apostrophes_and_case_make_no_difference() {
        for text in ["LET’S DOUBLE-CHECK THIS", "let's double check this"] {
            assert_eq!(tagged(text)[0].0, Move::Check, "{text}");
        }
    }

    #[test]
    fn program_text_makes_no_move() {
        let text = "Let me check.\n```\nwait = let me check\n```\nWait.";
        assert_eq!(
            tagged(text).iter().map(|(tagged, _)| tagged.name()).collect::<Vec<_>>(),
            ["check", "doubt"]
        );
    }

    #[test]
    fn hostile_text_is_cut_and_tagged() {
        for text in ["", "\u{0}", "？", "a\u{301}'’", "\\\\frac|||", "=1", "```\n```\n```"] {
            for (_, sentence) in tagged(text) {
                assert!(!sentence.is_empty());
            }
        }
        assert_eq!(tagged(&"wait ".repeat(1 << 18)).len(), 1);
    }
}
