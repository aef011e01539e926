//! The `word` channel: n-grams of 1–3 tokens, case kept.
//!
//! A token is a run of letters, digits and underscores, a single punctuation mark or symbol, a
//! single Chinese, Japanese or Korean character, or a run of line breaks. Other white space only
//! separates tokens. Measured on these corpora, keeping case, punctuation and line breaks beats
//! lower-cased words by several points.

use super::hash::{Window, finish, roll};
use super::id_table::IdTable;
use super::known::{KnownCounts, KnownWindow};
use crate::text::is_ideographic;
use xxhash_rust::xxh3::xxh3_64;

/// The longest n-gram, in tokens.
pub const LONGEST: usize = 3;

/// Tokens longer than this many bytes are nobody's habit (hashes, base64, hostile input). They
/// separate n-grams, and no feature holds them.
pub const LONGEST_TOKEN: usize = 40;

const SALT: u64 = 0x776f_7264;

/// Calls `emit(id, start, end)` for every n-gram, in the order in which they end in the text.
#[inline]
pub fn for_each(text: &str, mut emit: impl FnMut(u64, usize, usize)) {
    let mut window = Window::<LONGEST>::new();
    for_each_token(text, |start, end| {
        if end - start > LONGEST_TOKEN {
            window.clear();
            return;
        }
        window.push(xxh3_64(&text.as_bytes()[start..end]), start);
        window.ngrams(SALT).for_each(|(id, start)| emit(id, start, end));
    });
}

/// Counts the n-grams of a text that a vocabulary with these ids knows.
pub(super) fn count_known(text: &str, known: &IdTable, counts: &mut KnownCounts) {
    let mut window = KnownWindow::<LONGEST>::new(known, counts, SALT);
    for_each_token(text, |start, end| {
        if end - start > LONGEST_TOKEN {
            window.clear();
        } else {
            window.push(xxh3_64(&text.as_bytes()[start..end]));
        }
    });
}

/// Calls `emit(start, end)` for every token's byte range.
#[inline]
pub fn for_each_token(text: &str, mut emit: impl FnMut(usize, usize)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        match class_at(text, &mut at) {
            Class::Space => {}
            Class::Single => emit(start, at),
            class => {
                let mut end = at;
                while at < bytes.len() && class_at(text, &mut at) == class {
                    end = at;
                }
                at = end;
                emit(start, end);
            }
        }
    }
}

/// The tokens of a form that [`for_each`] found, joined as they stand in a running text: the same
/// n-gram has one readable form, whatever the white space around its tokens was. `None` where
/// `form` does not hold 1–3 tokens.
pub fn id_of(form: &str) -> Option<u64> {
    let mut hash = 0;
    let mut n = 0;
    for_each_token(form, |start, end| {
        hash = roll(hash, xxh3_64(&form.as_bytes()[start..end]));
        n += 1;
    });
    (1..=LONGEST).contains(&n).then(|| finish(hash, SALT + n as u64 - 1))
}

/// The readable form of the n-gram that stands at `slice`: its tokens with runs of white space
/// between them as one space, so that the same n-gram has one form.
pub fn form(slice: &str) -> String {
    let mut form = String::with_capacity(slice.len());
    let mut space = false;
    for c in slice.chars() {
        if c.is_whitespace() && c != '\n' {
            space = true;
        } else {
            if space && !form.is_empty() {
                form.push(' ');
            }
            space = false;
            form.push(c);
        }
    }
    form
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Word,
    Break,
    Single,
}

/// The class of the character at `at`, which moves past it.
#[inline(always)]
fn class_at(text: &str, at: &mut usize) -> Class {
    let byte = text.as_bytes()[*at];
    if byte < 0x80 {
        *at += 1;
        return match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => Class::Word,
            b'\n' => Class::Break,
            b' ' | b'\t' | b'\r' | 0x0b | 0x0c => Class::Space,
            _ => Class::Single,
        };
    }
    // A character stands at `at`: offsets only ever move by whole characters.
    let c = text[*at..].chars().next().unwrap_or(' ');
    *at += c.len_utf8();
    if c.is_whitespace() {
        Class::Space
    } else if is_ideographic(c) {
        Class::Single
    } else if c.is_alphanumeric() {
        Class::Word
    } else {
        Class::Single
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<&str> {
        let mut tokens = Vec::new();
        for_each_token(text, |start, end| tokens.push(&text[start..end]));
        tokens
    }

    #[test]
    fn tokens_are_words_marks_ideographs_and_line_breaks() {
        assert_eq!(
            tokens("Wait, x_1 = 3.5!\n\n 我们 naïve…"),
            ["Wait", ",", "x_1", "=", "3", ".", "5", "!", "\n\n", "我", "们", "naïve", "…"]
        );
    }

    #[test]
    fn ngrams_hash_to_their_forms_whatever_the_space_between() {
        let text = "so  I\tthink, so";
        let mut forms = Vec::new();
        for_each(text, |id, start, end| {
            assert_eq!(Some(id), id_of(&text[start..end]));
            forms.push(text[start..end].to_owned());
        });
        assert_eq!(forms.len(), 5 + 4 + 3);
        assert_eq!(id_of("so I"), id_of("so  I"));
        assert_ne!(id_of("so I"), id_of("soI"));
        assert_eq!(id_of(""), None);
        assert_eq!(id_of("a b c d"), None);
    }

    #[test]
    fn a_giant_token_is_no_feature_and_bridges_nothing() {
        let text = format!("a {} b", "x".repeat(LONGEST_TOKEN + 1));
        let mut forms = Vec::new();
        for_each(&text, |_, start, end| forms.push(&text[start..end]));
        assert_eq!(forms, ["a", "b"]);
    }
}
