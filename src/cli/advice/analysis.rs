//! Advice on errors of `analysis`. It hands on those of the stages before it unchanged, so that
//! their advice is found here.

use super::{atlas, ingest, lineage, policy};
use crate::analysis::Error;

/// A sentence to follow the message.
pub(super) fn advice(error: &Error) -> Option<String> {
    Some(match error {
        Error::Read(error) => return ingest::advice(error),
        Error::Atlas(error) => return atlas::advice(error),
        Error::Profile(error) => lineage::on_profile(error).into(),
        Error::Policy(error) => return policy::advice(error),
        Error::TooManyCorpora(error) => lineage::on_corpora(error).into(),
        Error::OtherText { learned, asked } => format!(
            "Give --text {}, or learn another atlas with `cotprint fit --text {}`",
            learned.name(),
            asked.name()
        ),
        Error::NoUsableText { text, reasons, .. } => {
            let about = reasons.iter().filter_map(|reason| ingest::about_dropped(*reason));
            let give = format!(
                "Give files whose records hold the {}; `cotprint formats` lists what is understood",
                text.name()
            );
            [give.as_str()].into_iter().chain(about).collect::<Vec<_>>().join(". ")
        }
        Error::UnknownControl { .. } => "`cotprint atlas show` lists the references".into(),
        Error::ShortTrace { .. } => "Choose another with --id".into(),
        Error::NoSuchTrace { .. } => "`cotprint ingest` prints all ids".into(),
        Error::VectorsByOrder { .. } => {
            "Give --embed a Parquet or JSON Lines file with the ids of all traces".into()
        }
        Error::NoPanel { .. } | Error::PolicyNeedsPanel { .. } => {
            "Name an atlas that does with --atlas, or learn one with `cotprint fit`".into()
        }
        Error::MixedBaseline => {
            "Give --baseline one of the two, or make a profile of the traces and add the profiles up with \
             `cotprint profile merge`"
                .into()
        }
        Error::UnknownField { .. } => "Name one of them with --by".into(),
        Error::TooManyGroups { .. } => "Name a field with fewer values with --by".into(),
        Error::SkippedStep { .. } => {
            "Leave the step out of --skip-cleaning, or the rule out of the policy".into()
        }
        Error::SkippedDuplicates => {
            "--drop-duplicates needs the step `duplicates`, and --skip-cleaning leaves it out; give one of \
             the two"
                .into()
        }
        Error::NamedTwice { .. } => {
            "Give all of its traces with --label, or give one of the two another name".into()
        }
        Error::NoMeasures { .. } => "`cotprint features --help` lists the channels".into(),
        Error::ReadProfile { .. } => "Name a profile that `cotprint profile` made".into(),
        _ => return None,
    })
}
