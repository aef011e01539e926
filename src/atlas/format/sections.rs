//! The sections of an atlas, by name.

/// How many sections every atlas has.
pub(super) const REQUIRED: usize = 17;

/// The sections that every atlas has, in the order of the file.
#[derive(Debug)]
pub(super) struct Sections<T> {
    /// JSON: what is known about the atlas, and the small parts of its model.
    pub description: T,
    /// The n-grams of the vocabulary.
    pub features: T,
    /// The regression's weights of the n-grams, as bytes.
    pub feature_weights: T,
    /// What a byte of each n-gram is worth.
    pub feature_factors: T,
    /// The regression's weights of the dense values, as bytes.
    pub dense_weights: T,
    /// What a byte of each dense value is worth.
    pub dense_factors: T,
    /// Means, then deviations of the dense values.
    pub scale: T,
    /// The references' profiles for Cosine Delta.
    pub profiles: T,
    /// The weights of the style embedding's head of whole traces.
    pub whole_weights: T,
    /// What its bytes are worth.
    pub whole_factors: T,
    /// The weights of the style embedding's head of pieces.
    pub piece_weights: T,
    /// What its bytes are worth.
    pub piece_factors: T,
    /// The centres of both heads.
    pub centres: T,
    /// The weights that tell data sets apart.
    pub data_set_weights: T,
    /// What their bytes are worth.
    pub data_set_factors: T,
    /// The tokenizer of the channel `token`: its file, or nothing.
    pub tokenizer: T,
    /// The hashes of the texts that the atlas was learned from.
    pub seen: T,
}

impl<T> Sections<T> {
    /// The sections in the order of the file.
    pub fn into_array(self) -> [T; REQUIRED] {
        [
            self.description,
            self.features,
            self.feature_weights,
            self.feature_factors,
            self.dense_weights,
            self.dense_factors,
            self.scale,
            self.profiles,
            self.whole_weights,
            self.whole_factors,
            self.piece_weights,
            self.piece_factors,
            self.centres,
            self.data_set_weights,
            self.data_set_factors,
            self.tokenizer,
            self.seen,
        ]
    }

    /// The sections by name, from those in the order of the file.
    pub fn from_array(sections: [T; REQUIRED]) -> Self {
        let [
            description,
            features,
            feature_weights,
            feature_factors,
            dense_weights,
            dense_factors,
            scale,
            profiles,
            whole_weights,
            whole_factors,
            piece_weights,
            piece_factors,
            centres,
            data_set_weights,
            data_set_factors,
            tokenizer,
            seen,
        ] = sections;
        Self {
            description,
            features,
            feature_weights,
            feature_factors,
            dense_weights,
            dense_factors,
            scale,
            profiles,
            whole_weights,
            whole_factors,
            piece_weights,
            piece_factors,
            centres,
            data_set_weights,
            data_set_factors,
            tokenizer,
            seen,
        }
    }
}

/// The name of an optional section: its first eight bytes.
pub(super) type Name = [u8; 8];

/// The tables of the classic measures.
pub(super) const CLASSIC: &Name = b"CLASSIC1";
/// The panel of shared prompts.
pub(super) const PANEL: &Name = b"PANEL001";
/// What decides whether a reference wrote a corpus.
pub(super) const VERIFICATION: &Name = b"VERIFY01";
/// What adding references needs.
pub(super) const EXTEND: &Name = b"EXTEND01";

/// An optional section: its name, then its content.
pub(super) fn named(name: &Name, content: &[u8]) -> Vec<u8> {
    [name.as_slice(), content].concat()
}
