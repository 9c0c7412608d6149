//! Sign-offs in writing (`record.md`, *written*): what to ask an authority for who has no key here, and recording the comment
//! or mail in which they wrote it. What was asked about is kept, so that the digest they quote is of what they were shown.
use std::collections::BTreeMap;

use domain::change::{ChangeRequest, Journal};
use domain::entry::{Attestation, Auth, Body, Verdict, Written, WrittenSource};
use domain::ids::{ChangeKey, Digest, EntryId, MemberId};
use domain::risk::RiskStamp;
use domain::roster::Member;
use domain::text::mark_invisible;
use domain::written::{MAIL, NotWritten, Said, check_account, said_in, sentence, short_digest};
use record::mail::Mail;
use record::manifest::{Blob, Manifest, Salt};
use record::written::Comment;
use serde::{Deserialize, Serialize};
use specta::Type;
use vault::{ExposeSecret as _, SecretString};

use crate::cabinet::{Cabinet, OpenBoard};
use crate::error::{Answer, BoardError};
use crate::minutes::phrases::Words;
use crate::sign_offs::{Snapshot, latest_item, may_sign, sign_off_act, sign_off_facts, with_answers};
use crate::state::BoardState;
use crate::verdicts;
use crate::views::{Fact, Noun};
use crate::writer::{Act, Key};

mod before;
mod window;

pub(crate) use window::mail_from;

/// What to ask for, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Asking {
    /// The change.
    pub change: String,
    /// Who is asked.
    pub member: String,
    /// SHA-256 of the manifest of what is shown.
    pub manifest: String,
    /// Its beginning, as the line quotes it.
    pub short: String,
    /// The line that approves.
    pub approve: String,
    /// How the line that rejects begins; a colon and the reason follow.
    pub reject: String,
    /// What they are asked about.
    pub facts: Vec<Fact>,
    /// All of it, to be pasted into a mail or a message.
    pub text: String,
}

/// Where the words stand.
#[derive(Debug, Clone)]
pub enum WordsIn {
    /// In a comment on the change's ticket: the number the ticket shows (from 1), or the newest that says it.
    Comment(Option<u32>),
    /// In a mail, as it was received.
    Mail(Vec<u8>),
}

/// Records what an authority wrote.
#[derive(Debug, Clone)]
pub struct RecordWrittenRequest {
    /// The change.
    pub change: String,
    /// Who wrote it.
    pub member: String,
    /// Who records it.
    pub recorder: String,
    /// The recorder's PIN.
    pub pin: SecretString,
    /// Where it stands.
    pub words: WordsIn,
}

/// A sign-off in writing, as it stands in the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WrittenRecorded {
    /// The entry.
    pub entry: EntryId,
    /// The change.
    pub change: String,
    /// Who wrote it.
    pub member: String,
    /// From which account or address.
    pub account: String,
    /// For or against.
    pub verdict: Verdict,
    /// The line.
    pub quote: String,
    /// The least with which a sign-off counts at this risk level.
    pub least: Attestation,
    /// Whether *written* is enough.
    pub counts: bool,
}

/// What was asked about: with these salts the digest can be made again, as long as the change says the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    manifest: Digest,
    content: Digest,
    salts: BTreeMap<String, String>,
    risk: RiskStamp,
}

/// The kind of the draft.
const ASKED: &str = "written";

/// More than a mail of words has; its attachments are not needed.
const LARGEST_MAIL: usize = 1 << 20;

impl Cabinet {
    /// Says what to ask a member for, who then writes one line in a comment or a mail. Asked again for an unchanged change,
    /// the line is the same.
    pub async fn ask_in_writing(&self, change: &str, member: &str) -> Answer<Asking> {
        let board = self.board()?;
        let state = board.state().await?;
        let member = state.member(crate::words::member_id(member)?)?;
        let key = crate::words::change_key(change)?;
        let mut shown = self.snapshot(&board, &state, &key, latest_item(&state, &key)).await?;
        may_sign(&state, member, &shown, Verdict::Approve)?;
        let before: Option<Asked> = board.draft(ASKED, key.as_str()).await?;
        match before.filter(|asked| asked.content == shown.content.digest && asked.risk == shown.risk) {
            Some(asked) => asked.put_back(&mut shown)?,
            None => board.put_draft(ASKED, key.as_str(), &Asked::of(&shown), self.now()).await?,
        }
        Ok(asking(&state, member, &shown))
    }

    /// Records what a member wrote: the recorder signs that it stands there, with the raw bytes beside it.
    pub async fn record_in_writing(&self, request: RecordWrittenRequest) -> Answer<WrittenRecorded> {
        let board = self.board()?;
        let state = board.state().await?;
        let named = (request.change.as_str(), request.member.as_str(), request.recorder.as_str());
        let Recording { member, recorder, shown, found } =
            self.recording(&board, &state, named, &request.words).await?;
        let key = shown.change.key.clone();
        let signer = board.keys.unlock(recorder, request.pin.expose_secret(), self.now()).await?;
        let act = found.act(&state, member, recorder, &shown)?;
        let keystore = board.keys.keystore().to_owned();
        let by = Key::Member { signer, auth: Auth::Pin, keystore };
        let acts = with_answers(&board, &state, &shown, (act, by))?;
        let written = self.write(&board, acts, Vec::new()).await?;
        let entry = written.last().copied().ok_or_else(|| BoardError::not_found("entry", "just written"))?;
        self.changed(&[Noun::SignOffs, Noun::Decisions, Noun::Changes, Noun::Minutes], &[key.as_str()]);
        if let Err(error) = self.settle_write_backs(&board).await {
            tracing::warn!(%error, "what is settled goes to its ticket at the next sync");
        }
        let least = state.ledger.least(&state.policy, &key, shown.risk.level);
        Ok(WrittenRecorded {
            entry,
            change: key.to_string(),
            member: member.name.clone(),
            account: found.written.account,
            verdict: found.said.verdict,
            quote: found.said.quote,
            least,
            counts: Attestation::Written >= least,
        })
    }

    /// What would be recorded of a change, a member's words, by a recorder, if it may be.
    async fn recording<'s>(
        &self,
        board: &OpenBoard,
        state: &'s BoardState,
        (change, member, recorder): (&str, &str, &str),
        words: &WordsIn,
    ) -> Answer<Recording<'s>> {
        let member = state.member(crate::words::member_id(member)?)?;
        let recorder = state.member(crate::words::member_id(recorder)?)?;
        let key = crate::words::change_key(change)?;
        let shown = self.asked_about(board, state, &key).await?;
        let found = allowed(state, (member, recorder), &shown, words)?;
        before::refuse(board, state, &shown, &found).await?;
        Ok(Recording { member, recorder, shown, found })
    }

    /// The change as it was asked about, if it still says the same.
    async fn asked_about(&self, board: &OpenBoard, state: &BoardState, key: &ChangeKey) -> Answer<Snapshot> {
        let asked: Asked = board.draft(ASKED, key.as_str()).await?.ok_or_else(|| {
            BoardError::refused(
                "not_asked",
                format!("Nobody was asked about {key} from this device, so no line is known that would count."),
                Some("R31"),
                "Ask first: the answer quotes the digest of what was shown.",
            )
        })?;
        let mut shown = self.snapshot(board, state, key, latest_item(state, key)).await?;
        if asked.content != shown.content.digest {
            return Err(BoardError::refused(
                "edited_since_asked",
                format!("{key} was edited since it was asked about: what was written speaks of what it said then."),
                Some("R31"),
                "Ask again; the new line quotes another digest.",
            ));
        }
        asked.put_back(&mut shown)?;
        Ok(shown)
    }
}

impl Asked {
    fn of(shown: &Snapshot) -> Self {
        Self {
            manifest: shown.digest,
            content: shown.content.digest,
            salts: shown.blobs.iter().map(|(field, blob)| (field.clone(), hex::encode(blob.salt))).collect(),
            risk: shown.risk.clone(),
        }
    }

    /// Makes the snapshot what was asked about: salts, manifest and risk. The content is the same already.
    fn put_back(self, shown: &mut Snapshot) -> Answer<()> {
        let broken = || {
            let rule = "What was asked about can no longer be made again on this device.";
            BoardError::refused("not_asked", rule, Some("R31"), "Ask again; the new line quotes another digest.")
        };
        for (field, blob) in &mut shown.blobs {
            let salt = self.salts.get(field).and_then(|text| hex::decode(text).ok());
            blob.salt = Salt::try_from(salt.ok_or_else(broken)?.as_slice()).map_err(|_| broken())?;
        }
        shown.manifest = Manifest::of(&shown.blobs);
        shown.digest = shown.manifest.digest().map_err(|e| BoardError::internal(&e))?;
        if shown.digest != self.manifest {
            return Err(broken());
        }
        shown.risk = self.risk;
        Ok(())
    }
}

/// What is about to be recorded.
struct Recording<'s> {
    member: &'s Member,
    recorder: &'s Member,
    shown: Snapshot,
    found: Found,
}

/// The words, where they stand, and the raw bytes that are kept.
struct Found {
    said: Said,
    written: Written,
    raw: Blob,
    /// Where, in words.
    place: String,
}

impl Found {
    /// The sentence that the recorder signs.
    fn meaning(&self, state: &BoardState, member: &Member, recorder: &Member) -> String {
        let (quote, words) = (mark_invisible(&self.said.quote), Words::of(&state.policy));
        words.wrote(&state.name(member.id), &quote, &self.place, &state.name(recorder.id))
    }

    /// The entry, as the recorder signs it.
    fn act(&self, state: &BoardState, member: &Member, recorder: &Member, shown: &Snapshot) -> Answer<Act> {
        let said = verdicts::Said { verdict: self.said.verdict, reason: self.said.reason.clone() };
        let mut act = sign_off_act(member, shown, &said)?;
        act.attestation = Attestation::Written;
        act.meaning = self.meaning(state, member, recorder);
        if let Body::SignOff(body) = &mut act.body {
            body.written = Some(Box::new(self.written.clone()));
        }
        act.blobs.push(self.raw.to_stored());
        Ok(act)
    }
}

/// The words, if this recorder may record them as this member's.
fn allowed(
    state: &BoardState,
    (member, recorder): (&Member, &Member),
    shown: &Snapshot,
    words: &WordsIn,
) -> Answer<Found> {
    may_record(state, recorder, member, shown)?;
    let found = found_in(shown, member, words)?;
    refuse_duplicate(state, shown, member.id, &found)?;
    check_account(state.roster(), &state.policy, member.id, shown.change.key.prefix(), &found.written)
        .map_err(|why| refused(&why))?;
    may_sign(state, member, shown, found.said.verdict)?;
    Ok(found)
}

/// Reads the words, and keeps the bytes they stand in under a salt of their own.
fn found_in(shown: &Snapshot, member: &Member, words: &WordsIn) -> Answer<Found> {
    let (change, manifest) = (&shown.change.key, shown.digest);
    let (said, source, account, raw, place) = match words {
        WordsIn::Comment(number) => {
            let comment = comment(&shown.change, member, *number, manifest)?;
            let said = said_in(&comment.text, change, manifest).map_err(|why| refused(&why))?;
            let raw = comment.to_bytes().map_err(|e| BoardError::internal(&e))?;
            let place = format!("a comment on the ticket ({})", crate::words::time(comment.at));
            (said, WrittenSource::Comment, comment.account, raw, place)
        }
        WordsIn::Mail(bytes) => {
            if bytes.len() > LARGEST_MAIL {
                let rule = "A mail of more than 1 MiB is not kept in the record.";
                let remedy = "Ask for the line in a mail without attachments.";
                return Err(BoardError::refused("mail_too_large", rule, None, remedy));
            }
            let mail = Mail::read(bytes).map_err(|why| {
                let rule = format!("The mail cannot be read: {why}.");
                BoardError::refused(
                    "mail_unreadable",
                    rule,
                    None,
                    "Save it as it was received (.eml), with its plain text.",
                )
            })?;
            let said = said_in(&mail.words, change, manifest).map_err(|why| refused(&why))?;
            (said, WrittenSource::Mail, mail.from, bytes.clone(), "a mail".to_owned())
        }
    };
    let mut salt: Salt = [0; record::manifest::SALT_BYTES];
    getrandom::fill(&mut salt).map_err(|e| BoardError::internal(&e))?;
    let raw = Blob { salt, bytes: raw };
    let written = Written { source, account, raw: raw.digest(), quote: said.quote.clone() };
    Ok(Found { said, written, raw, place })
}

/// The comment that is meant: by its number, or the newest of the member's that says it.
fn comment(change: &ChangeRequest, member: &Member, number: Option<u32>, manifest: Digest) -> Answer<Comment> {
    // What not everybody on the ticket may read never leaves the desk, and what Cabinet wrote is nobody's word.
    let open = |journal: &&Journal| !journal.private && !journal.own && !journal.notes.is_blank();
    let own = member.accounts.get(change.key.prefix()).map(|account| account.trim());
    let journal = match number {
        Some(number) => {
            let at = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
            at.and_then(|at| change.journals.get(at)).filter(open)
        }
        None => change.journals.iter().rev().filter(open).find(|journal| {
            Some(journal.author.id.as_str()) == own && said_in(&journal.notes.text, &change.key, manifest).is_ok()
        }),
    };
    let journal = journal.ok_or_else(|| {
        let which = number.map_or_else(
            || format!("No comment of {} on {} says the line that was asked for.", member.name, change.key),
            |number| format!("{} has no comment number {number} that everybody may read.", change.key),
        );
        BoardError::refused(
            "no_such_comment",
            which,
            Some("R31"),
            "Sync, or have it written from the member's own account.",
        )
    })?;
    Ok(Comment {
        schema: Comment::SCHEMA.to_owned(),
        change: change.key.clone(),
        id: journal.remote_id.clone(),
        account: journal.author.id.clone(),
        at: journal.at,
        text: journal.notes.text.clone(),
    })
}

fn refused(why: &NotWritten) -> BoardError {
    BoardError::refused(why.code(), sentence_case(&why.to_string()), Some("R31"), sentence_case(why.satisfied_by()))
}

/// With a capital and a full stop.
fn sentence_case(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// The same words are recorded once.
fn refuse_duplicate(state: &BoardState, shown: &Snapshot, member: MemberId, found: &Found) -> Answer<()> {
    let all = state.ledger.sign_offs.get(&shown.change.key).into_iter().flatten();
    let mut same = all.filter(|s| s.actor == member && s.withdrawn.is_none() && s.manifest == shown.digest);
    if same.any(|s| s.body.written.as_ref().is_some_and(|written| written.quote == found.written.quote)) {
        return Err(BoardError::refused(
            "already_recorded",
            format!("This line of {} is in the record already.", state.name(member)),
            None,
            "Nothing more is to be done.",
        ));
    }
    Ok(())
}

/// Nobody records for themselves, nor on a change they wrote, requested, committed or deploy (R89).
fn may_record(state: &BoardState, recorder: &Member, member: &Member, shown: &Snapshot) -> Answer<()> {
    if recorder.id == member.id {
        return Err(BoardError::refused(
            "own_words",
            format!("{} has a key here.", member.name),
            Some("R31"),
            "Sign the change off with it; somebody else records what you wrote elsewhere.",
        ));
    }
    let involved = domain::duties::involved(&shown.change);
    domain::duties::may_record(state.roster(), &state.policy, recorder.id, shown.change.key.prefix(), &involved)
        .map_err(|duty| {
            let rule = format!("{} does not record sign-offs on this change: {duty}.", recorder.name);
            BoardError::refused(duty.code(), rule, Some("R89"), sentence_case(duty.satisfied_by()))
        })
}

fn asking(state: &BoardState, member: &Member, shown: &Snapshot) -> Asking {
    let key = &shown.change.key;
    let approve = sentence(Verdict::Approve, key, shown.digest);
    let reject = sentence(Verdict::Reject, key, shown.digest);
    let facts = sign_off_facts(state, shown);
    let mut text = format!("{}, please read {key} as it stands now, and answer with one line.\n\n", member.name);
    for fact in &facts {
        text.push_str(&format!("{}: {}\n", fact.label, fact.value));
    }
    if !shown.change.url.is_empty() {
        text.push_str(&format!("Ticket: {}\n", mark_invisible(&shown.change.url)));
    }
    // Beside other words the lines do not count: quoting this question answers nothing.
    text.push_str(&format!("\nTo approve it: {approve}\nTo reject it: {reject}: and why\n\n"));
    let mail = member.accounts.get(MAIL).map(|address| format!(" or a mail from {}", mark_invisible(address)));
    text.push_str(&format!(
        "Copy one of the two lines from its \u{201c}I\u{201d} on. It stands alone on its line, in a comment on the ticket from \
         your own account{}. The digits say what you were shown; after an edit they are others.\n",
        mail.unwrap_or_default()
    ));
    Asking {
        change: key.to_string(),
        member: member.name.clone(),
        manifest: shown.digest.to_string(),
        short: short_digest(shown.digest),
        approve,
        reject,
        facts,
        text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::testing::change;
    use domain::change::{Account, RawText, TextFormat};

    const SHOWN: Digest = Digest([0xab; 32]);

    fn journal(id: &str, account: &str, text: &str) -> Journal {
        Journal {
            remote_id: id.to_owned(),
            author: Account { id: account.to_owned(), name: "Somebody".to_owned() },
            at: chrono::DateTime::from_timestamp(1_800_000_000, 0).expect("a date"),
            notes: RawText { format: TextFormat::Plain, text: text.to_owned() },
            details: Vec::new(),
            private: false,
            own: false,
        }
    }

    fn member() -> Member {
        Member {
            id: MemberId(uuid::Uuid::from_u128(2)),
            name: "Grace".to_owned(),
            accounts: BTreeMap::from([("CHG".to_owned(), "2".to_owned())]),
            roles: Vec::new(),
            scope: Vec::new(),
            voting: true,
            mandatory: false,
            git: Vec::new(),
            departments: Vec::new(),
            sealed_to: None,
            certificate: None,
            keys: Vec::new(),
        }
    }

    #[test]
    fn the_newest_comment_that_says_it_is_taken_and_none_that_is_private_or_our_own() {
        let mut change = change("CHG-17");
        let line = sentence(Verdict::Approve, &change.key, SHOWN);
        let mut hidden = journal("6", "2", &line);
        hidden.private = true;
        let mut ours = journal("7", "2", &line);
        ours.own = true;
        change.journals = vec![
            journal("1", "2", &line),
            journal("2", "2", "  "),
            journal("3", "2", &line),
            journal("4", "3", &line),
            journal("5", "2", "Thanks!"),
            hidden,
            ours,
        ];
        let taken =
            |number| comment(&change, &member(), number, SHOWN).ok().map(|comment| (comment.id, comment.account));
        let of = |id: &str, account: &str| Some((id.to_owned(), account.to_owned()));
        assert_eq!(taken(None), of("3", "2"));
        assert_eq!(taken(Some(1)), of("1", "2"));
        assert_eq!(taken(Some(4)), of("4", "3"), "whose account it is, the rule says");
        for number in [0, 2, 6, 7, 8] {
            assert_eq!(taken(Some(number)), None, "{number}");
        }
    }
}
