//! What must not be harmed by a call that fails: five things people do with a data folder, each as a child process and
//! as a question whether the folder is sound afterwards.
use std::path::{Path, PathBuf};
use std::process::Command;

use board::views::Role;
use board::{Answer, BoardError, Cabinet, RelaySetting};
use powercut::{Ended, acknowledged, copy_folder};

use super::signing::{Signer, child, tell};
use crate::journey::{Journey, now, options};

const OPERATION: &str = "CABINET_TEST_OPERATION";
const WORK: &str = "CABINET_TEST_WORK";

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// Opening the board and signing.
    Sign,
    /// Opening a board that is behind and taking in what lies with a relay.
    Import,
    /// Opening a folder of the version before.
    Migrate,
    /// `cab export --all`.
    Export,
    /// `cab backup`.
    BackUp,
}

pub(super) const ALL: [Operation; 5] =
    [Operation::Sign, Operation::Import, Operation::Migrate, Operation::Export, Operation::BackUp];

impl Operation {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Sign => "signing",
            Self::Import => "importing",
            Self::Migrate => "migrating",
            Self::Export => "exporting",
            Self::BackUp => "backing up",
        }
    }

    fn of(word: &str) -> Self {
        ALL.into_iter().find(|o| o.word() == word).expect("an operation")
    }

    /// Does it in the folder `work`, which has `data`, and gets `out`.
    async fn perform(self, work: &Path, signer: &Signer, told: &(dyn Fn(u32) + Sync)) -> Answer<()> {
        let (data, out) = (work.join("data"), work.join("out"));
        match self {
            Self::Sign => {
                let cabinet = Cabinet::open(options(&data)).await?;
                told(signer.sign(&cabinet).await?);
            }
            Self::Import => {
                let cabinet = Cabinet::open(options(&data)).await?;
                cabinet.set_relays(vec![RelaySetting::Folder { path: work.join("relay") }]).await?;
                let done = cabinet.exchange().await?;
                if let Some(why) = done.unreachable.into_iter().chain(done.refused).next() {
                    return Err(told_by_the_relay(why));
                }
                told(signer.sign_offs(&cabinet).await?);
            }
            Self::Migrate => {
                let cabinet = Cabinet::open(options(&data)).await?;
                told(signer.sign_offs(&cabinet).await?);
            }
            Self::Export => drop(board::export_all(&data, &out, now()).await?),
            Self::BackUp => drop(board::backup(&data, &out, false, now()).await?),
        }
        Ok(())
    }
}

/// An exchange goes on past a relay that does not answer, and says so: here that is how it ended.
fn told_by_the_relay(why: String) -> BoardError {
    BoardError::Invalid { field: "exchange".to_owned(), why }
}

/// The child: ends well whatever happens, and says how.
#[tokio::test]
async fn child_that_does_one_thing_and_says_how_it_ended() {
    let Some(work) = std::env::var_os(WORK) else { return };
    let operation = Operation::of(&std::env::var(OPERATION).expect("an operation"));
    let done = operation.perform(Path::new(&work), &Signer::here(), &|there| tell(&format!("ack {there}"))).await;
    match done {
        Ok(()) => tell("done"),
        Err(error) => tell(&format!("refused {} {}", kind(&error), error.to_string().replace('\n', " "))),
    }
}

fn kind(error: &BoardError) -> String {
    match error {
        BoardError::Refused(refusal) => refusal.code.clone(),
        BoardError::NotFound { .. } => "not_found".to_owned(),
        BoardError::Invalid { field, .. } => field.clone(),
        BoardError::Ticketing { .. } => "ticketing".to_owned(),
        BoardError::Vault { .. } => "vault".to_owned(),
        BoardError::Verification { code, .. } => format!("verification:{code}"),
        BoardError::Cancelled => "cancelled".to_owned(),
        BoardError::Internal { .. } => "internal".to_owned(),
    }
}

/// A folder in which the operation can be done again and again, each time in a copy.
pub(super) struct Stage {
    pub operation: Operation,
    pub signer: Signer,
    base: PathBuf,
    /// Sign-offs there before, and after it was done without a fault.
    before: u32,
    after: u32,
    _dir: tempfile::TempDir,
}

impl Stage {
    pub(super) async fn set(operation: Operation) -> Self {
        let dir = powercut::folder().expect("a folder");
        let base = dir.path().join("base");
        let mut journey = Journey::begin_small().await;
        let signer = Signer::of(&journey, Role::Cto).await;
        // One: each field of a change is a file of its own, of which one sign-off leaves forty.
        let before = signer.sign(&journey.cabinet).await.expect("signed");
        journey.cabinet.finish_work().await;
        journey.reopen().await;
        copy_folder(&journey.data_dir(), &base.join("data")).expect("copied");
        // Of the memory that a running program shares nothing is left on a disk.
        let _ = std::fs::remove_file(base.join("data/cabinet.db-shm"));
        let mut after = before;
        match operation {
            Operation::Sign => after = before + 1,
            Operation::Import => {
                let relay = base.join("relay");
                std::fs::create_dir(&relay).expect("a relay folder");
                for _ in 0..2 {
                    after = signer.sign(&journey.cabinet).await.expect("signed elsewhere");
                }
                journey.cabinet.set_relays(vec![RelaySetting::Folder { path: relay }]).await.expect("a relay");
                let done = journey.cabinet.exchange().await.expect("sent");
                assert!(done.unreachable.is_empty() && done.went > 0, "{done:?}");
                journey.cabinet.finish_work().await;
            }
            Operation::Migrate => take_back(&base.join("data")),
            Operation::Export | Operation::BackUp => {}
        }
        Self { operation, signer, base, before, after, _dir: dir }
    }

    /// A copy to work in.
    pub(super) fn copy(&self) -> (tempfile::TempDir, PathBuf) {
        let dir = powercut::folder().expect("a folder");
        let work = dir.path().join("work");
        copy_folder(&self.base, &work).expect("copied");
        (dir, work)
    }

    /// The child that does it in `work`.
    pub(super) fn child(&self, work: &Path) -> Command {
        let mut command = child("faults::operation::child_that_does_one_thing_and_says_how_it_ended");
        self.signer.tell(&mut command).env(WORK, work).env(OPERATION, self.operation.word());
        command
    }

    /// What does not hold after it ended like this.
    pub(super) async fn check(&self, work: &Path, ended: &Ended) -> Result<(), String> {
        let said = |what: &str, error: &BoardError| format!("{what}: {} {error}", kind(error));
        let last = |word: &str| ended.lines.iter().any(|line| line.ends_with(word));
        let acknowledged = ended.lines.iter().filter_map(|line| acknowledged(line)).next_back().unwrap_or(0);
        let cabinet =
            Cabinet::open(options(&work.join("data"))).await.map_err(|e| said("the folder does not open", &e))?;
        let mut problems = cabinet.problems().await.map_err(|e| said("the record", &e))?;
        // Of a relay that was read in part an entry may still be to come, and is named; nothing else may be wrong.
        if self.operation == Operation::Import && !last("done") {
            problems.retain(|problem| !problem.contains("(chain-gap, "));
        }
        if !problems.is_empty() {
            return Err(format!("the record does not verify: {problems:?}"));
        }
        let kept = self.signer.sign_offs(&cabinet).await.map_err(|e| said("the change", &e))?;
        if kept < acknowledged.max(self.before) {
            return Err(format!("{acknowledged} sign-offs were acknowledged, {kept} are there"));
        }
        let (was, is) = cabinet.rebuild().await.map_err(|e| said("rebuilding", &e))?;
        if was != is {
            return Err("the projection does not follow from the record".to_owned());
        }
        cabinet.finish_work().await;
        drop(cabinet);
        let out = work.join("out");
        if out.exists() {
            self.whole(&out).await?;
        }
        if last("done") && matches!(self.operation, Operation::Export | Operation::BackUp) {
            return if out.exists() { Ok(()) } else { Err("it said it was done, and nothing is there".to_owned()) };
        }
        if out.exists() {
            return Ok(());
        }
        // The same again, now that nothing fails.
        self.operation.perform(work, &self.signer, &|_| ()).await.map_err(|e| said("doing it again", &e))?;
        let cabinet = Cabinet::open(options(&work.join("data"))).await.map_err(|e| said("opening again", &e))?;
        let kept = self.signer.sign_offs(&cabinet).await.map_err(|e| said("the change", &e))?;
        if kept < self.after {
            return Err(format!("{kept} sign-offs after doing it again, {} without a fault", self.after));
        }
        let problems = cabinet.problems().await.map_err(|e| said("the record", &e))?;
        if !problems.is_empty() {
            return Err(format!("after doing it again the record does not verify: {problems:?}"));
        }
        Ok(())
    }

    /// What was made is all there, or it would not be under its name.
    async fn whole(&self, out: &Path) -> Result<(), String> {
        match self.operation {
            Operation::Export => {
                for name in ["FORMAT.md", "root.pem", "changes.csv", "changes.jsonl", "projection.jsonl", "entries"] {
                    if !out.join(name).exists() {
                        return Err(format!("an export without {name} stands under its name"));
                    }
                }
                Ok(())
            }
            Operation::BackUp => {
                store::verify_backup(out).await.map(drop).map_err(|e| format!("a backup that is none: {e}"))
            }
            Operation::Sign | Operation::Import | Operation::Migrate => Ok(()),
        }
    }
}

/// Takes the folder back to the version before.
fn take_back(data: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let version = store::data_version() - 1;
    let done = Command::new("python3")
        .arg(root.join("tests/support/powercut/older.py"))
        .arg(data)
        .arg(root.join("src-tauri/crates/store/migrations"))
        .arg(version.to_string())
        .output()
        .expect("python3 runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
