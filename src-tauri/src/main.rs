//! `Cabinet`, the window.
#![windows_subsystem = "windows"]

fn main() -> std::process::ExitCode {
    cabinet::start::run(std::env::args_os())
}
