//! A text → its tokens with their symbols, read once for all channels that need them.
//!
//! Comes in: the text of a trace. Goes out: a [`Token`] for each token of [`super::tokens`]. Called
//! by the vectorizer, which hands the tokens to `skeleton`, `function` and `rhythm`: to read a text
//! and to look its words up costs more than what each of them does with it.

use super::{
    classes::{function_place, is_word_symbol, symbol_of},
    tokens::{for_each_token, is_word},
};
use crate::text::is_ideographic;

/// A token of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Where it begins, in bytes.
    pub start: u32,
    /// Where it ends, in bytes.
    pub end: u32,
    /// 0 where it is too long to have a symbol.
    symbol: u16,
    word: bool,
}

impl Token {
    /// Its symbol; `None` where it is too long to be anybody's habit.
    #[inline]
    pub(super) fn symbol(self) -> Option<u16> {
        (self.symbol != 0).then_some(self.symbol)
    }

    /// Its place among the English function words, and behind them the Chinese; `None` where it is
    /// none.
    #[inline]
    pub fn function_word(self) -> Option<usize> {
        function_place(self.symbol)
    }

    /// Whether it is a word (or a Chinese, Japanese or Korean character): neither mark nor command
    /// nor line break.
    #[inline]
    pub fn is_word(self) -> bool {
        self.word
    }
}

/// Reads the tokens of a text into `tokens`, whose memory is used again. At most 4 GiB are read.
pub fn read(text: &str, tokens: &mut Vec<Token>) {
    tokens.clear();
    for_each_token(text, |start, end| {
        let Ok(place) = u32::try_from(end) else { return };
        let token = &text[start..end];
        let (symbol, word) = match symbol_of(token) {
            Some(symbol) => (symbol, is_word_symbol(symbol)),
            None => {
                let first = token.chars().next().unwrap_or(' ');
                (0, is_word(first) || is_ideographic(first))
            }
        };
        tokens.push(Token { start: start as u32, end: place, symbol, word });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::function_words::{CHINESE, ENGLISH};

    #[test]
    fn tokens_know_what_they_are() {
        let long = "x".repeat(50);
        let text = format!("The plan:\n{long} isn’t \\frac 我图 —5 {}", "\n".repeat(50));
        let mut tokens = Vec::new();
        read(&text, &mut tokens);
        let seen: Vec<(&str, Option<String>, bool)> = tokens
            .iter()
            .map(|token| {
                let name =
                    token.function_word().map(|place| match place.checked_sub(ENGLISH.len()) {
                        None => ENGLISH[place].to_owned(),
                        Some(place) => CHINESE[place].to_string(),
                    });
                (&text[token.start as usize..token.end as usize], name, token.is_word())
            })
            .collect();
        let word = |slice, name: &str| (slice, Some(name.to_owned()), true);
        assert_eq!(
            seen[..11],
            [
                word("The", "the"),
                ("plan", None, true),
                (":", None, false),
                ("\n", None, false),
                (&long, None, true),
                word("isn’t", "isn't"),
                ("\\frac", None, false),
                word("我", "我"),
                ("图", None, true),
                ("—", None, false),
                ("5", None, true),
            ]
        );
        assert_eq!(tokens[4].symbol(), None);
        assert_eq!((tokens[11].symbol(), tokens[11].is_word()), (None, false));
    }
}
