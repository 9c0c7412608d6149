//! Settings of this machine and person: flag, variable, the board's file, the user's file, built in –
//! the first that names a key wins, key by key (`docs/configuration.md`).
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

/// A setting that cannot be used; the start stops with it.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is no TOML.
    #[error("{place} is not TOML: {why}")]
    NotToml {
        /// The file.
        place: String,
        /// Where and what.
        why: String,
    },
    /// A key Cabinet does not have.
    #[error("{place}: Cabinet has no setting {key:?}; it knows {known}")]
    Unknown {
        /// The file.
        place: String,
        /// As written.
        key: String,
        /// All keys.
        known: String,
    },
    /// A value out of its range.
    #[error("{place}: {key} = {value:?} cannot be used: {wanted}")]
    Value {
        /// The file, variable or flag.
        place: String,
        /// The key.
        key: String,
        /// As given.
        value: String,
        /// What would be right.
        wanted: String,
    },
    /// The file is there and cannot be read.
    #[error("{place} cannot be read: {why}")]
    Unreadable {
        /// The file.
        place: String,
        /// Why.
        why: String,
    },
}

/// A value in force and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// Its text.
    pub value: String,
    /// `built in`, a file, a variable or a flag.
    pub from: String,
}

/// The settings in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Config {
    values: BTreeMap<String, Setting>,
}

/// Key, variable, built-in value, what is right. Without a variable: a variable holds for whichever board is opened, and each
/// keeps a calendar file of its own.
const KEYS: [(&str, Option<&str>, &str, Wanted); 11] = [
    ("data_dir", Some("CABINET_DATA_DIR"), "", Wanted::Path),
    ("vault", Some("CABINET_VAULT"), "keyring", Wanted::OneOf(&["keyring", "file"])),
    ("log.level", Some("CABINET_LOG_LEVEL"), "info", Wanted::OneOf(&["error", "warn", "info", "debug", "trace"])),
    ("log.keep_files", Some("CABINET_LOG_KEEP_FILES"), "14", Wanted::Between(1, 365)),
    ("sync.interval_minutes", Some("CABINET_SYNC_INTERVAL_MINUTES"), "15", Wanted::Between(0, 1440)),
    ("http.proxy", Some("CABINET_HTTP_PROXY"), "system", Wanted::Proxy),
    ("http.ca_file", Some("CABINET_HTTP_CA_FILE"), "", Wanted::Path),
    ("evidence_folder", Some("CABINET_EVIDENCE_FOLDER"), "", Wanted::Absolute),
    ("calendar_file", None, "", Wanted::Absolute),
    ("minutes.timestamp_url", Some("CABINET_MINUTES_TIMESTAMP_URL"), "", Wanted::Service),
    ("minutes.timestamp_root", Some("CABINET_MINUTES_TIMESTAMP_ROOT"), "", Wanted::Absolute),
];

#[derive(Clone, Copy)]
enum Wanted {
    Path,
    Absolute,
    OneOf(&'static [&'static str]),
    Between(u32, u32),
    Proxy,
    Service,
}

impl Wanted {
    fn check(self, value: &str) -> Result<(), String> {
        match self {
            Self::Path => Ok(()),
            Self::Absolute if value.is_empty() || Path::new(value).is_absolute() => Ok(()),
            Self::Absolute => Err("a whole path, from / on".to_owned()),
            Self::OneOf(words) if words.contains(&value) => Ok(()),
            Self::OneOf(words) => Err(format!("one of {}", words.join(", "))),
            Self::Between(least, most) => match value.parse::<u32>() {
                Ok(n) if (least..=most).contains(&n) => Ok(()),
                Ok(_) | Err(_) => Err(format!("a whole number from {least} to {most}")),
            },
            Self::Proxy if value.is_empty() || value == "system" => Ok(()),
            Self::Proxy => match url::Url::parse(value) {
                Ok(url) if matches!(url.scheme(), "http" | "https") && url.password().is_none() => Ok(()),
                Ok(_) | Err(_) => Err("an http:// or https:// address without a password".to_owned()),
            },
            Self::Service if value.is_empty() || ticketing::acceptable_service(value).is_ok() => Ok(()),
            Self::Service => Err("an https:// address, or an http:// address on this machine".to_owned()),
        }
    }
}

impl Config {
    /// Reads what is in force. `flags` and `variables` are given by the host; `data_dir` may itself come
    /// from a flag, a variable or the user's file.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn load(
        flags: &BTreeMap<String, String>,
        variables: &BTreeMap<String, String>,
        user_file: Option<&Path>,
        built_in_data_dir: &Path,
    ) -> Result<Self, ConfigError> {
        let mut values = BTreeMap::new();
        for (key, _, built_in, _) in KEYS {
            let value = if key == "data_dir" { built_in_data_dir.display().to_string() } else { built_in.to_owned() };
            values.insert(key.to_owned(), Setting { value, from: "built in".to_owned() });
        }
        let mut config = Self { values };
        if let Some(path) = user_file {
            config.read_file(path, true)?;
        }
        let early = config.clone().over(flags, variables)?;
        config.read_file(&early.data_dir().join("config.toml"), false)?;
        config.over(flags, variables)
    }

    fn over(
        mut self,
        flags: &BTreeMap<String, String>,
        variables: &BTreeMap<String, String>,
    ) -> Result<Self, ConfigError> {
        for (key, variable, _, _) in KEYS {
            let Some(variable) = variable else { continue };
            if let Some(value) = variables.get(variable) {
                self.set(key, value, &format!("variable {variable}"))?;
            }
        }
        for (key, value) in flags {
            self.set(key, value, &format!("--{}", key.replace(['.', '_'], "-")))?;
        }
        Ok(self)
    }

    fn set(&mut self, key: &str, value: &str, from: &str) -> Result<(), ConfigError> {
        let Some((_, _, _, wanted)) = KEYS.iter().find(|(k, ..)| *k == key) else {
            let known = KEYS.map(|(k, ..)| k).join(", ");
            return Err(ConfigError::Unknown { place: from.to_owned(), key: key.to_owned(), known });
        };
        wanted.check(value).map_err(|wanted| ConfigError::Value {
            place: from.to_owned(),
            key: key.to_owned(),
            value: value.chars().take(80).collect(),
            wanted,
        })?;
        self.values.insert(key.to_owned(), Setting { value: value.to_owned(), from: from.to_owned() });
        Ok(())
    }

    fn read_file(&mut self, path: &Path, users: bool) -> Result<(), ConfigError> {
        let place = path.display().to_string();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(ConfigError::Unreadable { place, why: error.to_string() }),
        };
        let table: toml::Table = text
            .parse()
            .map_err(|e: toml::de::Error| ConfigError::NotToml { place: place.clone(), why: e.to_string() })?;
        let mut flat = Vec::new();
        flatten("", &table, &mut flat);
        for (key, value) in flat {
            if key == "data_dir" && !users {
                return Err(ConfigError::Value {
                    place,
                    key,
                    value,
                    wanted: "the data folder is named in the user's own file only".to_owned(),
                });
            }
            if key == "calendar_file" && users {
                return Err(ConfigError::Value {
                    place,
                    key,
                    value: value.chars().take(80).collect(),
                    wanted: "each board keeps a file of its own: name it in config.toml in the board's data folder"
                        .to_owned(),
                });
            }
            self.set(&key, &value, &place)?;
        }
        Ok(())
    }

    fn text(&self, key: &str) -> &str {
        self.values.get(key).map_or("", |s| s.value.as_str())
    }

    fn number(&self, key: &str) -> u32 {
        // Checked when it was set.
        self.text(key).parse().unwrap_or(0)
    }

    /// The board's data folder.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        PathBuf::from(self.text("data_dir"))
    }
    /// `keyring` or `file`.
    #[must_use]
    pub fn vault(&self) -> &str {
        self.text("vault")
    }
    /// The level of the logs.
    #[must_use]
    pub fn log_level(&self) -> &str {
        self.text("log.level")
    }
    /// Daily log files kept.
    #[must_use]
    pub fn log_keep_files(&self) -> u32 {
        self.number("log.keep_files")
    }
    /// Minutes between two syncs; 0 means only when asked.
    #[must_use]
    pub fn sync_interval_minutes(&self) -> u32 {
        self.number("sync.interval_minutes")
    }
    /// The proxy: `None` for the system's, `Some("")` for none.
    #[must_use]
    pub fn http_proxy(&self) -> Option<&str> {
        Some(self.text("http.proxy")).filter(|p| *p != "system")
    }
    /// Extra certificate authorities.
    #[must_use]
    pub fn http_ca_file(&self) -> Option<PathBuf> {
        Some(self.text("http.ca_file")).filter(|p| !p.is_empty()).map(PathBuf::from)
    }
    /// Where pipelines leave files, a folder for each change.
    #[must_use]
    pub fn evidence_folder(&self) -> Option<PathBuf> {
        Some(self.text("evidence_folder")).filter(|p| !p.is_empty()).map(PathBuf::from)
    }
    /// The file in which the board's calendar is kept up to date.
    #[must_use]
    pub fn calendar_file(&self) -> Option<PathBuf> {
        Some(self.text("calendar_file")).filter(|p| !p.is_empty()).map(PathBuf::from)
    }
    /// The service that stamps what is sealed here.
    #[must_use]
    pub fn timestamp_url(&self) -> Option<&str> {
        Some(self.text("minutes.timestamp_url")).filter(|url| !url.is_empty())
    }
    /// The certificates that the service must come from, PEM.
    #[must_use]
    pub fn timestamp_root(&self) -> Option<PathBuf> {
        Some(self.text("minutes.timestamp_root")).filter(|p| !p.is_empty()).map(PathBuf::from)
    }
    /// Every value in force with its origin, by key.
    #[must_use]
    pub fn settings(&self) -> &BTreeMap<String, Setting> {
        &self.values
    }
}

fn flatten(prefix: &str, table: &toml::Table, into: &mut Vec<(String, String)>) {
    for (key, value) in table {
        let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::Table(inner) => flatten(&key, inner, into),
            toml::Value::String(text) => into.push((key, text.clone())),
            toml::Value::Integer(_)
            | toml::Value::Float(_)
            | toml::Value::Boolean(_)
            | toml::Value::Datetime(_)
            | toml::Value::Array(_) => into.push((key, value.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn a_flag_wins_over_a_variable_over_the_boards_file_over_the_users() {
        let dir = tempfile::tempdir().expect("a folder");
        let user = dir.path().join("user.toml");
        let board = dir.path().join("board");
        std::fs::create_dir(&board).expect("a folder");
        std::fs::write(&user, "vault = \"file\"\n[log]\nlevel = \"warn\"\nkeep_files = 3\n").expect("written");
        std::fs::write(board.join("config.toml"), "[log]\nlevel = \"debug\"\n").expect("written");
        let load = |flags: &[(&str, &str)], vars: &[(&str, &str)]| {
            Config::load(&map(flags), &map(vars), Some(&user), &board).expect("usable")
        };
        assert_eq!(load(&[], &[]).log_level(), "debug", "the board's file wins over the user's");
        assert_eq!(load(&[], &[]).log_keep_files(), 3, "a key only the user's file names is the user's");
        assert_eq!(load(&[], &[("CABINET_LOG_LEVEL", "error")]).log_level(), "error", "a variable wins over files");
        assert_eq!(
            load(&[("log.level", "trace")], &[("CABINET_LOG_LEVEL", "error")]).log_level(),
            "trace",
            "a flag wins over all"
        );
    }

    #[test]
    fn a_misspelt_key_or_a_wrong_value_stops_the_start_and_says_what_is_right() {
        let dir = tempfile::tempdir().expect("a folder");
        for (text, told) in [
            ("vualt = \"file\"", "no setting \"vualt\""),
            ("vault = \"plain\"", "one of keyring, file"),
            ("[log]\nkeep_files = 0", "from 1 to 365"),
            ("[http]\nproxy = \"http://u:p@host\"", "without a password"),
            ("data_dir = \"/elsewhere\"", "user's own file only"),
            ("evidence_folder = \"reports\"", "from / on"),
            ("calendar_file = \"board.ics\"", "from / on"),
            ("[minutes]\ntimestamp_url = \"http://stamp.example.org/\"", "an https:// address"),
            ("[minutes]\ntimestamp_root = \"stamp.pem\"", "from / on"),
            ("vault = ", "not TOML"),
        ] {
            std::fs::write(dir.path().join("config.toml"), text).expect("written");
            let error = Config::load(&map(&[]), &map(&[]), None, dir.path()).expect_err(text);
            assert!(error.to_string().contains(told), "{error} does not say {told}");
        }
    }

    #[test]
    fn a_timestamping_service_is_named_by_a_file_and_switched_off_by_a_variable() {
        let dir = tempfile::tempdir().expect("a folder");
        let named = "[minutes]\ntimestamp_url = \"https://stamp.example.org/tsr\"\n";
        std::fs::write(dir.path().join("config.toml"), named).expect("written");
        let load = |vars: &[(&str, &str)]| Config::load(&map(&[]), &map(vars), None, dir.path()).expect("usable");
        assert_eq!(load(&[]).timestamp_url(), Some("https://stamp.example.org/tsr"));
        assert_eq!(load(&[]).timestamp_root(), None);
        assert_eq!(load(&[("CABINET_MINUTES_TIMESTAMP_URL", "")]).timestamp_url(), None);
    }

    #[test]
    fn the_calendar_file_is_named_for_one_board_and_never_for_all_of_a_user() {
        let dir = tempfile::tempdir().expect("a folder");
        let (user, board) = (dir.path().join("user.toml"), dir.path().join("board"));
        std::fs::create_dir(&board).expect("a folder");
        let named = "calendar_file = \"/srv/www/board.ics\"";
        std::fs::write(board.join("config.toml"), named).expect("written");
        let everywhere = map(&[("CABINET_CALENDAR_FILE", "/srv/www/other.ics")]);
        let config = Config::load(&map(&[]), &everywhere, Some(&user), &board).expect("usable");
        assert_eq!(config.calendar_file(), Some(PathBuf::from("/srv/www/board.ics")));
        std::fs::write(&user, named).expect("written");
        let error = Config::load(&map(&[]), &map(&[]), Some(&user), &board).expect_err("two boards would share it");
        assert!(error.to_string().contains("each board keeps a file of its own"), "{error}");
    }
}
