//! What is told of a document beside that it holds: what it does not say, change by change and field by field, whose
//! signatures it waits for, and whose typefaces it is drawn with.
use std::collections::{BTreeMap, BTreeSet};

use domain::entry::Body;
use domain::ids::Digest;
use domain::meeting::AgendaItem;
use record::bundle::{Bundle, Evidence};
use record::manifest::Manifest;
use serde::Serialize;

/// What an edition does not say of one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unsaid {
    /// The change.
    pub change: String,
    /// The fields whose texts are not in it, by their names in the record.
    pub fields: Vec<String>,
    /// Of a restricted item: nothing of these fields is in it but one commitment to its content, and every entry about it,
    /// votes and decision included, is left out whole. Else the salted digest of each field is in it.
    pub entries: bool,
}

/// Words that are drawn with a typeface of the machine that sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Borrowed {
    /// Its family, as whoever sealed names it.
    pub family: String,
    /// How many different words or signs.
    pub words: u32,
}

/// What is not said: first of restricted items, then of changes whose fields were shown to signers.
pub(super) fn unsaid(bundle: &Bundle, found: &Evidence, restricted: &[&AgendaItem]) -> Vec<Unsaid> {
    let names = || AgendaItem::WITHHELD.map(str::to_owned).to_vec();
    let item = |item: &&AgendaItem| Unsaid { change: item.change.to_string(), fields: names(), entries: true };
    let manifests: BTreeMap<Digest, &Manifest> =
        bundle.manifests.iter().filter_map(|manifest| Some((manifest.digest().ok()?, manifest))).collect();
    let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in &found.verified.entries {
        let Some(Body::SignOff(body)) = entry.predicate().map(|predicate| &predicate.body) else { continue };
        let shown = entry.statement().subjects.iter().filter_map(|subject| manifests.get(&subject.sha256));
        let lines = shown.flat_map(|manifest| manifest.lines());
        let lines = lines.filter(|line| found.withheld.contains(&line.sha256)).map(|line| line.field.clone());
        let raw = body.written.as_ref().filter(|written| found.withheld.contains(&written.raw));
        let missing: Vec<String> = lines.chain(raw.map(|_| "the message as it came".to_owned())).collect();
        if !missing.is_empty() {
            fields.entry(body.change.to_string()).or_default().extend(missing);
        }
    }
    let of_change = |(change, fields): (String, BTreeSet<String>)| {
        let fields = fields.into_iter().collect();
        Unsaid { change, fields, entries: false }
    };
    restricted.iter().map(item).chain(fields.into_iter().map(of_change)).collect()
}

/// Whose typefaces it is drawn with, beside those compiled in.
pub(super) fn borrowed(typefaces: &minutes::Typefaces) -> Vec<Borrowed> {
    let told = |(family, words): (String, usize)| {
        let words = u32::try_from(words).unwrap_or(u32::MAX);
        Borrowed { family: minutes::clean(&family), words }
    };
    typefaces.families().into_iter().map(told).collect()
}
