//! The fields of an object that hold the model's reasoning.
//!
//! Comes in: an object. Goes out: the text of the surest reasoning field. Asked by `turn` and by the
//! formats that go by names.

use serde_json::Value;

use super::parts::{Content, text_of};
use crate::ingest::record::Object;
use crate::ingest::record::names::{self, Naming};

/// The surest reasoning field with text, and how sure it is. Weak names are left out.
pub(in crate::ingest) fn reasoning(object: &Object) -> Option<(&str, Content)> {
    let named = object.iter().filter_map(|(name, value)| {
        let naming = names::reasoning(name).filter(|naming| *naming != Naming::Weak)?;
        Some((naming, name.as_str(), field(value)?))
    });
    let best = named.min_by_key(|(naming, ..)| *naming);
    best.map(|(_, name, content)| (name, content))
}

/// What a reasoning field says: a text, an object with one text, or a list of parts. `None` where it
/// is a setting such as `"high"`, or a list of lists, which are several answers.
pub(in crate::ingest) fn field(value: &Value) -> Option<Content> {
    let mut content = Content::default();
    match value {
        Value::String(text) if !is_setting(text) => content.thinking.push_str(text),
        Value::Object(inner) => {
            let text = text_of(value).filter(|text| !is_setting(text))?;
            content.thinking = text;
            content.is_summary = inner.get("type").and_then(Value::as_str) == Some("summary_text");
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            list.iter().for_each(|part| content.add_thought(part));
        }
        _ => return None,
    }
    (!content.thinking.trim().is_empty() || content.encrypted > 0).then_some(content)
}

/// Whether a text is one word of letters and digits, as a setting is.
pub(in crate::ingest) fn is_setting(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_may_be_a_text_an_object_or_a_list() {
        for value in [
            json!("I add."),
            json!({"text": "I add.", "signature": "x"}),
            json!({"content": "I add.", "duration": 3}),
            json!([{"type": "thinking", "thinking": "I add."}]),
            json!([{"subject": "Sum", "description": "I add."}]),
            json!([{"summary": "Sum", "content": "I add."}]),
        ] {
            let object = json!({"model": "m", "thinking": value});
            let found = reasoning(object.as_object().unwrap()).unwrap();
            assert_eq!((found.0, found.1.thinking.as_str()), ("thinking", "I add."), "{object}");
        }
        for value in [
            json!("high"),
            json!({"effort": "high"}),
            json!(true),
            json!([]),
            json!({"summary": "auto"}),
        ] {
            let object = json!({"reasoning": value});
            assert!(reasoning(object.as_object().unwrap()).is_none(), "{object}");
        }
    }

    #[test]
    fn the_surest_name_is_taken() {
        let object = json!({"rationale": "By Gauss.", "r1_cot": "I carry.", "thinking": "I add."});
        assert_eq!(reasoning(object.as_object().unwrap()).unwrap().0, "thinking");
    }
}
