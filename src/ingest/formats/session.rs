//! The log of a session: one entry of a conversation in each record.
//!
//! `session` puts the entries together; this entry lets the list of formats name logs, and a user ask for
//! them.

use super::{Format, FormatKind, Label, Read};

pub(super) const FORMAT: Format = Format {
    name: "session-log",
    kind: FormatKind::Log,
    about: "The log of an agent or of a chat, an entry in each line or element: Claude Code, Codex, Copilot, OpenHands, Cline, AutoGen, Cursor, SillyTavern, plain messages; each run of the model with the question it answers.",
    no_reasoning: "No turn of the model in this run holds reasoning: the program did not keep it, or the model was run without.",
    label: Label::File,
    read: Read::Session,
    only_by_name: false,
};
