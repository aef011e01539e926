//! A comparison → `report.json` and what `compare --json` prints.

use super::escape::is_hidden;
use crate::lineage::Comparison;
use serde::Serialize;

/// The comparison as indented JSON with a line's end at its end.
///
/// Fields are in the order of [`Comparison`], maps in the order of their keys. Names and phrases
/// are complete; characters that could act on a terminal or hide are written as `\u` escapes, which
/// a reader of JSON undoes. A number that is not finite becomes `null`.
///
/// # Errors
/// When serde cannot write the comparison; none of today's types can cause that.
pub fn to_json(comparison: &Comparison) -> Result<String, serde_json::Error> {
    escaped_json(comparison)
}

/// Anything as indented JSON, its characters escaped as [`to_json`] does.
///
/// # Errors
/// When serde cannot write it.
pub fn escaped_json<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    let mut text = escaped(&serde_json::to_string_pretty(value)?);
    text.push('\n');
    Ok(text)
}

/// JSON with every character that could act on a terminal or hides as a `\u` escape.
pub(super) fn escaped(written: &str) -> String {
    let mut text = String::with_capacity(written.len() + 1);
    for c in written.chars() {
        // Outside of strings, JSON holds nothing that hides except the line ends of the layout.
        if c != '\n' && is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(c);
        }
    }
    text
}
