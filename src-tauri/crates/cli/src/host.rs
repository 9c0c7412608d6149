//! From the command line to an open desk, and back to an exit code.
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use board::config::Config;
use board::{Cabinet, Network, Options, VaultChoice};
use chrono::{DateTime, Utc};
use clap::Parser as _;

use crate::args::{Cli, Command, Global, VaultArg};
use crate::exit::{self, CabError, Done};
use crate::progress::Teller;
use crate::reply::{self, Reply};
use crate::{
    boards, calendar, changes, chase, circulars, connect, demo, doctor, emergencies, exchange, folder, forks, gate,
    identity, import, meetings, members, minutes, outbox, packs, policies, releases, review, sample_server, score,
    secrets, sign_offs, standing,
};

/// How long a command waits for what it began in the background.
const LONGEST_WAIT: std::time::Duration = std::time::Duration::from_secs(60);

/// This run: what every verb takes, and the settings in force.
pub struct Host {
    /// As on the command line.
    pub global: Global,
    /// The settings in force.
    pub config: Config,
    /// How servers are reached.
    pub network: Network,
}

#[expect(clippy::disallowed_methods, reason = "the host reads the clock; everyone else is given the time")]
fn clock() -> DateTime<Utc> {
    Utc::now()
}

/// Runs one command.
#[must_use]
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, args.iter().any(|a| a == "--json")),
    };
    let json = cli.global.json;
    let outcome = start(cli);
    reply::print(&outcome, json);
    ExitCode::from(outcome.as_ref().map_or_else(CabError::code, |_| exit::OK))
}

/// What clap says: help and version are no mistakes.
fn usage(error: &clap::Error, json: bool) -> ExitCode {
    let asked_for =
        matches!(error.kind(), clap::error::ErrorKind::DisplayHelp | clap::error::ErrorKind::DisplayVersion);
    if json && !asked_for {
        let what = error.to_string();
        let what = what.trim_start_matches("error: ").trim().to_owned();
        reply::print(&Err(CabError::Usage(what)), true);
    } else {
        // A reader that went away early is no fault of anybody.
        let _ = error.print();
    }
    ExitCode::from(if asked_for { exit::OK } else { exit::USAGE })
}

fn base_dir(variable: &str, below_home: &str) -> PathBuf {
    std::env::var_os(variable)
        .map(PathBuf::from)
        .filter(|p| p.is_absolute())
        .or_else(|| std::env::home_dir().map(|h| h.join(below_home)))
        .unwrap_or_else(|| PathBuf::from("."))
}

fn start(cli: Cli) -> Done<Reply> {
    let Cli { global, command } = cli;
    let built_in = base_dir("XDG_DATA_HOME", ".local/share").join("cabinet").join("board");
    let user_file = base_dir("XDG_CONFIG_HOME", ".config").join("cabinet/config.toml");
    let variables = std::env::vars_os()
        .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
        .filter(|(k, _)| k.starts_with("CABINET_"))
        .collect();
    let config = Config::load(&flags(&global), &variables, Some(&user_file), &built_in)?;
    let logs = base_dir("XDG_STATE_HOME", ".local/state").join("cabinet");
    // A command that works and cannot log still works: a read-only home must not keep an auditor from verifying.
    let _logs = board::logs::start(&logs, &config, "cab")
        .inspect_err(|why| reply::complain(&format!("cab: no log is kept in {}: {why}", logs.display())))
        .ok();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_stack_size(board::STACK)
        .enable_all()
        .build()
        .map_err(|why| CabError::System { what: "starting", why })?;
    let network = Network::of(&config).map_err(CabError::file(&config.http_ca_file().unwrap_or_default()))?;
    let host = Host { global, config, network };
    runtime.block_on(host.obey(command))
}

fn flags(global: &Global) -> BTreeMap<String, String> {
    let mut flags = BTreeMap::new();
    if let Some(folder) = &global.data_dir {
        flags.insert("data_dir".to_owned(), folder.display().to_string());
    }
    if let Some(setting) = global.vault.and_then(VaultArg::setting) {
        flags.insert("vault".to_owned(), setting.to_owned());
    }
    if let Some(level) = &global.log_level {
        flags.insert("log.level".to_owned(), level.clone());
    }
    flags
}

impl Host {
    async fn obey(&self, command: Command) -> Done<Reply> {
        match command {
            Command::Board(verb) => boards::run(self, verb).await,
            Command::Member(verb) => members::run(self, verb).await,
            Command::Identity(verb) => identity::run(self, verb).await,
            Command::Exchange(args) => exchange::exchange(self, args).await,
            Command::Fork(verb) => forks::run(self, verb).await,
            Command::Recover(args) => exchange::recover(self, args).await,
            Command::Pack(verb) => packs::run(self, verb).await,
            Command::Policy(verb) => policies::run(self, verb).await,
            Command::Connect(args) => connect::run(self, args).await,
            Command::Sync(args) => outbox::sync(self, args).await,
            Command::Change(verb) => changes::run(self, verb).await,
            Command::Calendar(args) => calendar::run(self, args).await,
            Command::Chase(args) => chase::run(self, &args).await,
            Command::Release(verb) => releases::run(self, verb).await,
            Command::Review(args) => review::run(self, args).await,
            Command::Score(args) => score::run(self, args).await,
            Command::Meeting(verb) => meetings::run(self, verb).await,
            Command::SignOff(args) => sign_offs::run(self, args).await,
            Command::Minutes(verb) => minutes::run(self, verb).await,
            Command::Outbox(args) => outbox::run(self, args).await,
            Command::Verify(args) => folder::verify(self, args).await,
            Command::Rebuild => folder::rebuild(self).await,
            Command::Export(args) => folder::export(self, args).await,
            Command::Gate(args) => gate::run(self, args),
            Command::Standing(verb) => standing::run(self, verb).await,
            Command::Receipt(args) => standing::receipt(self, args).await,
            Command::Obligation(verb) => standing::owed(self, verb).await,
            Command::Circular(verb) => circulars::run(self, verb).await,
            Command::Emergency(verb) => emergencies::run(self, verb).await,
            Command::Evidence(verb) => import::run(self, verb).await,
            Command::Backup(args) => folder::backup(self, args).await,
            Command::Restore(args) => folder::restore(self, args).await,
            Command::Doctor => doctor::run(self).await,
            Command::Demo(args) => demo::run(self, args).await,
            Command::SampleServer(args) => sample_server::run(self, args).await,
        }
    }

    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        clock()
    }

    /// The board's data folder.
    pub fn data_dir(&self) -> PathBuf {
        self.config.data_dir()
    }

    /// How a desk is opened here.
    pub fn options(&self, data_dir: PathBuf, vault: VaultChoice) -> Options {
        Options {
            network: self.network.clone(),
            data_dir,
            evidence_folder: self.config.evidence_folder(),
            calendar_file: self.config.calendar_file(),
            vault,
            clock: Arc::new(clock),
            events: Arc::new(Teller::of(self.global.json)),
        }
    }

    /// Opens the desk on the data folder.
    pub async fn open(&self) -> Done<Cabinet> {
        self.open_to_seal(false).await
    }

    /// The same; `without_timestamp` is what a person says who seals without one, whatever the settings name.
    pub async fn open_to_seal(&self, without_timestamp: bool) -> Done<Cabinet> {
        let vault = self.vault().await?;
        let mut options = self.options(self.data_dir(), vault);
        if without_timestamp {
            options.network.timestamp_url = None;
        }
        Ok(Cabinet::open(options).await?)
    }

    /// Lets what a command began in the background end: a decision on its way to its ticket. What takes longer goes on
    /// with the next `cab sync`.
    pub async fn finish(&self, cabinet: &Cabinet) {
        if tokio::time::timeout(LONGEST_WAIT, cabinet.finish_work()).await.is_err() {
            reply::complain("cab: the ticketing system takes long; `cab sync` sends what waits.");
        }
    }

    /// Which kind of vault: as asked for; else where the board's roster says its keys are; else the keyring.
    pub async fn vault_kind(&self) -> VaultArg {
        if let Some(asked) = self.global.vault {
            return asked;
        }
        let set = self.config.settings().get("vault").is_some_and(|s| s.from != "built in");
        let word = if set {
            Some(self.config.vault().to_owned())
        } else {
            // A folder that cannot be opened says why when it is opened for work.
            board::keystore_of(&self.data_dir(), self.now()).await.ok().flatten()
        };
        match word.as_deref() {
            Some("file") => VaultArg::File,
            Some("sample") => VaultArg::Sample,
            Some("memory") => VaultArg::Memory,
            Some(_) | None => VaultArg::Keyring,
        }
    }

    /// The vault, opened as far as a passphrase is needed for it.
    pub async fn vault(&self) -> Done<VaultChoice> {
        Ok(match self.vault_kind().await {
            VaultArg::Keyring => VaultChoice::Keyring,
            VaultArg::Sample => VaultChoice::Sample,
            VaultArg::Memory => VaultChoice::Memory(Arc::default()),
            VaultArg::File => {
                let fd = self.global.passphrase_fd;
                VaultChoice::File(secrets::one(fd, "--passphrase-fd", "Passphrase of the key file: ")?)
            }
        })
    }

    /// The vault where it needs nobody: `None` for a passphrase file whose passphrase was not handed over.
    pub async fn vault_unasked(&self) -> Done<Option<VaultChoice>> {
        if self.vault_kind().await == VaultArg::File && self.global.passphrase_fd.is_none() {
            return Ok(None);
        }
        self.vault().await.map(Some)
    }
}
