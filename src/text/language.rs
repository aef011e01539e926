//! The language of a text.
//!
//! English, the language of most traces, is told by its most frequent words. For all other texts
//! `whatlang` compares the first characters with the trigrams and scripts of 70 languages; only an
//! answer that it calls reliable is used. Policies and records name languages in several ways;
//! [`language_code`] maps them to one code.

use super::words;

/// Characters that are read: with more of them the answer hardly ever changes.
const CHARACTERS: usize = 1_000;

/// The language as ISO 639-3 (`eng`, `cmn`), or `None` where it cannot be told reliably.
pub fn language(text: &str) -> Option<&'static str> {
    let text = text.trim_start();
    let end = text.char_indices().nth(CHARACTERS).map_or(text.len(), |(at, _)| at);
    if is_plainly_english(&text[..end]) {
        return Some("eng");
    }
    let info = whatlang::detect(&text[..end])?;
    info.is_reliable().then(|| info.lang().code())
}

/// Frequent English words that are no words of another language in Latin letters.
const ENGLISH: [&str; 20] = [
    "the", "and", "that", "this", "with", "which", "from", "they", "would", "should", "have",
    "because", "their", "what", "these", "there", "when", "but", "how", "where",
];
/// A text is plainly English from so many words on,
const ENGLISH_WORDS: usize = 20;
/// where one word in so many is one of [`ENGLISH`],
const ENGLISH_EVERY: usize = 10;
/// and so many different ones of them occur.
const ENGLISH_KINDS: u32 = 4;

/// Whether a text is English beyond doubt. `whatlang` takes longer for a text than any other step of
/// cleaning, and agrees: it calls no such trace of the corpora anything else.
fn is_plainly_english(text: &str) -> bool {
    let (mut all, mut frequent, mut kinds) = (0, 0, 0_u32);
    for (_, word) in words(text) {
        if !word.is_ascii() {
            return false;
        }
        all += 1;
        if let Some(kind) = ENGLISH.iter().position(|own| own.eq_ignore_ascii_case(word)) {
            frequent += 1;
            kinds |= 1 << kind;
        }
    }
    all >= ENGLISH_WORDS && frequent * ENGLISH_EVERY >= all && kinds.count_ones() >= ENGLISH_KINDS
}

/// Other codes of a language: ISO 639-1, the bibliographic codes of ISO 639-2 where they differ, and
/// the macrolanguages of which [`language`] knows one member.
#[rustfmt::skip]
const ALSO: &[(&str, &[&str])] = &[
    ("afr", &["af"]), ("aka", &["ak"]), ("amh", &["am"]), ("ara", &["ar", "arb"]), ("aze", &["az"]),
    ("bel", &["be"]), ("ben", &["bn"]), ("bul", &["bg"]), ("cat", &["ca"]), ("ces", &["cs", "cze"]),
    ("cmn", &["zh", "zho", "chi"]), ("cym", &["cy", "wel"]), ("dan", &["da"]), ("deu", &["de", "ger"]),
    ("ell", &["el", "gre"]), ("eng", &["en"]), ("epo", &["eo"]), ("est", &["et"]), ("fin", &["fi"]),
    ("fra", &["fr", "fre"]), ("guj", &["gu"]), ("heb", &["he", "iw"]), ("hin", &["hi"]), ("hrv", &["hr"]),
    ("hun", &["hu"]), ("hye", &["hy", "arm"]), ("ind", &["id"]), ("ita", &["it"]), ("jav", &["jv"]),
    ("jpn", &["ja"]), ("kan", &["kn"]), ("kat", &["ka", "geo"]), ("khm", &["km"]), ("kor", &["ko"]),
    ("lat", &["la"]), ("lav", &["lv"]), ("lit", &["lt"]), ("mal", &["ml"]), ("mar", &["mr"]),
    ("mkd", &["mk", "mac"]), ("mya", &["my", "bur"]), ("nep", &["ne"]), ("nld", &["nl", "dut"]),
    ("nob", &["nb", "no", "nor"]), ("ori", &["or"]), ("pan", &["pa"]), ("pes", &["fa", "fas", "per"]),
    ("pol", &["pl"]), ("por", &["pt"]), ("ron", &["ro", "rum"]), ("rus", &["ru"]), ("sin", &["si"]),
    ("slk", &["sk", "slo"]), ("slv", &["sl"]), ("sna", &["sn"]), ("spa", &["es"]), ("srp", &["sr"]),
    ("swe", &["sv"]), ("tam", &["ta"]), ("tel", &["te"]), ("tgl", &["tl", "fil"]), ("tha", &["th"]),
    ("tuk", &["tk"]), ("tur", &["tr"]), ("ukr", &["uk"]), ("urd", &["ur"]), ("uzb", &["uz"]),
    ("vie", &["vi"]), ("yid", &["yi"]), ("zul", &["zu"]),
];

/// The ISO 639-3 code that [`language`] uses for a language. `name` is a code, a tag (`en`, `eng`,
/// `en-GB`, `zho`) or the English name, in any letter case. `None` for an unknown language.
pub fn language_code(name: &str) -> Option<&'static str> {
    let name = name.trim().to_lowercase();
    // The first part of a tag (RFC 5646) is the language.
    let code = name.split(['-', '_']).next().unwrap_or_default();
    let also = || ALSO.iter().find(|(_, names)| names.contains(&code)).map(|(own, _)| *own);
    let of = |known: &whatlang::Lang| known.eng_name().to_lowercase() == name;
    (whatlang::Lang::from_code(code).map(|known| known.code()))
        .or_else(also)
        .or_else(|| whatlang::Lang::all().iter().find(|known| of(known)).map(|known| known.code()))
}

/// The English name of a language, by its ISO 639-3 code; the code itself where it is unknown.
pub fn language_name(code: &str) -> &str {
    whatlang::Lang::from_code(code).map_or(code, |known| known.eng_name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_have_english_names() {
        assert_eq!(["eng", "cmn", "xxx"].map(language_name), ["English", "Mandarin", "xxx"]);
    }

    #[test]
    fn a_language_has_one_code_whatever_it_is_called_by() {
        for (name, code) in [
            ("eng", Some("eng")),
            ("EN", Some("eng")),
            ("en-GB", Some("eng")),
            ("English", Some("eng")),
            ("zho", Some("cmn")),
            ("zh_Hans", Some("cmn")),
            ("Mandarin", Some("cmn")),
            ("german", Some("deu")),
            ("klingon", None),
            ("", None),
        ] {
            assert_eq!(language_code(name), code, "{name}");
        }
        for (code, also) in ALSO {
            assert_eq!(language_code(code), Some(*code));
            assert!(also.iter().all(|name| language_code(name) == Some(*code)), "{code}");
        }
        assert_eq!(ALSO.len(), whatlang::Lang::all().len());
    }

    #[test]
    fn languages_are_told_where_there_is_enough_text() {
        let english = "Okay, so I need to find out how many apples are left. First, let me add the \
            two baskets, and then I take away what was eaten on the way to the market.";
        assert_eq!(language(english), Some("eng"));
        let chinese =
            "好的，我需要先弄清楚题目在问什么。首先把两个篮子里的苹果加起来，再减去路上吃掉的。";
        assert_eq!(language(chinese), Some("cmn"));
        let german = "Also, zuerst muss ich herausfinden, wie viele Äpfel noch übrig sind. Dann \
            rechne ich die beiden Körbe zusammen und ziehe ab, was unterwegs gegessen wurde.";
        assert_eq!(language(german), Some("deu"));
        // English words in another language do not make it English.
        let quoting = "Also, der Text sagt, that the answer is there. Dann muss ich zuerst die Aufgabe \
            lesen und danach rechnen, denn nur so kommt man auf das Ergebnis.";
        assert!(!is_plainly_english(quoting) && is_plainly_english(english));
        assert_eq!(language("x = 2"), None);
        assert_eq!(language(""), None);
    }
}
