//! Bytes of one record → JSON, with what real files get wrong mended.
//!
//! Python writes half surrogate pairs (`"\ud83d"`) and `NaN`, which are not JSON; hand-made files
//! hold raw line breaks in strings; some numbers are too large for any program. Such a record is mended
//! rather than lost. Called by `file`.

use std::borrow::Cow;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use super::{python, summary::Reason};

/// A record that cannot be parsed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// [`Reason::BrokenJson`] or [`Reason::TooDeep`].
    pub reason: Reason,
    /// What the parser says, without any of the record's text.
    pub detail: String,
}

/// The bytes as text; those that are not UTF-8 become U+FFFD. The flag tells whether there were any.
pub(super) fn text(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(_) => (String::from_utf8_lossy(bytes), true),
    }
}

/// A record without what may stand before it: a byte order mark, which is there where two files were
/// joined, and the mark that begins a record of a JSON text sequence (RFC 7464).
pub(super) fn without_marks(text: &str) -> &str {
    text.trim_start_matches(MARKS)
}

const MARKS: [char; 2] = ['\u{feff}', '\u{1e}'];

/// Records that stand in one line: objects one behind the other, or known by the byte order mark between
/// them, since the first of two joined files has no line end.
pub(super) fn joined(text: &str) -> Option<Vec<&str>> {
    let mark = "}\u{feff}{";
    let mut begin = 0;
    let mut parts = Vec::new();
    for (at, _) in text.match_indices(mark) {
        parts.push(&text[begin..=at]);
        begin = at + mark.len() - 1;
    }
    parts.push(&text[begin..]);
    if parts.len() > 1 {
        return Some(parts);
    }
    parts.clear();
    begin = 0;
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    while let Some(value) = values.next() {
        value.ok()?;
        let end = values.byte_offset();
        parts.push(text[begin..end].trim_start());
        begin = end;
    }
    (parts.len() > 1 && parts.iter().all(|part| part.starts_with('{'))).then_some(parts)
}

/// How long the time, the level and the name may be that a program puts in front of a record it logs.
const LONGEST_PREFIX: usize = 160;

/// The record in a line of a log, behind what the program that logs puts in front of it. `None` where the
/// line begins with its record, or holds none.
pub(super) fn behind_prefix(line: &str) -> Option<&str> {
    let solid = line.trim_ascii_start();
    if solid.starts_with(['{', '[', '"']) {
        return None;
    }
    let at = solid.bytes().take(LONGEST_PREFIX).position(|byte| byte == b'{')?;
    let is_apart = solid[..at].ends_with([' ', '\t', ':', '|', ']']);
    let rest = &solid[at..];
    (is_apart
        && rest.trim_ascii_end().ends_with('}')
        && rest[1..].trim_ascii_start().starts_with('"'))
    .then_some(rest)
}

/// A record that is written down as a JSON string (`"{\"a\": 1}"`), without the string around it.
pub(super) fn unquoted(parsed: (Value, bool), depth: usize) -> (Value, bool) {
    match &parsed.0 {
        Value::String(text) if text.trim_ascii_start().starts_with(['{', '[']) => {
            // A text that only begins like JSON is told as what it is: a string.
            parse(text, depth).unwrap_or(parsed)
        }
        _ => parsed,
    }
}

/// Parses one record. The flag tells whether it had to be mended first.
pub(super) fn parse<T: DeserializeOwned>(text: &str, depth: usize) -> Result<(T, bool), Broken> {
    // The parser refuses what is nested 128 deep by itself.
    if depth < 128 && nesting(text) >= depth {
        return Err(too_deep());
    }
    match serde_json::from_str(text) {
        Ok(value) => Ok((value, false)),
        Err(error) => match repair(text).map(|mended| serde_json::from_str(&mended)) {
            Some(Ok(value)) => Ok((value, true)),
            Some(Err(error)) => from_python(text).ok_or_else(|| broken(&error)),
            None => from_python(text).ok_or_else(|| broken(&error)),
        },
    }
}

/// A line that Python printed of a dictionary.
fn from_python<T: DeserializeOwned>(text: &str) -> Option<(T, bool)> {
    let is_dictionary = begins_like_python(text.trim_start().as_bytes());
    let value = is_dictionary.then(|| python::parse(text.trim()))??;
    serde_json::from_value(value).ok().map(|value| (value, true))
}

/// Whether this is how Python prints a dictionary.
pub(super) fn begins_like_python(solid: &[u8]) -> bool {
    solid.starts_with(b"{'") || solid.starts_with(b"[{'")
}

fn broken(error: &serde_json::Error) -> Broken {
    let detail = error.to_string();
    if detail.starts_with("recursion limit") {
        return too_deep();
    }
    // The parser counts lines within the record; the place in the file is told beside it.
    let what = detail.split(" at line ").next().unwrap_or_default();
    Broken { reason: Reason::BrokenJson, detail: format!("{what} at column {}", error.column()) }
}

fn too_deep() -> Broken {
    Broken { reason: Reason::TooDeep, detail: "its brackets are nested too deeply".into() }
}

/// How deeply the brackets outside strings are nested.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut in_string = false;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' if in_string => _ = bytes.next(),
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Mends what Python and careless writers get wrong, or gives `None` where there is nothing of it.
fn repair(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut kept = 0; // everything before this is in `out`
    let mut in_string = false;
    let mut at = 0;
    let mut mend = |from: usize, to: usize, with: &str| {
        out.push_str(&text[kept..from]);
        out.push_str(with);
        kept = to;
    };
    let mut mended = false;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (length, with) = match bytes[at] {
            b'"' => {
                in_string = !in_string;
                (1, None)
            }
            b'\\' if in_string => match escape(rest) {
                Escape::Whole(length) => (length, None),
                Escape::Half => (6, Some("\\ufffd")),
            },
            b'\n' if in_string => (1, Some("\\n")),
            b'\r' if in_string => (1, Some("\\r")),
            b'\t' if in_string => (1, Some("\\t")),
            0..0x20 if in_string => (1, Some(" ")),
            b',' if !in_string && ends_list(&rest[1..]) => (1, Some("")),
            b'/' if !in_string => match comment(rest) {
                0 => (1, None),
                length => (length, Some(" ")),
            },
            b'N' if !in_string && rest.starts_with(b"NaN") => (3, Some("null")),
            b'I' if !in_string && rest.starts_with(b"Infinity") => (8, Some("null")),
            b'-' if !in_string && rest.starts_with(b"-Infinity") => (9, Some("null")),
            b'-' | b'0'..=b'9' if !in_string => {
                let length = number(rest);
                (length, is_too_large(&rest[..length]).then_some("null"))
            }
            _ => (1, None),
        };
        if let Some(with) = with {
            mend(at, at + length, with);
            mended = true;
        }
        at += length;
    }
    let rest = text.get(kept..).unwrap_or_default();
    out.push_str(rest);
    mended.then_some(out)
}

/// Whether a bracket closes what a comma stands in.
fn ends_list(rest: &[u8]) -> bool {
    matches!(rest.trim_ascii_start().first(), Some(b'}' | b']'))
}

/// The length of the number that begins here; 1 at least.
fn number(rest: &[u8]) -> usize {
    let of_number = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
    rest.iter().take_while(|byte| of_number(byte)).count().max(1)
}

/// Whether this is a number that is larger than any that is computed with (`1e999`).
fn is_too_large(number: &[u8]) -> bool {
    let number = std::str::from_utf8(number).ok().and_then(|number| number.parse::<f64>().ok());
    number.is_some_and(f64::is_infinite)
}

/// The length of the comment that begins here, which people write into JSON; 0 where none does.
fn comment(rest: &[u8]) -> usize {
    match rest {
        [b'/', b'/', ..] => memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
        [b'/', b'*', inner @ ..] => {
            memchr::memmem::find(inner, b"*/").map_or(rest.len(), |end| end + 4)
        }
        _ => 0,
    }
}

enum Escape {
    /// An escape, or a pair of them, of this length.
    Whole(usize),
    /// Half of a surrogate pair.
    Half,
}

fn escape(rest: &[u8]) -> Escape {
    match unit(rest) {
        Some(0xD800..0xDC00) => match unit(rest.get(6..).unwrap_or_default()) {
            Some(0xDC00..0xE000) => Escape::Whole(12),
            _ => Escape::Half,
        },
        Some(0xDC00..0xE000) => Escape::Half,
        Some(_) => Escape::Whole(6),
        // The byte after the backslash is passed over, unless it is part of a longer character.
        None => Escape::Whole(if rest.get(1).is_some_and(u8::is_ascii) { 2 } else { 1 }),
    }
}

/// The number in `\uXXXX`.
fn unit(rest: &[u8]) -> Option<u16> {
    let digits = rest.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().all(u8::is_ascii_hexdigit).then_some(())?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(text: &str) -> Result<(Value, bool), Broken> {
        parse(text, 128)
    }

    #[test]
    fn good_json_is_left_alone() {
        assert_eq!(value(r#"{"a":"\ud83d\ude00 NaN"}"#).unwrap(), (json!({"a": "😀 NaN"}), false));
    }

    #[test]
    fn what_python_writes_is_mended() {
        let cases = [
            (r#"{"a":"x\ud83dy"}"#, json!({"a": "x\u{fffd}y"})),
            (r#"{"a":"\ude00"}"#, json!({"a": "\u{fffd}"})),
            (r#"{"a":"\ud83d\ud83d\ude00"}"#, json!({"a": "\u{fffd}😀"})),
            (r#"{"a":"\\ud83d","b":NaN}"#, json!({"a": "\\ud83d", "b": null})),
            (r#"{"a": [1, 2, ], "b": "x, }", } // so"#, json!({"a": [1, 2], "b": "x, }"})),
            (r#"{/* a */ "a": "// text"}"#, json!({"a": "// text"})),
            (r#"{"a":[Infinity,-Infinity,-1]}"#, json!({"a": [null, null, -1]})),
            (
                r#"{"a":[1e999,-1E+400,1e-999,"1e999",3],"b":1e309}"#,
                json!({"a": [null, null, 0.0, "1e999", 3], "b": null}),
            ),
            ("{\"a\":\"one\ntwo\tthree\0\"}", json!({"a": "one\ntwo\tthree "})),
        ];
        for (text, expected) in cases {
            assert_eq!(value(text).unwrap(), (expected, true), "{text}");
        }
    }

    #[test]
    fn a_number_of_any_length_is_no_loss() {
        let digits = format!("{{\"a\": {}, \"b\": 0.{}1}}", "9".repeat(400), "0".repeat(400));
        assert_eq!(value(&digits).unwrap(), (json!({"a": null, "b": 0.0}), true));
    }

    #[test]
    fn what_cannot_be_mended_is_told_without_its_text() {
        for text in [r#"{"secret": "x"#, "{", "nonsense", r#"{"a":1}}"#, "\\", "\"\\", "\"\\ü"] {
            let broken = value(text).unwrap_err();
            assert_eq!(broken.reason, Reason::BrokenJson);
            assert!(!broken.detail.contains("secret") && broken.detail.contains("column"));
        }
    }

    #[test]
    fn nesting_is_limited() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(value(&nested(127)).is_ok());
        assert_eq!(value(&nested(128)).unwrap_err().reason, Reason::TooDeep);
        assert_eq!(value(&"[".repeat(1_000_000)).unwrap_err().reason, Reason::TooDeep);
        assert!(parse::<Value>(&nested(9), 10).is_ok());
        assert_eq!(parse::<Value>(&nested(10), 10).unwrap_err().reason, Reason::TooDeep);
        assert!(parse::<Value>(r#"["[[[[[[[[[[\"[["]"#, 10).is_ok(), "brackets in a string");
    }

    #[test]
    fn joined_and_quoted_records_are_taken_apart() {
        assert_eq!(without_marks("\u{feff}\u{1e}{}"), "{}");
        assert_eq!(
            joined("{\"a\":\"\u{feff}\"}\u{feff}{}\u{feff}{}"),
            Some(vec!["{\"a\":\"\u{feff}\"}", "{}", "{}"])
        );
        assert_eq!(joined("{\"a\":\"\u{feff}\"}"), None);
        let two = "{\"a\": \"}{\"} {\"b\": {}}";
        assert_eq!(joined(two), Some(vec!["{\"a\": \"}{\"}", "{\"b\": {}}"]));
        for other in ["{\"a\": 1} so", "{\"a\": 1}{\"b\"", "{\"a\": 1} 2", "{}", ""] {
            assert_eq!(joined(other), None, "{other}");
        }
        let inner = |text: &str| unquoted((json!(text), false), 128).0;
        assert_eq!(inner(r#"{"a": [1]}"#), json!({"a": [1]}));
        assert_eq!(inner("{so}"), json!("{so}"));
        assert_eq!(inner("1"), json!("1"));
    }

    #[test]
    fn a_record_is_found_behind_what_a_log_puts_in_front_of_it() {
        for prefix in ["2025-06-01T10:00:00Z INFO done ", "INFO:root:", "2025 stdout F "] {
            assert_eq!(behind_prefix(&format!("{prefix}{{\"a\": 1}}\n")), Some("{\"a\": 1}\n"));
        }
        for line in ["{\"a\": 1}", "So {\"a\": 1} it is", "f{\"a\"}", "x {}", "plain"] {
            assert_eq!(behind_prefix(line), None, "{line}");
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_are_replaced() {
        assert_eq!(text(b"a\xffb"), (Cow::Owned::<str>("a\u{fffd}b".into()), true));
        assert!(!text("ä".as_bytes()).1);
    }
}
