//! Bytes → traces.
//!
//! Comes in: what the user named (files, folders, globs, `-`). Goes out: a stream of [`Trace`]s in
//! input order, and a [`Summary`] of what was read and what was dropped, by reason. Called by the
//! verbs in `cli`.

use crate::trace::Trace;
