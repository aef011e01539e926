//! Measures one classic measure from outside, compression among them, which no atlas serves: a program
//! with the verbs `fit` and `score` as the outside harness calls them. `fit` only notes where its traces
//! are; `score` learns the measure from them. The measure is named by the variable `METHOD`.
//!
//! ```sh
//! cargo build --release --example methods
//! METHOD=compression ../shared/eval/evaluate.py --bin target/release/examples/methods --task politics
//! ```

use anyhow::{Context, anyhow, bail};
use cotprint::{
    atlas::MINIMUM_TRACES,
    attribution::{
        Example, MINIMUM_WORDS,
        classic::{self, Method},
    },
    ingest,
    text::count_words,
    trace::{TextKind, Trace},
};
use rayon::prelude::*;
use std::{collections::BTreeMap, fs, path::Path};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["fit", traces, "-o", atlas] => Ok(fs::write(atlas, traces)?),
        ["score", traces, "--atlas", atlas, "-o", output] => score(traces, atlas, output),
        _ => bail!("expected `fit TRACES -o FILE` or `score TRACES --atlas FILE -o OUTPUT`"),
    }
}

fn read(path: &str) -> anyhow::Result<Vec<Trace>> {
    let traces = ingest::open(&[path.to_owned()], ingest::Options::default())?;
    Ok(traces.collect::<Result<_, _>>()?)
}

fn score(traces: &str, atlas: &str, output: &str) -> anyhow::Result<()> {
    let name = std::env::var("METHOD").context("set METHOD to the name of a measure")?;
    let method: Method = name.parse()?;
    let text = |trace: &Trace| trace.text(TextKind::Reasoning).unwrap_or_default().into_owned();
    let mut known: BTreeMap<String, Vec<(u32, String)>> = BTreeMap::new();
    let mut prompts: BTreeMap<String, u32> = BTreeMap::new();
    for trace in read(&fs::read_to_string(Path::new(atlas))?)? {
        let text = text(&trace);
        if let Some(model) = trace.model.clone().filter(|_| count_words(&text) >= MINIMUM_WORDS) {
            let next = prompts.len() as u32;
            let prompt = *prompts.entry(trace.prompt_key()).or_insert(next);
            known.entry(model).or_default().push((prompt, text));
        }
    }
    known.retain(|_, traces| traces.len() >= MINIMUM_TRACES);
    let names: Vec<&String> = known.keys().collect();
    let examples: Vec<Example<'_>> = known
        .values()
        .enumerate()
        .flat_map(|(label, own)| own.iter().map(move |(prompt, text)| (label, *prompt, text)))
        .map(|(label, prompt, text)| Example {
            words: count_words(text),
            text: text.into(),
            label,
            prompt,
            group: prompt,
            data_set: 0,
            vector: None,
        })
        .collect();
    let model = classic::learn(method, &examples, names.len(), 0, &|_| ())
        .map_err(|error| anyhow!(error))?;
    let lines: Vec<String> = read(traces)?
        .par_iter()
        .map(|trace| {
            let probabilities = model.probabilities(&text(trace));
            let scores: BTreeMap<&String, f32> = names.iter().copied().zip(probabilities).collect();
            serde_json::json!({ "id": trace.id, "scores": scores }).to_string()
        })
        .collect();
    Ok(fs::write(output, lines.join("\n"))?)
}
