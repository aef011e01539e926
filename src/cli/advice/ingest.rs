//! Advice on errors of `ingest`, and on records that were dropped.

use crate::ingest::{Error, Reason, UnpackLimit};

/// A sentence to follow the message.
pub(super) fn advice(error: &Error) -> Option<String> {
    Some(match error {
        Error::BadRecord { reason, .. } => {
            let strict = "--strict stops at such a record; without it, it is dropped and counted";
            match about_dropped(*reason) {
                Some(more) => format!("{more}. {strict}"),
                None => strict.into(),
            }
        }
        Error::UnknownShape { .. } => about_dropped(Reason::UnknownShape)?.into(),
        Error::UnknownFormat { .. } => {
            "Give --format one of them, or leave it out to let the format be recognized".into()
        }
        Error::BadMap { .. } => {
            "Write --map FIELD=/JSON/POINTER, for example `--map reasoning=/run/0/text`".into()
        }
        Error::OverLimit { limit, .. } => {
            let option = match limit {
                UnpackLimit::Bytes => "--max-unpacked-bytes",
                UnpackLimit::Ratio => "--max-unpacked-ratio",
                UnpackLimit::Members => "--max-members",
            };
            format!("If that is right, raise the limit with {option}")
        }
        _ => return None,
    })
}

/// What to do about records that were dropped for a reason.
pub(in crate::cli) fn about_dropped(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::NoReasoning => {
            "If another field holds the reasoning, name it with --map reasoning=/FIELD; --text answer reads \
             answers instead"
        }
        Reason::NoReasoningColumn => {
            "If one of the columns holds the reasoning, name it with --map reasoning=/COLUMN"
        }
        Reason::UnknownShape => {
            "If a field holds the reasoning, name it with --map reasoning=/FIELD"
        }
        Reason::TooLong => "--max-record-bytes raises the limit",
        Reason::TooDeep => "--max-depth sets the limit, which is 128 at most",
        Reason::OverLimit => {
            "If that is right, raise the limit with --max-unpacked-bytes, --max-unpacked-ratio or \
             --max-members"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_raised_by_its_own_option() {
        let over = |limit| {
            let (file, place, found) = (String::new(), String::new(), String::new());
            advice(&Error::OverLimit { file, place, found, limit }).unwrap()
        };
        assert!(over(UnpackLimit::Bytes).ends_with("--max-unpacked-bytes"));
        assert!(over(UnpackLimit::Ratio).ends_with("--max-unpacked-ratio"));
        assert!(over(UnpackLimit::Members).ends_with("--max-members"));
    }
}
