//! Tests on real SQLite files. `support` makes folders, entries and changes.
mod backups;
mod blobs;
mod crash;
mod disk_full;
mod disposals;
mod export;
mod faults;
mod list;
mod local;
mod opening;
mod record;
mod releases;
mod sealed;
pub(crate) mod support;
mod sync;
mod windows;
