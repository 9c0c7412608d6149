//! Which server addresses are acceptable: https, except loopback, or by consent on a private network.
use std::net::IpAddr;

use url::{Host, Url};

use crate::errors::TicketingError;

/// Parses and judges an address that a person entered. The result ends in `/`.
///
/// # Errors
/// [`TicketingError::Address`] when it is no http(s) address, carries credentials, or would send the
/// API key in the clear beyond what was consented to.
pub fn acceptable(text: &str, consent_plain_http: bool) -> Result<Url, TicketingError> {
    let refuse = |why: String| Err(TicketingError::Address { why });
    let shown: String = text.chars().take(200).collect();
    let Ok(mut url) = Url::parse(text.trim()) else {
        return refuse(format!(
            "\u{201c}{shown}\u{201d} is not an address; it should look like https://tickets.example.org/"
        ));
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("the address carries a user name or password; leave them out and use an API key".into());
    }
    let Some(host) = url.host().map(|h| h.to_owned()) else {
        return refuse(format!("\u{201c}{shown}\u{201d} names no server"));
    };
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&host) => {}
        "http" if consent_plain_http && is_private(&host) => {}
        "http" if is_private(&host) => {
            return refuse(
                "http sends the API key in the clear; use https, or consent to it for this private address".into(),
            );
        }
        "http" => return refuse("http sends the API key in the clear over a public network; use https".into()),
        other => return refuse(format!("addresses begin with https://, not {other}:")),
    }
    url.set_query(None);
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

/// Whether the host is this machine.
#[must_use]
pub fn is_loopback(host: &Host<String>) -> bool {
    match host {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}

/// Whether the host can only be on a private network, judged by its name alone.
fn is_private(host: &Host<String>) -> bool {
    match host {
        Host::Domain(name) => {
            !name.contains('.') || [".local", ".internal", ".lan", ".home.arpa"].iter().any(|end| name.ends_with(end))
        }
        Host::Ipv4(ip) => ip.is_private() || ip.is_loopback() || ip.is_link_local(),
        Host::Ipv6(ip) => {
            IpAddr::V6(*ip).is_loopback()
                || (ip.segments()[0] & 0xfe00) == 0xfc00
                || (ip.segments()[0] & 0xffc0) == 0xfe80
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_loopback_or_by_consent_on_a_private_network() {
        for (text, consent, accepted) in [
            ("https://tickets.example.org", false, true),
            ("https://tickets.example.org/redmine?x=1#y", false, true),
            ("http://127.0.0.1:3000", false, true),
            ("http://localhost/redmine", false, true),
            ("http://[::1]:80/", false, true),
            ("http://10.0.0.4/", false, false),
            ("http://10.0.0.4/", true, true),
            ("http://redmine/", true, true),
            ("http://redmine.corp.internal/", true, true),
            ("http://192.168.1.9/", true, true),
            ("http://[fd00::1]/", true, true),
            ("http://tickets.example.org/", true, false),
            ("http://127.0.0.1.example.org/", true, false),
            ("http://8.8.8.8/", true, false),
            ("https://user:pw@tickets.example.org/", false, false),
            ("ftp://tickets.example.org/", false, false),
            ("tickets.example.org", false, false),
            ("", false, false),
            ("file:///etc/passwd", true, false),
        ] {
            assert_eq!(acceptable(text, consent).is_ok(), accepted, "{text} with consent {consent}");
        }
    }

    #[test]
    fn an_address_keeps_its_path_and_loses_query_and_fragment() {
        let url = acceptable("https://example.org/redmine?x=1#y", false).expect("acceptable");
        assert_eq!(url.as_str(), "https://example.org/redmine/");
        assert_eq!(url.join("issues.json").expect("joins").as_str(), "https://example.org/redmine/issues.json");
    }
}
