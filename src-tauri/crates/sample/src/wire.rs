//! A listener whose connections can be cut: faults that no HTTP answer can express happen below HTTP.
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::task::{Context, Poll, Waker};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// How a connection ends before its answer is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Closed politely (FIN) after this many more bytes.
    After(usize),
    /// Torn down (RST) with nothing sent.
    Reset,
}

#[derive(Debug, Default)]
struct State {
    ending: Option<Ending>,
    dead: bool,
    reader: Option<Waker>,
}

/// The scissors of one connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cut(Arc<Mutex<State>>);

impl Cut {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The answer that is written next ends so.
    pub(crate) fn arm(&self, ending: Ending) {
        self.state().ending = Some(ending);
    }

    /// Ends the connection now.
    pub(crate) fn kill(&self) {
        let mut state = self.state();
        state.dead = true;
        if let Some(waker) = state.reader.take() {
            waker.wake();
        }
    }
}

/// The living connections, so that going offline can end them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connections(Arc<Mutex<Vec<Weak<Mutex<State>>>>>);

impl Connections {
    fn add(&self, cut: &Cut) {
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.retain(|known| known.strong_count() > 0);
        all.push(Arc::downgrade(&cut.0));
    }

    pub(crate) fn kill_all(&self) {
        let all = std::mem::take(&mut *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        for state in all.iter().filter_map(Weak::upgrade) {
            Cut(state).kill();
        }
    }
}

/// Accepts connections that carry their [`Cut`].
#[derive(Debug)]
pub(crate) struct CuttableListener {
    pub(crate) inner: TcpListener,
    pub(crate) connections: Connections,
}

/// What a handler learns of its connection.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) cut: Cut,
}

impl Listener for CuttableListener {
    type Io = CuttableStream;
    type Addr = Peer;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            match self.inner.accept().await {
                Ok((stream, _)) => {
                    // Small answers on a keep-alive connection would otherwise wait for delayed ACKs.
                    if let Err(error) = stream.set_nodelay(true) {
                        tracing::debug!(%error, "the sample server could not set TCP_NODELAY");
                    }
                    let cut = Cut::default();
                    self.connections.add(&cut);
                    return (CuttableStream { inner: stream, cut: cut.clone() }, Peer { cut });
                }
                // A client that gave up while it queued; the listener itself is well.
                Err(error) => {
                    tracing::debug!(%error, "the sample server lost a connection before accepting it");
                    // Out of file descriptors the same error would come at once for ever.
                    tokio::task::yield_now().await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.inner.local_addr().map(|_: SocketAddr| Peer { cut: Cut::default() })
    }
}

impl Connected<IncomingStream<'_, CuttableListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, CuttableListener>) -> Self {
        stream.remote_addr().clone()
    }
}

/// A TCP stream with scissors.
#[derive(Debug)]
pub(crate) struct CuttableStream {
    inner: TcpStream,
    cut: Cut,
}

fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, "cut by the sample server")
}

impl AsyncRead for CuttableStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        {
            let mut state = self.cut.state();
            if state.dead {
                return Poll::Ready(Err(gone()));
            }
            state.reader = Some(cx.waker().clone());
        }
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let allowed = {
            let mut state = self.cut.state();
            match (state.dead, state.ending) {
                (true, _) => return Poll::Ready(Err(gone())),
                (false, None) => buf.len(),
                (false, Some(Ending::After(0))) => {
                    state.dead = true;
                    return Poll::Ready(Err(gone()));
                }
                (false, Some(Ending::After(left))) => left.min(buf.len()),
                (false, Some(Ending::Reset)) => {
                    state.dead = true;
                    drop(state);
                    if let Err(error) = self.inner.set_zero_linger() {
                        tracing::debug!(%error, "the sample server closes instead of resetting");
                    }
                    return Poll::Ready(Err(gone()));
                }
            }
        };
        let written = std::task::ready!(Pin::new(&mut self.inner).poll_write(cx, &buf[..allowed]))?;
        let mut state = self.cut.state();
        if let Some(Ending::After(left)) = state.ending {
            state.ending = Some(Ending::After(left.saturating_sub(written)));
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
