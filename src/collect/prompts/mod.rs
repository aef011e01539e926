//! Prompts to ask: those of a public set that the references answered, or the user's own.
//!
//! `own` reads a file of the user. For a public set, the atlas says which files of which repository hold
//! the prompts; `fetch` gets them, `harvest` takes the texts out of them and keeps exactly those whose
//! hash the atlas knows, `cache` stores them for the next time. Called by
//! `collector` (the type) and by `cli`.

mod cache;
mod fetch;
mod harvest;
mod own;
mod prompt;

pub use cache::{cached, cached_at, lines, store, write_prompts};
pub use fetch::{Fetched, fetch, from_copy};
pub use own::read_prompts;
pub use prompt::Prompt;
