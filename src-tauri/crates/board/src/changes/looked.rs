//! What changed since I last looked (my own looks, on this device).
use std::collections::BTreeMap;

use domain::change::{Account, ChangeRequest};
use domain::ids::{ChangeKey, MemberId};
use domain::text::mark_invisible;
use serde::{Deserialize, Serialize};

use super::between;
use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::content::Content;
use crate::error::{Answer, BoardError};
use crate::requests::OfChange;
use crate::state::BoardState;
use crate::views::{Difference, Noun};

/// A change as it was shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Look {
    /// Field → text. Material fields, and a few that are not.
    pub fields: BTreeMap<String, String>,
}

/// My last look at a change and what differs since.
#[derive(Debug, Clone, Default)]
pub(crate) struct Since {
    /// When; `None`: never.
    pub at: Option<chrono::DateTime<chrono::Utc>>,
    /// What differs.
    pub differences: Vec<Difference>,
}

impl Since {
    /// The lines that differ in one field.
    pub fn of(&self, field: &str) -> Vec<crate::views::DiffLine> {
        self.differences.iter().find(|d| d.field == field).map(|d| d.lines.clone()).unwrap_or_default()
    }

    /// Whether the field differs.
    pub fn touches(&self, field: &str) -> bool {
        self.differences.iter().any(|d| d.field == field)
    }
}

/// Fields that are shown and never make a sign-off stale.
const IMMATERIAL: [&str; 4] = ["status", "assignee", "comments", "other_attachments"];

impl Look {
    /// The change as it is shown now.
    pub fn of(content: &Content, change: &ChangeRequest, named: &[String]) -> Self {
        let mut fields: BTreeMap<String, String> =
            content.fields.iter().map(|(f, bytes)| (f.clone(), String::from_utf8_lossy(bytes).into_owned())).collect();
        // The digest is over account ids; people read names.
        for (field, account) in [
            ("requester", &change.requester),
            ("author", &change.author),
            ("deployer", &change.deployer),
            ("technical_lead", &change.technical_lead),
            ("release_manager", &change.release_manager),
        ] {
            if let Some(value) = fields.get_mut(field) {
                *value = person(account);
            }
        }
        let others: Vec<&str> =
            change.attachments.iter().filter(|a| !a.own && !named.contains(&a.name)).map(|a| a.name.as_str()).collect();
        let comments = change.journals.iter().filter(|j| !j.own && !j.private && !j.notes.is_blank()).count();
        fields.insert("status".to_owned(), change.status.name.clone());
        fields.insert("assignee".to_owned(), person(&change.assignee));
        fields.insert("comments".to_owned(), format!("{comments}"));
        fields.insert("other_attachments".to_owned(), others.join("\n"));
        Self { fields }
    }
}

fn person(account: &Option<Account>) -> String {
    account.as_ref().map_or_else(String::new, |a| format!("{} ({})", a.name, a.id))
}

/// What differs between a look and now.
pub(crate) fn since(before: &Look, now: &Look) -> Vec<Difference> {
    between(&before.fields, &now.fields, |field| !IMMATERIAL.contains(&field))
}

impl Cabinet {
    /// My last look at the change, and what differs since.
    pub(crate) async fn since_looked(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        change: &ChangeRequest,
        me: Option<MemberId>,
    ) -> Answer<Since> {
        let Some(me) = me else { return Ok(Since::default()) };
        let Some(seen) = board.store.last_seen(me, &change.key).await.map_err(stored)? else {
            return Ok(Since::default());
        };
        let before: Look = serde_json::from_slice(&seen.snapshot).map_err(|e| BoardError::internal(&e))?;
        let named = self.material_attachments(state, change);
        let content = Content::of(&state.policy, change, &named)?;
        Ok(Since { at: Some(seen.at), differences: since(&before, &Look::of(&content, change, &named)) })
    }

    /// "I have seen this": from now on differences count from here.
    pub async fn mark_looked(&self, request: OfChange) -> Answer<()> {
        let board = self.board()?;
        let state = board.state().await?;
        let key: ChangeKey = crate::words::change_key(&request.change)?;
        let change = self.load_change(&board, &key).await?;
        let me = self.my_id(&board, &state).await?;
        let named = self.material_attachments(&state, &change);
        let content = Content::of(&state.policy, &change, &named)?;
        let look = Look::of(&content, &change, &named);
        let snapshot = serde_json::to_vec(&look).map_err(|e| BoardError::internal(&e))?;
        board.store.mark_seen(me, &key, content.digest, &snapshot, self.now()).await.map_err(stored)?;
        self.changed(&[Noun::Changes], &[key.as_str()]);
        Ok(())
    }
}

/// A field of the ticket on one line, or nothing.
pub(crate) fn shown(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| mark_invisible(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::testing::change;
    use domain::policy::{Policy, Strength};

    fn look(change: &ChangeRequest) -> Look {
        let content = Content::of(&Policy::built_in(Strength::Starter), change, &[]).expect("content");
        Look::of(&content, change, &[])
    }

    #[test]
    fn a_moved_status_is_shown_and_not_material() {
        let before = change("CHG-1");
        let mut after = before.clone();
        after.status.name = "Assess".into();
        let found = since(&look(&before), &look(&after));
        assert_eq!(found.iter().map(|d| (d.field.as_str(), d.material)).collect::<Vec<_>>(), [("status", false)]);
    }

    #[test]
    fn an_edited_version_is_material() {
        let before = change("CHG-1");
        let mut after = before.clone();
        after.version = "2.4.1".into();
        let found = since(&look(&before), &look(&after));
        assert_eq!(found.iter().map(|d| (d.field.as_str(), d.material)).collect::<Vec<_>>(), [("version", true)]);
    }

    #[test]
    fn what_cabinet_wrote_on_the_ticket_is_no_news() {
        let before = change("CHG-1");
        let mut after = before.clone();
        after.attachments.push(domain::change::Attachment {
            remote_id: "3".into(),
            name: "CHG-1.pdf".into(),
            size: 1,
            content_type: "application/pdf".into(),
            sha256: None,
            own: true,
        });
        assert!(since(&look(&before), &look(&after)).is_empty());
    }

    #[test]
    fn a_look_survives_being_stored() {
        let now = look(&change("CHG-1"));
        let bytes = serde_json::to_vec(&now).expect("text");
        assert_eq!(serde_json::from_slice::<Look>(&bytes).expect("as written"), now);
    }
}
