//! The body of Redmine's one write: note, status, own fields and upload together in a single PUT.
use serde_json::{Map, Value, json};

use super::client::numeric_id;
use crate::errors::TicketingError;
use crate::system::Write;

/// The JSON of `PUT /issues/N.json`.
///
/// # Errors
/// [`TicketingError::Mapping`] when a status or field id is not Redmine's.
pub fn body(write: &Write<'_>) -> Result<Vec<u8>, TicketingError> {
    let mut issue = Map::new();
    if !write.note.is_empty() {
        issue.insert("notes".into(), write.note.clone().into());
    }
    if let Some(status) = write.status {
        issue.insert("status_id".into(), numeric_id(status)?.into());
    }
    if !write.fields.is_empty() {
        let mut fields = Vec::new();
        for (id, value) in write.fields {
            let number = id.strip_prefix("cf:").and_then(|n| n.parse::<u32>().ok());
            let number = number
                .ok_or_else(|| TicketingError::Mapping { why: format!("{id:?} is not a field that can be written") })?;
            fields.push(json!({ "id": number, "value": value }));
        }
        issue.insert("custom_fields".into(), Value::Array(fields));
    }
    if let Some(file) = write.file {
        issue.insert(
            "uploads".into(),
            json!([{
                "token": file.handle,
                "filename": file.name,
                "content_type": file.content_type,
                "description": file.description,
            }]),
        );
    }
    serde_json::to_vec(&json!({ "issue": issue })).map_err(|e| TicketingError::Mapping { why: e.to_string() })
}
