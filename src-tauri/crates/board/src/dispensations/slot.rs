//! A waiver of a department's sign-off: of one department, by its name (R12, R69).
use domain::chain::{Slot, SlotState};
use domain::change::ChangeRequest;
use domain::gate::{DEPARTMENTS, SLOT};
use domain::text::mark_invisible;

use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};
use crate::state::BoardState;

impl Cabinet {
    /// The slots of the departments that the change involves. The gate of the owners of services (R76) is waived as a whole.
    fn departments_of(&self, state: &BoardState, change: &ChangeRequest) -> Answer<Vec<Slot>> {
        let level = self.risk_of(state, change)?.decided.level;
        let mut slots = self.slots(state, change, &self.material_attachments(state, change), Some(level));
        slots.retain(|slot| slot.involvement.clause == "R12");
        Ok(slots)
    }

    /// The departments that have neither signed nor been waived, by the names that waivers give them.
    pub(super) fn open_slots(&self, state: &BoardState, change: &ChangeRequest) -> Answer<Vec<String>> {
        let slots = self.departments_of(state, change)?;
        let open = slots.iter().filter(|slot| slot.is_open());
        Ok(open.map(|slot| slot.involvement.department.trim().to_owned()).collect())
    }

    /// The slot that is to be waived, as a waiver names it; `None` where another gate is meant. A waiver is of one department:
    /// `departments` alone means the only one for which somebody still has to sign.
    pub(super) fn slot_named(&self, state: &BoardState, change: &ChangeRequest, gate: &str) -> Answer<Option<String>> {
        let wanted = gate.strip_prefix(SLOT);
        if gate != DEPARTMENTS && wanted.is_none() {
            return Ok(None);
        }
        let refuse = |code, rule: String, remedy: String| Err(BoardError::refused(code, rule, Some("R69"), remedy));
        let slots = self.departments_of(state, change)?;
        let open: Vec<&Slot> = slots.iter().filter(|slot| slot.is_open()).collect();
        let slot = match (wanted, open.as_slice()) {
            (Some(name), _) => slots
                .iter()
                .find(|slot| slot.involvement.department.trim().eq_ignore_ascii_case(name.trim()))
                .ok_or_else(|| BoardError::not_found("department of the change", name))?,
            (None, [one]) => *one,
            (None, []) => {
                let rule = format!("Nobody has to sign {} for a department any more.", change.key);
                return refuse("waiver_pointless", rule, "Nothing needs a waiver.".to_owned());
            }
            (None, several) => {
                let named: Vec<&str> = several.iter().map(|slot| slot.involvement.department.as_str()).collect();
                let rule = format!("A waiver covers one department, and these have not signed: {}.", named.join(", "));
                return refuse(
                    "slot_unnamed",
                    mark_invisible(&rule),
                    format!("Name one: `cab change waive {} --gate {SLOT}{}`.", change.key, named[0]),
                );
            }
        };
        let department = &slot.involvement.department;
        if slot.state == SlotState::Signed || !state.policy.blocks("R12") {
            let rule = format!("The slot of {department} does not block.");
            return refuse("waiver_pointless", mark_invisible(&rule), "Nothing needs a waiver.".to_owned());
        }
        if !state.policy.may_waive("R12") {
            let rule = format!("The policy {} lets nobody waive R12.", state.policy.name);
            let remedy = "Somebody who speaks for it signs, or adopt a policy whose waivable names R12.".to_owned();
            return refuse("not_waivable", rule, remedy);
        }
        Ok(Some(format!("{SLOT}{}", department.trim())))
    }
}
