//! What is learned, and from which inputs beside the texts.

use crate::features::{ChannelSet, embed::Embedder, token_ngrams::TokenNgrams};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What is learned, and from what seed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FitOptions {
    /// The channels, and how much each counts.
    pub channels: ChannelSet,
    /// Seed of the folds.
    pub seed: u64,
    /// Whether the model keeps what adding references later needs, where there is a style
    /// embedding.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub extendable: bool,
}

/// What the user gives for channels that need more than the texts.
#[derive(Debug, Clone, Default)]
pub struct ExternalInputs {
    /// The tokenizer of the channel `token`.
    pub tokens: Option<Arc<TokenNgrams>>,
    /// The model of the channel `vectors`, where its vectors do not come with the examples.
    pub embedder: Option<Arc<dyn Embedder>>,
}
