//! The way back: how long it takes, where its procedure is, what triggers it, who decides, and what its test came to
//! (R84, R92 to R94, R96). That it is approved is not read of a text: members attest it.
use super::Runbook;
use super::said::{Said, durations, names_commit, names_path};
use crate::change::ChangeRequest;
use crate::plan::PlanSection as S;
use crate::text;

/// What the backout plan says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Backout {
    /// How many minutes it takes, rounded up; of several times the longest.
    pub minutes: Option<u64>,
    /// Whether the procedure's file is named.
    pub path: bool,
    /// Whether the commit of it is named.
    pub commit: bool,
    /// The sentence that says what triggers it.
    pub trigger: Option<String>,
    /// The sentence that says who decides.
    pub decides: Option<String>,
}

/// What the plan says of taking a schema back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SchemaRollback {
    /// That it is versioned.
    pub versioned: bool,
    /// That the schema stays backward compatible.
    pub compatible: bool,
}

/// What the ticket's evidence of a rollback test says (R84).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RollbackTest {
    /// That it succeeded.
    pub succeeded: bool,
    /// That it was in staging.
    pub staging: bool,
}

const LASTS: &[&str] = &[
    "take",
    "takes",
    "took",
    "taken",
    "last",
    "lasts",
    "duration",
    "needs",
    "long",
    "rollback time",
    "recovery time",
    "in total",
    "done in",
    "completes in",
    "finished in",
    "back in",
];

const OBJECTIVE: &[&str] = &["rto", "objective*"];

const SUCCEEDED: &[&str] =
    &["succeeded", "success*", "passed", "worked", "rolled back", "rolled it back", "went through", "ok", "green"];

const STAGING: &[&str] = &["staging*", "stage", "preprod*", "pre prod*"];

/// What makes a sentence about a test one that says nothing of its success: it failed, or is still to come.
const NO_SUCCESS: &[&str] = &[
    "not",
    "never",
    "none",
    "no success*",
    "without success*",
    "fail",
    "fails",
    "failed",
    "failing",
    "abort*",
    "cannot",
    "could",
    "can be",
    "is rolled",
    "will",
    "would",
    "should",
    "must",
    "if",
    "unless",
    "pending",
    "planned",
    "scheduled",
    "to be",
    "todo",
    "tbd",
];

const TRIGGERS: &[&str] =
    &["trigger*", "health*", "error rate*", "error budget*", "threshold*", "alarm*", "alert*", "signal*"];

const DECIDES: &[&str] = &["decides", "decide", "decided by", "decision", "calls it", "has the last word"];

const BACK: &[&str] = &["back", "rollback*", "backout*", "abort*", "stop*"];

const DATABASE: &[&str] = &[
    "database*",
    "schema*",
    "ddl",
    "sql",
    "postgres*",
    "mysql",
    "mariadb",
    "oracle",
    "mongodb",
    "flyway",
    "liquibase",
    "alter table",
];

const NO_DATABASE: &[&str] = &[
    "no database*",
    "no schema*",
    "no sql",
    "without database*",
    "not touch*",
    "does not change",
    "no change*",
    "none",
    "unchanged",
];

impl Runbook {
    /// What the section *Backout plan* says, and *Roles and responsibilities* of who decides; `None` without the section.
    #[must_use]
    pub fn backout(&self) -> Option<Backout> {
        if !self.has(S::Backout) {
            return None;
        }
        let mut read = Backout::default();
        for said in self.sentences(&[S::Backout]) {
            if said.says(LASTS) {
                let times = durations(&said.text);
                // Beside an objective the first time is what it takes.
                let time = if said.says(OBJECTIVE) { times.first() } else { times.iter().max() };
                read.minutes = read.minutes.max(time.map(|seconds| seconds.div_ceil(60)));
            }
            read.path |= names_path(&said.text);
            read.commit |= names_commit(said);
            if said.says(TRIGGERS) && read.trigger.is_none() {
                read.trigger = Some(said.text.clone());
            }
            if said.says(DECIDES) && read.decides.is_none() {
                read.decides = Some(said.text.clone());
            }
        }
        if read.decides.is_none() {
            let mut roles = self.sentences(&[S::Roles]);
            read.decides = roles.find(|said| said.says(DECIDES) && said.says(BACK)).map(|said| said.text.clone());
        }
        Some(read)
    }

    /// What the plan says of taking the schema back.
    #[must_use]
    pub fn schema_rollback(&self) -> SchemaRollback {
        let mut read = SchemaRollback::default();
        for said in self.sentences(&[S::Method, S::Backout, S::Testing]) {
            let schema = said.says(DATABASE) || said.says(&["migration*"]);
            read.versioned |= schema && said.affirms(&["version*", "flyway", "liquibase"]);
            read.compatible |=
                said.affirms(&["backward compat*", "backwards compat*", "expand and contract", "both versions"]);
        }
        read
    }
}

impl RollbackTest {
    /// Reads the evidence: a sentence counts that neither takes it back nor speaks of what is still to come.
    #[must_use]
    pub fn read(evidence: &str) -> Self {
        let read = &evidence[..evidence.floor_char_boundary(super::MOST_READ)];
        let told: Vec<Said> = super::sentences(read).into_iter().filter(|said| !said.says(NO_SUCCESS)).collect();
        let says = |phrases: &[&str]| told.iter().any(|said| said.says(phrases));
        Self { succeeded: says(SUCCEEDED), staging: says(STAGING) }
    }

    /// Whether it shows a test that succeeded, in staging.
    #[must_use]
    pub fn shows(self) -> bool {
        self.succeeded && self.staging
    }
}

/// The sentence of the change or of its plan that speaks of a database, if one does; one that denies it does not.
#[must_use]
pub fn touches_database(change: &ChangeRequest, runbook: &Runbook) -> Option<String> {
    let fields = [
        change.title.as_str(),
        change.affected_systems.as_str(),
        change.affected_applications.as_str(),
        change.affected_data.as_str(),
    ];
    let description = text::visible(&text::blocks(&change.description));
    let told: Vec<_> = fields.into_iter().chain([description.as_str()]).flat_map(super::sentences).collect();
    let planned = runbook.sentences(&[S::Approach, S::Method, S::ConfigurationItems]);
    told.iter().chain(planned).find(|said| said.says(DATABASE) && !said.says(NO_DATABASE)).map(|said| said.text.clone())
}
