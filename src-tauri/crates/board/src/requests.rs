//! Requests that only name things; richer ones stand beside their views.
#![allow(missing_docs)] // As in `views`: the names are the screen's words.
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::views::{HandedEdition, MappingRow, SigningSubject, VotePosition};

macro_rules! requests {
    ($($(#[$doc:meta])* $name:ident { $($field:ident : $ty:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
        pub struct $name { $(pub $field: $ty),* }
    )*};
}

/// What to do with an item's timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TimerAct {
    /// Start or go on.
    Start,
    /// Stop counting.
    Pause,
    /// Give a minute more.
    AddMinute,
}

requests! {
    /// Names a member.
    OfMember { member: String }
    /// Names a piece of work.
    OfWork { work: String }
    /// Names a change.
    OfChange { change: String }
    /// Names a meeting.
    OfMeeting { meeting: String }
    /// Names an annex or an erratum to the minutes of a meeting, from 1.
    OfAnnex { meeting: String, number: u32 }
    /// Names an item of a meeting.
    OfItem { meeting: String, item: String }
    /// Names a release.
    OfRelease { release: String }
    /// Names an operation of the outbox.
    OfOperation { id: String }
    /// A project of a connection being made.
    OfDraftProject { draft: String, project: String }
    /// Tries a mapping.
    DryRunRequest { draft: String, project: String, mapping: Vec<MappingRow> }
    /// Says that a condition is met, and what shows it.
    MeetCondition { condition: String, note: String }
    /// Stops a standing approval, and says why.
    SuspendStanding { standing: String, reason: String }
    /// Says that what a broken glass owed is done, and what shows it.
    MeetObligation { obligation: String, note: String }
    /// Says that something an emergency owed is done, and what shows it; a review may propose something for the policy.
    MeetOwed { declaration: String, owed: String, note: String, proposal: Option<ProposalForm> }
    /// What a review proposes for the policy: in words, and by settings, each a line `path = value` of `policy.toml`.
    ProposalForm { words: String, settings: Vec<String> }
    /// Ends a circular; with a reason, without a resolution.
    EndCircular { circular: String, instead: String }
    /// Brings in what a pipeline's gate wrote: the file in Base64, and whether the deployment failed.
    BringReceipt { content: String, failed: bool }
    /// Gives a member an action; the day is `YYYY-MM-DD`, or null while open.
    AssignActionRequest { meeting: String, text: String, owner: String, due_on: Option<String> }
    /// Hands an approval out for a pipeline into a new file; a snapshot allows nothing and only tells how the change stands.
    HandOutRequest { change: String, path: String, snapshot: bool }
    /// Asks a member for a sign-off in writing.
    AskInWriting { change: String, member: String }
    /// Attests an answer to a question; the evidence is a file in Base64, blank where there is none.
    AttestAnswer { change: String, question: String, value: String, evidence: String }
    /// Names changes to return to their requesters; null: every one that a board could still take up.
    ReturnRequest { changes: Option<Vec<String>> }
    /// Names an attachment of a change.
    OfAttachment { change: String, attachment: String }
    /// Answers a question of the risk walk; `None` opens it again.
    AnswerRiskRequest { change: String, question: String, answer: Option<u32>, note: String }
    /// Ticks a section.
    TickSectionRequest { change: String, section: String, ticked: bool }
    /// Comments a section; blank takes the draft comment away.
    CommentSectionRequest { change: String, section: String, text: String }
    /// Builds an agenda by a rule.
    BuildAgendaRequest { meeting: String, rule: String }
    /// Names who keeps a meeting's record beside the chair.
    SecretaryRequest { meeting: String, member: String }
    /// Names a change for a meeting.
    MeetingChangeRequest { meeting: String, change: String }
    /// Moves an item to a place, from 1.
    MoveItemRequest { meeting: String, item: String, to: u32 }
    /// Plans an item's minutes.
    ItemMinutesRequest { meeting: String, item: String, minutes: u32 }
    /// Withholds what an item says in the circulated edition of the minutes, or does not.
    RestrictItemRequest { meeting: String, item: String, restricted: bool }
    /// Came or left.
    AttendanceRequest { meeting: String, member: String, present: bool }
    /// Steps aside on an item.
    RecuseRequest { meeting: String, item: String, member: String, reason: String }
    /// Takes a recusal back before the chair moves on.
    UnrecuseRequest { meeting: String, item: String, member: String }
    /// A spoken vote; `None` takes it back.
    VoteRequest { meeting: String, item: String, member: String, position: Option<VotePosition> }
    /// The item's note.
    NoteRequest { meeting: String, item: String, text: String }
    /// The item's timer.
    TimerRequest { meeting: String, item: String, act: TimerAct }
    /// Sets the folders through which this device exchanges.
    RelayFolders { folders: Vec<String> }
    /// A file's text, as the window read it.
    FileText { text: String }
    /// Where to write a file.
    FilePath { path: String }
    /// What happened to the folder.
    RecoveryRequest { reason: String }
    /// Names a meeting, which of its minutes are handed out, and a folder for them.
    HandOutMinutesRequest { meeting: String, edition: HandedEdition, path: String }
    /// Writes the extracts of a pasted list of changes into a folder.
    ExtractsByList { keys: String, path: String }
    /// Writes an agenda to a new file, alone or with what is to be read for it.
    AgendaOnPaper { meeting: String, path: String, pre_read: bool }
    /// Chooses who signs minutes after the chair, by turn; none: nobody, whatever the policy says.
    SignatoriesRequest { meeting: String, turns: Vec<Vec<String>> }
    /// Settles when and where the board meets next, in words.
    SettleNextMeeting { meeting: String, when: String }
    /// Asks for the signing window.
    SigningRequest { subject: SigningSubject }
}
