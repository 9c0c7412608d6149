//! What a ticket's words allow, and what they only seem to.
use std::collections::BTreeMap;

use chrono::TimeZone as _;
use proptest::prelude::*;

use super::*;
use crate::gate::fixture;
use crate::policy::{Policy, Strength};

fn hex(digit: &str, n: usize) -> String {
    digit.repeat(n)
}

fn named(text: &str) -> Vec<String> {
    artifacts_in(text).iter().map(ToString::to_string).collect()
}

#[test]
fn artifacts_are_found_where_people_write_them() {
    let (image, commit) = (format!("sha256:{}", hex("ab", 32)), hex("0c", 20));
    let cases = [
        (image.clone(), vec![image.clone()], "alone"),
        (image.to_uppercase().replace("SHA256", "sha256"), vec![image.clone()], "digits in capitals are the same"),
        (format!("registry.example/pay:4.2@{image}"), vec![image.clone()], "an image's reference"),
        (
            format!("index {image}, arm64 (sha256:{})", hex("1", 64)),
            vec![format!("sha256:{}", hex("1", 64)), image.clone()],
            "index and platform",
        ),
        (format!("payments@{commit}"), vec![format!("payments@{commit}")], "a commit"),
        (format!("see group/pay.api@{commit}."), vec![format!("group/pay.api@{commit}")], "in a sentence"),
        ("4.2.0".to_owned(), vec![], "a version is no artifact"),
        (format!("sha256:{}", hex("a", 63)), vec![], "a digit too short"),
        (format!("sha256:{}", hex("a", 65)), vec![], "a digit too long"),
        (format!("sha256:{}g", hex("a", 64)), vec![], "a letter goes on"),
        (format!("xsha256:{}", hex("a", 64)), vec![], "another word"),
        (format!("pay@{}", hex("a", 39)), vec![], "a short commit is no commit"),
        (format!("pay@{}", hex("a", 41)), vec![], "nor is a long one"),
        (format!("@{commit}"), vec![], "nobody's commit"),
        (format!("a@b@{commit}"), vec![], "whose?"),
        (format!("é@{commit}"), vec![], "no project's name"),
        (format!("git@{}", hex("z", 40)), vec![], "not hexadecimal"),
    ];
    for (text, expected, why) in cases {
        assert_eq!(named(&text), expected, "{why}: {text}");
    }
}

#[test]
fn an_argument_is_an_artifact_whole_or_not_at_all() {
    for good in [format!("sha256:{}", hex("0", 64)), format!("group/pay@{}", hex("0", 40))] {
        assert_eq!(good.parse::<Artifact>().expect("an artifact").as_str(), good);
    }
    for bad in ["", "sha256:", "sha256:00", "pay", "pay@main", &format!(" sha256:{}", hex("0", 64))] {
        assert!(bad.parse::<Artifact>().is_err(), "{bad:?}");
    }
}

#[test]
fn a_project_is_the_path_of_its_repository() {
    for (address, project) in [
        ("https://git.example/group/payments.git", Some("group/payments")),
        ("https://git.example/group/payments/", Some("group/payments")),
        ("git@git.example:group/payments.git", Some("group/payments")),
        ("ssh://git@git.example:2222/group/payments.git", Some("group/payments")),
        ("payments", Some("payments")),
        ("", None),
        ("https://git.example", None),
        ("git@git.example:", None),
        ("https://git.example/a b", None),
    ] {
        assert_eq!(project_of(address), project, "{address}");
    }
}

#[test]
fn what_is_allowed_follows_from_the_material_fields_of_the_policy() {
    let mut change = fixture::change();
    change.version = format!("4.2.0 sha256:{}", hex("a", 64));
    change.artifact_digest = format!("sha256:{}", hex("b", 64));
    change.repository = "git@git.example:pay/ledger.git".to_owned();
    change.commit = hex("c", 40);
    change.environment = " prod-eu ".to_owned();
    let fields: BTreeMap<String, Vec<u8>> =
        Policy::built_in(Strength::Starter).material_fields(&change, &[]).into_iter().collect();
    for name in Allowed::FIELDS {
        assert!(fields.contains_key(name), "{name} is a material field");
    }
    let allowed = Allowed::of(|name| fields.get(name).map(Vec::as_slice));
    let artifacts: Vec<String> = allowed.artifacts.iter().map(ToString::to_string).collect();
    assert_eq!(
        artifacts,
        [
            format!("pay/ledger@{}", hex("c", 40)),
            format!("sha256:{}", hex("a", 64)),
            format!("sha256:{}", hex("b", 64))
        ]
    );
    assert_eq!(allowed.environment, "prod-eu");
    assert_eq!(allowed.window, change.window, "to the second, with its zone");
    let nothing = Allowed::of(|_| None);
    assert_eq!((nothing.artifacts.len(), nothing.environment.as_str(), nothing.window), (0, "", None));
}

#[test]
fn a_window_has_a_quarter_of_an_hour_of_grace_on_both_sides_and_no_more() {
    let at = |h, m, s| Utc.with_ymd_and_hms(2026, 11, 21, h, m, s).single().expect("a time");
    let window = Window { start: at(20, 0, 0), end: at(22, 0, 0), zone: "Europe/Berlin".to_owned() };
    for (now, expected) in [
        (at(19, 44, 59), Moment::Before),
        (at(19, 45, 0), Moment::Within),
        (at(22, 15, 0), Moment::Within),
        (at(22, 15, 1), Moment::After),
    ] {
        assert_eq!(moment(&window, now), expected, "{now}");
    }
    let endless = Window { start: DateTime::<Utc>::MIN_UTC, end: DateTime::<Utc>::MAX_UTC, zone: String::new() };
    assert_eq!(moment(&endless, at(0, 0, 0)), Moment::Within, "nothing overflows");
}

proptest! {
    #[test]
    fn whatever_a_ticket_says_is_read_and_what_is_found_reads_back(text in "(?s).{0,200}") {
        for artifact in artifacts_in(&text) {
            prop_assert_eq!(artifact.as_str().parse::<Artifact>().expect("it reads back"), artifact);
        }
    }

    #[test]
    fn a_digest_among_words_is_always_found(before in "[ ,;(]{1,3}", digits in "[0-9a-f]{64}", after in "[ ,;).]{0,3}") {
        let found = named(&format!("v1{before}sha256:{digits}{after}"));
        prop_assert_eq!(found, vec![format!("sha256:{digits}")]);
    }
}
