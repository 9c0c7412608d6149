//! Minutes as a projection of the record: the same entries give the same minutes, here and for whoever
//! verifies them two years later. Pure; nothing is read that `evidence.json` does not hold.
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::entry::Attestation;
use domain::gate::GateResult;
use domain::ids::{ChangeKey, Digest, MeetingId, MemberId};
use domain::ledger::{Answer, Ledger, Meeting, RecordedDecision};
use domain::meeting::{AgendaItem, Basis, ConditionTime, Decision, DecisionKind, Stay};
use domain::policy::{MinutesPaper, Policy};
use domain::risk::RiskLevel;
use domain::roster::Roster;
use domain::sign_off::SignOff;
use domain::text::mark_invisible;
use minutes::model as m;

use super::annex::Fresh;
use super::phrases::{Meaning, Words};
use crate::meetings::NEXT_MEETING;

/// What a document is made from.
pub(crate) struct Source<'a> {
    pub roster: &'a Roster,
    pub policy: &'a Policy,
    pub policy_digest: Digest,
    /// The policy under which the meeting was called: what it counted is printed by these rules, whatever came later.
    pub rules: &'a Policy,
    pub ledger: &'a Ledger,
    pub meeting: MeetingId,
    /// When the document is made, as claimed: the sealing's own time.
    pub made_at: DateTime<Utc>,
    /// SHA-256 of the evidence that travels inside.
    pub evidence: Digest,
    /// SHA-256 of the certificate root (DER).
    pub certificate_root: Option<String>,
    /// The checkpoint of the evidence, where it leaves no entry out; else that of the meeting's close is printed.
    pub checkpoint: Option<Digest>,
}

impl Source<'_> {
    fn recorded(&self) -> Option<&Meeting> {
        self.ledger.meetings.get(&self.meeting)
    }

    /// In the language of the policy that the head of the document names.
    pub(super) fn words(&self) -> Words {
        Words::of(self.policy)
    }

    pub(super) fn name(&self, id: MemberId) -> String {
        self.roster.member(id).map_or_else(|| self.words().unknown(id), |m| m.name.clone())
    }

    pub(super) fn role(&self, id: MemberId) -> String {
        self.roster.member(id).map_or_else(String::new, |m| self.words().seat(m))
    }

    /// The minutes of the meeting; `None` if the record has no such meeting.
    pub fn minutes(&self, file: &str) -> Option<m::Minutes> {
        let meeting = self.recorded()?;
        let in_room = meeting.circular.is_none();
        Some(m::Minutes {
            head: self.head(meeting),
            attendance: if in_room { self.attendance(meeting) } else { Vec::new() },
            quorum: self.quorums(meeting),
            items: meeting.agenda.items.iter().map(|item| self.item(meeting, item)).collect(),
            rulings: if in_room { self.rulings_since(meeting) } else { Vec::new() },
            dispensations: if in_room { self.dispensations_since(meeting) } else { Vec::new() },
            circulars: if in_room { self.not_taken_up(meeting) } else { Vec::new() },
            delegated: if in_room { self.delegated_since(meeting) } else { Vec::new() },
            breaches: if in_room { self.breaches_since(meeting) } else { Vec::new() },
            raci: if in_room { self.raci() } else { Vec::new() },
            approval: self.approval_of_minutes(meeting),
            corrections: self.corrections(meeting),
            actions: self.actions(meeting),
            next_meeting: next_meeting(meeting),
            signatories: vec![self.signatory(meeting)],
            evidence: self.evidence(file),
            since: in_room.then(|| self.since(meeting)),
            emergencies: if in_room { self.emergencies_since(meeting) } else { Vec::new() },
            deployments: if in_room { self.deployments_since(meeting) } else { Vec::new() },
            overdue: if in_room { self.overdue(meeting) } else { Vec::new() },
            untold: if in_room { self.untold() } else { 0 },
            remarks: remarks(meeting),
            circulated: None,
            carried: if in_room { self.carried(meeting) } else { Vec::new() },
        })
    }

    /// The extract of one change.
    pub fn extract(&self, change: &ChangeKey, file: &str) -> Option<m::Extract> {
        let meeting = self.recorded()?;
        let item = meeting.agenda.items.iter().find(|i| i.change == *change)?;
        let decided = meeting.decisions.get(&item.number);
        Some(m::Extract {
            head: self.head(meeting),
            quorum: decided.iter().map(|d| self.quorum_of(meeting, d)).collect(),
            item: self.item(meeting, item),
            signatories: vec![self.signatory(meeting)],
            evidence: self.evidence(file),
        })
    }

    /// An annex to the sealed minutes, of these answers of members; `None` if there are no such minutes.
    pub fn annex(&self, file: &str, number: u32, fresh: &Fresh) -> Option<m::Annex> {
        let meeting = self.recorded()?;
        let minutes = meeting.minutes.last()?;
        let zone = Self::zone(meeting);
        let sealed = self.words().claimed(minutes.claimed, zone);
        Some(m::Annex {
            head: self.head(meeting),
            minutes: minutes.pdf.to_string(),
            sealed: self.words().sealed(&sealed, &self.name(minutes.actor)),
            number,
            answers: self.answers(meeting, fresh, zone),
            signatories: vec![self.signatory_of(meeting, ANNEX_MEANING)],
            evidence: self.evidence(file),
        })
    }

    /// What members say of acts of the meeting, then of sign-offs that were recorded for them on its changes.
    fn answers(&self, meeting: &Meeting, fresh: &Fresh, zone: Tz) -> Vec<m::Answer> {
        let key = |item: u32| meeting.agenda.items.iter().find(|i| i.number == item).map(|i| i.change.to_string());
        let answer = |who: MemberId, item: Option<String>, recorded: String, said: &Answer| {
            let at = fresh.get(&said.by())?;
            Some(m::Answer {
                name: self.name(who),
                role: self.role(who),
                item,
                recorded,
                instead: match said {
                    Answer::Confirmed { .. } => None,
                    Answer::Contested { reason, .. } => Some(mark_invisible(reason)),
                },
                time: self.words().local(*at, zone),
                entry: said.by().to_string(),
            })
        };
        let acts = self.ledger.spoken.values().filter(|s| s.meeting == meeting.agenda.meeting).filter_map(|s| {
            let (item, recorded) = self.words().spoken(s, &|id| self.name(id));
            let item = item.map(|n| key(n).unwrap_or_else(|| self.words().item(n)));
            answer(s.actor, item, mark_invisible(&recorded), s.answer.as_ref()?)
        });
        let mut changes: Vec<&ChangeKey> = meeting.agenda.items.iter().map(|i| &i.change).collect();
        changes.sort();
        changes.dedup();
        let signed = changes.into_iter().filter_map(|change| self.ledger.sign_offs.get(change)).flatten();
        let signed = signed.filter_map(|s| {
            let recorded = self.words().signed_off(&s.body);
            answer(s.actor, Some(s.body.change.to_string()), recorded, s.answer.as_ref()?)
        });
        acts.chain(signed).collect()
    }

    pub(super) fn zone(meeting: &Meeting) -> Tz {
        meeting.agenda.zone.parse().unwrap_or(Tz::UTC)
    }

    pub(super) fn head(&self, meeting: &Meeting) -> m::Head {
        let zone = Self::zone(meeting);
        let words = self.words();
        let secretary = meeting.agenda.secretary;
        let closing = || Digest::of(&record::canonical::to_bytes(&meeting.heads).unwrap_or_default());
        let covers = if self.checkpoint.is_some() { m::Covers::Inside } else { m::Covers::Close };
        m::Head {
            board: mark_invisible(&self.roster.name),
            provisional: self.roster.provisional(),
            meeting_id: meeting.agenda.meeting.to_string(),
            meeting_title: mark_invisible(&meeting.agenda.title),
            date: words.day(meeting.agenda.called, meeting.closed_at, zone),
            place: mark_invisible(&meeting.agenda.place),
            chair: self.name(meeting.agenda.chair),
            secretary: (secretary != meeting.agenda.chair).then(|| self.name(secretary)),
            policy_version: self.policy.name.replace('/', " "),
            policy_digest: self.policy_digest.to_string(),
            roster_version: self.roster.version.to_string(),
            checkpoint: self.checkpoint.unwrap_or_else(closing).to_string(),
            covers,
            made_at: self.made_at,
            made_at_text: words.claimed(self.made_at, zone),
            language: words.language(),
            paper: paper(self.policy),
        }
    }

    fn attendance(&self, meeting: &Meeting) -> Vec<m::Attendee> {
        let zone = Self::zone(meeting);
        let clock = |t: DateTime<Utc>| t.with_timezone(&zone).format("%H:%M").to_string();
        let mut people: Vec<MemberId> = self.roster.members.iter().map(|m| m.id).collect();
        people.extend(meeting.attendance.keys().filter(|k| self.roster.member(**k).is_none()));
        people
            .into_iter()
            .map(|id| {
                let stays = meeting.attendance.get(&id);
                let by_delegate = meeting.attendance.values().flatten().any(|s| s.delegate_for == Some(id));
                let voting = self.roster.member(id).is_some_and(|m| m.voting);
                let recused = meeting.recusals.iter().filter_map(|(item, who)| {
                    let key = meeting.agenda.items.iter().find(|i| i.number == *item)?.change.to_string();
                    who.get(&id)
                        .map(|why| if why.is_empty() { key.clone() } else { format!("{key}: {}", mark_invisible(why)) })
                });
                m::Attendee {
                    name: self.name(id),
                    role: self.role(id),
                    presence: match stays {
                        Some(_) if voting => m::Presence::Present,
                        Some(_) => m::Presence::Guest,
                        None if by_delegate => m::Presence::ByDelegate,
                        None => m::Presence::Absent,
                    },
                    arrived: stays.and_then(|s| s.first()).map(|s| clock(s.arrived)),
                    left: stays.and_then(|s| s.last()).and_then(|s| s.left).map(clock),
                    away: stays.map_or_else(Vec::new, |stays| away(stays, clock)),
                    delegate_for: stays.and_then(|s| s.last()).and_then(|s| s.delegate_for).map(|d| self.name(d)),
                    recused_from: recused.collect(),
                }
            })
            .collect()
    }

    pub(super) fn item(&self, meeting: &Meeting, item: &AgendaItem) -> m::Item {
        let decided = meeting.decisions.get(&item.number);
        let zone = Self::zone(meeting);
        let votes = self.votes(meeting, item.number);
        let note = meeting.notes.iter().rev().find(|n| n.item == Some(item.number) && !n.text.is_empty());
        let brief = decided.map(|d| &d.decision.brief);
        let known = brief.or_else(|| self.decided_before(item));
        let words = self.words();
        m::Item {
            number: item.number,
            key: item.change.to_string(),
            title: mark_invisible(&item.title),
            release: item.release.as_deref().map(mark_invisible),
            kind: words.kind(known.and_then(|b| b.kind).or_else(|| self.declared_kind(item))).to_owned(),
            window: known.and_then(|b| b.window.as_ref()).map_or_else(Vec::new, |w| words.window(w, zone)),
            risk: decided.map(|decided| self.risk(decided)),
            gates: brief.map_or_else(Vec::new, |b| b.gates.iter().map(|found| gate(words, found)).collect()),
            gates_passed: brief.map_or(0, |b| b.gates_passed),
            plan_review: brief.map(|b| words.recorded(&b.plan_review)).filter(|p| !p.is_empty()),
            attestation_count: super::counted::votes(meeting, item.number, (words, &|id| self.name(id))),
            votes,
            basis: decided.and_then(|d| basis(&d.decision)),
            basis_text: decided.map_or_else(|| words.undecided().to_owned(), |d| self.basis_text(meeting, d)),
            decision: decision(decided.map_or(DecisionKind::NoDecision, |d| d.decision.kind)),
            decision_detail: decided
                .map(|d| d.decision.deferred_to.clone())
                .filter(|d| !d.is_empty())
                .map(|d| words.put_off(&mark_invisible(&d))),
            rationale: decided
                .map(|d| d.decision.rationale.clone())
                .into_iter()
                .chain(note.map(|n| words.note(&n.text)))
                .filter(|t| !t.is_empty())
                .map(|t| mark_invisible(&t))
                .reduce(|a, b| format!("{a} {b}")),
            conditions: decided.map_or_else(Vec::new, |d| self.conditions(d)),
            sign_offs: self.sign_offs(&item.change, decided, zone),
            rulings: self.rulings(&item.change),
            dispensations: self.dispensations(&item.change),
            emergency: self.emergencies(&item.change, brief, zone),
            circular: self.circulars(meeting, item, zone),
            approval: decided.filter(|d| d.decision.kind.approves()).map(|d| self.approval(d)),
            manifest: self.signed(&item.change).last().map(|s| s.manifest.to_string()),
        }
    }

    fn conditions(&self, decided: &RecordedDecision) -> Vec<m::Condition> {
        decided
            .decision
            .conditions
            .iter()
            .map(|c| m::Condition {
                text: mark_invisible(&c.text),
                owner: mark_invisible(&c.owner),
                due: self.words().due(&c.due),
                when: match c.when {
                    ConditionTime::Before => m::ConditionTime::Before,
                    ConditionTime::After => m::ConditionTime::After,
                },
                met: self.ledger.conditions.get(&c.id).is_some_and(|s| s.met.is_some()),
            })
            .collect()
    }

    fn signed(&self, change: &ChangeKey) -> Vec<&SignOff> {
        let all = self.ledger.sign_offs.get(change).into_iter().flatten();
        all.filter(|s| s.withdrawn.is_none() && !s.late).collect()
    }

    pub(super) fn sign_offs(
        &self,
        change: &ChangeKey,
        decided: Option<&RecordedDecision>,
        zone: Tz,
    ) -> Vec<m::SignOff> {
        self.signed(change)
            .into_iter()
            .map(|s| m::SignOff {
                name: self.name(s.actor),
                role: s.role.map_or_else(String::new, |r| self.words().role(r).to_owned()),
                meaning: s.meaning.clone(),
                time: self.words().local(s.claimed, zone),
                key_fingerprint: self
                    .roster
                    .member(s.actor)
                    .and_then(|m| m.signature_key())
                    .filter(|_| s.attestation >= Attestation::Confirmed)
                    .map(|k| k.id.to_string()),
                attestation: attestation(s.attestation),
                stale: decided.is_some_and(|d| !self.speak_alike(change, s.body.content, d.decision.content)),
            })
            .collect()
    }

    fn approval(&self, decided: &RecordedDecision) -> String {
        let d = &decided.decision;
        let least = self.policy.least(domain::policy::Slot::SignOff, d.risk.level);
        self.words().approval(self.ledger.standing_of(self.roster, d, least))
    }

    pub(super) fn actions(&self, meeting: &Meeting) -> Vec<m::Action> {
        meeting
            .actions
            .iter()
            .map(|a| m::Action {
                text: mark_invisible(&a.action),
                owner: self.name(a.owner),
                due: self.words().due(&a.due),
                item: super::actions::item_of(meeting, a),
                meeting: None,
            })
            .collect()
    }

    /// The meaning is the signature's, in the words in which it is made and verified; the role is that of the chair's
    /// certificate, and is told in the language of the document where it is drawn.
    pub(super) fn signatory(&self, meeting: &Meeting) -> m::Signatory {
        self.signatory_of(meeting, SEAL_MEANING)
    }

    /// The chair, who seals with this sentence.
    pub(super) fn signatory_of(&self, meeting: &Meeting, meaning: Meaning) -> m::Signatory {
        m::Signatory {
            field: "chair".to_owned(),
            name: self.name(meeting.agenda.chair),
            role: "Chair".to_owned(),
            meaning: meaning.in_words(self.words()).to_owned(),
        }
    }

    pub(super) fn evidence(&self, file: &str) -> m::Evidence {
        let (how_to_verify, commands) = m::Evidence::how_to_verify(file, self.words().language());
        m::Evidence {
            digests: vec![m::Digest { name: "evidence.json".to_owned(), sha256: self.evidence.to_string() }],
            certificate_root: self.certificate_root.clone(),
            how_to_verify,
            commands,
        }
    }
}

/// What the chair's seal means.
pub(crate) const SEAL_MEANING: Meaning = Meaning::new(
    "I seal this as a true account of what the board's record holds.",
    "Ich siegle dies als getreue Wiedergabe dessen, was die Aufzeichnung des Gremiums enthält.",
);

/// What the chair's seal on an annex means.
pub(crate) const ANNEX_MEANING: Meaning = Meaning::new(
    "I seal this as a true account of what members said since of what was recorded in their names.",
    "Ich siegle getreu, was Mitglieder seither zu dem sagten, was in ihrem Namen festgehalten wurde.",
);

/// What the chair's seal on an erratum means.
pub(crate) const ERRATUM_MEANING: Meaning = Meaning::new(
    "I seal this as a true account of what is wrong in the sealed minutes, and of what is right.",
    "Ich siegle getreu, was im gesiegelten Protokoll falsch ist, und was stattdessen richtig ist.",
);

/// From when to when somebody who came back was out.
fn away(stays: &[Stay], clock: impl Fn(DateTime<Utc>) -> String) -> Vec<String> {
    let out = |pair: &[Stay]| match pair {
        [before, after] => before.left.map(|left| format!("{}–{}", clock(left), clock(after.arrived))),
        _ => None,
    };
    stays.windows(2).filter_map(out).collect()
}

/// When and where the board meets next, where a remark on the meeting settles it.
fn settles_next(text: &str) -> Option<&str> {
    NEXT_MEETING.iter().find_map(|begins| text.trim().strip_prefix(begins)).map(str::trim)
}

/// The last word on it.
pub(crate) fn next_meeting(meeting: &Meeting) -> Option<String> {
    let mut newest_first = meeting.notes.iter().rev().filter(|note| note.item.is_none());
    newest_first.find_map(|note| settles_next(&note.text)).filter(|when| !when.is_empty()).map(mark_invisible)
}

/// What else was noted on the meeting as a whole.
fn remarks(meeting: &Meeting) -> Vec<String> {
    let whole = meeting.notes.iter().filter(|note| note.item.is_none() && !note.text.trim().is_empty());
    whole.filter(|note| settles_next(&note.text).is_none()).map(|note| mark_invisible(&note.text)).collect()
}

/// Attendance as if nobody had left: who took part at all.
pub(super) fn everyone_who_came(meeting: &Meeting) -> domain::meeting::Attendance {
    let mut attendance = meeting.attendance.clone();
    for stay in attendance.values_mut().filter_map(|s| s.last_mut()) {
        stay.left = None;
    }
    attendance
}

/// The paper of the policy's minutes.
pub(super) fn paper(policy: &Policy) -> minutes::PaperSize {
    match policy.minutes.paper {
        MinutesPaper::A4 => minutes::PaperSize::A4,
        MinutesPaper::Letter => minutes::PaperSize::Letter,
    }
}

/// A risk level as paper has it.
pub(crate) fn level(level: RiskLevel) -> m::RiskLevel {
    match level {
        RiskLevel::Low => m::RiskLevel::Low,
        RiskLevel::Medium => m::RiskLevel::Medium,
        RiskLevel::High => m::RiskLevel::High,
        RiskLevel::Critical => m::RiskLevel::Critical,
    }
}

/// A gate's result as paper has it.
pub(crate) fn gate_result(result: GateResult) -> m::GateResult {
    match result {
        GateResult::Passed => m::GateResult::Passed,
        GateResult::Failed => m::GateResult::Failed,
        GateResult::Waived => m::GateResult::Waived,
        GateResult::Warned => m::GateResult::Warned,
        GateResult::NotApplicable => m::GateResult::NotApplicable,
        GateResult::NoEvidence => m::GateResult::NoEvidence,
    }
}

fn gate(words: Words, gate: &domain::meeting::BriefGate) -> m::Gate {
    m::Gate {
        clause: gate.clause.clone(),
        title: words.recorded(&gate.title),
        result: gate_result(gate.result),
        why: mark_invisible(&words.recorded(&gate.why)),
    }
}

pub(super) fn attestation(attestation: Attestation) -> m::Attestation {
    match attestation {
        Attestation::Recorded => m::Attestation::Recorded,
        Attestation::Witnessed => m::Attestation::Witnessed,
        Attestation::Written => m::Attestation::Written,
        Attestation::Confirmed => m::Attestation::Confirmed,
        Attestation::Signed => m::Attestation::Signed,
    }
}

/// That the chair moved on without deciding is no ruling on the item.
fn basis(decision: &Decision) -> Option<m::Basis> {
    match decision.basis {
        Basis::Consent => Some(m::Basis::Consent),
        Basis::Vote => Some(m::Basis::CountedVote),
        Basis::CircularResolution => Some(m::Basis::CircularResolution),
        Basis::ChairRuling if decision.kind == DecisionKind::NoDecision => None,
        Basis::ChairRuling => Some(m::Basis::ChairsRuling),
    }
}

fn decision(kind: DecisionKind) -> m::Decision {
    match kind {
        DecisionKind::Approved => m::Decision::Approved,
        DecisionKind::ApprovedWithConditions => m::Decision::ApprovedWithConditions,
        DecisionKind::Rejected => m::Decision::Rejected,
        DecisionKind::Deferred => m::Decision::Deferred,
        DecisionKind::MoreInformation => m::Decision::MoreInformation,
        DecisionKind::Withdrawn => m::Decision::Withdrawn,
        DecisionKind::NoDecision => m::Decision::NoDecision,
    }
}
