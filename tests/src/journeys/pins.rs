//! How often a meeting of twelve items asks for a PIN: the chair at most twice, each approver once (`record.md`, *Two
//! keys, few PINs*). Every act is tried without a PIN first; what is counted is what the use cases demanded.
use std::collections::BTreeMap;

use board::requests::{OfItem, OfMeeting, SigningRequest};
use board::views::{
    ApprovalState, DecisionKind, MinutesStateState, Role, SignRequest, SigningSubject, StatementState, VotePosition,
};
use board::{Answer, BoardError, Cabinet};
use chrono::Duration;

use super::seven::Clock;
use crate::journey::{Journey, approving, now, sample_board};

const ITEMS: usize = 12;

/// The sample board on a desk that goes by `clock`.
async fn begun(clock: &Clock) -> Journey {
    let server = sample::serve(sample::Options::at(now())).await.expect("the sample server starts");
    let folder = tempfile::tempdir().expect("a folder");
    let cabinet = Cabinet::open(clock.on(&folder.path().join("data"))).await.expect("the desk opens");
    cabinet.open_sample(sample_board(&server)).await.expect("the sample board is made and read");
    Journey { server, cabinet, folder }
}

/// PINs that were demanded, by member.
#[derive(Default)]
struct Pins(BTreeMap<String, u32>);

fn needs_pin(answer: &Answer<board::views::SigningView>) -> bool {
    matches!(answer, Err(BoardError::Refused(refusal)) if refusal.code == "pin_needed")
}

impl Pins {
    /// Signs everything that is prepared and that the member may sign; types the PIN only where it is asked for. What is
    /// not theirs to sign is refused before any PIN.
    async fn sign_all(&mut self, journey: &Journey, subject: SigningSubject, member: &str) -> u32 {
        journey.cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
        let view = journey.cabinet.signing_view().await.expect("a view");
        let mut signed = 0;
        for statement in view.statements.iter().filter(|s| s.state == StatementState::Ready) {
            let sign = |pin| {
                journey.cabinet.sign(SignRequest { keep_unlocked: true, ..approving(&statement.id, member, pin) })
            };
            let mut answer = sign(None).await;
            if needs_pin(&answer) {
                *self.0.entry(member.to_owned()).or_default() += 1;
                answer = sign(Some(journey.pin(member).await)).await;
            }
            match answer {
                Ok(_) => signed += 1,
                Err(BoardError::Refused(refusal)) => assert_ne!(refusal.code, "pin_needed", "{}", statement.title),
                Err(other) => panic!("{}: {other}", statement.title),
            }
        }
        journey.cabinet.close_signing().await.expect("closed");
        signed
    }

    fn of(&self, member: &str) -> u32 {
        self.0.get(member).copied().unwrap_or_default()
    }
}

/// Makes the changes nobody's on the board, so that every member may vote on each and both approvers may sign it.
async fn of_others(journey: &Journey, keys: &[String]) {
    let number = |key: &str| key.rsplit('-').next().expect("a number").parse::<u32>().expect("a number");
    let is_member = |account: &str| sample::board::MEMBERS.iter().any(|member| member.account == account);
    let outsider = keys
        .iter()
        .filter_map(|key| journey.server.issue(number(key)))
        .map(|issue| issue.author)
        .find(|author| !is_member(&author.to_string()))
        .expect("a ticket that nobody on the board wrote");
    for key in keys {
        let edited = journey.server.edit(number(key), |issue| {
            if is_member(&issue.author.to_string()) {
                issue.author = outsider;
            }
            if issue.assignee.is_some_and(|assignee| is_member(&assignee.to_string())) {
                issue.assignee = Some(outsider);
            }
            for value in issue.custom.values_mut().filter(|value| is_member(value.as_str())) {
                *value = outsider.to_string();
            }
        });
        edited.expect("edited");
    }
    journey.cabinet.sync_now().await.expect("synced");
}

/// Twelve changes that the CTO may sign.
async fn twelve(journey: &Journey, cto: &str) -> Vec<String> {
    of_others(journey, &journey.approvable().await).await;
    let mut chosen = Vec::new();
    for key in journey.approvable().await {
        let subject = SigningSubject::Change { change: key.clone() };
        journey.cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
        let view = journey.cabinet.signing_view().await.expect("a view");
        let request = approving(&view.statements[0].id, cto, None);
        // Whoever may not sign is refused for that; whoever may is asked for the PIN.
        let may = needs_pin(&journey.cabinet.sign(request).await);
        journey.cabinet.close_signing().await.expect("closed");
        if may {
            chosen.push(key);
        }
        if chosen.len() == ITEMS {
            break;
        }
    }
    assert_eq!(chosen.len(), ITEMS, "the sample has enough changes to approve");
    chosen
}

#[tokio::test(flavor = "multi_thread")]
async fn a_meeting_of_twelve_items_asks_the_chair_for_at_most_two_pins_and_each_approver_for_one() {
    let clock = Clock::default();
    let journey = begun(&clock).await;
    let (chair, cto, lead) =
        (journey.member(Role::Chair).await, journey.member(Role::Cto).await, journey.member(Role::TechnicalLead).await);
    let changes = twelve(&journey, &cto).await;
    let keys: Vec<&str> = changes.iter().map(String::as_str).collect();
    let mut pins = Pins::default();

    let meeting = journey.meet(&keys).await.meeting.id;
    let (mut signed, mut minutes) = (0, 0);
    let shown = journey.cabinet.meeting(OfMeeting { meeting: meeting.clone() }).await.expect("in session");
    assert_eq!(shown.items.len(), ITEMS);
    for (row, takes) in shown.items.iter().zip((5..=9).cycle()) {
        // Long enough for every session to run out that is not kept open by what is signed: ten minutes without input.
        clock.advance(Duration::minutes(takes));
        minutes += takes;
        let at = OfItem { meeting: meeting.clone(), item: row.id.clone() };
        journey.cabinet.set_current_item(at).await.expect("moved on");
        journey.all_vote(&meeting, &row.id, VotePosition::Approve).await;
        journey.decide(&meeting, &row.id, DecisionKind::Approved, "").await.expect("decided");
        // The CTO signs item by item, with one key press each once the session is open.
        let subject = SigningSubject::Change { change: row.key.clone() };
        signed += pins.sign_all(&journey, subject, &cto).await;
    }
    assert_eq!(signed, 12, "the CTO signed all twelve");
    assert!((60..240).contains(&minutes), "an hour at least, and less than a session lasts: {minutes}");
    let wrap_up = journey.close(&meeting).await;
    assert_eq!(wrap_up.undecided, 0);
    // The lead signs the whole queue afterwards.
    let subject = SigningSubject::Queue { meeting: meeting.clone() };
    let leads = pins.sign_all(&journey, subject, &lead).await;
    assert!(leads > 1, "the lead signed what is not the lead's own: {leads}");
    let subject = SigningSubject::Minutes { meeting: meeting.clone() };
    assert_eq!(pins.sign_all(&journey, subject, &chair).await, 1, "minutes and extracts are one statement");

    for key in &changes {
        let decided = journey.change(key).await.decision.expect("decided");
        assert_eq!(decided.approval, ApprovalState::Holds, "{key}");
    }
    let after = journey.cabinet.wrap_up(OfMeeting { meeting: meeting.clone() }).await.expect("wrapped up");
    assert_eq!(after.minutes.state, MinutesStateState::Sealed);
    assert_eq!(after.sign_offs_missing, 0);
    journey.cabinet.sync_now().await.expect("synced");
    let rows = journey.cabinet.outbox().await.expect("an outbox").rows;
    assert_eq!(rows.len(), ITEMS, "each decision went out with its sealed extract");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");

    println!(
        "PINs in a meeting of {ITEMS} items, {minutes} minutes long: chair {}, CTO {}, technical lead {}; {} sign-offs, minutes \
         and {} extracts sealed",
        pins.of(&chair),
        pins.of(&cto),
        pins.of(&lead),
        signed + leads,
        rows.len()
    );
    assert!(pins.of(&chair) <= 2, "the chair: sealing, and one more at most");
    assert_eq!((pins.of(&cto), pins.of(&lead)), (1, 1), "each approver once");
    assert_eq!(pins.0.keys().filter(|member| ![&chair, &cto, &lead].contains(member)).count(), 0, "and nobody else");
}
