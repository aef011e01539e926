//! Vectors of a BERT network: a folder of the Python library sentence-transformers.
//!
//! Comes in: a folder with `modules.json` (a transformer, a pooling, perhaps a scaling to length
//! 1), `config.json`, `tokenizer.json` and `model.safetensors`. Goes out: the vectors that Python's
//! `SentenceTransformer.encode` gives (Reimers and Gurevych 2019, "Sentence-BERT"). The network
//! runs on candle, on the processor. Called through [`super::open`].

use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config};
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use super::{EmbedError, Embedder, Module, TextError, files, modules, normalize, pieces};
use crate::features::subwords::Subwords;

/// The largest file of weights that is read, in bytes.
const LARGEST_MODEL: u64 = 8 << 30;

/// What to do about a folder that is not understood.
const ADVICE: &str =
    "Name the folder of a sentence-transformers model of the kind BERT, such as all-MiniLM-L6-v2";

/// How the vectors of tokens become one.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Pooling {
    /// Their mean, the special tokens included.
    Mean,
    /// The vector of the first token, which is a special one.
    First,
}

/// What of `sentence_bert_config.json` matters.
#[derive(Debug, Default, Deserialize)]
struct Reading {
    #[serde(default)]
    max_seq_length: Option<usize>,
    #[serde(default)]
    do_lower_case: bool,
}

/// A loaded network.
///
/// A text of more tokens than the model reads at once is cut into pieces at ends of lines and
/// sentences. At most 64 of them, evenly spaced over the text, are read; the vector is the mean of
/// theirs, weighted by their numbers of tokens, and scaled to length 1 where the model does that.
/// Python would drop all behind the first piece. Prompts that a model may want before its texts are
/// not added.
pub struct SentenceTransformer {
    folder: PathBuf,
    subwords: Subwords,
    network: BertModel,
    dimensions: usize,
    /// The special tokens before and behind every text.
    around: [u32; 2],
    /// The most tokens of a piece, without the special ones.
    longest: usize,
    lower_case: bool,
    pooling: Pooling,
    normalize: bool,
}

impl std::fmt::Debug for SentenceTransformer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SentenceTransformer").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl SentenceTransformer {
    /// Loads the model of a folder.
    ///
    /// # Errors
    /// Where a file is missing or broken, the network is not of the kind BERT, or the model has
    /// steps other than pooling (by mean or first token) and scaling.
    pub fn from_folder(folder: &Path) -> Result<Self, EmbedError> {
        let (place, pooling, normalize) = steps(folder)?;
        let config_file = place.join("config.json");
        let wrong = |detail: String| EmbedError::invalid(config_file.display(), detail, ADVICE);
        let raw: Value = files::read_json(&config_file)?;
        match raw.get("model_type").and_then(Value::as_str) {
            Some("bert") => {}
            other => {
                let found = other.unwrap_or("none");
                return Err(wrong(format!(
                    "describes a network of the kind {found}, and only bert is read"
                )));
            }
        }
        let config: Config = serde_json::from_value(raw)
            .map_err(|error| wrong(format!("does not describe a BERT network: {error}")))?;
        let (width, heads) = (config.hidden_size, config.num_attention_heads);
        if heads == 0 || width == 0 || !width.is_multiple_of(heads) || config.type_vocab_size == 0 {
            return Err(wrong(format!("has {width} dimensions for {heads} heads of attention")));
        }

        let subwords = Subwords::from_path(&place.join("tokenizer.json"))?;
        let (tokens, known) = (subwords.len(), config.vocab_size);
        if tokens > known {
            return Err(wrong(format!("knows {known} tokens, and tokenizer.json has {tokens}")));
        }
        let around = subwords.around().ok_or_else(|| {
            let file = place.join("tokenizer.json");
            let detail =
                "does not put one special token before and one behind a text, as BERT wants";
            EmbedError::invalid(file.display(), detail, ADVICE)
        })?;
        let reading_file = place.join("sentence_bert_config.json");
        let reading: Reading = if reading_file.exists() {
            files::read_json(&reading_file)?
        } else {
            Reading::default()
        };
        let most = config.max_position_embeddings;
        let longest = reading.max_seq_length.unwrap_or(most).min(most).saturating_sub(around.len());
        if longest == 0 {
            return Err(wrong("leaves no room for a token of text".into()));
        }

        let weights_file = place.join("model.safetensors");
        let weights = files::read(&weights_file, LARGEST_MODEL)?;
        let network = VarBuilder::from_buffered_safetensors(weights, DType::F32, &Device::Cpu)
            .and_then(|weights| BertModel::load(weights, &config))
            .map_err(|error| {
                let detail = format!("does not hold the network of config.json: {error}");
                EmbedError::invalid(weights_file.display(), detail, ADVICE)
            })?;
        Ok(Self {
            folder: folder.into(),
            subwords,
            network,
            dimensions: width,
            around,
            longest,
            lower_case: reading.do_lower_case,
            pooling,
            normalize,
        })
    }

    fn vector(&self, text: &str) -> Result<Vec<f32>, TextError> {
        let lower;
        let text = if self.lower_case {
            lower = text.to_lowercase();
            &lower
        } else {
            text
        };
        let pieces = pieces::split(text, &self.subwords, self.longest)
            .map_err(|unread| TextError::Tokenizer { bytes: unread })?;
        if let [piece] = pieces.as_slice() {
            return self.piece(piece);
        }
        let vectors: Vec<_> = pieces.par_iter().map(|piece| self.piece(piece)).collect();
        let mut sums = vec![0.0_f64; self.dimensions];
        let mut tokens = 0;
        for (piece, vector) in pieces.iter().zip(vectors) {
            for (sum, value) in sums.iter_mut().zip(vector?) {
                *sum += piece.len() as f64 * f64::from(value);
            }
            tokens += piece.len();
        }
        let mut mean: Vec<f32> =
            sums.into_iter().map(|sum| (sum / tokens.max(1) as f64) as f32).collect();
        if self.normalize {
            normalize(&mut mean);
        }
        Ok(mean)
    }

    /// The vector of one piece. Each runs alone, so that nothing depends on what stands beside it.
    fn piece(&self, tokens: &[u32]) -> Result<Vec<f32>, TextError> {
        let [before, behind] = self.around;
        let tokens: Vec<u32> =
            [before].into_iter().chain(tokens.iter().copied()).chain([behind]).collect();
        let states =
            self.states(&tokens).map_err(|error| TextError::Network { said: error.to_string() })?;
        let mut vector = match (self.pooling, states.first()) {
            (Pooling::First, Some(first)) => first.clone(),
            _ => mean(&states, self.dimensions),
        };
        if self.normalize {
            normalize(&mut vector);
        }
        Ok(vector)
    }

    /// The vector of each token.
    fn states(&self, tokens: &[u32]) -> candle_core::Result<Vec<Vec<f32>>> {
        let tokens = Tensor::new(tokens, &Device::Cpu)?.unsqueeze(0)?;
        let kinds = tokens.zeros_like()?;
        self.network.forward(&tokens, &kinds, None)?.squeeze(0)?.to_vec2()
    }
}

impl Embedder for SentenceTransformer {
    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let vectors: Vec<_> = texts.par_iter().map(|text| self.vector(text)).collect();
        let named = |(text, vector): (usize, Result<Vec<f32>, TextError>)| {
            vector.map_err(|detail| {
                let model = self.folder.display().to_string();
                EmbedError::Text { model, text, detail }
            })
        };
        vectors.into_iter().enumerate().map(named).collect()
    }
}

/// The mean of some vectors of `dimensions` numbers.
fn mean(vectors: &[Vec<f32>], dimensions: usize) -> Vec<f32> {
    let mut sums = vec![0.0_f64; dimensions];
    for vector in vectors {
        for (sum, &value) in sums.iter_mut().zip(vector) {
            *sum += f64::from(value);
        }
    }
    let count = vectors.len().max(1) as f64;
    sums.into_iter().map(|sum| (sum / count) as f32).collect()
}

/// The folder of the network, its pooling, and whether vectors are scaled. A folder without
/// `modules.json` is a bare network, which sentence-transformers reads with the mean and no
/// scaling.
fn steps(folder: &Path) -> Result<(PathBuf, Pooling, bool), EmbedError> {
    let (mut place, mut pooling, mut normalize) = (folder.to_path_buf(), Pooling::Mean, false);
    for module in modules(folder)? {
        match module.kind() {
            "Transformer" => place = within(folder, &module)?,
            "Pooling" => pooling = read_pooling(&within(folder, &module)?.join("config.json"))?,
            "Normalize" => normalize = true,
            other => {
                let detail = format!(
                    "has a step of the kind {other:?}, and Transformer, Pooling and Normalize are read"
                );
                return Err(EmbedError::invalid(
                    folder.join("modules.json").display(),
                    detail,
                    ADVICE,
                ));
            }
        }
    }
    Ok((place, pooling, normalize))
}

/// The folder of a step, which has to lie in that of the model.
fn within(folder: &Path, module: &Module) -> Result<PathBuf, EmbedError> {
    let path = Path::new(&module.path);
    let inside = path
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir));
    if inside {
        return Ok(folder.join(path));
    }
    let detail =
        format!("names the folder {:?}, which is not inside that of the model", module.path);
    Err(EmbedError::invalid(folder.join("modules.json").display(), detail, ADVICE))
}

fn read_pooling(file: &Path) -> Result<Pooling, EmbedError> {
    let config: serde_json::Map<String, Value> = files::read_json(file)?;
    let mut chosen: Vec<&str> = config
        .iter()
        .filter(|(name, value)| name.starts_with("pooling_mode_") && **value == Value::Bool(true))
        .map(|(name, _)| name.as_str())
        .collect();
    // Newer files name the way in one field.
    chosen.extend(config.get("pooling_mode").and_then(Value::as_str));
    match chosen.as_slice() {
        ["pooling_mode_mean_tokens" | "mean"] => Ok(Pooling::Mean),
        ["pooling_mode_cls_token" | "cls"] => Ok(Pooling::First),
        _ => {
            let detail = format!(
                "asks for the pooling {chosen:?}, and the mean or the first token (cls) is read"
            );
            Err(EmbedError::invalid(file.display(), detail, ADVICE))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pooling(config: &str) -> Result<Pooling, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.json");
        std::fs::write(&file, config).unwrap();
        read_pooling(&file).map_err(|error| error.to_string())
    }

    #[test]
    fn both_ways_of_naming_a_pooling_are_read() {
        let old = r#"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}"#;
        assert_eq!(pooling(old), Ok(Pooling::First));
        assert_eq!(pooling(r#"{"pooling_mode": "mean"}"#), Ok(Pooling::Mean));
        let both = r#"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true}"#;
        assert!(pooling(both).unwrap_err().contains("asks for the pooling"));
        assert!(pooling(r#"{"pooling_mode_max_tokens": true}"#).is_err());
        assert!(pooling("{}").is_err());
    }

    #[test]
    fn the_mean_of_vectors_is_worked_by_hand() {
        assert_eq!(mean(&[vec![1.0, 2.0], vec![3.0, 6.0]], 2), [2.0, 4.0]);
        assert_eq!(mean(&[], 2), [0.0, 0.0]);
    }

    fn refused(files: &[(&str, &str)]) -> String {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        SentenceTransformer::from_folder(folder.path()).unwrap_err().to_string()
    }

    #[test]
    fn other_networks_and_steps_are_refused_in_sentences() {
        let told = refused(&[("config.json", r#"{"model_type": "mpnet"}"#)]);
        assert!(told.contains("a network of the kind mpnet, and only bert"), "{told}");
        let told = refused(&[("config.json", r#"{"model_type": "bert"}"#)]);
        assert!(told.contains("does not describe a BERT network"), "{told}");
        let step = |class: &str, path: &str| {
            format!(r#"[{{"type": "models.{class}", "path": "{path}"}}]"#)
        };
        let told = refused(&[("modules.json", &step("Dense", ""))]);
        assert!(told.contains("a step of the kind \"Dense\""), "{told}");
        let told = refused(&[("modules.json", &step("Transformer", "../other"))]);
        assert!(told.contains("not inside that of the model"), "{told}");
    }
}
