//! Finding out what is behind an address before anything is asked.
//!
//! Comes in: a [`Connection`]. Goes out: a [`Client`] for the address that works, and what a person
//! should know ([`Found::notes`]). Called by `collector`.

use super::{
    Error,
    api::Quirks,
    client::{Client, Patience},
    endpoint::Endpoint,
    http::{Broken, Http},
    kind::Api,
    secrets::Secrets,
    server::Server,
};
use serde_json::Value;
use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64},
    },
    time::Duration,
};

/// A key, and the name of the variable that it came from.
#[derive(Clone)]
pub struct Key {
    /// The environment variable.
    pub variable: String,
    /// Its value.
    pub value: String,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({})", self.variable)
    }
}

/// Where and how a server is asked.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Its address.
    pub endpoint: Endpoint,
    /// Its kind.
    pub api: Api,
    /// The key; it goes into the header that the kind of server has for it.
    pub key: Option<Key>,
    /// More headers.
    pub headers: Vec<(String, String)>,
    /// Values that must not be written or printed, beside the key.
    pub secrets: Secrets,
    /// How patient it is asked.
    pub patience: Patience,
}

/// A client, and what a person should know.
#[derive(Debug)]
pub(super) struct Found {
    pub client: Client,
    pub notes: Vec<String>,
}

/// How long the list of models may take.
const LIST_TIMEOUT: Duration = Duration::from_secs(60);
/// The most bytes of it.
const LIST_BYTES: usize = 16 << 20;

/// Tries the addresses that may have been meant, the given one first.
///
/// # Errors
/// Where nothing answers, a key is missing or refused, or requests are sent on to another server.
pub(super) fn connect(connection: &Connection) -> Result<Found, Error> {
    let Connection { endpoint, api, key, headers, secrets, patience } = connection.clone();
    let mut secrets = secrets;
    key.iter().for_each(|key| secrets.add(&key.value));
    let own = api.headers(key.as_ref().map(|key| key.value.as_str()));
    let own = own.into_iter().map(|(name, value)| (name.to_owned(), value));
    let mut client = Client {
        http: Http::new(patience.timeout.min(LIST_TIMEOUT)),
        endpoint: endpoint.clone(),
        api,
        headers: own.chain(headers).collect(),
        secrets,
        key_from: key.map(|key| key.variable),
        models: Vec::new(),
        server: Server::at(endpoint.host(), api),
        quirks: Mutex::new(Quirks::default()),
        not_before: Mutex::new(None),
        stopped: AtomicBool::new(false),
        requests: AtomicU64::new(0),
        tokens: AtomicU64::new(0),
        patience,
    };
    let mut notes = Vec::new();
    for candidate in endpoint.candidates(api) {
        if let Some(list) = models(&client, &candidate)? {
            if candidate != endpoint {
                notes.push(format!(
                    "{endpoint} has no list of models; {candidate} has one and is asked"
                ));
            }
            client.endpoint = candidate;
            client.models = Api::names(&list).unwrap_or_default();
            client.server = Server::of_list(&list).unwrap_or(client.server);
            break;
        }
    }
    client.http = Http::new(client.patience.timeout);
    Ok(Found { client, notes })
}

/// The list of models at an address; `None` where there is none.
fn models(client: &Client, at: &Endpoint) -> Result<Option<Value>, Error> {
    let url = at.url(client.api.list());
    let mut attempt = 0;
    loop {
        let endpoint = at.to_string();
        let reply = match client.http.send(&url, &client.headers, None, LIST_BYTES) {
            Ok(reply) => reply,
            Err(Broken::Cut(_)) if attempt < 2 => {
                attempt += 1;
                std::thread::sleep(client.patience.backoff);
                continue;
            }
            Err(broken) => {
                let problem = client.secrets.hide(&broken.sentence()).into_owned();
                return Err(Error::Unreachable { endpoint, problem });
            }
        };
        return match reply.status {
            200..=299 => Ok(serde_json::from_slice(&reply.bytes)
                .ok()
                .filter(|list| Api::names(list).is_some())),
            300..=399 => Err(client.redirected(&reply)),
            401..=403 => Err(client.not_allowed(reply.status, client.message(&reply.bytes))),
            // A server that is still loading its model, or is asked too much.
            429 | 500..=599 if attempt < client.patience.retries => {
                let doubled = client.patience.backoff.saturating_mul(1 << attempt.min(6));
                let wait = reply.retry_after.unwrap_or(doubled);
                if wait > client.patience.longest_wait {
                    let message = client.message(&reply.bytes);
                    return Err(Error::MustWait { endpoint, seconds: wait.as_secs(), message });
                }
                std::thread::sleep(wait);
                attempt += 1;
                continue;
            }
            _ => Ok(None),
        };
    }
}

/// Whether a model is among those that are there. Ollama adds `:latest`, and routers understand
/// endings such as `:nitro` that are not listed.
pub(super) fn is_listed(models: &[String], model: &str) -> bool {
    let plain = model.split(':').next().unwrap_or(model);
    let model = model.strip_prefix("models/").unwrap_or(model);
    models.iter().any(|name| {
        name == model
            || name.strip_suffix(":latest") == Some(model)
            || (name == plain && plain.contains('/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_found_by_the_names_that_servers_understand() {
        let models = ["qwen3:latest".to_owned(), "a/b".into(), "c".into()];
        for name in ["qwen3", "qwen3:latest", "a/b", "a/b:nitro", "c", "models/c"] {
            assert!(is_listed(&models, name), "{name}");
        }
        for name in ["qwen", "qwen3:8b", "b", "c:x", ""] {
            assert!(!is_listed(&models, name), "{name}");
        }
    }

    #[test]
    fn printing_a_key_does_not_show_it() {
        let key = Key { variable: "MY_KEY".into(), value: "sk-secret".into() };
        assert_eq!(format!("{key:?}"), "Key(MY_KEY)");
    }
}
