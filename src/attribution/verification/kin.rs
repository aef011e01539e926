//! Whose relative a reference is.

/// Whose relative a reference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kin {
    /// The number of its family.
    pub family: usize,
    /// The number of its vendor.
    pub vendor: usize,
}
