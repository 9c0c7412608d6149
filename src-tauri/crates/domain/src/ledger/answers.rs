//! Attested answers: of each question the newest word counts, and whose it is and of which content is kept with it.
use super::{Ledger, Touched, Verified};
use crate::attested::{Attested, AttestedBody};

impl Ledger {
    /// Keeps the answers of a member with a role; one who acts in none answers for nobody.
    pub(super) fn attest(&mut self, entry: Verified<'_>, body: &AttestedBody) -> Vec<Touched> {
        let Some(role) = entry.predicate.role else { return Vec::new() };
        let of_change = self.attested.entry(body.change.clone()).or_default();
        for (question, answer) in &body.answers {
            let attested = Attested {
                entry: entry.id,
                actor: entry.predicate.actor,
                role,
                claimed: entry.predicate.time.claimed,
                content: entry.subject,
                answer: answer.clone(),
            };
            of_change.insert(*question, attested);
        }
        vec![Touched::Attested(body.change.clone())]
    }
}
