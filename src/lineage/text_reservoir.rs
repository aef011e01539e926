//! A bounded draw of traces whose texts are kept, so that a report can quote them.
//!
//! Comes in: traces as they stream by, each after it was added to the [`ScoredCorpus`](super::Tally). Goes out: the texts of at
//! most [`MOST_TRACES`] of them. Called by `cli`; read by `concordance` and by `examples`. Which traces are kept
//! depends on the seed, their ids and their prompts (where their texts are very long, on their order too): a hash is their lot, and
//! the lowest lots win, so that memory is bounded however long the input is, and standard input need not be read twice.

use crate::trace::{TextKind, Trace};
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Traces that are kept at most.
pub const MOST_TRACES: usize = 400;
/// Bytes of text that are kept at most, of all and of one trace.
const MOST_BYTES: usize = 16 << 20;
const LONGEST: usize = 256 << 10;
/// Characters that are kept of an id.
const ID_CHARACTERS: usize = 200;

/// One trace that is kept.
#[derive(Debug, Clone)]
pub struct SampledText {
    /// Its place among the traces that were scored, from 0.
    pub at: usize,
    /// Its id, cut to 200 characters (hostile: escape it).
    pub id: String,
    /// The key of its prompt ([`Trace::group_key`]).
    pub prompt: String,
    /// The text that was scored, or its first 256 KiB (hostile: escape it).
    pub text: String,
    /// Whether the text was cut.
    pub is_cut: bool,
    /// The vector that was given with the text, where one was.
    pub vector: Option<Vec<f32>>,
}

/// The draw.
#[derive(Debug, Default)]
pub struct TextReservoir {
    seed: u64,
    kept: BTreeMap<(u64, usize), SampledText>,
    bytes: usize,
}

impl TextReservoir {
    /// An empty draw with this seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    /// Draws for a trace that was scored as the one with the number `at`; keeps its text, and the vector that was given
    /// with it, where it wins. A trace without a text of that kind is passed over.
    pub fn add(&mut self, at: usize, trace: &Trace, kind: TextKind, vector: Option<&[f32]>) {
        let prompt = trace.group_key();
        let lot = xxh3_64_with_seed(trace.id.as_bytes(), self.seed)
            ^ xxh3_64_with_seed(prompt.as_bytes(), !self.seed);
        // Before the text is copied: of a long input most traces lose here.
        let loses = self.kept.last_key_value().is_some_and(|(&last, _)| last < (lot, at));
        if self.kept.len() >= MOST_TRACES && loses {
            return;
        }
        let Some(text) = trace.text(kind) else { return };
        let end = boundary(&text, LONGEST);
        let sampled = SampledText {
            at,
            id: trace.id.chars().take(ID_CHARACTERS).collect(),
            prompt,
            text: text[..end].to_owned(),
            is_cut: end < text.len(),
            vector: vector.map(<[f32]>::to_vec),
        };
        self.bytes += end;
        self.kept.insert((lot, at), sampled);
        while self.kept.len() > MOST_TRACES || self.bytes > MOST_BYTES {
            let Some((_, lost)) = self.kept.pop_last() else { break };
            self.bytes -= lost.text.len();
        }
    }

    /// The traces that are kept, in the order of their lots.
    pub fn traces(&self) -> impl Iterator<Item = &SampledText> {
        self.kept.values()
    }
}

/// The last place at or before byte `at` where the text may be cut.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(id: usize, text: &str) -> Trace {
        Trace { id: format!("t{id}"), reasoning: text.into(), ..Trace::default() }
    }

    fn ids(seed: u64, order: impl Iterator<Item = usize>) -> Vec<String> {
        let mut sample = TextReservoir::new(seed);
        order.for_each(|id| sample.add(id, &trace(id, "a text"), TextKind::Reasoning, None));
        sample.traces().map(|one| one.id.clone()).collect()
    }

    #[test]
    fn the_draw_depends_on_the_seed_and_not_on_the_order() {
        let forwards = ids(1, 0..1_000);
        assert_eq!(forwards.len(), MOST_TRACES);
        assert_eq!(forwards, ids(1, (0..1_000).rev()));
        assert_ne!(forwards, ids(2, 0..1_000));
        assert_eq!(ids(1, 0..3).len(), 3);
    }

    #[test]
    fn memory_is_bounded_and_a_cut_is_told() {
        let mut sample = TextReservoir::new(0);
        let long = "ä".repeat(LONGEST);
        for id in 0..80 {
            sample.add(id, &trace(id, &long), TextKind::Reasoning, None);
        }
        assert!(sample.bytes <= MOST_BYTES);
        assert_eq!(sample.bytes, sample.traces().map(|one| one.text.len()).sum::<usize>());
        assert!(sample.traces().all(|one| one.is_cut && one.text.len() <= LONGEST));
        let before = sample.kept.len();
        sample.add(99, &trace(99, " "), TextKind::Reasoning, None);
        assert_eq!(sample.kept.len(), before, "nothing to quote");
    }
}
