//! `--control NAME=PATH`, which `compare`, `check` and `audit` have.

use super::inputs::files_behind;
use crate::{ingest, output::InputFiles};
use clap::Args;

/// Traces of known models on the prompts of the input.
#[derive(Debug, Clone, Args)]
pub struct ControlArguments {
    /// Traces of a model that the atlas knows, on the same prompts as the input: they tell how everybody
    /// writes on prompts that the atlas does not know. Repeat for two to four models
    #[arg(long, value_name = "NAME=PATH", value_parser = control)]
    control: Vec<(String, String)>,
}

impl ControlArguments {
    /// The name of each reference and where its traces are.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.control.iter().map(|(name, path)| (name.as_str(), path.as_str()))
    }

    /// The files that are read, and must not be written.
    pub fn files_read(&self) -> Result<InputFiles, ingest::Error> {
        let paths: Vec<String> = self.control.iter().map(|(_, path)| path.clone()).collect();
        files_behind(&[&paths])
    }
}

/// The name of a reference and where its traces are.
fn control(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(name, path)| !name.is_empty() && !path.is_empty());
    pair.map(|(name, path)| (name.to_owned(), path.to_owned()))
        .ok_or_else(|| "expected NAME=PATH, for example qwen/qwq-32b=qwq.jsonl".into())
}
