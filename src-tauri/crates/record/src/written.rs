//! Sign-offs in writing, verified: the comment as it was synced or the mail as it was received is kept as a blob, and
//! must say what the entry claims. Which line counts, from which account, is a rule of the board (`domain::written`).
use chrono::{DateTime, Utc};
use domain::entry::{Attestation, Predicate, SignOffBody, Written, WrittenSource};
use domain::ids::{ChangeKey, Digest};
use domain::policy::Policy;
use domain::roster::Roster;
use domain::written::{check_account, check_quote, said_in};
use serde::{Deserialize, Serialize};

use crate::canonical::{self, CanonicalError};
use crate::entry::Entry;
use crate::json::Limits;
use crate::mail::Mail;
use crate::refusal::{Code, Refusal};

#[cfg(test)]
mod tests;

/// A comment on a ticket as it was synced: the raw bytes of a sign-off written there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    /// [`Comment::SCHEMA`].
    pub schema: String,
    /// On the ticket of this change.
    pub change: ChangeKey,
    /// The remote's id of the comment.
    pub id: String,
    /// The remote's id of the account that wrote it.
    pub account: String,
    /// When, as the remote says.
    pub at: DateTime<Utc>,
    /// The words.
    pub text: String,
}

impl Comment {
    /// The schema of the document.
    pub const SCHEMA: &'static str = "urn:x-cabinet:comment:1";

    /// Its canonical bytes.
    ///
    /// # Errors
    /// None in practice: a comment holds only text.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::to_bytes(self)
    }

    /// Reads stored bytes.
    ///
    /// # Errors
    /// The codes of the strict reader, or [`Code::Schema`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        let comment: Self =
            canonical::read(bytes, Limits::ENTRY).map_err(|error| Refusal::of_canonical(&error, "comment"))?;
        if comment.schema != Self::SCHEMA {
            return Err(Refusal::new(Code::Schema, format!("the schema is not {}", Self::SCHEMA), "comment"));
        }
        Ok(comment)
    }
}

/// Whether a sign-off that is not the actor's own signature may stand in the record: written by the actor's own account,
/// recorded by another member with no part in the change.
///
/// # Errors
/// [`Code::Attestation`], [`Code::WrittenRecorder`], [`Code::WrittenAccount`] or [`Code::WrittenQuote`].
pub(crate) fn judge(
    policy: &Policy,
    entry: &Entry,
    predicate: &Predicate,
    body: &SignOffBody,
    roster: &Roster,
) -> Result<(), Refusal> {
    let word = predicate.attestation.word();
    let contradicts = |what: String| Err(Refusal::new(Code::Attestation, what, "predicate.attestation"));
    let written = match (predicate.attestation, &body.written) {
        (Attestation::Signed, None) => return Ok(()),
        (Attestation::Signed, Some(_)) => return contradicts("signed, and written elsewhere as well".to_owned()),
        (Attestation::Written, Some(written)) => written,
        (Attestation::Written, None) => return contradicts("written, and nothing says where".to_owned()),
        (Attestation::Recorded | Attestation::Witnessed | Attestation::Confirmed, _) => {
            return contradicts(format!("a sign-off that is only {word} is not counted"));
        }
    };
    let prefix = body.change.prefix();
    let recorder = roster.key(predicate.recorder).map(|(owner, _)| owner.id);
    if recorder == Some(predicate.actor) {
        return contradicts("recorded by the actor, who could have signed".to_owned());
    }
    let duty = match recorder {
        Some(recorder) => domain::duties::may_record(roster, policy, recorder, prefix, &body.involved),
        None => Err(domain::duties::Duty::NotAMember),
    };
    duty.map_err(|duty| Refusal::new(Code::WrittenRecorder, format!("the recorder: {duty}"), "predicate.recorder"))?;
    let place = "predicate.body, written";
    check_account(roster, policy, predicate.actor, prefix, written)
        .map_err(|why| Refusal::new(Code::WrittenAccount, why.to_string(), place))?;
    for subject in &entry.statement().subjects {
        check_quote(body, written, subject.sha256)
            .map_err(|why| Refusal::new(Code::WrittenQuote, why.to_string(), place))?;
    }
    Ok(())
}

/// Whether the raw bytes hold what the entry quotes: the same line, from the same account.
///
/// # Errors
/// [`Code::WrittenRaw`].
pub fn check_raw(body: &SignOffBody, written: &Written, manifest: Digest, raw: &[u8]) -> Result<(), Refusal> {
    let refuse = |what: String| Refusal::new(Code::WrittenRaw, what, format!("blob {}", written.raw.short()));
    let (account, words) = match written.source {
        WrittenSource::Comment => {
            let comment = Comment::parse(raw).map_err(|refusal| refuse(refusal.what))?;
            if comment.change != body.change {
                return Err(refuse(format!("it is a comment on {}", comment.change)));
            }
            (comment.account, comment.text)
        }
        WrittenSource::Mail => {
            let mail = Mail::read(raw).map_err(|why| refuse(format!("the mail cannot be read: {why}")))?;
            (mail.from, mail.words)
        }
    };
    if account != written.account {
        return Err(refuse(format!("written by {account}, the entry says {}", written.account)));
    }
    let said = said_in(&words, &body.change, manifest).map_err(|why| refuse(why.to_string()))?;
    if said.quote == written.quote { Ok(()) } else { Err(refuse("the quote is not the line that counts".to_owned())) }
}
