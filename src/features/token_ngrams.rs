//! The `token` channel: n-grams of 1–3 tokens of a subword tokenizer that the user gives.
//!
//! A model writes in the tokens of its own tokenizer, and reads of another model's text fall apart
//! in other places. n-grams of such tokens see affixes, spacing, line breaks and fixed turns of
//! phrase at once. `docs/channels/token.md` defines the channel. Comes in: a text and a
//! [`TokenNgrams`]. Goes out: ids and places, as from the other channels of n-grams. Without a
//! tokenizer there is no such channel.
//!
//! Ids depend on the strings of the tokens, never on their numbers, so the id of a form can be told
//! without the tokenizer. The readable form joins the strings by `|`, as in `Ġso|Ġwait|,`.

use std::path::Path;

use super::hash::{Window, finish, roll};
use super::subwords::{Subwords, TokenizerError};
use xxhash_rust::xxh3::xxh3_64;

/// The longest n-gram, in tokens.
pub const LONGEST: usize = 3;

/// A longer token, in bytes, separates n-grams: no form is longer than a few of these.
const LONGEST_TOKEN: usize = 512;

const SALT: u64 = 0x746f_6b65;

/// Finds the n-grams of a tokenizer's tokens in texts. Any number of threads may share it.
#[derive(Debug)]
pub struct TokenNgrams {
    subwords: Subwords,
    /// The hash of each token's string; `None` where no token has this number, or it
    /// is empty or too long.
    hashes: Vec<Option<u64>>,
    /// The content of the file that it was loaded from.
    source: Vec<u8>,
}

impl TokenNgrams {
    /// Loads the tokenizer from a file.
    ///
    /// # Errors
    /// As for `Subwords::from_path`.
    pub fn from_path(path: &Path) -> Result<Self, TokenizerError> {
        let file = path.display().to_string();
        let content = Subwords::read(path)?;
        Self::from_bytes(&content, &file)
    }

    /// Loads the tokenizer from the content of a `tokenizer.json`; `file` names it in errors.
    ///
    /// # Errors
    /// As for `Subwords::from_path`.
    pub fn from_bytes(content: &[u8], file: &str) -> Result<Self, TokenizerError> {
        let mut channel = Subwords::from_bytes(content, file).map(Self::new)?;
        channel.source = content.to_vec();
        Ok(channel)
    }

    fn new(subwords: Subwords) -> Self {
        let usable = |token: &str| !token.is_empty() && token.len() <= LONGEST_TOKEN;
        let hash = |token: &str| usable(token).then(|| xxh3_64(token.as_bytes()));
        let hashes =
            (0..subwords.len() as u32).map(|id| subwords.token(id).and_then(hash)).collect();
        Self { subwords, hashes, source: Vec::new() }
    }

    /// The content of the `tokenizer.json` that it was loaded from.
    pub fn source(&self) -> &[u8] {
        &self.source
    }

    /// Calls `emit(id, start, end)` for every n-gram, in the order in which they end in the text.
    /// `start..end` are byte offsets into `text`, at character boundaries. Returns how many bytes
    /// the tokenizer gave up on, as `Subwords::for_each` does.
    #[must_use = "text that could not be tokenized has to be counted"]
    pub fn for_each(&self, text: &str, mut emit: impl FnMut(u64, usize, usize)) -> usize {
        self.for_each_with_tokens(text, |id, start, end, _| emit(id, start, end))
    }

    /// As [`TokenNgrams::for_each`], and gives the numbers of the n-gram's tokens, of which
    /// [`TokenNgrams::form`] makes what a person reads.
    #[must_use = "text that could not be tokenized has to be counted"]
    pub fn for_each_with_tokens(
        &self,
        text: &str,
        mut emit: impl FnMut(u64, usize, usize, &[u32]),
    ) -> usize {
        let mut window = Window::<LONGEST>::new();
        // The newest last.
        let mut tokens = [0_u32; LONGEST];
        self.subwords.for_each(text, |token, start, end| {
            let Some(hash) = self.hashes.get(token as usize).copied().flatten() else {
                window.clear();
                return;
            };
            window.push(hash, start);
            tokens.rotate_left(1);
            tokens[LONGEST - 1] = token;
            for (n, (id, first)) in window.ngrams(SALT).enumerate() {
                emit(id, first.min(start), end, &tokens[LONGEST - 1 - n..]);
            }
        })
    }

    /// The readable form of an n-gram of tokens: their strings joined by `|`. Within a string, `|`
    /// and `\` get a `\` before them, and line feed, carriage return and tab become `\n`, `\r` and
    /// `\t`, so that [`id_of`] finds the strings again. A number that no token has is left out.
    pub fn form(&self, tokens: &[u32]) -> String {
        let mut form = String::new();
        for token in tokens.iter().filter_map(|&token| self.subwords.token(token)) {
            if !form.is_empty() {
                form.push('|');
            }
            for c in token.chars() {
                match c {
                    '|' | '\\' => form.extend(['\\', c]),
                    '\n' => form.push_str("\\n"),
                    '\r' => form.push_str("\\r"),
                    '\t' => form.push_str("\\t"),
                    c => form.push(c),
                }
            }
        }
        form
    }
}

/// The id of the n-gram with this readable form, or `None` where it does not hold 1–3 tokens
/// or an escape that [`TokenNgrams::form`] never writes.
pub fn id_of(form: &str) -> Option<u64> {
    let mut hash = 0;
    let mut n = 0;
    let mut token = String::new();
    let mut characters = form.chars();
    loop {
        let c = characters.next();
        match c {
            None | Some('|') => {
                if token.is_empty() || n == LONGEST {
                    return None;
                }
                hash = roll(hash, xxh3_64(token.as_bytes()));
                n += 1;
                token.clear();
                if c.is_none() {
                    return Some(finish(hash, SALT + n as u64 - 1));
                }
            }
            Some('\\') => token.push(match characters.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                c @ ('|' | '\\') => c,
                _ => return None,
            }),
            Some(c) => token.push(c),
        }
    }
}

#[cfg(test)]
#[cfg(feature = "tokenizers")]
mod tests {
    use super::super::subwords::loaded::tests::fixture;
    use super::*;

    fn channel(name: &str) -> TokenNgrams {
        TokenNgrams::new(fixture(name))
    }

    #[test]
    fn ngrams_have_their_forms_places_and_order() {
        let mut found = Vec::new();
        let channel = channel("byte-level");
        let text = "I should,";
        let unread = channel.for_each_with_tokens(text, |_, start, end, tokens| {
            found.push((channel.form(tokens), &text[start..end]));
        });
        assert_eq!(unread, 0);
        let expected = [
            ("I", "I"),
            ("Ġshould", " should"),
            ("I|Ġshould", "I should"),
            (",", ","),
            ("Ġshould|,", " should,"),
            ("I|Ġshould|,", "I should,"),
        ];
        assert_eq!(found, expected.map(|(form, slice)| (form.to_owned(), slice)));
    }

    #[test]
    fn every_id_is_that_of_its_form() {
        for name in ["byte-level", "unigram", "word-piece"] {
            let channel = channel(name);
            let text = "Let me try x|y \\ z.\n\n\tNaïve? 我们 1234 ▁ | || \r\n";
            let mut count = 0;
            let unread = channel.for_each_with_tokens(text, |id, _, _, tokens| {
                assert_eq!(id_of(&channel.form(tokens)), Some(id), "{}", channel.form(tokens));
                count += 1;
            });
            assert_eq!(unread, 0);
            assert!(count > 50);
        }
    }

    #[test]
    fn ids_rest_on_strings_and_not_on_numbers() {
        let tokenizer = |first: u32, second: u32| {
            let json = format!(
                r#"{{"version":"1.0","added_tokens":[],"pre_tokenizer":{{"type":"WhitespaceSplit"}},
                "model":{{"type":"WordLevel","vocab":{{"so":{first},"wait":{second}}},"unk_token":"so"}}}}"#
            );
            TokenNgrams::from_bytes(json.as_bytes(), "test").unwrap()
        };
        let ids = |channel: TokenNgrams| {
            let mut ids = Vec::new();
            let _ = channel.for_each("so wait", |id, _, _| ids.push(id));
            ids
        };
        assert_eq!(ids(tokenizer(0, 1)), ids(tokenizer(1, 0)));
        assert_eq!(
            ids(tokenizer(0, 1)),
            ["so", "wait", "so|wait"].map(|form| id_of(form).unwrap())
        );
    }

    #[test]
    fn forms_with_escapes_are_read_and_wrong_ones_refused() {
        assert_ne!(id_of("a|b"), id_of("a\\|b"));
        assert_ne!(id_of("\\n"), id_of("\\\\n"));
        for wrong in ["", "|", "a|", "|a", "a||b", "a|b|c|d", "a\\", "a\\x"] {
            assert_eq!(id_of(wrong), None, "{wrong}");
        }
    }
}
