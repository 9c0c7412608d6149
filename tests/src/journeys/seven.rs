//! A board of seven with one key: a meeting of spoken votes, sealed; a week later two members enrol, confirm and contest.
//! Whatever is read says exactly what was signed and what was spoken: minutes, extracts, annex, gate and report.
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use board::requests::OfItem;
use board::views::{Basis, DecideRequest, DecisionKind, Role, VotePosition};
use board::{
    AffirmRequest, Cabinet, HandedOut, Options, RecordWrittenRequest, RelaySetting, SampleMember, SealAnnexRequest,
    VaultChoice, WordsIn, verify_evidence,
};
use chrono::{DateTime, Duration, Utc};

use super::many_hands::pin_of;
use super::ways::{Way, joins_with};
use super::written::{comment, person};
use crate::gates::asks_at;
use crate::journey::{Journey, board_on, now, options, sample_board};

/// The clock of every device of the journey.
#[derive(Clone, Default)]
pub(super) struct Clock(Arc<AtomicI64>);

impl Clock {
    pub(super) fn advance(&self, by: Duration) {
        self.0.fetch_add(by.num_seconds(), Ordering::SeqCst);
    }

    fn now(&self) -> DateTime<Utc> {
        now() + Duration::seconds(self.0.load(Ordering::SeqCst))
    }

    /// A desk by this clock.
    pub(super) fn on(&self, data: &Path) -> Options {
        let clock = self.clone();
        Options { clock: Arc::new(move || clock.now()), ..options(data) }
    }

    /// A desk of its own, with its keys in memory.
    fn desk(&self, data: &Path) -> Options {
        Options { vault: VaultChoice::Memory(Arc::default()), ..self.on(data) }
    }
}

/// The board after its meeting: one item by spoken votes, one by consent, each signed off in writing by the CTO; sealed.
struct Seven {
    journey: Journey,
    relay: PathBuf,
    clock: Clock,
    meeting: String,
    /// The change that was voted on.
    voted: String,
    /// The change to which nobody objected.
    agreed: String,
}

impl Seven {
    async fn met() -> Self {
        let server = sample::serve(sample::Options::at(now())).await.expect("the sample server starts");
        let folder = tempfile::tempdir().expect("a folder");
        let relay = folder.path().join("relay");
        std::fs::create_dir(&relay).expect("a relay folder");
        let clock = Clock::default();
        let cabinet = Cabinet::open(clock.desk(&folder.path().join("data"))).await.expect("the desk opens");
        let mut like = sample_board(&server);
        like.members.push(SampleMember {
            name: "Theo Jung".to_owned(),
            role: "release manager".to_owned(),
            account: "43".to_owned(),
            pin: "sample-seventh-7".to_owned(),
        });
        board_on(&cabinet, like, |role| role == "chair", |_| ()).await;
        cabinet.set_relays(vec![RelaySetting::Folder { path: relay.clone() }]).await.expect("a relay");
        let journey = Journey { server, cabinet, folder };

        let changes = journey.approvable().await;
        let chosen: Vec<&str> = changes.iter().take(2).map(String::as_str).collect();
        for key in &chosen {
            others_in_a_week(&journey, key);
        }
        journey.cabinet.sync_now().await.expect("synced");
        let meeting = journey.meet(&chosen).await.meeting.id;
        let of = |item: &str| OfItem { meeting: meeting.clone(), item: item.to_owned() };
        let voted = journey.item(&meeting, "1").await.change.row.key;
        let agreed = journey.item(&meeting, "2").await.change.row.key;
        journey.all_vote(&meeting, "1", VotePosition::Approve).await;
        journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
        journey.cabinet.set_current_item(of("2")).await.expect("moved on");
        journey.cabinet.record_consent(of("2")).await.expect("nobody is against");
        let decision = DecideRequest {
            meeting: meeting.clone(),
            item: "2".to_owned(),
            kind: DecisionKind::Approved,
            basis: Basis::Consent,
            rationale: String::new(),
            conditions: Vec::new(),
            deferred_to: None,
        };
        journey.cabinet.decide(decision).await.expect("decided by consent");
        journey.close(&meeting).await;
        for key in [&voted, &agreed] {
            signs_off_in_writing(&journey, key).await;
        }
        journey.seal(&meeting).await.expect("the chair seals what was spoken");
        Self { journey, relay, clock, meeting, voted, agreed }
    }

    /// A sealed document of the meeting.
    fn sealed(&self, file: &str) -> PathBuf {
        self.journey.data_dir().join("minutes").join(file)
    }

    fn minutes(&self) -> PathBuf {
        self.sealed(&format!("minutes-{}.pdf", self.meeting))
    }

    fn extract(&self, key: &str) -> PathBuf {
        self.sealed(&format!("{key}-decision-{}.pdf", &self.meeting[..8]))
    }

    async fn names(&self) -> Vec<String> {
        let members = self.journey.cabinet.members().await.expect("members");
        members.into_iter().map(|m| m.member.name).collect()
    }

    /// The member enrols on a folder of their own.
    async fn joins(&self, role: Role, who: &str) -> (Cabinet, String) {
        let data = self.journey.folder.path().join(who.replace(' ', "-"));
        let way = Way::Folder(self.relay.clone());
        joins_with(&self.journey, role, self.clock.desk(&data), (pin_of(person(who).name), false), &way).await
    }

    /// The approval of the change that was voted on, handed out now.
    async fn handed(&self, file: &str) -> HandedOut {
        let path = self.journey.folder.path().join(file);
        self.journey.cabinet.export_approval(&self.voted, &path).await.expect("handed out")
    }

    /// What a pipeline reads of who said what: the warning, the decision and the sign-offs.
    fn pipeline(&self, handed: &HandedOut) -> Vec<String> {
        let verdict = asks_at(handed, None, self.clock.now());
        let text = verdict.text(false);
        assert!(verdict.passed(), "{text}");
        let about =
            |line: &&str| ["PROVISIONAL: ", "Decision: ", "Sign-off: "].iter().any(|what| line.starts_with(what));
        text.lines().filter(about).map(str::to_owned).collect()
    }
}

/// Nobody on the board wrote, asked for or deploys the change, and its window is on in a week.
fn others_in_a_week(journey: &Journey, key: &str) {
    let number: u32 = key.rsplit('-').next().and_then(|n| n.parse().ok()).expect("a number");
    let week = now() + Duration::days(7);
    let minute = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M").to_string();
    journey.server.edit(number, |issue| issue.author = 20).expect("edited");
    for (field, value) in [
        ("Requester account", "20".to_owned()),
        ("Deployer", "21".to_owned()),
        ("Time zone", "Etc/UTC".to_owned()),
        ("Planned start", minute(week - Duration::hours(1))),
        ("Planned end", minute(week + Duration::hours(3))),
    ] {
        journey.server.set_field(number, field, &value).expect("a field of the sample");
    }
}

/// The CTO, who has no key, writes the line on the ticket, and the chair records it.
async fn signs_off_in_writing(journey: &Journey, key: &str) {
    let (recorder, member) = (journey.member(Role::Chair).await, journey.member(Role::Cto).await);
    let line = journey.cabinet.ask_in_writing(key, &member).await.expect("asked").approve;
    comment(journey, key, "CTO", &line).await;
    let pin = journey.pin(&recorder).await.into();
    let request = RecordWrittenRequest { change: key.to_owned(), member, recorder, pin, words: WordsIn::Comment(None) };
    let recorded = journey.cabinet.record_in_writing(request).await.expect("it stands on the ticket");
    assert!(recorded.counts, "under the starter policy written counts");
}

/// The lines of a PDF as its reader copies them; a row of a table is one line, whatever else its cells hold below.
pub(super) fn lines_of(pdf: &Path) -> Vec<String> {
    let arguments = [OsStr::new("-layout"), pdf.as_os_str(), OsStr::new("-")];
    let output = Command::new("pdftotext").args(arguments).env("LC_ALL", "C.UTF-8").output().unwrap_or_else(|error| {
        panic!("pdftotext does not run ({error}); install it with tests/support/pdf/install.sh")
    });
    assert!(output.status.success(), "{}: {}", pdf.display(), String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// The lines that begin with a name and say this of whoever has it.
fn rows<'l>(lines: &'l [String], name: &str, said: &str) -> Vec<&'l str> {
    lines.iter().map(String::as_str).filter(|line| line.starts_with(name) && line.contains(said)).collect()
}

/// Each of them has one line that says this, and it ends with how that is known.
fn each_said(lines: &[String], names: &[String], said: &str, known: &str) {
    for name in names {
        let found = rows(lines, name, said);
        let [row] = found.as_slice() else { panic!("{name}, {said:?}: {found:?} in\n{}", lines.join("\n")) };
        assert!(row.ends_with(known), "{row}");
    }
}

fn says(lines: &[String], words: &str) {
    let text = lines.join(" ");
    assert_eq!(text.matches(words).count(), 1, "{words:?} in\n{}", lines.join("\n"));
}

/// The report on a file that holds, line by line.
fn report(file: &Path, roster_root: &str) -> Vec<String> {
    let checked = verify_evidence(&std::fs::read(file).expect("a file"), Some(roster_root), None).expect("it is read");
    assert!(checked.findings.is_empty() && checked.anchored, "{:?}", checked.findings);
    checked.report.lines().map(str::to_owned).collect()
}

const SPOKEN: &str = "7 votes: 7 spoken, on the word of the chair";

#[tokio::test(flavor = "multi_thread")]
async fn minutes_and_extracts_of_a_board_with_one_key_say_of_each_voice_that_it_was_spoken() {
    let seven = Seven::met().await;
    let names = seven.names().await;
    assert_eq!(names.len(), 7);
    let cto = person("CTO").name;

    let minutes = lines_of(&seven.minutes());
    each_said(&minutes, &names, " Approve ", " recorded");
    each_said(&minutes, &names, " No objection ", " recorded");
    says(&minutes, SPOKEN);
    says(&minutes, "Asked, no objection; present: 7.");
    let written: Vec<&str> =
        rows(&minutes, cto, "no key").into_iter().filter(|row| row.ends_with(" written")).collect();
    assert_eq!(written.len(), 2, "a sign-off on each change, in writing: {written:?}");

    let of_votes = lines_of(&seven.extract(&seven.voted));
    each_said(&of_votes, &names, " Approve ", " recorded");
    says(&of_votes, SPOKEN);
    assert_eq!(rows(&of_votes, cto, "no key").len(), 1, "its own sign-off");
    let of_consent = lines_of(&seven.extract(&seven.agreed));
    each_said(&of_consent, &names, " No objection ", " recorded");
    says(&of_consent, "Asked, no objection; present: 7.");
    let text = of_consent.join("\n");
    assert!(!text.contains(" Approve ") && !text.contains(" spoken, "), "consent is never counted as votes: {text}");
    seven.journey.cabinet.finish_work().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_later_two_members_answer_and_annex_gate_and_report_say_what_changed_and_what_did_not() {
    let seven = Seven::met().await;
    let (chair, cto, security) = (person("chair"), person("CTO"), person("security"));
    seven.clock.advance(Duration::days(7));
    let sealed = std::fs::read(seven.minutes()).expect("sealed minutes");

    let before = seven.handed("spoken.json").await;
    let told = seven.pipeline(&before);
    let [warning, decision, sign_off] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(warning, "PROVISIONAL: one keyholder, nobody can check the chair's word.");
    assert!(decision.ends_with(" risk, 7 votes: 7 recorded"), "{decision}");
    assert_eq!(*sign_off, format!("Sign-off: {} (CTO), written", cto.name));
    let item = |n: u32, key: &str, votes: &str| format!("- item {n}, {key}: approved; {votes}");
    let on_whose_word = ", on the word of whoever kept the record";
    let spoken = item(1, &seven.voted, &format!("7 votes: 7 recorded{on_whose_word}"));
    assert!(report(&before.path, &before.roster_root).contains(&spoken), "the approval's report");
    let of_minutes = report(&seven.minutes(), &before.roster_root);
    let silent =
        "Of what was recorded in members' names: 18 not answered yet by the member named. Silence confirms nothing.";
    for line in [spoken, item(2, &seven.agreed, "no votes"), silent.to_owned()] {
        assert!(of_minutes.contains(&line), "{line:?} in\n{}", of_minutes.join("\n"));
    }

    // The CTO confirms all that was recorded; security contests the vote, and that nobody objected.
    let (own, member) = seven.joins(Role::Cto, "CTO").await;
    let asked = own.spoken(&member).await.expect("readable");
    let confirmed: Vec<String> = asked.iter().map(|act| act.act.clone()).collect();
    let mut what: Vec<&str> = asked.iter().map(|act| act.what.as_str()).collect();
    what.sort_unstable();
    let silence = "did not object when consent was asked";
    assert_eq!(what, ["approved in writing", "approved in writing", silence, "voted to approve", "was present"]);
    let request = AffirmRequest { member, pin: cto.pin.into(), confirmed, contested: Vec::new() };
    assert_eq!(own.affirm(request).await.expect("confirmed under one PIN"), 5);
    let (another, member) = seven.joins(Role::Security, "security").await;
    let asked = another.spoken(&member).await.expect("readable");
    let act = |what: &str| asked.iter().find(|act| act.what == what).expect("it was recorded").act.clone();
    let contested =
        vec![(act("voted to approve"), "I abstained".to_owned()), (act(silence), "I was against it".to_owned())];
    let request = AffirmRequest { member, pin: security.pin.into(), confirmed: Vec::new(), contested };
    assert_eq!(another.affirm(request).await.expect("contested under one PIN"), 2);
    for cabinet in [&own, &another, &seven.journey.cabinet] {
        cabinet.exchange().await.expect("sent and received");
    }

    let request = SealAnnexRequest { meeting: seven.meeting.clone(), pin: chair.pin.into() };
    let annex = seven.journey.cabinet.seal_annex(request).await.expect("sealed");
    assert_eq!(std::fs::read(seven.minutes()).expect("still there"), sealed, "the sealed minutes stay");
    let lines = lines_of(&annex.path);
    says(&lines, "5 confirmed, 2 contested. What is contested heads the next agenda.");
    assert_eq!(rows(&lines, cto.name, " Confirmed ").len(), 5, "{}", lines.join("\n"));
    assert_eq!(rows(&lines, security.name, " Contested ").len(), 2, "{}", lines.join("\n"));
    for (key, recorded, instead) in
        [(&seven.voted, "voted to approve", "I abstained"), (&seven.agreed, silence, "I was against it")]
    {
        says(&lines, &format!("{}, {key}, recorded as \u{201c}{recorded}\u{201d}: {instead}", security.name));
    }
    let mut heads: Vec<Option<String>> =
        seven.journey.cabinet.contested().await.expect("readable").into_iter().map(|act| act.answer).collect();
    heads.sort();
    let said = |words: &str| Some(words.to_owned());
    assert_eq!(heads, [said("I abstained"), said("I was against it")], "both head the next agenda");

    let after = seven.handed("confirmed.json").await;
    let told = seven.pipeline(&after);
    let [decision, sign_off] = told.as_slice() else { panic!("{told:?}") };
    assert!(decision.ends_with(" risk, 7 votes: 1 confirmed, 6 recorded"), "a contest takes no vote away: {decision}");
    assert_eq!(*sign_off, format!("Sign-off: {} (CTO), confirmed", cto.name));
    assert_eq!(seven.pipeline(&before).len(), 3, "the earlier file goes on saying what was known by then");
    let confirmed = item(1, &seven.voted, &format!("7 votes: 1 confirmed, 6 recorded{on_whose_word}"));
    let signed = format!("- {} (CTO) approves {} (", cto.name, seven.voted);
    for file in [&after.path, &annex.path] {
        let said = report(file, &after.roster_root);
        assert!(said.contains(&confirmed), "{confirmed:?} in\n{}", said.join("\n"));
        let line = said.iter().find(|line| line.starts_with(&signed)).expect("the sign-off");
        assert!(line.contains("), confirmed. Time: "), "{line}");
    }
    let answered = "Of what was recorded in members' names: 2 CONTESTED by the member, 3 confirmed by the member's own \
                    key, 13 not answered yet by the member named. Silence confirms nothing.";
    let of_annex = report(&annex.path, &after.roster_root);
    assert!(of_annex.iter().any(|said| said == answered), "{}", of_annex.join("\n"));
    seven.journey.cabinet.finish_work().await;
}
