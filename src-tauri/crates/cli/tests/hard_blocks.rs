//! The program as it is built, against hard blocks: each of its verbs that could bring an approval about is tried on a change
//! without its ticket (R11), on one with an open severe defect (R32), on one without a version (R39), and each that signs on the
//! signer's own (R89).
//!
//! `src/ways.rs` fails when a verb is neither tried here nor said to approve nothing.
// The compiler lays a use case out down to the store's innermost future, in one query when nothing is incremental.
#![recursion_limit = "256"]

mod desk;

use std::path::Path;

use board::Cabinet;
use board::requests::VoteRequest;
use board::views::VotePosition;
use serde_json::Value;

use desk::{CHAIR, Cab, in_session, now, number, open_changes, pin, sample_desk};

const CTO: &str = "Rana Haddad";

/// Changes that nothing blocks.
async fn free(cabinet: &Cabinet) -> Vec<String> {
    let rows = open_changes(cabinet).await;
    rows.into_iter().filter(|r| r.gates_blocking == 0 && r.remote_status == "Authorize").map(|r| r.key).collect()
}

/// A meeting in session on these changes, everybody there and in favour.
async fn meets(cabinet: &Cabinet, changes: &[String]) {
    let (meeting, session) = in_session(cabinet, "Weekly change advisory board", changes).await;
    for item in (1..=changes.len()).map(|n| n.to_string()) {
        for seat in &session.seats {
            let vote = VoteRequest {
                meeting: meeting.clone(),
                item: item.clone(),
                member: seat.member.id.clone(),
                position: Some(VotePosition::Approve),
            };
            // Whoever has a part in the change does not vote on it.
            cabinet.vote(vote).await.ok();
        }
    }
}

/// A defect of the sample that is open and high.
fn severe_defect(server: &sample::Running) -> u32 {
    let world = server.world();
    let severity = world.field("Severity").expect("a field of the sample").id;
    let open = |status: u32| world.statuses.get(&status).is_some_and(|status| !status.closed);
    let severe = |word: Option<&String>| word.is_some_and(|word| word == "High" || word == "Critical");
    let tracker = world.trackers.values().find(|tracker| tracker.name == "Bug").expect("a tracker of the sample").id;
    let mut issues = world.issues.values();
    let found = issues.find(|i| i.tracker == tracker && open(i.status) && severe(i.custom.get(&severity)));
    found.expect("the sample has an open one").id
}

impl Cab {
    /// The verb is refused with this code and clause.
    fn refused(&self, verb: &str, arguments: &[&str], pin: Option<&str>, (code, clause): (&str, &str)) {
        let (exit, said) = self.run(verb, arguments, pin);
        let detail = &said["refusal"]["detail"];
        let told = (exit, detail["code"].as_str(), detail["clause"].as_str());
        assert_eq!(told, (Some(1), Some(code), Some(clause)), "cab {verb} {arguments:?}: {said}");
    }

    /// Everything is tried on one change.
    fn tries(&self, item: &str, key: &str, blocked: (&str, &str), handing: (&str, &str)) {
        let to = self.home.join(format!("{key}.json"));
        let file = to.to_str().expect("a path in plain letters");
        let (cto, chair) = (Some(pin(CTO)), Some(pin(CHAIR)));
        for basis in ["vote", "consent", "chair"] {
            self.refused("meeting decide", &[item, "approved", "--basis", basis], None, blocked);
            let with = [item, "approved-with-conditions", "--basis", basis, "--condition", "Rehearse;Ines;;before"];
            self.refused("meeting decide", &with, None, blocked);
        }
        // Each is a release of its own, by its own name.
        self.refused("meeting together", &[key, "approved"], None, blocked);
        self.refused("sign-off", &[key, "--as", CTO], cto, blocked);
        self.refused("sign-off ask", &[key, "--of", CTO], None, blocked);
        self.refused("sign-off written", &[key, "--of", CTO], chair, ("not_asked", "R31"));
        let ruling = [key, "--reason", "A detail", "--as", CHAIR];
        self.refused("change immaterial", &ruling, chair, ("nothing_to_rule", "R30"));
        let until = (now() + chrono::Duration::days(30)).to_rfc3339();
        let standing =
            [key, "--service", "pay", "--pipeline", "deploy", "--uses", "2", "--until", until.as_str(), "--as", CTO];
        self.refused("standing approve", &standing, cto, handing);
        self.refused("export", &["--approval", key, file], None, handing);
        self.refused("export", &["--plan", key, file], chair, handing);
        assert!(!to.exists(), "no file is written");
        let asked = [key, "--question", "May it go ahead?", "--closes", until.as_str(), "--as", CHAIR];
        self.refused("circular open", &asked, chair, blocked);
        let (gate, unwaived) = match blocked.1 {
            "R11" => ("ticket", ("never_waived", "R11")),
            "R32" => ("open-defects", ("never_waived", "R32")),
            _ => ("version", ("never_waived", "R39")),
        };
        let waiver = [key, "--gate", gate, "--reason", "It cannot wait", "--as", CHAIR];
        self.refused("change waive", &waiver, chair, unwaived);
    }

    /// The others decided in favour of what the CTO wrote: by no verb do they approve it.
    fn tries_own(&self, key: &str) {
        const OWN: (&str, &str) = ("duty-author", "R89");
        const WAITS: (&str, &str) = ("awaiting_sign_off", "R30");
        let to = self.home.join(format!("{key}.json"));
        let file = to.to_str().expect("a path in plain letters");
        let cto = Some(pin(CTO));
        self.refused("sign-off", &[key, "--as", CTO], cto, OWN);
        self.refused("sign-off ask", &[key, "--of", CTO], None, OWN);
        let until = (now() + chrono::Duration::days(30)).to_rfc3339();
        let standing =
            [key, "--service", "pay", "--pipeline", "deploy", "--uses", "2", "--until", until.as_str(), "--as", CTO];
        self.refused("standing approve", &standing, cto, WAITS);
        self.refused("export", &["--approval", key, file], None, WAITS);
        assert!(!to.exists(), "no file is written");
    }
}

/// The sample board in session on four changes, of which one loses its ticket, one gains a defect, one loses its version, and
/// the last is the CTO's own.
async fn blocked(server: &sample::Running, data: &Path) -> Vec<String> {
    let cabinet = sample_desk(server, data).await;
    let changes: Vec<String> = free(&cabinet).await.into_iter().take(4).collect();
    for key in &changes {
        server.set_version(number(key), key).expect("a version");
    }
    server.edit(number(&changes[3]), |issue| issue.author = 12).expect("the CTO wrote it");
    // Which change is the fourth, the date says: nobody else of the board has a part in it, whom the quorum could not do without.
    for part in ["Requester account", "Deployer"] {
        server.set_field(number(&changes[3]), part, "20").expect("a field of the sample");
    }
    cabinet.sync_now().await.expect("synced");
    meets(&cabinet, &changes).await;
    server.delete(number(&changes[0])).expect("its ticket");
    server.relate(number(&changes[1]), severe_defect(server), "relates").expect("linked");
    server.set_field(number(&changes[2]), "Version", "").expect("a field of the sample");
    cabinet.reconcile_now().await.expect("compared");
    cabinet.sync_now().await.expect("synced");
    cabinet.finish_work().await;
    changes
}

#[tokio::test(flavor = "multi_thread")]
async fn no_verb_of_cab_approves_what_is_blocked() {
    let server = sample::serve(sample::Options::at(now())).await.expect("the sample server starts");
    let folder = tempfile::tempdir().expect("a folder");
    let cab = Cab::within(folder.path());
    let changes = blocked(&server, &cab.data).await;
    let [gone, severe, lacking, own] = [0, 1, 2, 3].map(|n: usize| changes[n].as_str());
    cab.tries("1", gone, ("hard_block", "R11"), ("no_ticket", "R11"));
    cab.tries("2", severe, ("hard_block", "R32"), ("undecided", "R30"));

    cab.tries("3", lacking, ("hard_block", "R39"), ("undecided", "R30"));
    cab.done("meeting decide", &["4", "approved", "--basis", "vote"], None);

    cab.done("meeting close", &[], None);
    cab.tries_own(own);
    cab.done("minutes seal", &[], Some(pin(CHAIR)));
    cab.done("sync", &[], None);
    assert_eq!(cab.done("outbox", &[], None)["rows"], Value::Array(Vec::new()), "nothing is on its way to a ticket");
    let waits = cab.done("change show", &[own], None);
    assert_eq!(waits["sign_offs"], Value::Array(Vec::new()), "{own}: nobody signed it: {waits}");
    for key in [gone, severe, lacking] {
        let shown = cab.done("change show", &[key], None);
        assert_eq!(shown["decision"], Value::Null, "{key} is not decided: {shown}");
        assert_eq!(shown["sign_offs"], Value::Array(Vec::new()), "{key}: nobody's signature stands there: {shown}");
    }
    server.stop().await;
}
