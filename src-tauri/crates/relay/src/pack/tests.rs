use chrono::{TimeZone as _, Utc};
use domain::ids::MemberId;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::testing::{Dice, blob, board, counted, document, entry, parcels};

fn member(n: u128) -> MemberId {
    MemberId(Uuid::from_u128(n))
}

fn about() -> About {
    let at = |second: i64| Utc.timestamp_opt(1_800_000_000 + second, 0).single().expect("valid");
    About {
        purpose: Purpose::Review,
        board: board(),
        roster_root: Digest::of(b"root"),
        from: member(1),
        to: member(2),
        omissions: vec![Omission { what: "CHG-9, plan".to_owned(), why: "not synced since Tuesday".to_owned() }],
        left_out: vec![LeftOut {
            change: "CHG-17".to_owned(),
            name: "trace.pcap".to_owned(),
            digest: None,
            size: 80_000_000,
            why: "larger than 64 MiB".to_owned(),
        }],
        as_of: at(0),
        good_until: Some(at(86_400)),
        in_reply_to: None,
    }
}

fn pack(count: u32) -> Pack {
    Pack::new(about(), parcels(0, count), Some(b"%PDF-1.7 for a tablet".to_vec())).expect("a pack")
}

fn key() -> (Identity, String) {
    let identity = Identity::generate();
    let recipient = identity.to_public().to_string();
    (identity, recipient)
}

/// Seals bytes as somebody else might: age itself is no secret.
fn sealed_by_hand(archive: &[u8], recipient: &str) -> Vec<u8> {
    age::encrypt(&recipient.parse::<Recipient>().expect("a key"), archive).expect("sealed")
}

#[test]
fn a_sealed_pack_opens_for_each_recipient_with_everything_in_it() {
    let ((ours, recipient), (theirs, second)) = (key(), key());
    let sent = pack(20);
    let sealed = sent.seal(&[&recipient, &second]).expect("sealed");
    for identity in [ours, theirs] {
        let opened = Pack::open(&identity, &sealed).expect("opens");
        assert_eq!(opened, sent);
        assert_eq!(opened.about(), &about());
        assert_eq!(opened.pdf(), Some(&b"%PDF-1.7 for a tablet"[..]));
        assert_eq!(opened.parcels().len(), 20);
    }
    let text = String::from_utf8_lossy(&sealed).into_owned();
    assert!(!text.contains("pack.json") && !text.contains(&about().board.to_string()), "nothing shows through");
}

#[test]
fn the_archive_is_the_same_for_the_same_content_in_any_order() {
    let (forwards, mut backwards) = (parcels(0, 30), parcels(0, 30));
    backwards.reverse();
    backwards.push(Parcel::of(entry(1)));
    let archive = |parcels| Pack::new(about(), parcels, None).expect("a pack").archive().expect("an archive");
    assert_eq!(archive(forwards), archive(backwards), "order and repetition do not matter");
}

#[test]
fn a_reply_is_a_pack_that_names_the_cover_it_answers() {
    let (identity, recipient) = key();
    let sent = pack(3);
    let reply = About {
        purpose: Purpose::Reply,
        from: member(2),
        to: member(1),
        in_reply_to: Some(sent.cover()),
        omissions: Vec::new(),
        left_out: Vec::new(),
        good_until: None,
        ..about()
    };
    let reply = Pack::new(reply, vec![Parcel::of(entry(77))], None).expect("a reply");
    let opened = Pack::open(&identity, &reply.seal(&[&recipient]).expect("sealed")).expect("opens");
    assert_eq!((opened.about().purpose, opened.about().in_reply_to), (Purpose::Reply, Some(sent.cover())));
    assert_eq!(opened.into_parcels(), [Parcel::of(entry(77))]);
}

#[test]
fn a_pdf_that_is_not_the_one_on_the_cover_is_refused() {
    let (identity, recipient) = key();
    let mut archive = pack(2).archive().expect("an archive");
    let words = b"%PDF-1.7 for a tablet";
    let at = archive.windows(words.len()).position(|w| w == words).expect("the PDF is in it");
    archive[at + 5] = b'2';
    let refused = Pack::open(&identity, &sealed_by_hand(&archive, &recipient)).expect_err("another PDF");
    assert!(matches!(&refused, PackError::Member { name, .. } if name == "pack.pdf"), "{refused}");
}

#[test]
fn a_pack_for_somebody_else_says_so() {
    let ((_, recipient), (other, _)) = (key(), key());
    let sealed = pack(3).seal(&[&recipient]).expect("sealed");
    assert!(matches!(Pack::open(&other, &sealed), Err(PackError::NotForYou)));
}

#[test]
fn keys_that_are_none_are_named() {
    assert!(matches!(pack(1).seal(&[]), Err(PackError::NoRecipient)));
    for bad in
        ["", "age1", "amal", "AGE-SECRET-KEY-1QQ", "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"]
    {
        let refused = pack(1).seal(&[bad]).expect_err("refused");
        assert!(matches!(&refused, PackError::Recipient { recipient } if recipient == bad), "{refused}");
    }
}

/// Plaintexts that end beside and on the 64 KiB that age seals at a time.
fn sizes() -> Vec<Vec<u8>> {
    let archive = |blob: usize| {
        let parcels = vec![Parcel::of(vec![b'x'; blob])];
        Pack::new(About { omissions: Vec::new(), ..about() }, parcels, None).expect("a pack").archive().expect("one")
    };
    let base = archive(0).len();
    assert_eq!(base % 512, 0);
    let exact = (64 << 10) - base;
    [1, exact, exact + 1, exact + (64 << 10)].into_iter().map(archive).collect()
}

#[test]
fn a_pack_cut_anywhere_or_with_anything_behind_it_is_refused() {
    let (identity, recipient) = key();
    for archive in sizes() {
        let sealed = sealed_by_hand(&archive, &recipient);
        Pack::open(&identity, &sealed).expect("whole it opens");
        let mut dice = Dice(archive.len() as u64);
        let cuts = (0..200).chain((0..counted(30, 2_000)).map(|_| dice.roll(sealed.len())));
        for cut in cuts.chain([sealed.len() - 1, sealed.len() - 16, sealed.len() - 17]) {
            let cut = cut.min(sealed.len() - 1);
            let refused = Pack::open(&identity, &sealed[..cut]).expect_err("cut");
            let named =
                matches!(refused, PackError::NotAPack { .. } | PackError::Damaged { .. } | PackError::NotForYou);
            assert!(named, "cut at {cut} of {}: {refused}", sealed.len());
        }
        for more in [&b"\0"[..], b"x", &[0; 16], &[7; 512], &[0; (64 << 10) + 16], &sealed] {
            let longer = [&sealed, more].concat();
            let refused = Pack::open(&identity, &longer).expect_err("longer");
            assert!(matches!(refused, PackError::Damaged { .. }), "{} more: {refused}", more.len());
        }
    }
}

#[test]
fn a_pack_with_any_byte_changed_is_refused() {
    let (identity, recipient) = key();
    let sealed = pack(40).seal(&[&recipient]).expect("sealed");
    let mut dice = Dice(40);
    let sampled = (0..counted(150, 20_000)).map(|_| dice.roll(sealed.len()));
    let (mut tried, mut refused) = (0u32, [0u32; 3]);
    for at in (0..250).chain(sampled) {
        for bit in [0x01, 0x80] {
            let mut other = sealed.clone();
            other[at] ^= bit;
            tried += 1;
            match Pack::open(&identity, &other) {
                Err(PackError::NotAPack { .. }) => refused[0] += 1,
                Err(PackError::NotForYou) => refused[1] += 1,
                Err(PackError::Damaged { .. }) => refused[2] += 1,
                answer => panic!("byte {at} of {}: {answer:?}", sealed.len()),
            }
        }
    }
    println!("{tried} changed packs: not a pack {}, not for you {}, damaged {}", refused[0], refused[1], refused[2]);
    assert_eq!(tried, refused.iter().sum::<u32>());
}

type Inside = Vec<(String, Vec<u8>)>;

/// What somebody who knows the recipient's key might put inside.
#[test]
fn what_is_inside_must_be_exactly_what_the_cover_says() {
    let (identity, recipient) = key();
    let sent = Pack::new(about(), vec![Parcel::of(document(1)), Parcel::of(entry(2)), Parcel::of(blob(3))], None);
    let sent = sent.expect("a pack");
    let cover = sent.cover_bytes().expect("a cover");
    let part = |parcel: &Parcel| (name_of(parcel.kind, parcel.digest), parcel.bytes.clone());
    let first = (COVER.to_owned(), cover.clone());
    let parts: Inside = sent.parcels().iter().map(part).collect();
    let text = String::from_utf8(cover).expect("text");
    let with_cover = |text: String| [vec![(COVER.to_owned(), text.into_bytes())], parts.clone()].concat();
    let whole = || [vec![first.clone()], parts.clone()].concat();
    let changed = |change: &dyn Fn(&mut Inside)| {
        let mut parts = whole();
        change(&mut parts);
        parts
    };
    let stranger = part(&Parcel::of(entry(9)));
    let cases: Vec<(&str, Inside, &str)> = vec![
        ("nothing", Vec::new(), "cover"),
        ("no cover", parts.clone(), "cover"),
        ("the cover last", changed(&|parts| parts.rotate_left(1)), "cover"),
        ("a part missing", changed(&|parts| drop(parts.pop())), "not in the pack"),
        ("a part too many", changed(&|parts| parts.push(stranger.clone())), "not on the cover"),
        ("a second cover", changed(&|parts| parts.push(first.clone())), "not on the cover"),
        ("parts exchanged", changed(&|parts| parts.swap(1, 2)), "stands in its place"),
        ("other bytes", changed(&|parts| parts[1].1[20] ^= 1), "its bytes are"),
        (
            "a PDF that is not on the cover",
            changed(&|parts| parts.insert(1, (PDF.to_owned(), vec![1]))),
            "in its place",
        ),
        ("a way out", changed(&|parts| parts[1].0 = "../../.bashrc".to_owned()), "stands in its place"),
        ("another version", with_cover(text.replace("pack:1", "pack:2")), "newer Cabinet"),
        ("another form", with_cover(text.replace("\":", "\": ")), "canonical"),
        ("a field more", with_cover(text.replacen('{', "{\"a\":1,", 1)), "cannot be read"),
        ("a field twice", with_cover(text.replacen('{', "{\"as_of\":1,", 1)), "twice"),
        ("no cover but a list", with_cover("[]".to_owned()), "newer Cabinet"),
    ];
    for (name, inside, words) in cases {
        let mut bytes = Vec::new();
        for (name, content) in &inside {
            archive::push(&mut bytes, name, content);
        }
        archive::finish(&mut bytes);
        let refused = Pack::open(&identity, &sealed_by_hand(&bytes, &recipient)).expect_err(name);
        assert!(refused.to_string().contains(words), "{name}: {refused}");
    }
}

#[test]
fn a_list_that_is_out_of_order_or_names_a_parcel_twice_is_refused() {
    let (identity, recipient) = key();
    let (one, two) = (Parcel::of(entry(1)), Parcel::of(entry(2)));
    let listed = |parcel: &Parcel| Listed { kind: parcel.kind, digest: parcel.digest };
    let (low, high) = if one.digest < two.digest { (one, two) } else { (two, one) };
    for (list, words) in [([&high, &low], "out of order"), ([&low, &low], "twice")] {
        let cover = Cover::new(&about(), None, list.iter().map(|parcel| listed(parcel)).collect());
        let mut bytes = Vec::new();
        archive::push(&mut bytes, COVER, &canonical::to_bytes(&cover).expect("a cover"));
        for parcel in list {
            archive::push(&mut bytes, &name_of(parcel.kind, parcel.digest), &parcel.bytes);
        }
        archive::finish(&mut bytes);
        let refused = Pack::open(&identity, &sealed_by_hand(&bytes, &recipient)).expect_err(words);
        assert!(refused.to_string().contains(words), "{refused}");
    }
}

#[test]
fn a_parcel_that_is_not_what_it_says_gets_into_no_pack() {
    let lying = Parcel { digest: Digest::of(b"other"), ..Parcel::of(entry(1)) };
    let misnamed = Parcel { kind: ParcelKind::Blob, ..Parcel::of(entry(1)) };
    for parcel in [lying, misnamed] {
        assert!(matches!(Pack::new(about(), vec![parcel], None), Err(PackError::Member { .. })));
    }
    let large = vec![Parcel::of(vec![0; GREATEST_BYTES + 1])];
    assert!(matches!(Pack::new(about(), large, None), Err(PackError::TooLarge { .. })));
}

#[test]
fn what_is_no_pack_is_called_so() {
    let (identity, _) = key();
    let nothing: [&[u8]; 5] =
        [b"", b"%PDF-1.7", b"age-encryption.org/v1", b"age-encryption.org/v1\n--- x\n", &[0xff; 4096]];
    for bytes in nothing {
        assert!(matches!(Pack::open(&identity, bytes), Err(PackError::NotAPack { .. })), "{bytes:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(counted(64, 5_000)))]

    /// Whatever archive somebody puts inside: it is refused by name, or it is the very archive we would write.
    #[test]
    fn an_archive_that_is_read_is_one_that_we_write(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = pack(4).archive().expect("an archive");
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(read) = Pack::read(&bytes) {
            prop_assert_eq!(read.archive().expect("an archive"), bytes);
        }
    }
}
