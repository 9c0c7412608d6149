//! Reading rows that are not known yet.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;
use std::time::Instant;

use domain::ids::Digest;
use sqlx::postgres::PgConnection;

use super::cursor::{Cursor, Pass};
use super::{ALL_DIGESTS_EVERY, PostgresRelay};
use crate::error::RelayError;
use crate::parcel::{Collected, Damaged, Parcel, ParcelKind, judge};

/// Heads of rows in one answer.
const PAGE: i64 = 10_000;
/// Bytes of rows in one answer.
const FETCH: usize = 8 << 20;

/// A row without its bytes, and whether they are its digest's by the server's word. Whoever owns the table may have taken
/// its constraints away: nothing is taken for granted.
type Head = (String, i64, Option<String>, Option<Vec<u8>>, Option<i32>, Option<bool>);

/// A row that is wanted.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    seq: i64,
    kind: ParcelKind,
    digest: Digest,
    size: usize,
}

pub(super) async fn collect(
    relay: &PostgresRelay,
    cursor: &str,
    known: &BTreeSet<Digest>,
) -> Result<Collected, RelayError> {
    let mut connection = relay.call("connecting", relay.pool.acquire()).await?;
    let (xmin, server) = snapshot(relay, &mut connection).await?;
    let cursor = begin(relay, cursor, xmin, server);
    let mut pass = cursor.pass.unwrap_or(Pass { next: xmin, after: (cursor.from, i64::MIN) });
    let mut collected = Collected::default();
    let mut wanted: Vec<Wanted> = Vec::new();
    let whole = cursor.from == 0 && cursor.pass.is_none();
    let mut there = BTreeSet::new();
    let (mut bytes, mut full) = (0, false);
    while !full {
        let heads = heads(relay, &mut connection, cursor.from, pass.after).await?;
        let last_page = i64::try_from(heads.len()).unwrap_or(PAGE) < PAGE;
        for head in heads {
            let after = (tx_of(relay, &head.0)?, head.1);
            let judged = judge_head(head);
            if let Ok(row) = &judged {
                there.insert((row.kind, row.digest));
            }
            match judged {
                Ok(row) if known.contains(&row.digest) => {}
                Ok(row) => {
                    if !relay.batch.takes(bytes, wanted.len(), row.size) {
                        full = true;
                        break;
                    }
                    bytes += row.size;
                    wanted.push(row);
                }
                Err(why) => collected.damaged.push(Damaged::new(place_of(relay, after.1), why)),
            }
            pass.after = after;
        }
        if last_page {
            break;
        }
    }
    fetch_all(relay, &mut connection, &wanted, &mut collected).await?;
    let next = if full {
        Cursor { pass: Some(pass), ..cursor }
    } else {
        Cursor { from: pass.next, pass: None, server: cursor.server }
    };
    collected.cursor = next.to_string();
    collected.more = full;
    collected.there = (whole && !full).then_some(there);
    Ok(collected)
}

/// xmin (every transaction below it has ended) and the server's start. Taken before the rows are read: what they show
/// is then at least what the snapshot showed.
async fn snapshot(relay: &PostgresRelay, connection: &mut PgConnection) -> Result<(u64, String), RelayError> {
    let asking = sqlx::query_as(
        "SELECT pg_snapshot_xmin(pg_current_snapshot())::text,
                trunc(extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint::text",
    )
    .fetch_one(connection);
    let (xmin, server): (String, String) = relay.call("taking a snapshot", asking).await?;
    Ok((tx_of(relay, &xmin)?, server))
}

/// Where to begin: at the cursor, or with all digests.
fn begin(relay: &PostgresRelay, cursor: &str, xmin: u64, server: String) -> Cursor {
    let mut swept = relay.swept.lock().unwrap_or_else(PoisonError::into_inner);
    let due = swept.is_none_or(|at| at.elapsed() >= ALL_DIGESTS_EVERY);
    let ours = Cursor::parse(cursor).filter(|cursor| cursor.server == server && cursor.from <= xmin);
    match ours {
        Some(cursor) if !due => cursor,
        Some(_) | None => {
            *swept = Some(Instant::now());
            Cursor { server, from: 0, pass: None }
        }
    }
}

async fn heads(
    relay: &PostgresRelay,
    connection: &mut PgConnection,
    from: u64,
    after: (u64, i64),
) -> Result<Vec<Head>, RelayError> {
    let asking = sqlx::query_as(
        // Of a row that is known the bytes do not travel: that they are still the right ones, the server looks itself.
        "SELECT tx::text, seq, kind, digest, octet_length(bytes), kind = 'blob' OR digest = sha256(bytes)
         FROM public.cabinet_parcel
         WHERE board = $1::uuid AND tx >= $2::xid8 AND (tx, seq) > ($3::xid8, $4::bigint) AND seq IS NOT NULL
         ORDER BY tx, seq LIMIT $5",
    )
    .bind(relay.board.to_string())
    .bind(from.to_string())
    .bind(after.0.to_string())
    .bind(after.1)
    .bind(PAGE)
    .fetch_all(connection);
    relay.call("listing rows", asking).await
}

/// What a row offers, or what is wrong with it.
fn judge_head((_, seq, kind, digest, size, right): Head) -> Result<Wanted, String> {
    let kind = kind.as_deref().and_then(ParcelKind::from_word).ok_or("is of no kind that travels")?;
    let digest: [u8; 32] = digest.and_then(|digest| digest.try_into().ok()).ok_or("has no SHA-256 digest")?;
    let size = size.and_then(|size| usize::try_from(size).ok()).ok_or("has no bytes")?;
    if size > kind.limit() {
        return Err(format!("is larger than {} bytes", kind.limit()));
    }
    if right != Some(true) {
        return Err(format!("stands under {}…, its bytes are others", Digest(digest).short()));
    }
    Ok(Wanted { seq, kind, digest: Digest(digest), size })
}

fn tx_of(relay: &PostgresRelay, text: &str) -> Result<u64, RelayError> {
    text.parse().map_err(|_| RelayError::Foreign {
        place: relay.place.clone(),
        why: format!("{text:?} is no transaction number"),
    })
}

fn place_of(relay: &PostgresRelay, seq: i64) -> String {
    format!("{}, cabinet_parcel, row {seq}", relay.place)
}

/// Fetches the bytes of the wanted rows and judges them. Several rows may claim one digest where somebody filed it
/// wrongly or took the constraints away: all are judged, and the first that holds is taken.
async fn fetch_all(
    relay: &PostgresRelay,
    connection: &mut PgConnection,
    wanted: &[Wanted],
    collected: &mut Collected,
) -> Result<(), RelayError> {
    let mut taken = BTreeSet::new();
    let mut rest = wanted;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take_while(|row| {
            bytes += row.size;
            bytes <= FETCH
        });
        let (some, others) = rest.split_at(fits.count().max(1));
        rest = others;
        let numbers: Vec<i64> = some.iter().map(|row| row.seq).collect();
        let asking =
            sqlx::query_as("SELECT seq, bytes FROM public.cabinet_parcel WHERE board = $1::uuid AND seq = ANY($2)")
                .bind(relay.board.to_string())
                .bind(&numbers)
                .fetch_all(&mut *connection);
        let rows: Vec<(i64, Option<Vec<u8>>)> = relay.carry("reading rows", asking).await?;
        let mut rows: BTreeMap<i64, Option<Vec<u8>>> = rows.into_iter().collect();
        for row in some {
            let judged: Result<Parcel, String> = match rows.remove(&row.seq) {
                Some(Some(bytes)) => judge(row.kind, row.digest, bytes),
                // Changed or deleted since the list was read; the next pass sees what is there then.
                Some(None) | None => Err("was there a moment ago".to_owned()),
            };
            match judged {
                Ok(parcel) => {
                    if taken.insert(parcel.digest) {
                        collected.parcels.push(parcel);
                    }
                }
                Err(why) => collected.damaged.push(Damaged::new(place_of(relay, row.seq), why)),
            }
        }
    }
    Ok(())
}
