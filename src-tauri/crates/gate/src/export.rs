//! An approval as it was handed out, beside what was signed.
use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use domain::approval::{Allowed, Artifact, Moment, grace, moment};
use domain::ids::ChangeKey;
use domain::ledger::Export;
use domain::policy::Policy;
use domain::sign_off::SignOff;
use record::manifest::{Shown, content_digest};

use crate::asked::Asked;
use crate::evidence::{Held, Told};
use crate::reason::{Finding, Reason};

/// Whether it only tells how the change stands.
pub(crate) fn is_snapshot(export: &Export) -> bool {
    export.artifacts.is_empty()
}

/// The exports of a change, oldest first.
pub(crate) fn exports<'t>(told: &'t Told<'_>, change: &ChangeKey) -> &'t [Export] {
    told.ledger.exports.get(change).map_or(&[][..], Vec::as_slice)
}

/// Until when it may be used: never longer than the policy lets an export live, whatever the device wrote.
pub(crate) fn good_until(export: &Export, policy: &Policy) -> DateTime<Utc> {
    let most = Duration::hours(i64::from(policy.fresh_until_hours));
    let by_policy = export.claimed.checked_add_signed(most).unwrap_or(DateTime::<Utc>::MAX_UTC);
    export.fresh_until.min(by_policy)
}

/// What the approver was shown and signed: the fields, checked against the digest in the very sign-off.
pub(crate) fn allowed(held: &Held, sign_off: &SignOff) -> Result<Allowed, Finding> {
    let place = format!("sign-off {}", sign_off.entry.short());
    let manifest = held.bundle.manifests.iter().find(|m| m.digest().is_ok_and(|d| d == sign_off.manifest));
    let manifest = manifest.ok_or_else(|| Finding::new(Reason::Withheld, format!("{place}: no manifest")))?;
    let fields = manifest.open(&held.bundle.blobs).map_err(|r| Finding::new(Reason::Evidence, r.to_string()))?;
    let present = |field: &str| match fields.get(field) {
        Some(Shown::Present(bytes)) => Some(*bytes),
        Some(Shown::Withheld) | None => None,
    };
    if let Some(field) = Allowed::FIELDS.iter().find(|f| fields.get(**f) == Some(&Shown::Withheld)) {
        return Err(Finding::new(Reason::Withheld, format!("{place}: the field {field} is withheld")));
    }
    let whole: Vec<(&str, &[u8])> = fields.keys().filter_map(|f| Some((*f, present(f)?))).collect();
    // With a field withheld the digest cannot be made again; the signature still binds it to the manifest.
    if whole.len() == fields.len() {
        let digest = content_digest(whole).map_err(|e| Finding::new(Reason::Content, e.to_string()))?;
        if digest != sign_off.body.content {
            let what = format!("{place} says content {}, shown was {}", sign_off.body.content.short(), digest.short());
            return Err(Finding::new(Reason::Content, what));
        }
    }
    Ok(Allowed::of(present))
}

/// The export says what was signed, about what was signed.
pub(crate) fn follows(
    export: &Export,
    told: &Told<'_>,
    allowed: &Allowed,
    carrying: &[&SignOff],
) -> Result<BTreeSet<Artifact>, Finding> {
    let differs = |what: String| Err(Finding::new(Reason::ExportDiffers, what));
    let mut artifacts = BTreeSet::new();
    for text in &export.artifacts {
        match text.parse::<Artifact>() {
            Ok(artifact) if allowed.artifacts.contains(&artifact) => artifacts.insert(artifact),
            Ok(_) | Err(_) => return differs(format!("the export names {text:?}, which nobody signed")),
        };
    }
    if export.environment.trim() != allowed.environment {
        let what = format!("the export says environment {:?}, signed is {:?}", export.environment, allowed.environment);
        return differs(what);
    }
    if export.window != allowed.window {
        return differs("the export says another window than the one that was signed".to_owned());
    }
    let subjects = told.entry(export.entry).map(|e| e.statement().subjects.as_slice()).unwrap_or_default();
    if !subjects.iter().any(|s| carrying.iter().any(|c| c.manifest == s.sha256)) {
        return differs("the export is about another statement than the one that was signed".to_owned());
    }
    Ok(artifacts)
}

/// What is asked beside what is allowed: every difference, not only the first.
pub(crate) fn fits(
    asked: &Asked,
    artifacts: &BTreeSet<Artifact>,
    allowed: &Allowed,
    now: DateTime<Utc>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for artifact in asked.artifacts.iter().filter(|a| !artifacts.contains(a)) {
        let signed: Vec<&str> = artifacts.iter().map(Artifact::as_str).collect();
        let what = format!("{artifact} is not among what was approved: {}", signed.join(", "));
        findings.push(Finding::new(Reason::Artifact, what));
    }
    if asked.environment.trim() != allowed.environment {
        let what = format!("approved is {:?}, asked is {:?}", allowed.environment, asked.environment);
        findings.push(Finding::new(Reason::Environment, what));
    }
    match allowed.window.as_ref().map(|window| (window, moment(window, now))) {
        None => findings.push(Finding::new(Reason::WindowMissing, "the change that was signed has no window")),
        Some((window, Moment::Before)) => {
            let what = format!("the window begins {}, it is {}", time(window.start), time(now));
            findings.push(Finding::new(Reason::WindowBefore, what));
        }
        Some((window, Moment::After)) => {
            let what = format!("the window ended {}, it is {}", time(window.end), time(now));
            findings.push(Finding::new(Reason::WindowAfter, what));
        }
        Some((_, Moment::Within)) => {}
    }
    findings
}

/// Whether the file is of an age at which it may be used.
pub(crate) fn age(newest: &Export, policy: &Policy, now: DateTime<Utc>) -> Option<Finding> {
    if newest.claimed.signed_duration_since(now) > grace() {
        let what = format!("it was exported {} by its own time, it is {}", time(newest.claimed), time(now));
        return Some(Finding::new(Reason::NotYetExported, what));
    }
    let until = good_until(newest, policy);
    (now > until).then(|| {
        let what = format!("it could be used until {}, it is {}", time(until), time(now));
        Finding::new(Reason::Expired, what)
    })
}

/// A time as people and programs read it.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
