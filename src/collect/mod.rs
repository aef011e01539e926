//! Prompts that the references answered, asked of a server → records for the other verbs.
//!
//! Comes in: the address of a server, the name of a model, and prompts ([`Prompt`]): of a public set
//! whose hashes the atlas has, or the user's own. Goes out: a file of records, one for each answer,
//! that grows while answers come and is resumed after any stop ([`collect`]). Called by `cli`.
//!
//! `endpoint` reads addresses, `connect` finds out what is behind one, `api` has the kinds of servers,
//! `http` exchanges bytes, `client` asks until there is an answer, `answer` reads it with `ingest`,
//! `journal` keeps it, `collector` does all this for all prompts of a `plan`. `prompts` finds the
//! prompts. Keys are held by `secrets` and reach no file and no message.

mod answer;
mod api;
mod client;
mod clock;
mod collector;
mod connect;
mod endpoint;
mod error;
mod http;
mod journal;
mod kind;
mod plan;
pub mod prompts;
mod record;
mod secrets;
mod server;
mod settings;

pub use client::Patience;
pub use collector::{CollectOptions, Collected, Watch, collect};
pub use connect::{Connection, Key};
pub use endpoint::Endpoint;
pub use error::{Error, WatchError};
pub use kind::Api;
pub use prompts::Prompt;
pub use secrets::Secrets;
pub use server::Server;
pub use settings::{OWN_FIELDS, Settings};
