//! Counts the n-grams of a text, each channel in the way that is fastest for it.

use super::{
    channel::Channel,
    char_counter::CharCounter,
    counter::Counter,
    known::KnownCounts,
    skeleton::{self, SkeletonCounter, Token},
    token_ngrams::TokenNgrams,
    vocabulary::Vocabulary,
    word_ngrams,
};
use std::sync::Arc;

/// Memory for counting n-grams, reused from text to text.
#[derive(Debug, Clone, Default)]
pub struct NgramCounter {
    characters: CharCounter,
    words: Counter,
    skeletons: SkeletonCounter,
    tokens: Option<Arc<TokenNgrams>>,
    untokenized: usize,
    known: KnownCounts,
    /// The tokens of the last text that was read.
    pub(super) read: Vec<Token>,
}

impl NgramCounter {
    /// A counter that also knows the n-grams of a tokenizer's tokens.
    pub fn with_tokens(tokens: Option<Arc<TokenNgrams>>) -> Self {
        Self { tokens, ..Self::default() }
    }

    /// From now on counts the n-grams of this tokenizer's tokens; of none without one.
    pub fn set_tokens(&mut self, tokens: Option<&Arc<TokenNgrams>>) {
        self.tokens = tokens.cloned();
    }

    /// Bytes that the tokenizer has given up on since this was asked for the last time.
    pub fn take_untokenized(&mut self) -> usize {
        std::mem::take(&mut self.untokenized)
    }

    /// Calls `each(index, count)` once for every n-gram of a channel in `text` that a vocabulary
    /// knows, in an order that depends on nothing but the text. The tokens of the text must have
    /// been read into `self.read`.
    pub(super) fn for_each_known(
        &mut self,
        channel: Channel,
        text: &str,
        vocabulary: &Vocabulary,
        mut each: impl FnMut(usize, u32),
    ) {
        match channel {
            Channel::Word => word_ngrams::count_known(text, vocabulary.ids(), &mut self.known),
            Channel::Skeleton => {
                skeleton::count_known(&self.read, vocabulary.ids(), &mut self.known);
            }
            _ => {
                return self.for_each(channel, text, |id, count| {
                    if let Some(index) = vocabulary.index_of(id) {
                        each(index, count);
                    }
                });
            }
        }
        self.known.drain(|index, count| each(index as usize, count));
    }

    /// Calls `each(id, count)` once for every different n-gram of a channel in `text`, in an order
    /// that depends on nothing but the text. A channel that measures has no n-grams.
    pub fn for_each(&mut self, channel: Channel, text: &str, each: impl FnMut(u64, u32)) {
        match channel {
            Channel::Char => self.characters.for_each(text, each),
            Channel::Word => {
                word_ngrams::for_each(text, |id, _, _| self.words.add(id, 1));
                self.words.drain(each);
            }
            Channel::Skeleton => self.skeletons.for_each(text, each),
            Channel::Token => {
                let Some(tokens) = &self.tokens else { return };
                self.untokenized += tokens.for_each(text, |id, _, _| self.words.add(id, 1));
                self.words.drain(each);
            }
            _ => {}
        }
    }
}
