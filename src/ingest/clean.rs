//! The text of a trace, in one form whatever system wrote it.
//!
//! `\r\n` and `\r` become `\n`, NUL becomes a space, and Unicode is brought into its composed form
//! (NFC); nothing else is changed here. Called by `finish` for every trace.

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::cleaning::Cleaning;
use super::summary::{Note, Summary};
use crate::trace::{CleaningStep, Trace};

/// Mends line ends and NULs.
pub fn clean(text: String) -> String {
    if !text.contains('\r') && !text.contains('\0') {
        return text;
    }
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', " ")
}

/// Cleans the texts of a trace, and cuts white space off their ends if asked to. Counts the traces
/// that a step changed.
pub(super) fn trace(trace: &mut Trace, trim: bool, cleaning: &Cleaning, summary: &mut Summary) {
    let (line_ends, unicode) =
        (cleaning.does(CleaningStep::LineEnds), cleaning.does(CleaningStep::Unicode));
    let (mut mended, mut composed) = (false, false);
    let texts = [Some(&mut trace.reasoning), trace.answer.as_mut(), trace.prompt.as_mut()];
    for text in texts.into_iter().flatten() {
        if line_ends && text.contains(['\r', '\0']) {
            *text = clean(std::mem::take(text));
            mended = true;
        }
        if unicode && !text.is_ascii() && !is_nfc(text) {
            *text = text.nfc().collect();
            composed = true;
        }
        if trim && text.trim().len() != text.len() {
            *text = text.trim().to_owned();
        }
    }
    summary.note(Note::LineEnds, usize::from(mended));
    summary.note(Note::ComposedUnicode, usize::from(composed));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_nuls_are_mended() {
        assert_eq!(clean("a\r\nb\rc\0d\n\n".into()), "a\nb\nc d\n\n");
        assert_eq!(clean("left alone".into()), "left alone");
    }

    #[test]
    fn every_step_is_counted_and_can_be_left_out() {
        let hostile = || Trace { reasoning: "cafe\u{301}\r\n".into(), ..Trace::default() };
        let mut summary = Summary::default();
        let mut cleaned = hostile();
        trace(&mut cleaned, false, &Cleaning::default(), &mut summary);
        assert_eq!(cleaned.reasoning, "café\n");
        assert_eq!(summary.notes[&Note::LineEnds], 1);
        assert_eq!(summary.notes[&Note::ComposedUnicode], 1);

        let cleaning = Cleaning {
            skip: vec![CleaningStep::Unicode, CleaningStep::LineEnds],
            ..Cleaning::default()
        };
        let mut left_alone = hostile();
        trace(&mut left_alone, false, &cleaning, &mut Summary::default());
        assert_eq!(left_alone.reasoning, hostile().reasoning);
    }
}
