//! The departments that the change involves, by what was signed and by its level of risk: who has signed for them, and whose
//! slot is waived (R12, R85). It is the desk's own rule, asked again of the file: what was said, taken back or waived since is
//! in it.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::chain::{self, DepartmentField, Matter};
use domain::dispensation::{Dispensation, Grant};
use domain::gate::waive_slots;
use domain::ids::ChangeKey;
use domain::ledger::{Export, waivers};
use domain::policy::Policy;
use domain::risk::RiskLevel;
use domain::sign_off::SignOff;
use record::manifest::Shown;

use crate::evidence::{Disputed, Held, Told};
use crate::judge::{Stands, carrying_of, stands};
use crate::own_code;
use crate::reason::{Finding, Reason};

/// Refuses what a department has neither signed nor had waived, where the policy has R12 block. `signed` carries the
/// approval: what it was shown says which departments are involved, and whose own change it is.
pub(crate) fn judge(
    (held, told): (&Held, &Told<'_>),
    policy: &Policy,
    change: &ChangeKey,
    (stands, signed): (&Stands, &SignOff),
    now: DateTime<Utc>,
) -> Result<(), Finding> {
    if policy.departments.is_empty() || !policy.blocks("R12") {
        return Ok(());
    }
    let place = format!("sign-off {}", signed.entry.short());
    let manifest = held.bundle.manifests.iter().find(|m| m.digest().is_ok_and(|d| d == signed.manifest));
    let manifest = manifest.ok_or_else(|| Finding::new(Reason::Withheld, format!("{place}: no manifest")))?;
    let fields = manifest.open(&held.bundle.blobs).map_err(|r| Finding::new(Reason::Evidence, r.to_string()))?;
    let mut says = BTreeMap::new();
    let looked_at: BTreeSet<DepartmentField> = policy.departments.iter().filter_map(|row| row.field).collect();
    for field in looked_at {
        let name = field.material().name();
        match fields.get(name) {
            Some(Shown::Present(bytes)) => {
                let no_text = |_| Finding::new(Reason::DepartmentMissing, format!("{name} is no text"));
                says.insert(field, std::str::from_utf8(bytes).map_err(no_text)?);
            }
            Some(Shown::Withheld) => {
                return Err(Finding::new(Reason::Withheld, format!("{place}: the field {name} is withheld")));
            }
            // Nobody can tell then whom it involves.
            None => {
                let what = format!("{name} says which departments are involved, and is not among what was signed");
                return Err(Finding::new(Reason::DepartmentMissing, what));
            }
        }
    }
    let involved = own_code::involved(told, change, signed);
    let in_force = told.ledger.dispensing(policy, change, stands.now.content, now);
    // The desk's own rule: nobody who has a part in the change, or shares an account, sets anything aside for it (R69, R89).
    let untied = in_force.filter(|dispensation| dispensation.untied(held.roster(), policy, &involved));
    let untied: Vec<&Dispensation> = untied.collect();
    let level = untied.iter().filter_map(|dispensation| lowered_from(dispensation)).fold(stands.level, RiskLevel::max);
    let matter = Matter { prefix: change.prefix(), involved, says, level };
    let all = told.ledger.sign_offs.get(change).map_or(&[][..], Vec::as_slice);
    let slots = chain::slots(&matter, policy, held.roster(), all, stands.least, &stands.now);
    let slots = waive_slots(slots, &waivers(untied.into_iter(), policy, held.roster()), policy);
    let open = slots.iter().filter(|slot| slot.is_open() && slot.involvement.clause == "R12");
    let open: Vec<String> =
        open.map(|slot| format!("{} ({})", slot.involvement.department, slot.involvement.because)).collect();
    if open.is_empty() {
        return Ok(());
    }
    let what = format!("{change}: neither signed nor waived for {}", open.join(", "));
    Err(Finding::new(Reason::DepartmentMissing, what))
}

/// From which level an override took it down: whoever lowers a level takes nothing away of what the score asks for (R85).
fn lowered_from(dispensation: &Dispensation) -> Option<RiskLevel> {
    match &dispensation.grant {
        Grant::Override(body) => (body.to < body.from).then_some(body.from),
        Grant::Waiver(_) | Grant::Exception(_) => None,
    }
}

/// The same of both files as one: what a department took back since counts.
pub(crate) fn judge_since(both: &Held, change: &ChangeKey, newest: &Export, now: DateTime<Utc>) -> Result<(), Finding> {
    let told = both.tell(Disputed::Left);
    let (policy, _) = both.policy(&told).map_err(|what| Finding::new(Reason::FreshEvidence, what))?;
    let found = stands(both, &told, &policy, change, newest);
    match carrying_of(&told, change, &found).first().copied() {
        Some(signed) => judge((both, &told), &policy, change, (&found, signed), now),
        None => Ok(()),
    }
}
