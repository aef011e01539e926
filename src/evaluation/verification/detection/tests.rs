//! The figures, worked out by hand.

use super::*;
use Writer::{KnownAndRight, KnownAndWrong, Relative, Stranger};

/// Corpora of so many families, each of its own, with these probabilities; 0.9 is enough for a name.
fn corpora(of: &[(Writer, f64)]) -> Vec<JudgedCorpus> {
    of.iter()
        .enumerate()
        .map(|(i, &(writer, probability))| JudgedCorpus {
            model: i,
            family: i,
            traces: 5,
            weight: 1.0,
            writer,
            probability: (probability >= 0.0).then_some(probability),
            is_named: probability >= 0.9,
        })
        .collect()
}

fn found(of: &[(Writer, f64)]) -> Option<DetectionFigures> {
    let corpora = corpora(of);
    DetectionFigures::new(5, corpora.iter().collect(), corpora.len(), 200, 1)
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found}, expected {expected}");
}

/// Four known corpora, one of them with the wrong candidate, two strangers and a relative.
const FEW: [(Writer, f64); 7] = [
    (KnownAndRight, 0.95),
    (KnownAndRight, 0.4),
    (KnownAndRight, 0.2),
    (KnownAndWrong, 0.92),
    (Stranger, 0.6),
    (Stranger, 0.1),
    (Relative, 0.99),
];

#[test]
fn the_bound_of_the_program_is_counted() {
    let found = found(&FEW).unwrap();
    assert_eq!((found.known, found.strangers, found.relatives), (4, 2, 1));
    assert_eq!((found.known_models, found.stranger_families, found.unfamiliar), (4, 2, 0));
    close(found.named_rightly.value, 0.25);
    close(found.named_wrongly.value, 0.25);
    close(found.strangers_named.value, 0.0);
    close(found.relatives_named.unwrap().value, 1.0);
    assert!(found.named_rightly.low <= 0.25 && found.named_rightly.high >= 0.25);
}

#[test]
fn the_curve_and_its_area_by_hand() {
    let figures = found(&FEW).unwrap();
    // Named at 0.95: one of four; the stranger at 0.6 comes next, then two more of the known.
    let corners: Vec<(f64, f64, f64)> = figures
        .curve
        .iter()
        .map(|corner| (corner.bound, corner.strangers_named, corner.named_rightly))
        .collect();
    assert_eq!(corners, [(0.95, 0.0, 0.25), (0.2, 0.5, 0.75)]);
    // The first of the known is above both strangers, two above one, one has the wrong candidate:
    // (2 + 1 + 1 + 0) / (4 · 2). The steps say the same: half the way at 0.25, half at 0.75.
    close(figures.auroc.value, 0.5);
    let at: Vec<f64> = figures.at.iter().map(|at| at.named_rightly.value).collect();
    assert_eq!(at, [0.25, 0.25, 0.25], "no bound names a twentieth of two strangers");
    // A tie counts half.
    let tied = found(&[(KnownAndRight, 0.5), (Stranger, 0.5)]).unwrap();
    close(tied.auroc.value, 0.5);
    close(tied.at[0].named_rightly.value, 0.0);
}

#[test]
fn five_in_a_hundred_strangers_may_be_named() {
    let mut of: Vec<(Writer, f64)> =
        (0..100).map(|i| (Stranger, 0.99 - 0.009 * f64::from(i))).collect();
    // Between the second and the third stranger, the fifth and the sixth, and so on.
    of.extend([2, 5, 10, 50].map(|i| (KnownAndRight, 0.99 - 0.009 * (f64::from(i) - 0.5))));
    let figures = found(&of).unwrap();
    let at: Vec<f64> = figures.at.iter().map(|at| at.named_rightly.value).collect();
    assert_eq!(at, [0.25, 0.5, 0.75]);
    assert_eq!(figures.at[1].strangers_named, 0.05);
}

#[test]
fn the_cost_and_the_least_cost_by_hand() {
    let figures = found(&[
        (KnownAndRight, 0.9),
        (KnownAndRight, 0.4),
        (KnownAndWrong, 0.7),
        (Stranger, 0.6),
        (Stranger, 0.1),
    ])
    .unwrap();
    // The wrong candidate has no part.
    let right = -(0.9_f64.log2() + 0.4_f64.log2()) / 2.0;
    let strangers = -(0.4_f64.log2() + 0.9_f64.log2()) / 2.0;
    close(figures.cllr.unwrap().value, f64::midpoint(right, strangers));
    // The two in the middle become ½ and cost 1 bit each, the others nothing.
    close(figures.min_cllr.unwrap().value, 0.5);
    // In the right order nothing is lost but calibration; who knows nothing pays 1 bit.
    let sorted = found(&[(KnownAndRight, 0.4), (Stranger, 0.3)]).unwrap();
    close(sorted.min_cllr.unwrap().value, 0.0);
    let nothing = found(&[(KnownAndRight, 0.5), (Stranger, 0.5)]).unwrap();
    close(nothing.cllr.unwrap().value, 1.0);
    close(nothing.min_cllr.unwrap().value, 1.0);
    let none_right = found(&[(KnownAndWrong, 0.5), (Stranger, 0.5)]).unwrap();
    assert_eq!((none_right.cllr, none_right.min_cllr), (None, None));
}

#[test]
fn a_corpus_without_a_probability_is_never_named() {
    let figures =
        found(&[(KnownAndRight, 0.8), (KnownAndRight, -1.0), (Stranger, -1.0), (Stranger, 0.3)]);
    let figures = figures.unwrap();
    assert_eq!(figures.unfamiliar, 2);
    // One of two known is above both strangers.
    close(figures.auroc.value, 0.5);
    assert_eq!(figures.curve.len(), 1);
    assert_eq!(figures.calibration.iter().map(|bin| bin.corpora).sum::<usize>(), 2);
}

#[test]
fn bins_count_known_and_strangers_alike() {
    let figures = found(&[
        (KnownAndRight, 0.95),
        (KnownAndRight, 1.0),
        (KnownAndWrong, 0.35),
        (KnownAndRight, 0.45),
        (Stranger, 0.92),
        (Stranger, 0.0),
        (Relative, 0.95),
    ])
    .unwrap();
    let ends: Vec<(f64, f64, usize)> =
        figures.calibration.iter().map(|bin| (bin.from, bin.to, bin.corpora)).collect();
    assert_eq!(ends, [(0.0, 0.3, 1), (0.3, 0.5, 2), (0.9, 1.0, 3)]);
    // Four known corpora weigh a quarter each, two strangers half.
    let last = figures.calibration[2];
    close(last.right, 0.5);
    close(last.probability, (0.25 * 1.95 + 0.5 * 0.92) / 1.0);
    close(figures.calibration[1].right, 0.5);
    close(figures.calibration[0].right, 0.0);
}

#[test]
fn without_strangers_there_are_no_figures() {
    assert!(found(&[(KnownAndRight, 0.5), (Relative, 0.5)]).is_none());
    assert!(found(&[(Stranger, 0.5)]).is_none());
}
