//! What is kept of scored traces to decide rules on mixtures.

use crate::lineage::audit::mixture::Likelihoods;

/// One row for each scored trace.
#[derive(Debug, Default)]
pub(super) struct MixtureRows {
    /// How likely each reference is to write each trace.
    pub likelihoods: Likelihoods,
    /// The probability that the atlas knows each trace's subject matter.
    pub in_domain: Vec<f64>,
}
