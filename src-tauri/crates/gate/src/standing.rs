//! A deployment under a standing approval: the standard change still stands as it was signed off, an authority lets this
//! service's pipeline repeat it here, and it has been neither suspended nor used up (R3, R117).
use chrono::{DateTime, Utc};
use domain::ids::ChangeKey;
use domain::policy::{MaterialField, Policy};
use domain::sign_off::SignOff;
use domain::standing::{Spent, StandingApproval};
use record::manifest::Shown as Field;

use crate::asked::{Asked, Repeated};
use crate::evidence::{Held, Told};
use crate::export::time;
use crate::reason::{Finding, Reason};
use crate::verdict::StandingShown;

/// The standing approval that fits what is asked, or the newest that nearly does, with what is wrong with it.
pub(crate) fn judge(
    (held, told): (&Held, &Told<'_>),
    (asked, wanted): (&Asked, &Repeated),
    carrying: &[&SignOff],
    policy: &Policy,
    counted: bool,
    now: DateTime<Utc>,
) -> Result<(StandingShown, Vec<Finding>), Finding> {
    let content = carrying.first().map(|s| s.body.content);
    for sign_off in carrying {
        standard(held, &asked.change, sign_off)?;
    }
    let fits = |s: &&StandingApproval| {
        let body = &s.body;
        body.change == asked.change
            && Some(body.content) == content
            && body.service == wanted.service
            && body.pipeline == wanted.pipeline
            && body.environment.trim() == asked.environment.trim()
            // Whoever lets it be repeated has signed the change off: duties were segregated then (R89).
            && carrying.iter().any(|c| c.actor == s.actor)
    };
    let fitting: Vec<&StandingApproval> = told.ledger.standing_approvals.values().filter(fits).collect();
    let holding = fitting.iter().find(|s| s.holds(now).is_ok());
    let newest = fitting.iter().max_by_key(|s| told.place(s.entry));
    let Some(chosen) = holding.or(newest) else {
        let what = format!(
            "nobody who signed {} off lets pipeline {:?} deploy {:?} into {:?}",
            asked.change, wanted.pipeline, wanted.service, asked.environment
        );
        return Err(Finding::new(Reason::StandingMissing, what));
    };
    let mut findings = Vec::new();
    if let Err(spent) = chosen.holds(now) {
        findings.push(why(chosen, spent));
    }
    if !counted && !policy.standing_uncounted {
        let what =
            format!("uses not counted: at most {}, and nothing newer tells how many there were", chosen.body.uses);
        findings.push(Finding::new(Reason::StandingUncounted, what));
    }
    let name =
        held.roster().member(chosen.actor).map_or_else(|| format!("member {}", chosen.actor), |m| m.name.clone());
    let shown = StandingShown {
        entry: chosen.entry,
        signer: name,
        role: chosen.role.map_or("", |r| r.title()).to_owned(),
        service: chosen.body.service.clone(),
        pipeline: chosen.body.pipeline.clone(),
        uses: chosen.body.uses,
        counted: counted.then(|| chosen.counted()),
        expires: chosen.body.expires,
    };
    Ok((shown, findings))
}

fn why(standing: &StandingApproval, spent: Spent) -> Finding {
    match spent {
        Spent::Suspended => {
            let reason = standing.suspended.as_ref().map_or("", |(_, reason)| reason.as_str());
            Finding::new(Reason::StandingSuspended, format!("it was suspended: {reason}"))
        }
        Spent::Expired => Finding::new(Reason::StandingExpired, format!("it ended {}", time(standing.body.expires))),
        Spent::UsedUp => {
            let what = format!("used {} times of {}", standing.counted(), standing.body.uses);
            Finding::new(Reason::StandingUsedUp, what)
        }
    }
}

/// Only what was signed off as a standard change may be repeated.
fn standard(held: &Held, change: &ChangeKey, sign_off: &SignOff) -> Result<(), Finding> {
    let manifest = held.bundle.manifests.iter().find(|m| m.digest().is_ok_and(|d| d == sign_off.manifest));
    let place = format!("sign-off {}", sign_off.entry.short());
    let manifest = manifest.ok_or_else(|| Finding::new(Reason::Withheld, format!("{place}: no manifest")))?;
    let fields = manifest.open(&held.bundle.blobs).map_err(|r| Finding::new(Reason::Evidence, r.to_string()))?;
    match fields.get(MaterialField::Kind.name()) {
        Some(Field::Present(b"standard")) => Ok(()),
        Some(Field::Withheld) => Err(Finding::new(Reason::Withheld, format!("{place}: the change's kind is withheld"))),
        Some(Field::Present(_)) | None => {
            Err(Finding::new(Reason::StandingKind, format!("{change} was signed off as another kind of change")))
        }
    }
}
