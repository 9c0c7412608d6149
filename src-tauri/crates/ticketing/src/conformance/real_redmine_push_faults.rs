//! Writing back through a bad network: exactly one effect, and an honest state at every moment.
use crate::testing::{Fault, Rule};
use crate::{ErrorClass, PushState, TicketingError, classify};

use super::real_redmine_push::{PLANNED, decided, reason, receipt};

fn put() -> &'static str {
    "/issues/"
}

#[tokio::test]
async fn c40_an_answer_lost_after_the_write_leaves_one_effect() {
    let it = decided("Approved").await;
    it.proxy.rule(Rule::once("PUT", put(), Fault::DropAfterCommit));
    let state = it.pushed().await;
    assert_eq!(receipt(&state).copies, 1);
    it.stands_once("Approved").await;
    assert_eq!(it.proxy.count("PUT", ""), 1, "found by its marker, not sent again");
    let states = it.outbox.states.lock().unwrap().clone();
    assert!(states.iter().any(|(_, s)| matches!(s, PushState::Unknown { .. })), "{states:?}");
}

#[tokio::test]
async fn c40_an_answer_lost_and_a_ticket_that_cannot_be_read_stay_unknown_until_it_can() {
    let it = decided("Approved").await;
    it.proxy.rule(Rule::once("PUT", put(), Fault::DropAfterCommit));
    it.proxy.rule(Rule::always("GET", put(), Fault::status(503)).after(1));
    let ended = it.push(PLANNED).await;
    assert!(matches!(ended, Err(TicketingError::Transient { .. })), "{ended:?}");
    let saved = it.outbox.last();
    assert!(matches!(saved, PushState::Unknown { .. }), "{saved:?}");
    it.proxy.clear();
    let state = it.push(saved).await.expect("found");
    assert_eq!(receipt(&state).copies, 1);
    it.stands_once("Approved").await;
    assert_eq!(it.proxy.count("PUT", ""), 0);
}

#[tokio::test]
async fn c40_a_process_killed_while_sending_finds_its_write_or_sends_it_once() {
    // Killed after the server had carried it out.
    let it = decided("Approved").await;
    it.proxy.rule(Rule::once("PUT", put(), Fault::DropAfterCommit));
    it.proxy.rule(Rule::always("GET", put(), Fault::Hang).after(1));
    {
        let working = it.push(PLANNED);
        tokio::select! {
            ended = working => panic!("it should hang: {ended:?}"),
            () = it.proxy.arrival("GET", put(), 2) => {}
        }
    }
    let saved = it.outbox.last();
    assert!(matches!(saved, PushState::Sending { .. } | PushState::Unknown { .. }), "{saved:?}");
    it.proxy.clear();
    receipt(&it.push(saved).await.expect("found"));
    it.stands_once("Approved").await;

    // Killed before it arrived.
    let it = decided("Approved").await;
    it.proxy.rule(Rule::once("PUT", put(), Fault::Hang));
    {
        let working = it.push(PLANNED);
        tokio::select! {
            ended = working => panic!("it should hang: {ended:?}"),
            () = it.proxy.arrival("PUT", put(), 1) => {}
        }
    }
    let saved = it.outbox.last();
    let PushState::Sending { upload: Some(_) } = &saved else { panic!("{saved:?}") };
    it.untouched().await;
    receipt(&it.push(saved).await.expect("sent"));
    it.stands_once("Approved").await;
    assert_eq!(it.proxy.count("POST", "/uploads"), 1, "the upload is used, not repeated");
}

#[tokio::test]
async fn c41_a_connection_cut_before_the_write_sends_it_once_more() {
    let it = decided("Approved").await;
    it.proxy.rule(Rule::once("PUT", put(), Fault::Reset).times(2));
    receipt(&it.pushed().await);
    it.stands_once("Approved").await;
    assert_eq!(it.proxy.count("PUT", ""), 3);
}

#[tokio::test]
async fn c41_a_server_that_stays_away_leaves_the_operation_for_later() {
    let it = decided("Approved").await;
    it.proxy.rule(Rule::always("PUT", put(), Fault::Reset));
    let state = it.push(PLANNED).await.expect("parked");
    assert!(matches!(state, PushState::Unknown { .. }), "{state:?}");
    assert_eq!(it.proxy.count("PUT", ""), 4);
    it.untouched().await;
}

#[tokio::test]
async fn c42_an_upload_cut_off_leaves_one_file() {
    for fault in [Fault::Reset, Fault::DropAfterCommit, Fault::status(503), Fault::Truncate] {
        let it = decided("Approved").await;
        it.proxy.rule(Rule::once("POST", "/uploads", fault));
        receipt(&it.pushed().await);
        it.stands_once("Approved").await;
    }
}

#[tokio::test]
async fn c42_a_write_that_arrives_twice_is_refused_the_second_time() {
    let it = decided("Approved").await;
    // The answer is lost, and the look for the marker is shown the ticket as it was: the worst case.
    let path = format!("issues/{}.json?include=journals,relations,attachments,allowed_statuses", it.id);
    let before = it.server.bytes("svc", &path).await;
    it.proxy.rule(Rule::once("PUT", put(), Fault::DropAfterCommit));
    it.proxy.rule(Rule::once("GET", put(), Fault::ok("application/json", before)).after(1));
    let state = it.pushed().await;
    assert_eq!(receipt(&state).copies, 1, "{state:?}");
    it.stands_once("Approved").await;
    assert_eq!(it.proxy.count("PUT", ""), 2);
}

#[tokio::test]
async fn an_upload_that_expired_while_cabinet_was_closed_is_repeated() {
    let it = decided("Approved").await;
    let stale = PushState::Unknown { upload: Some("999999.deadbeef".into()), why: "killed".into() };
    let state = it.push(stale).await.expect("a settled push");
    receipt(&state);
    it.stands_once("Approved").await;
}

#[tokio::test]
async fn c50_a_refused_key_stops_at_once_and_keeps_the_operation() {
    for method in ["GET", "POST", "PUT"] {
        let it = decided("Approved").await;
        it.proxy.rule(Rule::always(method, "", Fault::status(401)));
        let ended = it.push(PLANNED).await.expect_err("refused");
        assert_eq!(classify(&ended), ErrorClass::Auth);
        let hits = it.proxy.log().iter().filter(|l| l.hit).count();
        assert_eq!(hits, 1, "{method}: never tried again");
        it.untouched().await;
        let states = it.outbox.states.lock().unwrap().clone();
        assert!(states.last().is_none_or(|(_, s)| matches!(s, PushState::Planned { .. })), "{states:?}");
    }
}

#[tokio::test]
async fn c52_to_c56_refusals_of_the_write_are_final_and_said() {
    let it = decided("Approved").await;
    for status in [400, 403, 404, 409, 412, 413, 422] {
        it.proxy.clear();
        it.proxy.rule(Rule::always("PUT", put(), Fault::status(status)));
        let state = it.pushed().await;
        assert!(matches!(state, PushState::Failed { .. }), "{status}: {state:?}");
        assert!(!reason(&state).is_empty());
        assert_eq!(it.proxy.count("PUT", ""), 1, "{status}");
    }
    it.untouched().await;
}

#[tokio::test]
async fn c57_c59_c60_a_server_that_asks_to_wait_gets_the_write_later_once() {
    for fault in [
        Fault::status(500),
        Fault::status(502),
        Fault::Answer { status: 503, headers: vec![("Retry-After".into(), "1".into())], body: Vec::new() },
        Fault::Answer { status: 429, headers: vec![("Retry-After".into(), "0".into())], body: Vec::new() },
        Fault::ok("text/html", "<html>maintenance</html>"),
    ] {
        let it = decided("Approved").await;
        it.proxy.rule(Rule::once("PUT", put(), fault.clone()));
        let state = it.pushed().await;
        if matches!(&fault, Fault::Answer { status: 200, .. }) {
            // Any 2xx counts as sent; what stands on the ticket decides.
            assert!(matches!(state, PushState::Failed { .. }), "{state:?}");
            it.untouched().await;
        } else {
            receipt(&state);
            it.stands_once("Approved").await;
        }
    }
}

#[tokio::test]
async fn c79_a_cancelled_write_is_unknown_not_lost() {
    let it = decided("Approved").await;
    it.proxy.rule(Rule::once("PUT", put(), Fault::Hang));
    let cancel = it.desk.run.cancel.clone();
    let (ended, ()) = tokio::join!(it.push(PLANNED), async {
        it.proxy.arrival("PUT", put(), 1).await;
        cancel.cancel();
    });
    assert!(matches!(ended, Err(TicketingError::Cancelled)), "{ended:?}");
    assert!(matches!(it.outbox.last(), PushState::Unknown { upload: Some(_), .. }));
}
