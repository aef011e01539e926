//! The style values of scored traces, added up: all that verification needs of a corpus.
//!
//! Kept by data set and by the reference that comes first, so that the traces of one suspect can be
//! judged apart from the others. Sums add, so that parts of a corpus can be read one after the other.

use crate::{attribution::Scored, stats::exact_sum::ExactSum};
use std::collections::{BTreeMap, BTreeSet};

/// The style values of some traces.
#[derive(Debug, Clone, Default)]
pub(crate) struct StyleSum {
    /// Their sum.
    pub values: ExactSum,
    /// Traces.
    pub traces: usize,
    /// The numbers of their prompts.
    pub prompts: BTreeSet<u32>,
    /// Words in them.
    pub words: usize,
    /// The sum of the probabilities that the atlas knows their subject matter.
    in_domain: ExactSum,
}

/// The sums of a corpus; empty where the atlas holds no verification.
#[derive(Debug, Clone, Default)]
pub(crate) struct StyleSums {
    /// By data set and first reference.
    cells: BTreeMap<(usize, usize), StyleSum>,
}

/// Traces of one prompt are not independent: at most this many of each count.
const TRACES_OF_PROMPT: usize = 3;

impl StyleSum {
    /// The mean of the style values.
    pub fn mean(&self) -> Vec<f32> {
        self.values.over(self.traces)
    }

    /// Traces, of each prompt a few at most.
    pub fn independent(&self) -> usize {
        self.traces.min(TRACES_OF_PROMPT * self.prompts.len())
    }

    /// Whether the atlas probably knows what they are about.
    pub fn is_in_domain(&self) -> bool {
        self.in_domain.over(self.traces).first().is_some_and(|&mean| mean >= 0.5)
    }

    fn add(&mut self, values: &[f32], prompt: u32) {
        self.values.add(values);
        self.traces += 1;
        self.prompts.insert(prompt);
    }

    fn join(&mut self, other: &Self) {
        self.values.join(&other.values);
        self.traces += other.traces;
        self.prompts.extend(&other.prompts);
        self.words += other.words;
        self.in_domain.join(&other.in_domain);
    }
}

impl StyleSums {
    /// Adds a scored trace with its style values, of the prompt with this number.
    pub fn add(&mut self, scored: &Scored, values: &[f32], prompt: u32) {
        let cell = self.cells.entry((scored.data_set, scored.top())).or_default();
        cell.add(values, prompt);
        cell.words += scored.words;
        cell.in_domain.add(&[scored.in_domain as f32]);
    }

    /// Gives the prompts other numbers: `numbers` has the new one of each old one.
    pub fn renumber(&mut self, numbers: &[u32]) {
        let new = |&old: &u32| numbers.get(old as usize).copied().unwrap_or(old);
        for cell in self.cells.values_mut() {
            cell.prompts = cell.prompts.iter().map(new).collect();
        }
    }

    /// The sum of all traces.
    pub fn all(&self) -> StyleSum {
        let mut all = StyleSum::default();
        for cell in self.cells.values() {
            all.join(cell);
        }
        all
    }

    /// The data set that most of the traces are nearest to whose first reference is one of `members`
    /// (all traces, where there are none), and the sum of these on it.
    pub fn on_main_data_set(&self, members: Option<&[usize]>) -> Option<(usize, StyleSum)> {
        let by_data_set = self.by_data_set(members).into_iter();
        by_data_set.max_by_key(|(set, sum)| (sum.traces, std::cmp::Reverse(*set)))
    }

    /// The sum on each data set, of the traces whose first reference is one of `members` (of all traces,
    /// where there are none).
    pub fn by_data_set(&self, members: Option<&[usize]>) -> BTreeMap<usize, StyleSum> {
        let chosen = |first: usize| members.is_none_or(|members| members.contains(&first));
        let mut by_data_set: BTreeMap<usize, StyleSum> = BTreeMap::new();
        for (&(data_set, _), cell) in self.cells.iter().filter(|((_, first), _)| chosen(*first)) {
            by_data_set.entry(data_set).or_default().join(cell);
        }
        by_data_set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_traces_of_a_suspect_are_judged_apart() {
        let mut sums = StyleSums::default();
        for (at, (data_set, first)) in [(0, 1), (0, 1), (0, 2), (1, 2), (1, 2)].iter().enumerate() {
            let cell = sums.cells.entry((*data_set, *first)).or_default();
            cell.add(&[at as f32, 1.0], at as u32 / 2);
        }
        let (data_set, all) = sums.on_main_data_set(None).unwrap();
        assert_eq!((data_set, all.traces, all.values.over(1)), (0, 3, vec![3.0, 3.0]));
        assert_eq!(all.prompts.len(), 2);
        let (data_set, own) = sums.on_main_data_set(Some(&[2])).unwrap();
        assert_eq!((data_set, own.traces, own.values.over(1)), (1, 2, vec![7.0, 2.0]));
        assert!(sums.on_main_data_set(Some(&[5])).is_none());
    }
}
