//! What the sentence of a drift says, as data. [`crate::wording`] makes the sentence.

/// What a drift found. `Display` gives the sentence, and so does JSON.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum DriftFinding {
    /// The shift is within what chance gives.
    ByChance(DriftBasis),
    /// The style moved, but towards no reference.
    TowardsNone(DriftBasis),
    /// The style moved, and no reference gained more than unrelated references can be alike.
    StillUnrelated {
        /// The most similar of the references that it is clearly nearer to.
        nearest: Approach,
        /// What it rests on.
        basis: DriftBasis,
    },
    /// The style moved towards references.
    Towards {
        /// The most similar of them, at most three.
        references: Vec<Approach>,
        /// How many more there are.
        more: usize,
        /// The part of the shift that no reference explains, in [0, 1].
        own_share: f64,
        /// What it rests on.
        basis: DriftBasis,
    },
    /// A sentence, as read from a file.
    Text(String),
}

/// The prompts that a drift rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DriftBasis {
    /// Whether both corpora answered them.
    pub paired: bool,
    /// Their number.
    pub prompts: usize,
}

/// A reference and the similarity to it before and after, in [-1, 1].
#[derive(Debug, Clone, PartialEq)]
pub struct Approach {
    /// `vendor/name`.
    pub reference: String,
    /// The similarity of the older corpus to it.
    pub before: f64,
    /// That of the newer one.
    pub after: f64,
}
