//! The words of a sentence, as the automaton of moves reads them.
//!
//! Comes in: one sentence. Goes out: its tokens, each as a number that the lexicon can look up.
//! Called by [`super::automaton`] for texts and by [`super::lexicon`] for patterns.
//!
//! A word is a run of letters with apostrophes inside, without case, `’` read as `'`. A number is a
//! run of digits with points and commas inside. Every Chinese, Japanese or Korean character is a
//! word. Question marks and colons are tokens as well; all other marks only separate words.

use crate::text::is_ideographic;

/// The longest word, in bytes, that a pattern can name. Longer words of a text match no pattern.
pub(super) const LONGEST_WORD: usize = 16;

/// What stands at one place of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// The bytes of a word in small letters, packed into one number; 0 for a word that is too long.
    Word(u128),
    /// Digits, with points and commas between them.
    Number,
    /// A colon.
    Colon,
    /// A question mark.
    Question,
}

/// Calls `take` with the tokens of `sentence` until it returns `false`.
#[inline(always)]
pub(super) fn for_each(sentence: &str, mut take: impl FnMut(Token) -> bool) {
    let bytes = sentence.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let token = match bytes[at] {
            b'a'..=b'z' | b'A'..=b'Z' => word(sentence, &mut at),
            b'0'..=b'9' => {
                number(bytes, &mut at);
                Token::Number
            }
            b':' => {
                at += 1;
                Token::Colon
            }
            b'?' => {
                at += 1;
                Token::Question
            }
            0..0x80 => {
                at += 1;
                continue;
            }
            _ => {
                let c = character(sentence, at);
                match c {
                    '：' => {
                        at += c.len_utf8();
                        Token::Colon
                    }
                    '？' => {
                        at += c.len_utf8();
                        Token::Question
                    }
                    _ if is_ideographic(c) => {
                        let mut key = 0;
                        let end = at + c.len_utf8();
                        for &byte in &bytes[at..end] {
                            key = key << 8 | u128::from(byte);
                        }
                        at = end;
                        Token::Word(key)
                    }
                    _ if c.is_alphabetic() => word(sentence, &mut at),
                    _ => {
                        at += c.len_utf8();
                        continue;
                    }
                }
            }
        };
        if !take(token) {
            return;
        }
    }
}

/// The character at `at`, which is a character boundary before the end.
fn character(text: &str, at: usize) -> char {
    text[at..].chars().next().unwrap_or(' ')
}

#[inline(always)]
fn word(text: &str, at: &mut usize) -> Token {
    let bytes = text.as_bytes();
    let (mut key, mut length) = (0_u128, 0_usize);
    while *at < bytes.len() {
        let byte = bytes[*at];
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {
                key = key << 8 | u128::from(byte | 0x20);
                length += 1;
                *at += 1;
            }
            b'\'' if bytes.get(*at + 1).is_some_and(u8::is_ascii_alphabetic) => {
                key = key << 8 | u128::from(b'\'');
                length += 1;
                *at += 1;
            }
            0..0x80 => break,
            _ => {
                let c = character(text, *at);
                if c == '’' && bytes.get(*at + 3).is_some_and(u8::is_ascii_alphabetic) {
                    key = key << 8 | u128::from(b'\'');
                    length += 1;
                } else if c.is_alphabetic() && !is_ideographic(c) {
                    for &byte in &bytes[*at..*at + c.len_utf8()] {
                        key = key << 8 | u128::from(byte);
                        length += 1;
                    }
                } else {
                    break;
                }
                *at += c.len_utf8();
            }
        }
    }
    Token::Word(if length > LONGEST_WORD { 0 } else { key })
}

fn number(bytes: &[u8], at: &mut usize) {
    while *at < bytes.len()
        && (bytes[*at].is_ascii_digit()
            || (matches!(bytes[*at], b'.' | b',')
                && bytes.get(*at + 1).is_some_and(u8::is_ascii_digit)))
    {
        *at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token> {
        let mut found = Vec::new();
        for_each(text, |token| {
            found.push(token);
            true
        });
        found
    }

    fn key(word: &str) -> Token {
        Token::Word(word.bytes().fold(0, |key, byte| key << 8 | u128::from(byte)))
    }

    #[test]
    fn words_lose_case_and_keep_apostrophes() {
        assert_eq!(
            tokens("Let’s RE-check: I'd say 'no' 3,000.5th?"),
            [
                key("let's"),
                key("re"),
                key("check"),
                Token::Colon,
                key("i'd"),
                key("say"),
                key("no"),
                Token::Number,
                key("th"),
                Token::Question
            ]
        );
        assert_eq!(tokens("不对：naïve"), [key("不"), key("对"), Token::Colon, key("naïve")]);
    }

    #[test]
    fn a_word_that_is_too_long_is_a_word_without_a_key() {
        assert_eq!(tokens("abcdefghijklmnop"), [key("abcdefghijklmnop")]);
        assert_eq!(tokens("abcdefghijklmnopq x"), [Token::Word(0), key("x")]);
    }
}
