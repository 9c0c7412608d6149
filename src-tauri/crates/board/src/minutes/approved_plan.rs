//! The approved plan: what a release manager hands out, sealed by their own key, with the approval file and the evidence
//! of the change inside (R117). The pages follow from these two files, so whoever verifies the document draws it again.
//!
//! That it was handed out stands in the record as for any approval: the entry is in the approval file.
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::change::ChangeKind;
use domain::entry::Auth;
use domain::ids::{ChangeKey, Digest, EntryId, MeetingId, MemberId};
use domain::ledger::{Export, Ledger, Meeting, Submitted};
use domain::plan::{PlanReview, PlanSection};
use domain::policy::plan_field;
use domain::roster::{Member, Role, Roster};
use domain::text::mark_invisible;
use minutes::model as m;
use minutes::plan as p;
use minutes::review::ReviewText;
use minutes::{Report, SignatureRequest};
use record::bundle::{Bundle, Evidence};
use record::entry::Entry;
use record::manifest::Shown;
use record::verify::Verified;
use serde::Serialize;
use vault::{ExposeSecret as _, SecretString};

use super::about::{About, DocumentKind};
use super::compile::{Source, paper};
use super::countersign::certified;
use super::evidence::called_under;
use super::opened::{held, in_force, policy_of};
use super::phrases::{Meaning, Words};
use super::sealing::sealed_and_read;
use super::verify::broken;
use super::{off_thread, root_fingerprint};
use crate::approvals::Handing;
use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError};
use crate::state::BoardState;
use crate::writer::Key;

/// What the seal on an approved plan means.
pub(super) const PLAN_MEANING: Meaning = Meaning::new(
    "I hand this out as the approved plan, with the approval that the pipeline's gate judges.",
    "Ich gebe dies als genehmigten Plan heraus, mit der Genehmigung für das Gate der Pipeline.",
);

/// The field that is sealed.
const FIELD: &str = "release-manager";

/// Exports the plan of an approved change.
#[derive(Debug, Clone)]
pub struct ExportPlanRequest {
    /// The change.
    pub change: String,
    /// The file, which is not there yet.
    pub path: PathBuf,
    /// Which release manager seals it; `None`: the one whose key is on this device.
    pub by: Option<String>,
    /// Their PIN.
    pub pin: SecretString,
}

/// An approved plan, exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanExported {
    /// The file.
    pub path: PathBuf,
    /// SHA-256 of it.
    pub sha256: String,
    /// The change.
    pub change: String,
    /// Who sealed it.
    pub by: String,
    /// SHA-256 of the approval file inside.
    pub approval: String,
    /// Until when the pipeline's gate takes the approval file.
    pub good_until: String,
}

impl Cabinet {
    /// Exports the plan of an approved change as a sealed PDF that carries the approval file and the evidence of the
    /// change. The record says that the approval was handed out, as for [`Cabinet::export_approval`].
    ///
    /// # Errors
    /// [`BoardError::Refused`] with the rule where the change is not approved, nobody may seal it here, or the file is
    /// there.
    pub async fn export_plan(&self, request: ExportPlanRequest) -> Answer<PlanExported> {
        let board = self.board()?;
        let state = board.state().await?;
        let path = crate::paths::unused(&request.path)?;
        let Handing { present, act, until } = self.handing(&board, &state, &request.change).await?;
        let manager = manager(&board, &state, request.by.as_deref())?.clone();
        // Before anything is said: a wrong PIN leaves no entry.
        let signer = board.keys.unlock(&manager, request.pin.expose_secret(), self.now()).await?;
        let change = present.change.key.clone();
        let own = signer.key_id();
        let (name, role) = certified(&manager, manager.signature_keys().find(|k| k.id == own))?;
        let key = Key::Member { signer, auth: Auth::Pin, keystore: board.keys.keystore().to_owned() };
        let seal = self.pdf_signer(&board, &state, &manager, (&key, &request.pin)).await?;

        let approval = self.put_on_record(&board, act, &change).await?;
        let approval = approval.to_bytes().map_err(|e| BoardError::internal(&e))?;
        let state = board.state().await?;
        let nowhere = MeetingId(uuid::Uuid::nil());
        let decided = state.ledger.decision(&change).map_or(nowhere, |decided| decided.meeting);
        let evidence = self.evidence_of_change(&board, &state, decided, &change).await?.bytes;
        let (now, to) = (self.now(), path.clone());
        let words = Words::of(&state.policy);
        let digest = Digest::of(&approval);
        let sha256 = off_thread(move || {
            let (bundle, found) = held(&evidence)?;
            let source = PlanSource::of(&bundle, &found, &evidence, &approval)?;
            let plan = source.plan(now, signatory(&name, &role, words))?;
            let at = now.with_timezone(&source.zone()).fixed_offset();
            let meaning = PLAN_MEANING.in_words(words);
            let request = SignatureRequest { field: FIELD, name: &name, role: &role, meaning, at };
            let (pdf, _) = sealed_and_read(minutes::seal_plan(&plan, &evidence, &approval, &request, &seal))?;
            crate::paths::write_new(&to, &pdf)?;
            Ok(Digest::of(&pdf).to_string())
        })
        .await?;
        Ok(PlanExported {
            path,
            sha256,
            change: change.to_string(),
            by: manager.name,
            approval: digest.to_string(),
            good_until: crate::words::time(until),
        })
    }
}

/// The release manager who seals: the one named, else the one whose key is here (R15).
pub(super) fn manager<'s>(board: &OpenBoard, state: &'s BoardState, by: Option<&str>) -> Answer<&'s Member> {
    let named = by.map(crate::words::member_id).transpose()?.map(|id| state.member(id)).transpose()?;
    let may = |m: &&Member| m.has(Role::ReleaseManager);
    if let Some(named) = named.filter(|m| !may(m)) {
        return Err(BoardError::refused(
            "not_release_manager",
            format!("{} is no release manager on this board's roster.", named.name),
            Some("R15"),
            "A release manager exports the plan; the approval alone is handed out by `cab export --approval`.",
        ));
    }
    let here = |m: &&Member| m.signature_key().is_some() && board.is_enrolled_here(m.id);
    let found = match named {
        Some(named) => Some(named).filter(here),
        None => state.roster().members.iter().filter(may).find(here),
    };
    found.ok_or_else(|| {
        BoardError::refused(
            "no_key",
            "No release manager has a signature key on this device.",
            Some("R15"),
            "Export it on the release manager's device; the approval alone is handed out by `cab export --approval`.",
        )
    })
}

fn signatory(name: &str, role: &str, words: Words) -> m::Signatory {
    m::Signatory {
        field: FIELD.to_owned(),
        name: name.to_owned(),
        role: role.to_owned(),
        meaning: PLAN_MEANING.in_words(words).to_owned(),
    }
}

/// Whether a document is an approved plan: it carries an approval file. The pages are drawn as one then.
pub(super) fn is_plan(report: &Report) -> bool {
    report.attachments.iter().any(|attachment| attachment.name == minutes::APPROVAL)
}

/// What the pages of an approved plan are drawn from.
pub(super) struct PlanSource<'a> {
    bundle: &'a Bundle,
    verified: &'a Verified,
    roster: &'a Roster,
    ledger: Ledger,
    change: ChangeKey,
    evidence: &'a [u8],
    approval: &'a [u8],
    /// The newest word that the approval is handed out, with its entry, from the approval file.
    export: Export,
    said: Entry,
}

impl<'a> PlanSource<'a> {
    /// Reads both files; the approval file is of the same board and change, and holds whatever the evidence holds.
    pub(super) fn of(bundle: &'a Bundle, found: &'a Evidence, evidence: &'a [u8], approval: &'a [u8]) -> Answer<Self> {
        let refuse = |why: &str| broken("approval", "the approval file inside", why);
        let change = bundle.scope.change.clone().ok_or_else(|| refuse("the evidence beside it is of no one change"))?;
        let (handed, judged) = held(approval)?;
        if judged.rosters.fingerprint() != found.rosters.fingerprint() || handed.scope.change != bundle.scope.change {
            return Err(refuse("it is of another board or change than the evidence"));
        }
        let at_hand: BTreeSet<EntryId> = judged.verified.entries.iter().map(Entry::id).collect();
        if !found.verified.entries.iter().all(|entry| at_hand.contains(&entry.id())) {
            return Err(refuse("it lacks entries that the evidence holds"));
        }
        let told = crate::evidence::ledger_of(&handed, &judged);
        // A snapshot allows nothing, and names nothing to deploy.
        let exports = told.exports.get(&change).map_or(&[][..], Vec::as_slice);
        let export = exports.iter().rfind(|export| !export.artifacts.is_empty()).cloned();
        let export = export.ok_or_else(|| refuse("it hands out no approval of the change"))?;
        let said = judged.verified.entries.iter().find(|entry| entry.id() == export.entry).cloned();
        Ok(Self {
            bundle,
            verified: &found.verified,
            roster: found.rosters.current().roster(),
            ledger: crate::evidence::ledger_of(bundle, found),
            change,
            evidence,
            approval,
            said: said.ok_or_else(|| refuse("the entry that hands it out is not there"))?,
            export,
        })
    }

    /// The meeting that decided, if one did.
    fn meeting(&self) -> Option<&Meeting> {
        let decided = self.ledger.decision(&self.change)?;
        self.ledger.meetings.get(&decided.meeting)
    }

    /// The zone in which times are told: the meeting's, else the window's.
    fn zone(&self) -> Tz {
        let named = self.meeting().map(|meeting| meeting.agenda.zone.as_str());
        let named = named.or_else(|| self.export.window.as_ref().map(|window| window.zone.as_str()));
        named.and_then(|zone| zone.parse().ok()).unwrap_or(Tz::UTC)
    }

    /// SHA-256 of the approval file.
    pub(super) fn approval(&self) -> Digest {
        Digest::of(self.approval)
    }

    /// In the language of the policy in force where the evidence ends.
    fn words(&self) -> Answer<Words> {
        Ok(Words::of(&in_force(self.bundle, self.verified)?.0))
    }

    /// What the document is.
    pub(super) fn about(&self, board_id: String) -> About {
        let agenda = self.meeting().map(|meeting| &meeting.agenda);
        About {
            document: DocumentKind::Plan,
            board_id,
            meeting: agenda.map(|agenda| agenda.title.clone()).unwrap_or_default(),
            called: agenda.map_or(self.export.claimed, |agenda| agenda.called),
            zone: self.zone().name().to_owned(),
            change: Some(self.change.to_string()),
        }
    }

    /// The content of the document.
    fn plan(&self, made_at: DateTime<Utc>, signatory: m::Signatory) -> Answer<minutes::ApprovedPlan> {
        let (policy, policy_digest) = in_force(self.bundle, self.verified)?;
        let meeting = self.meeting();
        let id = meeting.map_or(MeetingId(uuid::Uuid::nil()), |meeting| meeting.agenda.meeting);
        let called_under =
            called_under(&self.verified.entries, id).map(|named| policy_of(self.bundle, named)).transpose()?.flatten();
        let certificate_root = root_fingerprint(self.roster);
        let source = Source {
            roster: self.roster,
            policy: &policy,
            policy_digest,
            rules: called_under.as_ref().unwrap_or(&policy),
            ledger: &self.ledger,
            meeting: id,
            made_at,
            evidence: Digest::of(self.evidence),
            certificate_root: certificate_root.clone(),
            checkpoint: None,
        };
        let (words, zone) = (source.words(), self.zone());
        let decided = meeting.and_then(|meeting| {
            let item = meeting.agenda.items.iter().rfind(|item| item.change == self.change)?;
            Some(source.item(meeting, item))
        });
        let shown = self.shown()?;
        let text = |field: &str| match shown.get(field) {
            Some(Shown::Present(bytes)) => Some(mark_invisible(&String::from_utf8_lossy(bytes))),
            Some(Shown::Withheld) | None => None,
        };
        let kind = text("kind").and_then(|word| kind_of(&word));
        let title = text("title").or_else(|| decided.as_ref().map(|item| item.title.clone()));
        let recorded = self.ledger.decision(&self.change).filter(|_| decided.is_some());
        let handed = self.said.predicate().map(|said| said.actor);
        let by = handed.map(|who| source.name(who)).unwrap_or_default();
        let window = self.export.window.as_ref();
        Ok(minutes::ApprovedPlan {
            head: meeting.map_or_else(|| self.head(&source, zone), |meeting| source.head(meeting)),
            key: self.change.to_string(),
            title: title.unwrap_or_else(|| self.change.to_string()),
            kind: words.kind(kind).to_owned(),
            window: window.map_or_else(Vec::new, |window| words.window(window, zone)),
            environment: mark_invisible(&self.export.environment),
            artifacts: self.export.artifacts.iter().map(|artifact| mark_invisible(artifact)).collect(),
            handed_out: format!("{}, {by}", words.claimed(self.export.claimed, zone)),
            good_until: words.local(self.export.fresh_until, zone),
            sections: (1..).zip(PlanSection::ALL).map(|(n, part)| self.part(&source, &shown, n, part)).collect(),
            sign_offs: source.sign_offs(&self.change, recorded, zone),
            rulings: source.rulings(&self.change),
            dispensations: source.dispensations(&self.change),
            decided,
            signatories: vec![signatory],
            evidence: p::plan_evidence(
                &file_of(&self.change),
                &Digest::of(self.evidence).to_string(),
                &Digest::of(self.approval).to_string(),
                certificate_root,
                words.language(),
            ),
        })
    }

    /// The head where no meeting decided.
    fn head(&self, source: &Source<'_>, zone: Tz) -> m::Head {
        let words = source.words();
        let heads = record::canonical::to_bytes(&self.bundle.checkpoint.heads).unwrap_or_default();
        m::Head {
            board: mark_invisible(&self.roster.name),
            provisional: self.roster.provisional(),
            meeting_id: String::new(),
            meeting_title: String::new(),
            date: String::new(),
            place: String::new(),
            chair: String::new(),
            secretary: None,
            policy_version: source.policy.name.replace('/', " "),
            policy_digest: source.policy_digest.to_string(),
            roster_version: self.roster.version.to_string(),
            checkpoint: Digest::of(&heads).to_string(),
            covers: m::Covers::Inside,
            made_at: source.made_at,
            made_at_text: words.claimed(source.made_at, zone),
            language: words.language(),
            paper: paper(source.policy),
        }
    }

    /// What was shown to the authority whose sign-off carries the approval, field by field: the entry that hands it out
    /// names the manifests.
    fn shown(&self) -> Answer<BTreeMap<&str, Shown<'_>>> {
        let named: BTreeSet<Digest> = self.said.statement().subjects.iter().map(|s| s.sha256).collect();
        let signed = self.ledger.sign_offs.get(&self.change).map_or(&[][..], Vec::as_slice);
        let newest = signed.iter().rfind(|s| named.contains(&s.manifest)).map(|s| s.manifest);
        let manifest = newest
            .and_then(|newest| self.bundle.manifests.iter().find(|m| m.digest().is_ok_and(|d| d == newest)))
            .ok_or_else(|| broken("approval", "the approval file inside", "no sign-off in the evidence carries it"))?;
        manifest.open(&self.bundle.blobs).map_err(|r| crate::state::refused("what was shown", &r))
    }

    fn part(
        &self,
        source: &Source<'_>,
        shown: &BTreeMap<&str, Shown<'_>>,
        number: u32,
        part: PlanSection,
    ) -> p::PlanPart {
        let field = plan_field(part);
        let (text, digest) = match shown.get(field.as_str()) {
            Some(Shown::Present(bytes)) => {
                (p::PlanText::Written(paragraphs(&String::from_utf8_lossy(bytes))), Some(Digest::of(bytes)))
            }
            Some(Shown::Withheld) => (p::PlanText::NotHere, None),
            None => (p::PlanText::NotSigned, None),
        };
        let mut newest: BTreeMap<MemberId, &Submitted<PlanReview>> = BTreeMap::new();
        let submitted = self.ledger.plan_reviews.get(&self.change).map_or(&[][..], Vec::as_slice);
        let counts = |review: &&Submitted<PlanReview>| !review.late && review.what.sections.contains_key(&part);
        for review in submitted.iter().filter(counts) {
            newest.insert(review.actor, review);
        }
        let said = |review: &&Submitted<PlanReview>| {
            let said = review.what.sections.get(&part)?;
            let of = review.what.digests.get(&part);
            Some(p::PartReview {
                who: source.name(review.actor),
                ticked: said.ticked,
                comment: mark_invisible(&said.comment),
                other_text: digest.is_some_and(|digest| of != Some(&digest)),
            })
        };
        let reviews = newest.values().filter_map(said).collect();
        let edited = self.said.statement().subjects.iter().any(|subject| subject.name == field);
        let title = format!("{number}. {}", source.words().plan_section(part));
        p::PlanPart { title, clause: part.clause().to_owned(), text, edited, reviews }
    }
}

fn kind_of(word: &str) -> Option<ChangeKind> {
    match word {
        "standard" => Some(ChangeKind::Standard),
        "normal" => Some(ChangeKind::Normal),
        "emergency" => Some(ChangeKind::Emergency),
        _ => None,
    }
}

/// The text as it was signed, line by line: in which markup it was written nobody signed.
fn paragraphs(text: &str) -> Vec<ReviewText> {
    let lines = text.lines().map(|line| mark_invisible(&line.replace('\t', "  ")));
    lines.filter(|line| !line.trim().is_empty()).map(ReviewText::Paragraph).collect()
}

/// The one seal is a release manager's: key and person are those of the roster in the evidence.
pub(super) fn check_seal(report: &Report, roster: &Roster, meaning: &str) -> Answer<()> {
    let [seal] = report.signatures.as_slice() else {
        return Err(broken("not-signed", "the seal", "one release manager seals a plan, and nobody else signs it"));
    };
    let member = roster.members.iter().find(|m| m.id.to_string() == seal.member_id);
    // A corporate certificate was compared with the roster before this.
    let of_roster = |member: &Member| member.signature_keys().any(|key| key.id.to_string() == seal.key_fingerprint);
    let own = |member: &Member| seal.corporate.is_some() || of_roster(member);
    if !member.is_some_and(|member| member.has(Role::ReleaseManager) && own(member)) {
        let why = format!("signed by {} ({}), who is no release manager of this board", seal.name, seal.role);
        return Err(broken("not-release-manager", "the seal", why));
    }
    if seal.meaning != meaning {
        return Err(broken("meaning", "the seal", "its reason is not the one a release manager gives"));
    }
    Ok(())
}

/// The document, made again from the two files inside.
pub(super) fn drawn(source: &PlanSource<'_>, report: &Report) -> Answer<minutes::Document> {
    let seal = report.signatures.first().ok_or_else(|| broken("not-signed", "the seal", "nobody signed"))?;
    let plan = source.plan(seal.claimed_time, signatory(&seal.name, &seal.role, source.words()?))?;
    Ok(minutes::compose_plan(&plan))
}

/// The file name that is printed in the document, whatever the person called the file.
fn file_of(change: &ChangeKey) -> String {
    format!("{change}-plan.pdf")
}
