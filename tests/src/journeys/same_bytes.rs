//! The same state, clock, keys and typefaces give the same sealed files, byte for byte. `cab` as it is built seals one
//! closed meeting in two data folders, each in a process of its own. They have nothing else in common: neither home nor
//! folder, neither time zone nor language.
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use board::views::{DecisionKind, Role, VotePosition};
use board::{TrustAnchor, verify_minutes};
use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{Digest, EntryId};
use powercut::copy_folder;

use super::ways::{entries_in, files_in};
use crate::journey::{Journey, now};

/// Where somebody seals.
struct Place {
    home: PathBuf,
    data: PathBuf,
    zone: &'static str,
    language: &'static str,
}

impl Place {
    /// A home with a copy of a data folder on which nobody works.
    fn with(data: &Path, home: PathBuf, zone: &'static str, language: &'static str) -> Self {
        let own = home.join("data");
        copy_folder(data, &own).expect("copied");
        // Of the memory that running programs share nothing is left on a disk.
        let _ = std::fs::remove_file(own.join("cabinet.db-shm"));
        Self { home, data: own, zone, language }
    }

    /// `cab minutes seal`, with the PIN on its way; its clock stands at `at` from when it has read that.
    fn seals(&self, meeting: &str, pin: &str, clock: &Path, at: DateTime<Utc>) -> Child {
        let mut command = Command::new(cab());
        command.args(["minutes", "seal", "--meeting", meeting, "--json", "--pin-fd", "0"]);
        command.arg("--data-dir").arg(&self.data);
        for variable in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"] {
            command.env(variable, &self.home);
        }
        for variable in ["LANG", "LANGUAGE", "LC_ALL"] {
            command.env(variable, self.language);
        }
        command.env("TZ", self.zone).current_dir(&self.home);
        command.env("LD_PRELOAD", clock).env("STANDS_AT", at.timestamp().to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("cab starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        // Where it ended before it took the PIN, it says why.
        writeln!(stdin, "{pin}").ok();
        child
    }

    /// The sealed files by name.
    fn sealed(&self) -> BTreeMap<String, Vec<u8>> {
        let files = files_in(&self.data.join("minutes")).into_iter().map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read(path).expect("readable"))
        });
        files.filter(|(name, _)| name.ends_with(".pdf")).collect()
    }

    /// The ids of all entries of its record, in order.
    async fn record(&self) -> Vec<EntryId> {
        entries_in(&self.data).await.into_iter().map(|entry| entry.id).collect()
    }
}

/// The program beside this test: the same build makes both.
fn cab() -> PathBuf {
    let test = std::env::current_exe().expect("this test");
    let program = test.ancestors().nth(2).expect("tests lie in `deps`, below the programs").join("cab");
    assert!(program.is_file(), "{} is not there; build the whole workspace", program.display());
    program
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs a tool to its good end; what it says.
fn run(command: &mut Command) -> String {
    let output = command.env("LC_ALL", "C.UTF-8").output().unwrap_or_else(|error| {
        panic!("{command:?} does not run ({error}); install it with tests/support/pdf/install.sh")
    });
    assert!(output.status.success(), "{command:?}: {}", said(&output));
    said(&output)
}

/// What makes a program's clock stand still, compiled into `folder`.
fn standing_clock(folder: &Path) -> PathBuf {
    let library = folder.join("stand.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("support/clock/stand.c");
    run(Command::new("cc").args(["-shared", "-fPIC", "-O1", "-Wall", "-o"]).arg(&library).arg(source).arg("-ldl"));
    library
}

/// What pdfsig says of a file on some day, trusting the board's root alone.
fn pdfsig(folder: &Path, pdf: &Path, day: DateTime<Utc>) -> String {
    let nss = format!("sql:{}", folder.join("nss").display());
    let day = day.format("%Y-%m-%d %H:%M:%S").to_string();
    let mut command = Command::new("faketime");
    let output = command.arg(day).args(["pdfsig", "-nssdir", nss.as_str()]).arg(pdf).env("LC_ALL", "C.UTF-8").output();
    said(&output.expect("faketime runs; tests/support/pdf/install.sh installs it"))
}

/// A closed meeting that approved one change, signed off, and rejected another: nothing is sealed yet.
async fn closed(journey: &Journey) -> String {
    let changes = journey.approvable().await;
    let chosen: Vec<&str> = changes.iter().take(2).map(String::as_str).collect();
    let meeting = journey.meet(&chosen).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    journey.all_vote(&meeting, "2", VotePosition::Reject).await;
    journey.decide(&meeting, "2", DecisionKind::Rejected, "Not rehearsed.").await.expect("decided");
    journey.close(&meeting).await;
    let cto = journey.member(Role::Cto).await;
    let (_, refused) = journey.sign_queue(&meeting, &cto).await;
    assert!(refused.is_empty(), "the CTO may sign: {refused:?}");
    meeting
}

#[tokio::test(flavor = "multi_thread")]
async fn cab_seals_the_same_file_twice_in_two_folders_and_processes_and_it_is_valid_two_years_on() {
    let journey = Journey::begin().await;
    let meeting = closed(&journey).await;
    let pin = journey.pin(&journey.member(Role::Chair).await).await;
    let root = journey.cabinet.certificate_root().await.expect("a root");
    journey.cabinet.finish_work().await;
    // What a seal lets go to its ticket would be the second's news of the first.
    journey.server.go_offline().await;
    let (home, data) = (journey.folder.path(), journey.data_dir());
    let one = Place::with(&data, home.join("one"), "America/Lima", "C");
    let other = Place::with(&data, home.join("further/away/other"), "Asia/Tokyo", "de_DE.UTF-8");

    // To the second, and apart from when this runs: it is seen in the file.
    let at = DateTime::from_timestamp(now().timestamp() + 600, 0).expect("a time");
    let clock = standing_clock(home);
    for child in [&one, &other].map(|place| place.seals(&meeting, &pin, &clock, at)) {
        let output = child.wait_with_output().expect("cab ends");
        assert!(output.status.success(), "{}", said(&output));
    }

    let (files, again) = (one.sealed(), other.sealed());
    let minutes = format!("minutes-{meeting}.pdf");
    assert!(files.len() == 3 && files.contains_key(&minutes), "the minutes and two extracts: {:?}", files.keys());
    assert_eq!(files.keys().collect::<Vec<_>>(), again.keys().collect::<Vec<_>>());
    let trust = TrustAnchor::parse(&root).expect("the board's root");
    for (name, pdf) in &files {
        let digests = (Digest::of(pdf), Digest::of(&again[name]));
        assert_eq!(digests.0, digests.1, "{name}");
        println!("SHA-256 {} twice: {name}", digests.0);
        let checked = verify_minutes(pdf, Some(&trust)).expect("it holds");
        assert!(checked.anchored && checked.recomputed, "{name}");
        let times: Vec<DateTime<Utc>> = checked.pdf.signatures.iter().map(|signature| signature.claimed_time).collect();
        assert_eq!(times, [at], "{name}: by the clock that stood");
    }
    assert_eq!(one.record().await, other.record().await, "what was written about it is the same as well");

    let pem = home.join("root.pem");
    std::fs::write(&pem, root).expect("written");
    let nss = format!("sql:{}", home.join("nss").display());
    std::fs::create_dir(home.join("nss")).expect("a folder for NSS");
    run(Command::new("certutil").args(["-N", "-d", nss.as_str(), "--empty-password"]));
    run(Command::new("certutil").args(["-A", "-d", nss.as_str(), "-n", "board", "-t", "C,C,C", "-i"]).arg(&pem));
    let pdf = other.data.join("minutes").join(&minutes);
    let told = pdfsig(home, &pdf, at + TimeDelta::days(731));
    for words in ["Signature is Valid.", "Certificate is Trusted.", "- Total document signed"] {
        assert!(told.contains(words), "two years on, {words}: {told}");
    }
    // The clock is really another one: when the root's ten years are over, it says so.
    let told = pdfsig(home, &pdf, at + TimeDelta::days(4_018));
    assert!(told.contains("Signature is Valid.") && told.contains("Certificate has Expired"), "{told}");
}
