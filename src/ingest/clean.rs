//! The text of a trace, in one form whatever system wrote it.
//!
//! `\r\n` and `\r` become `\n`, NUL becomes a space; nothing else is changed here. Called by `file`
//! for every trace.

use crate::trace::Trace;

/// Mends line ends and NULs.
pub fn clean(text: String) -> String {
    if !text.contains('\r') && !text.contains('\0') {
        return text;
    }
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', " ")
}

/// Cleans the texts of a trace, and cuts white space off their ends if asked to.
pub(super) fn trace(trace: &mut Trace, trim: bool) {
    let texts = [Some(&mut trace.reasoning), trace.answer.as_mut(), trace.prompt.as_mut()];
    for text in texts.into_iter().flatten() {
        *text = clean(std::mem::take(text));
        if trim && text.trim().len() != text.len() {
            *text = text.trim().to_owned();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_nuls_are_mended() {
        assert_eq!(clean("a\r\nb\rc\0d\n\n".into()), "a\nb\nc d\n\n");
        assert_eq!(clean("left alone".into()), "left alone");
    }
}
