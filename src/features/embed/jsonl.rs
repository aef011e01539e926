//! Reads vectors from JSON Lines: one object for each trace, with its id and its vector.
//!
//! Comes in: the file, which may be the traces' own with one field more. Goes out: [`Precomputed`].
//! Called by `vectors_file`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde_json::value::RawValue;

use super::EmbedError;
use super::collector::Collector;
use super::precomputed::{Columns, Precomputed};

/// The longest line, in bytes: one trace with its vector.
const LONGEST_LINE: u64 = 256 << 20;

/// Reads the vectors of a file. Lines without any content are passed over.
///
/// # Errors
/// Where the file cannot be read, a line is no object or has no vector, or lines do not go
/// together.
pub(super) fn read(path: &Path, columns: Columns<'_>) -> Result<Precomputed, EmbedError> {
    let unreadable = |source| EmbedError::Unreadable { file: path.display().to_string(), source };
    let mut input = BufReader::new(File::open(path).map_err(unreadable)?);
    let mut collector = Collector::new(path, "line");
    let mut line = Vec::new();
    let mut place = 0;
    loop {
        line.clear();
        let read = input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line);
        if read.map_err(unreadable)? == 0 {
            return collector.finish();
        }
        place += 1;
        if line.len() as u64 == LONGEST_LINE && !line.ends_with(b"\n") {
            let detail = format!("is longer than {LONGEST_LINE} bytes");
            return Err(collector.wrong(place, detail, "Put the vectors into a file of their own"));
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        add(&mut collector, place, &line, columns)?;
    }
}

fn add(
    collector: &mut Collector,
    place: usize,
    line: &[u8],
    columns: Columns<'_>,
) -> Result<(), EmbedError> {
    let advice = "Vectors stand in .npy, .parquet or JSON Lines such as {\"id\": \"…\", \"embedding\": [0.1, 0.2]}";
    // Only the two fields are parsed to their values; a trace beside them is passed over.
    let object: BTreeMap<String, &RawValue> = serde_json::from_slice(line)
        .map_err(|error| collector.wrong(place, format!("is no JSON object: {error}"), advice))?;
    let Some(vector) = object.get(columns.vector) else {
        let detail = format!("has no field {:?}", columns.vector);
        return Err(collector.wrong(place, detail, "Name the field that holds the vectors"));
    };
    let vector: Vec<Option<f64>> = serde_json::from_str(vector.get()).map_err(|error| {
        let detail = format!("its field {:?} is no list of numbers: {error}", columns.vector);
        collector.wrong(place, detail, advice)
    })?;
    let id = match object.get(columns.id).map(|id| id.get()) {
        None | Some("null") => None,
        Some(id) if id.starts_with('"') => {
            let text = serde_json::from_str(id).map_err(|error| {
                collector.wrong(place, format!("its id cannot be read: {error}"), advice)
            })?;
            Some(text)
        }
        Some(id) if id.parse::<i64>().is_ok() => Some(id.to_owned()),
        Some(id) => {
            let shown: String = id.chars().take(40).collect();
            let detail = format!("its id {shown} is neither text nor a whole number");
            return Err(collector.wrong(place, detail, advice));
        }
    };
    // Some writers put null where a number is not finite.
    collector.add(place, id, vector.into_iter().map(|value| value.unwrap_or(f64::NAN)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &[u8]) -> Result<Precomputed, EmbedError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        read(file.path(), Columns { id: "id", vector: "v" })
    }

    #[test]
    fn ids_are_text_or_whole_numbers_and_other_fields_are_passed_over() {
        let read = read_text(
            b"{\"id\": \"a\\u0062\", \"v\": [1, 2.5], \"reasoning\": \"So.\"}\n\n{\"v\": [3, 4], \"id\": 7}",
        )
        .unwrap();
        assert_eq!(read.get(0, "ab").unwrap(), [1.0, 2.5]);
        assert_eq!(read.get(0, "7").unwrap(), [3.0, 4.0]);
        let by_order = read_text(b"{\"v\": [1]}\n{\"v\": [2], \"id\": null}\n").unwrap();
        assert!(!by_order.has_ids());
        assert_eq!(by_order.get(1, "").unwrap(), [2.0]);
    }

    #[test]
    fn wrong_lines_are_named() {
        let refused = |text: &[u8]| read_text(text).unwrap_err().to_string();
        assert!(refused(b"{\"v\": [1]}\n[1]").contains("line 2: is no JSON object"));
        assert!(refused(b"\xff\xfe").contains("line 1: is no JSON object"));
        assert!(refused(b"{\"w\": [1]}").contains("has no field \"v\""));
        assert!(refused(b"{\"v\": \"x\"}").contains("is no list of numbers"));
        assert!(refused(b"{\"v\": [1, null]}").contains("is NaN"));
        assert!(refused(b"{\"v\": [1], \"id\": 1.5}").contains("its id 1.5 is neither text"));
        assert!(
            refused(b"{\"v\": [1], \"id\": \"a\"}\n{\"v\": [1, 2], \"id\": \"b\"}")
                .contains("line 2: its vector has 2 numbers")
        );
        assert!(refused(b"").contains("holds no vector"));
    }
}
