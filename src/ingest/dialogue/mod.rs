//! What is said in a conversation, whoever wrote it down: its parts, its turns and its runs.
//!
//! Comes in: messages and lists of messages in any of the shapes that servers, agents and chat programs
//! write. Goes out: what each says (`parts`, `fields`, `said`), who says it (`turn`, `entry`), and the
//! drafts of the runs of the model (`runs`). Used by the formats and by `session`.

pub(super) mod entry;
pub(super) mod fields;
pub(super) mod parts;
pub(super) mod runs;
pub(super) mod said;
pub(super) mod turn;
