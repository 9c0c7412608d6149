use super::*;
use crate::ParcelKind;
use crate::testing::{Dice, blob, counted, entry};

fn key() -> (Identity, String) {
    let identity = Identity::generate();
    let recipient = identity.to_public().to_string();
    (identity, recipient)
}

fn to(texts: &[&str]) -> Recipients {
    Recipients::of(texts.iter().copied()).expect("a key")
}

/// A sealed parcel as somebody else might make it: age itself is no secret.
fn by_hand(first: &str, second: &str, inside: &[u8], recipient: &str) -> Vec<u8> {
    let file = age::encrypt(&recipient.parse::<Recipient>().expect("a key"), inside).expect("sealed");
    [first.as_bytes(), second.as_bytes(), b"\n", &file].concat()
}

#[test]
fn what_is_sealed_opens_for_each_recipient_and_shows_nothing_to_others() {
    let ((ours, first), (theirs, second)) = (key(), key());
    let recipients = to(&[&first, &second]);
    for plain in [entry(7), blob(3), Vec::new(), vec![b'x'; (64 << 10) + 1]] {
        let parcel = recipients.seal(&plain).expect("sealed");
        assert_eq!(parcel.kind, ParcelKind::Blob, "to a relay it is a blob");
        let sealed = Sealed::read(&parcel.bytes).expect("it says what it is");
        assert_eq!(sealed.recipients(), recipients.digest());
        for identity in [&ours, &theirs] {
            assert_eq!(sealed.open(std::slice::from_ref(identity)).expect("opens"), plain);
        }
        let (stranger, _) = key();
        assert!(matches!(sealed.open(std::slice::from_ref(&stranger)), Err(SealError::NotForYou)));
        assert!(matches!(sealed.open(&[]), Err(SealError::NotForYou)), "without a key");
        assert_eq!(sealed.open(&[stranger, ours.clone()]).expect("opens"), plain, "any key of the device will do");
    }
    let parcel = recipients.seal(&entry(7)).expect("sealed");
    let text = String::from_utf8_lossy(&parcel.bytes).into_owned();
    assert!(!text.contains("payload") && !text.contains(&first) && !text.contains(&second), "{text}");
    assert_ne!(recipients.seal(&entry(7)).expect("again").digest, parcel.digest, "each seal is another");
}

#[test]
fn a_set_of_recipients_is_the_same_in_any_order_and_another_with_any_other_key() {
    let ((_, first), (_, second)) = (key(), key());
    let both = to(&[&first, &second]);
    assert_eq!(both.digest(), to(&[&second, &first, &second]).digest());
    assert_ne!(both.digest(), to(&[&first]).digest());
    assert_eq!(both.digest(), to(&[&first, "no key", "", &second]).digest(), "what is no key is passed over");
    let mut lines = [first.as_str(), second.as_str()];
    lines.sort_unstable();
    let told = format!("{}\n{}\n", lines[0], lines[1]);
    assert_eq!(both.digest(), Digest::of(told.as_bytes()), "as the documentation says");
    assert!(Recipients::of([]).is_none() && Recipients::of(["no key"]).is_none(), "nobody to seal to");
}

#[test]
fn a_sealed_parcel_cut_or_changed_anywhere_is_never_opened_to_something_else() {
    let (identity, recipient) = key();
    let identity = [identity];
    let plain = vec![b'x'; 70_000];
    let bytes = to(&[&recipient]).seal(&plain).expect("sealed").bytes;
    let mut dice = Dice(bytes.len() as u64);
    let places = (0..300).chain((0..counted(50, 2_000)).map(|_| dice.roll(bytes.len())));
    for at in places.chain([bytes.len() - 1, bytes.len() - 17]) {
        let opened = Sealed::read(&bytes[..at]).map(|sealed| sealed.open(&identity));
        assert!(!matches!(opened, Some(Ok(_))), "cut at {at} of {}", bytes.len());
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        match Sealed::read(&changed).map(|sealed| (sealed.recipients(), sealed.open(&identity))) {
            // Only who is named in the second line is not under the seal: it is a claim.
            Some((named, Ok(opened))) => {
                assert!(opened == plain && named != to(&[&recipient]).digest(), "changed at {at}");
            }
            Some((_, Err(_))) | None => {}
        }
    }
    let longer = [bytes.as_slice(), b"x"].concat();
    assert!(!matches!(Sealed::read(&longer).map(|sealed| sealed.open(&identity)), Some(Ok(_))), "something behind it");
}

#[test]
fn bytes_that_only_look_sealed_are_bytes() {
    let (identity, recipient) = key();
    let digest = to(&[&recipient]).digest().to_string();
    for (first, second) in [
        ("cabinet-sealed/2\n", digest.as_str()),
        ("cabinet-sealed/1\r\n", digest.as_str()),
        ("cabinet-sealed/1\n", &digest[1..]),
        ("cabinet-sealed/1\n", digest.to_uppercase().replace(char::is_numeric, "A").as_str()),
        ("", ""),
    ] {
        assert!(Sealed::read(&by_hand(first, second, &entry(1), &recipient)).is_none(), "{first:?} {second:?}");
    }
    let empty = by_hand("cabinet-sealed/1\n", &digest, b"", &recipient);
    assert_eq!(Sealed::read(&empty).expect("sealed").open(std::slice::from_ref(&identity)).expect("opens"), b"");
    let twice = by_hand("cabinet-sealed/1\n", &digest, &empty, &recipient);
    let inside = Sealed::read(&twice).expect("sealed").open(&[identity]).expect("opens");
    assert_eq!(inside, empty, "opened once: what is within is bytes");
}

#[test]
fn what_no_relay_carries_is_neither_sealed_nor_opened() {
    let (identity, recipient) = key();
    let greatest = vec![0; GREATEST_BYTES];
    assert!(matches!(to(&[&recipient]).seal(&greatest), Err(SealError::TooLarge { .. })));
    let digest = to(&[&recipient]).digest().to_string();
    let larger = [format!("cabinet-sealed/1\n{digest}\n").into_bytes(), greatest, vec![0]].concat();
    let refused = Sealed::read(&larger).expect("sealed").open(&[identity]);
    assert!(matches!(refused, Err(SealError::TooLarge { .. })), "before it is opened");
}
