//! A chat as a program writes it into a text: Aider's history, Cursor's transcripts, and turns behind the
//! names of who speaks.
//!
//! Comes in: the whole text of a file. Goes out: the runs of the model, or `None` where the text is no
//! chat. Called by `plain_text`.

use crate::ingest::dialogue::runs::{self, Run};
use crate::ingest::dialogue::said::Said;
use crate::ingest::dialogue::turn::{Role, Turn};
use crate::ingest::mediation::Evidence;
use crate::ingest::record::{Draft, Session};
use crate::ingest::tags::{self, Shape};
use crate::ingest::turns::Turns;

/// Why a chat without marks of reasoning is no trace.
const NO_MARKS: &str =
    "The text is a chat, with the turns of its user in it, and marks no reasoning.";

/// The drafts of a chat, or `None` where the text is none.
pub(super) fn read(text: &str, turns: Turns) -> Option<Vec<Draft>> {
    let (model, runs) = if is_aider(text) {
        aider(text)
    } else if begins_with_speaker(text) {
        (None, speakers(text))
    } else {
        return None;
    };
    let mut outer = Draft { session: Session::OfRecord, ..Draft::default() };
    outer.trace.model = model;
    let (with, without): (Vec<_>, Vec<_>) = runs.into_iter().partition(Run::has_reasoning);
    if with.is_empty() {
        let why = Some(NO_MARKS.to_owned());
        return (!without.is_empty()).then(|| vec![Draft { why, ..Draft::default() }]);
    }
    Some(with.into_iter().flat_map(|run| run.drafts(&outer, turns)).collect())
}

fn turn(role: Role, reasoning: String, answer: String) -> Turn {
    let answer = Some(answer.trim().to_owned()).filter(|answer| !answer.is_empty());
    let reasoning = reasoning.trim().to_owned();
    Turn::new(role, Said { reasoning, answer, evidence: Evidence::OwnOutput, ..Said::default() })
}

fn is_aider(text: &str) -> bool {
    text.trim_start().starts_with("# aider chat started at")
}

/// Aider: `#### ` in front of what the user says, `> ` of notices, and headings of the model's parts.
fn aider(text: &str) -> (Option<String>, Vec<Run>) {
    let mut model = None;
    let mut turns = Vec::new();
    let (mut asked, mut thought, mut said) = (String::new(), String::new(), String::new());
    let mut thinks = false;
    for line in text.lines() {
        if let Some(question) = line.strip_prefix("#### ") {
            if !(thought.is_empty() && said.trim().is_empty()) {
                turns.push(turn(Role::User, String::new(), std::mem::take(&mut asked)));
                turns.push(turn(
                    Role::Assistant,
                    std::mem::take(&mut thought),
                    std::mem::take(&mut said),
                ));
                thinks = false;
            }
            push_line(&mut asked, question);
        } else if let Some(notice) = line.strip_prefix("> ") {
            if let Some(named) =
                notice.strip_prefix("Model: ").or(notice.strip_prefix("Main model: "))
            {
                model = named.split_whitespace().next().map(str::to_owned);
            }
        } else if line.contains("► **THINKING**") {
            thinks = true;
        } else if line.contains("► **ANSWER**") {
            thinks = false;
        } else if !(asked.is_empty() || is_rule(line)) {
            push_line(if thinks { &mut thought } else { &mut said }, line);
        }
    }
    turns.push(turn(Role::User, String::new(), asked));
    turns.push(turn(Role::Assistant, thought, said));
    (model, runs::of(turns))
}

fn push_line(text: &mut String, line: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(line);
}

/// Who speaks in a line that is nothing but a name, or that begins with one.
fn speaker(line: &str) -> Option<(Role, &str)> {
    let bare = line.trim_start_matches(['#', '*', ' ']);
    let names = [
        ("user", Role::User),
        ("human", Role::User),
        ("you", Role::User),
        ("assistant", Role::Assistant),
        ("ai", Role::Assistant),
        ("system", Role::Other),
        ("tool", Role::Tool),
    ];
    names.iter().find_map(|(name, role)| {
        let start = bare.get(..name.len())?;
        let rest = &bare[name.len()..];
        if !start.eq_ignore_ascii_case(name) {
            return None;
        }
        let rest = rest.trim_start_matches('*');
        match rest.strip_prefix(':') {
            Some(said) => Some((*role, said.trim_start_matches('*').trim())),
            // A heading has no colon.
            None => (rest.trim().is_empty() && line.starts_with('#')).then_some((*role, "")),
        }
    })
}

/// Whether a text begins with a person's turn and has one of the model's.
fn begins_with_speaker(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty()).and_then(speaker);
    let is_persons = matches!(first, Some((Role::User | Role::Other, _)));
    is_persons && text.lines().any(|line| matches!(speaker(line), Some((Role::Assistant, _))))
}

/// Turns behind the names of who speaks; `[Thinking]` and `[Tool call]` begin parts of one.
fn speakers(text: &str) -> Vec<Run> {
    let mut turns: Vec<(Role, Vec<(bool, String)>)> = Vec::new();
    let mut silent = false;
    for line in text.lines() {
        if let Some((role, rest)) = speaker(line) {
            silent = false;
            turns.push((role, vec![(false, rest.to_owned())]));
            continue;
        }
        let Some((_, parts)) = turns.last_mut() else { continue };
        let start = line.trim_start();
        if let Some(rest) = start.strip_prefix("[Thinking]") {
            silent = false;
            parts.push((true, rest.trim().to_owned()));
        } else if start.starts_with("[Tool call]") || start.starts_with("[Tool result]") {
            silent = true;
        } else if start.is_empty()
            && (silent || parts.last().is_some_and(|(thinks, text)| *thinks && !text.is_empty()))
        {
            // A blank line ends a part.
            silent = false;
            parts.push((false, String::new()));
        } else if !silent && let Some((_, text)) = parts.last_mut() {
            push_line(text, line);
        }
    }
    let whole = turns.into_iter().map(|(role, parts)| {
        let joined = |thinks: bool| -> String {
            let texts =
                parts.iter().filter(|(kind, text)| *kind == thinks && !text.trim().is_empty());
            texts.map(|(_, text)| text.trim()).collect::<Vec<_>>().join("\n\n")
        };
        let (mut reasoning, mut answer) = (joined(true), joined(false));
        if role == Role::Assistant && reasoning.is_empty() {
            let split = tags::split(&answer);
            if split.shape != Shape::Absent {
                (reasoning, answer) = (split.reasoning, split.answer);
            }
        }
        turn(role, reasoning, answer)
    });
    runs::of(whole)
}

/// Whether a line is a horizontal rule.
fn is_rule(line: &str) -> bool {
    line.len() > 5 && line.bytes().all(|byte| byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(Option<String>, String, Option<String>)> {
        let drafts = read(text, Turns::Run).unwrap_or_default().into_iter();
        drafts
            .map(|draft| (draft.trace.prompt, draft.trace.reasoning, draft.trace.answer))
            .collect()
    }

    #[test]
    fn the_history_of_aider_is_split() {
        let text = "\n# aider chat started at 2026-01-01\n\n> Model: a/b with diff edit format\n\n#### 2+2?\n\n--------------\n► **THINKING**\n\nI add.\n\n------------\n► **ANSWER**\n\n4\n\n> Tokens: 7\n\n#### 3+3?\n\n► **THINKING**\n\nAgain.\n\n► **ANSWER**\n\n6\n";
        let one = |asked: &str, thought: &str, said: &str| {
            (Some(asked.into()), thought.into(), Some(said.into()))
        };
        assert_eq!(found(text), [one("2+2?", "I add.", "4"), one("3+3?", "Again.", "6")]);
        assert_eq!(read(text, Turns::Run).unwrap()[0].trace.model.as_deref(), Some("a/b"));
    }

    #[test]
    fn turns_behind_names_are_split_or_refused() {
        let marked =
            "user:\n2+2?\n\nassistant:\n[Thinking] I add.\n\n[Tool call] Sum\n  a: 2\n\n4\n";
        assert_eq!(found(marked), [(Some("2+2?".into()), "I add.".into(), Some("4".into()))]);
        let tagged = "User: 2+2?\nAssistant: <think>I add.</think>4\n";
        assert_eq!(found(tagged)[0].1, "I add.");
        let plain = read("Human: 2+2?\n\nAssistant: 4\n", Turns::Run).unwrap();
        assert!(!plain[0].has_reasoning() && plain[0].why.is_some());
        for text in [
            "Okay, the user: a person.\nAssistant: none",
            "User says: hello",
            "I think.\nUser: x\nAssistant: y",
        ] {
            assert_eq!(read(text, Turns::Run).map(|drafts| drafts.len()), None, "{text}");
        }
    }
}
