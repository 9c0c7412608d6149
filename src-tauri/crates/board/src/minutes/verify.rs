//! Verifying sealed minutes without a data folder: the signatures, the evidence inside, and that every
//! page follows from the evidence.
use std::collections::BTreeMap;

use domain::entry::Body;
use domain::ids::Digest;
use domain::ledger::{Ledger, Sealed};
use domain::policy::Policy;
use domain::roster::Roster;
use minutes::{Report, StampRoots, TrustAnchor};
use record::bundle::{Bundle, Options};
use record::entry::Entry;
use record::verify::Verified;
use serde::Serialize;

use super::about::{About, DocumentKind};
use super::annex::{fresh, next_number};
use super::approved_plan::{self, PLAN_MEANING, PlanSource, is_plan};
use super::circulated::{CIRCULATED_MEANING, fields, is_circulated, withheld};
use super::compile::{ANNEX_MEANING, ERRATUM_MEANING, SEAL_MEANING, Source};
use super::countersign::{check_turns, next_names, prepared, signed_by};
use super::erratum::next_erratum;
use super::evidence::called_under;
use super::phrases::{Meaning, Words};
use super::{annex_file, circulated_file, erratum_file, extract_file, minutes_file, root_fingerprint};
use crate::error::{Answer, BoardError};
use crate::state::{judge_duties, refused};

/// What was found in a file that holds.
#[derive(Debug, Clone, Serialize)]
pub struct CheckedMinutes {
    /// The PDF's own report.
    pub pdf: Report,
    /// What the document is, by the evidence inside.
    pub about: About,
    /// True if the certificate root was compared with one brought along.
    pub anchored: bool,
    /// Entries in the evidence.
    pub entries: u32,
    /// The board, by its roster.
    pub board: String,
    /// Fingerprint of the roster root, as six words and in hexadecimal.
    pub roster_root: String,
    /// The same in six words.
    pub roster_words: String,
    /// Whether the page was drawn again from the evidence and is the same, byte for byte.
    pub recomputed: bool,
    /// Fields that are not in this edition.
    pub withheld: u32,
    /// Of the circulated edition, the changes of its restricted items: what they say is not in it.
    pub restricted: Vec<String>,
    /// Fields that an entry in it disposed of.
    pub disposed: u32,
    /// Places in the record that this document leaves out; an extract shows its own change only.
    pub left_out: u32,
    /// A sample board proves nothing about anybody.
    pub sample: bool,
    /// Of an annex, the SHA-256 of the minutes it belongs to.
    pub annex_to: Option<String>,
    /// Of an erratum, the SHA-256 of the minutes it puts right.
    pub erratum_to: Option<String>,
    /// Whose turn it is to sign, by name; nobody's once all who were to sign have.
    pub next: Vec<String>,
    /// In one sentence.
    pub verdict: String,
}

/// Reads an evidence bundle, and refuses it where anything in it does not hold.
pub(super) fn held(bytes: &[u8]) -> Answer<(Bundle, record::bundle::Evidence)> {
    let bundle = Bundle::parse(bytes).map_err(|r| refused("the evidence inside", &r))?;
    let found = bundle
        .verify(None, &Options { duties: Some(&judge_duties), ..Options::default() })
        .map_err(|r| refused("the evidence inside", &r))?;
    match found.reasons().first() {
        Some(first) => Err(refused("the evidence inside", first)),
        None => Ok((bundle, found)),
    }
}

/// Verifies a sealed document. Without `trust` integrity alone is judged: `anchored` is false.
///
/// # Errors
/// [`BoardError::Verification`] with a stable code for whatever does not hold.
pub fn verify_minutes(pdf: &[u8], trust: Option<&TrustAnchor>) -> Answer<CheckedMinutes> {
    verify_minutes_with_stamps(pdf, trust, None)
}

/// The same, with the roots that timestamps must come from; without them a timestamp has to hold by itself.
///
/// # Errors
/// As [`verify_minutes`].
pub fn verify_minutes_with_stamps(
    pdf: &[u8],
    trust: Option<&TrustAnchor>,
    stamps: Option<&StampRoots>,
) -> Answer<CheckedMinutes> {
    let report = minutes::verify_with_stamps(pdf, trust, stamps).map_err(|r| BoardError::Verification {
        code: r.code.as_str().to_owned(),
        what: "the PDF".to_owned(),
        why: r.to_string(),
    })?;
    let evidence = minutes::extract_evidence(pdf).map_err(|r| BoardError::Verification {
        code: "evidence-missing".to_owned(),
        what: "the evidence inside".to_owned(),
        why: r.to_string(),
    })?;
    let (bundle, found) = held(&evidence)?;
    let roster = found.rosters.current().roster();
    let (policy, policy_digest) = in_force(&bundle, &found.verified)?;
    let ledger = crate::evidence::ledger_of(&bundle, &found);
    let certificate_root = root_fingerprint(roster);
    if certificate_root.as_deref() != Some(report.certificate_root.as_str()) {
        return Err(BoardError::Verification {
            code: "root-mismatch".to_owned(),
            what: "the certificate root".to_owned(),
            why: "the signature's root is not the one the roster in the evidence names".to_owned(),
        });
    }
    let annexed = annexed(&bundle, &ledger);
    let approval = is_plan(&report).then(|| minutes::extract_attachment(pdf, minutes::APPROVAL)).transpose();
    let approval = approval.map_err(|r| broken("approval", "the approval file inside", r.to_string()))?;
    let plan = approval.as_deref().map(|approval| PlanSource::of(&bundle, &found, &evidence, approval)).transpose()?;
    // Beside sealed minutes there are annexes and errata; which of them this is, the seal says, and the pages must follow.
    let words = Words::of(&policy);
    let corrects = |seal: &minutes::SignatureReport| seal.meaning == ERRATUM_MEANING.in_words(words);
    let puts_right = annexed.is_some() && report.signatures.first().is_some_and(corrects);
    let document = match (&bundle.scope.change, annexed) {
        _ if plan.is_some() => DocumentKind::Plan,
        (Some(_), _) => DocumentKind::Extract,
        (None, Some(_)) if puts_right => DocumentKind::Erratum,
        (None, Some(_)) => DocumentKind::Annex,
        (None, None) if is_circulated(&bundle.scope) => DocumentKind::Circulated,
        (None, None) => DocumentKind::Minutes,
    };
    let entries = &found.verified.entries;
    let board_id = found.rosters.board().to_string();
    let about = match &plan {
        Some(plan) => {
            approved_plan::check_seal(&report, roster, words)?;
            plan.about(board_id)
        }
        None => {
            check_seal(&report, &bundle, roster, &ledger, meaning_of(document).in_words(words))?;
            check_turns(&report)?;
            About::of(&bundle, board_id, &ledger, document).ok_or_else(|| {
                broken("no-meeting", "the evidence inside", "it holds no meeting that was called to order")
            })?
        }
    };
    check_what_was_shown(&bundle, entries)?;
    let typefaces = minutes::typefaces(pdf).map_err(|r| BoardError::Verification {
        code: r.code.as_str().to_owned(),
        what: "the typefaces inside".to_owned(),
        why: r.to_string(),
    })?;
    let (content, attachments) = match &plan {
        Some(plan) => approved_plan::composed(plan, &report)?,
        None => {
            let (named, pdf_and_root) = ((&policy, policy_digest), (evidence.as_slice(), certificate_root));
            composed(&bundle, entries, roster, named, &ledger, (&report, document), pdf_and_root)?
        }
    };
    let drawn = minutes::render_with(&content, &attachments, &typefaces).map_err(|e| BoardError::internal(&e))?;
    let base = minutes::base_revision(pdf).map_err(|r| BoardError::Verification {
        code: r.code.as_str().to_owned(),
        what: "the PDF".to_owned(),
        why: r.to_string(),
    })?;
    if drawn != base {
        return Err(BoardError::Verification {
            code: "page-mismatch".to_owned(),
            what: "the pages".to_owned(),
            why: "they do not follow from the evidence inside; some row was made by another hand".to_owned(),
        });
    }
    let fingerprint = found.rosters.fingerprint();
    let signers: Vec<String> = report.signatures.iter().map(|s| format!("{} ({})", s.name, s.role)).collect();
    let sample = roster.members.iter().flat_map(|m| &m.keys).any(|k| k.keystore == "sample");
    let next = next_names(&report, roster);
    let belongs_to = annexed.map(|minutes| minutes.pdf.to_string());
    let belongs = match (&belongs_to, &plan) {
        (Some(minutes), _) => {
            format!("{} to the minutes with SHA-256 {minutes}. ", if puts_right { "An erratum" } else { "An annex" })
        }
        (None, Some(plan)) => format!("An approved plan; the approval file inside has SHA-256 {}. ", plan.approval()),
        (None, None) => String::new(),
    };
    let (annex_to, erratum_to) = if puts_right { (None, belongs_to) } else { (belongs_to, None) };
    let circulated = bundle.scope.meeting.filter(|_| document == DocumentKind::Circulated);
    let unsaid = circulated.map_or_else(Vec::new, |id| withheld(&ledger, id));
    let restricted: Vec<String> = unsaid.iter().map(|item| item.change.to_string()).collect();
    let left_out = match (bundle.scope.complete, restricted.is_empty()) {
        (true, _) => String::new(),
        (false, true) => "; entries about other items are left out".to_owned(),
        (false, false) => format!("; restricted, and withheld in this edition: {}", restricted.join(", ")),
    };
    let verdict = format!(
        "{belongs}Unmodified since it was sealed; signed by the key of {}; every line follows from {} signed entries{}{}{}",
        signers.join(", "),
        found.verified.entries.len(),
        left_out,
        borrowed(&typefaces),
        if report.anchored { "." } else { "; the root was not compared with one known from elsewhere." }
    );
    Ok(CheckedMinutes {
        anchored: report.anchored,
        entries: u32::try_from(found.verified.entries.len()).unwrap_or(u32::MAX),
        board: roster.name.clone(),
        roster_root: fingerprint.to_string(),
        roster_words: fingerprint.words().join(" "),
        recomputed: true,
        withheld: u32::try_from(found.withheld.len()).unwrap_or(u32::MAX).saturating_add(fields(unsaid.len())),
        restricted,
        disposed: u32::try_from(found.disposed.len()).unwrap_or(u32::MAX),
        left_out: u32::try_from(found.left_out.len()).unwrap_or(u32::MAX),
        sample,
        annex_to,
        erratum_to,
        next,
        verdict,
        about,
        pdf: report,
    })
}

/// The minutes to which this is an annex: minutes are made before the record says that they are sealed, so whatever holds
/// that entry is no minutes of its meeting.
fn annexed<'l>(bundle: &Bundle, ledger: &'l Ledger) -> Option<&'l Sealed> {
    if bundle.scope.change.is_some() {
        return None;
    }
    ledger.meetings.get(&bundle.scope.meeting?)?.minutes.last()
}

/// What the seal on such a document means; signed in the language of the document, and in no other.
const fn meaning_of(document: DocumentKind) -> Meaning {
    match document {
        DocumentKind::Minutes | DocumentKind::Extract => SEAL_MEANING,
        DocumentKind::Circulated => CIRCULATED_MEANING,
        DocumentKind::Annex => ANNEX_MEANING,
        DocumentKind::Erratum => ERRATUM_MEANING,
        DocumentKind::Plan => PLAN_MEANING,
    }
}

pub(super) fn broken(code: &str, what: &str, why: impl Into<String>) -> BoardError {
    BoardError::Verification { code: code.to_owned(), what: what.to_owned(), why: why.into() }
}

/// The seal is the chair's: the key, the certificate and the role are those of the roster in the evidence,
/// and the chair is the one whom the meeting names.
fn check_seal(report: &Report, bundle: &Bundle, roster: &Roster, ledger: &Ledger, meaning: &str) -> Answer<()> {
    let seal = report.signatures.first().ok_or_else(|| broken("not-signed", "the seal", "nobody signed"))?;
    let chair =
        bundle.scope.meeting.and_then(|m| ledger.meetings.get(&m)).map(|m| m.agenda.chair).ok_or_else(|| {
            broken("no-meeting", "the evidence inside", "it holds no meeting that was called to order")
        })?;
    let key = roster
        .member(chair)
        .and_then(|m| m.signature_key())
        .ok_or_else(|| broken("not-the-chair", "the seal", "the meeting's chair has no active key"))?;
    let same_key = seal.key_fingerprint == key.id.to_string();
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

/// Every sign-off says of its manifest what the manifest says itself: content and the people involved (R89).
/// Where blobs are withheld nothing can be compared, and nothing is claimed.
pub(crate) fn check_what_was_shown(bundle: &Bundle, entries: &[Entry]) -> Answer<()> {
    for entry in entries {
        let Some(Body::SignOff(body)) = entry.predicate().map(|p| &p.body) else { continue };
        for subject in &entry.statement().subjects {
            let manifest = bundle.manifests.iter().find(|m| m.digest().is_ok_and(|d| d == subject.sha256));
            let Some(manifest) = manifest else { continue };
            let shown = manifest.open(&bundle.blobs).map_err(|r| refused("what was shown", &r))?;
            let mut digests = BTreeMap::new();
            for (field, value) in &shown {
                let record::manifest::Shown::Present(bytes) = value else { break };
                digests.insert(*field, Digest::of(bytes).to_string());
            }
            if digests.len() < shown.len() {
                continue;
            }
            let content = record::canonical::to_bytes(&digests).map_err(|e| BoardError::internal(&e))?;
            let person = |field: &str| match shown.get(field) {
                Some(record::manifest::Shown::Present(bytes)) if !bytes.is_empty() => {
                    Some(String::from_utf8_lossy(bytes).into_owned())
                }
                Some(_) | None => None,
            };
            let same_people = person("author") == body.involved.author
                && person("requester") == body.involved.requester
                && person("deployer") == body.involved.deployer;
            if Digest::of(&content) != body.content || !same_people {
                return Err(broken(
                    "shown-mismatch",
                    &entry.place(),
                    "the sign-off claims other content or other people than its manifest shows",
                ));
            }
        }
    }
    Ok(())
}

/// The policy in force where the evidence ends: the newest that was adopted. An older one may have been adopted again, so
/// that it is not the last in the list.
pub(super) fn in_force(bundle: &Bundle, verified: &Verified) -> Answer<(Policy, Digest)> {
    let missing = || BoardError::not_found("policy", "in the evidence");
    let adopts = |entry: &&Entry| entry.predicate().is_some_and(|p| matches!(p.body, Body::Policy { .. }));
    let newest = verified.entries.iter().rfind(|entry| adopts(entry) && !verified.disputed.contains(&entry.id()));
    let adopted = newest.and_then(|entry| entry.statement().subjects.first()).map(|subject| subject.sha256);
    let last = bundle.policies.last().map(|bytes| Digest::of(bytes));
    let digest = adopted.or(last).ok_or_else(missing)?;
    Ok((policy_of(bundle, digest)?.ok_or_else(missing)?, digest))
}

/// The policy with this digest, if the evidence holds it.
pub(super) fn policy_of(bundle: &Bundle, digest: Digest) -> Answer<Option<Policy>> {
    let Some(bytes) = bundle.policies.iter().find(|bytes| Digest::of(bytes) == digest) else { return Ok(None) };
    record::canonical::read(bytes, record::json::Limits::ENTRY).map(Some).map_err(|e| BoardError::internal(&e))
}

/// What is said of words that the compiled-in faces do not write: whoever sealed chose the shapes of their letters.
fn borrowed(typefaces: &minutes::Typefaces) -> String {
    let said = |(family, words): (String, usize)| {
        let words = if words == 1 { "1 word or sign is".to_owned() } else { format!("{words} words or signs are") };
        format!("; {words} drawn with {}, a typeface of the machine that sealed", minutes::clean(&family))
    };
    typefaces.families().into_iter().map(said).collect()
}

/// The document and what travels in it, made again from the evidence.
fn composed(
    bundle: &Bundle,
    entries: &[Entry],
    roster: &domain::roster::Roster,
    (policy, policy_digest): (&Policy, Digest),
    ledger: &Ledger,
    (report, kind): (&Report, DocumentKind),
    (evidence, certificate_root): (&[u8], Option<String>),
) -> Answer<(minutes::Document, Vec<minutes::Attachment>)> {
    let meeting = bundle.scope.meeting.ok_or_else(|| BoardError::not_found("meeting", "in the evidence"))?;
    let called_under = called_under(entries, meeting).map(|named| policy_of(bundle, named)).transpose()?.flatten();
    let source = Source {
        roster,
        policy,
        policy_digest,
        rules: called_under.as_ref().unwrap_or(policy),
        ledger,
        meeting,
        made_at: report.signatures.first().map(|s| s.claimed_time).unwrap_or_default(),
        evidence: Digest::of(evidence),
        certificate_root,
    };
    let missing = || BoardError::not_found("meeting", meeting);
    let document = match &bundle.scope.change {
        Some(change) => {
            minutes::compose_extract(&source.extract(change, &extract_file(change, meeting)).ok_or_else(missing)?)
        }
        None if kind == DocumentKind::Erratum => {
            let number = next_erratum(ledger.meetings.get(&meeting).ok_or_else(missing)?);
            minutes::compose_erratum(&source.erratum(&erratum_file(meeting, number), number).ok_or_else(missing)?)
        }
        None if kind == DocumentKind::Annex => {
            let held = ledger.meetings.get(&meeting).ok_or_else(missing)?;
            let number = next_number(held);
            let fresh = fresh(entries, ledger, held);
            let annex = source.annex(&annex_file(meeting, number), number, &fresh).ok_or_else(missing)?;
            minutes::compose_annex(&annex)
        }
        None if kind == DocumentKind::Circulated => {
            minutes::compose(&source.circulated(&circulated_file(meeting)).ok_or_else(missing)?)
        }
        None => {
            // Who signs is in the fields, which the chair's seal covers; what is printed of them is the roster's.
            let content = source.minutes(&minutes_file(meeting)).ok_or_else(missing)?;
            let no_member = |_| broken("signatory", "the signature fields", "one names nobody with a certificate");
            minutes::compose(&signed_by(content, roster, &prepared(report)?).map_err(no_member)?)
        }
    };
    let root = minutes::certificate_der(&roster.certificate_root).map_err(|e| BoardError::internal(&e))?;
    let attachments =
        minutes::attachments_of(evidence, &root, document.language).map_err(|e| BoardError::internal(&e))?;
    Ok((document, attachments))
}

#[cfg(test)]
mod tests {
    use super::borrowed;

    #[test]
    fn where_no_typeface_was_borrowed_nothing_is_said_of_it() {
        assert_eq!(borrowed(&minutes::Typefaces::default()), "");
    }
}
