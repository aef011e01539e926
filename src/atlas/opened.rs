//! An atlas in memory: opened from a file or from the program, and asked.

use super::{about::About, error::Error, format};
use crate::{
    attribution::{
        Model,
        classic::{ClassicModel, Method, Tables},
        panel::Panel,
        verification::Verification,
    },
    features::embed::{Source, SourceInfo},
};
use std::path::Path;

/// The atlas that is built into the program, as `cotprint fit` wrote it.
#[cfg(feature = "embedded-atlas")]
const EMBEDDED: &[u8] = include_bytes!("../../assets/default.atlas");
/// What adding references to it takes. The package on crates.io is too small for it, and goes without.
#[cfg(all(feature = "embedded-atlas", embedded_extension))]
const EXTENSION: &[u8] = include_bytes!("../../assets/default.extension");

/// A learned library of references.
#[derive(Debug, Clone)]
pub struct Atlas {
    /// What is known about it and its references.
    pub about: About,
    /// What scores texts.
    pub model: Model,
    /// What the classic measures of stylometry need; `None` where they were not asked for.
    pub classic: Option<Tables>,
    /// How the references write on prompts that several of them answered; empty where an older
    /// program learned it, or without the channel `embed`.
    pub panel: Panel,
    /// What decides whether a reference wrote a corpus; `None` where an older program learned it, or
    /// from too few families.
    pub verification: Option<Verification>,
    /// Hashes of the texts that it was learned from ([`text_hash`]), ascending.
    pub seen: Vec<u64>,
    /// What [`extend`] needs, still packed; `None` where the atlas was not learned to be
    /// extendable.
    pub(super) extendable: Option<Vec<u8>>,
    /// Checksum of the file that it was read from: 32 hexadecimal digits.
    pub checksum: String,
    /// Where vectors come from, once that was given.
    vectors: Option<Source>,
}

impl Atlas {
    /// The atlas that is built into the program.
    ///
    /// # Errors
    /// Where the crate was built around a damaged file, or without the feature `embedded-atlas`.
    pub fn embedded() -> Result<Self, Error> {
        #[cfg(feature = "embedded-atlas")]
        {
            let atlas = Self::from_bytes(EMBEDDED, "the embedded atlas")?;
            #[cfg(embedded_extension)]
            let atlas = Self { extendable: Some(EXTENSION.to_vec()), ..atlas };
            Ok(atlas)
        }
        #[cfg(not(feature = "embedded-atlas"))]
        Err(Error::NoEmbeddedAtlas)
    }

    /// Reads an atlas file.
    ///
    /// # Errors
    /// Where the file cannot be read, is not an atlas, is of a newer version, is cut off or
    /// altered.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let name = path.display().to_string();
        let bytes = std::fs::read(path)
            .map_err(|error| Error::Read { name: name.clone(), reason: error.to_string() })?;
        Self::from_bytes(&bytes, &name)
    }

    /// Reads an atlas from memory; error messages contain `name`.
    ///
    /// # Errors
    /// As [`Atlas::open`].
    pub fn from_bytes(bytes: &[u8], name: &str) -> Result<Self, Error> {
        let format::Contents {
            about,
            model,
            classic,
            panel,
            verification,
            seen,
            extendable,
            checksum,
        } = format::read(bytes, name)?;
        let vectors = None;
        Ok(Self { about, model, classic, panel, verification, seen, extendable, checksum, vectors })
    }

    /// The source of vectors that scoring needs and that was not given yet
    /// ([`Atlas::set_vectors`]); `None` where nothing is missing. An atlas file contains no model,
    /// so an atlas that was learned with vectors and was opened just now lacks it.
    pub fn needs_vectors(&self) -> Option<&SourceInfo> {
        self.about.vectors.as_ref().filter(|_| self.vectors.is_none())
    }

    /// The source of vectors, once it was given.
    pub fn vectors(&self) -> Option<&Source> {
        self.vectors.as_ref()
    }

    /// Gives the source of vectors. From now on a model makes those of all texts; a file's are
    /// looked up in [`Atlas::vectors`] and given to [`Model::score_with`]. `name` is in error
    /// messages.
    ///
    /// # Errors
    /// Where the atlas was learned without vectors, or with another kind of source, another model
    /// (by its checksum) or vectors of another length.
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
    /// [`Atlas::model`]. Error messages contain `name`.
    ///
    /// # Errors
    /// Where the method needs what this atlas does not hold: compression the references' texts,
    /// which none holds, the others the word frequencies, which are learned only where they are
    /// asked for.
    pub fn classic_model(&self, method: Method, name: &str) -> Result<Option<ClassicModel>, Error> {
        if method == Method::Default {
            return Ok(None);
        }
        if method == Method::Compression {
            return Err(Error::NeedsTexts { name: name.to_owned() });
        }
        let model = self.classic.as_ref().and_then(|tables| tables.model(method));
        let missing = || Error::NoFrequencies { name: name.to_owned(), method: method.name() };
        model.ok_or_else(missing).map(Some)
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
