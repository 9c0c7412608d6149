//! Taking a word back (R69): a waiver, an override, an exception, or the second word on one; by the member's own PIN, with a
//! reason. It stays in the record, and sets nothing aside any more.
use domain::dispensation::Dispensation;
use domain::entry::{Attestation, Auth, Body};
use domain::ids::{ChangeKey, Digest, EntryId, MemberId};
use domain::roster::Member;
use domain::text::mark_invisible;
use record::statement::Subject;
use vault::{ExposeSecret as _, SecretString};

use super::DispensationView;
use super::words::said;
use crate::cabinet::{Cabinet, OpenBoard};
use crate::conditions::one_line;
use crate::error::{Answer, BoardError};
use crate::signing_hands::Prepared;
use crate::state::BoardState;
use crate::views::{Fact, Noun, SigningSubject};
use crate::writer::{Act, Key};

/// A member takes their own word back.
#[derive(Debug, Clone)]
pub struct TakeBackRequest {
    /// The change.
    pub change: String,
    /// The entry that is taken back or on which it is the second word, or the beginning of it; blank where the member said one
    /// thing alone.
    pub entry: String,
    /// Why; the minutes print it.
    pub reason: String,
    /// Whose word it is.
    pub by: String,
    /// Their PIN: no session covers this.
    pub pin: SecretString,
}

/// One of the words on what is set aside.
#[derive(Debug, Clone, Copy)]
struct Word<'s> {
    entry: EntryId,
    actor: MemberId,
    standing: bool,
    on: &'s Dispensation,
}

impl Word<'_> {
    /// Whether it is the second person's.
    fn seconds(&self) -> bool {
        self.entry != self.on.entry
    }
}

/// Every word on what was set aside for a change, the oldest first.
fn words<'s>(state: &'s BoardState, change: &ChangeKey) -> impl Iterator<Item = Word<'s>> + use<'s> {
    let all = state.ledger.dispensations.get(change).map_or(&[][..], Vec::as_slice);
    all.iter().flat_map(|on| {
        let first = Word { entry: on.entry, actor: on.actor, standing: on.withdrawn.is_none(), on };
        let seconds = on.seconds.iter().map(move |second| Word {
            entry: second.entry,
            actor: second.actor,
            standing: second.withdrawn.is_none(),
            on,
        });
        std::iter::once(first).chain(seconds)
    })
}

/// The entry of the member's own word on it that still stands, if there is one.
pub(super) fn own(dispensation: &Dispensation, member: MemberId) -> Option<EntryId> {
    let first = Some(dispensation.entry).filter(|_| dispensation.actor == member && dispensation.withdrawn.is_none());
    let mut seconds = dispensation.seconds.iter();
    first.or_else(|| seconds.find(|s| s.actor == member && s.withdrawn.is_none()).map(|s| s.entry))
}

/// The member's own word that is meant: by its entry, or by the entry that it seconds.
fn meant<'s>(state: &'s BoardState, change: &ChangeKey, member: &Member, typed: &str) -> Answer<Word<'s>> {
    let typed = typed.trim();
    let refuse = |code, rule: String, remedy: &str| Err(BoardError::refused(code, rule, Some("R69"), remedy));
    let begins = |entry: EntryId| entry.to_string().starts_with(typed);
    let found: Vec<Word<'s>> =
        words(state, change).filter(|word| begins(word.entry) || begins(word.on.entry)).collect();
    let mine: Vec<Word<'s>> = found.iter().filter(|word| word.actor == member.id).copied().collect();
    let standing: Vec<Word<'s>> = mine.iter().filter(|word| word.standing).copied().collect();
    match standing.as_slice() {
        [one] => Ok(*one),
        [_, _, ..] => Err(BoardError::invalid("entry", "More than one is meant; give the beginning of its entry.")),
        [] if !mine.is_empty() => {
            let rule = format!("{} took it back already.", member.name);
            refuse("taken_back_already", rule, "Nothing is to be done: it sets nothing aside any more.")
        }
        [] if typed.is_empty() => {
            let rule = format!("{} set nothing aside for {change}, and seconded nothing.", member.name);
            refuse("nothing_to_take_back", rule, "cab change waivers lists what was said, and by whom.")
        }
        [] if found.is_empty() => Err(BoardError::not_found("waiver, override or exception", typed)),
        [] => {
            let rule = format!("It is not {}'s word; nobody takes another's back.", member.name);
            refuse("not_own_word", rule, "Whoever said it or seconded it takes it back.")
        }
    }
}

/// What is signed, and what is written with it.
fn taking_back(change: &ChangeKey, word: &Word<'_>, reason: String) -> (String, Body) {
    let verb = if word.seconds() { "seconded" } else { "said" };
    let (what, why) = (said(&word.on.grant), one_line(&reason));
    let meaning = format!("I take back, for {change}, what I {verb}, {what}. Why: {why}");
    (meaning, Body::Withdrawal { entry: word.entry, reason })
}

fn why(typed: &str) -> Answer<String> {
    crate::words::text("reason", typed, "Write why; the minutes print it.")
}

fn fact(label: &str, value: impl Into<String>) -> Fact {
    Fact { label: label.to_owned(), value: value.into() }
}

impl Cabinet {
    /// Takes a member's own word back. What it set aside blocks again, and a level that it raised is the score's.
    ///
    /// # Errors
    /// [`BoardError::Refused`] for what is another's word or was taken back already, [`BoardError::NotFound`] for what nobody
    /// said, [`BoardError::Invalid`] with the field.
    pub async fn take_back(&self, request: TakeBackRequest) -> Answer<DispensationView> {
        let board = self.board()?;
        let state = board.state().await?;
        let reason = why(&request.reason)?;
        let key = self.load_change(&board, &crate::words::change_key(&request.change)?).await?.key;
        // No right is asked for: whoever lost it since takes back all the more.
        let member = state.member(crate::words::member_id(&request.by)?)?;
        let word = meant(&state, &key, member, &request.entry)?;
        let (about, taken) = (word.on.entry, word.entry);
        let (meaning, body) = taking_back(&key, &word, reason);
        let act = Act {
            actor: member.id,
            attestation: Attestation::Signed,
            role: None,
            meaning,
            meeting: None,
            subjects: vec![Subject { name: format!("entry {}", taken.short()), sha256: Digest(taken.0) }],
            body,
            blobs: Vec::new(),
        };
        let signer = board.keys.unlock(member, request.pin.expose_secret(), self.now()).await?;
        let keystore = board.keys.keystore().to_owned();
        self.write(&board, vec![(act, Key::Member { signer, auth: Auth::Pin, keystore })], Vec::new()).await?;
        self.changed(&[Noun::Changes, Noun::Risk, Noun::Decisions, Noun::SignOffs], &[key.as_str()]);
        self.dispensation(&board, &key, about).await
    }

    /// What the signing window shows of a word that is taken back; whose word it is alone can sign it.
    pub(crate) async fn prepare_take_back(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        subject: &SigningSubject,
        (change, entry, reason): (&str, &str, &str),
    ) -> Answer<Prepared> {
        let reason = why(reason)?;
        let change = self.load_change(board, &crate::words::change_key(change)?).await?;
        let me = self.me(board, state).await?;
        let me = me.ok_or_else(|| BoardError::not_found("member", "at this device"))?;
        let word = meant(state, &change.key, &me, entry)?;
        if me.signature_key().is_none() || !board.is_enrolled_here(me.id) {
            return Err(BoardError::refused(
                "nobody_here",
                format!("{} has no key on this device, and a word is taken back with the PIN.", me.name),
                Some("R69"),
                "Take it back on the device that has the key.",
            ));
        }
        let grant = &word.on.grant;
        let mut facts = vec![
            fact("Change", change.key.to_string()),
            fact("Title", mark_invisible(&change.title)),
            fact(&super::words::capital(grant.word()), mark_invisible(&grant.what())),
            fact("Said by", state.name(word.on.actor)),
        ];
        if word.seconds() {
            facts.push(fact("Seconded by", me.name.clone()));
        }
        facts.push(fact("Why it is taken back", one_line(&reason)));
        facts.push(fact("What follows", what_follows(&word)));
        facts.push(fact("In the minutes", "with what was said, who took it back, and why"));
        let (meaning, body) = taking_back(&change.key, &word, reason);
        let bytes = record::canonical::to_bytes(&body).map_err(|e| BoardError::internal(&e))?;
        Ok(Prepared {
            subject: subject.clone(),
            title: format!("Word taken back for {}", change.key),
            meaning,
            facts,
            digest: Digest::of(&bytes),
            manifest: vec![fact("Entry that is taken back", word.entry.to_string())],
            signers: vec![me.id],
        })
    }
}

/// What becomes of the change.
fn what_follows(word: &Word<'_>) -> String {
    let ends = match (word.on.grant.takes_two(), word.seconds()) {
        (true, true) => "It is not in force until another has seconded it",
        (true, false) => "It is over, and another word needs a second person again",
        (false, _) => "It is over: the level is the one by score, or by another override",
    };
    format!("{ends}. What was decided and signed stays in the record; what blocks by then is not handed out.")
}
