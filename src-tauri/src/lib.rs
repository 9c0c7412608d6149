//! The shell: the only code that may name `tauri`. It parses the command line, opens the desk, and shows
//! its windows; everything else is the crate `board`.
pub mod commands;
pub mod events;
pub mod ipc;
pub mod lock;
pub mod sample_board;
pub mod start;
pub mod windows;
