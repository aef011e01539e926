//! A tokenizer that the library `tokenizers` loaded.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use tokenizers::{ModelWrapper, Tokenizer};

use super::{
    LARGEST_FILE, LONGEST_PIECE, TokenizerError, UnknownTokenError,
    cut::{character_before, character_behind, end_of_piece},
    growth,
};

/// A loaded tokenizer. Reading texts with it is deterministic, and any number of threads may share it.
#[derive(Debug)]
pub struct Subwords {
    tokenizer: Tokenizer,
    /// The string of each token, by its number; `None` where numbers have holes.
    tokens: Vec<Option<String>>,
    unknown: Option<u32>,
}

impl Subwords {
    /// Loads a tokenizer from a file. Truncation and padding that the file asks for are left out, and
    /// so is the random dropout of training.
    ///
    /// # Errors
    /// Where the file cannot be read, is no tokenizer, or has no token for unknown characters and
    /// its kind needs one.
    pub fn from_path(path: &Path) -> Result<Self, TokenizerError> {
        Self::from_bytes(&Self::read(path)?, &path.display().to_string())
    }

    /// The content of a `tokenizer.json`.
    ///
    /// # Errors
    /// Where the file cannot be read or is larger than any tokenizer.
    pub(in crate::features) fn read(path: &Path) -> Result<Vec<u8>, TokenizerError> {
        let file = path.display().to_string();
        let unreadable = |source| TokenizerError::Unreadable { file: file.clone(), source };
        let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
        if bytes > LARGEST_FILE {
            return Err(TokenizerError::TooLarge { file, bytes });
        }
        std::fs::read(path).map_err(unreadable)
    }

    /// Loads a tokenizer from the content of a `tokenizer.json`; `file` names it in errors.
    ///
    /// # Errors
    /// As for [`Subwords::from_path`].
    pub fn from_bytes(content: &[u8], file: &str) -> Result<Self, TokenizerError> {
        let bytes = content.len() as u64;
        if bytes > LARGEST_FILE {
            return Err(TokenizerError::TooLarge { file: file.to_owned(), bytes });
        }
        let invalid = |detail: String| TokenizerError::Invalid { file: file.to_owned(), detail };
        if growth::factor(content) > growth::MOST {
            return Err(TokenizerError::Grows { file: file.to_owned(), most: growth::MOST });
        }
        // The library panics on some broken files, such as a bad table of its normalizer `Precompiled`.
        let mut tokenizer = catch_unwind(|| Tokenizer::from_bytes(content))
            .map_err(|_| invalid("the library gave up on a broken part".into()))?
            .map_err(|error| invalid(error.to_string()))?;
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|error| invalid(error.to_string()))?;
        without_sampling(&mut tokenizer);
        let unknown = unknown_token(&tokenizer)
            .map_err(|detail| TokenizerError::NoUnknownToken { file: file.to_owned(), detail })?;

        let vocabulary = tokenizer.get_vocab(true);
        let highest = vocabulary.values().copied().max().unwrap_or(0) as usize;
        // A number far beyond the number of tokens would take memory for nothing.
        if highest > 16 * vocabulary.len() + 65_536 {
            return Err(invalid(format!(
                "it numbers its {} tokens up to {highest}",
                vocabulary.len()
            )));
        }
        let mut tokens = vec![None; highest + 1];
        for (token, id) in vocabulary {
            tokens[id as usize] = Some(token);
        }
        Ok(Self { tokenizer, tokens, unknown })
    }

    /// Calls `emit(token, start, end)` for every token in the order of the text, without the special
    /// tokens that a network wants around it. `start..end` are byte offsets into `text`, widened to
    /// whole characters where a token is a part of one. Returns how many bytes of the text the
    /// tokenizer gave up on: 0 unless its own rules fail on them.
    ///
    /// Texts longer than [`LONGEST_PIECE`] are read in pieces, cut behind a line break, else before a
    /// space, else between characters. At a cut a token may differ from that of the whole text.
    #[must_use = "text that could not be tokenized has to be counted"]
    pub fn for_each(&self, text: &str, mut emit: impl FnMut(u32, usize, usize)) -> usize {
        let mut unread = 0;
        let mut start = 0;
        while start < text.len() {
            let end = end_of_piece(text, start, LONGEST_PIECE);
            let piece = &text[start..end];
            let encode = || self.tokenizer.encode(piece, false);
            match catch_unwind(AssertUnwindSafe(encode)) {
                Ok(Ok(encoding)) => {
                    for (&token, &(from, to)) in
                        encoding.get_ids().iter().zip(encoding.get_offsets())
                    {
                        let from = character_before(text, start + from.min(piece.len()));
                        let to = character_behind(text, start + to.min(piece.len()));
                        emit(token, from, to.max(from));
                    }
                }
                Ok(Err(_)) | Err(_) => unread += piece.len(),
            }
            start = end;
        }
        unread
    }

    /// The string of a token in the vocabulary, such as `Ġwait`.
    pub fn token(&self, token: u32) -> Option<&str> {
        self.tokens.get(token as usize)?.as_deref()
    }

    /// One more than the highest number of a token.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The special tokens before and behind a text, where the tokenizer puts one on either side.
    #[cfg(feature = "sentence-transformers")]
    pub(in crate::features) fn around(&self) -> Option<[u32; 2]> {
        let encoding = self.tokenizer.encode("", true).ok()?;
        <[u32; 2]>::try_from(encoding.get_ids()).ok()
    }

    /// The token that stands for what the tokenizer does not know, where it has one.
    pub fn unknown(&self) -> Option<u32> {
        self.unknown
    }
}

/// Switches off the dropout of byte-pair encoding and the sampling of Unigram: they are for training
/// and would make each run differ.
fn without_sampling(tokenizer: &mut Tokenizer) {
    let model = match tokenizer.get_model() {
        ModelWrapper::BPE(model) if model.dropout.is_some() => {
            let mut model = model.clone();
            model.dropout = None;
            ModelWrapper::BPE(model)
        }
        ModelWrapper::Unigram(model) if model.alpha.is_some() => {
            let mut model = model.clone();
            model.alpha = None;
            ModelWrapper::Unigram(model)
        }
        _ => return,
    };
    tokenizer.with_model(model);
}

/// The token for unknown text; an error where the tokenizer fails on such text for want of one.
fn unknown_token(tokenizer: &Tokenizer) -> Result<Option<u32>, UnknownTokenError> {
    let needed = |name: &str| {
        tokenizer
            .token_to_id(name)
            .map(Some)
            .ok_or_else(|| UnknownTokenError::NotInVocabulary { token: name.to_owned() })
    };
    match tokenizer.get_model() {
        // Without one it leaves unknown characters out.
        ModelWrapper::BPE(model) => model.unk_token.as_deref().map_or(Ok(None), needed),
        ModelWrapper::WordPiece(model) => needed(&model.unk_token),
        ModelWrapper::WordLevel(model) => needed(&model.unk_token),
        ModelWrapper::Unigram(model) => {
            // The library keeps the number to itself.
            let json = serde_json::to_value(model)
                .map_err(|error| UnknownTokenError::Hidden { said: error.to_string() })?;
            let unknown = json.get("unk_id").and_then(serde_json::Value::as_u64);
            match unknown.and_then(|id| u32::try_from(id).ok()) {
                Some(id) => Ok(Some(id)),
                None => Err(UnknownTokenError::NotSet),
            }
        }
    }
}

#[cfg(test)]
pub(in crate::features) mod tests {
    use super::*;
    use serde_json::json;

    /// A tokenizer of `fixtures/tokenizers`.
    pub(in crate::features) fn fixture(name: &str) -> Subwords {
        Subwords::from_path(&Path::new("fixtures/tokenizers").join(format!("{name}.json"))).unwrap()
    }

    /// What Python's `tokenizers` made of some texts; see `fixtures/make_tokenizers.py`.
    fn expected() -> serde_json::Value {
        serde_json::from_slice(&std::fs::read("fixtures/tokenizers/expected.json").unwrap())
            .unwrap()
    }

    #[test]
    fn ids_tokens_and_offsets_are_those_of_python() {
        let mut compared = 0;
        for (name, cases) in expected().as_object().unwrap() {
            let subwords = fixture(name);
            for case in cases.as_array().unwrap() {
                let text = case["text"].as_str().unwrap();
                let (mut ids, mut tokens, mut offsets) = (Vec::new(), Vec::new(), Vec::new());
                let unread = subwords.for_each(text, |id, start, end| {
                    // Python shows the text of an unknown token where the vocabulary has `<unk>`.
                    let shown = &case["tokens"][ids.len()];
                    let known = Some(id) != subwords.unknown();
                    ids.push(id);
                    tokens.push(if known { json!(subwords.token(id)) } else { shown.clone() });
                    offsets.push([start, end]);
                });
                assert_eq!(unread, 0);
                assert_eq!(json!(ids), case["ids"], "{name}: {text}");
                assert_eq!(json!(tokens), case["tokens"], "{name}: {text}");
                assert_eq!(json!(offsets), case["offsets"], "{name}: {text}");
                compared += ids.len();
            }
        }
        assert!(compared > 300, "only {compared} tokens were compared");
    }

    #[test]
    fn the_unknown_token_is_found_in_every_kind() {
        assert_eq!(fixture("byte-level").unknown(), None);
        for (name, token) in [("unigram", "<unk>"), ("word-piece", "[UNK]")] {
            let subwords = fixture(name);
            assert_eq!(subwords.token(subwords.unknown().unwrap()), Some(token));
        }
    }

    #[test]
    fn pieces_end_behind_line_breaks_else_before_spaces_else_between_characters() {
        assert_eq!(end_of_piece("one two", 0, 100), 7);
        assert_eq!(end_of_piece("one two\nthree", 0, 10), 8);
        assert_eq!(end_of_piece("one two three", 0, 10), 7);
        // The only space stands in the first half.
        assert_eq!(end_of_piece("a bcdefghijkl", 0, 10), 10);
        assert_eq!(end_of_piece("ééééé", 0, 5), 4);
        assert_eq!(end_of_piece("🙂🙂", 0, 2), 4);
    }

    #[test]
    fn long_and_hostile_texts_are_read_to_their_end() {
        let subwords = fixture("byte-level");
        for text in ["a", " ", "\n", "\0", "é", "🙂", "'", "1 "].map(|part| part.repeat(50_000))
        {
            let mut last = 0;
            let unread = subwords.for_each(&text, |_, start, end| {
                assert!(start <= end && text.is_char_boundary(start) && text.is_char_boundary(end));
                assert!(last <= end);
                last = end;
            });
            assert_eq!((unread, last), (0, text.len()));
        }
    }

    #[test]
    fn a_text_of_many_pieces_has_the_tokens_of_its_lines() {
        let subwords = fixture("byte-level");
        let line = "So the train is late again.\n";
        let tokens = |text: &str| {
            let mut tokens = Vec::new();
            let _ = subwords.for_each(text, |id, _, _| tokens.push(id));
            tokens
        };
        let lines = 2 * LONGEST_PIECE / line.len();
        assert_eq!(tokens(&line.repeat(lines)), tokens(line).repeat(lines));
    }

    #[test]
    fn dropout_is_switched_off() {
        let file = std::fs::read_to_string("fixtures/tokenizers/byte-level.json").unwrap();
        let random = file.replace("\"dropout\":null", "\"dropout\":1.0");
        assert_ne!(file, random);
        let subwords = Subwords::from_bytes(random.as_bytes(), "random").unwrap();
        let mut tokens = Vec::new();
        let _ = subwords.for_each(" should", |id, _, _| {
            tokens.push(subwords.token(id).unwrap().to_owned());
        });
        assert_eq!(tokens, ["Ġshould"]);
    }

    #[test]
    fn what_is_no_usable_tokenizer_is_refused_in_a_sentence() {
        let refused = |content: &str| {
            Subwords::from_bytes(content.as_bytes(), "my.json").unwrap_err().to_string()
        };
        assert!(refused("[]").starts_with("my.json: is no tokenizer"));
        assert!(refused("").starts_with("my.json: is no tokenizer"));
        let model =
            |model: &str| format!(r#"{{"version":"1.0","added_tokens":[],"model":{model}}}"#);
        let no_unknown = model(r#"{"type":"WordLevel","vocab":{"a":0},"unk_token":"?"}"#);
        assert!(refused(&no_unknown).contains("unknown token \"?\" is not in its vocabulary"));
        let unigram = model(r#"{"type":"Unigram","unk_id":null,"vocab":[["a",-1.0]]}"#);
        assert!(refused(&unigram).contains("`unk_id` is not set"));
        let far = model(r#"{"type":"WordLevel","vocab":{"a":4000000000},"unk_token":"a"}"#);
        assert!(refused(&far).contains("up to 4000000000"));
        let broken = r#"{"version":"1.0","added_tokens":[],"normalizer":
            {"type":"Precompiled","precompiled_charsmap":"!"},
            "model":{"type":"WordLevel","vocab":{"a":0},"unk_token":"a"}}"#;
        assert!(refused(broken).contains("broken part"));
        let missing = Subwords::from_path(Path::new("no/such/tokenizer.json")).unwrap_err();
        assert!(missing.to_string().starts_with("no/such/tokenizer.json: cannot be read"));
    }
}
