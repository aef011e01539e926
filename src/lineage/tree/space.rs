//! How far apart two corpora are, given their profiles.
//!
//! A corpus's profile (mean z-scores of common words and skeletons, as in Cosine Delta) is seen
//! through the directions of the style embedding: those in which references differ *within* a data
//! set more than a reference's own traces do. What all references do in a data set (its subject,
//! its length) hardly lies in them, so that references known from different data sets can be
//! compared; the measurements are in `docs/tree.md`. The distance is 1 − cosine, half the squared
//! length of the chord between two directions: where traits drift along the branches independently,
//! squared distances add up along a tree (Cavalli-Sforza & Edwards 1967; Felsenstein 1973). An
//! atlas without a style embedding gives Cosine Delta itself (Evert et al. 2017).
//!
//! A resample counts each feature as often as it was drawn (Felsenstein 1985) and draws the prompts
//! of each corpus; the traces of references are not available.

use super::Corpus;
use crate::{atlas::Atlas, attribution::delta::Profiles, stats::bootstrap::multiplicities};
use ndarray::Array2;
use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};

/// What distances rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DistanceKind {
    /// The places of the profiles in the style embedding.
    StyleEmbedding,
    /// The profiles themselves (Cosine Delta): the atlas has no style embedding.
    CosineDelta,
}

impl DistanceKind {
    /// What it is called in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::StyleEmbedding => "style embedding",
            Self::CosineDelta => "Cosine Delta",
        }
    }
}

/// All tips with the features that they are compared by.
pub(super) struct Space<'a> {
    profiles: &'a Profiles,
    /// The references that are tips, ascending.
    references: Vec<usize>,
    corpora: Vec<&'a Corpus>,
    /// The places of a profile that are read, ascending.
    places: Vec<usize>,
    /// A row per place, a column per direction; `None` where profiles are compared as they are.
    directions: Option<Array2<f32>>,
}

impl<'a> Space<'a> {
    /// All references of an atlas, and corpora.
    pub fn new(atlas: &'a Atlas, corpora: &[&'a Corpus]) -> Self {
        let profiles = &atlas.model.profiles;
        let references = profiles.references().len();
        let (_, deviation) = profiles.parts();
        let weights = atlas.model.style.as_ref().map(|style| &style.whole.weights);
        let mut places = Vec::new();
        let mut rows = Vec::new();
        for (place, deviation) in deviation.iter().enumerate() {
            // A profile counts in deviations between references, the embedding in those between traces.
            let row = weights.and_then(|weights| weights.dense_row(place));
            if let Some(row) = row {
                places.push(place);
                rows.extend(row.into_iter().map(|weight| weight * deviation));
            }
        }
        let mut directions = Array2::from_shape_vec((places.len(), references), rows).ok();
        if places.is_empty() {
            directions = None;
            places = (0..deviation.len()).collect();
        }
        let references = (0..references).collect();
        Self { profiles, references, corpora: corpora.to_vec(), places, directions }
    }

    /// The same tips compared by their profiles as they are.
    #[cfg(test)]
    pub fn without_embedding(self) -> Self {
        Self { places: (0..self.profiles.parts().0.len()).collect(), directions: None, ..self }
    }

    /// Keeps the `count` references that are nearest to any of the corpora.
    pub fn keep_nearest(&mut self, count: usize) {
        let distances = distances(&self.vectors());
        let references = self.references.len();
        let nearest =
            |i: usize| distances[i][references..].iter().copied().fold(f64::MAX, f64::min);
        let mut order: Vec<usize> = (0..references).collect();
        order.sort_by(|&a, &b| nearest(a).total_cmp(&nearest(b)).then(a.cmp(&b)));
        order.truncate(count);
        order.sort_unstable();
        self.references = order.into_iter().map(|i| self.references[i]).collect();
    }

    /// The references that are tips, as indices into the atlas's.
    pub fn references(&self) -> &[usize] {
        &self.references
    }

    /// What distances rest on.
    pub fn kind(&self) -> DistanceKind {
        match self.directions {
            Some(_) => DistanceKind::StyleEmbedding,
            None => DistanceKind::CosineDelta,
        }
    }

    /// The number of features that are read.
    pub fn features(&self) -> usize {
        self.places.len()
    }

    /// A vector per tip: references, then corpora.
    pub fn vectors(&self) -> Array2<f32> {
        let corpora = self.corpora.iter().map(|corpus| corpus.mean_profile()).collect();
        self.vectors_of(corpora, &vec![1.0; self.places.len()])
    }

    /// The same with features and prompts drawn again.
    pub fn resampled(&self, random: &mut Pcg64Mcg) -> Array2<f32> {
        let times = multiplicities(self.places.len(), random);
        let corpora = self.corpora.iter().map(|corpus| corpus.resampled_profile(random)).collect();
        self.vectors_of(corpora, &times)
    }

    /// `corpora` has the mean profile of each corpus; `times` says how often each feature counts.
    fn vectors_of(&self, corpora: Vec<Vec<f32>>, times: &[f32]) -> Array2<f32> {
        let corpora: Vec<Vec<f32>> =
            corpora.iter().map(|raw| self.profiles.standardize(raw)).collect();
        let references = self.references.iter().map(|&index| self.profiles.reference(index));
        let all: Vec<&[f32]> = references.chain(corpora.iter().map(Vec::as_slice)).collect();
        // A cosine sums products of two values: there the factor is the root.
        let factor = |times: f32| if self.directions.is_some() { times } else { times.sqrt() };
        let mut values = Array2::<f32>::zeros((all.len(), self.places.len()));
        for (mut row, profile) in values.outer_iter_mut().zip(all) {
            for ((value, &place), &times) in row.iter_mut().zip(&self.places).zip(times) {
                *value = profile.get(place).copied().unwrap_or(0.0) * factor(times);
            }
        }
        match &self.directions {
            Some(directions) => values.dot(directions),
            None => values,
        }
    }
}

/// 1 − cosine of every pair of rows, in [0, 2]; 1 from a row that is zero to all others.
pub(super) fn distances(vectors: &Array2<f32>) -> Vec<Vec<f64>> {
    let units: Vec<Vec<f64>> = vectors
        .outer_iter()
        .map(|row| {
            let length = row.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt();
            let unit = if length > 0.0 { length.recip() } else { 0.0 };
            row.iter().map(|v| f64::from(*v) * unit).collect()
        })
        .collect();
    let mut distances = vec![vec![0.0; units.len()]; units.len()];
    for i in 0..units.len() {
        for j in 0..i {
            let cosine = units[i].iter().zip(&units[j]).map(|(a, b)| a * b).sum::<f64>();
            let distance = (1.0 - cosine).clamp(0.0, 2.0);
            distances[i][j] = distance;
            distances[j][i] = distance;
        }
    }
    distances
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_worked_by_hand() {
        let vectors = ndarray::array![[3.0, 4.0], [4.0, 3.0], [-6.0, -8.0], [0.0, 0.0]];
        let found = distances(&vectors);
        // cos = 24/25, −1; a row of zeros is unlike all.
        for (i, j, expected) in [(0, 0, 0.0), (0, 1, 0.04), (0, 2, 2.0), (0, 3, 1.0), (3, 3, 0.0)] {
            assert!((found[i][j] - expected).abs() < 1e-9, "{i} {j} {}", found[i][j]);
            assert_eq!(found[i][j], found[j][i]);
        }
    }
}
