//! The kinds of sealed documents, each in one place: how it is recognised, who may seal it and what the seal means, how it is
//! drawn, what it belongs to, and what the verdict says of it.
use domain::ids::{Digest, MeetingId};
use minutes::{Attachment, Document, Language};

use super::about::{About, DocumentKind};
use super::annex::{fresh, next_number};
use super::approved_plan::{self, PLAN_MEANING, PlanSource};
use super::circulated::{CIRCULATED_MEANING, is_circulated};
use super::compile::{ANNEX_MEANING, ERRATUM_MEANING, SEAL_MEANING, Source};
use super::countersign::{check_turns, prepared, signed_by};
use super::erratum::next_erratum;
use super::evidence::{called_under, inside};
use super::opened::{Opened, policy_of};
use super::phrases::{Meaning, Words};
use super::verify::broken;
use super::{annex_file, circulated_file, erratum_file, extract_file, minutes_file};
use crate::error::{Answer, BoardError};

/// A kind of sealed document.
pub(super) struct Kind {
    /// Which.
    pub document: DocumentKind,
    /// Whether a file is one. Of several that say so the first in [`KINDS`] is meant; the pages must follow.
    recognised: fn(&Read<'_>) -> bool,
    /// Who may seal it.
    sealer: Sealer,
    /// What the seal on it means, signed in the language of the document and in no other.
    meaning: Meaning,
    /// The document, made again from what is inside.
    drawn: fn(&Read<'_>) -> Answer<Document>,
    /// Whether it belongs to minutes that were sealed before it.
    pub beside_minutes: bool,
    /// Whether it withholds what restricted items say.
    pub withholds: bool,
    /// How the verdict begins, with a space after it.
    pub sentence: fn(&Read<'_>) -> String,
}

/// Who may seal a kind of document.
enum Sealer {
    /// The chair of its meeting; others may sign after the chair, in turn.
    Chair,
    /// A release manager of the board, and nobody after them.
    ReleaseManager,
}

/// What is told apart from what; what none of them is, is minutes.
static KINDS: [&Kind; 5] = [&PLAN, &EXTRACT, &ERRATUM, &ANNEX, &CIRCULATED];

static PLAN: Kind = Kind {
    document: DocumentKind::Plan,
    recognised: |read| read.plan.is_some(),
    sealer: Sealer::ReleaseManager,
    meaning: PLAN_MEANING,
    drawn: |read| approved_plan::drawn(read.plan()?, &read.file.report),
    beside_minutes: false,
    withholds: false,
    sentence: |read| {
        let approval = read.plan.as_ref().map(|plan| plan.approval().to_string()).unwrap_or_default();
        format!("An approved plan; the approval file inside has SHA-256 {approval}. ")
    },
};

static EXTRACT: Kind = Kind {
    document: DocumentKind::Extract,
    recognised: |read| read.file.bundle.scope.change.is_some(),
    sealer: Sealer::Chair,
    meaning: SEAL_MEANING,
    drawn: |read| {
        read.composed(|source, meeting| {
            let change = read.file.bundle.scope.change.as_ref();
            let extract = change.and_then(|change| source.extract(change, &extract_file(change, meeting)));
            Ok(extract.map(|extract| minutes::compose_extract(&extract)))
        })
    },
    beside_minutes: false,
    withholds: false,
    sentence: |_| String::new(),
};

static ERRATUM: Kind = Kind {
    document: DocumentKind::Erratum,
    // What stands beside sealed minutes is an annex or an erratum: which of them, the seal says.
    recognised: |read| {
        read.file.sealed_before().is_some()
            && read
                .file
                .report
                .signatures
                .first()
                .is_some_and(|seal| seal.meaning == ERRATUM_MEANING.in_words(read.words()))
    },
    sealer: Sealer::Chair,
    meaning: ERRATUM_MEANING,
    drawn: |read| {
        read.composed(|source, meeting| {
            let number = read.file.meeting().map(next_erratum);
            let erratum = number.and_then(|number| source.erratum(&erratum_file(meeting, number), number));
            Ok(erratum.map(|erratum| minutes::compose_erratum(&erratum)))
        })
    },
    beside_minutes: true,
    withholds: false,
    sentence: |read| read.belonging("An erratum"),
};

static ANNEX: Kind = Kind {
    document: DocumentKind::Annex,
    recognised: |read| read.file.sealed_before().is_some(),
    sealer: Sealer::Chair,
    meaning: ANNEX_MEANING,
    drawn: |read| {
        read.composed(|source, meeting| {
            let annex = read.file.meeting().and_then(|held| {
                let (number, fresh) = (next_number(held), fresh(read.file.entries(), &read.file.ledger, held));
                source.annex(&annex_file(meeting, number), number, &fresh)
            });
            Ok(annex.map(|annex| minutes::compose_annex(&annex)))
        })
    },
    beside_minutes: true,
    withholds: false,
    sentence: |read| read.belonging("An annex"),
};

static CIRCULATED: Kind = Kind {
    document: DocumentKind::Circulated,
    recognised: |read| is_circulated(&read.file.bundle.scope),
    sealer: Sealer::Chair,
    meaning: CIRCULATED_MEANING,
    drawn: |read| {
        read.composed(|source, meeting| {
            let circulated = source.circulated(&circulated_file(meeting));
            Ok(circulated.map(|circulated| minutes::compose(&circulated)))
        })
    },
    beside_minutes: false,
    withholds: true,
    sentence: |_| String::new(),
};

static MINUTES: Kind = Kind {
    document: DocumentKind::Minutes,
    recognised: |_| true,
    sealer: Sealer::Chair,
    meaning: SEAL_MEANING,
    drawn: |read| {
        read.composed(|source, meeting| {
            let Some(content) = source.minutes(&minutes_file(meeting)) else { return Ok(None) };
            // Who signs is in the fields, which the chair's seal covers; what is printed of them is the roster's.
            let turns = prepared(&read.file.report)?;
            let no_member = |_| broken("signatory", "the signature fields", "one names nobody with a certificate");
            let content = signed_by(content, read.file.roster(), &turns).map_err(no_member)?;
            Ok(Some(minutes::compose(&content)))
        })
    },
    beside_minutes: false,
    withholds: false,
    sentence: |_| String::new(),
};

impl Kind {
    /// Which kind of document a file is.
    pub(super) fn of(read: &Read<'_>) -> &'static Self {
        KINDS.into_iter().find(|kind| (kind.recognised)(read)).unwrap_or(&MINUTES)
    }

    /// The seal is of whoever may seal such a document, and says what it means; whoever signed after it did so in turn.
    pub(super) fn check_seal(&self, read: &Read<'_>) -> Answer<()> {
        let meaning = self.meaning.in_words(read.words());
        match self.sealer {
            Sealer::Chair => {
                by_the_chair(read.file, meaning)?;
                check_turns(&read.file.report)
            }
            Sealer::ReleaseManager => approved_plan::check_seal(&read.file.report, read.file.roster(), meaning),
        }
    }

    /// What the document is, in the words of its evidence.
    pub(super) fn about(&self, read: &Read<'_>) -> Answer<About> {
        let (file, board) = (read.file, read.file.found.rosters.board().to_string());
        match &read.plan {
            Some(plan) => Ok(plan.about(board)),
            None => About::of(&file.bundle, board, &file.ledger, self.document).ok_or_else(no_meeting),
        }
    }

    /// The document and what travels in it, made again from what is inside.
    pub(super) fn made_again(&self, read: &Read<'_>) -> Answer<(Document, Vec<Attachment>)> {
        let document = (self.drawn)(read)?;
        let attachments = read.attachments(document.language)?;
        Ok((document, attachments))
    }
}

/// A file as its kind is told and its pages are drawn.
pub(super) struct Read<'a> {
    pub file: &'a Opened,
    /// Of an approved plan, what its pages are drawn from.
    plan: Option<PlanSource<'a>>,
}

impl<'a> Read<'a> {
    /// Reads the approval file as well, if there is one.
    pub(super) fn of(file: &'a Opened) -> Answer<Self> {
        Ok(Self { file, plan: file.plan()? })
    }

    /// The words of the document's language.
    fn words(&self) -> Words {
        Words::of(&self.file.policy)
    }

    fn plan(&self) -> Answer<&PlanSource<'a>> {
        self.plan.as_ref().ok_or_else(|| broken("approval", "the approval file inside", "it is not there"))
    }

    /// "An annex to the minutes with SHA-256 …".
    fn belonging(&self, what: &str) -> String {
        let minutes = self.file.sealed_before().map(|minutes| minutes.pdf.to_string()).unwrap_or_default();
        format!("{what} to the minutes with SHA-256 {minutes}. ")
    }

    /// The document that is made of a meeting's record; `None` of what the record does not have.
    fn composed(&self, compose: impl FnOnce(&Source<'_>, MeetingId) -> Answer<Option<Document>>) -> Answer<Document> {
        let file = self.file;
        let meeting = file.bundle.scope.meeting.ok_or_else(|| BoardError::not_found("meeting", "in the evidence"))?;
        let named = called_under(file.entries(), meeting);
        let called_under = named.map(|named| policy_of(&file.bundle, named)).transpose()?.flatten();
        let source = Source {
            roster: file.roster(),
            policy: &file.policy,
            policy_digest: file.policy_digest,
            rules: called_under.as_ref().unwrap_or(&file.policy),
            ledger: &file.ledger,
            meeting,
            made_at: file.report.signatures.first().map(|s| s.claimed_time).unwrap_or_default(),
            evidence: Digest::of(&file.evidence),
            certificate_root: file.certificate_root.clone(),
            checkpoint: inside(&file.bundle.scope, &file.bundle.checkpoint),
        };
        compose(&source, meeting)?.ok_or_else(|| BoardError::not_found("meeting", meeting))
    }

    fn attachments(&self, language: Language) -> Answer<Vec<Attachment>> {
        let file = self.file;
        let root = minutes::certificate_der(&file.roster().certificate_root).map_err(|e| BoardError::internal(&e))?;
        let mut attachments =
            minutes::attachments_of(&file.evidence, &root, language).map_err(|e| BoardError::internal(&e))?;
        attachments.extend(file.approval.as_deref().map(|approval| minutes::approval_attachment(approval, language)));
        Ok(attachments)
    }
}

fn no_meeting() -> BoardError {
    broken("no-meeting", "the evidence inside", "it holds no meeting that was called to order")
}

/// The seal is the chair's: the key, the certificate and the role are those of the roster in the evidence,
/// and the chair is the one whom the meeting names.
fn by_the_chair(file: &Opened, meaning: &str) -> Answer<()> {
    let seal = file.report.signatures.first().ok_or_else(|| broken("not-signed", "the seal", "nobody signed"))?;
    let chair = file.meeting().map(|meeting| meeting.agenda.chair).ok_or_else(no_meeting)?;
    let mut keys = file.roster().member(chair).into_iter().flat_map(|member| member.signature_keys()).peekable();
    if keys.peek().is_none() {
        return Err(broken("not-the-chair", "the seal", "the meeting's chair has no active key"));
    }
    // A corporate certificate was compared with the roster before this; of several devices any may seal.
    let same_key = seal.corporate.is_some() || keys.any(|key| seal.key_fingerprint == key.id.to_string());
    let same_person = seal.member_id == chair.to_string() && seal.role == "Chair";
    if !(same_key && same_person) {
        return Err(broken(
            "not-the-chair",
            "the seal",
            format!("signed by {} ({}), who did not chair this meeting", seal.name, seal.role),
        ));
    }
    if seal.meaning != meaning {
        return Err(broken("meaning", "the seal", "its reason is not the one a chair gives"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_kind_of_document_has_one_row_and_says_what_its_seal_means() {
        use DocumentKind as D;
        let all: Vec<&Kind> = KINDS.into_iter().chain([&MINUTES]).collect();
        let documents: BTreeSet<DocumentKind> = all.iter().map(|kind| kind.document).collect();
        let known = [D::Minutes, D::Extract, D::Annex, D::Circulated, D::Erratum, D::Plan];
        assert_eq!(documents, BTreeSet::from(known));
        assert_eq!(all.len(), known.len());
        let shared: Vec<DocumentKind> =
            all.iter().filter(|kind| kind.meaning == SEAL_MEANING).map(|kind| kind.document).collect();
        assert_eq!(shared, [D::Extract, D::Minutes], "these are told apart by their scope");
        let meanings: BTreeSet<&str> = all.iter().map(|kind| kind.meaning.in_words(Words::GERMAN)).collect();
        assert_eq!(meanings.len(), known.len() - 1, "no seal passes for another");
        let beside: Vec<DocumentKind> = all.iter().filter(|k| k.beside_minutes).map(|k| k.document).collect();
        assert_eq!(beside, [D::Erratum, D::Annex], "an erratum is looked for before it passes for an annex");
    }
}
