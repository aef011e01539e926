//! What a user names as the source of the channel `vectors`: the folder of a model, or a file.
//!
//! Comes in: a path. Goes out: a [`Source`], which gives the vectors of traces, and a
//! [`SourceInfo`], which an atlas keeps of it. `cli` opens sources, `atlas` learns from them and
//! knows them again, `evaluation` asks them for held-out traces. A model makes the vector of any
//! text; a file only has those of whole traces, found by the trace ([`Cursor`] as they stream by,
//! [`Source::for_traces`] for all at once).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64, xxh3_128};

use super::{Columns, EmbedError, Embedder, Kind, Precomputed, kind_of, modules, open};
use crate::trace::Trace;

/// The files of a model's folder, and of the folders of its steps, that its vectors depend on.
const MODEL_FILES: [&str; 5] = [
    "config.json",
    "model.safetensors",
    "modules.json",
    "sentence_bert_config.json",
    "tokenizer.json",
];

/// What kind of source vectors come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// Static vectors of tokens.
    Model2vec,
    /// A transformer.
    SentenceTransformers,
    /// Vectors that were computed elsewhere.
    File,
}

impl SourceKind {
    /// The word that the atlas and messages use for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Model2vec => "model2vec",
            Self::SentenceTransformers => "sentence-transformers",
            Self::File => "file",
        }
    }
}

/// What an atlas keeps of the source that it was learned with: enough to know it again, not the
/// model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceInfo {
    /// What kind it is.
    pub kind: SourceKind,
    /// The length of every vector.
    pub dimensions: usize,
    /// The folder of a model, as it was named; `None` of a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// XXH3-128 over the names and contents of the model's files, 32 hexadecimal digits; `None` of
    /// a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<String>,
}

impl SourceInfo {
    /// A few words for a person: what it is, the length of its vectors, the model's checksum.
    pub fn words(&self) -> String {
        let Self { kind, dimensions, .. } = self;
        match &self.checksum {
            Some(checksum) => {
                format!("a {} model ({dimensions} dimensions, checksum {checksum})", kind.name())
            }
            None => format!("a file of vectors ({dimensions} dimensions)"),
        }
    }
}

/// An open source of vectors.
#[derive(Debug, Clone)]
pub struct Source {
    info: SourceInfo,
    vectors: Vectors,
}

#[derive(Debug, Clone)]
enum Vectors {
    Model(Arc<dyn Embedder>),
    File {
        file: Arc<Precomputed>,
        /// The row of each trace, where rows are matched by order and the traces were told.
        rows: Option<Arc<FxHashMap<u128, usize>>>,
    },
}

impl Source {
    /// Opens the model in a folder ([`open`]), or reads a file of vectors ([`Precomputed::open`]
    /// with [`Columns::default`]).
    ///
    /// # Errors
    /// As these two.
    pub fn open(source: &str) -> Result<Self, EmbedError> {
        let path = Path::new(source);
        if !path.is_dir() {
            let file = Precomputed::open(path, Columns::default())?;
            let (kind, dimensions) = (SourceKind::File, file.dimensions());
            let info = SourceInfo { kind, dimensions, folder: None, checksum: None };
            return Ok(Self { info, vectors: Vectors::File { file: Arc::new(file), rows: None } });
        }
        let kind = match kind_of(path)? {
            Kind::Static => SourceKind::Model2vec,
            Kind::Transformer => SourceKind::SentenceTransformers,
        };
        let model: Arc<dyn Embedder> = open(source)?.into();
        let (folder, checksum) = (Some(source.to_owned()), Some(checksum(path)?));
        let info = SourceInfo { kind, dimensions: model.dimensions(), folder, checksum };
        Ok(Self { info, vectors: Vectors::Model(model) })
    }

    /// What an atlas keeps of it.
    pub fn info(&self) -> &SourceInfo {
        &self.info
    }

    /// The model; `None` where vectors come from a file.
    pub fn embedder(&self) -> Option<&Arc<dyn Embedder>> {
        match &self.vectors {
            Vectors::Model(model) => Some(model),
            Vectors::File { .. } => None,
        }
    }

    /// Whether traces are matched by their order, so that they can be read but once, all together.
    pub fn is_by_order(&self) -> bool {
        matches!(&self.vectors, Vectors::File { file, .. } if !file.has_ids())
    }

    /// The same source, ready to give the vectors of these traces in any order
    /// ([`Source::vector_of`]): all traces that were read, in the order in which they were, before
    /// any of them is left out.
    ///
    /// # Errors
    /// Where a file lacks the vector of a trace, has more rows by order than there are traces, or
    /// two different traces have one id.
    pub fn for_traces(mut self, traces: &[Trace]) -> Result<Self, EmbedError> {
        let mut cursor = Cursor::new(&self);
        for trace in traces {
            cursor.next(trace)?;
        }
        cursor.finish()?;
        if let Vectors::File { file, rows } = &mut self.vectors
            && !file.has_ids()
        {
            let mut places = FxHashMap::default();
            for (row, trace) in traces.iter().enumerate() {
                places.entry(key_of(trace)).or_insert(row);
            }
            *rows = Some(Arc::new(places));
        }
        Ok(self)
    }

    /// The vector of a trace from a file; `None` where a model makes the vectors. A file whose rows
    /// are matched by order needs [`Source::for_traces`] first.
    ///
    /// # Errors
    /// Where the file has no vector of this trace.
    pub fn vector_of(&self, trace: &Trace) -> Result<Option<&[f32]>, EmbedError> {
        match &self.vectors {
            Vectors::Model(_) => Ok(None),
            Vectors::File { file, .. } if file.has_ids() => file.get(0, &trace.id).map(Some),
            Vectors::File { file, rows } => {
                let row = rows.as_ref().and_then(|rows| rows.get(&key_of(trace)));
                let row = row.ok_or_else(|| {
                    EmbedError::invalid(
                        file.file(),
                        format!(
                            "has no ids, and it is not known which row is that of {}",
                            trace.id
                        ),
                        "Give a Parquet or JSON Lines file with the ids of the traces",
                    )
                })?;
                file.get(*row, &trace.id).map(Some)
            }
        }
    }
}

/// Finds the vectors of traces as they stream by, in the order in which they are read.
#[derive(Debug)]
pub struct Cursor<'a> {
    source: &'a Source,
    /// Traces so far.
    traces: usize,
    /// Of each id that came, a hash of its trace.
    ids: FxHashMap<u64, u128>,
}

impl<'a> Cursor<'a> {
    /// A cursor before the first trace.
    pub fn new(source: &'a Source) -> Self {
        Self { source, traces: 0, ids: FxHashMap::default() }
    }

    /// The vector of the next trace from a file; `None` where a model makes the vectors.
    ///
    /// # Errors
    /// Where the file has none, or another trace with the same id came before: whose the vector is
    /// could not be told.
    pub fn next(&mut self, trace: &Trace) -> Result<Option<&'a [f32]>, EmbedError> {
        let Vectors::File { file, .. } = &self.source.vectors else { return Ok(None) };
        let place = self.traces;
        self.traces += 1;
        if file.has_ids() {
            let key = key_of(trace);
            if *self.ids.entry(xxh3_64(trace.id.as_bytes())).or_insert(key) != key {
                return Err(EmbedError::invalid(
                    file.file(),
                    format!(
                        "has one vector for the id {:?}, which two different traces have",
                        trace.id
                    ),
                    "Give every trace an id of its own, or the vectors as .npy in the order of the traces",
                ));
            }
        }
        file.get(place, &trace.id).map(Some)
    }

    /// To be called behind the last trace.
    ///
    /// # Errors
    /// As [`Precomputed::check_number_of_traces`].
    pub fn finish(self) -> Result<(), EmbedError> {
        match &self.source.vectors {
            Vectors::Model(_) => Ok(()),
            Vectors::File { file, .. } => file.check_number_of_traces(self.traces),
        }
    }
}

/// Tells a trace from every other.
fn key_of(trace: &Trace) -> u128 {
    let answer = trace.answer.as_deref().unwrap_or_default();
    let mut bytes = Vec::new();
    for part in [&trace.id, &trace.reasoning, answer] {
        bytes.extend((part.len() as u64).to_le_bytes());
        bytes.extend(part.as_bytes());
    }
    xxh3_128(&bytes)
}

/// XXH3-128 over the files of a model that its vectors depend on: of each, in the order of their
/// names, the name, the length and the content. 32 hexadecimal digits.
fn checksum(folder: &Path) -> Result<String, EmbedError> {
    let mut places = vec![PathBuf::new(), PathBuf::from("0_StaticEmbedding")];
    places.extend(modules(folder)?.iter().filter_map(|module| {
        let parts = Path::new(&module.path).components().filter(|part| *part != Component::CurDir);
        let inside = parts.clone().all(|part| matches!(part, Component::Normal(_)));
        // Nothing outside the folder is read of a model.
        inside.then(|| parts.collect())
    }));
    let mut files = BTreeMap::new();
    for place in &places {
        for name in MODEL_FILES {
            let within = place.join(name);
            let path = folder.join(&within);
            if path.is_file() {
                let parts: Vec<String> = (within.components())
                    .map(|part| part.as_os_str().to_string_lossy().into_owned())
                    .collect();
                files.insert(parts.join("/"), path);
            }
        }
    }
    let mut hash = Xxh3::new();
    for (name, path) in &files {
        let unreadable =
            |source| EmbedError::Unreadable { file: path.display().to_string(), source };
        let mut file = File::open(path).map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len();
        hash.update(name.as_bytes());
        hash.update(&[0]);
        hash.update(&length.to_le_bytes());
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = file.read(&mut buffer).map_err(unreadable)?;
            if read == 0 {
                break;
            }
            hash.update(&buffer[..read]);
        }
    }
    Ok(format!("{:032x}", hash.digest128()))
}

#[cfg(test)]
#[cfg(feature = "tokenizers")]
mod tests {
    use super::*;

    fn trace(id: &str, reasoning: &str) -> Trace {
        Trace { id: id.into(), reasoning: reasoning.into(), ..Trace::default() }
    }

    fn source(lines: &str) -> Source {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("my.jsonl");
        std::fs::write(&file, lines).unwrap();
        Source::open(&file.display().to_string()).unwrap()
    }

    /// A copy of a model in a folder of its own.
    fn model(name: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(Path::new("fixtures/embedding").join(name)).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
        }
        folder
    }

    fn info(folder: &tempfile::TempDir) -> SourceInfo {
        Source::open(&folder.path().display().to_string()).unwrap().info().clone()
    }

    #[test]
    fn a_model_is_known_again_by_its_files_wherever_they_lie() {
        let (one, other) = (model("plain"), model("plain"));
        let (first, second) = (info(&one), info(&other));
        assert_eq!((first.kind, first.dimensions), (SourceKind::Model2vec, 8));
        assert_eq!(first.checksum, second.checksum);
        assert_eq!(first.checksum.as_ref().unwrap().len(), 32);
        assert_ne!(first.folder, second.folder);
        // What no vector depends on does not matter, what it depends on does.
        std::fs::write(other.path().join("README.md"), "words").unwrap();
        assert_eq!(info(&other).checksum, first.checksum);
        let config = std::fs::read_to_string(other.path().join("config.json")).unwrap();
        let changed = config.replace("true", "false");
        assert_ne!(config, changed);
        std::fs::write(other.path().join("config.json"), changed).unwrap();
        assert_ne!(info(&other).checksum, first.checksum);
        assert_ne!(info(&model("shared")).checksum, first.checksum);
    }

    #[test]
    fn vectors_are_found_by_id() {
        let source =
            source("{\"id\":\"a\",\"embedding\":[1,2]}\n{\"id\":\"b\",\"embedding\":[3,4]}\n");
        assert!(!source.is_by_order() && source.embedder().is_none());
        let (a, b) = (trace("a", "one"), trace("b", "two"));
        let source = source.for_traces(std::slice::from_ref(&b)).unwrap();
        assert_eq!(source.vector_of(&a).unwrap(), Some(&[1.0, 2.0][..]));
        let mut cursor = Cursor::new(&source);
        assert_eq!(cursor.next(&b).unwrap(), Some(&[3.0, 4.0][..]));
        assert!(cursor.next(&b).is_ok(), "the same trace twice");
        let told = cursor.next(&trace("b", "another")).unwrap_err().to_string();
        assert!(told.contains("\"b\", which two different traces have"), "{told}");
        let told = source.for_traces(&[trace("c", "")]).unwrap_err().to_string();
        assert!(told.contains("no vector for the trace with the id \"c\""), "{told}");
    }

    #[test]
    fn vectors_by_order_stay_with_their_traces() {
        let source = source("{\"embedding\":[1]}\n{\"embedding\":[2]}\n");
        assert!(source.is_by_order());
        // Ids need not differ where they are not asked for.
        let traces = [trace("x", "one"), trace("x", "two")];
        let told = source.vector_of(&traces[1]).unwrap_err().to_string();
        assert!(told.contains("has no ids"), "{told}");
        let ready = source.clone().for_traces(&traces).unwrap();
        assert_eq!(ready.vector_of(&traces[1]).unwrap(), Some(&[2.0][..]));
        assert_eq!(ready.vector_of(&traces[0]).unwrap(), Some(&[1.0][..]));
        let told = source.for_traces(&traces[..1]).unwrap_err().to_string();
        assert!(told.contains("has 2 rows, and the input has 1 traces"), "{told}");
    }
}
