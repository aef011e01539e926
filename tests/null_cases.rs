//! How often `compare` says that something is there where nothing is, and how a planted drift grows with what was
//! planted. Reads real corpora beside the embedded atlas; the long runs are ignored:
//!
//! ```sh
//! cargo test --test null_cases -- --ignored --nocapture
//! ```
//!
//! What they print stands in `docs/lineage.md`. `COTPRINT_RESAMPLINGS=N` sets the number of resamplings.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use common::real;
use cotprint::{
    atlas::Atlas,
    attribution::Scored,
    features::NgramCounter,
    ingest,
    lineage::{Drift, ScoredCorpus, compare_paired, drift_between},
    trace::{TextKind, Trace},
};
use rand_pcg::{
    Pcg64Mcg,
    rand_core::{RngCore, SeedableRng},
};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Models of different vendors and domains, a file of a data set each.
const MODELS: [&str; 8] = [
    "speechmap/qwen_qwen3-32b",
    "speechmap/deepseek_deepseek-r1-zero",
    "speechmap/tngtech_deepseek-r1t-chimera",
    "misguided-attention/openai_gpt-oss-120b",
    "misguided-attention/google_gemini-3-pro-preview",
    "cot-monitor-stress-test/anthropic_claude-haiku-4.5",
    "reasoning-models-lie/moonshotai_kimi-k2-thinking",
    "reasoning-models-lie/qwen_qwen3-next-80b-a3b-thinking",
];

type Traces = Vec<(Trace, Scored)>;

/// The traces of a file of the corpora without their labels, scored; `None` where there are no corpora.
fn scored(atlas: &Atlas, name: &str) -> Option<Traces> {
    let path = real(&format!("corpora/{name}.jsonl.gz"))?.display().to_string();
    let traces: Vec<Trace> =
        ingest::open(&[path], ingest::Options::default()).unwrap().map(Result::unwrap).collect();
    let scored = traces.into_par_iter().map_init(NgramCounter::default, |counter, mut trace| {
        trace.model = None;
        let text = trace.text(TextKind::Reasoning).unwrap().into_owned();
        atlas.model.score(&text, counter).ok().map(|scored| (trace, scored))
    });
    Some(scored.flatten().collect())
}

fn tally<'a>(atlas: &Atlas, traces: impl IntoIterator<Item = &'a (Trace, Scored)>) -> ScoredCorpus {
    let mut tally = ScoredCorpus::default();
    for (trace, scored) in traces {
        tally.add(atlas, trace, TextKind::Reasoning, scored.clone());
    }
    tally
}

fn drift(atlas: &Atlas, new: &ScoredCorpus, old: &ScoredCorpus, seed: u64) -> Drift {
    drift_between(atlas, new, old, 200, seed).unwrap()
}

fn shuffled<T>(mut items: Vec<T>, random: &mut Pcg64Mcg) -> Vec<T> {
    for at in (1..items.len()).rev() {
        items.swap(at, (random.next_u64() >> 33) as usize % (at + 1));
    }
    items
}

/// Two halves of a model's traces: where it answered prompts several times, of the answers to each prompt, so that
/// prompts are shared; else of the prompts.
fn halves<'a>(traces: &'a Traces, random: &mut Pcg64Mcg) -> [Vec<&'a (Trace, Scored)>; 2] {
    let mut prompts: BTreeMap<String, Vec<&(Trace, Scored)>> = BTreeMap::new();
    traces.iter().for_each(|one| prompts.entry(one.0.prompt_key()).or_default().push(one));
    let paired = traces.len() >= 4 * prompts.len();
    let mut halves = [Vec::new(), Vec::new()];
    let prompts = shuffled(prompts.into_values().collect::<Vec<_>>(), random);
    for (number, answers) in prompts.into_iter().enumerate() {
        for (place, answer) in shuffled(answers, random).into_iter().enumerate() {
            halves[if paired { place } else { number } % 2].push(answer);
        }
    }
    halves
}

/// The exact 95 % interval of a share (Clopper & Pearson 1934), by bisection of the binomial distribution.
fn exact(count: usize, of: usize) -> (f64, f64) {
    let upper_tail = |p: f64, from: usize| -> f64 {
        let mut term = (1.0 - p).powi(of as i32);
        let mut below = 0.0;
        for k in 0..from {
            below += term;
            term *= (of - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
        }
        1.0 - below
    };
    let solve = |from: usize, wanted: f64| {
        let (mut low, mut high) = (0.0, 1.0 - 1e-9);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if upper_tail(middle, from) < wanted { low = middle } else { high = middle }
        }
        low
    };
    let low = if count == 0 { 0.0 } else { solve(count, 0.025) };
    let high = if count == of { 1.0 } else { solve(count + 1, 0.975) };
    (low, high)
}

fn print(what: &str, count: usize, of: usize) {
    let (low, high) = exact(count, of);
    println!(
        "{what}: {count} of {of} ({:.1} %; exact 95 % interval {:.1} to {:.1} %)",
        100.0 * count as f64 / of as f64,
        100.0 * low,
        100.0 * high
    );
}

fn resamplings() -> usize {
    std::env::var("COTPRINT_RESAMPLINGS").ok().and_then(|n| n.parse().ok()).unwrap_or(200)
}

/// So many halvings of each model: how many drifts were said to be one, how many named a reference, and how many
/// had a positive length.
fn false_alarms(atlas: &Atlas, models: &[&str], each: usize) -> Option<[usize; 3]> {
    let mut counts = [0; 3];
    for model in models {
        let traces = scored(atlas, model)?;
        let mut own = [0; 3];
        for resampling in 0..each as u64 {
            let mut random = Pcg64Mcg::seed_from_u64(77 + resampling);
            let [new, old] = halves(&traces, &mut random);
            let found = drift(atlas, &tally(atlas, new), &tally(atlas, old), resampling);
            let named = found.references.iter().any(|one| one.is_clear());
            own[0] += usize::from(!found.sentence().starts_with("No drift"));
            own[1] += usize::from(named);
            own[2] += usize::from(found.size > 0.0);
        }
        println!(
            "{model}: said to move {}, named {}, longer than noise {} of {each}",
            own[0], own[1], own[2]
        );
        counts.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
    }
    Some(counts)
}

#[test]
fn exact_intervals_by_hand() {
    // No success in 200: the upper end is 1 − 0.025^(1/200).
    let (low, high) = exact(0, 200);
    assert!(low == 0.0 && (high - (1.0 - 0.025_f64.powf(1.0 / 200.0))).abs() < 1e-6, "{high}");
    let (low, high) = exact(10, 200);
    assert!((low - 0.0242).abs() < 1e-3 && (high - 0.0900).abs() < 1e-3, "{low} {high}");
}

#[test]
fn halves_of_a_model_do_not_drift_and_another_model_does() {
    let atlas = Atlas::embedded().unwrap();
    let models = [MODELS[0], MODELS[3]];
    let Some([said, ..]) = false_alarms(&atlas, &models, 6) else { return };
    // With a level of 5 %, four or more of twelve come in 1 run of 500.
    assert!(said <= 3, "{said} of 12");
    // What is planted is found: the same alarm can be raised.
    let (old, other) = (scored(&atlas, MODELS[0]).unwrap(), scored(&atlas, MODELS[1]).unwrap());
    let found = drift(&atlas, &tally(&atlas, &other), &tally(&atlas, &old), 1);
    assert!(
        found.size_p_value <= 0.05 && found.sentence().starts_with("The style moved"),
        "{}",
        found.sentence()
    );
}

#[test]
#[ignore = "200 drifts take many minutes; run it with --ignored --nocapture"]
fn false_alarms_of_drift() {
    let atlas = Atlas::embedded().unwrap();
    let each = resamplings().div_ceil(MODELS.len());
    let Some([said, named, long]) = false_alarms(&atlas, &MODELS, each) else { return };
    let all = each * MODELS.len();
    print("said that the style moved", said, all);
    print("named a reference", named, all);
    print("length above 0 (no test)", long, all);
    // At the stated level of 5 %: the exact interval may not lie above it.
    assert!(exact(said, all).0 <= 0.05 && exact(named, all).0 <= 0.05);
}

#[test]
#[ignore = "takes minutes; run it with --ignored --nocapture"]
fn false_alarms_of_the_paired_comparison() {
    // A corpus of nobody: on each prompt the trace of one model, drawn from all that answered it.
    let atlas = Atlas::embedded().unwrap();
    let all = resamplings();
    for set in ["speechmap", "misguided-attention"] {
        let Some(path) = real(&format!("corpora/{set}")) else { return };
        let mut traces = Traces::new();
        let mut files: Vec<_> =
            std::fs::read_dir(path).unwrap().map(|f| f.unwrap().file_name()).collect();
        files.sort();
        for file in files {
            let name = file.to_str().unwrap().trim_end_matches(".jsonl.gz").to_owned();
            traces.extend(scored(&atlas, &format!("{set}/{name}")).unwrap());
        }
        let mut prompts: BTreeMap<String, Vec<&(Trace, Scored)>> = BTreeMap::new();
        traces.iter().for_each(|one| prompts.entry(one.0.prompt_key()).or_default().push(one));
        let (mut small, mut clear) = (0, 0);
        let mut random = Pcg64Mcg::seed_from_u64(5);
        for resampling in 0..all as u64 {
            let drawn =
                prompts.values().map(|own| own[(random.next_u64() >> 33) as usize % own.len()]);
            let tally = tally(&atlas, drawn);
            let found =
                compare_paired(&atlas.panel, &atlas.about, &tally, 200, resampling).unwrap();
            small +=
                usize::from(found.similarities.iter().any(|one| one.corrected_p_value <= 0.05));
            clear += usize::from(found.clear().count() > 0);
        }
        print(&format!("{set}: a corrected p-value of at most 0.05"), small, all);
        print(&format!("{set}: surely resembles somebody"), clear, all);
        assert!(exact(clear, all).0 <= 0.05);
    }
}

#[test]
#[ignore = "takes minutes; run it with --ignored --nocapture"]
fn planted_drifts_of_real_traces() {
    let atlas = Atlas::embedded().unwrap();
    let (Some(old), Some(other)) = (scored(&atlas, MODELS[0]), scored(&atlas, MODELS[1])) else {
        return;
    };
    let keys: BTreeSet<String> = old.iter().map(|one| one.0.prompt_key()).collect();
    let by: BTreeMap<String, &(Trace, Scored)> =
        other.iter().map(|one| (one.0.prompt_key(), one)).collect();
    let before = tally(&atlas, &old);
    let mut sizes = Vec::new();
    for part in [0, 5, 10, 25, 50, 100] {
        let mut random = Pcg64Mcg::seed_from_u64(3);
        let order = shuffled(keys.iter().cloned().collect::<Vec<_>>(), &mut random);
        let taken: BTreeSet<&String> = order.iter().take(part * order.len() / 100).collect();
        let mixed = old.iter().map(|one| {
            let key = one.0.prompt_key();
            by.get(&key).filter(|_| taken.contains(&key)).copied().unwrap_or(one)
        });
        let found = drift(&atlas, &tally(&atlas, mixed), &before, 1);
        let own =
            found.references.iter().find(|r| r.reference == "deepseek/deepseek-r1-zero").unwrap();
        println!(
            "{part} % of the traces planted: shift {:.3} long (p {:.4}); similarity from {:.2} to {:.2}, corrected p {:.3}; {:.0} % of the shift explained",
            found.size,
            found.size_p_value,
            own.before,
            own.after,
            own.corrected_p_value,
            100.0 * own.share
        );
        sizes.push(found.size);
    }
    assert!(sizes.is_sorted_by(|a, b| a < b || (*a == 0.0 && *b == 0.0)), "{sizes:?}");
}
