//! How often the gate changes its mind and what it catches: the tables of `docs/gate.md`.
//!
//! ```sh
//! cargo run --release --example gate -- ../shared/corpora
//! ```
//!
//! Reads the data set `speechmap` (200 prompts) of a folder of corpora. An atlas is learned on every other prompt, and everything
//! is measured on the prompts between, which it has not seen. A checkpoint is drawn anew by drawing prompts of one
//! model with replacement; with a contamination of c each trace is, with the probability c, that of another model on the same
//! prompt. The rule under test forbids that other model a share above a bound.

#![allow(clippy::print_stdout)] // What it prints is the tables.

use cotprint::{
    atlas::{Atlas, LearnOptions, learn, read_families},
    attribution::Scored,
    features::NgramCounter,
    gate::{CheckOptions, CheckedRecords, Seen, check, decide::Outcome},
    ingest,
    lineage::ScoredCorpus,
    policy::{self, Policy},
    trace::{Marks, Place, Position, TextKind, Trace},
};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Models with fewer prompts held out are left out.
const LEAST_PROMPTS: usize = 60;
/// Drawings of each checkpoint.
const DRAWINGS: u64 = 60;
/// Prompts of a checkpoint.
const PROMPTS: [usize; 3] = [100, 200, 400];
/// Parts of the traces that are another model's.
const CONTAMINATIONS: [f64; 4] = [0.0, 0.05, 0.10, 0.20];
/// Bounds of the rule.
const BOUNDS: [f64; 2] = [0.05, 0.10];
/// A checkpoint is clear to a rule where fewer of its drawings cannot be told.
const UNCLEAR: f64 = 0.1;
/// Rules of the policy: the others forbid further models.
const RULES: usize = 5;
/// Of a rule on a mixture, each drawing of which is a search of its own: fewer drawings, prompts and bounds.
const MIXTURE: (u64, [usize; 2], [f64; 1]) = (20, [200, 400], [0.10]);

/// A model's traces on the prompts held out, by prompt.
type Held = BTreeMap<String, (Trace, Scored)>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "../shared/corpora".into());
    let families =
        read_families(&std::fs::read_to_string(format!("{folder}/families.tsv"))?, "families.tsv")?;
    let mut traces = Vec::new();
    for trace in
        ingest::open(&[format!("{folder}/speechmap/*.jsonl.gz")], ingest::Options::default())?
    {
        traces.push(trace?);
    }
    let prompts: BTreeSet<String> = traces.iter().map(Trace::prompt_key).collect();
    let held_out: BTreeSet<&String> = prompts.iter().step_by(2).collect();
    let (held, learned): (Vec<&Trace>, Vec<&Trace>) =
        traces.iter().partition(|trace| held_out.contains(&trace.prompt_key()));
    let options = LearnOptions { families: families.clone(), ..LearnOptions::default() };
    let atlas = learn(&learned, &options, &|_| ())?.atlas;
    let models = score(&atlas, &held);
    println!(
        "{} models, {} prompts learned from, {} held out\n",
        models.len(),
        prompts.len() - held_out.len(),
        held_out.len()
    );
    let family = |model: &str| families.get(model).cloned().unwrap_or_else(|| model.to_owned());
    let names: Vec<&String> = models.keys().collect();
    // Each model with the next that is of another family.
    let pairs: Vec<(&String, &String)> = (0..names.len())
        .filter_map(|at| {
            let others = (1..names.len()).map(|step| names[(at + step) % names.len()]);
            let mut others = others.filter(|other| family(other) != family(names[at]));
            others.next().map(|other| (names[at], other))
        })
        .collect();

    let forbid = Kind { table: "forbid", drawings: DRAWINGS };
    let mixture = Kind { table: "mixture", drawings: MIXTURE.0 };
    for (kind, bounds, counts) in
        [(forbid, &BOUNDS[..], &PROMPTS[..]), (mixture, &MIXTURE.2[..], &MIXTURE.1[..])]
    {
        println!("\n[[{}]]\n", kind.table);
        println!(
            "| bound | prompts | contamination | passed | cannot tell | failed | flips of the clear | flips of all | interval holds the part |"
        );
        println!("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        for &bound in bounds {
            for &count in counts {
                for contamination in CONTAMINATIONS {
                    let results: Vec<[f64; 5]> = pairs
                        .par_iter()
                        .filter_map(|(own, other)| {
                            let policy = policy(kind.table, other, &names, bound).ok()?;
                            let checkpoint = Checkpoint {
                                own: &models[*own],
                                other: &models[*other],
                                count,
                                contamination,
                            };
                            Some(kind.results(&checkpoint, &policy, &atlas))
                        })
                        .collect();
                    println!("{}", row(bound, count, contamination, &results));
                }
            }
        }
    }
    Ok(())
}

/// The models with enough prompts held out, with their scores.
fn score(atlas: &Atlas, held: &[&Trace]) -> BTreeMap<String, Held> {
    let scored: Vec<Option<Scored>> = held
        .par_iter()
        .map_init(NgramCounter::default, |counter, trace| {
            atlas.model.score(&trace.reasoning, counter).ok()
        })
        .collect();
    let known: BTreeSet<&str> = atlas.names().collect();
    let mut models: BTreeMap<String, Held> = BTreeMap::new();
    for (trace, scored) in held.iter().zip(scored) {
        let (Some(model), Some(scored)) = (&trace.model, scored) else { continue };
        if known.contains(model.as_str()) {
            let own = models.entry(model.clone()).or_default();
            own.insert(trace.prompt_key(), ((*trace).clone(), scored));
        }
    }
    models.retain(|_, own| own.len() >= LEAST_PROMPTS);
    models
}

/// A kind of rule, and how often a checkpoint is drawn for it.
#[derive(Clone, Copy)]
struct Kind {
    table: &'static str,
    drawings: u64,
}

impl Kind {
    /// The shares of the drawings that passed, could not be told, failed, whose exit code was not that of most, and whose
    /// interval holds the contamination.
    fn results(self, checkpoint: &Checkpoint<'_>, policy: &Policy, atlas: &Atlas) -> [f64; 5] {
        let drawn: Vec<(Outcome, bool)> =
            (1..=self.drawings).map(|seed| checkpoint.outcome(policy, atlas, seed)).collect();
        let share = |holds: &dyn Fn(&(Outcome, bool)) -> bool| {
            drawn.iter().filter(|one| holds(one)).count() as f64 / self.drawings as f64
        };
        let of = |outcome| share(&|one| one.0 == outcome);
        let failed = of(Outcome::Failed);
        // The exit code differs from the more frequent one.
        let flips = failed.min(1.0 - failed);
        [of(Outcome::Passed), of(Outcome::CannotTell), failed, flips, share(&|one| one.1)]
    }
}

/// A row of a table: means over the pairs.
fn row(bound: f64, count: usize, contamination: f64, results: &[[f64; 5]]) -> String {
    let mean = |column: usize, rows: &[&[f64; 5]]| {
        100.0 * rows.iter().map(|row| row[column]).sum::<f64>() / rows.len().max(1) as f64
    };
    let all: Vec<&[f64; 5]> = results.iter().collect();
    // Where the bound is not within the interval, as a rule.
    let clear: Vec<&[f64; 5]> = results.iter().filter(|row| row[1] < UNCLEAR).collect();
    format!(
        "| {:.0} % | {count} | {:.0} % | {:.1} % | {:.1} % | {:.1} % | {:.1} % of {} | {:.1} % | {:.1} % |",
        100.0 * bound,
        100.0 * contamination,
        mean(0, &all),
        mean(1, &all),
        mean(2, &all),
        mean(3, &clear),
        clear.len(),
        mean(3, &all),
        mean(4, &all)
    )
}

/// A policy that forbids one model, and a few more, so that there is something to correct for.
fn policy(
    table: &str,
    other: &str,
    names: &[&String],
    bound: f64,
) -> Result<Policy, Box<dyn std::error::Error>> {
    let further = names.iter().filter(|name| name.as_str() != other).take(RULES - 1);
    let mut text = String::new();
    for (at, name) in std::iter::once(other).chain(further.map(|name| name.as_str())).enumerate() {
        text.push_str(&format!(
            "[[{table}]]\nid = \"r{at}\"\nreference = \"{name}\"\nshare = {bound}\n"
        ));
    }
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), text)?;
    Ok(policy::open(file.path())?)
}

/// A checkpoint to be drawn.
struct Checkpoint<'a> {
    own: &'a Held,
    other: &'a Held,
    count: usize,
    contamination: f64,
}

impl Checkpoint<'_> {
    /// What the first rule comes to on one drawing, and whether its interval holds the contamination.
    fn outcome(&self, policy: &Policy, atlas: &Atlas, seed: u64) -> (Outcome, bool) {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        // SplitMix64 (Steele, Lea & Flood 2014).
        let mut random = || {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        };
        let both: Vec<&String> =
            self.own.keys().filter(|prompt| self.other.contains_key(*prompt)).collect();
        let mut sample = CheckedRecords::new(policy, atlas);
        for at in 0..self.count {
            let prompt = both[(random() * both.len() as f64) as usize];
            let from = if random() < self.contamination { self.other } else { self.own };
            let (_, scored) = &from[prompt];
            // A prompt that is drawn twice stands for two prompts.
            let trace = Trace { prompt_id: Some(format!("{at}")), ..Trace::default() };
            let marks = Marks { words: scored.words, ..Marks::default() };
            let place = Place { file: String::new(), position: Position::File };
            sample.add(Seen {
                trace: &trace,
                text: TextKind::Reasoning,
                place,
                marks: &marks,
                repeats: false,
                scored: Some(scored),
            });
        }
        let options = CheckOptions { seed, resamples: 2000, controls: &[] };
        let checked = check(policy, atlas, &sample, &ScoredCorpus::default(), None, options);
        let condition = &checked.rules[0].conditions[0];
        let (low, high) = (condition.low.unwrap_or(0.0), condition.high.unwrap_or(1.0));
        (checked.rules[0].outcome, (low..=high).contains(&self.contamination))
    }
}
