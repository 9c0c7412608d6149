//! A list of runs: of which commit, kind, environment and data set the files beside it are, where they cannot say it
//! themselves.
//!
//! ```json
//! {"cabinet_runs": 1, "all": {"commit": "5f0c3a9"},
//!  "files": {"unit.xml": {"kind": "unit", "environment": "development", "sha256": "…"}}}
//! ```
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use domain::evidence::{FileRun, Format, Run, Runs, Says, Stage};
use domain::ids::Digest;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};

use crate::Read;
use crate::error::{At, Fault};
use crate::json::Text;
use crate::provider::FILES;

/// Sets what a report says of its run: `name` is one of `commit`, `kind`, `environment`, `dataset`; any other is of no
/// concern here.
pub(crate) fn say(run: &mut Run, name: &str, value: String) -> Result<(), Fault> {
    let said = match name {
        "commit" => &mut run.commit,
        "kind" => &mut run.kind,
        "environment" => &mut run.environment,
        "dataset" => &mut run.dataset,
        _ => return Ok(()),
    };
    if name == "kind" && Stage::of_word(&value).is_none() {
        return Err(Fault::Malformed(format!("its kind is {value:?}; known are {}", Stage::WORDS)));
    }
    if !said.is_empty() && *said != value {
        return Err(Fault::Disagrees(format!("it says of its {name} {said:?}, and {value:?}")));
    }
    *said = value;
    Ok(())
}

/// Adds what a list says to what a report says itself; where they contradict each other, neither is believed.
pub(crate) fn add(run: &mut Run, said: &Run) -> Result<(), Fault> {
    let fields = [
        ("commit", &said.commit),
        ("kind", &said.kind),
        ("environment", &said.environment),
        ("dataset", &said.dataset),
    ];
    for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
        // One of them may cut the commit.
        if name == "commit" && Run::same_commit(&run.commit, value) {
            continue;
        }
        say(run, name, value.clone())?;
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    cabinet_runs: u32,
    #[serde(default)]
    all: Words,
    #[serde(default)]
    files: Files,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Words {
    commit: Text,
    kind: Text,
    environment: Text,
    dataset: Text,
    sha256: Option<Digest>,
}

#[derive(Default)]
struct Files(BTreeMap<String, Words>);

impl<'de> Deserialize<'de> for Files {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct ByName;
        impl<'de> Visitor<'de> for ByName {
            type Value = Files;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with a member for each file")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Files, A::Error> {
                let mut files = BTreeMap::new();
                while let Some((name, words)) = object.next_entry::<Text, Words>()? {
                    if files.len() >= FILES {
                        return Err(A::Error::custom(format!("more than {FILES} files")));
                    }
                    match files.entry(name.0) {
                        Entry::Vacant(place) => {
                            place.insert(words);
                        }
                        Entry::Occupied(twice) => {
                            return Err(A::Error::custom(format!("the file {:?} twice", twice.key())));
                        }
                    }
                }
                Ok(Files(files))
            }
        }
        from.deserialize_map(ByName)
    }
}

impl Words {
    fn run(&self) -> Result<Run, At> {
        let mut run = Run::default();
        let fields = [
            ("commit", &self.commit),
            ("kind", &self.kind),
            ("environment", &self.environment),
            ("dataset", &self.dataset),
        ];
        for (name, value) in fields {
            let value = value.0.trim();
            if !value.is_empty() {
                say(&mut run, name, value.to_owned()).map_err(At::whole)?;
            }
        }
        Ok(run)
    }
}

/// Reads a list of runs.
pub(crate) fn read(text: &str) -> Result<Read, At> {
    let list: List = serde_json::from_str(text)?;
    if list.cabinet_runs != 1 {
        return Err(At::whole(Fault::Version(format!("a list of runs {}, not 1", list.cabinet_runs))));
    }
    if list.all.sha256.is_some() {
        let why = "it gives one digest for all files; give each its own".to_owned();
        return Err(At::whole(Fault::Malformed(why)));
    }
    let mut runs = Runs { all: list.all.run()?, files: BTreeMap::new() };
    for (name, words) in list.files.0 {
        runs.files.insert(name, FileRun { run: words.run()?, sha256: words.sha256 });
    }
    Ok(Read { format: Format::Runs, version: "1".to_owned(), tools: Vec::new(), says: Says::Runs(runs) })
}
