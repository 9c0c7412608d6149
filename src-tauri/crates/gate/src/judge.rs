//! The judgement, in a fixed order: the file, the board, the approval, what a newer file says, what is asked.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::dispensation::Grant;
use domain::entry::Attestation;
use domain::ids::{ChangeKey, Digest, EntryId};
use domain::ledger::Export;
use domain::policy::Policy;
use domain::risk::RiskLevel;
use domain::roster::Role;
use domain::sign_off::{Present, SignOff, Standing, carrying};
use record::refusal::{Code, Refusal};

use crate::asked::{Asked, Version};
use crate::departments;
use crate::evidence::{Disputed, Held, Told, Unheld};
use crate::export::{age, allowed, exports, fits, follows, is_snapshot};
use crate::fresh;
use crate::own_code;
use crate::present::present;
use crate::reason::{Finding, Reason};
use crate::standing;
use crate::verdict::Shown;

/// How a change stands by what a file tells.
pub(crate) struct Stands {
    pub standing: Standing,
    pub level: RiskLevel,
    /// How a sign-off must be known, and the level that asks for it: no lower than the one at which it was decided.
    pub least: Attestation,
    pub binding: RiskLevel,
    /// What the change said when it was exported.
    pub now: Present,
}

/// Judges. What the file shows is put into `shown` as soon as it verified, so that a refusal can say of what.
pub(crate) fn judge(
    approval: &[u8],
    fresh: Option<&[u8]>,
    asked: &Asked,
    now: DateTime<Utc>,
    shown: &mut Option<Shown>,
) -> Result<Vec<Finding>, Finding> {
    check_program(asked)?;
    let held = Held::read(approval, asked.roster_root).map_err(unheld)?;
    if held.sample() {
        let what = format!("{} is a sample board, its keys are published", held.roster().name);
        return Err(Finding::new(Reason::SampleBoard, what));
    }
    check_newer(&held, Reason::NeedsNewer)?;
    let told = held.tell(Disputed::Left);
    let export = newest_export(&held, &told, &asked.change)?;
    let (policy, adopted) = held.policy(&told).map_err(|what| Finding::new(Reason::Policy, what))?;
    check_policy_of(export, &told, &adopted)?;
    let stands = stands(&held, &told, &policy, &asked.change, export);
    *shown = Some(Shown::of(&held, &told, (&asked.change, export), &policy, &stands));
    if is_snapshot(export) && asked.repeated.is_none() {
        let what = format!("the newest export of {} is a snapshot, it allows nothing", asked.change);
        return Err(Finding::new(Reason::Snapshot, what));
    }
    if stands.standing != Standing::Approved {
        return Err(not_approved(&held, &policy, asked, export, &stands));
    }
    let sign_offs = carrying_of(&told, &asked.change, &stands);
    let mut fields = None;
    for sign_off in &sign_offs {
        let of_this = allowed(&held, sign_off)?;
        fields.get_or_insert(of_this);
    }
    let mut fields = fields.ok_or_else(|| Finding::new(Reason::SignOffMissing, "no sign-off carries it"))?;
    own_code::judge(&held, &told, &asked.change, &sign_offs)?;
    if let Some(signed) = sign_offs.first().copied() {
        departments::judge((&held, &told), &policy, &asked.change, (&stands, signed), now)?;
    }
    if stands.now.moved.is_some() {
        // Moved since it was decided: the signed fields come to the content of the export with just this window.
        fields.window.clone_from(&export.window);
    }
    // What repeats a standard change is another artifact each time.
    let artifacts = match asked.repeated {
        None => follows(export, &told, &fields, &sign_offs)?,
        Some(_) => BTreeSet::new(),
    };

    let mut findings = Vec::new();
    let mut both = None;
    let (newest, roster_version) = match fresh {
        None => (export.clone(), held.roster().version),
        Some(bytes) => {
            let newer = fresh::read(bytes, asked, export, &told)?;
            let joined =
                held.with(&newer, asked.roster_root).map_err(|r| Finding::new(Reason::FreshEvidence, r.to_string()))?;
            let (newest, moved) = fresh::judge(&joined, asked, export)?;
            own_code::judge_since(&joined, &asked.change, &newest)?;
            departments::judge_since(&joined, &asked.change, &newest, now)?;
            if moved.is_some() {
                fields.window.clone_from(&newest.window);
            }
            if let Some(shown) = shown.as_mut() {
                shown.refreshed(&newest, &policy, moved);
            }
            let version = joined.roster().version;
            both = Some(joined);
            (newest, version)
        }
    };
    if roster_version < asked.least_roster {
        let what = format!("roster {roster_version}, the pipeline demands {} or newer", asked.least_roster);
        findings.push(Finding::new(Reason::RosterOlder, what));
    }
    match &asked.repeated {
        None => findings.extend(fits(asked, &artifacts, &fields, now)),
        Some(wanted) => {
            // Uses and suspensions are what the newer file knows, if there is one.
            let newer = both.as_ref().map_or_else(|| held.tell(Disputed::Left), |both| both.tell(Disputed::Left));
            let of = both.as_ref().unwrap_or(&held);
            let counted = fresh.is_some();
            let (standing, wrong) = standing::judge((of, &newer), (asked, wanted), &sign_offs, &policy, counted, now)?;
            if let Some(shown) = shown.as_mut() {
                shown.standing = Some(standing);
            }
            findings.extend(wrong);
        }
    }
    findings.extend(age(&newest, &policy, now));
    Ok(findings)
}

fn check_program(asked: &Asked) -> Result<(), Finding> {
    match asked.least_program {
        Some(least) if Version::own() < least => {
            let what = format!("this is {}, the pipeline demands {least} or newer", Version::own());
            Err(Finding::new(Reason::ProgramOlder, what))
        }
        Some(_) | None => Ok(()),
    }
}

fn unheld(why: Unheld) -> Finding {
    match why {
        Unheld::Form(refusal) => Finding::new(Reason::Unreadable, refusal.to_string()),
        Unheld::Broken(refusal) => Finding::new(reason_of(&refusal), refusal.to_string()),
    }
}

fn reason_of(refusal: &Refusal) -> Reason {
    if refusal.code == Code::RosterRoot {
        Reason::RosterRoot
    } else if [Code::Duties, Code::WrittenRecorder].contains(&refusal.code) {
        Reason::Duties
    } else if refusal.code == Code::Content {
        Reason::Content
    } else {
        Reason::Evidence
    }
}

/// Entries this program cannot read might take the approval back.
pub(crate) fn check_newer(held: &Held, reason: Reason) -> Result<(), Finding> {
    let unread = held.evidence.verified.entries.iter().filter(|entry| entry.predicate().is_none()).count();
    if unread == 0 {
        return Ok(());
    }
    Err(Finding::new(reason, format!("{unread} entries need a newer Cabinet than {}", crate::PROGRAM)))
}

/// The newest export of the change, or snapshot.
fn newest_export<'t>(held: &Held, told: &'t Told<'_>, change: &ChangeKey) -> Result<&'t Export, Finding> {
    match exports(told, change).last() {
        Some(export) => Ok(export),
        None if !exports(&held.tell(Disputed::Counted), change).is_empty() => Err(Finding::new(
            Reason::Disputed,
            format!("the export of {change} stands at one place with another entry"),
        )),
        None => Err(Finding::new(Reason::NotExported, format!("no approval of {change} is in the file"))),
    }
}

/// The policy under which it was exported was adopted by the board.
fn check_policy_of(export: &Export, told: &Told<'_>, adopted: &BTreeSet<Digest>) -> Result<(), Finding> {
    let named = told.entry(export.entry).and_then(|entry| entry.predicate()).map(|p| p.policy);
    if named.is_some_and(|policy| adopted.contains(&policy)) {
        return Ok(());
    }
    Err(Finding::new(Reason::Policy, "the approval was exported under a policy that the board did not adopt"))
}

/// Where the change stands as it was exported: R30, R31, conditions.
pub(crate) fn stands(held: &Held, told: &Told<'_>, policy: &Policy, change: &ChangeKey, export: &Export) -> Stands {
    let level = raised(told, policy, (change, export), newest_level(told, policy, change));
    let (binding, least) = (told.ledger.binding_level(change, level), told.ledger.least(policy, change, level));
    let now = present(held, told, policy, (change, export), level);
    let standing = told.ledger.standing(held.roster(), change, &now, least);
    Stands { standing, level, least, binding, now }
}

/// The level that counts where overrides in force raise it: the highest of them, whatever else was said since. One that
/// lowers it stands in what was decided and signed under it, and takes back nothing of what was asked for before.
fn raised(told: &Told<'_>, policy: &Policy, (change, export): (&ChangeKey, &Export), level: RiskLevel) -> RiskLevel {
    let in_force = told.ledger.dispensing(policy, change, export.content, export.claimed);
    let raises = in_force.filter_map(|dispensation| match &dispensation.grant {
        Grant::Override(body) => (body.to > body.from).then_some(body.to),
        Grant::Waiver(_) | Grant::Exception(_) => None,
    });
    raises.max().map_or(level, |to| level.max(to))
}

/// The level of the newest risk that stands in the record: of the decision, of an assessment since, or of what an
/// authority signed since with the own key. Where there is none, the highest.
fn newest_level(told: &Told<'_>, policy: &Policy, change: &ChangeKey) -> RiskLevel {
    let ledger = &told.ledger;
    let decided = ledger.decision(change).map(|d| (d.entry, d.decision.risk.level));
    let assessed = ledger.assessments.get(change).into_iter().flatten();
    let assessed = assessed.filter(|a| !a.late).map(|a| (a.entry, a.what.stamp.level));
    let signed = ledger
        .sign_offs
        .get(change)
        .into_iter()
        .flatten()
        .filter(|s| s.withdrawn.is_none() && !s.late && s.attestation == Attestation::Signed && is_authority(s, policy))
        .map(|s| (s.entry, s.body.risk.level));
    let at = |(entry, level): (EntryId, RiskLevel)| told.place(entry).map(|place| (place, level));
    decided
        .into_iter()
        .chain(assessed)
        .chain(signed)
        .filter_map(at)
        .max()
        .map_or(RiskLevel::Critical, |(_, level)| level)
}

/// Whether it is an authority's whatever the project is, and whomever the ticket names: a lead with a scope may be of another
/// (R31), and the answers behind what such a lead signed stand in the record before it.
fn is_authority(sign_off: &SignOff, policy: &Policy) -> bool {
    let any_lead = sign_off.scope.is_empty() && !policy.named_lead;
    sign_off.role == Some(Role::Cto) || (sign_off.role == Some(Role::TechnicalLead) && any_lead)
}

/// The sign-offs that carry the approval.
pub(crate) fn carrying_of<'t>(told: &'t Told<'_>, change: &ChangeKey, stands: &Stands) -> Vec<&'t SignOff> {
    let all = told.ledger.sign_offs.get(change).map_or(&[][..], Vec::as_slice);
    carrying(all, stands.least, &stands.now)
}

/// Why it is not approved; a dispute is named where it would be approved without.
fn not_approved(held: &Held, policy: &Policy, asked: &Asked, export: &Export, found: &Stands) -> Finding {
    let with = held.tell(Disputed::Counted);
    if stands(held, &with, policy, &asked.change, export).standing == Standing::Approved {
        let what = "what the approval rests on stands at one place with another entry, and neither counts";
        return Finding::new(Reason::Disputed, what);
    }
    let what = format!("{}: {}", asked.change, found.standing.words());
    let reason = match found.standing {
        // An approval is never asked why it is none.
        Standing::Approved | Standing::Undecided => Reason::Undecided,
        Standing::AwaitingSignOff => Reason::SignOffMissing,
        Standing::AwaitingConditions => Reason::ConditionOpen,
        Standing::Stale => Reason::Stale,
        Standing::Rejected => Reason::Rejected,
        Standing::Deferred => Reason::Deferred,
        Standing::MoreInformation => Reason::MoreInformation,
        Standing::Withdrawn => Reason::ChangeWithdrawn,
    };
    if reason == Reason::SignOffMissing && by_a_lead_of_another_project(held, policy, asked, export) {
        let why = "the lead who signed decides on other projects, or is not the one whom the ticket names";
        return Finding::new(Reason::LeadScope, format!("{what}; {why}"));
    }
    if reason == Reason::SignOffMissing {
        let (risk, least) = (found.binding.word(), found.least.word());
        let since = if found.binding > found.level {
            format!(", as it was decided: {} since takes a new decision", found.level.word())
        } else {
            String::new()
        };
        let cto = if found.now.cto_only { ", and the CTO's (R61)" } else { "" };
        let what = format!("{what}; at {risk} risk a sign-off must be {least} or stronger{cto}{since}");
        return Finding::new(reason, what);
    }
    Finding::new(reason, what)
}

/// Whether it would be signed off if the scope of a lead, and whom the ticket names, were not looked at.
fn by_a_lead_of_another_project(held: &Held, policy: &Policy, asked: &Asked, export: &Export) -> bool {
    let told = held.tell(Disputed::Left);
    let found = stands(held, &told, policy, &asked.change, export);
    let now = Present { project: None, lead: None, ..found.now };
    told.ledger.standing(held.roster(), &asked.change, &now, found.least) != Standing::AwaitingSignOff
}
