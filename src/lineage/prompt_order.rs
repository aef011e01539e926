//! The prompts of a corpus, numbered by what they are and not by where they stand in the input.
//!
//! Comes in: prompts numbered as they came, and which texts stand under each. Goes out: the new number
//! of each. Prompts under which the same text stands are copies of each other and get one number.
//! Called by the corpora of `compare`, `audit` and `check` once all traces are read.

use rustc_hash::FxHashMap;

/// The new number of each prompt.
#[derive(Debug, Clone, Default)]
pub(crate) struct PromptOrder {
    numbers: Vec<u32>,
    /// How many there are of the new ones.
    count: usize,
}

impl PromptOrder {
    /// Numbers prompts in the order of their keys. `texts` has the number of the prompt and a hash of the
    /// text of each trace.
    pub fn of(
        prompts: &FxHashMap<String, u32>,
        texts: impl IntoIterator<Item = (u32, u64)>,
    ) -> Self {
        let mut keys: Vec<(&str, u32)> =
            prompts.iter().map(|(key, &at)| (key.as_str(), at)).collect();
        keys.sort_unstable();
        let mut places = vec![0_u32; keys.len()];
        for (place, &(_, old)) in (0..).zip(&keys) {
            if let Some(own) = places.get_mut(old as usize) {
                *own = place;
            }
        }
        // The first of the prompts, in the order of their keys, that are copies of each.
        let mut first: Vec<u32> = (0..keys.len() as u32).collect();
        let mut of_text: FxHashMap<u64, u32> = FxHashMap::default();
        for (old, text) in texts {
            let Some(&place) = places.get(old as usize) else { continue };
            let other = *of_text.entry(text).or_insert(place);
            unite(&mut first, place, other);
        }
        let roots: Vec<u32> = (0..keys.len() as u32).map(|at| root(&mut first, at)).collect();
        let mut new = vec![0_u32; keys.len()];
        let mut count = 0;
        for (place, &root) in roots.iter().enumerate() {
            if root as usize == place {
                new[place] = count;
                count += 1;
            } else {
                new[place] = new[root as usize];
            }
        }
        let numbers = places.iter().map(|&place| new[place as usize]).collect();
        Self { numbers, count: count as usize }
    }

    /// The new number of the prompt with this old one.
    pub fn number(&self, old: u32) -> u32 {
        self.numbers.get(old as usize).copied().unwrap_or(old)
    }

    /// The new number of each old one.
    pub fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// Gives prompts their new numbers. Of those that are copies of each other, the first key stays.
    pub fn renumber(&self, prompts: &mut FxHashMap<String, u32>) {
        let mut all: Vec<(String, u32)> = prompts.drain().collect();
        all.sort_unstable();
        let mut taken = vec![false; self.count];
        for (key, old) in all {
            let new = self.number(old);
            if let Some(taken) = taken.get_mut(new as usize).filter(|taken| !**taken) {
                *taken = true;
                prompts.insert(key, new);
            }
        }
    }
}

/// The first of those that are one with this one.
fn root(first: &mut [u32], mut at: u32) -> u32 {
    while first[at as usize] != at {
        let next = first[at as usize];
        first[at as usize] = first[next as usize];
        at = next;
    }
    at
}

fn unite(first: &mut [u32], one: u32, other: u32) {
    let (one, other) = (root(first, one), root(first, other));
    first[one.max(other) as usize] = one.min(other);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prompts(keys: &[&str]) -> FxHashMap<String, u32> {
        keys.iter().map(|key| (*key).to_owned()).zip(0..).collect()
    }

    #[test]
    fn prompts_are_numbered_by_their_keys_in_any_order_of_the_input() {
        let order = PromptOrder::of(&prompts(&["c", "a", "b"]), [(0, 7), (1, 8), (2, 9)]);
        assert_eq!(order.numbers(), [2, 0, 1]);
        let other = PromptOrder::of(&prompts(&["a", "b", "c"]), [(2, 7), (0, 8), (1, 9)]);
        assert_eq!(other.numbers(), [0, 1, 2]);
    }

    #[test]
    fn prompts_with_the_same_text_are_one() {
        // The texts of a and c are the same, and so are another of c and that of d.
        let mut all = prompts(&["d", "c", "b", "a"]);
        let order = PromptOrder::of(&all, [(0, 2), (1, 1), (1, 2), (2, 5), (3, 1)]);
        assert_eq!(order.numbers(), [0, 0, 1, 0]);
        order.renumber(&mut all);
        let mut left: Vec<_> = all.into_iter().collect();
        left.sort();
        assert_eq!(left, [("a".to_owned(), 0), ("b".to_owned(), 1)]);
    }
}
