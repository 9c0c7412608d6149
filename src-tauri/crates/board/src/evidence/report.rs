//! The report: what a bundle shows in words, on about two pages. Everything in it is recomputed from the entries.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::entry::{Attestation, Body};
use domain::ids::{Digest, EntryId, KeyId, MemberId};
use domain::ledger::{Answer, Ledger, Meeting};
use domain::roster::{KeyStatus, KeyUse, Revocation, Role};
use domain::sign_off::SignOff;
use domain::text::mark_invisible;
use record::bundle::{Bundle, Evidence};
use record::chain::Past;
use record::entry::Entry;
use record::manifest::attached_files;

use crate::audit::Finding;
use crate::conditions::one_line;
use crate::risk::ScoresAgain;

mod set_aside;

/// So many of a list are printed; how many more there are is said.
const LINES: usize = 24;

struct Report<'a> {
    bundle: &'a Bundle,
    evidence: &'a Evidence,
    ledger: &'a Ledger,
    past: Past,
    lines: Vec<String>,
}

/// The report of a bundle that was verified.
pub fn of(
    bundle: &Bundle,
    evidence: &Evidence,
    ledger: &Ledger,
    (findings, scores): (&[Finding], &ScoresAgain),
) -> String {
    let past = Past::of(evidence.verified.links());
    let mut report = Report { bundle, evidence, ledger, past, lines: Vec::new() };
    report.head(findings);
    report.decisions();
    report.sign_offs();
    report.set_aside();
    report.scores(scores);
    report.attestations();
    report.unknown();
    report.logs();
    report.taken_away();
    report.lines.join("\n") + "\n"
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

fn plural(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

impl Report<'_> {
    fn say(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    fn title(&mut self, title: &str) {
        self.lines.push(String::new());
        self.lines.push(format!("## {title}"));
    }

    /// At most [`LINES`] of them.
    fn list(&mut self, items: Vec<String>, none: &str) {
        if items.is_empty() && !none.is_empty() {
            self.say(none);
        }
        let more = items.len().saturating_sub(LINES);
        self.lines.extend(items.into_iter().take(LINES).map(|item| format!("- {item}")));
        if more > 0 {
            self.say(format!("- and {more} more, in the file itself"));
        }
    }

    fn name(&self, id: MemberId) -> String {
        let mut versions = self.evidence.rosters.versions().iter().rev();
        let found = versions.find_map(|v| v.roster().member(id)).map(|m| m.name.clone());
        found.unwrap_or_else(|| format!("member {id}"))
    }

    fn owner(&self, key: KeyId) -> (String, &'static str) {
        let mut versions = self.evidence.rosters.versions().iter().rev();
        let found = versions.find_map(|v| v.roster().key(key));
        found.map_or_else(
            || (format!("key {}", key.short()), "unknown key"),
            |(member, key)| {
                let what = match key.usage {
                    KeyUse::Signature => "own key",
                    KeyUse::Recording => "device",
                };
                (member.name.clone(), what)
            },
        )
    }

    fn head(&mut self, findings: &[Finding]) {
        let rosters = &self.evidence.rosters;
        let roster = rosters.current().roster();
        let (name, version) = (roster.name.clone(), roster.version);
        let provisional = roster.provisional();
        let people: Vec<String> = roster
            .members
            .iter()
            .map(|m| {
                let roles: Vec<&str> = m.roles.iter().map(|r: &Role| r.title()).collect();
                let key = if m.signature_key().is_some() { "" } else { ", no key" };
                format!("{} ({}{key})", m.name, roles.join(", "))
            })
            .collect();
        let sample = roster.members.iter().flat_map(|m| &m.keys).any(|k| k.keystore == "sample");
        let words = rosters.fingerprint().words().join(" ");
        self.say(format!("# What this evidence of {name} shows"));
        self.say("");
        let entries = plural(self.evidence.verified.entries.len(), "signed entry", "signed entries");
        if findings.is_empty() {
            self.say(format!("Everything in it holds: {entries}, each signature and each place in its log."));
        } else {
            let what = plural(findings.len(), "thing in it does", "things in it do");
            self.say(format!("**It does not hold.** {what} not verify ({entries} do):"));
            let told = findings.iter().map(|f| format!("{}: {} [{}]", f.place, f.why, f.code)).collect();
            self.list(told, "");
        }
        let root = if self.evidence.anchored { "compared with the one you gave" } else { "NOT compared with any" };
        self.say(format!("Roster root: {words}; {root}. Whose key is whose is what the roster says."));
        if sample {
            self.say("This is a sample board with published PINs: it proves nothing about anybody.");
        }
        if provisional {
            self.say("The board is provisional: only one of its members has a key.");
        }
        let scope = match (&self.bundle.scope.change, self.bundle.scope.complete) {
            (_, true) => "It is complete (scope: complete): it holds every entry up to its end.".to_owned(),
            (Some(change), false) => format!(
                "It is an extract about {change} (scope: extract): other entries are left out, and what is left out \
                 cannot be seen."
            ),
            (None, false) => {
                "It is an extract (scope: extract): other entries are left out, and what is left out cannot be seen."
                    .to_owned()
            }
        };
        self.say(scope);
        self.say(format!("Roster {version}: {}.", people.join(" · ")));
    }

    fn decisions(&mut self) {
        self.title("What was decided");
        let ledger = self.ledger;
        for meeting in ledger.meetings.values() {
            let state = meeting.closed_at.map_or("not closed".to_owned(), |at| format!("closed {}", time(at)));
            let chair = self.name(meeting.agenda.chair);
            let called = time(meeting.agenda.called);
            self.say(format!("{}, called {called} by {chair}, {state} (times as claimed):", meeting.agenda.title));
            let change = self.bundle.scope.change.as_ref();
            let items = meeting.agenda.items.iter().filter(|i| change.is_none_or(|c| i.change == *c));
            let lines = items.map(|item| self.item(meeting, item.number)).collect();
            self.list(lines, "No item.");
        }
        if ledger.meetings.is_empty() {
            self.say("No meeting stands in it.");
        }
        let met = self.conditions();
        if !met.is_empty() {
            self.say("Conditions that somebody says are met; it takes the device that recorded it, and no PIN:");
            self.list(met, "");
        }
    }

    fn conditions(&self) -> Vec<String> {
        let change = self.bundle.scope.change.as_ref();
        let all = self.ledger.conditions.values().filter(|c| !c.void && change.is_none_or(|about| c.change == *about));
        let met = all.filter_map(|c| {
            let (id, note) = c.met.as_ref()?;
            let entry = self.entry(*id)?;
            let (owner, what) = self.owner(entry.log().id.key);
            Some(format!(
                "{}: {}; said by {}, recorded by {owner} ({what}): {}",
                c.change,
                one_line(&c.condition.text),
                self.name(entry.predicate()?.actor),
                one_line(note)
            ))
        });
        met.collect()
    }

    fn item(&self, meeting: &Meeting, number: u32) -> String {
        let change = meeting.agenda.items.iter().find(|i| i.number == number).map(|i| i.change.to_string());
        let decision = meeting.decisions.get(&number).map_or("no decision".to_owned(), |d| {
            let conditions = d.decision.conditions.len();
            let with = if conditions == 0 {
                String::new()
            } else {
                format!(", {}", plural(conditions, "condition", "conditions"))
            };
            format!("{}{with}", d.decision.kind.words().to_lowercase())
        });
        let mut by: BTreeMap<Attestation, usize> = BTreeMap::new();
        for vote in meeting.votes.get(&number).into_iter().flat_map(BTreeMap::values) {
            *by.entry(vote.attestation).or_default() += 1;
        }
        let total: usize = by.values().sum();
        let kinds: Vec<String> = by.iter().rev().map(|(level, n)| format!("{n} {}", level.word())).collect();
        let word =
            if by.contains_key(&Attestation::Recorded) { ", on the word of whoever kept the record" } else { "" };
        let votes = if total == 0 {
            "no votes".to_owned()
        } else {
            format!("{}: {}{word}", plural(total, "vote", "votes"), kinds.join(", "))
        };
        format!("item {number}, {}: {decision}; {votes}", change.unwrap_or_default())
    }

    fn sign_offs(&mut self) {
        self.title("Who signed what");
        let all: Vec<&SignOff> = self.ledger.sign_offs.values().flatten().collect();
        let lines = all.iter().map(|s| self.sign_off(s)).collect();
        self.list(lines, "No sign-off stands in it.");
        self.say(
            "A sign-off speaks for what was shown to its signer. Whether a ticket changed since, no file can say.",
        );
    }

    /// Whether the scores follow from the answers, under the sign-offs and decisions that carry them.
    fn scores(&mut self, scores: &ScoresAgain) {
        if scores.signed == 0 {
            return;
        }
        let signed = plural(scores.signed as usize, "risk score", "risk scores");
        self.say(format!(
            "{signed} signed; {} made again from the answers in this file, with the same outcome.",
            scores.again
        ));
        if !scores.wrong.is_empty() {
            self.say("**Scores that do not follow from their answers:**");
            self.list(scores.wrong.iter().map(|why| mark_invisible(why)).collect(), "");
        }
        if !scores.without_answers.is_empty() {
            let changes: Vec<&str> = scores.without_answers.iter().map(String::as_str).collect();
            self.say(format!("Not to be made again, for want of answers or model: {}.", changes.join(", ")));
        }
    }

    fn sign_off(&self, s: &SignOff) -> String {
        let role = s.role.map_or("no role", Role::title);
        let verdict = match s.body.verdict {
            domain::entry::Verdict::Approve => "approves",
            domain::entry::Verdict::Reject => "rejects",
        };
        let back = match (s.withdrawn.is_some(), s.late) {
            (true, _) => "; WITHDRAWN since",
            (false, true) => "; came AFTER THE DECISION, not counted",
            (false, false) => "",
        };
        let risk = format!("{} points, {}", s.body.risk.score, s.body.risk.level.word());
        let name = self.name(s.actor);
        let ladder = self.ladder(s.entry, s).join(" < ");
        format!("{name} ({role}) {verdict} {} ({risk}), {}{back}. Time: {ladder}", s.body.change, s.attestation.word())
    }

    /// What is known of the time, from the weakest to the strongest (`record.md`, *For the auditor*).
    fn ladder(&self, id: EntryId, s: &SignOff) -> Vec<String> {
        let mut ladder = vec![format!("claimed {}", time(s.claimed))];
        if let Some(entry) = self.entry(id) {
            let (owner, _) = self.owner(entry.log().id.key);
            ladder.push(format!("number {} in {owner}'s own log", entry.log().seq));
        }
        let witnesses: BTreeSet<String> = self
            .past
            .witnesses(id)
            .filter_map(|later| self.entry(later))
            .map(|later| {
                let (owner, what) = self.owner(later.log().id.key);
                format!("{owner} ({what})")
            })
            .collect();
        if witnesses.is_empty() {
            ladder.push("seen by no other key in this file".to_owned());
        } else {
            ladder.push(format!("seen afterwards by {}", witnesses.into_iter().collect::<Vec<_>>().join(", ")));
        }
        let after = self
            .ledger
            .written_back
            .get(&s.body.change)
            .into_iter()
            .flatten()
            .find(|w| self.past.up_to([w.entry]).contains(&id));
        if let Some(written) = after {
            ladder.push(format!("before the ticket server's {}", written.remote_time));
        }
        ladder
    }

    fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.evidence.verified.entries.iter().find(|entry| entry.id() == id)
    }

    fn attestations(&mut self) {
        self.title("How each act is known");
        let mut by: BTreeMap<Attestation, BTreeMap<&'static str, usize>> = BTreeMap::new();
        for predicate in self.evidence.verified.entries.iter().filter_map(Entry::predicate) {
            let of = if let Body::Running { acts } = &predicate.body { acts.len() } else { 1 };
            *by.entry(predicate.attestation).or_default().entry(predicate.body.kind()).or_default() += of;
        }
        let lines = by
            .iter()
            .rev()
            .map(|(level, kinds)| {
                let kinds: Vec<String> = kinds
                    .iter()
                    .map(|(kind, n)| {
                        format!(
                            "{n} {}",
                            if *kind == "running" { "acts of a meeting".to_owned() } else { kind.replace('_', " ") }
                        )
                    })
                    .collect();
                format!("{}: {}", level.word(), kinds.join(", "))
            })
            .collect();
        self.list(lines, "Nothing.");
        let mut answers: BTreeMap<&str, usize> = BTreeMap::new();
        for spoken in self.ledger.spoken.values() {
            let word = match &spoken.answer {
                None => "not answered yet by the member named",
                Some(Answer::Confirmed { .. }) => "confirmed by the member's own key",
                Some(Answer::Contested { .. }) => "CONTESTED by the member",
            };
            *answers.entry(word).or_default() += 1;
        }
        if !answers.is_empty() {
            let words: Vec<String> = answers.iter().map(|(word, n)| format!("{n} {word}")).collect();
            self.say(format!(
                "Of what was recorded in members' names: {}. Silence confirms nothing.",
                words.join(", ")
            ));
        }
    }

    fn unknown(&mut self) {
        self.title("What is not known");
        let mut lines =
            vec!["Times are as claimed by the signer's clock, but for what the ladder beside them says.".to_owned()];
        let withheld = self.evidence.withheld.len();
        if withheld > 0 {
            let fields = plural(withheld, "field is", "fields are");
            lines.push(format!("{fields} withheld in this edition: their digests stand, their words are not here."));
        }
        lines.extend(self.disposals());
        let left_out = self.evidence.left_out.len();
        if left_out > 0 {
            let places = plural(left_out, "place of the record is", "places of the record are");
            lines.push(format!("{places} not in this file."));
        }
        let unknown = self.ledger.unknown.len();
        if unknown > 0 {
            lines.push(format!(
                "{} a newer Cabinet; what they say is not known here.",
                plural(unknown, "entry needs", "entries need")
            ));
        }
        if !self.evidence.anchored {
            lines.push("Whether this is the board you know: the roster root was not compared.".to_owned());
        }
        if self.bundle.merkle.is_none() {
            lines.push(
                "No Merkle root stands in it: it cannot be compared with other files of the same record.".to_owned(),
            );
        }
        self.list(lines, "");
    }

    /// What was disposed of: what and how much, by whom, when, on which ground, why. The bytes of attachments are in no
    /// bundle; that they are gone is told by their names, where a manifest says them.
    fn disposals(&self) -> Vec<String> {
        let files = attached_files(&self.bundle.manifests, &self.bundle.blobs);
        let mut lines = Vec::new();
        for entry in &self.evidence.verified.entries {
            let Some(predicate) = entry.predicate() else { continue };
            let Body::Disposed(body) = &predicate.body else { continue };
            if self.evidence.verified.disputed.contains(&entry.id()) {
                continue;
            }
            let by_this = |found: &BTreeMap<Digest, EntryId>| found.values().filter(|id| **id == entry.id()).count();
            let (gone, here) = (by_this(&self.evidence.disposed), by_this(&self.evidence.outlived));
            let named: Vec<String> =
                body.blobs.iter().filter_map(|digest| files.get(digest)).map(|name| mark_invisible(name)).collect();
            let others = body.blobs.len().saturating_sub(gone + here + named.len());
            let mut what = Vec::new();
            if gone + here > 0 {
                what.push(plural(gone + here, "field", "fields"));
            }
            if !named.is_empty() {
                what.push(format!("the content of {}", named.join(", ")));
            }
            if others > 0 {
                what.push(plural(others, "blob that nothing here names", "blobs that nothing here names"));
            }
            let about = body.change.as_ref().map_or_else(String::new, |change| format!(" of {change}"));
            let mut line = format!(
                "Disposed of by {}, claimed {}, on the ground of {}: {}{about}. Digests stand, and what was signed over them. \
                 Why: {}",
                self.name(predicate.actor),
                time(predicate.time.claimed),
                body.ground.word(),
                what.join(", "),
                mark_invisible(body.reason.trim())
            );
            if here > 0 {
                let still = plural(here, "field is", "fields are");
                line.push_str(&format!(
                    " ({still} IN THIS FILE all the same: it was handed out before, or kept elsewhere.)"
                ));
            }
            lines.push(line);
        }
        lines
    }

    fn logs(&mut self) {
        self.title("Logs");
        let faults = &self.evidence.verified.faults;
        let gaps: Vec<String> = faults.iter().map(|f| f.refusal().to_string()).collect();
        if gaps.is_empty() {
            self.say("No gap, and no fork that is not settled.");
        }
        self.list(gaps, "");
        let settled: Vec<String> = self.evidence.settled.iter().map(|f| f.refusal().what).collect();
        if !settled.is_empty() {
            self.say("Settled forks, of which one entry counts:");
            self.list(settled, "");
        }
        let heads = self.evidence.verified.heads();
        let lines = heads
            .iter()
            .map(|(log, head)| {
                let (owner, what) = self.owner(log.key);
                let epoch = if log.epoch == 1 { String::new() } else { format!(", epoch {}", log.epoch) };
                format!("{owner} ({what}{epoch}): up to number {}, entry {}", head.seq, head.id.short())
            })
            .collect();
        self.list(lines, "No log.");
        if let Some(tree) = &self.bundle.merkle {
            self.say(format!("Merkle root over {}: {}", plural(tree.size as usize, "entry", "entries"), tree.root));
        }
    }

    /// Keys that were taken away, and what of theirs counts although it is claimed from the time on from which they are said
    /// to be gone: others had seen it before the roster that takes them away.
    fn taken_away(&mut self) {
        let mut revoked: BTreeMap<KeyId, (u32, Revocation)> = BTreeMap::new();
        for version in self.evidence.rosters.versions() {
            let roster = version.roster();
            for key in roster.members.iter().flat_map(|m| &m.keys).filter(|k| k.status == KeyStatus::Revoked) {
                if let Some(why) = &key.revoked {
                    revoked.entry(key.id).or_insert_with(|| (roster.version, why.clone()));
                }
            }
        }
        if revoked.is_empty() {
            return;
        }
        self.title("Keys that were taken away");
        for (key, (version, why)) in revoked {
            let (owner, what) = self.owner(key);
            self.say(format!(
                "{owner} ({what}): by roster {version}, {}, said to be gone since {}. That time decides nothing; what others \
                 had seen by then counts, and a claimed time is chosen by whoever holds the key. Counting, and claimed since:",
                why.reason.word(),
                time(why.from)
            ));
            let since = self.claimed_since(key, why.from);
            self.list(since, "Nothing in this file.");
        }
    }

    fn claimed_since(&self, key: KeyId, from: DateTime<Utc>) -> Vec<String> {
        let verified = &self.evidence.verified;
        let of_key = verified.entries.iter().filter(|e| e.log().id.key == key && !verified.disputed.contains(&e.id()));
        let since = of_key.filter_map(|entry| {
            let predicate = entry.predicate().filter(|p| p.time.claimed >= from)?;
            Some(format!(
                "entry {} ({}), number {}, claimed {}: {}",
                entry.id().short(),
                predicate.body.kind().replace('_', " "),
                entry.log().seq,
                time(predicate.time.claimed),
                one_line(&predicate.meaning)
            ))
        });
        since.collect()
    }
}
