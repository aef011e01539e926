//! Texts → vectors of a model that the user gives: the sources of the `vectors` channel.
//!
//! Comes in: texts, and a folder with an embedding model ([`open`]) or a file of vectors that the
//! user computed elsewhere ([`Precomputed`]). Goes out: one vector for each text. Called by the
//! vectorizer and, as a [`Source`], which is either, by `atlas`, `evaluation` and `cli`.
//! `docs/channels/embed.md` defines the channel and tells how each source was checked.
//!
//! One source is one file: `model2vec` (static vectors of tokens), `sentence_transformers` (a
//! transformer, behind the cargo feature of this name), `precomputed`, which `vectors_file` opens
//! by one of the readers `npy`, `jsonl` and `parquet`. `files` reads small and large files safely,
//! `tensors` reads safetensors.

mod collector;
mod error;
mod files;
mod jsonl;
mod matrix;
#[cfg(feature = "tokenizers")]
mod model2vec;
mod npy;
mod numbers;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "sentence-transformers")]
mod pieces;
mod precomputed;
#[cfg(feature = "sentence-transformers")]
mod sentence_transformers;
mod source;
#[cfg(feature = "tokenizers")]
mod tensors;
mod vectors_file;

pub use error::{EmbedError, TextError};
#[cfg(feature = "tokenizers")]
pub use model2vec::Model2Vec;
pub(crate) use numbers::MOST_DIMENSIONS;
pub use precomputed::{Columns, Precomputed};
#[cfg(feature = "sentence-transformers")]
pub use sentence_transformers::SentenceTransformer;
pub use source::{Cursor, Source, SourceInfo, SourceKind};

use std::fmt::Debug;
use std::path::Path;

use serde::Deserialize;

/// A model that turns texts into vectors. The same text gives the same vector, whatever stands
/// beside it and whatever the number of threads.
pub trait Embedder: Debug + Send + Sync {
    /// The length of every vector.
    fn dimensions(&self) -> usize;

    /// One vector of [`Embedder::dimensions`] numbers for each text, in their order. A text without
    /// any token that the model knows has the zero vector, or, from a transformer, what the network
    /// makes of an empty text. Long texts are read as the source describes.
    ///
    /// # Errors
    /// Where the tokenizer or the network fails on a text; the error numbers the text from 0.
    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError>;
}

/// Opens the model in the folder `source`, whose kind is recognized by its files: `modules.json`
/// where there is one, else `config.json`.
///
/// # Errors
/// Where `source` is no folder, holds no known kind of model, or the model cannot be loaded.
pub fn open(source: &str) -> Result<Box<dyn Embedder>, EmbedError> {
    let folder = Path::new(source);
    if !folder.is_dir() {
        let advice = if folder.is_file() {
            "A file of vectors is no model; name the folder of a model"
        } else {
            "Name the folder of a model2vec or sentence-transformers model"
        };
        return Err(EmbedError::invalid(source, "is no folder", advice));
    }
    match kind_of(folder)? {
        Kind::Static => open_static(folder),
        Kind::Transformer => open_transformer(folder),
    }
}

#[cfg(feature = "tokenizers")]
fn open_static(folder: &Path) -> Result<Box<dyn Embedder>, EmbedError> {
    Ok(Box::new(Model2Vec::from_folder(folder)?))
}

#[cfg(not(feature = "tokenizers"))]
fn open_static(folder: &Path) -> Result<Box<dyn Embedder>, EmbedError> {
    Err(EmbedError::invalid(
        folder.display(),
        "holds a model2vec model, which this build does not read",
        "Build with the feature `tokenizers`",
    ))
}

#[cfg(feature = "sentence-transformers")]
fn open_transformer(folder: &Path) -> Result<Box<dyn Embedder>, EmbedError> {
    Ok(Box::new(SentenceTransformer::from_folder(folder)?))
}

#[cfg(not(feature = "sentence-transformers"))]
fn open_transformer(folder: &Path) -> Result<Box<dyn Embedder>, EmbedError> {
    Err(EmbedError::invalid(
        folder.display(),
        "holds a transformer, which this program was built without",
        "Build it with `cargo build --release --features sentence-transformers`, or name a model2vec folder",
    ))
}

/// One entry of `modules.json`: a step of a sentence-transformers model.
#[derive(Debug, Deserialize)]
struct Module {
    /// A name of a Python class; its last part is the kind of the step.
    #[serde(rename = "type")]
    class: String,
    /// The folder of the step's own files, within that of the model.
    #[serde(default)]
    path: String,
}

impl Module {
    /// The last part of the class, such as `Pooling`.
    fn kind(&self) -> &str {
        self.class.rsplit('.').next().unwrap_or_default()
    }
}

/// The steps that `modules.json` lists; none where there is no such file.
fn modules(folder: &Path) -> Result<Vec<Module>, EmbedError> {
    let file = folder.join("modules.json");
    if file.exists() { files::read_json(&file) } else { Ok(Vec::new()) }
}

enum Kind {
    Static,
    Transformer,
}

fn kind_of(folder: &Path) -> Result<Kind, EmbedError> {
    for module in modules(folder)? {
        match module.kind() {
            "StaticEmbedding" => return Ok(Kind::Static),
            "Transformer" => return Ok(Kind::Transformer),
            _ => {}
        }
    }
    let config = folder.join("config.json");
    if !config.is_file() {
        return Err(EmbedError::invalid(
            folder.display(),
            "holds neither config.json nor modules.json, so it is no known model",
            "Name the folder of a model2vec or sentence-transformers model",
        ));
    }
    /// What tells the two kinds apart.
    #[derive(Deserialize)]
    struct Config {
        #[serde(default)]
        hidden_size: Option<usize>,
    }
    let config: Config = files::read_json(&config)?;
    // model2vec writes no `hidden_size`, and every network has one.
    Ok(if config.hidden_size.is_some() { Kind::Transformer } else { Kind::Static })
}

/// Scales a vector to length 1; the zero vector stays.
#[cfg(feature = "tokenizers")]
fn normalize(vector: &mut [f32]) {
    let squares: f64 = vector.iter().map(|&value| f64::from(value) * f64::from(value)).sum();
    if squares > 0.0 {
        let length = squares.sqrt();
        for value in vector {
            *value = (f64::from(*value) / length) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        folder
    }

    fn refused(source: &Path) -> String {
        open(&source.display().to_string()).unwrap_err().to_string()
    }

    #[cfg(feature = "tokenizers")]
    #[test]
    fn a_folder_is_recognized_by_its_files() {
        let model = open("fixtures/embedding/plain").unwrap();
        assert_eq!(model.dimensions(), 8);
        let transformer = folder_with(&[("config.json", r#"{"hidden_size": 4}"#)]);
        assert!(matches!(kind_of(transformer.path()), Ok(Kind::Transformer)));
        let listed = folder_with(&[(
            "modules.json",
            r#"[{"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"}]"#,
        )]);
        assert!(matches!(kind_of(listed.path()), Ok(Kind::Transformer)));
        let named = folder_with(&[("config.json", r#"{"model_type": "model2vec"}"#)]);
        assert!(matches!(kind_of(named.path()), Ok(Kind::Static)));
    }

    #[test]
    fn what_is_no_model_is_refused_in_a_sentence() {
        assert!(refused(Path::new("no/such/folder")).contains("no/such/folder: is no folder"));
        assert!(refused(Path::new("Cargo.toml")).contains("A file of vectors is no model"));
        assert!(refused(folder_with(&[]).path()).contains("neither config.json nor modules.json"));
        let broken = folder_with(&[("config.json", "{")]);
        assert!(refused(broken.path()).contains("config.json: is not the JSON that it should be"));
    }

    #[cfg(not(feature = "sentence-transformers"))]
    #[test]
    fn a_transformer_without_its_feature_names_the_feature() {
        let transformer = folder_with(&[("config.json", r#"{"hidden_size": 4}"#)]);
        assert!(refused(transformer.path()).contains("--features sentence-transformers"));
    }

    #[cfg(feature = "tokenizers")]
    #[test]
    fn a_vector_is_scaled_to_length_one_and_zero_stays() {
        let mut vector = [3.0, 4.0];
        normalize(&mut vector);
        assert_eq!(vector, [0.6, 0.8]);
        let mut zero = [0.0, 0.0];
        normalize(&mut zero);
        assert_eq!(zero, [0.0, 0.0]);
    }
}
