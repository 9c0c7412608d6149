//! A standard change that a pipeline repeats without the board: signed once, counted by receipts, stopped by a failure or
//! an edit. And a glass that was broken: it leaves something owing.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use board::requests::{BringReceipt, OfChange, SigningRequest};
use board::views::{CalendarRequest, MappingRow, MappingRowValues, Role, ScheduleRequest, SigningSubject};
use board::{BoardError, HandedOut, SecretString, StandRequest, StandingView, Taken};
use chrono::Duration;
use gate::Reason;
use gate::line::{Given, Line, Ran};

use super::forks::signed;
use super::gate::{approve, begin, change_with_a_window};
use crate::gates::code;
use crate::journey::{Journey, approving, now, own_board_with, sample_board};

/// An artifact that nobody signed: each deployment brings its own.
const ARTIFACT: &str = "sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";

struct Standard {
    journey: Journey,
    key: String,
    number: u32,
    cto: String,
}

impl Standard {
    /// A standard change that the board approved and the CTO signed off.
    async fn approved() -> Self {
        Self::approved_on(begin().await).await
    }

    async fn approved_on(journey: Journey) -> Self {
        let (key, number) = change_with_a_window(&journey).await;
        journey.server.set_field(number, "Change kind", "Standard").expect("a field of the sample");
        journey.cabinet.sync_now().await.expect("synced");
        approve(&journey, &key).await;
        let cto = journey.member(Role::Cto).await;
        Self { journey, key, number, cto }
    }

    async fn stand(&self, member: &str, uses: u32) -> Result<StandingView, BoardError> {
        let request = StandRequest {
            change: self.key.clone(),
            member: member.to_owned(),
            pin: SecretString::from(self.journey.pin(member).await),
            service: "pay".to_owned(),
            pipeline: "deploy-pay".to_owned(),
            uses,
            expires: now() + Duration::days(30),
        };
        self.journey.cabinet.stand(request).await
    }

    async fn snapshot(&self, name: &str) -> HandedOut {
        let path = self.journey.folder.path().join(name);
        self.journey.cabinet.export_snapshot(&self.key, &path).await.expect("told")
    }

    /// What the pipeline's gate says, and the receipt it wrote.
    fn ask(&self, approval: &HandedOut, fresh: &HandedOut, receipt: &str) -> (Ran, Vec<u8>) {
        let path = self.journey.folder.path().join(receipt);
        let line = Line::of(Given {
            change: self.key.clone(),
            approval: approval.path.clone(),
            fresh: Some(fresh.path.clone()),
            artifacts: vec![ARTIFACT.to_owned()],
            environment: approval.environment.clone(),
            roster_root: approval.roster_root.clone(),
            service: Some("pay".to_owned()),
            pipeline: Some("deploy-pay".to_owned()),
            receipt: Some(path.clone()),
            ..Given::default()
        });
        let ran = gate::line::run(&line.expect("a command line"), now());
        (ran, std::fs::read(path).expect("a receipt"))
    }

    async fn take(&self, receipt: &[u8], failed: bool) -> StandingView {
        match self.journey.cabinet.take_receipt(receipt.to_vec(), failed).await.expect("taken in") {
            Taken::Used(standing) => standing,
            Taken::Owed(owed) => panic!("nothing is owed: {owed:?}"),
        }
    }
}

fn refusal(answer: &Result<StandingView, BoardError>) -> &str {
    match answer {
        Err(BoardError::Refused(refusal)) => &refusal.code,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipeline_repeats_a_standard_change_until_it_is_used_up_and_a_failure_stops_it() {
    let standard = Standard::approved().await;
    let signed = standard.stand(&standard.cto, 2).await.expect("signed");
    assert!(signed.holds && signed.counted == 0, "{signed:?}");
    let approval = standard.snapshot("standing.json").await;
    for n in 1..=2_u32 {
        let fresh = standard.snapshot(&format!("fresh-{n}.json")).await;
        let (ran, receipt) = standard.ask(&approval, &fresh, &format!("receipt-{n}.json"));
        assert!(ran.verdict.passed(), "{}", ran.verdict.text(false));
        assert_eq!(standard.take(&receipt, false).await.counted, n);
        assert_eq!(standard.take(&receipt, false).await.counted, n, "one receipt is one use");
    }
    let fresh = standard.snapshot("used-up.json").await;
    let (ran, _) = standard.ask(&approval, &fresh, "refused.json");
    assert_eq!(ran.verdict.codes(), [Reason::StandingUsedUp]);

    standard.stand(&standard.cto, 9).await.expect("signed again");
    let fresh = standard.snapshot("again.json").await;
    let (ran, receipt) = standard.ask(&approval, &fresh, "receipt-3.json");
    assert!(ran.verdict.passed(), "{}", ran.verdict.text(false));
    let failed = standard.take(&receipt, true).await;
    assert!(!failed.holds && failed.state.starts_with("Suspended"), "{failed:?}");
    let fresh = standard.snapshot("failed.json").await;
    let (ran, _) = standard.ask(&approval, &fresh, "refused.json");
    assert_eq!(ran.verdict.codes(), [Reason::StandingSuspended]);
    assert!(standard.journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}

/// A board whose mapping reads where a deployment stands from a list that its organisation happens to keep.
pub(super) async fn telling(field: &str) -> Journey {
    let server = sample::serve(sample::Options::at(now())).await.expect("the sample server starts");
    let folder = tempfile::tempdir().expect("a folder");
    let source = format!("cf:{}", server.world().field(field).expect("a field of the sample").id);
    let edit = |rows: &mut Vec<MappingRow>| {
        let row = rows.iter_mut().find(|row| row.target == "deployment").expect("one of our fields");
        row.source = Some(source);
        let words = [("Tier 1", "started"), ("Tier 2", "finished"), ("Tier 3", "rolled_back"), ("Tier 4", "failed")];
        let value = |(remote, ours): (&str, &str)| {
            let (remote, ours) = (remote.to_owned(), Some(ours.to_owned()));
            MappingRowValues { remote, ours }
        };
        row.values = words.into_iter().map(value).collect();
    };
    let cabinet = own_board_with(&folder.path().join("data"), sample_board(&server), |_| true, edit).await;
    Journey { server, cabinet, folder }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_the_ticket_tells_of_arrives_by_sync_and_suspends_a_standing_approval() {
    let field = "Service tier";
    let standard = Standard::approved_on(telling(field).await).await;
    let (journey, key) = (&standard.journey, &standard.key);
    journey.server.set_field(standard.number, field, "Tier 2").expect("a field of the sample");
    journey.cabinet.sync_now().await.expect("synced");
    assert!(standard.stand(&standard.cto, 9).await.expect("signed").holds);
    let approval = standard.snapshot("standing.json").await;
    journey.server.set_field(standard.number, field, "Tier 1").expect("a field of the sample");
    journey.cabinet.sync_now().await.expect("synced");
    let of = || OfChange { change: key.clone() };
    let standing = journey.cabinet.pipelines(of()).await.expect("a view").standing;
    assert!(standing.iter().all(|standing| standing.holds), "{standing:?}");

    journey.server.set_field(standard.number, field, "Tier 4").expect("a field of the sample");
    journey.cabinet.sync_now().await.expect("synced");
    let standing = journey.cabinet.pipelines(of()).await.expect("a view").standing;
    assert!(standing[0].state.starts_with("Suspended") && !standing[0].holds, "{standing:?}");
    let fresh = standard.snapshot("failed.json").await;
    let (ran, _) = standard.ask(&approval, &fresh, "refused.json");
    assert_eq!(ran.verdict.codes(), [Reason::StandingSuspended]);

    // Each with its time and its source: on the schedule, in the history and in the calendar.
    let request = ScheduleRequest { change: key.clone(), zone: None };
    let told = journey.cabinet.schedule(request).await.expect("a schedule").deployments;
    let (failed, started) = (told.last().expect("told"), &told[told.len() - 2]);
    assert!(failed.starts_with("failed ") && started.starts_with("started "), "{told:?}");
    assert!(failed.ends_with(&format!(" ({field})")), "{failed}");
    let history = journey.change(key).await.history;
    assert!(history.iter().any(|entry| entry.what == format!("Deployment failed ({field})")), "{history:?}");
    let calendar = journey.cabinet.calendar(CalendarRequest::default()).await.expect("a calendar");
    let item = calendar.items.into_iter().find(|item| item.key == *key).expect("it is planned");
    assert!(item.deployment.starts_with("failed "), "{item:?}");

    // Told again it is no news, and a new signature stands until the next failure.
    journey.cabinet.sync_now().await.expect("synced");
    assert!(journey.cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_authority_who_signed_a_standard_change_off_lets_it_be_repeated_and_an_edit_ends_it() {
    let standard = Standard::approved().await;
    let lead = standard.journey.member(Role::TechnicalLead).await;
    let chair = standard.journey.member(Role::Chair).await;
    assert_eq!(refusal(&standard.stand(&chair, 2).await), "no_authority");
    assert_eq!(refusal(&standard.stand(&lead, 2).await), "not_signed_off");
    assert!(matches!(standard.stand(&standard.cto, 0).await, Err(BoardError::Invalid { .. })));
    standard.stand(&standard.cto, 2).await.expect("signed");
    let approval = standard.snapshot("standing.json").await;

    standard.journey.server.set_field(standard.number, "Version", "edited afterwards").expect("edited");
    standard.journey.cabinet.sync_now().await.expect("synced");
    let fresh = standard.snapshot("edited.json").await;
    let (ran, _) = standard.ask(&approval, &fresh, "refused.json");
    assert_eq!(ran.verdict.codes(), [Reason::FreshContent]);
    assert_eq!(refusal(&standard.stand(&standard.cto, 2).await), "stale");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_signing_window_shows_what_may_be_repeated_to_whoever_signed_it_off_and_an_edit_stops_the_signature() {
    let standard = Standard::approved().await;
    let cabinet = &standard.journey.cabinet;
    let shown = || cabinet.pipelines(OfChange { change: standard.key.clone() });
    let offer = shown().await.expect("readable").offer.expect("the board's rules allow it");
    let members = cabinet.members().await.expect("members");
    let cto = &members.iter().find(|m| m.member.id == standard.cto).expect("a member").member;
    assert_eq!(offer.signers, [cto.name.as_str()], "nobody else signed it off");
    let subject = |uses: u32, expires: String| SigningSubject::Standing {
        change: standard.key.clone(),
        service: "pay".to_owned(),
        pipeline: "deploy-pay".to_owned(),
        uses,
        expires,
    };
    let later = || (now() + Duration::days(30)).to_rfc3339();
    for (uses, expires, wrong) in [
        (0, later(), "uses"),
        (2, "next week".to_owned(), "expires"),
        (2, (now() - Duration::minutes(1)).to_rfc3339(), "expires"),
    ] {
        let asked = cabinet.request_signing(SigningRequest { subject: subject(uses, expires) }).await;
        assert!(matches!(&asked, Err(BoardError::Invalid { field, .. }) if field == wrong), "{wrong}: {asked:?}");
    }

    let pin = standard.journey.pin(&standard.cto).await;
    let view = signed(cabinet, &standard.cto, &pin, subject(2, later())).await;
    let may: Vec<_> = view.signers.iter().map(|s| (s.member.id.as_str(), s.capacity, s.pin_always)).collect();
    assert_eq!(may, [(standard.cto.as_str(), Role::Cto, true)]);
    let said = &view.statements[0];
    assert!(said.meaning.starts_with("Pipeline deploy-pay may deploy pay into "), "{}", said.meaning);
    assert!(said.facts.iter().any(|f| f.label == "Environment" && f.value == offer.environment), "{said:?}");
    let made = shown().await.expect("readable").standing;
    assert!(matches!(made.as_slice(), [one] if one.holds && one.uses == 2 && one.signed_by == cto.name), "{made:?}");
    let approval = standard.snapshot("standing.json").await;
    let fresh = standard.snapshot("fresh.json").await;
    let (ran, _) = standard.ask(&approval, &fresh, "receipt.json");
    assert!(ran.verdict.passed(), "{}", ran.verdict.text(false));

    let subject = subject(9, later());
    cabinet.request_signing(SigningRequest { subject }).await.expect("prepared");
    let statement = cabinet.signing_view().await.expect("a view").statements[0].id.clone();
    standard.journey.server.set_field(standard.number, "Version", "edited afterwards").expect("edited");
    cabinet.sync_now().await.expect("synced");
    let late = cabinet.sign(approving(statement, &standard.cto, Some(pin))).await;
    assert_eq!(code(&late), "stale", "it was shown, and is another change by now");
    let after = shown().await.expect("readable");
    assert!(after.standing == made && after.offer.is_none(), "{after:?}");
    assert_eq!(after.refusal.map(|why| why.code).as_deref(), Some("stale"));
    assert!(cabinet.problems().await.expect("a record").is_empty(), "the record holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_that_the_window_brings_in_counts_once_and_a_file_that_is_none_says_so() {
    let standard = Standard::approved().await;
    standard.stand(&standard.cto, 3).await.expect("signed");
    let approval = standard.snapshot("standing.json").await;
    let fresh = standard.snapshot("fresh.json").await;
    let (_, receipt) = standard.ask(&approval, &fresh, "receipt.json");
    let bring = |bytes: &[u8], failed: bool| {
        let content = STANDARD.encode(bytes);
        standard.journey.cabinet.bring_receipt(BringReceipt { content, failed })
    };
    let first = bring(&receipt, false).await.expect("taken in");
    assert!(!first.known && first.owed.is_none(), "{first:?}");
    assert!(first.standing.is_some_and(|s| s.holds && s.counted == 1));
    let again = bring(&receipt, false).await.expect("told of before");
    assert!(again.known && again.standing.is_some_and(|s| s.counted == 1), "one receipt is one use");
    let failed = bring(&receipt, true).await.expect("it failed after all");
    assert!(!failed.known && failed.standing.is_some_and(|s| !s.holds && s.counted == 1), "the same use, and no more");

    let unread = BringReceipt { content: "no Base64".to_owned(), failed: false };
    let unread = standard.journey.cabinet.bring_receipt(unread).await;
    assert!(matches!(&unread, Err(BoardError::Invalid { field, .. }) if field == "content"), "{unread:?}");
    let none = bring(b"{}", false).await;
    assert!(matches!(&none, Err(BoardError::Invalid { field, .. }) if field == "receipt"), "{none:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_standard_change_is_never_repeated() {
    let journey = begin().await;
    let (key, number) = change_with_a_window(&journey).await;
    journey.server.set_field(number, "Change kind", "Normal").expect("a field of the sample");
    journey.cabinet.sync_now().await.expect("synced");
    approve(&journey, &key).await;
    let cto = journey.member(Role::Cto).await;
    let normal = Standard { journey, key, number, cto };
    assert_eq!(refusal(&normal.stand(&normal.cto, 2).await), "not_standard");
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_stops_a_standing_approval_with_a_reason_once() {
    let standard = Standard::approved().await;
    let signed = standard.stand(&standard.cto, 2).await.expect("signed");
    let cabinet = &standard.journey.cabinet;
    assert!(matches!(cabinet.suspend_standing(&signed.id, " ").await, Err(BoardError::Invalid { .. })));
    assert!(matches!(cabinet.suspend_standing("0123456789ab", "odd").await, Err(BoardError::NotFound { .. })));
    let stopped = cabinet.suspend_standing(&signed.id[..12], "it looked odd").await.expect("suspended");
    assert_eq!(stopped.state, "Suspended: it looked odd");
    assert_eq!(refusal(&cabinet.suspend_standing(&signed.id, "again").await), "suspended");
    let approval = standard.snapshot("standing.json").await;
    let (ran, _) = standard.ask(&approval, &approval, "refused.json");
    assert_eq!(ran.verdict.codes(), [Reason::StandingSuspended]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_glass_leaves_one_obligation_until_somebody_shows_that_it_is_met() {
    let standard = Standard::approved().await;
    standard.stand(&standard.cto, 2).await.expect("signed");
    let approval = standard.snapshot("standing.json").await;
    let (_, receipt) = standard.ask(&approval, &approval, "receipt.json");
    // No built-in policy lets a glass be broken: the receipt of one that did.
    let mut broken: serde_json::Value = serde_json::from_slice(&receipt).expect("JSON");
    broken["verdict"] = "glass-broken".into();
    broken["broken"] = serde_json::json!({ "reason": "The shop was down", "owed": "a review" });
    let bytes = broken.to_string().into_bytes();
    let cabinet = &standard.journey.cabinet;
    for _ in 0..2 {
        let taken = cabinet.take_receipt(bytes.clone(), false).await.expect("taken in");
        assert!(matches!(&taken, Taken::Owed(owed) if owed.reason == "The shop was down"), "{taken:?}");
    }
    let owed = cabinet.obligations().await.expect("a list");
    assert_eq!((owed.len(), owed[0].met.as_deref()), (1, None));
    assert!(!owed[0].overdue && owed[0].due > owed[0].at, "it has a date: {owed:?}");
    assert!(matches!(cabinet.meet_obligation(&owed[0].id, "").await, Err(BoardError::Invalid { .. })));
    let met = cabinet.meet_obligation(&owed[0].id, "Reviewed as item 3").await.expect("met");
    assert_eq!(met.met.as_deref(), Some("Reviewed as item 3"));
    assert!(matches!(cabinet.meet_obligation(&owed[0].id, "twice").await, Err(BoardError::Refused(_))));
    let shown = cabinet.pipelines(OfChange { change: standard.key.clone() }).await.expect("readable");
    assert!(shown.standing.len() == 1 && shown.obligations == [met], "the change's page tells both: {shown:?}");

    broken["shown"]["board"]["id"] = "0192f3a0-0000-7000-8000-000000000001".into();
    let foreign = cabinet.take_receipt(broken.to_string().into_bytes(), false).await;
    assert!(matches!(foreign, Err(BoardError::Invalid { .. })), "another board's: {foreign:?}");
    assert!(cabinet.take_receipt(b"{}".to_vec(), false).await.is_err(), "no receipt");
}
