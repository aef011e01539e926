//! `unknown`: is this written by any reference at all?
//!
//! A conformal p-value (Vovk, Gammerman & Shafer 2005): the share of the references' own traces,
//! each judged by a learner that had not seen its prompt, that looked at least as strange as this
//! one. For traces of a known model on new prompts it is therefore spread evenly over [0, 1], and
//! at most about 5 % of them fall below 0.05. Strangeness is judged by two things that the
//! probabilities do not show, since those always sum to one: how far the best reference's logit
//! stands above zero, and how near the trace's profile is to that reference's, compared with how
//! near the reference's own traces usually are.

use serde::{Deserialize, Serialize};

/// Most values that are kept of the references' own traces.
const KEPT: usize = 2000;
/// Traces of a reference below which its own similarity is mixed with the average reference's.
const FEW: f64 = 10.0;

/// What is known of the references' own traces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenSet {
    /// Mean and standard deviation of the largest logit.
    logit: (f32, f32),
    /// Per reference: mean and standard deviation of its traces' similarity to its profile.
    similarity: Vec<(f32, f32)>,
    /// Conformity of the references' own traces, ascending.
    own: Vec<f32>,
}

/// One out-of-fold trace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// The reference that wrote it.
    pub label: usize,
    /// The reference with the largest logit.
    pub top: usize,
    /// That logit.
    pub logit: f32,
    /// Similarity to the profile of `label`.
    pub similarity_to_label: f32,
    /// Similarity to the profile of `top`.
    pub similarity_to_top: f32,
}

impl OpenSet {
    /// Learns from out-of-fold traces of `references` references.
    pub fn fit(judged: &[Judged], references: usize) -> Self {
        let all: Vec<f32> = judged.iter().map(|j| j.similarity_to_label).collect();
        let (mean, deviation) = mean_and_deviation(&all);
        let similarity = (0..references)
            .map(|reference| {
                let own: Vec<f32> = judged
                    .iter()
                    .filter(|j| j.label == reference)
                    .map(|j| j.similarity_to_label)
                    .collect();
                let (own_mean, own_deviation) = mean_and_deviation(&own);
                let trust = (own.len() as f64 / (own.len() as f64 + FEW)) as f32;
                (
                    trust * own_mean + (1.0 - trust) * mean,
                    (trust * own_deviation + (1.0 - trust) * deviation).max(1e-3),
                )
            })
            .collect();
        let logits: Vec<f32> = judged.iter().map(|j| j.logit).collect();
        let (mean, deviation) = mean_and_deviation(&logits);
        let mut open_set = Self { logit: (mean, deviation.max(1e-3)), similarity, own: Vec::new() };
        let mut own: Vec<f32> = judged
            .iter()
            .map(|j| open_set.conformity(j.top, j.logit, j.similarity_to_top))
            .collect();
        own.sort_by(f32::total_cmp);
        if own.len() > KEPT {
            own = (0..KEPT).map(|i| own[(i * (own.len() - 1)) / (KEPT - 1)]).collect();
        }
        open_set.own = own;
        open_set
    }

    /// Whether this was learned for so many references.
    pub(crate) fn fits(&self, references: usize) -> bool {
        self.similarity.len() == references
    }

    /// How much a trace is like the references' own traces: larger is more alike.
    fn conformity(&self, top: usize, logit: f32, similarity: f32) -> f32 {
        let (mean, deviation) = self.similarity[top];
        (logit - self.logit.0) / self.logit.1 + (similarity - mean) / deviation
    }

    /// The p-value of a trace whose largest logit is `logit`, for reference `top`, and whose
    /// profile has `similarity` to that reference's profile.
    pub fn unknown(&self, top: usize, logit: f32, similarity: f32) -> f64 {
        let conformity = self.conformity(top, logit, similarity);
        let stranger = self.own.partition_point(|&own| own <= conformity);
        (1 + stranger) as f64 / (1 + self.own.len()) as f64
    }
}

fn mean_and_deviation(values: &[f32]) -> (f32, f32) {
    let count = values.len().max(1) as f64;
    let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / count;
    let square = values.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / count;
    (mean as f32, square.sqrt() as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(i: usize) -> Judged {
        let spread = (i * 37 % 101) as f32 / 101.0;
        Judged {
            label: i % 3,
            top: i % 3,
            logit: 2.0 + spread,
            similarity_to_label: 0.5 + spread / 10.0,
            similarity_to_top: 0.5 + spread / 10.0,
        }
    }

    #[test]
    fn known_traces_get_even_p_values_and_strangers_small_ones() {
        let known: Vec<Judged> = (0..3000).map(judged).collect();
        let open_set = OpenSet::fit(&known, 3);
        let values: Vec<f64> =
            known.iter().map(|j| open_set.unknown(j.top, j.logit, j.similarity_to_top)).collect();
        let below = |level: f64| values.iter().filter(|&&v| v <= level).count() as f64 / 3000.0;
        assert!((below(0.05) - 0.05).abs() < 0.02, "{}", below(0.05));
        assert!((below(0.5) - 0.5).abs() < 0.03, "{}", below(0.5));
        assert!(open_set.unknown(0, 1.0, 0.3) < 0.01);
        assert_eq!(open_set.unknown(0, 9.0, 0.9), 1.0);
    }

    #[test]
    fn a_reference_with_few_traces_borrows_from_the_others() {
        let mut known: Vec<Judged> = (0..300).map(judged).collect();
        known.push(Judged { label: 3, top: 3, similarity_to_label: -1.0, ..judged(0) });
        let open_set = OpenSet::fit(&known, 4);
        assert!(open_set.similarity[3].0 > 0.3);
    }
}
