//! Which tickets of a Redmine a text names: by a key of the connection, or by their address.
use url::Url;

/// The issue that an address of this Redmine shows.
fn at_address(base: &Url, text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let same = url.host_str().is_some() && url.host_str() == base.host_str();
    if !same || url.port_or_known_default() != base.port_or_known_default() {
        return None;
    }
    let below = url.path().strip_prefix(base.path().trim_end_matches('/'))?;
    number(below.strip_prefix("/issues/")?.trim_end_matches('/'))
}

/// An issue's number, as Redmine counts them.
fn number(text: &str) -> Option<String> {
    let digits = (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    (digits && !text.starts_with('0')).then(|| text.to_owned())
}

/// The issues that a text names, each once, in its order: `CHG-17` where that is the connection's prefix, and
/// `https://redmine.example/issues/17` where that is its address.
pub fn issues(base: &Url, prefix: &str, text: &str) -> Vec<String> {
    let apart = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '<' | '>' | '"' | '\'');
    let mut found: Vec<String> = Vec::new();
    for word in text.split(apart) {
        let word = word.trim_end_matches(['.', ':', '!', '?']);
        let by_key = word.rsplit_once('-').filter(|(before, _)| before.eq_ignore_ascii_case(prefix));
        let issue = by_key.and_then(|(_, after)| number(after)).or_else(|| at_address(base, word));
        if let Some(issue) = issue
            && !found.contains(&issue)
        {
            found.push(issue);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_is_named_by_the_key_of_its_connection_or_by_its_address_and_by_nothing_else() {
        let base = Url::parse("https://tickets.example/redmine/").expect("an address");
        for (text, found) in [
            ("CHG-17", vec!["17"]),
            (" chg-17: the shop is down", vec!["17"]),
            ("(CHG-17, CHG-18; CHG-17)", vec!["17", "18"]),
            ("https://tickets.example/redmine/issues/17", vec!["17"]),
            ("see <http://tickets.example:443/redmine/issues/17?tab=notes#note-4>.", vec!["17"]),
            ("https://tickets.example/redmine/issues/17/", vec!["17"]),
            ("INC-17", vec![]),
            ("XCHG-17", vec![]),
            ("CHG-17-B", vec![]),
            ("CHG-0", vec![]),
            ("CHG-1234567890", vec![]),
            ("CHG-", vec![]),
            ("#17", vec![]),
            ("https://tickets.example/issues/17", vec![]),
            ("https://tickets.example.evil/redmine/issues/17", vec![]),
            ("https://tickets.example:8443/redmine/issues/17", vec![]),
            ("https://tickets.example/redmine/issues/17/edit", vec![]),
            ("https://tickets.example/redmine/issues/x", vec![]),
            ("ftp://tickets.example/redmine/issues/17", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(issues(&base, "CHG", text), found, "{text}");
        }
        let root = Url::parse("http://127.0.0.1:3000").expect("an address");
        assert_eq!(issues(&root, "CHG", "http://127.0.0.1:3000/issues/4"), ["4"]);
    }
}
