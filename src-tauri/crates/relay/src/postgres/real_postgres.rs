//! Against a real PostgreSQL (tests/support/postgres), each test in a database of its own.
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use super::*;
use crate::parcel::ParcelKind;
use crate::testing::{Dice, blob, board, collect_all, counted, digests, document, entry, parcels};

mod order;
mod tampering;
mod tls;

/// The server that was started around the tests.
struct Server {
    socket: String,
    port: u64,
    superuser: String,
    host: String,
    authority: String,
}

impl Server {
    fn given() -> Self {
        let line = std::env::var("CABINET_POSTGRES")
            .expect("CABINET_POSTGRES must hold what tests/support/postgres/start.sh printed");
        let facts: serde_json::Value = serde_json::from_str(&line).expect("start.sh prints JSON");
        let text = |name: &str| facts[name].as_str().expect("a text").to_owned();
        Self {
            socket: text("socket"),
            port: facts["port"].as_u64().expect("a number"),
            superuser: text("superuser"),
            host: text("host"),
            authority: text("authority"),
        }
    }

    fn url(&self, account: &str, database: &str) -> String {
        format!("postgres://{account}@{}:{}/{database}", self.socket.replace('/', "%2F"), self.port)
    }
}

/// A database of its own, prepared as an administrator would, with two accounts.
struct Database {
    server: Server,
    name: String,
}

const ACCOUNTS: [&str; 2] = ["amal", "bo"];

impl Database {
    /// Without the table.
    async fn bare() -> Self {
        let server = Server::given();
        let name = format!("t_{}", uuid::Uuid::now_v7().simple());
        let mut connection =
            PgConnection::connect(&server.url(&server.superuser, "postgres")).await.expect("the server answers");
        let create = format!("CREATE DATABASE {name}");
        sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut connection).await.expect("created");
        Self { server, name }
    }

    async fn new() -> Self {
        let database = Self::bare().await;
        let accounts = ACCOUNTS.map(|account| database.account(account));
        let mut superuser = database.superuser().await;
        for account in &accounts {
            run(&mut superuser, &format!("CREATE ROLE \"{account}\" LOGIN")).await;
        }
        run(&mut superuser, &setup_sql(&[&accounts[0], &accounts[1]])).await;
        database
    }

    /// Roles belong to the server, not to a database.
    fn account(&self, name: &str) -> String {
        format!("{name}_{}", self.name)
    }

    fn url(&self, account: &str) -> SecretString {
        self.server.url(&self.account(account), &self.name).into()
    }

    async fn relay(&self) -> PostgresRelay {
        PostgresRelay::open(&self.url("amal"), board()).await.expect("opens")
    }

    async fn superuser(&self) -> PgConnection {
        PgConnection::connect(&self.server.url(&self.server.superuser, &self.name)).await.expect("connects")
    }

    async fn member(&self) -> PgConnection {
        PgConnection::connect(&self.server.url(&self.account("bo"), &self.name)).await.expect("connects")
    }
}

async fn run(connection: &mut PgConnection, sql: &str) -> u64 {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await;
    done.unwrap_or_else(|error| panic!("{sql}: {error}")).rows_affected()
}

fn none() -> BTreeSet<Digest> {
    BTreeSet::new()
}

#[tokio::test]
async fn what_one_offers_the_other_collects_once() {
    let database = Database::new().await;
    let (one, other) = (database.relay().await, database.relay().await);
    let sent = parcels(0, 30);
    assert_eq!(one.offer(&sent).await.expect("offered"), 30);
    assert_eq!(other.offer(&sent).await.expect("again"), 0, "idempotent");
    let came = collect_all(&other, "", &none()).await;
    assert_eq!((came.parcels.len(), came.damaged.len()), (30, 0));
    assert!(came.parcels.iter().all(|parcel| sent.contains(parcel)), "with the same kinds and bytes");
    let more = parcels(30, 5);
    one.offer(&more).await.expect("offered");
    // Even a caller that forgot what it knows is not told everything again.
    let news = collect_all(&other, &came.cursor, &none()).await;
    assert_eq!(digests(&news.parcels), digests(&more));
    let again = collect_all(&database.relay().await, &news.cursor, &digests(&sent)).await;
    assert_eq!(digests(&again.parcels), digests(&more), "a new run looks at all digests, and fetches what is unknown");
}

#[tokio::test]
async fn insert_and_select_suffice_and_nothing_more_is_granted() {
    let database = Database::new().await;
    database.relay().await.offer(&parcels(0, 3)).await.expect("offered with these rights alone");
    let mut member = database.member().await;
    for forbidden in [
        "UPDATE public.cabinet_parcel SET bytes = 'x'",
        "DELETE FROM public.cabinet_parcel",
        "TRUNCATE public.cabinet_parcel",
        "DROP TABLE public.cabinet_parcel",
        "ALTER TABLE public.cabinet_parcel ALTER COLUMN digest DROP EXPRESSION",
        "INSERT INTO public.cabinet_parcel (board, kind, bytes, tx) VALUES (gen_random_uuid(), 'blob', 'x', '3')",
        "INSERT INTO public.cabinet_parcel (board, kind, bytes, digest) VALUES (gen_random_uuid(), 'blob', 'x', 'y')",
        "INSERT INTO public.cabinet_parcel (board, kind, bytes, seq) VALUES (gen_random_uuid(), 'blob', 'x', 1)",
        "INSERT INTO public.cabinet_parcel (board, kind, bytes) VALUES (gen_random_uuid(), 'other', 'x')",
    ] {
        let refused = sqlx::raw_sql(forbidden).execute(&mut member).await.expect_err(forbidden);
        let code = refused.as_database_error().and_then(|error| error.code()).map(|code| code.into_owned());
        // 42501: no right; 23514: a check; 428C9: a generated column.
        let known = ["42501", "23514", "428C9"];
        assert!(code.as_deref().is_some_and(|code| known.contains(&code)), "{forbidden}: {refused}");
    }
    assert_eq!(collect_all(&database.relay().await, "", &none()).await.parcels.len(), 3);
}

#[tokio::test]
async fn a_server_that_is_not_prepared_or_not_there_says_so() {
    let database = Database::bare().await;
    let superuser: SecretString = database.server.url(&database.server.superuser, &database.name).into();
    let open = async |url: &SecretString| PostgresRelay::open(url, board()).await.err().expect("refused");
    let bare = open(&superuser).await;
    assert!(matches!(&bare, RelayError::NotSetUp { why, .. } if why.contains("no table")), "{bare}");
    let mut admin = database.superuser().await;
    let stranger = database.account("stranger");
    run(&mut admin, &format!("CREATE ROLE \"{stranger}\" LOGIN")).await;
    run(&mut admin, &setup_sql(&[])).await;
    let no_rights = open(&database.url("stranger")).await;
    assert!(matches!(&no_rights, RelayError::NotSetUp { why, .. } if why.contains("INSERT")), "{no_rights}");
    let nowhere = open(&"postgres://amal@127.0.0.1:1/cabinet".into()).await;
    assert!(nowhere.is_absence(), "{nowhere}");
    let unknown = open(&database.url("nobody")).await;
    assert!(matches!(&unknown, RelayError::Database { .. }), "{unknown}");
}

#[tokio::test]
async fn what_does_not_fit_into_one_answer_comes_in_the_next_even_if_it_is_not_kept() {
    let database = Database::new().await;
    let sent = parcels(0, 50);
    database.relay().await.offer(&sent).await.expect("offered");
    let relay = database.relay().await.with_batch(Batch { bytes: 1 << 20, parcels: 7 });
    let (mut cursor, mut came, mut answers) = (String::new(), BTreeSet::new(), 0);
    loop {
        let some = relay.collect(&cursor, &none()).await.expect("collects");
        assert!(some.parcels.len() <= 7);
        came.extend(digests(&some.parcels));
        (cursor, answers) = (some.cursor, answers + 1);
        if !some.more {
            break;
        }
    }
    assert_eq!((came, answers), (digests(&sent), 8));
    let small = database.relay().await.with_batch(Batch { bytes: 1, parcels: 100 });
    let one = small.collect("", &none()).await.expect("collects");
    assert_eq!((one.parcels.len(), one.more), (1, true), "one always fits");
}

#[tokio::test]
async fn waiting_is_woken_by_others_and_by_nothing_else() {
    let database = Database::new().await;
    let (one, other) = (database.relay().await, database.relay().await);
    assert!(!one.wait(Duration::from_millis(50)).await.expect("waits"), "nothing happens");
    // What was said between two waits is heard by the next.
    other.offer(&parcels(0, 1)).await.expect("offered");
    assert!(one.wait(Duration::from_secs(60)).await.expect("waits"));
    assert!(!one.wait(Duration::from_millis(50)).await.expect("waits"), "heard once");
    let second = parcels(1, 1);
    let (woken, offered) = tokio::join!(one.wait(Duration::from_secs(60)), other.offer(&second));
    assert!(woken.expect("waits") && offered.is_ok());
    other.offer(&second).await.expect("offered again");
    let stranger = PostgresRelay::open(&database.url("amal"), BoardId(uuid::Uuid::from_u128(8))).await.expect("opens");
    stranger.offer(&parcels(5, 1)).await.expect("another board");
    assert!(!one.wait(Duration::from_millis(200)).await.expect("waits"), "neither old news nor another board's");
}

#[tokio::test]
async fn a_connection_that_was_cut_is_made_again_and_wakes_the_waiting() {
    let database = Database::new().await;
    let relay = database.relay().await;
    let mut admin = database.superuser().await;
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let (woken, _) = tokio::join!(relay.wait(Duration::from_secs(60)), run(&mut admin, cut));
    // Told as news, or as an absence after which the next look makes the connection anew.
    if let Err(error) = woken {
        assert!(error.is_absence(), "{error}");
        assert!(relay.wait(Duration::from_secs(60)).await.expect("listens again"));
    }
    assert_eq!(database.relay().await.offer(&parcels(0, 1)).await.expect("offered"), 1);
    assert!(relay.wait(Duration::from_secs(60)).await.expect("waits"), "it listens again");
    assert_eq!(collect_all(&relay, "", &none()).await.parcels.len(), 1);
}

#[tokio::test]
async fn boards_in_one_table_do_not_see_each_other() {
    let database = Database::new().await;
    let other = PostgresRelay::open(&database.url("bo"), BoardId(uuid::Uuid::from_u128(8))).await.expect("opens");
    database.relay().await.offer(&parcels(0, 3)).await.expect("offered");
    assert!(other.collect("", &none()).await.expect("collected").parcels.is_empty());
    assert_eq!(other.offer(&parcels(0, 3)).await.expect("offered"), 3);
}

#[tokio::test]
async fn two_that_offer_the_same_in_different_orders_do_not_lock_each_other_out() {
    let database = Database::new().await;
    let (one, other) = (database.relay().await, database.relay().await);
    let forwards = parcels(0, 400);
    let mut backwards = forwards.clone();
    backwards.reverse();
    let (first, second) = tokio::join!(one.offer(&forwards), other.offer(&backwards));
    assert_eq!(first.expect("offered") + second.expect("offered"), 400, "each parcel was new for one of them");
}

#[tokio::test]
async fn the_kinds_come_as_what_they_are_whatever_an_account_calls_them() {
    let database = Database::new().await;
    let mut member = database.member().await;
    let sent: Vec<Parcel> = [entry(1), document(2), blob(3)].into_iter().map(Parcel::of).collect();
    // A member who got the parcels elsewhere files them wrongly before the author sends them.
    for (parcel, kind) in sent.iter().zip(["blob", "blob", "entry"]) {
        sqlx::query("INSERT INTO public.cabinet_parcel (board, kind, bytes) VALUES ($1::uuid, $2, $3)")
            .bind(board().to_string())
            .bind(kind)
            .bind(&parcel.bytes)
            .execute(&mut member)
            .await
            .expect("a right of its own");
    }
    let relay = database.relay().await;
    let first = collect_all(&relay, "", &none()).await;
    assert_eq!((first.parcels.len(), first.damaged.len()), (0, 3), "{:?}", first.damaged);
    assert_eq!(relay.offer(&sent).await.expect("offered"), 3, "the wrong ones keep nothing out");
    let came = collect_all(&relay, &first.cursor, &none()).await;
    assert_eq!(digests(&came.parcels), digests(&sent));
    assert!(came.parcels.iter().all(|parcel| parcel.kind == ParcelKind::of(&parcel.bytes)));
    let newcomer = collect_all(&database.relay().await, "", &none()).await;
    assert_eq!((digests(&newcomer.parcels), newcomer.damaged.len()), (digests(&sent), 3), "in one pass as well");
}
