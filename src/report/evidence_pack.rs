//! What a comparison rests on → the folder `evidence/` next to its report, by which another person
//! can make its figures again.
//!
//! Comes in: every trace as it is scored, then the comparison and the options. Goes out: lists of
//! records with hashes in the place of texts, `parameters.json` and `README.txt`. Called by `cli`.
//! Records are written as they come, so that memory does not grow with the input; nothing in the
//! folder depends on the clock, the machine or the number of threads.

use super::{Error, escaped_json, to_json};
use crate::{
    lineage::Comparison,
    output::{FolderFile, OutputFolder},
    trace::{Place, TextKind, Trace, prompt_hash},
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

const README: &str = include_str!("../../assets/evidence-readme.txt");

/// Which traces a list of records is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordsOf {
    /// The input's.
    Input,
    /// The baseline's.
    Baseline,
    /// Those that an atlas was learned from for this comparison.
    References,
}

impl RecordsOf {
    /// The name of the list.
    pub fn file(self) -> &'static str {
        match self {
            Self::Input => "records.jsonl",
            Self::Baseline => "baseline-records.jsonl",
            Self::References => "reference-records.jsonl",
        }
    }
}

/// One line of a list of records.
#[derive(Debug, Serialize)]
struct Record<'a> {
    id: &'a str,
    /// The file and the place in it, where they are known.
    #[serde(flatten)]
    place: Option<&'a Place>,
    model: Option<&'a str>,
    words: usize,
    /// Whether it had enough words to be scored.
    scored: bool,
    /// SHA-256 of the text that was read, after cleaning, in UTF-8.
    text_sha256: String,
    /// The hash of the normalized prompt by which atlases know prompts.
    prompt_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
}

/// The options of a comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Parameters {
    /// The inputs as they were given.
    pub inputs: Vec<String>,
    /// The baselines as they were given.
    pub baseline: Vec<String>,
    /// The references that an atlas was learned from.
    pub refs: Vec<String>,
    /// What gave the scores.
    pub method: String,
    /// Where the vectors of the traces came from, as it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embed: Option<String>,
    /// The options of reading that differ from the defaults, as words of the command.
    pub reading: Vec<String>,
}

/// A list and what was written to it.
struct List {
    file: FolderFile,
    hash: Sha256,
    records: usize,
    scored: usize,
}

/// The files of `evidence/` while they are written.
pub struct EvidencePack<'a> {
    folder: &'a OutputFolder,
    text: TextKind,
    with_texts: bool,
    lists: BTreeMap<RecordsOf, List>,
}

impl<'a> EvidencePack<'a> {
    /// Begins the files of `evidence/` in the folder of a report. `text` is the kind of text that is
    /// read; the texts themselves are written only `with_texts`.
    pub fn new(folder: &'a OutputFolder, text: TextKind, with_texts: bool) -> Self {
        Self { folder, text, with_texts, lists: BTreeMap::new() }
    }

    /// Writes down a trace that was read: `words` is the number of its words, `scored` whether they
    /// were enough.
    ///
    /// # Errors
    /// When the list cannot be written.
    pub fn add(
        &mut self,
        of: RecordsOf,
        trace: &Trace,
        place: Option<&Place>,
        words: usize,
        scored: bool,
    ) -> Result<(), Error> {
        let text = trace.text(self.text).unwrap_or_default();
        let prompt = trace.prompt.as_deref().filter(|prompt| !prompt.trim().is_empty());
        let record = Record {
            id: &trace.id,
            place,
            model: trace.model.as_deref(),
            words,
            scored,
            text_sha256: hexadecimal(&Sha256::digest(text.as_bytes())),
            prompt_hash: prompt.map(|prompt| format!("{:016x}", prompt_hash(prompt))),
            text: self.with_texts.then_some(&*text),
        };
        // One line whatever is in it: JSON escapes line ends, and what hides is escaped like in
        // report.json.
        let mut line = super::json::escaped(&serde_json::to_string(&record)?);
        line.push('\n');
        let list = match self.lists.entry(of) {
            std::collections::btree_map::Entry::Occupied(list) => list.into_mut(),
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(List::create(self.folder, of)?)
            }
        };
        list.write(&line, scored)
    }

    /// Writes the rest.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(self, comparison: &Comparison, parameters: &Parameters) -> Result<(), Error> {
        let mut lists = serde_json::Map::new();
        for (of, list) in self.lists {
            let List { file, hash, records, scored } = list;
            file.finish()?;
            let found = serde_json::json!({
                "records": records,
                "scored": scored,
                "sha256": hexadecimal(&hash.finalize()),
            });
            lists.insert(of.file().into(), found);
        }
        let from = &comparison.provenance;
        let everything = serde_json::json!({
            "program": from.program,
            "command": from.command,
            "seed": from.seed,
            "resamples": from.resamples,
            "text": from.text,
            "texts_included": self.with_texts,
            "options": parameters,
            "atlas": {
                "name": from.atlas,
                "checksum": from.atlas_checksum,
                "references": from.atlas_references,
                "traces": from.atlas_traces,
                "channels": from.channels,
            },
            "lists": lists,
            "results": {
                "report.json": { "sha256": hexadecimal(&Sha256::digest(to_json(comparison)?)) },
            },
        });
        self.folder.write("evidence/parameters.json", escaped_json(&everything)?)?;
        let readme = README
            .replace("{command}", &super::escape::sentence(&from.command))
            .replace("{program}", &from.program)
            .replace("{checksum}", &super::escape::name(&from.atlas_checksum))
            .replace("{atlas}", &super::escape::sentence(&from.atlas));
        self.folder.write("evidence/README.txt", readme)?;
        Ok(())
    }
}

impl List {
    fn create(folder: &OutputFolder, of: RecordsOf) -> Result<Self, Error> {
        let file = folder.file(&format!("evidence/{}", of.file()))?;
        Ok(Self { file, hash: Sha256::new(), records: 0, scored: 0 })
    }

    fn write(&mut self, line: &str, scored: bool) -> Result<(), Error> {
        self.hash.update(line);
        self.records += 1;
        self.scored += usize::from(scored);
        Ok(self.file.append(line)?)
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
