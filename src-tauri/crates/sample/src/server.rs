//! The server on loopback: HTTP around [`crate::dialect`], with the faults in between.
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;

use crate::dialect::{self, Ask, Reply};
use crate::error::SampleError;
use crate::faults::{Fault, Rule, Rules};
use crate::seed;
use crate::wire::{Connections, Cut, CuttableListener, Ending, Peer};
use crate::world::World;

mod steer;
#[cfg(test)]
mod tests;

/// The largest body that is read: above the largest upload, so that the dialect says what is too large.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// How to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// The instant around which the data lies, and from which the server's clock runs.
    pub now: DateTime<Utc>,
    /// 0 takes a free one.
    pub port: u16,
    /// The zone in which the service account's times without a zone are read.
    pub zone: Tz,
    /// At least this many change requests: beyond those written by hand, variations of them.
    pub changes: u32,
}

impl Options {
    /// The sample organisation around `now`, on a free port.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        Self { now, port: 0, zone: chrono_tz::Europe::Berlin, changes: 0 }
    }
}

/// A request that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// `GET`, `PUT`, `POST`.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// As sent, without the `?`; empty when there was none.
    pub query: String,
    /// Whether it carried an API key.
    pub authenticated: bool,
    /// Bytes of the body.
    pub sent: usize,
    /// The status of the answer; `None` while it is under way, or when it never left.
    pub status: Option<u16>,
}

#[derive(Debug)]
struct Clock {
    base: DateTime<Utc>,
    since: Instant,
    ahead: Duration,
}

impl Clock {
    fn now(&self) -> DateTime<Utc> {
        let run = Duration::from_std(self.since.elapsed()).unwrap_or(Duration::zero());
        self.base + run + self.ahead
    }
}

#[derive(Debug)]
struct Shared {
    world: Mutex<World>,
    log: Mutex<Vec<Logged>>,
    clock: Mutex<Clock>,
    rules: Rules,
    zone: Tz,
    origin: String,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A test that panicked while it held the lock says so itself; the data is whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The running server. Dropping it stops it.
#[derive(Debug)]
pub struct Running {
    shared: Arc<Shared>,
    address: SocketAddr,
    connections: Connections,
    /// Bound and never listening: keeps the port ours while the server is offline.
    _reserved: TcpSocket,
    serving: Mutex<Option<JoinHandle<()>>>,
}

fn bind(port: u16) -> std::io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    Ok(socket)
}

/// Starts the sample server.
///
/// # Errors
/// [`SampleError::Listen`] when the port cannot be had, [`SampleError::Data`] when the sample data is malformed.
pub async fn serve(options: Options) -> Result<Running, SampleError> {
    let world = seed::world(options.now, options.changes)?;
    let listen = |source| SampleError::Listen { port: options.port, source };
    let reserved = bind(options.port).map_err(listen)?;
    let address = reserved.local_addr().map_err(listen)?;
    let shared = Arc::new(Shared {
        world: Mutex::new(world),
        log: Mutex::default(),
        clock: Mutex::new(Clock { base: options.now, since: Instant::now(), ahead: Duration::zero() }),
        rules: Rules::default(),
        zone: options.zone,
        origin: format!("http://{address}"),
    });
    let running = Running {
        shared,
        address,
        connections: Connections::default(),
        _reserved: reserved,
        serving: Mutex::new(None),
    };
    running.come_back()?;
    Ok(running)
}

impl Running {
    /// `http://127.0.0.1:port`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.shared.origin
    }

    /// The service account's key: [`crate::SERVICE_KEY`].
    #[must_use]
    pub fn api_key(&self) -> &'static str {
        crate::SERVICE_KEY
    }

    /// The port in use.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Refuses connections and ends those there are; the data stays.
    pub async fn go_offline(&self) {
        let serving = lock(&self.serving).take();
        if let Some(serving) = serving {
            serving.abort();
            // Its end is what closes the socket; that it was aborted is no news.
            let _ = serving.await;
        }
        self.connections.kill_all();
    }

    /// Accepts connections again, on the same port. Does nothing when the server is online.
    ///
    /// # Errors
    /// [`SampleError::Listen`] when the port cannot be had.
    pub fn come_back(&self) -> Result<(), SampleError> {
        let mut serving = lock(&self.serving);
        if serving.is_some() {
            return Ok(());
        }
        let listen = |source| SampleError::Listen { port: self.address.port(), source };
        let inner: TcpListener = bind(self.address.port()).and_then(|socket| socket.listen(128)).map_err(listen)?;
        let listener = CuttableListener { inner, connections: self.connections.clone() };
        let app = Router::new()
            .fallback(handle)
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .with_state(Arc::clone(&self.shared))
            .into_make_service_with_connect_info::<Peer>();
        *serving = Some(tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, app).await {
                tracing::error!(%error, "the sample server ended");
            }
        }));
        Ok(())
    }

    /// Ends the server.
    pub async fn stop(self) {
        self.go_offline().await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(serving) = lock(&self.serving).take() {
            serving.abort();
        }
        self.connections.kill_all();
    }
}

fn response(reply: Reply) -> Response<Body> {
    let mut out = Response::new(Body::from(reply.body));
    *out.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        match HeaderValue::from_str(&value) {
            Ok(value) => {
                out.headers_mut().insert(HeaderName::from_static(name), value);
            }
            Err(error) => tracing::debug!(%error, name, "the sample server left a header out"),
        }
    }
    out
}

fn header(request: &Request, name: impl header::AsHeaderName) -> Option<String> {
    request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
) -> Response<Body> {
    let method = request.method().as_str().to_owned();
    let path = request.uri().path().to_owned();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let api_key = header(&request, "x-redmine-api-key");
    let content_type = header(&request, header::CONTENT_TYPE).unwrap_or_default();
    let body: Bytes = match axum::body::to_bytes(request.into_body(), MAX_BODY).await {
        Ok(body) => body,
        Err(_) => return response(Reply::html(413, dialect::LOGIN_PAGE)),
    };
    let at = {
        let mut log = lock(&shared.log);
        log.push(Logged {
            method: method.clone(),
            path: path.clone(),
            query: query.clone(),
            authenticated: api_key.is_some(),
            sent: body.len(),
            status: None,
        });
        log.len() - 1
    };
    let ask = Ask {
        method: method.clone(),
        path: path.clone(),
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        api_key,
        content_type,
        body: body.to_vec(),
        origin: shared.origin.clone(),
        now: DateTime::<Utc>::MIN_UTC,
        zone: shared.zone,
    };
    let fault = shared.rules.take(&method, &format!("{path}?{query}"));
    let reply = with_fault(&shared, &peer.cut, ask, fault).await;
    if let Some(reply) = reply {
        // The log may have been cleared meanwhile.
        if let Some(logged) = lock(&shared.log).get_mut(at) {
            logged.status = Some(reply.status);
        }
        return response(reply);
    }
    // Not a byte of this leaves: the connection is cut.
    response(Reply::html(500, ""))
}

fn act(shared: &Shared, mut ask: Ask) -> Reply {
    // The clock is read under the world's lock, so that time stamps never run backwards.
    let mut world = lock(&shared.world);
    ask.now = lock(&shared.clock).now();
    dialect::answer(&mut world, &ask)
}

async fn with_fault(shared: &Shared, cut: &Cut, ask: Ask, fault: Option<Fault>) -> Option<Reply> {
    match fault {
        None => Some(act(shared, ask)),
        Some(Fault::Status { code, retry_after, body }) => {
            let mut reply = Reply::html(code, &body);
            reply.headers.extend(retry_after.map(|after| ("retry-after", after)));
            Some(reply)
        }
        Some(Fault::DropAfterCommit) => {
            act(shared, ask);
            cut.arm(Ending::After(0));
            None
        }
        Some(Fault::DropBeforeCommit) => {
            cut.arm(Ending::After(0));
            None
        }
        Some(Fault::Reset) => {
            cut.arm(Ending::Reset);
            None
        }
        Some(Fault::Truncate(bytes)) => {
            cut.arm(Ending::After(bytes));
            Some(act(shared, ask))
        }
        Some(Fault::Html) => Some(Reply::html(200, dialect::LOGIN_PAGE)),
        Some(Fault::Empty) => {
            Some(Reply { status: 200, headers: vec![("content-type", "application/json".into())], body: Vec::new() })
        }
        Some(Fault::BadJson) => Some(Reply {
            status: 200,
            headers: vec![("content-type", "application/json; charset=utf-8".into())],
            body: b"{\"issues\":[{\"id\":1,\"subject\":\"Rot".to_vec(),
        }),
        Some(Fault::Redirect(to)) => Some(Reply { status: 302, headers: vec![("location", to)], body: Vec::new() }),
        Some(Fault::HoldBefore(gate)) => {
            gate.pass().await;
            Some(act(shared, ask))
        }
        Some(Fault::HoldAfter(gate)) => {
            let reply = act(shared, ask);
            gate.pass().await;
            Some(reply)
        }
    }
}

impl Running {
    /// Orders a fault.
    pub fn fail_next(&self, rule: Rule) {
        self.shared.rules.add(rule);
    }

    /// Takes back all faults that have not struck.
    pub fn heal(&self) {
        self.shared.rules.clear();
    }

    /// All requests so far, in order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Logged> {
        lock(&self.shared.log).clone()
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        lock(&self.shared.log).clear();
    }
}
