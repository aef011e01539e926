//! Why answers cannot be collected.

use super::server::Server;
use crate::output;
use std::path::PathBuf;

/// Why nothing, or nothing more, is asked. What was answered before is in the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address of the endpoint is none.
    #[error("{address} is no address of an endpoint: {problem}")]
    Address {
        /// The address, without what may be secret.
        address: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Nothing answers.
    #[error("{endpoint} does not answer: {problem}")]
    Unreachable {
        /// The endpoint.
        endpoint: String,
        /// What the system said.
        problem: String,
    },
    /// Something answers, but no server of this kind.
    #[error("{endpoint} is no `{api}` endpoint: {problem}")]
    NoEndpoint {
        /// The endpoint.
        endpoint: String,
        /// The kind that was expected.
        api: &'static str,
        /// What was found.
        problem: String,
    },
    /// The server wants a key, or another one.
    #[error("{endpoint} refuses (status {status}): {message}")]
    NotAllowed {
        /// The endpoint.
        endpoint: String,
        /// The HTTP status.
        status: u16,
        /// What the server said.
        message: String,
        /// The variable that the key came from; `None` where no key was sent.
        key_from: Option<String>,
    },
    /// The model is not there.
    #[error("{endpoint} has no model {model}{}", listed(.there))]
    NoModel {
        /// The endpoint.
        endpoint: String,
        /// The name that was asked for.
        model: String,
        /// The names that are there; empty where the server does not tell.
        there: Vec<String>,
    },
    /// The server sends elsewhere, where the key must not go.
    #[error("{endpoint} sends requests on to {target}, another server; keys are not sent there")]
    Redirected {
        /// The endpoint.
        endpoint: String,
        /// Where it leads.
        target: String,
    },
    /// The server wants to be left alone for longer than is waited.
    #[error("{endpoint} asks to wait {seconds} seconds: {message}")]
    MustWait {
        /// The endpoint.
        endpoint: String,
        /// For how long.
        seconds: u64,
        /// What the server said.
        message: String,
    },
    /// Several requests in a row failed.
    #[error("{failures} requests in a row failed, the last one so: {message}")]
    KeepsFailing {
        /// How many.
        failures: usize,
        /// Why the last one did.
        message: String,
    },
    /// The first answers have no reasoning.
    #[error("the first {answers} answers of {model} hold no reasoning. {why}")]
    NoReasoning {
        /// The model.
        model: String,
        /// How many there were.
        answers: usize,
        /// What was found instead.
        why: String,
        /// What runs behind the endpoint.
        server: Server,
    },
    /// Some prompts have no answer.
    #[error(
        "{missing} of {asked} answers of {model} are missing; the last one failed so: {message}"
    )]
    Incomplete {
        /// The model.
        model: String,
        /// How many failed.
        missing: usize,
        /// How many were asked for.
        asked: usize,
        /// Why the last of them failed.
        message: String,
    },
    /// The file that is to be resumed has other settings.
    #[error("{} holds answers with other settings: {differences}", file.display())]
    OtherSettings {
        /// The file.
        file: PathBuf,
        /// The settings that differ.
        differences: String,
    },
    /// The file that is to be resumed is something else.
    #[error("{}, line {line}, is no record that `collect` wrote: {problem}", file.display())]
    NotCollected {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What was found.
        problem: String,
    },
    /// The file cannot be read.
    #[error("cannot read {}: {source}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file cannot be written.
    #[error(transparent)]
    Write(#[from] output::Error),
    /// Whoever watched could not go on.
    #[error(transparent)]
    Watch(#[from] WatchError),
    /// A set of this name is not known.
    #[error("there is no prompt set {name}; the atlas knows {}", .known.join(", "))]
    NoSet {
        /// The name.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// The prompts of a set cannot be fetched by this program.
    #[error("the prompts of {name} cannot be fetched: {why}")]
    NotFetched {
        /// The set.
        name: String,
        /// Why.
        why: String,
    },
    /// A place has none of the prompts.
    #[error("{found} texts in {place}, and none of them is one of the {known} prompts of {name}")]
    NoPrompts {
        /// The set.
        name: String,
        /// Where it was looked.
        place: String,
        /// Texts that were looked at.
        found: usize,
        /// Prompts that the atlas knows.
        known: usize,
    },
    /// A file of prompts is none.
    #[error("{}: {problem}", file.display())]
    BadPrompts {
        /// The file.
        file: PathBuf,
        /// What was found, with its line.
        problem: String,
    },
}

/// The error of the [`Watch`](super::Watch) that was given.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct WatchError(pub Box<dyn std::error::Error + Send + Sync>);

/// The models that are there, the first ones.
fn listed(there: &[String]) -> String {
    const MOST: usize = 12;
    if there.is_empty() {
        return String::new();
    }
    let names = there.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", ");
    match there.len().checked_sub(MOST).filter(|&more| more > 0) {
        Some(more) => format!("; it has {names} and {more} more"),
        None => format!("; it has {names}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_that_are_there_are_listed_within_bounds() {
        let error = |there: Vec<String>| {
            Error::NoModel { endpoint: "http://h".into(), model: "m".into(), there }.to_string()
        };
        assert_eq!(error(Vec::new()), "http://h has no model m");
        assert_eq!(error(vec!["a".into()]), "http://h has no model m; it has a");
        let many = error((0..20).map(|n| format!("m{n}")).collect());
        assert!(many.ends_with("m11 and 8 more"), "{many}");
    }
}
