//! Text in the harmony form of gpt-oss: channels instead of tags.
//!
//! `<|channel|>analysis<|message|>…<|end|>` is the reasoning, `final` the answer; `commentary` (calls
//! of tools, preambles) is neither. Called by [`split`](super::split) for every text.

use super::{Shape, Split, joined};

const CHANNEL: &str = "<|channel|>";

/// Whether a text has channels. Asked of every text, so that it has to be quick.
pub(in crate::ingest) fn has_channels(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), CHANNEL.as_bytes()).is_some()
}
const MESSAGE: &str = "<|message|>";

/// What ends a message, or begins the next.
const ENDS: &[&str] = &["<|end|>", "<|return|>", "<|call|>", "<|start|>", CHANNEL];

/// What is left of the form where the special tokens were dropped while decoding.
const BARE: (&str, &str) = ("analysis", "assistantfinal");

/// Splits a text in the harmony form; `None` where it has no channels.
pub(super) fn split(text: &str) -> Option<Split> {
    if !has_channels(text) {
        return bare(text);
    }
    // A rendered conversation begins with other turns, which are not the model's last.
    let turn = text.rfind("<|start|>user").map_or(text, |at| &text[at..]);
    let (mut reasoning, mut answer) = (Vec::new(), Vec::new());
    let mut met = false;
    let mut cut_off = false;
    for piece in turn.split(CHANNEL).skip(1) {
        let Some((head, rest)) = piece.split_once(MESSAGE) else { continue };
        let end = ENDS.iter().filter_map(|end| rest.find(end)).min();
        let body = end.map_or(rest, |end| &rest[..end]);
        match head.split_whitespace().next() {
            Some("analysis") => {
                met = true;
                cut_off = end.is_none();
                reasoning.push(body);
            }
            Some("final") => {
                met = true;
                cut_off = false;
                answer.push(body);
            }
            _ => cut_off = false,
        }
    }
    met.then(|| finish(&reasoning, &answer, cut_off))
}

/// `analysis…assistantfinal…`, without special tokens.
fn bare(text: &str) -> Option<Split> {
    let rest = text.trim_start().strip_prefix(BARE.0)?;
    let (reasoning, answer) = rest.split_once(BARE.1)?;
    Some(finish(&[reasoning], &[answer], false))
}

fn finish(reasoning: &[&str], answer: &[&str], cut_off: bool) -> Split {
    let reasoning = joined(reasoning.iter().copied());
    let shape = match (reasoning.is_empty(), cut_off) {
        (true, _) => Shape::Empty,
        (_, true) => Shape::OpeningOnly,
        _ => Shape::Closed,
    };
    Split { shape, reasoning, answer: joined(answer.iter().copied()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, shape: Shape, reasoning: &str, answer: &str) {
        let split = split(text).unwrap();
        assert_eq!(
            (split.shape, split.reasoning.as_str(), split.answer.as_str()),
            (shape, reasoning, answer),
            "{text}"
        );
    }

    #[test]
    fn channels_are_told_apart() {
        let whole = "<|channel|>analysis<|message|>I add.<|end|><|start|>assistant<|channel|>final<|message|>4<|return|>";
        check(whole, Shape::Closed, "I add.", "4");
        let tools = "<|channel|>analysis<|message|>Look it up.<|end|><|start|>assistant<|channel|>commentary to=functions.sum <|constrain|>json<|message|>{\"a\":2}<|call|><|start|>assistant<|channel|>analysis<|message|>It is 4.<|end|><|start|>assistant<|channel|>final<|message|>4";
        check(tools, Shape::Closed, "Look it up.\n\nIt is 4.", "4");
        check("<|channel|>analysis<|message|>I a", Shape::OpeningOnly, "I a", "");
        check("<|channel|>final<|message|>4<|return|>", Shape::Empty, "", "4");
    }

    #[test]
    fn other_turns_are_not_taken() {
        let text = "<|start|>system<|message|>Be brief.<|end|><|start|>user<|message|>1+1?<|end|><|start|>assistant<|channel|>analysis<|message|>Old.<|end|><|start|>user<|message|>2+2?<|end|><|start|>assistant<|channel|>analysis<|message|>New.<|end|>";
        check(text, Shape::Closed, "New.", "");
    }

    #[test]
    fn dropped_special_tokens_leave_their_words() {
        check("analysisI add.assistantfinal4", Shape::Closed, "I add.", "4");
        assert_eq!(split("analysis of the text"), None);
        assert_eq!(split("no <|channel|> at all"), None);
        assert_eq!(split(""), None);
    }
}
