//! A file of plain text: one trace, or a chat that a program wrote into it.
//!
//! The tags are split if there are any; without tags the whole text is taken for the reasoning.
//! The folder's name is the model.

use super::{Format, FormatKind, Label, Read, transcript};
use crate::ingest::mediation::Evidence;
use crate::ingest::record::Draft;
use crate::ingest::tags::{self, Shape};
use crate::ingest::turns::Turns;
use crate::trace::Trace;

pub(super) const FORMAT: Format = Format {
    name: "plain-text",
    kind: FormatKind::AnyText,
    about: "A .txt or .md file: one trace, labelled with the name of its folder; or a chat, as Aider and Cursor write it.",
    no_reasoning: "There is nothing between the tags.",
    label: Label::Folder,
    read: Read::Text(read),
    only_by_name: false,
};

/// The traces of a text: one, or those of a chat that a program wrote into it.
fn read(text: &str, turns: Turns) -> Vec<Draft> {
    transcript::read(text, turns).unwrap_or_else(|| vec![whole(text)])
}

fn whole(text: &str) -> Draft {
    let split = tags::split(text);
    if split.shape == Shape::Absent {
        let trace = Trace { reasoning: split.answer, ..Trace::default() };
        return Draft { trace, evidence: Evidence::Unmarked, ..Draft::default() };
    }
    let answer = Some(split.answer).filter(|answer| !answer.is_empty());
    Draft {
        trace: Trace { reasoning: split.reasoning, answer, ..Trace::default() },
        evidence: Evidence::OwnOutput,
        cut_off: split.shape == Shape::OpeningOnly,
        ..Draft::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_split_and_untagged_text_is_reasoning() {
        let tagged = whole("<think>\nI add.\n</think>\n4\n");
        assert_eq!(
            (tagged.trace.reasoning.as_str(), tagged.trace.answer.as_deref()),
            ("I add.", Some("4"))
        );
        let bare = whole("Hmm, I add.\n");
        assert_eq!((bare.trace.reasoning.as_str(), bare.trace.answer), ("Hmm, I add.", None));
        assert!(whole("<think>Hmm").cut_off);
    }
}
