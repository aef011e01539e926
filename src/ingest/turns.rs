//! Which turns of a conversation are read.
//!
//! A value of the options; asked by `dialogue` and by the formats of conversations.

use crate::text;

/// Which turns of an agent's run or of a conversation are read. Each turn with reasoning is a trace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Turns {
    /// Of each run, the last turn with reasoning.
    Last,
    /// All turns since the last question of a person; in the log of a session, all of every run.
    #[default]
    Run,
    /// All turns of a conversation, those before its last question too.
    All,
}

text::named_values!(Turns { Last = "last", Run = "run", All = "all" });
