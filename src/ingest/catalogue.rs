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
    (
        "csv",
        "A table of comma-separated or tab-separated values, its columns named by the first row.",
    ),
    (
        "pandas",
        "A table as one JSON value: `{\"columns\": …, \"data\": …}` or `{column: {\"0\": …}}`, as pandas and Weights & Biases write it.",
    ),
    (
        "parquet",
        "An Apache Parquet file, read in batches; of wide files only the columns that are needed.",
    ),
    (
        "arrow",
        "An Apache Arrow file or stream (Feather, and the folders of Hugging Face's `save_to_disk`), packed or not.",
    ),
    ("xlsx", "An Excel workbook: each sheet is a table, its columns named by the first row."),
    (
        "sqlite",
        "An SQLite database: each table is a file of rows; the logs of `llm`, OpenCode, Cursor and Open WebUI are put together.",
    ),
    (
        "tar",
        "An archive with any of these in it, packed or not, read from front to end as a folder is.",
    ),
    ("zip", "An archive with any of these in it (deflate or Zstandard), read as a folder is."),
    ("eval", "A log of Inspect AI: a zip archive whose samples belong to one evaluation."),
    ("gzip", "Any of these, compressed with gzip."),
    ("zstd", "Any of these, compressed with Zstandard."),
    ("bzip2", "Any of these, compressed with bzip2."),
    ("xz", "Any of these, compressed with xz."),
    ("utf-16", "Any text of these in UTF-16 instead of UTF-8, with or without a byte order mark."),
];
