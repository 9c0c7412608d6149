//! Written sign-offs in the window: which comments of a ticket say the line that was asked for, and what whoever records one
//! is shown before they sign that it stands there.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::entry::Attestation;
use domain::roster::Member;
use domain::text::mark_invisible;

use super::{Recording, WordsIn, allowed, found_in};
use crate::cabinet::{Cabinet, OpenBoard, member_ref};
use crate::error::{Answer, BoardError, refusal};
use crate::requests::OfChange;
use crate::sign_offs::{Snapshot, capacity, sign_off_facts};
use crate::signing_hands::Prepared;
use crate::state::BoardState;
use crate::views::{Fact, Refusal, SigningSubject, WrittenOffer, WrittenView};

impl Cabinet {
    /// Who can be asked in writing, and which comments of the ticket answer what was asked.
    pub async fn written(&self, request: OfChange) -> Answer<WrittenView> {
        let board = self.board()?;
        let state = board.state().await?;
        let key = crate::words::change_key(&request.change)?;
        let me = self.me(&board, &state).await?;
        let me = me.ok_or_else(|| BoardError::not_found("member", "at this device"))?;
        let others = state.roster().members.iter().filter(|m| m.id != me.id && capacity(m).is_some());
        let authorities: Vec<&Member> = others.collect();
        let mut view = WrittenView {
            recorder: member_ref(&me),
            authorities: authorities.iter().map(|m| member_ref(m)).collect(),
            facts: Vec::new(),
            offers: Vec::new(),
            counts: false,
            refusal: None,
        };
        match self.asked_about(&board, &state, &key).await {
            Ok(shown) => {
                view.facts = sign_off_facts(&state, &shown);
                view.counts = Attestation::Written >= state.ledger.least(&state.policy, &key, shown.risk.level);
                view.offers = offers(&board, &state, &me, &authorities, &shown);
            }
            // Nobody was asked: nothing is wrong.
            Err(BoardError::Refused(why)) => view.refusal = Some(why).filter(|why| why.code != "not_asked"),
            Err(error) => return Err(error),
        }
        Ok(view)
    }

    /// What the signing window shows whoever records a comment or a mail as a sign-off.
    pub(crate) async fn prepare_written(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        subject: &SigningSubject,
        (change, member): (&str, &str),
        words: &WordsIn,
    ) -> Answer<Prepared> {
        let me = self.my_id(board, state).await?.to_string();
        let Recording { member, recorder, shown, found } =
            self.recording(board, state, (change, member, me.as_str()), words).await?;
        let fact = |label: &str, value: String| Fact { label: label.to_owned(), value };
        let mut facts = vec![
            fact("Who wrote it", member.name.clone()),
            fact("From the account", mark_invisible(&found.written.account)),
            fact("The line", mark_invisible(&found.said.quote)),
        ];
        facts.extend(sign_off_facts(state, &shown));
        if Attestation::Written < state.ledger.least(&state.policy, &shown.change.key, shown.risk.level) {
            facts.push(fact(
                "Counts",
                "no: at this risk, or that at which it was decided, a sign-off must be signed or confirmed".to_owned(),
            ));
        }
        Ok(Prepared {
            subject: subject.clone(),
            title: format!("Written sign-off on {}", shown.change.key),
            meaning: found.meaning(state, member, recorder),
            facts,
            digest: shown.digest,
            manifest: shown.manifest.lines().iter().map(|l| fact(&l.field, l.sha256.to_string())).collect(),
            signers: vec![recorder.id],
        })
    }
}

/// The words of a mail, as the window read its file.
pub(crate) fn mail_from(content: &str) -> Answer<WordsIn> {
    let bytes = STANDARD.decode(content);
    bytes.map(WordsIn::Mail).map_err(|_| BoardError::invalid("content", "The file was not read whole."))
}

/// The comments that say the line, newest first; those that are in the record already are left out.
fn offers(
    board: &OpenBoard,
    state: &BoardState,
    me: &Member,
    authorities: &[&Member],
    shown: &Snapshot,
) -> Vec<WrittenOffer> {
    let mut offers = Vec::new();
    for (number, journal) in (1_u32..).zip(&shown.change.journals) {
        for &member in authorities {
            let own = member.accounts.get(shown.change.key.prefix()).map(|account| account.trim());
            let words = WordsIn::Comment(Some(number));
            if Some(journal.author.id.as_str()) != own {
                continue;
            }
            let Ok(found) = found_in(shown, member, &words) else { continue };
            let why = match allowed(state, (member, me), shown, &words) {
                Ok(_) => no_key(board, me),
                Err(BoardError::Refused(why)) if why.code == "already_recorded" => continue,
                Err(BoardError::Refused(why)) => Some(why),
                Err(_) => continue,
            };
            offers.push(WrittenOffer {
                comment: number,
                member: member_ref(member),
                at: crate::words::time(journal.at),
                quote: mark_invisible(&found.said.quote),
                verdict: found.said.verdict,
                refusal: why,
            });
        }
    }
    offers.reverse();
    offers
}

fn no_key(board: &OpenBoard, me: &Member) -> Option<Refusal> {
    let here = me.signature_key().is_some() && board.is_enrolled_here(me.id);
    let rule = format!("{} has no key on this device, and what is recorded is signed.", me.name);
    (!here).then(|| refusal("no_key", rule, Some("R31"), "Record it on a device that has a key."))
}
