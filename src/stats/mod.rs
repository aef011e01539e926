//! Statistics and numerical methods, each of them once.
//!
//! Numbers come in, numbers go out: nothing here knows what a trace, an atlas or a verdict is. Every
//! method names its source and is tested against values worked out by hand. Randomness comes from
//! numbered streams (`random`), so that no result depends on the number of threads. Called by every
//! later stage.

pub(crate) mod binomial;
pub(crate) mod bootstrap;
pub mod calibration;
pub(crate) mod cholesky;
pub(crate) mod exact_sum;
pub(crate) mod holm;
mod interval;
pub(crate) mod isotonic;
pub mod logistic;
pub(crate) mod non_negative_pursuit;
pub(crate) mod principal_axes;
pub(crate) mod products;
pub(crate) mod quantile;
pub(crate) mod random;
pub(crate) mod sign_flips;
#[cfg(feature = "tsne")]
pub(crate) mod tsne;
pub(crate) mod vectors;

pub use interval::{Estimate, Interval};
