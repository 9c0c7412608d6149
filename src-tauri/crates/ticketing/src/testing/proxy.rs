//! A proxy that makes a real server fail in the ways that real networks do, by rules, and logs each request.
//!
//! One request per connection (`Connection: close` both ways), so that a fault concerns exactly one exchange.
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Answered here with a status, headers and a body; the server never sees it.
    Answer {
        /// For example 503.
        status: u16,
        /// `Retry-After: 3` and the like.
        headers: Vec<(String, String)>,
        /// As it is.
        body: Vec<u8>,
    },
    /// The connection is closed before the request reaches the server.
    Reset,
    /// The server carries the request out; its answer is lost.
    DropAfterCommit,
    /// The server's answer with its full Content-Length, but only half of the body.
    Truncate,
    /// The server's answer with some bytes replaced (both texts of any length).
    Replace {
        /// What to look for.
        from: String,
        /// What to put there.
        to: String,
    },
    /// The server's answer, a byte at a time with this pause.
    Drip {
        /// Milliseconds between bytes.
        pause_ms: u64,
    },
    /// Nothing is answered until the proxy ends.
    Hang,
    /// The request reaches the server with another query.
    Rewrite {
        /// A part of the target.
        from: String,
        /// What the server sees instead.
        to: String,
    },
}

impl Fault {
    /// An answer without headers and body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::Answer { status, headers: Vec::new(), body: Vec::new() }
    }

    /// A 200 with a body of a media type.
    #[must_use]
    pub fn ok(media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::Answer { status: 200, headers: vec![("Content-Type".into(), media_type.into())], body: body.into() }
    }
}

/// When a fault happens.
#[derive(Debug, Clone)]
pub struct Rule {
    /// `GET`, or empty for any.
    pub method: String,
    /// A part of path and query.
    pub path: String,
    /// So many matching requests pass first.
    pub after: u32,
    /// Then so many are hit.
    pub times: u32,
    /// What happens to them.
    pub fault: Fault,
}

impl Rule {
    /// The next matching request is hit, once.
    #[must_use]
    pub fn once(method: &str, path: &str, fault: Fault) -> Self {
        Self { method: method.into(), path: path.into(), after: 0, times: 1, fault }
    }

    /// All matching requests are hit.
    #[must_use]
    pub fn always(method: &str, path: &str, fault: Fault) -> Self {
        Self { times: u32::MAX, ..Self::once(method, path, fault) }
    }

    /// The same rule after so many matching requests.
    #[must_use]
    pub fn after(mut self, passed: u32) -> Self {
        self.after = passed;
        self
    }

    /// The same rule for so many requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }
}

/// A request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// `GET`.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Whether it carried an API key.
    pub with_key: bool,
    /// Whether a rule hit it.
    pub hit: bool,
}

/// Requests wait at the proxy until this is dropped.
#[derive(Debug)]
#[must_use]
pub struct Held {
    _until_dropped: watch::Sender<()>,
}

#[derive(Debug)]
struct Hold {
    path: String,
    after: u32,
    seen: u32,
    released: watch::Receiver<()>,
}

impl Hold {
    /// What a request waits for, if it waits.
    fn of(&mut self, target: &str) -> Option<watch::Receiver<()>> {
        if !target.contains(&self.path) {
            return None;
        }
        self.seen += 1;
        (self.seen > self.after).then(|| self.released.clone())
    }
}

#[derive(Debug, Default)]
struct State {
    rules: Vec<(Rule, u32)>,
    holds: Vec<Hold>,
    log: Vec<Logged>,
}

/// The proxy; it ends when dropped.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    arrived: Arc<Notify>,
    accepting: JoinHandle<()>,
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FaultProxy {
    /// Starts on a free loopback port in front of `upstream` (`127.0.0.1:3000`).
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(upstream: &str) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let state = Arc::new(Mutex::new(State::default()));
        let arrived = Arc::new(Notify::new());
        let (shared, notify, upstream) = (Arc::clone(&state), Arc::clone(&arrived), upstream.to_owned());
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (shared, notify, upstream) = (Arc::clone(&shared), Arc::clone(&notify), upstream.clone());
                tokio::spawn(async move {
                    if let Err(error) = exchange(client, &upstream, &shared, &notify).await {
                        tracing::debug!(%error, "an exchange through the fault proxy ended");
                    }
                });
            }
        });
        Ok(Self { address, state, arrived, accepting })
    }

    /// The address to connect to.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Adds a rule; the first that matches and is not used up counts.
    pub fn rule(&self, rule: Rule) {
        locked(&self.state).rules.push((rule, 0));
    }

    /// After so many requests with this part of the target the next ones wait, once they are logged and before the
    /// server sees them, until what this returns is dropped. Rules count for them as for others.
    pub fn hold(&self, part: &str, after: u32) -> Held {
        let (held, released) = watch::channel(());
        locked(&self.state).holds.push(Hold { path: part.to_owned(), after, seen: 0, released });
        Held { _until_dropped: held }
    }

    /// Forgets rules, holds and log; what waits goes on waiting.
    pub fn clear(&self) {
        *locked(&self.state) = State::default();
    }

    /// All requests so far.
    #[must_use]
    pub fn log(&self) -> Vec<Logged> {
        locked(&self.state).log.clone()
    }

    /// How many requests of this method and part of the target came.
    #[must_use]
    pub fn count(&self, method: &str, part: &str) -> usize {
        locked(&self.state).log.iter().filter(|l| l.method == method && l.target.contains(part)).count()
    }

    /// Returns once so many matching requests have arrived.
    pub async fn arrival(&self, method: &str, part: &str, requests: usize) {
        loop {
            let notified = self.arrived.notified();
            if self.count(method, part) >= requests {
                return;
            }
            notified.await;
        }
    }
}

struct Request {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

async fn exchange(mut client: TcpStream, upstream: &str, state: &Mutex<State>, arrived: &Notify) -> io::Result<()> {
    let Some(mut request) = read_request(&mut client).await? else {
        return Ok(());
    };
    let (fault, waits) = {
        let mut state = locked(state);
        let mut fault = None;
        for (rule, seen) in &mut state.rules {
            let matches =
                (rule.method.is_empty() || rule.method == request.method) && request.target.contains(&rule.path);
            if !matches {
                continue;
            }
            *seen += 1;
            if *seen > rule.after && *seen - rule.after <= rule.times {
                fault = Some(rule.fault.clone());
                break;
            }
        }
        let with_key = request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("x-redmine-api-key"));
        state.log.push(Logged {
            method: request.method.clone(),
            target: request.target.clone(),
            with_key,
            hit: fault.is_some(),
        });
        let waits: Vec<_> = state.holds.iter_mut().filter_map(|hold| hold.of(&request.target)).collect();
        (fault, waits)
    };
    arrived.notify_waiters();
    for mut released in waits {
        // Nothing is ever sent: it ends with an error once the other side is dropped.
        while released.changed().await.is_ok() {}
    }
    match &fault {
        Some(Fault::Reset) => {
            // Closing with unread bytes or lingering zero would both do; dropping is enough for the client.
            return Ok(());
        }
        Some(Fault::Hang) => {
            let mut byte = [0u8; 1];
            while client.read(&mut byte).await? > 0 {}
            return Ok(());
        }
        Some(Fault::Answer { status, headers, body }) => {
            let mut head =
                format!("HTTP/1.1 {status} Fault\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            head.push_str("\r\n");
            client.write_all(head.as_bytes()).await?;
            client.write_all(body).await?;
            return client.shutdown().await;
        }
        Some(Fault::Rewrite { from, to }) => request.target = request.target.replace(from, to),
        Some(Fault::DropAfterCommit | Fault::Truncate | Fault::Replace { .. } | Fault::Drip { .. }) | None => {}
    }
    let mut server = TcpStream::connect(upstream).await?;
    send(&mut server, upstream, &request).await?;
    // `Connection: close` was asked for, so the answer ends with the connection.
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    match fault {
        Some(Fault::DropAfterCommit) => Ok(()),
        Some(Fault::Truncate) => {
            let head = answer.windows(4).position(|w| w == b"\r\n\r\n").map_or(answer.len(), |at| at + 4);
            let half = head + (answer.len() - head) / 2;
            client.write_all(&answer[..half]).await?;
            client.shutdown().await
        }
        Some(Fault::Replace { from, to }) => {
            client.write_all(&replaced(&answer, &from, &to)).await?;
            client.shutdown().await
        }
        Some(Fault::Drip { pause_ms }) => {
            for byte in answer {
                client.write_all(&[byte]).await?;
                client.flush().await?;
                tokio::time::sleep(Duration::from_millis(pause_ms)).await;
            }
            client.shutdown().await
        }
        Some(Fault::Answer { .. } | Fault::Reset | Fault::Hang | Fault::Rewrite { .. }) | None => {
            client.write_all(&answer).await?;
            client.shutdown().await
        }
    }
}

async fn read_request(client: &mut TcpStream) -> io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    let mut piece = [0u8; 16 * 1024];
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break at;
        }
        let read = client.read(&mut piece).await?;
        if read == 0 {
            return Ok(None);
        }
        bytes.extend_from_slice(&piece[..read]);
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (first.next().unwrap_or_default().to_owned(), first.next().unwrap_or_default().to_owned());
    let headers: Vec<(String, String)> =
        lines.filter_map(|l| l.split_once(':')).map(|(n, v)| (n.trim().to_owned(), v.trim().to_owned())).collect();
    let length = headers
        .iter()
        .find(|(n, _)| n.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, v)| v.parse::<usize>().ok())
        .unwrap_or(0);
    let mut body = bytes.split_off(head_end + 4);
    while body.len() < length {
        let read = client.read(&mut piece).await?;
        if read == 0 {
            break;
        }
        body.extend_from_slice(&piece[..read]);
    }
    Ok(Some(Request { method, target, headers, body }))
}

async fn send(server: &mut TcpStream, upstream: &str, request: &Request) -> io::Result<()> {
    let mut head =
        format!("{} {} HTTP/1.1\r\nHost: {upstream}\r\nConnection: close\r\n", request.method, request.target);
    for (name, value) in &request.headers {
        let dropped = ["host", "connection", "accept-encoding"];
        if !dropped.iter().any(|d| name.eq_ignore_ascii_case(d)) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    head.push_str("\r\n");
    server.write_all(head.as_bytes()).await?;
    server.write_all(&request.body).await
}

/// The answer with the body changed and its length set right.
fn replaced(answer: &[u8], from: &str, to: &str) -> Vec<u8> {
    let Some(end) = answer.windows(4).position(|w| w == b"\r\n\r\n") else {
        return answer.to_vec();
    };
    let body = String::from_utf8_lossy(&answer[end + 4..]).replace(from, to);
    let head = String::from_utf8_lossy(&answer[..end]);
    let mut out: Vec<String> = head
        .split("\r\n")
        .filter(|l| !l.to_ascii_lowercase().starts_with("content-length:"))
        .map(str::to_owned)
        .collect();
    out.push(format!("Content-Length: {}", body.len()));
    let mut bytes = out.join("\r\n").into_bytes();
    bytes.extend_from_slice(b"\r\n\r\n");
    bytes.extend_from_slice(body.as_bytes());
    bytes
}
