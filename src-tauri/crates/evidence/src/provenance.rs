//! A statement of in-toto about what a build made, as SLSA's provenance is one. Signatures around it are not looked at: it is
//! the word of whoever brings it, as every other file.
use domain::evidence::{Artifact, Artifacts, Format, LISTED_COMPONENTS, Run, Says};
use domain::ids::Digest;
use serde::Deserialize;

use crate::Read;
use crate::error::{At, Fault};
use crate::json::{Fold, Sink, Text, add, or_empty};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    #[serde(rename = "_type")]
    form: Text,
    subject: Fold<Subjects>,
    predicate_type: Text,
    predicate: Option<Predicate>,
}

#[derive(Deserialize)]
struct Subject {
    name: Option<Text>,
    digest: Digests,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Digests {
    sha256: Option<Text>,
    git_commit: Option<Text>,
    sha1: Option<Text>,
}

#[derive(Default)]
struct Subjects(Artifacts);

impl Sink for Subjects {
    type Item = Subject;
    fn take(&mut self, one: Subject) -> Result<(), String> {
        add(&mut self.0.total, 1);
        let Some(sha256) = one.digest.sha256 else { return Ok(()) };
        let sha256: Digest = sha256.0.to_lowercase().parse().map_err(|_| format!("{:?} is no SHA-256", sha256.0))?;
        if self.0.listed.len() < LISTED_COMPONENTS {
            self.0.listed.push(Artifact { name: or_empty(one.name), sha256 });
        }
        Ok(())
    }
}

/// SLSA's provenance: v1 says who built in `runDetails` and of what in `buildDefinition`, v0.2 in `builder` and `materials`.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Predicate {
    run_details: Option<RunDetails>,
    build_definition: Option<BuildDefinition>,
    builder: Option<Builder>,
    materials: Option<Fold<Materials>>,
}

#[derive(Deserialize)]
struct RunDetails {
    builder: Option<Builder>,
}

#[derive(Deserialize)]
struct Builder {
    id: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BuildDefinition {
    resolved_dependencies: Option<Fold<Materials>>,
}

#[derive(Deserialize)]
struct Material {
    uri: Option<Text>,
    digest: Option<Digests>,
}

/// The first commit among what was built from.
#[derive(Default)]
struct Materials(Option<String>);

impl Sink for Materials {
    type Item = Material;
    fn take(&mut self, one: Material) -> Result<(), String> {
        let digest = one.digest.unwrap_or_default();
        // What v0.2 calls a SHA-1 is a commit where it is of a repository.
        let of_git = or_empty(one.uri).starts_with("git+");
        let commit = digest.git_commit.or(digest.sha1.filter(|_| of_git));
        if self.0.is_none() {
            self.0 = commit.map(|commit| commit.0).filter(|commit| !commit.is_empty());
        }
        Ok(())
    }
}

/// Reads a statement.
pub(crate) fn read(text: &str) -> Result<(Read, Run), At> {
    let statement: Statement = serde_json::from_str(text)?;
    let version = statement.form.0.strip_prefix("https://in-toto.io/Statement/").unwrap_or_default();
    if !matches!(version, "v1" | "v0.1") {
        return Err(At::whole(Fault::Version(format!("{:?}, not in-toto Statement v1, v0.1", statement.form.0))));
    }
    if !statement.predicate_type.0.starts_with("https://slsa.dev/provenance/") {
        let found = format!("a statement of {:?}, not of SLSA's provenance", statement.predicate_type.0);
        return Err(At::whole(Fault::Version(found)));
    }
    let version = version.to_owned();
    let Fold(Subjects(mut artifacts)) = statement.subject;
    let Predicate { run_details, build_definition, builder, materials } = statement.predicate.unwrap_or_default();
    let builder = run_details.and_then(|run| run.builder).or(builder).and_then(|builder| builder.id);
    artifacts.builder = or_empty(builder);
    let from = build_definition.and_then(|build| build.resolved_dependencies).or(materials);
    let commit = from.and_then(|Fold(Materials(commit))| commit).unwrap_or_default();
    let read = Read { format: Format::InTotoStatement, version, tools: Vec::new(), says: Says::Artifacts(artifacts) };
    Ok((read, Run { commit, ..Run::default() }))
}
