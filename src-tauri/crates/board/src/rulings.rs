//! Ruling that an edit after a sign-off is immaterial: the chair and a second person, each with PIN and a reason
//! (`record.md`, *Staleness people survive*).
use domain::entry::{Attestation, Auth, Body};
use domain::ids::{ChangeKey, Digest};
use domain::roster::{Member, Role};
use domain::ruling::{NoRuling, Ruling, RulingBody, in_force};
use domain::sign_off::{SignOff, Staleness};
use domain::text::mark_invisible;
use record::statement::Subject;
use vault::{ExposeSecret as _, SecretString};

use crate::cabinet::{Cabinet, OpenBoard};
use crate::changes::{beside, label, stands_newest};
use crate::conditions::one_line;
use crate::content::Content;
use crate::error::{Answer, BoardError, with_fact};
use crate::sign_offs::AUTHORITIES;
use crate::signing_hands::{Prepared, standing};
use crate::state::BoardState;
use crate::views::{Fact, Noun, RulingView, SigningSubject};
use crate::writer::{Act, Key};

/// Bytes of a reason at most.
const LONGEST_REASON: usize = 2_000;

/// What is to be ruled, and the content it is about.
struct Proposed {
    body: RulingBody,
    content: Content,
    title: String,
}

/// The names of fields, for people.
pub(crate) fn labels(fields: &[String]) -> String {
    fields.iter().map(|field| label(field)).collect::<Vec<_>>().join(", ")
}

/// What was said of the edit between these contents, the same words together.
pub(crate) fn views(state: &BoardState, key: &ChangeKey, from: Digest, to: Digest) -> Vec<RulingView> {
    let mut shown: Vec<(&Ruling, RulingView)> = Vec::new();
    let all = state.ledger.rulings.get(key).map_or(&[][..], Vec::as_slice);
    let of_this = |r: &&Ruling| r.withdrawn.is_none() && r.body.from == from && r.body.to == to;
    for ruling in all.iter().filter(of_this) {
        let name = state.name(ruling.actor);
        if let Some((_, view)) = shown.iter_mut().find(|(first, _)| first.body.fields == ruling.body.fields) {
            if !view.by.contains(&name) {
                view.by.push(name);
            }
            continue;
        }
        let pair: Vec<Ruling> = all.iter().filter(|r| r.body.fields == ruling.body.fields).cloned().collect();
        let holds = in_force(&pair).iter().any(|ruled| ruled.before() == from && ruled.after() == to);
        let view = RulingView {
            fields: ruling.body.fields.iter().map(|field| label(field)).collect(),
            by: vec![name],
            reason: mark_invisible(&ruling.body.reason),
            in_force: holds,
        };
        shown.push((ruling, view));
    }
    shown.into_iter().map(|(_, view)| view).collect()
}

impl Cabinet {
    /// Makes the statement that an edit is immaterial, for those who may still say so.
    pub(crate) async fn prepare_ruling(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        subject: &SigningSubject,
        (change, reason): (&str, &str),
    ) -> Answer<Prepared> {
        let proposed = self.propose_ruling(board, state, change, reason).await?;
        let body = &proposed.body;
        let fact = |label: &str, value: String| Fact { label: label.to_owned(), value };
        let mut facts = vec![fact("Change", body.change.to_string()), fact("Title", proposed.title.clone())];
        facts.extend(body.fields.iter().map(|field| fact("Edited", label(field))));
        for other in agreeing(state, body) {
            facts.push(fact("Ruled already", state.name(other.actor)));
        }
        facts.push(fact("In force", "once the chair and a second person have ruled it".to_owned()));
        let bytes = record::canonical::to_bytes(body).map_err(|e| BoardError::internal(&e))?;
        Ok(Prepared {
            subject: subject.clone(),
            title: format!("Ruling on {}", body.change),
            meaning: meaning(body),
            facts,
            digest: Digest::of(&bytes),
            manifest: vec![
                fact("Content that was signed", body.from.to_string()),
                fact("Content now", body.to.to_string()),
            ],
            signers: signers(state, body),
        })
    }

    /// Says it in the record, with the member's PIN.
    pub(crate) async fn rule_immaterial(
        &self,
        board: &OpenBoard,
        member: &Member,
        pin: SecretString,
        (change, reason): (&str, &str),
    ) -> Answer<()> {
        let state = board.state().await?;
        let Proposed { body, content, .. } = self.propose_ruling(board, &state, change, reason).await?;
        let signer = board.keys.unlock(member, pin.expose_secret(), self.now()).await?;
        let key = body.change.clone();
        let act = Act {
            actor: member.id,
            attestation: Attestation::Signed,
            role: Some(capacity(member)),
            meaning: meaning(&body),
            meeting: None,
            subjects: vec![Subject { name: key.to_string(), sha256: body.to }],
            body: Body::RuledImmaterial(body),
            blobs: vec![crate::changes::document(&content)?],
        };
        let keystore = board.keys.keystore().to_owned();
        self.write(board, vec![(act, Key::Member { signer, auth: Auth::Pin, keystore })], Vec::new()).await?;
        self.changed(&[Noun::SignOffs, Noun::Decisions, Noun::Changes], &[key.as_str()]);
        Ok(())
    }

    /// The edit since the newest authority's sign-off that it made stale; where all were given again, since the decision.
    async fn propose_ruling(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        change: &str,
        reason: &str,
    ) -> Answer<Proposed> {
        let key = crate::words::change_key(change)?;
        let change = self.load_change(board, &key).await?;
        if !change.details_synced {
            return Err(BoardError::refused(
                "details_due",
                format!("{key} was edited, and what it says now has not arrived yet."),
                Some("R30"),
                "Sync, then rule on what it says.",
            ));
        }
        let (content, now) = self.says(state, &change)?;
        let sign_offs = state.ledger.sign_offs.get(&key).map_or(&[][..], Vec::as_slice);
        let edited = |s: &&SignOff| {
            let authority = s.role.is_some_and(|role| AUTHORITIES.contains(&role));
            authority && stands_newest(sign_offs, s) && s.staleness(&now) == Staleness::ContentChanged
        };
        let decided = state.ledger.decision(&key).map(|d| &d.decision).filter(|d| d.kind.approves());
        let by_decision = decided.map(|d| d.content).filter(|content| !now.speaks(*content, Some(Role::Chair)));
        let stale = sign_offs.iter().rev().find(edited);
        // What was decided is kept where it was signed: a decision has a digest, and the sign-off what it is of.
        let signed = stale.or_else(|| sign_offs.iter().rev().find(|s| Some(s.body.content) == by_decision));
        let signed = signed.ok_or_else(|| {
            BoardError::refused(
                "nothing_to_rule",
                format!("No sign-off on {key} is stale by an edit."),
                Some("R30"),
                "Nothing needs a ruling.",
            )
        })?;
        let differs = beside(board, signed, Staleness::ContentChanged, (&content, now.level)).await?;
        if !differs.not_kept.is_empty() {
            let refused = crate::error::refusal(
                "not_kept",
                format!("Part of what was signed on {key} is not kept here, so nobody can see the whole edit."),
                Some("R30"),
                "Exchange with the device on which it was signed, or have it signed again.",
            );
            return Err(BoardError::Refused(with_fact(refused, "Not kept", differs.not_kept.join(", "))));
        }
        let mut fields: Vec<String> = differs.differences.iter().map(|d| d.field.clone()).collect();
        fields.sort();
        let mut body = RulingBody {
            involved: domain::duties::involved(&change),
            fields,
            from: signed.body.content,
            reason: reason.trim().to_owned(),
            to: content.digest,
            change: key,
        };
        // The second person agrees with the first, unless they say why in words of their own.
        if body.reason.is_empty()
            && let Some(first) = agreeing(state, &body).first()
        {
            body.reason.clone_from(&first.body.reason);
        }
        if body.reason.len() > LONGEST_REASON {
            return Err(BoardError::invalid("reason", "A reason has at most 2,000 bytes."));
        }
        body.check().map_err(|why| refused(&body, &why))?;
        // What a gate blocks is not let through by calling it immaterial.
        self.refuse_blocked(board, state, &change)?;
        let title = mark_invisible(&change.title);
        Ok(Proposed { body, content, title })
    }
}

fn refused(body: &RulingBody, why: &NoRuling) -> BoardError {
    match why {
        NoRuling::NoReason => {
            BoardError::invalid("reason", "Write why the edit does not matter; the minutes carry it.")
        }
        NoRuling::Deployed { field } => BoardError::refused(
            "never_immaterial",
            format!("{} says what is deployed, where or when; an edit of it is never immaterial.", label(field)),
            Some("R30"),
            "Have the change signed again.",
        ),
        NoRuling::NoEdit | NoRuling::NoField | NoRuling::Unsorted => BoardError::refused(
            "nothing_to_rule",
            format!("There is no edit of {} to rule on: {why}.", body.change),
            Some("R30"),
            "Nothing needs a ruling.",
        ),
    }
}

/// The sentence that is signed.
fn meaning(body: &RulingBody) -> String {
    format!(
        "I rule that the edit of {} since it was signed ({}) is immaterial: {}",
        body.change,
        labels(&body.fields),
        one_line(&body.reason)
    )
}

/// In which role somebody rules: as chair, whoever is.
fn capacity(member: &Member) -> Role {
    if member.has(Role::Chair) { Role::Chair } else { standing(member) }
}

/// What others have said of the same edit.
fn agreeing<'s>(state: &'s BoardState, body: &RulingBody) -> Vec<&'s Ruling> {
    let all = state.ledger.rulings.get(&body.change).into_iter().flatten();
    let same = |r: &&Ruling| r.body.from == body.from && r.body.to == body.to && r.body.fields == body.fields;
    all.filter(|r| r.withdrawn.is_none()).filter(same).collect()
}

/// Who may still say so: whoever did not write, ask for or deploy the change, and has not said it; once one who is not
/// the chair has, the chair.
fn signers(state: &BoardState, body: &RulingBody) -> Vec<domain::ids::MemberId> {
    let said = agreeing(state, body);
    let chair_needed = !said.is_empty() && said.iter().all(|r| r.role != Some(Role::Chair));
    let may = |member: &&Member| {
        let prefix = body.change.prefix();
        let reads_only = member.roles.iter().all(|role| *role == Role::Auditor);
        member.signature_key().is_some()
            && !reads_only
            && said.iter().all(|r| r.actor != member.id)
            && (!chair_needed || member.has(Role::Chair))
            && domain::duties::may_rule(state.roster(), &state.policy, member.id, prefix, &body.involved).is_ok()
    };
    state.roster().members.iter().filter(may).map(|member| member.id).collect()
}
