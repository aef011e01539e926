//! Advice on errors of `evaluation`.

use super::atlas;
use crate::evaluation::{Error, TooLittle};

/// A sentence to follow the message.
pub(super) fn advice(error: &Error) -> Option<String> {
    Some(match error {
        Error::TooManyFolds { groups, .. } => format!("Give at most --folds {groups}"),
        Error::OneGroup { group, .. } => format!(
            "--group {} needs traces of at least two; give more, or use --group prompt",
            group.name()
        ),
        Error::UnknownModel { .. } => "Give --pair two of them".into(),
        Error::SameModel { .. } => "Give --pair two different models".into(),
        Error::TooLittle(TooLittle::Models { .. }) => atlas::MORE_TRACES.into(),
        Error::Atlas(error) => return atlas::advice(error),
        _ => return None,
    })
}
