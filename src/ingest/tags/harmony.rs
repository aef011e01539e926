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

const START: &str = "<|start|>";

/// What ends a message, or begins the next.
const ENDS: &[&str] = &["<|end|>", "<|return|>", "<|call|>", START, CHANNEL];

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
    let mut pieces = turn.split(CHANNEL);
    let mut author = author(pieces.next().unwrap_or_default());
    for piece in pieces {
        let own = is_models(author);
        author = self::author(piece);
        let Some((head, rest)) = piece.split_once(MESSAGE) else { continue };
        let end = ENDS.iter().filter_map(|end| rest.find(end)).min();
        let body = end.map_or(rest, |end| &rest[..end]);
        // A call of a tool has a recipient, whatever its channel.
        let channel = head.split_whitespace().next().filter(|_| own && !head.contains("to="));
        match channel {
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

/// Who writes the message whose channel follows: what stands behind the last `<|start|>`.
fn author(before: &str) -> &str {
    before.rfind(START).map_or("", |at| before[at + START.len()..].trim())
}

/// Whether a message is the model's and for its reader. A tool names itself; a call names the tool.
fn is_models(author: &str) -> bool {
    author.is_empty() || (author.starts_with("assistant") && !author.contains("to="))
}

/// What is left of the form where the special tokens were dropped while decoding:
/// `analysis…assistantfinal…`, cut off or followed by a call.
fn bare(text: &str) -> Option<Split> {
    let rest = text.trim_start().strip_prefix("analysis")?;
    let (mut reasoning, mut answer) = (Vec::new(), Vec::new());
    let mut pieces = rest.split("assistant");
    reasoning.push(pieces.next()?.to_owned());
    let (mut met, mut channel) = (false, "analysis");
    for piece in pieces {
        let next = ["final", "commentary", "analysis"].into_iter().find(|name| {
            piece.strip_prefix(name).is_some_and(|rest| !rest.starts_with(char::is_lowercase))
        });
        let (list, text) = match next {
            Some(name) => {
                (met, channel) = (true, name);
                let text = piece[name.len()..].to_owned();
                (if name == "final" { &mut answer } else { &mut reasoning }, text)
            }
            None if channel == "commentary" => continue,
            // The word itself, in a sentence.
            None => {
                let list = if channel == "final" { &mut answer } else { &mut reasoning };
                let text = format!("{}assistant{piece}", list.pop().unwrap_or_default());
                (list, text)
            }
        };
        if channel != "commentary" {
            list.push(text);
        }
    }
    // Without a mark behind it, only a word that no prose begins with.
    let begins = rest.chars().next().is_some_and(|first| first.is_uppercase());
    if !met && !begins {
        return None;
    }
    let borrowed =
        |list: &[String]| list.iter().map(String::as_str).collect::<Vec<_>>().join("\n\n");
    Some(finish(&[&borrowed(&reasoning)], &[&borrowed(&answer)], !met))
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
        let python = "<|channel|>analysis<|message|>I run it.<|end|><|start|>assistant<|channel|>analysis to=python code<|message|>print(4)<|call|><|start|>python to=assistant<|channel|>analysis<|message|>4<|end|><|start|>assistant<|channel|>analysis<|message|>It agrees.<|end|><|start|>assistant<|channel|>final<|message|>4<|return|>";
        check(python, Shape::Closed, "I run it.\n\nIt agrees.", "4");
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
        check("analysisI add", Shape::OpeningOnly, "I add", "");
        let call = "analysisThe assistant adds.assistantcommentary to=functions.sum json{\"a\": 2}";
        check(call, Shape::Closed, "The assistant adds.", "");
        assert_eq!(split("analysis of the text"), None);
        assert_eq!(split("analysisof the text"), None);
        assert_eq!(split("no <|channel|> at all"), None);
        assert_eq!(split(""), None);
    }
}
