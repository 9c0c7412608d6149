//! The shell: the only code that may name `tauri`. It parses the command line, opens the desk, and shows
//! its windows; everything else is the crate `board`.
// The compiler lays a use case out down to the store's innermost future, in one query when nothing is incremental.
#![recursion_limit = "256"]

pub mod commands;
pub mod events;
pub mod ipc;
pub mod lock;
pub mod sample_board;
pub mod start;
pub mod windows;
