//! What a pipeline asks.
use std::fmt;
use std::str::FromStr;

use domain::approval::Artifact;
use domain::ids::ChangeKey;
use record::roster::RosterFingerprint;
use serde::{Serialize, Serializer};

/// What a pipeline asks of an approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The change.
    pub change: ChangeKey,
    /// What is to be deployed: each of these must be approved. An image's index and its platforms, or a commit.
    pub artifacts: Vec<Artifact>,
    /// Where to, as the ticket names it.
    pub environment: String,
    /// The root of trust, as the pipeline knows it from elsewhere.
    pub roster_root: RosterFingerprint,
    /// The least version of the roster: an older one may still list a key that was taken away since.
    pub least_roster: u32,
    /// The least version of this program.
    pub least_program: Option<Version>,
    /// Under a standing approval of a standard change instead of an approval of these artifacts.
    pub repeated: Option<Repeated>,
}

/// Which service's pipeline repeats a standard change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Repeated {
    /// The service, as the standing approval names it.
    pub service: String,
    /// The pipeline.
    pub pipeline: String,
}

/// A version of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version([u32; 3]);

impl Version {
    /// That of this program.
    #[must_use]
    pub fn own() -> Self {
        env!("CARGO_PKG_VERSION").parse().unwrap_or(Self([0; 3]))
    }
}

impl FromStr for Version {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers: Option<Vec<u32>> = text
            .split('.')
            .map(|n| if (n.len() > 1 && n.starts_with('0')) || n.starts_with('+') { None } else { n.parse().ok() })
            .collect();
        match numbers.as_deref() {
            Some([major, minor, patch]) => Ok(Self([*major, *minor, *patch])),
            Some(_) | None => Err(format!("{text:?} is no version like {}", env!("CARGO_PKG_VERSION"))),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
