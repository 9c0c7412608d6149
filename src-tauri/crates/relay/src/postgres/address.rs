//! The address of a database, and what is safe to connect to.
use std::net::IpAddr;
use std::str::FromStr as _;

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use url::Url;

use crate::error::RelayError;

pub(super) struct Address {
    pub(super) options: PgConnectOptions,
    /// For people: no account, no password.
    pub(super) place: String,
}

/// Reads an address. Its text never gets into an error: it holds a password.
pub(super) fn read(url: &SecretString) -> Result<Address, RelayError> {
    let refuse = |why: &str| RelayError::Address { why: why.to_owned() };
    let parsed = Url::parse(url.expose_secret()).map_err(|error| refuse(&format!("it is no address ({error})")))?;
    if !matches!(parsed.scheme(), "postgres" | "postgresql") {
        return Err(refuse("it does not begin with postgres://"));
    }
    // The driver's own words may quote a value, so they stay out.
    let options = PgConnectOptions::from_str(url.expose_secret()).map_err(|_| {
        refuse("a part of it cannot be read; the form is postgres://account@host/database?option=value")
    })?;
    let asked = parsed.query_pairs().filter(|(key, _)| matches!(&**key, "sslmode" | "ssl-mode")).last();
    let asked = asked.map(|(_, mode)| mode.to_ascii_lowercase());
    let local = options.get_socket().is_some() || is_local(options.get_host());
    let mode = match (local, asked.as_deref()) {
        (false, None | Some("verify-full")) => PgSslMode::VerifyFull,
        (false, Some(weaker)) => {
            let why = format!("sslmode={weaker} across a network; leave it out, or say verify-full");
            return Err(RelayError::Address { why });
        }
        (true, None) => PgSslMode::Prefer,
        (true, Some(_)) => options.get_ssl_mode(),
    };
    let server = match options.get_socket() {
        Some(socket) => format!("socket {}", socket.display()),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    let place = format!("PostgreSQL at {server}, database {database}");
    let options = options.ssl_mode(mode).application_name("cabinet").disable_statement_logging();
    Ok(Address { options, place })
}

/// A folder of sockets, or this machine.
fn is_local(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.starts_with('/') || host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> Result<PgSslMode, String> {
        read(&url.into()).map(|address| address.options.get_ssl_mode()).map_err(|error| error.to_string())
    }

    #[test]
    fn across_a_network_there_is_only_verified_tls() {
        for url in ["postgres://a:secret@db.example.org/cabinet", "postgresql://db.example.org/c?sslmode=verify-full"] {
            assert!(matches!(mode(url), Ok(PgSslMode::VerifyFull)), "{url}: {:?}", mode(url));
        }
        let host = "postgres://a:secret@db.example.org/cabinet";
        for weaker in ["disable", "allow", "prefer", "require", "verify-ca"] {
            let refused = mode(&format!("{host}?sslmode={weaker}")).expect_err("refused");
            assert!(refused.contains(weaker) && !refused.contains("secret"), "{refused}");
        }
        // The last word on the host decides, as for the driver.
        assert!(mode("postgres://localhost/c?host=db.example.org&sslmode=disable").is_err());
        assert!(mode("postgres://localhost/c?hostaddr=192.0.2.1&sslmode=disable").is_err());
    }

    #[test]
    fn on_this_machine_plain_is_allowed() {
        for url in [
            "postgres://%2Frun%2Fpostgresql/c",
            "postgres://a@localhost/c",
            "postgres://a@127.0.0.1:5433/c",
            "postgres://a@[::1]/c",
        ] {
            assert!(matches!(mode(url), Ok(PgSslMode::Prefer)), "{url}: {:?}", mode(url));
        }
        assert!(matches!(mode("postgres://a@localhost/c?sslmode=verify-full"), Ok(PgSslMode::VerifyFull)));
    }

    #[test]
    fn an_address_is_described_without_account_and_password() {
        let address = read(&"postgres://amal:s3cret@db.example.org:5433/cabinet".into()).expect("an address");
        assert_eq!(address.place, "PostgreSQL at db.example.org:5433, database cabinet");
        for bad in ["db.example.org", "https://a:s3cret@db.example.org/", "postgres://a:s3cret@db:bad/c"] {
            let refused = mode(bad).expect_err("refused");
            assert!(!refused.contains("s3cret"), "{refused}");
        }
    }
}
