//! The commands themselves, called as a window calls them and without one, on a change that lost its ticket (R11), on one with
//! an open severe defect (R32), on one without a version (R39), and on what is the signer's own (R89).
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use board::requests::{
    AskInWriting, AttendanceRequest, HandOutRequest, MeetingChangeRequest, OfChange, OfItem, OfMeeting, SigningRequest,
    VoteRequest,
};
use board::views::{
    Basis, ChangeColumn, ChangesQuery, ChangesQuerySort, ChangesQueryView, CreateMeetingRequest, DecideReleaseRequest,
    DecideRequest, DecideRequestConditions, DecideRequestConditionsWhen, DecisionKind, Role, SignRequest,
    SigningSubject, Verdict, VotePosition,
};
use board::{Answer, BoardError, Cabinet, Network, Options, Silent, VaultChoice};
use tauri::Manager as _;
use tauri::test::{MockRuntime, mock_builder, mock_context, noop_assets};

use super::{agenda, changes, dispensations, meeting, outbox, pipelines, sign_offs, wrap_up};
use crate::sample_board::board_of;

#[expect(clippy::disallowed_methods, reason = "the test is a host")]
fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}

/// The windows' side of a desk on the sample board.
struct Shell {
    app: tauri::App<MockRuntime>,
    cabinet: Cabinet,
    meeting: String,
}

/// What is refused, by code and clause.
fn refused<T: std::fmt::Debug>(answer: Answer<T>, (code, clause): (&str, &str), how: &str) {
    match answer {
        Err(BoardError::Refused(refusal)) => {
            let told = (refusal.code.as_str(), refusal.clause.as_deref().unwrap_or("no clause"));
            assert_eq!(told, (code, clause), "{how}: {refusal:?}");
        }
        other => panic!("{how}: {code} of {clause} is expected, not {other:?}"),
    }
}

/// What comes of asking to sign a subject about a blocked change.
enum Told {
    /// It is asked for here, under this name, on each blocked change.
    Tried(&'static str),
    /// It approves nothing, or stands on what there is not here; why.
    Nothing(&'static str),
}

/// Each subject of a signature. A new one does not compile before it is said here what comes of it.
fn told(subject: &SigningSubject) -> Told {
    use Told::{Nothing, Tried};
    const PEOPLE: &str = "of who may act: what they do is judged when they do it";
    const RECORD: &str = "of what is in the record already: the gates stand between it and any approval";
    match subject {
        SigningSubject::Change { .. } => Tried("change"),
        SigningSubject::Immaterial { .. } => Tried("immaterial"),
        SigningSubject::Standing { .. } => Tried("standing"),
        SigningSubject::Written { .. } => Tried("written"),
        SigningSubject::Waiver { .. } => Tried("waiver"),
        SigningSubject::Second { .. } => Tried("second"),
        SigningSubject::TakeBack { .. } => Tried("take_back"),
        SigningSubject::Circular { .. } => Tried("circular"),
        SigningSubject::ApprovedPlan { .. } => Tried("approved_plan"),
        SigningSubject::Reaffirm { .. } => {
            Nothing("no sign-off is there; `hard_blocks/after.rs` and `required.rs` try it")
        }
        SigningSubject::Queue { .. } => Nothing("nothing blocked is in it; `hard_blocks/before.rs` looks"),
        SigningSubject::WrittenMail { .. } => Nothing("asked for as `Written` is: without a question it is not_asked"),
        SigningSubject::Minutes { .. }
        | SigningSubject::Countersign { .. }
        | SigningSubject::Annex { .. }
        | SigningSubject::OfMinutes { .. }
        | SigningSubject::SpokenActs { .. }
        | SigningSubject::Recovery { .. }
        | SigningSubject::Fork { .. } => Nothing(RECORD),
        SigningSubject::Admission { .. }
        | SigningSubject::RosterProposal
        | SigningSubject::Revocation { .. }
        | SigningSubject::Delegation { .. }
        | SigningSubject::EndDelegation { .. } => Nothing(PEOPLE),
        SigningSubject::Policy { .. } => Nothing("no policy takes a hard block away: it is not among what it can say"),
        SigningSubject::Emergency { .. } => Nothing("no hard block waits in an emergency; `hard_blocks/before.rs`"),
        SigningSubject::Override { .. } => Nothing("moves the level of risk, by which the gates ask anew"),
        SigningSubject::Exception { .. } => Nothing("excepts from a freeze alone; no other gate looks at it"),
        SigningSubject::PlanApproval { .. } => Nothing("approves the plan alone, which is one gate among others"),
        SigningSubject::CircularVote { .. } | SigningSubject::CircularRecusal { .. } => {
            Nothing("only the end of the question counts them; `hard_blocks/in_writing.rs` tries it")
        }
    }
}

fn number(key: &str) -> u32 {
    key.rsplit('-').next().and_then(|n| n.parse().ok()).expect("a number")
}

async fn opened(server: &sample::Running, data: &Path) -> Cabinet {
    let options = Options {
        network: Network::default(),
        data_dir: data.to_owned(),
        evidence_folder: None,
        calendar_file: None,
        vault: VaultChoice::Sample,
        clock: Arc::new(now),
        events: Arc::new(Silent),
    };
    let cabinet = Cabinet::open(options).await.expect("the desk opens");
    cabinet.open_sample(board_of(server)).await.expect("the sample board is made and read");
    cabinet
}

impl Shell {
    /// A meeting in session on four changes that nothing blocks yet, the last of them the CTO's own, everybody there and in favour.
    async fn meets(cabinet: Cabinet, server: &sample::Running) -> (Self, Vec<String>) {
        let built = mock_builder().manage(cabinet.clone()).build(mock_context(noop_assets()));
        let app = built.expect("the commands without a window");
        let query = ChangesQuery {
            text: String::new(),
            kinds: Vec::new(),
            levels: Vec::new(),
            view: ChangesQueryView::Open,
            sort: ChangesQuerySort { column: ChangeColumn::Key, descending: false },
            offset: 0,
            limit: 200,
        };
        let rows = changes::list_changes(app.state(), query).await.expect("a list").rows;
        let free = rows.into_iter().filter(|r| r.gates_blocking == 0 && r.remote_status == "Authorize");
        let mut keys: Vec<String> = free.map(|r| r.key).collect();
        let world = server.world();
        let people = ["Requester account", "Deployer"].map(|name| world.field(name).expect("a field of the sample").id);
        let members: Vec<&str> = sample::board::MEMBERS.iter().map(|member| member.account).collect();
        let apart = |key: &String| {
            let issue = world.issues.get(&number(key)).expect("its ticket");
            people.iter().filter_map(|field| issue.custom.get(field)).all(|id| !members.contains(&id.as_str()))
        };
        // Of the last one only who wrote it steps aside.
        let last = keys.iter().skip(3).position(apart).expect("the sample has one in which no other member has a part");
        keys.swap(3, 3 + last);
        keys.truncate(4);
        for key in &keys {
            // Each is a release of its own, by its own name.
            server.set_version(number(key), key).expect("a version");
        }
        server.edit(number(&keys[3]), |issue| issue.author = 12).expect("the CTO wrote it");
        cabinet.sync_now().await.expect("synced");
        let request = CreateMeetingRequest {
            title: "Weekly change advisory board".to_owned(),
            starts_at: now().to_rfc3339(),
            zone: "Europe/Berlin".to_owned(),
            place: String::new(),
        };
        let id = agenda::create_meeting(app.state(), request).await.expect("a meeting").id;
        for key in &keys {
            let item = MeetingChangeRequest { meeting: id.clone(), change: key.clone() };
            agenda::add_agenda_item(app.state(), item).await.expect("an item");
        }
        let of = OfMeeting { meeting: id.clone() };
        let seats = agenda::call_to_order(app.state(), of).await.expect("in session").seats;
        for seat in &seats {
            let member = seat.member.id.clone();
            let request = AttendanceRequest { meeting: id.clone(), member, present: true };
            meeting::set_attendance(app.state(), request).await.expect("present");
        }
        for (item, seat) in ["1", "2", "3", "4"].into_iter().flat_map(|item| seats.iter().map(move |seat| (item, seat)))
        {
            let vote = VoteRequest {
                meeting: id.clone(),
                item: item.to_owned(),
                member: seat.member.id.clone(),
                position: Some(VotePosition::Approve),
            };
            // Whoever has a part in the change does not vote on it.
            meeting::vote(app.state(), vote).await.ok();
        }
        (Self { app, cabinet, meeting: id }, keys)
    }

    /// The member in this role, and their published PIN.
    async fn member(&self, role: Role) -> (String, String) {
        let members = self.cabinet.members().await.expect("members");
        let found = members.into_iter().find(|m| m.member.roles.contains(&role)).expect("a member").member;
        let pin = sample::board::MEMBERS.iter().find(|m| m.name == found.name).expect("a sample member").pin;
        (found.id, pin.to_owned())
    }

    /// The chair decides in favour.
    async fn decides(&self, item: &str, kind: DecisionKind, basis: Basis) -> Answer<board::views::ConsoleItem> {
        let condition = DecideRequestConditions {
            text: "Rehearse the backout".to_owned(),
            owner: "Release Manager".to_owned(),
            due_on: None,
            when: DecideRequestConditionsWhen::Before,
        };
        let request = DecideRequest {
            meeting: self.meeting.clone(),
            item: item.to_owned(),
            kind,
            basis,
            rationale: "It cannot wait".to_owned(),
            conditions: if kind == DecisionKind::ApprovedWithConditions { vec![condition] } else { Vec::new() },
            deferred_to: None,
        };
        meeting::decide(self.app.state(), request).await
    }

    /// Everything is tried on one change.
    async fn tries(&self, item: &str, key: &str, blocked: (&str, &str), handing: (&str, &str), to: &Path) {
        let mut tried = BTreeSet::from(["change"]);
        let consent = OfItem { meeting: self.meeting.clone(), item: item.to_owned() };
        meeting::record_consent(self.app.state(), consent).await.expect("nobody is against it");
        for kind in [DecisionKind::Approved, DecisionKind::ApprovedWithConditions] {
            for basis in [Basis::Vote, Basis::Consent, Basis::ChairRuling] {
                refused(self.decides(item, kind, basis).await, blocked, "decide");
            }
        }
        let together = DecideReleaseRequest {
            meeting: self.meeting.clone(),
            release: key.to_owned(),
            kind: DecisionKind::Approved,
            rationale: "It cannot wait".to_owned(),
            deferred_to: None,
            without: Vec::new(),
        };
        refused(meeting::decide_release(self.app.state(), together).await, blocked, "decide_release");
        let (cto, pin) = self.member(Role::Cto).await;
        let change = key.to_owned();
        let subject = SigningSubject::Change { change: change.clone() };
        self.cabinet.request_signing(SigningRequest { subject }).await.expect("what blocks is shown");
        let shown = sign_offs::signing_view(self.app.state()).await.expect("a view").statements.remove(0);
        assert!(shown.refusal.is_some_and(|why| why.code == blocked.0), "the signing window says what blocks");
        let request = SignRequest {
            statement: shown.id,
            member: cto.clone(),
            pin: Some(pin),
            keep_unlocked: false,
            verdict: Verdict::Approve,
            reason: String::new(),
            named: String::new(),
            ticked: Vec::new(),
        };
        refused(sign_offs::sign(self.app.state(), request).await, blocked, "sign");
        let asking = AskInWriting { change: change.clone(), member: cto.clone() };
        refused(sign_offs::ask_in_writing(self.app.state(), asking).await, blocked, "ask_in_writing");
        let (gate, unwaived) = match blocked.1 {
            "R11" => ("ticket", ("never_waived", "R11")),
            "R32" => ("open-defects", ("never_waived", "R32")),
            _ => ("version", ("never_waived", "R39")),
        };
        let waiver = SigningSubject::Waiver {
            change: change.clone(),
            gate: gate.to_owned(),
            reason: "It cannot wait".to_owned(),
            until: String::new(),
        };
        let second =
            SigningSubject::Second { change: change.clone(), entry: String::new(), reason: "Agreed".to_owned() };
        for (subject, expected) in [
            (waiver, unwaived),
            (second, ("nothing_to_second", "R69")),
            (
                SigningSubject::TakeBack { change: change.clone(), entry: String::new(), reason: "No".to_owned() },
                ("nothing_to_take_back", "R69"),
            ),
            (SigningSubject::Written { change: change.clone(), member: cto, comment: 1 }, ("not_asked", "R31")),
            (
                SigningSubject::Immaterial { change: change.clone(), reason: "A detail".to_owned() },
                ("nothing_to_rule", "R30"),
            ),
            (
                SigningSubject::Circular {
                    change: change.clone(),
                    question: "May it go ahead?".to_owned(),
                    closes: (now() + chrono::Duration::hours(2)).to_rfc3339(),
                },
                blocked,
            ),
            (
                SigningSubject::Standing {
                    change: change.clone(),
                    service: "pay".to_owned(),
                    pipeline: "deploy-pay".to_owned(),
                    uses: 2,
                    expires: (now() + chrono::Duration::days(30)).to_rfc3339(),
                },
                handing,
            ),
            (SigningSubject::ApprovedPlan { change: change.clone(), path: to.display().to_string() }, handing),
        ] {
            match told(&subject) {
                Told::Tried(name) => tried.insert(name),
                Told::Nothing(why) => panic!("{subject:?} is tried here, so it is wrong that {why}"),
            };
            // The command does this, then opens the window.
            refused(self.cabinet.request_signing(SigningRequest { subject }).await, expected, "request_signing");
        }
        let named = include_str!("blocked.rs").matches(concat!("=> ", "Tried(")).count();
        assert_eq!(tried.len(), named, "what is said to be tried is: {tried:?}");
        let request = HandOutRequest { change: change.clone(), path: to.display().to_string(), snapshot: false };
        refused(changes::hand_out(self.app.state(), request).await, handing, "hand_out");
        assert!(!to.exists(), "no file is written");
        let of = OfChange { change: change.clone() };
        let acts = dispensations::gate_acts(self.app.state(), of).await.expect("readable");
        let offered = acts.gates.iter().find(|act| act.gate == gate).expect("it blocks");
        assert_eq!(offered.refusal.as_ref().map(|why| why.code.as_str()), Some(unwaived.0), "{acts:?}");
        let view = pipelines::pipelines(self.app.state(), OfChange { change }).await.expect("readable");
        assert!(view.offer.is_none() && view.standing.is_empty(), "{view:?}");
    }

    /// The others decided in favour of what the CTO wrote: by no command does the CTO approve it.
    async fn tries_own(&self, key: &str, to: &Path) {
        const OWN: (&str, &str) = ("duty-author", "R89");
        const WAITS: (&str, &str) = ("awaiting_sign_off", "R30");
        let change = key.to_owned();
        let (cto, pin) = self.member(Role::Cto).await;
        let subject = SigningSubject::Change { change: change.clone() };
        self.cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
        let shown = sign_offs::signing_view(self.app.state()).await.expect("a view").statements.remove(0);
        let request = SignRequest {
            statement: shown.id,
            member: cto.clone(),
            pin: Some(pin),
            keep_unlocked: false,
            verdict: Verdict::Approve,
            reason: String::new(),
            named: String::new(),
            ticked: Vec::new(),
        };
        refused(sign_offs::sign(self.app.state(), request).await, OWN, "sign");
        let asking = AskInWriting { change: change.clone(), member: cto };
        refused(sign_offs::ask_in_writing(self.app.state(), asking).await, OWN, "ask_in_writing");
        let subject = SigningSubject::Standing {
            change: change.clone(),
            service: "pay".to_owned(),
            pipeline: "deploy-pay".to_owned(),
            uses: 2,
            expires: (now() + chrono::Duration::days(30)).to_rfc3339(),
        };
        refused(self.cabinet.request_signing(SigningRequest { subject }).await, WAITS, "request_signing");
        let request = HandOutRequest { change, path: to.display().to_string(), snapshot: false };
        refused(changes::hand_out(self.app.state(), request).await, WAITS, "hand_out");
        assert!(!to.exists(), "no file is written");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_command_that_a_window_calls_approves_what_is_blocked() {
    let server = sample::serve(sample::Options::at(now())).await.expect("the sample server starts");
    let folder = tempfile::tempdir().expect("a folder");
    let cabinet = opened(&server, &folder.path().join("data")).await;
    let (shell, keys) = Shell::meets(cabinet, &server).await;
    let world = server.world();
    let severity = world.field("Severity").expect("a field of the sample").id;
    let open = |status: u32| world.statuses.get(&status).is_some_and(|status| !status.closed);
    let tracker = world.trackers.values().find(|tracker| tracker.name == "Bug").expect("a tracker of the sample").id;
    let severe = |word: Option<&String>| word.is_some_and(|word| word == "High" || word == "Critical");
    let mut defects = world.issues.values();
    let defect = defects.find(|i| i.tracker == tracker && open(i.status) && severe(i.custom.get(&severity)));
    server.delete(number(&keys[0])).expect("its ticket");
    server.relate(number(&keys[1]), defect.expect("the sample has an open one").id, "relates").expect("linked");
    server.set_field(number(&keys[2]), "Version", "").expect("a field of the sample");
    shell.cabinet.reconcile_now().await.expect("compared");
    shell.cabinet.sync_now().await.expect("synced");

    let to = folder.path().join("approval.json");
    shell.tries("1", &keys[0], ("hard_block", "R11"), ("no_ticket", "R11"), &to).await;
    shell.tries("2", &keys[1], ("hard_block", "R32"), ("undecided", "R30"), &to).await;
    shell.tries("3", &keys[2], ("hard_block", "R39"), ("undecided", "R30"), &to).await;
    shell.decides("4", DecisionKind::Approved, Basis::Vote).await.expect("the others decide");
    let of = OfMeeting { meeting: shell.meeting.clone() };
    wrap_up::close_meeting(shell.app.state(), of).await.expect("closed");
    shell.tries_own(&keys[3], &to).await;
    let rows = outbox::outbox(shell.app.state()).await.expect("an outbox").rows;
    assert!(rows.is_empty(), "{rows:?}");
    for key in &keys {
        let shown = changes::change(shell.app.state(), OfChange { change: key.clone() }).await.expect("a change");
        let decided = *key == keys[3];
        assert!(shown.decision.is_some() == decided && shown.sign_offs.is_empty(), "{key}: {shown:?}");
    }
    shell.cabinet.finish_work().await;
}
