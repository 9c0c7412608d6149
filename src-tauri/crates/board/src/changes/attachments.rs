//! Attachments on demand: named at once, brought when somebody asks, hashed when they are here.
use ticketing::fetch_attachment;

use super::view::attachment_view;
use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};
use crate::requests::OfAttachment;
use crate::sync::{BoardStore, Link, in_ticketing};
use crate::views::{Attachment, Noun};

impl Cabinet {
    /// Brings a file of a change, if it is not here yet.
    pub async fn download_attachment(&self, request: OfAttachment) -> Answer<Attachment> {
        let board = self.board()?;
        let state = board.state().await?;
        let key = crate::words::change_key(&request.change)?;
        let change = self.load_change(&board, &key).await?;
        let named = self.material_attachments(&state, &change);
        let wanted = change
            .attachments
            .iter()
            .find(|a| a.remote_id == request.attachment)
            .ok_or_else(|| BoardError::not_found("attachment", &request.attachment))?;
        if wanted.sha256.is_some() {
            return Ok(attachment_view(&state, wanted, &named));
        }
        let link = Link::open(&board, change.connection).await?;
        let store = BoardStore::new(self.clone(), board.clone(), link.identity.connection);
        let run = self.run_of(&tokio_util::sync::CancellationToken::new());
        let fetched = fetch_attachment(link.system.as_ref(), &store, &change.remote_id, wanted, &run).await;
        self.note_outcome(&board, &link, fetched.as_ref().err()).await?;
        let sha256 = fetched.map_err(|e| in_ticketing(&link, &e))?;
        self.reindex_changes(&board, [key.clone()]).await?;
        self.changed(&[Noun::Changes], &[key.as_str()]);
        let mut wanted = wanted.clone();
        wanted.sha256 = Some(sha256);
        Ok(attachment_view(&state, &wanted, &named))
    }
}
