//! Held-out traces of one model, taken together → the model that the largest share of the evidence
//! names, and whether it is the right one.
//!
//! `compare` uses this rule ([`named`]) where an atlas holds no verification
//! ([`crate::attribution::verification`]); prompts weigh the same here as there. Called by `open_set`,
//! once for models that were learned and once for those that were left out.

use crate::{
    lineage::verdict_rules::{LEAST_PROMPTS, LEAST_TRACES, Named, named},
    stats::{bootstrap::Resamples, vectors::argmax},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How often prompts are drawn again to see whether the first stays first.
const RESAMPLES: usize = 200;

/// The verdicts on corpora, each of all held-out traces of one model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictCounts {
    /// Corpora with enough traces and prompts.
    pub corpora: usize,
    /// The model itself was named; never where it was left out.
    pub itself: usize,
    /// Its family was named, or another member of its family.
    pub family: usize,
    /// A model or family was named that is not its own.
    pub another: usize,
    /// Nobody was named: the verdict was "between".
    pub nobody: usize,
    /// Corpora of models that have another member of their family among those that were learned.
    pub with_relatives: usize,
}

/// The traces of one model, judged by one classifier.
pub(super) struct Corpus<'a> {
    /// The model.
    pub model: usize,
    /// The prompt of each trace and its prediction: a probability per model of the evaluation,
    /// 0 for one that the judge does not know.
    pub traces: Vec<(usize, &'a [f32])>,
}

/// What the judge of some corpora knows.
pub(super) struct Known<'a> {
    /// The family of each model of the evaluation.
    pub families: &'a [usize],
    /// Whether the judge knows it.
    pub models: &'a [bool],
}

impl VerdictCounts {
    /// Counts the verdict on a corpus; nothing where it is too small.
    pub(super) fn add(&mut self, corpus: &Corpus<'_>, known: &Known<'_>, seed: u64) {
        let mut prompts: BTreeMap<usize, (Vec<f64>, f64)> = BTreeMap::new();
        for (prompt, probabilities) in &corpus.traces {
            let row =
                prompts.entry(*prompt).or_insert_with(|| (vec![0.0; probabilities.len()], 0.0));
            row.0.iter_mut().zip(*probabilities).for_each(|(sum, &p)| *sum += f64::from(p));
            row.1 += 1.0;
        }
        if prompts.len() < LEAST_PROMPTS || corpus.traces.len() < LEAST_TRACES {
            return;
        }
        let rows: Vec<Vec<f64>> = prompts
            .into_values()
            .map(|(row, traces)| row.into_iter().map(|sum| sum / traces).collect())
            .collect();
        let own = corpus.model;
        let relatives = (0..known.families.len()).filter(|&model| {
            model != own && known.models[model] && known.families[model] == known.families[own]
        });
        self.corpora += 1;
        self.with_relatives += usize::from(relatives.count() > 0);
        let (named, first, family) = verdict(&rows, known, seed);
        match named {
            Named::Nobody => self.nobody += 1,
            Named::Reference if first == own => self.itself += 1,
            Named::Reference if known.families[first] == known.families[own] => self.family += 1,
            Named::Family if family == known.families[own] => self.family += 1,
            Named::Reference | Named::Family => self.another += 1,
        }
    }
}

/// What is named, the model with the largest share and the family with the largest share. `rows`
/// has the mean probabilities on each prompt.
fn verdict(rows: &[Vec<f64>], known: &Known<'_>, seed: u64) -> (Named, usize, usize) {
    let models = known.models.len();
    let mean: Vec<f64> = (0..models)
        .map(|model| rows.iter().map(|row| row[model]).sum::<f64>() / rows.len().max(1) as f64)
        .collect();
    let by_family = |means: &[f64]| {
        let mut sums = vec![0.0; models];
        known.families.iter().zip(means).for_each(|(&family, share)| sums[family] += share);
        sums
    };
    let sums = by_family(&mean);
    let (first, family) = (argmax(&mean), argmax(&sums));
    let resamples = Resamples::draw(rows, RESAMPLES, seed);
    let first_stays = resamples.share(|means| means.iter().all(|share| *share <= means[first]));
    let family_stays = resamples.share(|means| {
        let sums = by_family(means);
        sums.iter().all(|share| *share <= sums[family])
    });
    let members = (0..models).filter(|&m| known.models[m] && known.families[m] == family).count();
    let of_family = (members > 1).then_some((sums[family], family_stays));
    (named((mean[first], first_stays), of_family), first, family)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three models, the first two of one family; four prompts with these probabilities each.
    fn said(model: usize, known: [bool; 3], probabilities: [f32; 3]) -> VerdictCounts {
        let mut counts = VerdictCounts::default();
        let traces = (0..4).map(|prompt| (prompt, probabilities.as_slice())).collect();
        let knows = Known { families: &[0, 0, 2], models: &known };
        counts.add(&Corpus { model, traces }, &knows, 1);
        counts
    }

    #[test]
    fn each_verdict_is_counted_where_it_belongs() {
        let all = [true; 3];
        let counts = said(0, all, [0.8, 0.1, 0.1]);
        assert_eq!((counts.corpora, counts.itself, counts.with_relatives), (1, 1, 1));
        assert_eq!(said(1, all, [0.8, 0.1, 0.1]).family, 1);
        assert_eq!(said(2, all, [0.8, 0.1, 0.1]).another, 1);
        assert_eq!(said(2, all, [0.8, 0.1, 0.1]).with_relatives, 0);
        // Neither member stands out, the family does.
        assert_eq!(said(0, all, [0.45, 0.42, 0.13]).family, 1);
        assert_eq!(said(0, all, [0.25, 0.2, 0.35]).nobody, 1);
        // A family of which the judge knows one member only is not named as one.
        assert_eq!(said(1, [true, false, true], [0.34, 0.0, 0.33]).nobody, 1);
    }

    #[test]
    fn a_corpus_on_two_prompts_is_too_small() {
        let mut counts = VerdictCounts::default();
        let p = [0.9_f32, 0.1];
        let traces = (0..6).map(|i| (i % 2, p.as_slice())).collect();
        counts.add(
            &Corpus { model: 0, traces },
            &Known { families: &[0, 1], models: &[true, true] },
            1,
        );
        assert_eq!(counts, VerdictCounts::default());
    }
}
