//! The verdict on each part of a corpus that is like one data set of the atlas.
//!
//! A corpus may be about several subjects, and the atlas knows a model on some of them only. The verdict
//! judges the part with the most traces; here every part gets one of its own. Called by `comparison`.

use super::{
    ScoredCorpus, Verdict,
    candidate::verify_by_data_set,
    verdict_rules::{decide_verified, is_enough},
};
use crate::atlas::Atlas;
use serde::{Deserialize, Serialize};

/// The verdict on the traces that are like one data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataSetVerdict {
    /// The data set of the atlas that these traces are most like in subject matter.
    pub data_set: String,
    /// Traces.
    pub traces: usize,
    /// Different prompts among them.
    pub prompts: usize,
    /// What the verdict would be if there were no other traces.
    pub verdict: Verdict,
    /// The probability that a name needs; `null` where nobody can be named.
    pub bound: Option<f64>,
}

/// The verdict on each part, the largest first. Parts of too little text have none. Each stands for
/// itself: with several of them, one is wrong more often than the error rate says.
pub(super) fn by_data_set(
    atlas: &Atlas,
    corpus: &ScoredCorpus,
    error_rate: f64,
) -> Vec<DataSetVerdict> {
    let parts = verify_by_data_set(atlas, corpus, error_rate).into_iter();
    parts
        .filter(|(_, sum, _)| is_enough(sum.traces, sum.prompts.len(), sum.words))
        .filter_map(|(data_set, sum, verified)| {
            Some(DataSetVerdict {
                data_set: atlas.about.data_sets.get(data_set)?.clone(),
                traces: sum.traces,
                prompts: sum.prompts.len(),
                verdict: decide_verified(&verified, 0, sum.traces, error_rate),
                bound: verified.bound.is_finite().then_some(verified.bound),
            })
        })
        .collect()
}
