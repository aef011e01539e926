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
    if !needs_line_ends(&text) {
        return text;
    }
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', " ")
}

fn needs_line_ends(text: &str) -> bool {
    memchr::memchr2(b'\r', 0, text.as_bytes()).is_some()
}

/// Whether normalization leaves a character as it is, whatever its neighbours are. This is true of most
/// characters of most texts. For the others the tables of Unicode are read, which is slow.
fn is_composed(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{2ff}'
            | '\u{2010}'..='\u{2027}'
            | '\u{2190}'..='\u{21ff}'
            | '\u{2500}'..='\u{27bf}'
            | '\u{3041}'..='\u{3096}'
            | '\u{30a1}'..='\u{30fa}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{ff01}'..='\u{ff9d}'
    )
}

fn is_in_nfc(text: &str) -> bool {
    text.is_ascii() || text.chars().all(is_composed) || is_nfc(text)
}

/// Cleans the texts of a trace, and cuts white space off their ends if asked to. Counts the traces
/// that a step changed.
pub(super) fn trace(trace: &mut Trace, trim: bool, cleaning: &Cleaning, summary: &mut Summary) {
    let (line_ends, unicode) =
        (cleaning.does(CleaningStep::LineEnds), cleaning.does(CleaningStep::Unicode));
    let (mut mended, mut composed) = (false, false);
    let texts = [Some(&mut trace.reasoning), trace.answer.as_mut(), trace.prompt.as_mut()];
    for text in texts.into_iter().flatten() {
        if line_ends && needs_line_ends(text) {
            *text = clean(std::mem::take(text));
            mended = true;
        }
        if unicode && !is_in_nfc(text) {
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
    fn what_is_taken_for_composed_is_composed_beside_every_other() {
        use unicode_normalization::char::canonical_combining_class;
        for c in ('\0'..=char::MAX).filter(|c| is_composed(*c)) {
            assert_eq!(canonical_combining_class(c), 0, "{c:?}");
            for text in [format!("{c}"), format!("a{c}"), format!("{c}{c}"), format!("\u{1100}{c}")]
            {
                assert!(is_nfc(&text), "{c:?}");
            }
        }
        assert!(!is_in_nfc("cafe\u{301}") && is_in_nfc("café — 好 →"));
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
