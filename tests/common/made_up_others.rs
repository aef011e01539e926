//! A made-up evaluation, audit and explanation, for the figures that no comparison has.
//!
//! Used by the tests of figures. What a figure does not show is left empty.

#![allow(dead_code, clippy::unwrap_used)]

use super::made_up::NAMES;
use cotprint::{
    evaluation::Evaluation,
    lineage::{audit::Audit, explain::Explanation},
};
use serde_json::{Value, json};

/// A figure with an interval of this half width.
fn estimate(value: f64, half: f64) -> Value {
    json!({"value": value, "low": (value - half).max(0.0), "high": (value + half).min(1.0)})
}

/// An evaluation of so many models, which are mostly right and now and then their neighbour.
pub fn evaluation(models: usize) -> Evaluation {
    let some = || estimate(0.5, 0.05);
    let calibration: Vec<Value> = (0..10)
        .map(|i| {
            let said = 0.05 + 0.1 * f64::from(i);
            let right = estimate((said + 0.04 * f64::from(i % 3 - 1)).clamp(0.0, 1.0), 0.06);
            json!({"from": said - 0.05, "to": said + 0.05, "traces": 20 + 13 * i, "confidence": said, "right": right})
        })
        .collect();
    let lengths = [(30, Some(100)), (100, Some(400)), (400, Some(1_600)), (1_600, None)];
    let by_length: Vec<Value> = (lengths.iter().enumerate())
        .map(|(i, (from, below))| {
            let right = estimate(0.52 + 0.1 * i as f64, 0.05);
            json!({"from": from, "below": below, "traces": 1_200 - 300 * i, "top1": right, "log_loss": some(), "calibration_error": some()})
        })
        .collect();
    let pooled: Vec<Value> = ([1, 2, 5, 10, 20].iter().enumerate())
        .map(|(i, traces)| {
            let right = estimate(0.6 + 0.09 * i as f64, 0.04);
            json!({"traces": traces, "models": models, "top1": right, "log_loss": some(), "calibration_error": some()})
        })
        .collect();
    let counts: Vec<Vec<usize>> = (0..models)
        .map(|i| {
            let of = |j: usize| match i.abs_diff(j) {
                0 => 40 + 7 * i % 20,
                1 => 9,
                4 => 3,
                _ => 0,
            };
            (0..models).map(of).collect()
        })
        .collect();
    let names: Vec<&str> = NAMES.iter().take(models).map(|(name, _)| *name).collect();
    serde_json::from_value(json!({
        "summary": {"traces": 2_241, "top1": some(), "top5": some(), "family_accuracy": null, "macro_f1": some(),
            "log_loss": some(), "brier": some(), "calibration_error": estimate(0.043, 0.008), "cllr": some(),
            "cllr_of_ignorance": 3.0, "c_at_1": null},
        "design": {"group": "prompt", "traces": 2_241, "models": models, "prompts": 120, "words": 90_000, "parts": []},
        "models": [],
        "confusion": {"models": names, "counts": counts},
        "calibration": calibration,
        "by_length": by_length,
        "pooled": pooled,
        "robustness": [],
        "open_set": open_set(),
        "planner": [],
        "unjudged": {"dropped": {}, "too_short": 0, "vanished": {}},
        "limits": [],
        "provenance": {"program": "cotprint", "command": "cotprint evaluate", "text": "reasoning", "seed": 0, "resamples": 1000},
    }))
    .unwrap()
}

/// An open set of which the verdict was measured: more traces, a better curve.
fn open_set() -> Value {
    let some = || estimate(0.5, 0.05);
    let by_traces: Vec<Value> = [1, 5, 10, 20]
        .into_iter()
        .zip([0.35, 0.66, 0.8, 0.83])
        .map(|(traces, best)| {
            let corner = |i: u32| {
                let strangers = f64::from(i) / 20.0;
                let right = best * (1.0 - (-4.0 * (strangers + 0.05)).exp());
                json!({"bound": 1.0 - strangers, "strangers_named": strangers, "named_rightly": right})
            };
            json!({
                "traces": traces, "known": 400, "known_models": 24, "strangers": 80, "stranger_families": 14,
                "relatives": 12, "unfamiliar": 0, "named_rightly": estimate(0.6 * best, 0.05),
                "named_wrongly": some(), "strangers_named": estimate(0.05, 0.03), "relatives_named": some(),
                "auroc": estimate(0.9 * best, 0.04), "at": [], "cllr": some(), "min_cllr": some(),
                "curve": (0..16).map(corner).collect::<Vec<Value>>(), "calibration": [],
            })
        })
        .collect();
    json!({
        "auroc": some(), "known_called_unknown": some(), "strangers_called_unknown": some(), "known": 400,
        "strangers": 80, "rounds": [],
        "verification": {"error_rate": 0.05, "by_traces": by_traces, "named_level": 0.8, "models": []},
    })
}

/// An audit with a few large shares and a long tail.
pub fn audit() -> Audit {
    let shares: Vec<Value> = (NAMES.iter().enumerate())
        .map(|(i, (name, family))| {
            let share = 0.42 / f64::from(1_u32 << i.min(10));
            json!({"reference": name, "family": family, "share": share, "low": 0.7 * share, "high": 1.4 * share,
                "counted": share, "similarity": 0.5, "unlike": false})
        })
        .collect();
    serde_json::from_value(json!({
        "kind": "shares", "sentence": "", "reasons": [],
        "checks": {"seen_before": 0, "repeated": 0, "too_short": 0, "mediation": {}, "largest_prompt": 0.02,
            "median_words": 300, "familiar": 0.9, "atlas_language": null},
        "shares": shares,
        "none": {"share": 0.16, "low": 0.1, "high": 0.22, "shape": 0.3},
        "families": [], "traces": 2_000, "prompts": 400, "words": 600_000, "certain": [], "doubtful": [],
        "input": {"inputs": [], "files": 1, "records": 2_000, "traces": 2_000, "dropped": {}, "formats": {}, "mediation": {},
            "domains": {}, "models": {}},
        "limits": [],
        "provenance": {"program": "cotprint", "command": "cotprint audit", "atlas": "embedded", "atlas_checksum": "0",
            "atlas_references": 24, "atlas_traces": 9_000, "text": "reasoning", "seed": 0, "resamples": 400},
    }))
    .unwrap()
}

/// A trace of 1,200 words that changes hands twice.
pub fn explanation() -> Explanation {
    let courses: Vec<Value> = (0..4)
        .map(|i| {
            let value = |piece: usize| match (i, piece) {
                (0, 0..8) | (1, 8..16) | (2, 16..) => 0.72,
                (3, _) => 0.04,
                _ => 0.08 + 0.01 * (piece % 5) as f64,
            };
            let pieces: Vec<(usize, usize, f64)> =
                (0..24).map(|piece| (50 * piece, 50, value(piece))).collect();
            let mean = pieces.iter().map(|piece| piece.2).sum::<f64>() / 24.0;
            json!({"reference": NAMES[i].0, "mean": mean, "pieces": pieces})
        })
        .collect();
    serde_json::from_value(json!({
        "sentence": "", "id": "1", "source": "", "prompt_id": null, "model": null, "mediation": "raw", "words": 1_200,
        "references": [], "unknown": 0.4, "familiar": 0.9, "seen_before": false, "window_words": 150, "windows": [],
        "stretches": [], "courses": courses, "features": [], "measures": [], "channels": [], "limits": [],
        "program": "cotprint", "command": "cotprint explain", "atlas": "embedded", "atlas_checksum": "0",
    }))
    .unwrap()
}
