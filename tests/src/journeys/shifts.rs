//! A window that is moved after the decision, on a board whose policy tolerates half an hour (0023 in `docs/decisions`):
//! what the desk shows, seals and hands out, and what a pipeline says of it.
use std::sync::Arc;

use board::requests::OfChange;
use board::views::{
    ApprovalState, ChangeColumn, ChangesQuery, ChangesQuerySort, ChangesQueryView, DecisionKind, OutboxState, Role,
    SignOffState, VotePosition,
};
use board::{HandedOut, MemoryVault, verify_minutes};
use chrono::{DateTime, Duration, Utc};
use domain::entry::{Body, Predicate};
use domain::ids::Digest;
use domain::policy::{Policy, Strength};
use gate::Reason;
use record::statement::Subject;

use super::by_hand::Hand;
use super::gate::change_with_a_window;
use crate::gates::{asks, code};
use crate::journey::{Journey, board_on, now, own_desk_with, sample_board};

const UTC: &str = "Etc/UTC";
const SAID: &str = "The window was moved to 20 minutes later, within the policy's tolerance.";

/// A board that is no sample, under a policy that tolerates shifts of so many minutes.
async fn tolerating(minutes: u32) -> Journey {
    under(|n| Policy {
        name: format!("tolerant/{n}"),
        window_tolerance_minutes: minutes,
        ..Policy::built_in(Strength::Starter)
    })
    .await
}

/// A board that is no sample, under a policy of its own; the number makes policies that differ in their digest alone.
pub(super) async fn under(policy_of: impl Fn(u32) -> Policy) -> Journey {
    let server = sample::serve(sample::Options::at(now())).await.expect("the sample server starts");
    let folder = tempfile::tempdir().expect("a folder");
    let keys = Arc::<MemoryVault>::default();
    let cabinet = own_desk_with(&folder.path().join("data"), keys.clone()).await;
    board_on(&cabinet, sample_board(&server), |_| true, |_| ()).await;
    let journey = Journey { server, cabinet, folder };
    adopt(&journey, keys, policy_of).await;
    journey
}

/// The chair adopts the policy, by hand: another device may write an entry that names what it adopts.
async fn adopt(journey: &Journey, keys: Arc<MemoryVault>, policy_of: impl Fn(u32) -> Policy) {
    let chair = journey.member(Role::Chair).await;
    let hand = Hand::of(&journey.data_dir(), keys, &chair, &journey.pin(&chair).await).await;
    let founding = hand.newest("policy").await.predicate().expect("readable").clone();

    // Its digest comes before the other's: what is adopted last is in force, wherever it stands in a list.
    let first = hand.store.policies().await.expect("readable").into_iter().map(|policy| policy.digest).min();
    let (name, bytes) = (1..)
        .map(|n| (policy_of(n).name, record::canonical::to_bytes(&policy_of(n)).expect("canonical")))
        .find(|(_, bytes)| Some(Digest::of(bytes)) < first)
        .expect("one of them");
    let policy = Digest::of(&bytes);
    let mut tx = hand.store.begin_immediate().await.expect("nobody else writes");
    tx.put_policy(&bytes, None).await.expect("kept");
    tx.commit().await.expect("committed");

    let subject = Subject { name: name.clone(), sha256: policy };
    let meaning = format!("Policy {name} is adopted.");
    hand.write(vec![subject], Predicate { policy, meaning, body: Body::Policy { name }, ..founding }).await;
}

/// A change whose window the ticket plans.
struct Planned {
    key: String,
    number: u32,
    /// When the test began: the window is on at that time.
    at: DateTime<Utc>,
}

impl Planned {
    /// Plans the window on the ticket, so many minutes from where it was at first, and the edit arrives.
    async fn plan(&self, journey: &Journey, (start, end): (i64, i64), zone: &str) {
        let minute = |hours: i64, minutes: i64| {
            let then = self.at + Duration::hours(hours) + Duration::minutes(minutes);
            then.format("%Y-%m-%dT%H:%M").to_string()
        };
        for (field, value) in
            [("Time zone", zone.to_owned()), ("Planned start", minute(-1, start)), ("Planned end", minute(3, end))]
        {
            journey.server.set_field(self.number, field, &value).expect("a field of the sample");
        }
        journey.cabinet.sync_now().await.expect("synced");
    }

    /// What the list of decided changes says of it.
    async fn listed(&self, journey: &Journey) -> ApprovalState {
        let query = ChangesQuery {
            text: String::new(),
            kinds: Vec::new(),
            levels: Vec::new(),
            view: ChangesQueryView::Decided,
            sort: ChangesQuerySort { column: ChangeColumn::Key, descending: false },
            offset: 0,
            limit: 200,
        };
        let page = journey.cabinet.list_changes(query).await.expect("a list");
        page.rows.iter().find(|row| row.key == self.key).expect("it is decided").approval
    }

    /// The window shows that the approval stands, and says of a shift what is expected.
    async fn holds(&self, journey: &Journey, moved: bool) {
        let view = journey.change(&self.key).await;
        let states: Vec<SignOffState> = view.sign_offs.iter().map(|s| s.state).collect();
        let approval = view.decision.expect("decided").approval;
        assert_eq!((approval, states), (ApprovalState::Holds, vec![SignOffState::Holds]));
        assert_eq!(self.listed(journey).await, ApprovalState::Holds);
        let why = &view.required_sign_offs[0].reason;
        assert_eq!(why.ends_with(SAID), moved, "{why}");
        assert!(!view.sign_offs[0].reaffirmable && view.sign_offs[0].differences.is_empty(), "{:?}", view.sign_offs);
    }

    /// The window shows that it does not, and nothing is handed out.
    async fn stale(&self, journey: &Journey, what: &str) {
        let view = journey.change(&self.key).await;
        let states: Vec<SignOffState> = view.sign_offs.iter().map(|s| s.state).collect();
        let approval = view.decision.expect("decided").approval;
        assert_eq!((approval, states), (ApprovalState::Stale, vec![SignOffState::Stale]), "{what}");
        assert_eq!(self.listed(journey).await, ApprovalState::Stale, "{what}");
        let refused = journey.cabinet.export_approval(&self.key, &journey.folder.path().join("none.json")).await;
        assert_eq!(code(&refused), "stale", "{what}");
    }

    async fn approval(&self, journey: &Journey, file: &str) -> HandedOut {
        let to = journey.folder.path().join(file);
        journey.cabinet.export_approval(&self.key, &to).await.expect("handed out")
    }

    async fn snapshot(&self, journey: &Journey, file: &str) -> HandedOut {
        let to = journey.folder.path().join(file);
        journey.cabinet.export_snapshot(&self.key, &to).await.expect("told")
    }
}

/// A meeting approves it and the CTO signs; its minutes are not sealed yet.
pub(super) async fn signed(journey: &Journey, key: &str) -> String {
    let meeting = journey.meet(&[key]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    journey.decide(&meeting, "1", DecisionKind::Approved, "").await.expect("decided");
    journey.close(&meeting).await;
    let cto = journey.member(Role::Cto).await;
    let (_, refusals) = journey.sign_queue(&meeting, &cto).await;
    assert!(refusals.is_empty(), "{refusals:?}");
    meeting
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_moved_within_the_tolerance_leaves_the_sign_off_current_and_moved_in_any_other_way_makes_it_stale() {
    let journey = tolerating(30).await;
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the policy is adopted by the rules");
    let (key, number) = change_with_a_window(&journey).await;
    let change = Planned { key: key.clone(), number, at: now() };
    change.plan(&journey, (0, 0), UTC).await;
    let meeting = signed(&journey, &key).await;
    change.holds(&journey, false).await;
    let before = change.approval(&journey, "before.json").await;

    // Moved by 20 minutes: it is sealed, goes to its ticket, and is handed out with the window as it is.
    change.plan(&journey, (20, 20), UTC).await;
    change.holds(&journey, true).await;
    journey.seal(&meeting).await.expect("sealed");
    let extract = journey.cabinet.extract_path(OfChange { change: key.clone() }).await.expect("an approval has one");
    let checked = verify_minutes(&std::fs::read(extract).expect("readable"), None).expect("it holds by itself");
    assert!(checked.recomputed);
    journey.cabinet.sync_now().await.expect("the decision goes to its ticket");
    journey.cabinet.finish_work().await;
    let outbox = journey.cabinet.outbox().await.expect("an outbox").rows;
    assert_eq!(outbox.iter().map(|row| row.state).collect::<Vec<_>>(), [OutboxState::Verified]);
    let after = change.approval(&journey, "after.json").await;
    assert!(before.window_start.is_some() && before.window_start != after.window_start, "{after:?}");
    let verdict = asks(&after, None);
    assert!(verdict.passed() && verdict.text(false).contains(SAID), "{}", verdict.text(false));
    let verdict = asks(&before, Some(&after));
    assert!(verdict.passed() && verdict.text(false).contains(SAID), "{}", verdict.text(false));

    // Further than that, neither file is good for what the ticket says now.
    change.plan(&journey, (40, 40), UTC).await;
    change.stale(&journey, "moved by 40 minutes").await;
    let far = change.snapshot(&journey, "far.json").await;
    for file in [&before, &after] {
        assert_eq!(asks(file, Some(&far)).codes(), [Reason::FreshContent]);
    }
    change.plan(&journey, (-20, 20), UTC).await;
    change.stale(&journey, "neither end far, and longer by 40 minutes").await;
    // Where it is the same time as in UTC, all year.
    change.plan(&journey, (20, 20), "Africa/Abidjan").await;
    change.stale(&journey, "planned in another zone").await;

    // Taken back it is what was decided, and the file about the shift is about something else.
    change.plan(&journey, (0, 0), UTC).await;
    change.holds(&journey, false).await;
    let back = change.snapshot(&journey, "back.json").await;
    assert!(asks(&before, Some(&back)).passed(), "{}", asks(&before, Some(&back)).text(false));
    assert_eq!(asks(&after, Some(&back)).codes(), [Reason::FreshContent]);

    // A shift hides no other edit.
    journey.server.set_field(number, "Change reason", "The audit asks for it").expect("a field of the sample");
    change.plan(&journey, (20, 20), UTC).await;
    change.stale(&journey, "edited elsewhere as well").await;
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_tolerance_a_window_moved_by_a_minute_is_an_edit() {
    let journey = tolerating(0).await;
    let (key, number) = change_with_a_window(&journey).await;
    let change = Planned { key: key.clone(), number, at: now() };
    change.plan(&journey, (0, 0), UTC).await;
    signed(&journey, &key).await;
    change.holds(&journey, false).await;
    change.plan(&journey, (1, 1), UTC).await;
    change.stale(&journey, "moved by a minute").await;
}
