//! Who is at the other end.
use super::*;

/// Across TCP; `host` decides whether that counts as a network.
fn url(database: &Database, host: &str, options: &str) -> SecretString {
    let (account, port) = (database.account("amal"), database.server.port);
    format!("postgres://{account}@{host}:{port}/{}?{options}", database.name).into()
}

#[tokio::test]
async fn verified_tls_reaches_the_server_whose_certificate_fits_and_no_other() {
    let database = Database::new().await;
    let own = format!("sslmode=verify-full&sslrootcert={}", database.server.authority);
    let reached = PostgresRelay::open(&url(&database, &database.server.host, &own), board()).await.expect("opens");
    assert_eq!(reached.offer(&parcels(0, 2)).await.expect("offered"), 2);
    let encrypted: bool = sqlx::query_scalar("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        .fetch_one(&reached.pool)
        .await
        .expect("asked");
    assert!(encrypted);
    // The address is not in the certificate; the system does not know its authority.
    let system_only = "sslmode=verify-full";
    for (host, options) in [("127.0.0.1", own.as_str()), (&database.server.host, system_only)] {
        let refused = PostgresRelay::open(&url(&database, host, options), board()).await.err().expect("refused");
        assert!(refused.to_string().contains("certificate"), "{host}, {options}: {refused}");
        assert!(!refused.is_absence(), "no matter of waiting: {refused}");
    }
}

#[tokio::test]
async fn on_loopback_plain_connections_work() {
    let database = Database::new().await;
    let relay = PostgresRelay::open(&url(&database, "127.0.0.1", "sslmode=disable"), board()).await.expect("opens");
    assert_eq!(relay.offer(&parcels(0, 1)).await.expect("offered"), 1);
}
