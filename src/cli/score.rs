//! `cotprint score`: one line of JSON per trace, in input order, streaming.

use super::{
    Common, TooLittleText, inputs::ScoringArguments, records::RecordOutput, score_row::ScoreRow,
};
use crate::{
    atlas::Atlas,
    attribution::{MINIMUM_WORDS, TooShort},
    trace::Trace,
};
use clap::Args;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Arguments of `score`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(flatten)]
    scoring: ScoringArguments,
    /// Write to this file: .jsonl, .jsonl.gz, .jsonl.zst, .csv or .parquet; tables hold the largest probability
    /// only [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Accepted for uniformity: the output is JSON with or without it
    #[arg(long, hide = true)]
    json: bool,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    let atlas = arguments.scoring.open_atlas()?;
    let names: Vec<&str> = atlas.names().collect();
    let families = families(&atlas);
    let files = arguments.scoring.files_read()?;
    let mut output = RecordOutput::open(arguments.output.as_deref(), &files)?;
    let mut judged = 0;
    let look = |_: &Trace| ();
    arguments.scoring.score(&atlas, common, look, |trace, scored, ()| {
        let mut line =
            json!({ "id": trace.id, "prompt_id": trace.prompt_id, "model": trace.model });
        match scored {
            Ok(scored) => {
                judged += 1;
                line["top"] = names[scored.top()].into();
                line["scores"] = Value::Object(ranked(&names, &scored.probabilities));
                line["unknown"] = rounded(scored.unknown).into();
                line["words"] = scored.words.into();
                line["familiar"] = rounded(scored.in_domain).into();
                if scored.row.untokenized > 0 {
                    line["untokenized_bytes"] = scored.row.untokenized.into();
                }
                if scored.row.without_vector {
                    line["without_vector"] = true.into();
                }
                if let Some((names, of)) = &families {
                    let mut sums = vec![0.0_f32; names.len()];
                    of.iter().zip(&scored.probabilities).for_each(|(&f, p)| sums[f] += p);
                    line["family"] = Value::Object(ranked(names, &sums));
                }
            }
            Err(TooShort { words, .. }) => {
                line["top"] = Value::Null;
                line["scores"] = json!({});
                line["unknown"] = Value::Null;
                line["words"] = words.into();
                let why =
                    format!("{words} words; at least {MINIMUM_WORDS} are needed to judge a trace");
                line["why"] = why.into();
            }
        }
        output.write(&ScoreRow(line))
    })?;
    output.finish()?;
    if judged == 0 {
        let message = format!(
            "no trace has the {MINIMUM_WORDS} words that a score needs; give longer traces"
        );
        return Err(TooLittleText(message).into());
    }
    Ok(())
}

/// The names of the families, and the family of each reference; a reference without one is its own.
/// `None` where no family holds more than one reference.
fn families(atlas: &Atlas) -> Option<(Vec<&str>, Vec<usize>)> {
    let own: Vec<&str> = (atlas.about.references.iter())
        .map(|reference| reference.family.as_deref().unwrap_or(&reference.name))
        .collect();
    let mut names = own.clone();
    names.sort_unstable();
    names.dedup();
    let of = own.iter().map(|own| names.binary_search(own).unwrap_or_default()).collect();
    (names.len() < own.len()).then_some((names, of))
}

/// Names with their probabilities, largest first.
fn ranked(names: &[&str], probabilities: &[f32]) -> Map<String, Value> {
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]).then(a.cmp(&b)));
    order
        .into_iter()
        .map(|i| (names[i].to_owned(), rounded(f64::from(probabilities[i])).into()))
        .collect()
}

/// Six decimals: more would be noise.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}
