//! What can be wrong with stored tables of word frequencies.

/// Why tables of word frequencies cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TablesError {
    /// The head cannot be written as JSON.
    #[error("{0}")]
    WriteHead(serde_json::Error),
    /// The bytes end too early.
    #[error("its table of word frequencies is cut off")]
    CutOff,
    /// The head is not the JSON that it should be.
    #[error("the head of its word frequencies cannot be read ({0})")]
    ReadHead(serde_json::Error),
    /// There are not as many numbers as words and references ask for.
    #[error("its table of word frequencies is of another size")]
    Size,
    /// A measure has no usable temperature.
    #[error("its classic measures are not calibrated")]
    NotCalibrated,
    /// There are more or longer words than a table holds.
    #[error("its table of words holds too many of them, or too long ones")]
    TooManyWords,
    /// The parts are of different lengths, or a number cannot be a frequency.
    #[error("its table of word frequencies does not fit together")]
    Mismatch,
    /// A word is there twice.
    #[error("its table of words names one twice")]
    RepeatedWord,
}
