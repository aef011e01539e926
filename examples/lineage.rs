//! Known relations between models, and whether the paired comparison finds them: the table of
//! `docs/lineage.md`.
//!
//! ```sh
//! cargo run --release --example lineage -- ../shared/corpora
//! ```
//!
//! Reads the corpora, `families.tsv` and `lineage.tsv` of a folder. For every relation the model in question
//! is taken out of the panel, and with a student all other students of the same teacher; then the
//! model's own traces are compared with what is left. Features and their scale are those of the embedded
//! atlas, which has seen all models: no label enters them.

#![allow(clippy::print_stdout)] // What it prints is the table.

use cotprint::{
    atlas::{Atlas, read_families},
    attribution::panel::{Observed, Panel},
    features::NgramCounter,
    ingest,
    lineage::{Pairing, ScoredCorpus, compare_paired},
    trace::{TextKind, prompt_hash},
};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

struct Relation {
    kind: String,
    model: String,
    other: String,
    sure: String,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "../shared/corpora".into());
    let text = std::fs::read_to_string(format!("{folder}/families.tsv"))?;
    let families = read_families(&text, "families.tsv")?;
    let relations = relations(&std::fs::read_to_string(format!("{folder}/lineage.tsv"))?);
    let atlas = Atlas::embedded()?;
    let mut traces = Vec::new();
    for trace in ingest::open(&[format!("{folder}/*/*.jsonl.gz")], ingest::Options::default())? {
        traces.push(trace?);
    }
    // By prompt, as the panel wants it.
    traces.sort_by_key(|trace| (trace.prompt_key(), trace.model.clone(), trace.id.clone()));
    let scored: Vec<_> = traces
        .par_iter()
        .map_init(NgramCounter::default, |counter, trace| {
            atlas.model.score(&trace.reasoning, counter).ok()
        })
        .collect();
    let references: BTreeMap<&str, usize> = atlas.names().zip(0..).collect();
    let places = atlas.model.vectorizer.style_places();
    let mut prompts: BTreeMap<String, u32> = BTreeMap::new();
    let mut observed = Vec::new();
    let mut tallies: BTreeMap<&str, ScoredCorpus> = BTreeMap::new();
    for (trace, scored) in traces.iter().zip(scored) {
        let (Some(model), Some(scored)) = (trace.model.as_deref(), scored) else { continue };
        let Some(&reference) = references.get(model) else { continue };
        let next = prompts.len() as u32;
        let data_set = atlas.about.data_sets.iter().position(|data_set| *data_set == trace.source);
        observed.push(Observed {
            reference,
            data_set: data_set.unwrap_or(atlas.about.data_sets.len() - 1),
            prompt: *prompts.entry(trace.prompt_key()).or_insert(next),
            key: trace.prompt.as_deref().map(prompt_hash),
            values: places.iter().map(|&(at, factor)| scored.row.dense[at] * factor).collect(),
        });
        tallies.entry(model).or_default().add(&atlas, trace, TextKind::Reasoning, scored);
    }
    let without = |left_out: &BTreeSet<&str>, model: &str| -> Option<Pairing> {
        let out: BTreeSet<usize> =
            left_out.iter().filter_map(|m| references.get(m)).copied().collect();
        let kept: Vec<Observed> =
            observed.iter().filter(|o| !out.contains(&o.reference)).cloned().collect();
        let panel = Panel::learn(&kept, atlas.about.data_sets.len());
        compare_paired(&panel, &atlas.about, tallies.get(model)?, 1000, 0)
    };
    let family = |model: &str| families.get(model).cloned().unwrap_or_else(|| model.to_owned());

    println!(
        "| relation | model | relative | known from | place | likeness (95 % interval) | nearest | the same family | surely resembles |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let (mut sure, mut first, mut five) = (0, 0, 0);
    for relation in &relations {
        let (model, other) = (relation.model.as_str(), relation.other.as_str());
        let mut out = BTreeSet::from([model]);
        if relation.kind == "distilled-from" {
            let siblings = relations.iter().filter(|r| r.kind == relation.kind && r.other == other);
            out.extend(siblings.map(|r| r.model.as_str()));
            out.remove(other);
        }
        let Some(pairing) = without(&out, model) else { continue };
        let place = pairing.similarities.iter().position(|s| s.reference == other);
        let Some(place) = place else { continue };
        let found = &pairing.similarities[place];
        let nearest = &pairing.similarities[0];
        let same = family(&nearest.reference) == family(other);
        let clear: Vec<&str> = pairing.clear().take(3).map(|s| s.reference.as_str()).collect();
        if ["primary", "secondary"].contains(&relation.sure.as_str())
            && relation.kind != "rl-ancestor-of"
        {
            let family_place =
                pairing.similarities.iter().position(|s| family(&s.reference) == family(other));
            sure += 1;
            first += usize::from(family_place == Some(0));
            five += usize::from(family_place.is_some_and(|place| place < 5));
        }
        println!(
            "| {} ({}) | {model} | {other} | {} | {} of {} | {:.2} ({:.2} to {:.2}) | {} ({:.2}) | {} | {} |",
            relation.kind,
            relation.sure,
            if found.same_data_set { "the same prompts" } else { "elsewhere" },
            place + 1,
            pairing.similarities.len(),
            found.similarity,
            found.low,
            found.high,
            nearest.reference,
            nearest.similarity,
            if same { "yes" } else { "no" },
            if clear.is_empty() { "–".into() } else { clear.join(", ") },
        );
    }
    println!();
    println!(
        "Of {sure} primary and secondary relations the relative or its family is first in {first}, among the first five in {five}."
    );

    // Models of which no relation is known, alone in their family: nobody should be named.
    let related: BTreeSet<&str> =
        relations.iter().flat_map(|r| [r.model.as_str(), r.other.as_str()]).collect();
    let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
    references.keys().for_each(|model| *sizes.entry(family(model)).or_default() += 1);
    println!();
    println!(
        "| model without a known relation | nearest | likeness (95 % interval) | surely resembles |"
    );
    println!("| --- | --- | --- | --- |");
    let (mut controls, mut named) = (0, 0);
    let alone = references.keys().filter(|m| sizes[&family(m)] == 1 && !related.contains(*m));
    for model in alone.copied().chain(["deepseek/deepseek-r1-zero"]) {
        let Some(pairing) = without(&BTreeSet::from([model]), model) else { continue };
        let nearest = &pairing.similarities[0];
        let clear: Vec<&str> = pairing.clear().take(3).map(|s| s.reference.as_str()).collect();
        controls += 1;
        named += usize::from(!clear.is_empty());
        println!(
            "| {model} | {} | {:.2} ({:.2} to {:.2}) | {} |",
            nearest.reference,
            nearest.similarity,
            nearest.low,
            nearest.high,
            if clear.is_empty() { "–".into() } else { clear.join(", ") }
        );
    }
    println!();
    println!("Of {controls} models without a known relation {named} surely resemble a reference.");
    Ok(())
}

fn relations(text: &str) -> Vec<Relation> {
    let fields = |line: &str| {
        let mut fields = line.split('\t').map(str::to_owned);
        let mut next = || fields.next().unwrap_or_default();
        Relation { kind: next(), model: next(), other: next(), sure: next() }
    };
    text.lines().skip(1).filter(|line| !line.trim().is_empty()).map(fields).collect()
}
