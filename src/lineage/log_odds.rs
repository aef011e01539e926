//! Words and phrases that came and went between two corpora.
//!
//! The measure is the log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi & Quinn
//! 2008, equations 15–22): for an n-gram that stands y times among n in one corpus and y′ times
//! among n′ in the other, with prior counts a from both together scaled to the size of the smaller,
//! `ln((y + a) / (n + A − y − a)) − ln((y′ + a) / (n′ + A − y′ − a))`, divided by its standard
//! deviation `√(1/(y + a) + 1/(y′ + a))`. The prior draws rare n-grams towards no difference, so
//! that the list is neither of stop words nor of what stands twice. Two-sided p-values are
//! corrected by Holm over all n-grams that are compared; what occurs in one or two prompts only is
//! topic, and is left out.

use super::{MovedPhrase, scored_corpus::ScoredCorpus};
use crate::{atlas::Atlas, features::word_ngrams};
use rustc_hash::{FxHashMap, FxHashSet};

/// An n-gram must occur in this many prompts of the corpus that has more of it.
const LEAST_PROMPTS: usize = 3;

/// The `most` n-grams that came, and that went, strongest first; over the prompts that both corpora have
/// in common where `paired`, so that what is asked does not come or go.
pub(super) fn came_and_went(
    atlas: &Atlas,
    new: &ScoredCorpus,
    old: &ScoredCorpus,
    paired: bool,
    most: usize,
) -> (Vec<MovedPhrase>, Vec<MovedPhrase>) {
    let features = atlas.model.vectorizer.vocabulary().features();
    let (new, old) =
        (Counts::of(new, paired.then_some(old)), Counts::of(old, paired.then_some(new)));
    let (new_all, old_all) = (new.words.max(1) as f64, old.words.max(1) as f64);
    // The prior weighs as much as a tenth of the smaller corpus.
    let prior_size = 0.1 * new_all.min(old_all);
    let indices: FxHashSet<u32> = new.uses.keys().chain(old.uses.keys()).copied().collect();
    let mut moved: Vec<(f64, u32)> = indices
        .into_iter()
        .map(|index| {
            let (y_new, y_old) = (new.count(index), old.count(index));
            let prior = prior_size * (y_new + y_old) / (new_all + old_all);
            (z_score((y_new, new_all), (y_old, old_all), (prior, prior_size)), index)
        })
        .collect();
    moved.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()).then(a.1.cmp(&b.1)));
    let all = moved.len();
    // Holm's rule on sorted p-values: all before the first that is not small enough.
    let significant = moved
        .iter()
        .enumerate()
        .take_while(|(place, (z, _))| two_sided(*z) * (all - place) as f64 <= 0.05);
    let mut lists: [Vec<MovedPhrase>; 2] = Default::default();
    for (_, &(z, index)) in significant {
        let form = &features[index as usize].form;
        let (list, own) = if z > 0.0 { (&mut lists[0], &new) } else { (&mut lists[1], &old) };
        let prompts = own.uses.get(&index).map_or(0, |used| used.1.len());
        let repeats = list.iter().any(|m| m.phrase.contains(form) || form.contains(&m.phrase));
        if list.len() == most || prompts < LEAST_PROMPTS || repeats || !holds_word(form) {
            continue;
        }
        list.push(MovedPhrase {
            phrase: form.clone(),
            z_score: z,
            before_per_thousand_words: 1000.0 * old.count(index) / old_all,
            after_per_thousand_words: 1000.0 * new.count(index) / new_all,
            prompts,
        });
    }
    lists.into()
}

/// The word n-grams of a corpus.
struct Counts {
    /// How often each stands there, and in which prompts.
    uses: FxHashMap<u32, (u64, FxHashSet<u32>)>,
    words: usize,
}

impl Counts {
    /// Those of a tally, on the prompts that `other` has, too, where it is given.
    fn of(tally: &ScoredCorpus, other: Option<&ScoredCorpus>) -> Self {
        let mut counted = vec![false; tally.prompts.len()];
        for (key, &prompt) in &tally.prompts {
            counted[prompt as usize] = other.is_none_or(|other| other.prompts.contains_key(key));
        }
        let mut counts = Self { uses: FxHashMap::default(), words: 0 };
        for kept in tally.kept.iter().filter(|kept| counted[kept.prompt as usize]) {
            counts.words += kept.length;
            for (index, count) in kept.words.iter() {
                let used = counts.uses.entry(index).or_default();
                used.0 += u64::from(count);
                used.1.insert(kept.prompt);
            }
        }
        counts
    }

    fn count(&self, index: u32) -> f64 {
        self.uses.get(&index).map_or(0.0, |used| used.0 as f64)
    }
}

/// The z-score of the log-odds ratio of two counts among two totals, with a prior of so many among so
/// many.
fn z_score((y, n): (f64, f64), (y2, n2): (f64, f64), (prior, size): (f64, f64)) -> f64 {
    // An n-gram may occur in a text more often than the text has words.
    let odds = |y: f64, n: f64| ((y + prior) / (n + size - y - prior).max(1.0)).ln();
    (odds(y, n) - odds(y2, n2)) / (1.0 / (y + prior) + 1.0 / (y2 + prior)).sqrt()
}

/// The two-sided p-value of a z-score: `erfc(|z| / √2)` by the formula of Abramowitz & Stegun 7.1.26 with
/// its tail bounded from above by Mills' ratio, where the formula's error would rule.
fn two_sided(z: f64) -> f64 {
    let z = z.abs();
    let density = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    if z > 3.0 {
        return 2.0 * density / z;
    }
    let t = 1.0 / (1.0 + 0.2316419 * z);
    let series = [0.319381530, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
    2.0 * density * series.iter().rev().fold(0.0, |sum, factor| t * (factor + sum))
}

fn holds_word(form: &str) -> bool {
    let mut words = 0;
    word_ngrams::for_each_token(form, |start, end| {
        words += usize::from(form[start..end].chars().all(char::is_alphabetic));
    });
    words > 0
}

/// The prompts that each of some features occurs in.
pub(super) fn prompts_of(
    tally: &ScoredCorpus,
    features: &FxHashSet<u32>,
) -> FxHashMap<u32, FxHashSet<u32>> {
    let mut prompts: FxHashMap<u32, FxHashSet<u32>> = FxHashMap::default();
    for kept in &tally.kept {
        for index in
            kept.words.iter().map(|(index, _)| index).filter(|index| features.contains(index))
        {
            prompts.entry(index).or_default().insert(kept.prompt);
        }
    }
    prompts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_z_score_by_hand() {
        // 30 of 1,000 against 10 of 1,000, prior 2 of 100: odds 32/1068 and 12/1088.
        let ratio = (32.0_f64 / 1068.0).ln() - (12.0_f64 / 1088.0).ln();
        let deviation = (1.0_f64 / 32.0 + 1.0 / 12.0).sqrt();
        let found = z_score((30.0, 1000.0), (10.0, 1000.0), (2.0, 100.0));
        assert!((found - ratio / deviation).abs() < 1e-12, "{found}");
        assert_eq!(z_score((5.0, 100.0), (5.0, 100.0), (1.0, 20.0)), 0.0);
    }

    #[test]
    fn p_values_are_those_of_the_table() {
        for (z, expected) in [(0.0, 1.0), (1.0, 0.317311), (1.959964, 0.05), (2.575829, 0.01)] {
            assert!((two_sided(z) - expected).abs() < 1e-5, "{z}: {}", two_sided(z));
        }
        // Φ(−5) is 2.866516e-7; the bound is 4 % above it.
        assert!((two_sided(5.0) / 5.733031e-7 - 1.0).abs() < 0.05);
    }
}
