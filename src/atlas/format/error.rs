//! What can be wrong inside an atlas file whose checksum is right.

use crate::{
    attribution::{classic::TablesError, weights::WeightsError},
    features::{VocabularyError, subwords::TokenizerError},
};

/// Why the parts of an atlas cannot be written, or do not fit together when they are read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The description cannot be written as JSON.
    #[error("{0}")]
    WriteDescription(serde_json::Error),
    /// A section cannot be compressed.
    #[error("it cannot be compressed: {0}")]
    Compress(std::io::Error),
    /// The file ends within the lengths of a section.
    #[error("a section has no length")]
    SectionWithoutLength,
    /// A section says that it is larger than the file or than any section may be.
    #[error("a section is larger than the file")]
    SectionTooLarge,
    /// The number of sections is not allowed, or not the number that the header gives.
    #[error(
        "it has {found} sections, where there are {least} to {most} and its header says how many"
    )]
    SectionCount {
        /// The number of sections in the file.
        found: usize,
        /// The fewest that an atlas has.
        least: usize,
        /// The most that an atlas has.
        most: usize,
    },
    /// A section cannot be decompressed.
    #[error("a section cannot be unpacked ({0})")]
    Unpack(std::io::Error),
    /// A section unpacks to another size than it says.
    #[error("a section unpacks to another size than it says")]
    SectionLength,
    /// A number cannot be one of a learned model.
    #[error("a number among {what} is not finite or far too large")]
    Number {
        /// Which numbers.
        what: &'static str,
    },
    /// A reference has no name, a very long one, or that of another.
    #[error("the name of reference {index} is empty, too long, or that of another one")]
    ReferenceName {
        /// The index of the reference.
        index: usize,
    },
    /// A section that every atlas has is not there.
    #[error("a section is missing")]
    MissingSection,
    /// The description is not the JSON that it should be.
    #[error("its description cannot be read ({0})")]
    ReadDescription(serde_json::Error),
    /// A feature is cut off, or its form is not UTF-8.
    #[error("feature {index} is cut off or not UTF-8")]
    Feature {
        /// The index of the feature.
        index: usize,
    },
    /// A feature names a channel that this program does not know.
    #[error("feature {index} is of an unknown channel")]
    FeatureChannel {
        /// The index of the feature.
        index: usize,
    },
    /// The features end within one.
    #[error("the last feature is cut off")]
    LastFeature,
    /// The features are not a vocabulary.
    #[error(transparent)]
    Vocabulary(#[from] VocabularyError),
    /// The weights do not have the sizes that they should.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The tokenizer cannot be used.
    #[error(transparent)]
    Tokenizer(#[from] TokenizerError),
    /// There is a tokenizer without the channel `token`, or the channel without a tokenizer.
    #[error("its tokenizer and its channels do not fit together")]
    TokenizerAndChannels,
    /// There is a source of vectors without the channel `vectors`, or the channel without a source.
    #[error("its source of vectors and its channels do not fit together")]
    VectorsAndChannels,
    /// Features, weights, scale and references are not equally many.
    #[error("its sections are of different sizes")]
    SectionSizes,
    /// The profiles do not have one number for each common n-gram.
    #[error("its profiles are of another size than its vocabulary")]
    Profiles,
    /// The centres do not have one number for each reference and data set.
    #[error("the centres of its style embedding are of another size")]
    Centres,
    /// Stacks, data sets and added references do not belong to one model.
    #[error("its learners do not fit together")]
    Learners,
    /// The tables of the classic measures are damaged.
    #[error(transparent)]
    Classic(#[from] TablesError),
    /// The panel of shared prompts is damaged or belongs to another atlas.
    #[error("its panel of shared prompts does not fit the rest")]
    Panel,
    /// What decides whether a reference wrote a corpus is damaged or belongs to another atlas.
    #[error("what decides when to name a model does not fit the rest")]
    Verification,
}
