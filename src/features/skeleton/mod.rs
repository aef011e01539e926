//! The `skeleton` channel: n-grams of 1–5 tokens in which only function words and punctuation are
//! kept, and every other word stands as a class of its form. Topic cannot speak here.
//!
//! Comes in: the text of a trace. Goes out: n-grams with stable ids and places, or their counts
//! ([`SkeletonCounter`]). Called by the vocabulary, the vectorizer and the evidence like
//! `word_ngrams`. Content is hidden in the way of text distortion (Stamatatos 2017), function words
//! are those of [`super::function_words`].
//!
//! "The model's answer is 42." reads `The ‹'s› ‹-er› is ‹0› .` Each token is classified by itself:
//! the same slice of text has the same classes wherever it stands.

mod classes;
mod counter;
mod symbols;
pub(super) mod tokens;

pub use classes::CLASSES;
pub use counter::SkeletonCounter;
pub use symbols::{Token, read};

use super::hash::{Window, finish, roll};
use super::id_table::IdTable;
use super::known::{KnownCounts, KnownWindow};
use classes::{label_of, symbol_of, symbol_of_label};
use tokens::for_each_token;

/// The longest n-gram, in tokens. Measured by prompt on political questions and on puzzles, five
/// beats four by half a point and three by one.
pub const LONGEST: usize = 5;

const SALT: u64 = 0x736b_656c_6574_6f6e;

/// Calls `emit(id, start, end)` for every n-gram, in the order in which they end in the text, the
/// shorter first. `start..end` are byte offsets. Tokens of more than
/// `word_ngrams::LONGEST_TOKEN` bytes are in no n-gram and nothing reaches over them.
#[inline]
pub fn for_each(text: &str, mut emit: impl FnMut(u64, usize, usize)) {
    let mut window = Window::<LONGEST>::new();
    for_each_token(text, |start, end| {
        let Some(symbol) = symbol_of(&text[start..end]) else {
            window.clear();
            return;
        };
        window.push(u64::from(symbol), start);
        window.ngrams(SALT).for_each(|(id, start)| emit(id, start, end));
    });
}

/// Counts the n-grams of a text's tokens that a vocabulary with these ids knows.
pub(super) fn count_known(tokens: &[Token], known: &IdTable, counts: &mut KnownCounts) {
    let mut window = KnownWindow::<LONGEST>::new(known, counts, SALT);
    for token in tokens {
        match token.symbol() {
            Some(symbol) => window.push(u64::from(symbol)),
            None => window.clear(),
        }
    }
}

/// Calls `emit(id)` for every n-gram that a readable form holds, itself included.
pub(super) fn for_each_part(form: &str, mut emit: impl FnMut(u64)) {
    let mut window = Window::<LONGEST>::new();
    for symbol in form.split(' ').filter_map(symbol_of_label) {
        window.push(u64::from(symbol), 0);
        window.ngrams(SALT).for_each(|(id, _)| emit(id));
    }
}

/// The id of a readable form: 1–5 labels with one space between them. `None` where one of them is
/// no label of this channel, or where there are none or too many.
pub fn id_of(form: &str) -> Option<u64> {
    let mut hash = 0;
    let mut n = 0;
    for label in form.split(' ') {
        if n == LONGEST {
            return None;
        }
        hash = roll(hash, u64::from(symbol_of_label(label)?));
        n += 1;
    }
    Some(finish(hash, SALT + n as u64 - 1))
}

/// The readable form of the n-gram that stands at `slice`: the labels of its tokens with one space
/// between them. For every n-gram of [`for_each`], [`id_of`] leads from the form to the id.
pub fn form(slice: &str) -> String {
    let mut form = String::new();
    for_each_token(slice, |start, end| {
        if let Some(symbol) = symbol_of(&slice[start..end]) {
            if !form.is_empty() {
                form.push(' ');
            }
            form.push_str(&label_of(symbol));
        }
    });
    form
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn content_is_hidden_and_grammar_is_kept() {
        assert_eq!(
            form("The model's answer, I think, isn't 42: let’s re-check \\frac{x}{2}.\n\nWait…"),
            "The ‹'s› ‹-er› , I ‹word› , isn't ‹0› : let's ‹word› - ‹word› ‹latex› { ‹x› } { ‹0› } . \
             ‹paragraph› Wait …"
        );
        assert_eq!(form("所以我们看图"), "所 以 我 们 ‹han› ‹han›");
    }

    #[test]
    fn ngrams_stand_where_they_are_said_to_stand() {
        let text = "So the plan is good";
        let mut forms = Vec::new();
        for_each(text, |id, start, end| {
            let form = form(&text[start..end]);
            assert_eq!(id_of(&form), Some(id));
            forms.push(form);
        });
        assert_eq!(forms.len(), 5 + 4 + 3 + 2 + 1);
        assert_eq!(forms[..3], ["So", "the", "So the"]);
        assert_eq!(forms[14], "So the ‹word› is ‹word›");
    }

    #[test]
    fn what_is_no_form_has_no_id() {
        for form in
            ["", " ", "the ", "model", "‹nothing›", "the  of", "the of to in on at", "THe", "42"]
        {
            assert_eq!(id_of(form), None, "{form:?}");
        }
        assert_ne!(id_of("the of"), id_of("of the"));
        assert_ne!(id_of("The"), id_of("the"));
    }

    #[test]
    fn a_giant_token_is_no_feature_and_bridges_nothing() {
        let mut forms = Vec::new();
        let text = format!("the {} of", "x".repeat(1_000_000));
        for_each(&text, |_, start, end| forms.push(&text[start..end]));
        assert_eq!(forms, ["the", "of"]);
    }

    proptest! {
        #[test]
        fn every_form_leads_to_its_id(
            text in "([ \n\\\\'’‹›_.,a-zA-Zéλж我们の0-9😀\u{0}²]|don't|The|\\\\frac|model’s|LET'S){0,40}",
        ) {
            for_each(&text, |id, start, end| {
                let form = form(&text[start..end]);
                assert_eq!(id_of(&form), Some(id), "{form:?} of {:?}", &text[start..end]);
            });
        }

        #[test]
        fn every_form_of_any_text_leads_to_its_id(text in any::<String>()) {
            for_each(&text, |id, start, end| {
                assert_eq!(id_of(&form(&text[start..end])), Some(id), "{text:?}");
            });
        }
    }
}
