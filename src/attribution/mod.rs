//! Fingerprints → scores.
//!
//! Comes in: labelled texts to learn from ([`fit()`]), later any text. Goes out: a [`Model`], which
//! gives for a text a calibrated probability per reference and the p-value `unknown`. Called by
//! `atlas` (to learn) and by every later stage (to score). Nothing here reads a file or knows what
//! a verdict is.
//!
//! `fit` learns a model and `extend` adds references to one. `stack`, `style`, `data_sets`,
//! `open_set` and `pool` are its parts, `weights` and `panel` what an atlas stores besides.
//! `classic` holds the classic measures of stylometry, `delta` the similarity of corpora.

pub(crate) mod added;
pub mod classic;
pub(crate) mod data_sets;
pub mod delta;
mod error;
mod example;
mod extend;
mod families;
mod fit;
pub(crate) mod folds;
mod kernel;
mod landmarks;
mod lengths;
mod model;
pub mod open_set;
pub mod panel;
pub(crate) mod pieces;
pub mod pool;
mod postings;
mod sharpness;
pub(crate) mod stack;
pub mod style;
mod training_set;
pub mod verification;
pub(crate) mod weights;

pub use error::{ExtendError, FitError, TooShort};
pub use example::Example;
pub use extend::{AddedFigures, Extended, NewReferences, extend};
pub use fit::{CrossValidation, ExternalInputs, FitOptions, Fitted, UnseenDataSet, fit};
pub use model::{MINIMUM_WORDS, Model, Scored};
pub use weights::WeightsError;
