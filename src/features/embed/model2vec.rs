//! Static vectors of tokens, as model2vec distils them: a folder with `tokenizer.json`,
//! `model.safetensors` and `config.json`.
//!
//! The vector of a text is the mean of the vectors of its tokens; unknown tokens are left out
//! (github.com/MinishLab/model2vec, `StaticModel.encode`). Called through [`super::open`].

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use safetensors::SafeTensors;
use serde::Deserialize;

use super::{EmbedError, Embedder, TextError, files, modules, normalize};
use super::{
    matrix::Matrix,
    tensors::{self, TensorError},
};
use crate::features::subwords::Subwords;

/// The largest file of vectors that is read, in bytes.
const LARGEST_MODEL: u64 = 4 << 30;

/// What of `config.json` matters.
#[derive(Debug, Deserialize)]
struct Config {
    #[serde(default)]
    normalize: Option<bool>,
}

/// A loaded model2vec model.
///
/// A text is read to its end: the vector is that of Python's `encode(text, max_length=None)`. Where
/// Python would cut a text at the model's `max_length` (512 tokens where `config.json` has none),
/// the whole counts here; for static vectors this is the mean over pieces, weighted by their
/// lengths. Sums are made in 64 bits whatever the type of the vectors.
#[derive(Debug)]
pub struct Model2Vec {
    folder: PathBuf,
    subwords: Subwords,
    vectors: Matrix,
    /// A factor for each token.
    weights: Option<Vec<f32>>,
    /// The row of each token, where tokens share rows.
    mapping: Option<Vec<u32>>,
    normalize: bool,
}

/// What is wrong with a `model.safetensors`: a part of a sentence that begins with the file.
#[derive(Debug, thiserror::Error)]
enum ContentError {
    #[error("is no safetensors file: {0}")]
    NoSafetensors(safetensors::SafeTensorError),
    #[error("has no tensor \"embeddings\", \"embedding.weight\" or \"0\"")]
    NoVectors,
    #[error(transparent)]
    Tensor(TensorError),
    #[error("has {found} {what}, and the tokenizer {tokens} tokens")]
    Lengths { found: usize, what: &'static str, tokens: usize },
}

impl Model2Vec {
    /// Loads the model of a folder. Its files stand in the folder itself, or in `0_StaticEmbedding`
    /// within it, where sentence-transformers puts them.
    ///
    /// # Errors
    /// Where a file is missing or broken, or the tokenizer and the vectors do not belong together.
    pub fn from_folder(folder: &Path) -> Result<Self, EmbedError> {
        let nested = folder.join("0_StaticEmbedding");
        let root = !nested.join("model.safetensors").exists();
        let place = if root { folder } else { &nested };
        let subwords = Subwords::from_path(&place.join("tokenizer.json"))?;
        let file = place.join("model.safetensors");
        let content = files::read(&file, LARGEST_MODEL)?;
        let invalid = |error: ContentError| {
            EmbedError::invalid(
                file.display(),
                error.to_string(),
                "Name a folder whose tokenizer.json and model.safetensors are of one model2vec model",
            )
        };
        let opened = SafeTensors::deserialize(&content)
            .map_err(|error| invalid(ContentError::NoSafetensors(error)))?;
        let (name, tensor) = tensors::first(&opened, &["embeddings", "embedding.weight", "0"])
            .ok_or_else(|| invalid(ContentError::NoVectors))?;
        let tensor_error = |error| invalid(ContentError::Tensor(error));
        let vectors = tensors::matrix(name, &tensor).map_err(tensor_error)?;
        let weights = tensors::first(&opened, &["weights"])
            .map(|(name, tensor)| tensors::list(name, &tensor))
            .transpose()
            .map_err(tensor_error)?;
        let mapping = tensors::first(&opened, &["mapping"])
            .map(|(name, tensor)| tensors::row_numbers(name, &tensor, vectors.rows))
            .transpose()
            .map_err(tensor_error)?;

        let tokens = subwords.len();
        if mapping.is_none() && vectors.rows != tokens {
            let rows = vectors.rows;
            return Err(invalid(ContentError::Lengths { found: rows, what: "vectors", tokens }));
        }
        let lists = [
            ("mapping", mapping.as_ref().map(Vec::len)),
            ("weights", weights.as_ref().map(Vec::len)),
        ];
        for (name, length) in lists {
            if let Some(length) = length.filter(|&length| length < tokens) {
                return Err(invalid(ContentError::Lengths { found: length, what: name, tokens }));
            }
        }
        let normalize = is_normalized(folder, root)?;
        Ok(Self { folder: folder.into(), subwords, vectors, weights, mapping, normalize })
    }

    fn vector(&self, text: &str) -> Result<Vec<f32>, TextError> {
        let mut sums = vec![0.0_f64; self.vectors.columns];
        let mut count = 0_u64;
        let unread = self.subwords.for_each(text, |token, _, _| {
            if Some(token) == self.subwords.unknown() {
                return;
            }
            let token = token as usize;
            let row = self.mapping.as_ref().map_or(token, |mapping| mapping[token] as usize);
            let weight = self.weights.as_ref().map_or(1.0, |weights| f64::from(weights[token]));
            for (sum, &value) in sums.iter_mut().zip(self.vectors.row(row)) {
                *sum += weight * f64::from(value);
            }
            count += 1;
        });
        if unread > 0 {
            return Err(TextError::Tokenizer { bytes: unread });
        }
        let mut mean: Vec<f32> =
            sums.into_iter().map(|sum| (sum / count.max(1) as f64) as f32).collect();
        if self.normalize {
            normalize(&mut mean);
        }
        Ok(mean)
    }
}

/// Whether vectors are scaled to length 1: as `config.json` says, else as `modules.json` does.
fn is_normalized(folder: &Path, root: bool) -> Result<bool, EmbedError> {
    let file = folder.join("config.json");
    if root
        && file.exists()
        && let Some(normalize) = files::read_json::<Config>(&file)?.normalize
    {
        return Ok(normalize);
    }
    Ok(modules(folder)?.iter().any(|module| module.kind() == "Normalize"))
}

impl Embedder for Model2Vec {
    fn dimensions(&self) -> usize {
        self.vectors.columns
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        texts
            .par_iter()
            .enumerate()
            .map(|(text, content)| {
                self.vector(content).map_err(|detail| {
                    let model = self.folder.display().to_string();
                    EmbedError::Text { model, text, detail }
                })
            })
            .collect::<Vec<_>>()
            // One by one, so that the first text that fails is named whatever the threads did.
            .into_iter()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use safetensors::Dtype;
    use safetensors::tensor::TensorView;

    /// What Python's model2vec gives; see `fixtures/make_embeddings.py`.
    #[derive(Deserialize)]
    struct Expected {
        texts: Vec<String>,
        plain: Vec<Vec<f32>>,
        shared: Vec<Vec<f32>>,
    }

    #[test]
    fn vectors_are_those_of_python() {
        let expected: Expected =
            files::read_json(Path::new("fixtures/embedding/expected.json")).unwrap();
        let texts: Vec<&str> = expected.texts.iter().map(String::as_str).collect();
        for (name, vectors) in [("plain", &expected.plain), ("shared", &expected.shared)] {
            let model =
                Model2Vec::from_folder(&Path::new("fixtures/embedding").join(name)).unwrap();
            let found = model.embed(&texts).unwrap();
            assert_eq!(found.len(), vectors.len());
            for ((found, vector), text) in found.iter().zip(vectors).zip(&texts) {
                assert_eq!(found.len(), vector.len());
                for (found, value) in found.iter().zip(vector) {
                    assert!((found - value).abs() < 1e-5, "{name}: {text}: {found} {value}");
                }
            }
        }
    }

    /// A folder whose tokenizer knows the words `so` (0), `wait` (1) and `?` (2, the unknown one).
    fn folder(tensors: &[(&str, Dtype, &[usize], Vec<u8>)], config: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let tokenizer = r#"{"version":"1.0","added_tokens":[],"pre_tokenizer":{"type":"WhitespaceSplit"},
            "model":{"type":"WordLevel","vocab":{"so":0,"wait":1,"?":2},"unk_token":"?"}}"#;
        std::fs::write(folder.path().join("tokenizer.json"), tokenizer).unwrap();
        std::fs::write(folder.path().join("config.json"), config).unwrap();
        let views = tensors.iter().map(|(name, dtype, shape, data)| {
            (*name, TensorView::new(*dtype, shape.to_vec(), data).unwrap())
        });
        let file = safetensors::serialize(views, None).unwrap();
        std::fs::write(folder.path().join("model.safetensors"), file).unwrap();
        folder
    }

    fn bytes(values: &[f32]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    #[test]
    fn the_mean_is_worked_by_hand() {
        let vectors = bytes(&[1.0, 0.0, 3.0, 4.0, 9.0, 9.0]);
        let tensors = [("0", Dtype::F32, &[3, 2][..], vectors)];
        let model = Model2Vec::from_folder(folder(&tensors, "{}").path()).unwrap();
        // The unknown word is no token, and a text of nothing else is zero.
        let found = model.embed(&["so wait what wait", "what", ""]).unwrap();
        assert_eq!(found, [[7.0 / 3.0, 8.0 / 3.0], [0.0, 0.0], [0.0, 0.0]]);
        let scaled =
            Model2Vec::from_folder(folder(&tensors, r#"{"normalize": true}"#).path()).unwrap();
        assert_eq!(scaled.embed(&["wait"]).unwrap(), [[0.6, 0.8]]);
    }

    #[test]
    fn weights_and_shared_rows_are_worked_by_hand() {
        let tensors = [
            ("embeddings", Dtype::I8, &[1, 2][..], vec![2, 0xff]),
            ("weights", Dtype::F32, &[3][..], bytes(&[1.0, 3.0, 1.0])),
            ("mapping", Dtype::I32, &[3][..], vec![0; 12]),
        ];
        let model = Model2Vec::from_folder(folder(&tensors, "{}").path()).unwrap();
        assert_eq!(model.embed(&["so wait"]).unwrap(), [[4.0, -2.0]]);
    }

    #[test]
    fn parts_that_do_not_belong_together_are_refused() {
        let refused = |tensors: &[(&str, Dtype, &[usize], Vec<u8>)]| {
            Model2Vec::from_folder(folder(tensors, "{}").path()).unwrap_err().to_string()
        };
        let told = refused(&[("embeddings", Dtype::F32, &[2, 1], bytes(&[1.0, 1.0]))]);
        assert!(told.contains("has 2 vectors, and the tokenizer 3 tokens"), "{told}");
        let told = refused(&[("other", Dtype::F32, &[1], bytes(&[1.0]))]);
        assert!(told.contains("has no tensor \"embeddings\""), "{told}");
        let told = refused(&[
            ("embeddings", Dtype::F32, &[3, 1], bytes(&[1.0; 3])),
            ("weights", Dtype::F32, &[2], bytes(&[1.0; 2])),
        ]);
        assert!(told.contains("has 2 weights, and the tokenizer 3 tokens"), "{told}");
        let broken = folder(&[], "{}");
        std::fs::write(broken.path().join("model.safetensors"), b"nothing of the kind").unwrap();
        let told = Model2Vec::from_folder(broken.path()).unwrap_err().to_string();
        assert!(told.contains("model.safetensors: is no safetensors file"), "{told}");
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let model = Model2Vec::from_folder(Path::new("fixtures/embedding/plain")).unwrap();
        let texts: Vec<String> =
            (0..40).map(|i| format!("The train {i} is late. ").repeat(i)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| model.embed(&texts).unwrap())
        };
        assert_eq!(with(1), with(3));
    }
}
