//! Cleaning: what is mended in every trace, and what is only marked.
//!
//! Mended while reading, for every verb (`finish`): line ends, NULs, Unicode NFC, and names where
//! they are to be masked. Marked only for the verbs that ask, by [`examine`], a pure function of one
//! trace that any thread may call: the language, a refusal, names of models and vendors, quotes of
//! the prompt, and the signature by which [`DuplicateFinder`] finds repeated traces. Nothing here drops a
//! trace.

mod duplicates;
mod language;
mod names;
mod quotes;
mod refusals;

pub use duplicates::{
    DuplicateFinder, DuplicatePair, Duplicates, MOST_LISTED, MOST_REMEMBERED, NEAR, Signature,
};
pub use language::{language, language_code, language_of};
pub use names::{PLACEHOLDER, mask};
pub use quotes::{QUOTED_WORDS, prompt_quotes};

use std::borrow::Cow;
use std::ops::Range;

use serde_json::Value;

use crate::trace::{TextKind, Trace, count_words};

/// A step of cleaning that can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum)]
pub enum Step {
    /// Unicode is brought into its composed form (NFC)
    Unicode,
    /// `\r\n` and `\r` become `\n`, and NUL becomes a space
    LineEnds,
    /// The language is told (`meta.language`, ISO 639-3), where it can be told reliably
    Language,
    /// Refusals are marked (`meta.refusal`)
    Refusals,
    /// Names of models and vendors are marked (`meta.names`)
    Names,
    /// Stretches of the prompt that stand in the trace are marked (`meta.prompt_quotes`)
    PromptQuotes,
    /// Traces that repeat another one are reported
    Duplicates,
}

/// How traces are cleaned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cleaning {
    /// The steps that are left out.
    pub skip: Vec<Step>,
    /// Whether names of models and vendors are replaced by [`PLACEHOLDER`].
    pub mask_names: bool,
}

impl Cleaning {
    /// Whether a step is done.
    pub fn does(&self, step: Step) -> bool {
        !self.skip.contains(&step)
    }
}

/// What was found in one trace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// Words in the text that was asked for.
    pub words: usize,
    /// Its language, where the trace does not say one itself.
    pub language: Option<String>,
    /// Whether it is a refusal.
    pub refusal: bool,
    /// The models and vendors that it names, in alphabetical order.
    pub names: Vec<String>,
    /// Those of them that its prompt does not name.
    pub names_beyond_prompt: Vec<String>,
    /// Byte ranges of the reasoning that quote the prompt.
    pub prompt_quotes: Vec<Range<usize>>,
    /// By which a trace that repeats another is known.
    pub signature: Option<Signature>,
}

/// Looks at a trace. The same trace gives the same marks.
pub fn examine(trace: &Trace, text: TextKind, cleaning: &Cleaning) -> Marks {
    let read = trace.text(text).unwrap_or_default();
    let mut marks = Marks { words: count_words(&read), ..Marks::default() };
    if cleaning.does(Step::Language) {
        marks.language = language_of(trace, &read);
    }
    if cleaning.does(Step::Refusals) {
        marks.refusal = refusals::is_refusal(trace);
    }
    if cleaning.does(Step::Names) {
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
    if cleaning.does(Step::PromptQuotes)
        && let Some(prompt) = trace.prompt.as_deref()
    {
        let prompt = if cleaning.mask_names { mask(prompt) } else { Cow::Borrowed(prompt) };
        marks.prompt_quotes = prompt_quotes(&trace.reasoning, &prompt);
    }
    if cleaning.does(Step::Duplicates) {
        marks.signature = Some(Signature::of(&read));
    }
    marks
}

impl Marks {
    /// Writes the marks into `meta`. What the trace says itself stays where nothing was found.
    pub fn write(&self, trace: &mut Trace) {
        let meta = &mut trace.meta;
        if let Some(language) = &self.language {
            meta.insert("language".into(), language.as_str().into());
        }
        if self.refusal && !matches!(meta.get("refusal"), Some(Value::String(_))) {
            meta.insert("refusal".into(), true.into());
        }
        if !self.names.is_empty() {
            meta.insert("names".into(), self.names.clone().into());
        }
        if !self.prompt_quotes.is_empty() {
            let range = |range: &Range<usize>| Value::from(vec![range.start, range.end]);
            let ranges: Vec<Value> = self.prompt_quotes.iter().map(range).collect();
            meta.insert("prompt_quotes".into(), ranges.into());
        } else if trace.prompt.is_some() {
            // Ranges of another text would point anywhere.
            meta.shift_remove("prompt_quotes");
        }
    }
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
        let all =
            [Step::Language, Step::Refusals, Step::Names, Step::PromptQuotes, Step::Duplicates];
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
