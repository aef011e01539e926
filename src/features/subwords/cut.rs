//! Where a long text is cut into pieces.

/// Where the piece of at most `longest` bytes that begins at `start` ends.
pub(in crate::features) fn end_of_piece(text: &str, start: usize, longest: usize) -> usize {
    if text.len() - start <= longest {
        return text.len();
    }
    let limit = character_before(text, start + longest);
    // A cut in the first half would make the pieces too many.
    let from = character_before(text, start + longest / 2);
    let window = &text.as_bytes()[from..limit];
    if let Some(place) = memchr::memrchr(b'\n', window) {
        return from + place + 1;
    }
    match memchr::memrchr(b' ', window) {
        Some(place) if from + place > start => from + place,
        // A limit of fewer bytes than a character has still goes forward.
        _ if limit > start => limit,
        _ => character_behind(text, start + 1),
    }
}

/// The last place between two characters that is at most `at`.
pub(in crate::features) fn character_before(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The first place between two characters that is at least `at`; the text's end where there is none.
pub(super) fn character_behind(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}
