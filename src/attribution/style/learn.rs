//! Learns the style embedding, and its predictions for traces that it has not seen.

use super::{
    basis::Basis,
    discriminant::{Discriminant, Examples},
    embedding::{Head, StyleEmbedding},
};
use crate::attribution::{
    lengths::between,
    pieces::PIECE_WORDS,
    training_set::{TrainingPiece, TrainingSet},
    weights::Weights,
};
use crate::features::Row;
use ndarray::{Array2, Axis};
use rayon::prelude::*;

/// Traces of a left-out data set are compared with the references that have at least this many
/// traces in other data sets.
const MINIMUM_ELSEWHERE: usize = 4;

/// What the two heads are learned from.
pub(in crate::attribution) struct StyleTraining<'a> {
    pub set: &'a TrainingSet<'a>,
    /// Places of the dense part of a row that are looked at, with their factors.
    pub places: &'a [(usize, f32)],
    /// Number of dense values of a row.
    pub dense_values: usize,
    /// The row of each trace.
    pub rows: &'a [Row],
    pub pieces: &'a [TrainingPiece],
    /// Whether the bases are kept, on which references can be added later.
    pub keep_bases: bool,
}

/// What is learned.
pub(in crate::attribution) struct LearnedStyle {
    /// Both heads.
    pub embedding: StyleEmbedding,
    /// The vectors of each trace and piece by heads that did not know its prompt.
    pub known: OutOfSample,
    /// The vectors of those on each data set by heads that did not know the data set; none with one
    /// data set.
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
    /// Which references each entry is compared with; all where this is empty.
    pub candidates: Vec<Vec<bool>>,
    /// The set of candidates of each entry, an index into `candidates`.
    pub candidates_of: Vec<usize>,
}

/// Learns both heads, and their vectors of what they had not seen. `piece_values` has a row per
/// piece: the values at the places, times their factors.
pub(in crate::attribution) fn learn(
    training: &StyleTraining<'_>,
    piece_values: Array2<f32>,
) -> LearnedStyle {
    let traces = training.rows.len();
    let mut values = Array2::<f32>::zeros((traces, training.places.len()));
    values.axis_iter_mut(Axis(0)).into_par_iter().zip(training.rows).for_each(
        |(mut target, row)| {
            target
                .iter_mut()
                .zip(training.places)
                .for_each(|(value, &(place, factor))| *value = row.dense[place] * factor);
        },
    );
    let count = training.set.data_set_count;
    let whole = Examples {
        values,
        labels: training.set.labels.to_vec(),
        data_sets: training.set.data_sets.to_vec(),
        references: training.set.references,
        count,
    };
    let piece_data_set = |i: usize| {
        training.pieces[i].size * count + training.set.data_sets[training.pieces[i].trace]
    };
    let pieces = Examples {
        values: piece_values,
        labels: training.pieces.iter().map(|piece| training.set.labels[piece.trace]).collect(),
        data_sets: (0..training.pieces.len()).map(piece_data_set).collect(),
        references: training.set.references,
        count: count * PIECE_WORDS.len(),
    };
    let left_out = if count > 1 { count } else { 0 };
    let held = |of_trace: &dyn Fn(usize) -> bool| -> (Vec<usize>, Vec<usize>) {
        (
            (0..traces).filter(|&i| of_trace(i)).collect(),
            (0..training.pieces.len()).filter(|&i| of_trace(training.pieces[i].trace)).collect(),
        )
    };
    let parts: Vec<(Vec<usize>, Vec<usize>)> = (0..training.set.folds.count)
        .map(|fold| held(&|i| training.set.folds.of[i] == fold))
        .chain((0..left_out).map(|data_set| held(&|i| training.set.data_sets[i] == data_set)))
        .collect();
    let whole_parts: Vec<Vec<usize>> = parts.iter().map(|part| part.0.clone()).collect();
    let piece_parts: Vec<Vec<usize>> = parts.iter().map(|part| part.1.clone()).collect();
    let (whole_without, whole_all, whole_basis) = whole.learn(&whole_parts, training.keep_bases);
    let (pieces_without, pieces_all, piece_basis) = pieces.learn(&piece_parts, training.keep_bases);

    let empty = || OutOfSample {
        of: Vec::new(),
        whole: Array2::zeros((0, training.set.references)),
        pieces: Array2::zeros((0, training.set.references)),
        candidates: Vec::new(),
        candidates_of: Vec::new(),
    };
    let (mut known, mut new) = (empty(), empty());
    for (part, (own_traces, own_pieces)) in parts.iter().enumerate() {
        let data_set = part.checked_sub(training.set.folds.count);
        let target = if data_set.is_some() { &mut new } else { &mut known };
        let view = HeldOutView {
            training,
            whole: &whole_without[part],
            pieces: &pieces_without[part],
            data_set,
        };
        let candidates = data_set.map(|data_set| training.known_elsewhere(data_set));
        let compared = |label: usize| candidates.as_ref().is_none_or(|known| known[label]);
        let own_traces: Vec<usize> =
            own_traces.iter().copied().filter(|&i| compared(training.set.labels[i])).collect();
        let own_pieces: Vec<usize> =
            own_pieces.iter().copied().filter(|&i| compared(pieces.labels[i])).collect();
        let of_traces = |i: usize| HeldOutText {
            data_set: training.set.data_sets[i],
            words: training.set.examples[i].words,
        };
        let of_pieces = |i: usize| HeldOutText {
            data_set: training.set.data_sets[training.pieces[i].trace],
            words: PIECE_WORDS[training.pieces[i].size],
        };
        view.add(target, &whole.values, &own_traces, &of_traces, 0);
        view.add(target, &pieces.values, &own_pieces, &of_pieces, traces);
        if let Some(candidates) = candidates {
            target.candidates.push(candidates);
            target.candidates_of.resize(target.of.len(), target.candidates.len() - 1);
        }
    }
    let embedding = StyleEmbedding {
        whole: training.stored(&whole_all, 1),
        pieces: training.stored(&pieces_all, PIECE_WORDS.len()),
    };
    let bases = whole_basis.zip(piece_basis).map(|(whole, pieces)| [whole, pieces]);
    LearnedStyle { embedding, known, new, bases }
}

/// What a head is told of a trace or a piece.
struct HeldOutText {
    data_set: usize,
    words: usize,
}

/// Two heads that have not seen some traces.
struct HeldOutView<'a> {
    training: &'a StyleTraining<'a>,
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
        about: &dyn Fn(usize) -> HeldOutText,
        first: usize,
    ) {
        let count = self.training.set.data_set_count;
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
            let HeldOutText { data_set, words } = about(i);
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
        let all: Vec<usize> = (first..first + self.training.set.data_set_count).collect();
        own.cloned().unwrap_or_else(|| discriminant.mean_centre(&all))
    }
}

impl StyleTraining<'_> {
    /// Which references have enough traces outside a data set.
    fn known_elsewhere(&self, data_set: usize) -> Vec<bool> {
        let mut counts = vec![0; self.set.references];
        for (&label, _) in
            self.set.labels.iter().zip(&self.set.data_sets).filter(|(_, own)| **own != data_set)
        {
            counts[label] += 1;
        }
        counts.into_iter().map(|count| count >= MINIMUM_ELSEWHERE).collect()
    }

    /// A discriminant as it is stored, with the centres of `lengths` lengths of traces.
    fn stored(&self, discriminant: &Discriminant, lengths: usize) -> Head {
        let mut weights = Array2::<f32>::zeros((self.dense_values, self.set.references));
        for (row, &(place, factor)) in discriminant.weights.outer_iter().zip(self.places) {
            weights.row_mut(place).assign(&(&row * factor));
        }
        let count = self.set.data_set_count;
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
