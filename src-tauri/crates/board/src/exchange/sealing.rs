//! Sealed parcels: opening what came, and sealing what goes on a board whose policy says so (`Policy::sealed_entries`).
//!
//! A seal is made by chance, so two devices seal one entry to two parcels. What is in which is kept on the device for each
//! relay ([`SealedParcel`]): nothing is given twice to the same set of keys, and what vanished is still known by its entry.
use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{Digest, MemberId};
use domain::roster::KeyUse;
use record::enrolment::Enrolment;
use relay::pack::Identity;
use relay::{Parcel, ParcelKind, Recipients, SealError, Sealed};
use store::SealedParcel;
use vault::{MemberKeys, Patience, VaultError};

use super::Incoming;
use super::giving::everything;
use super::reading::{There, known};
use crate::cabinet::{OpenBoard, stored};
use crate::error::{Answer, BoardError};
use crate::keys::blocking;
use crate::minutes::off_thread;
use crate::state::BoardState;

/// The keys of this data folder's members that open what was sealed to them.
pub(crate) struct ExchangeKeys {
    /// Those that are at hand.
    pub identities: Vec<Identity>,
    /// Whether one that belongs here could not be read now, as in a locked keyring: what stays closed may open later.
    pub missing: bool,
}

/// Reads the exchange keys of this data folder's members, without a PIN.
pub(crate) async fn exchange_keys(board: &OpenBoard, state: &BoardState) -> Answer<ExchangeKeys> {
    let mut expected: BTreeMap<MemberId, BTreeSet<String>> = BTreeMap::new();
    for member in state.roster().members.iter().filter(|member| board.is_enrolled_here(member.id)) {
        if let Some(recipient) = &member.sealed_to {
            expected.entry(member.id).or_default().insert(recipient.clone());
        }
    }
    // Who was not admitted yet, or learns of it from what is sealed; and a member's further device.
    for enrolment in enrolments(board, state).await? {
        if board.is_enrolled_here(enrolment.member) {
            expected.entry(enrolment.member).or_default().insert(enrolment.sealed_to);
        }
    }
    let mine: Vec<(MemberKeys, BTreeSet<String>)> =
        expected.into_iter().map(|(member, recipients)| (board.keys.of(member), recipients)).collect();
    blocking(move || Ok(read(&mine, &Patience::default()))).await
}

/// Each member has one exchange key here, whichever of these it is.
fn read(mine: &[(MemberKeys, BTreeSet<String>)], patience: &Patience) -> ExchangeKeys {
    let mut keys = ExchangeKeys { identities: Vec::new(), missing: false };
    for (member, recipients) in mine {
        let (mut found, mut readable) = (false, true);
        for recipient in recipients {
            match member.exchange_key(recipient, patience) {
                Ok(identity) => {
                    keys.identities.push(identity);
                    found = true;
                }
                Err(VaultError::Lost { .. }) => {}
                Err(_) => readable = false,
            }
        }
        keys.missing |= !found && !readable;
    }
    keys.missing |= keys.identities.is_empty();
    keys
}

/// Enrolments that this device has; each is signed by the key that it brings.
async fn enrolments(board: &OpenBoard, state: &BoardState) -> Answer<Vec<Enrolment>> {
    let (id, root) = (state.rosters.board(), state.rosters.fingerprint());
    let kept = board.store.quarantine().await.map_err(stored)?;
    Ok(kept
        .iter()
        .filter_map(|kept| Enrolment::open(&kept.bytes, id, root).ok())
        .map(|(enrolment, _)| enrolment)
        .collect())
}

/// Opens what came sealed, and leaves the rest as it is. What was in it is then one of the parcels that came; what does not
/// open is noted and passed over, once.
pub(super) async fn opened(board: &OpenBoard, incoming: Incoming) -> Answer<Incoming> {
    if !incoming.parcels.iter().any(|parcel| sealed_in(parcel).is_some()) {
        return Ok(incoming);
    }
    let state = board.state().await?;
    let keys = exchange_keys(board, &state).await?;
    let known = known(board).await?;
    off_thread(move || Ok(open_all(incoming, &keys, known))).await
}

/// A parcel that is a sealed one.
fn sealed_in(parcel: &Parcel) -> Option<Sealed<'_>> {
    if parcel.kind == ParcelKind::Blob { Sealed::read(&parcel.bytes) } else { None }
}

fn open_all(incoming: Incoming, keys: &ExchangeKeys, mut known: BTreeSet<Digest>) -> Incoming {
    let mut opened = Incoming { damaged: incoming.damaged, ..Incoming::default() };
    for parcel in incoming.parcels {
        let Some(sealed) = sealed_in(&parcel) else {
            opened.parcels.push(parcel);
            continue;
        };
        let plain = match sealed.open(&keys.identities) {
            Ok(bytes) => Some(Parcel::of(bytes)),
            // Not noted: it is fetched again when the key can be read.
            Err(SealError::NotForYou) if keys.missing => {
                opened.closed += 1;
                continue;
            }
            Err(_) => {
                opened.not_ours += 1;
                None
            }
        };
        opened.sealed.push(SealedParcel {
            sealed: parcel.digest,
            plain: plain.as_ref().map(|plain| plain.digest),
            recipients: sealed.recipients(),
        });
        // Several may have given it, each with a seal of their own.
        opened.parcels.extend(plain.filter(|plain| known.insert(plain.digest)));
    }
    opened
}

/// What lies in a relay, as far as this device knows.
pub(super) struct Standing {
    /// What stands there by its name, where all of it was looked at.
    pub there: Option<There>,
    /// Sealed parcels that were met there or given to it.
    sealed: Vec<SealedParcel>,
    /// To which keys everything that was given to it is sealed; `None`: it was given plain.
    recipients: Option<Digest>,
}

impl Standing {
    /// Of the relay of this name.
    pub(super) async fn of(board: &OpenBoard, relay: &str, there: Option<There>) -> Answer<Self> {
        Ok(Self {
            there,
            sealed: board.store.sealed_parcels(relay).await.map_err(stored)?,
            recipients: board.store.sealed_mark(relay).await.map_err(stored)?,
        })
    }

    /// The plain parcels that lie there sealed to these keys. Where not all of it was looked at: that lay there.
    fn sealed_to(&self, recipients: Digest) -> BTreeSet<Digest> {
        let stands =
            |sealed: Digest| self.there.as_ref().is_none_or(|there| there.contains(&(ParcelKind::Blob, sealed)));
        let to_them = self.sealed.iter().filter(|parcel| parcel.recipients == recipients && stands(parcel.sealed));
        to_them.filter_map(|parcel| parcel.plain).collect()
    }

    /// The plain parcels that lie there sealed as they were given.
    pub(super) fn sealed_as_given(&self) -> BTreeSet<Digest> {
        self.recipients.map(|recipients| self.sealed_to(recipients)).unwrap_or_default()
    }
}

/// How entries go to a relay.
enum Going {
    /// As they are.
    Plain,
    /// Sealed to these keys.
    Sealed(Recipients),
    /// Not from here: the board has not admitted this device, and it has nothing that others lack.
    Withheld,
}

/// What goes to a relay, and what is known of it once it is there.
pub(super) struct Outgoing {
    pub parcels: Vec<Parcel>,
    pub sealed: Vec<SealedParcel>,
    /// Entries up to this position lie there then.
    pub offered: u32,
    /// To which keys they are sealed.
    pub recipients: Option<Digest>,
}

/// What goes to a relay that has the entries up to `offered`; all of them where some are `missed` there, or where they are
/// sealed to other keys than the present ones.
pub(super) async fn outgoing(
    board: &OpenBoard,
    standing: &Standing,
    (offered, missed): (u32, bool),
    came: &BTreeSet<Digest>,
) -> Answer<Outgoing> {
    let position = board.store.last_position().await.map_err(stored)?;
    match going(board).await? {
        Going::Plain => {
            let after = if missed || standing.recipients.is_some() { 0 } else { offered };
            let parcels = everything(board, after, came).await?;
            Ok(Outgoing { parcels, sealed: Vec::new(), offered: position, recipients: None })
        }
        Going::Withheld => {
            let mut parcels = everything(board, position, came).await?;
            parcels.retain(|parcel| parcel.kind == ParcelKind::Document);
            Ok(Outgoing { parcels, sealed: Vec::new(), offered, recipients: standing.recipients })
        }
        Going::Sealed(to) => {
            let recipients = Some(to.digest());
            let after = if missed || standing.recipients != recipients { 0 } else { offered };
            // What came is known by its seal: it may have been sealed to others than the present members.
            let there = standing.sealed_to(to.digest());
            let mut parcels = everything(board, after, &there).await?;
            parcels.retain(|parcel| parcel.kind == ParcelKind::Document || !there.contains(&parcel.digest));
            let (parcels, sealed) = off_thread(move || seal_all(&to, parcels)).await?;
            Ok(Outgoing { parcels, sealed, offered: position, recipients })
        }
    }
}

/// To whom entries are sealed now: everybody who has a key on the board.
async fn going(board: &OpenBoard) -> Answer<Going> {
    let state = board.state().await?;
    if !state.policy.sealed_entries {
        return Ok(Going::Plain);
    }
    let roster = state.roster();
    if roster.key(board.device).is_none() {
        return Ok(Going::Withheld);
    }
    let holders = roster.members.iter().filter(|member| member.signature_key().is_some());
    let mut texts: BTreeSet<String> = holders.filter_map(|member| member.sealed_to.clone()).collect();
    // The roster names one exchange key a member. That of a further device stands in its enrolment, which is signed by the
    // signature key under which the device was admitted.
    for enrolment in enrolments(board, &state).await? {
        let Some(member) = roster.member(enrolment.member) else { continue };
        let own = enrolment.keys.iter().find(|key| key.usage == KeyUse::Signature).map(|key| key.id);
        if member.signature_keys().any(|key| Some(key.id) == own) {
            texts.insert(enrolment.sealed_to);
        }
    }
    let recipients = Recipients::of(texts.iter().map(String::as_str));
    recipients.map(Going::Sealed).ok_or_else(|| {
        BoardError::refused(
            "no_recipient",
            "The policy asks for sealed entries, and no member has a key that they could be sealed to.",
            None,
            "Invite the members anew: the key is made on their devices.",
        )
    })
}

/// Seals entries and blobs; documents go as they are, so that who joins can read them.
fn seal_all(to: &Recipients, plain: Vec<Parcel>) -> Answer<(Vec<Parcel>, Vec<SealedParcel>)> {
    let mut parcels = Vec::with_capacity(plain.len());
    let mut sealed = Vec::new();
    for parcel in plain {
        if parcel.kind == ParcelKind::Document {
            parcels.push(parcel);
            continue;
        }
        match to.seal(&parcel.bytes) {
            Ok(made) => {
                let plain = Some(parcel.digest);
                sealed.push(SealedParcel { sealed: made.digest, plain, recipients: to.digest() });
                parcels.push(made);
            }
            Err(error @ SealError::TooLarge { .. }) => tracing::warn!(digest = %parcel.digest, %error, "not given"),
            Err(error) => return Err(BoardError::internal(&error)),
        }
    }
    Ok((parcels, sealed))
}

#[cfg(test)]
mod tests;
