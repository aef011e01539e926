//! What was read, and what was dropped and why.
//!
//! Filled while [`Traces`](super::Traces) is iterated; shown by the verbs in `cli` and written
//! into reports. Everything is in sorted order, so that the same input gives the same bytes.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::trace::{Place, Trace};

/// What one reading came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// The inputs as the user named them.
    pub inputs: Vec<String>,
    /// How many files were opened, standard input included.
    pub files: usize,
    /// How many records were met, the dropped ones included. A file of plain text is one record.
    pub records: usize,
    /// How many traces came out. One record may hold several (`choices`, arrays of outputs).
    pub traces: usize,
    /// What was left out, by reason. A record with several generations counts once for each
    /// generation that was left out.
    pub dropped: BTreeMap<Reason, Dropped>,
    /// Traces by format (the names in [`formats`](super::formats())).
    pub formats: BTreeMap<&'static str, usize>,
    /// Traces by `meta.mediation`; `unknown` where the record says nothing.
    pub mediation: BTreeMap<String, usize>,
    /// Traces by domain; `(none)` where there is none.
    pub domains: BTreeMap<String, usize>,
    /// Traces by label; `(none)` where there is none.
    pub models: BTreeMap<String, usize>,
    /// What was mended or passed over without losing a trace.
    pub notes: BTreeMap<Note, usize>,
}

/// What stands in [`Summary::models`] and [`Summary::domains`] for traces that name none.
pub const UNNAMED: &str = "(none)";

/// What stands in [`Summary::models`] and [`Summary::domains`] for the names that are not listed: those
/// beyond the first [`MOST_NAMES`], and those of more than [`LONGEST_NAME`] bytes.
pub const OTHERS: &str = "(others)";

/// The most names of models, and of domains, that a summary lists.
pub const MOST_NAMES: usize = 10_000;

/// The most bytes of a name that a summary lists.
pub const LONGEST_NAME: usize = 400;

impl Summary {
    /// How many records or generations were left out, whatever the reason.
    pub fn dropped_total(&self) -> usize {
        self.dropped.values().map(|dropped| dropped.count).sum()
    }

    pub(super) fn drop_one(
        &mut self,
        reason: Reason,
        place: impl FnOnce() -> Place,
        detail: impl FnOnce() -> String,
    ) {
        self.drop_several(1, reason, place, detail);
    }

    pub(super) fn drop_several(
        &mut self,
        count: usize,
        reason: Reason,
        place: impl FnOnce() -> Place,
        detail: impl FnOnce() -> String,
    ) {
        self.dropped
            .entry(reason)
            .and_modify(|dropped| dropped.count += count)
            .or_insert_with(|| Dropped { count, first: place(), detail: detail() });
    }

    pub(super) fn note(&mut self, note: Note, count: usize) {
        if count > 0 {
            *self.notes.entry(note).or_default() += count;
        }
    }

    pub(super) fn keep(&mut self, trace: &Trace, format: &'static str) {
        self.traces += 1;
        *self.formats.entry(format).or_default() += 1;
        let mut listed = count(&mut self.mediation, trace.mediation().name());
        listed &= count(&mut self.domains, trace.domain.as_deref().unwrap_or(UNNAMED));
        listed &= count(&mut self.models, trace.model.as_deref().unwrap_or(UNNAMED));
        self.note(Note::UnlistedName, usize::from(!listed));
    }
}

/// Counts a name, and allocates only for one that was not met before. False where it is counted with
/// others, since the list or the name is too long.
pub(super) fn count(names: &mut BTreeMap<String, usize>, name: &str) -> bool {
    if let Some(n) = names.get_mut(name) {
        *n += 1;
        return true;
    }
    let listed = is_listed(names, name);
    let name = if listed { name } else { OTHERS };
    *names.entry(name.to_owned()).or_default() += 1;
    listed
}

/// Whether a list has a name, or room for it.
pub(super) fn is_listed<T>(names: &BTreeMap<String, T>, name: &str) -> bool {
    name == UNNAMED
        || names.contains_key(name)
        || (names.len() < MOST_NAMES && name.len() <= LONGEST_NAME)
}

/// How often something was dropped for one reason, and the first case of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dropped {
    /// How many records or generations.
    pub count: usize,
    /// Where the first of them stands.
    pub first: Place,
    /// What was found there.
    pub detail: String,
}

/// Declares an enum whose variants have a stable snake_case name and a description.
macro_rules! named {
    ($(#[$doc:meta])* $kind:ident { $($variant:ident = $name:literal, $about:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $kind {
            $(#[doc = $about] $variant,)+
        }

        impl $kind {
            /// Every value, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name that files and `--json` use. It does not change between versions.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What it means, in plain English.
            pub fn description(self) -> &'static str {
                match self { $(Self::$variant => $about,)+ }
            }
        }

        impl Serialize for $kind {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

named! {
    /// Why a record did not become a trace.
    Reason {
        NoReasoning = "no_reasoning", "The record holds no reasoning.";
        NoAnswer = "no_answer", "The record holds no answer, and answers were asked for.";
        EncryptedReasoning = "encrypted_reasoning", "The reasoning is there only in encrypted form.";
        DoubtfulReasoning = "doubtful_reasoning", "The reasoning field holds a text and the answer is empty, in a file whose other rows show that thinking was off: the text is the answer.";
        EmptyResponse = "empty_response", "The provider's response holds no message at all.";
        BrokenJson = "broken_json", "The line or record is not valid JSON.";
        UnknownShape = "unknown_shape", "The record is valid JSON and in no known format.";
        NoReasoningColumn = "no_reasoning_column", "The row of a table or of a Parquet file has no column that is known to hold reasoning.";
        TooLong = "too_long", "The record is longer than the limit.";
        BrokenRow = "broken_row", "A row of a table or of a Parquet file cannot be read.";
        TooDeep = "too_deep", "The record is nested more deeply than the limit.";
        EmptyFile = "empty_file", "The file holds nothing but white space.";
        NotText = "not_text", "A file in a folder is neither JSON nor text and was passed over.";
        UnsupportedFile = "unsupported_file", "A file in a folder is of a kind that is not read and was passed over.";
        DamagedMember = "damaged_member", "A member of an archive is damaged and was read as far as it goes.";
        OverLimit = "over_limit", "A file or member was not read to its end, since it unpacks to more than a limit allows.";
        DeadLink = "dead_link", "A link in a folder leads to no file and was passed over.";
        OtherFile = "other_file", "A file in a folder is text but not a trace (a README, a licence, code) and was passed over.";
    }
}

impl Reason {
    /// Whether one record is bad, and not a file of a folder passed over.
    pub(super) fn is_about_a_record(self) -> bool {
        !matches!(self, Self::NotText | Self::UnsupportedFile | Self::OtherFile | Self::DeadLink)
    }
}

named! {
    /// What was mended or passed over without losing a trace.
    Note {
        InvalidUtf8 = "invalid_utf8", "Records with bytes that are not UTF-8; each was replaced by U+FFFD.";
        RepairedJson = "repaired_json", "Records that were mended to be valid JSON: half of a surrogate pair, NaN, a raw line break in a string, a number that is too large.";
        RepeatedKey = "repeated_key", "Records in which an object has the same key twice; the last value was read.";
        Utf16 = "utf16", "Files in UTF-16, which were read as if they were UTF-8.";
        EncryptedPart = "encrypted_part", "Encrypted parts of a reasoning, which were left out.";
        EarlierTurn = "earlier_turn", "Earlier turns of the model in a conversation, which may be examples that it was shown; only what was asked for was read: its last turn or its last run.";
        LaterQuestion = "later_question", "Traces of a session or conversation that answer a later question than its first: a session counts as one prompt.";
        LogEntry = "log_entry", "Entries of a session's log that hold no turn of the conversation.";
        Doubtful = "doubtful", "Traces with no answer behind the reasoning, though the model stopped by itself and called no tool: the answer may have landed in the reasoning field.";
        ToolMarkup = "tool_markup", "Traces with calls of tools in the reasoning, which were cut out.";
        UnfinishedStream = "unfinished_stream", "Streamed responses that came to no end: their connection broke, or too many were open at once.";
        LabelFromName = "label_from_name", "Traces that name no model and were labelled with the name of their file or folder.";
        LineEnds = "line_ends", "Traces with other line ends than \\n, or with NULs, which were mended.";
        ComposedUnicode = "composed_unicode", "Traces whose Unicode was brought into its composed form (NFC).";
        MaskedNames = "masked_names", "Traces in which names of models and vendors were masked.";
        TrailingBytes = "trailing_bytes", "Bytes behind the end of packed data, which belong to no file and were not read.";
        UnlistedName = "unlisted_name", "Traces whose model or domain is counted with others: the lists of this summary hold 10,000 names of up to 400 bytes.";
        OwnReport = "own_report", "Folders with a report of this program, which were not read.";
        FileAgain = "file_again", "Files that were given twice, or that a folder has under several names; each was read once.";
        HiddenFile = "hidden_file", "Hidden files and folders in a folder, which were not read.";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_of_names_are_bounded_and_say_so() {
        let mut summary = Summary::default();
        for number in 0..=MOST_NAMES {
            let model = Some(format!("vendor/{number}"));
            summary.keep(&Trace { model, ..Trace::default() }, "canonical");
        }
        let long = Some("x".repeat(LONGEST_NAME + 1));
        summary.keep(&Trace { domain: long, ..Trace::default() }, "canonical");
        assert_eq!(summary.models.len(), MOST_NAMES + 2);
        assert_eq!(summary.domains[OTHERS], 1);
        assert_eq!(summary.notes[&Note::UnlistedName], 2);
        assert_eq!(summary.models.values().sum::<usize>(), summary.traces);
    }
}
