//! What one model wrote while it reasoned, and where it came from.
//!
//! `ingest` makes traces out of files; `features` and `lineage` read them. A [`Trace`] is exactly
//! one canonical record (`DESIGN.md`, "The canonical record"), so that writing one down as a line
//! of JSON and reading it back changes nothing.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// One chain of thought with its prompt and answer beside it: the canonical record.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Trace {
    /// Identifies the trace within its corpus.
    pub id: String,
    /// The model that wrote it, as `vendor/name`, or `None` where that is not known.
    pub model: Option<String>,
    /// Identifies the prompt: traces of the same prompt are never on both sides of a fold.
    pub prompt_id: Option<String>,
    /// The prompt's text.
    pub prompt: Option<String>,
    /// The reasoning itself. Empty where the record has none.
    pub reasoning: String,
    /// The answer that followed.
    pub answer: Option<String>,
    /// Where the trace came from: a data set's name, or the file that it was read from.
    pub source: String,
    /// The subject matter, for example `logic-puzzle`.
    pub domain: Option<String>,
    /// What a reader must know to judge it: `mediation`, `provider`, `finish_reason`, `licence`, …
    pub meta: Map<String, Value>,
}

/// Which text of a trace is fingerprinted.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum TextKind {
    /// The reasoning (the default).
    #[default]
    Reasoning,
    /// The answer that followed the reasoning.
    Answer,
    /// The reasoning, a blank line, the answer.
    Both,
}

impl TextKind {
    /// The word that the command line and the atlas use for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reasoning => "reasoning",
            Self::Answer => "answer",
            Self::Both => "both",
        }
    }
}

/// Whether a reader sees what the model wrote, or what was made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mediation {
    /// The reasoning as the model wrote it.
    Raw,
    /// A provider's summary of it, written by another model.
    Summary,
    /// Raw, but cut off before its end.
    Truncated,
    /// Not known.
    Unknown,
}

impl Mediation {
    /// The word that `meta.mediation` uses for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Summary => "summary",
            Self::Truncated => "truncated",
            Self::Unknown => "unknown",
        }
    }
}

impl Trace {
    /// The text to fingerprint, or `None` where this trace has no text of that kind.
    pub fn text(&self, kind: TextKind) -> Option<std::borrow::Cow<'_, str>> {
        let answer = self.answer.as_deref().unwrap_or_default();
        let has = |text: &str| !text.trim().is_empty();
        match kind {
            TextKind::Reasoning => has(&self.reasoning).then(|| self.reasoning.as_str().into()),
            TextKind::Answer => has(answer).then(|| answer.into()),
            TextKind::Both if has(&self.reasoning) && has(answer) => {
                Some(format!("{}\n\n{answer}", self.reasoning).into())
            }
            TextKind::Both => None,
        }
    }

    /// What `meta.mediation` says; [`Mediation::Unknown`] where it says nothing that is known.
    pub fn mediation(&self) -> Mediation {
        match self.meta.get("mediation").and_then(Value::as_str) {
            Some("raw") => Mediation::Raw,
            Some("summary") => Mediation::Summary,
            Some("truncated") => Mediation::Truncated,
            _ => Mediation::Unknown,
        }
    }

    /// The key that folds and the bootstrap group by: the prompt's id, else a hash of the
    /// prompt's normalized text, else the trace's own id (a prompt of its own).
    pub fn prompt_key(&self) -> String {
        if let Some(id) = self.prompt_id.as_deref().filter(|id| !id.is_empty()) {
            return id.to_owned();
        }
        match self.prompt.as_deref().map(str::trim) {
            Some(text) if !text.is_empty() => text_key(text),
            _ => format!("trace:{}", self.id),
        }
    }
}

/// The key of a prompt that has no id.
fn text_key(prompt: &str) -> String {
    format!("text:{:016x}", prompt_hash(prompt))
}

/// A hash of a prompt's normalized text ([`normalized_prompt`]): the same prompt has the same hash in
/// every file and every atlas.
pub fn prompt_hash(prompt: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(normalized_prompt(prompt).as_bytes())
}

/// A prompt as it is compared with others: without regard to letter case, width, typographic quotes and
/// dashes, the white space, and punctuation at its ends. Signs inside stay, since `2+2` and
/// `2-2` are two prompts.
pub fn normalized_prompt(prompt: &str) -> String {
    let mut normalized = String::with_capacity(prompt.len());
    let mut space = false;
    // Compatibility forms first: `Ａ` is `A`, `…` is `...`, a no-break space is a space.
    for c in prompt.nfkc().flat_map(char::to_lowercase) {
        let c = match c {
            '‘' | '’' | '‚' | '‛' | '`' | '´' => '\'',
            '“' | '”' | '„' | '‟' | '«' | '»' => '"',
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
            '，' | '、' => ',',
            '。' => '.',
            c => c,
        };
        if c.is_whitespace() || c.is_control() {
            space = true;
            continue;
        }
        // White space counts between two letters or digits of scripts that separate words by it.
        let separates = |c: char| c.is_alphanumeric() && !is_ideographic(c);
        if space && separates(c) && normalized.chars().next_back().is_some_and(separates) {
            normalized.push(' ');
        }
        space = false;
        normalized.push(c);
    }
    let trimmed = normalized.trim_matches(['.', ',', ':', ';', '?', '!', '"', '\'', '*', '#']);
    if trimmed.is_empty() { normalized } else { trimmed.to_owned() }
}

/// Gives traces without a prompt's id the id of the same prompt in other traces, so that both fall in
/// one fold. Where the prompt has several ids, it is the first in alphabetical order.
pub fn share_prompt_ids(traces: &mut [Trace]) {
    fn has_id(trace: &Trace) -> bool {
        trace.prompt_id.as_deref().is_some_and(|id| !id.is_empty())
    }
    fn text(trace: &Trace) -> Option<&str> {
        trace.prompt.as_deref().filter(|text| !text.trim().is_empty())
    }
    if traces.iter().all(has_id) || !traces.iter().any(has_id) {
        return;
    }
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    for trace in traces.iter().filter(|trace| has_id(trace)) {
        let (Some(id), Some(prompt)) = (&trace.prompt_id, text(trace)) else { continue };
        let known = ids.entry(text_key(prompt)).or_insert_with(|| id.clone());
        if id < known {
            known.clone_from(id);
        }
    }
    for trace in traces.iter_mut().filter(|trace| !has_id(trace)) {
        let id = text(trace).and_then(|prompt| ids.get(&text_key(prompt)));
        if let Some(id) = id {
            trace.prompt_id = Some(id.clone());
        }
    }
}

/// The number of words in a text: runs of letters and digits, where each Chinese, Japanese kana
/// or Korean character counts as one word, since those scripts put no spaces between words.
pub fn count_words(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut words, mut inside, mut at) = (0, false, 0);
    while let Some(&byte) = bytes.get(at) {
        // No branch to guess for ASCII: this is asked of every byte that is read.
        if byte < 0x80 {
            let (letter, apostrophe) = (byte.is_ascii_alphanumeric(), byte == b'\'');
            words += usize::from(letter & !inside);
            inside = letter | (apostrophe & inside);
            at += 1;
            continue;
        }
        let c = text[at..].chars().next().unwrap_or(' ');
        at += c.len_utf8();
        if is_ideographic(c) {
            words += 1;
            inside = false;
        } else if c.is_alphanumeric() {
            words += usize::from(!inside);
            inside = true;
        } else if c != '’' {
            inside = false;
        }
    }
    words
}

/// Where the words that [`count_words`] counts start: byte offsets, ascending.
pub fn word_starts(text: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut inside = false;
    for (at, c) in text.char_indices() {
        if is_ideographic(c) {
            starts.push(at);
            inside = false;
        } else if c.is_alphanumeric() {
            if !inside {
                starts.push(at);
            }
            inside = true;
        } else if c != '\'' && c != '’' {
            inside = false;
        }
    }
    starts
}

/// Whether a text breaks off: it ends in a letter, a digit, or a sign that something has to follow. A model that came to its end
/// ends with a full stop, a bracket, a formula or the like.
pub fn breaks_off(text: &str) -> bool {
    let last = text.trim_end().chars().next_back();
    last.is_some_and(|c| {
        c.is_alphanumeric() || matches!(c, ',' | ';' | '-' | '–' | '—' | '(' | '，' | '、' | '；')
    })
}

/// Whether a character belongs to a script that is written without spaces between words.
pub fn is_ideographic(c: char) -> bool {
    matches!(c as u32,
        0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_in_every_script() {
        assert_eq!(count_words("Okay, so I don't know: 3.5 apples?"), 8);
        assert_eq!(count_words("  \n\t"), 0);
        assert_eq!(count_words("我们来看 x=2"), 6);
        assert_eq!(word_starts("我们 don't x=2"), [0, 3, 7, 13, 15]);
    }

    #[test]
    fn a_text_that_lacks_its_end_breaks_off() {
        for text in ["so the answer", "so the answer, ", "that is 3 (", "所以答案"] {
            assert!(breaks_off(text), "{text}");
        }
        for text in
            ["so the answer is 3.\n", "**Done**", "$x = 3$", "(see above)", "完了。", "", "Why?"]
        {
            assert!(!breaks_off(text), "{text}");
        }
    }

    #[test]
    fn a_prompt_is_the_same_whatever_its_spacing() {
        let trace = |prompt: &str| Trace { prompt: Some(prompt.into()), ..Trace::default() };
        assert_eq!(trace("a  b\n").prompt_key(), trace("a b").prompt_key());
        assert_ne!(trace("a b").prompt_key(), trace("a c").prompt_key());
    }

    #[test]
    fn a_prompt_is_the_same_whatever_its_typography() {
        for (one, other) in [
            ("What is “two” — or 2?", "what is \"two\" - or 2"),
            ("ＡＢＣ\u{a0}def…", "abc def..."),
            ("How many  apples ?", "How many apples?"),
            ("Cafe\u{301} ofﬁce", "café office"),
            ("小明有三个苹果 ， 几个？", "小明有三个苹果,几个？"),
            ("**Solve it.**", "Solve it"),
        ] {
            assert_eq!(normalized_prompt(one), normalized_prompt(other), "{one}");
        }
        for (one, other) in [
            ("What is 2+2?", "What is 2-2?"),
            ("a b", "ab"),
            ("1 2", "12"),
            ("?", "!"),
            ("x < y", "x > y"),
        ] {
            assert_ne!(normalized_prompt(one), normalized_prompt(other), "{one}");
        }
    }

    #[test]
    fn a_prompt_without_an_id_gets_the_one_of_its_text() {
        let trace = |id: Option<&str>, prompt: &str| Trace {
            prompt_id: id.map(str::to_owned),
            prompt: Some(prompt.into()),
            ..Trace::default()
        };
        let mut traces = vec![
            trace(None, "what is 2 + 2"),
            trace(Some("b"), "What is 2+2?"),
            trace(Some("a"), "What is 2+2?"),
            trace(None, "Another one"),
            trace(Some("c"), ""),
            trace(None, ""),
        ];
        share_prompt_ids(&mut traces);
        let ids: Vec<_> = traces.iter().map(|trace| trace.prompt_id.as_deref()).collect();
        assert_eq!(ids, [Some("a"), Some("b"), Some("a"), None, Some("c"), None]);
    }

    #[test]
    fn an_answer_never_stands_in_for_the_reasoning() {
        let trace = Trace { answer: Some("42".into()), ..Trace::default() };
        assert_eq!(trace.text(TextKind::Reasoning), None);
        assert_eq!(trace.text(TextKind::Both), None);
        assert_eq!(trace.text(TextKind::Answer).as_deref(), Some("42"));
    }

    #[test]
    fn a_trace_survives_a_round_trip_through_json() {
        let line = r#"{"id":"1","model":"a/b","prompt_id":null,"prompt":null,"reasoning":"x","answer":null,"source":"s","domain":null,"meta":{"mediation":"raw"}}"#;
        let trace: Trace = serde_json::from_str(line).unwrap();
        assert_eq!(trace.mediation(), Mediation::Raw);
        assert_eq!(serde_json::to_string(&trace).unwrap(), line);
    }
}
