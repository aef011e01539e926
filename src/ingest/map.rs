//! Which place of a record holds what, where the user says so (`--map reasoning=/a/b/0/c`).
//!
//! Comes in: `field=/json/pointer` for some of the canonical fields. Goes out: a checked
//! [`FieldMap`], which `record` asks before it looks for a field by itself. Made by the verbs in
//! `cli`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::error::Error;

/// The canonical fields that can be mapped, in the order in which a message lists them.
pub const MAPPABLE: &[&str] =
    &["reasoning", "answer", "prompt", "prompt_id", "id", "model", "source", "domain"];

/// From fields of the canonical record to JSON Pointers (RFC 6901) into the records that are read.
///
/// With `reasoning` in it, nothing is detected: the reasoning stands there or the record has none. A
/// pointer that leads to a list of texts gives one trace for each. Without `reasoning`, the format is
/// detected as usual, and the mapped fields replace what it found.
///
/// ```
/// use cotprint::ingest::FieldMap;
///
/// let map = FieldMap::parse(["reasoning=/run/steps/0/text", "model=/by"]).unwrap();
/// assert_eq!(map.get("model"), Some("/by"));
/// assert!(FieldMap::parse(["thoughts=/a"]).is_err());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldMap(BTreeMap<&'static str, String>);

impl FieldMap {
    /// Reads `field=/json/pointer` arguments.
    ///
    /// # Errors
    ///
    /// An argument without `=`, a field that is not canonical, one that is named twice, a pointer
    /// that does not begin with `/` or has a `~` that escapes nothing.
    pub fn parse<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Result<Self, Error> {
        let mut map = Self::default();
        for argument in arguments {
            let bad = |detail: String| Error::BadMap { argument: argument.to_owned(), detail };
            let (field, pointer) =
                argument.split_once('=').ok_or_else(|| bad("there is no `=` in it".to_owned()))?;
            let known = MAPPABLE.iter().find(|name| **name == field.trim()).ok_or_else(|| {
                bad(format!(
                    "`{}` is no field of a record; the fields are {}",
                    field.trim(),
                    MAPPABLE.join(", ")
                ))
            })?;
            let pointer = pointer.trim();
            if !pointer.starts_with('/') {
                return Err(bad(format!(
                    "a pointer begins with `/`: for the field named {pointer} write `{known}=/{pointer}`"
                )));
            }
            let escapes = pointer.split('~').skip(1);
            if escapes.clone().any(|rest| !rest.starts_with(['0', '1'])) {
                return Err(bad("in a pointer `~` is written `~0`, and `/` in a name `~1`".into()));
            }
            if map.0.insert(known, pointer.to_owned()).is_some() {
                return Err(bad(format!("`{known}` is mapped twice")));
            }
        }
        Ok(map)
    }

    /// The pointer of a field.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    /// Whether nothing is mapped.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The outermost names that the pointers lead through: the columns that a table must be read
    /// for.
    pub fn columns(&self) -> impl Iterator<Item = String> {
        let first = |pointer: &String| {
            let name = pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
            name.replace("~1", "/").replace("~0", "~")
        };
        self.0.values().map(first)
    }

    /// What stands in the record at the pointer of a field: `None` where the field is not mapped.
    pub(super) fn find<'a>(&self, field: &str, record: &'a Value) -> Option<Option<&'a Value>> {
        Some(record.pointer(self.get(field)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_arguments_are_read() {
        let map = FieldMap::parse(["reasoning=/a/0", " id = /b~1c/d "]).unwrap();
        assert_eq!((map.get("reasoning"), map.get("id")), (Some("/a/0"), Some("/b~1c/d")));
        let mut columns: Vec<_> = map.columns().collect();
        columns.sort_unstable();
        assert_eq!(columns, ["a", "b/c"]);
        assert!(!map.is_empty() && FieldMap::default().is_empty());
    }

    #[test]
    fn bad_arguments_are_refused_in_a_sentence() {
        for (argument, word) in [
            ("reasoning", "no `=`"),
            ("thoughts=/a", "reasoning, answer, prompt"),
            ("reasoning=a", "`reasoning=/a`"),
            ("reasoning=/a~b", "~0"),
        ] {
            let error = FieldMap::parse([argument]).unwrap_err().to_string();
            assert!(error.contains(word) && error.contains(argument), "{error}");
        }
        let twice = FieldMap::parse(["id=/a", "id=/b"]).unwrap_err().to_string();
        assert!(twice.contains("twice"), "{twice}");
    }
}
