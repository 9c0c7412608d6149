//! One HTTP request at a time, with the caps that hostile or broken servers call for.
//!
//! No retries and no waiting here: the engine owns those. No redirect is ever followed, so no credential
//! reaches another origin.
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{ACCEPT, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use url::Url;

use crate::address::{acceptable, is_loopback};
use crate::errors::{Effect, TicketingError};
use crate::json_depth::depth_within;

/// Bounds of every request. The defaults are the product's; tests shorten them.
#[derive(Debug, Clone)]
pub struct Limits {
    /// To a connection.
    pub connect: Duration,
    /// Between two pieces of an answer.
    pub idle: Duration,
    /// For a whole answer in JSON, so that a slow drip ends.
    pub total: Duration,
    /// For a whole file.
    pub total_file: Duration,
    /// Bytes of a JSON answer, counted after decompression.
    pub json_bytes: usize,
    /// Bytes of a file.
    pub file_bytes: usize,
    /// Nesting of a JSON answer.
    pub json_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            total: Duration::from_secs(180),
            total_file: Duration::from_secs(1800),
            json_bytes: 32 << 20,
            file_bytes: 64 << 20,
            json_depth: 40,
        }
    }
}

/// How to reach a server.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// As the person entered it; judged by [`acceptable`].
    pub address: String,
    /// Consent to http on a private network.
    pub consent_plain_http: bool,
    /// A proxy of the organisation, `http://proxy:3128`; empty for none at all; `None` takes the environment's.
    pub proxy: Option<String>,
    /// Further certificate roots in PEM, for an own certification authority.
    pub extra_roots_pem: Option<String>,
    /// Bounds.
    pub limits: Limits,
}

impl Endpoint {
    /// An address with the product's bounds and no special settings.
    #[must_use]
    pub fn at(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            consent_plain_http: false,
            proxy: None,
            extra_roots_pem: None,
            limits: Limits::default(),
        }
    }
}

/// A client for one server and one credential.
#[derive(Debug)]
pub struct Http {
    client: reqwest::Client,
    base: Url,
    limits: Limits,
    system: &'static str,
}

/// What to send.
#[derive(Debug)]
pub struct Call<'a> {
    /// GET, POST or PUT.
    pub method: Method,
    /// Below the base address, without a leading slash.
    pub path: String,
    /// Unencoded pairs.
    pub query: Vec<(&'a str, String)>,
    /// Body and its type.
    pub body: Option<(&'static str, Vec<u8>)>,
    /// Whether the answer is a file and not JSON.
    pub file: bool,
}

impl<'a> Call<'a> {
    /// A read.
    #[must_use]
    pub fn get(path: impl Into<String>, query: Vec<(&'a str, String)>) -> Self {
        Self { method: Method::GET, path: path.into(), query, body: None, file: false }
    }

    /// For messages and evidence: method, path and query, no host, no credential.
    #[must_use]
    pub fn what(&self) -> String {
        let query: Vec<String> = self.query.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{} /{}{mark}{}", self.method, self.path, query.join("&"))
    }
}

/// What came back with a 2xx.
#[derive(Debug)]
pub struct Reply {
    /// The body, decompressed.
    pub bytes: Vec<u8>,
    /// Lower-case media type without parameters.
    pub media_type: String,
    /// The server's clock, where it tells it.
    pub date: Option<DateTime<Utc>>,
    /// See [`Call::what`].
    pub what: String,
}

impl Http {
    /// Prepares a client; nothing is sent yet.
    ///
    /// # Errors
    /// [`TicketingError::Address`] when the address, proxy or certificates are unacceptable.
    pub fn new(
        endpoint: &Endpoint,
        system: &'static str,
        key_header: &'static str,
        key: &SecretString,
    ) -> Result<Self, TicketingError> {
        let base = acceptable(&endpoint.address, endpoint.consent_plain_http)?;
        let mut secret = HeaderValue::from_str(key.expose_secret())
            .map_err(|_| TicketingError::Address { why: "the API key contains characters that no key has".into() })?;
        secret.set_sensitive(true);
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(key_header), secret);
        Self::over(endpoint, base, system, headers)
    }

    /// A client for an address that was judged, with these headers in each request.
    pub(crate) fn over(
        endpoint: &Endpoint,
        base: Url,
        system: &'static str,
        headers: HeaderMap,
    ) -> Result<Self, TicketingError> {
        let address = |why: String| TicketingError::Address { why };
        // The process-wide provider may have been set by the host already; either is ring.
        let _already_set = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .default_headers(headers)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(endpoint.limits.connect)
            .read_timeout(endpoint.limits.idle)
            .user_agent(concat!("Cabinet/", env!("CARGO_PKG_VERSION")));
        let loopback = base.host().is_some_and(|host| is_loopback(&host.to_owned()));
        if loopback || endpoint.proxy.as_deref() == Some("") {
            builder = builder.no_proxy();
        } else if let Some(proxy) = &endpoint.proxy {
            let proxy = reqwest::Proxy::all(proxy)
                .map_err(|e| address(format!("the proxy's address is not acceptable: {e}")))?;
            builder = builder.proxy(proxy);
        }
        if let Some(pem) = &endpoint.extra_roots_pem {
            let roots = reqwest::Certificate::from_pem_bundle(pem.as_bytes())
                .map_err(|e| address(format!("the certificate file cannot be read: {e}")))?;
            builder = builder.tls_certs_merge(roots);
        }
        let client = builder.build().map_err(|e| address(format!("no connection can be prepared: {}", chain(&e))))?;
        Ok(Self { client, base, limits: endpoint.limits.clone(), system })
    }

    /// The base address, ending in `/`.
    #[must_use]
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// The bounds in force.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Sends one request and reads the whole answer, once.
    ///
    /// # Errors
    /// Everything but a 2xx of the right type within the bounds; see [`TicketingError`].
    pub async fn send(&self, call: Call<'_>) -> Result<Reply, TicketingError> {
        let what = call.what();
        let mut url = self
            .base
            .join(&call.path)
            .map_err(|_| TicketingError::Address { why: format!("/{} is not a path of the server", call.path) })?;
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query.iter().map(|(k, v)| (*k, v.as_str())));
        }
        let total = if call.file { self.limits.total_file } else { self.limits.total };
        let mut request = self.client.request(call.method.clone(), url).timeout(total);
        request = request.header(ACCEPT, if call.file { "*/*" } else { "application/json" });
        if let Some((media_type, bytes)) = call.body {
            request = request.header(CONTENT_TYPE, media_type).body(bytes);
        }
        let response = request.send().await.map_err(|e| self.failed(&what, &e))?;
        let status = response.status();
        let headers = response.headers().clone();
        let cap = if call.file && status.is_success() { self.limits.file_bytes } else { self.limits.json_bytes };
        if status.is_redirection() {
            return Err(self.redirected(&what, &headers));
        }
        let read = self.read(response, cap, &what).await;
        if !status.is_success() {
            // The status counts even when its explanation was cut off or oversized.
            return Err(self.refused(status, &headers, &read.unwrap_or_default(), what));
        }
        let bytes = read?;
        let media_type = headers
            .get(CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .map(|v| v.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
            .unwrap_or_default();
        let date = headers.get(DATE).and_then(|v| v.to_str().ok()).and_then(http_date);
        Ok(Reply { bytes, media_type, date, what })
    }

    /// Sends a read and parses the JSON answer within the depth cap.
    ///
    /// # Errors
    /// As [`Self::send`], and [`TicketingError::Protocol`] when the answer is not the expected JSON.
    pub async fn get_json<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<(T, Reply), TicketingError> {
        let reply = self.send(call).await?;
        let value = self.json(&reply)?;
        Ok((value, reply))
    }

    /// Parses a reply as JSON.
    ///
    /// # Errors
    /// [`TicketingError::Protocol`] or [`TicketingError::TooLarge`].
    pub fn json<'r, T: serde::Deserialize<'r>>(&self, reply: &'r Reply) -> Result<T, TicketingError> {
        let protocol = |why: String| TicketingError::Protocol { system: self.system, what: reply.what.clone(), why };
        if reply.media_type != "application/json" {
            let hint = if reply.media_type == "text/html" || reply.bytes.trim_ascii_start().starts_with(b"<") {
                "it sent a page for people (HTML); is REST switched on, and is there a log-in or a proxy in between?"
            } else {
                "it is not JSON"
            };
            return Err(protocol(format!("{hint} (content type {:?})", reply.media_type)));
        }
        if reply.bytes.is_empty() {
            return Err(protocol("the answer is empty".into()));
        }
        if !depth_within(&reply.bytes, self.limits.json_depth) {
            let why = format!("JSON nested deeper than {}", self.limits.json_depth);
            return Err(TicketingError::TooLarge { what: reply.what.clone(), why });
        }
        serde_json::from_slice(&reply.bytes).map_err(|e| protocol(format!("the JSON cannot be read: {e}")))
    }

    async fn read(&self, response: reqwest::Response, cap: usize, what: &str) -> Result<Vec<u8>, TicketingError> {
        let mut response = response;
        let mut bytes = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|e| self.failed(what, &e))? {
            if bytes.len() + piece.len() > cap {
                let why = if cap < 1 << 20 {
                    format!("more than {} KiB", cap >> 10)
                } else {
                    format!("more than {} MiB", cap >> 20)
                };
                return Err(TicketingError::TooLarge { what: what.to_owned(), why });
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }

    fn failed(&self, what: &str, error: &reqwest::Error) -> TicketingError {
        let words = chain(error);
        if error.is_connect() && (words.contains("certificate") || words.contains("UnknownIssuer")) {
            return TicketingError::Address {
                why: format!(
                    "the server's certificate is not accepted ({words}); add your own certification authority to the connection"
                ),
            };
        }
        if error.is_builder() {
            return TicketingError::Address { why: words };
        }
        let why = if error.is_connect() {
            format!("no connection: {words}")
        } else if error.is_timeout() {
            format!("no answer in time: {words}")
        } else {
            format!("the connection broke off: {words}")
        };
        let effect = if error.is_connect() { Effect::None } else { Effect::Possible };
        TicketingError::Transient { what: what.to_owned(), why, effect, wait: None }
    }

    fn redirected(&self, what: &str, headers: &HeaderMap) -> TicketingError {
        let target = headers.get(LOCATION).and_then(|v| v.to_str().ok()).and_then(|v| self.base.join(v).ok());
        match target {
            Some(url) if url.path().ends_with("/login") => TicketingError::Auth { what: what.to_owned() },
            Some(mut url) => {
                url.set_query(None);
                url.set_fragment(None);
                TicketingError::Protocol {
                    system: self.system,
                    what: what.to_owned(),
                    why: format!(
                        "it points to {url}; redirects are not followed, since they would carry the API key along. Enter the new address if you trust it"
                    ),
                }
            }
            None => TicketingError::Protocol {
                system: self.system,
                what: what.to_owned(),
                why: "a redirect to nowhere".into(),
            },
        }
    }

    fn refused(&self, status: StatusCode, headers: &HeaderMap, body: &[u8], what: String) -> TicketingError {
        let reasons = reasons(body);
        let wait = headers.get(RETRY_AFTER).and_then(|v| v.to_str().ok()).and_then(|v| {
            let date = headers.get(DATE).and_then(|v| v.to_str().ok()).and_then(http_date);
            retry_after(v, date)
        });
        match status.as_u16() {
            401 => TicketingError::Auth { what },
            403 => TicketingError::Forbidden { what, reason: reasons.join("; ") },
            404 | 410 => TicketingError::Gone { what },
            409 | 412 => TicketingError::Conflict { what },
            // A stale lock_version: Redmine gives no reason at all.
            422 if reasons.is_empty() => TicketingError::Conflict { what },
            408 => TicketingError::Transient {
                what,
                why: "the server gave up waiting (408)".into(),
                effect: Effect::Possible,
                wait,
            },
            429 => TicketingError::RateLimited { what, wait },
            400..=499 => {
                let reasons = if reasons.is_empty() { vec![format!("status {status}")] } else { reasons };
                TicketingError::Invalid { what, reasons }
            }
            _ => TicketingError::Transient { what, why: format!("status {status}"), effect: Effect::Possible, wait },
        }
    }
}

/// The server's reasons in an error body: `{"errors": [...]}`, or nothing.
fn reasons(body: &[u8]) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Errors {
        errors: Vec<String>,
    }
    if !depth_within(body, 8) {
        return Vec::new();
    }
    serde_json::from_slice::<Errors>(body)
        .map(|e| e.errors.iter().take(10).map(|r| r.chars().take(300).collect()).collect())
        .unwrap_or_default()
}

/// Retry-After in seconds or as a date (RFC 9110 10.2.3), clamped to 1 s – 1 h; a date is read against the
/// server's own clock, and is of no use without it.
#[must_use]
pub fn retry_after(value: &str, server_now: Option<DateTime<Utc>>) -> Option<Duration> {
    let seconds = match value.trim().parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) if value.trim().bytes().all(|b| b.is_ascii_digit()) && !value.trim().is_empty() => u64::MAX,
        Err(_) => {
            let until = http_date(value)?;
            u64::try_from((until - server_now?).num_seconds()).unwrap_or(0)
        }
    };
    Some(Duration::from_secs(seconds.clamp(1, 3600)))
}

fn http_date(value: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(value.trim()).ok().map(|d| d.with_timezone(&Utc))
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut words = Vec::new();
    let mut next: Option<&dyn std::error::Error> = error.source();
    while let Some(source) = next {
        words.push(source.to_string());
        next = source.source();
    }
    if words.is_empty() {
        // The outermost text names the address; without a source it is all there is.
        words.push(error.to_string());
    }
    words.dedup();
    words.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c57_retry_after_is_read_in_both_forms_and_clamped() {
        let now = http_date("Sat, 21 Nov 2026 21:00:00 GMT");
        for (value, now, seconds) in [
            ("3", None, Some(3)),
            ("0", None, Some(1)),
            ("86400", None, Some(3600)),
            ("99999999999999999999999999", None, Some(3600)),
            ("Sat, 21 Nov 2026 21:00:40 GMT", now, Some(40)),
            ("Sat, 21 Nov 2026 20:00:00 GMT", now, Some(1)),
            ("Sat, 21 Nov 2026 21:00:40 GMT", None, None),
            ("soon", now, None),
            ("", now, None),
            ("-5", now, None),
        ] {
            assert_eq!(retry_after(value, now).map(|d| d.as_secs()), seconds, "{value:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_retry_after_is_a_clamped_wait_or_none(value in "\\PC{0,40}|[0-9]{1,30}|[A-Z][a-z]{2}, [0-9]{1,2} [A-Z][a-z]{2} [0-9]{2,6} [0-9:]{0,8} GMT") {
            if let Some(wait) = retry_after(&value, http_date("Sat, 21 Nov 2026 21:00:00 GMT")) {
                proptest::prop_assert!((1..=3600).contains(&wait.as_secs()));
            }
        }
    }

    #[test]
    fn reasons_are_read_bounded_and_only_from_the_known_shape() {
        assert_eq!(reasons(br#"{"errors":["Status is invalid"]}"#), ["Status is invalid"]);
        assert!(reasons(br#"{"errors":[]}"#).is_empty());
        assert!(reasons(b"<html>").is_empty());
        assert!(reasons(b"").is_empty());
        let long = format!(r#"{{"errors":["{}"]}}"#, "x".repeat(5000));
        assert_eq!(reasons(long.as_bytes())[0].len(), 300);
    }
}
