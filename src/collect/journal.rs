//! The file that answers are added to, one record a line, and resumed from.
//!
//! Comes in: a path and the [`Settings`](super::Settings) of the run. Goes out: which samples are
//! there already, and a file in the order of the plan at the end. Called by `collector`. A line that a
//! crash left unfinished is cut off; a file of other settings, or of something else, is refused.

use super::{Error, plan::Sample, settings::differences};
use crate::output::{AppendedFile, InputFiles, OutputFile};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::{BufRead, Read, Seek, SeekFrom, Write},
    path::Path,
};

/// The longest line that is read: an answer twice, with room for escapes.
const MOST_BYTES: u64 = 512 << 20;

/// The field of `meta` that has what the journal needs.
pub(super) const FIELD: &str = "collect";

/// An open file, and where its records stand.
#[derive(Debug)]
pub(super) struct Journal {
    file: AppendedFile,
    /// Where the line of a sample begins, and its length with the line end.
    lines: BTreeMap<Sample, (u64, u64)>,
    /// The samples in the order in which they stand.
    order: Vec<Sample>,
    /// A half line was cut off.
    pub was_cut: bool,
}

/// What is read of a line. The rest is passed over.
#[derive(Deserialize)]
struct Line {
    meta: Meta,
}

#[derive(Deserialize)]
struct Meta {
    collect: Collected,
}

/// What `meta.collect` of a record must hold.
#[derive(Deserialize)]
struct Collected {
    /// The hash of the prompt, 16 hexadecimal digits.
    prompt: String,
    sample: u32,
    settings: Value,
}

impl Journal {
    /// Opens a file, or makes it. `identity` is what its records must have in common with this run.
    ///
    /// # Errors
    /// Where the file cannot be opened or read, is another kind of file, or has other settings.
    pub fn open(path: &Path, inputs: &InputFiles, identity: &Value) -> Result<Self, Error> {
        let mut file = AppendedFile::open(path, inputs)?;
        let mut lines = BTreeMap::new();
        let mut order = Vec::new();
        let failed = |source| Error::Read { file: path.to_owned(), source };
        let (mut start, mut number, mut half) = (0, 0, false);
        let mut reader = file.reader().map_err(failed)?;
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            number += 1;
            let read = Read::take(&mut reader, MOST_BYTES).read_until(b'\n', &mut buffer);
            let length = read.map_err(failed)? as u64;
            if length == 0 {
                break;
            }
            let not_collected =
                |problem| Error::NotCollected { file: path.to_owned(), line: number, problem };
            if length == MOST_BYTES {
                return Err(not_collected("it is too long".to_owned()));
            }
            if buffer.last() != Some(&b'\n') {
                // Another kind of file is not cut: its half line may be its only one.
                if number == 1 && !buffer.starts_with(b"{\"id\":") {
                    return Err(not_collected("it is another kind of file".to_owned()));
                }
                half = true;
                break;
            }
            let line: Line = serde_json::from_slice(&buffer)
                .map_err(|error| not_collected(error.to_string()))?;
            let Collected { prompt, sample, settings } = line.meta.collect;
            if settings != *identity {
                let differences = differences(&settings, identity);
                return Err(Error::OtherSettings { file: path.to_owned(), differences });
            }
            let prompt = u64::from_str_radix(&prompt, 16)
                .map_err(|_| not_collected(format!("`{prompt}` is no hash of a prompt")))?;
            let sample = Sample { prompt, number: sample };
            if lines.insert(sample, (start, length)).is_none() {
                order.push(sample);
            }
            start += length;
        }
        if half {
            file.cut(start)?;
        }
        Ok(Self { file, lines, order, was_cut: half })
    }

    /// Whether a sample is there.
    pub fn has(&self, sample: Sample) -> bool {
        self.lines.contains_key(&sample)
    }

    /// Adds a record.
    ///
    /// # Errors
    /// Where the disk is full. What was there is still there.
    pub fn add(&mut self, sample: Sample, record: &str) -> Result<(), Error> {
        let start = self.file.append(record)?;
        self.lines.insert(sample, (start, record.len() as u64 + 1));
        self.order.push(sample);
        Ok(())
    }

    /// Puts the records into the order of the plan; others follow in the order in which they stood.
    /// The file is replaced as a whole, and only where its order is another.
    ///
    /// # Errors
    /// Where it cannot be read or written.
    pub fn finish(self, plan: &[Sample]) -> Result<(), Error> {
        let Self { mut file, lines, order: stands, .. } = self;
        let planned: BTreeMap<Sample, usize> = plan.iter().copied().zip(0..).collect();
        let mut order = stands.clone();
        order.sort_by_key(|sample| planned.get(sample).copied().unwrap_or(usize::MAX));
        if order == stands {
            return Ok(());
        }
        let path = file.path().to_owned();
        let failed = |source| Error::Read { file: path.clone(), source };
        let written = |source| crate::output::Error::Write { path: path.clone(), source };
        let mut to = OutputFile::create(&path, &InputFiles::default())?;
        let mut from = file.reader().map_err(failed)?;
        for sample in order {
            let Some(&(start, length)) = lines.get(&sample) else { continue };
            from.seek(SeekFrom::Start(start)).map_err(failed)?;
            std::io::copy(&mut Read::take(&mut from, length), &mut to).map_err(written)?;
        }
        to.flush().map_err(written)?;
        // Some systems do not replace a file that is open.
        drop(file);
        Ok(to.finish()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::fs;

    fn record(prompt: u64, number: u32, model: &str) -> String {
        let collect = json!({"prompt": format!("{prompt:016x}"), "sample": number, "settings": {"model": model}});
        json!({"id": "x", "reasoning": "r", "meta": {"collect": collect}}).to_string()
    }

    fn open(path: &Path) -> Result<Journal, Error> {
        Journal::open(path, &InputFiles::default(), &json!({"model": "m"}))
    }

    #[test]
    fn a_file_is_resumed_and_ends_in_the_order_of_the_plan() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let sample = |prompt, number| Sample { prompt, number };
        let mut journal = open(&path).unwrap();
        journal.add(sample(2, 0), &record(2, 0, "m")).unwrap();
        drop(journal);
        // A crash in the middle of a line.
        let half = fs::read_to_string(&path).unwrap() + "{\"id\":\"x\",\"rea";
        fs::write(&path, half).unwrap();
        let mut journal = open(&path).unwrap();
        assert!(journal.was_cut && journal.has(sample(2, 0)) && !journal.has(sample(1, 0)));
        journal.add(sample(1, 0), &record(1, 0, "m")).unwrap();
        journal.finish(&[sample(1, 0), sample(2, 0), sample(1, 1)]).unwrap();
        let expected = format!("{}\n{}\n", record(1, 0, "m"), record(2, 0, "m"));
        assert_eq!(fs::read_to_string(&path).unwrap(), expected);
        assert!(!open(&path).unwrap().was_cut);
    }

    #[test]
    fn other_files_and_other_settings_are_refused_and_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        for (content, words) in [
            (record(1, 0, "other") + "\n", "model (other in the file, m now)"),
            ("{\"reasoning\": \"mine\"}\n".into(), "line 1"),
            ("a diary without a line end".into(), "another kind of file"),
            (record(1, 0, "m") + "\nnonsense\n", "line 2"),
        ] {
            fs::write(&path, &content).unwrap();
            let error = open(&path).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
    }
}
