//! Signing: the statement is made here from the board's own state; the window only names it (R31, R89).
use std::collections::BTreeMap;
use std::sync::Arc;

use domain::change::ChangeRequest;
use domain::entry::{Auth, Verdict};
use domain::ids::{ChangeKey, Digest, MeetingId, MemberId};
use domain::roster::{Member, Role};
use record::keys::Signer;
use record::manifest::{Blob, Manifest};

use crate::cabinet::{Cabinet, OpenBoard, member_ref};
use crate::content::Content;
use crate::error::{Answer, BoardError, refusal};
use crate::meetings::meeting_id;
use crate::minutes::phrases::Words;
use crate::part_11;
use crate::reaffirm::{self, Reaffirmed};
use crate::requests::SigningRequest;
use crate::signing_hands::Prepared;
use crate::state::BoardState;
use crate::verdicts::{self, Said};
use crate::views::{self, Fact, Noun, Refusal, SignRequest, SigningSubject, SigningView, StaleSignOff};
use crate::writer::{Key, Local};

mod rights;
mod shown;

use rights::signs_as;
pub(crate) use rights::{may_sign, signer_refusal, signing_refusal};
pub(crate) use shown::{latest_item, sign_off_act, sign_off_facts, with_answers};

/// What the signing window is about. Made once, when signing is asked for: what is signed is what is
/// in here, whatever syncs meanwhile.
pub(crate) struct Signing {
    pub subject: SigningSubject,
    /// For people.
    pub purpose: String,
    /// What an unlocked session serves: this meeting or this change, and nothing of the same title.
    pub scope: String,
    pub statements: Vec<Pending>,
}

/// A statement that waits for a signature.
pub(crate) struct Pending {
    pub id: String,
    pub title: String,
    pub what: What,
    pub signed: Option<(MemberId, chrono::DateTime<chrono::Utc>)>,
    /// What was said when it was signed.
    pub said: Said,
}

impl What {
    /// The sign-off that is given again, if it is one.
    fn reaffirms(&self) -> Option<&Reaffirmed> {
        match self {
            Self::SignOff(snapshot) => snapshot.reaffirms.as_ref(),
            Self::Minutes(_) | Self::OwnAct(_) => None,
        }
    }
}

/// What would be signed.
pub(crate) enum What {
    /// A sign-off on a change.
    SignOff(Box<Snapshot>),
    /// The minutes and extracts of a meeting.
    Minutes(MeetingId),
    /// Membership, the roster, what was said in one's name, an older copy, a seat.
    OwnAct(Box<Prepared>),
}

/// A change as it is shown to the signer.
pub(crate) struct Snapshot {
    pub change: ChangeRequest,
    pub meeting: Option<(MeetingId, u32)>,
    pub reference: Option<domain::entry::MeetingRef>,
    pub content: Content,
    pub blobs: BTreeMap<String, Blob>,
    pub manifest: Manifest,
    pub digest: Digest,
    pub risk: domain::risk::RiskStamp,
    /// The kind of the model by which it is scored, and its highest score.
    pub of: (domain::risk::ModelKind, u32),
    /// The answers as they are now; `risk` is of these, but where it was asked about earlier.
    pub answered: domain::risk::AnsweredAssessment,
    pub refusal: Option<Refusal>,
    /// Sign-offs that are stale beside it.
    pub stale: Vec<StaleSignOff>,
    /// The one of them that is given again, if this is for that.
    pub reaffirms: Option<Reaffirmed>,
    /// The language in which it is signed: that of the board's documents, which print it as signed.
    pub words: Words,
}

impl Snapshot {
    /// The score in words: "31 of 100 points".
    pub fn scored(&self) -> String {
        let (kind, of) = self.of;
        kind.scored(self.risk.score, of)
    }
}

/// A hard gate does not let anybody approve.
const HARD_BLOCK: &str = "hard_block";

/// The roles in which a sign-off is authority (R31), strongest first.
pub(crate) const AUTHORITIES: [Role; 2] = [Role::Cto, Role::TechnicalLead];

pub(crate) fn capacity(member: &Member) -> Option<Role> {
    AUTHORITIES.into_iter().find(|r| member.has(*r))
}

impl Cabinet {
    /// Prepares what is to be signed; the host opens the signing window on it.
    pub async fn request_signing(&self, request: SigningRequest) -> Answer<()> {
        let board = self.board()?;
        let state = board.state().await?;
        let own_act = self.prepare(&board, &state, &request.subject).await?;
        let signing = match &request.subject {
            SigningSubject::Change { change } => {
                let key = crate::words::change_key(change)?;
                let meeting = latest_item(&state, &key);
                let snapshot = self.snapshot(&board, &state, &key, meeting).await?;
                of_change(&state, snapshot, request.subject)
            }
            SigningSubject::Reaffirm { sign_off } => {
                let signed = reaffirm::named(&state, sign_off)?;
                let meeting = latest_item(&state, &signed.body.change);
                let mut snapshot = self.snapshot(&board, &state, &signed.body.change, meeting).await?;
                snapshot.reaffirms = Some(reaffirm::of(signed, &snapshot)?);
                of_change(&state, snapshot, request.subject)
            }
            SigningSubject::Queue { meeting } => {
                let id = meeting_id(meeting)?;
                let recorded = state.ledger.meetings.get(&id).ok_or_else(|| BoardError::not_found("meeting", id))?;
                let mut statements = Vec::new();
                for item in &recorded.agenda.items {
                    let decided = recorded.decisions.get(&item.number).is_some_and(|d| d.decision.kind.approves());
                    if decided {
                        let place = Some((id, item.number));
                        statements.push(pending(self.snapshot(&board, &state, &item.change, place).await?));
                    }
                }
                Signing {
                    purpose: recorded.agenda.title.clone(),
                    scope: format!("meeting:{id}"),
                    statements,
                    subject: request.subject,
                }
            }
            SigningSubject::Minutes { meeting } => {
                let id = meeting_id(meeting)?;
                let recorded = state.ledger.meetings.get(&id).ok_or_else(|| BoardError::not_found("meeting", id))?;
                let title = format!("Minutes of {}", recorded.agenda.title);
                let statement = Pending {
                    id: "minutes".to_owned(),
                    title,
                    what: What::Minutes(id),
                    signed: None,
                    said: Said::approve(),
                };
                Signing {
                    purpose: recorded.agenda.title.clone(),
                    scope: format!("meeting:{id}"),
                    statements: vec![statement],
                    subject: request.subject,
                }
            }
            SigningSubject::Countersign { .. }
            | SigningSubject::Admission { .. }
            | SigningSubject::RosterProposal
            | SigningSubject::SpokenActs { .. }
            | SigningSubject::Immaterial { .. }
            | SigningSubject::Recovery { .. }
            | SigningSubject::Fork { .. }
            | SigningSubject::Revocation { .. }
            | SigningSubject::Delegation { .. }
            | SigningSubject::EndDelegation { .. }
            | SigningSubject::Standing { .. }
            | SigningSubject::Written { .. }
            | SigningSubject::WrittenMail { .. }
            | SigningSubject::Annex { .. }
            | SigningSubject::Policy { .. }
            | SigningSubject::Emergency { .. }
            | SigningSubject::Waiver { .. }
            | SigningSubject::Override { .. }
            | SigningSubject::Exception { .. }
            | SigningSubject::Second { .. }
            | SigningSubject::TakeBack { .. }
            | SigningSubject::PlanApproval { .. }
            | SigningSubject::Circular { .. }
            | SigningSubject::CircularVote { .. }
            | SigningSubject::CircularRecusal { .. }
            | SigningSubject::OfMinutes { .. }
            | SigningSubject::ApprovedPlan { .. } => {
                let prepared = own_act.ok_or_else(|| BoardError::not_found("statement", "to sign"))?;
                Signing {
                    purpose: state.roster().name.clone(),
                    // Never served by a session: the scope only says so.
                    scope: "own act".to_owned(),
                    statements: vec![Pending {
                        id: format!("own-act.{}", prepared.digest.short()),
                        title: prepared.title.clone(),
                        what: What::OwnAct(Box::new(prepared)),
                        signed: None,
                        said: Said::approve(),
                    }],
                    subject: request.subject,
                }
            }
        };
        *board.signing.lock().await = Some(signing);
        Ok(())
    }

    /// What is shown to the signer: fields, salts, manifest, risk, and why it cannot be signed if so.
    pub(crate) async fn snapshot(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        key: &ChangeKey,
        meeting: Option<(MeetingId, u32)>,
    ) -> Answer<Snapshot> {
        let change = self.load_change(board, key).await?;
        let named = self.material_attachments(state, &change);
        let content = Content::of(&state.policy, &change, &named)?;
        let mut blobs = BTreeMap::new();
        for (field, bytes) in &content.fields {
            let mut salt = [0u8; record::manifest::SALT_BYTES];
            getrandom::fill(&mut salt).map_err(|e| BoardError::internal(&e))?;
            blobs.insert(field.clone(), Blob { salt, bytes: bytes.clone() });
        }
        let manifest = Manifest::of(&blobs);
        let digest = manifest.digest().map_err(|e| BoardError::internal(&e))?;
        let risk = self.risk_of(state, &change)?;
        let missing: Vec<&str> = change
            .attachments
            .iter()
            .filter(|a| named.contains(&a.name) && !a.own && a.sha256.is_none())
            .map(|a| a.name.as_str())
            .collect();
        let disposed: Vec<&str> = change
            .attachments
            .iter()
            .filter(|a| named.contains(&a.name) && !a.own)
            .filter(|a| a.sha256.is_some_and(|digest| state.ledger.disposals.contains_key(&digest)))
            .map(|a| a.name.as_str())
            .collect();
        let gates = self.gates(board, state, &change, Some(risk.decided.level));
        let blocking = crate::gates::first_blocking(&gates).cloned();
        let refused = if !disposed.is_empty() {
            Some(refusal(
                "attachment_disposed",
                format!("Material attachments were disposed of, and nobody can read them: {}.", disposed.join(", ")),
                Some("R86"),
                "Replace the file on the ticket by one that may be kept, sync, download it, then sign.",
            ))
        } else if !missing.is_empty() {
            Some(refusal(
                "attachment_missing",
                format!("Material attachments are not downloaded yet: {}.", missing.join(", ")),
                Some("R86"),
                "Download them on the change's page, then sign.",
            ))
        } else {
            blocking.map(|g| {
                refusal(
                    HARD_BLOCK,
                    format!("{} blocks every approval: {}", g.gate.clause, g.why),
                    Some(&g.gate.clause),
                    g.satisfied_by,
                )
            })
        };
        let reference = meeting.and_then(|(m, _)| state.ledger.meetings.get(&m)).map(crate::meetings::reference);
        let mut snapshot = Snapshot {
            change,
            meeting,
            reference,
            content,
            blobs,
            manifest,
            digest,
            answered: risk.answered(),
            of: (risk.decided.kind, risk.decided.of),
            risk: risk.stamp,
            refusal: refused,
            stale: Vec::new(),
            reaffirms: None,
            words: Words::of(&state.policy),
        };
        snapshot.stale = self.stale_beside(board, state, &snapshot).await?;
        Ok(snapshot)
    }

    /// What the signing window shows. Plain statements only: no ticket markup is ever in here.
    pub async fn signing_view(&self) -> Answer<SigningView> {
        let board = self.board()?;
        let state = board.state().await?;
        let signing = board.signing.lock().await;
        let signing = signing.as_ref().ok_or_else(|| BoardError::not_found("signing", "in progress"))?;
        let now = self.now();
        let mut signers = Vec::new();
        for member in &state.roster().members {
            // Whoever enrolled on another device signs there.
            let Some(key) = member.signature_key().filter(|_| board.is_enrolled_here(member.id)) else { continue };
            let role = signing.statements.iter().find_map(|s| signs_as(&state, member, &s.what));
            let Some(role) = role else { continue };
            let attempts = board.keys.attempts(member.id, now).await?;
            signers.push(views::Signer {
                member: member_ref(member),
                capacity: role,
                key_source: board.keys.source(),
                key_label: board.keys.label(),
                key_fingerprint: key.id.to_string(),
                vault: board.keys.state_for(member).await,
                session: board.sessions.shown(member.id, &signing.scope, now).map(|s| views::SessionView {
                    member: member_ref(member),
                    purpose: s.purpose,
                    ends_at: crate::words::time(s.ends_at),
                }),
                pin_always: always_by_pin(&signing.subject) || state.policy.pin_every_act,
                name_asked: board.named.asked(&state.policy, member.id),
                attempts_left: attempts.left,
                wait_until: attempts.wait_until.map(crate::words::time),
            });
        }
        let mut statements = Vec::new();
        for pending in &signing.statements {
            statements.push(self.statement(&board, &state, pending).await?);
        }
        Ok(SigningView { purpose: signing.purpose.clone(), signers, statements })
    }

    async fn statement(&self, board: &OpenBoard, state: &BoardState, pending: &Pending) -> Answer<views::Statement> {
        let fact = |label: &str, value: String| Fact { label: label.to_owned(), value };
        let (meaning, facts, digest, manifest, refused) = match &pending.what {
            What::SignOff(s) => (
                pending.said.meaning(s),
                sign_off_facts(state, s),
                s.digest.to_string(),
                s.manifest.lines().iter().map(|l| fact(&l.field, l.sha256.to_string())).collect(),
                s.refusal.clone(),
            ),
            What::Minutes(id) => {
                let draft = self.minutes_draft(board, state, *id).await?;
                (draft.meaning, draft.facts, draft.digest.to_string(), draft.parts, draft.refusal)
            }
            What::OwnAct(p) => (p.meaning.clone(), p.facts.clone(), p.digest.to_string(), p.manifest.clone(), None),
        };
        Ok(views::Statement {
            id: pending.id.clone(),
            title: pending.title.clone(),
            meaning,
            facts,
            digest,
            manifest,
            state: match (&pending.signed, &refused) {
                (Some(_), _) => views::StatementState::Signed,
                (None, Some(_)) => views::StatementState::Refused,
                (None, None) => views::StatementState::Ready,
            },
            refusal: refused,
            signed_at: pending.signed.map(|(_, at)| crate::words::time(at)),
            rejection: match &pending.what {
                What::SignOff(s)
                    if pending.signed.is_none() && s.refusal.as_ref().is_none_or(|r| r.code == HARD_BLOCK) =>
                {
                    Some(verdicts::rejection(s))
                }
                What::SignOff(_) | What::Minutes(_) | What::OwnAct(_) => None,
            },
            reaffirmation: pending.what.reaffirms().map(|r| r.reason.clone()).filter(|_| pending.signed.is_none()),
            stale: match &pending.what {
                What::SignOff(s) => s.stale.clone(),
                What::Minutes(_) | What::OwnAct(_) => Vec::new(),
            },
            differences: match &pending.what {
                What::OwnAct(prepared) => crate::policies::differences_in(state, &prepared.subject),
                What::SignOff(_) | What::Minutes(_) => Vec::new(),
            },
            tick_each: pending.signed.is_none() && part_11::lines(&state.policy, &pending.what).is_some(),
        })
    }

    /// Signs a statement with a member's key: by PIN, or under the member's open session.
    pub async fn sign(&self, request: SignRequest) -> Answer<SigningView> {
        let board = self.board()?;
        let state = board.state().await?;
        let member = state.member(crate::words::member_id(&request.member)?)?.clone();
        {
            let mut slot = board.signing.lock().await;
            let signing = slot.as_mut().ok_or_else(|| BoardError::not_found("signing", "in progress"))?;
            let (purpose, scope) = (signing.purpose.clone(), signing.scope.clone());
            let always = always_by_pin(&signing.subject);
            let pending = signing
                .statements
                .iter_mut()
                .find(|s| s.id == request.statement)
                .ok_or_else(|| BoardError::not_found("statement", &request.statement))?;
            if pending.signed.is_some() {
                return Err(BoardError::refused(
                    "already_signed",
                    format!("{} is signed already.", pending.title),
                    None,
                    "Nothing more is to be done.",
                ));
            }
            let said = Said::of(&request, pending.what.reaffirms())?;
            let own_pin = always || state.policy.pin_every_act;
            if board.named.asked(&state.policy, member.id) {
                part_11::check_name(&member, &request.named)?;
            }
            part_11::check_ticks(part_11::lines(&state.policy, &pending.what), &request.ticked)?;
            match &pending.what {
                What::SignOff(snapshot) => {
                    may_sign(&state, &member, snapshot, said.verdict)?;
                    if said.verdict == Verdict::Approve {
                        // What came while it lay before the signer blocks as well.
                        self.refuse_blocked_since(&board, &state, &snapshot.change.key).await?;
                    }
                    self.refuse_own_since(&board, &state, &member, &snapshot.change.key).await?;
                    let key = self.key_of(&board, &member, (&scope, &purpose), &request, own_pin).await?;
                    let act = sign_off_act(&member, snapshot, &said)?;
                    let acts = with_answers(&board, &state, snapshot, (act, key))?;
                    self.write(&board, acts, Vec::<Local>::new()).await?;
                }
                What::Minutes(id) => {
                    verdicts::for_minutes(&said)?;
                    let id = *id;
                    let pin = vault::SecretString::from(request.pin.clone().ok_or_else(|| pin_needed(true))?);
                    let key = self.key_of(&board, &member, (&scope, &purpose), &request, own_pin).await?;
                    self.seal(&board, id, &member, (key, &pin)).await?;
                }
                What::OwnAct(prepared) => {
                    verdicts::for_own_act(&said)?;
                    let pin = request.pin.clone().ok_or_else(|| pin_needed(true))?;
                    // Boxed: who signs a change does not carry the futures of every other act in its own.
                    Box::pin(self.perform(&board, &member, prepared, pin.into())).await?;
                }
            }
            board.named.signed(member.id);
            pending.signed = Some((member.id, self.now()));
            pending.said = said;
        }
        self.changed(&[Noun::SignOffs, Noun::Decisions, Noun::Changes, Noun::Minutes, Noun::Session], &[]);
        if let Err(error) = self.settle_write_backs(&board).await {
            tracing::warn!(%error, "what is settled goes to its ticket at the next sync");
        }
        self.signing_view().await
    }

    /// Puts the signing away; nothing unsigned is kept.
    pub async fn close_signing(&self) -> Answer<()> {
        let board = self.board()?;
        *board.signing.lock().await = None;
        Ok(())
    }

    /// The member's key for this act: the session's, or opened by the PIN.
    async fn key_of(
        &self,
        board: &OpenBoard,
        member: &Member,
        (scope, purpose): (&str, &str),
        request: &SignRequest,
        own_pin: bool,
    ) -> Answer<Key> {
        let now = self.now();
        let keystore = board.keys.keystore().to_owned();
        let Some(pin) = &request.pin else {
            let session = if own_pin { None } else { board.sessions.next_act(member.id, scope, now) };
            return match session {
                Some((signer, auth)) => Ok(Key::Member { signer, auth, keystore }),
                None => Err(pin_needed(own_pin)),
            };
        };
        let signer: Arc<dyn Signer + Send + Sync> = board.keys.unlock(member, pin, now).await?;
        if request.keep_unlocked && !own_pin {
            let mut id = [0u8; 16];
            getrandom::fill(&mut id).map_err(|e| BoardError::internal(&e))?;
            board.sessions.begin(member.id, hex::encode(id), scope, purpose, signer.clone(), now);
            // The PIN opened the session for this very act; later ones are counted from it.
        }
        Ok(Key::Member { signer, auth: Auth::Pin, keystore })
    }

    /// Attachments that are material for this change: those frozen with its latest agenda item, or
    /// those the plan names now.
    pub(crate) fn material_attachments(&self, state: &BoardState, change: &ChangeRequest) -> Vec<String> {
        latest_item(state, &change.key)
            .and_then(|(meeting, number)| {
                let meeting = state.ledger.meetings.get(&meeting)?;
                meeting.agenda.items.iter().find(|i| i.number == number).map(|i| i.material_attachments.clone())
            })
            .unwrap_or_else(|| domain::policy::attachments_named_in_plan(change))
    }
}

fn pin_needed(always: bool) -> BoardError {
    let rule = if always {
        "This act always needs the PIN itself, session or not."
    } else {
        "There is no open session for this meeting."
    };
    BoardError::refused("pin_needed", rule, None, "Enter your PIN.")
}

/// Whether no session ever serves it (`record.md`, *Two keys*).
fn always_by_pin(subject: &SigningSubject) -> bool {
    match subject {
        SigningSubject::Change { .. } | SigningSubject::Queue { .. } | SigningSubject::Reaffirm { .. } => false,
        SigningSubject::Minutes { .. }
        | SigningSubject::Countersign { .. }
        | SigningSubject::Admission { .. }
        | SigningSubject::RosterProposal
        | SigningSubject::SpokenActs { .. }
        | SigningSubject::Immaterial { .. }
        | SigningSubject::Recovery { .. }
        | SigningSubject::Fork { .. }
        | SigningSubject::Revocation { .. }
        | SigningSubject::Delegation { .. }
        | SigningSubject::EndDelegation { .. }
        | SigningSubject::Standing { .. }
        | SigningSubject::Written { .. }
        | SigningSubject::WrittenMail { .. }
        | SigningSubject::Annex { .. }
        | SigningSubject::Policy { .. }
        | SigningSubject::Emergency { .. }
        | SigningSubject::Waiver { .. }
        | SigningSubject::Override { .. }
        | SigningSubject::Exception { .. }
        | SigningSubject::Second { .. }
        | SigningSubject::TakeBack { .. }
        | SigningSubject::PlanApproval { .. }
        | SigningSubject::Circular { .. }
        | SigningSubject::CircularVote { .. }
        | SigningSubject::CircularRecusal { .. }
        | SigningSubject::OfMinutes { .. }
        | SigningSubject::ApprovedPlan { .. } => true,
    }
}

/// One sign-off on a change: of the meeting it was in, or by itself.
fn of_change(state: &BoardState, snapshot: Snapshot, subject: SigningSubject) -> Signing {
    let key = &snapshot.change.key;
    let meeting = snapshot.meeting.map(|(meeting, _)| meeting);
    Signing {
        purpose: meeting
            .and_then(|m| state.ledger.meetings.get(&m))
            .map_or_else(|| format!("Review of {key}"), |m| m.agenda.title.clone()),
        scope: meeting.map_or_else(|| format!("change:{key}"), |m| format!("meeting:{m}")),
        statements: vec![pending(snapshot)],
        subject,
    }
}

fn pending(snapshot: Snapshot) -> Pending {
    Pending {
        // Fresh salts give a fresh digest: a request for what was shown before finds nothing to sign.
        id: format!("{}.{}", snapshot.change.key, snapshot.digest.short()),
        title: format!("{} {}", snapshot.change.key, domain::text::mark_invisible(&snapshot.change.title)),
        what: What::SignOff(Box::new(snapshot)),
        signed: None,
        said: Said::approve(),
    }
}
