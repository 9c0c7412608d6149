//! Countersigning: who signs the minutes after the chair, one after another, each on a device of their own (R115).
//!
//! Who that is and in which turn stands in the names of the fields that the chair's seal covers, so any reader of the file
//! knows it. The record names each revision by its digest and the file travels with it; which revision stands is worked out
//! anew on each device from the files that are there and hold.
use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use domain::entry::{Attestation, Auth, Body};
use domain::ids::{Digest, MeetingId, MemberId};
use domain::ledger::{Countersigned, Meeting, Sealed};
use domain::roster::{CorporateCertificate, Member, Roster, RosterKey};
use minutes::{Report, TrustAnchor, model as m};
use record::bundle::Bundle;
use record::statement::Subject;
use serde::{Deserialize, Serialize};
use vault::{ExposeSecret as _, SecretString};

use super::compile::SEAL_MEANING;
use super::opened::held;
use super::phrases::{Meaning, Words};
use super::seal::on_the_boards_clock;
use super::verify::broken;
use super::{in_pdf, minutes_file, off_thread, verify_minutes};
use crate::cabinet::{Cabinet, DEVICE, OpenBoard, draft_of, member_ref, stored};
use crate::corporate::{check_certificates, check_keys};
use crate::error::{Answer, BoardError};
use crate::requests::OfMeeting;
use crate::signing_hands::{Prepared, standing as role_of};
use crate::state::BoardState;
use crate::views::{Fact, MemberRef, MinutesSigner, MinutesSignerState, Noun, SigningSubject};
use crate::writer::{Act as Write, Key};

/// What a countersignature means.
pub(super) const COUNTERSIGN_MEANING: Meaning = Meaning::new(
    "I have read these minutes, and they are a true account of the meeting.",
    "Ich habe dieses Protokoll gelesen, und es gibt die Sitzung getreu wieder.",
);

/// The draft in which the chair's choice waits for the seal.
pub(super) const CHOSEN: &str = "signatories";

/// Chooses who signs minutes after the chair.
#[derive(Debug, Clone)]
pub struct ChooseSignatories {
    /// The meeting.
    pub meeting: String,
    /// The members of each turn, who sign in any order; none: nobody, whatever the policy says.
    pub turns: Vec<Vec<String>>,
}

/// Signs sealed minutes in one's turn.
#[derive(Debug, Clone)]
pub struct CountersignRequest {
    /// The meeting.
    pub meeting: String,
    /// Who signs.
    pub member: String,
    /// Their PIN.
    pub pin: SecretString,
}

/// Who signs the minutes of a meeting, and where the file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MinutesSigners {
    /// The file, as it stands on this device.
    pub path: std::path::PathBuf,
    /// Its SHA-256.
    pub sha256: String,
    /// Everybody who signs it: those who did, in order, then the others, in turn.
    pub signers: Vec<MinutesSigner>,
}

/// A place among those who sign after the chair. Turns go from 1; who shares one signs in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Turn {
    number: u32,
    member: MemberId,
}

impl Turn {
    fn field(self) -> String {
        format!("sign-{}-{}", self.number, self.member)
    }

    /// Reads the name of a field; only as it is written.
    fn of(field: &str) -> Option<Self> {
        let (number, member) = field.strip_prefix("sign-")?.split_once('-')?;
        let turn = Self { number: number.parse().ok()?, member: member.parse().ok()? };
        (turn.field() == field).then_some(turn)
    }

    fn name(self, roster: &Roster) -> String {
        roster.member(self.member).map_or_else(|| self.member.to_string(), |m| m.name.clone())
    }

    fn read(field: &str) -> Answer<Self> {
        let named = || broken("field", "a signature field", format!("{field:?} names no member and no turn"));
        Self::of(field).ok_or_else(named)
    }
}

/// Who signs a file after the chair by its fields, filled or not, in turn.
pub(super) fn prepared(report: &Report) -> Answer<Vec<Turn>> {
    let filled = report.signatures.iter().skip(1).map(|signature| &signature.field);
    let mut turns = filled.chain(&report.unsigned_fields).map(|field| Turn::read(field)).collect::<Answer<Vec<_>>>()?;
    turns.sort();
    Ok(turns)
}

/// The sentence of whoever signs after the chair: in the language in which the chair sealed.
fn countersigned(report: &Report) -> &'static str {
    let sealed = report.signatures.first().map(|seal| seal.meaning.as_str());
    let mut languages = minutes::Language::ALL.into_iter().map(Words::in_language);
    let words = languages.find(|words| sealed == Some(SEAL_MEANING.in_words(*words)));
    COUNTERSIGN_MEANING.in_words(words.unwrap_or(Words::ENGLISH))
}

/// Each field was filled by its member, in its turn, with the sentence that is signed there.
pub(super) fn check_turns(report: &Report) -> Answer<()> {
    let mut open = prepared(report)?;
    for signature in report.signatures.iter().skip(1) {
        let turn = Turn::read(&signature.field)?;
        let what = format!("the signature of {}", signature.name);
        if signature.member_id != turn.member.to_string() {
            return Err(broken("not-the-signatory", &what, "it stands in the field of another member"));
        }
        if open.first().is_none_or(|first| first.number != turn.number) {
            return Err(broken("not-in-turn", &what, "others were to sign before"));
        }
        if signature.meaning != countersigned(report) {
            return Err(broken("meaning", &what, "its reason is not the one a countersigner gives"));
        }
        open.retain(|one| *one != turn);
    }
    Ok(())
}

/// Who has not signed yet, in turn.
fn open(report: &Report) -> Vec<Turn> {
    let mut open: Vec<Turn> = report.unsigned_fields.iter().filter_map(|field| Turn::of(field)).collect();
    open.sort();
    open
}

/// Whose turn it is; nobody's once all have signed.
fn next(report: &Report) -> Vec<Turn> {
    let open = open(report);
    let number = open.first().map(|first| first.number);
    open.into_iter().filter(|turn| Some(turn.number) == number).collect()
}

/// Whose turn it is, by name, for who reads the file alone.
pub(super) fn next_names(report: &Report, roster: &Roster) -> Vec<String> {
    next(report).into_iter().map(|turn| turn.name(roster)).collect()
}

/// Who was to sign and has not yet, by name, in turn.
pub(super) fn waiting_names(report: &Report, roster: &Roster) -> Vec<String> {
    open(report).into_iter().map(|turn| turn.name(roster)).collect()
}

/// Those who will sign after the chair, in words; `None` where nobody does.
pub(super) fn told(state: &BoardState, turns: &[Turn]) -> Option<String> {
    let mut shared: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for turn in turns {
        shared.entry(turn.number).or_default().push(state.name(turn.member));
    }
    let all: Vec<String> = shared.into_values().map(|names| names.join(" and ")).collect();
    (!all.is_empty()).then(|| all.join(", then "))
}

/// Prepares the fields of those who sign after the chair.
pub(super) fn signed_by(mut content: m::Minutes, roster: &Roster, turns: &[Turn]) -> Answer<m::Minutes> {
    let words = Words::in_language(content.head.language);
    for turn in turns {
        let member =
            roster.member(turn.member).ok_or_else(|| BoardError::not_found("member in the roster", turn.member))?;
        let (name, role) = certified(member, member.signature_key())?;
        let (field, meaning) = (turn.field(), COUNTERSIGN_MEANING.in_words(words).to_owned());
        content.signatories.push(m::Signatory { field, name, role, meaning });
    }
    Ok(content)
}

/// Name and role as the certificate of a member's key has them.
pub(super) fn certified(member: &Member, key: Option<&RosterKey>) -> Answer<(String, String)> {
    let certificate = key.and_then(|key| key.certificate.as_deref());
    let text = certificate.ok_or_else(|| BoardError::not_found("certificate of", &member.name))?;
    let der = base64::engine::general_purpose::STANDARD.decode(text).map_err(|e| BoardError::internal(&e))?;
    minutes::certified_name_and_role(&der).map_err(|e| in_pdf(&e))
}

fn may_countersign(member: &Member) -> bool {
    member.signature_key().is_some_and(|key| key.certificate.is_some())
}

/// The minutes as they stand on this device: the chair's seal, and the signatures after it that hold.
pub(crate) struct Standing {
    /// The newest file that stands.
    pub sealed: Sealed,
    bytes: Vec<u8>,
    report: Report,
    /// Whose signature does not stand because another's does, which was put on the same file.
    displaced: BTreeMap<MemberId, MemberId>,
    /// When each signed, as the record claims.
    signed_at: BTreeMap<MemberId, chrono::DateTime<chrono::Utc>>,
}

impl Standing {
    fn by_the_chair_alone(&self) -> bool {
        self.report.signatures.len() == 1 && self.report.unsigned_fields.is_empty()
    }
}

/// What stands of the files that are here; `None` without the chair's.
fn judge(meeting: &Meeting, mut files: BTreeMap<Digest, Vec<u8>>, trust: &TrustAnchor) -> Option<Standing> {
    let base = meeting.minutes.last()?;
    // As every verifier does: else a file would stand here that holds nowhere, and nobody could sign after it.
    let roster = files.get(&base.pdf).and_then(|bytes| roster_inside(bytes));
    let looked = |(digest, bytes): (&Digest, &Vec<u8>)| {
        let report = minutes::verify(bytes, Some(trust)).ok()?;
        check_turns(&report).ok()?;
        if let Some(roster) = &roster {
            check_certificates(&report, roster).ok()?;
            check_keys(&report, roster).ok()?;
        }
        Some((*digest, report))
    };
    let mut reports: BTreeMap<Digest, Report> = files.iter().filter_map(looked).collect();
    let holds = |one: &Countersigned| adds_one(&files, &reports, one);
    let line = meeting.in_turn(holds);
    let signed: BTreeSet<MemberId> = line.iter().map(|one| one.sealed.actor).collect();
    let mut displaced = BTreeMap::new();
    for one in meeting.countersigned.iter().filter(|one| holds(one) && !signed.contains(&one.sealed.actor)) {
        let rival = line.iter().find(|stands| stands.after == one.after).or_else(|| line.first());
        if let Some(rival) = rival {
            displaced.insert(one.sealed.actor, rival.sealed.actor);
        }
    }
    let sealed = line.last().map_or(base, |last| &last.sealed).clone();
    let all = std::iter::once(base).chain(line.iter().map(|one| &one.sealed));
    let signed_at = all.map(|one| (one.actor, one.claimed)).collect();
    let (bytes, report) = (files.remove(&sealed.pdf)?, reports.remove(&sealed.pdf)?);
    Some(Standing { sealed, bytes, report, displaced, signed_at })
}

/// The roster in force where the evidence inside ends.
fn roster_inside(pdf: &[u8]) -> Option<Roster> {
    let bundle = Bundle::parse(&minutes::extract_evidence(pdf).ok()?).ok()?;
    record::canonical::read(bundle.rosters.last()?, record::json::Limits::ENTRY).ok()
}

/// Whether a file that holds adds one signature, of whoever the record says, to the file that the record says.
fn adds_one(files: &BTreeMap<Digest, Vec<u8>>, reports: &BTreeMap<Digest, Report>, one: &Countersigned) -> bool {
    let bytes = files.get(&one.after).zip(files.get(&one.sealed.pdf));
    let told = reports.get(&one.after).zip(reports.get(&one.sealed.pdf));
    let actor = one.sealed.actor.to_string();
    bytes.is_some_and(|(before, now)| now.len() > before.len() && now.starts_with(before))
        && told.is_some_and(|(before, now)| {
            now.signatures.len() == before.signatures.len() + 1
                && now.signatures.last().is_some_and(|last| last.member_id == actor)
        })
}

fn not_sealed() -> BoardError {
    BoardError::refused(
        "not_sealed",
        "The minutes of this meeting are not sealed.",
        Some("R115"),
        "The chair seals them first; then the others sign in turn.",
    )
}

impl Cabinet {
    /// Chooses who signs the minutes after the chair, instead of whom the policy names. It is in the file once the chair
    /// seals; until then it can be chosen anew. Answers with the names, in turn.
    pub async fn choose_signatories(&self, request: ChooseSignatories) -> Answer<Vec<String>> {
        let board = self.board()?;
        let state = board.state().await?;
        let id = crate::meetings::meeting_id(&request.meeting)?;
        let meeting = state.ledger.meetings.get(&id).ok_or_else(|| BoardError::not_found("meeting", id))?;
        if !meeting.minutes.is_empty() {
            return Err(BoardError::refused(
                "already_sealed",
                "The minutes are sealed, with the fields of those who sign them.",
                Some("R115"),
                "Who else agrees says so by a comment or in the next meeting.",
            ));
        }
        let mut chosen: Vec<Turn> = Vec::new();
        let named = (1_u32..).zip(&request.turns);
        for (number, text) in named.flat_map(|(number, texts)| texts.iter().map(move |text| (number, text))) {
            let member = state.member(crate::words::member_id(text)?)?;
            if member.id == meeting.agenda.chair || chosen.iter().any(|turn| turn.member == member.id) {
                let why = format!("{} signs already: name each member once, and not the chair.", member.name);
                return Err(BoardError::invalid("signatory", why));
            }
            if !may_countersign(member) {
                return Err(BoardError::refused(
                    "no_key",
                    format!("{} has no signature key on this board.", member.name),
                    Some("R115"),
                    "They enrol with a PIN first, or somebody else signs.",
                ));
            }
            chosen.push(Turn { number, member: member.id });
        }
        chosen.sort();
        board.store.save_draft(&draft_of(CHOSEN, &id.to_string(), &chosen, self.now())?).await.map_err(stored)?;
        self.changed(&[Noun::Minutes], &[&request.meeting]);
        Ok(chosen.into_iter().map(|turn| state.name(turn.member)).collect())
    }

    /// Who will sign after the chair: whom the chair chose, or else whom the policy names. Of a role those who were there
    /// and have a key share a turn.
    pub(super) async fn signatories(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        meeting: &Meeting,
    ) -> Answer<Vec<Turn>> {
        let key = meeting.agenda.meeting.to_string();
        if let Some(draft) = board.store.draft(CHOSEN, &key, DEVICE).await.map_err(stored)? {
            return serde_json::from_str(&draft.json).map_err(|e| BoardError::internal(&e));
        }
        Ok(by_policy(state, meeting))
    }

    /// The minutes as they stand here; `None` where nobody signs them after the chair, or their file has not come. A newer
    /// file that stands takes the place of the older one among the minutes of this device.
    pub(crate) async fn standing_minutes(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        meeting: &Meeting,
    ) -> Answer<Option<Standing>> {
        let mut files = BTreeMap::new();
        for sealed in meeting.sealed_files() {
            match board.store.blob(sealed.pdf).await {
                Ok(bytes) => drop(files.insert(sealed.pdf, bytes)),
                Err(store::StoreError::BlobMissing(_)) => {}
                Err(error) => return Err(stored(error)),
            }
        }
        if files.is_empty() {
            return Ok(None);
        }
        let (told, root) = (meeting.clone(), state.roster().certificate_root.clone());
        let judged = off_thread(move || {
            let trust = TrustAnchor::parse(&root).map_err(|e| BoardError::internal(&e))?;
            Ok(judge(&told, files, &trust))
        });
        let Some(standing) = judged.await? else { return Ok(None) };
        let file = minutes_file(meeting.agenda.meeting);
        let there = std::fs::read(board.store.folder().minutes().join(&file)).ok().map(|bytes| Digest::of(&bytes));
        // What the record does not name stays to be looked at: it was put there by another hand.
        let older = there.is_none_or(|digest| meeting.sealed_files().any(|sealed| sealed.pdf == digest));
        if older && there != Some(standing.sealed.pdf) {
            self.keep_file(board, &file, &standing.bytes).await?;
        }
        Ok(Some(standing))
    }

    /// Who has signed the minutes of a meeting, and whose turn it is.
    pub async fn minutes_turns(&self, request: OfMeeting) -> Answer<MinutesSigners> {
        let board = self.board()?;
        let state = board.state().await?;
        let id = crate::meetings::meeting_id(&request.meeting)?;
        let meeting = state.ledger.meetings.get(&id).ok_or_else(|| BoardError::not_found("meeting", id))?;
        let standing = self.here(&board, &state, meeting).await?;
        Ok(MinutesSigners {
            path: board.store.folder().minutes().join(minutes_file(id)),
            sha256: standing.sealed.pdf.to_string(),
            signers: minutes_signers(&board, &state, Some(&standing)),
        })
    }

    /// The minutes that others sign, or why there are none here.
    async fn here(&self, board: &OpenBoard, state: &BoardState, meeting: &Meeting) -> Answer<Standing> {
        if meeting.minutes.is_empty() {
            return Err(not_sealed());
        }
        self.standing_minutes(board, state, meeting).await?.ok_or_else(|| {
            BoardError::refused(
                "minutes_not_here",
                "There are no minutes on this device that somebody signs after the chair.",
                Some("R115"),
                "If somebody is to sign them, exchange, or open a review pack: the file travels with the record.",
            )
        })
    }

    /// What the signing window shows before minutes are countersigned; the whole file was verified by then.
    pub(crate) async fn prepare_countersign(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        subject: &SigningSubject,
        meeting: &str,
    ) -> Answer<Prepared> {
        let id: MeetingId = crate::meetings::meeting_id(meeting)?;
        let meeting = state.ledger.meetings.get(&id).ok_or_else(|| BoardError::not_found("meeting", id))?;
        let standing = self.here(board, state, meeting).await?;
        let signers: Vec<MemberId> = next(&standing.report).into_iter().map(|turn| turn.member).collect();
        if signers.is_empty() {
            return Err(BoardError::refused(
                "all_signed",
                "Everybody who was to sign these minutes has signed them.",
                Some("R115"),
                "Nothing more is to be done.",
            ));
        }
        verified(state, standing.bytes.clone()).await?;
        let fact = |label: &str, value: String| Fact { label: label.to_owned(), value };
        let mut facts = vec![fact("Minutes of", meeting.agenda.title.clone())];
        for (number, signature) in (1_u32..).zip(&standing.report.signatures) {
            let at = crate::words::time(signature.claimed_time);
            let line = format!("{} ({}), {at} (claimed)", signature.name, signature.role);
            facts.push(fact(&format!("Signature {number}"), line));
        }
        let names: Vec<String> = signers.iter().map(|id| state.name(*id)).collect();
        facts.push(fact("Whose turn it is", names.join(", ")));
        for (member, rival) in standing.displaced.iter().filter(|(member, _)| signers.contains(member)) {
            let (member, rival) = (state.name(*member), state.name(*rival));
            let line = format!("{member} signed at the same time as {rival}, whose signature stands; so once more.");
            facts.push(fact("Again", line));
        }
        facts.push(fact("File", format!("{} pages, verified as a whole", standing.report.pages)));
        Ok(Prepared {
            subject: subject.clone(),
            title: format!("Minutes of {}", meeting.agenda.title),
            meaning: countersigned(&standing.report).to_owned(),
            facts,
            digest: standing.sealed.pdf,
            manifest: vec![fact(&minutes_file(id), standing.sealed.pdf.to_string())],
            signers,
        })
    }

    /// Signs the minutes in one's turn: the file is verified as a whole, gets one more revision, and goes on with the record.
    pub async fn countersign(&self, request: CountersignRequest) -> Answer<MinutesSigners> {
        let board = self.board()?;
        let state = board.state().await?;
        let id: MeetingId = crate::meetings::meeting_id(&request.meeting)?;
        let meeting = state.ledger.meetings.get(&id).ok_or_else(|| BoardError::not_found("meeting", id))?;
        let checkpoint = meeting.closed.ok_or_else(|| BoardError::not_found("closing of meeting", id))?;
        let member = state.member(crate::words::member_id(&request.member)?)?;
        let standing = self.here(&board, &state, meeting).await?;
        let turn = turn_of(&state, &standing.report, member)?;
        let report = verified(&state, standing.bytes.clone()).await?;
        let signer = board.keys.unlock(member, request.pin.expose_secret(), self.now()).await?;
        let own = signer.key_id();
        let (name, role) = certified(member, member.signature_keys().find(|key| key.id == own))?;
        let key = Key::Member { signer, auth: Auth::Pin, keystore: board.keys.keystore().to_owned() };
        // The roster inside the file says which certificate counts in it: one that came later is none.
        let inside = certificate_inside(member, &standing.bytes).await?;
        let hand = Member { certificate: inside, ..member.clone() };
        let seal = self.pdf_signer(&board, &state, &hand, (&key, &request.pin)).await?;
        let meaning = countersigned(&standing.report);
        let (before, at) = (standing.bytes, on_the_boards_clock(meeting, self.now()));
        let pdf = off_thread(move || {
            let field = turn.field();
            let request = minutes::SignatureRequest { field: &field, name: &name, role: &role, meaning, at };
            minutes::sign_verified(before, &report, &request, &seal).map_err(|e| in_pdf(&e))
        })
        .await?;
        // Read with a stranger's eyes before the record names it.
        verified(&state, pdf.clone()).await?;
        let digest = Digest::of(&pdf);
        let act = Write {
            actor: member.id,
            attestation: Attestation::Signed,
            role: Some(role_of(member)),
            meaning: meaning.to_owned(),
            meeting: Some(crate::meetings::reference(meeting)),
            subjects: vec![Subject { name: minutes_file(id), sha256: digest }],
            body: Body::MinutesSealed { pdf: digest, checkpoint, after: Some(standing.sealed.pdf), edition: None },
            blobs: vec![pdf],
        };
        self.write(&board, vec![(act, key)], Vec::new()).await?;
        self.changed(&[Noun::Minutes, Noun::Meetings], &[&request.meeting]);
        self.minutes_turns(OfMeeting { meeting: request.meeting }).await
    }
}

/// Who signs the minutes, in turn; empty where it is the chair alone.
pub(crate) fn minutes_signers(
    board: &OpenBoard,
    state: &BoardState,
    standing: Option<&Standing>,
) -> Vec<MinutesSigner> {
    let Some(standing) = standing.filter(|standing| !standing.by_the_chair_alone()) else { return Vec::new() };
    let row = |member: MemberId, its: MinutesSignerState| {
        let known = state.roster().member(member);
        let left = || MemberRef { id: member.to_string(), name: state.name(member), roles: Vec::new() };
        MinutesSigner {
            member: known.map_or_else(left, member_ref),
            state: its,
            signed_at: standing.signed_at.get(&member).map(|at| crate::words::time(*at)),
            here: known.is_some_and(may_countersign) && board.is_enrolled_here(member),
            displaced_by: standing.displaced.get(&member).map(|by| state.name(*by)),
        }
    };
    let now = next(&standing.report);
    let signed = standing.report.signatures.iter().filter_map(|signature| signature.member_id.parse::<MemberId>().ok());
    let mut rows: Vec<MinutesSigner> = signed.map(|member| row(member, MinutesSignerState::Signed)).collect();
    for turn in open(&standing.report) {
        let its = if now.contains(&turn) { MinutesSignerState::Turn } else { MinutesSignerState::Later };
        rows.push(row(turn.member, its));
    }
    rows
}

/// Verifies a file as any third party would, with the board's own root, off the async threads.
async fn verified(state: &BoardState, pdf: Vec<u8>) -> Answer<minutes::Report> {
    let root = state.roster().certificate_root.clone();
    off_thread(move || {
        let trust = TrustAnchor::parse(&root).map_err(|e| BoardError::internal(&e))?;
        verify_minutes(&pdf, Some(&trust)).map(|checked| checked.pdf)
    })
    .await
}

/// The member's corporate certificate, if the roster in the evidence of a file names it as well.
async fn certificate_inside(member: &Member, pdf: &[u8]) -> Answer<Option<CorporateCertificate>> {
    let Some(certificate) = member.certificate.clone() else { return Ok(None) };
    let (id, pdf) = (member.id, pdf.to_vec());
    off_thread(move || {
        let evidence = minutes::extract_evidence(&pdf).map_err(|r| broken("evidence", "the minutes", r.to_string()))?;
        let (_, found) = held(&evidence)?;
        let inside = found.rosters.current().roster().member(id).and_then(|inside| inside.certificate.clone());
        Ok(inside.filter(|inside| *inside == certificate))
    })
    .await
}

/// The member's place, if it is their turn; else why not.
fn turn_of(state: &BoardState, report: &Report, member: &Member) -> Answer<Turn> {
    let now = next(report);
    if let Some(turn) = now.iter().find(|turn| turn.member == member.id) {
        return Ok(*turn);
    }
    let (code, rule, remedy) = if open(report).iter().any(|turn| turn.member == member.id) {
        let names: Vec<String> = now.iter().map(|turn| state.name(turn.member)).collect();
        let rule = format!("It is not {}'s turn: {} signs first.", member.name, names.join(", "));
        ("not_your_turn", rule, "Exchange once they have signed.")
    } else if report.signatures.iter().any(|s| s.member_id == member.id.to_string()) {
        ("already_signed", format!("{} has signed these minutes.", member.name), "Nothing more is to be done.")
    } else {
        let rule = format!("There is no field for {} in these minutes.", member.name);
        ("not_a_signatory", rule, "Who signs is chosen before the chair seals.")
    };
    Err(BoardError::refused(code, rule, Some("R115"), remedy))
}

/// Whom the policy in force names, as far as they have a key.
fn by_policy(state: &BoardState, meeting: &Meeting) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for (number, who) in (1..).zip(&state.policy.minutes.countersign) {
        let named = |member: &&Member| match who.role() {
            None => member.id == meeting.agenda.secretary,
            Some(role) => member.has(role) && meeting.attendance.contains_key(&member.id),
        };
        let mut members: Vec<MemberId> = state
            .roster()
            .members
            .iter()
            .filter(named)
            .filter(|member| may_countersign(member) && member.id != meeting.agenda.chair)
            .map(|member| member.id)
            .filter(|id| !turns.iter().any(|turn| turn.member == *id))
            .collect();
        members.sort();
        turns.extend(members.into_iter().map(|member| Turn { number, member }));
    }
    turns
}

mod chosen;
#[cfg(test)]
mod tests;
