//! The stack: weights by length, data set and completeness, and the probabilities that they give.

use crate::attribution::lengths::{TextLength, between};
use crate::stats::{
    logistic::BinaryLogistic,
    vectors::{argmax, softmax},
};
use serde::{Deserialize, Serialize};

/// Words at which each learner has a weight of its own.
pub const KNOTS: [usize; 5] = [50, 100, 200, 400, 800];
/// Weights of several learners by length of trace: a row per learner, a weight per knot.
pub(super) type LearnerWeights = Vec<[f64; KNOTS.len()]>;

/// The weights of several learners by length of trace, by whether it breaks off, and by data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stack {
    /// Of any trace.
    pub(super) weights: LearnerWeights,
    /// What is added to them where a trace breaks off.
    pub(super) unfinished: LearnerWeights,
    /// What is added on each data set for complete traces, and for those that break off; empty
    /// where they were learned on one data set, or without regard to it.
    #[serde(rename = "grounds")]
    pub(super) data_sets: Vec<[LearnerWeights; 2]>,
    /// Recalibrates the odds of the largest probability where a trace breaks off, by
    /// [`Stack::covariates`]: the weights with the least loss are over-confident on such traces of
    /// some data sets, and under-confident on others. (Top-label calibration; Gupta & Ramdas 2022.)
    #[serde(rename = "first")]
    pub(super) top: BinaryLogistic,
}

/// Recalibration takes no probability nearer to 0 or 1 than this.
const EDGE: f64 = 1e-6;

/// The logarithmic odds of the largest probability.
pub(super) fn odds_of_top(probabilities: &[f32]) -> f64 {
    let first = f64::from(probabilities[argmax(probabilities)]).clamp(EDGE, 1.0 - EDGE);
    (first / (1.0 - first)).ln()
}

impl Stack {
    /// The logits of a trace from the learners' predictions, in their order. A data set that
    /// nothing was learned of has the weights of all.
    pub(super) fn logits(
        &self,
        learners: &[&[f32]],
        length: TextLength,
        data_set: Option<usize>,
    ) -> Vec<f32> {
        let mut logits = vec![0.0_f32; learners.first().map_or(0, |l| l.len())];
        let [(low, low_share), (high, high_share)] = between::<f64>(&KNOTS, length.words);
        let at =
            |weights: &[f64; KNOTS.len()]| low_share * weights[low] + high_share * weights[high];
        let own = data_set.and_then(|data_set| self.data_sets.get(data_set));
        let own = own.map(|own| &own[usize::from(length.unfinished)]);
        for (learner, prediction) in learners.iter().enumerate().take(self.weights.len()) {
            let mut weight = at(&self.weights[learner]);
            weight += if length.unfinished { at(&self.unfinished[learner]) } else { 0.0 };
            weight += own.map_or(0.0, |own| at(&own[learner]));
            let weight = weight as f32;
            logits.iter_mut().zip(*prediction).for_each(|(logit, value)| *logit += weight * value);
        }
        logits
    }

    /// The probabilities of a trace on a data set.
    pub(in crate::attribution) fn probabilities(
        &self,
        learners: &[&[f32]],
        length: TextLength,
        data_set: Option<usize>,
    ) -> Vec<f32> {
        self.probabilities_among(None, learners, length, data_set)
    }

    /// The same among some of the references: 0 for the others.
    pub(in crate::attribution) fn probabilities_among(
        &self,
        candidates: Option<&[bool]>,
        learners: &[&[f32]],
        length: TextLength,
        data_set: Option<usize>,
    ) -> Vec<f32> {
        let mut values = self.logits(learners, length, data_set);
        leave(&mut values, candidates);
        softmax(&mut values);
        if length.unfinished && values.len() > 1 {
            self.recalibrate_top(&mut values, length, data_set);
        }
        values
    }

    /// The covariates of recalibration: the odds of the largest probability, the length of the
    /// trace, and for each data set that has weights of its own whether the trace is of it.
    pub(super) fn covariates(
        &self,
        odds: f64,
        length: TextLength,
        data_set: Option<usize>,
    ) -> Vec<f64> {
        let words = length.words.clamp(KNOTS[0], KNOTS[KNOTS.len() - 1]) as f64;
        let on = (0..self.data_sets.len()).map(|own| f64::from(u8::from(data_set == Some(own))));
        [odds, words.ln()].into_iter().chain(on).collect()
    }

    /// Recalibrates the odds of the largest probability. The others share the rest as before, and
    /// the largest stays the largest.
    fn recalibrate_top(
        &self,
        probabilities: &mut [f32],
        length: TextLength,
        data_set: Option<usize>,
    ) {
        let best = argmax(probabilities);
        let odds = odds_of_top(probabilities);
        let first = f64::from(probabilities[best]);
        let rest = (1.0 - first).max(EDGE);
        let others = probabilities.iter().enumerate().filter(|(i, _)| *i != best);
        let second = f64::from(others.fold(0.0_f32, |most, (_, &p)| most.max(p)));
        let covariates = self.covariates(odds, length, data_set);
        let recalibrated = self.top.probability(&covariates, odds).max(second / (second + rest));
        let factor = ((1.0 - recalibrated) / rest) as f32;
        probabilities.iter_mut().for_each(|p| *p *= factor);
        probabilities[best] = recalibrated as f32;
        let sum: f32 = probabilities.iter().sum();
        probabilities.iter_mut().for_each(|p| *p /= sum);
    }

    /// Whether this weighs exactly this many learners, and each of them everywhere.
    pub fn weighs(&self, learners: usize) -> bool {
        self.top.fits(2 + self.data_sets.len())
            && [&self.weights, &self.unfinished]
                .into_iter()
                .chain(self.data_sets.iter().flatten())
                .all(|own| own.len() == learners && own.iter().flatten().all(is_weight))
    }
}

/// Whether a number may weigh a learner; learned ones are near 1.
fn is_weight(weight: &f64) -> bool {
    weight.abs() <= 1e4
}

/// Leaves the logits of some references only.
pub(super) fn leave(logits: &mut [f32], candidates: Option<&[bool]>) {
    for (logit, known) in logits.iter_mut().zip(candidates.unwrap_or_default()) {
        if !known {
            *logit = f32::NEG_INFINITY;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::stack::Observations;
    use ndarray::Array2;

    fn whole(words: usize) -> TextLength {
        TextLength { words, unfinished: false }
    }

    fn observations<'a>(
        learners: &[&'a Array2<f32>],
        labels: Vec<usize>,
        words: Vec<usize>,
    ) -> Observations<'a> {
        Observations {
            learners: learners.iter().map(|l| l.view()).collect(),
            weights: vec![1.0; labels.len()],
            labels,
            lengths: words.into_iter().map(whole).collect(),
            data_sets: Vec::new(),
            candidates: &[],
            candidates_of: &[],
        }
    }

    #[test]
    fn one_overconfident_learner_is_shrunk_to_the_truth() {
        // The learner always says 4 to 0 for the first, which is right in 3 of 4: weight ln 3 / 4.
        let logits = Array2::from_shape_fn((400, 2), |(_, j)| if j == 0 { 4.0 } else { 0.0 });
        let labels: Vec<usize> = (0..400).map(|i| usize::from(i % 4 == 0)).collect();
        let (stack, loss) = Stack::fit(&observations(&[&logits], labels, vec![400; 400]));
        let p = stack.probabilities(&[&[4.0, 0.0]], whole(400), None);
        assert!((p[0] - 0.75).abs() < 0.01, "{p:?}");
        // The entropy of 3 to 1.
        assert!((loss - 0.5623).abs() < 1e-3, "{loss}");
    }

    #[test]
    fn each_length_believes_the_learner_that_is_right_there() {
        let first =
            Array2::from_shape_fn((400, 2), |(i, j)| if j == i / 2 % 2 { 1.0 } else { 0.0 });
        let second =
            Array2::from_shape_fn((400, 2), |(i, j)| if j == i / 4 % 2 { 1.0 } else { 0.0 });
        let words: Vec<usize> = (0..400).map(|i| if i % 2 == 0 { 50 } else { 2000 }).collect();
        // Short traces: the first learner is right 9 times in 10; long ones: the second.
        let labels: Vec<usize> = (0..400)
            .map(|i| (if i % 2 == 0 { i / 2 % 2 } else { i / 4 % 2 } + usize::from(i % 20 < 2)) % 2)
            .collect();
        let (stack, _) = Stack::fit(&observations(&[&first, &second], labels, words));
        let predictions: [&[f32]; 2] = [&[1.0, 0.0], &[0.0, 1.0]];
        assert!(stack.probabilities(&predictions, whole(50), None)[0] > 0.8);
        assert!(stack.probabilities(&predictions, whole(2000), None)[1] > 0.8);
    }

    #[test]
    fn each_data_set_has_the_weight_that_it_bears_out() {
        // The learner says 2 to 0; that is right in 9 of 10 on the first data set and in 6 of 10 on
        // the second.
        let logits = Array2::from_shape_fn((400, 2), |(_, j)| if j == 0 { 2.0 } else { 0.0 });
        let right = |i: usize| i / 2 % 10 < if i.is_multiple_of(2) { 9 } else { 6 };
        let labels: Vec<usize> = (0..400).map(|i| usize::from(!right(i))).collect();
        let mut data = observations(&[&logits], labels, vec![400; 400]);
        let together = Stack::fit(&data).1;
        data.data_sets = (0..400).map(|i| i % 2).collect();
        let (stack, loss) = Stack::fit(&data);
        let said =
            |data_set| f64::from(stack.probabilities(&[&[2.0, 0.0]], whole(400), data_set)[0]);
        assert!((said(Some(0)) - 0.9).abs() < 0.03, "{}", said(Some(0)));
        assert!((said(Some(1)) - 0.6).abs() < 0.03, "{}", said(Some(1)));
        assert!(loss < together - 0.02, "{loss} {together}");
        // A data set that nothing was learned of lies between them.
        assert!(
            said(Some(7)) == said(None) && said(None) > said(Some(1)) && said(None) < said(Some(0))
        );
        assert!(stack.weighs(1) && !stack.weighs(2));
    }

    #[test]
    fn what_breaks_off_is_weighed_apart() {
        // The learner says 2 to 0; that is right in 9 of 10 short traces, and in 6 of 10 of those
        // that break off.
        let logits = Array2::from_shape_fn((400, 2), |(_, j)| if j == 0 { 2.0 } else { 0.0 });
        let right = |i: usize| i / 2 % 10 < if i.is_multiple_of(2) { 9 } else { 6 };
        let labels: Vec<usize> = (0..400).map(|i| usize::from(!right(i))).collect();
        let mut data = observations(&[&logits], labels, vec![100; 400]);
        data.lengths.iter_mut().enumerate().for_each(|(i, length)| length.unfinished = i % 2 == 1);
        let (stack, _) = Stack::fit(&data);
        let said = |unfinished| {
            stack.probabilities(&[&[2.0, 0.0]], TextLength { words: 100, unfinished }, None)[0]
        };
        assert!((said(false) - 0.9).abs() < 0.03 && (said(true) - 0.6).abs() < 0.03);
    }

    #[test]
    fn the_largest_probability_is_recalibrated_on_each_data_set_where_a_trace_breaks_off() {
        let none = || vec![[0.0; KNOTS.len()]];
        let stack = Stack {
            weights: vec![[1.0; KNOTS.len()]],
            unfinished: none(),
            data_sets: vec![[none(), none()], [none(), none()]],
            top: serde_json::from_str(r#"{"intercept": 0.0, "slopes": [0.0, 0.0, 1.0, -1.0]}"#)
                .unwrap(),
        };
        assert!(stack.weighs(1));
        let said = |data_set, unfinished| {
            let length = TextLength { words: 100, unfinished };
            stack.probabilities(&[&[2.0, 0.0, 0.0]], length, data_set)
        };
        let odds = |p: &[f32]| f64::from(p[0] / (1.0 - p[0])).ln();
        let plain = odds(&said(None, true));
        for (data_set, expected) in [(Some(0), plain + 1.0), (Some(1), plain - 1.0), (None, plain)]
        {
            let p = said(data_set, true);
            assert!((odds(&p) - expected).abs() < 1e-4, "{data_set:?} {p:?}");
            assert!((p.iter().sum::<f32>() - 1.0).abs() < 1e-6 && p[1] == p[2]);
            assert!((odds(&said(data_set, false)) - plain).abs() < 1e-4);
        }
    }

    #[test]
    fn references_outside_the_set_take_no_part() {
        let logits = Array2::from_shape_fn((100, 3), |(i, j)| match j {
            2 => 9.0,
            j if j == i % 2 => 1.0,
            _ => 0.0,
        });
        let labels: Vec<usize> = (0..100).map(|i| (i + usize::from(i % 10 == 0)) % 2).collect();
        let (candidates, of) = ([vec![true, true, false]], vec![0; 100]);
        let mut data = observations(&[&logits], labels, vec![400; 100]);
        (data.candidates, data.candidates_of) = (&candidates, &of);
        let (stack, _) = Stack::fit(&data);
        // Right 9 times in 10 between the two.
        assert!((stack.probabilities(&[&[1.0, 0.0]], whole(400), None)[0] - 0.9).abs() < 0.01);
    }
}
