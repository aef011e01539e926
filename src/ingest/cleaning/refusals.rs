//! Whether a trace ends in a refusal.
//!
//! Called by [`examine`](super::examine). A refusal is told by the record (`meta.finish_reason`
//! names a content filter, `meta.refusal` is set) or by the beginning of the answer; where there is
//! no answer, by the whole of a very short reasoning. Thinking about whether to refuse is none.

use serde_json::Value;

use crate::trace::Trace;

/// A refusal stands within so many characters of the answer's beginning.
const BEGINNING: usize = 200;
/// A reasoning of at most so many characters can be a refusal by itself.
const SHORT: usize = 400;

/// What a refusal is put in, in small letters, apostrophes straight.
const PHRASES: &[&str] = &[
    "i can't help with",
    "i cannot help with",
    "i can't assist",
    "i cannot assist",
    "i'm unable to help",
    "i am unable to help",
    "i'm unable to assist",
    "i am unable to assist",
    "i can't provide",
    "i cannot provide",
    "i can't comply",
    "i cannot comply",
    "i can't fulfill",
    "i cannot fulfill",
    "i can't do that",
    "i won't be able to",
    "i won't help",
    "i won't provide",
    "i must decline",
    "i have to decline",
    "i'm sorry, but i can",
    "i am sorry, but i can",
    "sorry, i can't",
    "sorry, but i can't",
    "i can't discuss",
    "i cannot discuss",
    "我无法提供",
    "我不能提供",
    "我无法回答",
    "我无法协助",
    "抱歉，我无法",
    "抱歉，我不能",
];

/// Finish reasons that tell of a refusal.
const FINISH_REASONS: &[&str] =
    &["content_filter", "refusal", "safety", "prohibited_content", "blocklist"];

/// Whether the model, or a filter for it, refused.
pub(super) fn is_refusal(trace: &Trace) -> bool {
    match trace.meta.get("refusal") {
        Some(Value::Bool(declared)) => return *declared,
        Some(Value::String(text)) if !text.trim().is_empty() => return true,
        _ => {}
    }
    let finish = trace.meta.get("finish_reason").and_then(Value::as_str).unwrap_or_default();
    if FINISH_REASONS.iter().any(|reason| finish.eq_ignore_ascii_case(reason)) {
        return true;
    }
    match trace.answer.as_deref().map(str::trim).filter(|answer| !answer.is_empty()) {
        Some(answer) => holds_phrase(answer),
        None => {
            let text = trace.reasoning.trim();
            text.len() <= SHORT && holds_phrase(text)
        }
    }
}

fn holds_phrase(text: &str) -> bool {
    let beginning: String = text.chars().take(BEGINNING).collect();
    let beginning = beginning.to_lowercase().replace('’', "'");
    PHRASES.iter().any(|phrase| beginning.contains(phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(reasoning: &str, answer: Option<&str>) -> Trace {
        Trace { reasoning: reasoning.into(), answer: answer.map(str::to_owned), ..Trace::default() }
    }

    #[test]
    fn the_beginning_of_the_answer_tells() {
        assert!(is_refusal(&trace("Hm.", Some("I’m sorry, but I can’t help with that."))));
        assert!(is_refusal(&trace("嗯。", Some("抱歉，我无法回答这个问题。"))));
        assert!(!is_refusal(&trace("I must decline? No.", Some("The sum is 4."))));
        let late = format!("{} I cannot provide more.", "It is a long tale. ".repeat(20));
        assert!(!is_refusal(&trace("Hm.", Some(&late))));
    }

    #[test]
    fn a_short_reasoning_without_an_answer_can_be_one() {
        assert!(is_refusal(&trace("Sorry, I can't do this.", None)));
        assert!(!is_refusal(&trace("I add two and two.", None)));
        assert!(!is_refusal(&trace(&"I can't help with that. ".repeat(40), None)));
    }

    #[test]
    fn what_the_record_says_comes_first() {
        let mut filtered = trace("Hm, let me see.", Some("It is"));
        filtered.meta.insert("finish_reason".into(), "SAFETY".into());
        assert!(is_refusal(&filtered));
        let mut declared = trace("Hm.", Some("I cannot provide that."));
        declared.meta.insert("refusal".into(), false.into());
        assert!(!is_refusal(&declared));
    }
}
