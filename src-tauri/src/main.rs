//! `Cabinet`, the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    cabinet::start::run(std::env::args_os())
}
