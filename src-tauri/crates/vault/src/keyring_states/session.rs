//! A session bus with a keyring of its own, and what its steps ask.
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use domain::entry::Head;
use domain::ids::{EntryId, KeyId, LogId};
use record::keys::Signer as _;

use crate::member::tests::{PIN, at, board, member, pin};
use crate::{Cost, KeyringVault, MemberKeys, Patience, VaultError, VaultState};

const STEP: &str = "CABINET_KEYRING_STEP";
const FOLDER: &str = "CABINET_KEYRING_HOME";
pub(super) const PASSWORD: &str = "test-pass-1";
/// No step waits for a person, so none takes this long; seconds.
const AT_MOST: &str = "60";

/// How a session begins.
#[derive(Clone, Copy)]
pub(super) enum Start {
    /// The daemon is started and given this password.
    Unlocked(&'static str),
    /// D-Bus starts a daemon when it is asked for one; nobody gives it the password.
    Activated,
    /// A bus on which nothing can be started.
    EmptyBus,
    /// No bus at the address.
    NoBus,
}

/// Runs each step in a session of its own, all on one keyring folder. Within a session: runs its step.
pub(super) fn sessions(test: &str, steps: &[(Start, fn())]) {
    if let Some(step) = env::var_os(STEP) {
        let step: usize = step.to_str().and_then(|step| step.parse().ok()).expect("a number");
        return steps[step].1();
    }
    let folder = tempfile::tempdir().expect("a folder");
    for (step, (start, _)) in steps.iter().enumerate() {
        run(test, step, *start, folder.path());
    }
}

fn run(test: &str, step: usize, start: Start, folder: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/support/keyring/with-keyring.sh");
    let program = env::current_exe().expect("this program");
    let mut command = Command::new("timeout");
    command.args(["--kill-after=5", AT_MOST]);
    match start {
        Start::Unlocked(password) => {
            command.arg(script).env("CABINET_KEYRING_PASSWORD", password);
        }
        Start::Activated => {
            command.arg(script).env("CABINET_KEYRING_START", "activated");
        }
        Start::EmptyBus => {
            command.arg(script).env("CABINET_KEYRING_START", "empty-bus");
        }
        Start::NoBus => {
            let runtime = folder.join("run");
            fs::create_dir_all(folder.join("home")).and_then(|()| fs::create_dir_all(&runtime)).expect("folders");
            command
                .env("HOME", folder.join("home"))
                .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", runtime.join("bus").display()))
                .env("XDG_RUNTIME_DIR", runtime);
        }
    }
    // Into a file, not a pipe: a daemon that outlives its session would keep a pipe open, and us waiting.
    let said = folder.join("said");
    let output = fs::File::create(&said).expect("a file");
    let status = command
        .arg(program)
        .args(["--exact", test, "--nocapture"])
        .env(STEP, step.to_string())
        .env(FOLDER, folder)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::null())
        .stdout(output.try_clone().expect("the same file"))
        .stderr(output)
        .status()
        .expect("timeout (coreutils) starts");
    let said = String::from_utf8_lossy(&fs::read(said).expect("reads")).into_owned();
    assert!(status.success() && said.contains("1 passed"), "step {step} ({status}):\n{said}");
}

pub(super) fn folder() -> PathBuf {
    env::var_os(FOLDER).expect("set by the outer run").into()
}

pub(super) fn keyrings() -> PathBuf {
    folder().join("home/.local/share/keyrings")
}

/// Long enough for a busy machine, short enough for a test.
pub(super) fn patience() -> Patience {
    Patience { give_up_after: Duration::from_secs(20), ..Patience::default() }
}

pub(super) fn keys_in(vault: &KeyringVault) -> MemberKeys {
    MemberKeys::new(Arc::new(vault.clone()), board(), member())
}

pub(super) fn keys() -> MemberKeys {
    keys_in(&KeyringVault::new())
}

/// Tells a later step; see [`noted`].
pub(super) fn note(name: &str, told: &str) {
    fs::write(folder().join(name), told).expect("notes it");
}

/// What an earlier step told.
pub(super) fn noted(name: &str) -> String {
    fs::read_to_string(folder().join(name)).expect("an earlier step noted it")
}

/// The key the roster names: noted by the step that enrolled.
pub(super) fn expected() -> KeyId {
    noted("enrolled").parse().expect("a key id")
}

pub(super) fn enrol() {
    let half = keys().enrol(&pin(), Cost::SAMPLE, &patience()).expect("enrols");
    note("enrolled", &half.key_id.to_string());
}

/// The key is the one that was made, and there is no other.
pub(super) fn still_there() {
    let key = keys().unlock(expected(), &PIN.into(), at(0), &patience()).expect("unlocks");
    assert_eq!(key.key_id(), expected());
    assert_eq!(signature_keys(), 1, "and no other was made");
}

pub(super) fn nothing_there() {
    assert_eq!(signature_keys(), 0, "no key was made");
}

/// How many signature keys the keyring holds, by another program's eyes.
pub(super) fn signature_keys() -> usize {
    names().iter().filter(|name| name.contains("/signature-key/")).count()
}

/// How many secrets of Cabinet's it holds, of whatever kind.
pub(super) fn secrets() -> usize {
    names().len()
}

fn names() -> Vec<String> {
    let output = Command::new("secret-tool")
        .args(["search", "--all", "service", "cabinet"])
        .output()
        .expect("secret-tool (libsecret-tools) starts");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    said.lines().filter(|line| line.contains("username = ")).map(ToOwned::to_owned).collect()
}

/// Everything a program might ask of a keyring that is not well: each call ends in `state`, and its
/// message says so.
pub(super) fn assert_all_end_in(state: VaultState, words: &str, keys: &MemberKeys, expected: KeyId) {
    let patience = patience();
    let log = LogId { key: expected, epoch: 1 };
    let head = Head { seq: 1, id: EntryId([1; 32]) };
    let answers = [
        ("check", keys.check(expected, &patience).map(|_| ())),
        ("unlock", keys.unlock(expected, &PIN.into(), at(0), &patience).map(|_| ())),
        ("keep_head", keys.keep_head(log, head, &patience)),
    ];
    for (call, answer) in answers {
        assert_state(call, answer, state, words);
    }
}

pub(super) fn assert_state(call: &str, answer: Result<(), VaultError>, state: VaultState, words: &str) {
    let error = answer.expect_err(call);
    assert_eq!(error.state(), Some(state), "{call}: {error}");
    assert!(error.to_string().contains(words), "{call}: {error}");
}

/// A new member must not get a key either while the keyring is not well.
pub(super) fn assert_enrolment_ends_in(state: VaultState, words: &str, keys: &MemberKeys) {
    assert_state("enrol", keys.enrol(&pin(), Cost::SAMPLE, &patience()).map(|_| ()), state, words);
    assert_state("make_recording_key", keys.make_recording_key(&patience()).map(|_| ()), state, words);
    assert_state("make_exchange_key", keys.make_exchange_key(&patience()).map(|_| ()), state, words);
}

/// The keys that a step before made beside the signature key, and sealing that one under another PIN. Making a key
/// is not asked for here: an emptied keyring cannot know that there was one, and whoever asks it to knows the roster.
pub(super) fn assert_further_keys_end_in(state: VaultState, words: &str, keys: &MemberKeys) {
    let patience = patience();
    let recording = noted("recording").parse().expect("a key id");
    assert_state("recording_key", keys.recording_key(recording, &patience).map(|_| ()), state, words);
    assert_state("exchange_key", keys.exchange_key(&noted("recipient"), &patience).map(|_| ()), state, words);
    let again = keys.change_pin(expected(), &PIN.into(), (&pin(), Cost::SAMPLE), at(0), &patience);
    assert_state("change_pin", again, state, words);
}

pub(super) const LOCKED: (VaultState, &str) = (VaultState::Locked, "is locked. Unlock it");
pub(super) const ABSENT: (VaultState, &str) = (VaultState::Absent, "No keyring answers");
pub(super) const LOST: (VaultState, &str) = (VaultState::Lost, "No new key was made");

/// A child process of a step, ended with it.
pub(super) struct Ended(pub(super) Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// As logging in does: takes the place of a daemon that is running, and unlocks the login keyring.
pub(super) fn unlock_from_outside(password: &str) {
    use std::io::Write as _;
    let mut daemon = Command::new("gnome-keyring-daemon")
        .args(["--replace", "--unlock", "--components=secrets", "--daemonize"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("gnome-keyring-daemon starts");
    daemon.stdin.take().expect("piped").write_all(password.as_bytes()).expect("takes the password");
    assert!(daemon.wait().expect("ends").success());
}

pub(super) fn dbus(destination: &str, path: &str, call: &[&str]) -> String {
    let output = Command::new("dbus-send")
        .args(["--session", "--print-reply", &format!("--dest={destination}"), path])
        .args(call)
        .output()
        .expect("dbus-send starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
