use std::collections::BTreeMap;

use domain::entry::{Attestation, Body, MeetingRef};
use domain::ids::{Digest, MeetingId};
use domain::meeting::Agenda;
use domain::policy::Strength;
use record::statement::Subject;
use vault::{MemoryVault, Patience, Slot, Vault as _};

use super::*;
use crate::boards::{ACCEPTANCE, CreateBoard, Keyholder, NewMember};
use crate::events::Silent;
use crate::views::VaultState;
use crate::writer::{Act, Key};

fn options(data_dir: &std::path::Path, vault: &Arc<MemoryVault>) -> Options {
    Options {
        network: Network::default(),
        data_dir: data_dir.to_owned(),
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
    let request = CreateBoard { name: "Board".to_owned(), members: vec![chair], strength: Strength::Starter };
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
async fn an_older_copy_of_the_folder_is_refused_when_the_keyring_answers_at_the_latest_on_the_first_write() {
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
    let at_once = Cabinet::open(options(folder.path(), &vault)).await.err().expect("an older copy");
    assert!(matches!(&at_once, BoardError::Refused(r) if r.code == "older_copy"), "{at_once:?}");
}
