//! Meetings, rosters and sources as tests of documents need them: what a test is about it sets itself.
use std::collections::BTreeMap;

use chrono::{DateTime, Duration, TimeZone as _, Utc};
use domain::ids::{BoardId, ChangeKey, Digest, MeetingId, MemberId};
use domain::ledger::{Ledger, Meeting};
use domain::meeting::{Agenda, AgendaGroup, AgendaItem};
use domain::policy::{Policy, Strength};
use domain::roster::{Member, Role, Roster};

use super::compile::Source;

/// A full hour of a day of November 2026, by UTC.
pub(crate) fn at(day: u32, hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, day, hour, 0, 0).single().expect("a time")
}

pub(crate) fn who(n: u128) -> MemberId {
    MemberId(uuid::Uuid::from_u128(n))
}

pub(crate) fn id(n: u128) -> MeetingId {
    MeetingId(uuid::Uuid::from_u128(n))
}

pub(crate) fn key(n: u32) -> ChangeKey {
    ChangeKey::new("CHG", n)
}

pub(crate) fn starter() -> Policy {
    Policy::built_in(Strength::Starter)
}

/// A member with a vote and no key.
pub(crate) fn member(n: u128, name: &str, role: Role) -> Member {
    Member {
        id: who(n),
        name: name.to_owned(),
        accounts: BTreeMap::new(),
        roles: vec![role],
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

/// The first roster of a board of these members.
pub(crate) fn roster(members: Vec<Member>) -> Roster {
    Roster {
        schema: Roster::SCHEMA.to_owned(),
        board: BoardId(uuid::Uuid::from_u128(9)),
        name: "Board".to_owned(),
        version: 1,
        created: at(1, 8),
        members,
        root_holders: Vec::new(),
        threshold: 1,
        certificate_root: String::new(),
    }
}

/// An item on the change with this number.
pub(crate) fn item(number: u32, change: u32) -> AgendaItem {
    AgendaItem {
        number,
        change: key(change),
        title: String::new(),
        group: AgendaGroup::Medium,
        level: None,
        minutes: 3,
        content: Digest([1; 32]),
        material_attachments: Vec::new(),
        release: None,
        restricted: None,
    }
}

/// An agenda that the first member chairs, who keeps the record as well.
pub(crate) fn agenda(n: u128, called: DateTime<Utc>, items: Vec<AgendaItem>) -> Agenda {
    Agenda {
        meeting: id(n),
        title: String::new(),
        place: String::new(),
        zone: "UTC".to_owned(),
        called,
        chair: who(1),
        secretary: who(1),
        items,
    }
}

/// A meeting of an hour on this agenda, closed.
pub(crate) fn held(agenda: Agenda) -> Meeting {
    let closed = agenda.called + Duration::hours(1);
    let mut meeting = Meeting::called(agenda, Digest([0; 32]));
    meeting.closed_at = Some(closed);
    meeting
}

/// What documents of a meeting are made from.
pub(crate) fn source<'s>(
    (roster, policy): (&'s Roster, &'s Policy),
    ledger: &'s Ledger,
    meeting: u128,
    made_at: DateTime<Utc>,
) -> Source<'s> {
    Source {
        roster,
        policy,
        policy_digest: Digest([0; 32]),
        rules: policy,
        ledger,
        meeting: id(meeting),
        made_at,
        evidence: Digest([0; 32]),
        certificate_root: None,
        checkpoint: None,
    }
}
