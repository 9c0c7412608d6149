use super::*;
use crate::testing::{blobs, manifest};

fn at_hand() -> BTreeMap<Digest, Blob> {
    blobs().into_values().map(|blob| (blob.digest(), blob)).collect()
}

#[test]
fn a_manifest_shows_exactly_what_was_shown() {
    let manifest = manifest();
    let bytes = manifest.to_bytes().expect("writable");
    assert_eq!(Manifest::parse(&bytes).expect("reads back"), manifest);
    manifest.check_subject(Digest::of(&bytes)).expect("its own digest");
    let at_hand = at_hand();
    let shown = manifest.open(&at_hand).expect("opens");
    assert_eq!(shown["title"], Shown::Present(b"Upgrade PostgreSQL"));
}

#[test]
fn any_changed_byte_or_salt_changes_the_subject() {
    let subject = manifest().digest().expect("writable");
    for field in ["title", "plan.backout"] {
        for at in 0..blobs()[field].bytes.len() {
            let mut changed = blobs();
            changed.get_mut(field).expect("there").bytes[at] ^= 1;
            let refusal = Manifest::of(&changed).check_subject(subject).expect_err("another manifest");
            assert_eq!(refusal.code, Code::Subject);
        }
        let mut salted = blobs();
        salted.get_mut(field).expect("there").salt[31] ^= 1;
        assert!(Manifest::of(&salted).check_subject(subject).is_err());
    }
}

#[test]
fn a_withheld_blob_leaves_its_digest_and_a_wrong_one_is_refused() {
    let manifest = manifest();
    let title = manifest.lines()[1].sha256;
    let mut blobs = at_hand();
    let blob = blobs.remove(&title).expect("there");
    assert_eq!(manifest.open(&blobs).expect("opens")["title"], Shown::Withheld);
    blobs.insert(title, Blob { bytes: b"Upgrade MySQL".to_vec(), ..blob });
    assert_eq!(manifest.open(&blobs).expect_err("not what was shown").code, Code::Blob);
}

#[test]
fn the_same_short_text_under_two_salts_has_two_digests() {
    let one = Blob { salt: [1; 32], bytes: b"yes".to_vec() };
    let two = Blob { salt: [2; 32], ..one.clone() };
    assert_ne!(one.digest(), two.digest(), "or a withheld yes could be guessed");
}

#[test]
fn a_stored_blob_reads_back_only_under_its_digest() {
    let blob = Blob { salt: [7; 32], bytes: b"plan.pdf".to_vec() };
    let stored = blob.to_stored();
    assert_eq!(Digest::of(&stored), blob.digest(), "sha256sum of the file is the digest");
    assert_eq!(Blob::from_stored(&stored, blob.digest()).expect("reads"), blob);
    for at in 0..stored.len() {
        let mut changed = stored.clone();
        changed[at] ^= 0x80;
        assert_eq!(Blob::from_stored(&changed, blob.digest()).expect_err("changed").code, Code::Blob);
    }
    assert_eq!(Blob::from_stored(b"short", Digest::of(b"short")).expect_err("short").code, Code::Blob);
}

#[test]
fn a_field_twice_or_out_of_order_is_refused() {
    let line = |field: &str| format!("{{\"field\":\"{field}\",\"sha256\":\"{}\"}}", Digest::of(b"x"));
    let of = |fields: &[&str]| {
        let lines: Vec<String> = fields.iter().map(|field| line(field)).collect();
        format!("{{\"fields\":[{}],\"schema\":\"{}\"}}", lines.join(","), Manifest::SCHEMA)
    };
    Manifest::parse(of(&["a", "b"]).as_bytes()).expect("sorted");
    for wrong in [of(&["a", "a"]), of(&["b", "a"])] {
        assert_eq!(Manifest::parse(wrong.as_bytes()).expect_err("refused").code, Code::Manifest);
    }
    let other = of(&["a"]).replace("manifest:1", "manifest:2");
    assert_eq!(Manifest::parse(other.as_bytes()).expect_err("refused").code, Code::Manifest);
}

#[test]
fn two_contents_that_differ_in_sections_alone_are_told_apart_by_them_and_no_others_are() {
    use PlanSection::{Backout, Testing, Training};
    let text = |title: &str, backout: &str, testing: &str| -> BTreeMap<String, Vec<u8>> {
        [("title", title), ("plan.backout", backout), ("plan.testing", testing)]
            .into_iter()
            .map(|(field, text)| (field.to_owned(), text.as_bytes().to_vec()))
            .collect()
    };
    let digest = |fields: &BTreeMap<String, Vec<u8>>| {
        content_digest(fields.iter().map(|(f, b)| (f.as_str(), b.as_slice()))).expect("writable")
    };
    let own = text("Upgrade", "Restore", "Load");
    let fields: BTreeMap<String, Digest> = own.iter().map(|(f, b)| (f.clone(), Digest::of(b))).collect();
    let plan = |sections: &[(PlanSection, &str)]| -> BTreeMap<PlanSection, Digest> {
        sections.iter().map(|(s, text)| (*s, Digest::of(text.as_bytes()))).collect()
    };
    let whole = |backout: &str, testing: &str| plan(&[(Backout, backout), (Testing, testing), (Training, "None")]);
    for (other, sections, wanted, why) in [
        (own.clone(), whole("Restore", "Load"), Some(vec![]), "the same"),
        (text("Upgrade", "Twice", "Load"), whole("Twice", "Load"), Some(vec![Backout]), "one section"),
        (
            text("Upgrade", "Twice", "Load"),
            plan(&[(Backout, "Twice")]),
            Some(vec![Backout]),
            "of which only that is told",
        ),
        (text("Upgrade", "Twice", "Soak"), whole("Twice", "Soak"), Some(vec![Backout, Testing]), "two"),
        (text("Upgrade", "Twice", "Soak"), whole("Twice", "Load"), None, "one of which is not told"),
        (text("Other", "Twice", "Load"), whole("Twice", "Load"), None, "and the title"),
        (text("Other", "Restore", "Load"), whole("Restore", "Load"), None, "the title alone"),
    ] {
        let wanted: Option<BTreeSet<PlanSection>> = wanted.map(|sections| sections.into_iter().collect());
        assert_eq!(edited_sections(&fields, &sections, digest(&other)), wanted, "{why}");
    }
}

#[test]
fn a_content_with_another_window_in_its_place_is_that_content() {
    let at = |hour: u32| format!("2026-11-21T{hour:02}:00:00Z");
    let fields = |start: u32, title: &str| -> BTreeMap<String, Vec<u8>> {
        [
            ("title", title.to_owned()),
            ("window.start", at(start)),
            ("window.end", at(start + 1)),
            ("window.zone", "UTC".to_owned()),
        ]
        .into_iter()
        .map(|(field, text)| (field.to_owned(), text.into_bytes()))
        .collect()
    };
    let digest = |fields: &BTreeMap<String, Vec<u8>>| {
        content_digest(fields.iter().map(|(f, b)| (f.as_str(), b.as_slice()))).expect("writable")
    };
    let digests = |fields: &BTreeMap<String, Vec<u8>>| -> BTreeMap<String, Digest> {
        fields.iter().map(|(f, b)| (f.clone(), Digest::of(b))).collect()
    };
    let window = |start: u32| {
        let time = |hour: u32| at(hour).parse().expect("a time");
        Window { start: time(start), end: time(start + 1), zone: "UTC".to_owned() }
    };
    let own = digests(&fields(20, "Upgrade"));
    assert_eq!(content_with_window(&own, &window(20)), Some(digest(&fields(20, "Upgrade"))));
    assert_eq!(content_with_window(&own, &window(21)), Some(digest(&fields(21, "Upgrade"))));
    assert_ne!(content_with_window(&own, &window(21)), Some(digest(&fields(21, "Other"))), "the title as well");
    let mut without = own;
    without.remove("window.zone");
    assert_eq!(content_with_window(&without, &window(21)), None, "the window is not material, or not all of it");
}
