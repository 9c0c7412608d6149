//! What an approval lets a pipeline deploy: read from the signed fields, never from what somebody says of them
//! (R3, R10, R39, R41, R75, R117).
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::change::Window;
use crate::policy::MaterialField;

/// Minutes before and after the window in which a deployment may still begin: pipelines queue, clocks differ, and
/// what failed for a moment is tried again.
pub const GRACE_MINUTES: i64 = 15;

/// [`GRACE_MINUTES`] as a span of time.
#[must_use]
pub fn grace() -> Duration {
    Duration::minutes(GRACE_MINUTES)
}

/// What is deployed: `sha256:<64 hex digits>` (an image, its index or one platform, a package) or
/// `<project>@<40 hex digits>` (a commit).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Artifact(String);

/// Why a text names no artifact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is neither sha256:<64 hex digits> nor <project>@<commit of 40 hex digits>")]
pub struct NoArtifact {
    /// As given, cut to 120 characters.
    pub text: String,
}

const SHA256: &str = "sha256:";
const SHA256_DIGITS: usize = 64;
const COMMIT_DIGITS: usize = 40;
/// A project's path in its forge is shorter.
const LONGEST_PROJECT: usize = 200;

impl Artifact {
    /// As it is compared: hexadecimal digits in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn digest(digits: &str) -> Option<Self> {
        let exact = digits.len() == SHA256_DIGITS && all_hex(digits);
        exact.then(|| Self(format!("{SHA256}{}", digits.to_ascii_lowercase())))
    }

    fn commit(project: &str, commit: &str) -> Option<Self> {
        let named = !project.is_empty()
            && project.len() <= LONGEST_PROJECT
            && project.starts_with(|c: char| c.is_ascii_alphanumeric())
            && project.chars().all(in_project);
        let exact = commit.len() == COMMIT_DIGITS && all_hex(commit);
        (named && exact).then(|| Self(format!("{project}@{}", commit.to_ascii_lowercase())))
    }
}

fn all_hex(digits: &str) -> bool {
    digits.bytes().all(|b| b.is_ascii_hexdigit())
}

/// What the path of a project in GitLab, GitHub and their kin consists of.
fn in_project(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/')
}

impl FromStr for Artifact {
    type Err = NoArtifact;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = match text.strip_prefix(SHA256) {
            Some(digits) => Self::digest(digits),
            None => text.rsplit_once('@').and_then(|(project, commit)| Self::commit(project, commit)),
        };
        found.ok_or_else(|| NoArtifact { text: text.chars().take(120).collect() })
    }
}

impl fmt::Display for Artifact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Artifact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Artifact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The artifacts that a text names, wherever they stand in it: alone, in a list, or at the end of an image's
/// reference (`registry.example/payments:4.2@sha256:…`). What is a digit too long or too short names none.
#[must_use]
pub fn artifacts_in(text: &str) -> BTreeSet<Artifact> {
    let digests = text.match_indices(SHA256).filter_map(|(at, found)| {
        let before = text[..at].chars().next_back();
        let apart = !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
        apart.then(|| Artifact::digest(run_of_word(&text[at + found.len()..]))).flatten()
    });
    let commits = text.match_indices('@').filter_map(|(at, found)| {
        let (before, after) = (&text[..at], run_of_word(&text[at + found.len()..]));
        let start = before.char_indices().rev().take_while(|(_, c)| in_project(*c)).last().map_or(at, |(i, _)| i);
        let apart = !before[..start].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '@' | ':'));
        apart.then(|| Artifact::commit(&before[start..], after)).flatten()
    });
    digests.chain(commits).collect()
}

/// The letters and digits at the beginning: a digest ends where no letter or digit goes on.
fn run_of_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// The path of a project in the address of its repository: `group/payments` of
/// `https://git.example/group/payments.git` and of `git@git.example:group/payments.git`.
#[must_use]
pub fn project_of(repository: &str) -> Option<&str> {
    let address = repository.trim().trim_end_matches('/');
    let path = match address.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map(|(_, path)| path)?,
        None => match address.split_once(':') {
            Some((_, path)) => path,
            None => address,
        },
    };
    let path = path.trim_start_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    (!path.is_empty() && path.chars().all(in_project)).then_some(path)
}

/// What the signed fields allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// Any of these may be deployed.
    pub artifacts: BTreeSet<Artifact>,
    /// Where to; empty where the change says nothing.
    pub environment: String,
    /// When; `None` where the change has no window.
    pub window: Option<Window>,
}

impl Allowed {
    /// Reads it from the material fields, as their names stand in the manifest: the version and the artifact's digest
    /// (R39, R10) with every artifact they name, the repository with a full commit (R2), environment (R41) and window
    /// (R75).
    #[must_use]
    pub fn of<'f>(field: impl Fn(&str) -> Option<&'f [u8]>) -> Self {
        let text = |name: &str| field(name).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
        let of = |field: MaterialField| text(field.name());
        let mut artifacts = artifacts_in(of(MaterialField::Version));
        artifacts.extend(artifacts_in(of(MaterialField::ArtifactDigest)));
        artifacts.extend(
            project_of(of(MaterialField::Repository))
                .and_then(|project| Artifact::commit(project, of(MaterialField::Commit).trim())),
        );
        let time = |name: &str| DateTime::parse_from_rfc3339(text(name)).ok().map(|t| t.with_timezone(&Utc));
        let window = match (time(WINDOW_START), time(WINDOW_END)) {
            (Some(start), Some(end)) => Some(Window { start, end, zone: text(WINDOW_ZONE).to_owned() }),
            (Some(_) | None, _) => None,
        };
        Self { artifacts, environment: of(MaterialField::Environment).trim().to_owned(), window }
    }

    /// The fields it is read from, by their names in the manifest: none of them may be withheld from a pipeline.
    pub const FIELDS: [&'static str; 8] =
        ["artifact_digest", "commit", "environment", "repository", "version", WINDOW_END, WINDOW_START, WINDOW_ZONE];
}

const WINDOW_START: &str = "window.start";
const WINDOW_END: &str = "window.end";
const WINDOW_ZONE: &str = "window.zone";

/// How a moment lies to a window, its grace included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// It has not begun.
    Before,
    /// It is on.
    Within,
    /// It is over.
    After,
}

/// Where `now` lies.
#[must_use]
pub fn moment(window: &Window, now: DateTime<Utc>) -> Moment {
    // Compared by differences: a window at the end of time does not overflow.
    if window.start.signed_duration_since(now) > grace() {
        Moment::Before
    } else if now.signed_duration_since(window.end) > grace() {
        Moment::After
    } else {
        Moment::Within
    }
}

#[cfg(test)]
mod tests;
