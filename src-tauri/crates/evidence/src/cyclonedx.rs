//! CycloneDX as JSON: `components`, and those within them; `metadata.component` is what the file is about.
use domain::evidence::{Component, Components, Format, LISTED_COMPONENTS, Says};
use serde::Deserialize;

use crate::Read;
use crate::error::{At, Fault};
use crate::json::{EitherTools, Fold, Sink, Text, add, or_empty};

/// Versions that are read: in them the fields below are the same.
const VERSIONS: [&str; 3] = ["1.4", "1.5", "1.6"];

/// Licences of one component.
const LICENCES: usize = 16;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bom {
    bom_format: Text,
    spec_version: Text,
    metadata: Option<Metadata>,
    components: Option<Fold<Listed>>,
}

#[derive(Deserialize)]
struct Metadata {
    tools: Option<EitherTools>,
}

#[derive(Deserialize)]
struct Item {
    name: Text,
    group: Option<Text>,
    version: Option<Text>,
    purl: Option<Text>,
    licenses: Option<Fold<Licences>>,
    components: Option<Fold<Listed>>,
}

#[derive(Deserialize)]
struct Choice {
    license: Option<Licence>,
    expression: Option<Text>,
}

#[derive(Deserialize)]
struct Licence {
    id: Option<Text>,
    name: Option<Text>,
}

#[derive(Default)]
struct Licences(Vec<String>);

impl Sink for Licences {
    type Item = Choice;
    fn take(&mut self, one: Choice) -> Result<(), String> {
        let named = one.license.and_then(|licence| licence.id.or(licence.name));
        if let Some(text) = one.expression.or(named) {
            if self.0.len() >= LICENCES {
                return Err(format!("a component with more than {LICENCES} licences"));
            }
            self.0.push(text.0);
        }
        Ok(())
    }
}

#[derive(Default)]
struct Listed(Components);

impl Sink for Listed {
    type Item = Item;
    fn take(&mut self, item: Item) -> Result<(), String> {
        let group = or_empty(item.group);
        let component = Component {
            name: if group.is_empty() { item.name.0 } else { format!("{group}/{}", item.name.0) },
            version: or_empty(item.version),
            purl: or_empty(item.purl),
            licences: item.licenses.unwrap_or_default().0.0,
        };
        add(&mut self.0.total, 1);
        let within = item.components.unwrap_or_default().0.0;
        add(&mut self.0.total, within.total);
        let room = LISTED_COMPONENTS.saturating_sub(self.0.listed.len());
        self.0.listed.extend(std::iter::once(component).chain(within.listed).take(room));
        Ok(())
    }
}

/// Reads a bill of materials.
pub(crate) fn read(text: &str) -> Result<Read, At> {
    let bom: Bom = serde_json::from_str(text)?;
    if bom.bom_format.0 != "CycloneDX" || !VERSIONS.contains(&bom.spec_version.0.as_str()) {
        let known = VERSIONS.join(", ");
        return Err(At::whole(Fault::Version(format!("CycloneDX {:?}, not {known}", bom.spec_version.0))));
    }
    let Some(Fold(Listed(components))) = bom.components else {
        return Err(At::whole(Fault::Malformed("it has no list of components".to_owned())));
    };
    let tools = bom.metadata.and_then(|metadata| metadata.tools).unwrap_or_default().0;
    Ok(Read {
        format: Format::Cyclonedx,
        version: bom.spec_version.0,
        tools: tools.0,
        says: Says::Components(components),
    })
}
