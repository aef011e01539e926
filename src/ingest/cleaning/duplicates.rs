//! Traces that repeat another trace, word by word or nearly.
//!
//! Comes in: a [`Signature`] of each trace, made by any thread; they are added to a
//! [`DuplicateFinder`] in input order. Goes out: [`Duplicates`], the same for any number of
//! threads. Called by the verbs in `cli`.
//!
//! Near duplicates have a Jaccard similarity of at least [`NEAR`] between their sets of five words
//! in a row. [`Signature`] estimates it.

use rustc_hash::FxHashMap;

use crate::{
    text::Signature,
    trace::{DuplicatePair, Duplicates, MOST_LISTED},
};

/// The lowest Jaccard similarity of near duplicates.
pub const NEAR: f64 = 0.8;
/// The most traces that are remembered (about 0.6 kB each); later ones are compared with these.
pub const MOST_REMEMBERED: usize = 200_000;

/// The most characters of an id that are kept.
const ID_LIMIT: usize = 200;

/// Finds the traces that repeat an earlier one.
#[derive(Debug)]
pub struct DuplicateFinder {
    remembered: Vec<Remembered>,
    exact: FxHashMap<u64, u32>,
    bands: Vec<FxHashMap<u32, u32>>,
    found: Duplicates,
    most: usize,
}

#[derive(Debug)]
struct Remembered {
    id: Box<str>,
    model: Option<Box<str>>,
    signature: Signature,
}

impl Default for DuplicateFinder {
    fn default() -> Self {
        Self::remembering(MOST_REMEMBERED)
    }
}

impl DuplicateFinder {
    fn remembering(most: usize) -> Self {
        Self {
            remembered: Vec::new(),
            exact: FxHashMap::default(),
            bands: vec![FxHashMap::default(); Signature::BANDS],
            found: Duplicates::default(),
            most,
        }
    }

    /// Adds the next trace; true if it repeats an earlier one.
    pub fn add(&mut self, id: &str, model: Option<&str>, signature: Signature) -> bool {
        if let Some((earlier, similarity, exact)) = self.earlier(&signature) {
            self.note(id, model, earlier, similarity, exact);
            return true;
        }
        if self.remembered.len() >= self.most {
            self.found.not_remembered += 1;
            return false;
        }
        let index = self.remembered.len() as u32;
        if let Some(exact) = signature.exact() {
            self.exact.insert(exact, index);
        }
        for (band, key) in signature.keys().enumerate() {
            // The first of a bucket stays: a trace that shares all its buckets repeats it.
            self.bands[band].entry(key).or_insert(index);
        }
        let kept = |text: &str| text.chars().take(ID_LIMIT).collect::<String>().into_boxed_str();
        self.remembered.push(Remembered { id: kept(id), model: model.map(kept), signature });
        false
    }

    /// What was found so far.
    pub fn found(&self) -> &Duplicates {
        &self.found
    }

    /// What was found.
    pub fn into_found(self) -> Duplicates {
        self.found
    }

    /// The earlier trace that this one repeats: the same text, else the most similar candidate.
    fn earlier(&self, signature: &Signature) -> Option<(usize, f64, bool)> {
        if let Some(&same) = self.exact.get(&signature.exact()?) {
            return Some((same as usize, 1.0, true));
        }
        let mut candidates: Vec<u32> = signature
            .keys()
            .enumerate()
            .filter_map(|(band, key)| self.bands[band].get(&key).copied())
            .collect();
        candidates.sort_unstable();
        candidates.dedup();
        let mut best: Option<(usize, f64, bool)> = None;
        for index in candidates {
            let similarity = self.remembered[index as usize].signature.similarity(signature);
            if similarity >= NEAR && best.is_none_or(|(_, most, _)| similarity > most) {
                best = Some((index as usize, similarity, false));
            }
        }
        best
    }

    fn note(
        &mut self,
        id: &str,
        model: Option<&str>,
        earlier: usize,
        similarity: f64,
        exact: bool,
    ) {
        let earlier = &self.remembered[earlier];
        let within = earlier.model.as_deref() == model;
        let count = match (exact, within) {
            (true, true) => &mut self.found.exact_within_models,
            (true, false) => &mut self.found.exact_between_models,
            (false, true) => &mut self.found.near_within_models,
            (false, false) => &mut self.found.near_between_models,
        };
        *count += 1;
        if self.found.pairs.len() < MOST_LISTED {
            self.found.pairs.push(DuplicatePair {
                id: id.chars().take(ID_LIMIT).collect(),
                model: model.map(str::to_owned),
                repeats: earlier.id.to_string(),
                repeats_model: earlier.model.as_deref().map(str::to_owned),
                similarity: (similarity * 100.0).round() / 100.0,
                exact,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text of `count` made-up words, of which those at the places in `other` differ.
    fn text(count: usize, other: impl Fn(usize) -> bool) -> String {
        let word = |i: usize| if other(i) { format!("other{i}") } else { format!("word{i}") };
        (0..count).map(word).collect::<Vec<_>>().join(" ")
    }

    /// The true Jaccard similarity of two texts of `text`.
    fn jaccard(count: usize, other: impl Fn(usize) -> bool) -> f64 {
        let shingles = count - 5 + 1;
        let changed = (0..shingles).filter(|&at| (at..at + 5).any(&other)).count();
        (shingles - changed) as f64 / (shingles + changed) as f64
    }

    #[test]
    fn the_estimate_is_near_the_jaccard_similarity() {
        let plain = Signature::new(&text(600, |_| false));
        for step in [10, 20, 40, 80, 160] {
            let other = |i: usize| i % step == 7;
            let estimate = plain.similarity(&Signature::new(&text(600, other)));
            let truth = jaccard(600, other);
            assert!((estimate - truth).abs() < 0.13, "{step}: {estimate} for {truth}");
        }
        let unrelated = Signature::new(&text(600, |_| true));
        assert!(plain.similarity(&unrelated) < 0.05);
    }

    #[test]
    fn exact_and_near_duplicates_are_told_apart() {
        let mut finder = DuplicateFinder::default();
        let original = text(200, |_| false);
        assert!(!finder.add("a", Some("m"), Signature::new(&original)));
        assert!(finder.add("b", Some("m"), Signature::new(&original.replace(' ', "\n  "))));
        assert!(finder.add("c", Some("n"), Signature::new(&text(200, |i| i == 100))));
        assert!(finder.add("d", None, Signature::new(&original)));
        assert!(!finder.add("e", Some("m"), Signature::new(&text(200, |i| i % 9 == 0))));
        let found = finder.into_found();
        assert_eq!((found.exact_within_models, found.exact_between_models), (1, 1));
        assert_eq!((found.near_within_models, found.near_between_models), (0, 1));
        assert_eq!((found.total(), found.between_models()), (3, 2));
        let pair = &found.pairs[1];
        assert_eq!((pair.id.as_str(), pair.repeats.as_str(), pair.exact), ("c", "a", false));
        assert!(pair.similarity >= NEAR && pair.similarity < 1.0);
    }

    #[test]
    fn near_duplicates_are_found_among_many_traces() {
        let mut finder = DuplicateFinder::default();
        let about =
            |topic: usize| text(150, |_| false).replace("word", &format!("topic{topic}word"));
        for topic in 0..300 {
            let repeats = finder.add(&topic.to_string(), None, Signature::new(&about(topic)));
            assert!(!repeats, "{topic}");
        }
        for topic in 0..300 {
            let changed = about(topic) + " and one more";
            assert!(finder.add("again", None, Signature::new(&changed)), "{topic}");
        }
    }

    #[test]
    fn texts_without_words_repeat_nothing() {
        let mut finder = DuplicateFinder::default();
        assert!(!finder.add("a", None, Signature::new("...")));
        assert!(!finder.add("b", None, Signature::new("...")));
        assert!(!finder.add("c", None, Signature::new("Two.")));
        assert!(finder.add("d", None, Signature::new("Two.")));
    }

    #[test]
    fn memory_has_a_limit_that_is_told() {
        let mut finder = DuplicateFinder::remembering(2);
        for id in ["one is here", "two is here", "three is here", "four is here"] {
            finder.add(id, None, Signature::new(id));
        }
        assert_eq!(finder.found().not_remembered, 2);
        assert!(finder.add("again", None, Signature::new("one is here")));
    }

    #[test]
    fn lists_and_ids_have_limits() {
        let mut finder = DuplicateFinder::default();
        let signature = Signature::new("the same few words again");
        for _ in 0..MOST_LISTED + 10 {
            finder.add(&"i".repeat(10_000), None, signature.clone());
        }
        assert_eq!(finder.found().pairs.len(), MOST_LISTED);
        assert_eq!(finder.found().total(), MOST_LISTED + 9);
        assert_eq!(finder.found().pairs[0].id.len(), ID_LIMIT);
    }
}
