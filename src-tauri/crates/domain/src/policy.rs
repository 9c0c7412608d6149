//! The policy in force: rules as canonical data, with a digest in every entry (R14).
//!
//! Three are built in, each also as its *Part 11* profile and with sealed entries; a board that writes its own starts from one
//! of them. Nothing here is a float or depends on the order of a hash map, so that equal policies have equal bytes.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::calendar::{Coverage, CoverageError, Freeze, FreezeError, Service};
use crate::chain::{Chains, Department, Hours, HoursFault, Ladder, LadderFault, Raci, Region, ReleaseType};
use crate::emergency::EmergencyRules;
use crate::entry::Attestation;
use crate::plan::PlanSection;
use crate::risk::{RiskLevel, RiskRules, RulesFault};
use crate::roster::Role;

mod as_shown;
mod asked_from;
pub mod authored;
mod by_type;
mod check;
mod dispensing;
mod glob;
mod material;
mod minutes;
pub mod proposal;
mod recovery;
mod shipped;
#[cfg(test)]
mod tests;

pub use as_shown::change_as_shown;
pub use asked_from::AskedFrom;
pub(crate) use by_type::article;
pub use by_type::{MOST_LEAD_TIME, TESTS, Threshold, TypeRules, Types};
use check::twice;
pub use glob::matches;
pub use material::{
    MaterialField, attached, attachments_named_in_plan, kind_named, plan_field, plan_section, window_fields,
};
pub use minutes::{CORRECTION_DAYS, Countersigner, MinutesApprovalRule, MinutesLanguage, MinutesPaper, MinutesRules};
pub use recovery::RecoveryOf;
use shipped::{after_care, asked_from, blocking, least, sections};

/// How strictly a policy blocks (`decisions.md`, *Hard blocks*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// Gates advise; only R11, R30, R32 and R89 block.
    Observe,
    /// Required fields, `main`, and rollback evidence above Medium block as well.
    Starter,
    /// The mandatory plan sections and an emergency that nobody declared block as well, and high risk needs own keys.
    Full,
}

impl Strength {
    /// The word people read, and the name of the built-in policy.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Starter => "starter",
            Self::Full => "full",
        }
    }
}

/// How many seats must be present to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum QuorumFormula {
    /// floor(n/2)+1.
    StrictMajority,
    /// ceil(p·n/100), and one at least.
    AtLeastPercent {
        /// 0 to 100.
        percent: u32,
    },
}

/// When the board may decide. n = filled voting seats not recused on the item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct QuorumRule {
    /// The formula.
    pub formula: QuorumFormula,
    /// Whether the seats the roster marks as mandatory must be present.
    pub mandatory_seats: bool,
}

/// How many votes carry. n = approve + reject; abstentions are printed, not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ThresholdFormula {
    /// More for than against: floor(n/2)+1.
    SimpleMajority,
    /// ceil(p·n/100), and one at least.
    AtLeastPercent {
        /// 0 to 100.
        percent: u32,
    },
}

/// When a vote carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ThresholdRule {
    /// The formula.
    pub formula: ThresholdFormula,
    /// Whether the chair breaks a tie.
    pub casting_vote: bool,
}

/// What is attested: a vote (advice) or a sign-off (authority).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// A vote on an item.
    Vote,
    /// A sign-off on a change.
    SignOff,
}

/// The least attestation per slot and risk level (`record.md`, *Who acts*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeastAttestation {
    /// For votes; a level not named needs the actor's own key.
    pub vote: BTreeMap<RiskLevel, Attestation>,
    /// For sign-offs; a level not named needs the actor's own key.
    pub sign_off: BTreeMap<RiskLevel, Attestation>,
}

/// The rules in force. Canonical JSON of this is what entries name by digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// `urn:x-cabinet:policy:1`.
    pub schema: String,
    /// Name and version, `starter/1`.
    pub name: String,
    /// How strictly it blocks.
    pub strength: Strength,
    /// Production environments by name (R41): `*` any run, `?` one character, case ignored.
    pub environment: String,
    /// The only branch that is promoted (R42).
    pub branch: String,
    /// Clauses that block besides the hard ones; every other gate warns.
    pub blocking: Vec<String>,
    /// The material fields: what a sign-off speaks for. An allow-list.
    pub material: Vec<MaterialField>,
    /// The plan sections on which the sign-off of each role depends.
    pub sections: BTreeMap<Role, Vec<PlanSection>>,
    /// When the board may decide.
    pub quorum: QuorumRule,
    /// When a vote carries.
    pub threshold: ThresholdRule,
    /// How an act must be known to count.
    pub least: LeastAttestation,
    /// Whether each act needs the PIN (no sessions).
    pub pin_every_act: bool,
    /// Age in hours after which the gate refuses an exported approval.
    pub fresh_until_hours: u32,
    /// Accounts that several people or programs use, as `<prefix>:<account id>`: as an author
    /// they fail closed (R89).
    pub shared_accounts: Vec<String>,
    /// Whether a pipeline may run on a standing approval without a newer file, when its uses cannot be counted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub standing_uncounted: bool,
    /// Whether a pipeline may break the glass: deploy what the gate refuses, and owe a review for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub break_glass: bool,
    /// By how many minutes the window may be moved after the decision, while what was said of the change goes on speaking
    /// for it; 0: every shift is an edit.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub window_tolerance_minutes: u32,
    /// How many of a hundred lines tests must reach (R62); 0: the policy asks for none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub coverage_percent: u32,
    /// How many accounts other than its author's must approve each merge request (R62); 0 is one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub review_approvals: u32,
    /// Components with high traffic, in patterns: a change of one takes load tests (R83); left out where none is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub high_traffic: Vec<String>,
    /// Whether a Technical Development Lead signs with authority only where the ticket names that one, or nobody (R31).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub named_lead: bool,
    /// Whether the chain binds (R61): what it delegates an authority approves without an agenda, and from High on only the CTO
    /// signs with authority.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub chain_binds: bool,
    /// Whether entries, and what they show, are sealed to the members before they go to a relay.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sealed_entries: bool,
    /// Whether any change may be decided in writing between meetings; an emergency always may.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub circular_any: bool,
    /// Times in which nothing goes out, or only what is excepted (R58, R77); left out where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub freezes: Vec<Freeze>,
    /// Clauses whose gates two people may waive (R69); left out where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivable: Vec<String>,
    /// The roles that may waive, override and except, and second it (R69); left out: [`Policy::DISPENSING`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dispensation_roles: Vec<Role>,
    /// How many minutes a rollback may take, per type of release or kind of change (R92); see [`Policy::recovery`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rto: BTreeMap<RecoveryOf, u32>,
    /// Roles of which one approves the plan, apart from the decision on the change (R16); where none is named nobody is asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plan_approval: Vec<Role>,
    /// Who takes a change up, by type of release and level of risk (R56, R61); left out: delegated for Low, else the board.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub chains: Chains,
    /// What involves a department (R12); left out where no department signs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub departments: Vec<Department>,
    /// Who is responsible, accountable, consulted and informed, by type of release (R59).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub raci: Raci,
    /// When the board works (R64); left out: Monday to Friday, 09:00 to 17:00 UTC.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hours: Hours,
    /// After how many working hours what happens to whoever does not answer (R63, R64).
    #[serde(default, skip_serializing_if = "is_default")]
    pub ladder: Ladder,
    /// From which level of risk on the owners of the change's own service are asked (R85), besides those of services upstream
    /// and downstream, who are asked at every level (R76); left out: at none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub owners_from: AskedFrom,
    /// From which level of risk on the plan must have a canary (R47, R85); left out: at none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub canary_from: AskedFrom,
    /// What is asked after a deployment, by level of risk (R85): conditions that every approval at the level carries.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub after_care: BTreeMap<RiskLevel, Vec<String>>,
    /// Whose services are, and which depends on which (R74); left out where nobody said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<Service>,
    /// When somebody is on call for what (R75, R110); left out where nobody said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coverage: Vec<Coverage>,
    /// The business hours of regions (R75); left out: Monday to Friday, 08:00 to 18:00, in every zone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<Region>,
    /// What waits in an emergency, and how long (R50, R52, R66, R67); left out where it is as built in.
    #[serde(default, skip_serializing_if = "is_default")]
    pub emergency: EmergencyRules,
    /// What is asked by type of release, besides what is asked of every change (R56); left out where nothing is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub types: Types,
    /// A version of the risk model (R97, R102); left out where the built-in model is in force.
    #[serde(default, skip_serializing_if = "is_default")]
    pub risk: RiskRules,
    /// The language and the paper of the board's minutes; left out: English on A4.
    #[serde(default, skip_serializing_if = "is_default")]
    pub minutes: MinutesRules,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Why a policy cannot be adopted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A percentage above 100 can never be reached.
    #[error("{field}: {percent} % can never be reached; give 0 to 100")]
    Percent {
        /// Where.
        field: &'static str,
        /// As given.
        percent: u32,
    },
    /// A field must say something.
    #[error("{field} is empty")]
    Empty {
        /// Where.
        field: &'static str,
    },
    /// A list names something twice, so that equal policies could have different bytes.
    #[error("{field} names {what} twice")]
    Twice {
        /// Where.
        field: &'static str,
        /// What.
        what: String,
    },
    /// A freeze that cannot be followed.
    #[error("freeze {id}: {why}")]
    Freeze {
        /// Its id, or its place in the list from 1 where it has none.
        id: String,
        /// What is wrong.
        why: FreezeError,
    },
    /// What nobody may waive.
    #[error("{clause} {why}")]
    NeverWaived {
        /// The clause.
        clause: String,
        /// Why not.
        why: &'static str,
    },
    /// A role that decides nothing.
    #[error("an auditor decides nothing; leave it out")]
    Dispensing,
    /// A row that does not say when its department is involved.
    #[error("departments: {name} says neither words nor a level; give field and says, level, or all three")]
    Department {
        /// Which.
        name: String,
    },
    /// High risk is for the board (R61).
    #[error("chains: a {} release at {} risk cannot be delegated (R61); write \"board\"", .release.word(), .level.word())]
    Delegated {
        /// Which.
        release: ReleaseType,
        /// At which level.
        level: RiskLevel,
    },
    /// Hours that cannot be reckoned with.
    #[error("hours: {0}")]
    Hours(HoursFault),
    /// A ladder that cannot be climbed.
    #[error("ladder: {0}")]
    Ladder(LadderFault),
    /// Coverage that cannot be followed.
    #[error("coverage {place}: {why}")]
    Coverage {
        /// Its place in the list from 1.
        place: usize,
        /// What is wrong.
        why: CoverageError,
    },
    /// What decides who may sign is not among what is signed.
    #[error("{setting} looks at {field}, which is not in material; name it there")]
    NotMaterial {
        /// The setting.
        setting: &'static str,
        /// The field.
        field: &'static str,
    },
    /// Business hours that cannot be reckoned with.
    #[error("region {place}: {why}")]
    Region {
        /// Its place in the list from 1.
        place: usize,
        /// What is wrong.
        why: HoursFault,
    },
    /// What is no test cannot be taken by a type of release.
    #[error("types: {clause} is no clause of tests; give of {}", TESTS.join(", "))]
    NoTest {
        /// The clause.
        clause: String,
    },
    /// A lead time that nobody can keep.
    #[error("types: {}: a lead time is {} days at most", .release.word(), MOST_LEAD_TIME)]
    LeadTime {
        /// Whose.
        release: ReleaseType,
    },
    /// A risk model that contradicts itself (R97).
    #[error("risk: {0}")]
    Risk(RulesFault),
    /// The schema is not one this program knows.
    #[error("schema {schema:?} needs a newer Cabinet")]
    Schema {
        /// As given.
        schema: String,
    },
}

impl Policy {
    /// The schema this program writes.
    pub const SCHEMA: &'static str = "urn:x-cabinet:policy:1";

    /// The built-in policy of this strength, `observe/1`, `starter/1` or `full/1`.
    #[must_use]
    pub fn built_in(strength: Strength) -> Self {
        Self {
            schema: Self::SCHEMA.to_owned(),
            name: format!("{}/1", strength.word()),
            strength,
            environment: "prod*".to_owned(),
            branch: "main".to_owned(),
            blocking: blocking(strength),
            material: MaterialField::ALL.to_vec(),
            sections: sections(),
            quorum: QuorumRule { formula: QuorumFormula::StrictMajority, mandatory_seats: true },
            threshold: ThresholdRule { formula: ThresholdFormula::SimpleMajority, casting_vote: true },
            least: least(strength),
            pin_every_act: false,
            fresh_until_hours: 24,
            shared_accounts: Vec::new(),
            standing_uncounted: false,
            break_glass: false,
            window_tolerance_minutes: 0,
            coverage_percent: 0,
            review_approvals: 0,
            high_traffic: Vec::new(),
            named_lead: false,
            chain_binds: false,
            sealed_entries: false,
            circular_any: false,
            freezes: Vec::new(),
            waivable: Vec::new(),
            dispensation_roles: Vec::new(),
            rto: BTreeMap::new(),
            plan_approval: Vec::new(),
            chains: Chains::new(),
            departments: Vec::new(),
            raci: Raci::new(),
            hours: Hours::default(),
            ladder: Ladder::default(),
            owners_from: asked_from(strength, AskedFrom::Medium),
            canary_from: asked_from(strength, AskedFrom::Critical),
            after_care: after_care(strength),
            services: Vec::new(),
            coverage: Vec::new(),
            regions: Vec::new(),
            emergency: EmergencyRules::default(),
            types: Types::new(),
            risk: RiskRules::default(),
            minutes: MinutesRules::default(),
        }
    }

    /// The same rules where every act needs the PIN (21 CFR 11.200): `starter-part-11/1`. Another name and other bytes,
    /// so that entries say under which of the two they were made.
    #[must_use]
    pub fn part_11(strength: Strength) -> Self {
        let name = format!("{}-part-11/1", strength.word());
        Self { name, pin_every_act: true, ..Self::built_in(strength) }
    }

    /// The same rules where entries are sealed to the members on their way: `starter-sealed/1`, `full-part-11-sealed/1`.
    #[must_use]
    pub fn with_sealed_entries(self) -> Self {
        let name = match self.name.rsplit_once('/') {
            Some((name, version)) => format!("{name}-sealed/{version}"),
            None => format!("{}-sealed", self.name),
        };
        Self { name, sealed_entries: true, ..self }
    }

    /// The least attestation with which an act in this slot counts at this level. A level the
    /// policy does not name needs the actor's own key: silence is never the weaker rule.
    #[must_use]
    pub fn least(&self, slot: Slot, level: RiskLevel) -> Attestation {
        let per_level = match slot {
            Slot::Vote => &self.least.vote,
            Slot::SignOff => &self.least.sign_off,
        };
        per_level.get(&level).copied().unwrap_or(Attestation::Signed)
    }

    /// Whether a gate of this clause blocks under this policy. The hard ones always do.
    #[must_use]
    pub fn blocks(&self, clause: &str) -> bool {
        crate::gate::HARD_CLAUSES.contains(&clause) || self.blocking.iter().any(|c| c == clause)
    }

    /// What is asked after the deployment of a change at this level (R85).
    #[must_use]
    pub fn after_care(&self, level: RiskLevel) -> &[String] {
        self.after_care.get(&level).map_or(&[][..], Vec::as_slice)
    }

    /// The roles in which somebody may approve a plan (R16): those the policy names, else the Technical Development Lead
    /// and the Release Manager, whom nobody needs to ask then.
    #[must_use]
    pub fn plan_approvers(&self) -> Vec<Role> {
        if self.plan_approval.is_empty() {
            return vec![Role::TechnicalLead, Role::ReleaseManager];
        }
        self.plan_approval.clone()
    }

    /// Whether the environment is one of production (R41).
    #[must_use]
    pub fn is_production(&self, environment: &str) -> bool {
        matches(&self.environment, environment.trim())
    }

    /// The plan sections on which the sign-off of `role` depends; all of them when the policy does
    /// not say.
    #[must_use]
    pub fn sections_for(&self, role: Role) -> Vec<PlanSection> {
        self.sections.get(&role).cloned().unwrap_or_else(|| PlanSection::ALL.to_vec())
    }

    /// Whether the policy lists the account as one that several people or programs use.
    #[must_use]
    pub fn is_shared(&self, prefix: &str, account: &str) -> bool {
        self.shared_accounts.iter().any(|s| s.split_once(':') == Some((prefix, account)))
    }

    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// The first rule that cannot be followed.
    pub fn check(&self) -> Result<(), PolicyError> {
        if self.schema != Self::SCHEMA {
            return Err(PolicyError::Schema { schema: self.schema.chars().take(80).collect() });
        }
        for (field, text) in [("name", &self.name), ("environment", &self.environment), ("branch", &self.branch)] {
            if text.trim().is_empty() {
                return Err(PolicyError::Empty { field });
            }
        }
        if self.material.is_empty() {
            return Err(PolicyError::Empty { field: "material" });
        }
        if self.named_lead && !self.material.contains(&MaterialField::TechnicalLead) {
            return Err(PolicyError::NotMaterial { setting: "named_lead", field: MaterialField::TechnicalLead.name() });
        }
        for field in [MaterialField::Kind, MaterialField::Version] {
            if self.chain_binds && !self.material.contains(&field) {
                return Err(PolicyError::NotMaterial { setting: "chain_binds", field: field.name() });
            }
        }
        if let QuorumFormula::AtLeastPercent { percent } = self.quorum.formula
            && percent > 100
        {
            return Err(PolicyError::Percent { field: "quorum", percent });
        }
        if let ThresholdFormula::AtLeastPercent { percent } = self.threshold.formula
            && percent > 100
        {
            return Err(PolicyError::Percent { field: "threshold", percent });
        }
        if self.coverage_percent > 100 {
            return Err(PolicyError::Percent { field: "coverage_percent", percent: self.coverage_percent });
        }
        for (place, freeze) in (1..).zip(&self.freezes) {
            freeze.check().map_err(|why| {
                let id = if freeze.id.trim().is_empty() { format!("number {place}") } else { freeze.id.clone() };
                PolicyError::Freeze { id, why }
            })?;
        }
        if let Some((clause, why)) = self.waivable.iter().find_map(|c| Some((c, self.never_waived(c)?))) {
            return Err(PolicyError::NeverWaived { clause: clause.chars().take(80).collect(), why });
        }
        if self.dispensation_roles.contains(&Role::Auditor) {
            return Err(PolicyError::Dispensing);
        }
        twice("waivable", self.waivable.iter().cloned())?;
        twice("dispensation_roles", self.dispensation_roles.iter().map(|role| role.title().to_owned()))?;
        for (place, coverage) in (1..).zip(&self.coverage) {
            coverage.check().map_err(|why| PolicyError::Coverage { place, why })?;
        }
        self.check_regions()?;
        if self.services.iter().any(|service| service.name.trim().is_empty()) {
            return Err(PolicyError::Empty { field: "services" });
        }
        if self.high_traffic.iter().any(|pattern| pattern.trim().is_empty()) {
            return Err(PolicyError::Empty { field: "high_traffic" });
        }
        twice("high_traffic", self.high_traffic.iter().map(|pattern| pattern.trim().to_lowercase()))?;
        twice("services", self.services.iter().map(|s| s.name.trim().to_lowercase()))?;
        twice("freezes", self.freezes.iter().map(|f| f.id.clone()))?;
        self.check_chain()?;
        self.check_types()?;
        self.risk.model().map_err(PolicyError::Risk)?;
        twice("blocking", self.blocking.iter().cloned())?;
        twice("emergency", self.emergency.deferrable.iter().cloned())?;
        twice("material", self.material.iter().map(|m| m.name().to_owned()))?;
        twice("plan_approval", self.plan_approval.iter().map(|role| role.title().to_owned()))?;
        twice("shared_accounts", self.shared_accounts.iter().cloned())
    }
}
