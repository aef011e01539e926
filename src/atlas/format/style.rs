//! The sections of the style embedding: weights and factors of both heads, and the centres of both
//! one after the other. All are empty where there is no embedding.

use super::{
    error::FormatError,
    numbers::{read_bytes, read_floats, write_bytes, write_floats},
};
use crate::attribution::{
    pieces::PIECE_WORDS,
    style::{Head, StyleEmbedding},
    weights::Weights,
};

/// The five sections.
#[derive(Debug, Default)]
pub(super) struct StyleSections<T> {
    pub whole_weights: T,
    pub whole_factors: T,
    pub piece_weights: T,
    pub piece_factors: T,
    pub centres: T,
}

/// The sections of an embedding.
pub(super) fn write(style: Option<&StyleEmbedding>) -> StyleSections<Vec<u8>> {
    let Some(StyleEmbedding { whole, pieces }) = style else { return StyleSections::default() };
    let (.., whole_bytes, whole_factors) = whole.weights.parts();
    let (.., piece_bytes, piece_factors) = pieces.weights.parts();
    let centres: Vec<f32> =
        [&whole.centres, &pieces.centres].into_iter().flatten().flatten().copied().collect();
    StyleSections {
        whole_weights: write_bytes(whole_bytes),
        whole_factors: write_floats(whole_factors),
        piece_weights: write_bytes(piece_bytes),
        piece_factors: write_floats(piece_factors),
        centres: write_floats(&centres),
    }
}

/// Reads what [`write`] wrote.
pub(super) fn read(
    sections: &StyleSections<&[u8]>,
    references: usize,
    data_sets: usize,
) -> Result<Option<StyleEmbedding>, FormatError> {
    if sections.whole_factors.is_empty() {
        let StyleSections { whole_weights, piece_weights, piece_factors, centres, .. } = sections;
        let rest = [whole_weights, piece_weights, piece_factors, centres];
        let is_whole = rest.iter().all(|section| section.is_empty());
        return if is_whole { Ok(None) } else { Err(FormatError::Centres) };
    }
    let rows = data_sets + 1;
    if sections.centres.len() != 4 * references * rows * (1 + PIECE_WORDS.len()) {
        return Err(FormatError::Centres);
    }
    let mut centres: Vec<Vec<f32>> =
        read_floats(sections.centres, "the centres of its style embedding")?
            .chunks(references)
            .map(<[f32]>::to_vec)
            .collect();
    let of_pieces = centres.split_off(rows);
    let head = |bytes: &[u8], factors: &[u8], centres: Vec<Vec<f32>>| -> Result<_, FormatError> {
        let dense = (
            read_bytes(bytes),
            read_floats(factors, "what the weights of its style embedding are worth")?,
        );
        let weights = Weights::from_parts(references, (Vec::new(), Vec::new()), dense)?;
        Ok(Head { weights, centres })
    };
    Ok(Some(StyleEmbedding {
        whole: head(sections.whole_weights, sections.whole_factors, centres)?,
        pieces: head(sections.piece_weights, sections.piece_factors, of_pieces)?,
    }))
}
