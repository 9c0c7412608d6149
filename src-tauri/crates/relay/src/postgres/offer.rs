//! Adding rows.
use std::collections::BTreeMap;

use domain::ids::Digest;

use super::PostgresRelay;
use crate::error::RelayError;
use crate::parcel::{Parcel, ParcelKind};

/// In one transaction.
const BYTES: usize = 8 << 20;
const ROWS: usize = 500;

type Row<'a> = (ParcelKind, Digest, &'a [u8]);

pub(super) async fn offer(relay: &PostgresRelay, parcels: &[Parcel]) -> Result<u32, RelayError> {
    let mut first_error: Option<RelayError> = None;
    // One order for all who write: two transactions that wait for each other's rows would be a deadlock.
    let mut rows: BTreeMap<(ParcelKind, Digest), &[u8]> = BTreeMap::new();
    for parcel in parcels {
        match parcel.check() {
            Ok(()) => {
                rows.insert((ParcelKind::of(&parcel.bytes), parcel.digest), parcel.bytes.as_slice());
            }
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    let rows: Vec<Row<'_>> = rows.into_iter().map(|((kind, digest), bytes)| (kind, digest, bytes)).collect();
    let mut new = 0;
    let mut rest = rows.as_slice();
    while !rest.is_empty() {
        let (some, others) = rest.split_at(chunk(rest));
        rest = others;
        match insert(relay, some).await {
            Ok(inserted) => {
                new += inserted;
                if usize::try_from(inserted).unwrap_or(0) < some.len() {
                    first_error = first_error.or(missing(relay, some).await.err());
                }
            }
            // A server that is away, or refuses the account, refuses the next rows as well.
            Err(error) => return Err(error),
        }
    }
    first_error.map_or(Ok(new), Err)
}

fn chunk(rows: &[Row<'_>]) -> usize {
    let (mut bytes, mut count) = (0, 0);
    for row in rows {
        if count > 0 && (count >= ROWS || bytes + row.2.len() > BYTES) {
            break;
        }
        bytes += row.2.len();
        count += 1;
    }
    count
}

async fn insert(relay: &PostgresRelay, rows: &[Row<'_>]) -> Result<u32, RelayError> {
    let kinds: Vec<&str> = rows.iter().map(|row| row.0.word()).collect();
    let bytes: Vec<&[u8]> = rows.iter().map(|row| row.2).collect();
    let inserting = async {
        let mut transaction = relay.pool.begin().await?;
        // Acknowledged means durable, whatever the server's own setting is.
        sqlx::query(
            "SELECT set_config('synchronous_commit', 'on', true)
             WHERE current_setting('synchronous_commit') = 'off'",
        )
        .execute(&mut *transaction)
        .await?;
        let done = sqlx::query(
            "INSERT INTO public.cabinet_parcel (board, kind, bytes)
             SELECT $1::uuid, parcel.kind, parcel.bytes FROM unnest($2::text[], $3::bytea[]) AS parcel (kind, bytes)
             ON CONFLICT DO NOTHING",
        )
        .bind(relay.board.to_string())
        .bind(&kinds)
        .bind(&bytes)
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() > 0 {
            // Said when the transaction commits, to all who listen.
            sqlx::query("SELECT pg_notify($1, '')").bind(relay.channel()).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(done.rows_affected())
    };
    let inserted = relay.carry("adding rows", inserting).await?;
    Ok(u32::try_from(inserted).unwrap_or(u32::MAX))
}

/// Where rows were there before, makes sure that they are the right ones: a superuser may have put something else in
/// their place, and then they are not on their way.
async fn missing(relay: &PostgresRelay, rows: &[Row<'_>]) -> Result<(), RelayError> {
    let kinds: Vec<&str> = rows.iter().map(|row| row.0.word()).collect();
    let digests: Vec<&[u8]> = rows.iter().map(|row| row.1.0.as_slice()).collect();
    let looking = sqlx::query_scalar(
        "SELECT parcel.digest FROM unnest($2::text[], $3::bytea[]) AS parcel (kind, digest)
         WHERE NOT EXISTS (SELECT 1 FROM public.cabinet_parcel AS there
             WHERE there.board = $1::uuid AND there.kind = parcel.kind AND there.digest = parcel.digest
               AND sha256(there.bytes) = parcel.digest)
         LIMIT 1",
    )
    .bind(relay.board.to_string())
    .bind(&kinds)
    .bind(&digests)
    .fetch_optional(&relay.pool);
    let missing: Option<Vec<u8>> = relay.call("looking for rows that were there", looking).await?;
    match missing {
        None => Ok(()),
        Some(digest) => Err(RelayError::Foreign {
            place: relay.place.clone(),
            why: format!(
                "other bytes stand in cabinet_parcel under {}: somebody changed them there",
                hex::encode(digest)
            ),
        }),
    }
}
