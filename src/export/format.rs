//! The ending of a file's name → how its records are written.

use std::path::Path;

/// How records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordFormat {
    /// A JSON object in each line.
    JsonLines,
    /// The same, compressed by gzip.
    JsonLinesGzip,
    /// The same, compressed by zstd.
    JsonLinesZstd,
    /// A table with commas, for spreadsheets.
    Csv,
    /// A Parquet table.
    Parquet,
}

impl RecordFormat {
    /// Endings and what they stand for.
    const ENDINGS: [(&str, Self); 8] = [
        (".jsonl", Self::JsonLines),
        (".ndjson", Self::JsonLines),
        (".jsonl.gz", Self::JsonLinesGzip),
        (".ndjson.gz", Self::JsonLinesGzip),
        (".jsonl.zst", Self::JsonLinesZstd),
        (".ndjson.zst", Self::JsonLinesZstd),
        (".csv", Self::Csv),
        (".parquet", Self::Parquet),
    ];

    /// The endings that are understood, for messages.
    pub const UNDERSTOOD: &str = ".jsonl, .jsonl.gz, .jsonl.zst, .csv or .parquet";

    /// The format that the name of a file stands for, in small or capital letters; `None` where its
    /// ending is not understood.
    ///
    /// ```
    /// use cotprint::export::RecordFormat;
    ///
    /// let format = |name: &str| RecordFormat::from_path(name.as_ref());
    /// assert_eq!(format("out/scores.jsonl.zst"), Some(RecordFormat::JsonLinesZstd));
    /// assert_eq!(format("scores.doc"), None);
    /// ```
    pub fn from_path(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        let ends = |(ending, _): &&(&str, Self)| name.ends_with(ending);
        Self::ENDINGS.iter().find(ends).map(|(_, format)| *format)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_name_says_the_format() {
        for (name, format) in [
            ("a.jsonl", RecordFormat::JsonLines),
            ("A.JSONL.GZ", RecordFormat::JsonLinesGzip),
            ("x/y.ndjson.zst", RecordFormat::JsonLinesZstd),
            ("a.csv", RecordFormat::Csv),
            ("a.parquet", RecordFormat::Parquet),
        ] {
            assert_eq!(RecordFormat::from_path(Path::new(name)), Some(format), "{name}");
        }
        for name in ["a.json", "a", "a.gz", "a.csv.gz", "parquet", ".."] {
            assert_eq!(RecordFormat::from_path(Path::new(name)), None, "{name}");
        }
    }
}
