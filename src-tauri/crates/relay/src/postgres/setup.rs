//! What an administrator prepares, and whether it is there.
use std::fmt::Write as _;

use super::PostgresRelay;
use crate::error::RelayError;
use crate::parcel::GREATEST_BYTES;

/// The table with its schema, so that nobody's search path puts another in its place.
pub(super) const TABLE: &str = "public.cabinet_parcel";

/// What the administrator runs once, as the owner of the table to be, in a database of PostgreSQL 13 or newer: the
/// table, and for each of `accounts` the right to add rows and to read them, and no other. Accounts that may read one
/// board's rows may read all boards' in this database: give boards that must not see each other a database each.
#[must_use]
pub fn setup_sql(accounts: &[&str]) -> String {
    let mut sql = format!(
        "-- Cabinet's relay: entries travel through this table and are verified by whoever reads them.
-- The digest is computed here, so an account without more rights cannot put other bytes under it.
BEGIN;
CREATE TABLE {TABLE} (
    seq    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tx     xid8   NOT NULL DEFAULT pg_current_xact_id(),
    board  uuid   NOT NULL,
    kind   text   NOT NULL CHECK (kind IN ('entry', 'document', 'blob')),
    bytes  bytea  NOT NULL CHECK (octet_length(bytes) <= {GREATEST_BYTES}),
    digest bytea  NOT NULL GENERATED ALWAYS AS (sha256(bytes)) STORED,
    UNIQUE (board, kind, digest)
);
CREATE INDEX cabinet_parcel_tx ON {TABLE} (board, tx, seq);
REVOKE ALL ON {TABLE} FROM PUBLIC;
"
    );
    for account in accounts {
        let quoted = format!("\"{}\"", account.replace('"', "\"\""));
        // Writing to a text cannot fail.
        let _ = write!(
            sql,
            "GRANT SELECT ON {TABLE} TO {quoted};\nGRANT INSERT (board, kind, bytes) ON {TABLE} TO {quoted};\n"
        );
    }
    sql.push_str("COMMIT;\n");
    sql
}

/// Whether the table is there, and what this account may do with it.
pub(super) async fn check(relay: &PostgresRelay) -> Result<(), RelayError> {
    let not_set_up = |why: &str| RelayError::NotSetUp { place: relay.place.clone(), why: why.to_owned() };
    let there = sqlx::query_scalar("SELECT to_regclass('public.cabinet_parcel') IS NOT NULL").fetch_one(&relay.pool);
    let there: bool = relay.call("looking for the table", there).await?;
    if !there {
        return Err(not_set_up("there is no table cabinet_parcel"));
    }
    let rights = sqlx::query_as(
        "SELECT has_table_privilege('public.cabinet_parcel', 'SELECT'),
                has_any_column_privilege('public.cabinet_parcel', 'INSERT'),
                has_any_column_privilege('public.cabinet_parcel', 'UPDATE')
                    OR has_table_privilege('public.cabinet_parcel', 'DELETE, TRUNCATE, TRIGGER')",
    )
    .fetch_one(&relay.pool);
    let (may_read, may_add, may_more): (bool, bool, bool) = relay.call("reading the rights", rights).await?;
    if !may_read || !may_add {
        return Err(not_set_up("this account may not both INSERT into and SELECT from cabinet_parcel"));
    }
    if may_more {
        tracing::warn!(
            place = relay.place,
            "the account may change or delete parcels; it needs INSERT and SELECT only"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_gets_insert_and_select_and_its_name_cannot_end_the_statement() {
        let sql = setup_sql(&["amal", "o\"; DROP TABLE x; --"]);
        assert!(sql.contains("GRANT SELECT ON public.cabinet_parcel TO \"amal\";"));
        assert!(sql.contains("TO \"o\"\"; DROP TABLE x; --\";"), "{sql}");
        for right in ["UPDATE", "DELETE", "TRUNCATE", "ALL ON public.cabinet_parcel TO"] {
            assert!(!sql.contains(right), "{right}");
        }
    }

    #[test]
    fn the_page_for_administrators_shows_this_very_text() {
        let page = include_str!("../../../../../docs/relays.md");
        assert!(page.contains(&setup_sql(&["amal", "bo"])), "docs/relays.md and setup_sql must say the same");
    }
}
