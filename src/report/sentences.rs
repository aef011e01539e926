//! A sentence → HTML in which names stay whole and terms of art explain themselves.
//!
//! The filter `told` of the templates: a name never breaks at its hyphens, a number never parts from its
//! per cent sign, and the first time that a term of the glossary stands on a page, its meaning is
//! shown on hover and on focus. Everything else is escaped.

use super::wording::GLOSSARY;
use minijinja::{HtmlEscape, Value};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::{Arc, Mutex};

/// The terms that a page has explained by now.
#[derive(Clone, Default)]
pub(super) struct Told(Arc<Mutex<BTreeSet<&'static str>>>);

impl Told {
    /// The sentence as HTML.
    pub fn html(&self, text: &str) -> Value {
        let mut html = String::with_capacity(2 * text.len());
        let mut rest = text;
        while let Some((at, term, meaning)) = self.first_term(rest) {
            words(&rest[..at], &mut html);
            let end = at + term.len();
            let _ = write!(
                html,
                "<span class=\"term\" tabindex=\"0\">{}<span class=\"tip\" role=\"tooltip\">{}</span></span>",
                HtmlEscape(&whole(&rest[at..end])),
                HtmlEscape(&whole(meaning))
            );
            rest = &rest[end..];
        }
        words(rest, &mut html);
        Value::from_safe_string(html)
    }

    /// The first term of the text that was not explained yet, with its place; it counts as explained.
    fn first_term(&self, text: &str) -> Option<(usize, &'static str, &'static str)> {
        let mut told = self.0.lock().ok()?;
        let found = GLOSSARY.iter().filter(|(term, _)| !told.contains(term));
        let found = found.filter_map(|&(term, meaning)| Some((place(text, term)?, term, meaning)));
        // Of two at one place the first of the list: it is the longer one.
        let first = found.min_by_key(|(at, ..)| *at)?;
        told.insert(first.1);
        Some(first)
    }
}

/// Where a term stands as words of its own.
fn place(text: &str, term: &str) -> Option<usize> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '/' | '_');
    // ASCII letters keep their places in lower case.
    let lower = text.to_ascii_lowercase();
    lower.match_indices(&term.to_ascii_lowercase()).map(|(at, _)| at).find(|&at| {
        let before = text[..at].chars().next_back();
        let after = text[at + term.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// The text with no break between a number and its per cent sign.
fn whole(text: &str) -> String {
    text.replace(" %", "\u{a0}%")
}

/// Writes words; those with a hyphen or a slash inside stay on one line where it has the room.
fn words(text: &str, html: &mut String) {
    for (at, word) in whole(text).split(' ').enumerate() {
        if at > 0 {
            html.push(' ');
        }
        let breaks = |c| matches!(c, '-' | '/' | '–');
        let _ = if word.trim_matches(breaks).contains(breaks) {
            write!(html, "<span class=\"whole\">{}</span>", HtmlEscape(word))
        } else {
            write!(html, "{}", HtmlEscape(word))
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_whole_and_text_is_escaped() {
        let html = Told::default().html("a <b> of x/y-1, 5 %").to_string();
        assert_eq!(html, "a &lt;b&gt; of <span class=\"whole\">x&#x2f;y-1,</span> 5\u{a0}%");
    }

    #[test]
    fn a_term_is_explained_once() {
        let told = Told::default();
        let html = told.html("The atlas is an atlas.").to_string();
        assert!(html.starts_with("The <span class=\"term\" tabindex=\"0\">atlas<span"), "{html}");
        assert!(html.ends_with("</span></span> is an atlas."), "{html}");
        assert_eq!(told.html("atlas").to_string(), "atlas");
        // A part of a name is no term.
        assert!(!told.html("x/layout-1").to_string().contains("term"));
    }
}
