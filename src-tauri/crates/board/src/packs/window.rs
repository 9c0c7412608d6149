//! Review packs in the window: what can go into one, the first page of the one that was opened, and the files.
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::ids::{ChangeKey, MemberId};
use domain::text::mark_invisible;
use relay::pack::GREATEST_PACK;

use super::{FirstPage, OPENED, Opened, PackMade, PackRequest};
use crate::cabinet::{Cabinet, OpenBoard, member_ref, seat_words, stored};
use crate::error::{Answer, BoardError};
use crate::paths;
use crate::requests::FilePath;
use crate::state::BoardState;
use crate::views::{
    LateAct, MakePackRequest, OpenPackRequest, OpenedPack, PackCandidate, PackChange, PackFile, PackPurpose,
    PackRecipient, PacksView,
};

impl Cabinet {
    /// What can be made, and what was opened here.
    pub async fn packs(&self) -> Answer<PacksView> {
        let board = self.board()?;
        let state = board.state().await?;
        let refusal = match self.device_owner(&board, &state) {
            Ok(_) => None,
            Err(BoardError::Refused(refusal)) => Some(refusal),
            Err(error) => return Err(error),
        };
        let recipients = state
            .roster()
            .members
            .iter()
            .map(|m| PackRecipient {
                member: member_ref(m),
                seat: seat_words(m),
                can_open: m.sealed_to.is_some(),
                here: m.signature_key().is_some() && board.is_enrolled_here(m.id),
            })
            .collect();
        Ok(PacksView {
            refusal,
            recipients,
            candidates: self.pack_candidates(&board, &state).await?,
            folder: paths::suggested("").display().to_string().trim_end_matches('/').to_owned(),
            opened: self.opened_pack(&board, &state).await?,
            late: crate::late::late(&state).into_iter().map(|(_, act)| act).collect(),
        })
    }

    /// Makes a pack and writes it to a file that was not there.
    pub async fn write_pack(&self, request: MakePackRequest) -> Answer<PackFile> {
        let path = paths::whole("path", &request.path)?;
        if request.changes.is_empty() {
            return Err(BoardError::invalid("changes", "Choose at least one change."));
        }
        if request.hours == 0 {
            return Err(BoardError::invalid("hours", "A pack is good for at least an hour."));
        }
        let made = self
            .make_pack(PackRequest { to: request.to, changes: request.changes, good_for_hours: Some(request.hours) })
            .await?;
        written(made, path).await
    }

    /// Opens a pack from a file, or from what the window read of one.
    pub async fn open_pack_file(&self, request: OpenPackRequest) -> Answer<OpenedPack> {
        let bytes = if request.content.is_empty() {
            let path = paths::whole("path", &request.path)?;
            crate::minutes::off_thread(move || paths::read_up_to(&path, GREATEST_PACK)).await?
        } else {
            STANDARD
                .decode(request.content)
                .map_err(|_| BoardError::invalid("content", "The file was not read whole."))?
        };
        let opened = self.open_pack(bytes).await?;
        let board = self.board()?;
        let state = board.state().await?;
        let late = crate::late::late(&state).into_iter().map(|(_, act)| act);
        let late: Vec<LateAct> = late.filter(|act| opened.late.contains(&crate::late::sentence(act))).collect();
        let kept = if opened.purpose == "review" { self.opened_pack(&board, &state).await? } else { None };
        Ok(match kept {
            Some(kept) => OpenedPack { late, ..kept },
            None => OpenedPack {
                purpose: PackPurpose::Reply,
                from: mark_invisible(&opened.from),
                to: mark_invisible(&opened.to),
                as_of: crate::words::time(opened.as_of),
                good_until: None,
                past: false,
                omissions: opened.omissions,
                changes: Vec::new(),
                came: opened.came,
                refused: opened.refused,
                late,
                pdf: None,
                policy: opened.policy,
                roster_version: opened.roster_version,
                signed: 0,
                answer_file: String::new(),
            },
        })
    }

    /// Writes the answer to the pack that was opened last to a file that was not there.
    pub async fn save_answer(&self, request: FilePath) -> Answer<PackFile> {
        let path = paths::whole("path", &request.path)?;
        let made = self.reply_pack().await?;
        written(made, path).await
    }

    /// Where the PDF of the pack that was opened last is kept.
    pub async fn pack_pdf_path(&self) -> Answer<PathBuf> {
        let board = self.board()?;
        let pdf = opened(&board).await?.and_then(|o| o.first_page).and_then(|page| page.pdf);
        pdf.filter(|path| path.is_file()).ok_or_else(|| BoardError::not_found("PDF", "of a review pack"))
    }

    async fn pack_candidates(&self, board: &OpenBoard, state: &BoardState) -> Answer<Vec<PackCandidate>> {
        let mut candidates = Vec::new();
        for (key, why) in self.to_be_reviewed(board, state).await? {
            // A change that this device has not read yet cannot be packed; it is named where it is missing.
            let Some(found) = board.store.change(&key).await.map_err(stored)? else { continue };
            let level = self.risk_of(state, &found.change)?.settled_level();
            let missing = found.change.attachments.iter().filter(|a| !a.own && a.sha256.is_none());
            candidates.push(PackCandidate {
                key: key.to_string(),
                title: mark_invisible(&found.change.title),
                level,
                why,
                missing: missing.map(|a| mark_invisible(&a.name)).collect(),
            });
        }
        Ok(candidates)
    }

    /// The first page of the pack that was opened last.
    async fn opened_pack(&self, board: &OpenBoard, state: &BoardState) -> Answer<Option<OpenedPack>> {
        let Some(Opened { from, first_page: Some(page), .. }) = opened(board).await? else { return Ok(None) };
        let mut changes = Vec::new();
        for key in &page.changes {
            let key = crate::words::change_key(key)?;
            if board.store.change(&key).await.map_err(stored)?.is_some() {
                changes.push(self.pack_change(board, state, &page, &key).await?);
            }
        }
        let signed = u32::try_from(changes.iter().filter(|c| c.signed).count()).unwrap_or(u32::MAX);
        let name = paths::file_name(&state.name(page.to));
        Ok(Some(OpenedPack {
            purpose: PackPurpose::Review,
            from: mark_invisible(&state.name(from)),
            to: mark_invisible(&state.name(page.to)),
            as_of: crate::words::time(page.as_of),
            good_until: page.good_until.map(crate::words::time),
            past: page.good_until.is_some_and(|until| until < self.now()),
            omissions: page.omissions,
            changes,
            came: page.came,
            refused: page.refused,
            late: Vec::new(),
            pdf: page.pdf.filter(|path| path.is_file()).map(|path| path.display().to_string()),
            policy: state.policy.name.replace('/', " "),
            roster_version: state.roster().version,
            signed,
            answer_file: paths::suggested(&format!("{name}-answer.pack")).display().to_string(),
        }))
    }

    async fn pack_change(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        page: &FirstPage,
        key: &ChangeKey,
    ) -> Answer<PackChange> {
        let change = self.load_change(board, key).await?;
        let row = self.row(board, state, key).await?;
        let named = self.material_attachments(state, &change);
        let content = crate::content::Content::of(&state.policy, &change, &named)?.digest;
        let mine = |who: MemberId| board.is_enrolled_here(who);
        let signed = state.ledger.sign_offs.get(key).into_iter().flatten();
        Ok(PackChange {
            key: key.to_string(),
            title: row.title,
            level: row.risk.level,
            assessed: row.risk.assessed,
            plan_ticked: row.plan_ticked,
            plan_total: row.plan_total,
            signed: signed
                .filter(|s| mine(s.actor) && s.withdrawn.is_none() && !s.late)
                .any(|s| s.body.content == content),
            newer_here: page.newer_here.contains(&key.to_string()),
        })
    }
}

async fn opened(board: &OpenBoard) -> Answer<Option<Opened>> {
    let json = board.store.setting(OPENED).await.map_err(stored)?;
    json.map(|json| serde_json::from_str(&json).map_err(|e| BoardError::internal(&e))).transpose()
}

async fn written(made: PackMade, path: PathBuf) -> Answer<PackFile> {
    let PackMade { file, to, changes, omissions, good_until } = made;
    let shown = path.display().to_string();
    let bytes = u32::try_from(file.len()).unwrap_or(u32::MAX);
    crate::minutes::off_thread(move || paths::write_new(&path, &file)).await?;
    Ok(PackFile {
        path: shown,
        to: mark_invisible(&to),
        bytes,
        changes,
        omissions,
        good_until: good_until.map(crate::words::time),
    })
}
