//! How well `audit` finds shares that are known: mixtures of real traces on prompts that the atlas has not
//! seen, with random shares. Reads the real corpora and takes minutes:
//!
//! ```sh
//! cargo test --release --test audit_mixtures -- --ignored --nocapture
//! ```
//!
//! Two fifths of the prompts are held out, and ten models are left out of the atlas altogether. What it
//! prints stands in `docs/audit.md`. `COTPRINT_MIXTURES=N` sets the number of mixtures of each kind.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use common::real;
use cotprint::{
    atlas::{Atlas, LearnOptions, MINIMUM_TRACES, learn, read_families},
    attribution::Scored,
    features::NgramCounter,
    ingest,
    lineage::{
        CompareOptions, InputSummary,
        audit::{Audit, Records, audit},
    },
    trace::{TextKind, Trace},
};
use rand_pcg::{
    Pcg64Mcg,
    rand_core::{RngCore, SeedableRng},
};
use rayon::prelude::*;
use std::{collections::BTreeMap, fs};

/// Models that are in no atlas here: most have a relative in it.
const LEFT_OUT: [&str; 10] = [
    "microsoft/mai-ds-r1-fp8",
    "qwen/qwen3-8b",
    "google/gemini-2.5-pro",
    "moonshotai/kimi-k3",
    "x-ai/grok-3-mini-beta",
    "allenai/olmo-3-7b-think",
    "stepfun/step-3.5-flash",
    "mistralai/magistral-small-2509",
    "openai/gpt-oss-20b",
    "z-ai/glm-z1-32b",
];
const SOURCES: [&str; 5] = [
    "speechmap",
    "misguided-attention",
    "pm-llm-benchmark",
    "cot-monitor-stress-test",
    "reasoning-models-lie",
];
/// A source of a mixture has so many held-out traces.
const LEAST_TRACES: usize = 60;

/// Whether the prompt of a trace is held out.
fn is_held_out(trace: &Trace) -> bool {
    let key = trace.prompt_key();
    // Prompts of this source come in groups that nearly repeat each other.
    let key = match trace.source.as_str() {
        "cot-monitor-stress-test" => key.split(':').take(3).collect::<Vec<_>>().join(":"),
        _ => key,
    };
    let hash = key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // The upper bits: the lower ones of this hash are weak.
    (hash >> 33) % 5 < 2
}

/// The atlas, and the traces on held-out prompts with their scores, by model.
struct Bench {
    atlas: Atlas,
    traces: BTreeMap<String, Vec<(Trace, Scored)>>,
}

fn bench() -> Option<Bench> {
    let inputs: Vec<String> = SOURCES
        .iter()
        .map(|source| real(&format!("corpora/{source}")).map(|path| path.display().to_string()))
        .collect::<Option<_>>()?;
    let families = fs::read_to_string(real("corpora/families.tsv")?).unwrap();
    let traces: Vec<Trace> =
        ingest::open(&inputs, ingest::Options::default()).unwrap().map(Result::unwrap).collect();
    let (held_out, training): (Vec<Trace>, Vec<Trace>) = traces.into_iter().partition(is_held_out);
    let is_left_out = |trace: &Trace| LEFT_OUT.contains(&trace.model.as_deref().unwrap());
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    training.iter().for_each(|t| *count.entry(t.model.as_deref().unwrap()).or_default() += 1);
    let training: Vec<Trace> = training
        .iter()
        .filter(|t| !is_left_out(t) && count[t.model.as_deref().unwrap()] >= 4 * MINIMUM_TRACES)
        .cloned()
        .collect();
    let options = LearnOptions {
        families: read_families(&families, "families.tsv").unwrap(),
        ..LearnOptions::default()
    };
    let learned = learn(&training, &options, &|stage| println!("… {stage}")).unwrap();
    let atlas = learned.atlas;
    let names: Vec<&str> = atlas.names().collect();
    let scored: Vec<(Trace, Scored)> = held_out
        .into_par_iter()
        .filter(|t| is_left_out(t) || names.contains(&t.model.as_deref().unwrap()))
        .map_init(NgramCounter::default, |counter, trace| {
            let text = trace.text(TextKind::Reasoning).unwrap();
            let mut scored = atlas.model.score(&text, counter).ok()?;
            // What an audit does not read.
            (scored.row.indices, scored.row.values) = (Vec::new(), Vec::new());
            scored.row.dense.truncate(scored.row.common);
            Some((Trace { reasoning: String::new(), answer: None, ..trace }, scored))
        })
        .flatten()
        .collect();
    println!(
        "{} references learned from {} traces; {} traces on other prompts",
        names.len(),
        atlas.traces(),
        scored.len()
    );
    let mut by_model: BTreeMap<String, Vec<(Trace, Scored)>> = BTreeMap::new();
    for (trace, scored) in scored {
        by_model.entry(trace.model.clone().unwrap()).or_default().push((trace, scored));
    }
    Some(Bench { atlas, traces: by_model })
}

/// Random numbers of this test.
struct Random(Pcg64Mcg);

impl Random {
    fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, end: usize) -> usize {
        ((self.uniform() * end as f64) as usize).min(end - 1)
    }

    /// Shares that are spread evenly over all that sum to one (Dirichlet, all parameters 1).
    fn shares(&mut self, count: usize) -> Vec<f64> {
        let drawn: Vec<f64> = (0..count).map(|_| -(1.0 - self.uniform()).ln()).collect();
        let sum: f64 = drawn.iter().sum();
        drawn.into_iter().map(|value| value / sum).collect()
    }

    /// `count` of `items`, without repeating one while there are others.
    fn draw<'a, T>(&mut self, items: &'a [T], count: usize) -> Vec<&'a T> {
        let mut order: Vec<usize> = (0..items.len()).collect();
        (0..count)
            .map(|at| {
                if at < items.len() {
                    let other = at + self.below(items.len() - at);
                    order.swap(at, other);
                    &items[order[at]]
                } else {
                    &items[self.below(items.len())]
                }
            })
            .collect()
    }
}

/// Sums over mixtures.
#[derive(Default)]
struct Sums {
    mixtures: f64,
    error: f64,
    largest: f64,
    counted: f64,
    elsewhere: f64,
    covered: f64,
    intervals: f64,
    width: f64,
    none: f64,
    stranger: f64,
    told: f64,
    distinct: f64,
}

impl Bench {
    /// Audits a mixture of these models in these shares.
    fn audit(
        &self,
        random: &mut Random,
        parts: &[(&str, f64)],
        traces: usize,
        source: Option<&str>,
    ) -> (Audit, f64) {
        let mut records = Records::default();
        let mut distinct = 0;
        for &(model, share) in parts {
            let own: Vec<&(Trace, Scored)> = (self.traces[model].iter())
                .filter(|(trace, _)| source.is_none_or(|source| trace.source == source))
                .collect();
            let count = (share * traces as f64).round() as usize;
            distinct += count.min(own.len());
            for one in random.draw(&own, count) {
                records.add(&self.atlas, &one.0, TextKind::Answer, &one.1);
            }
        }
        let options = CompareOptions {
            seed: 1,
            resamples: 100,
            command: String::new(),
            atlas: String::new(),
            method: cotprint::attribution::classic::Method::Default,
            error_rate: cotprint::lineage::ERROR_RATE,
            controls: Vec::new(),
        };
        (audit(&self.atlas, &records, InputSummary::default(), &options), distinct as f64)
    }

    fn add(&self, sums: &mut Sums, audit: &Audit, parts: &[(&str, f64)], stranger: f64) {
        let mut known = 0.0;
        let mut errors = Vec::new();
        let mut counted = Vec::new();
        for &(model, share) in parts {
            let Some(own) = audit.shares.iter().find(|own| own.reference == model) else {
                continue;
            };
            errors.push((own.share - share).abs());
            counted.push((own.counted - share).abs());
            known += own.share;
            if let (Some(low), Some(high)) = (own.low, own.high) {
                sums.covered += f64::from(u8::from(low <= share && share <= high));
                sums.intervals += 1.0;
                sums.width += high - low;
            }
        }
        let count = errors.len() as f64;
        sums.mixtures += 1.0;
        sums.error += errors.iter().sum::<f64>() / count;
        sums.largest = errors.iter().fold(sums.largest, |most, &error| most.max(error));
        sums.counted += counted.iter().sum::<f64>() / count;
        sums.elsewhere += 1.0 - known - audit.none.share.unwrap();
        sums.none += audit.none.share.unwrap();
        sums.stranger += stranger;
        let of_others = |own: &&cotprint::lineage::audit::ReferenceShare| {
            own.unlike && !parts.iter().any(|(model, _)| *model == own.reference)
        };
        sums.told += audit.shares.iter().filter(of_others).map(|own| own.share).sum::<f64>();
    }
}

fn print(what: &str, sums: &Sums) {
    let mean = |sum: f64| 100.0 * sum / sums.mixtures;
    println!(
        "{what}: {} mixtures, {:.0} different traces; mean absolute error {:.1} points (largest {:.1}), by counting \
         {:.1}; other references {:.1} %, none {:.1} % where {:.1} % is a stranger's, {:.1} % at references told as unlike; {:.0} % \
         of {} intervals hold the share (mean width {:.1} points)",
        sums.mixtures,
        sums.distinct / sums.mixtures,
        mean(sums.error),
        100.0 * sums.largest,
        mean(sums.counted),
        mean(sums.elsewhere),
        mean(sums.none),
        mean(sums.stranger),
        mean(sums.told),
        100.0 * sums.covered / sums.intervals.max(1.0),
        sums.intervals,
        100.0 * sums.width / sums.intervals.max(1.0)
    );
}

#[test]
#[ignore = "reads the real corpora and takes minutes; run it with --ignored --nocapture"]
fn random_mixtures_of_real_traces() {
    let Some(bench) = bench() else { return };
    let mixtures: usize =
        std::env::var("COTPRINT_MIXTURES").ok().and_then(|n| n.parse().ok()).unwrap_or(30);
    let mut random = Random(Pcg64Mcg::seed_from_u64(20_26));
    let models = |source: Option<&str>, least: usize| -> Vec<&str> {
        let own = |traces: &[(Trace, Scored)]| {
            traces.iter().filter(|(t, _)| source.is_none_or(|s| t.source == s)).count()
        };
        let known = |model: &str| !LEFT_OUT.contains(&model);
        (bench.traces.iter())
            .filter(|(model, traces)| known(model) && own(traces) >= least)
            .map(|(model, _)| model.as_str())
            .collect()
    };
    let mut mean_error = 0.0;
    for (what, source, traces, least) in [
        ("five sources, 2,000 traces", None, 2000, LEAST_TRACES),
        ("five sources, 300 traces", None, 300, LEAST_TRACES),
        ("five sources of speechmap, 2,000 traces", Some("speechmap"), 2000, 40),
        (
            "five sources of misguided-attention, 2,000 traces",
            Some("misguided-attention"),
            2000,
            30,
        ),
    ] {
        let models = models(source, least);
        let mut sums = Sums::default();
        for _ in 0..mixtures {
            let chosen = random.draw(&models, 5);
            let shares = random.shares(5);
            let parts: Vec<(&str, f64)> = chosen.into_iter().copied().zip(shares).collect();
            let (audit, distinct) = bench.audit(&mut random, &parts, traces, source);
            sums.distinct += distinct;
            bench.add(&mut sums, &audit, &parts, 0.0);
        }
        print(&format!("{what} ({} to choose from)", models.len()), &sums);
        if source.is_none() && traces == 2000 {
            mean_error = sums.error / sums.mixtures;
        }
    }
    let models = models(None, LEAST_TRACES);
    for stranger in LEFT_OUT.into_iter().filter(|model| bench.traces.contains_key(*model)) {
        let mut sums = Sums::default();
        for _ in 0..mixtures.div_ceil(3) {
            let chosen = random.draw(&models, 4);
            let strange = 0.1 + 0.4 * random.uniform();
            let shares = random.shares(4);
            let mut parts: Vec<(&str, f64)> = chosen
                .into_iter()
                .copied()
                .zip(shares.iter().map(|s| s * (1.0 - strange)))
                .collect();
            parts.push((stranger, strange));
            let (audit, distinct) = bench.audit(&mut random, &parts, 2000, None);
            sums.distinct += distinct;
            bench.add(&mut sums, &audit, &parts, strange);
        }
        print(&format!("four sources and {stranger}"), &sums);
    }
    assert!(mean_error < 0.03, "{mean_error}");
}
