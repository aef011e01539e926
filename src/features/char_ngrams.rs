//! The `char` channel: n-grams of 1–5 characters, case kept, across word boundaries.
//!
//! Character n-grams catch spelling, affixes, punctuation and spacing at once and are the
//! strongest single channel in most authorship studies (Stamatatos 2013, "On the robustness of
//! authorship attribution based on character n-gram features").

use super::hash::{Window, finish, roll};

/// The longest n-gram, in characters.
pub const LONGEST: usize = 5;

/// Separates this channel's ids from those of other channels.
pub(super) const SALT: u64 = 0x6368_6172;

/// Calls `emit(id, start, end)` for every n-gram, in the order in which they end in the text.
/// One pass; the n-grams that end at a character share the work of their hashes.
#[inline]
pub fn for_each(text: &str, mut emit: impl FnMut(u64, usize, usize)) {
    let mut window = Window::<LONGEST>::new();
    for (offset, c) in text.char_indices() {
        window.push(u64::from(c), offset);
        let end = offset + c.len_utf8();
        window.ngrams(SALT).for_each(|(id, start)| emit(id, start, end));
    }
}

/// The id of the n-gram that is spelled `form`, or `None` where `form` is empty or longer than
/// [`LONGEST`] characters.
pub fn id_of(form: &str) -> Option<u64> {
    let mut hash = 0;
    let mut n = 0;
    for c in form.chars() {
        hash = roll(hash, u64::from(c));
        n += 1;
    }
    (1..=LONGEST).contains(&n).then(|| finish(hash, SALT + n as u64 - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ngram_is_found_once_and_hashes_to_its_form() {
        let text = "Hé, 我们!";
        let mut found = Vec::new();
        for_each(text, |id, start, end| {
            assert_eq!(Some(id), id_of(&text[start..end]));
            found.push(&text[start..end]);
        });
        let characters: Vec<char> = text.chars().collect();
        let mut expected: Vec<String> =
            (1..=LONGEST).flat_map(|n| characters.windows(n).map(|w| w.iter().collect())).collect();
        let mut found: Vec<String> = found.into_iter().map(str::to_owned).collect();
        expected.sort();
        found.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_text_shorter_than_the_longest_ngram_has_no_phantoms() {
        let mut count = 0;
        for_each("ab", |_, _, _| count += 1);
        assert_eq!(count, 3);
        for_each("", |_, _, _| panic!("an empty text has no n-gram"));
        assert_eq!(id_of(""), None);
        assert_eq!(id_of("abcdef"), None);
    }
}
