//! Advice on errors of `atlas`.

use crate::atlas::{CannotExtend, Error};

/// A sentence to follow the message.
pub(super) fn advice(error: &Error) -> Option<String> {
    Some(match error {
        Error::Read { .. } => {
            "Give the path of a file that `cotprint fit` wrote, or leave --atlas out to use the \
             embedded one"
                .into()
        }
        #[cfg(not(feature = "embedded-atlas"))]
        Error::NoEmbeddedAtlas => "Name an atlas file with --atlas".into(),
        Error::NotAnAtlas { .. } => "Give a file that `cotprint fit` wrote".into(),
        Error::Version { .. } => {
            "Use a newer cotprint, or learn the atlas again with `cotprint fit`".into()
        }
        Error::CutOff { .. } | Error::Damaged { .. } => {
            "Copy it again, or learn it again with `cotprint fit`".into()
        }
        Error::Inconsistent { .. } => "Learn it again with `cotprint fit`".into(),
        Error::Extend { why, .. } => on_extending(why),
        Error::TooLittle { .. } => MORE_TRACES.into(),
        Error::Tokenizer { named: true } => {
            "Give the path of a tokenizer.json with --tokenizer, or leave the channel out".into()
        }
        Error::Tokenizer { named: false } => {
            "Add token to --channels, or leave --tokenizer out".into()
        }
        Error::Vectors { named: true } => {
            "Give the folder of a model or a file of vectors with --embed, or leave the channel out"
                .into()
        }
        Error::Vectors { named: false } => {
            "Add vectors to --channels, or leave --embed out".into()
        }
        Error::NoVectors { .. } => {
            "Leave --embed out, or learn an atlas with `cotprint fit --embed`".into()
        }
        Error::OtherVectors { .. } => {
            "Name the source that it was learned with by --embed, or learn the atlas again".into()
        }
        Error::NoFrequencies { method, .. } => format!(
            "Learn the atlas again with `cotprint fit --classic` to use --method {method}, and name the file \
             with --atlas"
        ),
        Error::NeedsTexts { .. } => {
            "Give another --method to score with an atlas; `cotprint evaluate`, which has the labelled \
             texts at hand, takes this one too"
                .into()
        }
        _ => return None,
    })
}

/// What to do where too few models have enough traces.
pub(super) const MORE_TRACES: &str = "Give more traces, or name the models with --label NAME=PATH";

fn on_extending(why: &CannotExtend) -> String {
    match why {
        CannotExtend::OtherText { learned, learned_masked, .. } => {
            let masked = if *learned_masked { "with" } else { "without" };
            format!("Give --text {}, {masked} --mask-names", learned.name())
        }
        CannotExtend::NotExtendable => {
            "Learn it again with `cotprint fit --extendable`, or give the traces of all references to \
             `cotprint fit`"
                .into()
        }
        CannotExtend::Damaged | CannotExtend::Model(_) => {
            "Learn it again with `cotprint fit --extendable`".into()
        }
        CannotExtend::HasVectors => "Learn an atlas without --embed to add to".into(),
        CannotExtend::KnownReference { .. } => {
            "Give the new traces another name with --label NAME=PATH, or leave them out".into()
        }
    }
}
