//! Joining a board in the window: the invitation is looked at first, then keys are made, then the device waits to be
//! admitted while the six words are read on a call (`record.md`, *Roster*).
use std::path::PathBuf;

use record::enrolment::Enrolment;
use record::roster::RosterFingerprint;

use crate::cabinet::{Cabinet, OpenBoard, seat_words, stored};
use crate::error::{Answer, BoardError};
use crate::exchange::RelaySetting;
use crate::members::{JoinRequest, opened};
use crate::paths;
use crate::requests::{FilePath, FileText};
use crate::views::{AppStatus, InvitationView, JoinBoardRequest, JoiningView};

/// This device's own enrolment, as long as the roster does not know its key.
pub(crate) struct OwnEnrolment {
    pub enrolment: Enrolment,
    pub fingerprint: RosterFingerprint,
    pub bytes: Vec<u8>,
}

impl Cabinet {
    /// What an invitation says, verified against the root it names; nothing is made yet.
    pub fn read_invitation(&self, request: &FileText) -> Answer<InvitationView> {
        let opened = opened(request.text.trim().as_bytes())?;
        let roster = opened.gathered.rosters.current().roster();
        let member = roster.member(opened.invitation.member);
        Ok(InvitationView {
            board: roster.name.clone(),
            name: member.map_or_else(|| opened.invitation.member_name.clone(), |m| m.name.clone()),
            seat: member.map_or_else(String::new, seat_words),
            roster_words: words(opened.gathered.rosters.fingerprint()),
            folders: opened.invitation.relays.iter().filter_map(folder_of).collect(),
            has_key: member.is_some_and(|m| m.signature_key().is_some()),
        })
    }

    /// Joins the board: own keys on this device, under an own PIN. Until the board has admitted it, it reads.
    pub async fn join_board(&self, request: JoinBoardRequest) -> Answer<AppStatus> {
        let relays = match request.folder.trim() {
            "" => Vec::new(),
            folder => vec![RelaySetting::Folder { path: paths::whole("folder", folder)? }],
        };
        self.join(JoinRequest {
            invitation: request.invitation.trim().as_bytes().to_vec(),
            pin: request.pin.into(),
            accepted: request.accepted_sentence,
            relays: Some(relays),
            replace: request.replace,
        })
        .await?;
        self.app_status().await
    }

    /// Whether this device waits to be admitted, and with which words.
    pub async fn joining(&self) -> Answer<Option<JoiningView>> {
        let Ok(board) = self.board() else { return Ok(None) };
        let Some(own) = own_enrolment(&board).await? else { return Ok(None) };
        let state = board.state().await?;
        let roster = state.roster();
        let member = roster.member(own.enrolment.member);
        let name = match member {
            Some(member) => member.name.clone(),
            // A new seat has a name only on the chair's device until the roster has it.
            None => String::new(),
        };
        Ok(Some(JoiningView {
            board: roster.name.clone(),
            words: words(own.fingerprint),
            roster_words: words(state.rosters.fingerprint()),
            folders: self.relays().await?.iter().filter_map(folder_of).collect(),
            last_exchange: board.last_exchange(),
            file: paths::suggested(&format!("{}.enrolment", paths::file_name(&name))).display().to_string(),
            name,
        }))
    }

    /// Writes this device's enrolment to a file, for a chair whom no folder reaches.
    pub async fn save_enrolment(&self, request: FilePath) -> Answer<JoiningView> {
        let board = self.board()?;
        let own = own_enrolment(&board).await?.ok_or_else(|| {
            BoardError::refused("admitted", "The board knows this device already.", None, "Nothing is left to do.")
        })?;
        paths::write_new(&paths::whole("path", &request.path)?, &own.bytes)?;
        self.joining().await?.ok_or_else(|| BoardError::not_found("enrolment", "of this device"))
    }
}

/// This device's enrolment, while the roster does not know its recording key.
pub(crate) async fn own_enrolment(board: &OpenBoard) -> Answer<Option<OwnEnrolment>> {
    let state = board.state().await?;
    if state.roster().key(board.device).is_some() {
        return Ok(None);
    }
    for kept in board.store.quarantine().await.map_err(stored)? {
        let opened = Enrolment::open(&kept.bytes, state.rosters.board(), state.rosters.fingerprint());
        if let Ok((enrolment, fingerprint)) = opened
            && enrolment.keys.iter().any(|key| key.id == board.device)
        {
            return Ok(Some(OwnEnrolment { enrolment, fingerprint, bytes: kept.bytes }));
        }
    }
    Ok(None)
}

/// Six words, one by one.
pub(crate) fn words(fingerprint: RosterFingerprint) -> Vec<String> {
    fingerprint.words().iter().map(|word| (*word).to_owned()).collect()
}

/// The folder of a relay that is one.
pub(crate) fn folder_of(relay: &RelaySetting) -> Option<String> {
    match relay {
        RelaySetting::Folder { path } => Some(path.display().to_string()),
        RelaySetting::Postgres { .. } => None,
    }
}

/// The folders as they were typed.
pub(crate) fn relays_of(folders: &[String]) -> Answer<Vec<RelaySetting>> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for folder in folders {
        let path = paths::whole("folder", folder)?;
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    Ok(paths.into_iter().map(|path| RelaySetting::Folder { path }).collect())
}
