//! How much the normalizer of a tokenizer may make of a text.
//!
//! A tokenizer is a file that others wrote. Its normalizer may replace each letter by fifty, four times
//! over, and a trace of a kilobyte fills the memory. Comes in: the content of a `tokenizer.json`. Goes
//! out: how many times its size a text may become. Called by `loaded` before the library reads the file.

use serde::Deserialize;
use serde_json::Value;

/// The most times that a text may become its own size. Those of real models replace a space by a mark of
/// three bytes, or put one in front.
pub(super) const MOST: f64 = 256.0;

/// The longest text that a normalizer or pre-tokenizer may put in front of each piece.
const LONGEST_PREFIX: usize = 256;

/// What is read of the file.
#[derive(Deserialize)]
struct Parts {
    #[serde(default)]
    normalizer: Value,
    #[serde(default)]
    pre_tokenizer: Value,
}

/// How many times its size a text may become by the normalizer of this file; infinite where a prefix is
/// far too long. 1 of a file that cannot be read: the library says what is wrong with it.
pub(super) fn factor(content: &[u8]) -> f64 {
    let Ok(Parts { normalizer, pre_tokenizer }) = serde_json::from_slice(content) else {
        return 1.0;
    };
    of(&normalizer) * of(&pre_tokenizer)
}

fn of(part: &Value) -> f64 {
    let text = |value: &Value| value.as_str().map_or(0, str::len);
    match part["type"].as_str() {
        Some("Sequence") => {
            let lists = ["normalizers", "pretokenizers"].iter().filter_map(|n| part[*n].as_array());
            lists.flatten().map(of).product()
        }
        Some("Replace") => {
            let content = text(&part["content"]) as f64;
            // An expression may match each character, or between any two.
            let pattern = text(&part["pattern"]["String"]);
            if pattern == 0 { 1.0 + content } else { (content / pattern as f64).max(1.0) }
        }
        Some("Prepend") if text(&part["prepend"]) > LONGEST_PREFIX => f64::INFINITY,
        Some("Metaspace") if text(&part["replacement"]) > LONGEST_PREFIX => f64::INFINITY,
        // A character becomes at most this many by decomposition, or by its bytes.
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_normalizer(normalizer: &str) -> f64 {
        factor(format!(r#"{{"normalizer":{normalizer},"model":{{}}}}"#).as_bytes())
    }

    #[test]
    fn replacements_multiply() {
        let replace = r#"{"type":"Replace","pattern":{"String":"e"},"content":"eeeee"}"#;
        assert_eq!(of_normalizer(replace), 5.0);
        let twice = format!(r#"{{"type":"Sequence","normalizers":[{replace},{replace}]}}"#);
        assert_eq!(of_normalizer(&twice), 25.0);
        assert_eq!(
            of_normalizer(r#"{"type":"Replace","pattern":{"String":""},"content":"ab"}"#),
            3.0
        );
        assert_eq!(
            of_normalizer(r#"{"type":"Replace","pattern":{"Regex":"."},"content":"ab"}"#),
            3.0
        );
        assert_eq!(of_normalizer(r#"{"type":"Lowercase"}"#), 1.0);
    }

    #[test]
    fn those_of_real_models_stay_small_and_long_prefixes_do_not() {
        let llama = r#"{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}"#;
        assert_eq!(of_normalizer(llama), 3.0);
        let long = format!(r#"{{"type":"Prepend","prepend":"{}"}}"#, "x".repeat(1000));
        assert!(of_normalizer(&long) > MOST);
        assert_eq!(factor(b"no json"), 1.0);
    }
}
