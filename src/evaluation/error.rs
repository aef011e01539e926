//! Why there is no evaluation.

/// Why an evaluation failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The traces do not allow for what was asked.
    #[error("{0}")]
    Usage(String),
    /// There are too few usable traces.
    #[error("{0}")]
    TooLittle(String),
    /// An atlas could not be learned, for another reason than too few traces.
    #[error(transparent)]
    Atlas(#[from] crate::atlas::Error),
}
