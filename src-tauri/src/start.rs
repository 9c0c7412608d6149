//! From the command line to a running window.
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use board::config::Config;
use board::{Cabinet, EventSink, Network, Options, VaultChoice};
use tauri::Manager as _;

use crate::events::Windows;
use crate::sample_board::Sample;
use crate::{ipc, lock, windows};

const USAGE: &str = "Cabinet, the desk of a change advisory board

Usage: cabinet [--data-dir FOLDER] [--log-level LEVEL] [--sample]

  --data-dir FOLDER   the board's data folder
  --log-level LEVEL   error, warn, info, debug or trace
  --sample            open the sample board, with its own ticketing server and published PINs
  --help, --version

Keys live in the desktop's keyring; a board with a passphrase file is worked on with `cab --vault file`.
The command line `cab` does everything else.";

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    flags: BTreeMap<String, String>,
    sample: bool,
    /// Leaves WebKit's automation switch alone: for the project's own tests of the window.
    automated: bool,
}

fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Option<Asked>, String> {
    let mut asked = Asked::default();
    let mut args = args.into_iter().skip(1).map(|a| a.to_string_lossy().into_owned());
    while let Some(arg) = args.next() {
        let mut value = |key: &str| {
            let value = args.next().ok_or_else(|| format!("{arg} needs a value"))?;
            asked.flags.insert(key.to_owned(), value);
            Ok::<(), String>(())
        };
        match arg.as_str() {
            "--data-dir" => value("data_dir")?,
            "--vault" => value("vault")?,
            "--log-level" => value("log.level")?,
            "--sample" => asked.sample = true,
            "--automated-test" => asked.automated = true,
            "--help" | "-h" | "--version" => return Ok(None),
            other => return Err(format!("there is no option {other}")),
        }
    }
    Ok(Some(asked))
}

/// Runs the desk until its window is closed.
#[must_use]
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let asked = match parse(args.clone()) {
        Ok(Some(asked)) => asked,
        Ok(None) => {
            say(&format!("{USAGE}\n\ncabinet {}", env!("CARGO_PKG_VERSION")));
            return ExitCode::SUCCESS;
        }
        Err(why) => {
            complain(&format!("cabinet: {why}\n\n{USAGE}"));
            return ExitCode::from(2);
        }
    };
    if let Err(error) = with_webkits_environment(args, asked.automated) {
        complain(&format!("cabinet: the window's environment could not be set: {error}"));
    }
    match start(asked) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            complain(&format!("cabinet: {why}"));
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "a host answering --help")]
fn say(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "a host that cannot open a window has only this")]
fn complain(text: &str) {
    eprintln!("{text}");
}

/// WebKit reads its environment before anything of ours runs, and setting it in process is unsafe code:
/// so the program executes itself once more with it.
#[cfg(target_os = "linux")]
fn with_webkits_environment(args: impl IntoIterator<Item = OsString>, automated: bool) -> std::io::Result<()> {
    use std::os::unix::process::CommandExt as _;
    const MARK: &str = "CABINET_WINDOW_ENVIRONMENT";
    if std::env::var_os(MARK).is_some() {
        return Ok(());
    }
    let mut command = std::process::Command::new(std::env::current_exe()?);
    command.args(args.into_iter().skip(1)).env(MARK, "1");
    // Without a GPU the DMA-BUF renderer paints a frame in 96 ms instead of 20 (docs/decisions).
    let gpu = std::fs::read_dir("/dev/dri")
        .is_ok_and(|d| d.flatten().any(|e| e.file_name().to_string_lossy().starts_with("renderD")));
    if !gpu && std::env::var_os("WEBKIT_DISABLE_DMABUF_RENDERER").is_none() {
        command.env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
    }
    if !automated {
        // A release build would let any program of this user drive the window.
        command.env_remove("TAURI_WEBVIEW_AUTOMATION").env_remove("TAURI_AUTOMATION");
    }
    Err(command.exec())
}

#[cfg(not(target_os = "linux"))]
fn with_webkits_environment(_: impl IntoIterator<Item = OsString>, _: bool) -> std::io::Result<()> {
    Ok(())
}

fn base_dir(variable: &str, below_home: &str) -> PathBuf {
    std::env::var_os(variable)
        .map(PathBuf::from)
        .filter(|p| p.is_absolute())
        .or_else(|| std::env::home_dir().map(|h| h.join(below_home)))
        .unwrap_or_else(|| PathBuf::from("."))
}

#[expect(clippy::disallowed_methods, reason = "the host reads the clock; everyone else is given the time")]
fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}

/// Once a minute while the window is open: ends unlocked sessions that have run out, sends what is due, asks the
/// ticketing system again when its time has come, and looks into the shared folders.
async fn each_minute(cabinet: Cabinet, sync_interval_minutes: u32) {
    let mut clock = tokio::time::interval(std::time::Duration::from_secs(60));
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        cabinet.end_idle_sessions();
        if let Err(error) = cabinet.keep_in_touch(sync_interval_minutes).await {
            tracing::debug!(%error, "no sync now");
        }
        if let Err(error) = cabinet.keep_exchanging().await {
            tracing::debug!(%error, "no exchange now");
        }
    }
}

/// Where the window takes keys from. A passphrase file needs its passphrase, and only the command line prompts.
fn vault_of(asked: &Asked, config: &Config) -> Result<VaultChoice, String> {
    if asked.sample {
        return Ok(VaultChoice::Sample);
    }
    if config.vault() != "keyring" {
        let from = config.settings().get("vault").map_or("the settings", |s| s.from.as_str());
        return Err(format!(
            "the window takes keys from the desktop's keyring only, and {from} asks for a passphrase file. \
             Work on this board with the command line: cab --vault file"
        ));
    }
    Ok(VaultChoice::Keyring)
}

/// The calendar that is kept up to date: the person's own, never written over by the sample.
fn calendar_of(asked: &Asked, config: &Config) -> Option<PathBuf> {
    config.calendar_file().filter(|_| !asked.sample)
}

/// How servers are reached; nobody is asked to stamp the sample.
fn network_of(asked: &Asked, config: &Config) -> std::io::Result<Network> {
    let network = Network::of(config)?;
    Ok(if asked.sample { Network { timestamp_url: None, ..network } } else { network })
}

#[expect(clippy::disallowed_methods, reason = "tauri's own loop ends the process")]
fn start(asked: Asked) -> Result<(), Box<dyn std::error::Error>> {
    let folder = if asked.sample { "sample" } else { "board" };
    let built_in = base_dir("XDG_DATA_HOME", ".local/share").join("cabinet").join(folder);
    let user_file = base_dir("XDG_CONFIG_HOME", ".config").join("cabinet/config.toml");
    let variables = std::env::vars().filter(|(k, _)| k.starts_with("CABINET_")).collect();
    let config = Config::load(&asked.flags, &variables, Some(&user_file), &built_in)?;
    let logs = base_dir("XDG_STATE_HOME", ".local/state").join("cabinet");
    let _logs = board::logs::start(&logs, &config, "cabinet")?;
    // As the main thread has: unoptimised, what seals and hands out nests deep.
    let runtime = tokio::runtime::Builder::new_multi_thread().thread_stack_size(board::STACK).enable_all().build()?;
    let _entered = runtime.enter();
    tauri::async_runtime::set(runtime.handle().clone());
    let events = Arc::new(Windows::default());
    let options = Options {
        network: network_of(&asked, &config)?,
        data_dir: config.data_dir(),
        evidence_folder: config.evidence_folder(),
        calendar_file: calendar_of(&asked, &config),
        vault: vault_of(&asked, &config)?,
        clock: Arc::new(now),
        events: events.clone() as Arc<dyn EventSink>,
    };
    let cabinet = runtime.block_on(Cabinet::open(options))?;
    let sample = Sample::default();
    if asked.sample {
        let (cabinet, sample) = (cabinet.clone(), sample.clone());
        runtime.block_on(async move { sample.open(&cabinet).await })?;
    }
    runtime.spawn(each_minute(cabinet.clone(), config.sync_interval_minutes()));
    let attentive = cabinet.clone();
    runtime.spawn(async move { attentive.attend().await });
    let locked = cabinet.clone();
    lock::watch(move || locked.end_sessions());
    let builder = ipc::builder();
    tauri::Builder::default()
        .manage(cabinet)
        .manage(sample)
        .invoke_handler(builder.invoke_handler())
        .setup(move |app| {
            builder.mount_events(app);
            events.attach(app.handle().clone());
            windows::open_main(app.handle())?;
            Ok(())
        })
        .on_window_event(|window, event| {
            // The main window is the program: closing it closes what signs as well.
            if window.label() == windows::MAIN
                && let tauri::WindowEvent::Destroyed = event
            {
                window.app_handle().exit(0);
            }
        })
        .run(tauri::generate_context!())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(args: &[&str]) -> Result<Option<Asked>, String> {
        parse(std::iter::once("cabinet").chain(args.iter().copied()).map(OsString::from))
    }

    #[test]
    fn flags_are_read_and_unknown_ones_refused() {
        let asked = of(&["--data-dir", "/x", "--sample"]).expect("usable").expect("asked");
        assert_eq!(asked.flags.get("data_dir").map(String::as_str), Some("/x"));
        assert!(asked.sample && !asked.automated);
        assert_eq!(of(&["--help"]), Ok(None));
        assert!(of(&["--dta-dir", "/x"]).is_err(), "a misspelt flag is never ignored");
        assert!(of(&["--data-dir"]).is_err(), "a flag without its value is never ignored");
    }
    #[test]
    fn a_passphrase_file_is_refused_by_the_window_with_the_way_to_use_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let with = |vault: &str| {
            let flags = BTreeMap::from([("vault".to_owned(), vault.to_owned())]);
            Config::load(&flags, &BTreeMap::new(), None, folder.path()).expect("usable")
        };
        let asked = Asked::default();
        assert!(matches!(vault_of(&asked, &with("keyring")), Ok(VaultChoice::Keyring)));
        let refused = vault_of(&asked, &with("file")).expect_err("no prompt for a passphrase");
        assert!(refused.contains("cab --vault file") && refused.contains("--vault asks"), "{refused}");
        let sample = Asked { sample: true, ..Asked::default() };
        assert!(matches!(vault_of(&sample, &with("file")), Ok(VaultChoice::Sample)), "the sample has its own");
    }

    #[test]
    fn the_sample_keeps_no_calendar_file() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("config.toml"), "calendar_file = \"/srv/www/board.ics\"").expect("written");
        let config = Config::load(&BTreeMap::new(), &BTreeMap::new(), None, folder.path()).expect("usable");
        assert_eq!(calendar_of(&Asked::default(), &config), Some(PathBuf::from("/srv/www/board.ics")));
        let sample = Asked { sample: true, ..Asked::default() };
        assert_eq!(calendar_of(&sample, &config), None);
    }
}
