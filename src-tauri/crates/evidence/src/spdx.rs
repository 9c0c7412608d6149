//! SPDX 2.2 and 2.3 as JSON: `packages`, without what the document describes.
use std::collections::BTreeSet;

use domain::evidence::{Component, Components, Format, LISTED_COMPONENTS, Says, Tool};
use serde::Deserialize;

use crate::Read;
use crate::error::{At, Fault};
use crate::json::{Fold, Sink, Text, Tools, add, or_empty};

const VERSIONS: [&str; 2] = ["SPDX-2.2", "SPDX-2.3"];

/// The document's own id (§6.3).
const DOCUMENT: &str = "SPDXRef-DOCUMENT";

/// Packages that a document may be about.
const DESCRIBED: usize = 1_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    spdx_version: Text,
    creation_info: Option<Creation>,
    packages: Option<Fold<Packages>>,
    document_describes: Option<Fold<Described>>,
    relationships: Option<Fold<Relationships>>,
}

#[derive(Deserialize)]
struct Creation {
    creators: Option<Fold<Creators>>,
}

#[derive(Default)]
struct Creators(Tools);

impl Sink for Creators {
    type Item = Text;
    fn take(&mut self, creator: Text) -> Result<(), String> {
        // §6.8: "Tool: name-version".
        if let Some(tool) = creator.0.strip_prefix("Tool:").map(str::trim) {
            let (name, version) = tool.rsplit_once('-').unwrap_or((tool, ""));
            let numbered = version.starts_with(|c: char| c.is_ascii_digit());
            let (name, version) = if numbered { (name, version) } else { (tool, "") };
            self.0.add(Tool { name: name.to_owned(), version: version.to_owned() });
        }
        Ok(())
    }
}

#[derive(Default)]
struct Described(BTreeSet<String>);

impl Described {
    fn add(&mut self, id: String) -> Result<(), String> {
        self.0.insert(id);
        if self.0.len() > DESCRIBED { Err(format!("it is about more than {DESCRIBED} packages")) } else { Ok(()) }
    }
}

impl Sink for Described {
    type Item = Text;
    fn take(&mut self, id: Text) -> Result<(), String> {
        self.add(id.0)
    }
}

#[derive(Default)]
struct Relationships(Described);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Relationship {
    spdx_element_id: Option<Text>,
    relationship_type: Option<Text>,
    related_spdx_element: Option<Text>,
}

impl Sink for Relationships {
    type Item = Relationship;
    fn take(&mut self, one: Relationship) -> Result<(), String> {
        let [from, how, to] = [one.spdx_element_id, one.relationship_type, one.related_spdx_element].map(or_empty);
        match how.as_str() {
            "DESCRIBES" if from == DOCUMENT => self.0.add(to),
            "DESCRIBED_BY" if to == DOCUMENT => self.0.add(from),
            _ => Ok(()),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    #[serde(rename = "SPDXID")]
    id: Text,
    name: Text,
    version_info: Option<Text>,
    license_concluded: Option<Text>,
    license_declared: Option<Text>,
    external_refs: Option<Fold<References>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    reference_type: Option<Text>,
    reference_locator: Option<Text>,
}

#[derive(Default)]
struct References(Option<String>);

impl Sink for References {
    type Item = Reference;
    fn take(&mut self, one: Reference) -> Result<(), String> {
        if self.0.is_none() && or_empty(one.reference_type) == "purl" {
            self.0 = one.reference_locator.map(|text| text.0);
        }
        Ok(())
    }
}

#[derive(Default)]
struct Packages {
    total: u32,
    listed: Vec<(String, Component)>,
}

/// A licence that says something (§7.13.2: `NOASSERTION`, `NONE`).
fn said(licence: Option<Text>) -> Option<String> {
    licence.map(|text| text.0).filter(|text| !text.is_empty() && text != "NOASSERTION")
}

impl Sink for Packages {
    type Item = Package;
    fn take(&mut self, package: Package) -> Result<(), String> {
        add(&mut self.total, 1);
        // One more than is shown for each that may be left out again.
        if self.listed.len() < LISTED_COMPONENTS + DESCRIBED {
            let licence = said(package.license_concluded).or_else(|| said(package.license_declared));
            let component = Component {
                name: package.name.0,
                version: or_empty(package.version_info),
                purl: package.external_refs.and_then(|all| all.0.0).unwrap_or_default(),
                licences: licence.into_iter().collect(),
            };
            self.listed.push((package.id.0, component));
        }
        Ok(())
    }
}

/// Reads a document.
pub(crate) fn read(text: &str) -> Result<Read, At> {
    let document: Document = serde_json::from_str(text)?;
    if !VERSIONS.contains(&document.spdx_version.0.as_str()) {
        let known = VERSIONS.join(", ");
        return Err(At::whole(Fault::Version(format!("{:?}, not {known}", document.spdx_version.0))));
    }
    let Some(Fold(packages)) = document.packages else {
        return Err(At::whole(Fault::Malformed("it has no list of packages".to_owned())));
    };
    let mut about = document.document_describes.unwrap_or_default().0.0;
    about.extend(document.relationships.unwrap_or_default().0.0.0);
    let (roots, mut listed): (Vec<_>, Vec<_>) = packages.listed.into_iter().partition(|(id, _)| about.contains(id));
    listed.truncate(LISTED_COMPONENTS);
    let total = packages.total.saturating_sub(u32::try_from(roots.len()).unwrap_or(u32::MAX));
    let creators = document.creation_info.and_then(|info| info.creators).unwrap_or_default().0;
    Ok(Read {
        format: Format::Spdx,
        version: document.spdx_version.0,
        tools: creators.0.0,
        says: Says::Components(Components { total, listed: listed.into_iter().map(|(_, one)| one).collect() }),
    })
}
