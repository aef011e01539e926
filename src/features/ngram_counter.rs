//! Counts the n-grams of a text, each channel in the way that is fastest for it.

use super::{Channel, Counter, char_counter::CharCounter, skeleton::SkeletonCounter, word_ngrams};

/// Memory for counting n-grams, reused from text to text.
#[derive(Debug, Clone, Default)]
pub struct NgramCounter {
    characters: CharCounter,
    words: Counter,
    skeletons: SkeletonCounter,
}

impl NgramCounter {
    /// Calls `each(id, count)` once for every different n-gram of a channel in `text`, in an order
    /// that depends on nothing but the text. A channel that measures has no n-grams.
    pub fn for_each(&mut self, channel: Channel, text: &str, mut each: impl FnMut(u64, u32)) {
        match channel {
            Channel::Char => self.characters.for_each(text, each),
            Channel::Word => {
                word_ngrams::for_each(text, |id, _, _| self.words.add(id, 1, ()));
                self.words.drain(|id, count, ()| each(id, count));
            }
            Channel::Skeleton => self.skeletons.for_each(text, each),
            Channel::Layout | Channel::Function | Channel::Moves | Channel::Rhythm => {}
        }
    }
}
