//! How well the tagger agrees with the labels in `fixtures/moves`.
//!
//! Comes in: sentences with a person's labels. Goes out: accuracy, Cohen's kappa, and precision and
//! recall for each move, as a table. Only tests call it:
//! `cargo test --lib moves::agreement -- --nocapture`. The README of that folder says why both
//! figures flatter the tagger.

use super::{Move, tag};
use std::fmt::Write;

const LABELLED: &str = include_str!("../../../fixtures/moves/labelled.tsv");

/// Sentences by the move that a person saw in them (row) and that the tagger saw (column).
#[derive(Default)]
struct Table {
    cells: [[u32; Move::COUNT]; Move::COUNT],
}

impl Table {
    /// The lines of the labelled file whose number, from 1, leaves the remainder `half` modulo 2.
    fn of_half(half: usize) -> Self {
        let mut table = Self::default();
        for (index, line) in LABELLED.lines().enumerate() {
            if (index + 1) % 2 == half {
                let (name, sentence) = line.split_once('\t').unwrap();
                let label = Move::ALL.into_iter().find(|m| m.name() == name).unwrap();
                table.cells[label as usize][first_move(sentence) as usize] += 1;
            }
        }
        table
    }

    fn sum(&self) -> f64 {
        f64::from(self.cells.iter().flatten().sum::<u32>())
    }

    fn labelled(&self, a: usize) -> f64 {
        f64::from(self.cells[a].iter().sum::<u32>())
    }

    fn tagged(&self, a: usize) -> f64 {
        f64::from(self.cells.iter().map(|row| row[a]).sum::<u32>())
    }

    fn accuracy(&self) -> f64 {
        (0..Move::COUNT).map(|a| f64::from(self.cells[a][a])).sum::<f64>() / self.sum()
    }

    /// Cohen's kappa (Cohen 1960): agreement beyond what the shares of the moves give by chance.
    fn kappa(&self) -> f64 {
        let chance: f64 = (0..Move::COUNT).map(|a| self.labelled(a) * self.tagged(a)).sum();
        let chance = chance / self.sum().powi(2);
        (self.accuracy() - chance) / (1.0 - chance)
    }

    fn print(&self, title: &str) {
        let mut out = format!(
            "\n{title}: {} sentences, accuracy {:.3}, kappa {:.3}\n\n\
             | move | labelled | tagged | precision | recall |\n| --- | --: | --: | --: | --: |\n",
            self.sum(),
            self.accuracy(),
            self.kappa()
        );
        for a in Move::ALL {
            let i = a as usize;
            let hits = f64::from(self.cells[i][i]);
            let (labelled, tagged) = (self.labelled(i), self.tagged(i));
            writeln!(
                out,
                "| {} | {labelled} | {tagged} | {:.2} | {:.2} |",
                a.name(),
                hits / tagged,
                hits / labelled
            )
            .unwrap();
        }
        println!("{out}");
    }
}

/// The move of the first sentence: some labelled sentences are two for the splitter.
fn first_move(text: &str) -> Move {
    let mut first = None;
    tag(text, |tagged, _, _| {
        first.get_or_insert(tagged);
    });
    first.unwrap()
}

#[test]
fn the_tagger_agrees_with_both_halves_of_the_labels() {
    let (develop, test) = (Table::of_half(1), Table::of_half(0));
    develop.print("Odd lines, which the lexicon was mended with");
    test.print("Even lines, put aside while it was mended");
    assert_eq!((develop.sum(), test.sum()), (100.0, 100.0));
    assert!(develop.accuracy() >= DEVELOP - MARGIN, "{}", develop.accuracy());
    assert!(test.accuracy() >= TEST - MARGIN, "{}", test.accuracy());
}

/// The accuracies that were measured, and how far later work may fall below them.
const DEVELOP: f64 = 0.99;
const TEST: f64 = 0.94;
const MARGIN: f64 = 0.04;

#[test]
fn kappa_is_what_a_person_works_out() {
    // Rows 20 and 30; columns 25 and 25: 35 of 50 agree, chance is (20·25 + 30·25) / 50² = 0.5.
    let mut table = Table::default();
    (table.cells[0][0], table.cells[0][1]) = (15, 5);
    (table.cells[1][0], table.cells[1][1]) = (10, 20);
    assert!((table.accuracy() - 0.7).abs() < 1e-12);
    assert!((table.kappa() - 0.4).abs() < 1e-12);
}
