//! Learns the style embedding, and what it says of traces that it has not seen.

use super::{
    Basis, Head, PIECE_WORDS, StyleEmbedding,
    discriminant::{Discriminant, Examples},
};
use crate::attribution::{folds::Folds, lengths::between, weights::Weights};
use crate::features::Row;
use ndarray::{Array2, Axis};
use rayon::prelude::*;

/// A left-out ground is judged among the references with so many traces elsewhere.
const MINIMUM_ELSEWHERE: usize = 4;

/// What the two heads are learned from.
pub(in crate::attribution) struct Heads<'a> {
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
    /// The ground of each trace, in `0..ground_count`.
    pub grounds: &'a [usize],
    /// Number of grounds.
    pub ground_count: usize,
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
    /// The vectors of those on each ground by heads that did not know the ground; none with one ground.
    pub new: OutOfSample,
    /// The bases of the heads of whole traces and of pieces, where they are kept.
    pub bases: Option<[Basis; 2]>,
}

/// The vectors of traces that a head had not seen: by the whole head and by the pieces' head.
pub(in crate::attribution) struct OutOfSample {
    /// Traces, then pieces; all for folds by prompt, those of left-out grounds for new ground.
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
pub(in crate::attribution) fn learn(heads: &Heads<'_>, piece_values: Array2<f32>) -> LearnedStyle {
    let traces = heads.rows.len();
    let mut values = Array2::<f32>::zeros((traces, heads.places.len()));
    values.axis_iter_mut(Axis(0)).into_par_iter().zip(heads.rows).for_each(|(mut target, row)| {
        target
            .iter_mut()
            .zip(heads.places)
            .for_each(|(value, &(place, factor))| *value = row.dense[place] * factor);
    });
    let count = heads.ground_count;
    let whole = Examples {
        values,
        labels: heads.labels.to_vec(),
        grounds: heads.grounds.to_vec(),
        references: heads.references,
        count,
    };
    let piece_ground = |i: usize| heads.piece_length[i] * count + heads.grounds[heads.piece_of[i]];
    let pieces = Examples {
        values: piece_values,
        labels: heads.piece_of.iter().map(|&i| heads.labels[i]).collect(),
        grounds: (0..heads.piece_of.len()).map(piece_ground).collect(),
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
        .chain((0..left_out).map(|ground| held(&|i| heads.grounds[i] == ground)))
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
        let ground = part.checked_sub(heads.folds.count);
        let target = if ground.is_some() { &mut new } else { &mut known };
        let sight =
            Sight { heads, whole: &whole_without[part], pieces: &pieces_without[part], ground };
        let candidates = ground.map(|ground| heads.known_elsewhere(ground));
        let judged = |label: usize| candidates.as_ref().is_none_or(|known| known[label]);
        let own_traces: Vec<usize> =
            own_traces.iter().copied().filter(|&i| judged(heads.labels[i])).collect();
        let own_pieces: Vec<usize> =
            own_pieces.iter().copied().filter(|&i| judged(pieces.labels[i])).collect();
        let of_traces = |i: usize| (heads.grounds[i], heads.words[i]);
        let of_pieces =
            |i: usize| (heads.grounds[heads.piece_of[i]], PIECE_WORDS[heads.piece_length[i]]);
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
struct Sight<'a> {
    heads: &'a Heads<'a>,
    whole: &'a Discriminant,
    pieces: &'a Discriminant,
    /// The ground that was left out.
    ground: Option<usize>,
}

impl Sight<'_> {
    /// Adds the vectors of some rows of `values`, which `target` numbers from `first` on. `about`
    /// gives a row's ground and words.
    fn add(
        &self,
        target: &mut OutOfSample,
        values: &Array2<f32>,
        members: &[usize],
        about: &dyn Fn(usize) -> (usize, usize),
        first: usize,
    ) {
        let count = self.heads.ground_count;
        let grounds = |length: usize| -> Vec<Vec<f32>> {
            (0..count).map(|ground| self.centre(self.pieces, length * count, ground)).collect()
        };
        let whole_centres: Vec<Vec<f32>> =
            (0..count).map(|ground| self.centre(self.whole, 0, ground)).collect();
        let piece_centres: Vec<Vec<Vec<f32>>> = (0..PIECE_WORDS.len()).map(grounds).collect();
        let own = values.select(Axis(0), members);
        let mut whole = own.dot(&self.whole.weights);
        let mut pieces = own.dot(&self.pieces.weights);
        for (row, &i) in members.iter().enumerate() {
            let (ground, words) = about(i);
            whole.row_mut(row).iter_mut().zip(&whole_centres[ground]).for_each(|(v, c)| *v -= c);
            for (length, share) in between::<f32>(&PIECE_WORDS, words) {
                let centre = &piece_centres[length][ground];
                pieces.row_mut(row).iter_mut().zip(centre).for_each(|(v, c)| *v -= share * c);
            }
        }
        target.of.extend(members.iter().map(|i| first + i));
        // Both have a column per reference, so that appending cannot fail.
        target.whole.append(Axis(0), whole.view()).unwrap_or_default();
        target.pieces.append(Axis(0), pieces.view()).unwrap_or_default();
    }

    /// The centre of a ground, or the mean of those that the discriminant has seen.
    fn centre(&self, discriminant: &Discriminant, first: usize, ground: usize) -> Vec<f32> {
        let own = if self.ground.is_some() {
            None
        } else {
            discriminant.centres[first + ground].as_ref()
        };
        let all: Vec<usize> = (first..first + self.heads.ground_count).collect();
        own.cloned().unwrap_or_else(|| discriminant.mean_centre(&all))
    }
}

impl Heads<'_> {
    /// Which references have enough traces outside a ground.
    fn known_elsewhere(&self, ground: usize) -> Vec<bool> {
        let mut counts = vec![0; self.references];
        for (&label, _) in self.labels.iter().zip(self.grounds).filter(|(_, own)| **own != ground) {
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
        let count = self.ground_count;
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
