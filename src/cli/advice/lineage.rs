//! Advice on errors of `lineage`.

use crate::lineage::{ProfileError, ProfileProblem, tree::TooManyCorpora};

/// A sentence to follow the message on a profile.
pub(super) fn on_profile(error: &ProfileError) -> &'static str {
    match &*error.problem {
        ProfileProblem::OtherAtlas { .. } => {
            "Make the profile again with `cotprint profile`, or name its atlas with --atlas"
        }
        ProfileProblem::OtherChannels { .. }
        | ProfileProblem::OtherWidth { .. }
        | ProfileProblem::Version { .. } => "Make it again with `cotprint profile`",
        ProfileProblem::NoProfile => "`cotprint profile` makes one",
        ProfileProblem::CannotAdd { .. } => "Make them with `cotprint profile` and one --atlas",
        ProfileProblem::Damaged(_) => "Fetch it again, or make it again with `cotprint profile`",
    }
}

/// A sentence to follow the message on the corpora of a tree.
pub(super) fn on_corpora(_: &TooManyCorpora) -> &'static str {
    "Give fewer, or make one corpus of them: write the traces without labels and give --model NAME"
}
