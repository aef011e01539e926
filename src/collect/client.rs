//! Asking one prompt until there is an answer, or a reason to stop.
//!
//! Comes in: a [`Connection`], [`Settings`] and a prompt. Goes out: an [`Asked`] with the answer, or a
//! [`Failure`]. Retries what may go well the next time, waits as the server asks, and gives up on what
//! will not. Called by `collector`; `connect` makes a client.

use super::{
    Error,
    answer::{self, Answer, Unreadable, beginning, described},
    api::Quirks,
    endpoint::Endpoint,
    http::{Broken, Http, Reply},
    kind::Api,
    secrets::Secrets,
    server::Server,
    settings::Settings,
};
use serde_json::Value;
use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

/// How patient a client is, and what it may spend.
#[derive(Debug, Clone, PartialEq)]
pub struct Patience {
    /// The longest that one answer may take.
    pub timeout: Duration,
    /// How often a request is sent again.
    pub retries: u32,
    /// The wait before the first retry; it doubles with each.
    pub backoff: Duration,
    /// The longest wait that a server may ask for.
    pub longest_wait: Duration,
    /// The most bytes of one answer.
    pub answer_bytes: usize,
    /// The most requests, those that fail counted; `None` for no limit.
    pub requests: Option<u64>,
    /// The most tokens of prompts and answers together; `None` for no limit.
    pub tokens: Option<u64>,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(1800),
            retries: 6,
            backoff: Duration::from_secs(1),
            longest_wait: Duration::from_secs(600),
            answer_bytes: 64 << 20,
            requests: None,
            tokens: None,
        }
    }
}

/// An answer and how it came about.
#[derive(Debug)]
pub(super) struct Asked {
    pub answer: Answer,
    /// The body of the request.
    pub request: Value,
    /// When it was sent.
    pub at: SystemTime,
    pub took: Duration,
}

/// Why a prompt has no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// This prompt failed; others may not.
    Prompt(String),
    /// Nothing else will go well.
    Fatal(Box<Error>),
    /// What may be spent is spent; the sentence says what.
    Spent(String),
    /// Another prompt ended the run.
    Stopped,
}

/// What is known of a connection that was tried.
#[derive(Debug)]
pub(super) struct Client {
    pub http: Http,
    pub endpoint: Endpoint,
    pub api: Api,
    pub headers: Vec<(String, String)>,
    pub secrets: Secrets,
    /// The variable that the key came from.
    pub key_from: Option<String>,
    /// The models that are there; empty where the server does not tell.
    pub models: Vec<String>,
    /// What runs there.
    pub server: Server,
    pub patience: Patience,
    pub quirks: Mutex<Quirks>,
    /// Nothing is sent before this: a server that is asked too much is left alone by everybody.
    pub not_before: Mutex<Option<Instant>>,
    pub stopped: AtomicBool,
    pub requests: AtomicU64,
    pub tokens: AtomicU64,
}

/// What follows from a reply.
enum Next {
    Done(Box<Answer>, u64),
    /// Once more, after the wait that the server asks for, or a growing one.
    Retry(String, Option<Duration>),
    /// Once more at once: the request is made differently.
    Again,
    Failed(Failure),
}

impl Client {
    /// Asks one prompt.
    pub fn ask(&self, settings: &Settings, prompt: &str) -> Result<Asked, Failure> {
        let mut last = String::new();
        let mut timeouts = 0;
        let mut attempt = 0;
        while attempt <= self.patience.retries {
            self.wait()?;
            self.spend()?;
            let quirks = *self.quirks.lock().unwrap_or_else(PoisonError::into_inner);
            let request = self.api.body(settings, prompt, quirks);
            let url = self.endpoint.url(&self.api.operation(&settings.model, settings.stream));
            let (at, begun) = (SystemTime::now(), Instant::now());
            let body = request.to_string();
            let sent = self.http.send(
                &url,
                &self.headers,
                Some(body.as_bytes()),
                self.patience.answer_bytes,
            );
            let next = match sent {
                Ok(reply) => self.judge(reply, settings, quirks),
                Err(broken) => self.after(&broken, &mut timeouts),
            };
            match next {
                Next::Done(answer, tokens) => {
                    self.tokens.fetch_add(tokens, Ordering::Relaxed);
                    let answer = *answer;
                    return Ok(Asked { answer, request, at, took: begun.elapsed() });
                }
                Next::Again => {}
                Next::Failed(failure) => return Err(failure),
                Next::Retry(message, asked) => {
                    last = message;
                    let doubled = self.patience.backoff.saturating_mul(1 << attempt.min(6));
                    self.leave_alone(asked.unwrap_or(doubled), &last)?;
                    attempt += 1;
                }
            }
        }
        Err(Failure::Prompt(last))
    }

    /// What follows where there was no reply.
    fn after(&self, broken: &Broken, timeouts: &mut u32) -> Next {
        let message = self.secrets.hide(&broken.sentence()).into_owned();
        let endpoint = self.endpoint.to_string();
        match broken {
            Broken::Tls(_) | Broken::Invalid(_) => {
                Next::Failed(Failure::Fatal(Box::new(Error::Unreachable {
                    endpoint,
                    problem: message,
                })))
            }
            // What takes too long twice is no accident.
            Broken::TimedOut if *timeouts > 0 => Next::Failed(Failure::Prompt(message)),
            Broken::TimedOut => {
                *timeouts += 1;
                Next::Retry(message, None)
            }
            Broken::Unreachable(_) | Broken::Cut(_) => Next::Retry(message, None),
        }
    }

    /// What follows from a reply.
    fn judge(&self, mut reply: Reply, settings: &Settings, quirks: Quirks) -> Next {
        reply.bytes = self.secrets.hide_in_answer(reply.bytes);
        if (300..400).contains(&reply.status) {
            return Next::Failed(Failure::Fatal(Box::new(self.redirected(&reply))));
        }
        if !(200..300).contains(&reply.status) {
            let message = self.message(&reply.bytes);
            return self.refused(reply.status, message, reply.retry_after, settings, quirks);
        }
        if reply.too_long {
            let most = self.patience.answer_bytes >> 20;
            return Next::Failed(Failure::Prompt(format!("its answer is longer than {most} MiB")));
        }
        if let Some(cut) = &reply.cut {
            return Next::Retry(format!("the answer broke off: {cut}"), None);
        }
        match answer::read(&reply.bytes, self.patience.answer_bytes) {
            Ok(answer) if answer.interrupted => {
                Next::Retry("the answer broke off before its end".into(), None)
            }
            Ok(answer) => {
                let tokens = answer.tokens.total(reply.bytes.len());
                Next::Done(Box::new(answer), tokens)
            }
            Err(Unreadable::Empty) => Next::Retry("the answer is empty".into(), None),
            Err(Unreadable::Page) => self.no_endpoint("it answers with a page for browsers".into()),
            Err(Unreadable::Refused(status, message)) => {
                let message = self.secrets.hide(&message).into_owned();
                self.refused(status.unwrap_or(500), message, reply.retry_after, settings, quirks)
            }
            Err(Unreadable::Other(problem)) => {
                Next::Failed(Failure::Prompt(format!("the answer cannot be read: {problem}")))
            }
        }
    }

    /// What follows from a status that is no success.
    fn refused(
        &self,
        status: u16,
        message: String,
        wait: Option<Duration>,
        settings: &Settings,
        quirks: Quirks,
    ) -> Next {
        let fatal = |error| Next::Failed(Failure::Fatal(Box::new(error)));
        let endpoint = self.endpoint.to_string();
        let lower = message.to_lowercase();
        match status {
            401..=403 => fatal(self.not_allowed(status, message)),
            // A quota that is used up does not come back in a minute.
            429 if lower.contains("quota") && wait.is_none() => {
                fatal(self.not_allowed(status, message))
            }
            404 | 400 if lower.contains("model") && says_missing(&lower) => fatal(Error::NoModel {
                endpoint,
                model: settings.model.clone(),
                there: self.models.clone(),
            }),
            404 | 405 => self.no_endpoint(format!("it answers {status}: {message}")),
            400 | 422 => match self.adapted(&lower, quirks) {
                true => Next::Again,
                false => Next::Failed(Failure::Prompt(format!("status {status}: {message}"))),
            },
            408 | 409 | 425 | 429 | 500..=599 => {
                Next::Retry(format!("status {status}: {message}"), wait)
            }
            _ => Next::Failed(Failure::Prompt(format!("status {status}: {message}"))),
        }
    }

    /// Whether a request can be made without what the server does not understand.
    fn adapted(&self, message: &str, before: Quirks) -> bool {
        let mut quirks = self.quirks.lock().unwrap_or_else(PoisonError::into_inner);
        if message.contains("max_completion_tokens") {
            quirks.max_completion_tokens = true;
        } else if message.contains("stream_options") {
            quirks.no_stream_options = true;
        } else if message.contains("temperature") && message.contains("support") {
            quirks.no_temperature = true;
        }
        *quirks != before
    }

    /// The sentence of a server about an error, short, and without keys.
    pub fn message(&self, bytes: &[u8]) -> String {
        let value: Value = serde_json::from_slice(bytes).unwrap_or_default();
        let error = value.get("error").filter(|error| !error.is_null());
        let text = match (error, value.is_object()) {
            (Some(error), _) => described(error).1,
            (None, true) => described(&value).1,
            (None, false) if bytes.trim_ascii_start().starts_with(b"<") => {
                "a page for browsers".into()
            }
            (None, false) => beginning(bytes),
        };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = if text.is_empty() { "no reason is given".to_owned() } else { text };
        let short: String = text.chars().take(300).collect();
        self.secrets.hide(&short).into_owned()
    }

    /// A key that is missing or not accepted.
    pub fn not_allowed(&self, status: u16, message: String) -> Error {
        Error::NotAllowed {
            endpoint: self.endpoint.to_string(),
            status,
            message,
            key_from: self.key_from.clone(),
        }
    }

    /// A redirect: keys do not go to another server, and what is posted is not posted elsewhere.
    pub fn redirected(&self, reply: &Reply) -> Error {
        let target = reply.location.clone().unwrap_or_default();
        let target = self.secrets.hide(&self.endpoint.resolved(&target)).into_owned();
        let endpoint = self.endpoint.to_string();
        if !self.secrets.is_empty() && !self.endpoint.has_origin_of(&target) {
            return Error::Redirected { endpoint, target };
        }
        let problem =
            format!("it sends requests on to {target}; give the address that it leads to");
        Error::NoEndpoint { endpoint, api: self.api.name(), problem }
    }

    fn no_endpoint(&self, problem: String) -> Next {
        let (endpoint, api) = (self.endpoint.to_string(), self.api.name());
        Next::Failed(Failure::Fatal(Box::new(Error::NoEndpoint { endpoint, api, problem })))
    }

    /// Waits until the server may be asked.
    pub fn wait(&self) -> Result<(), Failure> {
        loop {
            if self.stopped.load(Ordering::Relaxed) {
                return Err(Failure::Stopped);
            }
            let until = *self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            match left.filter(|left| !left.is_zero()) {
                // In short steps, so that a run that ends is not waited for.
                Some(left) => std::thread::sleep(left.min(Duration::from_millis(50))),
                None => return Ok(()),
            }
        }
    }

    /// Leaves the server alone for a while.
    pub fn leave_alone(&self, wait: Duration, message: &str) -> Result<(), Failure> {
        if wait > self.patience.longest_wait {
            return Err(Failure::Fatal(Box::new(Error::MustWait {
                endpoint: self.endpoint.to_string(),
                seconds: wait.as_secs(),
                message: message.to_owned(),
            })));
        }
        let until = Instant::now() + wait;
        let mut not_before = self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
        *not_before = Some(not_before.map_or(until, |before| before.max(until)));
        Ok(())
    }

    /// Counts one request, or says that no more may be sent.
    fn spend(&self) -> Result<(), Failure> {
        if let Some(most) = self.patience.tokens
            && self.tokens.load(Ordering::Relaxed) >= most
        {
            return Err(Failure::Spent(format!("the budget of {most} tokens is spent")));
        }
        let before = self.requests.fetch_add(1, Ordering::Relaxed);
        match self.patience.requests {
            Some(most) if before >= most => {
                Err(Failure::Spent(format!("the budget of {most} requests is spent")))
            }
            _ => Ok(()),
        }
    }
}

/// Whether a message says that something is not there.
fn says_missing(message: &str) -> bool {
    const WORDS: [&str; 7] = [
        "not exist",
        "not found",
        "no such",
        "unknown",
        "not available",
        "not a valid model",
        "invalid model",
    ];
    WORDS.iter().any(|word| message.contains(word))
}
