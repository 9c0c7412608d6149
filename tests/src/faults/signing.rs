//! Somebody who signs one change again and again, in a process of its own.
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use board::requests::{OfChange, SigningRequest};
use board::views::{Role, SigningSubject};
use board::{Answer, Cabinet};

use crate::journey::{Journey, approving, options};

const DATA: &str = "CABINET_TEST_SIGNING_CHILD";
const CHANGE: &str = "CABINET_TEST_CHANGE";
const MEMBER: &str = "CABINET_TEST_MEMBER";
const PIN: &str = "CABINET_TEST_SAMPLE_PIN";
const ROUNDS: &str = "CABINET_TEST_ROUNDS";

/// Who signs what.
#[derive(Debug, Clone)]
pub(super) struct Signer {
    pub change: String,
    member: String,
    pin: String,
}

impl Signer {
    /// Somebody of the sample board, for the first change that can be signed.
    pub(super) async fn of(journey: &Journey, role: Role) -> Self {
        let change = journey.approvable().await.first().expect("a change that can be signed").clone();
        let member = journey.member(role).await;
        let pin = journey.pin(&member).await;
        Self { change, member, pin }
    }

    /// As the environment of a child says.
    pub(super) fn here() -> Self {
        let said = |name: &str| std::env::var(name).expect("only started by another test");
        Self { change: said(CHANGE), member: said(MEMBER), pin: said(PIN) }
    }

    pub(super) fn tell<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env(CHANGE, &self.change).env(MEMBER, &self.member).env(PIN, &self.pin)
    }

    /// Signs once, through the window's own use case; answers how many sign-offs there are.
    pub(super) async fn sign(&self, cabinet: &Cabinet) -> Answer<u32> {
        let subject = SigningSubject::Change { change: self.change.clone() };
        cabinet.request_signing(SigningRequest { subject }).await?;
        let view = cabinet.signing_view().await?;
        let request = approving(&view.statements[0].id, &self.member, Some(self.pin.clone()));
        cabinet.sign(request).await?;
        self.sign_offs(cabinet).await
    }

    /// How many sign-offs the change has.
    pub(super) async fn sign_offs(&self, cabinet: &Cabinet) -> Answer<u32> {
        let change = cabinet.change(OfChange { change: self.change.clone() }).await?;
        Ok(u32::try_from(change.sign_offs.len()).expect("few"))
    }
}

/// One line on stdout, at once and in one piece.
pub(super) fn tell(words: &str) {
    let mut out = std::io::stdout();
    out.write_all(format!("{words}\n").as_bytes()).and_then(|()| out.flush()).expect("stdout");
}

/// This test binary again, running one test that is there for it.
pub(super) fn child(name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// A child that signs `rounds` times, or until it is ended.
pub(super) fn child_that_signs(data: &Path, signer: &Signer, rounds: Option<u32>) -> Command {
    let mut command = child("faults::signing::child_that_signs_until_it_is_ended");
    signer.tell(&mut command).env(DATA, data);
    if let Some(rounds) = rounds {
        command.env(ROUNDS, rounds.to_string());
    }
    command
}

/// The child: says so after each acknowledgement.
#[tokio::test]
async fn child_that_signs_until_it_is_ended() {
    let Some(data) = std::env::var_os(DATA) else { return };
    let signer = Signer::here();
    let rounds = std::env::var(ROUNDS).ok().and_then(|n| n.parse().ok()).unwrap_or(u32::MAX);
    let cabinet = Cabinet::open(options(Path::new(&data))).await.expect("the desk opens");
    tell("ready");
    for _ in 0..rounds {
        let there = signer.sign(&cabinet).await.expect("signed");
        tell(&format!("ack {there}"));
    }
    cabinet.finish_work().await;
}
