//! The conformance suite against a real Redmine. The numbers are those of the suite every adapter passes.
//!
//! `CABINET_REDMINE` holds the line of JSON that `tests/support/redmine/start.sh` printed. Without it the tests
//! fail: a suite that was not run has shown nothing. Each test makes the project it edits. Another system, in memory, shows
//! that the engine is no Redmine's; it needs no server.
#![expect(clippy::disallowed_methods, reason = "tests are hosts")]
mod memory;
mod real_redmine_attachments;
mod real_redmine_faults;
mod real_redmine_full;
mod real_redmine_mapping;
mod real_redmine_paging;
mod real_redmine_pull;
mod real_redmine_push;
mod real_redmine_push_faults;
mod real_redmine_reconcile;
mod real_redmine_render;
mod second_system;
mod server;
