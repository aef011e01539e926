//! What is held out together.

use crate::text::named_values;
use serde::{Deserialize, Serialize};

/// What is held out together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// Prompts, dealt out to folds.
    #[default]
    Prompt,
    /// One domain at a time.
    Domain,
    /// One source (data set or file) at a time.
    Source,
}

named_values!(Group { Prompt = "prompt", Domain = "domain", Source = "source" });
