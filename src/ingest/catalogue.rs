//! The containers that are opened, in words: what `cotprint formats` lists beside the formats.

/// The containers: a stable name, and what it is in one sentence. They are recognized by their content,
/// not by the file's name.
pub const CONTAINERS: &[(&str, &str)] = &[
    (
        "json-lines",
        "A record in each line; NDJSON streams and several JSON values in a row are read alike.",
    ),
    ("json", "One record, an array of records, or an object that holds an array of records."),
    ("text", "Plain text: one trace in each .txt or .md file of a folder."),
    ("gzip", "Any of these, compressed with gzip."),
    ("zstd", "Any of these, compressed with Zstandard."),
];
