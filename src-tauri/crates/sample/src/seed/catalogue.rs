//! What an administrator sets up in Redmine: trackers, statuses, workflow, priorities, custom fields.
use crate::world::{Field, Format, Named, Status, World};

pub(crate) const BUG: u32 = 1;
pub(crate) const FEATURE: u32 = 2;
pub(crate) const INCIDENT: u32 = 3;
pub(crate) const CHANGE: u32 = 4;

/// The statuses of a change, in the order of its life; the last two are closed.
pub(crate) const CHANGE_STATUSES: [&str; 8] =
    ["New", "Assess", "Authorize", "Approved", "Scheduled", "Implement", "Closed", "Rejected"];

const WORK_STATUSES: [(&str, bool); 4] =
    [("Open", false), ("In Progress", false), ("Resolved", true), ("Duplicate", true)];

const STEPS: [(&str, &str); 13] = [
    ("New", "Assess"),
    ("New", "Rejected"),
    ("Assess", "Authorize"),
    ("Assess", "Rejected"),
    ("Authorize", "Assess"),
    ("Authorize", "Approved"),
    ("Authorize", "Rejected"),
    ("Approved", "Scheduled"),
    ("Approved", "Authorize"),
    ("Scheduled", "Implement"),
    ("Scheduled", "Authorize"),
    ("Implement", "Closed"),
    ("Implement", "Rejected"),
];

/// A question of the risk walk as the ticket carries it.
#[derive(Debug)]
pub struct RiskField {
    /// `I1` to `E4`; the custom field is called `Risk I1`.
    pub id: &'static str,
    /// The answers' words, best first.
    pub answers: &'static [&'static str],
    /// What each answer costs in the default model, for the tests of the data's spread.
    pub points: &'static [u32],
}

/// The fifteen questions.
pub const RISK: [RiskField; 15] = [
    RiskField { id: "I1", answers: &["none", "low", "medium", "high", "mission-critical"], points: &[0, 3, 6, 9, 12] },
    RiskField {
        id: "I2",
        answers: &["nobody", "one team", "department or <5 %", "many", "all or customers"],
        points: &[0, 2, 4, 7, 10],
    },
    RiskField {
        id: "I3",
        answers: &["none", "internal", "confidential or auth/crypto", "regulated"],
        points: &[0, 2, 5, 8],
    },
    RiskField { id: "I4", answers: &["none", "degraded", "≤30 min", ">30 min"], points: &[0, 1, 2, 4] },
    RiskField { id: "C1", answers: &["1", "2–3", "4–6", ">6"], points: &[0, 2, 5, 8] },
    RiskField { id: "C2", answers: &["none needed", "all signed", "pending", "unknown"], points: &[0, 1, 4, 6] },
    RiskField {
        id: "C3",
        answers: &["routine", "done well before", "rarely", "first time", "failed before"],
        points: &[0, 2, 4, 6, 8],
    },
    RiskField { id: "C4", answers: &["automated", "few", "mixed", "mostly manual"], points: &[0, 1, 2, 4] },
    RiskField {
        id: "B1",
        answers: &["automated+tested", "manual tested", "written, untested", "restore/forward-fix", "impossible"],
        points: &[0, 3, 7, 10, 12],
    },
    RiskField { id: "B2", answers: &["≤25 %", "≤100 %", "over or unknown"], points: &[0, 3, 6] },
    RiskField {
        id: "B3",
        answers: &["none", "backward compatible", "tested migration", "irreversible"],
        points: &[0, 1, 2, 4],
    },
    RiskField { id: "E1", answers: &["all green", "partial", "none"], points: &[0, 3, 6] },
    RiskField { id: "E2", answers: &["flag/canary", "rolling/blue-green", "all at once"], points: &[0, 1, 3] },
    RiskField {
        id: "E3",
        answers: &["quiet window", "business hours", "next to freeze or overlapping"],
        points: &[0, 2, 4],
    },
    RiskField { id: "E4", answers: &["≥95 % ok", "85–95 or unknown", "<85"], points: &[0, 2, 5] },
];

/// The thirteen sections of a plan: the word in the data files, and the custom field's name.
pub const SECTIONS: [(&str, &str); 13] = [
    ("approach", "Plan: Approach"),
    ("prerequisites", "Plan: Prerequisites"),
    ("method", "Plan: Method of deployment"),
    ("items", "Plan: Configuration items"),
    ("training", "Plan: Training"),
    ("roles", "Plan: Roles and responsibilities"),
    ("backout", "Plan: Backout plan"),
    ("testing", "Plan: Testing"),
    ("communication", "Plan: Communication"),
    ("timing", "Plan: Timing and timescales"),
    ("risks", "Plan: Risk management"),
    ("documentation", "Plan: Documentation"),
    ("related", "Plan: Related changes"),
];

const RISK_NAMES: [&str; 15] = [
    "Risk I1", "Risk I2", "Risk I3", "Risk I4", "Risk C1", "Risk C2", "Risk C3", "Risk C4", "Risk B1", "Risk B2",
    "Risk B3", "Risk E1", "Risk E2", "Risk E3", "Risk E4",
];

/// Name, type and values of the fields of a change, before the plan's and the risk's.
const CHANGE_FIELDS: [(&str, Format, &[&str]); 25] = [
    // "Expedited" is what an administrator once added and no mapping knows.
    ("Change kind", Format::List, &["Standard", "Normal", "Emergency", "Expedited"]),
    ("Change reason", Format::Text, &[]),
    ("Affected systems", Format::String, &[]),
    ("Affected applications", Format::String, &[]),
    ("Affected data", Format::String, &[]),
    ("Version", Format::String, &[]),
    ("Security scan status", Format::List, &["Passed", "Passed with findings", "Failed", "Not run"]),
    ("Security scan results", Format::Text, &[]),
    ("Environment", Format::String, &[]),
    ("Source branch", Format::String, &[]),
    ("Repository", Format::String, &[]),
    ("Commit", Format::String, &[]),
    ("Artifact digest", Format::String, &[]),
    ("Planned start", Format::String, &[]),
    ("Planned end", Format::String, &[]),
    ("Time zone", Format::String, &[]),
    ("Requester account", Format::User, &[]),
    ("Deployer", Format::User, &[]),
    ("Technical Development Lead", Format::User, &[]),
    ("Release Manager", Format::User, &[]),
    ("Service", Format::String, &[]),
    ("Service tier", Format::List, &["Tier 1", "Tier 2", "Tier 3", "Tier 4"]),
    ("Deployment method", Format::String, &[]),
    ("Rollback evidence", Format::Text, &[]),
    ("Incident", Format::String, &[]),
];

fn fields() -> Vec<(&'static str, Format, Vec<&'static str>, Vec<u32>)> {
    let mut out: Vec<_> =
        CHANGE_FIELDS.iter().map(|(name, format, values)| (*name, *format, values.to_vec(), vec![CHANGE])).collect();
    out.extend(SECTIONS.iter().map(|(_, name)| (*name, Format::Text, Vec::new(), vec![CHANGE])));
    out.extend(
        RISK_NAMES.iter().zip(&RISK).map(|(name, risk)| (*name, Format::List, risk.answers.to_vec(), vec![CHANGE])),
    );
    let decisions =
        vec!["approved", "approved with conditions", "rejected", "deferred", "more information", "withdrawn"];
    out.push(("CAB decision", Format::List, decisions, vec![CHANGE]));
    out.push(("CAB reference", Format::String, Vec::new(), vec![CHANGE]));
    out.push(("Severity", Format::List, vec!["Low", "Medium", "High", "Critical"], vec![BUG, INCIDENT]));
    out.push(("Security defect", Format::Bool, Vec::new(), vec![BUG]));
    out.push(("Roadmap milestone", Format::String, Vec::new(), vec![CHANGE]));
    out
}

/// Fills in everything that is set up once.
pub(super) fn set_up(world: &mut World) {
    let named = |(id, name): (u32, &str)| (id, Named { id, name: name.to_owned() });
    world.trackers =
        [(BUG, "Bug"), (FEATURE, "Feature"), (INCIDENT, "Incident"), (CHANGE, "Change request")].map(named).into();
    world.priorities = [(1, "Low"), (2, "Normal"), (3, "High"), (4, "Urgent")].map(named).into();
    let change = CHANGE_STATUSES.iter().map(|name| (*name, matches!(*name, "Closed" | "Rejected")));
    world.statuses = (1u32..)
        .zip(change.chain(WORK_STATUSES))
        .map(|(id, (name, closed))| (id, Status { id, name: name.to_owned(), closed }))
        .collect();
    let id = |name: &str| world.statuses.values().find(|s| s.name == name).map_or(0, |s| s.id);
    let mut workflow: Vec<(u32, u32, u32)> = STEPS.iter().map(|(from, to)| (CHANGE, id(from), id(to))).collect();
    for tracker in [BUG, FEATURE, INCIDENT] {
        for (from, _) in WORK_STATUSES {
            let others = WORK_STATUSES.iter().filter(|(to, _)| *to != from);
            workflow.extend(others.map(|(to, _)| (tracker, id(from), id(to))));
        }
    }
    world.workflow = workflow;
    world.fields = (1u32..)
        .zip(fields())
        .map(|(id, (name, format, values, trackers))| (id, Field { id, name, format, values, trackers }))
        .collect();
}
