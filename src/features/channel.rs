//! The families of features, by name.
//!
//! A channel either counts n-grams, whose vocabulary is learned, or measures a text, with as many
//! numbers for every text. Each is a file of its own; this is the table of them all. Called by the
//! vocabulary, the vectorizer and whoever shows evidence.

use super::{char_ngrams, function, layout, moves, rhythm, skeleton, token_ngrams, word_ngrams};
use serde::{Deserialize, Serialize};

/// A family of features.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Character n-grams, n = 1–5, case kept, across word boundaries.
    Char,
    /// Word-and-punctuation n-grams, n = 1–3, case kept.
    Word,
    /// N-grams, n = 1–5, of function words and punctuation, with classes for all other words.
    Skeleton,
    /// Markdown, lists, LaTeX, line and sentence lengths, punctuation, casing.
    Layout,
    /// Rates of a closed list of function words.
    Function,
    /// What sentences do in the reasoning: rates, transitions, places and runs of moves.
    Moves,
    /// Lengths of sentences and paragraphs, richness of the vocabulary, repetition.
    Rhythm,
    /// The style embedding that `fit` learns from other channels' numbers: it reads nothing itself.
    Embed,
    /// N-grams, n = 1–3, of the tokens of a tokenizer that the user gives to `fit`.
    Token,
    /// A vector for each trace, from a model or a file that the user gives. It measures; how many
    /// numbers, the model or file says ([`ChannelOptions::features`](super::ChannelOptions)).
    Vectors,
}

impl Channel {
    /// Every channel, in the order in which atlases number them.
    pub const ALL: [Self; 10] = [
        Self::Char,
        Self::Word,
        Self::Skeleton,
        Self::Layout,
        Self::Function,
        Self::Moves,
        Self::Rhythm,
        Self::Embed,
        Self::Token,
        Self::Vectors,
    ];

    /// The word that the command line, the atlas and the reports use for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Char => "char",
            Self::Word => "word",
            Self::Skeleton => "skeleton",
            Self::Layout => "layout",
            Self::Function => "function",
            Self::Moves => "moves",
            Self::Rhythm => "rhythm",
            Self::Embed => "embed",
            Self::Token => "token",
            Self::Vectors => "vectors",
        }
    }

    /// The channel of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }

    /// Whether it counts n-grams; the others measure.
    pub fn counts_ngrams(self) -> bool {
        matches!(self, Self::Char | Self::Word | Self::Skeleton | Self::Token)
    }

    /// Calls `emit(id, start, end)` for every occurrence of every n-gram of this channel, where
    /// `start..end` are byte offsets into `text`. A channel that measures has no n-grams; those of
    /// tokens are found by their [`TokenNgrams`](token_ngrams::TokenNgrams).
    pub fn for_each_ngram(self, text: &str, emit: impl FnMut(u64, usize, usize)) {
        match self {
            Self::Char => char_ngrams::for_each(text, emit),
            Self::Word => word_ngrams::for_each(text, emit),
            Self::Skeleton => skeleton::for_each(text, emit),
            _ => {}
        }
    }

    /// Calls `emit(id)` for every n-gram that a readable form holds, itself included; for none
    /// where the channel does not look for n-grams by their parts.
    pub(super) fn for_each_part(self, form: &str, mut emit: impl FnMut(u64)) {
        match self {
            Self::Word => word_ngrams::for_each(form, |id, _, _| emit(id)),
            Self::Skeleton => skeleton::for_each_part(form, emit),
            _ => {}
        }
    }

    /// The id of the n-gram with this readable form; `None` where it is no n-gram of this channel.
    pub fn id_of(self, form: &str) -> Option<u64> {
        match self {
            Self::Char => char_ngrams::id_of(form),
            Self::Word => word_ngrams::id_of(form),
            Self::Skeleton => skeleton::id_of(form),
            Self::Token => token_ngrams::id_of(form),
            _ => None,
        }
    }

    /// The readable form of the n-gram that stands at `slice`, from which [`Channel::id_of`] leads
    /// back to its id.
    pub fn form(self, slice: &str) -> String {
        match self {
            Self::Word => word_ngrams::form(slice),
            Self::Skeleton => skeleton::form(slice),
            _ => slice.to_owned(),
        }
    }

    /// The names of what it measures, in the order of [`Channel::measure`]; empty where it counts
    /// n-grams, and of `vectors`, whose numbers mean nothing to a reader one by one.
    pub fn measures(self) -> Vec<String> {
        match self {
            Self::Layout => layout::names(),
            Self::Function => function::names(),
            Self::Moves => moves::names(),
            Self::Rhythm => rhythm::names(),
            _ => Vec::new(),
        }
    }

    /// How many numbers [`Channel::measure`] gives for any text. None of `vectors`: those are not
    /// made of the text here, and how many they are is an option
    /// ([`ChannelOptions::measure_count`](super::ChannelOptions::measure_count)).
    pub fn measure_count(self) -> usize {
        match self {
            Self::Layout => layout::MEASURES,
            Self::Function => function::MEASURES,
            Self::Moves => moves::MEASURES,
            Self::Rhythm => rhythm::MEASURES,
            _ => 0,
        }
    }

    /// Measures a text: [`Channel::measure_count`] finite numbers.
    pub fn measure(self, text: &str) -> Vec<f32> {
        let mut tokens = Vec::new();
        if self.reads_tokens() {
            skeleton::read(text, &mut tokens);
        }
        self.measure_read(text, &tokens)
    }

    /// Whether it works on the tokens that `skeleton` reads.
    pub(super) fn reads_tokens(self) -> bool {
        matches!(self, Self::Skeleton | Self::Function | Self::Rhythm)
    }

    /// Measures a text whose tokens have been read.
    pub(super) fn measure_read(self, text: &str, tokens: &[skeleton::Token]) -> Vec<f32> {
        match self {
            Self::Layout => layout::measure(text),
            // Roots of rates: their spread then hardly depends on how frequent a word is.
            Self::Function => function::measure(tokens).into_iter().map(f32::sqrt).collect(),
            Self::Moves => moves::measure(text),
            Self::Rhythm => rhythm::measure(text, tokens),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_counts_or_measures_as_much_as_it_says() {
        for channel in Channel::ALL {
            assert_eq!(Channel::named(channel.name()), Some(channel));
            let mut ngrams = 0;
            channel.for_each_ngram("Wait, so I think it is 3.\n", |_, _, _| ngrams += 1);
            // Those of tokens need a tokenizer.
            let counted = ngrams > 0 || channel == Channel::Token;
            assert_eq!(channel.counts_ngrams(), counted, "{channel:?}");
            for text in ["", "Wait, so I think it is 3.\n\n- 我们 \u{0}"] {
                let values = channel.measure(text);
                assert_eq!(values.len(), channel.measure_count(), "{channel:?}");
                assert_eq!(channel.measures().len(), channel.measure_count(), "{channel:?}");
                assert!(values.iter().all(|value| value.is_finite()), "{channel:?}");
            }
        }
        assert_eq!(Channel::named("words"), None);
    }
}
