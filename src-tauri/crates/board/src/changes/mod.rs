//! Changes on the board: loading, the list, one change in full, what changed since I looked.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{PoisonError, RwLock};

use chrono::{DateTime, Utc};
use domain::approval::Allowed;
use domain::chain::{ReleaseType, lead_named, project_of_change};
use domain::change::{ChangeRequest, StatusCategory};
use domain::duties::{known_committers, unknown_committers};
use domain::ids::{ChangeKey, Digest, MemberId};
use domain::policy::MaterialField;
use domain::risk::RiskLevel;
use domain::sign_off::{Present, Standing};
use record::manifest::{content_with_window, edited_sections};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{IndexRow, StoredChange};

use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::content::Content;
use crate::error::{Answer, BoardError};
use crate::state::BoardState;

mod attachments;
mod beside;
mod differences;
mod history;
mod index;
mod list;
pub(crate) mod looked;
mod required;
mod view;

#[cfg(test)]
pub(crate) mod testing;

pub(crate) use beside::beside;
pub(crate) use differences::{between, label, section_word};
pub(crate) use required::stands_newest;
pub(crate) use view::relations;

/// More waiting changes than any agenda is built from.
const MOST_WAITING: u32 = 500;

/// Changes whose ticket is gone or out of reach, as last loaded: R11 fails for them.
#[derive(Debug, Default)]
pub(crate) struct Vanished {
    keys: RwLock<BTreeSet<ChangeKey>>,
}

impl Vanished {
    /// Whether the ticket is gone, or we may no longer read it.
    pub fn contains(&self, key: &ChangeKey) -> bool {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).contains(key)
    }

    /// Keeps what was loaded.
    pub fn note(&self, key: &ChangeKey, gone: bool) {
        if gone == self.contains(key) {
            return;
        }
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if gone {
            keys.insert(key.clone())
        } else {
            keys.remove(key)
        };
    }
}

/// A draft of one member's.
pub(crate) fn draft_of<T: Serialize>(
    kind: &str,
    key: &str,
    member: MemberId,
    value: &T,
    now: DateTime<Utc>,
) -> Answer<store::Draft> {
    Ok(store::Draft {
        kind: kind.to_owned(),
        key: key.to_owned(),
        member,
        json: serde_json::to_string(value).map_err(|e| BoardError::internal(&e))?,
        saved_at: now,
    })
}

impl OpenBoard {
    /// A member's own draft.
    pub(crate) async fn my_draft<T: DeserializeOwned>(&self, kind: &str, key: &str, me: MemberId) -> Answer<Option<T>> {
        let draft = self.store.draft(kind, key, me).await.map_err(stored)?;
        draft.map(|d| serde_json::from_str(&d.json).map_err(|e| BoardError::internal(&e))).transpose()
    }

    /// Saves a member's own draft.
    pub(crate) async fn put_my_draft<T: Serialize>(
        &self,
        kind: &str,
        key: &str,
        me: MemberId,
        value: &T,
        now: DateTime<Utc>,
    ) -> Answer<()> {
        self.store.save_draft(&draft_of(kind, key, me, value, now)?).await.map_err(stored)
    }
}

/// The canonical list of digests that a content digest is of: kept beside entries that name it.
pub(crate) fn document(content: &Content) -> Answer<Vec<u8>> {
    let digests: BTreeMap<&str, String> =
        content.fields.iter().map(|(field, bytes)| (field.as_str(), Digest::of(bytes).to_string())).collect();
    record::canonical::to_bytes(&digests).map_err(|e| BoardError::internal(&e))
}

impl Cabinet {
    /// A change as it is kept, with the digests of its downloaded attachments, and with who committed its code (R89). Its
    /// gates look at its files as they are now.
    pub(crate) async fn load_stored(&self, board: &OpenBoard, key: &ChangeKey) -> Answer<StoredChange> {
        let found = board.store.change(key).await.map_err(stored)?;
        let found = as_known(found.ok_or_else(|| BoardError::not_found("change", key))?);
        board.vanished.note(key, found.tombstone.is_some());
        self.read_files(board, &found.change).await?;
        self.look_beside(board, &found.change).await?;
        let state = board.state().await?;
        Ok(as_committed(board, &state, found))
    }

    /// A change.
    pub(crate) async fn load_change(&self, board: &OpenBoard, key: &ChangeKey) -> Answer<ChangeRequest> {
        self.load_stored(board, key).await.map(|found| found.change)
    }

    /// Changes that a board could still take up, as the list knows them: reachable, and by their ticket being
    /// written or waiting (or in a status nobody mapped). The newest first, at most 500.
    pub(crate) async fn waiting_rows(&self, board: &OpenBoard) -> Answer<Vec<IndexRow>> {
        let waiting = store::ChangesQuery {
            standings: vec![Standing::Undecided, Standing::Deferred, Standing::MoreInformation],
            sort: store::SortColumn::Updated,
            descending: true,
            limit: MOST_WAITING,
            ..store::ChangesQuery::default()
        };
        let mapped = store::ChangesQuery {
            categories: vec![StatusCategory::Draft, StatusCategory::Awaiting],
            ..waiting.clone()
        };
        let mut rows = board.store.list_changes(&mapped).await.map_err(stored)?.rows;
        // "No category" cannot be asked for; the newest page holds those that matter.
        let newest = board.store.list_changes(&waiting).await.map_err(stored)?.rows;
        rows.extend(newest.into_iter().filter(|r| r.row.category.is_none()));
        Ok(rows.into_iter().map(|r| r.row).take(MOST_WAITING as usize).collect())
    }

    /// Where the change stands: the decision, the sign-offs over its content now, the conditions.
    pub(crate) fn standing(&self, state: &BoardState, change: &ChangeRequest) -> Answer<Standing> {
        if state.ledger.decision(&change.key).is_none() && !state.policy.chain_binds {
            return Ok(Standing::Undecided);
        }
        let (_, now) = self.says(state, change)?;
        let least = state.ledger.least(&state.policy, &change.key, now.level);
        Ok(state.ledger.standing(state.roster(), &change.key, &now, least))
    }

    /// What the change says now, for judging what was signed before: its content with it.
    pub(crate) fn says(&self, state: &BoardState, change: &ChangeRequest) -> Answer<(Content, Present)> {
        let level = self.risk_of(state, change)?.decided.level;
        self.says_at(state, change, level)
    }

    /// The same where the level of its risk is known. Of a change that evidence tells of, what was decided or signed last is
    /// what it says, also where not every field of that is at hand.
    pub(crate) fn says_at(
        &self,
        state: &BoardState,
        change: &ChangeRequest,
        level: RiskLevel,
    ) -> Answer<(Content, Present)> {
        let named = self.material_attachments(state, change);
        let mut content = Content::of(&state.policy, change, &named)?;
        let known = if change.is_from_evidence() { crate::imported::last_known(state, &change.key) } else { None };
        content.digest = known.map_or(content.digest, |known| known.content);
        let present = present(state, &change.key, &content, level);
        Ok((content, present))
    }
}

/// What a change with this content says now, beside each content that was signed: what differs in sections of the plan
/// alone makes stale only what depends on them, and what differs in the window alone, within the policy's tolerance, nothing.
pub(crate) fn present(state: &BoardState, key: &ChangeKey, content: &Content, level: RiskLevel) -> Present {
    let present = state.ledger.present(key, content.digest, level);
    let signed = state.ledger.sign_offs.get(key).into_iter().flatten().map(|signed| &signed.body);
    let before: Vec<_> = signed.filter(|body| body.content != content.digest).collect();
    let tolerant = state.policy.window_tolerance_minutes > 0;
    let fields: BTreeMap<String, Digest> = if before.is_empty() && !tolerant {
        BTreeMap::new()
    } else {
        content.fields.iter().map(|(field, bytes)| (field.clone(), Digest::of(bytes))).collect()
    };
    let edited = before
        .into_iter()
        .filter_map(|body| Some((body.content, edited_sections(&fields, &body.sections, body.content)?)))
        .collect();
    let window = if tolerant { Allowed::of(|name| content.fields.get(name).map(Vec::as_slice)).window } else { None };
    let moved = window
        .and_then(|now| state.ledger.moved(key, &now, &state.policy, |before| content_with_window(&fields, before)));
    let text = |field: MaterialField| {
        let bytes = content.fields.get(field.name());
        bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    };
    let project = Some(project_of_change(text(MaterialField::Repository)).to_owned());
    let lead = lead_named(&state.policy, text(MaterialField::TechnicalLead)).map(str::to_owned);
    let kind = domain::policy::kind_named(text(MaterialField::Kind));
    let release = ReleaseType::by(kind, text(MaterialField::Version));
    let present = present.under(&state.policy, edited);
    let present = present.bound(&state.policy, Some(release), state.ledger.binding_level(key, level));
    Present { moved, project, lead, ..present }
}

/// Details that are older than the row are not what the ticket says now: until they arrive again, what
/// depends on them cannot be judged.
pub(crate) fn as_known(mut found: StoredChange) -> StoredChange {
    found.change.details_synced &= !found.details_due;
    found
}

/// With those who committed its code, by its files as they were read last, and by what was signed of it anywhere (R89).
pub(crate) fn as_committed(board: &OpenBoard, state: &BoardState, mut found: StoredChange) -> StoredChange {
    let read = board.read_files.of(&found.change.key);
    let told = read.committers().chain(state.ledger.committers(&found.change.key));
    found.change.committers = known_committers(state.roster(), told);
    let unknown = || unknown_committers(state.roster(), read.committers());
    found.change.unknown_committers = read.tells_commits().then(unknown);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_details_do_not_pass_for_the_tickets_own() {
        let found = |details_due| StoredChange {
            change: testing::change("CHG-1"),
            remote_hash: domain::ids::Digest([0; 32]),
            details_hash: None,
            details_due,
            first_seen: DateTime::UNIX_EPOCH,
            last_synced: DateTime::UNIX_EPOCH,
            tombstone: None,
            tombstoned_at: None,
        };
        assert!(as_known(found(false)).change.details_synced);
        assert!(!as_known(found(true)).change.details_synced, "an edit was seen whose details have not arrived");
    }

    #[test]
    fn a_ticket_that_comes_back_is_no_longer_gone() {
        let (vanished, key) = (Vanished::default(), ChangeKey::new("CHG", 1));
        vanished.note(&key, true);
        assert!(vanished.contains(&key));
        vanished.note(&key, false);
        assert!(!vanished.contains(&key));
    }
}
