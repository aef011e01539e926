//! What to do about an error, with the options and verbs of the command line: the library does not
//! know them.
//!
//! Comes in: an error of the library. Goes out: sentences to follow its message. Called by
//! [`super::main`] for every error that ends the program, and by [`super::progress`] for records that
//! were dropped. A file for each stage has a function for each of its error types.

mod analysis;
mod atlas;
#[cfg(feature = "collect")]
mod collect;
mod evaluation;
mod ingest;
mod lineage;
mod policy;
mod report;

pub(super) use ingest::about_dropped;
pub(super) use report::MORE;

use std::error::Error;

/// The advice on an error and on each of its causes, in the order of the chain.
pub(super) fn advice(error: &anyhow::Error) -> Vec<String> {
    error.chain().filter_map(on_cause).collect()
}

/// The advice on one error of the chain, whichever type of the library it is.
fn on_cause(cause: &(dyn Error + 'static)) -> Option<String> {
    #[cfg(feature = "collect")]
    if let Some(error) = cause.downcast_ref() {
        return collect::advice(error);
    }
    None.or_else(|| analysis::advice(cause.downcast_ref()?))
        .or_else(|| ingest::advice(cause.downcast_ref()?))
        .or_else(|| atlas::advice(cause.downcast_ref()?))
        .or_else(|| evaluation::advice(cause.downcast_ref()?))
        .or_else(|| policy::advice(cause.downcast_ref()?))
        .or_else(|| Some(lineage::on_profile(cause.downcast_ref()?).into()))
        .or_else(|| Some(lineage::on_corpora(cause.downcast_ref()?).into()))
        .or_else(|| report::advice(cause.downcast_ref()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{analysis, atlas, lineage::tree::TooManyCorpora};

    #[test]
    fn what_a_later_stage_hands_on_has_the_advice_of_its_own_stage() {
        let read = || atlas::Error::Read { name: "a.atlas".into(), reason: "it is gone".into() };
        let alone = advice(&read().into());
        assert!(alone[0].contains("leave --atlas out"), "{alone:?}");
        assert_eq!(advice(&analysis::Error::Atlas(read()).into()), alone);
        let told = anyhow::Error::from(read()).context("cannot compare");
        assert_eq!(advice(&told), alone, "a context hides nothing");
        let corpora = advice(&TooManyCorpora("m".into()).into());
        assert!(corpora[0].ends_with("give --model NAME"), "{corpora:?}");
        assert!(advice(&anyhow::anyhow!("something else")).is_empty());
    }
}
