//! What a superuser of the server can do, and what it comes to.
use super::*;

/// The table without what keeps it in order.
const UNCHAIN: &str =
    "ALTER TABLE public.cabinet_parcel ALTER COLUMN digest DROP EXPRESSION, ALTER COLUMN seq DROP IDENTITY,
    ALTER COLUMN digest DROP NOT NULL, ALTER COLUMN kind DROP NOT NULL, ALTER COLUMN bytes DROP NOT NULL,
    DROP CONSTRAINT cabinet_parcel_kind_check, DROP CONSTRAINT cabinet_parcel_bytes_check";

fn hexed(bytes: &[u8]) -> String {
    format!("'\\x{}'::bytea", hex::encode(bytes))
}

#[tokio::test]
async fn what_was_known_stays_known_whatever_happens_to_the_rows() {
    for harm in [
        "DELETE FROM public.cabinet_parcel",
        "TRUNCATE public.cabinet_parcel",
        "UPDATE public.cabinet_parcel SET bytes = bytes || ' '",
        "UPDATE public.cabinet_parcel SET bytes = 'x' || seq::text::bytea",
        "UPDATE public.cabinet_parcel SET board = gen_random_uuid()",
    ] {
        let database = Database::new().await;
        let relay = database.relay().await;
        let sent = parcels(0, 6);
        relay.offer(&sent).await.expect("offered");
        let came = collect_all(&relay, "", &none()).await;
        let known = digests(&came.parcels);
        run(&mut database.superuser().await, harm).await;
        let whole = database.relay().await.collect(&came.cursor, &known).await.expect("collected");
        let there = whole.there.expect("a new run looks at all digests");
        let gone = came.parcels.iter().filter(|parcel| !there.contains(&(parcel.kind, parcel.digest))).count();
        assert_eq!(gone, 6, "{harm}: whoever holds them sees that they are gone");
        for relay in [relay, database.relay().await] {
            let after = collect_all(&relay, &came.cursor, &known).await;
            // Bytes that were changed are other parcels, for the verifier to refuse; none is one of ours.
            assert!(after.parcels.iter().all(|parcel| !known.contains(&parcel.digest)), "{harm}");
        }
        // Whoever holds them puts them back.
        assert_eq!(database.relay().await.offer(&sent).await.expect("offered"), 6, "{harm}");
        let newcomer = collect_all(&database.relay().await, "", &none()).await;
        assert!(known.is_subset(&digests(&newcomer.parcels)), "{harm}");
    }
}

#[tokio::test]
async fn rows_that_are_not_what_they_say_are_told_and_passed_over() {
    let real = Parcel::of(entry(100));
    let digest = hexed(&real.digest.0);
    let board_id = board();
    let row = |kind: &str, bytes: &str, digest: &str| {
        format!(
            "INSERT INTO public.cabinet_parcel (seq, board, kind, bytes, digest)
             VALUES (nextval('injected'), '{board_id}', {kind}, {bytes}, {digest})"
        )
    };
    let large = "convert_to(repeat(' ', 1048577), 'UTF8')";
    let injected = [
        ("other bytes under a digest", row("'entry'", &hexed(&entry(200)), &digest)),
        ("no bytes under a digest", row("'entry'", "''", &digest)),
        ("half of the bytes", row("'entry'", &hexed(&real.bytes[..40]), &digest)),
        ("NULL for bytes", row("'entry'", "NULL", &digest)),
        ("a digest too short", row("'entry'", &hexed(&real.bytes), "'\\x00'")),
        ("NULL for a digest", row("'entry'", &hexed(&real.bytes), "NULL")),
        ("a kind that is none", row("'order'", &hexed(&real.bytes), &digest)),
        ("NULL for a kind", row("NULL", &hexed(&real.bytes), &digest)),
        ("an entry as a blob", row("'blob'", &hexed(&real.bytes), &digest)),
        ("too large for its kind", row("'entry'", large, &format!("sha256({large})"))),
        ("a number below all", row("'entry'", "''", &digest).replace("nextval('injected')", "-9000000000")),
    ];
    for (name, sql) in injected {
        let database = Database::new().await;
        let sent = parcels(0, 4);
        database.relay().await.offer(&sent).await.expect("offered");
        let mut admin = database.superuser().await;
        run(&mut admin, UNCHAIN).await;
        run(&mut admin, "CREATE SEQUENCE injected START 1000").await;
        run(&mut admin, &sql).await;
        let came = collect_all(&database.relay().await, "", &none()).await;
        assert_eq!(digests(&came.parcels), digests(&sent), "{name}: the others come");
        assert_eq!(came.damaged.len(), 1, "{name}: {:?}", came.damaged);
        assert!(came.damaged[0].place.contains("cabinet_parcel, row "), "{:?}", came.damaged);
    }
}

#[tokio::test]
async fn a_row_that_occupies_the_place_of_a_parcel_is_named_when_that_is_offered() {
    let database = Database::new().await;
    let (held, free) = (Parcel::of(entry(1)), Parcel::of(entry(2)));
    let mut admin = database.superuser().await;
    run(&mut admin, UNCHAIN).await;
    let (bytes, digest, board_id) = (hexed(b"x"), hexed(&held.digest.0), board());
    let inject = format!(
        "INSERT INTO public.cabinet_parcel (seq, board, kind, bytes, digest) VALUES (1, '{board_id}', 'entry', {bytes}, {digest})"
    );
    run(&mut admin, &inject).await;
    // The table as an administrator with bad intentions leaves it: digests are what somebody says.
    run(
        &mut admin,
        "CREATE FUNCTION say() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN NEW.digest := sha256(NEW.bytes); NEW.seq := 2; RETURN NEW; END $$;
         CREATE TRIGGER say BEFORE INSERT ON public.cabinet_parcel FOR EACH ROW EXECUTE FUNCTION say()",
    )
    .await;
    let relay = database.relay().await;
    let refused = relay.offer(&[held.clone(), free.clone()]).await.expect_err("not on its way");
    assert!(refused.to_string().contains(&held.digest.to_string()), "{refused}");
    let came = collect_all(&relay, "", &none()).await;
    assert_eq!((digests(&came.parcels), came.damaged.len()), (digests(&[free]), 1), "the other one travels");
}

#[tokio::test]
async fn reordering_the_rows_has_no_effect() {
    for harm in [
        // Numbers backwards, transactions backwards, all rows in one transaction long ago, written anew in the table.
        "UPDATE public.cabinet_parcel SET seq = -seq",
        "UPDATE public.cabinet_parcel SET tx = (1000000 - seq)::text::xid8",
        "UPDATE public.cabinet_parcel SET tx = '3'",
        "UPDATE public.cabinet_parcel SET seq = (seq * 7919) % 104729 + 1000, tx = (seq % 5 + 3)::text::xid8",
    ] {
        let database = Database::new().await;
        let relay = database.relay().await;
        let sent = parcels(0, 40);
        relay.offer(&sent[..20]).await.expect("offered");
        let half = collect_all(&relay, "", &none()).await;
        relay.offer(&sent[20..]).await.expect("offered");
        let mut admin = database.superuser().await;
        run(&mut admin, "ALTER TABLE public.cabinet_parcel ALTER COLUMN seq DROP IDENTITY").await;
        run(&mut admin, harm).await;
        let newcomer = collect_all(&database.relay().await, "", &none()).await;
        assert_eq!((digests(&newcomer.parcels), newcomer.damaged.len()), (digests(&sent), 0), "{harm}");
        // One who had half of it and comes back gets the other half, wherever it was moved.
        let known = digests(&half.parcels);
        let rest = collect_all(&database.relay().await, &half.cursor, &known).await;
        assert_eq!(digests(&rest.parcels), digests(&sent[20..]), "{harm}");
    }
}
