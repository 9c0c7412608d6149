//! Two histories of one log: what stands in them, who may say which one counts, and saying it (`record.md`, *Log*).
use std::collections::{BTreeMap, BTreeSet};

use domain::entry::{Attestation, Auth, Body, Head, LogPosition};
use domain::ids::{Digest, EntryId, LogId, MemberId};
use domain::roster::Member;
use record::chain::Fault;
use record::entry::Entry;
use record::statement::Subject;
use vault::{ExposeSecret as _, SecretString};

use crate::cabinet::{Cabinet, OpenBoard, member_ref, stored};
use crate::error::{Answer, BoardError};
use crate::record_view::owner;
use crate::state::{BoardState, refused};
use crate::views::{ForkEntry, ForkRow, Noun};
use crate::writer::{Act, Key, row_of};

/// Somebody says which of the entries at one position stands.
#[derive(Debug, Clone)]
pub struct SettleForkRequest {
    /// The entry that stands.
    pub stands: String,
    /// Why there were two, in words: it goes into what is signed.
    pub reason: String,
    /// Who says so.
    pub by: String,
    /// Their PIN.
    pub pin: SecretString,
}

/// A log with everything that stands in it.
pub(crate) struct Branches {
    log: LogId,
    entries: BTreeMap<EntryId, Entry>,
    places: BTreeMap<u32, BTreeSet<EntryId>>,
}

impl Branches {
    fn of(log: LogId, entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut branches = Self { log, entries: BTreeMap::new(), places: BTreeMap::new() };
        for entry in entries {
            branches.places.entry(entry.log().seq).or_default().insert(entry.id());
            branches.entries.insert(entry.id(), entry);
        }
        branches
    }

    /// What stands at a place.
    fn at(&self, seq: u32) -> impl Iterator<Item = &Entry> {
        self.places.get(&seq).into_iter().flatten().filter_map(|id| self.entries.get(id))
    }

    /// The entry and what follows it in its log, as far as one alone does.
    fn branch(&self, first: EntryId) -> Vec<&Entry> {
        let mut branch: Vec<&Entry> = self.entries.get(&first).into_iter().collect();
        while let Some(last) = branch.last() {
            let (id, seq) = (last.id(), last.log().seq);
            let mut next = self.at(seq.saturating_add(1)).filter(|entry| entry.log().prev == Some(id));
            let (Some(one), None) = (next.next(), next.next()) else { break };
            branch.push(one);
        }
        branch
    }

    /// Every place that needs a word if `stands` does, with the entry that stands there.
    fn words(&self, stands: EntryId) -> BTreeMap<u32, EntryId> {
        let forked = |entry: &&&Entry| self.places.get(&entry.log().seq).is_some_and(|at| at.len() > 1);
        self.branch(stands).iter().filter(forked).map(|entry| (entry.log().seq, entry.id())).collect()
    }

    /// What follows from an entry's standing, in words.
    fn outcome(&self, entry: &Entry) -> String {
        let own = self.branch(entry.id()).len().saturating_sub(1);
        let all: usize = self.places.range(entry.log().seq..).map(|(_, at)| at.len()).sum();
        let rest = all.saturating_sub(own + 1);
        let with = match own {
            0 => String::new(),
            1 => " with the one that follows it".to_owned(),
            more => format!(" with the {more} that follow it"),
        };
        let others = if rest == 1 { "The other one is".to_owned() } else { format!("The other {rest} are") };
        format!("This one counts{with}. {others} kept and shown, and what rested on it has to be said again.")
    }
}

/// The sentence that is signed.
fn meaning(name: &str, entry: &Entry, reason: &str) -> String {
    let log = entry.log();
    let said = entry.predicate().map_or("written by a newer Cabinet", |p| p.meaning.as_str());
    format!(
        "Of what stands at number {} of log {}:{} of {name}, entry {} stands (\"{}\"). Why there were two: {reason}",
        log.seq,
        log.id.key.short(),
        log.id.epoch,
        entry.id().short(),
        domain::text::mark_invisible(said),
    )
}

/// What is to be said, and who may.
pub(crate) struct Plan {
    pub branches: Branches,
    pub stands: EntryId,
    pub meaning: String,
    /// The log's author first, then who holds root.
    pub deciders: Vec<MemberId>,
}

impl Plan {
    /// What each choice comes to: the sentence that was signed, and what follows.
    pub(crate) fn choices(&self) -> Vec<(EntryId, String, String)> {
        let place = self.branches.entries.get(&self.stands).map_or(0, |entry| entry.log().seq);
        let said = |entry: &Entry| {
            let said = entry.predicate().map_or("written by a newer Cabinet", |p| p.meaning.as_str());
            domain::text::mark_invisible(said)
        };
        self.branches.at(place).map(|entry| (entry.id(), said(entry), self.branches.outcome(entry))).collect()
    }
}

/// Prepares a word on the fork in which this entry stands.
pub(crate) async fn plan(board: &OpenBoard, state: &BoardState, stands: &str, reason: &str) -> Answer<Plan> {
    let unknown = || BoardError::not_found("entry", stands);
    let stands: EntryId = stands.trim().parse().map_err(|_| unknown())?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(BoardError::invalid("reason", "Say why there were two, for example that the folder was copied."));
    }
    let kept = board.store.entry(stands).await.map_err(stored)?.ok_or_else(unknown)?;
    let branches = read(board.store.entries_of(kept.log, 0, u32::MAX).await.map_err(stored)?, kept.log);
    let entry = branches.entries.get(&stands).ok_or_else(unknown)?;
    if branches.at(entry.log().seq).count() < 2 {
        return Err(BoardError::refused(
            "no_fork",
            "Nothing else stands in this entry's place.",
            None,
            "Nothing needs to be said.",
        ));
    }
    Ok(Plan {
        meaning: meaning(&owner(state, kept.log.key), entry, reason),
        deciders: deciders(state, kept.log),
        stands,
        branches,
    })
}

fn read(rows: Vec<store::StoredEntry>, log: LogId) -> Branches {
    Branches::of(log, rows.iter().filter_map(|row| Entry::parse(&row.envelope).ok()))
}

/// Who may say which entry of a log stands: its author, and who holds root.
fn deciders(state: &BoardState, log: LogId) -> Vec<MemberId> {
    let author = state.rosters.current().key(log.key).ok().map(|(member, _)| member.id);
    let holders = state.roster().root_holders.iter().copied().filter(|holder| Some(*holder) != author);
    author.into_iter().chain(holders).collect()
}

/// The forks of the record, for people.
pub(crate) async fn rows(board: &OpenBoard, state: &BoardState) -> Answer<Vec<ForkRow>> {
    let mut rows = Vec::new();
    for fault in &state.forks {
        let Fault::Fork { log, seq, .. } = fault else { continue };
        let branches = read(board.store.entries_of(*log, 0, u32::MAX).await.map_err(stored)?, *log);
        let entries = branches.at(*seq).map(|entry| ForkEntry {
            id: entry.id().to_string(),
            meaning: entry.predicate().map_or_else(
                || "written by a newer Cabinet".to_owned(),
                |predicate| domain::text::mark_invisible(&predicate.meaning),
            ),
            at: entry.predicate().map_or_else(String::new, |predicate| crate::words::time(predicate.time.claimed)),
            counts: !state.disputed.contains(&entry.id()),
            outcome: branches.outcome(entry),
        });
        let members = deciders(state, *log).into_iter().filter_map(|id| state.roster().member(id));
        rows.push(ForkRow {
            owner: owner(state, log.key),
            key: log.key.to_string(),
            epoch: log.epoch,
            seq: *seq,
            entries: entries.collect(),
            settled: state.settled.contains(&(*log, *seq)),
            deciders: members.map(member_ref).collect(),
            holders_needed: state.roster().threshold,
        });
    }
    Ok(rows)
}

impl Cabinet {
    /// Positions at which two entries stand, with what follows from each choice.
    pub async fn forks(&self) -> Answer<Vec<ForkRow>> {
        let board = self.board()?;
        let state = board.state().await?;
        rows(&board, &state).await
    }

    /// Says which entry of a fork stands, and with it what follows in its log. Answers whether that counts now: root
    /// holders need as many as a change of the roster does, and what another member had seen before the second appeared
    /// counts whatever is said.
    pub async fn settle_fork(&self, request: SettleForkRequest) -> Answer<bool> {
        let board = self.board()?;
        let state = board.state().await?;
        let plan = plan(&board, &state, &request.stands, &request.reason).await?;
        let member = state.member(crate::words::member_id(&request.by)?)?.clone();
        if !plan.deciders.contains(&member.id) {
            return Err(BoardError::refused(
                "not_the_author",
                format!("{} wrote neither of the two and holds no root.", member.name),
                None,
                format!("{} says which stands, or those who hold root.", owner(&state, plan.branches.log.key)),
            ));
        }
        // Both before the transaction: a keyring may wait for its prompt. The first also refuses an older copy.
        board.recorder().await?;
        let signer = board.keys.unlock(&member, request.pin.expose_secret(), self.now()).await?;
        let keystore = board.keys.keystore().to_owned();
        let key = Key::Member { signer, auth: Auth::Pin, keystore };
        let (heads, counts) = self.write_words(&board, &member, &key, &plan, request.reason.trim()).await?;
        for (log, head) in heads {
            if let Err(error) = board.keys.remember_head(log, head).await {
                tracing::warn!(%error, %log, "the head beside the key could not be kept");
            }
        }
        if let Err(error) = self.reindex(&board).await {
            tracing::warn!(%error, "the list lags behind the record until the next sync or rebuild");
        }
        let nouns =
            [Noun::Board, Noun::Changes, Noun::Meetings, Noun::Votes, Noun::Decisions, Noun::SignOffs, Noun::Minutes];
        self.changed(&nouns, &[]);
        self.exchange_in_background(&board).await;
        Ok(counts)
    }

    /// Writes a word for each place that needs one, and makes everything again, in one transaction.
    async fn write_words(
        &self,
        board: &OpenBoard,
        member: &Member,
        key: &Key,
        plan: &Plan,
        reason: &str,
    ) -> Answer<(BTreeMap<LogId, Head>, bool)> {
        let _writing = board.writing.lock().await;
        let recorder = board.recorder().await?;
        let mut tx = board.store.begin_immediate().await.map_err(stored)?;
        let mut state = BoardState::clone(&*board.state_in(&mut tx).await?);
        let forked = plan.branches.log;
        let all = tx.entries_after(0, u32::MAX).await.map_err(stored)?;
        let mut branches = read(all.into_iter().filter(|row| row.log == forked).collect(), forked);
        let name = owner(&state, forked.key);
        let mut words = branches.words(plan.stands);
        // In the forked log itself the word goes on from what stands, never from what it says does not.
        let mut end = branches.branch(plan.stands).last().map(|last| Head { seq: last.log().seq, id: last.id() });
        let own = matches!(key, Key::Member { signer, .. } if signer.key_id() == forked.key)
            && state.epoch(forked.key) == forked.epoch;
        let mut heads = BTreeMap::new();
        while let Some((seq, stands)) = words.pop_first() {
            let Some(entry) = branches.entries.get(&stands) else { continue };
            let act = Act {
                actor: member.id,
                attestation: Attestation::Signed,
                role: None,
                meaning: meaning(&name, entry, reason),
                meeting: None,
                subjects: vec![Subject {
                    name: format!("entry {seq} of log {}:{}", forked.key.short(), forked.epoch),
                    sha256: Digest(stands.0),
                }],
                body: Body::ForkSettled { log: forked, seq, stands, reason: reason.to_owned() },
                blobs: Vec::new(),
            };
            let after = end.filter(|_| own).map(|end| LogPosition {
                seq: end.seq.saturating_add(1),
                prev: Some(end.id),
                ..state.ends.next_position(forked)
            });
            let said = self.sign_entry_at(board, &state, act, key, recorder.as_ref(), self.now(), after)?;
            let held = state.judge(said.bytes()).map_err(|r| refused("the entry about to be written", &r))?;
            tx.take_entry(row_of(&held)).await.map_err(stored)?;
            let head = Head { seq: held.log().seq, id: held.id() };
            heads.insert(held.log().id, head);
            if own {
                // Where the other history is longer, the word itself has a rival, which needs a word in its turn.
                end = Some(head);
                if branches.places.contains_key(&head.seq) {
                    words.insert(head.seq, head.id);
                }
                branches = Branches::of(forked, branches.entries.into_values().chain([held]));
            } else {
                state.fold(&held);
            }
        }
        let state = self.made_again(board, &mut tx).await?;
        let gone = crate::disposals::note(&mut tx, &state).await?;
        tx.commit().await.map_err(stored)?;
        if gone {
            crate::disposals::remove(&board.store).await;
        }
        let counts = !state.disputed.contains(&plan.stands);
        board.replace_state(state).await;
        Ok((heads, counts))
    }
}
