//! Why a profile cannot be read, or does not fit.

use std::fmt;

/// Why a profile cannot be read, or does not fit. The messages name no options of the command line,
/// which adds its own advice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct ProfileError {
    /// What the profile is called.
    pub file: String,
    /// What is wrong with it.
    pub problem: Box<ProfileProblem>,
}

impl ProfileError {
    pub(super) fn new(file: &str, problem: ProfileProblem) -> Self {
        Self { file: file.to_owned(), problem: Box::new(problem) }
    }
}

/// What is wrong with a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileProblem {
    /// The file is something else.
    #[error("is not a profile")]
    NoProfile,
    /// The file is of another version.
    #[error("is a profile of format version {found}, and this program reads version {expected}")]
    Version {
        /// Its version.
        found: u32,
        /// The version that can be read.
        expected: u32,
    },
    /// The file was cut off or changed.
    #[error(transparent)]
    Damaged(#[from] ProfileDamage),
    /// The profile was made with other channels than the atlas has.
    #[error(
        "was made with the channels {}, and this atlas has {}: the two cannot be compared",
        found.join(", "),
        expected.join(", ")
    )]
    OtherChannels {
        /// The channels of the profile.
        found: Vec<String>,
        /// The channels of the atlas.
        expected: Vec<String>,
    },
    /// The profile was made with another atlas, or of another text.
    #[error(
        "was made with another atlas (checksum {}, of {}; this one: {}, of {}): the two cannot be compared",
        found.atlas_checksum, found.text, expected.atlas_checksum, expected.text
    )]
    OtherAtlas {
        /// What it was made with.
        found: ProfileSource,
        /// The atlas that it is to be used with.
        expected: ProfileSource,
    },
    /// The profile holds another number of values than the atlas compares.
    #[error("holds {found} values for each prompt, where this atlas compares {expected}")]
    OtherWidth {
        /// Values in the profile.
        found: usize,
        /// Values that the atlas compares.
        expected: usize,
    },
    /// Profiles that were made with different atlases are to be added up.
    #[error(
        "was made with {own}, and the profiles before it with {before}: they cannot be added up"
    )]
    CannotAdd {
        /// What this one was made with.
        own: ProfileSource,
        /// What those before it were made with.
        before: ProfileSource,
    },
}

/// What a profile was made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileSource {
    /// The checksum of the atlas.
    pub atlas_checksum: String,
    /// The text that was read: `reasoning`, `answer` or `both`.
    pub text: String,
}

impl fmt::Display for ProfileSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the atlas {} of {}", self.atlas_checksum, self.text)
    }
}

/// How a profile was damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileDamage {
    /// There are more or fewer data than its header says.
    #[error("should hold {expected} bytes of data and holds {found}")]
    CutOff {
        /// The bytes.
        found: u64,
        /// What the header says.
        expected: u64,
    },
    /// The checksum does not fit.
    #[error("is damaged: its checksum does not fit")]
    Checksum,
    /// It would take too much memory.
    #[error("claims to unpack to {bytes} bytes, which is too much")]
    TooLarge {
        /// The bytes.
        bytes: u64,
    },
    /// The data cannot be unpacked.
    #[error("cannot be unpacked")]
    Packing,
    /// The data are not what the head says.
    #[error("holds something else than its head says")]
    Data,
}
