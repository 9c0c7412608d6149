use super::*;

fn key() -> (Identity, Recipients) {
    let identity = Identity::generate();
    let recipient = identity.to_public().to_string();
    (identity, Recipients::of([recipient.as_str()]).expect("a key"))
}

fn sealed(to: &Recipients, text: &str) -> Parcel {
    to.seal(text.as_bytes()).expect("sealed")
}

fn blob(text: &str) -> Parcel {
    Parcel::of(text.as_bytes().to_vec())
}

fn came(parcels: Vec<Parcel>) -> Incoming {
    Incoming { parcels, ..Incoming::default() }
}

#[test]
fn what_was_sealed_is_one_of_the_parcels_that_came_and_what_is_not_ours_is_noted_and_passed_over() {
    let ((identity, ours), (_, others)) = (key(), key());
    let keys = ExchangeKeys { identities: vec![identity], missing: false };
    let mut cut = sealed(&ours, "cut").bytes;
    cut.truncate(cut.len() - 1);
    let parcels = vec![
        blob("plain"),
        sealed(&ours, "a plan"),
        sealed(&ours, "a plan"),
        sealed(&others, "not for us"),
        Parcel::of(cut),
        sealed(&ours, "known"),
    ];
    let digests: Vec<Digest> = parcels.iter().map(|parcel| parcel.digest).collect();
    let opened = open_all(came(parcels), &keys, BTreeSet::from([blob("known").digest]));
    assert_eq!(opened.parcels, [blob("plain"), blob("a plan")], "each once, and nothing that is here");
    assert_eq!((opened.not_ours, opened.closed), (2, 0));
    let plan = Some(blob("a plan").digest);
    let noted: Vec<(Digest, Option<Digest>)> = opened.sealed.iter().map(|p| (p.sealed, p.plain)).collect();
    let expected = [plan, plan, None, None, Some(blob("known").digest)];
    assert_eq!(noted, digests.iter().skip(1).copied().zip(expected).collect::<Vec<_>>());
    assert_eq!(opened.sealed[2].recipients, others.digest());
}

#[test]
fn what_a_key_might_open_that_cannot_be_read_now_is_not_noted() {
    let ((_, ours), (identity, others)) = (key(), key());
    let keys = ExchangeKeys { identities: vec![identity], missing: true };
    let opened = open_all(came(vec![sealed(&ours, "a"), sealed(&others, "b")]), &keys, BTreeSet::new());
    assert_eq!((opened.parcels, opened.not_ours, opened.closed), (vec![blob("b")], 0, 1));
    assert_eq!(opened.sealed.len(), 1, "it is fetched again");
}

#[test]
fn what_lies_there_is_what_stands_there_under_a_seal_to_the_same_keys() {
    let of = |text: &str| Digest::of(text.as_bytes());
    let parcel = |sealed: &str, plain: Option<&str>, to: &str| SealedParcel {
        sealed: of(sealed),
        plain: plain.map(of),
        recipients: of(to),
    };
    let sealed = vec![
        parcel("1", Some("a"), "two"),
        parcel("2", Some("b"), "two"),
        parcel("3", Some("c"), "three"),
        parcel("4", None, "two"),
    ];
    let there =
        BTreeSet::from([(ParcelKind::Blob, of("1")), (ParcelKind::Blob, of("3")), (ParcelKind::Entry, of("2"))]);
    let standing = Standing { there: Some(there), sealed: sealed.clone(), recipients: Some(of("two")) };
    assert_eq!(standing.sealed_as_given(), BTreeSet::from([of("a")]), "b vanished, c is sealed to others");
    assert_eq!(standing.sealed_to(of("three")), BTreeSet::from([of("c")]));
    let in_part = Standing { there: None, sealed, recipients: Some(of("two")) };
    assert_eq!(in_part.sealed_as_given(), BTreeSet::from([of("a"), of("b")]), "nobody looked: it lies there");
    let plain = Standing { there: None, sealed: Vec::new(), recipients: None };
    assert!(plain.sealed_as_given().is_empty());
}

#[test]
fn documents_go_as_they_are_and_everything_else_sealed() {
    let (identity, ours) = key();
    let document = Parcel::of(br#"{"schema":"urn:x-cabinet:roster:1"}"#.to_vec());
    let entry = Parcel::of(br#"{"payload":"e30=","payloadType":"x","signatures":[]}"#.to_vec());
    assert_eq!((document.kind, entry.kind), (ParcelKind::Document, ParcelKind::Entry));
    let given = vec![document.clone(), entry.clone(), blob("a plan")];
    let (parcels, noted) = seal_all(&ours, given).expect("sealed");
    assert_eq!((parcels.len(), noted.len(), &parcels[0]), (3, 2, &document));
    let back = open_all(came(parcels), &ExchangeKeys { identities: vec![identity], missing: false }, BTreeSet::new());
    assert_eq!(back.parcels, [document, entry, blob("a plan")]);
    assert_eq!(back.sealed, noted, "both sides note the same");
}
