//! Files of any shape → the prompts in them that the atlas knows.
//!
//! Comes in: the bytes of files, and the hashes of the prompts that are wanted. Goes out: their texts.
//! Called by `fetch`. Every text in a file is looked at, wherever it stands: a hash of 64 bits tells a
//! prompt from everything else, so no shape has to be known.

use crate::trace::prompt_hash;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A longer text is no prompt.
const LONGEST: usize = 256 << 10;

/// The prompts that were found so far.
#[derive(Debug)]
pub(super) struct Harvest<'a> {
    wanted: &'a BTreeSet<u64>,
    /// Texts by hash.
    pub found: BTreeMap<u64, String>,
    /// Texts that were looked at.
    pub looked: usize,
}

impl<'a> Harvest<'a> {
    pub fn new(wanted: &'a BTreeSet<u64>) -> Self {
        Self { wanted, found: BTreeMap::new(), looked: 0 }
    }

    /// Whether nothing is left to find.
    pub fn is_complete(&self) -> bool {
        self.found.len() == self.wanted.len()
    }

    /// Looks at a file: JSON, JSON Lines, or one text as a whole. `xor` is the key of a scrambled one.
    pub fn file(&mut self, mut bytes: Vec<u8>, xor: Option<&str>) {
        if let Some(key) = xor.map(str::as_bytes).filter(|key| !key.is_empty()) {
            bytes.iter_mut().zip(key.iter().cycle()).for_each(|(byte, key)| *byte ^= key);
        }
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.starts_with(['{', '[']) {
            if let Ok(value) = serde_json::from_str::<Value>(text) {
                return self.value(&value);
            }
            let mut is_lines = false;
            for line in text.lines() {
                if let Ok(value) = serde_json::from_str::<Value>(line) {
                    is_lines = true;
                    self.value(&value);
                }
            }
            if is_lines {
                return;
            }
        }
        self.text(text);
    }

    /// Looks at all texts in a value. Its depth is bounded by the parser.
    fn value(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(list) => list.iter().for_each(|value| self.value(value)),
            Value::Object(fields) => fields.values().for_each(|value| self.value(value)),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if text.len() > LONGEST || text.trim().is_empty() {
            return;
        }
        self.looked += 1;
        let hash = prompt_hash(text);
        if self.wanted.contains(&hash) {
            self.found.entry(hash).or_insert_with(|| text.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_found_in_every_shape() {
        let texts = ["How many ducks are two ducks?", "Name a river that runs uphill."];
        let wanted: BTreeSet<u64> = texts.iter().map(|text| prompt_hash(text)).collect();
        let scrambled: Vec<u8> =
            format!("[{{\"a\":[{{\"prompt\":\"{}\"}}]}},\"{}\"]", texts[0], texts[1])
                .bytes()
                .zip(b"key".iter().cycle())
                .map(|(byte, key)| byte ^ key)
                .collect();
        let lines =
            format!("{{\"q\":\"{}\",\"n\":1}}\nbroken\n{{\"q\":\"{}\"}}\n", texts[0], texts[1]);
        for files in [
            vec![(scrambled, Some("key"))],
            vec![(lines.into_bytes(), None)],
            vec![
                (format!("{}\n", texts[0]).into_bytes(), None),
                (texts[1].as_bytes().to_vec(), None),
            ],
        ] {
            let mut harvest = Harvest::new(&wanted);
            for (bytes, xor) in files {
                assert!(!harvest.is_complete());
                harvest.file(bytes, xor);
            }
            assert!(harvest.is_complete());
        }
        let mut harvest = Harvest::new(&wanted);
        harvest.file(b"{\"a\": \"Another question?\"}".to_vec(), None);
        harvest.file(vec![0xff; 100], Some("k"));
        assert!(harvest.found.is_empty() && harvest.looked == 2);
    }
}
