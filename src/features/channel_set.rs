//! Which channels an atlas is learned with, and how much each of them counts.
//!
//! A set is configuration: `fit --channels` names it, the atlas stores it, and whatever reads the
//! atlas uses what it was learned with.

use super::Channel;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// One channel of a set.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ChannelOptions {
    /// The channel.
    pub channel: Channel,
    /// Most n-grams in the vocabulary; of the channel `vectors` the length of every vector; 0 for
    /// the other channels that measure.
    #[serde(default)]
    pub features: usize,
    /// The most widespread of them whose relative frequencies are also z-scored, as in Burrows's
    /// Delta, where their absence speaks too.
    #[serde(default)]
    pub common: usize,
    /// Length of the channel's part of a row: of its n-grams' part, or the root mean square length
    /// of what it measures.
    pub weight: f32,
    /// Root mean square length of the part of the z-scored n-grams.
    #[serde(default)]
    pub common_weight: f32,
}

impl ChannelOptions {
    /// A channel's sizes and weights where nothing else is said.
    pub fn default_of(channel: Channel) -> Self {
        let (features, common, weight, common_weight) = match channel {
            Channel::Char => (10_000, 0, 0.7, 0.0),
            Channel::Word => (30_000, 3_000, 1.0, 1.0),
            Channel::Skeleton => (20_000, 3_000, 1.0, 1.0),
            Channel::Layout => (0, 0, 0.4, 0.0),
            Channel::Function => (0, 0, 0.3, 0.0),
            Channel::Moves => (0, 0, 0.3, 0.0),
            Channel::Rhythm => (0, 0, 0.3, 0.0),
            Channel::Embed => (0, 0, 1.0, 0.0),
            Channel::Token => (20_000, 1_000, 1.0, 0.5),
            // How long vectors are is known when their source is open.
            Channel::Vectors => (0, 0, 1.0, 0.0),
        };
        Self { channel, features, common, weight, common_weight }
    }

    /// How many numbers the channel measures of every text.
    pub fn measure_count(&self) -> usize {
        match self.channel {
            Channel::Vectors => self.features,
            channel => channel.measure_count(),
        }
    }
}

/// The channels of an atlas, each at most once, in the order of [`Channel::ALL`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChannelSet(Vec<ChannelOptions>);

impl Default for ChannelSet {
    fn default() -> Self {
        let default =
            [Channel::Word, Channel::Layout, Channel::Function, Channel::Rhythm, Channel::Embed];
        Self(default.map(ChannelOptions::default_of).to_vec())
    }
}

impl ChannelSet {
    /// The channels with their options.
    pub fn channels(&self) -> &[ChannelOptions] {
        &self.0
    }

    /// Whether every weight is a number that a set may be given.
    pub fn is_sound(&self) -> bool {
        let sound = |weight: f32| (0.0..=100.0).contains(&weight);
        self.0.iter().all(|own| sound(own.weight) && sound(own.common_weight))
    }

    /// The same channels with at most `most` n-grams in the vocabulary of each.
    #[must_use]
    pub fn with_at_most(mut self, most: usize) -> Self {
        for options in self.0.iter_mut().filter(|options| options.channel.counts_ngrams()) {
            options.features = options.features.min(most);
            options.common = options.common.min(most);
        }
        self
    }

    /// What the style embedding reads: channels, and how many of the most widespread n-grams of
    /// each that counts n-grams.
    pub const STYLE: [(Channel, usize); 4] = [
        (Channel::Word, 1000),
        (Channel::Skeleton, 500),
        (Channel::Layout, 0),
        (Channel::Rhythm, 0),
    ];

    /// What verification reads, in the same form. With more words it tells models apart better where there
    /// are many of them.
    pub const VERIFICATION: [(Channel, usize); 4] = [
        (Channel::Word, 1500),
        (Channel::Skeleton, 500),
        (Channel::Layout, 0),
        (Channel::Rhythm, 0),
    ];

    /// The channels that are read from a text: where the set has the style embedding, all that it
    /// reads beside the others. What is added has next to no weight for the regression, but data
    /// sets, which only ask for directions, still see it.
    #[must_use]
    pub fn extracted(&self) -> Self {
        let mut set = self.clone();
        if !self.has(Channel::Embed) {
            return set;
        }
        for (channel, common) in Self::STYLE {
            match set.0.iter_mut().find(|options| options.channel == channel) {
                Some(own) if own.common < common => {
                    if own.common == 0 {
                        own.common_weight = 0.0;
                    }
                    own.common = common;
                    own.features = own.features.max(common);
                }
                Some(_) => {}
                None => set.0.push(ChannelOptions {
                    channel,
                    features: common,
                    common,
                    weight: 1e-3,
                    common_weight: 0.0,
                }),
            }
        }
        set.0.sort_by_key(|options| options.channel);
        set
    }

    /// The same channels and one more, as it is where nothing else is said.
    #[must_use]
    pub fn with(mut self, channel: Channel) -> Self {
        if !self.has(channel) {
            self.0.push(ChannelOptions::default_of(channel));
            self.0.sort_by_key(|options| options.channel);
        }
        self
    }

    /// The same channels where `vectors` has numbers for each trace as many as `length`.
    #[must_use]
    pub fn with_vectors_of(mut self, length: usize) -> Self {
        for options in self.0.iter_mut().filter(|options| options.channel == Channel::Vectors) {
            options.features = length;
        }
        self
    }

    /// How many numbers `vectors` has for each trace; `None` where it is not in the set.
    pub fn vector_length(&self) -> Option<usize> {
        let own = self.0.iter().find(|options| options.channel == Channel::Vectors);
        own.map(|options| options.features)
    }

    /// Whether a channel is in the set.
    pub fn has(&self, channel: Channel) -> bool {
        self.0.iter().any(|options| options.channel == channel)
    }
}

/// Why a text names no set of channels.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChannelSetError {
    /// A channel is named twice.
    #[error("the channel {channel} stands twice")]
    Repeated {
        /// The channel.
        channel: &'static str,
    },
    /// A name is not that of a channel.
    #[error("{name:?} is no channel; choose among {}", known.join(", "))]
    Unknown {
        /// The name.
        name: String,
        /// The names of all channels.
        known: Vec<&'static str>,
    },
    /// The numbers of features cannot be read.
    #[error("{part}: expected {channel}:N or {channel}:N+N, whole numbers, the first at least 1")]
    NoSizes {
        /// The channel with its numbers.
        part: String,
        /// The channel.
        channel: &'static str,
    },
    /// A channel without a vocabulary has a number of features.
    #[error("{part}: the channel {channel} measures and has no vocabulary")]
    NoVocabulary {
        /// The channel with its numbers.
        part: String,
        /// The channel.
        channel: &'static str,
    },
    /// A weight cannot be read, or is too large.
    #[error("{part}: expected {channel}@WEIGHT, a number from 0 to 100")]
    NoWeight {
        /// The channel with its numbers.
        part: String,
        /// The channel.
        channel: &'static str,
    },
}

impl FromStr for ChannelSet {
    type Err = ChannelSetError;

    /// Reads `char,word,layout`. A name may carry its numbers: `word:40000+3000@1+0.5` keeps 40,000
    /// n-grams of words with weight 1 and z-scores 3,000 of them with weight 0.5.
    fn from_str(text: &str) -> Result<Self, ChannelSetError> {
        let mut set: Vec<ChannelOptions> = Vec::new();
        for part in text.split(',').map(str::trim) {
            let options = read(part)?;
            if set.iter().any(|other| other.channel == options.channel) {
                return Err(ChannelSetError::Repeated { channel: options.channel.name() });
            }
            set.push(options);
        }
        set.sort_by_key(|options| options.channel);
        Ok(Self(set))
    }
}

fn read(part: &str) -> Result<ChannelOptions, ChannelSetError> {
    let (rest, weights) = part.split_once('@').map_or((part, None), |(a, b)| (a, Some(b)));
    let (name, sizes) = rest.split_once(':').map_or((rest, None), |(a, b)| (a, Some(b)));
    let channel = Channel::named(name).ok_or_else(|| ChannelSetError::Unknown {
        name: name.to_owned(),
        known: Channel::ALL.iter().map(|channel| channel.name()).collect(),
    })?;
    let (part, name) = (|| part.to_owned(), channel.name());
    let mut options = ChannelOptions::default_of(channel);
    if let Some(sizes) = sizes {
        let expected = || ChannelSetError::NoSizes { part: part(), channel: name };
        let (features, common) = sizes.split_once('+').unwrap_or((sizes, "0"));
        let number = |text: &str| text.parse::<usize>().ok();
        options.features = number(features).filter(|&most| most > 0).ok_or_else(expected)?;
        options.common = number(common).ok_or_else(expected)?.min(options.features);
        if !channel.counts_ngrams() {
            return Err(ChannelSetError::NoVocabulary { part: part(), channel: name });
        }
    }
    if let Some(weights) = weights {
        let number = |text: &str| {
            text.parse::<f32>()
                .ok()
                .filter(|w| (0.0..=100.0).contains(w))
                .ok_or_else(|| ChannelSetError::NoWeight { part: part(), channel: name })
        };
        let (weight, common) = weights.split_once('+').unwrap_or((weights, ""));
        options.weight = number(weight)?;
        if !common.is_empty() {
            options.common_weight = number(common)?;
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_read_from_names_and_numbers() {
        let set: ChannelSet = "layout, word:500+20@0.5+0.25,char".parse().unwrap();
        let names: Vec<Channel> = set.channels().iter().map(|o| o.channel).collect();
        assert_eq!(names, [Channel::Char, Channel::Word, Channel::Layout]);
        let word = set.channels()[1];
        assert_eq!((word.features, word.common), (500, 20));
        assert_eq!((word.weight, word.common_weight), (0.5, 0.25));
        assert_eq!(set.channels()[0], ChannelOptions::default_of(Channel::Char));
    }

    #[test]
    fn the_style_embedding_brings_what_it_reads() {
        let set: ChannelSet = "word:40+5,embed".parse().unwrap();
        let extracted = set.extracted();
        let of = |channel| *extracted.channels().iter().find(|o| o.channel == channel).unwrap();
        assert_eq!((of(Channel::Word).features, of(Channel::Word).common), (1000, 1000));
        assert_eq!(of(Channel::Word).weight, 1.0);
        assert_eq!(of(Channel::Skeleton).common, 500);
        assert!(extracted.has(Channel::Rhythm) && of(Channel::Rhythm).weight < 0.01);
        assert_eq!("word".parse::<ChannelSet>().unwrap().extracted().channels().len(), 1);
    }

    #[test]
    fn vectors_have_a_length_and_no_vocabulary_that_could_be_cut() {
        let set: ChannelSet = "word,vectors@0.5".parse().unwrap();
        assert_eq!(set.vector_length(), Some(0));
        let set = set.with_vectors_of(384).with_at_most(40);
        assert_eq!(set.vector_length(), Some(384));
        let [word, vectors] = set.channels() else { panic!("{set:?}") };
        assert_eq!((word.features, word.measure_count()), (40, 0));
        assert_eq!((vectors.measure_count(), vectors.weight), (384, 0.5));
        assert_eq!(ChannelSet::default().vector_length(), None);
        let refused = "vectors:384".parse::<ChannelSet>().unwrap_err().to_string();
        assert!(refused.contains("measures"), "{refused}");
    }

    #[test]
    fn what_is_no_set_is_refused_in_words() {
        let error = |text: &str| text.parse::<ChannelSet>().unwrap_err().to_string();
        assert!(error("words").contains("choose among char, word"));
        assert!(error("word,word").contains("twice"));
        assert!(error("word:x").contains("whole numbers"));
        assert!(error("word:0").contains("at least 1"), "an atlas of nothing tells nobody apart");
        assert!(error("word:0+5").contains("at least 1"));
        assert!(error("layout:5").contains("measures"));
        assert!(error("word@-1").contains("0 to 100"));
        assert!(error("").contains("no channel"));
    }
}
