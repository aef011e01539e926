//! Learns a [`Model`](super::Model) from labelled texts.
//!
//! Two passes over the texts choose the vocabulary and turn texts into rows. The regression and the
//! style embedding learn from the rows. One Gram matrix serves the choice of the regression's
//! penalty, its folds, and the final weights. The predictions of both learners for traces that they
//! had not seen teach the stacks, which weigh and calibrate them, and the open set. Folds are
//! grouped by prompt throughout; for unknown subject matter, whole data sets are left out.
//!
//! [`trainer`] has the steps in their order; the other files have one step each.

mod cross_validation;
mod held_out;
mod options;
mod pieces;
mod regression;
mod stacks;
mod trainer;
mod unseen;
mod vocabulary;

pub(super) use cross_validation::Recognition;
pub use cross_validation::{CrossValidation, UnseenDataSet};
pub use options::{ExternalInputs, FitOptions};
pub use trainer::Fitted;

use super::{error::FitError, example::Example, training_set::TrainingSet};
use trainer::Trainer;

/// Learns a model of `references` references. `inputs` is what channels need beside the texts.
/// Where a model makes vectors, pieces of examples have them too; vectors that come with the
/// examples have none for pieces. `stage` is called with a few words at each step.
///
/// # Errors
/// [`FitError::OnePrompt`] where the examples have fewer than two prompts.
pub fn fit(
    examples: &[Example<'_>],
    references: usize,
    options: &FitOptions,
    inputs: &ExternalInputs,
    stage: &dyn Fn(&str),
) -> Result<Fitted, FitError> {
    let set = TrainingSet::new(examples, references, options.seed)?;
    Trainer { set, options, inputs, stage }.train()
}
