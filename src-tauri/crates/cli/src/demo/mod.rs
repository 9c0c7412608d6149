//! `cab demo`: the whole journey on the sample board, every step through the desk's own use cases, and what it claims
//! looked at from outside at the end.
use std::path::{Path, PathBuf};
use std::time::Instant;

use board::requests::{
    AnswerRiskRequest, CommentSectionRequest, OfAttachment, OfChange, OfMeeting, SigningRequest, TickSectionRequest,
};
use board::views::{ChangeColumn, ChangeRow, ChangesQuery, ChangesQuerySort, ChangesQueryView, SigningSubject};
use board::{BoardError, Cabinet, SampleBoard, SampleMember, VaultChoice};
use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};

use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::reply::{self, Reply};

mod choice;
mod claims;
mod meeting;

use choice::Chosen;
use claims::Claims;

/// Runs the whole journey on the sample board, from its own ticketing server to sealed minutes and notes on the tickets,
/// and leaves DIR/minutes.pdf, DIR/root.pem, DIR/evidence.json and DIR/data.
#[derive(Debug, Args)]
pub struct Demo {
    /// A folder that is empty or does not exist yet.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// A step that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Step {
    /// In plain words.
    step: String,
    /// How long it took, in milliseconds.
    ms: u32,
}

/// The journey under way.
struct Journey<'h> {
    host: &'h Host,
    cabinet: Cabinet,
    server: sample::Running,
    begun: Instant,
    last: Instant,
    steps: Vec<Step>,
}

/// Runs the verb.
pub async fn run(host: &Host, args: Demo) -> Done<Reply> {
    refuse_occupied(&args.out)?;
    let begun = Instant::now();
    let data = args.out.join("data");
    std::fs::create_dir_all(&data).map_err(CabError::file(&data))?;
    let server = sample::serve(sample::Options::at(host.now())).await.map_err(|e| BoardError::internal(&e))?;
    let mut options = host.options(data.clone(), VaultChoice::Sample);
    // That of the person's own board is not written over.
    options.calendar_file = None;
    // A sample asks nobody to stamp it.
    options.network.timestamp_url = None;
    if !host.global.json {
        // Each step is a line already.
        options.events = std::sync::Arc::new(board::Silent);
    }
    let cabinet = Cabinet::open(options).await?;
    let mut journey = Journey { host, cabinet, server, begun, last: begun, steps: Vec::new() };
    journey.told(format!("The sample's ticketing server answers at {}", journey.server.url()));
    let done = journey.go(&args.out, &data).await;
    let Journey { server, .. } = journey;
    server.stop().await;
    done
}

fn refuse_occupied(out: &Path) -> Done<()> {
    let occupied = match std::fs::read_dir(out) {
        Ok(mut listing) => listing.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(CabError::file(out)(error)),
    };
    if occupied {
        return Err(BoardError::refused(
            "not_empty",
            format!("{} is not empty.", out.display()),
            None,
            "Name a folder that is empty or does not exist yet.",
        )
        .into());
    }
    Ok(())
}

impl Journey<'_> {
    /// Tells a step and how long it took.
    fn told(&mut self, words: String) {
        let ms = u32::try_from(self.last.elapsed().as_millis()).unwrap_or(u32::MAX);
        self.last = Instant::now();
        let step = Step { step: words, ms };
        if self.host.global.json {
            reply::event("step", &step);
        } else {
            reply::say(&format!("{:>6} ms  {}", step.ms, step.step));
        }
        self.steps.push(step);
    }

    async fn go(&mut self, out: &Path, data: &Path) -> Done<Reply> {
        self.cabinet.open_sample(sample_board(&self.server)).await?;
        let rows = self.open_changes().await?;
        let members = self.cabinet.members().await?.len();
        self.told(format!(
            "Made the board of {members} members, connected it by the proposed mapping, read its {} changes",
            rows.len()
        ));
        let assessed = self.assess(&rows).await?;
        let meeting = self.prepare().await?;
        let chosen = self.build(&meeting, &assessed).await?;
        self.review(&chosen).await?;
        self.download(&chosen).await?;
        self.hold(&meeting, &chosen).await?;
        self.sign(&meeting, &chosen).await?;
        self.close(&meeting).await?;
        let files = self.seal(&meeting, out).await?;
        self.drain().await?;
        let mut claims = Claims::default();
        self.check_file(&files, &mut claims)?;
        self.check_tickets(&chosen, &mut claims).await?;
        self.check_record(data, &mut claims).await?;
        let ms = u32::try_from(self.begun.elapsed().as_millis()).unwrap_or(u32::MAX);
        let checked = claims.checked();
        self.told(format!("Looked at {checked} claims from outside: {}", claims.words()));
        let result = json!({
            "out": out,
            "data": data,
            "minutes": files.minutes,
            "root": files.root,
            "evidence": files.evidence,
            "meeting": meeting,
            "items": chosen.to_json(),
            "claims": claims.to_json(),
            "steps": self.steps,
            "ms": ms,
        });
        if let Some(findings) = claims.findings() {
            return Err(CabError::Findings { what: "The demonstration is not as claimed.".to_owned(), findings });
        }
        Ok(Reply { result, text: summary(out, ms) })
    }

    async fn open_changes(&self) -> Done<Vec<ChangeRow>> {
        let page = self
            .cabinet
            .list_changes(ChangesQuery {
                text: String::new(),
                kinds: Vec::new(),
                levels: Vec::new(),
                view: ChangesQueryView::All,
                sort: ChangesQuerySort { column: ChangeColumn::Key, descending: false },
                offset: 0,
                limit: 500,
            })
            .await?;
        Ok(page.rows)
    }

    /// Answers what is open on one change, and submits.
    async fn assess(&mut self, rows: &[ChangeRow]) -> Done<String> {
        let row = choice::to_assess(rows).ok_or_else(|| missing("change with open questions"))?;
        let change = row.key.clone();
        let walk = self.cabinet.risk_walk(OfChange { change: change.clone() }).await?;
        let mut answered = 0;
        for q in walk.questions.iter().filter(|q| q.answer.is_none()) {
            // The middle: neither flattering nor the worst.
            let answer = u32::try_from(q.options.len().saturating_sub(1) / 2).ok();
            let note = "Answered by the demonstration.".to_owned();
            let request = AnswerRiskRequest { change: change.clone(), question: q.id.clone(), answer, note };
            self.cabinet.answer_risk(request).await?;
            answered += 1;
        }
        let walk = self.cabinet.submit_risk(OfChange { change: change.clone() }).await?;
        let before = crate::changes::risk(&row.risk);
        let after = crate::changes::risk(&walk.outcome.summary);
        self.told(format!("Assessed {change}: {answered} answers, risk {before} is now {after}"));
        Ok(change)
    }

    /// Ticks what is written on the high-risk change's plan, comments, submits.
    async fn review(&mut self, chosen: &Chosen) -> Done<()> {
        let change = chosen.conditional.key.clone();
        let view = self.cabinet.plan_review(OfChange { change: change.clone() }).await?;
        for s in &view.sections {
            if !s.body.is_empty() {
                let section = s.summary.id.clone();
                self.cabinet.tick_section(TickSectionRequest { change: change.clone(), section, ticked: true }).await?;
            }
        }
        let backout = view.sections.iter().find(|s| s.summary.clause == "R23").or(view.sections.first());
        if let Some(section) = backout.map(|s| s.summary.id.clone()) {
            let text = "Who watches the figures during the first hour?".to_owned();
            self.cabinet.comment_section(CommentSectionRequest { change: change.clone(), section, text }).await?;
        }
        let view = self.cabinet.submit_plan_review(OfChange { change: change.clone() }).await?;
        self.told(format!(
            "Reviewed the plan of {change}: {} of {} sections ticked, 1 commented",
            view.ticked,
            view.sections.len()
        ));
        Ok(())
    }

    /// What the plans name must be here before anybody signs.
    async fn download(&mut self, chosen: &Chosen) -> Done<()> {
        let mut files = 0;
        for row in chosen.rows() {
            let change = row.key.clone();
            let view = self.cabinet.change(OfChange { change: change.clone() }).await?;
            for a in view.attachments.iter().filter(|a| a.material && a.digest.is_none()) {
                let attachment = a.id.clone();
                self.cabinet.download_attachment(OfAttachment { change: change.clone(), attachment }).await?;
                files += 1;
            }
        }
        self.told(format!("Downloaded and hashed {files} attachments that plans name"));
        Ok(())
    }

    async fn close(&mut self, meeting: &str) -> Done<()> {
        let view = self.cabinet.close_meeting(OfMeeting { meeting: meeting.to_owned() }).await?;
        self.told(format!("Closed the meeting: {} of {} items decided", view.meeting.decided, view.meeting.items));
        if view.compose_failed.is_none() {
            self.told("Composed the minutes as a draft".to_owned());
        }
        Ok(())
    }

    /// Seals minutes and extracts with the chair's PIN; leaves the files.
    async fn seal(&mut self, meeting: &str, out: &Path) -> Done<Files> {
        let of = || OfMeeting { meeting: meeting.to_owned() };
        let subject = SigningSubject::Minutes { meeting: meeting.to_owned() };
        self.cabinet.request_signing(SigningRequest { subject }).await?;
        let view = self.cabinet.signing_view().await?;
        let chair = view.signers.first().cloned().ok_or_else(|| missing("chair who can seal"))?;
        let statement = view.statements.first().ok_or_else(|| missing("statement to seal"))?;
        meeting::sign_one(&self.cabinet, &statement.id, &chair.member, true).await?;
        self.cabinet.close_signing().await?;
        let sealed = self.cabinet.wrap_up(of()).await?;
        let path = sealed.minutes.path.ok_or_else(|| missing("sealed minutes"))?;
        let files =
            Files { minutes: out.join("minutes.pdf"), root: out.join("root.pem"), evidence: out.join("evidence.json") };
        let pdf = std::fs::read(&path).map_err(CabError::file(Path::new(&path)))?;
        write(&files.minutes, &pdf)?;
        write(&files.root, self.cabinet.certificate_root().await?.as_bytes())?;
        write(&files.evidence, &board::evidence_inside(&pdf)?)?;
        self.told(format!("{} sealed the minutes and the extracts with their PIN", chair.member.name));
        Ok(files)
    }

    /// Everything that waits goes to its ticket.
    async fn drain(&mut self) -> Done<()> {
        let report = self.cabinet.sync_now().await?;
        let rows = self.cabinet.outbox().await?.rows;
        let written = rows.iter().filter(|r| r.state == board::views::OutboxState::Verified).count();
        self.told(format!("The outbox drained: {written} decisions on their tickets, {} waiting", report.waiting));
        Ok(())
    }
}

/// What is left in the folder.
struct Files {
    minutes: PathBuf,
    root: PathBuf,
    evidence: PathBuf,
}

fn write(path: &Path, bytes: &[u8]) -> Done<()> {
    std::fs::write(path, bytes).map_err(CabError::file(path))
}

/// The sample data lacks what the journey needs: a fault of ours.
fn missing(what: &str) -> CabError {
    CabError::Findings { what: format!("The sample has no {what}."), findings: Value::Array(Vec::new()) }
}

fn summary(out: &Path, ms: u32) -> String {
    let folder = out.display();
    format!(
        "\nDone in {}.{} s. In {folder}:\n  minutes.pdf    sealed minutes: any PDF reader shows them unmodified\n  root.pem       the board's certificate root, to be trusted\n  evidence.json  the signed entries behind every line\n  data           the data folder: cab --data-dir {folder}/data …\n\nTry: cab minutes verify {folder}/minutes.pdf --root {folder}/root.pem",
        ms / 1000,
        ms % 1000 / 100,
    )
}

fn sample_board(server: &sample::Running) -> SampleBoard {
    SampleBoard {
        name: sample::board::NAME.to_owned(),
        members: sample::board::MEMBERS
            .iter()
            .map(|m| SampleMember {
                name: m.name.to_owned(),
                role: m.role.to_owned(),
                account: m.account.to_owned(),
                pin: m.pin.to_owned(),
            })
            .collect(),
        url: server.url().to_owned(),
        api_key: server.api_key().to_owned(),
        project: sample::board::PROJECT.to_owned(),
        prefix: sample::board::PREFIX.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_something_in_it_is_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        refuse_occupied(dir.path()).expect("empty");
        refuse_occupied(&dir.path().join("new")).expect("not there yet");
        std::fs::write(dir.path().join("mine"), "x").expect("written");
        assert_eq!(refuse_occupied(dir.path()).expect_err("occupied").code(), crate::exit::REFUSED);
    }
}
