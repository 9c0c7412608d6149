use std::collections::BTreeMap;

use domain::entry::{Attestation, Body, MeetingRef};
use domain::ids::{Digest, MeetingId};
use domain::meeting::Agenda;
use domain::policy::{Policy, Strength};
use record::entry::Entry;
use record::statement::Subject;
use vault::{MemoryVault, Patience, Slot, Vault as _};

use super::*;
use crate::boards::{ACCEPTANCE, CreateBoard, Keyholder, NewMember};
use crate::events::Silent;
use crate::members::{InviteRequest, JoinRequest, NewSeat};
use crate::requests::{RecoveryRequest, SigningRequest};
use crate::views::VaultState;
use crate::views::{SignRequest, SigningSubject};
use crate::writer::{Act, Key};

fn options(data_dir: &std::path::Path, vault: &Arc<MemoryVault>) -> Options {
    Options {
        network: Network::default(),
        data_dir: data_dir.to_owned(),
        evidence_folder: None,
        calendar_file: None,
        vault: VaultChoice::Memory(vault.clone()),
        clock: Arc::new(|| DateTime::from_timestamp(1_800_000_000, 0).expect("a date")),
        events: Arc::new(Silent),
    }
}

async fn founded(data_dir: &std::path::Path, vault: &Arc<MemoryVault>) -> Cabinet {
    let cabinet = Cabinet::open(options(data_dir, vault)).await.expect("an empty folder opens");
    let chair = NewMember {
        name: "Ada".to_owned(),
        roles: vec![Role::Chair, Role::Cto],
        voting: true,
        mandatory: true,
        accounts: BTreeMap::new(),
        key: Some(Keyholder { pin: "correct horse".to_owned().into(), accepted: ACCEPTANCE.to_owned() }),
    };
    let request = CreateBoard {
        name: "Board".to_owned(),
        members: vec![chair],
        strength: Strength::Starter,
        part_11: false,
        sealed_relays: false,
    };
    cabinet.create_board_with(request).await.expect("a board");
    cabinet
}

/// A meeting called to order, as the device writes it.
async fn call_to_order(cabinet: &Cabinet) -> Answer<()> {
    let board = cabinet.board()?;
    let chair = board.state().await?.roster().members[0].id;
    let agenda = Agenda {
        meeting: MeetingId(uuid::Uuid::now_v7()),
        title: "Weekly".to_owned(),
        place: "Room Athena".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        called: cabinet.now(),
        chair,
        secretary: chair,
        items: Vec::new(),
    };
    let digest = Digest::of(&record::canonical::to_bytes(&agenda).expect("canonical"));
    let act = Act {
        actor: chair,
        attestation: Attestation::Recorded,
        role: Some(Role::Chair),
        meaning: "Weekly called to order with 0 items; the agenda is frozen.".to_owned(),
        meeting: Some(MeetingRef { id: agenda.meeting, agenda: digest }),
        subjects: vec![Subject { name: "agenda".to_owned(), sha256: digest }],
        body: Body::AgendaFrozen { agenda },
        blobs: Vec::new(),
    };
    cabinet.write(&board, vec![(act, Key::Device)], Vec::new()).await.map(drop)
}

#[tokio::test]
async fn without_its_recording_key_a_board_opens_and_reads_refuses_to_write_and_writes_again_when_it_is_back() {
    let (folder, vault) = (tempfile::tempdir().expect("a folder"), Arc::new(MemoryVault::default()));
    let cabinet = founded(folder.path(), &vault).await;
    let (board, chair) = {
        let state = cabinet.board().expect("a board").state().await.expect("a state");
        (state.roster().board, state.roster().members[0].id)
    };
    drop(cabinet);
    let (slot, patience) = (Slot::recording_key(board, chair), Patience::default());
    let key = vault.read(&slot, &patience).expect("answers").expect("made with the board");
    vault.remove(&slot, &patience).expect("removed");

    let cabinet = Cabinet::open(options(folder.path(), &vault)).await.expect("the desk opens without the key");
    assert_eq!(cabinet.members().await.expect("readable").len(), 1);
    assert!(cabinet.problems().await.expect("readable").is_empty());
    let before = cabinet.board().expect("a board").store.entry_count().await.expect("a count");
    let refused = call_to_order(&cabinet).await.expect_err("nothing can be written without the key");
    assert!(matches!(refused, BoardError::Vault { state: VaultState::Lost, .. }), "{refused:?}");
    let after = cabinet.board().expect("a board").store.entry_count().await.expect("a count");
    assert_eq!(before, after, "a refused write leaves nothing behind");

    vault.write(&slot, &key, &patience).expect("put back");
    call_to_order(&cabinet).await.expect("the same desk writes once the key is back");
}

#[tokio::test]
async fn a_lost_signature_key_is_told_no_key_is_made_in_its_place_and_it_signs_again_when_it_is_back() {
    let (folder, vault) = (tempfile::tempdir().expect("a folder"), Arc::new(MemoryVault::default()));
    let cabinet = founded(folder.path(), &vault).await;
    let (board, chair) = {
        let state = cabinet.board().expect("a board").state().await.expect("a state");
        (state.roster().board, state.roster().members[0].clone())
    };
    drop(cabinet);
    let (slot, patience) = (Slot::signature_key(board, chair.id), Patience::default());
    let key = vault.read(&slot, &patience).expect("answers").expect("made with the board");
    vault.remove(&slot, &patience).expect("removed");

    let cabinet = Cabinet::open(options(folder.path(), &vault)).await.expect("the desk opens without the key");
    let opened = cabinet.board().expect("a board");
    assert_eq!(opened.keys.state_for(&chair).await, VaultState::Lost);
    let before = opened.store.entry_count().await.expect("a count");
    let text = domain::policy::authored::pack(Strength::Full).replace("name = \"full/1\"", "name = \"ours/2\"");
    let request = || crate::AdoptPolicyRequest {
        text: text.clone(),
        by: chair.id.to_string(),
        pin: "correct horse".to_owned().into(),
    };
    cabinet.simulate_policy(&text, 1).await.expect("simulated");
    let refused = cabinet.adopt_policy(request()).await.expect_err("nothing is signed without the key");
    let BoardError::Vault { state: VaultState::Lost, message, remedy } = &refused else { panic!("{refused:?}") };
    assert_eq!(message, "The signature key is not in the vault, though it was put there before.");
    assert!(remedy.starts_with("No new key was made. Restore the keyring from a backup"), "{remedy}");
    assert!(vault.read(&slot, &patience).expect("answers").is_none(), "and none was made");
    assert_eq!(opened.store.entry_count().await.expect("a count"), before, "a refused act leaves nothing behind");
    assert_eq!(opened.state().await.expect("a state").roster().members[0].keys, chair.keys, "nor in the roster");

    vault.write(&slot, &key, &patience).expect("put back");
    cabinet.adopt_policy(request()).await.expect("the same desk signs once the key is back");
}

#[tokio::test]
async fn an_older_copy_of_the_folder_opens_for_catching_up_and_nothing_is_written_on_top_of_it() {
    let (folder, vault) = (tempfile::tempdir().expect("a folder"), Arc::new(MemoryVault::default()));
    let cabinet = founded(folder.path(), &vault).await;
    let state = cabinet.board().expect("a board").state().await.expect("a state");
    let (log, head) = state.heads.iter().next().map(|(l, h)| (*l, *h)).expect("the founding entries");
    drop(cabinet);
    let keys = Keys::new(vault.clone(), state.roster());
    let newer = domain::entry::Head { seq: head.seq + 1, ..head };

    let opened_before = Cabinet::open(options(folder.path(), &vault)).await.expect("it is the newest copy");
    keys.remember_head(log, newer).await.expect("kept beside the key");
    let late = call_to_order(&opened_before).await.expect_err("a write on top of an older copy");
    assert!(matches!(&late, BoardError::Refused(r) if r.code == "older_copy"), "{late:?}");
    drop(opened_before);
    let again = Cabinet::open(options(folder.path(), &vault)).await.expect("it opens, to catch up");
    assert_eq!(again.behind().await.expect("readable").len(), 1, "and says which log ends early");
    assert!(!again.problems().await.expect("readable").is_empty(), "where everybody looks");
    let refused = call_to_order(&again).await.expect_err("still nothing is written on top");
    assert!(matches!(&refused, BoardError::Refused(r) if r.code == "older_copy"), "{refused:?}");
}

#[tokio::test]
async fn another_members_folder_with_the_same_keyring_is_no_newer_copy_of_this_one() {
    let (home, vault) = (tempfile::tempdir().expect("a folder"), Arc::new(MemoryVault::default()));
    let chair = founded(&home.path().join("chair"), &vault).await;
    let seat = NewSeat {
        name: "Grace".to_owned(),
        roles: vec![Role::Security],
        voting: true,
        mandatory: false,
        accounts: BTreeMap::new(),
    };
    let invited = chair.invite(InviteRequest::Seat(seat)).await.expect("invited");
    call_to_order(&chair).await.expect("what the invitation does not bring");

    let place = home.path().join("grace");
    let joined = Cabinet::open(options(&place, &vault)).await.expect("an empty folder opens");
    let request = JoinRequest {
        invitation: invited.file,
        pin: "battery staple".to_owned().into(),
        accepted: ACCEPTANCE.to_owned(),
        relays: None,
        replace: false,
    };
    joined.join(request).await.expect("keys of her own in the same keyring");
    assert!(!joined.app_status().await.expect("a status").record.older_copy, "nothing of hers is missing");
    drop(joined);
    let again = Cabinet::open(options(&place, &vault)).await.expect("it opens again");
    assert!(again.behind().await.expect("readable").is_empty(), "after a restart as well");
    assert!(again.problems().await.expect("readable").is_empty());
    let found = crate::verify_folder(&place, Some(&VaultChoice::Memory(vault.clone())), again.now()).await;
    let told = found.expect("looked over").findings;
    assert!(told.iter().all(|finding| finding.code != "record"), "nor does an audit miss anything: {told:?}");

    let board = again.board().expect("a board");
    let state = board.state().await.expect("a state");
    let opened = board.keys.unlock(&state.roster().members[0], "correct horse", again.now()).await;
    let Err(BoardError::Refused(refusal)) = opened else { panic!("the chair's log would fork") };
    assert_eq!(refusal.code, "keys_elsewhere");
    call_to_order(&chair).await.expect("the chair goes on where they are");
}

#[tokio::test]
async fn what_nobody_has_is_given_up_in_the_record_and_the_keys_go_on_in_a_new_epoch() {
    let (folder, vault) = (tempfile::tempdir().expect("a folder"), Arc::new(MemoryVault::default()));
    let cabinet = founded(folder.path(), &vault).await;
    call_to_order(&cabinet).await.expect("the device has a log");
    let board = cabinet.board().expect("a board");
    let state = board.state().await.expect("a state");
    let (log, head) = state.heads.iter().find(|(log, _)| log.key == board.device).map(|(l, h)| (*l, *h)).expect("its");
    let keys = Keys::new(vault.clone(), state.roster());
    keys.remember_head(log, domain::entry::Head { seq: head.seq + 2, id: head.id }).await.expect("kept");
    drop((board, cabinet));

    let older = Cabinet::open(options(folder.path(), &vault)).await.expect("it opens");
    let request = crate::RecoverRequest { reason: "Disk restored from Monday".to_owned(), member: None };
    assert_eq!(older.recover(request.clone()).await.expect("said in the record"), 1, "one log");
    call_to_order(&older).await.expect("and it writes again");
    assert!(older.behind().await.expect("readable").is_empty(), "nothing is missed any more");
    assert!(older.problems().await.expect("readable").is_empty(), "and the record explains itself");
    let again = older.recover(request).await.expect_err("only once");
    assert!(matches!(&again, BoardError::Refused(r) if r.code == "not_behind"), "{again:?}");
    let state = older.board().expect("a board").state().await.expect("a state");
    assert_eq!(state.epoch(log.key), 2, "a new epoch, no fork");
    drop(older);
    let reopened = Cabinet::open(options(folder.path(), &vault)).await.expect("sound");
    assert!(reopened.problems().await.expect("readable").is_empty(), "after a restart as well");
    call_to_order(&reopened).await.expect("still writes");
}

#[tokio::test]
async fn a_members_own_missing_signatures_are_given_up_only_in_the_signing_window() {
    let (folder, vault) = (tempfile::tempdir().expect("a folder"), Arc::new(MemoryVault::default()));
    let cabinet = founded(folder.path(), &vault).await;
    let board = cabinet.board().expect("a board");
    let state = board.state().await.expect("a state");
    let (log, head) =
        state.heads.iter().find(|(log, _)| log.key != board.device).map(|(l, h)| (*l, *h)).expect("Ada's");
    let keys = Keys::new(vault.clone(), state.roster());
    keys.remember_head(log, domain::entry::Head { seq: head.seq + 3, id: head.id }).await.expect("kept");
    drop((board, cabinet));

    let older = Cabinet::open(options(folder.path(), &vault)).await.expect("it opens");
    assert!(older.app_status().await.expect("a status").record.older_copy, "every screen says so");
    let copy = older.record().await.expect("readable").older_copy.expect("behind");
    assert_eq!((copy.missing, copy.signer.as_ref().map(|m| m.name.as_str())), (3, Some("Ada")));
    let by_device = older.recover_device(RecoveryRequest { reason: "Disk restored".to_owned() }).await;
    assert!(matches!(&by_device, Err(BoardError::Refused(r)) if r.code == "pin_needed"), "{by_device:?}");

    let subject = SigningSubject::Recovery { reason: "Disk restored".to_owned() };
    older.request_signing(SigningRequest { subject }).await.expect("prepared");
    let shown = older.signing_view().await.expect("a view");
    assert_eq!(shown.signers.len(), 1, "whose signatures they are");
    let request = |pin: Option<&str>| SignRequest {
        statement: shown.statements[0].id.clone(),
        member: shown.signers[0].member.id.clone(),
        pin: pin.map(ToOwned::to_owned),
        keep_unlocked: true,
        verdict: domain::entry::Verdict::Approve,
        reason: String::new(),
        named: String::new(),
        ticked: Vec::new(),
    };
    let unsigned = older.sign(request(None)).await.expect_err("never without the PIN");
    assert!(matches!(&unsigned, BoardError::Refused(r) if r.code == "pin_needed"), "{unsigned:?}");
    older.sign(request(Some("correct horse"))).await.expect("signed");
    assert!(older.record().await.expect("readable").older_copy.is_none(), "said in the record");
    assert!(!older.app_status().await.expect("a status").record.older_copy, "and nowhere else any more");
}

#[tokio::test]
async fn a_rebuild_loses_nothing_of_what_cab_writes_meanwhile() {
    const ROUNDS: usize = 8;
    let (folder, vault) = (tempfile::tempdir().expect("a folder"), Arc::new(MemoryVault::default()));
    let window = founded(folder.path(), &vault).await;
    let beside = Cabinet::open(options(folder.path(), &vault)).await.expect("a guest opens");
    for _ in 0..ROUNDS {
        let (rebuilt, called) = tokio::join!(window.rebuild(), call_to_order(&beside));
        rebuilt.expect("rebuilt");
        called.expect("written");
    }
    let board = window.board().expect("a board");
    assert_eq!(board.store.projections("meeting").await.expect("rows").len(), ROUNDS);
    let (before, after) = window.rebuild().await.expect("rebuilt");
    assert_eq!(before, after, "every row is what the record says");
}

#[tokio::test]
async fn what_was_verified_before_is_not_verified_again_and_a_changed_byte_is() {
    let (folder, vault) = (tempfile::tempdir().expect("a folder"), Arc::new(MemoryVault::default()));
    let cabinet = founded(folder.path(), &vault).await;
    for _ in 0..3 {
        call_to_order(&cabinet).await.expect("written");
    }
    let board = cabinet.board().expect("a board");
    board.reload().await.expect("reads");
    let known = board.checked.len();
    let mut stored = board.stored().await.expect("bytes");
    assert_eq!(known, stored.envelopes.len(), "every signature, each once");
    let told = |state: BoardState| (state.ledger, state.heads, state.ends, state.problems, state.disputed);
    let cold = told(BoardState::load(&stored).expect("holds"));
    assert!(cold.3.is_empty(), "{:?}", cold.3);
    assert_eq!(told(board.load().await.expect("holds")), cold);
    // What was read before is taken only for the very bytes it was read from.
    let read: BTreeMap<Digest, Entry> = stored
        .envelopes
        .iter()
        .map(|bytes| (Digest::of(bytes), Entry::parse(&stored.envelopes[0]).expect("an entry")))
        .collect();
    let again = BoardState::load_checked(&stored, &board.checked, read).expect("holds");
    assert_eq!(told(again), cold);

    // The last character of a signature: other bytes, and another refusal each time they are looked at.
    let last = stored.envelopes.len() - 1;
    let text = String::from_utf8(stored.envelopes[last].clone()).expect("text");
    let at = text.find("\"sig\":\"").expect("a signature") + 20;
    let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
    stored.envelopes[last] = [&text[..at], other, &text[at + 1..]].concat().into_bytes();
    let bent = told(BoardState::load(&stored).expect("the rest holds"));
    assert!(!bent.3.is_empty(), "a signature that does not hold is a problem");
    for _ in 0..2 {
        let state = BoardState::load_checked(&stored, &board.checked, BTreeMap::new()).expect("the rest holds");
        assert_eq!(told(state), bent);
    }
    assert_eq!(board.checked.len(), known, "a refusal is not remembered");
}

#[tokio::test]
async fn an_edit_of_a_section_on_which_a_role_does_not_depend_leaves_what_it_signed_standing() {
    use crate::content::{Content, section_digests};
    use domain::change::{RawText, TextFormat};
    use domain::plan::PlanSection;
    use domain::risk::{Facts, RiskLevel, RiskStamp};
    use domain::sign_off::{SignOff, Staleness};

    let (folder, vault) = (tempfile::tempdir().expect("a folder"), Arc::new(MemoryVault::default()));
    let cabinet = founded(folder.path(), &vault).await;
    let loaded = cabinet.board().expect("a board").state().await.expect("a state");
    let mut state = crate::state::BoardState::clone(&loaded);
    let text = |text: &str| RawText { format: TextFormat::Plain, text: text.to_owned() };
    let mut change = crate::changes::testing::change("CHG-1");
    change.plan.insert(PlanSection::Backout, text("Restore the snapshot"));
    let content = |change: &domain::change::ChangeRequest| {
        Content::of(&Policy::built_in(Strength::Starter), change, &[]).expect("content")
    };
    let signed = content(&change);
    let risk = RiskStamp {
        model: "points-100/1".to_owned(),
        model_digest: Digest([0; 32]),
        answers: Digest([0; 32]),
        score: 30,
        level: RiskLevel::Medium,
        assumed: 0,
        facts: Facts::default(),
    };
    let sign_off = SignOff {
        entry: domain::ids::EntryId([1; 32]),
        actor: state.roster().members[0].id,
        role: Some(Role::Cto),
        attestation: Attestation::Signed,
        manifest: Digest([1; 32]),
        meaning: String::new(),
        claimed: cabinet.now(),
        body: domain::entry::SignOffBody {
            change: change.key.clone(),
            item: None,
            verdict: domain::entry::Verdict::Approve,
            reason: String::new(),
            sections: section_digests(&change),
            content: signed.digest,
            involved: domain::duties::involved(&change),
            risk,
            written: None,
        },
        withdrawn: None,
        recorder: None,
        answer: None,
        late: false,
        scope: Vec::new(),
        account: None,
        care: None,
    };
    state.ledger.sign_offs.insert(change.key.clone(), vec![sign_off.clone()]);
    change.plan.insert(PlanSection::Training, text("Two hours on Tuesday"));
    let judged = |state: &crate::state::BoardState, change: &domain::change::ChangeRequest| {
        let now = crate::changes::present(state, &change.key, &content(change), RiskLevel::Medium);
        sign_off.staleness(&now)
    };
    assert_eq!(judged(&state, &change), Staleness::ContentChanged, "the built-in policy: the whole plan");
    state.policy.sections.insert(Role::Cto, vec![PlanSection::Backout]);
    assert_eq!(judged(&state, &change), Staleness::Current, "nothing on which the CTO's word depends");
    state.policy.sections.insert(Role::Cto, vec![PlanSection::Training]);
    assert_eq!(judged(&state, &change), Staleness::ContentChanged);
    state.policy.sections.insert(Role::Cto, vec![PlanSection::Backout]);
    change.title = "Move another ledger".to_owned();
    assert_eq!(judged(&state, &change), Staleness::ContentChanged, "and the title, on which every word depends");
}

#[tokio::test]
async fn a_calendar_without_changes_is_empty_and_has_room_at_the_first_allowed_hour() {
    use crate::views::{CalendarRequest, ScheduleRequest, SlotHours, SlotRequest};
    let (folder, vault) = (tempfile::tempdir().expect("a folder"), Arc::new(MemoryVault::default()));
    let cabinet = founded(folder.path(), &vault).await;
    let view = cabinet.calendar(CalendarRequest::default()).await.expect("a calendar");
    assert_eq!((view.from.as_str(), view.to.as_str(), view.zone.as_str()), ("2027-01-15", "2027-02-14", "UTC"));
    assert!(view.items.is_empty() && view.freezes.is_empty() && view.conflicts.is_empty() && !view.more);
    let file = cabinet.calendar_file(CalendarRequest::default()).await.expect("a file");
    assert_eq!((file.events, file.text.contains("X-WR-CALNAME:Board: changes")), (0, true));
    let request = |hours, minutes| SlotRequest {
        minutes,
        environment: "production".to_owned(),
        service: "payments".to_owned(),
        after: None,
        zone: None,
        region: None,
        hours,
    };
    // The clock says 08:00 on a Friday.
    for (hours, start) in [
        (SlotHours::Any, "2027-01-15T08:00:00Z"),
        (SlotHours::Business, "2027-01-15T08:00:00Z"),
        (SlotHours::Quiet, "2027-01-15T20:00:00Z"),
    ] {
        let slot = cabinet.free_slot(request(hours, 90)).await.expect("room");
        assert_eq!(slot.window.starts_at, start, "{hours:?}");
    }
    let long = cabinet.free_slot(request(SlotHours::Business, 601)).await;
    assert!(matches!(&long, Err(BoardError::Refused(no)) if no.code == "no_free_slot"), "{long:?}");
    let unknown = cabinet.schedule(ScheduleRequest { change: "CHG-9".to_owned(), zone: None }).await;
    assert!(matches!(&unknown, Err(BoardError::NotFound { .. })), "{unknown:?}");
}
