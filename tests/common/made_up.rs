//! Made-up comparisons: every kind of verdict, every size, hostile text, numbers that are none.
//!
//! Used by the tests of reports and of figures.

// Every test binary uses its own part of this.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

#[path = "made_up_parts.rs"]
mod parts;

pub use parts::*;

use cotprint::lineage::{
    Comparison, DataSetVerdict, Evidence, Floor, InputSummary, Provenance, RankedFamily,
    RankedReference, SimilarityMatrix, UnknownSummary, Verdict, VerdictCandidate, VerdictKind,
    tree::THE_INPUT,
};
use std::collections::BTreeMap;

/// A comparison with `references` references whose shares fall geometrically from `first`.
pub fn comparison(references: usize, first: f64) -> Comparison {
    let mut left = 1.0;
    let ranking: Vec<RankedReference> = (0..references)
        .map(|i| {
            let (name, family) = NAMES[i % NAMES.len()];
            let name = match i / NAMES.len() {
                0 => name.to_owned(),
                round => format!("{name}-variant-{round}"),
            };
            let score = left * first;
            left -= score;
            reference(i, name, Some(family.to_owned()), score)
        })
        .collect();
    let mut sums: Vec<RankedFamily> = Vec::new();
    for r in &ranking {
        let family = r.family.clone().unwrap_or_default();
        match sums.iter_mut().find(|f| f.family == family) {
            Some(sum) => {
                sum.score += r.score;
                sum.members.push(r.reference.clone());
            }
            None => sums.push(RankedFamily {
                family,
                score: r.score,
                low: 0.0,
                high: 0.0,
                members: vec![r.reference.clone()],
            }),
        }
    }
    for family in &mut sums {
        family.low = (family.score - 0.06).max(0.0);
        family.high = (family.score + 0.06).min(1.0);
    }
    sums.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut labels = vec!["the input".to_owned()];
    labels.extend(ranking.iter().take(120).map(|r| r.reference.clone()));
    let value = |i: usize, j: usize| match (i.min(j), i.max(j)) {
        (i, j) if i == j => 1.0,
        (0, j) => ranking[j - 1].similarity,
        (i, j) => {
            0.95 - 0.13 * (j - i) as f64 / (1.0 + 0.05 * (j - i) as f64) - 0.02 * (i % 3) as f64
        }
    };
    let values: Vec<Vec<f64>> = (0..labels.len())
        .map(|i| (0..labels.len()).map(|j| value(i, j).max(-0.82)).collect())
        .collect();
    let phrases = [
        "Hmm, wait.",
        "Okay, so the user",
        "\n\nBut let me double-check",
        " I need to",
        "**Final",
        "let's tackle this",
        "…\t",
    ];
    let evidence = ranking
        .iter()
        .take(3)
        .enumerate()
        .flat_map(|(r, reference)| {
            let name = reference.reference.clone();
            phrases.iter().enumerate().map(move |(i, phrase)| Evidence {
                reference: name.clone(),
                phrase: (*phrase).to_owned(),
                channel: if i % 2 == 0 { "characters".into() } else { "words".into() },
                weight: 1.4 / (1.0 + i as f64 + r as f64),
                per_thousand_words: 7.31 / (1.0 + i as f64 * 3.0),
                share_of_traces: 0.94 / (1.0 + 0.2 * i as f64),
                share_of_reference_traces: 0.21 / (1.0 + i as f64),
                prompts: 47 - i * 3,
                lines: lines(phrase),
            })
        })
        .collect();
    let top = ranking.first().map(|r| r.reference.clone()).unwrap_or_default();
    let ranking_names: Vec<String> = ranking.iter().map(|r| r.reference.clone()).collect();
    Comparison {
        verdict: Verdict {
            kind: VerdictKind::Resembles,
            references: vec![top.clone()],
            family: Some("deepseek".into()),
            candidate: Some(candidate(&top, 0.97)),
            basis: format!("These traces most resemble {top}.").into(),
        },
        verdict_by_data_set: by_data_set(&top),
        ranking,
        traces: 50,
        prompts: 48,
        words: 40_123,
        families: sums,
        unknown: UnknownSummary {
            median: 0.46,
            share_below_5_percent: 0.06,
            low: 0.02,
            high: 0.12,
        },
        evidence,
        pairing: Some(pairing(&ranking_names)),
        drift: Some(drift(&ranking_names)),
        holds: Some(holds(&ranking_names)),
        habits: habits(&ranking_names),
        neighbourhood: neighbourhood(&ranking_names),
        examples: examples(&ranking_names),
        similarity: SimilarityMatrix { labels, values },
        floors: vec![
            Floor {
                what: "two halves of one model’s corpus".into(),
                pairs: 119,
                low: 0.88,
                median: 0.95,
                high: 0.99,
            },
            Floor {
                what: "one model in two domains".into(),
                pairs: 61,
                low: 0.42,
                median: 0.63,
                high: 0.81,
            },
            Floor {
                what: "two models of different families".into(),
                pairs: 5_321,
                low: -0.31,
                median: 0.02,
                high: 0.38,
            },
        ],
        input: InputSummary {
            inputs: vec!["traces/new-checkpoint.jsonl.gz".into()],
            files: 1,
            records: 57,
            traces: 50,
            dropped: counts(&[("no reasoning", 5), ("fewer than 30 words", 2)]),
            formats: counts(&[("openai-chat", 50)]),
            mediation: counts(&[("raw", 48), ("truncated", 2)]),
            domains: counts(&[("politics", 50)]),
            models: counts(&[("lab/new-checkpoint", 50)]),
            languages: counts(&[("eng", 48), ("cmn", 2)]),
            refusals: 1,
            ..InputSummary::default()
        },
        limits: vec![
            "Two models that look alike may share a teacher, a public dataset or a base.".into(),
            "All traces are of one domain, politics: in another domain the answer may differ."
                .into(),
        ],
        tree: (references > 2).then(|| {
            let mut tree = tree((references + 1).min(25), |_, name| name.to_owned());
            tree.tips.last_mut().unwrap().name = THE_INPUT.into();
            tree
        }),
        provenance: Provenance {
            program: "cotprint 0.1.0".into(),
            command: "cotprint compare traces/new-checkpoint.jsonl.gz --report report --seed 7"
                .into(),
            atlas: "embedded".into(),
            atlas_checksum: "9f3c0d5e77a1b2c4".into(),
            atlas_references: references,
            atlas_traces: 61_204,
            channels: vec!["word".into(), "layout".into()],
            text: "reasoning".into(),
            seed: 7,
            resamples: 1_000,
        },
    }
}

/// The traces are like two data sets: on one the verdict names a reference, on the other nobody.
fn by_data_set(reference: &str) -> Vec<DataSetVerdict> {
    let part = |data_set: &str, traces, kind, references, probability| DataSetVerdict {
        data_set: data_set.into(),
        traces,
        prompts: traces,
        verdict: Verdict {
            kind,
            references,
            family: None,
            candidate: Some(candidate(reference, probability)),
            basis: "A part of the traces.".to_owned().into(),
        },
        bound: (kind == VerdictKind::Resembles).then_some(0.93),
    };
    vec![
        part("politics", 35, VerdictKind::Resembles, vec![reference.to_owned()], 0.97),
        part("puzzles", 13, VerdictKind::Unfamiliar, vec![], 0.41),
    ]
}

/// A candidate with this probability.
fn candidate(reference: &str, probability: f64) -> VerdictCandidate {
    VerdictCandidate {
        reference: reference.into(),
        family: Some("deepseek".into()),
        vendor: "deepseek".into(),
        probability,
        reference_probability: probability - 0.02,
        vendor_probability: probability + 0.01,
    }
}

pub fn too_little_text() -> Comparison {
    let mut c = comparison(0, 0.5);
    c.verdict = Verdict {
        kind: VerdictKind::TooLittleText,
        references: Vec::new(),
        family: None,
        candidate: None,
        basis: "There is too little text to say anything: 1 trace with 24 words.".into(),
    };
    (c.traces, c.prompts, c.words) = (1, 1, 24);
    c.unknown = UnknownSummary {
        median: f64::NAN,
        share_below_5_percent: f64::NAN,
        low: f64::NAN,
        high: f64::NAN,
    };
    c.similarity = SimilarityMatrix { labels: Vec::new(), values: Vec::new() };
    c.floors.clear();
    (c.holds, c.neighbourhood) = (None, None);
    (c.habits, c.examples) = (Vec::new(), Vec::new());
    c.verdict_by_data_set.clear();
    c
}

pub fn hostile() -> Comparison {
    let mut c = comparison(24, 0.3);
    let megabyte = "W\u{202E}".repeat(1 << 18);
    for (i, r) in c.ranking.iter_mut().enumerate() {
        let text = if i == 8 { megabyte.as_str() } else { HOSTILE[i % 8] };
        r.reference = format!("{text}/{i}");
        r.family = Some(HOSTILE[(i + 1) % 8].to_owned());
        r.domains.push(HOSTILE[i % 8].to_owned());
        r.mediation.insert(HOSTILE[i % 8].to_owned(), i);
    }
    for (i, label) in c.similarity.labels.iter_mut().enumerate() {
        *label = if i == 8 { megabyte.clone() } else { HOSTILE[i % 8].to_owned() };
    }
    for (i, e) in c.evidence.iter_mut().enumerate() {
        e.phrase = if i == 8 { megabyte.clone() } else { HOSTILE[i % 8].to_owned() };
        e.channel = HOSTILE[i % 8].to_owned();
        e.reference = HOSTILE[i % 3].to_owned();
        for (j, line) in e.lines.iter_mut().enumerate() {
            let text = |k: usize| HOSTILE[(i + j + k) % 8].to_owned();
            (line.id, line.before, line.after) = (text(0), text(1), text(2));
            line.phrase = if i == 4 { megabyte.clone() } else { text(3) };
        }
    }
    for family in &mut c.families {
        family.family = HOSTILE[3].to_owned();
        family.members = HOSTILE.map(str::to_owned).to_vec();
    }
    let all = HOSTILE.concat();
    c.verdict.basis = all.clone().into();
    c.limits = vec![all.clone().into(), megabyte.clone().into()];
    c.input.inputs = vec![all.clone(), megabyte.clone()];
    c.input.dropped = counts(&[(all.as_str(), 3)]);
    c.input.models = counts(&[(megabyte.as_str(), 3)]);
    for floor in &mut c.floors {
        floor.what.clone_from(&all);
    }
    let (pairing, drift) = (c.pairing.as_mut().unwrap(), c.drift.as_mut().unwrap());
    for (i, one) in pairing.similarities.iter_mut().enumerate() {
        one.reference = format!("{}/{i}", HOSTILE[i % 8]);
    }
    pairing.floors[1].what.clone_from(&megabyte);
    pairing.data_sets = BTreeMap::from([(all.clone(), 48)]);
    for (i, one) in drift.references.iter_mut().enumerate() {
        one.reference =
            if i == 3 { "=cmd()|' /C calc'!A0".into() } else { HOSTILE[i % 8].to_owned() };
    }
    drift.finding = all.clone().into();
    drift.came[0].phrase.clone_from(&megabyte);
    c.verdict_by_data_set[0].data_set.clone_from(&megabyte);
    c.verdict_by_data_set[0].verdict.references = vec![HOSTILE[2].to_owned()];
    c.verdict_by_data_set[1].data_set = HOSTILE[1].to_owned();
    let holds = c.holds.as_mut().unwrap();
    for (i, group) in holds.groups.iter_mut().enumerate() {
        group.what = if i == 4 { megabyte.clone() } else { HOSTILE[i % 8].to_owned() };
        group.first = HOSTILE[(i + 1) % 8].to_owned();
    }
    holds.reference = HOSTILE[0].to_owned();
    for habits in &mut c.habits {
        for (i, reference) in habits.references.iter_mut().enumerate() {
            *reference = if i == 1 { "=cmd()".into() } else { HOSTILE[i].to_owned() };
        }
        habits.habits[0].what.clone_from(&all);
        habits.habits[1].measure.clone_from(&megabyte);
    }
    for (i, one) in c.neighbourhood.as_mut().unwrap().places.iter_mut().enumerate() {
        one.label = HOSTILE[i % 8].to_owned();
    }
    for (i, tip) in c.tree.as_mut().unwrap().tips.iter_mut().enumerate() {
        tip.name = if i == 8 { megabyte.clone() } else { HOSTILE[i % 8].to_owned() };
        tip.family = Some(HOSTILE[(i + 3) % 8].to_owned());
    }
    for (i, one) in c.examples.iter_mut().enumerate() {
        one.text = if i == 1 { megabyte.clone() } else { HOSTILE.concat() + &one.text };
        let end = one.text.len();
        let explanation = &mut one.explanation;
        explanation.id = HOSTILE[i].to_owned();
        explanation.finding = all.clone().into();
        explanation.features[0].form = HOSTILE[i + 1].to_owned();
        explanation.features[0].places = vec![[0, HOSTILE[0].len()], [1, 999_999_999]];
        explanation.stretches[1].bytes[1] = end;
        explanation.stretches[1].reference = Some(HOSTILE[i + 2].to_owned());
    }
    c.provenance.command.clone_from(&megabyte);
    c.provenance.program.clone_from(&all);
    c.provenance.atlas = all;
    c
}

/// Numbers that are not numbers, a matrix that is not square, lists that are empty.
pub fn broken() -> Comparison {
    let mut c = comparison(5, 0.4);
    for (i, r) in c.ranking.iter_mut().enumerate() {
        let bad = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -3.0, 7.0][i];
        (r.score, r.low, r.high, r.score_without_layout, r.similarity) = (bad, bad, bad, bad, bad);
        r.family = None;
        r.domains.clear();
        r.mediation.clear();
    }
    for family in &mut c.families {
        (family.score, family.low, family.high) = (f64::NAN, f64::NAN, f64::NAN);
        family.members.clear();
    }
    for e in &mut c.evidence {
        (e.weight, e.per_thousand_words, e.share_of_traces) = (f64::NAN, f64::INFINITY, -1.0);
        e.phrase.clear();
    }
    c.similarity.values[1] = vec![f64::NAN; 2];
    c.similarity.values[2] = vec![f64::INFINITY; 9];
    c.similarity.values.truncate(4);
    c.floors[0].median = f64::NAN;
    let (pairing, drift) = (c.pairing.as_mut().unwrap(), c.drift.as_mut().unwrap());
    pairing.floors[0].low = f64::NAN;
    for (i, (one, moved)) in pairing.similarities.iter_mut().zip(&mut drift.references).enumerate()
    {
        let bad = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -3.0, 7.0][i];
        (one.similarity, one.low, one.high) = (bad, bad, bad);
        (moved.before, moved.after, moved.change, moved.low, moved.high) =
            (bad, bad, bad, bad, bad);
    }
    for (group, bad) in
        c.holds.as_mut().unwrap().groups.iter_mut().zip([f64::NAN, f64::INFINITY, -3.0, 7.0])
    {
        (group.share, group.low, group.high) = (bad, bad, bad);
    }
    for (habit, bad) in c.habits[0].habits.iter_mut().zip([f64::NAN, f64::INFINITY, -3.0, 7.0]) {
        (habit.input, habit.low, habit.usual_low) = (bad, bad, bad);
        habit.values = vec![bad; 9];
    }
    c.habits[1].habits.clear();
    c.neighbourhood = neighbourhood(&vec!["a/b".into(); 20]);
    c.neighbourhood.as_mut().unwrap().places[2].x = f64::NAN;
    c.unknown.low = f64::NAN;
    c.verdict.basis = String::new().into();
    c
}

pub fn with_verdict(mut c: Comparison, kind: VerdictKind, sentence: &str) -> Comparison {
    c.verdict.kind = kind;
    c.verdict.basis = sentence.into();
    c
}

pub fn samples() -> Vec<(&'static str, Comparison)> {
    let mut long = comparison(24, 0.2);
    for r in &mut long.ranking {
        r.reference = format!("a-vendor-with-a-very-long-name/{}-and-more-of-it", r.reference);
    }
    long.similarity.labels[1..]
        .iter_mut()
        .zip(&long.ranking)
        .for_each(|(l, r)| l.clone_from(&r.reference));
    let mut none = comparison(119, 0.07);
    none.unknown =
        UnknownSummary { median: 0.01, share_below_5_percent: 0.81, low: 0.7, high: 0.9 };
    none.similarity.labels.truncate(41);
    none.verdict.references.clear();
    let mut medium = comparison(24, 0.61);
    medium.similarity.labels.truncate(13);
    vec![
        ("two", comparison(2, 0.83)),
        ("resembles", medium),
        (
            "family",
            with_verdict(
                long,
                VerdictKind::Family,
                "These traces resemble the deepseek family; its members cannot be told apart.",
            ),
        ),
        (
            "between",
            with_verdict(
                comparison(119, 0.31),
                VerdictKind::Between,
                "These traces stand between deepseek/deepseek-r1-0528 and google/gemini-2.5-pro-preview-05-06.",
            ),
        ),
        ("none", with_verdict(none, VerdictKind::None, "No reference writes like these traces.")),
        ("too_little_text", too_little_text()),
        ("hostile", hostile()),
        ("broken", broken()),
    ]
}
