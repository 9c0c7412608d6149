use super::*;
use crate::error::VaultState;
use crate::member::MemberKeys;
use crate::member::tests::{PIN, at, board, member, pin};
use crate::sealed::Cost;

fn patience() -> Patience {
    Patience::default()
}

fn slot() -> Slot {
    Slot::signature_key(board(), member())
}

/// A vault at the sample's cost but under a passphrase of its own.
fn made(folder: &Path, passphrase: &str) -> FileVault {
    let vault = FileVault::at(folder);
    vault.make(&passphrase.into(), SAMPLE_WORK).expect("made");
    vault
}

#[test]
fn what_is_kept_is_there_after_reopening_with_the_passphrase() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("vault");
    made(&path, "open-sesame").write(&slot(), &"secret".into(), &patience()).expect("writes");
    let vault = FileVault::at(&path);
    assert!(matches!(vault.read(&slot(), &patience()), Err(VaultError::Locked { keeper: KEEPER })));
    assert!(matches!(vault.unlock(&"open-barley".into()), Err(VaultError::PassphraseWrong)));
    vault.unlock(&"open-sesame".into()).expect("opens");
    let secret = vault.read(&slot(), &patience()).expect("reads").expect("there");
    assert_eq!(secret.expose_secret(), "secret");
    vault.lock();
    assert_eq!(vault.read(&slot(), &patience()).expect_err("locked").state(), Some(VaultState::Locked));
}

#[test]
fn a_second_vault_is_never_made_over_the_first() {
    let folder = tempfile::tempdir().expect("a folder");
    made(folder.path(), "open-sesame");
    let again = FileVault::create(folder.path(), &"another-one".into());
    assert!(matches!(again, Err(VaultError::AlreadyThere { .. })));
    fs::remove_file(folder.path().join(IDENTITY)).expect("removes");
    let again = FileVault::create(folder.path(), &"another-one".into());
    assert!(matches!(again, Err(VaultError::AlreadyThere { .. })), "items without identity are not an empty folder");
}

#[test]
fn a_vault_whose_making_was_killed_before_its_identity_was_there_is_made_again() {
    for left in [vec!["items.new"], vec![MADE], vec![MADE, "identity.new"]] {
        let folder = tempfile::tempdir().expect("a folder");
        for name in &left {
            fs::write(folder.path().join(name), b"age-encryption.org/v1, and no more").expect("writes");
        }
        assert!(!FileVault::at(folder.path()).exists(), "{left:?}");
        made(folder.path(), "open-sesame").write(&slot(), &"secret".into(), &patience()).expect("writes");
        let vault = FileVault::at(folder.path());
        vault.unlock(&"open-sesame".into()).expect("opens");
        let secret = vault.read(&slot(), &patience()).expect("reads").expect("there");
        assert_eq!(secret.expose_secret(), "secret", "{left:?}");
        assert!(!folder.path().join(MADE).exists(), "{left:?}");
    }
}

#[test]
fn a_vault_whose_making_was_killed_after_its_identity_was_there_opens() {
    let folder = tempfile::tempdir().expect("a folder");
    made(folder.path(), "open-sesame");
    fs::rename(folder.path().join(ITEMS), folder.path().join(MADE)).expect("as it was then");
    let again = FileVault::create(folder.path(), &"another-one".into());
    assert!(matches!(again, Err(VaultError::AlreadyThere { .. })));
    let vault = FileVault::at(folder.path());
    vault.unlock(&"open-sesame".into()).expect("opens");
    vault.write(&slot(), &"secret".into(), &patience()).expect("writes");
    assert!(vault.read(&slot(), &patience()).expect("reads").is_some());
    assert!(!folder.path().join(MADE).exists());
}

#[test]
fn items_beside_which_another_vault_was_begun_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    made(folder.path(), "open-sesame").write(&slot(), &"secret".into(), &patience()).expect("writes");
    fs::write(folder.path().join(MADE), b"left by a making that was killed").expect("writes");
    let vault = FileVault::at(folder.path());
    vault.unlock(&"open-sesame".into()).expect("opens");
    assert!(vault.read(&slot(), &patience()).expect("reads").is_some());
}

#[test]
fn a_weak_passphrase_makes_no_vault() {
    let folder = tempfile::tempdir().expect("a folder");
    let weak = FileVault::create(folder.path(), &"12345678".into());
    assert!(matches!(weak, Err(VaultError::PinTooWeak { .. })));
    assert!(!FileVault::at(folder.path()).exists());
}

#[test]
fn a_missing_file_is_absent_and_missing_items_are_damage() {
    let folder = tempfile::tempdir().expect("a folder");
    let vault = FileVault::at(folder.path());
    assert_eq!(vault.unlock(&"open-sesame".into()).expect_err("none").state(), Some(VaultState::Absent));
    let vault = made(folder.path(), "open-sesame");
    fs::remove_file(folder.path().join(ITEMS)).expect("removes");
    assert_eq!(vault.read(&slot(), &patience()).expect_err("gone").state(), Some(VaultState::Corrupt));
    assert!(vault.write(&slot(), &"x".into(), &patience()).is_err(), "and nothing is made in its place");
}

#[test]
fn every_damaged_byte_of_either_file_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let vault = made(folder.path(), "open-sesame");
    vault.write(&slot(), &"secret".into(), &patience()).expect("writes");
    for name in [IDENTITY, ITEMS] {
        let path = folder.path().join(name);
        let whole = fs::read(&path).expect("reads");
        for at in (0..whole.len()).step_by(3) {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            fs::write(&path, &damaged).expect("writes");
            let vault = FileVault::at(folder.path());
            let result = vault.unlock(&"open-sesame".into()).and_then(|()| vault.read(&slot(), &patience()));
            assert!(result.is_err(), "byte {at} of {name}");
        }
        for length in [0, 1, whole.len() / 2, whole.len() - 1] {
            fs::write(&path, &whole[..length]).expect("writes");
            let vault = FileVault::at(folder.path());
            let result = vault.unlock(&"open-sesame".into()).and_then(|()| vault.read(&slot(), &patience()));
            assert!(result.is_err(), "{name} cut to {length}");
        }
        fs::write(&path, &whole).expect("writes");
    }
}

#[test]
fn nothing_readable_is_in_the_folder_and_only_the_owner_reads_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("vault");
    let vault = made(&path, "open-sesame");
    vault.write(&slot(), &"canary-secret".into(), &patience()).expect("writes");
    let contains = |haystack: &[u8], needle: &[u8]| haystack.windows(needle.len()).any(|window| window == needle);
    for file in fs::read_dir(&path).expect("reads").map(|file| file.expect("a file").path()) {
        let bytes = fs::read(&file).expect("reads");
        for secret in ["canary-secret", "open-sesame", "AGE-SECRET-KEY"] {
            assert!(!contains(&bytes, secret.as_bytes()), "{secret} in {}", file.display());
        }
        #[cfg(unix)]
        if file.extension().is_some_and(|extension| extension == "age") {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o077, 0, "{}", file.display());
        }
    }
}

#[test]
fn two_programs_writing_at_once_lose_nothing() {
    use domain::ids::ConnectionId;
    let folder = tempfile::tempdir().expect("a folder");
    made(folder.path(), "open-sesame");
    let slot = |n: u128| Slot::api_key(board(), ConnectionId(uuid::Uuid::from_u128(n)));
    std::thread::scope(|scope| {
        for writer in 0..2u128 {
            let path = folder.path();
            scope.spawn(move || {
                let vault = FileVault::at(path);
                vault.unlock(&"open-sesame".into()).expect("opens");
                for n in 0..20 {
                    vault.write(&slot(writer * 100 + n), &"token".into(), &patience()).expect("writes");
                }
            });
        }
    });
    let vault = FileVault::at(folder.path());
    vault.unlock(&"open-sesame".into()).expect("opens");
    for n in (0..20).chain(100..120) {
        assert!(vault.read(&slot(n), &patience()).expect("reads").is_some(), "{n}");
    }
}

#[test]
fn the_sample_boards_vault_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let vault = std::sync::Arc::new(FileVault::sample(folder.path()).expect("made"));
    assert_eq!(vault.keystore().word(), "sample");
    let keys = MemberKeys::new(vault, board(), member());
    let half = keys.enrol(&pin(), Cost::SAMPLE, &patience()).expect("enrols");
    let again = std::sync::Arc::new(FileVault::sample(folder.path()).expect("opens"));
    let keys = MemberKeys::new(again, board(), member());
    keys.unlock(half.key_id, &PIN.into(), at(0), &patience()).expect("the next day");
}

#[test]
fn a_real_passphrase_file_takes_its_time_and_opens() {
    let folder = tempfile::tempdir().expect("a folder");
    let vault = FileVault::create(folder.path(), &"open-sesame".into()).expect("made");
    assert_eq!(vault.keystore(), Keystore::File);
    let header = String::from_utf8_lossy(&fs::read(folder.path().join(IDENTITY)).expect("reads")).into_owned();
    assert!(header.starts_with("age-encryption.org/v1\n-> scrypt "), "readable by age itself");
    assert!(header.lines().nth(1).is_some_and(|line| line.ends_with(" 18")), "{header:.80}");
}
