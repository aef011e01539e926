//! Labelled traces → how far the program can be trusted on such traces.
//!
//! Comes in: labelled traces and how they are split ([`EvaluateOptions`]). Goes out: an
//! [`Evaluation`], plain data which `report` draws and `cli` prints. Called by `cli`. Everything is
//! measured on traces whose prompts the judge had not seen, by atlases that are learned with the
//! code of `cotprint fit`; every interval is a bootstrap over prompts.
//!
//! `cases` makes the traces ready, `splits` says what is held out, `classifier` learns and predicts
//! (a method that is to be measured next to the program's own implements [`Method`]), the other
//! modules measure.

pub(crate) mod cases;
mod changed;
mod classic;
pub mod classifier;
mod error;
mod figures;
mod group;
mod leave_out;
mod lengths;
mod limit;
mod limits;
pub(crate) mod metrics;
mod open_set;
pub(crate) mod perturbations;
mod planner;
mod pooling;
mod robustness;
pub mod splits;
mod verdicts;
mod verification;

pub use crate::stats::Estimate;
pub use cases::{Case, Cases};
pub(crate) use changed::add_changed_texts;
pub use classic::ClassicMethod;
pub use classifier::{
    AtlasMethod, Classifier, HeldOut, Method, Outcome, Prediction, cross_validate,
};
pub use error::{Error, FEWEST_PROMPTS, TooLittle};
pub use group::Group;
pub use lengths::LengthBin;
pub use limit::{EvaluationLimit, NoVerification};
pub use metrics::{CalibrationBin, Confusion, ModelFigures, Summary};
pub use open_set::{OpenSetFigures, Round};
pub use planner::{MOST, PairPlan, Side};
pub use pooling::Pooled;
pub use robustness::Robustness;
pub use splits::Split;
pub use verdicts::VerdictCounts;
pub use verification::{
    CurvePoint, DetectionFigures, NAMED_LEVEL, NamedRightly, NamingPlan, ProbabilityBin, RightAt,
    VerificationFigures,
};

use crate::{
    atlas::{self, LearnOptions},
    features::embed::Source,
    stats::vectors,
    trace::Trace,
};
use figures::Figures;
use open_set::OpenSetOptions;
use perturbations::View;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How an evaluation is made.
#[derive(Debug, Clone)]
pub struct EvaluateOptions {
    /// How atlases are learned; its seed draws the folds and all else.
    pub learn: LearnOptions,
    /// What is held out together.
    pub group: Group,
    /// Folds by prompt, and rounds of the open set.
    pub folds: usize,
    /// Whether models are left out in turn, too; it takes about as long again.
    pub open_set: bool,
    /// Whether held-out traces are judged again after they were changed.
    pub robustness: bool,
    /// Pairs of models to plan for; where there are none, the pairs that are confused most.
    pub pairs: Vec<(String, String)>,
    /// Bootstrap resamples over prompts.
    pub resamples: usize,
    /// Records that were dropped when they were read, by reason.
    pub dropped: BTreeMap<String, usize>,
    /// The command that makes the evaluation again.
    pub command: String,
}

/// How far the program can be trusted on traces like these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// The figures over all held-out traces.
    pub summary: Summary,
    /// What was split and how.
    pub design: Design,
    /// Other methods on the same held-out traces.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<MethodFigures>,
    /// The figures of each model.
    pub models: Vec<ModelFigures>,
    /// Which model's traces were given to which.
    pub confusion: Confusion,
    /// How often probabilities were right, by their size.
    pub calibration: Vec<CalibrationBin>,
    /// Short and long traces.
    pub by_length: Vec<LengthBin>,
    /// Several traces judged together.
    pub pooled: Vec<Pooled>,
    /// Changed texts; empty where they were not asked for.
    pub robustness: Vec<Robustness>,
    /// Models that were left out; `None` where that was not asked for, or could not be done.
    pub open_set: Option<OpenSetFigures>,
    /// How many traces it takes to tell two models apart.
    pub planner: Vec<PairPlan>,
    /// What was not judged.
    pub unjudged: Unjudged,
    /// What these figures cannot say, a sentence each.
    pub limits: Vec<EvaluationLimit>,
    /// How the evaluation can be made again.
    pub provenance: Provenance,
}

/// What was split and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Design {
    /// What was held out together.
    pub group: Group,
    /// Labelled traces that could be used.
    pub traces: usize,
    /// Their models.
    pub models: usize,
    /// Their prompts.
    pub prompts: usize,
    /// Their words.
    pub words: usize,
    /// The rounds.
    pub parts: Vec<PartFigures>,
}

/// One round of learning and judging.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartFigures {
    /// What was held out.
    pub name: String,
    /// Traces that were held out.
    pub held_out: usize,
    /// Traces that were given to learn from.
    pub training: usize,
    /// Held-out traces that were judged.
    pub judged: usize,
    /// The share of these whose own model has the largest probability; `None` where none was
    /// judged.
    pub top1: Option<f64>,
    /// Why nothing could be learned; `None` where it could.
    pub failure: Option<String>,
}

/// Another method on the same held-out traces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MethodFigures {
    /// Its name.
    pub name: String,
    /// The same figures as for the program's own.
    pub summary: Summary,
}

/// What was not judged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unjudged {
    /// Records and traces that could not be used at all, by reason.
    pub dropped: BTreeMap<String, usize>,
    /// Held-out traces with too few words for an answer.
    pub too_short: usize,
    /// Held-out traces by model, where the model was not among those that could be learned without
    /// them.
    pub vanished: BTreeMap<String, usize>,
}

/// How an evaluation can be made again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The program with its version.
    pub program: String,
    /// The command.
    pub command: String,
    /// Which text of a trace was judged.
    pub text: String,
    /// The seed of all that was drawn by lot.
    pub seed: u64,
    /// Bootstrap resamples over prompts.
    pub resamples: usize,
}

/// Evaluates the program on labelled traces, and `others` on the same held-out traces. The order of
/// the traces does not matter. `stage` is called with a few words at each step. Where vectors come
/// from a file, which has those of whole traces only, changed texts are not judged.
///
/// # Errors
/// [`Error::TooManyFolds`] and [`Error::OneGroup`] where the traces cannot be split as asked;
/// [`Error::UnknownModel`] and [`Error::SameModel`] where a pair cannot be planned for;
/// [`Error::TooLittle`] where there are too few models, prompts or traces; [`Error::Atlas`]
/// where an atlas cannot be learned for another reason.
pub fn evaluate(
    traces: &[Trace],
    options: &EvaluateOptions,
    others: &[&dyn Method],
    stage: &dyn Fn(&str),
) -> Result<Evaluation, Error> {
    let seed = options.learn.fit.seed;
    let cases = Cases::new(traces, options.learn.text)?;
    planner::check_pairs(&cases.models, &options.pairs)?;
    let split = Split::new(&cases, options.group, options.folds, seed)?;
    let families = cases.families(&options.learn.families);
    let own = AtlasMethod { options: options.learn.clone() };
    for case in &cases.cases {
        if let Some(source) = &options.learn.vectors {
            source.vector_of(case.trace).map_err(atlas::Error::from)?;
        }
    }
    let from_file = |source: &Source| source.embedder().is_none();
    let only_whole = options.learn.vectors.as_ref().is_some_and(from_file);
    let views =
        if options.robustness && !only_whole { View::of_evaluation(seed) } else { Vec::new() };

    let held = cross_validate(&cases, &split, &own, &views, stage)?;
    let methods = others
        .iter()
        .map(|method| {
            let name = method.name().to_owned();
            let held = cross_validate(&cases, &split, *method, &[], &|step| {
                stage(&format!("{name}, {step}"));
            })?;
            let summary = Figures::new(&cases, &held, &families, options.resamples, seed).summary();
            Ok(MethodFigures { name, summary })
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let mut limits = limits::limits(&cases, &split, &held);
    limits.extend(limits::vectors(options.learn.vectors.as_ref(), options.robustness));
    let open_set = if options.open_set {
        let open = OpenSetOptions {
            families: &families.0,
            family_names: &options.learn.families,
            text: options.learn.text,
            rounds: options.folds,
            resamples: options.resamples,
            seed,
        };
        match open_set::open_set(&cases, &own, &open, stage) {
            Ok((figures, why_not)) => {
                limits.extend(why_not.map(EvaluationLimit::NoVerification));
                let most = figures.rounds.iter().map(|round| round.left_out.len()).max();
                limits.extend(limits::few_known(cases.models.len(), most.unwrap_or(0)));
                Some(figures)
            }
            Err(open_set::OpenSetError::Method(error)) => return Err(error.into()),
            Err(why) => {
                limits.push(EvaluationLimit::NoOpenSet(why.to_string()));
                None
            }
        }
    } else {
        None
    };

    stage("measuring");
    let tallied = Figures::new(&cases, &held, &families, options.resamples, seed);
    let confusion = figures::confusion(&cases, &held);
    let models = tallied.models(&confusion, |model| options.learn.families.get(model).cloned());
    let mut dropped = options.dropped.clone();
    for (reason, count) in &cases.dropped {
        *dropped.entry(reason.clone()).or_default() += count;
    }
    Ok(Evaluation {
        summary: tallied.summary(),
        design: Design {
            group: options.group,
            traces: cases.cases.len(),
            models: cases.models.len(),
            prompts: cases.prompts,
            words: cases.cases.iter().map(|case| case.words).sum(),
            parts: parts(&cases, &split, &held),
        },
        methods,
        models,
        confusion,
        calibration: tallied.calibration(),
        by_length: lengths::by_length(&cases, &held, options.resamples, seed),
        pooled: pooling::pooled(&cases, &held, options.resamples, seed),
        robustness: robustness::robustness(&cases, &held, &views, options.resamples, seed),
        open_set,
        planner: planner::plan(&cases, &held, &options.pairs, options.resamples, seed)?,
        unjudged: Unjudged {
            dropped,
            too_short: held.too_short.len(),
            vanished: held.vanished.clone(),
        },
        limits,
        provenance: Provenance {
            program: concat!("cotprint ", env!("CARGO_PKG_VERSION")).into(),
            command: options.command.clone(),
            text: options.learn.text.name().into(),
            seed,
            resamples: options.resamples,
        },
    })
}

fn parts(cases: &Cases<'_>, split: &Split, held: &HeldOut) -> Vec<PartFigures> {
    split
        .parts
        .iter()
        .zip(&held.parts)
        .enumerate()
        .map(|(number, (part, outcome))| {
            let judged = || held.outcomes.iter().filter(move |judged| judged.part == number);
            let right = judged()
                .filter(|judged| {
                    vectors::argmax(&judged.probabilities) == cases.cases[judged.case].model
                })
                .count();
            let count = judged().count();
            PartFigures {
                name: part.name.clone(),
                held_out: part.held_out.len(),
                training: part.training.len(),
                judged: count,
                top1: (count > 0).then(|| right as f64 / count as f64),
                failure: outcome.failure.clone(),
            }
        })
        .collect()
}
