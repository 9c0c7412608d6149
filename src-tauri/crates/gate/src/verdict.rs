//! The answer: as text for people, as JSON for programs, and as a receipt to be kept.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::change::Window;
use domain::entry::Attestation;
use domain::ids::{BoardId, ChangeKey, Digest, EntryId};
use domain::ledger::Export;
use domain::policy::Policy;
use domain::risk::RiskLevel;
use domain::shift::Moved;
use domain::sign_off::{Present, SignOff};
use domain::text::mark_invisible;
use serde::Serialize;
use serde_json::{Value, json};

use crate::asked::Asked;
use crate::conditions::ConditionShown;
use crate::disposed::DisposedShown;
use crate::evidence::{Held, Told};
use crate::export::{good_until, time};
use crate::judge::{Stands, carrying_of};
use crate::reason::{Finding, Kind, Reason};

/// SHA-256 of the files that were judged; `None` for one that was not given, or could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Files {
    /// The approval.
    pub approval: Option<Digest>,
    /// The newer export or snapshot.
    pub fresh: Option<Digest>,
}

/// A sign-off that carries the approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signer {
    /// Printed name, by the roster.
    pub name: String,
    /// In which role.
    pub role: String,
    /// How it is known.
    pub attestation: Attestation,
    /// The entry.
    pub entry: EntryId,
    /// The sections that were edited since and on which a sign-off in this role does not depend.
    pub edited: Vec<String>,
}

/// An edit since it was signed, and who ruled that it is immaterial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuledEdit {
    /// The fields that were edited.
    pub fields: Vec<String>,
    /// The chair, by the roster.
    pub chair: String,
    /// The second person.
    pub second: String,
    /// Why it does not matter, in the chair's words.
    pub reason: String,
    /// The two entries.
    pub entries: [EntryId; 2],
}

/// The standing approval that was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StandingShown {
    /// The entry *standing approved*.
    pub entry: EntryId,
    /// Printed name of who signed it, by the roster.
    pub signer: String,
    /// In which role.
    pub role: String,
    /// The service.
    pub service: String,
    /// The pipeline.
    pub pipeline: String,
    /// How often it may be used.
    pub uses: u32,
    /// How often it was, by the newer file; `None`: not counted.
    pub counted: Option<u32>,
    /// Until when.
    pub expires: DateTime<Utc>,
}

/// What an approval shows, once it verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The board's name, by its roster.
    pub board: String,
    /// The board.
    pub board_id: BoardId,
    /// Version of its roster.
    pub roster: u32,
    /// A board with one keyholder: nobody can check the chair's word.
    pub provisional: bool,
    /// The policy in force.
    pub policy: String,
    /// The entry *approval exported*.
    pub export: EntryId,
    /// As of when it is fresh, by the exporting device's clock.
    pub fresh_as_of: DateTime<Utc>,
    /// Until when it may be used without a newer export.
    pub good_until: DateTime<Utc>,
    /// The decision in force, in words.
    pub decision: Option<String>,
    /// Its entry.
    pub decided: Option<EntryId>,
    /// The newest risk level in the record.
    pub level: RiskLevel,
    /// The sign-offs that carry it.
    pub sign_offs: Vec<Signer>,
    /// The edits since that were ruled immaterial.
    pub rulings: Vec<RuledEdit>,
    /// The conditions that had to be met before, and who says that they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<ConditionShown>,
    /// What of it was disposed of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disposed: Vec<DisposedShown>,
    /// How many votes are known in which way.
    pub votes: BTreeMap<Attestation, u32>,
    /// What may be deployed, as exported.
    pub artifacts: Vec<String>,
    /// Where to.
    pub environment: String,
    /// When.
    pub window: Option<Window>,
    /// How the window was moved since the decision, within the policy's tolerance, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved: Option<String>,
    /// The standing approval it runs under, if that was asked.
    pub standing: Option<StandingShown>,
    /// Whether the policy lets a pipeline break the glass.
    pub break_glass: bool,
    /// The root of the Merkle tree over the board's whole record, and its size, where the file has one.
    pub record: Option<(Digest, u32)>,
}

impl Shown {
    pub(crate) fn of(
        held: &Held,
        told: &Told<'_>,
        (change, export): (&ChangeKey, &Export),
        policy: &Policy,
        stands: &Stands,
    ) -> Self {
        let roster = held.roster();
        let ledger = &told.ledger;
        let decided = ledger.decision(change);
        let name = |id| roster.member(id).map_or_else(|| format!("member {id}"), |m| m.name.clone());
        let signers = carrying_of(told, change, stands);
        let mut votes = BTreeMap::new();
        if let Some(recorded) = decided
            && let Some(meeting) = ledger.meetings.get(&recorded.meeting)
        {
            for vote in meeting.votes.get(&recorded.decision.item).into_iter().flat_map(BTreeMap::values) {
                *votes.entry(vote.attestation).or_insert(0) += 1;
            }
        }
        Self {
            board: roster.name.clone(),
            board_id: roster.board,
            roster: roster.version,
            provisional: roster.provisional(),
            policy: policy.name.clone(),
            export: export.entry,
            fresh_as_of: export.claimed,
            good_until: good_until(export, policy),
            decision: decided.map(|d| d.decision.kind.words().to_owned()),
            decided: decided.map(|d| d.entry),
            level: stands.level,
            sign_offs: signers
                .iter()
                .map(|s| Signer {
                    name: name(s.actor),
                    role: s.role.map_or("", |r| r.title()).to_owned(),
                    attestation: s.attestation,
                    entry: s.entry,
                    edited: edited_since(&stands.now, s),
                })
                .collect(),
            rulings: ledger
                .ruled(change)
                .iter()
                .filter(|edit| {
                    edit.after() == export.content && signers.iter().any(|s| s.body.content == edit.before())
                })
                .map(|edit| RuledEdit {
                    fields: edit.chair.body.fields.clone(),
                    chair: name(edit.chair.actor),
                    second: name(edit.second.actor),
                    reason: edit.chair.body.reason.clone(),
                    entries: [edit.chair.entry, edit.second.entry],
                })
                .collect(),
            conditions: ConditionShown::of(held, told, change),
            disposed: DisposedShown::of(held, told, change),
            votes,
            artifacts: export.artifacts.clone(),
            environment: export.environment.clone(),
            window: export.window.clone(),
            moved: stands.now.moved.map(|moved| moved.shift.words()),
            standing: None,
            break_glass: policy.break_glass,
            record: held.bundle.merkle.as_ref().map(|m| (m.root, m.size)),
        }
    }

    /// A newer export or snapshot says the same: its age counts.
    pub(crate) fn refreshed(&mut self, newest: &Export, policy: &Policy, moved: Option<Moved>) {
        self.fresh_as_of = newest.claimed;
        self.good_until = good_until(newest, policy);
        if let Some(moved) = moved {
            self.window.clone_from(&newest.window);
            self.moved = Some(moved.shift.words());
        }
    }

    /// "7 votes: 1 signed, 6 recorded".
    fn votes_in_words(&self) -> String {
        let total: u32 = self.votes.values().sum();
        let each: Vec<String> = self.votes.iter().rev().map(|(how, n)| format!("{n} {}", how.word())).collect();
        match total {
            0 => "no votes in this file".to_owned(),
            1 => format!("1 vote: {}", each.join(", ")),
            _ => format!("{total} votes: {}", each.join(", ")),
        }
    }
}

/// The answer of the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What was asked.
    pub asked: Asked,
    /// The time for which it was judged.
    pub at: DateTime<Utc>,
    /// What was judged.
    pub files: Files,
    /// What the approval shows, if it verified.
    pub shown: Option<Shown>,
    /// Why it is refused; empty when it may be deployed.
    pub findings: Vec<Finding>,
    /// The glass was broken, for this reason: it is deployed although it is refused.
    pub broken: Option<String>,
}

/// The verdict of a receipt whose glass was broken.
pub const BROKEN: &str = "glass-broken";
/// What a broken glass leaves owing.
pub const OWED: &str = "a review of the deployment by the board, at its next meeting.";
/// The schema of a receipt.
pub const RECEIPT: &str = "urn:x-cabinet:gate-receipt:1";
/// The schema of what `cab` prints under `--json`, which `cab-gate` keeps.
pub const SCHEMA: &str = "urn:x-cabinet:cab:1";

impl Verdict {
    /// A refusal before anything could be judged: a file that cannot be read.
    #[must_use]
    pub fn unread(asked: &Asked, at: DateTime<Utc>, reason: Reason, what: String) -> Self {
        let findings = vec![Finding::new(reason, what)];
        Self { asked: asked.clone(), at, files: Files::default(), shown: None, findings, broken: None }
    }

    /// Deploys what is refused, for a reason, where the adopted policy allows that. What does not verify, or cannot be
    /// read, is never let through: nobody knows what it would be.
    #[must_use]
    pub fn break_glass(mut self, reason: &str) -> Self {
        match (self.kind(), &self.shown) {
            // It holds: there is nothing to break.
            (None, _) => {}
            (Some(Kind::Refused), Some(shown)) if shown.break_glass => self.broken = Some(reason.to_owned()),
            (Some(Kind::Refused), Some(shown)) => {
                let what = format!("policy {} does not let a pipeline break the glass", shown.policy);
                self.findings.push(Finding::new(Reason::BreakGlass, what));
            }
            (Some(_), _) => {
                let what = "only what verifies and is refused by a rule can be let through";
                self.findings.push(Finding::new(Reason::BreakGlass, what));
            }
        }
        self
    }

    /// Whether it may be deployed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.findings.is_empty()
    }

    /// The stable codes of all reasons.
    #[must_use]
    pub fn codes(&self) -> Vec<Reason> {
        self.findings.iter().map(|f| f.code).collect()
    }

    /// What kind of refusal it is: the gravest of its reasons.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        self.findings.iter().map(|f| f.code.kind()).max()
    }

    /// With which number the program ends; under `--warn` always with 0.
    #[must_use]
    pub fn exit(&self, warn: bool) -> u8 {
        if warn || self.broken.is_some() { 0 } else { self.kind().map_or(0, Kind::exit) }
    }

    /// What people read first: of when the answer speaks.
    #[must_use]
    pub fn fresh_line(&self) -> String {
        match &self.shown {
            Some(shown) => {
                format!("Fresh as of {}, good until {}.", time(shown.fresh_as_of), time(shown.good_until))
            }
            None => "Fresh as of: unknown, nothing could be verified.".to_owned(),
        }
    }

    /// The answer for people, without [`Self::fresh_line`]. What tickets and rosters say is shown, never obeyed.
    #[must_use]
    pub fn text(&self, warn: bool) -> String {
        let asked = &self.asked;
        let artifacts: Vec<&str> = asked.artifacts.iter().map(|a| a.as_str()).collect();
        let what = format!("{} → {}: {}", asked.change, asked.environment, artifacts.join(", "));
        let mut lines = vec![match (self.passed(), warn) {
            (true, _) => format!("May be deployed: {what}"),
            (false, _) if self.broken.is_some() => format!("GLASS BROKEN, deployed although refused: {what}"),
            (false, true) => format!("WOULD HAVE BLOCKED (--warn): {what}"),
            (false, false) => format!("Refused: {what}"),
        }];
        for finding in &self.findings {
            lines.push(format!("  {}: {}", finding.code, finding.what));
            lines.push(format!("    {}", finding.remedy));
        }
        if let Some(reason) = &self.broken {
            lines.push(format!("Reason given: {reason}"));
            lines.push(format!("It leaves owing: {OWED} Bring the receipt to the board: cab receipt FILE"));
        }
        lines.extend(self.shown.iter().flat_map(Shown::lines));
        lines.iter().map(|line| one_line(line)).collect::<Vec<_>>().join("\n")
    }

    /// All of it as one object: what was asked, what was judged, and the answer. This is the receipt.
    #[must_use]
    pub fn receipt(&self, warn: bool) -> Value {
        let verdict = match (self.passed(), warn) {
            (true, _) => "passed",
            (false, _) if self.broken.is_some() => BROKEN,
            (false, true) => "would-have-blocked",
            (false, false) => "refused",
        };
        json!({
            "schema": RECEIPT,
            "program": crate::PROGRAM,
            "verdict": verdict,
            "exit": self.exit(warn),
            "codes": self.codes(),
            "findings": self.findings,
            "at": time(self.at),
            "asked": {
                "change": self.asked.change,
                "artifacts": self.asked.artifacts,
                "environment": self.asked.environment,
                "roster_root": self.asked.roster_root.to_string(),
                "least_roster": self.asked.least_roster,
                "least_program": self.asked.least_program,
                "repeated": self.asked.repeated,
            },
            "broken": self.broken.as_ref().map(|reason| json!({ "reason": reason, "owed": OWED })),
            "files": self.files,
            "shown": self.shown.as_ref().map(Shown::to_json),
        })
    }

    /// What is printed under `--json`: one object, as everywhere in `cab`.
    #[must_use]
    pub fn document(&self, warn: bool) -> Value {
        match (self.kind(), warn || self.broken.is_some()) {
            (Some(kind), false) => json!({ "schema": SCHEMA, "ok": false, "refusal": self.refusal(kind) }),
            (Some(_), true) | (None, _) => json!({ "schema": SCHEMA, "ok": true, "result": self.receipt(warn) }),
        }
    }

    fn refusal(&self, kind: Kind) -> Value {
        json!({ "kind": kind.word(), "exit": kind.exit(), "message": self.message(), "detail": self.receipt(false) })
    }

    /// The refusal in one line.
    #[must_use]
    pub fn message(&self) -> String {
        let each: Vec<String> = self.findings.iter().map(|f| format!("{} [{}]", f.what, f.code)).collect();
        format!("{} is refused: {}", self.asked.change, each.join("; "))
    }
}

impl Shown {
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("Board: {}, roster {}, policy {}", self.board, self.roster, self.policy)];
        if self.provisional {
            lines.push("PROVISIONAL: one keyholder, nobody can check the chair's word.".to_owned());
        }
        let decision = self.decision.as_deref().unwrap_or("none");
        lines.push(format!("Decision: {decision}, {} risk, {}", self.level.word(), self.votes_in_words()));
        for signer in &self.sign_offs {
            lines.push(format!("Sign-off: {} ({}), {}", signer.name, signer.role, signer.attestation.word()));
            if !signer.edited.is_empty() {
                let edited = signer.edited.join(", ");
                lines.push(format!("Edited since, and nothing on which this sign-off depends: {edited}"));
            }
        }
        for ruled in &self.rulings {
            let (fields, chair, second) = (ruled.fields.join(", "), &ruled.chair, &ruled.second);
            lines.push(format!(
                "Edited since, ruled immaterial: {fields}; by {chair} (chair) and {second}: {}",
                ruled.reason
            ));
        }
        lines.extend(self.conditions.iter().map(ConditionShown::line));
        lines.extend(self.disposed.iter().map(DisposedShown::line));
        if let Some(standing) = &self.standing {
            let counted = match standing.counted {
                Some(n) => format!("{n} of {} uses counted", standing.uses),
                None => format!("uses not counted, at most {}", standing.uses),
            };
            lines.push(format!(
                "Standing approval: {} by {}, {counted}, until {}, signed by {} ({})",
                standing.service,
                standing.pipeline,
                time(standing.expires),
                standing.signer,
                standing.role
            ));
        } else if let Some(window) = &self.window {
            lines.push(format!("Window: {} to {}, planned in {}", time(window.start), time(window.end), window.zone));
            lines.extend(self.moved.clone());
        }
        if let Some((root, size)) = &self.record {
            lines.push(format!("Record: among {size} entries under Merkle root {root}"));
        }
        lines
    }

    fn to_json(&self) -> Value {
        let votes: BTreeMap<&str, u32> = self.votes.iter().map(|(how, n)| (how.word(), *n)).collect();
        let mut shown = json!({
            "board": { "name": self.board, "id": self.board_id, "roster": self.roster, "provisional": self.provisional },
            "policy": self.policy,
            "export": self.export,
            "fresh_as_of": time(self.fresh_as_of),
            "good_until": time(self.good_until),
            "decision": { "words": self.decision, "entry": self.decided },
            "level": self.level,
            "sign_offs": self.sign_offs,
            "rulings": self.rulings,
            "votes": votes,
            "artifacts": self.artifacts,
            "environment": self.environment,
            "window": self.window,
            "standing": self.standing,
            "record": self.record.map(|(root, size)| json!({ "merkle_root": root, "entries": size })),
        });
        if let (Value::Object(shown), Some(moved)) = (&mut shown, &self.moved) {
            shown.insert("moved".to_owned(), json!(moved));
        }
        if let (Value::Object(shown), false) = (&mut shown, self.conditions.is_empty()) {
            shown.insert("conditions".to_owned(), json!(self.conditions));
        }
        if let (Value::Object(shown), false) = (&mut shown, self.disposed.is_empty()) {
            shown.insert("disposed".to_owned(), json!(self.disposed));
        }
        shown
    }
}

/// The sections that were edited since, where the sign-off holds because it depends on none of them.
fn edited_since(now: &Present, signed: &SignOff) -> Vec<String> {
    let ruled = now.content == signed.body.content || now.ruled.contains(&signed.body.content);
    let edited = now.spares(signed.body.content, signed.role).filter(|_| !ruled);
    edited.into_iter().flatten().map(|section| section.title().to_owned()).collect()
}

/// A line stays one line, whatever a roster or ticket says in it.
fn one_line(line: &str) -> String {
    mark_invisible(&line.replace(['\n', '\r', '\t'], " "))
}
