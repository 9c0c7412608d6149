//! The departments that a change involves, by what its ticket says (R12), by its level of risk (R85), and as owners of its
//! service (R85) and of services beside it (R76), and who has signed for each of them.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::calendar::services_beside;
use crate::change::ChangeRequest;
use crate::duties;
use crate::entry::{Attestation, Involved, Verdict};
use crate::ids::MemberId;
use crate::policy::{MaterialField, Policy, matches};
use crate::risk::RiskLevel;
use crate::roster::{Member, Role, Roster};
use crate::sign_off::{Present, SignOff, Staleness, latest_per_actor};

/// The field of a ticket by which a department is involved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DepartmentField {
    /// The service.
    Service,
    /// Affected systems.
    AffectedSystems,
    /// Affected applications.
    AffectedApplications,
    /// Affected data.
    AffectedData,
    /// The environment.
    Environment,
}

impl DepartmentField {
    /// All five, in order.
    pub const ALL: [Self; 5] =
        [Self::Service, Self::AffectedSystems, Self::AffectedApplications, Self::AffectedData, Self::Environment];

    /// The field as it stands among what is signed.
    #[must_use]
    pub fn material(self) -> MaterialField {
        match self {
            Self::Service => MaterialField::Service,
            Self::AffectedSystems => MaterialField::AffectedSystems,
            Self::AffectedApplications => MaterialField::AffectedApplications,
            Self::AffectedData => MaterialField::AffectedData,
            Self::Environment => MaterialField::Environment,
        }
    }

    /// The words people read.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::AffectedSystems => "affected systems",
            Self::AffectedApplications => "affected applications",
            Self::AffectedData => "affected data",
            Self::Environment => "environment",
        }
    }

    fn of(self, change: &ChangeRequest) -> &str {
        match self {
            Self::Service => &change.service,
            Self::AffectedSystems => &change.affected_systems,
            Self::AffectedApplications => &change.affected_applications,
            Self::AffectedData => &change.affected_data,
            Self::Environment => &change.environment,
        }
    }
}

/// A row of the policy: what involves a department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Department {
    /// Its name, as members speak for it in the roster.
    pub name: String,
    /// Where the ticket says so; `None` where no word of it does, and the level of risk alone involves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<DepartmentField>,
    /// What it says, in patterns: any of them; `*` is any run of characters, `?` is one, case does not matter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub says: Vec<String>,
    /// From which level of risk on it is involved whatever the ticket says (R85); `None`: its words alone involve it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<RiskLevel>,
}

impl Department {
    /// Whether it says when the department is involved: by words of a field, by a level, or by either.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.field.is_some() != self.says.is_empty() && (self.field.is_some() || self.level.is_some())
    }
}

/// What of a change says which departments it involves, and whose own change it is (R12, R89): as its ticket says it, or as
/// it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matter<'c> {
    /// The prefix of its key: the system in which its people have their accounts.
    pub prefix: &'c str,
    /// Accounts whose own change this is.
    pub involved: Involved,
    /// What stands in each field; one that is left out says nothing.
    pub says: BTreeMap<DepartmentField, &'c str>,
    /// The level of risk by which is asked (R85); of a change that nobody assessed the highest.
    pub level: RiskLevel,
}

impl<'c> Matter<'c> {
    /// Of the ticket as it is, at the level of risk by which is asked.
    #[must_use]
    pub fn of(change: &'c ChangeRequest, level: RiskLevel) -> Self {
        let says = DepartmentField::ALL.into_iter().map(|field| (field, field.of(change))).collect();
        Self { prefix: change.key.prefix(), involved: duties::involved(change), says, level }
    }

    /// Whose sign-off it needs before the board decides: the departments that it involves (R12), then the owners of its
    /// service (R85) and of services upstream and downstream of it (R76).
    fn involves(&self, policy: &Policy) -> Vec<Involvement> {
        let mut all = self.departments(policy);
        all.extend(self.owners(policy));
        all
    }

    /// The departments that are involved, each once, in the order of the policy.
    fn departments(&self, policy: &Policy) -> Vec<Involvement> {
        let mut found: Vec<Involvement> = Vec::new();
        for row in &policy.departments {
            if found.iter().any(|known| known.department == row.name) {
                continue;
            }
            if let Some(because) = self.said(row).or_else(|| self.risky(row)) {
                found.push(Involvement { department: row.name.clone(), because, clause: "R12" });
            }
        }
        found
    }

    /// The word of the ticket that involves the department of this row, if one does.
    fn said(&self, row: &Department) -> Option<String> {
        let field = row.field?;
        let mut items = items(self.says.get(&field).copied().unwrap_or_default());
        let item = items.find(|item| row.says.iter().any(|pattern| matches(pattern.trim(), item)))?;
        let item: String = item.chars().take(80).collect();
        Some(format!("{} on the ticket: “{item}”", field.words()))
    }

    /// The level of risk, where it is one at which the department of this row is involved whatever the ticket says (R85).
    fn risky(&self, row: &Department) -> Option<String> {
        let from = row.level.filter(|from| self.level >= *from)?;
        Some(format!("{} risk, asked from {} on (R85)", self.level.word(), from.word()))
    }

    /// The owners of its service, where its level of risk asks them (R85), and those of services upstream and downstream of
    /// it (R76), each once, in the order of the policy.
    fn owners(&self, policy: &Policy) -> Vec<Involvement> {
        let mut found: Vec<Involvement> = Vec::new();
        let mut add = |owner: &str, because: String| {
            let owner = owner.trim();
            if !owner.is_empty() && !found.iter().any(|known| known.department.eq_ignore_ascii_case(owner)) {
                found.push(Involvement { department: owner.to_owned(), because, clause: OWNERS });
            }
        };
        let risk = self.level.word();
        for name in items(self.says.get(&DepartmentField::Service).copied().unwrap_or_default()) {
            let shown: String = name.chars().take(80).collect();
            if policy.owners_from.asks(self.level) {
                for service in policy.services.iter().filter(|service| service.is(name)) {
                    add(&service.owner, format!("{risk} risk, and it owns “{}” (R85)", service.name));
                }
            }
            for (service, upstream) in services_beside(&policy.services, name) {
                let because = if upstream {
                    format!("it owns “{}”, on which “{shown}” depends", service.name)
                } else {
                    format!("it owns “{}”, which depends on “{shown}”", service.name)
                };
                add(&service.owner, because);
            }
        }
        found
    }

    /// Members who speak for the department and may sign this change (R89).
    fn holders(&self, policy: &Policy, roster: &Roster, department: &str) -> Vec<MemberId> {
        let may = |m: &&Member| duties::may_sign(roster, policy, m.id, self.prefix, &self.involved).is_ok();
        roster.members.iter().filter(|m| speaks_for(m, department)).filter(may).map(|m| m.id).collect()
    }
}

/// A department that a change involves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Involvement {
    /// Which.
    pub department: String,
    /// Why, in words: "the service is “payments”".
    pub because: String,
    /// The clause that asks for it: R12, or R76 for the owner of the change's service or of one beside it.
    pub clause: &'static str,
}

/// The clause by which owners of services are involved.
pub const OWNERS: &str = "R76";

/// What a field of the ticket names, one by one.
fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', '\n']).map(str::trim).filter(|item| !item.is_empty())
}

/// The departments whose sign-off a change needs at this level before the board decides: those that it involves, then the
/// owners of its service and of services upstream and downstream of it. One that is both stands for both.
#[must_use]
pub fn involved(change: &ChangeRequest, level: RiskLevel, policy: &Policy) -> Vec<Involvement> {
    Matter::of(change, level).involves(policy)
}

/// The owners of the change's service where this level asks them (R85), and of services upstream and downstream of it (R76),
/// each once, in the order of the policy.
#[must_use]
pub fn owners_involved(change: &ChangeRequest, level: RiskLevel, policy: &Policy) -> Vec<Involvement> {
    Matter::of(change, level).owners(policy)
}

/// Whether the policy says of any service who owns it.
#[must_use]
pub fn owners_named(policy: &Policy) -> bool {
    policy.services.iter().any(|service| !service.owner.trim().is_empty())
}

/// The departments that a change involves at this level, each once, in the order of the policy.
#[must_use]
pub fn departments_involved(change: &ChangeRequest, level: RiskLevel, policy: &Policy) -> Vec<Involvement> {
    Matter::of(change, level).departments(policy)
}

/// How a department's slot stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SlotState {
    /// Nobody has signed for it.
    Open,
    /// Somebody who speaks for it signed for the change as it is, and nobody who does against it.
    Signed,
    /// What was signed for it speaks of something else.
    Stale,
    /// Somebody who speaks for it rejects the change as it is.
    Rejected,
}

/// A slot of the matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Which department, and why it is involved.
    pub involvement: Involvement,
    /// How it stands.
    pub state: SlotState,
    /// By whom.
    pub signer: Option<MemberId>,
    /// Who may sign for it.
    pub holders: Vec<MemberId>,
    /// By whom it is waived and why, in words (R69); `None` where it is not.
    pub waived: Option<String>,
}

impl Slot {
    /// Whether somebody still has to sign for it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state != SlotState::Signed && self.waived.is_none()
    }
}

/// Whether the member speaks for the department; an auditor speaks for none.
#[must_use]
pub fn speaks_for(member: &Member, department: &str) -> bool {
    !member.has(Role::Auditor)
        && member.departments.iter().any(|own| own.trim().eq_ignore_ascii_case(department.trim()))
}

/// Members who speak for the department and may sign this change (R89).
#[must_use]
pub(super) fn holders(change: &ChangeRequest, policy: &Policy, roster: &Roster, department: &str) -> Vec<MemberId> {
    // Who may sign for it is the same at every level.
    Matter::of(change, RiskLevel::Critical).holders(policy, roster, department)
}

/// The matrix of a change: one slot for each department that is involved. Whoever speaks for several signs once for all of
/// theirs, and an authority who speaks for one signs for it as well. What waivers cover,
/// [`waive_slots`](crate::gate::waive_slots) says.
#[must_use]
pub fn slots(
    matter: &Matter<'_>,
    policy: &Policy,
    roster: &Roster,
    sign_offs: &[SignOff],
    least: Attestation,
    now: &Present,
) -> Vec<Slot> {
    let latest = latest_per_actor(sign_offs, least);
    let slot = |involvement: Involvement| {
        let holders = matter.holders(policy, roster, &involvement.department);
        let mut found: Option<(SlotState, MemberId)> = None;
        for signed in &latest {
            // By the people whom the ticket names, and not by those whom the sign-off says it does (R89).
            if !holders.contains(&signed.actor) {
                continue;
            }
            let state = match (signed.staleness(now), signed.body.verdict) {
                (Staleness::Current, Verdict::Reject) => SlotState::Rejected,
                (Staleness::Current, Verdict::Approve) => SlotState::Signed,
                (Staleness::ContentChanged | Staleness::RiskRose, _) => SlotState::Stale,
            };
            if found.is_none_or(|(known, _)| weight(state) > weight(known)) {
                found = Some((state, signed.actor));
            }
        }
        let (state, signer) = found.map_or((SlotState::Open, None), |(state, signer)| (state, Some(signer)));
        Slot { involvement, state, signer, holders, waived: None }
    };
    matter.involves(policy).into_iter().map(slot).collect()
}

/// Which of two words on one slot counts: no outweighs yes, and yes what is about something else.
fn weight(state: SlotState) -> u8 {
    match state {
        SlotState::Open => 0,
        SlotState::Stale => 1,
        SlotState::Signed => 2,
        SlotState::Rejected => 3,
    }
}
