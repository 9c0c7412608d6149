//! A timestamping service over HTTP (RFC 3161, 3.4). No ticketing system: it stands here because nothing else speaks HTTP
//! outwards. It sees the digest of a signature and never a document.
use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;
use url::Url;

use crate::address::acceptable;
use crate::errors::TicketingError;
use crate::http::{Call, Endpoint, Http, Limits};

const SYSTEM: &str = "timestamping service";
/// The largest reply that is read, in bytes: a token with its certificates has less than a tenth of it.
const LARGEST_REPLY: usize = 64 << 10;
/// How long an answer may take: somebody waits to seal.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// A client of one timestamping service.
#[derive(Debug)]
pub struct TimestampService {
    http: Http,
}

/// Judges the address of a timestamping service: `https://`, or `http://` on this machine. It stays as it was given, with
/// its query.
///
/// # Errors
/// [`TicketingError::Address`] with what is right.
pub fn acceptable_service(address: &str) -> Result<Url, TicketingError> {
    let wanted = || TicketingError::Address {
        why: "the address of a timestamping service begins with https://, or with http:// on this machine".to_owned(),
    };
    acceptable(address, false).map_err(|_| wanted())?;
    let mut url = Url::parse(address.trim()).map_err(|_| wanted())?;
    url.set_fragment(None);
    Ok(url)
}

impl TimestampService {
    /// Prepares a client; nothing is sent yet. Of the bounds of `endpoint` the shorter ones hold.
    ///
    /// # Errors
    /// [`TicketingError::Address`] when the address, proxy or certificates are unacceptable.
    pub fn new(endpoint: &Endpoint) -> Result<Self, TicketingError> {
        let base = acceptable_service(&endpoint.address)?;
        let given = &endpoint.limits;
        let limits = Limits {
            total_file: given.total_file.min(LONGEST_WAIT),
            file_bytes: LARGEST_REPLY,
            json_bytes: LARGEST_REPLY,
            ..given.clone()
        };
        let endpoint = Endpoint { limits, ..endpoint.clone() };
        Ok(Self { http: Http::over(&endpoint, base, SYSTEM, HeaderMap::new())? })
    }

    /// Sends a TimeStampReq, DER, once, and brings the reply, at most 64 KiB.
    ///
    /// # Errors
    /// Whatever kept an `application/timestamp-reply` from coming, in words.
    pub async fn ask(&self, request: &[u8]) -> Result<Vec<u8>, TicketingError> {
        let call = Call {
            method: Method::POST,
            path: String::new(),
            query: Vec::new(),
            body: Some(("application/timestamp-query", request.to_vec())),
            file: true,
        };
        let reply = self.http.send(call).await?;
        if reply.media_type != "application/timestamp-reply" {
            let why = format!("it sent {:?}, not a timestamp", reply.media_type);
            return Err(TicketingError::Protocol { system: SYSTEM, what: reply.what, why });
        }
        Ok(reply.bytes)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// Answers one request, whatever it is, and gives back its bytes.
    async fn once(answer: Vec<u8>) -> (String, tokio::task::JoinHandle<Vec<u8>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}/stamp?policy=1", listener.local_addr().expect("bound"));
        let served = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let (mut seen, mut piece) = (Vec::new(), [0; 4096]);
            while !seen.ends_with(b"QUERY") {
                let read = stream.read(&mut piece).await.expect("readable");
                assert!(read > 0, "the request ends with what was asked");
                seen.extend_from_slice(&piece[..read]);
            }
            // Who was told enough closes the connection.
            let _closed = stream.write_all(&answer).await;
            let _closed = stream.shutdown().await;
            seen
        });
        (address, served)
    }

    fn answer(status: &str, media_type: &str, body: &[u8]) -> Vec<u8> {
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        [head.as_bytes(), body].concat()
    }

    #[tokio::test]
    async fn the_query_is_posted_as_it_is_and_the_reply_comes_back() {
        let (address, served) = once(answer("200 OK", "application/timestamp-reply", b"REPLY")).await;
        let service = TimestampService::new(&Endpoint::at(&address)).expect("acceptable");
        assert_eq!(service.ask(b"QUERY").await.expect("answered"), b"REPLY");
        let seen = String::from_utf8_lossy(&served.await.expect("served")).into_owned();
        assert!(seen.starts_with("POST /stamp?policy=1 HTTP/1.1\r\n"), "{seen}");
        assert!(seen.to_ascii_lowercase().contains("content-type: application/timestamp-query\r\n"), "{seen}");
    }

    #[tokio::test]
    async fn what_is_no_reply_is_an_error_that_says_so() {
        let reply = "application/timestamp-reply";
        for (answer, told) in [
            (answer("200 OK", "text/html", b"<html>"), "text/html"),
            (answer("200 OK", reply, &vec![0; LARGEST_REPLY + 1]), "more than 64 KiB"),
            (answer("302 Found\r\nLocation: https://example.org/", reply, b""), "redirects are not followed"),
            (answer("503 Busy", reply, b""), "503"),
        ] {
            let (address, _served) = once(answer).await;
            let service = TimestampService::new(&Endpoint::at(&address)).expect("acceptable");
            let refused = service.ask(b"QUERY").await.expect_err("refused").to_string();
            assert!(refused.contains(told), "{refused} does not say {told}");
        }
    }

    #[test]
    fn only_https_and_this_machine_are_asked() {
        for (address, kept) in [
            ("https://stamp.example.org/tsr", Some("https://stamp.example.org/tsr")),
            (" https://stamp.example.org/tsr?a=1#b", Some("https://stamp.example.org/tsr?a=1")),
            ("http://127.0.0.1:318/", Some("http://127.0.0.1:318/")),
            ("http://stamp.example.org/", None),
            ("http://10.0.0.1/", None),
            ("https://name:word@stamp.example.org/", None),
            ("stamp.example.org", None),
            ("", None),
        ] {
            assert_eq!(acceptable_service(address).ok().as_ref().map(Url::as_str), kept, "{address}");
        }
    }
}
