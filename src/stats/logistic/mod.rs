//! Logistic regression.
//!
//! `binary` has weights and offsets and a few covariates; `multinomial` has thousands of classes times
//! features and is solved in the span of landmarks.

pub(crate) mod binary;
pub(crate) mod multinomial;

pub use binary::BinaryLogistic;
