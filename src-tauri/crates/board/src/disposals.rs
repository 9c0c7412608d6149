//! Disposing of the bytes of attachments (`record.md`, *Entry*): a root holder says so in the record, then their files go
//! from this folder, and from each folder that the entry reaches.
use std::collections::{BTreeMap, BTreeSet};

use domain::change::ChangeRequest;
use domain::disposal::{Disposal, DisposalBody, Ground, NoDisposal};
use domain::entry::{Attestation, Auth, Body};
use domain::ids::{ChangeKey, Digest, MemberId};
use domain::policy::attached;
use domain::text::mark_invisible;
use record::manifest::{Blob, Manifest};
use record::statement::Subject;
use serde::Serialize;
use store::{Append, Store};
use vault::{ExposeSecret as _, SecretString};

use crate::cabinet::{Cabinet, OpenBoard, member_ref, stored};
use crate::conditions::one_line;
use crate::error::{Answer, BoardError};
use crate::meetings::draft::MeetingDraft;
use crate::state::BoardState;
use crate::views::{MemberRef, Noun};
use crate::writer::{Act, Key};

/// Somebody disposes of attachments.
#[derive(Debug, Clone)]
pub struct DisposeRequest {
    /// The change.
    pub change: String,
    /// The attachment, by its name or the ticketing system's id; `None`: every one of the change.
    pub attachment: Option<String>,
    /// On which ground.
    pub ground: Ground,
    /// Why, in words: it goes into what is signed.
    pub reason: String,
    /// Who says so.
    pub by: String,
    /// Their PIN.
    pub pin: SecretString,
}

/// A file whose bytes are disposed of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DisposableFile {
    /// As the ticket names it.
    pub name: String,
    /// SHA-256 of its content.
    pub sha256: String,
    /// Whether its bytes are in this folder.
    pub here: bool,
}

/// What would be disposed of, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disposable {
    /// The change.
    pub change: String,
    /// Its files.
    pub files: Vec<DisposableFile>,
    /// Other changes that have one of them attached: of theirs it is disposed as well.
    pub also: Vec<String>,
    /// Who may say so: whoever holds root, those whose keys are on this device first.
    pub holders: Vec<MemberRef>,
}

/// What was disposed of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DisposedOf {
    /// The entry that says so.
    pub entry: String,
    /// The change.
    pub change: String,
    /// Its files.
    pub files: Vec<DisposableFile>,
    /// Other changes that had one of them attached.
    pub also: Vec<String>,
}

/// The same in the store as in the record: says whether something was new to it.
pub(crate) async fn note(tx: &mut Append, state: &BoardState) -> Answer<bool> {
    if state.ledger.disposals.is_empty() {
        return Ok(false);
    }
    let noted = tx.disposed().await.map_err(stored)?;
    let mut new = false;
    for (digest, disposal) in &state.ledger.disposals {
        if !noted.contains_key(digest) {
            tx.dispose(*digest, disposal.entry).await.map_err(stored)?;
            new = true;
        }
    }
    Ok(new)
}

/// Removes what was noted, after the commit. It holds whatever becomes of the files: the next opening tries again.
pub(crate) async fn remove(store: &Store) {
    match store.remove_disposed().await {
        Ok(removed) => tracing::info!(removed, "bytes were disposed of"),
        Err(error) => {
            tracing::warn!(%error, "bytes that were disposed of are still here until the board is opened again")
        }
    }
}

/// What the record says and the store has not noted, as after an upgrade from a Cabinet that could not read it.
pub(crate) async fn catch_up(store: &Store, state: &BoardState) -> Answer<()> {
    let noted = store.disposed().await.map_err(stored)?;
    if state.ledger.disposals.keys().all(|digest| noted.contains_key(digest)) {
        return Ok(());
    }
    let mut tx = store.begin_immediate().await.map_err(stored)?;
    note(&mut tx, state).await?;
    tx.commit().await.map_err(stored)?;
    remove(store).await;
    Ok(())
}

/// What the record says of a file of this content, for the window.
pub(crate) fn view(state: &BoardState, content: Option<Digest>) -> Option<crate::views::Disposal> {
    let Disposal { actor, claimed, ground, reason, .. } = state.ledger.disposals.get(&content?)?;
    Some(crate::views::Disposal {
        by: mark_invisible(&state.name(*actor)),
        at: crate::words::time(*claimed),
        ground: *ground,
        reason: one_line(reason),
    })
}

/// What is to be disposed of.
struct Proposed {
    change: ChangeKey,
    files: BTreeMap<Digest, String>,
    also: BTreeSet<ChangeKey>,
}

impl Cabinet {
    /// What disposing of an attachment, or of all of a change, would take away, and who may say so.
    ///
    /// # Errors
    /// [`BoardError::NotFound`], [`BoardError::Refused`].
    pub async fn disposable(&self, change: &str, attachment: Option<&str>) -> Answer<Disposable> {
        let board = self.board()?;
        let state = board.state().await?;
        let proposed = self.propose_disposal(&board, &state, change, attachment).await?;
        Ok(Disposable {
            change: proposed.change.to_string(),
            files: files(&board, &proposed),
            also: proposed.also.iter().map(ToString::to_string).collect(),
            holders: holders(&board, &state),
        })
    }

    /// Disposes of the bytes of attachments: one entry, then their files are removed here. What else holds them is none of
    /// ours to remove: the ticket, backups, packs and other people's copies.
    ///
    /// # Errors
    /// [`BoardError::NotFound`], [`BoardError::Invalid`], [`BoardError::Refused`], [`BoardError::Vault`].
    pub async fn dispose(&self, request: DisposeRequest) -> Answer<DisposedOf> {
        let board = self.board()?;
        let state = board.state().await?;
        let attachment = request.attachment.as_deref();
        let proposed = self.propose_disposal(&board, &state, &request.change, attachment).await?;
        let body = DisposalBody {
            blobs: proposed.files.keys().copied().collect(),
            change: Some(proposed.change.clone()),
            ground: request.ground,
            reason: crate::words::text("reason", &request.reason, "Say why; it stands in the record for good.")?,
        };
        body.check().map_err(|why| no_disposal(&proposed.change, why))?;
        let member = state.member(crate::words::member_id(&request.by)?)?.clone();
        if !state.roster().root_holders.contains(&member.id) {
            let names: Vec<String> = holders(&board, &state).into_iter().map(|holder| holder.name).collect();
            return Err(BoardError::refused(
                "not_a_root_holder",
                format!("{} holds no root, and what is disposed of no later word brings back.", member.name),
                None,
                format!("Whoever holds root says it: {}.", names.join(", ")),
            ));
        }
        // Both before the transaction: a keyring may wait for its prompt. The first also refuses an older copy.
        board.recorder().await?;
        let signer = board.keys.unlock(&member, request.pin.expose_secret(), self.now()).await?;
        let keystore = board.keys.keystore().to_owned();
        let act = act(member.id, &proposed, body)?;
        let key = Key::Member { signer, auth: Auth::Pin, keystore };
        let ids = self.write(&board, vec![(act, key)], Vec::new()).await?;
        let also: Vec<String> = proposed.also.iter().map(ToString::to_string).collect();
        let changes: Vec<&str> =
            std::iter::once(proposed.change.as_str()).chain(also.iter().map(String::as_str)).collect();
        self.changed(&[Noun::Changes], &changes);
        Ok(DisposedOf {
            entry: ids.first().map(ToString::to_string).unwrap_or_default(),
            change: proposed.change.to_string(),
            files: files(&board, &proposed),
            also,
        })
    }

    async fn propose_disposal(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        change: &str,
        attachment: Option<&str>,
    ) -> Answer<Proposed> {
        let key = crate::words::change_key(change)?;
        let change = self.load_change(board, &key).await?;
        let mut known = contents(board, state, &change).await;
        if let Some(wanted) = attachment {
            let named = change.attachments.iter().find(|a| a.remote_id == wanted).map_or(wanted, |a| a.name.as_str());
            known.retain(|(_, name)| name.as_str() == named);
            if known.is_empty() && !change.attachments.iter().any(|a| a.name == named) {
                return Err(BoardError::not_found("attachment", wanted));
            }
        }
        known.retain(|(digest, _)| !state.ledger.disposals.contains_key(digest));
        // Under whatever names: the same content is kept once, and goes once.
        let files: BTreeMap<Digest, String> = known.into_iter().collect();
        if files.is_empty() {
            return Err(no_disposal(&key, NoDisposal::NoBlob));
        }
        let mut also = BTreeSet::new();
        for digest in files.keys() {
            also.extend(board.store.changes_with(*digest).await.map_err(stored)?);
        }
        also.remove(&key);
        let agendas = open_agendas(board, state).await?;
        for change in std::iter::once(&key).chain(&also) {
            refuse_on_open_agenda(&agendas, change)?;
        }
        Ok(Proposed { change: key, files, also })
    }
}

/// The contents that attachments of a change had, as far as this device knows: as downloaded now, and as they were when
/// somebody signed.
async fn contents(board: &OpenBoard, state: &BoardState, change: &ChangeRequest) -> BTreeSet<(Digest, String)> {
    let mut found = BTreeSet::new();
    for signed in state.ledger.sign_offs.get(&change.key).into_iter().flatten() {
        // What is not here, or is damaged, tells nothing; `cab verify` says so.
        let Ok(bytes) = board.store.blob(signed.manifest).await else { continue };
        let Ok(manifest) = Manifest::parse(&bytes) else { continue };
        for line in manifest.lines().iter().filter(|line| line.field.starts_with("attachment.")) {
            let Ok(bytes) = board.store.blob(line.sha256).await else { continue };
            let Ok(blob) = Blob::from_stored(&bytes, line.sha256) else { continue };
            found.extend(attached(&blob.bytes).into_iter().map(|(name, digest)| (digest, name)));
        }
    }
    // What Cabinet put on the ticket is a sealed file, and stays.
    let here = change.attachments.iter().filter(|a| !a.own);
    found.extend(here.filter_map(|a| Some((a.sha256?, a.name.clone()))));
    found
}

/// An agenda by its title, and the changes on it.
type Agenda = (String, BTreeSet<ChangeKey>);

/// The agendas of meetings that are not closed: called to order, or in preparation on this device.
async fn open_agendas(board: &OpenBoard, state: &BoardState) -> Answer<Vec<Agenda>> {
    let meetings = &state.ledger.meetings;
    let in_session = meetings.values().filter(|meeting| meeting.closed.is_none()).map(|meeting| {
        let changes = meeting.agenda.items.iter().map(|item| item.change.clone());
        (meeting.agenda.title.clone(), changes.collect::<BTreeSet<_>>())
    });
    let mut agendas: Vec<Agenda> = in_session.collect();
    let drafts: Vec<MeetingDraft> = board.drafts("meeting").await?;
    for draft in drafts.into_iter().filter(|draft| !meetings.contains_key(&draft.id)) {
        agendas.push((draft.title, draft.items.into_iter().map(|item| item.change).collect()));
    }
    Ok(agendas)
}

/// Whoever is to decide on it may have to read it.
fn refuse_on_open_agenda(agendas: &[Agenda], change: &ChangeKey) -> Answer<()> {
    let Some((title, _)) = agendas.iter().find(|(_, changes)| changes.contains(change)) else { return Ok(()) };
    Err(BoardError::refused(
        "on_open_agenda",
        format!(
            "{change} is on the agenda of “{}”, which is not closed: whoever decides may still have to read it.",
            one_line(title)
        ),
        None,
        "Close the meeting, or take the change off an agenda that is only in preparation; then dispose of it.",
    ))
}

fn no_disposal(change: &ChangeKey, why: NoDisposal) -> BoardError {
    match why {
        NoDisposal::NoReason => BoardError::invalid("reason", "Say why; it stands in the record for good."),
        NoDisposal::NoBlob | NoDisposal::Unsorted => BoardError::refused(
            "nothing_to_dispose",
            format!("No content of an attachment of {change} is known here that was not disposed of already."),
            None,
            "An attachment is known by its content once it was downloaded; where it was, say it there.",
        ),
    }
}

/// Who holds root, with those first whose keys are on this device.
pub(crate) fn holders(board: &OpenBoard, state: &BoardState) -> Vec<MemberRef> {
    let all = state.roster().root_holders.iter().filter_map(|id| state.roster().member(*id));
    let (here, elsewhere): (Vec<_>, Vec<_>) = all.partition(|member| board.is_enrolled_here(member.id));
    here.into_iter().chain(elsewhere).map(member_ref).collect()
}

fn files(board: &OpenBoard, proposed: &Proposed) -> Vec<DisposableFile> {
    let file = |(digest, name): (&Digest, &String)| DisposableFile {
        name: mark_invisible(name),
        sha256: digest.to_string(),
        here: board.store.folder().blob(*digest).is_file(),
    };
    proposed.files.iter().map(file).collect()
}

fn act(actor: MemberId, proposed: &Proposed, body: DisposalBody) -> Answer<Act> {
    let names: BTreeSet<String> = proposed.files.values().map(|name| one_line(name)).collect();
    let names: Vec<String> = names.into_iter().collect();
    let bytes = record::canonical::to_bytes(&body).map_err(|e| BoardError::internal(&e))?;
    Ok(Act {
        actor,
        attestation: Attestation::Signed,
        role: None,
        meaning: format!(
            "I dispose of the bytes of {} of {} ({}); their digests, and what was signed over them, stand. Why: {}",
            names.join(", "),
            proposed.change,
            body.ground.word(),
            one_line(&body.reason)
        ),
        meeting: None,
        subjects: vec![Subject { name: format!("disposal of {}", proposed.change), sha256: Digest::of(&bytes) }],
        body: Body::Disposed(body),
        blobs: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(answer: Answer<()>) -> String {
        match answer {
            Err(BoardError::Refused(refusal)) => refusal.code,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn what_is_on_an_open_agenda_stays_until_it_is_closed() {
        let (on_it, other) = (ChangeKey::new("CHG", 17), ChangeKey::new("CHG", 18));
        let agendas = [("Weekly\nboard".to_owned(), BTreeSet::from([on_it.clone()]))];
        assert_eq!(code(refuse_on_open_agenda(&agendas, &on_it)), "on_open_agenda");
        assert_eq!(refuse_on_open_agenda(&agendas, &other), Ok(()));
        assert_eq!(refuse_on_open_agenda(&[], &on_it), Ok(()));
    }

    #[test]
    fn what_a_disposal_lacks_is_said_with_what_to_do() {
        let change = ChangeKey::new("CHG", 17);
        assert_eq!(code(Err(no_disposal(&change, NoDisposal::NoBlob))), "nothing_to_dispose");
        let missing = no_disposal(&change, NoDisposal::NoReason);
        assert!(matches!(&missing, BoardError::Invalid { field, .. } if field == "reason"), "{missing:?}");
    }

    #[test]
    fn the_sentence_names_the_files_the_ground_and_the_reason_on_one_line() {
        let change = ChangeKey::new("CHG", 17);
        let files = BTreeMap::from([(Digest([1; 32]), "people.csv".to_owned())]);
        let proposed = Proposed { change: change.clone(), files, also: BTreeSet::new() };
        let reason = "It names\npeople".to_owned();
        let blobs = vec![Digest([1; 32])];
        let body = DisposalBody { blobs, change: Some(change), ground: Ground::Erasure, reason };
        let act = act(MemberId(uuid::Uuid::nil()), &proposed, body).expect("writable");
        let said = "I dispose of the bytes of people.csv of CHG-17 (erasure); their digests, and what was signed over them, \
                    stand. Why: It names people";
        assert_eq!(act.meaning, said);
        assert!(act.subjects.iter().all(|subject| subject.sha256 != Digest([1; 32])), "it is not about what it takes");
    }
}
