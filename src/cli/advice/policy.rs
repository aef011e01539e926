//! Advice on errors of `policy`.

use crate::policy::{Error, Problem};

/// A sentence to follow the message.
pub(super) fn advice(error: &Error) -> Option<String> {
    Some(match &*error.what {
        Problem::NoRules => {
            "`cotprint check --init=FILE` writes a policy with one of each kind".into()
        }
        Problem::NotFound { .. } => {
            "Name a policy with --policy, or write one with `cotprint check --init`".into()
        }
        Problem::NoBaseline { .. } => "Give one with --baseline: a profile or traces".into(),
        Problem::UnknownName { suggestion: None, .. } => {
            "`cotprint atlas show` lists those that it knows".into()
        }
        _ => return None,
    })
}
