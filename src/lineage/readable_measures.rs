//! The measures of style that can be explained to a reader in a few words.

use crate::{
    attribution::panel::Panel,
    features::{Channel, Vectorizer, moves::Move},
};

/// Measures that mean something to a reader: the channel, its name for the measure, and what it is in plain words.
const READABLE: [(Channel, &str, &str); 28] = [
    (Channel::Layout, "lines: heading", "headings"),
    (Channel::Layout, "lines: bullet -", "bullets with -"),
    (Channel::Layout, "lines: bullet *", "bullets with *"),
    (Channel::Layout, "lines: numbered 1.", "numbered lines"),
    (Channel::Layout, "lines: ends with colon", "lines that end with a colon"),
    (Channel::Layout, "inside lines: bold", "words in bold"),
    (Channel::Layout, "inside lines: inline code", "inline code"),
    (Channel::Layout, "inside lines: inline math $", "formulas in $"),
    (Channel::Layout, "inside lines: ellipsis ...", "three dots"),
    (Channel::Layout, "mark ,", "commas"),
    (Channel::Layout, "mark :", "colons"),
    (Channel::Layout, "mark ?", "question marks"),
    (Channel::Layout, "mark !", "exclamation marks"),
    (Channel::Layout, "mark (", "brackets"),
    (Channel::Layout, "mark —", "em dashes"),
    (Channel::Layout, "mark \"", "quotation marks"),
    (Channel::Layout, "share: the word I", "the word I"),
    (Channel::Layout, "share: capitalized words", "capitalized words"),
    (Channel::Layout, "share: blank lines", "blank lines"),
    (Channel::Rhythm, "words per sentence: log of median", "long sentences"),
    (Channel::Rhythm, "words per sentence: deviation of log", "sentences of uneven length"),
    (Channel::Rhythm, "words per paragraph: log of median", "long paragraphs"),
    (Channel::Rhythm, "share: sentences of at most 3 words", "sentences of 1–3 words"),
    (
        Channel::Rhythm,
        "share: sentences that open with a connective",
        "connectives that open sentences",
    ),
    (
        Channel::Rhythm,
        "share: sentences that open like the one before (first word)",
        "openings like the one before",
    ),
    (
        Channel::Rhythm,
        "share: word 4-grams said in the last 100 words",
        "runs of words said again soon",
    ),
    (
        Channel::Rhythm,
        "share: word 4-grams said in the last 1,000 words",
        "runs of words said again later",
    ),
    (Channel::Rhythm, "moving-average type-token ratio, 100 words", "varied words"),
];

/// One measure and its place in the dense part of a row.
#[derive(Debug, Clone)]
pub(super) struct Readable {
    /// The channel that it belongs to.
    pub channel: Channel,
    /// The channel's name for it.
    pub measure: String,
    /// What it is, in plain words.
    pub what: String,
    /// Its place in the dense part of a row.
    pub place: usize,
}

/// The readable measures that a vectorizer has.
pub(super) fn readable(vectorizer: &Vectorizer) -> Vec<Readable> {
    let of_moves = Move::ALL.into_iter().filter(|one| *one != Move::Other).map(|one| {
        let measure = format!("share of sentences: {}", one.name());
        (Channel::Moves, measure, format!("sentences that {}", words_of(one)))
    });
    let others = READABLE.map(|(channel, measure, what)| (channel, measure.into(), what.into()));
    let found = others.into_iter().chain(of_moves).filter_map(|(channel, measure, what)| {
        let places = vectorizer.measures_of(channel);
        let at = channel.measures().iter().position(|name| *name == measure)?;
        let place = places.start + at;
        places.contains(&place).then_some(Readable { channel, measure, what, place })
    });
    found.collect()
}

/// What a sentence does, in words that go on from "sentences that".
fn words_of(one: Move) -> &'static str {
    match one {
        Move::Restate => "restate the task",
        Move::Plan => "plan",
        Move::Deduce => "deduce",
        Move::Compute => "compute",
        Move::Recall => "recall facts",
        Move::Example => "try a case",
        Move::Check => "check",
        Move::Doubt => "doubt",
        Move::Backtrack => "take something back",
        Move::Alternative => "turn to another way",
        Move::User => "speak of the user",
        Move::Policy => "weigh what may be said",
        Move::Conclude => "conclude",
        Move::Draft => "draft the answer",
        Move::Other => "do none of these",
    }
}

/// The measures that a scored corpus keeps for each trace, since the panel does not have them.
pub(super) fn kept_of(vectorizer: &Vectorizer, panel: &Panel) -> Vec<Readable> {
    let style = if panel.width() > 0 { vectorizer.style_places() } else { Vec::new() };
    let in_panel = |one: &Readable| style.iter().any(|&(place, _)| place == one.place);
    readable(vectorizer).into_iter().filter(|one| !in_panel(one)).collect()
}

impl Readable {
    /// Its value in the dense part of a row.
    pub fn of(&self, dense: &[f32]) -> f32 {
        dense.get(self.place).copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_readable_measure_is_one_of_its_channel() {
        for (channel, measure, _) in READABLE {
            assert!(channel.measures().iter().any(|name| name == measure), "{measure}");
        }
        let moves = Channel::Moves.measures();
        for one in Move::ALL {
            assert!(moves.contains(&format!("share of sentences: {}", one.name())));
        }
    }
}
