//! `Journey`: a board of people on the sample organisation, as users have it.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use board::requests::{
    AttendanceRequest, OfChange, OfDraftProject, OfItem, OfMeeting, ReturnRequest, SigningRequest, VoteRequest,
};
use board::views::{
    Basis, DecisionKind, MappingRow, SaveConnectionRequest, TestConnectionRequest, TicketingSystemKind,
};
use board::views::{
    ConsoleItem, CreateMeetingRequest, DecideRequest, MeetingView, SignRequest, SigningSubject, Verdict, VotePosition,
    WrapUp,
};
use board::{
    ACCEPTANCE, AdoptPolicyRequest, Answer, BoardError, Cabinet, CreateBoard, Keyholder, MemoryVault, NewMember,
    Options, PolicyAdopted, SampleBoard, SampleMember, Silent, Strength, VaultChoice,
};

/// Reads the clock; a host's privilege.
#[expect(clippy::disallowed_methods, reason = "tests are hosts")]
pub fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}

/// The sample board on a server, by default the sample's own, with a data folder of its own.
pub struct Journey<S = sample::Running> {
    pub server: S,
    pub cabinet: Cabinet,
    pub folder: tempfile::TempDir,
}

pub fn options(data_dir: &Path) -> Options {
    Options {
        network: board::Network::default(),
        data_dir: data_dir.to_owned(),
        evidence_folder: None,
        calendar_file: None,
        vault: VaultChoice::Sample,
        clock: Arc::new(now),
        events: Arc::new(Silent),
    }
}

/// The sample organisation's board on `server`.
pub fn sample_board(server: &sample::Running) -> SampleBoard {
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

/// A board that is no sample, with the same people on the same server: its keys are in memory.
pub async fn own_board(data_dir: &Path, like: SampleBoard) -> Cabinet {
    own_board_with(data_dir, like, |_| true, |_| ()).await
}

/// An own desk with its keys in memory.
pub async fn own_desk(data_dir: &Path) -> Cabinet {
    own_desk_with(data_dir, Arc::default()).await
}

/// The same, with its keys in a memory that the test has at hand.
pub async fn own_desk_with(data_dir: &Path, keys: Arc<MemoryVault>) -> Cabinet {
    let memory = VaultChoice::Memory(keys);
    Cabinet::open(Options { vault: memory, ..options(data_dir) }).await.expect("the desk opens")
}

/// The same where only some, by the words of their roles, have keys on this device.
/// And with a person's changes to the proposed mapping.
pub async fn own_board_with(
    data_dir: &Path,
    like: SampleBoard,
    has_key: impl Fn(&str) -> bool,
    edit: impl FnOnce(&mut Vec<MappingRow>),
) -> Cabinet {
    let cabinet = own_desk(data_dir).await;
    board_on(&cabinet, like, has_key, edit).await;
    cabinet
}

/// The same on a desk that is open already.
pub async fn board_on(
    cabinet: &Cabinet,
    like: SampleBoard,
    has_key: impl Fn(&str) -> bool,
    edit: impl FnOnce(&mut Vec<MappingRow>),
) {
    let members = like.members.into_iter().map(|m| NewMember {
        name: m.name,
        roles: vec![role(&m.role)],
        voting: true,
        mandatory: false,
        accounts: BTreeMap::from([(like.prefix.clone(), m.account)]),
        key: has_key(&m.role).then(|| Keyholder { pin: m.pin.into(), accepted: ACCEPTANCE.to_owned() }),
    });
    let board = CreateBoard {
        name: like.name.clone(),
        members: members.collect(),
        strength: Strength::Starter,
        part_11: false,
        sealed_relays: false,
    };
    cabinet.create_board_with(board).await.expect("a board");
    let test = TestConnectionRequest {
        system: TicketingSystemKind::Redmine,
        url: like.url,
        api_key: Some(like.api_key),
        allow_http: false,
    };
    let draft = cabinet.test_connection(test).await.expect("the server answers").draft;
    let of = OfDraftProject { draft: draft.clone(), project: like.project.clone() };
    let mut mapping = cabinet.propose_mapping(of).await.expect("a mapping").mapping;
    edit(&mut mapping);
    let save = SaveConnectionRequest { draft, project: like.project, prefix: like.prefix, mapping };
    cabinet.save_connection(save).await.expect("connected");
    cabinet.sync_now().await.expect("synced");
}

pub fn role(words: &str) -> domain::roster::Role {
    use domain::roster::Role as R;
    match words {
        "chair" => R::Chair,
        "technical development lead" => R::TechnicalLead,
        "CTO" => R::Cto,
        "security" => R::Security,
        "service manager" => R::ServiceManager,
        "release manager" => R::ReleaseManager,
        other => panic!("the sample has no role {other}"),
    }
}

/// A signature of approval without a reason, by the PIN; what is otherwise is said beside it.
pub fn approving(statement: impl Into<String>, member: impl Into<String>, pin: Option<String>) -> SignRequest {
    SignRequest {
        statement: statement.into(),
        member: member.into(),
        pin,
        keep_unlocked: false,
        verdict: Verdict::Approve,
        reason: String::new(),
        named: String::new(),
        ticked: Vec::new(),
    }
}

/// Names one change to be returned.
pub fn of(key: &str) -> ReturnRequest {
    ReturnRequest { changes: Some(vec![key.to_owned()]) }
}

/// The one row of an answer about one change.
pub fn only(rows: Vec<board::views::ReturnRow>) -> board::views::ReturnRow {
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.into_iter().next().expect("one")
}

/// A template of a plan in Textile as its requester pastes it: a text in the place of each hint.
pub fn filled_plan(template: &str, text: &str) -> String {
    let lines = template.lines().map(|line| if line.starts_with('_') { text } else { line });
    lines.collect::<Vec<_>>().join("\n")
}

/// A template of answers in Textile with the first choice after each colon.
pub fn filled_answers(template: &str) -> String {
    let lines: Vec<&str> = template.lines().collect();
    let filled = lines.iter().enumerate().map(|(n, line)| {
        if line.ends_with("):") {
            let first = lines.get(n + 2).and_then(|choice| choice.strip_prefix("* ")).expect("its first choice");
            format!("{line} {first}")
        } else {
            (*line).to_owned()
        }
    });
    filled.collect::<Vec<_>>().join("\n")
}

impl Journey {
    /// Board made, connected and synced.
    pub async fn begin() -> Self {
        Self::on(sample::serve(sample::Options::at(now())).await.expect("the sample server starts")).await
    }

    /// The same with three changes, all of which can be signed: for what is done thousands of times on its folder, where each
    /// file of each further change would be the same again.
    pub async fn begin_small() -> Self {
        let Self { server, cabinet, folder: _folder } = Self::begin().await;
        let kept: Vec<String> = free(&cabinet).await.into_iter().take(3).collect();
        assert_eq!(kept.len(), 3, "{kept:?}");
        cabinet.finish_work().await;
        let world = server.world();
        let mut trackers = world.trackers.values();
        let tracker = trackers.find(|t| t.name == "Change request").expect("a tracker of the sample").id;
        for change in world.issues.values().filter(|issue| issue.tracker == tracker).map(|issue| issue.id) {
            if !kept.iter().any(|key| key.ends_with(&format!("-{change}"))) {
                server.delete(change).expect("it is there");
            }
        }
        Self::on(server).await
    }

    async fn on(server: sample::Running) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let cabinet = Cabinet::open(options(&folder.path().join("data"))).await.expect("the desk opens");
        cabinet.open_sample(sample_board(&server)).await.expect("the sample board is made and read");
        Self { server, cabinet, folder }
    }
}

impl<S> Journey<S> {
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The desk opened anew on the same folder, as after a restart.
    pub async fn reopen(&mut self) {
        self.cabinet = Cabinet::open(options(&self.data_dir())).await.expect("the desk opens again");
    }

    /// A member by the beginning of their role's words.
    pub async fn member(&self, role: board::views::Role) -> String {
        let members = self.cabinet.members().await.expect("members");
        members.into_iter().find(|m| m.member.roles.contains(&role)).expect("a member with the role").member.id
    }

    /// The published PIN of the member with this name.
    pub async fn pin(&self, member: &str) -> String {
        let members = self.cabinet.members().await.expect("members");
        let name = members.into_iter().find(|m| m.member.id == member).expect("a member").member.name;
        sample::board::MEMBERS.iter().find(|m| m.name == name).expect("a sample member").pin.to_owned()
    }

    /// A meeting on these changes, called to order with everybody present.
    pub async fn meet(&self, changes: &[&str]) -> MeetingView {
        let head = self
            .cabinet
            .create_meeting(CreateMeetingRequest {
                title: "Weekly change advisory board".to_owned(),
                starts_at: now().to_rfc3339(),
                zone: "Europe/Berlin".to_owned(),
                place: "Room Athena".to_owned(),
            })
            .await
            .expect("a meeting");
        for change in changes {
            self.cabinet
                .add_agenda_item(board::requests::MeetingChangeRequest {
                    meeting: head.id.clone(),
                    change: (*change).to_owned(),
                })
                .await
                .expect("an item");
        }
        let meeting = self.cabinet.call_to_order(OfMeeting { meeting: head.id.clone() }).await.expect("in session");
        for seat in meeting.seats {
            self.cabinet
                .set_attendance(AttendanceRequest { meeting: head.id.clone(), member: seat.member.id, present: true })
                .await
                .expect("present");
        }
        self.cabinet.meeting(OfMeeting { meeting: head.id }).await.expect("in session")
    }

    /// Everybody who may votes alike.
    pub async fn all_vote(&self, meeting: &str, item: &str, position: VotePosition) -> ConsoleItem {
        let shown = self.item(meeting, item).await;
        for vote in shown.votes.iter().filter(|v| v.recused.is_none()) {
            let request = VoteRequest {
                meeting: meeting.to_owned(),
                item: item.to_owned(),
                member: vote.member.id.clone(),
                position: Some(position),
            };
            self.cabinet.vote(request).await.expect("a vote");
        }
        self.item(meeting, item).await
    }

    pub async fn item(&self, meeting: &str, item: &str) -> ConsoleItem {
        let request = OfItem { meeting: meeting.to_owned(), item: item.to_owned() };
        self.cabinet.meeting_item(request).await.expect("an item")
    }

    pub async fn decide(&self, meeting: &str, item: &str, kind: DecisionKind, why: &str) -> Answer<ConsoleItem> {
        self.cabinet
            .decide(DecideRequest {
                meeting: meeting.to_owned(),
                item: item.to_owned(),
                kind,
                basis: Basis::Vote,
                rationale: why.to_owned(),
                conditions: Vec::new(),
                deferred_to: None,
            })
            .await
    }

    pub async fn close(&self, meeting: &str) -> WrapUp {
        self.cabinet.close_meeting(OfMeeting { meeting: meeting.to_owned() }).await.expect("closed")
    }

    /// Signs everything in a queue that the member may sign: PIN once, the session for the rest.
    pub async fn sign_queue(&self, meeting: &str, member: &str) -> (u32, Vec<BoardError>) {
        let subject = SigningSubject::Queue { meeting: meeting.to_owned() };
        self.cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
        let view = self.cabinet.signing_view().await.expect("a view");
        let mut pins = 0;
        let mut refused = Vec::new();
        let mut open = false;
        for statement in view.statements {
            let pin = if open { None } else { Some(self.pin(member).await) };
            pins += u32::from(pin.is_some());
            let request = SignRequest { keep_unlocked: true, ..approving(statement.id, member, pin) };
            match self.cabinet.sign(request).await {
                Ok(_) => open = true,
                Err(error) => refused.push(error),
            }
        }
        self.cabinet.close_signing().await.expect("closed");
        (pins, refused)
    }

    /// The chair seals minutes and extracts.
    pub async fn seal(&self, meeting: &str) -> Answer<()> {
        let subject = SigningSubject::Minutes { meeting: meeting.to_owned() };
        self.cabinet.request_signing(SigningRequest { subject }).await?;
        let view = self.cabinet.signing_view().await?;
        let chair = view.signers.first().expect("the chair can sign").member.id.clone();
        let request = approving(&view.statements[0].id, &chair, Some(self.pin(&chair).await));
        self.cabinet.sign(request).await.map(drop)
    }

    /// Whoever this is adopts a policy that was looked at before (R102): over a day, which costs little.
    pub async fn adopt(&self, text: &str, by: &str) -> Answer<PolicyAdopted> {
        // A text that cannot be looked at is refused by the adoption as well.
        self.cabinet.simulate_policy(text, 1).await.ok();
        let (text, pin) = (text.to_owned(), self.pin(by).await.into());
        self.cabinet.adopt_policy(AdoptPolicyRequest { text, by: by.to_owned(), pin }).await
    }

    /// The keys of changes that could be approved now: no gate blocks them, and the server's workflow lets
    /// the board's account write the decision back.
    pub async fn approvable(&self) -> Vec<String> {
        free(&self.cabinet).await
    }

    /// The change's gate of this clause: how it stands, and what it says.
    pub async fn gate(&self, key: &str, clause: &str) -> (board::views::GateResult, String) {
        let gates = self.change(key).await.gates;
        let gate = gates.into_iter().find(|gate| gate.clause == clause).expect("a gate of the clause");
        (gate.result, gate.finding)
    }

    pub async fn change(&self, key: &str) -> board::views::ChangeView {
        self.cabinet.change(OfChange { change: key.to_owned() }).await.expect("a change")
    }
}

/// Changes that nothing blocks and that wait for the board.
async fn free(cabinet: &Cabinet) -> Vec<String> {
    let query = board::views::ChangesQuery {
        text: String::new(),
        kinds: Vec::new(),
        levels: Vec::new(),
        view: board::views::ChangesQueryView::Open,
        sort: board::views::ChangesQuerySort { column: board::views::ChangeColumn::Key, descending: false },
        offset: 0,
        limit: 200,
    };
    let rows = cabinet.list_changes(query).await.expect("a list").rows;
    rows.into_iter().filter(|r| r.gates_blocking == 0 && r.remote_status == "Authorize").map(|r| r.key).collect()
}
