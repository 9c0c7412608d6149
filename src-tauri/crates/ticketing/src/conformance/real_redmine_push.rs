//! Writing back: what stands on the ticket afterwards.
use std::collections::BTreeMap;

use domain::change::ChangeRequest;
use domain::ids::Digest;
use serde_json::{Value, json};

use super::memory::{Memory, Outbox};
use super::server::{Desk, Server, operation_id};
use crate::mapping::NamedId;
use crate::testing::{Fault, FaultProxy, Rule};
use crate::{
    BaseSeen, Judgement, Note, NoteBlock, PushFile, PushOperation, PushReceipt, PushState, TicketingError, by_content,
    content_digest, marker, push, recover,
};

pub const PDF: &[u8] = b"%PDF-1.7\n% the extract\n%%EOF\n";

pub const PLANNED: PushState = PushState::Planned { upload: None };

/// A ticket in a status, a desk that has seen it, and a decision to write.
pub struct Decided {
    pub server: Server,
    pub proxy: FaultProxy,
    pub desk: Desk,
    pub id: u32,
    pub operation: PushOperation,
    pub outbox: Outbox,
}

pub fn status(desk: &Desk, name: &str) -> NamedId {
    let (id, rule) = desk.mapping.statuses.iter().find(|(_, s)| s.name == name).expect("a status");
    NamedId { id: id.clone(), name: rule.name.clone() }
}

/// A change in "Authorize", decided as approved, with an extract to attach.
pub async fn decided(wanted: &str) -> Decided {
    let server = Server::given();
    let project = server.project().await;
    let id = server.create(&project, json!({"description": "As the board saw it"})).await;
    server.sql(&format!("update issues set status_id = 3 where id = {id}"));
    let proxy = server.proxy().await;
    let desk = server.desk_behind(&proxy, &project).await;
    let store = Memory::new();
    desk.sync(&store).await.expect("a sync");
    proxy.clear();
    let seen = store.change(id);
    let note = Note {
        blocks: vec![
            NoteBlock::Heading { text: "Decision of the change advisory board".into() },
            NoteBlock::Fact { label: "Decision".into(), value: wanted.into() },
            NoteBlock::Paragraph { text: "Reason: *stars*, {{macros}} and <b>tags</b> stay what they are.".into() },
        ],
    };
    let operation = PushOperation {
        id: operation_id(),
        remote_id: id.to_string(),
        note,
        status: Some(status(&desk, wanted)),
        fields: BTreeMap::new(),
        file: Some(PushFile {
            name: format!("CHG-{id}-decision.pdf"),
            content_type: "application/pdf".into(),
            sha256: Digest::of(PDF),
        }),
        base: BaseSeen { status: status(&desk, "Authorize"), content: content_digest(&seen) },
    };
    Decided { server, proxy, desk, id, operation, outbox: Outbox::default() }
}

impl Decided {
    pub async fn push(&self, state: PushState) -> Result<PushState, TicketingError> {
        let (desk, operation) = (&self.desk, &self.operation);
        let file = operation.file.as_ref().map(|_| PDF);
        let judge = by_content(&operation.base);
        push(&desk.system, &desk.mapping, &desk.identity, operation, file, state, &judge, &self.outbox, &desk.run).await
    }

    pub async fn pushed(&self) -> PushState {
        self.push(PLANNED).await.expect("a settled push")
    }

    /// Comments with our marker, as the server holds them.
    pub async fn copies(&self) -> Vec<Value> {
        let mark = marker(&self.operation.id);
        let journals = self.server.issue(self.id).await["journals"].as_array().expect("journals").clone();
        journals.into_iter().filter(|j| j["notes"].as_str().is_some_and(|n| n.contains(&mark))).collect()
    }

    pub async fn files(&self) -> Vec<Value> {
        self.server.issue(self.id).await["attachments"].as_array().expect("files").clone()
    }

    pub async fn status(&self) -> String {
        self.server.issue(self.id).await["status"]["name"].as_str().expect("a name").to_owned()
    }

    /// Note, status and file are there, once.
    pub async fn stands_once(&self, wanted: &str) {
        let (copies, files) = (self.copies().await, self.files().await);
        assert_eq!(copies.len(), 1, "{copies:?}");
        assert_eq!(files.len(), 1, "{files:?}");
        assert_eq!(self.status().await, wanted);
    }

    pub async fn untouched(&self) {
        assert!(self.copies().await.is_empty() && self.files().await.is_empty());
        assert_eq!(self.status().await, "Authorize");
    }
}

pub fn receipt(state: &PushState) -> &PushReceipt {
    let PushState::Verified { receipt } = state else { panic!("not verified: {state:?}") };
    receipt
}

pub fn reason(state: &PushState) -> &str {
    let (PushState::Failed { reason } | PushState::Blocked { reason }) = state else {
        panic!("neither failed nor blocked: {state:?}")
    };
    reason
}

#[tokio::test]
async fn c31_c33_c47_note_status_and_file_are_on_the_ticket_in_one_write() {
    let it = decided("Approved").await;
    let state = it.pushed().await;
    let receipt = receipt(&state);
    assert_eq!((receipt.copies, receipt.status_by_other, &receipt.slipped_edit), (1, false, &None));
    it.stands_once("Approved").await;
    assert_eq!(it.proxy.count("PUT", "/issues/"), 1);
    let file = &it.files().await[0];
    let path = format!("attachments/download/{}/{}", file["id"], file["filename"].as_str().expect("a name"));
    assert_eq!(it.server.bytes("alice", &path).await, PDF);
    let notes = it.copies().await[0]["notes"].as_str().expect("a note").to_owned();
    assert!(notes.starts_with("h3. Decision of the change advisory board"), "{notes}");
    assert!(!notes.contains("{{") && !notes.contains("<b>") && !notes.contains("*stars*"), "{notes}");
    let states: Vec<bool> = it.outbox.states.lock().unwrap().iter().map(|(_, s)| s.is_settled()).collect();
    assert_eq!(states, [false, true], "sending was saved before, verified after");
}

#[tokio::test]
async fn c32_our_own_fields_are_set_and_no_other() {
    let mut it = decided("Approved").await;
    let field = it.desk.mapping.decision_field.clone().expect("a decision field");
    let reference = it.desk.mapping.reference_field.clone().expect("a reference field");
    it.operation.fields.insert(field.id.clone(), "approved".into());
    it.operation.fields.insert(reference.id.clone(), marker(&it.operation.id));
    let before = it.server.issue(it.id).await;
    receipt(&it.pushed().await);
    let after = it.server.issue(it.id).await;
    assert_eq!(before["description"], after["description"]);
    let differ = |n: usize| before["custom_fields"][n]["value"] != after["custom_fields"][n]["value"];
    let count = before["custom_fields"].as_array().expect("fields").len();
    let changed: Vec<&str> =
        (0..count).filter(|n| differ(*n)).map(|n| after["custom_fields"][n]["name"].as_str().expect("name")).collect();
    assert_eq!(changed, ["CAB decision", "CAB reference"]);
}

#[tokio::test]
async fn c34_a_transition_that_is_answered_204_and_not_done_is_reported_as_failed() {
    let it = decided("Closed").await;
    // As an older Redmine, which does not say what it allows.
    let silent = Fault::Replace { from: "\"allowed_statuses\"".into(), to: "\"x\"".into() };
    it.proxy.rule(Rule::always("GET", "allowed_statuses", silent));
    let state = it.pushed().await;
    assert!(reason(&state).contains("Authorize") && reason(&state).contains("Closed"), "{state:?}");
    assert!(matches!(it.outbox.last(), PushState::Failed { .. }));
    assert_eq!(it.status().await, "Authorize");
}

#[tokio::test]
async fn c34_a_transition_that_the_server_says_it_refuses_is_not_sent() {
    let it = decided("Closed").await;
    let state = it.pushed().await;
    assert!(reason(&state).contains("it allows"), "{state:?}");
    assert_eq!(it.proxy.count("PUT", ""), 0);
    it.untouched().await;
}

#[tokio::test]
async fn c35_an_account_that_may_only_read_fails_with_the_reason() {
    let mut it = decided("Approved").await;
    let project = it.desk.mapping.scope.project.clone();
    it.desk = it.server.desk_at(&it.proxy.url(), "reader", &project).await;
    let state = it.pushed().await;
    assert!(!reason(&state).is_empty());
    it.untouched().await;
}

#[tokio::test]
async fn c36_a_value_that_the_server_refuses_fails_with_its_words() {
    let mut it = decided("Approved").await;
    let field = it.desk.mapping.decision_field.clone().expect("a decision field");
    it.operation.fields.insert(field.id, "perhaps".into());
    let state = it.pushed().await;
    assert!(reason(&state).to_lowercase().contains("cab decision"), "{state:?}");
    it.untouched().await;
}

#[tokio::test]
async fn c37_c38_an_edit_that_the_board_has_not_seen_blocks_and_nothing_is_sent() {
    let it = decided("Approved").await;
    it.server.edit("alice", it.id, json!({"description": "Something else entirely"})).await;
    let state = it.pushed().await;
    assert!(matches!(state, PushState::Blocked { .. }), "{state:?}");
    it.untouched().await;
    // A comment alone is no edit of the content.
    let it = decided("Approved").await;
    it.server.edit("alice", it.id, json!({"notes": "good luck"})).await;
    receipt(&it.pushed().await);
    it.stands_once("Approved").await;
}

#[tokio::test]
async fn c39_a_status_that_somebody_set_already_is_recorded_and_another_one_blocks() {
    let it = decided("Approved").await;
    it.server.sql(&format!("update issues set status_id = 4 where id = {}", it.id));
    let state = it.pushed().await;
    assert!(receipt(&state).status_by_other);
    it.stands_once("Approved").await;

    let it = decided("Approved").await;
    it.server.sql(&format!("update issues set status_id = 8 where id = {}", it.id));
    let state = it.pushed().await;
    assert!(reason(&state).contains("Rejected"), "{state:?}");
    assert!(it.copies().await.is_empty());
}

#[tokio::test]
async fn c43_a_file_that_is_too_large_for_the_server_fails_and_nothing_stands_half() {
    let mut it = decided("Approved").await;
    let large = vec![7u8; 22 << 20];
    it.operation.file.as_mut().expect("a file").sha256 = Digest::of(&large);
    let (desk, operation) = (&it.desk, &it.operation);
    let judge = by_content(&operation.base);
    let state = push(
        &desk.system,
        &desk.mapping,
        &desk.identity,
        operation,
        Some(&large),
        PLANNED,
        &judge,
        &it.outbox,
        &desk.run,
    )
    .await
    .expect("a settled push");
    assert!(!reason(&state).is_empty());
    it.untouched().await;
}

#[tokio::test]
async fn c44_operations_drain_in_order_after_a_restart() {
    let mut it = decided("Approved").await;
    it.operation.status = None;
    it.operation.file = None;
    let mut marks = Vec::new();
    for n in 0..8 {
        it.operation.id = operation_id();
        it.operation.note = Note { blocks: vec![NoteBlock::Paragraph { text: format!("operation {n}") }] };
        marks.push(marker(&it.operation.id));
        // As the outbox hands it back after a restart: through its stored form.
        let stored = serde_json::to_vec(&it.operation).expect("JSON");
        it.operation = serde_json::from_slice(&stored).expect("read back");
        receipt(&it.pushed().await);
    }
    let journals = it.server.issue(it.id).await["journals"].as_array().expect("journals").clone();
    let order: Vec<usize> = journals
        .iter()
        .filter_map(|j| marks.iter().position(|m| j["notes"].as_str().is_some_and(|n| n.contains(m))))
        .collect();
    assert_eq!(order, (0..8).collect::<Vec<_>>());
}

#[tokio::test]
async fn c46_two_clients_with_the_same_operation_write_once_each_after_the_other() {
    let it = decided("Approved").await;
    receipt(&it.pushed().await);
    let second = it.pushed().await;
    assert_eq!(receipt(&second).copies, 1);
    it.stands_once("Approved").await;
    assert_eq!(it.proxy.count("PUT", ""), 1);
}

#[tokio::test]
async fn c48_a_settled_operation_sends_nothing() {
    let it = decided("Approved").await;
    let state = it.pushed().await;
    let updated = it.server.issue(it.id).await["updated_on"].clone();
    it.proxy.clear();
    assert_eq!(it.push(state.clone()).await.expect("the same"), state);
    assert!(it.proxy.log().is_empty());
    assert_eq!(it.server.issue(it.id).await["updated_on"], updated);
    let (desk, operation) = (&it.desk, &it.operation);
    let found = recover(&desk.system, &desk.mapping, &desk.identity, operation, &desk.run).await.expect("an answer");
    assert!(matches!(found, Some(PushState::Verified { .. })), "{found:?}");
}

#[tokio::test]
async fn c49_our_own_write_comes_back_as_our_own_and_changes_no_content() {
    let it = decided("Approved").await;
    receipt(&it.pushed().await);
    let store = Memory::new();
    it.desk.sync(&store).await.expect("a sync");
    let change = store.change(it.id);
    assert!(change.journals.iter().any(|j| j.own), "{:?}", change.journals);
    assert!(change.attachments[0].own);
    assert_eq!(content_digest(&change), it.operation.base.content, "what we wrote is no edit");
    // Somebody else's file that carries a marker is not ours.
    it.server.attach(it.id, "CAB-1a2b3c4d.pdf", "application/pdf", b"x".to_vec()).await;
    it.desk.sync(&store).await.expect("a delta");
    let foreign = store.change(it.id).attachments.into_iter().find(|a| a.name.starts_with("CAB-")).expect("the file");
    assert!(!foreign.own);
}

#[tokio::test]
async fn an_edit_that_slips_between_look_and_write_is_reported() {
    let it = decided("Approved").await;
    // The look before the write sees the old text; the server holds a new one already.
    it.server.edit("alice", it.id, json!({"description": "Slipped in"})).await;
    let old = Fault::Replace { from: "Slipped in".into(), to: "As the board saw it".into() };
    it.proxy.rule(Rule::once("GET", &format!("/issues/{}.json", it.id), old));
    let state = it.pushed().await;
    assert!(receipt(&state).slipped_edit.is_some(), "{state:?}");
}

#[tokio::test]
async fn a_note_goes_to_a_ticket_that_is_no_change_and_stands_there_once() {
    let mut it = decided("Approved").await;
    // An incident of another project, which the connection never lists.
    let elsewhere = it.server.project().await;
    it.id = it.server.create(&elsewhere, json!({"subject": "The shop is down"})).await;
    it.operation.remote_id = it.id.to_string();
    it.operation.status = None;
    it.operation.file = None;
    let before = it.status().await;
    let (desk, operation) = (&it.desk, &it.operation);
    let judge = |_: &ChangeRequest| Judgement::Same;
    for _ in 0..2 {
        let (system, mapping, identity) = (&desk.system, &desk.mapping, &desk.identity);
        let sent = push(system, mapping, identity, operation, None, PLANNED, &judge, &it.outbox, &desk.run).await;
        assert_eq!(receipt(&sent.expect("a settled push")).copies, 1);
    }
    assert_eq!((it.copies().await.len(), it.status().await), (1, before));
    assert_eq!(it.proxy.count("PUT", ""), 1);
}

#[tokio::test]
async fn a_ticket_that_is_gone_fails() {
    let it = decided("Approved").await;
    it.server.delete(it.id).await;
    assert!(reason(&it.pushed().await).contains("no such thing"));
}
