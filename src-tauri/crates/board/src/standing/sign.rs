//! Signing a standing approval: proposed by the board's rules, shown in the signing window or asked for on the command line,
//! and signed with an authority's own PIN (R31, R89).
use chrono::{DateTime, Utc};
use domain::change::ChangeKind;
use domain::entry::{Attestation, Auth, Body};
use domain::ids::{Digest, MemberId};
use domain::sign_off::carrying;
use domain::standing::StandingBody;
use domain::text::mark_invisible;
use record::statement::Subject;
use serde::{Deserialize, Serialize};
use specta::Type;
use vault::{ExposeSecret as _, SecretString};

use super::{StandingView, view};
use crate::approvals::Present;
use crate::cabinet::{Cabinet, OpenBoard};
use crate::conditions::one_line;
use crate::error::{Answer, BoardError};
use crate::sign_offs::capacity;
use crate::signing_hands::Prepared;
use crate::state::BoardState;
use crate::views::{Fact, Noun, SigningSubject};
use crate::writer::{Act, Key};

/// Uses of one standing approval at most.
const MOST_USES: u32 = 10_000;

/// What an authority lets a pipeline repeat.
#[derive(Debug, Clone)]
pub struct StandRequest {
    /// The standard change that was approved.
    pub change: String,
    /// Who signs: an authority who signed it off.
    pub member: String,
    /// Their PIN: no session covers this.
    pub pin: SecretString,
    /// The service.
    pub service: String,
    /// The pipeline.
    pub pipeline: String,
    /// How often.
    pub uses: u32,
    /// Until when.
    pub expires: DateTime<Utc>,
}

/// What a standing approval of a change would let run, and who may sign it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StandingOffer {
    /// Where to.
    pub environment: String,
    /// The authorities who signed the change off and have a key on this device.
    pub signers: Vec<String>,
}

/// What is to be repeated, as somebody wrote it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub change: &'a str,
    pub service: &'a str,
    pub pipeline: &'a str,
    pub uses: u32,
    pub expires: DateTime<Utc>,
}

/// A standing approval that may be signed so.
struct Proposed {
    body: StandingBody,
    title: String,
    /// The manifests of the sign-offs that carry the approval.
    signed: Vec<Digest>,
    /// Whose they are: who may sign this.
    signers: Vec<MemberId>,
}

impl Cabinet {
    /// Lets a pipeline repeat a standard change: refused unless it is approved as it was last synced, and the signer is an
    /// authority who signed it off (R31, R89).
    ///
    /// # Errors
    /// [`BoardError::Refused`] with the rule, [`BoardError::Invalid`] with the field.
    pub async fn stand(&self, request: StandRequest) -> Answer<StandingView> {
        let board = self.board()?;
        let state = board.state().await?;
        let member = state.member(crate::words::member_id(&request.member)?)?;
        let role = capacity(member).ok_or_else(|| {
            BoardError::refused(
                "no_authority",
                format!("{} is neither the Technical Development Lead nor the CTO.", member.name),
                Some("R31"),
                "An authority who signed the change off signs its standing approval.",
            )
        })?;
        let wanted = Wanted {
            change: &request.change,
            service: &request.service,
            pipeline: &request.pipeline,
            uses: request.uses,
            expires: request.expires,
        };
        let Proposed { body, signed, signers, .. } = self.propose_standing(&board, &state, wanted).await?;
        let key = body.change.clone();
        if !signers.contains(&member.id) {
            return Err(BoardError::refused(
                "not_signed_off",
                format!("{} has not signed {key} off.", member.name),
                Some("R89"),
                "Sign the change off first, or have the authority who did sign this.",
            ));
        }
        let signer = board.keys.unlock(member, request.pin.expose_secret(), self.now()).await?;
        let act = Act {
            actor: member.id,
            attestation: Attestation::Signed,
            role: Some(role),
            meaning: meaning(&body),
            meeting: None,
            subjects: signed.iter().map(|d| Subject { name: key.to_string(), sha256: *d }).collect(),
            body: Body::StandingApproved(body),
            blobs: Vec::new(),
        };
        let keystore = board.keys.keystore().to_owned();
        let ids =
            self.write(&board, vec![(act, Key::Member { signer, auth: Auth::Pin, keystore })], Vec::new()).await?;
        self.changed(&[Noun::Changes], &[key.as_str()]);
        let state = board.state().await?;
        let made = ids.first().and_then(|id| state.ledger.standing_approvals.get(id));
        made.map(|s| view(&state, s, self.now())).ok_or_else(|| BoardError::not_found("standing approval of", key))
    }

    /// What the signing window shows of a standing approval.
    pub(crate) async fn prepare_standing(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        subject: &SigningSubject,
        wanted: Wanted<'_>,
    ) -> Answer<Prepared> {
        let Proposed { body, title, signed, signers } = self.propose_standing(board, state, wanted).await?;
        let bytes = record::canonical::to_bytes(&body).map_err(|e| BoardError::internal(&e))?;
        let mut manifest = vec![fact("Content that was approved", body.content.to_string())];
        for (number, sign_off) in (1_u32..).zip(&signed) {
            manifest.push(fact(&format!("Sign-off {number}"), sign_off.to_string()));
        }
        Ok(Prepared {
            subject: subject.clone(),
            title: format!("Standing approval of {}", body.change),
            meaning: meaning(&body),
            facts: vec![
                fact("Change", body.change.to_string()),
                fact("Title", title),
                fact("Service", mark_invisible(&body.service)),
                fact("Pipeline", mark_invisible(&body.pipeline)),
                fact("Environment", mark_invisible(&body.environment)),
                fact("How often", body.uses.to_string()),
                fact("Until", crate::words::local(body.expires, chrono_tz::Tz::UTC)),
                fact(
                    "What follows",
                    "each receipt is one use; a failure suspends it, and an edit of the change ends it",
                ),
            ],
            digest: Digest::of(&bytes),
            manifest,
            signers,
        })
    }

    /// What could be signed of a change on this device; the refusal says why nothing can.
    pub(super) async fn standing_offer(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        change: &str,
    ) -> Answer<StandingOffer> {
        let (present, signers) = self.repeatable(board, state, change).await?;
        let here = |id: &MemberId| {
            let member = state.roster().member(*id).filter(|m| m.signature_key().is_some());
            member.filter(|m| board.is_enrolled_here(m.id)).map(|m| m.name.clone())
        };
        let signers: Vec<String> = signers.iter().filter_map(here).collect();
        if signers.is_empty() {
            return Err(BoardError::refused(
                "no_key",
                format!("No authority who signed {} off has a key on this device.", present.change.key),
                Some("R89"),
                "Sign its standing approval where one of them has.",
            ));
        }
        Ok(StandingOffer { environment: mark_invisible(&present.allowed.environment), signers })
    }

    async fn propose_standing(&self, board: &OpenBoard, state: &BoardState, wanted: Wanted<'_>) -> Answer<Proposed> {
        let (service, pipeline) = (name("service", wanted.service)?, name("pipeline", wanted.pipeline)?);
        if wanted.uses == 0 || wanted.uses > MOST_USES {
            return Err(BoardError::invalid("uses", format!("Say how often, from 1 to {MOST_USES}.")));
        }
        if wanted.expires <= self.now() {
            return Err(BoardError::invalid("expires", "That time is over; give one to come."));
        }
        let (present, signers) = self.repeatable(board, state, wanted.change).await?;
        let body = StandingBody {
            change: present.change.key.clone(),
            content: present.content.digest,
            service,
            pipeline,
            environment: present.allowed.environment.clone(),
            uses: wanted.uses,
            expires: wanted.expires,
        };
        Ok(Proposed { body, title: mark_invisible(&present.change.title), signed: present.signed, signers })
    }

    /// A change that may be repeated without the board, and who may say so: it is approved as it was last synced, a
    /// standard change, and signed off by them.
    async fn repeatable(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        change: &str,
    ) -> Answer<(Present, Vec<MemberId>)> {
        let present = self.present(board, state, change).await?;
        self.approved(board, state, &present)?;
        let key = &present.change.key;
        if present.change.kind != Some(ChangeKind::Standard) {
            return Err(BoardError::refused(
                "not_standard",
                format!("{key} is no standard change."),
                None,
                "Only what the board knows as a standard change is repeated without it.",
            ));
        }
        let level = self.risk_of(state, &present.change)?.decided.level;
        let least = state.ledger.least(&state.policy, key, level);
        let sign_offs = state.ledger.sign_offs.get(key).map_or(&[][..], Vec::as_slice);
        let now = crate::changes::present(state, key, &present.content, level);
        let authority = |id: &MemberId| state.roster().member(*id).is_some_and(|m| capacity(m).is_some());
        let signers = carrying(sign_offs, least, &now).iter().map(|s| s.actor).filter(authority).collect();
        Ok((present, signers))
    }
}

fn fact(label: &str, value: impl Into<String>) -> Fact {
    Fact { label: label.to_owned(), value: value.into() }
}

/// Until when, as the window writes it.
pub(crate) fn expiry(text: &str) -> Answer<DateTime<Utc>> {
    let read = DateTime::parse_from_rfc3339(text.trim()).map(|time| time.to_utc());
    read.map_err(|_| BoardError::invalid("expires", "Give date and time, for example 2026-12-31T18:00:00Z."))
}

/// The sentence that is signed.
fn meaning(body: &StandingBody) -> String {
    format!(
        "Pipeline {} may deploy {} into {} as {} was approved, {} times until {}, without another decision. A failure \
         suspends it.",
        one_line(&body.pipeline),
        one_line(&body.service),
        one_line(&body.environment),
        body.change,
        body.uses,
        crate::words::time(body.expires)
    )
}

fn name(field: &str, typed: &str) -> Answer<String> {
    let name = typed.trim();
    if name.is_empty() || name.len() > 200 || name.chars().any(char::is_control) {
        return Err(BoardError::invalid(
            field,
            "Give its name as the pipeline says it: 1 to 200 characters on one line.",
        ));
    }
    Ok(name.to_owned())
}
