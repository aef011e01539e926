//! The options of `collect` that say where and how is asked, turned into those of the library.

use crate::collect::{Api, Connection, Endpoint, Key, OWN_FIELDS, Patience, Secrets, Settings};
use anyhow::Context;
use clap::{Args, ValueEnum};
use serde_json::{Map, Value};
use std::{fs::File, io::Read, path::PathBuf, time::Duration};

/// The largest system prompt.
const SYSTEM_BYTES: u64 = 1 << 20;

/// Where is asked, and with how much patience.
#[derive(Debug, Clone, Args)]
pub(super) struct Reaching {
    /// Address of the server, for example http://localhost:8000/v1
    #[arg(long, value_name = "URL")]
    endpoint: String,
    /// Kind of server [default: what the address tells, else chat]
    #[arg(long, value_name = "KIND", value_enum)]
    api: Option<ApiName>,
    /// Environment variable that holds the key [default: OPENAI_API_KEY, ANTHROPIC_API_KEY or
    /// GEMINI_API_KEY]
    #[arg(long, value_name = "NAME")]
    key_env: Option<String>,
    /// Header to send; a value `env:NAME` is taken from an environment variable
    #[arg(long, value_name = "NAME: VALUE")]
    header: Vec<String>,
    /// Longest time for one answer, in seconds
    #[arg(long, value_name = "N", default_value_t = 1800, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
    /// Times that a failed request is sent again
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u32).range(0..=100))]
    retries: u32,
    /// Seconds before the first retry, doubled with each
    #[arg(long, value_name = "T", default_value_t = 1.0, value_parser = backoff)]
    backoff: f64,
    /// Stop after so many requests, failed ones counted
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_requests: Option<u64>,
    /// Stop after so many tokens of prompts and answers
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_cost_tokens: Option<u64>,
}

/// What is asked for.
#[derive(Debug, Clone, Args)]
pub(super) struct Asking {
    /// Name of the model at the server; repeat for several, each with a file of its own
    #[arg(long = "model", value_name = "NAME", required = true)]
    pub models: Vec<String>,
    /// Times that each prompt is asked
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub samples: u32,
    /// Prompts that are asked at once
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=512))]
    pub concurrency: u16,
    /// Most tokens of one answer [default: the server's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_tokens: Option<u32>,
    /// Sampling temperature [default: the server's]
    #[arg(long, value_name = "T", value_parser = temperature)]
    temperature: Option<f64>,
    /// Text file that is sent as system prompt; it changes the style
    #[arg(long, value_name = "FILE")]
    pub system: Option<PathBuf>,
    /// JSON object whose fields are added to each request
    #[arg(long, value_name = "JSON")]
    extra: Option<String>,
    /// Ask for whole answers instead of streams
    #[arg(long)]
    no_stream: bool,
    /// Ask also for a model that the server does not list
    #[arg(long)]
    pub unlisted: bool,
    /// Keep answers without reasoning too, for `compare --text answer`
    #[arg(long)]
    pub without_reasoning: bool,
}

/// The kinds of servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ApiName {
    /// OpenAI's chat completions: nearly every server
    Chat,
    /// OpenAI's Responses
    Responses,
    /// Anthropic's messages
    Anthropic,
    /// Google's Gemini
    Gemini,
    /// Ollama's own chat
    Ollama,
}

impl From<ApiName> for Api {
    fn from(name: ApiName) -> Self {
        match name {
            ApiName::Chat => Self::Chat,
            ApiName::Responses => Self::Responses,
            ApiName::Anthropic => Self::Anthropic,
            ApiName::Gemini => Self::Gemini,
            ApiName::Ollama => Self::Ollama,
        }
    }
}

impl Reaching {
    /// The connection, with the key of the environment.
    pub fn connection(&self) -> anyhow::Result<(Connection, Api)> {
        let (endpoint, told) = Endpoint::parse(&self.endpoint)?;
        let api = self.api.map(Api::from).or(told).unwrap_or(Api::Chat);
        let mut secrets = Secrets::default();
        let headers = self.headers(&mut secrets)?;
        let connection = Connection {
            key: self.key(&endpoint, api)?,
            endpoint,
            api,
            headers,
            secrets,
            patience: Patience {
                timeout: Duration::from_secs(self.timeout),
                retries: self.retries,
                backoff: Duration::from_secs_f64(self.backoff),
                requests: self.max_requests,
                tokens: self.max_cost_tokens,
                ..Patience::default()
            },
        };
        Ok((connection, api))
    }

    /// The key: of the variable that was named, or of the usual one where it is set.
    fn key(&self, endpoint: &Endpoint, api: Api) -> anyhow::Result<Option<Key>> {
        if let Some(variable) = &self.key_env {
            let value = of_environment(variable, "--key-env")?;
            return Ok(Some(Key { variable: variable.clone(), value }));
        }
        let variable = api.key_variable();
        let value = std::env::var(variable).ok().filter(|value| !value.trim().is_empty());
        // A key that nobody named is not sent where others can read it.
        let value = value.filter(|_| endpoint.is_private() && api != Api::Ollama);
        Ok(value.map(|value| Key { variable: variable.to_owned(), value: value.trim().to_owned() }))
    }

    fn headers(&self, secrets: &mut Secrets) -> anyhow::Result<Vec<(String, String)>> {
        let mut headers = Vec::new();
        for header in &self.header {
            let Some((name, value)) = header.split_once(':') else {
                anyhow::bail!("--header needs a name and a value with a colon between them");
            };
            let (name, value) = (name.trim().to_lowercase(), value.trim());
            let is_secret = ["auth", "key", "token", "cookie", "secret"];
            let is_secret = is_secret.iter().any(|word| name.contains(word));
            let value = match value.strip_prefix("env:") {
                Some(variable) => of_environment(variable, "--header")?,
                None if is_secret => anyhow::bail!(
                    "--header {name}: a key on the command line can be read by others; put it into an environment \
                     variable and write --header '{name}: env:VARIABLE'"
                ),
                None => value.to_owned(),
            };
            if is_secret || header.contains("env:") {
                secrets.add(&value);
            }
            headers.push((name, value));
        }
        Ok(headers)
    }
}

/// The value of a variable that an option names.
fn of_environment(variable: &str, option: &str) -> anyhow::Result<String> {
    let value = std::env::var(variable).unwrap_or_default().trim().to_owned();
    if value.is_empty() {
        // Somebody gave the key itself: it is not repeated.
        let is_name =
            variable.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        let variable = if is_name { variable } else { "the variable that was named" };
        anyhow::bail!(
            "{option}: {variable} is not set in the environment; give the name of a variable that holds the key"
        );
    }
    Ok(value)
}

impl Asking {
    /// The settings, for the first of the models.
    pub fn settings(&self, api: Api) -> anyhow::Result<Settings> {
        let system = self.system.as_ref().map(|path| {
            let mut text = String::new();
            File::open(path)
                .and_then(|file| file.take(SYSTEM_BYTES + 1).read_to_string(&mut text))
                .with_context(|| format!("cannot read --system {}", path.display()))?;
            anyhow::ensure!(
                text.len() as u64 <= SYSTEM_BYTES && !text.trim().is_empty(),
                "--system {}: expected a text of at most 1 MiB",
                path.display()
            );
            anyhow::Ok(text)
        });
        Ok(Settings {
            model: self.models.first().cloned().unwrap_or_default(),
            api,
            temperature: self.temperature,
            max_tokens: self.max_tokens,
            system: system.transpose()?,
            extra: self.extra()?,
            stream: !self.no_stream,
        })
    }

    fn extra(&self) -> anyhow::Result<Map<String, Value>> {
        let Some(text) = &self.extra else { return Ok(Map::new()) };
        let extra: Map<String, Value> = serde_json::from_str(text).map_err(|error| {
            anyhow::anyhow!(
                "--extra is no JSON object ({error}); write for example --extra '{{\"top_k\": 20}}'"
            )
        })?;
        if let Some(own) = OWN_FIELDS.iter().find(|own| extra.contains_key(**own)) {
            anyhow::bail!("--extra may not set `{own}`, which every request has already");
        }
        Ok(extra)
    }
}

fn temperature(text: &str) -> Result<f64, String> {
    let value = text.parse().ok().filter(|value: &f64| (0.0..=10.0).contains(value));
    value.ok_or_else(|| "expected a number from 0 to 10".into())
}

fn backoff(text: &str) -> Result<f64, String> {
    let value = text.parse().ok().filter(|value: &f64| (0.0..=600.0).contains(value));
    value.ok_or_else(|| "expected a number of seconds from 0 to 600".into())
}
