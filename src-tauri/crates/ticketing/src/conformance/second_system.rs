//! Another system than Redmine behind the trait, in memory and with habits of its own: names for ids, stages for statuses,
//! lines of a talk for comments, no files, and no count of its rows. The engine brings its changes, finds what is gone and
//! writes back once, and no line of it knows which system it is (R45).
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};
use std::time;

use chrono::{DateTime, Duration, TimeZone as _, Utc};
use domain::change::{Account, Attachment, ChangeRequest, Journal, RawText, Status, StatusCategory, TextFormat};
use domain::ids::{ChangeKey, ConnectionId, OperationId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::memory::{Memory, Outbox};
use crate::mapping::{
    Direction, FieldRule, LinkRules, MAPPING_FORMAT, NamedId, RemoteField, Scope, StatusRule, Target, ValueKind,
};
use crate::{
    Answer, BaseSeen, Capabilities, Deletions, Downloaded, Effect, Gone, Idempotency, Identity, Mapping, Note,
    NoteBlock, NoteSeen, Page, Position, Presence, ProbeReport, PushOperation, PushState, RawDetails, RawPayload,
    RawRow, Run, Schema, Source, SystemKind, TicketState, TicketingError, TicketingSystem, Vanished, Write, by_content,
    carries_marker, content_digest, push, reconcile, sync,
};

const NAME: &str = "Slips";
/// Cabinet's account there.
const OWN: &str = "the desk";
/// Slips on a page.
const PAGE: usize = 2;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Slip {
    number: u32,
    headline: String,
    stage: String,
    build: String,
    touched: DateTime<Utc>,
    talk: Vec<Line>,
    marks: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Line {
    who: String,
    at: DateTime<Utc>,
    says: String,
    to: Option<String>,
    marks: Vec<(String, String)>,
}

#[derive(Debug, Default)]
struct Shelf {
    slips: BTreeMap<String, Slip>,
    /// Writes that were carried out.
    writes: u32,
    /// The next write is carried out, and its answer lost.
    loses_answer: bool,
    /// Its list never ends.
    circles: bool,
}

struct Slips(Mutex<Shelf>);

fn at(minute: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 4, 9, 0, 0).unwrap() + Duration::minutes(minute)
}

fn answer<'a, T: Send + 'a>(result: Result<T, TicketingError>) -> Answer<'a, T> {
    Box::pin(std::future::ready(result))
}

fn gone(name: &str) -> TicketingError {
    TicketingError::Gone { what: format!("slip {name}") }
}

fn payload(name: &str, slip: &Slip, now: DateTime<Utc>) -> RawPayload {
    RawPayload::new(serde_json::to_vec(&(name, slip)).unwrap(), now, format!("slip {name}"))
}

impl Slips {
    fn on_the_shelf() -> Self {
        let names = ["archive", "billing", "gateway", "mail", "night-shift"];
        let slips = names.into_iter().zip(11_u32..).map(|(name, number)| {
            let slip = Slip {
                number,
                headline: format!("Renew {name}"),
                stage: "asked".to_owned(),
                build: format!("4.2.{number}"),
                touched: at(i64::from(number)),
                talk: Vec::new(),
                marks: BTreeMap::new(),
            };
            (name.to_owned(), slip)
        });
        Self(Mutex::new(Shelf { slips: slips.collect(), ..Shelf::default() }))
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap()
    }

    fn slip(&self, name: &str) -> Result<Slip, TicketingError> {
        self.shelf().slips.get(name).cloned().ok_or_else(|| gone(name))
    }

    /// What somebody does there by hand.
    fn edit(&self, name: &str, minute: i64, edit: impl FnOnce(&mut Slip)) {
        let mut shelf = self.shelf();
        let slip = shelf.slips.get_mut(name).expect("a slip");
        edit(slip);
        slip.touched = at(minute);
    }
}

impl TicketingSystem for Slips {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            max_page: 2,
            journals_in_list: false,
            updated_resolution_ms: 1,
            conditional_write: false,
            allowed_statuses: false,
            verify_writes: false,
            silent_edits: false,
            idempotency: Idempotency::Marker,
            deletions: Deletions::Census,
            max_upload: None,
        }
    }

    fn probe(&self, _: DateTime<Utc>) -> Answer<'_, ProbeReport> {
        answer(Err(gone("of the guided mapping")))
    }

    fn discover<'a>(&'a self, _: &'a str) -> Answer<'a, Schema> {
        answer(Err(gone("of the guided mapping")))
    }

    fn list<'a>(&'a self, _: &'a Scope, position: &'a Position, now: DateTime<Utc>) -> Answer<'a, Page> {
        let shelf = self.shelf();
        let mut slips: Vec<(&String, &Slip)> = shelf.slips.iter().collect();
        slips.sort_by_key(|(_, slip)| slip.touched);
        let next = match position {
            Position::From { bound } => {
                slips.retain(|(_, slip)| bound.is_none_or(|bound| slip.touched >= bound));
                let last = slips.get(PAGE - 1).filter(|_| slips.len() > PAGE);
                last.map(|(_, slip)| Position::From { bound: Some(slip.touched) })
            }
            Position::Second { at, .. } => {
                slips.retain(|(_, slip)| slip.touched == *at);
                None
            }
            Position::Census { after } => {
                // Its ids are names: the place in the list stands for them.
                slips = slips.into_iter().skip(usize::try_from(*after).unwrap()).collect();
                (slips.len() > PAGE).then(|| Position::Census { after: after + 2 })
            }
        };
        slips.truncate(PAGE);
        let rows = slips.into_iter().map(|(name, slip)| {
            let row = Slip { talk: Vec::new(), ..slip.clone() };
            RawRow { remote_id: name.clone(), updated: slip.touched, payload: payload(name, &row, now) }
        });
        let next = if shelf.circles { Some(position.clone()) } else { next };
        answer(Ok(Page { rows: rows.collect(), total: None, next }))
    }

    fn newest<'a>(&'a self, scope: &'a Scope, _: u32, now: DateTime<Utc>) -> Answer<'a, Vec<RawRow>> {
        Box::pin(async move { Ok(self.list(scope, &Position::From { bound: None }, now).await?.rows) })
    }

    fn details<'a>(&'a self, remote_id: &'a str, now: DateTime<Utc>) -> Answer<'a, RawDetails> {
        answer(self.slip(remote_id).map(|slip| RawDetails {
            updated: slip.touched,
            payload: payload(remote_id, &slip, now),
            linked: BTreeSet::new(),
        }))
    }

    fn linked<'a>(&'a self, _: &'a BTreeSet<String>, _: DateTime<Utc>) -> Answer<'a, BTreeMap<String, RawPayload>> {
        answer(Ok(BTreeMap::new()))
    }

    fn presence<'a>(&'a self, _: &'a Scope, remote_id: &'a str) -> Answer<'a, Presence> {
        let there = self.slip(remote_id).is_ok();
        answer(Ok(if there { Presence::Here } else { Presence::Vanished(Vanished::Deleted) }))
    }

    fn meet<'a>(&'a self, _: &'a Mapping, _: &'a [&'a RawPayload]) -> Answer<'a, ()> {
        answer(Ok(()))
    }

    fn interpret(
        &self,
        mapping: &Mapping,
        identity: &Identity,
        source: Source<'_>,
    ) -> Result<ChangeRequest, TicketingError> {
        let (payload, whole) = match source {
            Source::Row(payload) => (payload, false),
            Source::Details(payload, _) => (payload, true),
        };
        let (name, slip): (String, Slip) = serde_json::from_slice(&payload.bytes).map_err(|e| {
            TicketingError::Protocol { system: NAME, what: payload.request.clone(), why: e.to_string() }
        })?;
        let text = |text: &str| RawText { format: mapping.text_format, text: text.to_owned() };
        let stage = mapping.statuses.get(&slip.stage);
        let journals = slip.talk.iter().zip(1_u32..).map(|(line, place)| Journal {
            remote_id: format!("line {place}"),
            author: Account { id: line.who.clone(), name: line.who.clone() },
            at: line.at,
            notes: text(&line.says),
            details: Vec::new(),
            private: false,
            own: line.who == mapping.own_account && carries_marker(&line.says),
        });
        let build = mapping.rule(&Target::Version).filter(|rule| rule.from.id == "build");
        Ok(ChangeRequest {
            key: ChangeKey::new(&identity.prefix, slip.number),
            connection: identity.connection,
            remote_id: name,
            url: format!("https://slips.example/{}", slip.number),
            title: slip.headline,
            kind: None,
            status: Status {
                name: stage.map_or(slip.stage, |rule| rule.name.clone()),
                category: stage.and_then(|rule| rule.category),
            },
            requester: None,
            author: None,
            assignee: None,
            deployer: None,
            committers: Vec::new(),
            unknown_committers: None,
            technical_lead: None,
            release_manager: None,
            description: text(""),
            reason: String::new(),
            affected_systems: String::new(),
            affected_applications: String::new(),
            affected_data: String::new(),
            version: build.map_or_else(String::new, |_| slip.build),
            release: String::new(),
            milestone: String::new(),
            security_scan_status: String::new(),
            security_scan_results: String::new(),
            environment: String::new(),
            source_branch: String::new(),
            repository: String::new(),
            commit: String::new(),
            artifact_digest: String::new(),
            service: String::new(),
            deployment_method: String::new(),
            rollback_evidence: String::new(),
            incident: String::new(),
            window: None,
            plan: BTreeMap::new(),
            risk_answers: BTreeMap::new(),
            linked_issues: Vec::new(),
            attachments: Vec::new(),
            journals: journals.collect(),
            details_synced: whole,
            created: at(0),
            updated: slip.touched,
            mapping_problems: Vec::new(),
            team: String::new(),
            depends_on: String::new(),
            deployments: Vec::new(),
        })
    }

    fn download<'a>(&'a self, _: &'a Attachment) -> Answer<'a, Downloaded> {
        answer(Err(gone("with a file")))
    }

    fn read_ticket<'a>(
        &'a self,
        mapping: &'a Mapping,
        identity: &'a Identity,
        remote_id: &'a str,
        now: DateTime<Utc>,
    ) -> Answer<'a, TicketState> {
        let read = || -> Result<TicketState, TicketingError> {
            let slip = self.slip(remote_id)?;
            let payload = payload(remote_id, &slip, now);
            let change = self.interpret(mapping, identity, Source::Details(&payload, &BTreeMap::new()))?;
            let status = NamedId { id: slip.stage, name: change.status.name.clone() };
            let notes = slip.talk.into_iter().zip(1_u32..).map(|(line, place)| NoteSeen {
                id: format!("line {place}"),
                author_id: line.who,
                at: line.at,
                text: line.says,
                status_set: line.to,
                fields_set: line.marks,
            });
            let notes = notes.collect();
            Ok(TicketState { change, status, allowed: None, notes, files: Vec::new(), fields: slip.marks, payload })
        };
        answer(read())
    }

    fn upload<'a>(&'a self, _: &'a str, _: &'a [u8]) -> Answer<'a, String> {
        answer(Err(gone("with a file")))
    }

    fn write<'a>(&'a self, remote_id: &'a str, write: &'a Write<'a>) -> Answer<'a, ()> {
        let mut shelf = self.shelf();
        let lost = std::mem::take(&mut shelf.loses_answer);
        let newest = shelf.slips.values().map(|slip| slip.touched).max();
        let Some(slip) = shelf.slips.get_mut(remote_id) else { return answer(Err(gone(remote_id))) };
        let marks: Vec<(String, String)> = write.fields.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        slip.touched = newest.unwrap_or(slip.touched) + Duration::minutes(1);
        slip.marks.extend(marks.iter().cloned());
        let (to, says) = (write.status.map(str::to_owned), write.note.clone());
        slip.talk.push(Line { who: OWN.to_owned(), at: slip.touched, says, to, marks });
        if let Some(stage) = write.status {
            slip.stage = stage.to_owned();
        }
        shelf.writes += 1;
        let (what, why) = (format!("slip {remote_id}"), "the line went dead".to_owned());
        let answered = TicketingError::Transient { what, why, effect: Effect::Possible, wait: None };
        answer(if lost { Err(answered) } else { Ok(()) })
    }

    fn render(&self, mapping: &Mapping, note: &Note) -> String {
        note.render(mapping.text_format)
    }
}

fn mapping() -> Mapping {
    let stage = |name: &str, category| StatusRule { name: name.to_owned(), category: Some(category) };
    let build = FieldRule {
        from: RemoteField { id: "build".to_owned(), name: "Build".to_owned() },
        kind: ValueKind::Text,
        values: BTreeMap::new(),
        zone: None,
        required: true,
        direction: Direction::Pull,
    };
    Mapping {
        format: MAPPING_FORMAT,
        // By this a connection chooses its adapter, before there is an engine.
        system: SystemKind::Redmine,
        scope: Scope { project: "ops".to_owned(), project_id: 1, tracker_id: 1, tracker: "slip".to_owned() },
        own_account: OWN.to_owned(),
        text_format: TextFormat::Markdown,
        zone: "Europe/Berlin".to_owned(),
        fields: BTreeMap::from([("version".to_owned(), build)]),
        statuses: BTreeMap::from([
            ("asked".to_owned(), stage("Asked", StatusCategory::Awaiting)),
            ("agreed".to_owned(), stage("Agreed", StatusCategory::Approved)),
            ("dropped".to_owned(), stage("Dropped", StatusCategory::Closed)),
        ]),
        links: LinkRules::default(),
        decisions: BTreeMap::new(),
        decision_field: None,
        reference_field: None,
    }
}

fn identity() -> Identity {
    Identity { connection: ConnectionId(Uuid::from_u128(2)), prefix: "OPS".to_owned() }
}

/// A day later, without waits.
fn run() -> Run {
    Run { backoff: time::Duration::ZERO, ..Run::new(|| at(1_440), || 1_000) }
}

fn stored(store: &Memory, name: &str) -> ChangeRequest {
    store.inner.lock().unwrap().rows[name].change.clone()
}

async fn synced(system: &Slips, store: &Memory) -> u32 {
    sync(system, store, &mapping(), &identity(), &run()).await.expect("a sync").changed
}

/// An approval of the slip *gateway*, as the board has seen it.
fn approval(store: &Memory) -> PushOperation {
    let named = |id: &str, name: &str| NamedId { id: id.to_owned(), name: name.to_owned() };
    let decision = NoteBlock::Fact { label: "Decision".to_owned(), value: "approved".to_owned() };
    PushOperation {
        id: OperationId(Uuid::from_u128(7)),
        remote_id: "gateway".to_owned(),
        note: Note { blocks: vec![decision] },
        status: Some(named("agreed", "Agreed")),
        fields: BTreeMap::from([("ruling".to_owned(), "approved".to_owned())]),
        file: None,
        base: BaseSeen { status: named("asked", "Asked"), content: content_digest(&stored(store, "gateway")) },
    }
}

async fn pushed(system: &Slips, operation: &PushOperation, state: PushState) -> PushState {
    let (mapping, identity, judge) = (mapping(), identity(), by_content(&operation.base));
    let outbox = Outbox::default();
    let pushed = push(system, &mapping, &identity, operation, None, state, &judge, &outbox, &run()).await;
    pushed.expect("a settled push")
}

#[tokio::test]
async fn changes_of_another_system_arrive_with_its_own_ids_and_stages_and_what_is_gone_is_told() {
    let (system, store) = (Slips::on_the_shelf(), Memory::new());
    assert_eq!(synced(&system, &store).await, 5);
    let change = stored(&store, "gateway");
    assert_eq!((change.key.as_str(), change.title.as_str()), ("OPS-13", "Renew gateway"));
    assert_eq!(change.version, "4.2.13", "by the mapping's own rule");
    assert_eq!((change.status.name.as_str(), change.status.category), ("Asked", Some(StatusCategory::Awaiting)));
    assert!(change.details_synced);
    assert_eq!(synced(&system, &store).await, 0, "nothing moved");

    system.edit("mail", 60, |slip| slip.headline = "Renew mail, twice".to_owned());
    assert_eq!(synced(&system, &store).await, 1);
    assert_eq!(stored(&store, "mail").title, "Renew mail, twice");

    system.shelf().slips.remove("archive");
    let found = reconcile(&system, &store, &mapping(), &identity(), &run()).await.expect("a census");
    assert_eq!(found.vanished, [Gone { remote_id: "archive".to_owned(), why: Vanished::Deleted }]);
    assert_eq!(found.rows, 4);
}

#[tokio::test]
async fn a_decision_is_written_there_once_though_its_answer_is_lost_and_comes_back_as_our_own() {
    let (system, store) = (Slips::on_the_shelf(), Memory::new());
    synced(&system, &store).await;
    let operation = approval(&store);
    system.shelf().loses_answer = true;
    let planned = PushState::Planned { upload: None };
    let again = PushState::Sending { upload: None };
    for state in [planned.clone(), again, planned] {
        let reached = pushed(&system, &operation, state).await;
        let PushState::Verified { receipt } = &reached else { panic!("not verified: {reached:?}") };
        assert_eq!((receipt.note_id.as_str(), receipt.copies, receipt.status_by_other), ("line 1", 1, false));
    }
    assert_eq!(system.shelf().writes, 1);
    assert_eq!(synced(&system, &store).await, 1);
    let change = stored(&store, "gateway");
    assert_eq!((change.status.name.as_str(), change.status.category), ("Agreed", Some(StatusCategory::Approved)));
    assert!(change.journals.len() == 1 && change.journals[0].own, "{:?}", change.journals);
    assert!(change.journals[0].notes.text.contains("**Decision:** approved"), "{:?}", change.journals);
    assert_eq!(system.slip("gateway").expect("a slip").marks["ruling"], "approved");
}

#[tokio::test]
async fn what_goes_wrong_there_is_told_in_its_own_words() {
    let (system, store) = (Slips::on_the_shelf(), Memory::new());
    synced(&system, &store).await;
    let operation = approval(&store);
    system.edit("gateway", 60, |slip| slip.stage = "dropped".to_owned());
    let blocked = pushed(&system, &operation, PushState::Planned { upload: None }).await;
    let PushState::Blocked { reason } = &blocked else { panic!("not blocked: {blocked:?}") };
    assert_eq!(reason, "somebody moved the ticket from “Asked” to “Dropped” since the board saw it");
    assert_eq!(system.shelf().writes, 0);

    system.shelf().circles = true;
    let endless = sync(&system, &Memory::new(), &mapping(), &identity(), &run()).await.expect_err("it never ends");
    let told = endless.to_string();
    assert!(told.contains(NAME) && told.contains("comes back to where it was"), "{told}");
}
