//! Records → a file of the format that its name says, or standard output.

use super::output::Output;
use crate::{
    export::{Column, RecordFormat, RecordWriter, Row},
    output::InputFiles,
};
use std::path::Path;

/// Where records go. Nothing is at the place of a file before [`RecordOutput::finish`].
pub(super) struct RecordOutput<T: Row>(Option<RecordWriter<T, Output>>);

impl<T: Row> RecordOutput<T> {
    /// Records are only counted.
    pub fn nowhere() -> Self {
        Self(None)
    }

    /// Opens a file, or standard output where none is named.
    pub fn open(path: Option<&Path>, inputs: &InputFiles) -> anyhow::Result<Self> {
        Self::with_columns(path, inputs, T::COLUMNS)
    }

    /// The same, where a table has these columns.
    pub fn with_columns(
        path: Option<&Path>,
        inputs: &InputFiles,
        columns: &[Column],
    ) -> anyhow::Result<Self> {
        let format = path.map_or(Ok(RecordFormat::JsonLines), format)?;
        let output = Output::open(path, "-o", inputs)?;
        Ok(Self(Some(RecordWriter::with_columns(format, output, columns)?)))
    }

    /// Writes one record.
    pub fn write(&mut self, record: &T) -> anyhow::Result<()> {
        match &mut self.0 {
            Some(writer) => Ok(writer.write(record)?),
            None => Ok(()),
        }
    }

    /// Writes what is left and puts a file in its place.
    pub fn finish(self) -> anyhow::Result<()> {
        match self.0 {
            Some(writer) => writer.finish()?.finish(),
            None => Ok(()),
        }
    }
}

/// The format of an output. A pipe or a device gets JSON Lines, whatever its name.
fn format(path: &Path) -> anyhow::Result<RecordFormat> {
    if path == Path::new("-") {
        return Ok(RecordFormat::JsonLines);
    }
    if let Some(format) = RecordFormat::from_path(path) {
        return Ok(format);
    }
    let is_device = path.metadata().is_ok_and(|data| !data.is_file() && !data.is_dir());
    if is_device || path.starts_with("/dev") {
        return Ok(RecordFormat::JsonLines);
    }
    anyhow::bail!(
        "-o {}: the ending of the name chooses the format, and this one is not understood; name a file \
         that ends in {}, or - for standard output",
        path.display(),
        RecordFormat::UNDERSTOOD
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_ending_is_refused_with_those_that_are_known() {
        for name in ["a.json", "a", "a.gz", "parquet", ".."] {
            let error = format(Path::new(name)).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains(".jsonl.zst"), "{error}");
        }
        assert_eq!(format(Path::new("-")).unwrap(), RecordFormat::JsonLines);
        assert_eq!(format(Path::new("/dev/null")).unwrap(), RecordFormat::JsonLines);
    }
}
