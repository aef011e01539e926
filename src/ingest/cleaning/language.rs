//! The language of a text.
//!
//! Called by [`examine`](super::examine). `whatlang` compares the first characters with the
//! trigrams and scripts of 70 languages; only an answer that it calls reliable is used.

/// So many characters are enough: beyond, the answer hardly ever changes.
const CHARACTERS: usize = 1_000;

/// The language as ISO 639-3 (`eng`, `cmn`), where it can be told reliably.
pub fn language(text: &str) -> Option<&'static str> {
    let text = text.trim_start();
    let end = text.char_indices().nth(CHARACTERS).map_or(text.len(), |(at, _)| at);
    let info = whatlang::detect(&text[..end])?;
    info.is_reliable().then(|| info.lang().code())
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(language("x = 2"), None);
        assert_eq!(language(""), None);
    }
}
