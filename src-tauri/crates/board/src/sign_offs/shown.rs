//! What is shown of a change before it is signed, and the entry that a sign-off becomes.
use domain::entry::{Attestation, Body, SignOffBody};
use domain::ids::{ChangeKey, MeetingId};
use domain::roster::Member;
use record::manifest::Blob;
use record::statement::Subject;

use super::{Snapshot, capacity};
use crate::cabinet::OpenBoard;
use crate::content;
use crate::error::{Answer, BoardError};
use crate::state::BoardState;
use crate::verdicts::Said;
use crate::views::Fact;
use crate::writer::{Act as Write, Key};

/// The newest agenda item of a change.
pub(crate) fn latest_item(state: &BoardState, key: &ChangeKey) -> Option<(MeetingId, u32)> {
    state
        .ledger
        .meetings
        .values()
        .filter_map(|m| {
            m.agenda.items.iter().find(|i| i.change == *key).map(|i| (m.agenda.called, m.agenda.meeting, i.number))
        })
        .max()
        .map(|(_, meeting, number)| (meeting, number))
}

pub(crate) fn sign_off_facts(state: &BoardState, s: &Snapshot) -> Vec<Fact> {
    let fact = |label: &str, value: String| Fact { label: label.to_owned(), value };
    let mut facts = vec![
        fact("Change", s.change.key.to_string()),
        fact("Title", domain::text::mark_invisible(&s.change.title)),
        fact("Risk", format!("{} · {}", crate::words::level(s.risk.level), s.scored())),
    ];
    if s.risk.assumed > 0 {
        facts.push(fact("Assumed", format!("{} questions counted at their worst answer", s.risk.assumed)));
    }
    if let Some(window) = &s.change.window
        && let Ok(zone) = window.zone.parse()
    {
        facts.push(fact(
            "Window",
            format!("{} to {}", crate::words::local(window.start, zone), crate::words::local(window.end, zone)),
        ));
    }
    facts.push(fact("Environment", domain::text::mark_invisible(&s.change.environment)));
    facts.push(fact("Version", domain::text::mark_invisible(&s.change.version)));
    if let Some(decided) = state.ledger.decision(&s.change.key) {
        facts.push(fact("Board's decision", decided.decision.kind.words().to_owned()));
    }
    for condition in state.ledger.open_before(&s.change.key) {
        facts.push(fact("Open condition", domain::text::mark_invisible(&condition.condition.text)));
    }
    facts
}

/// A sign-off, and before it the answers behind its score, where a decision stands and the record does not say them yet:
/// they changed since. Without a decision nobody has assessed anything, and a signature does not do it for them; the
/// decision brings the answers when it comes.
pub(crate) fn with_answers(
    board: &OpenBoard,
    state: &BoardState,
    s: &Snapshot,
    signed: (Write, Key),
) -> Answer<Vec<(Write, Key)>> {
    let mut acts = Vec::new();
    // What was asked about earlier has the score of then; its answers are no longer known.
    if s.answered.stamp == s.risk && state.ledger.decision(&s.change.key).is_some() {
        let behind = crate::risk::answers_behind(board, state, (&s.change.key, &s.content), &s.answered)?;
        acts.extend(behind.map(|told| (told, Key::Device)));
    }
    acts.push(signed);
    Ok(acts)
}

/// The entry of a sign-off.
pub(crate) fn sign_off_act(member: &Member, s: &Snapshot, said: &Said) -> Answer<Write> {
    let role = capacity(member).or_else(|| member.roles.first().copied());
    let mut blobs: Vec<Vec<u8>> = s.blobs.values().map(Blob::to_stored).collect();
    blobs.push(s.manifest.to_bytes().map_err(|e| BoardError::internal(&e))?);
    Ok(Write {
        actor: member.id,
        attestation: Attestation::Signed,
        role,
        meaning: said.meaning(s),
        meeting: s.reference.clone(),
        subjects: vec![Subject { name: s.change.key.to_string(), sha256: s.digest }],
        body: Body::SignOff(SignOffBody {
            change: s.change.key.clone(),
            item: s.meeting.map(|(_, item)| item),
            verdict: said.verdict,
            reason: said.reason.clone(),
            sections: content::section_digests(&s.change),
            content: s.content.digest,
            involved: domain::duties::involved(&s.change),
            risk: s.risk.clone(),
            written: None,
        }),
        blobs,
    })
}
