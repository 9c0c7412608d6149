//! What a change said when it was exported, beside what was signed: which edits lie between, as far as the file shows it.
use std::collections::{BTreeMap, BTreeSet};

use domain::chain::{ReleaseType, project_of_change};
use domain::ids::{ChangeKey, Digest};
use domain::ledger::Export;
use domain::plan::PlanSection;
use domain::policy::{MaterialField, Policy, kind_named, plan_section};
use domain::risk::RiskLevel;
use domain::shift::Moved;
use domain::sign_off::{Present, SignOff};
use record::manifest::{Shown, content_with_window, edited_sections};

use crate::evidence::{Held, Told};

/// The content of the export, its rulings, and where it differs from what was signed in sections of the plan alone.
pub(crate) fn present(
    held: &Held,
    told: &Told<'_>,
    policy: &Policy,
    (change, export): (&ChangeKey, &Export),
    level: RiskLevel,
) -> Present {
    let now = told.ledger.present(change, export.content, level);
    let sections = sections(told, export);
    let signed = told.ledger.sign_offs.get(change).into_iter().flatten().filter(|s| s.body.content != export.content);
    let edited = signed.filter_map(|s| Some((s.body.content, between(held, s, &sections, export.content)?))).collect();
    let moved = moved(held, told, policy, (change, export));
    let now = Present { moved, ..now.under(policy, edited) };
    // An edit of either field leaves no sign-off standing, so whatever still speaks has the same one. What is withheld, or
    // said in two ways, is of no project and names nobody: then no lead with a scope decides, or none at all. So is what
    // stands in a manifest of which a part is withheld: nobody can tell that it belongs to the content that was signed.
    let signed = told.ledger.sign_offs.get(change).into_iter().flatten();
    let speaks = |s: &&SignOff| s.withdrawn.is_none() && now.speaks(s.body.content, s.role);
    let signed: Vec<&SignOff> = signed.filter(speaks).collect();
    let project = said(held, &signed, MaterialField::Repository, |text| project_of_change(text).to_owned());
    let project = project.unwrap_or_default();
    let trimmed = |text: &str| text.trim().to_owned();
    let named = policy.named_lead.then(|| said(held, &signed, MaterialField::TechnicalLead, trimmed));
    let lead = named.and_then(|named| match named {
        Some(nobody) if nobody.is_empty() => None,
        Some(lead) => Some(lead),
        None => Some(String::new()),
    });
    let kind = policy.chain_binds.then(|| said(held, &signed, MaterialField::Kind, str::to_owned)).flatten();
    let version = policy.chain_binds.then(|| said(held, &signed, MaterialField::Version, str::to_owned)).flatten();
    let release = kind.zip(version).map(|(kind, version)| ReleaseType::by(kind_named(&kind), &version));
    let binding = told.ledger.binding_level(change, level);
    Present { project: Some(project), lead, ..now.bound(policy, release, binding) }
}

/// What a field says in what was signed; `None` where it is not there, or two say two. Only a sign-off whose fields are all
/// here, and come to the content in it, says anything.
fn said(held: &Held, signed: &[&SignOff], field: MaterialField, read: impl Fn(&str) -> String) -> Option<String> {
    let shown = signed.iter().filter(|s| fields(held, s).is_some()).filter_map(|s| {
        let manifest = held.bundle.manifests.iter().find(|m| m.digest().is_ok_and(|d| d == s.manifest))?;
        let fields = manifest.open(&held.bundle.blobs).ok()?;
        match fields.get(field.name()) {
            Some(Shown::Present(bytes)) => std::str::from_utf8(bytes).ok().map(&read),
            Some(Shown::Withheld) | None => None,
        }
    });
    let said: BTreeSet<String> = shown.collect();
    let one = said.len() == 1;
    said.into_iter().next().filter(|_| one)
}

/// How the window was moved since the decision, where nothing else of what somebody signed was edited: with the window of
/// the export in its place it comes to the content of the export, and with that of the decision to what was decided.
fn moved(held: &Held, told: &Told<'_>, policy: &Policy, (change, export): (&ChangeKey, &Export)) -> Option<Moved> {
    let now = export.window.as_ref()?;
    let signed = told.ledger.sign_offs.get(change).into_iter().flatten();
    let mut signed = signed.filter_map(|s| fields(held, s));
    let fields = signed.find(|fields| content_with_window(fields, now) == Some(export.content))?;
    told.ledger.moved(change, now, policy, |before| content_with_window(&fields, before))
}

/// The sections of the plan that the export names as edited since, as they are now.
fn sections(told: &Told<'_>, export: &Export) -> BTreeMap<PlanSection, Digest> {
    let subjects = told.entry(export.entry).map(|e| e.statement().subjects.as_slice()).unwrap_or_default();
    subjects.iter().filter_map(|subject| Some((plan_section(&subject.name)?, subject.sha256))).collect()
}

/// The sections in which the export differs from what was signed; `None` where something else does, or what was signed
/// is not all here. The fields must come to the digest that was signed, and with the sections to the one exported.
fn between(
    held: &Held,
    signed: &SignOff,
    sections: &BTreeMap<PlanSection, Digest>,
    now: Digest,
) -> Option<BTreeSet<PlanSection>> {
    edited_sections(&fields(held, signed)?, sections, now)
}

/// The digests of the fields that were signed, which come to the digest in the sign-off; `None` where one is not here.
fn fields(held: &Held, signed: &SignOff) -> Option<BTreeMap<String, Digest>> {
    let manifest = held.bundle.manifests.iter().find(|m| m.digest().is_ok_and(|d| d == signed.manifest))?;
    let mut fields = BTreeMap::new();
    for (field, shown) in manifest.open(&held.bundle.blobs).ok()? {
        let Shown::Present(bytes) = shown else { return None };
        fields.insert(field.to_owned(), Digest::of(bytes));
    }
    edited_sections(&fields, &BTreeMap::new(), signed.body.content)?;
    Some(fields)
}
