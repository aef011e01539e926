//! Keys that must not reach a file, a log, a report or a message.
//!
//! Comes in: the values of keys and of secret headers. Goes out: texts without them. Everything that a
//! server said goes through [`Secrets::hide`] before anything else sees it.

use std::{borrow::Cow, fmt};

/// What stands where a key stood.
const HIDDEN: &str = "[key]";
/// A shorter key is a word that an answer may contain by itself (`EMPTY`, `none`).
const LONG: usize = 12;
/// A shorter one is hidden nowhere.
const SHORT: usize = 4;

/// Values that are hidden. Printing it shows none of them.
#[derive(Clone, Default)]
pub struct Secrets(Vec<String>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

impl Secrets {
    /// Adds a value.
    pub fn add(&mut self, value: &str) {
        if value.len() >= SHORT {
            self.0.push(value.to_owned());
        }
    }

    /// Whether there is anything that another server must not get.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A sentence without any of the values.
    pub fn hide<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.without(text, SHORT)
    }

    /// The bytes of an answer without any of the long values: a short one may be a word in it.
    pub fn hide_in_answer(&self, bytes: Vec<u8>) -> Vec<u8> {
        let found = |value: &&String| {
            value.len() >= LONG && memchr::memmem::find(&bytes, value.as_bytes()).is_some()
        };
        if self.0.iter().find(found).is_none() {
            return bytes;
        }
        self.without(&String::from_utf8_lossy(&bytes), LONG).into_owned().into_bytes()
    }

    fn without<'a>(&self, text: &'a str, length: usize) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        for value in self.0.iter().filter(|value| value.len() >= length) {
            if text.contains(value.as_str()) {
                text = Cow::Owned(text.replace(value.as_str(), HIDDEN));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_hidden_and_short_words_stay_in_answers() {
        let mut secrets = Secrets::default();
        secrets.add("sk-0123456789");
        secrets.add("EMPTY");
        secrets.add("x");
        assert_eq!(secrets.hide("bad key sk-0123456789, EMPTY, x"), "bad key [key], [key], x");
        let hidden = secrets.hide_in_answer(b"sk-0123456789 EMPTY".to_vec());
        assert_eq!(hidden, b"[key] EMPTY");
        assert_eq!(format!("{secrets:?}"), "Secrets(2)");
    }
}
