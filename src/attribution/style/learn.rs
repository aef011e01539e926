//! Learns the style embedding, and what it says of traces that it has not seen.

use super::{
    Basis, Head, PIECE_WORDS, StyleEmbedding,
    discriminant::{Discriminant, Examples},
};
use crate::attribution::{folds::Folds, lengths::between, weights::Weights};
use crate::features::Row;
use ndarray::{Array2, Axis};
use rayon::prelude::*;

/// A left-out data set is judged among the references with so many traces elsewhere.
const MINIMUM_ELSEWHERE: usize = 4;

/// What the two heads are learned from.
pub(in crate::attribution) struct StyleTraining<'a> {
    /// Places of the dense part of a row that are looked at, with their factors.
    pub places: &'a [(usize, f32)],
    /// Number of dense values of a row.
    pub dense_values: usize,
    /// Whole traces.
    pub rows: &'a [Row],
    /// The reference of each trace.
    pub labels: &'a [usize],
    /// Words of each trace.
    pub words: &'a [usize],
    /// The data set of each trace, in `0..data_set_count`.
    pub data_sets: &'a [usize],
    /// Number of data sets.
    pub data_set_count: usize,
    /// Number of references.
    pub references: usize,
    /// Folds of the traces.
    pub folds: &'a Folds,
    /// The trace of each piece.
    pub piece_of: &'a [usize],
    /// Its length, an index into [`PIECE_WORDS`].
    pub piece_length: &'a [usize],
    /// Whether the bases are kept, on which references can be added later.
    pub keep_bases: bool,
}

/// What is learned.
pub(in crate::attribution) struct LearnedStyle {
    /// Both heads.
    pub embedding: StyleEmbedding,
    /// The vectors of each trace and piece by heads that did not know its prompt.
    pub known: OutOfSample,
    /// The vectors of those on each data set by heads that did not know the data set; none with one data set.
    pub new: OutOfSample,
    /// The bases of the heads of whole traces and of pieces, where they are kept.
    pub bases: Option<[Basis; 2]>,
}

/// The vectors of traces that a head had not seen: by the whole head and by the pieces' head.
pub(in crate::attribution) struct OutOfSample {
    /// Traces, then pieces; all for folds by prompt, those of left-out data sets for new data set.
    pub of: Vec<usize>,
    /// A row per entry of `of`, by the head of whole traces.
    pub whole: Array2<f32>,
    /// The same by the head of pieces.
    pub pieces: Array2<f32>,
    /// Which references each entry is judged among; all where this is empty.
    pub candidates: Vec<Vec<bool>>,
    /// The set of candidates of each entry, an index into `candidates`.
    pub candidates_of: Vec<usize>,
}

/// Learns both heads, and what they say of what they had not seen. `piece_values` has a row per piece: the values at the
/// places, times their factors.
pub(in crate::attribution) fn learn(
    heads: &StyleTraining<'_>,
    piece_values: Array2<f32>,
) -> LearnedStyle {
    let traces = heads.rows.len();
    let mut values = Array2::<f32>::zeros((traces, heads.places.len()));
    values.axis_iter_mut(Axis(0)).into_par_iter().zip(heads.rows).for_each(|(mut target, row)| {
        target
            .iter_mut()
            .zip(heads.places)
            .for_each(|(value, &(place, factor))| *value = row.dense[place] * factor);
    });
    let count = heads.data_set_count;
    let whole = Examples {
        values,
        labels: heads.labels.to_vec(),
        data_sets: heads.data_sets.to_vec(),
        references: heads.references,
        count,
    };
    let piece_data_set =
        |i: usize| heads.piece_length[i] * count + heads.data_sets[heads.piece_of[i]];
    let pieces = Examples {
        values: piece_values,
        labels: heads.piece_of.iter().map(|&i| heads.labels[i]).collect(),
        data_sets: (0..heads.piece_of.len()).map(piece_data_set).collect(),
        references: heads.references,
        count: count * PIECE_WORDS.len(),
    };
    let left_out = if count > 1 { count } else { 0 };
    let held = |of_trace: &dyn Fn(usize) -> bool| -> (Vec<usize>, Vec<usize>) {
        (
            (0..traces).filter(|&i| of_trace(i)).collect(),
            (0..heads.piece_of.len()).filter(|&i| of_trace(heads.piece_of[i])).collect(),
        )
    };
    let parts: Vec<(Vec<usize>, Vec<usize>)> = (0..heads.folds.count)
        .map(|fold| held(&|i| heads.folds.of[i] == fold))
        .chain((0..left_out).map(|data_set| held(&|i| heads.data_sets[i] == data_set)))
        .collect();
    let whole_parts: Vec<Vec<usize>> = parts.iter().map(|part| part.0.clone()).collect();
    let piece_parts: Vec<Vec<usize>> = parts.iter().map(|part| part.1.clone()).collect();
    let (whole_without, whole_all, whole_basis) = whole.learn(&whole_parts, heads.keep_bases);
    let (pieces_without, pieces_all, piece_basis) = pieces.learn(&piece_parts, heads.keep_bases);

    let empty = || OutOfSample {
        of: Vec::new(),
        whole: Array2::zeros((0, heads.references)),
        pieces: Array2::zeros((0, heads.references)),
        candidates: Vec::new(),
        candidates_of: Vec::new(),
    };
    let (mut known, mut new) = (empty(), empty());
    for (part, (own_traces, own_pieces)) in parts.iter().enumerate() {
        let data_set = part.checked_sub(heads.folds.count);
        let target = if data_set.is_some() { &mut new } else { &mut known };
        let sight = HeldOutView {
            heads,
            whole: &whole_without[part],
            pieces: &pieces_without[part],
            data_set,
        };
        let candidates = data_set.map(|data_set| heads.known_elsewhere(data_set));
        let judged = |label: usize| candidates.as_ref().is_none_or(|known| known[label]);
        let own_traces: Vec<usize> =
            own_traces.iter().copied().filter(|&i| judged(heads.labels[i])).collect();
        let own_pieces: Vec<usize> =
            own_pieces.iter().copied().filter(|&i| judged(pieces.labels[i])).collect();
        let of_traces = |i: usize| (heads.data_sets[i], heads.words[i]);
        let of_pieces =
            |i: usize| (heads.data_sets[heads.piece_of[i]], PIECE_WORDS[heads.piece_length[i]]);
        sight.add(target, &whole.values, &own_traces, &of_traces, 0);
        sight.add(target, &pieces.values, &own_pieces, &of_pieces, traces);
        if let Some(candidates) = candidates {
            target.candidates.push(candidates);
            target.candidates_of.resize(target.of.len(), target.candidates.len() - 1);
        }
    }
    let embedding = StyleEmbedding {
        whole: heads.stored(&whole_all, 1),
        pieces: heads.stored(&pieces_all, PIECE_WORDS.len()),
    };
    let bases = whole_basis.zip(piece_basis).map(|(whole, pieces)| [whole, pieces]);
    LearnedStyle { embedding, known, new, bases }
}

/// Two heads that have not seen some traces.
struct HeldOutView<'a> {
    heads: &'a StyleTraining<'a>,
    whole: &'a Discriminant,
    pieces: &'a Discriminant,
    /// The data set that was left out.
    data_set: Option<usize>,
}

impl HeldOutView<'_> {
    /// Adds the vectors of some rows of `values`, which `target` numbers from `first` on. `about`
    /// gives a row's data set and words.
    fn add(
        &self,
        target: &mut OutOfSample,
        values: &Array2<f32>,
        members: &[usize],
        about: &dyn Fn(usize) -> (usize, usize),
        first: usize,
    ) {
        let count = self.heads.data_set_count;
        let data_sets = |length: usize| -> Vec<Vec<f32>> {
            (0..count).map(|data_set| self.centre(self.pieces, length * count, data_set)).collect()
        };
        let whole_centres: Vec<Vec<f32>> =
            (0..count).map(|data_set| self.centre(self.whole, 0, data_set)).collect();
        let piece_centres: Vec<Vec<Vec<f32>>> = (0..PIECE_WORDS.len()).map(data_sets).collect();
        let own = values.select(Axis(0), members);
        let mut whole = own.dot(&self.whole.weights);
        let mut pieces = own.dot(&self.pieces.weights);
        for (row, &i) in members.iter().enumerate() {
            let (data_set, words) = about(i);
            whole.row_mut(row).iter_mut().zip(&whole_centres[data_set]).for_each(|(v, c)| *v -= c);
            for (length, share) in between::<f32>(&PIECE_WORDS, words) {
                let centre = &piece_centres[length][data_set];
                pieces.row_mut(row).iter_mut().zip(centre).for_each(|(v, c)| *v -= share * c);
            }
        }
        target.of.extend(members.iter().map(|i| first + i));
        // Both have a column per reference, so that appending cannot fail.
        target.whole.append(Axis(0), whole.view()).unwrap_or_default();
        target.pieces.append(Axis(0), pieces.view()).unwrap_or_default();
    }

    /// The centre of a data set, or the mean of those that the discriminant has seen.
    fn centre(&self, discriminant: &Discriminant, first: usize, data_set: usize) -> Vec<f32> {
        let own = if self.data_set.is_some() {
            None
        } else {
            discriminant.centres[first + data_set].as_ref()
        };
        let all: Vec<usize> = (first..first + self.heads.data_set_count).collect();
        own.cloned().unwrap_or_else(|| discriminant.mean_centre(&all))
    }
}

impl StyleTraining<'_> {
    /// Which references have enough traces outside a data set.
    fn known_elsewhere(&self, data_set: usize) -> Vec<bool> {
        let mut counts = vec![0; self.references];
        for (&label, _) in
            self.labels.iter().zip(self.data_sets).filter(|(_, own)| **own != data_set)
        {
            counts[label] += 1;
        }
        counts.into_iter().map(|count| count >= MINIMUM_ELSEWHERE).collect()
    }

    /// A discriminant as it is stored, with the centres of `lengths` lengths of traces.
    fn stored(&self, discriminant: &Discriminant, lengths: usize) -> Head {
        let mut weights = Array2::<f32>::zeros((self.dense_values, self.references));
        for (row, &(place, factor)) in discriminant.weights.outer_iter().zip(self.places) {
            weights.row_mut(place).assign(&(&row * factor));
        }
        let count = self.data_set_count;
        let centres = (0..lengths)
            .flat_map(|length| {
                let all: Vec<usize> = (length * count..(length + 1) * count).collect();
                let mean = discriminant.mean_centre(&all);
                let own = all.into_iter().map(|g| discriminant.centres[g].clone());
                let mut centres: Vec<Vec<f32>> =
                    own.map(|centre| centre.unwrap_or_else(|| mean.clone())).collect();
                centres.push(mean);
                centres
            })
            .collect();
        Head { weights: Weights::dense(&weights), centres }
    }
}
