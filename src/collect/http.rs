//! One exchange over HTTP, within limits of time and size.
//!
//! Comes in: an address, headers and a body. Goes out: a [`Reply`] of any status, or why there is none
//! ([`Broken`]). Redirects are not followed: `client` decides. Called by `client` and by `prompts`.

use super::clock;
use std::{
    io::Read,
    sync::Arc,
    time::{Duration, SystemTime},
};
use ureq::{
    Agent,
    http::{HeaderMap, Request},
    tls::{RootCerts, TlsConfig, TlsProvider},
};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(30);

/// A client of HTTP.
#[derive(Debug, Clone)]
pub(super) struct Http(Agent);

/// What a server sent.
#[derive(Debug)]
pub(super) struct Reply {
    pub status: u16,
    /// How long it asks to wait.
    pub retry_after: Option<Duration>,
    /// Where it sends on to.
    pub location: Option<String>,
    pub bytes: Vec<u8>,
    /// It is longer than was allowed; `bytes` is its beginning.
    pub too_long: bool,
    /// Why it broke off in its middle.
    pub cut: Option<String>,
}

/// Why there is no reply.
#[derive(Debug)]
pub(super) enum Broken {
    /// Nobody answers there.
    Unreachable(String),
    /// The certificate or the way of encryption is not accepted.
    Tls(String),
    /// It took too long.
    TimedOut,
    /// The connection was closed, or what came is no HTTP.
    Cut(String),
    /// The request cannot be made.
    Invalid(String),
}

impl Http {
    /// A client of which each exchange may take so long, from its first byte to its last.
    pub fn new(timeout: Duration) -> Self {
        // The verifier of the system: the certificates of a company's own authority count.
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(timeout))
            .user_agent(concat!("cotprint/", env!("CARGO_PKG_VERSION")))
            .build();
        Self(config.new_agent())
    }

    /// Sends a request, a `POST` where there is a body, and reads at most `limit` bytes of the reply.
    pub fn send(
        &self,
        url: &str,
        headers: &[(String, String)],
        body: Option<&[u8]>,
        limit: usize,
    ) -> Result<Reply, Broken> {
        let mut request =
            Request::builder().uri(url).method(if body.is_some() { "POST" } else { "GET" });
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let invalid = |error: ureq::http::Error| Broken::Invalid(error.to_string());
        let response = match body {
            Some(body) => {
                let request = request.header("content-type", "application/json");
                self.0.run(request.body(body).map_err(invalid)?)
            }
            None => self.0.run(request.body(()).map_err(invalid)?),
        };
        let mut response = response.map_err(broken)?;
        let header = |name: &str| text(response.headers(), name);
        let milliseconds = header("retry-after-ms").and_then(|text| text.trim().parse().ok());
        let retry_after = milliseconds.map(Duration::from_millis).or_else(|| {
            header("retry-after").and_then(|text| clock::retry_after(&text, SystemTime::now()))
        });
        let (status, location) = (response.status().as_u16(), header("location"));
        let (bytes, too_long, cut) = read(response.body_mut().as_reader(), limit);
        Ok(Reply { status, retry_after, location, bytes, too_long, cut })
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// Reads to the end, the limit, or the last event of a stream: some servers keep the connection open
/// after it.
fn read(mut reader: impl Read, limit: usize) -> (Vec<u8>, bool, Option<String>) {
    const LAST: [&[u8]; 3] = [b"\ndata: [DONE]", b"\ndata:[DONE]", b"\nevent: message_stop"];
    let mut bytes = Vec::new();
    let mut buffer = [0_u8; 16 << 10];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return (bytes, false, None),
            Ok(count) => {
                let seen = bytes.len().saturating_sub(32);
                bytes.extend_from_slice(buffer.get(..count).unwrap_or_default());
                if bytes.len() > limit {
                    bytes.truncate(limit);
                    return (bytes, true, None);
                }
                let fresh = bytes.get(seen..).unwrap_or_default();
                if LAST.iter().any(|last| memchr::memmem::find(fresh, last).is_some()) {
                    return (bytes, false, None);
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return (bytes, false, Some(error.to_string())),
        }
    }
}

fn broken(error: ureq::Error) -> Broken {
    use std::io::ErrorKind::{ConnectionRefused, NetworkUnreachable, TimedOut};
    use ureq::Error as E;
    match error {
        E::Timeout(_) => Broken::TimedOut,
        E::HostNotFound => Broken::Unreachable("there is no host of this name".into()),
        E::ConnectionFailed => Broken::Unreachable("the connection failed".into()),
        E::Io(error) if [ConnectionRefused, NetworkUnreachable].contains(&error.kind()) => {
            Broken::Unreachable(error.to_string())
        }
        E::Io(error) if error.kind() == TimedOut => Broken::TimedOut,
        // rustls reports through `io::Error` while the connection is made.
        E::Io(error) if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => {
            Broken::Tls(error.to_string())
        }
        E::Tls(problem) => Broken::Tls(problem.into()),
        E::Rustls(error) => Broken::Tls(error.to_string()),
        E::BadUri(problem) => Broken::Invalid(problem),
        E::Http(error) => Broken::Invalid(error.to_string()),
        error => Broken::Cut(error.to_string()),
    }
}

impl Broken {
    /// Why, in words that follow "it does not answer:" or stand alone.
    pub fn sentence(&self) -> String {
        match self {
            Self::Unreachable(problem) | Self::Cut(problem) | Self::Invalid(problem) => {
                problem.clone()
            }
            Self::Tls(problem) => {
                format!("its certificate or encryption is not accepted ({problem})")
            }
            Self::TimedOut => "it took longer than is waited".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_ends_at_the_limit_and_at_the_last_event() {
        let (bytes, too_long, _) = read(&b"0123456789"[..], 4);
        assert_eq!((bytes.as_slice(), too_long), (&b"0123"[..], true));
        let stream = b"data: {}\n\ndata: [DONE]\n\n".chain(std::io::repeat(b':'));
        let (bytes, too_long, cut) = read(stream.take(1 << 30), 1 << 20);
        assert!(!too_long && cut.is_none() && bytes.len() < 1 << 16);
    }
}
