//! `cab`, the desk without a window: parses input, calls [`board::Cabinet`], shows the answer. No rule lives here.
//!
//! One file per noun; each holds its verb's arguments and its answer. `host` opens the desk, `reply` prints, `exit` says
//! with which number the program ends, `secrets` is the only place that reads a PIN.
// The compiler lays a use case out down to the store's innermost future, in one query when nothing is incremental.
#![recursion_limit = "256"]

mod args;
mod boards;
mod calendar;
mod changes;
mod chase;
mod circulars;
mod connect;
mod corrections;
mod decide;
mod delegates;
mod demo;
mod dispose;
mod distribute;
mod doctor;
mod emergencies;
mod evidence;
mod exchange;
mod exit;
mod folder;
mod forks;
mod gate;
mod gates;
mod host;
mod identity;
mod import;
mod meeting_text;
mod meetings;
mod members;
mod minutes;
mod names;
mod outbox;
mod packs;
mod policies;
mod progress;
mod releases;
mod reply;
mod reschedule;
mod returns;
mod review;
mod sample_server;
mod score;
mod secrets;
mod set_aside;
mod sign_offs;
mod stale;
mod standing;
mod table;
#[cfg(test)]
mod ways;
mod written;

fn main() -> std::process::ExitCode {
    host::run(std::env::args_os())
}
