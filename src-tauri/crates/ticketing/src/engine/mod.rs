//! What every system has in common: retries, waiting, storing, progress, cancelling.
mod content;
mod pull;
mod push;
mod push_state;
mod reconcile;
mod run;

pub use content::content_digest;
pub use pull::{SyncReport, dry_run, fetch_attachment, sync};
pub use push::{Judge, ON_THE_TICKET, push, recover};
pub use push_state::{BaseSeen, Judgement, PushFile, PushJournal, PushOperation, PushReceipt, PushState, by_content};
pub use reconcile::{Gone, ReconcileReport, reconcile};
pub use run::{Progress, Run};
