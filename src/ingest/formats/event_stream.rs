//! A recorded stream of server-sent events (`data: {…}`).
//!
//! `stream` puts the pieces together; the response is then read by the format that its server has
//! for whole ones, and is counted under that name. This entry lets the list of formats name streams,
//! and a user ask for them.

use super::{Format, FormatKind, Label, Read};

pub(super) const FORMAT: Format = Format {
    name: "event-stream",
    kind: FormatKind::Log,
    about: "A recorded stream of server-sent events (chat completions, Responses, Anthropic, Gemini), or the same pieces as JSON Lines; read as the response that they make.",
    no_reasoning: "No piece of the stream holds reasoning.",
    label: Label::Nothing,
    read: Read::Events,
    only_by_name: false,
};
