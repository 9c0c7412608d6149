//! Which sealed parcels lie in a relay, and what is in them. Local, never rebuilt: without it each is opened again.
use domain::ids::Digest;
use sqlx::sqlite::SqliteConnection;

use crate::error::Result;
use crate::value::parsed;
use crate::{Append, Store};

/// A sealed parcel that was met in a relay, or given to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SealedParcel {
    /// SHA-256 of the bytes as they lie there.
    pub sealed: Digest,
    /// SHA-256 of what is inside; `None` where no key of this device opened it.
    pub plain: Option<Digest>,
    /// To which set of keys it says that it is sealed.
    pub recipients: Digest,
}

async fn all(connection: &mut SqliteConnection, relay: &str) -> Result<Vec<SealedParcel>> {
    let rows: Vec<(String, Option<String>, String)> =
        sqlx::query_as("SELECT sealed, plain, recipients FROM sealed_parcel WHERE relay = ? ORDER BY sealed")
            .bind(relay)
            .fetch_all(connection)
            .await?;
    rows.iter()
        .map(|(sealed, plain, recipients)| {
            Ok(SealedParcel {
                sealed: parsed("sealed digest", sealed)?,
                plain: plain.as_deref().map(|digest| parsed("plain digest", digest)).transpose()?,
                recipients: parsed("digest of recipients", recipients)?,
            })
        })
        .collect()
}

impl Append {
    /// Notes sealed parcels of a relay. What was known of one stays known.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn put_sealed_parcels(&mut self, relay: &str, parcels: &[SealedParcel]) -> Result<()> {
        for parcel in parcels {
            sqlx::query(
                "INSERT INTO sealed_parcel (relay, sealed, plain, recipients) VALUES (?, ?, ?, ?) \
                 ON CONFLICT (relay, sealed) DO UPDATE SET plain = COALESCE(excluded.plain, plain)",
            )
            .bind(relay)
            .bind(parcel.sealed.to_string())
            .bind(parcel.plain.map(|digest| digest.to_string()))
            .bind(parcel.recipients.to_string())
            .execute(self.connection())
            .await?;
        }
        Ok(())
    }

    /// Keeps to which set of keys everything was sealed that lies in a relay; `None`: it lies there plain.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn put_sealed_mark(&mut self, relay: &str, recipients: Option<Digest>) -> Result<()> {
        match recipients {
            Some(recipients) => {
                sqlx::query(
                    "INSERT INTO sealed_mark (relay, recipients) VALUES (?, ?) \
                     ON CONFLICT (relay) DO UPDATE SET recipients = excluded.recipients",
                )
                .bind(relay)
                .bind(recipients.to_string())
                .execute(self.connection())
                .await?;
            }
            None => {
                sqlx::query("DELETE FROM sealed_mark WHERE relay = ?").bind(relay).execute(self.connection()).await?;
            }
        }
        Ok(())
    }
}

impl Store {
    /// The sealed parcels that are known of a relay.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn sealed_parcels(&self, relay: &str) -> Result<Vec<SealedParcel>> {
        all(&mut *self.reader().await?, relay).await
    }

    /// To which set of keys everything was sealed that lies in a relay; `None`: it lies there plain.
    ///
    /// # Errors
    /// [`crate::StoreError`] of the database.
    pub async fn sealed_mark(&self, relay: &str) -> Result<Option<Digest>> {
        let row: Option<String> = sqlx::query_scalar("SELECT recipients FROM sealed_mark WHERE relay = ?")
            .bind(relay)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.map(|digest| parsed("digest of recipients", &digest)).transpose()
    }
}
