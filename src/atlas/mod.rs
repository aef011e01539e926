//! The library of references: learned once by `fit`, read by all the rest.
//!
//! Comes in: labelled traces ([`learn`]) or the bytes of an atlas file ([`Atlas::from_bytes`]).
//! Goes out: an [`Atlas`], which is a [`Model`] with what is known about its references. Reading
//! one executes nothing; it holds statistics and no text longer than an n-gram. Called by `cli`
//! and `lineage`.

mod error;
mod extend;
mod format;
mod learn;
mod probes;
mod usable;

pub use error::Error;
pub use extend::extend;
pub use format::{FORMAT_VERSION, MAGIC};
pub use learn::{LearnOptions, Learned, learn, read_families};
pub(crate) use learn::{TWO_HALVES, floor};
pub use probes::PromptSet;
pub use usable::MINIMUM_TRACES;

use crate::{
    attribution::{
        AddedFigures, CrossValidation, FitOptions, Model,
        classic::{ClassicModel, Method, Tables},
        panel::Panel,
    },
    features::embed::{Source, SourceInfo},
    trace::TextKind,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// What stands for the domain of traces that name none.
pub const UNKNOWN_DOMAIN: &str = "unknown";

/// The data set of all traces whose source has too few references to be one.
const OTHER_GROUND: &str = "other";

/// The atlas that is built into the program, as `cotprint fit` wrote it.
const EMBEDDED: &[u8] = include_bytes!("../../assets/default.atlas");

/// A learned library of references.
#[derive(Debug, Clone)]
pub struct Atlas {
    /// What is known about it and its references.
    pub about: About,
    /// What scores texts.
    pub model: Model,
    /// What the classic measures of stylometry need; `None` where they were not asked for.
    pub classic: Option<Tables>,
    /// How the references write on prompts that several of them answered; empty where an older program
    /// learned it, or without the channel `embed`.
    pub panel: Panel,
    /// Hashes of the texts that it was learned from ([`text_hash`]), ascending.
    pub seen: Vec<u64>,
    /// What [`extend`] needs, still packed; `None` where the atlas was not learned to be extendable.
    extendable: Option<Vec<u8>>,
    /// Checksum of the file that it was read from: 32 hexadecimal digits.
    pub checksum: String,
    /// Where vectors come from, once that was given.
    vectors: Option<Source>,
}

/// What is known about an atlas and its references.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// The program that learned it, with its version.
    pub program: String,
    /// Which text of a trace it was learned from.
    pub text: TextKind,
    /// Whether names of models and vendors were masked in what it was learned from, so that they
    /// must be masked in what is scored. (Atlases that do not say so were learned without.)
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub masked_names: bool,
    /// How it was learned.
    pub options: FitOptions,
    /// Where the vectors of the channel `vectors` came from; `None` of an atlas without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vectors: Option<SourceInfo>,
    /// How well it does on prompts that it had not seen.
    pub cross_validation: CrossValidation,
    /// What a similarity between two corpora means.
    pub floors: Vec<Floor>,
    /// The data sets within which references were compared.
    #[serde(rename = "grounds")]
    pub data_sets: Vec<String>,
    /// Whether the families were learned: they are references that were taken for each other on new prompts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub families_learned: bool,
    /// The references, in the order of the scores.
    pub references: Vec<Reference>,
    /// What was added to it later, in this order; the references that were added stand last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
}

/// References that were added to an atlas without the traces that it was learned from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Extension {
    /// Checksum of the atlas that they were added to.
    pub base: String,
    /// Their names.
    pub references: Vec<String>,
    /// Their traces.
    pub traces: usize,
    /// How many of them are about what none of the atlas's data sets is about.
    pub unfamiliar: usize,
    /// How well they are recognized on prompts that were held out; `None` where they all have one prompt.
    pub held_out: Option<AddedFigures>,
}

impl About {
    /// The references that were learned together: all but those that were added later.
    pub fn learned(&self) -> &[Reference] {
        let added: usize = self.extensions.iter().map(|own| own.references.len()).sum();
        &self.references[..self.references.len().saturating_sub(added)]
    }

    /// Whether a reference was added later: it is told from the others by its style alone.
    pub fn was_added(&self, reference: &str) -> bool {
        self.extensions.iter().any(|own| own.references.iter().any(|name| name == reference))
    }

    /// Whether a reference was learned from traces on the data set with this number.
    pub fn is_known_on(&self, reference: &Reference, data_set: usize) -> bool {
        self.data_sets.get(data_set).is_some_and(|name| {
            reference.data_sets.contains(name)
                || reference.sources.keys().any(|source| {
                    source == name || (name == OTHER_GROUND && !self.data_sets.contains(source))
                })
        })
    }
}

/// A known model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// `vendor/name`.
    pub name: String,
    /// The family that it was put in.
    pub family: Option<String>,
    /// Traces that it was learned from.
    pub traces: usize,
    /// Words in them.
    pub words: usize,
    /// Different prompts among them.
    pub prompts: usize,
    /// Traces by domain.
    pub domains: BTreeMap<String, usize>,
    /// Traces by mediation (`raw`, `summary`, `truncated`, `unknown`).
    pub mediation: BTreeMap<String, usize>,
    /// Traces by source.
    pub sources: BTreeMap<String, usize>,
    /// Licences that the traces came under.
    pub licences: BTreeSet<String>,
    /// The atlas's data sets that its traces are like in subject matter, where it was added later; else its sources say.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[serde(rename = "grounds")]
    pub data_sets: BTreeSet<String>,
}

/// What a similarity means: its values between corpora whose relation is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Floor {
    /// What was compared, for example `two halves of one model's corpus`.
    pub what: String,
    /// Number of pairs.
    pub pairs: usize,
    /// The 5 % quantile over those pairs.
    pub low: f64,
    /// The median over those pairs.
    pub median: f64,
    /// The 95 % quantile over those pairs.
    pub high: f64,
}

impl Atlas {
    /// The atlas that is built into the program.
    ///
    /// # Errors
    /// Where the program was built around a damaged file.
    pub fn embedded() -> Result<Self, Error> {
        Self::from_bytes(EMBEDDED, "the embedded atlas")
    }

    /// Reads an atlas file.
    ///
    /// # Errors
    /// Where the file cannot be read, is no atlas, is of a newer version, is cut off or altered.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let name = path.display().to_string();
        let bytes = std::fs::read(path)
            .map_err(|error| Error::Read { name: name.clone(), reason: error.to_string() })?;
        Self::from_bytes(&bytes, &name)
    }

    /// Reads an atlas from memory; `name` stands in error messages.
    ///
    /// # Errors
    /// As [`Atlas::open`].
    pub fn from_bytes(bytes: &[u8], name: &str) -> Result<Self, Error> {
        format::read(bytes, name)
    }

    /// The source of vectors that scoring needs and that was not given yet ([`Atlas::set_vectors`]); `None`
    /// where nothing is missing. An atlas file holds no model, so an atlas that was learned with vectors and
    /// was opened just now lacks it.
    pub fn needs_vectors(&self) -> Option<&SourceInfo> {
        self.about.vectors.as_ref().filter(|_| self.vectors.is_none())
    }

    /// The source of vectors, once it was given.
    pub fn vectors(&self) -> Option<&Source> {
        self.vectors.as_ref()
    }

    /// Gives the source of vectors. From now on a model makes those of all texts; a file's are looked up in
    /// [`Atlas::vectors`] and given to [`Model::score_with`]. `name` stands in error messages.
    ///
    /// # Errors
    /// Where the atlas was learned without vectors, or with another kind of source, another model (by its
    /// checksum) or vectors of another length.
    pub fn set_vectors(&mut self, source: Source, name: &str) -> Result<(), Error> {
        let Some(expected) = &self.about.vectors else {
            return Err(Error::NoVectors { name: name.to_owned() });
        };
        let found = source.info();
        let same = |info: &SourceInfo| (info.kind, info.dimensions, info.checksum.clone());
        if same(expected) != same(found) {
            return Err(Error::OtherVectors {
                name: name.to_owned(),
                expected: expected.words(),
                found: found.words(),
            });
        }
        self.model.vectorizer.set_embedder(source.embedder().cloned());
        self.vectors = Some(source);
        Ok(())
    }

    /// What scores texts by one of the classic measures; `None` for the default method, which is
    /// [`Atlas::model`]. `name` stands in error messages.
    ///
    /// # Errors
    /// Where the method needs what this atlas does not hold: compression the references' texts, which
    /// none holds, the others the word frequencies, which are learned only where they are asked for.
    pub fn judge(&self, method: Method, name: &str) -> Result<Option<ClassicModel>, Error> {
        if method == Method::Default {
            return Ok(None);
        }
        if method == Method::Compression {
            return Err(Error::NeedsTexts { name: name.to_owned() });
        }
        let judge = self.classic.as_ref().and_then(|tables| tables.model(method));
        let missing = || Error::NoFrequencies { name: name.to_owned(), method: method.name() };
        judge.ok_or_else(missing).map(Some)
    }

    /// The names of the references, in the order of the scores.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.about.references.iter().map(|reference| reference.name.as_str())
    }

    /// Whether the atlas was learned from this very text, whatever its white space.
    pub fn has_seen(&self, text: &str) -> bool {
        self.seen.binary_search(&text_hash(text)).is_ok()
    }

    /// Traces that the atlas was learned from.
    pub fn traces(&self) -> usize {
        self.about.references.iter().map(|reference| reference.traces).sum()
    }
}

/// A hash of a text's words that ignores its white space.
pub fn text_hash(text: &str) -> u64 {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    for word in text.split_whitespace() {
        hash.update(word.as_bytes());
        hash.update(b" ");
    }
    hash.digest()
}
