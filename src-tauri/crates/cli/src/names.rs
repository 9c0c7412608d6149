//! From what a person types to what the desk calls things.
use board::Cabinet;
use board::requests::OfMember;
use board::views::{MeetingHead, MeetingState, MemberRow};

use crate::exit::{CabError, Done};

/// The one of `all` whose name, id or account fits what was typed.
pub fn member<'m>(all: &'m [MemberRow], typed: &str) -> Done<&'m MemberRow> {
    let wanted = typed.trim().to_lowercase();
    let exact = |m: &&MemberRow| {
        m.member.id == wanted || m.member.name.to_lowercase() == wanted || m.account.as_deref() == Some(typed.trim())
    };
    if let Some(found) = all.iter().find(exact) {
        return Ok(found);
    }
    let mut fitting = all.iter().filter(|m| !wanted.is_empty() && m.member.name.to_lowercase().contains(&wanted));
    match (fitting.next(), fitting.next()) {
        (Some(found), None) => Ok(found),
        (Some(_), Some(_)) => {
            Err(CabError::Usage(format!("{typed:?} fits more than one member; write the whole name")))
        }
        (None, _) => Err(board::BoardError::not_found("member", typed).into()),
    }
}

/// A change's key as typed: `chg-17` is `CHG-17`.
pub fn change(typed: &str) -> String {
    typed.trim().to_uppercase()
}

/// In which state a verb needs its meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// In preparation.
    Draft,
    /// In session.
    InSession,
    /// Over, sealed or not.
    Closed,
    /// In session or over.
    Held,
    /// Whatever there is.
    Any,
}

impl Wanted {
    fn takes(self, state: MeetingState) -> bool {
        match self {
            Self::Draft => state == MeetingState::Draft,
            Self::InSession => state == MeetingState::InSession,
            Self::Closed => matches!(state, MeetingState::Closed | MeetingState::Sealed),
            Self::Held => state != MeetingState::Draft,
            Self::Any => true,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Draft => "in preparation",
            Self::InSession => "in session",
            Self::Closed => "that is closed",
            Self::Held => "that was called to order",
            Self::Any => "on this board",
        }
    }
}

/// A time as everybody writes it.
pub fn time(typed: &str) -> Done<chrono::DateTime<chrono::Utc>> {
    let read = chrono::DateTime::parse_from_rfc3339(typed.trim());
    read.map(|at| at.to_utc())
        .map_err(|_| CabError::Usage(format!("{typed:?}: write the time as 2026-11-25T14:00:00Z")))
}

/// The meeting meant: the one named by its id (or its last eight characters), else the newest in the wanted state. Two
/// in preparation are never guessed between.
pub fn pick(all: &[MeetingHead], typed: Option<&str>, wanted: Wanted) -> Done<MeetingHead> {
    if let Some(typed) = typed {
        let typed = typed.trim().to_lowercase();
        let mut fitting = all.iter().filter(|m| m.id == typed || (typed.len() >= 8 && m.id.ends_with(&typed)));
        return match (fitting.next(), fitting.next()) {
            (Some(found), None) => Ok(found.clone()),
            (Some(_), Some(_)) => Err(CabError::Usage(format!("{typed:?} fits more than one meeting"))),
            (None, _) => Err(board::BoardError::not_found("meeting", typed).into()),
        };
    }
    let fitting: Vec<&MeetingHead> = all.iter().filter(|m| wanted.takes(m.state)).collect();
    match fitting.as_slice() {
        [] => Err(board::BoardError::not_found("meeting", wanted.words()).into()),
        [_, _, ..] if wanted == Wanted::Draft => Err(CabError::Usage(
            "more than one meeting is in preparation; name it with --meeting ID (see `cab meeting list`)".to_owned(),
        )),
        // `list_meetings` is newest first; one in session goes before any that is over.
        many => {
            let session = many.iter().find(|m| m.state == MeetingState::InSession);
            Ok((*session.unwrap_or(&many[0])).clone())
        }
    }
}

/// As [`pick`], from the board.
pub async fn meeting(cabinet: &Cabinet, typed: Option<&str>, wanted: Wanted) -> Done<MeetingHead> {
    pick(&cabinet.list_meetings().await?, typed, wanted)
}

/// Does something with another member in front of the device, and puts the one before back.
pub async fn acting_as<T, F>(cabinet: &Cabinet, typed: Option<&str>, act: F) -> Done<T>
where
    F: Future<Output = Done<T>>,
{
    let Some(typed) = typed else { return act.await };
    let members = cabinet.members().await?;
    let who = member(&members, typed)?.member.id.clone();
    let before = cabinet.app_status().await?.me.map(|m| m.id);
    cabinet.set_me(OfMember { member: who.clone() }).await?;
    let done = act.await;
    if let Some(before) = before.filter(|b| *b != who) {
        cabinet.set_me(OfMember { member: before }).await?;
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use board::views::MemberRef;

    fn row(name: &str, account: &str) -> MemberRow {
        MemberRow {
            member: MemberRef { id: format!("id-of-{account}"), name: name.to_owned(), roles: Vec::new() },
            seat: String::new(),
            voting: true,
            mandatory: false,
            has_key: false,
            account: Some(account.to_owned()),
        }
    }

    #[test]
    fn a_member_is_found_by_part_of_the_name_and_never_guessed() {
        let all = [row("Rana Haddad", "12"), row("Tomás Figueira", "11"), row("Ana Figueira", "16")];
        assert_eq!(member(&all, "haddad").expect("one").member.name, "Rana Haddad");
        assert_eq!(member(&all, "12").expect("one").member.name, "Rana Haddad");
        assert_eq!(member(&all, "figueira").expect_err("two").code(), crate::exit::USAGE);
        assert_eq!(member(&all, "nobody").expect_err("none").code(), crate::exit::NOT_FOUND);
        assert!(member(&all, "  ").is_err(), "nothing typed is nobody");
    }

    fn head(id: &str, state: MeetingState) -> MeetingHead {
        MeetingHead {
            id: id.to_owned(),
            title: "CAB".to_owned(),
            state,
            starts_at: String::new(),
            zone: String::new(),
            place: String::new(),
            chair: String::new(),
            items: 0,
            decided: 0,
            called_to_order_at: None,
            closed_at: None,
            agenda_digest: None,
        }
    }

    #[test]
    fn the_meeting_in_session_is_meant_and_two_drafts_are_never_guessed_between() {
        let all = [
            head("019a-draft-1", MeetingState::Draft),
            head("019a-draft-2", MeetingState::Draft),
            head("019a-sealed-1", MeetingState::Sealed),
            head("019a-now-00001", MeetingState::InSession),
        ];
        assert_eq!(pick(&all, None, Wanted::Held).expect("one").id, "019a-now-00001");
        assert_eq!(pick(&all, None, Wanted::Closed).expect("one").id, "019a-sealed-1");
        assert_eq!(pick(&all, None, Wanted::Draft).expect_err("two").code(), crate::exit::USAGE);
        assert_eq!(pick(&all, Some("draft-2"), Wanted::Draft).expect_err("too short").code(), crate::exit::NOT_FOUND);
        assert_eq!(pick(&all, Some("-draft-2"), Wanted::Draft).expect("its end").id, "019a-draft-2");
        assert_eq!(pick(&all[..2], None, Wanted::InSession).expect_err("none").code(), crate::exit::NOT_FOUND);
    }
}
