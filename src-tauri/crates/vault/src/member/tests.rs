use chrono::{TimeDelta, TimeZone as _};
use domain::ids::EntryId;
use secrecy::ExposeSecret as _;
use uuid::Uuid;

use super::exchange::EXCHANGE_KEY;
use super::*;
use crate::file::FileVault;
use crate::memory::MemoryVault;

pub(crate) const PIN: &str = "correct-8";

pub(crate) fn board() -> BoardId {
    BoardId(Uuid::from_u128(1))
}

pub(crate) fn member() -> MemberId {
    MemberId(Uuid::from_u128(2))
}

pub(crate) fn pin() -> Pin {
    Pin::new(&PIN.into()).expect("valid")
}

pub(crate) fn at(second: i64) -> DateTime<Utc> {
    Utc.timestamp_opt(1_800_000_000 + second, 0).single().expect("valid")
}

fn patience() -> Patience {
    Patience::default()
}

/// Each implementation that needs no daemon; the keyring has tests of its own.
fn each_vault(test: impl Fn(Arc<dyn Vault>)) {
    test(Arc::new(MemoryVault::default()));
    let folder = tempfile::tempdir().expect("a folder");
    test(Arc::new(FileVault::sample(folder.path()).expect("made")));
}

fn enrolled(vault: Arc<dyn Vault>) -> (MemberKeys, KeyId) {
    let keys = MemberKeys::new(vault, board(), member());
    let half = keys.enrol(&pin(), Cost::SAMPLE, &patience()).expect("enrols");
    (keys, half.key_id)
}

#[test]
fn an_enrolled_member_unlocks_with_the_pin_and_signs() {
    each_vault(|vault| {
        let keys = MemberKeys::new(vault, board(), member());
        let half = keys.enrol(&pin(), Cost::SAMPLE, &patience()).expect("enrols");
        assert_eq!(keys.check(half.key_id, &patience()).expect("there"), VaultState::Available);
        let key = keys.unlock(half.key_id, &PIN.into(), at(0), &patience()).expect("unlocks");
        assert_eq!((key.key_id(), key.spki_der()), (half.key_id, half.spki_der.as_slice()));
        key.sign(b"message").expect("signs");
    });
}

#[test]
fn enrolling_twice_never_replaces_a_key() {
    each_vault(|vault| {
        let (keys, id) = enrolled(vault);
        let again = keys.enrol(&pin(), Cost::SAMPLE, &patience());
        assert!(matches!(again, Err(VaultError::AlreadyThere { .. })));
        keys.unlock(id, &PIN.into(), at(0), &patience()).expect("the first key stands");
    });
}

#[test]
fn a_missing_key_of_an_enrolled_member_is_lost_and_nothing_is_written() {
    each_vault(|vault| {
        let (keys, id) = enrolled(vault.clone());
        vault.remove(&Slot::signature_key(board(), member()), &patience()).expect("removes");
        let lost = |result| matches!(result, Err(VaultError::Lost { what: SIGNATURE_KEY }));
        assert!(lost(keys.check(id, &patience()).map(|_| ())));
        assert!(lost(keys.unlock(id, &PIN.into(), at(0), &patience()).map(|_| ())));
        let log = LogId { key: id, epoch: 1 };
        assert!(lost(keys.keep_head(log, Head { seq: 1, id: EntryId([1; 32]) }, &patience())));
        assert!(keys.attempts(&patience()).expect("reads") == Attempts::default(), "not even the count");
        assert!(vault.read(&Slot::signature_key(board(), member()), &patience()).expect("reads").is_none());
    });
}

#[test]
fn the_recording_key_needs_no_pin_and_is_made_once() {
    each_vault(|vault| {
        let keys = MemberKeys::new(vault, board(), member());
        let expected = KeyId([1; 32]);
        assert!(matches!(keys.recording_key(expected, &patience()), Err(VaultError::Lost { what: RECORDING_KEY })));
        let half = keys.make_recording_key(&patience()).expect("made");
        assert_eq!(keys.recording_key(half.key_id, &patience()).expect("there").key_id(), half.key_id);
        assert!(matches!(keys.recording_key(expected, &patience()), Err(VaultError::Corrupt { .. })));
        assert!(matches!(keys.make_recording_key(&patience()), Err(VaultError::AlreadyThere { .. })));
    });
}

#[test]
fn the_exchange_key_needs_no_pin_and_is_made_once() {
    each_vault(|vault| {
        let keys = MemberKeys::new(vault, board(), member());
        let other = age::x25519::Identity::generate().to_public().to_string();
        assert!(matches!(keys.exchange_key(&other, &patience()), Err(VaultError::Lost { what: EXCHANGE_KEY })));
        let recipient = keys.make_exchange_key(&patience()).expect("made");
        assert!(recipient.starts_with("age1"), "{recipient}");
        let identity = keys.exchange_key(&recipient, &patience()).expect("there");
        assert_eq!(identity.to_public().to_string(), recipient);
        assert!(matches!(keys.exchange_key(&other, &patience()), Err(VaultError::Corrupt { .. })));
        assert!(matches!(keys.make_exchange_key(&patience()), Err(VaultError::AlreadyThere { what: EXCHANGE_KEY })));
    });
}

#[test]
fn what_is_sealed_to_the_exchange_key_opens_with_it_alone() {
    each_vault(|vault| {
        let keys = MemberKeys::new(vault.clone(), board(), member());
        let neighbour = MemberKeys::new(vault, board(), MemberId(Uuid::from_u128(3)));
        let recipient = keys.make_exchange_key(&patience()).expect("made");
        let others = neighbour.make_exchange_key(&patience()).expect("made");
        let key: age::x25519::Recipient = recipient.parse().expect("a recipient");
        let sealed = age::encrypt(&key, b"a pack").expect("sealed");
        let identity = keys.exchange_key(&recipient, &patience()).expect("there");
        assert_eq!(age::decrypt(&identity, &sealed).expect("opens"), b"a pack");
        let identity = neighbour.exchange_key(&others, &patience()).expect("there");
        assert!(matches!(age::decrypt(&identity, &sealed), Err(age::DecryptError::NoMatchingKeys)));
    });
}

#[test]
fn a_damaged_or_exchanged_exchange_key_is_told_and_its_secret_is_not() {
    each_vault(|vault| {
        let keys = MemberKeys::new(vault.clone(), board(), member());
        let recipient = keys.make_exchange_key(&patience()).expect("made");
        let slot = Slot::exchange_key(board(), member());
        let other = age::x25519::Identity::generate();
        let secret = other.to_string();
        // The right name over another secret, a version to come, and no document at all.
        let lying = format!(r#"{{"v":1,"recipient":"{recipient}","identity":"{}"}}"#, secret.expose_secret());
        let newer = format!(r#"{{"v":2,"recipient":"{recipient}","identity":"{}"}}"#, secret.expose_secret());
        for text in [STANDARD.encode(lying), STANDARD.encode(newer), "not base64!".to_owned()] {
            vault.write(&slot, &text.into(), &patience()).expect("writes");
            let Err(error) = keys.exchange_key(&recipient, &patience()) else { panic!("damaged, and opened") };
            assert_eq!(error.state(), Some(VaultState::Corrupt));
            assert!(!error.to_string().contains("AGE-SECRET") && !format!("{error:?}").contains("AGE-SECRET"));
        }
        vault.remove(&slot, &patience()).expect("removes");
        assert!(matches!(keys.exchange_key(&recipient, &patience()), Err(VaultError::Lost { .. })));
    });
}

#[test]
fn the_certificate_authority_opens_under_the_same_count_of_wrong_pins() {
    each_vault(|vault| {
        let (keys, id) = enrolled(vault);
        let authority = keys.make_authority(&pin(), Cost::SAMPLE, &patience()).expect("made");
        assert_ne!(authority.key_id, id);
        let wrong = keys.unlock(id, &"wrong-one".into(), at(0), &patience());
        assert!(matches!(wrong, Err(VaultError::PinWrong { failed: 1, .. })));
        let wrong = keys.unlock_authority(authority.key_id, &"wrong-one".into(), at(0), &patience());
        assert!(matches!(wrong, Err(VaultError::PinWrong { failed: 2, .. })));
        let key = keys.unlock_authority(authority.key_id, &PIN.into(), at(0), &patience()).expect("opens");
        assert_eq!(key.key_id(), authority.key_id);
    });
}

#[test]
fn wrong_pins_are_counted_delayed_and_forgiven_by_the_right_one() {
    each_vault(|vault| {
        let (keys, id) = enrolled(vault.clone());
        let mut now = at(0);
        for (failed, wait) in [(1, 0), (2, 0), (3, 5), (4, 15), (5, 45)] {
            match keys.unlock(id, &"wrong-one".into(), now, &patience()) {
                Err(VaultError::PinWrong { failed: counted, wait_seconds }) => {
                    assert_eq!((counted, wait_seconds), (failed, wait));
                }
                other => panic!("attempt {failed}: {other:?}"),
            }
            if wait > 0 {
                let early = now + TimeDelta::seconds(i64::from(wait) - 1);
                // Not even the right PIN is tried before its time, nor by another run of the program.
                let restarted = MemberKeys::new(vault.clone(), board(), member());
                let refused = restarted.unlock(id, &PIN.into(), early, &patience());
                assert!(matches!(refused, Err(VaultError::PinDelayed { .. })), "attempt {failed}");
            }
            now += TimeDelta::seconds(i64::from(wait));
        }
        keys.unlock(id, &PIN.into(), now, &patience()).expect("the right PIN in time");
        let next = keys.unlock(id, &"wrong-one".into(), now, &patience());
        assert!(matches!(next, Err(VaultError::PinWrong { failed: 1, wait_seconds: 0 })));
    });
}

#[test]
fn a_changed_pin_opens_the_same_key() {
    each_vault(|vault| {
        let (keys, id) = enrolled(vault);
        let new = Pin::new(&"another-8".into()).expect("valid");
        let change = |old: &str| keys.change_pin(id, &old.into(), (&new, Cost::SAMPLE), at(0), &patience());
        assert!(matches!(change("wrong-one"), Err(VaultError::PinWrong { .. })));
        change(PIN).expect("changed");
        assert!(keys.unlock(id, &PIN.into(), at(0), &patience()).is_err());
        assert_eq!(keys.unlock(id, &"another-8".into(), at(0), &patience()).expect("opens").key_id(), id);
    });
}

#[test]
fn enrolling_again_makes_another_key_and_clears_the_count() {
    each_vault(|vault| {
        let (keys, id) = enrolled(vault);
        for _ in 0..3 {
            let _ = keys.unlock(id, &"wrong-one".into(), at(0), &patience());
        }
        let half = keys.enrol_again(&pin(), Cost::SAMPLE, &patience()).expect("on the member's own wish");
        assert_ne!(half.key_id, id);
        keys.unlock(half.key_id, &PIN.into(), at(0), &patience()).expect("at once");
        let old = keys.check(id, &patience());
        assert!(matches!(old, Err(VaultError::Corrupt { .. })), "a roster that still names the old key is told");
    });
}

#[test]
fn who_enrols_again_is_behind_nothing_of_the_old_keys_and_opens_what_was_sealed_to_them() {
    each_vault(|vault| {
        let (keys, id) = enrolled(vault);
        let recording = keys.make_recording_key(&patience()).expect("made");
        let sealed_to = keys.make_exchange_key(&patience()).expect("made");
        keys.keep_head(LogId { key: id, epoch: 1 }, Head { seq: 4, id: EntryId([4; 32]) }, &patience()).expect("kept");

        keys.enrol_again(&pin(), Cost::SAMPLE, &patience()).expect("on the member's own wish");
        let other = keys.make_recording_key_again(&patience()).expect("made");
        assert_ne!(other.key_id, recording.key_id);
        keys.recording_key(other.key_id, &patience()).expect("the new one is kept");
        assert!(keys.heads(&patience()).expect("reads").is_empty());
        assert_eq!(keys.exchange_key_kept_or_made(&patience()).expect("kept"), sealed_to);
    });
}

#[test]
fn the_newest_head_is_kept_beside_the_key_and_never_goes_back() {
    each_vault(|vault| {
        let (keys, id) = enrolled(vault);
        let (log, other) = (LogId { key: id, epoch: 1 }, LogId { key: id, epoch: 2 });
        let head = |seq: u32| Head { seq, id: EntryId([u8::try_from(seq).expect("small"); 32]) };
        assert!(keys.heads(&patience()).expect("reads").is_empty());
        keys.keep_head(log, head(7), &patience()).expect("keeps");
        keys.keep_head(log, head(6), &patience()).expect("older, ignored");
        keys.keep_head(other, head(1), &patience()).expect("keeps");
        let expected = BTreeMap::from([(log, head(7)), (other, head(1))]);
        assert_eq!(keys.heads(&patience()).expect("reads"), expected);
    });
}

#[test]
fn members_boards_and_connections_do_not_see_each_others_secrets() {
    each_vault(|vault| {
        let (_, id) = enrolled(vault.clone());
        let neighbour = MemberKeys::new(vault.clone(), board(), MemberId(Uuid::from_u128(3)));
        assert!(matches!(neighbour.check(id, &patience()), Err(VaultError::Lost { .. })));
        let elsewhere = MemberKeys::new(vault.clone(), BoardId(Uuid::from_u128(9)), member());
        assert!(matches!(elsewhere.check(id, &patience()), Err(VaultError::Lost { .. })));
        let connections = Connections::new(vault, board());
        let (one, two) = (ConnectionId(Uuid::from_u128(5)), ConnectionId(Uuid::from_u128(6)));
        connections.keep_api_key(one, &"token-1".into(), &patience()).expect("keeps");
        assert_eq!(connections.api_key(one, &patience()).expect("there").expose_secret(), "token-1");
        assert!(matches!(connections.api_key(two, &patience()), Err(VaultError::Lost { .. })));
        connections.forget_api_key(one, &patience()).expect("forgets");
        connections.forget_api_key(one, &patience()).expect("twice is no error");
        assert!(connections.api_key(one, &patience()).is_err());
    });
}

#[test]
fn damaged_items_are_told_as_damage_without_their_content() {
    each_vault(|vault| {
        let (keys, id) = enrolled(vault.clone());
        for secret in ["not base64!", "bm90IGpzb24=", "e30="] {
            vault.write(&Slot::signature_key(board(), member()), &secret.into(), &patience()).expect("writes");
            let error = keys.unlock(id, &PIN.into(), at(0), &patience()).expect_err("damaged");
            assert_eq!(error.state(), Some(VaultState::Corrupt));
            assert!(!error.to_string().contains(secret) && !format!("{error:?}").contains(secret));
        }
    });
}

#[test]
fn every_message_says_what_to_do() {
    let messages = [
        VaultError::Locked { keeper: "keyring" }.to_string(),
        VaultError::Absent { keeper: "keyring", why: "no bus".to_owned() }.to_string(),
        VaultError::Lost { what: SIGNATURE_KEY }.to_string(),
        VaultError::Ambiguous { count: 2 }.to_string(),
        VaultError::corrupt("x").to_string(),
        VaultError::TimedOut { seconds: 120 }.to_string(),
    ];
    let different: std::collections::BTreeSet<&String> = messages.iter().collect();
    assert_eq!(different.len(), messages.len(), "each state has its own message");
    for message in &messages {
        let advice = ["try again", "Restore", "enrol again"];
        assert!(advice.iter().any(|words| message.contains(words)), "{message}");
    }
}

/// A P-256 key that nobody here made, as PKCS#8.
fn corporate() -> (KeyId, crate::CorporateKey) {
    let key = UnlockedKey::generate().expect("a key");
    (key.key_id(), crate::CorporateKey::from_pkcs8(&key.to_pkcs8().expect("PKCS#8")).expect("read"))
}

#[test]
fn the_key_of_a_corporate_certificate_is_kept_under_the_pin_of_the_members_own() {
    each_vault(|vault| {
        let (keys, own) = enrolled(vault);
        let (id, key) = corporate();
        let keep = |pin: &str| {
            let pin = pin.into();
            keys.keep_corporate_key((id, &key), own, (&pin, Cost::SAMPLE), at(0), &patience())
        };
        assert!(matches!(keep("another-8"), Err(VaultError::PinWrong { failed: 1, .. })));
        assert!(!keys.has_corporate_key(id, &patience()).expect("looked"), "nothing was kept");
        keep(PIN).expect("kept");
        assert!(keys.has_corporate_key(id, &patience()).expect("looked"));
        let wrong = keys.corporate_key(id, &"another-8".into(), at(1), &patience());
        assert!(matches!(wrong, Err(VaultError::PinWrong { failed: 1, .. })), "it counts like any other try");
        let opened = keys.corporate_key(id, &PIN.into(), at(2), &patience()).expect("opened").expect("there");
        assert_eq!(opened.public_bits().expect("bits"), key.public_bits().expect("bits"));
        let other = keys.corporate_key(own, &PIN.into(), at(3), &patience()).expect("looked");
        assert!(other.is_none(), "of another certificate there is none");
        assert!(keys.forget_corporate_key(&patience()).expect("removed"));
        assert!(!keys.forget_corporate_key(&patience()).expect("nothing left"));
        assert!(keys.corporate_key(id, &PIN.into(), at(4), &patience()).expect("looked").is_none());
    });
}

#[test]
fn a_new_pin_opens_the_corporate_key_too_and_whoever_begins_anew_imports_it_again() {
    each_vault(|vault| {
        let (keys, own) = enrolled(vault);
        let (id, key) = corporate();
        keys.keep_corporate_key((id, &key), own, (&PIN.into(), Cost::SAMPLE), at(0), &patience()).expect("kept");
        let new = Pin::new(&"another-8".into()).expect("valid");
        keys.change_pin(own, &PIN.into(), (&new, Cost::SAMPLE), at(1), &patience()).expect("changed");
        assert!(keys.corporate_key(id, &"another-8".into(), at(2), &patience()).expect("opened").is_some());
        keys.enrol_again(&pin(), Cost::SAMPLE, &patience()).expect("begins anew");
        assert!(!keys.has_corporate_key(id, &patience()).expect("looked"));
    });
}
