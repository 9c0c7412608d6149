//! Whether two addresses are of one repository (R2, R44, R62).

/// Names of hosts at which forges take `ssh` or people, before the name of the forge itself.
const DOORS: [&str; 3] = ["www.", "ssh.", "altssh."];

/// The address of a repository, apart from how it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Address {
    /// Empty where it is not said.
    host: String,
    /// Empty where it is not said.
    path: String,
}

impl Address {
    /// Reads `https://host:port/path.git`, `ssh://user@host/path`, `user@host:path` and a bare `path`. Case does not matter to
    /// the forges that tell of merge requests, and what stands behind `/-/` is a page of GitLab's about the repository.
    fn of(text: &str) -> Self {
        let text = text.trim().to_lowercase();
        let text = text.find(['?', '#']).map_or(text.as_str(), |end| &text[..end]);
        let (host, path) = match text.split_once("://") {
            Some((_, rest)) => rest.split_once('/').unwrap_or((rest, "")),
            None => text.split_once(':').filter(|(host, _)| !host.contains('/')).unwrap_or(("", text)),
        };
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        let numbered = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
        let host = numbered.map_or(host, |(host, _)| host);
        let host = DOORS.iter().find_map(|door| host.strip_prefix(*door)).unwrap_or(host);
        let path = path.split_once("/-/").map_or(path, |(path, _)| path).trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        Self { host: host.to_owned(), path: path.to_owned() }
    }

    /// Host and path as one, as in `host/path`.
    fn whole(&self) -> String {
        if self.host.is_empty() { self.path.clone() } else { format!("{}/{}", self.host, self.path) }
    }
}

/// Whether two addresses are of one repository: the same path on the same host, however it is reached. One that says no host
/// is of any. What is blank is of none.
#[must_use]
pub fn same_repository(one: &str, other: &str) -> bool {
    let (one, other) = (Address::of(one), Address::of(other));
    if one.path.is_empty() || other.path.is_empty() {
        return false;
    }
    let hosts = one.host == other.host || one.host.is_empty() || other.host.is_empty();
    (hosts && one.path == other.path) || one.whole() == other.whole()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_the_same_by_host_and_path_however_it_is_reached() {
        const WEB: &str = "https://code.example/group/pay";
        let cases = [
            (WEB, WEB, true),
            (WEB, "https://code.example/group/pay.git", true),
            (WEB, " https://Code.Example/Group/PAY/ ", true),
            (WEB, "http://ada:secret@code.example:8443/group/pay.git/", true),
            (WEB, "ssh://git@code.example:2222/group/pay.git", true),
            (WEB, "git@code.example:group/pay.git", true),
            (WEB, "ssh://git@ssh.code.example:443/group/pay.git", true),
            (WEB, "https://code.example/group/pay/-/tree/main?ref=x#readme", true),
            (WEB, "group/pay", true),
            (WEB, "code.example/group/pay", true),
            (WEB, "other.example/group/pay", false),
            (WEB, "https://other.example/group/pay", false),
            (WEB, "https://code.example/group/pay-2", false),
            (WEB, "https://code.example/pay", false),
            (WEB, "pay", false),
            (WEB, "https://code.example/", false),
            (WEB, "https://code.example", false),
            (WEB, "", false),
            ("", "", false),
            ("https://[::1]:8443/pay", "ssh://git@[::1]/pay.git", true),
            ("https://evil.example/code.example/group/pay", WEB, false),
            ("https://evil.example/https://code.example/group/pay", WEB, false),
            ("ünïcode ? # : @ //", WEB, false),
        ];
        for (one, other, same) in cases {
            assert_eq!(same_repository(one, other), same, "{one:?} and {other:?}");
            assert_eq!(same_repository(other, one), same, "{other:?} and {one:?}");
        }
    }
}
