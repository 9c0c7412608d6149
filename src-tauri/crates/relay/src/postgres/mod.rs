//! One table in a PostgreSQL database, for organisations that outgrow a folder.
//!
//! An account that may INSERT and SELECT and nothing else is all that the program needs, and it runs no DDL: an
//! administrator runs [`setup_sql`] once (`docs/relays.md`). Digests are computed by the server in a generated column, so an account
//! without more rights cannot put other bytes under a digest and keep the right ones out; a superuser can do anything,
//! and is found out by the digests here and by the chains of the record.
//!
//! # The cursor: why not the row's number
//! Numbers of an identity column are drawn when a row is inserted and seen when it is committed. Row 7 may be visible
//! while row 6 is not yet, and who goes on from 7 never sees 6. A window ("from the cursor minus a thousand rows, or
//! minus a minute") only makes that rarer: a transaction may stay open for any time. So each row carries the number of
//! the transaction that inserted it (`tx`), and the cursor is the *xmin* of a snapshot: every transaction below it had
//! ended when the snapshot was taken, so every row below it was either seen then or never will be there. Rows at or
//! above it are listed again the next time and cost a look at their digests, which are known.
//!
//! The cursor saves time and decides nothing. Transaction numbers begin again on a server that was restored from a
//! dump, and whoever owns the table can change them; so the list of digests is gone through from the beginning at the
//! first collection of each program run, when the server is another one or was started again, and every hour.
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use domain::ids::{BoardId, Digest};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use secrecy::SecretString;
use sqlx::PgPool;
use sqlx::postgres::{PgListener, PgPoolOptions};

use crate::Relay;
use crate::error::RelayError;
use crate::parcel::{Batch, Collected, Parcel};

mod address;
mod collect;
mod cursor;
mod offer;
mod setup;

pub use setup::setup_sql;

/// One connection listens, the others work.
const CONNECTIONS: u32 = 3;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// For a statement without bytes of parcels, and for one with them: 64 MiB over a slow line. Nothing waits longer on a
/// server that does not answer.
const CALL_TIMEOUT: Duration = Duration::from_secs(60);
const CARRY_TIMEOUT: Duration = Duration::from_secs(600);
const ALL_DIGESTS_EVERY: Duration = Duration::from_secs(3600);

/// A question to the server.
trait Call<T>: Future<Output = Result<T, sqlx::Error>> + Send {}
impl<T, F: Future<Output = Result<T, sqlx::Error>> + Send> Call<T> for F {}

/// A relay in a PostgreSQL database. See the page of this module.
pub struct PostgresRelay {
    pool: PgPool,
    board: BoardId,
    place: String,
    batch: Batch,
    /// When all digests were last gone through in this run of the program.
    swept: std::sync::Mutex<Option<Instant>>,
    listener: tokio::sync::Mutex<Option<PgListener>>,
    runtime: tokio::runtime::Handle,
}

impl Drop for PostgresRelay {
    fn drop(&mut self) {
        // The driver returns connections in a task of the runtime, and panics where there is none.
        let _within = self.runtime.enter();
        drop(self.listener.get_mut().take());
    }
}

impl PostgresRelay {
    /// Connects to the database at `url`, `postgres://account:password@host/database`.
    ///
    /// TLS with verified certificate and host name, except through a local socket or on loopback. `sslrootcert=FILE`
    /// names the organisation's own authority beside the system's.
    ///
    /// # Errors
    /// [`RelayError::Address`] for an address that cannot be read or asks for less than verified TLS across a network;
    /// [`RelayError::Absent`] where nothing answers; [`RelayError::NotSetUp`]; [`RelayError::Database`].
    pub async fn open(url: &SecretString, board: BoardId) -> Result<Self, RelayError> {
        let address = address::read(url)?;
        let runtime = tokio::runtime::Handle::try_current().map_err(|error| RelayError::Stopped(error.to_string()))?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(CONNECT_TIMEOUT)
            .connect_lazy_with(address.options);
        let relay = Self {
            pool,
            board,
            place: address.place,
            batch: Batch::USUAL,
            swept: std::sync::Mutex::new(None),
            listener: tokio::sync::Mutex::new(None),
            runtime,
        };
        setup::check(&relay).await?;
        // Before the first collection, so that nothing falls between the two.
        *relay.listener.lock().await = Some(relay.listen().await?);
        Ok(relay)
    }

    #[cfg(test)]
    fn with_batch(mut self, batch: Batch) -> Self {
        self.batch = batch;
        self
    }

    async fn call<T>(&self, what: &'static str, work: impl Call<T>) -> Result<T, RelayError> {
        self.within(CALL_TIMEOUT, what, work).await
    }

    async fn carry<T>(&self, what: &'static str, work: impl Call<T>) -> Result<T, RelayError> {
        self.within(CARRY_TIMEOUT, what, work).await
    }

    /// Bounds a call in time, and says where and what in its error.
    async fn within<T>(&self, limit: Duration, what: &'static str, work: impl Call<T>) -> Result<T, RelayError> {
        match tokio::time::timeout(limit, work).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(self.error(what, error)),
            Err(_) => Err(self.absent(format!("no answer within {} seconds ({what})", limit.as_secs()))),
        }
    }

    fn absent(&self, why: String) -> RelayError {
        RelayError::Absent { place: self.place.clone(), why }
    }

    /// A server that does not answer is away; one that refuses says why.
    fn error(&self, what: &'static str, source: sqlx::Error) -> RelayError {
        // A certificate that does not hold comes as invalid data, and will not hold later either.
        let invalid = matches!(&source, sqlx::Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData);
        let away = matches!(source, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed);
        if away && !invalid {
            return self.absent(format!("{what}: {source}"));
        }
        // 57P01 to 57P03: the server goes down, crashed, or starts. 08…: the connection broke.
        let code = source.as_database_error().and_then(|error| error.code()).map(std::borrow::Cow::into_owned);
        if code.is_some_and(|code| code.starts_with("57P0") || code.starts_with("08")) {
            return self.absent(format!("{what}: {source}"));
        }
        RelayError::Database { place: self.place.clone(), what, source }
    }

    /// The channel of the board's notifications: anybody with an account may ring it, which costs a look.
    fn channel(&self) -> String {
        format!("cabinet_{}", self.board.0.simple())
    }

    async fn listen(&self) -> Result<PgListener, RelayError> {
        let listening = async {
            let mut listener = PgListener::connect_with(&self.pool).await?;
            listener.listen(&self.channel()).await?;
            Ok(listener)
        };
        self.call("listening", listening).await
    }

    async fn waiting(&self, until: Duration) -> Result<bool, RelayError> {
        let mut kept = self.listener.lock().await;
        let Some(mut listener) = kept.take() else {
            // It broke before, and what was said meanwhile is lost: look.
            *kept = Some(self.listen().await?);
            return Ok(true);
        };
        // A server that vanished without a word would be waited for in vain.
        let asked = self.call("listening", async { sqlx::query("SELECT 1").execute(&mut listener).await.map(drop) });
        let heard = match asked.await {
            Ok(()) => match tokio::time::timeout(until, listener.try_recv()).await {
                // `None`: the connection was lost and made anew.
                Ok(Ok(Some(_) | None)) => Ok(true),
                Ok(Err(error)) => Err(self.error("listening", error)),
                Err(_) => Ok(false),
            },
            Err(error) => Err(error),
        };
        let heard = match heard {
            // One connection that died is not a server that is away: made anew, and what was said meanwhile is looked for.
            Err(error) if error.is_absence() => {
                listener = self.listen().await?;
                true
            }
            heard => heard?,
        };
        while listener.next_buffered().is_some() {}
        *kept = Some(listener);
        Ok(heard)
    }
}

impl Relay for PostgresRelay {
    fn describe(&self) -> String {
        self.place.clone()
    }

    fn offer<'a>(&'a self, parcels: &'a [Parcel]) -> BoxFuture<'a, Result<u32, RelayError>> {
        offer::offer(self, parcels).boxed()
    }

    fn collect<'a>(
        &'a self,
        cursor: &'a str,
        known: &'a BTreeSet<Digest>,
    ) -> BoxFuture<'a, Result<Collected, RelayError>> {
        collect::collect(self, cursor, known).boxed()
    }

    fn wait<'a>(&'a self, until: Duration) -> BoxFuture<'a, Result<bool, RelayError>> {
        self.waiting(until).boxed()
    }
}

#[cfg(test)]
mod real_postgres;
