//! Redmine 5 and newer, over its REST API.
//!
//! What the real server was seen to do, and what follows: pages are clamped to 100 silently; open issues only
//! unless `status_id=*`; unknown filters are ignored, so every row is checked; instants without `Z` are read in
//! the account's zone, so ours always carry it; a refused transition or field is answered with 204, so every
//! write is read back; deletes, relations and edits of notes leave no trace in "updated".
mod client;
mod discover;
mod interpret;
mod list;
mod named;
mod wire;
mod write;

pub use client::Redmine;
pub(crate) use named::issues;
