//! Cleaning: what is mended in every trace, and what is only marked.
//!
//! Mended while reading, for every verb (`finish`): line ends, NULs, Unicode NFC, and names where
//! they are to be masked. Marked only for the verbs that ask, by [`examine`], a pure function of one
//! trace that any thread may call: the language, a refusal, names of models and vendors, quotes of
//! the prompt, and the signature by which [`DuplicateFinder`] finds repeated traces. Nothing here drops a
//! trace.

mod duplicates;
mod names;
mod quotes;
mod refusals;

pub use duplicates::{DuplicateFinder, MOST_REMEMBERED, NEAR};
pub use names::{PLACEHOLDER, mask};
pub use quotes::{QUOTED_WORDS, prompt_quotes};

use std::borrow::Cow;

use serde_json::Value;

use crate::{
    text::{Signature, count_words},
    trace::{CleaningStep, Marks, TextKind, Trace},
};

/// How traces are cleaned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cleaning {
    /// The steps that are left out.
    pub skip: Vec<CleaningStep>,
    /// Whether names of models and vendors are replaced by [`PLACEHOLDER`].
    pub mask_names: bool,
}

impl Cleaning {
    /// Whether a step is done.
    pub fn does(&self, step: CleaningStep) -> bool {
        !self.skip.contains(&step)
    }
}

/// Looks at a trace. The same trace gives the same marks.
pub fn examine(trace: &Trace, text: TextKind, cleaning: &Cleaning) -> Marks {
    let read = trace.text(text).unwrap_or_default();
    let mut marks = Marks { words: count_words(&read), ..Marks::default() };
    if cleaning.does(CleaningStep::Language) {
        marks.language = trace.language(&read);
    }
    if cleaning.does(CleaningStep::Refusals) {
        marks.refusal = refusals::is_refusal(trace);
    }
    if cleaning.does(CleaningStep::Names) {
        let mut found = names::names(&read);
        // Where names were masked while reading, only the list is left.
        let masked =
            trace.meta.get("names").and_then(Value::as_array).filter(|_| cleaning.mask_names);
        let mut named: Vec<String> = found.iter().map(|name| (*name).to_owned()).collect();
        named.extend(masked.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
        named.sort_unstable();
        named.dedup();
        marks.names = named;
        if !marks.names.is_empty() {
            found = names::names(trace.prompt.as_deref().unwrap_or_default());
            let beyond = marks.names.iter().filter(|name| !found.contains(name.as_str()));
            marks.names_beyond_prompt = beyond.cloned().collect();
        }
    }
    if cleaning.does(CleaningStep::PromptQuotes)
        && let Some(prompt) = trace.prompt.as_deref()
    {
        let prompt = if cleaning.mask_names { mask(prompt) } else { Cow::Borrowed(prompt) };
        marks.prompt_quotes = prompt_quotes(&trace.reasoning, &prompt);
    }
    if cleaning.does(CleaningStep::Duplicates) {
        marks.signature = Some(Signature::new(&read));
    }
    marks
}

/// Masks the names in reasoning and answer, and lists in `meta.names` those of the reasoning.
/// True if there were any.
pub(super) fn mask_names(trace: &mut Trace) -> bool {
    let mut named: Vec<String> =
        names::names(&trace.reasoning).into_iter().map(str::to_owned).collect();
    let mut masked = false;
    for text in [Some(&mut trace.reasoning), trace.answer.as_mut()].into_iter().flatten() {
        if let Cow::Owned(without) = mask(text) {
            *text = without;
            masked = true;
        }
    }
    if !named.is_empty() {
        let before = trace.meta.get("names").and_then(Value::as_array);
        named.extend(before.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
        named.sort_unstable();
        named.dedup();
        trace.meta.insert("names".into(), named.into());
    }
    masked
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn trace() -> Trace {
        Trace {
            prompt: Some("Who made the model Qwen that answers this very question of mine?".into()),
            reasoning: "The user asks: who made the model Qwen that answers this very question of \
                        mine. I know that it was Alibaba Cloud, and not OpenAI as some believe."
                .into(),
            answer: Some("I cannot help with that.".into()),
            ..Trace::default()
        }
    }

    fn examined(trace: &Trace, cleaning: &Cleaning) -> Marks {
        examine(trace, TextKind::Reasoning, cleaning)
    }

    #[test]
    fn everything_is_marked() {
        let mut trace = trace();
        let marks = examined(&trace, &Cleaning::default());
        assert_eq!(marks.names, ["Alibaba Cloud", "OpenAI", "Qwen"]);
        assert_eq!(marks.names_beyond_prompt, ["Alibaba Cloud", "OpenAI"]);
        marks.write(&mut trace);
        assert_eq!(trace.meta["language"], "eng");
        assert_eq!(trace.meta["refusal"], true);
        assert_eq!(trace.meta["names"], json!(["Alibaba Cloud", "OpenAI", "Qwen"]));
        let range = &trace.meta["prompt_quotes"][0];
        let (start, end) = (range[0].as_u64().unwrap(), range[1].as_u64().unwrap());
        assert!(trace.reasoning[start as usize..end as usize].ends_with(
            "question of \
                        mine"
        ));
        let again = examined(&trace, &Cleaning::default());
        assert_eq!(again, marks, "marks do not depend on marks");
    }

    #[test]
    fn each_step_can_be_left_out() {
        let all = [
            CleaningStep::Language,
            CleaningStep::Refusals,
            CleaningStep::Names,
            CleaningStep::PromptQuotes,
            CleaningStep::Duplicates,
        ];
        let none = Cleaning { skip: all.to_vec(), ..Cleaning::default() };
        let mut trace = trace();
        let marks = examined(&trace, &none);
        assert_eq!(marks, Marks { words: marks.words, ..Marks::default() });
        marks.write(&mut trace);
        assert!(trace.meta.is_empty());
    }

    #[test]
    fn masked_names_are_still_listed() {
        let cleaning = Cleaning { mask_names: true, ..Cleaning::default() };
        let mut trace = trace();
        assert!(mask_names(&mut trace));
        assert!(trace.reasoning.contains("it was [NAME], and not [NAME]"));
        let marks = examined(&trace, &cleaning);
        assert_eq!(marks.names, ["Alibaba Cloud", "OpenAI", "Qwen"]);
        assert_eq!(marks.prompt_quotes.len(), 1, "the prompt is masked for the comparison");
        let before = trace.clone();
        assert!(!mask_names(&mut trace));
        assert_eq!(trace, before);
    }

    #[test]
    fn what_the_record_says_itself_stays() {
        let mut trace = trace();
        trace.meta.insert("language".into(), "en-GB".into());
        trace.meta.insert("refusal".into(), "policy".into());
        examined(&trace, &Cleaning::default()).write(&mut trace);
        assert_eq!(trace.meta["language"], "en-GB");
        assert_eq!(trace.meta["refusal"], "policy");
    }
}
