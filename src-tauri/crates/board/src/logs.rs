//! Rotating logs: a file a day, without secrets. What is a secret never reaches `tracing`: keys and PINs
//! are `secrecy` values that do not print, and the HTTP client redacts its headers.
use std::path::Path;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::Config;

/// Starts logging into `folder`; logs are flushed when the guard is dropped.
///
/// # Errors
/// When the folder cannot be made or written.
pub fn start(folder: &Path, config: &Config, program: &str) -> std::io::Result<WorkerGuard> {
    std::fs::create_dir_all(folder)?;
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix(program)
        .filename_suffix("log")
        .max_log_files(config.log_keep_files() as usize)
        .build(folder)
        .map_err(std::io::Error::other)?;
    let (writer, guard) = tracing_appender::non_blocking(files);
    // Other people's crates below a warning would tell of requests and of SQL.
    let ours = ["board", "cab", "cabinet", "domain", "minutes", "record", "sample", "store", "ticketing", "vault"];
    let filter = ours.iter().fold("warn".to_owned(), |f, c| format!("{f},{c}={}", config.log_level()));
    let layer = tracing_subscriber::fmt::layer().json().with_writer(writer).with_target(true);
    // A second start in one process (tests) keeps the first.
    let _ = tracing_subscriber::registry().with(EnvFilter::new(filter)).with(layer).try_init();
    Ok(guard)
}
