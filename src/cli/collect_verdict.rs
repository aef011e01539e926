//! `collect --compare`: looking at the verdict while answers come, and stopping once it is sure.
//!
//! Comes in: the answers so far. Goes out: whether to go on. The number of looks is fixed beforehand,
//! and the error rate is divided by it (Bonferroni's bound; alpha spending in equal shares). If each look
//! keeps its rate, all looks together keep the stated one.

use super::progress::Progress;
use crate::{
    analysis::{AnalysisOptions, BoxError, Comparer, Sections},
    atlas::Atlas,
    collect::Watch,
    lineage::VerdictKind,
};
use std::{cell::Cell, path::Path};

/// Traces beyond these count no more in a verdict, and fewer are seldom enough.
const FIRST_LOOK: usize = 20;
/// The most looks. More looks leave each of them a smaller rate.
const MOST_LOOKS: usize = 3;
/// Answers between two looks: fewer change nothing.
const LEAST_BETWEEN: usize = 5;
/// Resamples of a look: its intervals are not shown.
const RESAMPLES: usize = 100;

/// When it is looked, and how sure a verdict must be each time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Looks {
    /// Numbers of answers, ascending; the last is all of them.
    pub at: Vec<usize>,
    /// The error rate of each look.
    pub rate: f64,
}

impl Looks {
    /// Looks for so many answers that share an error rate.
    pub fn plan(wanted: usize, error_rate: f64) -> Self {
        let between = wanted.saturating_sub(FIRST_LOOK) / (MOST_LOOKS - 1);
        let mut at: Vec<usize> = match between {
            0..LEAST_BETWEEN => Vec::new(),
            _ => (0..MOST_LOOKS - 1).map(|look| FIRST_LOOK + look * between).collect(),
        };
        at.push(wanted);
        let rate = error_rate / at.len() as f64;
        Self { at, rate }
    }

    /// How many looks are due with so many answers.
    fn due(&self, answers: usize) -> usize {
        self.at.iter().filter(|at| **at <= answers).count()
    }
}

/// Watches a run, shows it, and ends it once the verdict is sure.
pub(super) struct Watched<'a> {
    pub progress: &'a Progress,
    /// `None` where the verdict is not asked for.
    pub verdict: Option<Verdict<'a>>,
}

/// What a look needs.
pub(super) struct Verdict<'a> {
    pub atlas: &'a Atlas,
    pub atlas_name: String,
    pub file: &'a Path,
    pub looks: Looks,
    /// Looks that were taken.
    pub taken: Cell<usize>,
}

impl Watch for Watched<'_> {
    fn say(&self, line: &str) {
        self.progress.note(line);
    }

    fn progress(&self, done: usize, total: usize) {
        self.progress.counted(done as u64, total as u64);
    }

    fn answered(&self, done: usize) -> Result<Option<String>, BoxError> {
        let Some(verdict) = &self.verdict else { return Ok(None) };
        let due = verdict.looks.due(done);
        // The last look is the comparison that follows.
        if due <= verdict.taken.get() || due == verdict.looks.at.len() {
            return Ok(None);
        }
        verdict.taken.set(due);
        let is_sure = verdict.is_sure()?;
        Ok(is_sure.then(|| format!("the verdict is sure after {done} answers")))
    }
}

impl Verdict<'_> {
    /// Whether somebody is named now, at the rate of one look.
    fn is_sure(&self) -> Result<bool, BoxError> {
        let options = AnalysisOptions {
            error_rate: self.looks.rate,
            resamples: RESAMPLES,
            sections: Sections::BRIEF,
            atlas_name: self.atlas_name.clone(),
            ..AnalysisOptions::for_atlas(self.atlas)
        };
        let file = self.file.display().to_string();
        let read = Comparer::with_options(self.atlas, options)?.read(file.as_str());
        match read.and_then(|read| read.finish()) {
            Ok(comparison) => {
                Ok(matches!(comparison.verdict.kind, VerdictKind::Resembles | VerdictKind::Family))
            }
            Err(error) if error.is_too_little_text() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_pcg::{
        Pcg64Mcg,
        rand_core::{RngCore, SeedableRng},
    };
    use statrs::distribution::{ContinuousCDF, Normal};

    #[test]
    fn looks_are_few_and_share_the_error_rate() {
        for (wanted, at) in [
            (50, vec![20, 35, 50]),
            (100, vec![20, 60, 100]),
            (30, vec![20, 25, 30]),
            (29, vec![29]),
            (20, vec![20]),
            (3, vec![3]),
        ] {
            let looks = Looks::plan(wanted, 0.06);
            assert_eq!(looks.at, at);
            assert!((looks.rate * looks.at.len() as f64 - 0.06).abs() < 1e-12);
            assert_eq!(looks.due(wanted), at.len());
        }
    }

    /// The share of runs of pure noise in which some look finds its mean larger than chance has it at
    /// this rate.
    fn share_of_nulls(looks: &[usize], rate: f64) -> f64 {
        const RUNS: usize = 20_000;
        let bound = Normal::standard().inverse_cdf(1.0 - rate);
        let mut random = Pcg64Mcg::seed_from_u64(7);
        // The sum of twelve uniform numbers is nearly normal.
        let mut noise = || {
            (0..12).map(|_| f64::from(random.next_u32()) / f64::from(u32::MAX)).sum::<f64>() - 6.0
        };
        let found = (0..RUNS).filter(|_| {
            let values: Vec<f64> = (0..50).map(|_| noise()).collect();
            looks.iter().any(|&at| values[..at].iter().sum::<f64>() / (at as f64).sqrt() > bound)
        });
        found.count() as f64 / RUNS as f64
    }

    #[test]
    fn looking_several_times_keeps_the_error_rate() {
        let looks = Looks::plan(50, 0.05);
        assert!(share_of_nulls(&looks.at, looks.rate) < 0.05);
        // Without the smaller rate of each look it would not be kept.
        assert!(share_of_nulls(&looks.at, 0.05) > 0.07);
    }
}
