//! The rules that look at the departments, and at the owners of services.
use super::{Gate, GateOutcome, GateResult, Look, Waiver, quoted};
use crate::chain::{Slot, SlotState};
use crate::change::ChangeRequest;
use crate::policy::Policy;

/// The id of the gate of R12.
pub const DEPARTMENTS: &str = "departments";
/// The id of the gate of R76.
pub const OWNERS_GATE: &str = "owners";

/// What stands before the name of a department where a waiver is of its slot: `departments:Payments`.
pub const SLOT: &str = "departments:";

/// The slots with what waivers cover (R69): each waiver names one department, and covers its slot alone, where the policy
/// blocks R12 and lets two people waive it. What was signed needs none.
#[must_use]
pub fn waive_slots(mut slots: Vec<Slot>, waivers: &[Waiver], policy: &Policy) -> Vec<Slot> {
    if !policy.blocks("R12") || !policy.may_waive("R12") {
        return slots;
    }
    for slot in slots.iter_mut().filter(|slot| slot.state != SlotState::Signed && slot.involvement.clause == "R12") {
        let names = |waiver: &&Waiver| {
            waiver.clause == "R12"
                && waiver.gate.strip_prefix(SLOT).is_some_and(|name| name.trim() == slot.involvement.department.trim())
        };
        slot.waived = waivers.iter().find(names).map(|waiver| {
            let (by, second, why) = (&waiver.by, &waiver.second, quoted(&waiver.reason));
            format!("waived by {by}, seconded by {second} (R69): {why}")
        });
    }
    slots
}

/// R12: every department that the change involves has signed for what is there now. It fails where the policy blocks R12, and
/// warns elsewhere. It is waived where somebody signed for each department, or two people waived its slot.
#[must_use]
pub fn departments_gate(slots: &[Slot], policy: &Policy) -> GateOutcome {
    let gate = Gate::new(DEPARTMENTS, "R12", "Every department involved has signed");
    if policy.departments.is_empty() {
        return Look::at(gate, "departments of the policy: none").not_applicable("the policy names no departments");
    }
    if slots.is_empty() {
        let why = "the change involves no department of the policy";
        return Look::at(gate, format!("rows of the policy: {}", policy.departments.len())).not_applicable(why);
    }
    signed(gate, slots, policy, "signed for every department involved")
}

/// R76: the owners of the services upstream and downstream of the change's own, and from the level of `owners_from` on those
/// of its own (R85), have signed for what is there now. It fails
/// where the policy blocks R76, and warns elsewhere; a change that does not say which service it is about hides behind nothing.
#[must_use]
pub fn owners_gate(change: &ChangeRequest, slots: &[Slot], policy: &Policy) -> GateOutcome {
    let gate = Gate::new(OWNERS_GATE, "R76", "Owners of the services have signed");
    let service = change.service.trim();
    if service.is_empty() {
        let by = "name on the ticket which service the change is about";
        return Look::at(gate, "service: nothing").broken(policy, "nobody can say which services depend on it", by);
    }
    if slots.is_empty() {
        let why = "the policy names no owner who is asked at this risk";
        return Look::at(gate, format!("service: {}", quoted(service))).not_applicable(why);
    }
    signed(gate, slots, policy, "signed for every service whose owner is asked")
}

/// How a matrix of slots stands.
fn signed(gate: Gate, slots: &[Slot], policy: &Policy, whole: &str) -> GateOutcome {
    let said = |slot: &Slot| {
        let word = match (&slot.waived, slot.state) {
            (Some(_), _) => "waived",
            (None, SlotState::Open) => "open",
            (None, SlotState::Signed) => "signed",
            (None, SlotState::Stale) => "stale",
            (None, SlotState::Rejected) => "rejected",
        };
        format!("{}: {word}", slot.involvement.department)
    };
    let look = Look::at(gate, slots.iter().map(said).collect::<Vec<_>>().join("; "));
    let named = |state: SlotState| -> Vec<&str> {
        let left = slots.iter().filter(|s| s.state == state && s.waived.is_none());
        left.map(|s| s.involvement.department.as_str()).collect()
    };
    let waived = slots.iter().filter_map(|s| Some(format!("{}: {}", s.involvement.department, s.waived.as_ref()?)));
    let waived: Vec<String> = waived.collect();
    let (open, stale, rejected) = (named(SlotState::Open), named(SlotState::Stale), named(SlotState::Rejected));
    let mut why = Vec::new();
    let mut by = Vec::new();
    if !rejected.is_empty() {
        why.push(format!("rejected for {}", rejected.join(", ")));
        by.push(format!("whoever speaks for {} signs what the change says now", rejected.join(", ")));
    }
    if !stale.is_empty() {
        why.push(format!("edited since it was signed for {}", stale.join(", ")));
        by.push(format!("it is signed again for {}", stale.join(", ")));
    }
    if !open.is_empty() {
        why.push(format!("not signed for {}", open.join(", ")));
        by.push(format!("a member who speaks for each signs the change off: {}", open.join(", ")));
    }
    if why.is_empty() && waived.is_empty() {
        return look.passed(whole);
    }
    if why.is_empty() {
        return look.says(GateResult::Waived, false, waived.join("; "), "");
    }
    why.extend(waived);
    look.broken(policy, why.join("; "), by.join("; "))
}
