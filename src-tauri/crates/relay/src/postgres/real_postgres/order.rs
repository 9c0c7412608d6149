//! Transactions that end in another order than they began.
use super::*;

/// One who inserts, with a transaction that may stay open.
struct Writer {
    connection: PgConnection,
    open: Vec<Digest>,
}

impl Writer {
    async fn insert(&mut self, bytes: Vec<u8>) {
        if self.open.is_empty() {
            run(&mut self.connection, "BEGIN").await;
        }
        let parcel = Parcel::of(bytes);
        sqlx::query("INSERT INTO public.cabinet_parcel (board, kind, bytes) VALUES ($1::uuid, $2, $3)")
            .bind(board().to_string())
            .bind(parcel.kind.word())
            .bind(&parcel.bytes)
            .execute(&mut self.connection)
            .await
            .expect("inserted");
        self.open.push(parcel.digest);
    }

    async fn end(&mut self, word: &str) -> Vec<Digest> {
        if self.open.is_empty() {
            return Vec::new();
        }
        run(&mut self.connection, word).await;
        std::mem::take(&mut self.open)
    }
}

/// Reads by the row's number, as one might: the control that shows that the histories are hard.
async fn naive(reader: &mut PgConnection, after: &mut i64) -> Vec<Digest> {
    let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(
        "SELECT seq, digest FROM public.cabinet_parcel WHERE board = $1::uuid AND seq > $2 ORDER BY seq",
    )
    .bind(board().to_string())
    .bind(*after)
    .fetch_all(reader)
    .await
    .expect("reads");
    *after = rows.last().map_or(*after, |row| row.0);
    rows.into_iter().map(|(_, digest)| Digest(digest.try_into().expect("32 bytes"))).collect()
}

#[tokio::test]
async fn rows_that_are_committed_out_of_order_are_never_missed() {
    let database = Database::new().await;
    let mut reader = database.superuser().await;
    let histories = counted(25, 1_000);
    let (mut rows, mut again, mut missed_by_number) = (0usize, 0usize, 0usize);
    let mut writers = Vec::new();
    for _ in 0..4 {
        writers.push(Writer { connection: database.member().await, open: Vec::new() });
    }
    let relay = database.relay().await.with_batch(Batch { bytes: 1 << 20, parcels: 5 });
    let (mut cursor, mut known, mut by_number, mut after) = (String::new(), BTreeSet::new(), BTreeSet::new(), 0);
    let mut committed = BTreeSet::new();
    for history in 0..histories {
        let mut dice = Dice(u64::from(history));
        for step in 0..40u32 {
            let writer = dice.roll(writers.len());
            match dice.roll(10) {
                0..5 => writers[writer].insert(entry(history * 1_000 + step)).await,
                5..7 => committed.extend(writers[writer].end("COMMIT").await),
                7 => drop(writers[writer].end("ROLLBACK").await),
                _ => {
                    // Nothing is told to the relay as known: what comes again costs, and must be little.
                    let some = relay.collect(&cursor, &BTreeSet::new()).await.expect("collected");
                    again += some.parcels.iter().filter(|parcel| known.contains(&parcel.digest)).count();
                    known.extend(digests(&some.parcels));
                    cursor = some.cursor;
                    by_number.extend(naive(&mut reader, &mut after).await);
                }
            }
        }
        for writer in &mut writers {
            committed.extend(writer.end("COMMIT").await);
        }
        // The pass that was under way to its end, and one more.
        for _ in 0..2 {
            let rest = collect_all(&relay, &cursor, &known).await;
            known.extend(digests(&rest.parcels));
            cursor = rest.cursor;
        }
        by_number.extend(naive(&mut reader, &mut after).await);
        assert_eq!(known, committed, "history {history}: by the cursor");
        rows = committed.len();
        missed_by_number = committed.difference(&by_number).count();
    }
    println!(
        "{histories} histories, {rows} rows: missed 0 by the cursor ({again} came again), {missed_by_number} by number"
    );
    assert!(missed_by_number > 0, "the control must miss some, or the histories show nothing");
}

#[tokio::test]
async fn a_cursor_from_another_server_or_from_the_future_begins_anew() {
    let database = Database::new().await;
    let relay = database.relay().await;
    let sent = parcels(0, 4);
    relay.offer(&sent).await.expect("offered");
    let cursor = collect_all(&relay, "", &none()).await.cursor;
    let own = cursor::Cursor::parse(&cursor).expect("ours");
    let ahead = cursor::Cursor { from: own.from + 1_000_000, ..own.clone() };
    let elsewhere = cursor::Cursor { server: "1".to_owned(), ..own };
    for other in [ahead.to_string(), elsewhere.to_string(), "folder-1".to_owned(), "postgres-1 x".to_owned()] {
        assert_eq!(digests(&collect_all(&relay, &other, &none()).await.parcels), digests(&sent), "{other}");
    }
    assert!(collect_all(&relay, &cursor, &none()).await.parcels.is_empty(), "its own it follows");
}
