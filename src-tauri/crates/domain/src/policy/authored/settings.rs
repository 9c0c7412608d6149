//! What can be set, in the order in which it is written: its name, its clause, what it means, and what it may say.
use crate::emergency::DEFERRABLE;
use crate::policy::Policy;

mod calendar;
mod chain;
mod risk;
mod types;
pub(super) mod words;

pub(super) use calendar::FREEZE;
use calendar::{COVERAGE, REGION, SERVICE};
use chain::{DEPARTMENT, EACH_LETTER, EACH_ROUTE, HOURS, LADDER};
#[cfg(test)]
pub(super) use risk::QUESTIONS;
use risk::RISK;
use types::TYPE;
use words::{
    APPROVALS, ASKED_FROM, ATTESTATIONS, COUNTERSIGNERS, LANGUAGES, LEVELS, MATERIAL, PAPERS, RECOVERY, RELEASES,
    ROLES, SECTIONS,
};

/// A setting of the policy.
pub(super) struct Setting {
    /// Its name, as in the policy's canonical form.
    pub key: &'static str,
    /// The clauses that ask for it; empty where it is the form's own.
    pub clause: &'static str,
    /// What it means, for the comment above it.
    pub says: &'static str,
    /// A line that would set it.
    pub example: &'static str,
    /// Left out it is off.
    pub optional: bool,
    /// What it may say.
    pub kind: Kind,
}

/// What a setting may say.
pub(super) enum Kind {
    /// True or false.
    Flag,
    /// A whole number.
    Number {
        /// The least.
        least: u32,
        /// The most.
        most: u32,
        /// What is wrong with any other, after the number.
        wrong: &'static str,
    },
    /// One line of text.
    Text(Line),
    /// A local time to the minute, `2026-12-20T00:00`.
    LocalTime,
    /// One of these words.
    Word(&'static [&'static str]),
    /// The clause of a gate that a policy may make a block.
    Clause,
    /// Several, none of them twice.
    List {
        /// Each of them.
        of: &'static Kind,
        /// Whether it must name one at least.
        some: bool,
    },
    /// One of these words, or a percentage.
    Formula(&'static [&'static str]),
    /// Settings of its own.
    Table(&'static [Setting]),
    /// The same for each of these.
    Each {
        /// What they are.
        noun: &'static str,
        /// Their words.
        keys: &'static [&'static str],
        /// What is said of each.
        of: &'static Kind,
    },
    /// Any number of tables, each with these settings.
    Rows(&'static [Setting]),
}

/// What a line of text must look like.
#[derive(Clone, Copy)]
pub(super) enum Line {
    /// Anything that can be read.
    Any,
    /// A name and a version, `ours/2`.
    NameAndVersion,
    /// An account in a ticketing system, `CHG:build-bot`.
    Account,
}

/// The gates that a policy may make blocks, by their clauses. The hard ones block in every policy, the others only advise.
pub(super) const BLOCKABLE: [(&str, &str); 46] = [
    ("R2", "repository, commit and plan of a change of infrastructure"),
    ("R5", "a feature, enhancement or bug is linked"),
    ("R7", "unit and functional tests pass"),
    ("R8", "regression and end-to-end tests pass"),
    ("R9", "performance and security tests pass, on a named data set"),
    ("R10", "a run of the same artifact in pre-production"),
    ("R12", "every department involved has signed"),
    ("R13", "the last known good version, and a job that restores it"),
    ("R15", "the plan has its Release Manager"),
    ("R16", "the plan is approved by one of `plan_approval`"),
    ("R23", "the plan says how to back out, above Low"),
    ("R24", "the plan says how it is tested, above Low"),
    ("R25", "the plan says who is told, above Low"),
    ("R33", "a benefit of each new component"),
    ("R34", "licences of new components that do not bind"),
    ("R35", "no equivalent of a new component is in use"),
    ("R36", "a description"),
    ("R37", "a reason"),
    ("R38", "affected systems, applications and data"),
    ("R39", "a version"),
    ("R40", "status and results of the security scan"),
    ("R41", "the environment is one of production"),
    ("R42", "only the main branch is promoted"),
    ("R43", "evidence that the main branch is protected"),
    ("R44", "merge requests approved, and their builds green"),
    ("R46", "a roll-out in steps says flag, steps, hold, criterion and owner"),
    ("R47", "a canary says metrics, baseline, threshold and verdict"),
    ("R49", "an emergency is declared by the Service Manager"),
    ("R62", "peer review, and coverage by tests"),
    ("R74", "no other change is in the way of the window"),
    ("R76", "the owners of services upstream and downstream have signed"),
    ("R77", "the window touches no hard freeze without an exception"),
    ("R79", "a window that was moved since the decision has its reason"),
    ("R81", "static analysis and scans find no error"),
    ("R82", "the runbook has its checks, dependencies and mitigations"),
    ("R83", "load tests of components with high traffic"),
    ("R84", "evidence of a rollback test, above Medium"),
    ("R92", "the rollback is within the recovery-time objective of [rto]"),
    ("R93", "the rollback procedure is stored, approved and tested"),
    ("R94", "the plan says what triggers a rollback, and who decides"),
    ("R96", "the schema of a database can be taken back"),
    ("R109", "release notes and known issues for support"),
    ("R110", "somebody is on call during the whole window, monitoring and alerting are named"),
    ("R111", "the escalation playbook is attached, and here"),
    ("R3", "the method of deployment names a pipeline or job"),
    ("R56", "the lead time of its type of release in [types]"),
];

/// Clauses that block whatever a policy says.
pub(super) const ALWAYS: [&str; 5] = ["R11", "R30", "R32", "R89", "R113"];

/// A percentage, as the formulas have it.
pub(super) static PERCENT: &[Setting] = &[Setting {
    key: "at_least_percent",
    clause: "",
    says: "So many of a hundred, rounded up, and one at least.",
    example: "at_least_percent = { percent = 60 }",
    optional: false,
    kind: Kind::Table(&[Setting {
        key: "percent",
        clause: "",
        says: "0 to 100.",
        example: "percent = 60",
        optional: false,
        kind: Kind::Number { least: 0, most: 100, wrong: "% can never be reached; give 0 to 100" },
    }]),
}];

const fn set(
    key: &'static str,
    clause: &'static str,
    says: &'static str,
    example: &'static str,
    kind: Kind,
) -> Setting {
    Setting { key, clause, says, example, optional: false, kind }
}

const fn may_set(key: &'static str, clause: &'static str, says: &'static str, kind: Kind) -> Setting {
    Setting { key, clause, says, example: "", optional: true, kind }
}

const EACH_ATTESTATION: Kind = Kind::Each { noun: "level of risk", keys: LEVELS, of: &Kind::Word(ATTESTATIONS) };

const QUORUM: &[Setting] = &[
    set(
        "formula",
        "",
        "How many of the filled voting seats that are not recused must be present: \"strict_majority\" (more than half),\n\
         or { at_least_percent = { percent = 60 } }.",
        "formula = \"strict_majority\"",
        Kind::Formula(&["strict_majority"]),
    ),
    set(
        "mandatory_seats",
        "",
        "Whether the seats that the roster marks as mandatory must be present as well.",
        "mandatory_seats = true",
        Kind::Flag,
    ),
];

const THRESHOLD: &[Setting] = &[
    set(
        "formula",
        "",
        "How many votes carry, of those for and against; abstentions are printed, not counted: \"simple_majority\",\n\
         or { at_least_percent = { percent = 67 } }.",
        "formula = \"simple_majority\"",
        Kind::Formula(&["simple_majority"]),
    ),
    set("casting_vote", "", "Whether the chair breaks a tie.", "casting_vote = true", Kind::Flag),
];

const LEAST: &[Setting] = &[
    set(
        "vote",
        "",
        "How a vote must be known, per level of risk; a level that is not named needs the member's own key.",
        "[least.vote]",
        EACH_ATTESTATION,
    ),
    set(
        "sign_off",
        "R31",
        "How a sign-off must be known, per level of risk; a level that is not named needs the authority's own key.",
        "[least.sign_off]",
        EACH_ATTESTATION,
    ),
];

/// What a policy says of emergencies.
const EMERGENCY: &[Setting] = &[
    set(
        "bind_hours",
        "R11",
        "In how many hours a provisional key is bound to a ticket.",
        "bind_hours = 24",
        Kind::Number { least: 1, most: 720, wrong: "hours is no time to wait for a ticket; give 1 to 720" },
    ),
    set(
        "deferrable",
        "R50",
        "The clauses that may wait; never a required field, the branch, evidence of a rollback test, or what always blocks.",
        "deferrable = [\"R21\", \"R28\"]",
        Kind::List { of: &Kind::Word(DEFERRABLE), some: false },
    ),
    set(
        "deferred_days",
        "R52",
        "In how many days what waits is done.",
        "deferred_days = 5",
        Kind::Number { least: 1, most: 90, wrong: "days is no time to wait; give 1 to 90" },
    ),
    set(
        "review_days",
        "R66",
        "In how many days after its window an emergency is reviewed.",
        "review_days = 7",
        Kind::Number { least: 1, most: 90, wrong: "days is no time to wait; give 1 to 90" },
    ),
    set(
        "repeat_days",
        "R67",
        "Another emergency of the same change, incident or service within so many days demands the root cause.",
        "repeat_days = 30",
        Kind::Number { least: 1, most: 365, wrong: "days are too many or too few; give 1 to 365" },
    ),
];

/// What a policy says of the board's minutes.
const MINUTES: &[Setting] = &[
    may_set("language", "", "The language: en or de. What a gate finds is quoted in English.", Kind::Word(LANGUAGES)),
    may_set("paper", "", "The paper: a4 or letter.", Kind::Word(PAPERS)),
    may_set(
        "countersign",
        "R115",
        "Who signs the minutes after the chair, one after another: the meeting's secretary, or who has a role and was there.",
        Kind::List { of: &Kind::Word(COUNTERSIGNERS), some: false },
    ),
    may_set("approval", "", "What approves them: at_once (the seal), deadline or next_meeting.", Kind::Word(APPROVALS)),
    may_set(
        "correction_days",
        "",
        "For how many days after the close they can be corrected where a deadline approves them; 0: seven.",
        Kind::Number { least: 0, most: 90, wrong: "days is no time for corrections; give 0 to 90" },
    ),
];

/// Every setting; those that are tables come last, as TOML wants it.
pub(super) static SETTINGS: &[Setting] = &[
    set("schema", "", "The form of this file.", "schema = \"urn:x-cabinet:policy:1\"", Kind::Word(&[Policy::SCHEMA])),
    set(
        "name",
        "R14",
        "Name and version. Other rules need another name: every entry of the record says under which policy it was made.",
        "name = \"ours/1\"",
        Kind::Text(Line::NameAndVersion),
    ),
    set(
        "strength",
        "",
        "How strict it is, in a word that people read: observe, starter or full. What blocks is said under `blocking`.",
        "strength = \"starter\"",
        Kind::Word(&["observe", "starter", "full"]),
    ),
    set(
        "environment",
        "R41",
        "Production, by the environment's name: * is any run of characters, ? is one; case does not matter.",
        "environment = \"prod*\"",
        Kind::Text(Line::Any),
    ),
    set("branch", "R42", "The only branch that is promoted.", "branch = \"main\"", Kind::Text(Line::Any)),
    set(
        "blocking",
        "",
        "The clauses whose gates block; every other gate warns. R11, R30, R32, R89 and R113 block in every policy.",
        "blocking = [\"R36\", \"R42\"]",
        Kind::List { of: &Kind::Clause, some: false },
    ),
    set(
        "material",
        "",
        "What a sign-off speaks for: when one of these changes, the sign-off is stale.",
        "material = [\"title\", \"version\", \"plan\"]",
        Kind::List { of: &Kind::Word(MATERIAL), some: true },
    ),
    set(
        "pin_every_act",
        "",
        "Whether every act takes the PIN: no sessions (21 CFR 11.200).",
        "pin_every_act = false",
        Kind::Flag,
    ),
    set(
        "fresh_until_hours",
        "",
        "How many hours an exported approval is good for without a newer file.",
        "fresh_until_hours = 24",
        Kind::Number { least: 1, most: 8760, wrong: "hours is no age an approval may have; give 1 to 8760" },
    ),
    set(
        "shared_accounts",
        "R89",
        "Accounts that several people or programs use, as \"CHG:build-bot\": nobody can say who acted, so as an author they block.",
        "shared_accounts = []",
        Kind::List { of: &Kind::Text(Line::Account), some: false },
    ),
    may_set(
        "standing_uncounted",
        "",
        "Whether a pipeline may run on a standing approval when its uses cannot be counted.",
        Kind::Flag,
    ),
    may_set(
        "break_glass",
        "",
        "Whether a pipeline may deploy what the gate refuses, and owe a review for it.",
        Kind::Flag,
    ),
    may_set(
        "window_tolerance_minutes",
        "R79",
        "By how many minutes the window may be moved after the decision before sign-offs are stale; 0: not at all.",
        Kind::Number { least: 0, most: 1440, wrong: "minutes is no shift of a window; give 0 to 1440" },
    ),
    may_set(
        "coverage_percent",
        "R62",
        "How many of a hundred lines tests must reach, in each file of coverage; 0: none.",
        Kind::Number { least: 0, most: 100, wrong: "% can never be reached; give 0 to 100" },
    ),
    may_set(
        "review_approvals",
        "R62",
        "How many accounts other than its author's must approve each merge request; 0 is one.",
        Kind::Number { least: 0, most: 20, wrong: "approvals are too many; give 0 to 20" },
    ),
    may_set(
        "high_traffic",
        "R83",
        "Components with high traffic, as \"payments*\", in service, systems or applications of the ticket: their change takes load tests.",
        Kind::List { of: &Kind::Text(Line::Any), some: false },
    ),
    may_set(
        "named_lead",
        "R31",
        "Whether a Technical Development Lead signs only where the ticket names that one, or nobody; material names technical_lead then.",
        Kind::Flag,
    ),
    may_set(
        "chain_binds",
        "R61",
        "Whether the chain binds: what it delegates an authority approves without an agenda; from High on only the CTO signs with authority.",
        Kind::Flag,
    ),
    may_set(
        "sealed_entries",
        "",
        "Whether entries are sealed to the members' keys before they go to a relay.",
        Kind::Flag,
    ),
    may_set(
        "circular_any",
        "",
        "Whether any change may be decided in writing between meetings, to be ratified at the next; an emergency always may.",
        Kind::Flag,
    ),
    may_set(
        "waivable",
        "R69",
        "The clauses whose gates two people may waive; never a hard one, and in starter and full none of R36 to R42 and R84.",
        Kind::List { of: &Kind::Clause, some: false },
    ),
    may_set(
        "dispensation_roles",
        "R69",
        "The roles that may waive, override and except, and second it; none named: chair, cto and service_manager.",
        Kind::List { of: &Kind::Word(ROLES), some: false },
    ),
    may_set(
        "plan_approval",
        "R16",
        "Roles of which one approves the plan, apart from the decision on the change; none: nobody is asked.",
        Kind::List { of: &Kind::Word(ROLES), some: false },
    ),
    Setting {
        key: "owners_from",
        clause: "R85",
        says: "From which level of risk on the owners of the change's own service sign as well (never, low, medium, high or critical).",
        example: "owners_from = \"medium\"",
        optional: true,
        kind: Kind::Word(ASKED_FROM),
    },
    Setting {
        key: "canary_from",
        clause: "R47, R85",
        says: "From which level of risk on the plan must have a canary (never, low, medium, high or critical).",
        example: "canary_from = \"critical\"",
        optional: true,
        kind: Kind::Word(ASKED_FROM),
    },
    set("quorum", "", "How many must be present to decide.", "[quorum]", Kind::Table(QUORUM)),
    set("threshold", "", "How many votes carry.", "[threshold]", Kind::Table(THRESHOLD)),
    set("least", "", "How an act must be known to count.", "[least.vote]", Kind::Table(LEAST)),
    set(
        "sections",
        "",
        "The sections of the plan on which a role's sign-off depends; a role that is not named answers for all of them.",
        "[sections]",
        Kind::Each { noun: "role", keys: ROLES, of: &Kind::List { of: &Kind::Word(SECTIONS), some: false } },
    ),
    may_set(
        "rto",
        "R92",
        "How many minutes a rollback may take, per type of release, else per kind of change; what is not named has none.",
        Kind::Each {
            noun: "type of release or kind of change",
            keys: RECOVERY,
            of: &Kind::Number { least: 1, most: 10_080, wrong: "minutes is no objective; give 1 to 10080" },
        },
    ),
    Setting {
        key: "emergency",
        clause: "R50, R52, R66, R67",
        says: "What waits in an emergency, and how long; left out, it is as built in.",
        example: "[emergency]",
        optional: true,
        kind: Kind::Table(EMERGENCY),
    },
    Setting {
        key: "freezes",
        clause: "R58, R77",
        says: "Times in which nothing goes out, in local time: a hard freeze blocks where `blocking` names R77, a soft one warns.",
        example: "[[freezes]]\n\
                  id = \"year-end-2026\"\n\
                  name = \"Year end\"\n\
                  hardness = \"hard\"\n\
                  scope = { environment = \"production\", services = [\"payments\"] }\n\
                  start = \"2026-12-20T00:00\"\n\
                  end = \"2027-01-04T06:00\"\n\
                  zone = \"Europe/Berlin\"\n\
                  reason = \"Closing of the books\"",
        optional: true,
        kind: Kind::Rows(FREEZE),
    },
    Setting {
        key: "services",
        clause: "R74, R76",
        says: "What tickets do not say of a service: whose it is, on which it depends (two steps count), and who signs for it.",
        example: "[[services]]\n\
                  name = \"payments\"\n\
                  team = \"Payments\"\n\
                  depends_on = [\"ledger\"]",
        optional: true,
        kind: Kind::Rows(SERVICE),
    },
    Setting {
        key: "coverage",
        clause: "R75, R110",
        says: "When somebody is on call for a service, in local time: a window outside of it blocks where `blocking` names R110.",
        example: "[[coverage]]\n\
                  name = \"Berlin, office hours\"\n\
                  services = [\"payments\"]\n\
                  zone = \"Europe/Berlin\"\n\
                  days = [\"monday\", \"tuesday\", \"wednesday\", \"thursday\", \"friday\"]\n\
                  from = \"08:00\"\n\
                  until = \"18:00\"\n\
                  on_call = [\"Service desk Berlin\"]",
        optional: true,
        kind: Kind::Rows(COVERAGE),
    },
    Setting {
        key: "regions",
        clause: "R75",
        says: "Business hours by region, in local time, for free slots and for what a roll-out in them is; elsewhere Monday to Friday, 8 to 18.",
        example: "[[regions]]\n\
                  name = \"Berlin\"\n\
                  zone = \"Europe/Berlin\"\n\
                  days = [\"monday\", \"tuesday\", \"wednesday\", \"thursday\", \"friday\"]\n\
                  from = \"08:00\"\n\
                  until = \"18:00\"\n\
                  holidays = [\"2026-12-25\"]",
        optional: true,
        kind: Kind::Rows(REGION),
    },
    may_set(
        "chains",
        "R56, R61",
        "Who takes a change up, by type of release and level: delegated (an authority alone) or board; left out, delegated at Low.",
        Kind::Each { noun: "type of release", keys: RELEASES, of: &EACH_ROUTE },
    ),
    may_set(
        "raci",
        "R59",
        "By type of release, the roles that are responsible, accountable, consulted and informed.",
        Kind::Each { noun: "type of release", keys: RELEASES, of: &EACH_LETTER },
    ),
    may_set(
        "hours",
        "R64",
        "When the board works, for the timers. Left out: Monday to Friday, 09:00 to 17:00 UTC.",
        Kind::Table(HOURS),
    ),
    may_set(
        "ladder",
        "R63, R64",
        "After how many working hours what happens to whoever was asked and does not answer.",
        Kind::Table(LADDER),
    ),
    may_set(
        "after_care",
        "R85",
        "What is asked after a deployment, by level of risk: conditions that every approval at the level carries.",
        Kind::Each { noun: "level of risk", keys: LEVELS, of: &Kind::List { of: &Kind::Text(Line::Any), some: false } },
    ),
    Setting {
        key: "departments",
        clause: "R12, R85",
        says: "What involves a department, words of the ticket or a level of risk: somebody who speaks for it by the roster signs. It blocks where `blocking` names R12.",
        example: "[[departments]]\n\
                  name = \"Payments\"\n\
                  field = \"service\"\n\
                  says = [\"payments*\", \"ledger\"]",
        optional: true,
        kind: Kind::Rows(DEPARTMENT),
    },
    may_set(
        "types",
        "R56, R62",
        "What is asked by type of release: coverage_percent, review_approvals, lead_time_days, and tests that block for it alone.",
        Kind::Each { noun: "type of release", keys: RELEASES, of: &Kind::Table(TYPE) },
    ),
    may_set(
        "risk",
        "R97, R102",
        "A version of the risk model: its kind, its questions, where levels begin, what answers count. Left out, the built-in one.",
        Kind::Table(RISK),
    ),
    may_set(
        "minutes",
        "R115",
        "Language and paper of minutes, extracts and annexes; who countersigns, what approves. Left out: English on A4, nobody, at once.",
        Kind::Table(MINUTES),
    ),
];
