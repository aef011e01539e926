//! Parts of made-up comparisons: names, references, drifts, habits, trees.

// Every test binary uses its own part of this.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use cotprint::lineage::{
    Breakdown, BreakdownKind, ConcordanceLine, Drift, DriftChannel, DriftReference, DriftShare,
    Example, ExampleKind, Floor, Habit, Habits, HabitsBasis, MovedPhrase, Neighbour, Neighbourhood,
    PairedSimilarity, Pairing, RankedReference, Subgroup,
    tree::{DistanceKind, LineageTree, Method, Tip, average_linkage},
};
use std::collections::BTreeMap;

pub const HOSTILE: [&str; 8] = [
    "<script>alert(1)</script>",
    "</style><style>*{display:none}</style>",
    "\u{1b}[31m\u{1b}]0;owned\u{7}red",
    "\u{202E}gnp.exe\u{2066}",
    "zero\u{200B}\u{FEFF}width\u{E0041}\u{E007F}",
    "\" onload=\"alert(1)\" '",
    "nul\0 c1\u{9b}31m \u{2028}\u{FFFF}",
    "{{ page }}{% raw %}]]>&amp;=cmd()",
];

pub const NAMES: [(&str, &str); 24] = [
    ("deepseek/deepseek-r1-0528", "deepseek"),
    ("google/gemini-2.5-pro-preview-05-06", "google"),
    ("google/gemini-2.5-flash", "google"),
    ("qwen/qwen3-235b-a22b", "qwen"),
    ("deepseek/deepseek-r1", "deepseek"),
    ("qwen/qwq-32b", "qwen"),
    ("x-ai/grok-3-mini-beta", "x-ai"),
    ("anthropic/claude-3.7-sonnet-thinking", "anthropic"),
    ("openai/gpt-oss-120b", "openai"),
    ("nvidia/llama-3.3-nemotron-super-49b-v1", "nvidia"),
    ("microsoft/phi-4-reasoning-plus", "microsoft"),
    ("mistralai/magistral-medium-2506-thinking", "mistralai"),
    ("deepseek/deepseek-r1-distill-qwen-32b", "deepseek"),
    ("deepseek/deepseek-r1-distill-llama-70b", "deepseek"),
    ("moonshotai/kimi-k2-thinking", "moonshotai"),
    ("minimax/minimax-m1", "minimax"),
    ("z-ai/glm-4.5", "z-ai"),
    ("z-ai/glm-z1-32b", "z-ai"),
    ("anthropic/claude-opus-4-thinking", "anthropic"),
    ("tngtech/deepseek-r1t-chimera", "deepseek"),
    ("openthinker/openthinker3-7b-a-reasoning-model-with-a-long-name", "openthinker"),
    ("simplescaling/s1.1-32b", "simplescaling"),
    ("novasky/sky-t1-32b-preview", "novasky"),
    ("qwen/qwen3-30b-a3b-thinking-2507", "qwen"),
];

pub fn reference(i: usize, name: String, family: Option<String>, score: f64) -> RankedReference {
    let half = (score * (1.0 - score) / 12.0).sqrt();
    let mediation = if i.is_multiple_of(4) {
        vec![("raw", 812), ("summary", 40)]
    } else {
        vec![("raw", 64 + 31 * i)]
    };
    RankedReference {
        reference: name,
        family,
        score,
        low: (score - half).max(0.0),
        high: (score + half).min(1.0),
        pooled: Some(0.5),
        score_without_layout: score * [0.92, 1.3, 0.7][i % 3],
        similarity: 0.91 - 0.045 * i as f64 / (1.0 + 0.03 * i as f64),
        reference_traces: 64 + 31 * i,
        domains: ["politics", "logic-puzzle", "process-mining", "maths", "code"][..1 + i % 5]
            .iter()
            .map(|domain| (*domain).to_owned())
            .collect(),
        mediation: mediation.into_iter().map(|(k, n)| (k.to_owned(), n)).collect(),
    }
}

/// A paired comparison with these references.
pub fn pairing(names: &[String]) -> Pairing {
    let similarities = names.iter().enumerate().map(|(i, name)| PairedSimilarity {
        reference: name.clone(),
        family: None,
        similarity: 0.86 - 0.11 * i as f64 / (1.0 + 0.08 * i as f64),
        low: 0.79 - 0.12 * i as f64 / (1.0 + 0.08 * i as f64),
        high: (0.91 - 0.09 * i as f64 / (1.0 + 0.08 * i as f64)).min(1.0),
        p_value: 0.0001,
        corrected_p_value: (0.01 * (1 + i) as f64).min(1.0),
        same_data_set: i % 2 == 0,
    });
    Pairing {
        paired: true,
        prompts: 48,
        data_sets: BTreeMap::from([("speechmap".into(), 48)]),
        similarities: similarities.collect(),
        floors: [
            ("two unrelated models", 200, -0.41, -0.03, 0.38),
            ("two models of one family", 61, 0.05, 0.44, 0.83),
            ("one model in two data sets", 24, 0.48, 0.74, 0.93),
        ]
        .map(|(what, pairs, low, median, high)| Floor {
            what: what.into(),
            pairs,
            low,
            median,
            high,
        })
        .to_vec(),
    }
}

/// A drift towards the first of these references.
pub fn drift(names: &[String]) -> Drift {
    // From a large rise to a fall; every fourth interval is too wide for the change to be clear.
    let references = names.iter().enumerate().map(|(i, name)| {
        let change = 0.52 - 0.07 * i as f64 / (1.0 + 0.04 * i as f64);
        let half = if i % 4 == 3 { 0.4 } else { 0.11 };
        let before = 0.12 - 0.2 * ((i % 5) as f64 / 5.0);
        DriftReference {
            reference: name.clone(),
            family: None,
            before,
            after: before + change,
            change,
            low: change - half,
            high: change + half,
            p_value: 0.0001,
            corrected_p_value: (0.008 * (1 + i) as f64).min(1.0),
            share: if i == 0 { 0.4 } else { 0.0 },
            share_low: 0.0,
            share_high: 0.5,
        }
    });
    let moved = |phrase: &str, z_score: f64| MovedPhrase {
        phrase: phrase.into(),
        z_score,
        before_per_thousand_words: 0.2,
        after_per_thousand_words: 3.1,
        prompts: 12,
    };
    Drift {
        finding: "The style moved towards <b>a reference</b>.".into(),
        paired: true,
        prompts: 48,
        size: 0.7,
        size_p_value: 0.0005,
        references: references.collect(),
        families: vec![DriftShare {
            family: "<i>family</i>".into(),
            share: 0.4,
            low: 0.2,
            high: 0.5,
        }],
        own_share: 0.6,
        own_low: 0.5,
        own_high: 0.8,
        channels: vec![DriftChannel { channel: "word".into(), share: 1.0 }],
        came: vec![moved("<script>alert(1)</script>", 9.0)],
        went: vec![moved("the user\u{202e}", -8.0)],
    }
}

/// Three places where a phrase stands.
pub fn lines(phrase: &str) -> Vec<ConcordanceLine> {
    let line = |id: usize| ConcordanceLine {
        id: format!("trace-{id}"),
        before: "and then there is the second question, which is harder. ".into(),
        phrase: phrase.into(),
        after: " wants to know how many of them are left".into(),
    };
    (0..3).map(line).collect()
}

/// Where the first of these references holds: everywhere but in one domain.
pub fn holds(names: &[String]) -> Breakdown {
    let name = |at: usize| names.get(at).cloned().unwrap_or_default();
    let group = |kind, what: &str, share: f64, first: usize| Subgroup {
        kind,
        what: what.into(),
        traces: 50,
        prompts: 48,
        share,
        low: share - 0.06,
        high: share + 0.05,
        first: name(first),
        first_share: if first == 0 { share } else { 0.5 },
    };
    use BreakdownKind::{All, Changed, Domain, Layout, Length, Mediation};
    Breakdown {
        reference: name(0),
        groups: vec![
            group(All, "all traces", 0.61, 0),
            group(Layout, "without the layout channel", 0.55, 0),
            group(Domain, "politics", 0.66, 0),
            group(Domain, "logic-puzzle", 0.31, 1),
            group(Length, "100–249 words", 0.48, 0),
            group(Length, "250–499 words", 0.63, 0),
            group(Mediation, "raw", 0.62, 0),
            group(Mediation, "truncated", 0.4, 0),
            group(Changed, "the same traces as they are", 0.6, 0),
            group(Changed, "markdown stripped", 0.54, 0),
        ],
        left_out: 2,
    }
}

/// Habits beside references, and some that only the traces of the atlas stand beside.
pub fn habits(names: &[String]) -> Vec<Habits> {
    let beside: Vec<String> = names.iter().take(4).cloned().collect();
    let whats = [
        "headings",
        "bullets with -",
        "words in bold",
        "question marks",
        "em dashes",
        "the word I",
        "long sentences",
        "varied words",
    ];
    let habit = |at: usize, what: &str, values: usize| Habit {
        channel: "layout".into(),
        measure: format!("mark {at}"),
        what: what.into(),
        input: 1.3 - 0.4 * at as f64,
        low: 1.1 - 0.4 * at as f64,
        high: 1.5 - 0.4 * at as f64,
        usual_low: -0.9,
        usual_high: 1.0,
        values: (0..values).map(|v| 1.1 - 0.35 * at as f64 + 0.2 * v as f64).collect(),
    };
    let all = |values: usize| {
        whats.iter().enumerate().map(|(at, what)| habit(at, what, values)).collect()
    };
    vec![
        Habits {
            basis: HabitsBasis::Prompts,
            prompts: 48,
            habits: all(beside.len()),
            references: beside,
        },
        Habits { basis: HabitsBasis::Traces, prompts: 48, references: Vec::new(), habits: all(0) },
    ]
}

/// A spiral; nothing where there are too few references.
pub fn neighbourhood(names: &[String]) -> Option<Neighbourhood> {
    let labels = std::iter::once("input".to_owned()).chain(names.iter().cloned());
    let places: Vec<Neighbour> = labels
        .enumerate()
        .map(|(at, label)| {
            let (turn, far) = (2.4 * at as f64, (at as f64 / (names.len() + 1) as f64).sqrt());
            Neighbour { label, x: far * turn.cos(), y: far * turn.sin() }
        })
        .collect();
    (places.len() >= 13).then_some(Neighbourhood { perplexity: 12.0, places })
}

/// Three traces of two stretches each.
pub fn examples(names: &[String]) -> Vec<Example> {
    let Some(first) = names.first() else { return Vec::new() };
    let text =
        "Okay, so the user asks how many of them are left. Wait, is that so? Let me count them.";
    let cut = text.find(" Wait").unwrap();
    let explanation = |id: &str, second: Option<&String>| {
        let one = |name: &str, p: f64| serde_json::json!({"reference": name, "family": null, "probability": p});
        serde_json::from_value(serde_json::json!({
            "sentence": format!("The trace as a whole resembles {first} (probability 0.8)."),
            "id": id, "source": "", "prompt_id": null, "model": null, "mediation": "raw", "words": 19,
            "references": [one(first, 0.8), one("b/other", 0.2)],
            "unknown": 0.5, "familiar": 1.0, "seen_before": false, "window_words": 150, "windows": [],
            "stretches": [
                {"bytes": [0, cut], "first_word": 0, "words": 11, "reference": first, "references": [one(first, 0.9)]},
                {"bytes": [cut, text.len()], "first_word": 11, "words": 8, "reference": second, "references": [one("b/other", 0.6)]},
            ],
            "courses": [],
            "features": [{"channel": "word", "form": "the user", "weight": 0.4, "over_average": 0.2, "count": 1,
                "share_of_reference_traces": 0.1, "places": [[9, 17]]}],
            "measures": [], "channels": [], "limits": [], "program": "", "command": "", "atlas": "", "atlas_checksum": "",
        }))
        .unwrap()
    };
    [
        (ExampleKind::Typical, 0.93, "trace-1", Some(first)),
        (ExampleKind::Middling, 0.6, "trace-2", names.get(1)),
        (ExampleKind::Against, 0.04, "trace-3", None),
    ]
    .map(|(kind, probability, id, second)| Example {
        kind,
        probability,
        text: text.into(),
        explanation: explanation(id, second),
    })
    .to_vec()
}

/// A tree of so many corpora, the last of them an input; `name` may change each name.
pub fn tree(corpora: usize, name: fn(usize, &str) -> String) -> LineageTree {
    let family = |i: usize| NAMES[i % NAMES.len()].1;
    let tips: Vec<Tip> = (0..corpora)
        .map(|i| {
            let round =
                if i < NAMES.len() { String::new() } else { format!("-{}", i / NAMES.len()) };
            Tip {
                name: name(i, &format!("{}{round}", NAMES[i % NAMES.len()].0)),
                family: Some(family(i).to_owned()),
                input: i + 1 == corpora,
                traces: 40,
                words: 9_000,
            }
        })
        .collect();
    let distance = |i: usize, j: usize| {
        let far = if family(i) == family(j) { 0.25 } else { 0.7 };
        let own = ((31 * i.min(j) + 17 * i.max(j)) % 23) as f64 / 60.0;
        if i == j { 0.0 } else { far + own }
    };
    let distances: Vec<Vec<f64>> =
        (0..corpora).map(|i| (0..corpora).map(|j| distance(i, j)).collect()).collect();
    let mut tree = average_linkage(&distances);
    let groups = tree.groups();
    for (i, node) in tree.nodes.iter_mut().enumerate() {
        node.support = groups[i].as_ref().map(|_| (37 * i % 61) as f64 / 60.0);
    }
    LineageTree {
        tips,
        tree,
        distances,
        distance: DistanceKind::StyleEmbedding,
        features: 1_500,
        method: Method::Average,
        consensus: None,
        replicates: 200,
        seed: 0,
        left_out: Vec::new(),
    }
}

pub fn counts(entries: &[(&str, usize)]) -> BTreeMap<String, usize> {
    entries.iter().map(|(key, n)| ((*key).to_owned(), *n)).collect()
}
