//! Several learners' predictions → calibrated probabilities.
//!
//! A conditional logit (McFadden 1974): the logit of a reference is the sum of what each learner
//! gives it, times the learner's weight. The weights depend on two things. One is the trace's
//! length, linear in the logarithm of its words between a few knots: a short trace is weaker
//! evidence, and other learners are better on it. The other is whether the trace breaks off: the
//! first words of a long trace say less than a short trace. Each data set that was learned from
//! adds weights of its own, drawn towards zero: how reliable a learner is differs between subject
//! matters.
//!
//! The weights are fitted to the learners' predictions for traces on prompts that they had not seen
//! (stacking; Wolpert 1992), so that they also calibrate: with one learner this is temperature
//! scaling (Guo, Pleiss, Sun & Weinberger 2017). The fit is in `learn`.

mod learn;
mod weighing;

pub(super) use learn::Observations;
pub use weighing::Stack;
