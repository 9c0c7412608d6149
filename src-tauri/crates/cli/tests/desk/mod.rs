//! What tests of the program as it is built share: the sample board in a data folder, and `cab` run on it.
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use board::requests::{AttendanceRequest, MeetingChangeRequest, OfMeeting};
use board::views::{
    ChangeColumn, ChangeRow, ChangesQuery, ChangesQuerySort, ChangesQueryView, CreateMeetingRequest, MeetingView,
};
use board::{Cabinet, Network, Options, SampleBoard, SampleMember, Silent, VaultChoice};
use serde_json::Value;

/// Who chairs the sample board.
pub const CHAIR: &str = "Ingrid Solheim";

#[expect(clippy::disallowed_methods, reason = "tests are hosts")]
pub fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}

fn sample_board(server: &sample::Running) -> SampleBoard {
    let members = sample::board::MEMBERS.iter().map(|m| SampleMember {
        name: m.name.to_owned(),
        role: m.role.to_owned(),
        account: m.account.to_owned(),
        pin: m.pin.to_owned(),
    });
    SampleBoard {
        name: sample::board::NAME.to_owned(),
        members: members.collect(),
        url: server.url().to_owned(),
        api_key: server.api_key().to_owned(),
        project: sample::board::PROJECT.to_owned(),
        prefix: sample::board::PREFIX.to_owned(),
    }
}

/// The PIN of a member of the sample.
pub fn pin(name: &str) -> &'static str {
    sample::board::MEMBERS.iter().find(|m| m.name == name).expect("a sample member").pin
}

/// The number of a ticket, by its key.
pub fn number(key: &str) -> u32 {
    key.rsplit('-').next().and_then(|n| n.parse().ok()).expect("a number")
}

/// The sample board, made and read, in a data folder.
pub async fn sample_desk(server: &sample::Running, data: &Path) -> Cabinet {
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
    cabinet.open_sample(sample_board(server)).await.expect("the sample board is made and read");
    cabinet
}

/// Open changes of the sample.
pub async fn open_changes(cabinet: &Cabinet) -> Vec<ChangeRow> {
    let query = ChangesQuery {
        text: String::new(),
        kinds: Vec::new(),
        levels: Vec::new(),
        view: ChangesQueryView::Open,
        sort: ChangesQuerySort { column: ChangeColumn::Key, descending: false },
        offset: 0,
        limit: 200,
    };
    cabinet.list_changes(query).await.expect("a list").rows
}

/// A meeting in session on these changes, everybody there. Its id comes first.
pub async fn in_session(cabinet: &Cabinet, title: &str, changes: &[String]) -> (String, MeetingView) {
    let request = CreateMeetingRequest {
        title: title.to_owned(),
        starts_at: now().to_rfc3339(),
        zone: "Europe/Berlin".to_owned(),
        place: String::new(),
    };
    let meeting = cabinet.create_meeting(request).await.expect("a meeting").id;
    for change in changes {
        let item = MeetingChangeRequest { meeting: meeting.clone(), change: change.clone() };
        cabinet.add_agenda_item(item).await.expect("an item");
    }
    let session = cabinet.call_to_order(OfMeeting { meeting: meeting.clone() }).await.expect("in session");
    for seat in &session.seats {
        let member = seat.member.id.clone();
        let request = AttendanceRequest { meeting: meeting.clone(), member, present: true };
        cabinet.set_attendance(request).await.expect("present");
    }
    (meeting, session)
}

/// `cab` on a data folder.
pub struct Cab {
    pub home: PathBuf,
    pub data: PathBuf,
}

impl Cab {
    /// On a data folder within this one.
    pub fn within(folder: &Path) -> Self {
        Self { home: folder.to_owned(), data: folder.join("data") }
    }

    /// Runs a verb; a PIN goes in by standard input.
    pub fn run(&self, verb: &str, arguments: &[&str], pin: Option<&str>) -> (Option<i32>, Value) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cab"));
        command.args(verb.split(' ')).args(arguments);
        command.args(["--json", "--vault", "sample", "--data-dir"]).arg(&self.data);
        if pin.is_some() {
            command.args(["--pin-fd", "0"]);
        }
        for variable in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"] {
            command.env(variable, &self.home);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("cab starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        // A verb that is refused before it asks leaves the PIN unread.
        writeln!(stdin, "{}", pin.unwrap_or_default()).ok();
        drop(stdin);
        let output = child.wait_with_output().expect("cab ends");
        let said = serde_json::from_slice(&output.stdout).unwrap_or_else(|why| {
            panic!("{verb} {arguments:?}: {why}: {}", String::from_utf8_lossy(&output.stderr));
        });
        (output.status.code(), said)
    }

    /// The verb is done; what it answers.
    pub fn done(&self, verb: &str, arguments: &[&str], pin: Option<&str>) -> Value {
        let (exit, said) = self.run(verb, arguments, pin);
        assert_eq!(exit, Some(0), "cab {verb} {arguments:?}: {said}");
        said["result"].clone()
    }
}
