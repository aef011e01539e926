//! The address of a server, and the addresses that may have been meant.
//!
//! Comes in: what the user gave. Goes out: an [`Endpoint`] without credentials in it, and in which
//! order its paths are tried ([`Endpoint::candidates`]). Called by `client`.

use super::{Error, kind::Api};
use std::fmt;
use ureq::http::Uri;

/// A server and the path in front of its operations, for example `http://localhost:8000/v1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// `http` or `https`.
    scheme: String,
    /// The host, and the port where there is one.
    authority: String,
    /// `""` or `/v1`: no slash at its end.
    path: String,
    /// What stands behind `?` (`api-version=…`).
    query: Option<String>,
}

/// The prefixes of paths that servers have in front of their operations.
const PREFIXES: [&str; 4] = ["/v1", "/v1beta", "/api", "/openai"];

/// Words in the name of a parameter that holds a key.
const SECRET: [&str; 6] = ["key", "token", "secret", "password", "sig", "auth"];

impl Endpoint {
    /// Reads an address. A path of an operation at its end (`/chat/completions`) is cut off; the
    /// second value is the kind of server that it speaks of.
    ///
    /// # Errors
    /// An address without a scheme or a host, of another scheme than http, or with a key in it.
    pub fn parse(text: &str) -> Result<(Self, Option<Api>), Error> {
        let text = text.trim();
        let wrong = |problem: String| Error::Address { address: without_user(text), problem };
        if !text.contains("://") {
            let scheme = if is_near(host_of(text)) { "http" } else { "https" };
            return Err(wrong(format!(
                "it has no scheme; write {scheme}://{}",
                without_user(text)
            )));
        }
        let uri: Uri =
            text.parse().map_err(|error| wrong(format!("it cannot be read: {error}")))?;
        let scheme = uri.scheme_str().unwrap_or_default();
        if !["http", "https"].contains(&scheme) {
            return Err(wrong(format!("its scheme is {scheme}; http and https are understood")));
        }
        let authority = uri.authority().map(ToString::to_string).unwrap_or_default();
        if uri.host().is_none_or(str::is_empty) {
            return Err(wrong("it names no host".into()));
        }
        if authority.contains('@') {
            return Err(wrong("a name and password stand in it, and would reach logs".into()));
        }
        let names = uri.query().unwrap_or_default().split('&');
        let names = names.map(|pair| pair.split('=').next().unwrap_or_default().to_lowercase());
        for name in names {
            if SECRET.iter().any(|word| name.contains(word)) {
                return Err(wrong(format!(
                    "its parameter `{name}` looks like a key, and would reach logs"
                )));
            }
        }
        let (path, api) = without_operation(uri.path().trim_end_matches('/'));
        let query = uri.query().filter(|query| !query.is_empty()).map(str::to_owned);
        let endpoint = Self { scheme: scheme.to_owned(), authority, path: path.to_owned(), query };
        let by_host = endpoint.api_of_host();
        Ok((endpoint, api.or(by_host)))
    }

    /// The kind of server that is known at this host.
    fn api_of_host(&self) -> Option<Api> {
        match self.host() {
            "api.anthropic.com" => Some(Api::Anthropic),
            "generativelanguage.googleapis.com" if !self.path.contains("/openai") => {
                Some(Api::Gemini)
            }
            _ if self.authority.ends_with(":11434") && !self.path.contains("/v1") => {
                Some(Api::Ollama)
            }
            _ => None,
        }
    }

    /// The address of an operation: a path that begins with a slash, and may have a query.
    pub fn url(&self, operation: &str) -> String {
        let Self { scheme, authority, path, query } = self;
        let mut url = format!("{scheme}://{authority}{path}{operation}");
        if let Some(query) = query {
            url.push(if operation.contains('?') { '&' } else { '?' });
            url.push_str(query);
        }
        url
    }

    /// The addresses that may have been meant, this one first: with the prefix of the kind of server
    /// added, taken away, or there once instead of twice.
    pub fn candidates(&self, api: Api) -> Vec<Self> {
        let mut root = self.path.as_str();
        while let Some(shorter) = PREFIXES.iter().find_map(|prefix| root.strip_suffix(prefix)) {
            root = shorter;
        }
        let prefix = api.prefix();
        let paths = [
            self.path.clone(),
            format!("{root}{prefix}"),
            root.to_owned(),
            format!("{root}/api{prefix}"),
        ];
        let mut candidates: Vec<Self> = Vec::new();
        for path in paths {
            let candidate = Self { path, ..self.clone() };
            if !candidates.contains(&candidate) {
                candidates.push(candidate);
            }
        }
        candidates
    }

    /// The host without its port.
    pub fn host(&self) -> &str {
        host_of(&self.authority)
    }

    /// Whether nobody on the way can read what is sent: over TLS, or to this machine.
    pub fn is_private(&self) -> bool {
        self.scheme == "https" || is_loopback(self.host())
    }

    /// Whether an address is on the same server. One that is only a path is.
    pub fn has_origin_of(&self, address: &str) -> bool {
        let Ok(uri) = address.parse::<Uri>() else { return false };
        match (uri.scheme_str(), uri.authority()) {
            (None, None) => address.starts_with('/') && !address.starts_with("//"),
            (Some(scheme), Some(authority)) => {
                scheme == self.scheme && authority.as_str().eq_ignore_ascii_case(&self.authority)
            }
            _ => false,
        }
    }

    /// An address that a redirect names, in full.
    pub fn resolved(&self, address: &str) -> String {
        if address.starts_with('/') && !address.starts_with("//") {
            return format!("{}://{}{address}", self.scheme, self.authority);
        }
        address.to_owned()
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.path)
    }
}

/// Cuts the path of an operation off.
fn without_operation(path: &str) -> (&str, Option<Api>) {
    const OPERATIONS: [(&str, Option<Api>); 7] = [
        ("/chat/completions", Some(Api::Chat)),
        ("/completions", Some(Api::Chat)),
        ("/responses", Some(Api::Responses)),
        ("/messages", Some(Api::Anthropic)),
        ("/api/chat", Some(Api::Ollama)),
        ("/api/generate", Some(Api::Ollama)),
        ("/models", None),
    ];
    if let Some(at) = path.find("/models/").filter(|_| path.contains(":generateContent")) {
        return (&path[..at], Some(Api::Gemini));
    }
    let found = OPERATIONS.iter().find_map(|(end, api)| Some((path.strip_suffix(end)?, *api)));
    found.map_or((path, None), |(path, api)| (path.trim_end_matches('/'), api))
}

/// What stands in front of the first `/`, without user and port.
fn host_of(text: &str) -> &str {
    let authority = text.split(['/', '?']).next().unwrap_or_default();
    let authority = authority.rsplit('@').next().unwrap_or_default();
    match authority.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

/// The address without a name and password in front of the host.
fn without_user(text: &str) -> String {
    let start = text.find("://").map_or(0, |at| at + 3);
    let end = text[start..].find(['/', '?']).map_or(text.len(), |at| start + at);
    match text[start..end].rfind('@') {
        Some(at) => format!("{}{}", &text[..start], &text[start + at + 1..]),
        None => text.split('?').next().unwrap_or_default().to_owned(),
    }
}

/// Whether a host is this machine.
fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether a host is this machine or one of the same network, where TLS is rare.
fn is_near(host: &str) -> bool {
    is_loopback(host) || !host.contains('.') || host.parse::<std::net::IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (String, Option<Api>) {
        let (endpoint, api) = Endpoint::parse(text).unwrap();
        (endpoint.to_string(), api)
    }

    #[test]
    fn an_operation_at_the_end_is_cut_off_and_tells_the_kind() {
        for (given, base, api) in [
            ("http://localhost:8000/v1/", "http://localhost:8000/v1", None),
            ("http://h/v1/chat/completions", "http://h/v1", Some(Api::Chat)),
            ("https://h/v1/messages", "https://h/v1", Some(Api::Anthropic)),
            ("https://h/v1/models", "https://h/v1", None),
            ("http://localhost:11434", "http://localhost:11434", Some(Api::Ollama)),
            ("http://localhost:11434/v1", "http://localhost:11434/v1", None),
            ("https://h/v1beta/models/m:generateContent", "https://h/v1beta", Some(Api::Gemini)),
        ] {
            assert_eq!(parse(given), (base.to_owned(), api), "{given}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_without_its_secrets() {
        for (given, words) in [
            ("localhost:8000/v1", "write http://localhost:8000/v1"),
            ("api.example.com/v1", "write https://api.example.com/v1"),
            ("ftp://h/v1", "http and https"),
            ("http://:80/v1", "host"),
            ("https://me:pass1234@h/v1", "name and password"),
            ("https://h/v1?api_key=pass1234", "looks like a key"),
            ("http://a b", "cannot be read"),
        ] {
            let error = Endpoint::parse(given).unwrap_err().to_string();
            assert!(error.contains(words), "{given}: {error}");
            assert!(!error.contains("pass1234"), "{error}");
        }
    }

    #[test]
    fn paths_that_may_have_been_meant_are_tried_in_order() {
        let candidates = |text: &str, api| {
            let (endpoint, _) = Endpoint::parse(text).unwrap();
            let all = endpoint.candidates(api);
            all.iter().map(|one| one.path.clone()).collect::<Vec<_>>()
        };
        assert_eq!(candidates("http://h", Api::Chat)[..2], ["", "/v1"]);
        assert_eq!(candidates("http://h/v1/v1", Api::Chat)[..2], ["/v1/v1", "/v1"]);
        assert_eq!(candidates("http://h/x/v1", Api::Chat)[..3], ["/x/v1", "/x", "/x/api/v1"]);
        assert!(candidates("http://h:11434/v1", Api::Ollama).contains(&"/api".to_owned()));
        assert!(candidates("http://openrouter.ai", Api::Chat).contains(&"/api/v1".to_owned()));
    }

    #[test]
    fn other_servers_are_other_origins() {
        let (endpoint, _) = Endpoint::parse("http://Host:8000/v1").unwrap();
        for same in ["/v2/x", "http://host:8000/x"] {
            assert!(endpoint.has_origin_of(same), "{same}");
        }
        for other in ["http://host:8001/x", "https://host:8000/x", "//evil/x", "http://evil/", "x"]
        {
            assert!(!endpoint.has_origin_of(other), "{other}");
        }
        assert_eq!(endpoint.resolved("/a"), "http://Host:8000/a");
        let query = Endpoint::parse("http://h/v1?api-version=7").unwrap().0;
        assert_eq!(query.url("/a"), "http://h/v1/a?api-version=7");
        assert_eq!(query.url("/a?b=1"), "http://h/v1/a?b=1&api-version=7");
    }

    #[test]
    fn plain_text_is_private_on_this_machine_only() {
        let is_private = |text: &str| Endpoint::parse(text).unwrap().0.is_private();
        assert!(is_private("http://127.0.0.1:1/v1") && is_private("http://[::1]:1/v1"));
        assert!(is_private("https://h/v1") && !is_private("http://10.0.0.1/v1"));
    }
}
