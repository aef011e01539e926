//! The closed lists of function words that the channels `skeleton` and `function` share.
//!
//! Comes in: a token. Goes out: its place in a list. Function words (Mosteller & Wallace 1964)
//! carry grammar and argument, not topic: articles, pronouns, auxiliary verbs, prepositions,
//! conjunctions, quantifiers, contractions, adverbs of degree, time and connection, and discourse
//! particles ("okay", "hmm", "wait"). Chinese is written without spaces, so that its list is one of
//! characters; words of two characters are seen as pairs. No name, number or content verb is in
//! either list.

/// English function words, lower case, contractions whole and with a straight apostrophe, in
/// ascending order of bytes.
#[rustfmt::skip]
pub const ENGLISH: [&str; 395] = [
    "a", "about", "above", "accordingly", "across", "actually", "additionally", "after", "again",
    "against", "ago", "ah", "ain't", "all", "almost", "along", "alongside", "already", "alright",
    "also", "alternatively", "although", "always", "am", "amid", "among", "amongst", "an", "and",
    "another", "any", "anybody", "anyone", "anything", "anyway", "anyways", "anywhere", "apart",
    "are", "aren't", "around", "as", "at", "away", "back", "basically", "be", "because", "been",
    "before", "behind", "being", "below", "beneath", "beside", "besides", "between", "beyond",
    "both", "but", "by", "can", "can't", "cannot", "certain", "certainly", "clearly",
    "consequently", "conversely", "could", "couldn't", "dare", "definitely", "despite", "did",
    "didn't", "do", "does", "doesn't", "doing", "don't", "done", "down", "during", "each", "eg",
    "either", "else", "elsewhere", "enough", "especially", "essentially", "etc", "even", "ever",
    "every", "everybody", "everyone", "everyone's", "everything", "everywhere", "exactly", "except",
    "few", "fewer", "finally", "first", "firstly", "for", "forth", "from", "furthermore",
    "generally", "gonna", "had", "hadn't", "half", "has", "hasn't", "have", "haven't", "having",
    "he", "he'd", "he'll", "he's", "hence", "her", "here", "here's", "hers", "herself", "him",
    "himself", "his", "hm", "hmm", "how", "how's", "however", "i", "i'd", "i'll", "i'm", "i've",
    "ie", "if", "in", "indeed", "inside", "instead", "into", "is", "isn't", "it", "it'd", "it'll",
    "it's", "its", "itself", "just", "last", "lastly", "later", "least", "less", "lest", "let",
    "let's", "lets", "like", "likely", "likewise", "mainly", "many", "may", "maybe", "mayn't", "me",
    "meanwhile", "merely", "might", "mightn't", "mine", "more", "moreover", "most", "mostly",
    "much", "must", "mustn't", "my", "myself", "namely", "near", "nearly", "need", "needn't",
    "neither", "never", "nevertheless", "next", "no", "nobody", "none", "nonetheless", "nope",
    "nor", "not", "nothing", "now", "nowhere", "obviously", "of", "off", "often", "oh", "ok",
    "okay", "on", "once", "one", "one's", "ones", "oneself", "only", "onto", "or", "other",
    "others", "otherwise", "ought", "our", "ours", "ourselves", "out", "outside", "over", "overall",
    "own", "particularly", "past", "per", "perhaps", "please", "plenty", "possibly", "probably",
    "provided", "quite", "rarely", "rather", "really", "regarding", "right", "same", "second",
    "secondly", "seldom", "several", "shall", "shan't", "she", "she'd", "she'll", "she's", "should",
    "shouldn't", "similarly", "simply", "since", "so", "some", "somebody", "someone", "someone's",
    "something", "something's", "sometimes", "somewhere", "soon", "specifically", "still", "such",
    "sure", "than", "that", "that'd", "that'll", "that's", "the", "their", "theirs", "them",
    "themselves", "then", "there", "there'd", "there'll", "there's", "therefore", "these", "they",
    "they'd", "they'll", "they're", "they've", "third", "thirdly", "this", "those", "though",
    "through", "throughout", "thus", "till", "to", "today", "together", "too", "toward", "towards",
    "uh", "um", "under", "underneath", "unless", "unlike", "until", "unto", "up", "upon", "us",
    "used", "usually", "various", "versus", "very", "via", "wait", "was", "wasn't", "we", "we'd",
    "we'll", "we're", "we've", "well", "were", "weren't", "what", "what'll", "what're", "what's",
    "whatever", "when", "when's", "whenever", "where", "where's", "whereas", "wherever", "whether",
    "which", "whichever", "while", "who", "who'd", "who'll", "who's", "whoever", "whole", "whom",
    "whose", "why", "why's", "will", "with", "within", "without", "won't", "would", "wouldn't",
    "yeah", "yes", "yet", "you", "you'd", "you'll", "you're", "you've", "your", "yours", "yourself",
    "yourselves",
];

/// Chinese function characters, in ascending order of code points.
pub const CHINESE: [char; 112] = [
    '上', '下', '不', '与', '且', '个', '中', '为', '么', '之', '也', '了', '于', '些', '什', '从',
    '他', '以', '们', '会', '但', '你', '使', '先', '其', '再', '几', '则', '到', '前', '即', '去',
    '又', '及', '另', '只', '可', '各', '后', '向', '吗', '吧', '呢', '和', '哦', '哪', '啊', '嗯',
    '因', '在', '地', '外', '多', '太', '她', '如', '它', '对', '将', '少', '就', '己', '已', '并',
    '应', '当', '很', '得', '怎', '我', '或', '所', '才', '把', '无', '时', '是', '更', '最', '有',
    '未', '来', '果', '某', '样', '此', '每', '没', '然', '由', '的', '着', '经', '者', '而', '能',
    '自', '若', '虽', '被', '要', '让', '该', '谁', '过', '还', '这', '那', '都', '里', '需', '非',
];

/// The longest word that can be looked up, in bytes. A key is as wide as this.
const LONGEST: usize = 16;
/// Slots of the table, a power of two and more than four times the number of words.
const SLOTS: usize = 2048;
/// An empty slot.
const EMPTY: u16 = u16::MAX;

/// Keys of [`ENGLISH`], and where each of them is found: open addressing with linear probing,
/// built by the compiler.
static TABLE: ([u16; SLOTS], [u128; ENGLISH.len()]) = build();

const fn build() -> ([u16; SLOTS], [u128; ENGLISH.len()]) {
    let mut slots = [EMPTY; SLOTS];
    let mut keys = [0; ENGLISH.len()];
    let mut index = 0;
    while index < ENGLISH.len() {
        let bytes = ENGLISH[index].as_bytes();
        let mut padded = [0; LONGEST];
        let mut at = 0;
        while at < bytes.len() {
            padded[at] = bytes[at];
            at += 1;
        }
        keys[index] = key(padded);
        let mut slot = slot_of(keys[index]);
        while slots[slot] != EMPTY {
            slot = (slot + 1) % SLOTS;
        }
        slots[slot] = index as u16;
        index += 1;
    }
    (slots, keys)
}

/// The bytes of a word as a number that is the same in upper and lower case. No letter or
/// apostrophe of a listed word becomes another by it.
const fn key(padded: [u8; LONGEST]) -> u128 {
    u128::from_le_bytes(padded) | 0x2020_2020_2020_2020_2020_2020_2020_2020
}

const fn slot_of(key: u128) -> usize {
    let folded = key as u64 ^ ((key >> 64) as u64).wrapping_mul(0xA076_1D64_78BD_642F);
    (folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 53) as usize
}

/// The place in [`ENGLISH`] of a word in any case, whose apostrophe may be straight or curly.
/// `None` where it is not listed.
#[inline]
pub fn english(word: &str) -> Option<usize> {
    let bytes = word.as_bytes();
    let mut padded = [0; LONGEST];
    let mut length = bytes.len();
    if length <= LONGEST && word.is_ascii() {
        padded[..length].copy_from_slice(bytes);
    } else {
        let (before, after) = word.split_once('’')?;
        length = before.len() + 1 + after.len();
        if length > LONGEST || !before.is_ascii() || !after.is_ascii() {
            return None;
        }
        padded[..before.len()].copy_from_slice(before.as_bytes());
        padded[before.len()] = b'\'';
        padded[before.len() + 1..length].copy_from_slice(after.as_bytes());
    }
    let (slots, keys) = &TABLE;
    let wanted = key(padded);
    let mut slot = slot_of(wanted);
    while slots[slot] != EMPTY {
        let index = usize::from(slots[slot]);
        if keys[index] == wanted {
            // Other bytes than letters may have the same key.
            let plain = |&byte: &u8| byte == b'\'' || byte.is_ascii_alphabetic();
            return padded[..length].iter().all(plain).then_some(index);
        }
        slot = (slot + 1) % SLOTS;
    }
    None
}

/// The place in [`CHINESE`] of a character. `None` where it is not listed.
#[inline]
pub fn chinese(character: char) -> Option<usize> {
    CHINESE.binary_search(&character).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_and_every_entry_is_found() {
        assert!(ENGLISH.is_sorted_by(|a, b| a < b));
        assert!(CHINESE.is_sorted_by(|a, b| a < b));
        for (place, word) in ENGLISH.iter().enumerate() {
            assert!(word.bytes().all(|b| b == b'\'' || b.is_ascii_lowercase()), "{word}");
            assert_eq!(english(word), Some(place), "{word}");
            assert_eq!(english(&word.to_uppercase()), Some(place), "{word}");
            assert_eq!(english(&word.replace('\'', "’")), Some(place), "{word}");
        }
        for (place, &character) in CHINESE.iter().enumerate() {
            assert_eq!(chinese(character), Some(place));
        }
    }

    #[test]
    fn nothing_else_is_found() {
        for word in [
            "",
            "thee",
            "thé",
            "t\u{7}e",
            "a\u{0}",
            " a",
            "don''t",
            "don’t’",
            "’",
            "alternativelyy12345",
            "图",
        ] {
            assert_eq!(english(word), None, "{word:?}");
        }
        // NUL and the space differ in bit 5, as letters of both cases do.
        assert_eq!(english("the\u{0}\u{0}"), None);
        assert_eq!(english("the "), None);
        assert_eq!(english("i'm"), english("I’m"));
        assert_eq!(chinese('图'), None);
    }
}
