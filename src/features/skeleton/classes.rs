//! A token → its symbol, a small number, and the label that a person reads for it. Called by the
//! rest of `skeleton`.
//!
//! Symbols are numbered: 1 and on for [`CLASSES`], then every function word in lower case, with a
//! capital and in capitals, then Chinese function characters, then [`MARKS`]. No atlas stores a
//! symbol, only labels, so that the numbers may change with the lists.

use crate::features::function_words::{CHINESE, ENGLISH, chinese, english};
use crate::features::word_ngrams::LONGEST_TOKEN;
use crate::text::is_ideographic;
use std::borrow::Cow;

/// Bits that hold any symbol.
pub(super) const BITS: u32 = 12;

/// The classes that stand for what is neither function word nor mark, as a person reads them.
pub const CLASSES: [&str; 49] = [
    // One line break, or several.
    "‹line›",
    "‹paragraph›",
    // Words in lower case without a known ending, then those with one, the longest that fits.
    "‹word›",
    "‹-ing›",
    "‹-ed›",
    "‹-ly›",
    "‹-tion›",
    "‹-sion›",
    "‹-ment›",
    "‹-ness›",
    "‹-ity›",
    "‹-ive›",
    "‹-able›",
    "‹-ible›",
    "‹-ous›",
    "‹-al›",
    "‹-er›",
    "‹-or›",
    "‹-est›",
    "‹-ist›",
    "‹-ism›",
    "‹-ful›",
    "‹-ic›",
    "‹-es›",
    "‹-s›",
    "‹-e›",
    "‹-y›",
    // Possessives, and contractions of what is no function word.
    "‹'s›",
    "‹Cap's›",
    "‹Cap›",
    "‹CAPS›",
    // A single letter: most often a variable or the name of an option.
    "‹x›",
    "‹X›",
    "‹0›",
    // Letters and digits in one word.
    "‹x0›",
    // A word with an underscore or with capitals inside.
    "‹identifier›",
    "‹latex›",
    "‹latin›",
    "‹greek›",
    "‹cyrillic›",
    "‹script›",
    "‹han›",
    "‹hiragana›",
    "‹katakana›",
    "‹hangul›",
    "‹operator›",
    "‹arrow›",
    "‹emoji›",
    "‹symbol›",
];

/// The number of the class with this label; the compiler stops where there is none.
const fn class(label: &str) -> u16 {
    let mut place = 0;
    loop {
        if same(CLASSES[place].as_bytes(), label.as_bytes()) {
            return place as u16 + 1;
        }
        place += 1;
    }
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

const LINE: u16 = class("‹line›");
const PARAGRAPH: u16 = class("‹paragraph›");
const WORD: u16 = class("‹word›");
const POSSESSIVE: u16 = class("‹'s›");
const CAP_POSSESSIVE: u16 = class("‹Cap's›");
const CAP: u16 = class("‹Cap›");
const CAPS: u16 = class("‹CAPS›");
const SMALL_LETTER: u16 = class("‹x›");
const LARGE_LETTER: u16 = class("‹X›");
const NUMBER: u16 = class("‹0›");
const MIXED: u16 = class("‹x0›");
const IDENTIFIER: u16 = class("‹identifier›");
const LATEX: u16 = class("‹latex›");
const LATIN: u16 = class("‹latin›");
const GREEK: u16 = class("‹greek›");
const CYRILLIC: u16 = class("‹cyrillic›");
const SCRIPT: u16 = class("‹script›");
const HAN: u16 = class("‹han›");
const HIRAGANA: u16 = class("‹hiragana›");
const KATAKANA: u16 = class("‹katakana›");
const HANGUL: u16 = class("‹hangul›");
const OPERATOR: u16 = class("‹operator›");
const ARROW: u16 = class("‹arrow›");
const EMOJI: u16 = class("‹emoji›");
const SYMBOL: u16 = class("‹symbol›");

/// Marks that are kept as they are besides those of ASCII, in ascending order of code points.
const MARKS: [char; 48] = [
    '§', '°', '±', '·', '×', '÷', '–', '—', '‘', '’', '“', '”', '•', '…', '←', '→', '↔', '⇒', '⇔',
    '−', '≈', '≠', '≡', '≤', '≥', '⚠', '✅', '✓', '✔', '✗', '✘', '❌', '、', '。', '《', '》',
    '「', '」', '『', '』', '【', '】', '！', '（', '）', '，', '：', '？',
];

const FIRST_WORD: u16 = CLASSES.len() as u16 + 1;
const FIRST_CHINESE: u16 = FIRST_WORD + 3 * ENGLISH.len() as u16;
const FIRST_ASCII: u16 = FIRST_CHINESE + CHINESE.len() as u16;
const FIRST_MARK: u16 = FIRST_ASCII + 128;
/// One more than the last symbol.
const END: u16 = FIRST_MARK + MARKS.len() as u16;
const _: () = assert!(END <= 1 << BITS);

/// The symbol of a token, never 0. `None` for a token that is too long to be anybody's habit.
#[inline]
pub(super) fn symbol_of(token: &str) -> Option<u16> {
    let bytes = token.as_bytes();
    if bytes.len() > LONGEST_TOKEN {
        return None;
    }
    let &first = bytes.first()?;
    Some(match first {
        b'\n' => {
            if bytes.len() == 1 {
                LINE
            } else {
                PARAGRAPH
            }
        }
        b'\\' if bytes.len() > 1 => LATEX,
        b'a'..=b'z' | b'A'..=b'Z' => word_symbol(token),
        b'0'..=b'9' | b'_' => shape(token),
        0..0x80 => FIRST_ASCII + u16::from(first),
        0x80.. => other_symbol(token),
    })
}

/// The place of a function word's symbol among [`ENGLISH`], and behind them [`CHINESE`].
#[inline]
pub(super) fn function_place(symbol: u16) -> Option<usize> {
    match symbol {
        FIRST_WORD..FIRST_CHINESE => Some(usize::from(symbol - FIRST_WORD) / 3),
        FIRST_CHINESE..FIRST_ASCII => Some(ENGLISH.len() + usize::from(symbol - FIRST_CHINESE)),
        _ => None,
    }
}

/// Whether the symbol is that of a word, or of a character that is written as one.
#[inline]
pub(super) fn is_word_symbol(symbol: u16) -> bool {
    !matches!(symbol, LINE | PARAGRAPH | LATEX | OPERATOR | ARROW | EMOJI | SYMBOL | FIRST_ASCII..)
}

/// The symbol of a token that begins with a letter of ASCII.
#[inline]
fn word_symbol(token: &str) -> u16 {
    match english(token) {
        Some(place) => {
            let case = if token.as_bytes()[0].is_ascii_lowercase() {
                0
            } else if token.len() > 1 && !token.bytes().any(|b| b.is_ascii_lowercase()) {
                2
            } else {
                1
            };
            FIRST_WORD + 3 * place as u16 + case
        }
        None => shape(token),
    }
}

/// The class of a word by what its characters are.
fn shape(token: &str) -> u16 {
    let bytes = token.as_bytes();
    let (mut lower, mut upper, mut digits, mut underscores) = (0, 0, 0, 0);
    for &byte in bytes {
        match byte {
            b'a'..=b'z' => lower += 1,
            b'A'..=b'Z' => upper += 1,
            b'0'..=b'9' => digits += 1,
            b'_' => underscores += 1,
            b'\'' => return possessive(bytes[0]),
            _ => return if token.contains('’') { possessive(bytes[0]) } else { script(token) },
        }
    }
    let capital = bytes[0].is_ascii_uppercase();
    if underscores > 0 {
        IDENTIFIER
    } else if digits == bytes.len() {
        NUMBER
    } else if digits > 0 {
        MIXED
    } else if bytes.len() == 1 {
        if capital { LARGE_LETTER } else { SMALL_LETTER }
    } else if lower == 0 {
        CAPS
    } else if upper > usize::from(capital) {
        IDENTIFIER
    } else if capital {
        CAP
    } else {
        suffix(bytes)
    }
}

fn possessive(first: u8) -> u16 {
    if first.is_ascii_uppercase() { CAP_POSSESSIVE } else { POSSESSIVE }
}

/// The class of a word in lower case by its ending, which must leave at least two letters.
#[inline]
fn suffix(word: &[u8]) -> u16 {
    // The classes whose endings have the word's last letter, the longer ending first.
    let classes: &[u16] = match word {
        [.., b'c'] => &const { [class("‹-ic›")] },
        [.., b'd'] => &const { [class("‹-ed›")] },
        [.., b'e'] => {
            &const {
                [class("‹-able›"), class("‹-ible›"), class("‹-ive›"), class("‹-e›")]
            }
        }
        [.., b'g'] => &const { [class("‹-ing›")] },
        [.., b'l'] => &const { [class("‹-ful›"), class("‹-al›")] },
        [.., b'm'] => &const { [class("‹-ism›")] },
        [.., b'n'] => &const { [class("‹-tion›"), class("‹-sion›")] },
        [.., b'r'] => &const { [class("‹-er›"), class("‹-or›")] },
        [.., b's', b's'] => &const { [class("‹-ness›")] },
        [.., b's'] => &const { [class("‹-ous›"), class("‹-es›"), class("‹-s›")] },
        [.., b't'] => &const { [class("‹-ment›"), class("‹-est›"), class("‹-ist›")] },
        [.., b'y'] => &const { [class("‹-ity›"), class("‹-ly›"), class("‹-y›")] },
        _ => &[],
    };
    let fits = |class: u16| {
        let label = CLASSES[usize::from(class) - 1].as_bytes();
        // The ending stands between "‹-" and "›", marks of three bytes.
        let ending = &label[4..label.len() - 3];
        word.len() >= ending.len() + 2 && word.ends_with(ending)
    };
    classes.iter().copied().find(|&class| fits(class)).unwrap_or(WORD)
}

/// The symbol of a token that does not begin with a character of ASCII.
fn other_symbol(token: &str) -> u16 {
    // A token is never empty.
    let c = token.chars().next().unwrap_or(' ');
    if is_ideographic(c) {
        return match (c as u32, chinese(c)) {
            (_, Some(place)) => FIRST_CHINESE + place as u16,
            (0x3040..=0x309F, _) => HIRAGANA,
            (0x30A0..=0x30FF, _) => KATAKANA,
            (0xAC00..=0xD7AF, _) => HANGUL,
            _ => HAN,
        };
    }
    if c.is_alphanumeric() {
        return script(token);
    }
    if let Ok(place) = MARKS.binary_search(&c) {
        return FIRST_MARK + place as u16;
    }
    match c as u32 {
        0x2190..=0x21FF | 0x27F0..=0x27FF | 0x2900..=0x297F => ARROW,
        0x2200..=0x22FF | 0x2A00..=0x2AFF | 0x27C0..=0x27EF | 0xAC => OPERATOR,
        0x2600..=0x27BF | 0x2B00..=0x2BFF | 0x1F000..=0x1FAFF => EMOJI,
        _ => SYMBOL,
    }
}

/// The class of a word that is not all ASCII, by its first character that is not.
fn script(token: &str) -> u16 {
    match token.chars().find(|c| !c.is_ascii()).map_or(0, u32::from) {
        // Superscripts, fractions and other numbers of Latin-1 and beyond.
        0xB2 | 0xB3 | 0xB9 | 0xBC..=0xBE | 0x2070..=0x209F | 0x2150..=0x218F => MIXED,
        0x80..=0x24F | 0x1E00..=0x1EFF => LATIN,
        0x370..=0x3FF | 0x1F00..=0x1FFF => GREEK,
        0x400..=0x52F => CYRILLIC,
        _ => SCRIPT,
    }
}

/// The label of a symbol that [`symbol_of`] gave.
pub(super) fn label_of(symbol: u16) -> Cow<'static, str> {
    if symbol < FIRST_WORD {
        return CLASSES[usize::from(symbol.max(1)) - 1].into();
    }
    if symbol < FIRST_CHINESE {
        let word = ENGLISH[usize::from(symbol - FIRST_WORD) / 3];
        return match (symbol - FIRST_WORD) % 3 {
            0 => word.into(),
            1 => (word[..1].to_ascii_uppercase() + &word[1..]).into(),
            _ => word.to_ascii_uppercase().into(),
        };
    }
    let mark = if symbol < FIRST_ASCII {
        CHINESE[usize::from(symbol - FIRST_CHINESE)]
    } else if symbol < FIRST_MARK {
        char::from((symbol - FIRST_ASCII) as u8)
    } else {
        MARKS[usize::from(symbol.min(END - 1) - FIRST_MARK)]
    };
    mark.to_string().into()
}

/// The symbol with this label, or `None` where there is none.
pub(super) fn symbol_of_label(label: &str) -> Option<u16> {
    match CLASSES.iter().position(|&class| class == label) {
        Some(place) => Some(place as u16 + 1),
        None => symbol_of(label).filter(|&symbol| label_of(symbol) == label),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(token: &str) -> String {
        symbol_of(token).map_or("none".into(), |symbol| label_of(symbol).into_owned())
    }

    #[test]
    fn every_symbol_has_a_label_of_its_own() {
        assert!(MARKS.is_sorted_by(|a, b| a < b));
        for symbol in (1..END).filter(|s| !(FIRST_ASCII..FIRST_MARK).contains(s)) {
            let label = label_of(symbol);
            let expected = match label.as_ref() {
                // One letter has no third case.
                "A" | "I" => symbol_of_label(&label).unwrap_or(0),
                _ => symbol,
            };
            assert_eq!(symbol_of_label(&label), Some(expected), "{label}");
            assert!(!label.contains(' '), "{label}");
        }
    }

    #[test]
    fn tokens_are_classified_as_a_person_would() {
        for (token, expected) in [
            ("\n", "‹line›"),
            ("\n\n\n", "‹paragraph›"),
            ("the", "the"),
            ("The", "The"),
            ("THE", "THE"),
            ("I", "I"),
            ("I’m", "I'm"),
            ("DON'T", "DON'T"),
            ("running", "‹-ing›"),
            ("bring", "‹-ing›"),
            ("ring", "‹word›"),
            ("king's", "‹'s›"),
            ("King’s", "‹Cap's›"),
            ("nation", "‹-tion›"),
            ("goodness", "‹-ness›"),
            ("class", "‹word›"),
            ("houses", "‹-es›"),
            ("cats", "‹-s›"),
            ("plan", "‹word›"),
            ("Finland", "‹Cap›"),
            ("NASA", "‹CAPS›"),
            ("x", "‹x›"),
            ("X", "‹X›"),
            ("1024", "‹0›"),
            ("H2O", "‹x0›"),
            ("3rd", "‹x0›"),
            ("my_name", "‹identifier›"),
            ("_", "‹identifier›"),
            ("toString", "‹identifier›"),
            ("\\frac", "‹latex›"),
            ("\\", "\\"),
            ("naïve", "‹latin›"),
            ("x²", "‹x0›"),
            ("π", "‹greek›"),
            ("слово", "‹cyrillic›"),
            ("שלום", "‹script›"),
            ("的", "的"),
            ("图", "‹han›"),
            ("ひ", "‹hiragana›"),
            ("カ", "‹katakana›"),
            ("한", "‹hangul›"),
            ("—", "—"),
            ("→", "→"),
            ("↑", "‹arrow›"),
            ("∑", "‹operator›"),
            ("😀", "‹emoji›"),
            ("\u{0}", "\u{0}"),
            ("\u{FFFD}", "‹symbol›"),
            (&"x".repeat(41), "none"),
        ] {
            assert_eq!(label(token), expected, "{token:?}");
        }
    }
}
