//! `cab meeting`: from an agenda by rule to the close.
use std::path::PathBuf;

use board::requests::{
    AssignActionRequest, AttendanceRequest, BuildAgendaRequest, ItemMinutesRequest, MeetingChangeRequest,
    MoveItemRequest, NoteRequest, OfItem, OfMeeting, RecuseRequest, RestrictItemRequest, SecretaryRequest,
    UnrecuseRequest, VoteRequest,
};
use board::views::{ConsoleItemRowState, CreateMeetingRequest, DecideReleaseRequest, MeetingView, VotePosition};
use board::{AgendaPaperRequest, BoardError, Cabinet, WitnessRequest};
use clap::{Args, Subcommand, ValueEnum};

use crate::decide;
use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::meeting_text::{agenda_reply, heads, item_reply, meeting_reply, wrap_up_reply};
use crate::names::{self, Wanted};
use crate::releases::decided_text;
use crate::reply::Reply;
use crate::secrets;
use crate::table::counted;

/// Which meeting.
#[derive(Debug, Clone, Args)]
pub struct Which {
    /// The meeting's id (or its last eight characters); otherwise the one in session, or the newest that fits.
    #[arg(long, value_name = "ID")]
    pub meeting: Option<String>,
}

/// A spoken position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Position {
    /// In favour.
    Approve,
    /// Against.
    Reject,
    /// Neither.
    Abstain,
    /// Takes the vote back.
    None,
}

/// Prepare, hold and close a meeting. An ITEM is its number on the agenda, or its change's key.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// All meetings, newest first.
    List,
    /// The meeting as it stands: items, who is there, quorum.
    Show {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// One item with votes, quorum, and what could be decided.
        #[arg(long)]
        item: Option<String>,
    },
    /// Prepare a meeting.
    New {
        /// Its title.
        #[arg(long)]
        title: String,
        /// When it begins, for example 2026-11-25T14:00:00Z.
        #[arg(long, value_name = "TIME")]
        at: String,
        /// The zone in which its minutes tell times.
        #[arg(long, default_value = "UTC")]
        zone: String,
        /// Place or call.
        #[arg(long, default_value = "")]
        place: String,
    },
    /// Build and edit the agenda in preparation; without options, show it.
    Agenda {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// Take what a rule takes: standard, high or consent.
        #[arg(long)]
        rule: Option<String>,
        /// Add a change at the end.
        #[arg(long, value_name = "CHANGE")]
        add: Vec<String>,
        /// Take a change off.
        #[arg(long, value_name = "CHANGE")]
        remove: Vec<String>,
        /// CHANGE=PLACE, from 1.
        #[arg(long = "move", value_name = "CHANGE=PLACE")]
        moves: Vec<String>,
        /// CHANGE=MINUTES.
        #[arg(long, value_name = "CHANGE=MINUTES")]
        minutes: Vec<String>,
        /// Restrict an item: the circulated edition of the minutes withholds what it says.
        #[arg(long, value_name = "CHANGE")]
        restrict: Vec<String>,
        /// Take that back.
        #[arg(long, value_name = "CHANGE")]
        unrestrict: Vec<String>,
        /// Write the agenda into this file, a PDF that nobody signs; what restricted items say is not in it.
        #[arg(long, value_name = "FILE")]
        pdf: Option<PathBuf>,
        /// With the review pages of its changes behind it.
        #[arg(long, requires = "pdf")]
        pre_read: bool,
    },
    /// Name who keeps the record beside the chair: a deputy who can go on from another device.
    Secretary {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// Who.
        member: String,
    },
    /// Call to order: the agenda is frozen.
    Call {
        /// Which.
        #[command(flatten)]
        which: Which,
    },
    /// Members came, or left.
    Attend {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// Who; see also --all.
        members: Vec<String>,
        /// Everybody on the roster.
        #[arg(long)]
        all: bool,
        /// They left.
        #[arg(long)]
        left: bool,
    },
    /// A member steps aside on an item.
    Recuse {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// The item.
        item: String,
        /// Who.
        member: String,
        /// Why; printed in the minutes.
        #[arg(long, default_value = "")]
        reason: String,
        /// Take a recusal back that is not in the record yet.
        #[arg(long)]
        undo: bool,
    },
    /// Spoken votes on an item.
    Vote {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// The item.
        item: String,
        /// The position.
        #[arg(value_enum)]
        position: Position,
        /// Whose.
        #[arg(required = true)]
        members: Vec<String>,
    },
    /// Asked "anyone against?", and nobody was.
    Consent {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// The item.
        item: String,
    },
    /// Record the chair's decision on an item.
    Decide {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// What was decided.
        #[command(flatten)]
        decision: decide::Decision,
    },
    /// The item's remark for the minutes; blank takes it away.
    Note {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// The item.
        item: String,
        /// The remark.
        text: String,
    },
    /// Give a member an action; the minutes list it.
    Action {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// What is to be done.
        text: String,
        /// Who does it.
        #[arg(long, value_name = "MEMBER")]
        owner: String,
        /// Until which day.
        #[arg(long, value_name = "DATE")]
        due: Option<String>,
    },
    /// Settle when and where the board meets next; the minutes say so.
    Reconvene {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// When and where, in words.
        when: String,
    },
    /// A keyholder who was present vouches for the record so far: spoken votes become witnessed.
    Witness {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// Who was there.
        member: String,
    },
    /// Take a late change onto the agenda, by the chair's act.
    Admit {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// The change's key.
        change: String,
    },
    /// Take the items of a release together: anyone against? Each change gets its own decision by its own gates.
    Together {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// The release's name.
        release: String,
        /// What is decided: approved, rejected, deferred or more-information.
        #[arg(value_enum)]
        kind: decide::Kind,
        /// Why; printed in the minutes. Needed to reject, to defer and to ask for more.
        #[arg(long, default_value = "")]
        reason: String,
        /// For a deferral: the date, or without it the next meeting.
        #[arg(long, value_name = "DATE")]
        until: Option<String>,
        /// A change that somebody wants to have decided by itself.
        #[arg(long, value_name = "CHANGE")]
        without: Vec<String>,
    },
    /// Move on: to the item named, or to the next without a decision. What happened becomes an entry of the record.
    Next {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// The item.
        item: Option<String>,
    },
    /// What was decided, what waits, and why it cannot be closed or sealed if so.
    WrapUp {
        /// Which.
        #[command(flatten)]
        which: Which,
    },
    /// Close the meeting: every decision is bound.
    Close {
        /// Which.
        #[command(flatten)]
        which: Which,
    },
}

/// Runs the verb.
pub async fn run(host: &Host, verb: Verb) -> Done<Reply> {
    let cabinet = host.open().await?;
    let c = &cabinet;
    match verb {
        Verb::List => {
            let all = c.list_meetings().await?;
            Ok(Reply::of(&all, heads(&all)))
        }
        Verb::Show { which, item: None } => {
            let head = names::meeting(c, which.meeting.as_deref(), Wanted::Any).await?;
            if head.state == board::views::MeetingState::Draft {
                return agenda_reply(&c.agenda(OfMeeting { meeting: head.id }).await?);
            }
            meeting_reply(&c.meeting(OfMeeting { meeting: head.id }).await?)
        }
        Verb::Show { which, item: Some(item) } => {
            let (meeting, item) = at_item(c, &which, &item, Wanted::Held).await?;
            item_reply(&c.meeting_item(OfItem { meeting, item }).await?)
        }
        Verb::New { title, at, zone, place } => {
            let head = c.create_meeting(CreateMeetingRequest { title, starts_at: at, zone, place }).await?;
            let text = format!("{} is prepared: {}\nNext: cab meeting agenda --rule standard", head.title, head.id);
            Ok(Reply::of(&head, text))
        }
        Verb::Agenda { which, rule, add, remove, moves, minutes, restrict, unrestrict, pdf, pre_read } => {
            let meeting = names::meeting(c, which.meeting.as_deref(), Wanted::Draft).await?.id;
            let edits = Edits { rule, add, remove, moves, minutes, restrict, unrestrict };
            let Some(path) = pdf else { return agenda(c, meeting, edits).await };
            // One that is frozen can be written as well, and not edited any more.
            if !edits.is_empty() {
                agenda(c, meeting.clone(), edits).await?;
            }
            on_paper(c, AgendaPaperRequest { meeting, path, pre_read }).await
        }
        Verb::Secretary { which, member } => {
            let meeting = names::meeting(c, which.meeting.as_deref(), Wanted::Draft).await?.id;
            let member = names::member(&c.members().await?, &member)?.member.clone();
            let view = c.set_secretary(SecretaryRequest { meeting, member: member.id }).await?;
            Ok(Reply::of(&view, format!("{} keeps the record beside the chair.", member.name)))
        }
        Verb::Call { which } => {
            let meeting = names::meeting(c, which.meeting.as_deref(), Wanted::Draft).await?.id;
            meeting_reply(&c.call_to_order(OfMeeting { meeting }).await?)
        }
        Verb::Attend { which, members, all, left } => attend(c, &which, &members, all, left).await,
        Verb::Recuse { which, item, member, reason, undo } => {
            let (meeting, item) = at_item(c, &which, &item, Wanted::InSession).await?;
            let member = names::member(&c.members().await?, &member)?.member.id.clone();
            item_reply(&if undo {
                c.unrecuse(UnrecuseRequest { meeting, item, member }).await?
            } else {
                c.recuse(RecuseRequest { meeting, item, member, reason }).await?
            })
        }
        Verb::Vote { which, item, position, members } => {
            let (meeting, item) = at_item(c, &which, &item, Wanted::InSession).await?;
            let all = c.members().await?;
            // Every name is looked at before the first vote counts.
            let who =
                members.iter().map(|m| Ok(names::member(&all, m)?.member.id.clone())).collect::<Done<Vec<_>>>()?;
            let position = match position {
                Position::Approve => Some(VotePosition::Approve),
                Position::Reject => Some(VotePosition::Reject),
                Position::Abstain => Some(VotePosition::Abstain),
                Position::None => None,
            };
            for member in who {
                c.vote(VoteRequest { meeting: meeting.clone(), item: item.clone(), member, position }).await?;
            }
            item_reply(&c.meeting_item(OfItem { meeting, item }).await?)
        }
        Verb::Consent { which, item } => {
            let (meeting, item) = at_item(c, &which, &item, Wanted::InSession).await?;
            item_reply(&c.record_consent(OfItem { meeting, item }).await?)
        }
        Verb::Decide { which, decision } => {
            let (meeting, item) = at_item(c, &which, &decision.item, Wanted::InSession).await?;
            item_reply(&c.decide(decision.request(meeting, item)?).await?)
        }
        Verb::Note { which, item, text } => {
            let (meeting, item) = at_item(c, &which, &item, Wanted::InSession).await?;
            item_reply(&c.set_note(NoteRequest { meeting, item, text }).await?)
        }
        Verb::Action { which, text, owner, due } => {
            let meeting = names::meeting(c, which.meeting.as_deref(), Wanted::InSession).await?.id;
            let members = c.members().await?;
            let owner = names::member(&members, &owner)?.member.id.clone();
            meeting_reply(&c.assign_action(AssignActionRequest { meeting, text, owner, due_on: due }).await?)
        }
        Verb::Reconvene { which, when } => {
            let meeting = names::meeting(c, which.meeting.as_deref(), Wanted::InSession).await?.id;
            meeting_reply(&c.settle_next_meeting(&meeting, &when).await?)
        }
        Verb::Witness { which, member } => {
            let meeting = names::meeting(c, which.meeting.as_deref(), Wanted::Held).await?.id;
            let members = c.members().await?;
            let member = &names::member(&members, &member)?.member;
            let pin = secrets::one(host.global.pin_fd, "--pin-fd", &format!("PIN of {}: ", member.name))?;
            let request = WitnessRequest { meeting, member: member.id.clone(), pin };
            let raised = c.witness(request).await?;
            let entries = counted(raised, "entry", "entries");
            let text = format!("{} vouches for {entries} of the running record.", member.name);
            Ok(Reply { result: serde_json::json!({ "witness": member, "entries": raised }), text })
        }
        Verb::Admit { which, change } => {
            let meeting = names::meeting(c, which.meeting.as_deref(), Wanted::InSession).await?.id;
            let change = names::change(&change);
            meeting_reply(&c.admit_late(MeetingChangeRequest { meeting, change }).await?)
        }
        Verb::Together { which, release, kind, reason, until, without } => {
            let meeting = names::meeting(c, which.meeting.as_deref(), Wanted::InSession).await?.id;
            let request = DecideReleaseRequest {
                meeting,
                release,
                kind: kind.decided(),
                rationale: reason,
                deferred_to: until,
                without: without.iter().map(|change| names::change(change)).collect(),
            };
            let view = c.decide_release(request).await?;
            let text = decided_text(&view);
            Ok(Reply::of(&view, text))
        }
        Verb::Next { which, item } => {
            let meeting = names::meeting(c, which.meeting.as_deref(), Wanted::InSession).await?.id;
            let view = c.meeting(OfMeeting { meeting: meeting.clone() }).await?;
            let item = match item {
                Some(typed) => item_of(&view, &typed)?,
                None => next(&view),
            };
            meeting_reply(&c.set_current_item(OfItem { meeting, item }).await?)
        }
        Verb::WrapUp { which } => {
            let meeting = names::meeting(c, which.meeting.as_deref(), Wanted::Held).await?.id;
            wrap_up_reply(&c.wrap_up(OfMeeting { meeting }).await?)
        }
        Verb::Close { which } => {
            let meeting = names::meeting(c, which.meeting.as_deref(), Wanted::InSession).await?.id;
            wrap_up_reply(&c.close_meeting(OfMeeting { meeting }).await?)
        }
    }
}

struct Edits {
    rule: Option<String>,
    add: Vec<String>,
    remove: Vec<String>,
    moves: Vec<String>,
    minutes: Vec<String>,
    restrict: Vec<String>,
    unrestrict: Vec<String>,
}

impl Edits {
    fn is_empty(&self) -> bool {
        let lists = [&self.add, &self.remove, &self.moves, &self.minutes, &self.restrict, &self.unrestrict];
        self.rule.is_none() && lists.into_iter().all(Vec::is_empty)
    }
}

async fn on_paper(c: &Cabinet, request: AgendaPaperRequest) -> Done<Reply> {
    let done = c.agenda_paper(request).await?;
    let mut text = counted(done.items, "item", "items");
    if !done.read.is_empty() {
        text.push_str(&format!("; to be read: {}", done.read.join(", ")));
    }
    if !done.restricted.is_empty() {
        text.push_str(&format!("\nRestricted, and not told: {}", done.restricted.join(", ")));
    }
    text.push_str(&format!("\n{}\nSHA-256 {}", done.path.display(), done.sha256));
    Ok(Reply::of(&done, text))
}

async fn agenda(c: &Cabinet, meeting: String, edits: Edits) -> Done<Reply> {
    let moves = edits.moves.iter().map(|m| pair("--move", m)).collect::<Done<Vec<_>>>()?;
    let minutes = edits.minutes.iter().map(|m| pair("--minutes", m)).collect::<Done<Vec<_>>>()?;
    if let Some(rule) = edits.rule {
        c.build_agenda(BuildAgendaRequest { meeting: meeting.clone(), rule }).await?;
    }
    for change in &edits.add {
        let change = names::change(change);
        c.add_agenda_item(MeetingChangeRequest { meeting: meeting.clone(), change }).await?;
    }
    for change in &edits.remove {
        c.remove_agenda_item(OfItem { meeting: meeting.clone(), item: names::change(change) }).await?;
    }
    for (item, to) in moves {
        c.move_agenda_item(MoveItemRequest { meeting: meeting.clone(), item, to }).await?;
    }
    for (item, minutes) in minutes {
        c.set_item_minutes(ItemMinutesRequest { meeting: meeting.clone(), item, minutes }).await?;
    }
    let marked = edits.restrict.iter().map(|item| (item, true));
    for (item, restricted) in marked.chain(edits.unrestrict.iter().map(|item| (item, false))) {
        let item = names::change(item);
        c.restrict_agenda_item(RestrictItemRequest { meeting: meeting.clone(), item, restricted }).await?;
    }
    agenda_reply(&c.agenda(OfMeeting { meeting }).await?)
}

/// `CHG-1=3`.
fn pair(flag: &str, text: &str) -> Done<(String, u32)> {
    text.split_once('=')
        .and_then(|(change, n)| Some((names::change(change), n.trim().parse().ok()?)))
        .ok_or_else(|| CabError::Usage(format!("{flag} {text:?}: write CHANGE=NUMBER")))
}

async fn attend(c: &Cabinet, which: &Which, members: &[String], all: bool, left: bool) -> Done<Reply> {
    let meeting = names::meeting(c, which.meeting.as_deref(), Wanted::InSession).await?.id;
    let roster = c.members().await?;
    let who: Vec<String> = if all {
        roster.iter().map(|m| m.member.id.clone()).collect()
    } else {
        members.iter().map(|m| Ok(names::member(&roster, m)?.member.id.clone())).collect::<Done<_>>()?
    };
    if who.is_empty() {
        return Err(CabError::Usage("say who, or --all".to_owned()));
    }
    for member in who {
        c.set_attendance(AttendanceRequest { meeting: meeting.clone(), member, present: !left }).await?;
    }
    meeting_reply(&c.meeting(OfMeeting { meeting }).await?)
}

/// The meeting, and the item's number in it.
async fn at_item(c: &Cabinet, which: &Which, typed: &str, wanted: Wanted) -> Done<(String, String)> {
    let meeting = names::meeting(c, which.meeting.as_deref(), wanted).await?.id;
    let view = c.meeting(OfMeeting { meeting: meeting.clone() }).await?;
    let item = item_of(&view, typed)?;
    Ok((meeting, item))
}

fn item_of(view: &MeetingView, typed: &str) -> Done<String> {
    let typed = typed.trim();
    view.items
        .iter()
        .find(|i| i.id == typed || i.key.eq_ignore_ascii_case(typed))
        .map(|i| i.id.clone())
        .ok_or_else(|| BoardError::not_found("agenda item", typed).into())
}

/// The next item without a decision after the current one, else the first such, else the one after.
fn next(view: &MeetingView) -> String {
    let at = view.items.iter().position(|i| Some(&i.id) == view.current.as_ref()).unwrap_or(0);
    let undecided = |i: &&board::views::ConsoleItemRow| {
        Some(&i.id) != view.current.as_ref()
            && matches!(i.state, ConsoleItemRowState::Open | ConsoleItemRowState::Current)
    };
    let after = view.items.iter().skip(at + 1).find(undecided);
    let first = view.items.iter().find(undecided);
    let following = view.items.get(at + 1).or(view.items.first());
    after.or(first).or(following).map_or_else(|| "1".to_owned(), |i| i.id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_names_a_change_and_a_number() {
        assert_eq!(pair("--move", "chg-7=2").expect("right"), ("CHG-7".to_owned(), 2));
        for wrong in ["CHG-7", "CHG-7=", "CHG-7=two", "CHG-7=-1"] {
            assert_eq!(pair("--move", wrong).expect_err(wrong).code(), crate::exit::USAGE);
        }
    }
}
