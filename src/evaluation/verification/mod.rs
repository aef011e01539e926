//! Held-out traces of known and of left-out models → how far the verdict of `compare` can be trusted.
//!
//! In each round of the open set, corpora of a few sizes are drawn and judged as `compare` judges them
//! (`corpora`). `detection` measures one size: how many known models are named rightly where so many
//! strangers are named. `naming` says how many traces a model needs. Called by `open_set`.

mod corpora;
mod detection;
mod naming;

pub(super) use corpora::{HeldOutTrace, JudgedCorpus, RoundJudge};
pub use detection::{CurvePoint, DetectionFigures, ProbabilityBin, RightAt};
pub use naming::{NAMED_LEVEL, NamedRightly, NamingPlan};

use crate::lineage::ERROR_RATE;
use corpora::SIZES;
use serde::{Deserialize, Serialize};

/// How far the verdict can be trusted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerificationFigures {
    /// The share of unknown models that the program meant to name, at most: its bound is for this.
    pub error_rate: f64,
    /// By the number of traces of a corpus, ascending. A number is left out where no model has so many
    /// held-out traces, or no stranger has.
    pub by_traces: Vec<DetectionFigures>,
    /// The share of a model's corpora that have to be named rightly in [`NamingPlan::needed`].
    pub named_level: f64,
    /// How many traces each model needs, by name.
    pub models: Vec<NamingPlan>,
}

/// The figures of judged corpora; `None` where no size has known models and strangers. `models` are
/// the names of all models with their families, where they have one. Resamples draw among so many
/// `families`.
pub(super) fn figures(
    corpora: &[JudgedCorpus],
    models: &[(String, Option<String>)],
    families: usize,
    (resamples, seed): (usize, u64),
) -> Option<VerificationFigures> {
    let of_size = |size: usize| corpora.iter().filter(move |corpus| corpus.traces == size);
    let by_traces: Vec<DetectionFigures> = SIZES
        .into_iter()
        .filter_map(|size| {
            DetectionFigures::new(size, of_size(size).collect(), families, resamples, seed)
        })
        .collect();
    (!by_traces.is_empty()).then(|| VerificationFigures {
        error_rate: ERROR_RATE,
        by_traces,
        named_level: NAMED_LEVEL,
        models: naming::plans(corpora, models),
    })
}
