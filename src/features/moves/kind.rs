//! The fifteen moves that a sentence can make.

/// What a sentence does in the reasoning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Move {
    /// Says again what is asked or given.
    Restate,
    /// Announces what is done next, or the order of the work.
    Plan,
    /// Draws an inference from what is known.
    Deduce,
    /// Carries out a calculation.
    Compute,
    /// Brings in knowledge that the prompt does not hold: facts, definitions, known problems.
    Recall,
    /// Supposes a case, or tries one.
    Example,
    /// Verifies what was found, or finds it right.
    Check,
    /// Hesitates, is not sure, or asks itself something.
    Doubt,
    /// Takes back what was said, or leaves a way that leads nowhere.
    Backtrack,
    /// Turns to another way, reading or possibility.
    Alternative,
    /// Speaks about the person who asks.
    User,
    /// Weighs what may be said: rules, harm, neutrality, refusal.
    Policy,
    /// States the result, or that the reasoning is done.
    Conclude,
    /// Plans or writes the wording of the answer.
    Draft,
    /// None of these: facts of the case, program text, tables, headings.
    Other,
}

impl Move {
    /// The number of moves.
    pub const COUNT: usize = 15;

    /// All moves, in the order of the measures.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Restate,
        Self::Plan,
        Self::Deduce,
        Self::Compute,
        Self::Recall,
        Self::Example,
        Self::Check,
        Self::Doubt,
        Self::Backtrack,
        Self::Alternative,
        Self::User,
        Self::Policy,
        Self::Conclude,
        Self::Draft,
        Self::Other,
    ];

    /// The word for the move in the lexicon, in the names of measures and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Restate => "restate",
            Self::Plan => "plan",
            Self::Deduce => "deduce",
            Self::Compute => "compute",
            Self::Recall => "recall",
            Self::Example => "example",
            Self::Check => "check",
            Self::Doubt => "doubt",
            Self::Backtrack => "backtrack",
            Self::Alternative => "alternative",
            Self::User => "user",
            Self::Policy => "policy",
            Self::Conclude => "conclude",
            Self::Draft => "draft",
            Self::Other => "other",
        }
    }

    /// The names of all moves, in the order of [`Move::ALL`].
    pub(crate) fn names() -> [&'static str; Self::COUNT] {
        Self::ALL.map(Self::name)
    }
}
