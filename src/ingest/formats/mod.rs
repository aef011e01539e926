//! The formats, one file each.
//!
//! To add one: write a file with a `FORMAT`, and add its line to [`FORMATS`]. A format looks at one
//! object and says what it makes of it; envelopes, ids, prompts, labels and cleaning are the
//! business of `record` and `file`.

mod anthropic;
mod batch;
mod bedrock;
mod canonical;
mod chat_completion;
mod chat_set;
mod conversation;
mod event_stream;
mod gemini;
mod harmony;
mod inspect;
mod langfuse;
mod langsmith;
mod limo;
mod lm_eval;
mod mapped;
mod message;
mod mistral;
mod ollama;
mod open_r1;
mod open_thoughts;
mod openai_responses;
mod openrouter;
mod opentelemetry;
mod own_fields;
mod plain_text;
mod reasoning_content;
mod research_row;
mod s1k;
mod session;
mod transcript;
mod vllm;

use super::error::Error;
use super::record::{Draft, Node};
use super::turns::Turns;
use serde::Serialize;

pub(super) use canonical::Canonical;
pub(super) use mapped::{FORMAT as MAPPED, read as mapped};

/// One format.
#[derive(Debug)]
pub struct Format {
    /// Its stable name.
    pub name: &'static str,
    /// Who writes it.
    pub kind: FormatKind,
    /// What it is, in one sentence.
    pub about: &'static str,
    /// Why a record of this format usually has no reasoning, in one sentence.
    pub no_reasoning: &'static str,
    /// What a trace is labelled with when it names no model and the user gave no label.
    pub(super) label: Label,
    pub(super) read: Read,
    /// It is tried only where it is asked for by its name, since its shape says too little.
    pub only_by_name: bool,
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Format {}

/// Who writes a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FormatKind {
    /// This program.
    Canonical,
    /// Evaluation harnesses, tracing, agents and chat programs.
    Log,
    /// APIs and servers.
    Answer,
    /// The makers of published data sets.
    DataSet,
    /// Anybody: it is known by a field's name or by tags.
    AnyText,
}

/// What a trace without a model is labelled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    /// Nothing: it stays a trace of an unknown model.
    Nothing,
    /// The name of its file, without its extensions.
    File,
    /// The name of the folder that its file is in.
    Folder,
}

/// How a format is read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Read {
    /// From a JSON object: its drafts, or `None` where it has not the format's shape. An empty
    /// list means: the shape, without any message in it.
    Record(fn(&Node<'_>) -> Option<Vec<Draft>>),
    /// From the whole text of a file.
    Text(fn(&str, Turns) -> Vec<Draft>),
    /// From the pieces of streams, put together and then read by the format of the response.
    Events,
    /// From the entries of a session's log, put together.
    Session,
}

/// All formats, in the order in which they are tried.
pub(super) static FORMATS: &[Format] = &[
    canonical::FORMAT,
    // Logs and exports, which wrap the answers of any provider.
    inspect::FORMAT,
    lm_eval::FORMAT,
    opentelemetry::FORMAT,
    langsmith::FORMAT,
    langfuse::FORMAT,
    batch::FORMAT,
    // What providers and servers answer, those with a mark of their own first.
    openai_responses::FORMAT,
    anthropic::FORMAT,
    gemini::FORMAT,
    bedrock::FORMAT,
    harmony::FORMAT,
    ollama::FORMAT,
    mistral::FORMAT,
    openrouter::FORMAT,
    reasoning_content::FORMAT,
    vllm::FORMAT,
    chat_completion::FORMAT,
    // Data sets.
    s1k::FORMAT,
    open_r1::FORMAT,
    open_thoughts::FORMAT,
    chat_set::FORMAT,
    limo::FORMAT,
    // Names alone.
    research_row::FORMAT,
    session::FORMAT,
    event_stream::FORMAT,
    plain_text::FORMAT,
];

/// What is read: every format with its name and description.
pub fn formats() -> &'static [Format] {
    FORMATS
}

/// The format of this name.
///
/// # Errors
///
/// A name that no format has; the error lists the names.
pub fn format_named(name: &str) -> Result<&'static Format, Error> {
    FORMATS.iter().find(|format| format.name == name).ok_or_else(|| {
        let names: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
        Error::UnknownFormat { name: name.to_owned(), known: names.join(", ") }
    })
}

// Statics of their own: where a format stands in the table may change.
static PLAIN_TEXT: Format = plain_text::FORMAT;
static SESSION: Format = session::FORMAT;
static CANONICAL: Format = canonical::FORMAT;

/// The format of plain text.
pub(super) fn plain_text() -> &'static Format {
    &PLAIN_TEXT
}

/// The format of the logs of sessions.
pub(super) fn session() -> &'static Format {
    &SESSION
}

/// The canonical format.
pub(super) fn canonical() -> &'static Format {
    &CANONICAL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        for format in [plain_text(), session(), canonical()] {
            assert!(FORMATS.contains(format), "{}", format.name);
        }
        assert_eq!(FORMATS[0], *canonical(), "a canonical record is tried first");
        let mut names: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FORMATS.len(), "names are unique");
        assert!(FORMATS.iter().all(|format| format.about.ends_with('.')));
    }
}
