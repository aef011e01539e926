//! A prompt → what identifies it.
//!
//! The same prompt has the same hash in every file and every atlas, whatever its typography.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use super::{SESSION_PROMPT, Trace};
use crate::text::is_ideographic;

/// The key of a prompt that has no id.
pub(super) fn text_key(prompt: &str) -> String {
    format!("text:{:016x}", prompt_hash(prompt))
}

/// A hash of a prompt's [normalized text](normalized_prompt): the same in every file and every atlas.
pub fn prompt_hash(prompt: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(normalized_prompt(prompt).as_bytes())
}

/// A prompt without differences of letter case, width, typographic quotes and dashes, white space,
/// and punctuation at its ends. Signs inside stay: `2+2` and `2-2` are two prompts.
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

/// Gives traces without a prompt id the id that other traces have for the same prompt, so that both
/// are in one fold. Of several ids for one prompt, the first in alphabetical order is taken.
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
    for trace in traces.iter_mut() {
        // The first prompt of a session gets its id as well, or the session would be two groups.
        if let Some(id) = trace.session_prompt().and_then(|key| ids.get(key)) {
            trace.meta.insert(SESSION_PROMPT.into(), id.as_str().into());
        }
        let id = text(trace).filter(|_| !has_id(trace)).and_then(|p| ids.get(&text_key(p)));
        if let Some(id) = id {
            trace.prompt_id = Some(id.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_session_stays_one_group_where_its_first_prompt_gets_an_id() {
        let trace = |id: Option<&str>, prompt: &str| Trace {
            prompt_id: id.map(str::to_owned),
            prompt: Some(prompt.into()),
            ..Trace::default()
        };
        let mut traces = vec![trace(Some("a"), "2+2?"), trace(None, "2+2?"), trace(None, "And 3?")];
        let first = traces[1].prompt_key();
        traces[2].meta.insert(SESSION_PROMPT.into(), first.into());
        share_prompt_ids(&mut traces);
        let keys: Vec<_> = traces.iter().map(Trace::group_key).collect();
        assert_eq!(keys, ["a", "a", "a"]);
        assert_eq!(traces[2].prompt_id, None);
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
}
