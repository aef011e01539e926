//! Which parts of a text stand between code fences.
//!
//! Comes in: the text; then ascending places. Goes out: whether a place is program text. Called by
//! [`super::tag`], so that it does not depend on how the splitter of sentences treats fences. A
//! fence that never closes fences nothing: many traces are cut off or forget it.

/// Walks over the pairs of fences of a text.
pub(super) struct Fences<'a> {
    text: &'a str,
    marks: memchr::memmem::FindIter<'a, 'static>,
    open: usize,
    close: usize,
}

impl<'a> Fences<'a> {
    /// The fences of `text`: lines that begin with three backticks.
    pub(super) fn of(text: &'a str) -> Self {
        let marks = memchr::memmem::find_iter(text.as_bytes(), "```");
        let mut fences = Self { text, marks, open: 0, close: 0 };
        fences.step();
        fences
    }

    /// Whether `place` stands between a fence and the next. Places have to ascend.
    pub(super) fn hold(&mut self, place: usize) -> bool {
        while self.close <= place && self.open < self.text.len() {
            self.step();
        }
        self.open < place && place < self.close
    }

    fn step(&mut self) {
        match (self.next_mark(), self.next_mark()) {
            (Some(open), Some(close)) => (self.open, self.close) = (open, close),
            _ => (self.open, self.close) = (self.text.len(), self.text.len()),
        }
    }

    fn next_mark(&mut self) -> Option<usize> {
        let bytes = self.text.as_bytes();
        self.marks.find(|&at| {
            // White space before a fence is little in a text of people and bounded in others.
            let before = &bytes[at.saturating_sub(16)..at];
            let line =
                before.iter().rposition(|&b| b == b'\n').map_or(before, |nl| &before[nl + 1..]);
            line.iter().all(|b| matches!(b, b' ' | b'\t'))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_between_two_fences_are_held() {
        let text = "a\n```\nb\n  ```\nc ``` d\n```\nrest";
        let mut fences = Fences::of(text);
        let held = |fences: &mut Fences<'_>, what: &str| fences.hold(text.find(what).unwrap());
        assert!(!held(&mut fences, "a"));
        assert!(held(&mut fences, "b"));
        assert!(!held(&mut fences, "c "));
        assert!(!held(&mut fences, "rest"));
    }
}
