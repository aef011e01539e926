//! What the name of a field says: reasoning, somebody else's text, what was asked.
//!
//! Names are compared by their words, without regard to case and to what stands between the words:
//! `Complex_CoT`, `reasoningContent` and `deepseek_reasoning_1` all name reasoning. Asked by the formats.

/// How surely a name names the model's reasoning; the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::ingest) enum Naming {
    /// A name for reasoning and nothing else; the number is its place in the list.
    Plain(usize),
    /// Such a name with the name of a model or a number around it.
    Compound,
    /// A name that people's own solutions have as well.
    Weak,
}

/// The names for reasoning, folded, in the order in which they are preferred.
const REASONING: &[&str] = &[
    "reasoning",
    "reasoningtrace",
    "reasoningtext",
    "reasoningcontent",
    "thinking",
    "thinkingprocess",
    "thinkingtrace",
    "thinkingcontent",
    "thinkingtext",
    "thinkingblocks",
    "thoughts",
    "thoughtprocess",
    "chainofthought",
    "cot",
    "fullcot",
    "complexcot",
    "scratchpad",
    "reasonings",
    "reasoningtraces",
];

/// The last words of a longer name for reasoning.
const ENDINGS: &[&[&str]] = &[
    &["reasoning"],
    &["reasonings"],
    &["thinking"],
    &["thoughts"],
    &["cot"],
    &["co", "t"],
    &["reasoning", "content"],
    &["reasoning", "trace"],
    &["reasoning", "text"],
    &["thinking", "content"],
    &["thinking", "trace"],
    &["chain", "of", "thought"],
];

/// Names that people's own solutions have as well.
const WEAK: &[&str] = &["rationale"];

/// Words of a name whose text is a person's, or a setting.
const NOT_REASONING: &[&str] = &[
    "no",
    "num",
    "n",
    "enable",
    "enabled",
    "use",
    "show",
    "has",
    "is",
    "max",
    "min",
    "supports",
    "human",
    "gold",
    "golden",
    "expert",
    "reference",
    "ground",
    "truth",
    "target",
    "expected",
    "ideal",
    "correct",
    "few",
    "shot",
    "fewshot",
    "prompt",
    "user",
    "system",
    "length",
    "len",
    "tokens",
    "count",
];

/// The beginnings of words that name what somebody else says about the answer.
const ANOTHERS: &[&str] = &[
    "judg", "grader", "grading", "graded", "grades", "grade", "rater", "autorat", "rating", "eval",
    "critique", "critic", "verif", "feedback", "scor", "annotat", "rubric", "metric", "llmjudge",
];

/// Fields whose content is not the model's: what it was shown, and what others said about it.
const NOT_THE_MODELS: &[&str] = &[
    "messages",
    "fewshot",
    "fewshotexamples",
    "examples",
    "demonstrations",
    "history",
    "chathistory",
    "request",
    "labels",
    "label",
    "config",
    "configs",
    "settings",
    "params",
    "usage",
    "references",
    "target",
    "targets",
    "gold",
    "reference",
    "expected",
    "assertion",
    "assertions",
];

/// Words of the names of what was asked.
const ASKED: &[&str] = &[
    "prompt",
    "prompts",
    "question",
    "questions",
    "input",
    "inputs",
    "query",
    "instruction",
    "instructions",
    "problem",
    "problems",
    "context",
    "system",
    "user",
    "few",
    "demo",
    "template",
    "target",
    "gold",
    "golden",
    "reference",
    "references",
    "expected",
    "ideal",
    "ground",
    "truth",
    "human",
];

/// The words of a name, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut was_lower = false;
    let mut begins = true;
    for letter in name.chars().take(64) {
        if !letter.is_alphanumeric() {
            begins = true;
            continue;
        }
        if begins || (was_lower && letter.is_uppercase()) {
            words.push(String::new());
        }
        (begins, was_lower) = (false, letter.is_lowercase() || letter.is_ascii_digit());
        if let Some(word) = words.last_mut() {
            word.extend(letter.to_lowercase());
        }
    }
    words
}

/// A name in lower case, without what stands between its words.
pub(in crate::ingest) fn folded(name: &str) -> String {
    let letters = name.chars().take(64).filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// How surely a field of this name holds the model's reasoning; `None` where it does not.
pub(in crate::ingest) fn reasoning(name: &str) -> Option<Naming> {
    // Most names are short and have nothing of it; they are asked often.
    let marks = [
        "eason",
        "hink",
        "hought",
        "cratchpad",
        "ationale",
        "ot",
        "OT",
        "oT",
        "EASON",
        "HINK",
        "HOUGHT",
    ];
    if !marks.iter().any(|mark| name.contains(mark)) {
        return None;
    }
    let folded = folded(name);
    if let Some(at) = REASONING.iter().position(|known| *known == folded) {
        return Some(Naming::Plain(at));
    }
    if WEAK.contains(&folded.as_str()) {
        return Some(Naming::Weak);
    }
    let mut words = words(name);
    while words.len() > 1
        && words.last().is_some_and(|word| word.bytes().all(|b| b.is_ascii_digit()))
    {
        words.pop();
    }
    let ends = ENDINGS.iter().any(|ending| words.ends_with_words(ending));
    let other = words.iter().any(|word| NOT_REASONING.contains(&word.as_str()));
    (ends && !other && !is_anothers(name)).then_some(Naming::Compound)
}

/// What stands before the words for reasoning in a longer name: `owl` in `owl_reasoning`. `None` where the
/// name begins with them.
pub(in crate::ingest) fn before_ending(name: &str) -> Option<String> {
    let mut words = words(name);
    while words.last().is_some_and(|word| word.bytes().all(|b| b.is_ascii_digit())) {
        words.pop();
    }
    let longest =
        ENDINGS.iter().filter(|ending| words.ends_with_words(ending)).map(|e| e.len()).max()?;
    let before = &words[..words.len() - longest];
    (!before.is_empty()).then(|| before.join("-"))
}

trait EndsWithWords {
    fn ends_with_words(&self, ending: &[&str]) -> bool;
}

impl EndsWithWords for Vec<String> {
    fn ends_with_words(&self, ending: &[&str]) -> bool {
        let from = self.len().checked_sub(ending.len());
        from.is_some_and(|from| self[from..].iter().zip(ending).all(|(word, end)| word == end))
    }
}

/// Whether what stands under this name is somebody else's: a judge's, a grader's, an example's.
pub(in crate::ingest) fn is_anothers(name: &str) -> bool {
    let words = words(name);
    let begins = |word: &String| ANOTHERS.iter().any(|start| word.starts_with(start));
    NOT_THE_MODELS.contains(&words.concat().as_str()) || words.iter().any(begins)
}

/// Whether what stands under this name was asked, or is a person's.
pub(in crate::ingest) fn is_asked(name: &str) -> bool {
    words(name).iter().any(|word| ASKED.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_reasoning_are_known_by_their_words() {
        for name in [
            "reasoning",
            "Reasoning Trace",
            "reasoning-content",
            "Chain of Thought",
            "COT",
            "Complex_CoT",
        ] {
            assert!(matches!(reasoning(name), Some(Naming::Plain(_))), "{name}");
        }
        for name in [
            "deepseek_reasoning",
            "r1_thinking_1",
            "Model CoT",
            "gemini_thoughts",
            "qwen_reasoning_content",
        ] {
            assert_eq!(reasoning(name), Some(Naming::Compound), "{name}");
        }
        assert_eq!(reasoning("rationale"), Some(Naming::Weak));
        for name in [
            "enable_thinking",
            "reasoning_tokens",
            "human_reasoning",
            "few_shot_cot",
            "judge_reasoning",
            "reasoning_effort",
            "robot",
            "cot_content",
            "thinking_budget",
            "answer",
            "noise",
        ] {
            assert_eq!(reasoning(name), None, "{name}");
        }
    }

    #[test]
    fn what_stands_before_the_word_is_whose_reasoning_it_is() {
        for (name, before) in [
            ("owl_reasoning", Some("owl")),
            ("owl-2_thinking_trace_1", Some("owl-2")),
            ("reasoning_2", None),
            ("chain_of_thought", None),
            ("answer", None),
        ] {
            assert_eq!(before_ending(name).as_deref(), before, "{name}");
        }
    }

    #[test]
    fn judges_and_graders_are_known_by_their_words() {
        for name in [
            "judge_response",
            "llm_judge",
            "LLMJudge",
            "autorater",
            "gradingResult",
            "evaluation",
            "critique",
            "verification",
            "human_feedback",
            "score",
            "scorer",
            "raters",
        ] {
            assert!(is_anothers(name), "{name}");
        }
        for name in
            ["retrieval", "gradient", "generator", "operator", "upgrade", "response", "model"]
        {
            assert!(!is_anothers(name), "{name}");
        }
    }
}
