//! The whole program against a real Redmine, through the desk alone.
//!
//! `CABINET_REDMINE` holds the line of JSON that `tests/support/redmine/start.sh` printed. Without it these tests
//! fail: a run that leaves them out by accident would show nothing. What the server holds is read by `curl`, so that
//! nothing Cabinet believes of Redmine's wire judges itself.
mod delta;
mod desk;
mod equal;
mod full_sync;
mod gate;
mod hostile_text;
mod killed;
mod material;
mod offline;
mod refused;
mod returns;
mod server;
mod silent_edits;
mod staleness;
mod written;
