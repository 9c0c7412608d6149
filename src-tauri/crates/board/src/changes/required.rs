//! What a change must carry (R36–R41), who must sign it, and the sign-offs it has.
use std::iter;

use domain::chain::{ReleaseType, Slot, SlotState};
use domain::change::{ChangeRequest, RawText, TextFormat};
use domain::entry::{Attestation, Verdict};
use domain::risk::RiskLevel;
use domain::roster::Role;
use domain::sign_off::{Authority, SignOff, Staleness, authority_holds};
use domain::text::{self, Block};

use super::beside;
use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::Answer;
use crate::sign_offs;
use crate::state::BoardState;
use crate::views;

/// R36–R41 as the change carries them, and of its infrastructure what R2 asks for: where that is missing, its gate says so.
pub(super) fn fields(change: &ChangeRequest) -> Vec<views::RequiredField> {
    let plain = |text: &str| text::parse(TextFormat::Plain, text);
    let field = |field: &str, label: &str, clause: &str, present: bool, value: Vec<Block>| views::RequiredField {
        field: field.to_owned(),
        label: label.to_owned(),
        clause: clause.to_owned(),
        present,
        value,
    };
    let line = |name: &str, label: &str, clause: &str, value: &str| {
        field(name, label, clause, !value.trim().is_empty(), plain(value))
    };
    let c = change;
    let mut fields = vec![
        field("description", "Description", "R36", !c.description.is_blank(), text::blocks(&c.description)),
        line("reason", "Change reason", "R37", &c.reason),
        line("affected_systems", "Affected systems", "R38", &c.affected_systems),
        line("affected_applications", "Affected applications", "R38", &c.affected_applications),
        line("affected_data", "Affected data", "R38", &c.affected_data),
        line("version", "Version", "R39", &c.version),
        line("security_scan_status", "Security scan: status", "R40", &c.security_scan_status),
        line("security_scan_results", "Security scan: results", "R40", &c.security_scan_results),
        line("environment", "Production environment", "R41", &c.environment),
    ];
    let named = [("repository", "Repository", &c.repository), ("commit", "Commit", &c.commit)];
    let named = named.into_iter().filter(|(_, _, value)| !value.trim().is_empty());
    fields.extend(named.map(|(name, label, value)| line(name, label, "R2", value)));
    fields
}

/// A text as blocks; nothing when it is blank.
pub(super) fn blocks(raw: &RawText) -> Vec<Block> {
    if raw.is_blank() { Vec::new() } else { text::blocks(raw) }
}

impl Cabinet {
    /// Who must sign the change off (R31), and whether somebody has.
    pub(crate) fn required_sign_offs(
        &self,
        state: &BoardState,
        change: &ChangeRequest,
    ) -> Answer<Vec<views::RequiredSignOff>> {
        let (_, now) = self.says(state, change)?;
        let level = now.level;
        let least = state.ledger.least(&state.policy, &change.key, level);
        let sign_offs = state.ledger.sign_offs.get(&change.key).map_or(&[][..], Vec::as_slice);
        let members = &state.roster().members;
        let holders = members
            .iter()
            .filter(|m| sign_offs::signer_refusal(state, m, change).is_none())
            .map(|m| m.name.clone())
            .collect();
        // Either authority will do; the slot is named after the one the level calls for.
        let lead = members.iter().any(|m| m.has(Role::TechnicalLead));
        let role = if level >= RiskLevel::High || !lead { Role::Cto } else { Role::TechnicalLead };
        let slots = self.department_slots(state, change, level);
        Ok(iter::once(views::RequiredSignOff {
            role,
            department: None,
            holders,
            state: match authority_holds(state.roster(), sign_offs, least, &now) {
                Authority::Holds => views::RequiredSignOffState::Holds,
                Authority::Stale => views::RequiredSignOffState::Stale,
                Authority::Rejected => views::RequiredSignOffState::Rejected,
                Authority::Missing => views::RequiredSignOffState::Missing,
            },
            reason: iter::once(
                "The project's Technical Development Lead or the CTO approves; others advise.".to_owned(),
            )
            .chain(now.moved.map(|moved| moved.shift.words()))
            .collect::<Vec<_>>()
            .join(" "),
            clause: Some("R31".to_owned()),
        })
        .chain(slots)
        .collect())
    }

    /// The slots of the departments that are involved (R12, R76), after the authority's.
    fn department_slots(
        &self,
        state: &BoardState,
        change: &ChangeRequest,
        level: RiskLevel,
    ) -> Vec<views::RequiredSignOff> {
        if state.policy.departments.is_empty() && !domain::chain::owners_named(&state.policy) {
            return Vec::new();
        }
        let named = self.material_attachments(state, change);
        let slots = self.slots(state, change, &named, Some(level));
        let view = |slot: Slot| {
            let signer = slot.signer.and_then(|id| state.roster().member(id));
            views::RequiredSignOff {
                role: signer.and_then(|m| m.roles.first().copied()).unwrap_or(Role::BoardMember),
                holders: slot.holders.iter().map(|id| state.name(*id)).collect(),
                state: match (&slot.waived, slot.state) {
                    (Some(_), _) => views::RequiredSignOffState::Waived,
                    (None, SlotState::Open) => views::RequiredSignOffState::Missing,
                    (None, SlotState::Signed) => views::RequiredSignOffState::Holds,
                    (None, SlotState::Stale) => views::RequiredSignOffState::Stale,
                    (None, SlotState::Rejected) => views::RequiredSignOffState::Rejected,
                },
                reason: text::mark_invisible(&format!(
                    "{} is involved: {}.{}",
                    slot.involvement.department,
                    slot.involvement.because,
                    slot.waived.map(|words| format!(" It is {words}.")).unwrap_or_default()
                )),
                clause: Some(slot.involvement.clause.to_owned()),
                department: Some(views::DepartmentSlot {
                    name: slot.involvement.department,
                    signer: slot.signer.map(|id| id.to_string()),
                }),
            }
        };
        slots.into_iter().map(view).collect()
    }

    /// The sign-offs on a change, oldest first, each with what differs since if it is stale.
    pub(crate) async fn sign_off_views(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        change: &ChangeRequest,
    ) -> Answer<Vec<views::SignOff>> {
        let Some(sign_offs) = state.ledger.sign_offs.get(&change.key) else { return Ok(Vec::new()) };
        let (content, now) = self.says(state, change)?;
        let mut shown = Vec::new();
        for sign_off in sign_offs {
            let staleness = sign_off.staleness(&now);
            let differs = beside(board, sign_off, staleness, (&content, now.level)).await?;
            let signer = state.roster().member(sign_off.actor);
            shown.push(views::SignOff {
                id: sign_off.entry.to_string(),
                member: sign_off.actor.to_string(),
                signer: state.name(sign_off.actor),
                role: sign_off.role.or_else(|| signer.and_then(sign_offs::capacity)).unwrap_or(Role::BoardMember),
                meaning: text::mark_invisible(&sign_off.meaning),
                attestation: sign_off.attestation,
                signed_at: crate::words::time(sign_off.claimed),
                // Whoever wrote it elsewhere used no key.
                key_fingerprint: signer
                    .filter(|_| sign_off.attestation >= Attestation::Confirmed)
                    .and_then(|m| m.signature_key())
                    .map_or_else(String::new, |k| k.id.to_string()),
                state: match (sign_off.withdrawn, sign_off.late, staleness, sign_off.body.verdict) {
                    (Some(_), _, _, _) => views::SignOffState::Withdrawn,
                    (None, true, _, _) => views::SignOffState::Late,
                    (None, false, Staleness::Current, Verdict::Approve) => views::SignOffState::Holds,
                    (None, false, Staleness::Current, Verdict::Reject) => views::SignOffState::Rejects,
                    (None, false, Staleness::ContentChanged | Staleness::RiskRose, _) => views::SignOffState::Stale,
                },
                differences: differs.differences,
                not_kept: differs.not_kept,
                reaffirmable: stands_newest(sign_offs, sign_off)
                    && staleness != Staleness::Current
                    && board.is_enrolled_here(sign_off.actor)
                    && signer.is_some_and(|m| sign_offs::signing_refusal(state, m, change).is_none()),
                rulings: crate::rulings::views(state, &change.key, sign_off.body.content, content.digest),
            });
        }
        Ok(shown)
    }

    /// Conditions on the change that were not made void: of its decision, or of an approval that the chain delegated (R85).
    pub(crate) fn condition_views(&self, state: &BoardState, change: &ChangeRequest) -> Vec<views::Condition> {
        let release = ReleaseType::of(change);
        state
            .ledger
            .conditions
            .values()
            .filter(|c| c.change == change.key && c.stands(release))
            .map(|c| views::Condition {
                id: c.condition.id.to_string(),
                text: text::mark_invisible(&c.condition.text),
                owner: text::mark_invisible(&c.condition.owner),
                due_on: Some(c.condition.due.clone()).filter(|d| !d.is_empty()),
                when: match c.condition.when {
                    domain::meeting::ConditionTime::Before => views::ConditionWhen::Before,
                    domain::meeting::ConditionTime::After => views::ConditionWhen::After,
                },
                state: if c.met.is_some() { views::ConditionState::Met } else { views::ConditionState::Open },
            })
            .collect()
    }
}

/// Whether it is the newest word of its signer: an older one is history.
pub(crate) fn stands_newest(sign_offs: &[SignOff], sign_off: &SignOff) -> bool {
    let newest = sign_offs.iter().rev().find(|s| s.actor == sign_off.actor && s.withdrawn.is_none());
    newest.is_some_and(|newest| newest.entry == sign_off.entry)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::testing::change;

    #[test]
    fn required_fields_name_their_clause_and_whether_they_are_there() {
        let mut change = change("CHG-1");
        change.version = " ".into();
        change.environment = "prod-eu".into();
        let shown = fields(&change);
        let find = |name: &str| shown.iter().find(|f| f.field == name).expect("it is required");
        assert!(!find("version").present, "white space is nothing");
        assert!(find("environment").present);
        assert_eq!(find("affected_data").clause, "R38");
    }

    #[test]
    fn repository_and_commit_are_shown_where_the_ticket_names_them() {
        let mut change = change("CHG-1");
        (change.repository, change.commit) = ("git@example:pay.git".into(), " ".into());
        let shown = fields(&change);
        let of_r2: Vec<&str> = shown.iter().filter(|f| f.clause == "R2").map(|f| f.field.as_str()).collect();
        assert_eq!(of_r2, ["repository"], "what is missing is its gate's to say: not every change has it");
        change.commit = "5f0c3a".into();
        assert_eq!(fields(&change).last().map(|f| (f.label.as_str(), f.present)), Some(("Commit", true)));
    }
}
