//! Data sets: which data set a trace belongs to, and whether it is of a known data set at all.
//!
//! References are compared within a data set, and calibrated apart on known and on unseen data
//! sets. A new trace does not name its data set, but its content words do: after the mean over all
//! data sets is subtracted, the data set with the nearest mean row is taken. A logistic regression
//! gives the probability that the trace is of a known data set at all. Its covariates are how near
//! that data set is, compared with how near the data set's own traces of that length are (a short
//! trace is never as near, and the questions of one data set are more alike than those of another),
//! and the length. It is learned from traces and pieces on new prompts against the same ones with
//! their own data set left out, both weighing the same. Called by `fit` and `Model`.

mod folds;
mod known;

pub(super) use folds::{DataSetFolds, HeldOut, HeldOutPiece};
pub use known::{COVARIATES, DataSetEstimate, DataSets};

/// A data set needs at least this many references: the centre of fewer would be their own style.
pub const MINIMUM_REFERENCES: usize = 3;
