//! What must hold of a question that is put in writing.
use std::collections::BTreeSet;

use domain::circular::CircularBody;
use domain::entry::{Body, Predicate};
use domain::ids::Digest;
use domain::meeting::Agenda;

use crate::canonical;
use crate::refusal::{Code, Refusal};

/// The agenda of a meeting that is called, or of a question that is put in writing.
#[must_use]
pub fn called(body: &Body) -> Option<&Agenda> {
    if let Body::AgendaFrozen { agenda } = body {
        return Some(agenda);
    }
    if let Body::CircularOpened(circular) = body { Some(&circular.agenda) } else { None }
}

/// A circular puts one question, and leaves time to answer.
pub(super) fn check(body: &Body) -> Result<(), Refusal> {
    let Body::CircularOpened(circular) = body else { return Ok(()) };
    circular.check().map_err(|why| Refusal::new(Code::Circular, why.to_string(), "predicate.body"))
}

/// Votes name the digest of the whole question: so does the entry that puts it.
pub(super) fn check_subject(
    circular: &CircularBody,
    predicate: &Predicate,
    subjects: &BTreeSet<Digest>,
) -> Result<(), Refusal> {
    let refuse = |what: &str| Err(Refusal::new(Code::Subject, what, "payload, subject"));
    let bytes = canonical::to_bytes(circular).map_err(|error| Refusal::of_canonical(&error, "circular"))?;
    let digest = Digest::of(&bytes);
    let named = predicate.meeting.as_ref();
    if !subjects.contains(&digest) || named.is_none_or(|meeting| meeting.agenda != digest) {
        return refuse("not the question it puts");
    }
    if named.is_some_and(|meeting| meeting.id != circular.agenda.meeting) {
        return refuse("the question is another circular's");
    }
    Ok(())
}
