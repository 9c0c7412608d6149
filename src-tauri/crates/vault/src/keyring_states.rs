//! The situations a real keyring can be in, each with a real gnome-keyring in a session of its own.
//!
//! A test runs itself again once per session, under `tests/support/keyring/with-keyring.sh`, and does
//! one step there. Where dbus or gnome-keyring are missing these tests fail: a keyring that was not
//! tried has not been shown to work.
use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use domain::entry::Head;
use domain::ids::{EntryId, KeyId, LogId};
use record::keys::Signer as _;

use self::session::*;
use crate::member::tests::{PIN, at, board, member, pin};
use crate::{Connections, Cost, KeyringVault, Patience, Slot, Vault as _, VaultError, VaultState};

mod session;

/// The path of the test this stands in, as the test program knows it.
macro_rules! this_test {
    () => {{
        fn here() {}
        let path = std::any::type_name_of_val(&here);
        path.strip_prefix("vault::").and_then(|path| path.strip_suffix("::here")).expect("a path of this crate")
    }};
}

#[test]
fn a_an_unlocked_keyring_keeps_all_kinds_of_secrets() {
    sessions(
        this_test!(),
        &[(Start::Unlocked(PASSWORD), || {
            let (keys, patience) = (keys(), patience());
            assert_eq!(keys.keystore().word(), "keyring");
            let half = keys.enrol(&pin(), Cost::SAMPLE, &patience).expect("enrols");
            assert!(matches!(keys.enrol(&pin(), Cost::SAMPLE, &patience), Err(VaultError::AlreadyThere { .. })));
            assert_eq!(keys.check(half.key_id, &patience).expect("there"), VaultState::Available);
            let recording = keys.make_recording_key(&patience).expect("made");
            assert_eq!(keys.recording_key(recording.key_id, &patience).expect("there").key_id(), recording.key_id);
            let recipient = keys.make_exchange_key(&patience).expect("made");
            let exchange = keys.exchange_key(&recipient, &patience).expect("there");
            assert_eq!(exchange.to_public().to_string(), recipient);
            let authority = keys.make_authority(&pin(), Cost::SAMPLE, &patience).expect("made");
            keys.unlock_authority(authority.key_id, &PIN.into(), at(0), &patience).expect("opens");
            let wrong = keys.unlock(half.key_id, &"wrong-one".into(), at(0), &patience);
            assert!(matches!(wrong, Err(VaultError::PinWrong { failed: 1, .. })));
            keys.unlock(half.key_id, &PIN.into(), at(0), &patience).expect("opens");
            let (log, head) = (LogId { key: half.key_id, epoch: 1 }, Head { seq: 3, id: EntryId([7; 32]) });
            keys.keep_head(log, head, &patience).expect("keeps");
            assert_eq!(keys.heads(&patience).expect("reads").get(&log), Some(&head));
            let connections = Connections::new(Arc::new(KeyringVault::new()), board());
            let connection = domain::ids::ConnectionId(uuid::Uuid::from_u128(5));
            connections.keep_api_key(connection, &"token".into(), &patience).expect("keeps");
            connections.api_key(connection, &patience).expect("there");
            connections.forget_api_key(connection, &patience).expect("forgets");
            assert_eq!(signature_keys(), 1);
        })],
    );
}

#[test]
fn b_a_key_is_there_in_the_next_session() {
    sessions(this_test!(), &[(Start::Unlocked(PASSWORD), enrol), (Start::Unlocked(PASSWORD), still_there)]);
}

#[test]
fn c_a_wrong_keyring_password_leaves_it_locked_and_the_key_untouched() {
    sessions(
        this_test!(),
        &[
            (Start::Unlocked(PASSWORD), enrol),
            (Start::Unlocked("another-pass"), || {
                assert_all_end_in(LOCKED.0, LOCKED.1, &keys(), expected());
                assert_enrolment_ends_in(LOCKED.0, LOCKED.1, &keys());
            }),
            (Start::Unlocked(PASSWORD), still_there),
        ],
    );
}

#[test]
fn d_without_a_bus_it_is_absent_until_one_comes() {
    sessions(
        this_test!(),
        &[(Start::NoBus, || {
            let vault = KeyringVault::new();
            let keys = keys_in(&vault);
            assert_enrolment_ends_in(ABSENT.0, ABSENT.1, &keys);
            assert_all_end_in(ABSENT.0, ABSENT.1, &keys, KeyId([1; 32]));
            assert!(vault.probe(&patience()).is_err());
            // The same process sees a bus and a daemon that come later.
            let address = env::var("DBUS_SESSION_BUS_ADDRESS").expect("set");
            let bus = Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--nopidfile", "--print-address=1", &format!("--address={address}")])
                .stdout(Stdio::piped())
                .spawn()
                .expect("dbus-daemon starts");
            let mut bus = Ended(bus);
            let mut line = String::new();
            BufReader::new(bus.0.stdout.take().expect("piped")).read_line(&mut line).expect("an address");
            unlock_from_outside(PASSWORD);
            vault.probe(&patience()).expect("answers now");
            let half = keys.enrol(&pin(), Cost::SAMPLE, &patience()).expect("enrols");
            keys.unlock(half.key_id, &PIN.into(), at(0), &patience()).expect("unlocks");
        })],
    );
}

#[test]
fn e_a_keyring_that_d_bus_starts_by_itself_is_locked() {
    sessions(
        this_test!(),
        &[
            (Start::Unlocked(PASSWORD), enrol),
            (Start::Activated, || {
                assert_all_end_in(LOCKED.0, LOCKED.1, &keys(), expected());
                assert_enrolment_ends_in(LOCKED.0, LOCKED.1, &keys());
            }),
            (Start::Unlocked(PASSWORD), still_there),
        ],
    );
}

#[test]
fn f_a_daemon_that_dies_in_between_comes_back_locked_and_is_opened_again() {
    sessions(
        this_test!(),
        &[
            (Start::Unlocked(PASSWORD), || {
                enrol();
                let keys = keys();
                keys.check(expected(), &patience()).expect("there");
                let bus = "org.freedesktop.DBus";
                let call = format!("{bus}.GetConnectionUnixProcessID");
                let reply = dbus(bus, "/org/freedesktop/DBus", &[&call, "string:org.freedesktop.secrets"]);
                let id = reply.split_whitespace().last().expect("uint32 N").to_owned();
                // Wait for the bus itself to say that the name has no owner any more.
                let mut owners = Command::new("dbus-monitor")
                    .args(["--session", "type='signal',member='NameOwnerChanged',arg0='org.freedesktop.secrets'"])
                    .stdout(Stdio::piped())
                    .spawn()
                    .map(Ended)
                    .expect("dbus-monitor starts");
                let mut lines = BufReader::new(owners.0.stdout.take().expect("piped")).lines().map_while(Result::ok);
                lines.next().expect("it listens");
                assert!(Command::new("kill").args(["-KILL", &id]).status().expect("kill starts").success());
                lines.find(|line| line.contains("member=NameOwnerChanged")).expect("the daemon is gone");
                assert_all_end_in(LOCKED.0, LOCKED.1, &keys, expected());
                assert_enrolment_ends_in(LOCKED.0, LOCKED.1, &keys);
            }),
            (Start::Unlocked(PASSWORD), still_there),
        ],
    );
}

#[test]
fn g_a_keyring_locked_in_between_opens_again_once_it_is_unlocked() {
    sessions(
        this_test!(),
        &[(Start::Unlocked(PASSWORD), || {
            enrol();
            let keys = keys();
            keys.check(expected(), &patience()).expect("there");
            let lock =
                ["org.freedesktop.Secret.Service.Lock", "array:objpath:/org/freedesktop/secrets/collection/login"];
            dbus("org.freedesktop.secrets", "/org/freedesktop/secrets", &lock);
            assert_all_end_in(LOCKED.0, LOCKED.1, &keys, expected());
            assert_enrolment_ends_in(LOCKED.0, LOCKED.1, &keys);
            unlock_from_outside(PASSWORD);
            keys.unlock(expected(), &PIN.into(), at(0), &patience()).expect("the same program goes on");
            assert_eq!(signature_keys(), 1);
        })],
    );
}

#[test]
fn h_a_bus_without_a_keyring_is_absent() {
    sessions(
        this_test!(),
        &[(Start::EmptyBus, || {
            assert_enrolment_ends_in(ABSENT.0, ABSENT.1, &keys());
            assert_all_end_in(ABSENT.0, ABSENT.1, &keys(), KeyId([1; 32]));
            assert!(!keyrings().exists(), "nothing was made");
        })],
    );
}

/// A display of its own, as `:N`.
fn display() -> (Ended, String) {
    let mut server = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map(Ended)
        .expect("Xvfb starts");
    let mut number = String::new();
    BufReader::new(server.0.stdout.take().expect("piped")).read_line(&mut number).expect("a display");
    (server, format!(":{}", number.trim()))
}

#[test]
fn i_a_locked_keyring_with_a_display_prompts_and_nobody_waits_for_ever() {
    sessions(
        this_test!(),
        &[
            (Start::Unlocked(PASSWORD), enrol),
            (Start::Activated, || {
                let (_server, display) = display();
                // What D-Bus starts gets its environment from D-Bus.
                let environment = format!("dict:string:string:DISPLAY,{display}");
                let update = ["org.freedesktop.DBus.UpdateActivationEnvironment", &environment];
                dbus("org.freedesktop.DBus", "/org/freedesktop/DBus", &update);
                let (vault, (told, tell)) = (KeyringVault::new(), mpsc::channel());
                let keys = keys_in(&vault);
                let short = Patience {
                    notify_after: Duration::from_millis(500),
                    give_up_after: Duration::from_secs(3),
                    ..Patience::default()
                }
                .telling(move || told.send(()).expect("listened to"));
                let started = Instant::now();
                let error = keys.check(expected(), &short).expect_err("nobody answers the prompt");
                assert!(matches!(error, VaultError::TimedOut { seconds: 3 }), "{error}");
                assert_eq!(error.state(), Some(VaultState::Locked));
                assert!(error.to_string().contains("If it asks for its password, answer and try again"), "{error}");
                assert!(started.elapsed() < Duration::from_secs(10), "the caller got its answer in time");
                tell.try_recv().expect("and was told that the keyring waits for its prompt");
                let cancelled = Patience::default();
                let cancel = cancelled.cancel.clone();
                let canceller = cancelled.telling(|| ());
                cancel.cancel();
                let error = keys.enrol(&pin(), Cost::SAMPLE, &canceller).expect_err("cancelled");
                assert!(matches!(error, VaultError::Cancelled), "{error}");
            }),
            (Start::Unlocked(PASSWORD), still_there),
        ],
    );
}

#[test]
fn j_it_works_from_within_an_async_runtime() {
    sessions(
        this_test!(),
        &[(Start::Unlocked(PASSWORD), || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                tokio::spawn(async { enrol() }).await.expect("no panic on a worker thread");
                let key = keys().unlock(expected(), &PIN.into(), at(0), &patience()).expect("nor on the first");
                assert_eq!(key.key_id(), expected());
            });
        })],
    );
}

#[test]
fn k_an_empty_keyring_password_makes_no_key() {
    sessions(
        this_test!(),
        &[
            (Start::Unlocked(""), || {
                assert_enrolment_ends_in(LOCKED.0, LOCKED.1, &keys());
            }),
            (Start::Unlocked(PASSWORD), nothing_there),
        ],
    );
}

/// The login keyring's file.
fn login() -> PathBuf {
    keyrings().join("login.keyring")
}

#[test]
fn l_a_damaged_keyring_file_looks_locked_and_is_left_alone() {
    sessions(
        this_test!(),
        &[
            (Start::Unlocked(PASSWORD), || {
                enrol();
                fs::copy(login(), folder().join("whole")).expect("copies");
            }),
            (Start::NoBus, || {
                let mut bytes = fs::read(login()).expect("reads");
                let at = bytes.len() - 20;
                bytes[at] ^= 1;
                fs::write(login(), bytes).expect("writes");
            }),
            (Start::Unlocked(PASSWORD), || {
                // gnome-keyring cannot tell a flipped bit from a wrong password, and so neither can we.
                assert_all_end_in(LOCKED.0, LOCKED.1, &keys(), expected());
                assert_enrolment_ends_in(LOCKED.0, LOCKED.1, &keys());
            }),
            (Start::NoBus, || {
                fs::copy(folder().join("whole"), login()).expect("restores");
            }),
            (Start::Unlocked(PASSWORD), still_there),
        ],
    );
}

#[test]
fn m_a_truncated_keyring_file_is_a_lost_key_never_a_new_one() {
    sessions(
        this_test!(),
        &[
            (Start::Unlocked(PASSWORD), || {
                enrol();
                let recipient = keys().make_exchange_key(&patience()).expect("made");
                let recording = keys().make_recording_key(&patience()).expect("made").key_id.to_string();
                note("recipient", &recipient);
                note("recording", &recording);
                fs::copy(login(), folder().join("whole")).expect("copies");
            }),
            (Start::NoBus, || {
                let bytes = fs::read(login()).expect("reads");
                fs::write(login(), &bytes[..bytes.len() / 2]).expect("cuts");
            }),
            (Start::Unlocked(PASSWORD), || {
                assert_all_end_in(LOST.0, LOST.1, &keys(), expected());
                assert_further_keys_end_in(LOST.0, LOST.1, &keys());
                // gnome-keyring itself made an empty `login_1.keyring` beside it; nothing of ours went there.
                nothing_there();
                assert_eq!(secrets(), 0, "nor any other secret of ours");
            }),
            (Start::NoBus, || {
                fs::copy(folder().join("whole"), login()).expect("restores");
            }),
            (Start::Unlocked(PASSWORD), || {
                still_there();
                let (keys, patience) = (keys(), patience());
                let recording = noted("recording").parse().expect("a key id");
                assert_eq!(keys.recording_key(recording, &patience).expect("as it was").key_id(), recording);
                let exchange = keys.exchange_key(&noted("recipient"), &patience).expect("as it was");
                assert_eq!(exchange.to_public().to_string(), noted("recipient"));
            }),
        ],
    );
}

#[test]
fn n_two_secrets_under_one_name_are_ambiguous() {
    use std::io::Write as _;
    sessions(
        this_test!(),
        &[(Start::Unlocked(PASSWORD), || {
            enrol();
            let name = Slot::signature_key(board(), member()).name();
            let mut other = Command::new("secret-tool")
                .args(["store", "--label=another", "service", "cabinet", "username", &name, "planted", "yes"])
                .stdin(Stdio::piped())
                .spawn()
                .expect("secret-tool starts");
            other.stdin.take().expect("piped").write_all(b"planted").expect("takes it");
            assert!(other.wait().expect("ends").success());
            let words = "2 secrets in the keyring answer to one name";
            assert_all_end_in(VaultState::Ambiguous, words, &keys(), expected());
            let enrolment = keys().enrol(&pin(), Cost::SAMPLE, &patience()).map(|_| ());
            assert_state("enrol", enrolment, VaultState::Ambiguous, words);
            let forget = ["clear", "service", "cabinet", "username", &name, "planted", "yes"];
            assert!(Command::new("secret-tool").args(forget).status().expect("starts").success());
            still_there();
        })],
    );
}

#[test]
fn o_a_secret_that_is_no_text_is_damage_and_never_printed() {
    sessions(
        this_test!(),
        &[(Start::Unlocked(PASSWORD), || {
            enrol();
            let name = Slot::signature_key(board(), member()).name();
            let secret = b"\xff\xfecanary-secret".to_vec();
            keyring::Entry::new("cabinet", &name).expect("an entry").set_secret(&secret).expect("kept");
            let words = "What the vault holds is damaged";
            let error = keys().unlock(expected(), &PIN.into(), at(0), &patience()).expect_err("damaged");
            for printed in [format!("{error}"), format!("{error:?}")] {
                assert!(!printed.contains("canary") && !printed.contains("99, 97, 110"), "{printed}");
            }
            assert_state("unlock", Err(error), VaultState::Corrupt, words);
            assert_state("check", keys().check(expected(), &patience()).map(|_| ()), VaultState::Corrupt, words);
            let vault = KeyringVault::new();
            let read = vault.read(&Slot::signature_key(board(), member()), &patience()).map(|_| ());
            assert_state("read", read, VaultState::Corrupt, words);
            assert_eq!(signature_keys(), 1, "and nothing was put in its place");
        })],
    );
}
