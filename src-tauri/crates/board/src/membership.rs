//! Changing what the roster says of a member: roles, seat, accounts, departments, who holds root (`record.md`, *Roster*).
//! With it a chair can leave: another becomes chair and holds root, then the keys are taken away.
use std::collections::{BTreeMap, BTreeSet};

use domain::chain::speaks_for;
use domain::ids::MemberId;
use domain::roster::{Member, Role, Roster};
use domain::text::mark_invisible;
use domain::written::MAIL;
use record::mail::Mail;
use vault::SecretString;

use crate::admission::next_version;
use crate::cabinet::{Cabinet, seat_words};
use crate::error::{Answer, BoardError};
use crate::record_view::changes;

/// Everything that a member is on the board, in words (R120): the roles, and the departments for which they approve (R12).
pub(crate) fn roles_words(member: &Member) -> String {
    let named = member.departments.iter().map(|department| department.trim());
    let speaks = named.filter(|department| !department.is_empty() && speaks_for(member, department));
    let approves = speaks.map(|department| format!("approver of {}", mark_invisible(department)));
    let roles = Some(seat_words(member)).filter(|roles| !roles.is_empty());
    roles.into_iter().chain(approves).collect::<Vec<_>>().join(", ")
}

/// What is to be so of a member; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberChange {
    /// Printed name.
    pub name: Option<String>,
    /// Roles, all of them.
    pub roles: Option<Vec<Role>>,
    /// Whether the member fills a voting seat.
    pub voting: Option<bool>,
    /// Whether the seat must be present for a quorum.
    pub mandatory: Option<bool>,
    /// Accounts by connection prefix, and the address under [`MAIL`]; an empty one is taken away.
    pub accounts: BTreeMap<String, String>,
    /// Accounts and addresses in git, all of them.
    pub git: Option<Vec<String>>,
    /// Departments the member speaks for, all of them.
    pub departments: Option<Vec<String>>,
    /// Projects for which a technical lead decides, all of them; empty: every project.
    pub scope: Option<Vec<String>>,
    /// Whether the member's key holds root.
    pub hold_root: Option<bool>,
}

/// A member is to be changed, or to leave the roster.
#[derive(Debug, Clone)]
pub struct ChangeMemberRequest {
    /// Whose.
    pub member: String,
    /// What.
    pub change: MemberChange,
    /// Who signs.
    pub by: String,
    /// Their PIN.
    pub pin: SecretString,
}

impl Cabinet {
    /// Changes what the roster says of a member, in a new version. Answers whether it is in force, or waits for other
    /// root holders.
    ///
    /// # Errors
    /// [`BoardError::Refused`] where the board could not go on; [`BoardError::Invalid`] where nothing would change.
    pub async fn change_member(&self, request: ChangeMemberRequest) -> Answer<bool> {
        let board = self.board()?;
        let state = board.state().await?;
        let id = state.member(crate::words::member_id(&request.member)?)?.id;
        let mut next = next_version(state.roster(), self.now());
        apply(&mut next, id, &request.change)?;
        let lines = changes(state.roster(), &next);
        if lines.is_empty() {
            return Err(BoardError::invalid("member", "The roster says all of this already."));
        }
        let signer = self.signer(&board, &request.by, &request.pin).await?;
        let meaning = format!("Roster {}: {}.", next.version, lines.join("; "));
        self.propose(&board, next, signer, meaning).await
    }
}

/// The roster with the change, if the board can go on with it.
fn apply(next: &mut Roster, id: MemberId, change: &MemberChange) -> Answer<()> {
    let member = next.members.iter_mut().find(|m| m.id == id).ok_or_else(|| BoardError::not_found("member", id))?;
    if let Some(name) = &change.name {
        member.name = one_of("name", name)?;
    }
    if let Some(roles) = &change.roles {
        if roles.is_empty() {
            return Err(BoardError::invalid("roles", "A member has at least one role."));
        }
        member.roles = sorted(roles.clone());
    }
    member.voting = change.voting.unwrap_or(member.voting);
    member.mandatory = change.mandatory.unwrap_or(member.mandatory);
    if member.mandatory && !member.voting {
        return Err(BoardError::invalid("mandatory", "A mandatory seat votes: make it voting as well."));
    }
    for (prefix, account) in &change.accounts {
        let account = account.trim();
        if account.is_empty() {
            member.accounts.remove(prefix);
        } else if prefix == MAIL && !is_address(account) {
            return Err(BoardError::invalid("accounts", "Give the address alone, as in cto@example.org."));
        } else {
            member.accounts.insert(prefix.clone(), account.to_owned());
        }
    }
    for (field, list, wanted) in [
        ("git", &mut member.git, &change.git),
        ("departments", &mut member.departments, &change.departments),
        ("scope", &mut member.scope, &change.scope),
    ] {
        if let Some(wanted) = wanted {
            *list = sorted(wanted.iter().map(|one| one_of(field, one)).collect::<Answer<Vec<_>>>()?);
        }
    }
    let (name, signs) = (member.name.clone(), member.signature_key().is_some());
    let may = member.roles.iter().any(|r| r.may_hold_root());
    let holds = next.root_holders.contains(&id);
    let wanted = change.hold_root.unwrap_or(holds);
    if wanted && !(may && signs) {
        return Err(BoardError::refused(
            "no_root",
            format!("{name} can hold no root: it takes a key of one's own, and the role of chair or security."),
            None,
            "Give the role, and have the member enrol, first; or take root away in the same change.",
        ));
    }
    if wanted && !holds {
        next.root_holders.push(id);
        next.threshold = next.threshold.max(2);
    }
    if !wanted && holds {
        next.root_holders.retain(|holder| *holder != id);
        let left = u32::try_from(next.root_holders.len()).unwrap_or(u32::MAX);
        if left == 0 {
            return Err(BoardError::refused(
                "last_root",
                format!("{name} is the last who holds root: nobody could sign the next roster."),
                None,
                "Let another member hold root first.",
            ));
        }
        next.threshold = next.threshold.min(left);
    }
    if !next.members.iter().any(|m| m.has(Role::Chair)) {
        return Err(BoardError::refused(
            "no_chair",
            "Nobody would be chair: no meeting could be called any more.",
            None,
            "Make another member chair first.",
        ));
    }
    shared(next)
}

/// Whether a mail can be from it, as mails are read: an address alone, without a name.
fn is_address(text: &str) -> bool {
    let mail = format!("From: {text}\r\n\r\nwords");
    Mail::read(mail.as_bytes()).is_ok_and(|mail| mail.from == text.to_ascii_lowercase())
}

/// An account that two members claim is nobody's: neither could sign (R89). In a mail's address case does not matter.
fn shared(roster: &Roster) -> Answer<()> {
    let mut seen: BTreeMap<(&str, String), &Member> = BTreeMap::new();
    for member in &roster.members {
        for (prefix, account) in &member.accounts {
            let same = if prefix == MAIL { account.to_ascii_lowercase() } else { account.clone() };
            if let Some(other) = seen.insert((prefix, same), member) {
                let why = format!("{prefix}:{account} is the account of {} already.", other.name);
                return Err(BoardError::invalid("accounts", why));
            }
        }
    }
    Ok(())
}

fn one_of(field: &str, text: &str) -> Answer<String> {
    let text = text.trim();
    if text.is_empty() || text.len() > 200 || text.chars().any(char::is_control) {
        return Err(BoardError::invalid(field, "Give 1 to 200 characters on one line."));
    }
    Ok(text.to_owned())
}

/// Each once, in order: equal rosters have equal bytes.
fn sorted<T: Ord>(all: Vec<T>) -> Vec<T> {
    all.into_iter().collect::<BTreeSet<T>>().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone as _, Utc};
    use domain::ids::{BoardId, KeyId};
    use domain::roster::{KeyStatus, KeyUse, RosterKey};

    use super::*;

    fn id(n: u128) -> MemberId {
        MemberId(uuid::Uuid::from_u128(n))
    }

    fn member(n: u8, name: &str, role: Role, signs: bool) -> Member {
        let key = RosterKey {
            id: KeyId([n; 32]),
            alg: "ecdsa-p256-sha256".to_owned(),
            usage: KeyUse::Signature,
            spki: String::new(),
            certificate: None,
            status: KeyStatus::Active,
            revoked: None,
            keystore: "memory".to_owned(),
        };
        Member {
            id: id(u128::from(n)),
            name: name.to_owned(),
            accounts: BTreeMap::from([("CHG".to_owned(), n.to_string())]),
            roles: vec![role],
            scope: Vec::new(),
            voting: true,
            mandatory: false,
            git: Vec::new(),
            departments: Vec::new(),
            sealed_to: None,
            certificate: None,
            keys: if signs { vec![key] } else { Vec::new() },
        }
    }

    fn roster() -> Roster {
        Roster {
            schema: Roster::SCHEMA.to_owned(),
            board: BoardId(uuid::Uuid::from_u128(9)),
            name: "Payments".to_owned(),
            version: 2,
            created: Utc.with_ymd_and_hms(2026, 11, 21, 12, 0, 0).single().expect("a time"),
            members: vec![
                member(1, "Ines", Role::Chair, true),
                member(2, "Wei", Role::Security, true),
                member(3, "Piotr", Role::ServiceManager, false),
            ],
            root_holders: vec![id(1)],
            threshold: 1,
            certificate_root: String::new(),
        }
    }

    fn changed(n: u128, change: MemberChange) -> Result<Vec<String>, String> {
        let (before, mut next) = (roster(), roster());
        match apply(&mut next, id(n), &change) {
            Ok(()) => Ok(changes(&before, &next)),
            Err(BoardError::Refused(refusal)) => Err(refusal.code),
            Err(BoardError::Invalid { field, .. }) => Err(field),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn whatever_changes_is_a_line_that_the_signer_reads() {
        let one = |change: MemberChange| {
            let lines = changed(2, change).expect("allowed");
            assert_eq!(lines.len(), 1, "{lines:?}");
            lines[0].clone()
        };
        let texts = |text: &str| Some(vec![text.to_owned()]);
        let account = BTreeMap::from([("CHG".to_owned(), "77".to_owned())]);
        for (change, words) in [
            (MemberChange { name: Some("Wei Zhang".into()), ..MemberChange::default() }, "becomes Wei Zhang"),
            (MemberChange { voting: Some(false), ..MemberChange::default() }, "no longer votes"),
            (MemberChange { mandatory: Some(true), ..MemberChange::default() }, "must be present"),
            (MemberChange { accounts: account, ..MemberChange::default() }, "account CHG: 2 becomes 77"),
            (MemberChange { git: texts("wei@example.org"), ..MemberChange::default() }, "in git: wei@example.org"),
            (MemberChange { departments: texts("Payments"), ..MemberChange::default() }, "speaks for: Payments"),
            (MemberChange { scope: texts("ledger"), ..MemberChange::default() }, "decides on: ledger"),
        ] {
            let line = one(change);
            assert!(line.contains(words), "{words:?} in {line:?}");
        }
        assert_eq!(changed(2, MemberChange::default()), Ok(Vec::new()));
    }

    #[test]
    fn the_board_can_always_go_on() {
        let roles = |role| MemberChange { roles: Some(vec![role]), ..MemberChange::default() };
        let root = |hold| MemberChange { hold_root: Some(hold), ..MemberChange::default() };
        assert_eq!(changed(1, roles(Role::BoardMember)), Err("no_root".to_owned()), "root goes with the role");
        let without = MemberChange { hold_root: Some(false), ..roles(Role::BoardMember) };
        assert_eq!(changed(1, without), Err("last_root".to_owned()));
        assert_eq!(changed(1, root(false)), Err("last_root".to_owned()));
        assert_eq!(changed(3, root(true)), Err("no_root".to_owned()), "no key");
        assert_eq!(
            changed(3, roles(Role::Chair)).map(|lines| lines.len()),
            Ok(1),
            "two chairs are one too many for nobody"
        );
        assert_eq!(
            changed(2, MemberChange { roles: Some(Vec::new()), ..MemberChange::default() }),
            Err("roles".to_owned())
        );
    }

    #[test]
    fn a_chair_hands_over_and_two_signatures_are_needed_from_then_on() {
        let mut next = roster();
        let heir = MemberChange {
            roles: Some(vec![Role::Chair, Role::Security]),
            hold_root: Some(true),
            ..MemberChange::default()
        };
        apply(&mut next, id(2), &heir).expect("the deputy becomes chair");
        assert_eq!((next.root_holders.len(), next.threshold), (2, 2));
        let leaves =
            MemberChange { roles: Some(vec![Role::BoardMember]), hold_root: Some(false), ..MemberChange::default() };
        apply(&mut next, id(1), &leaves).expect("the old chair steps down");
        assert_eq!((next.root_holders, next.threshold), (vec![id(2)], 1));
    }

    #[test]
    fn an_account_belongs_to_one_member() {
        let taken = BTreeMap::from([("CHG".to_owned(), "1".to_owned())]);
        assert_eq!(changed(2, MemberChange { accounts: taken, ..MemberChange::default() }), Err("accounts".to_owned()));
        let gone = BTreeMap::from([("CHG".to_owned(), " ".to_owned())]);
        let lines = changed(2, MemberChange { accounts: gone, ..MemberChange::default() }).expect("taken away");
        assert!(lines[0].contains("account CHG: 2 is taken away"), "{lines:?}");
    }

    #[test]
    fn whoever_speaks_for_a_department_is_its_approver_beside_their_roles() {
        let of = |role: Role, departments: &[&str]| {
            let departments = departments.iter().map(|name| (*name).to_owned()).collect();
            roles_words(&Member { departments, ..member(1, "Ines", role, true) })
        };
        assert_eq!(of(Role::ServiceManager, &[]), "Service Manager");
        assert_eq!(
            of(Role::ServiceManager, &["Payments ", "", "Legal"]),
            "Service Manager, approver of Payments, approver of Legal"
        );
        assert_eq!(of(Role::Auditor, &["Payments"]), Role::Auditor.title(), "an auditor approves nothing");
    }

    #[test]
    fn a_mail_address_can_come_later_if_it_is_one_and_nobody_elses() {
        let mut board = roster();
        board.members[0].accounts.insert(MAIL.to_owned(), "ines@example.org".to_owned());
        let given = |address: &str| {
            let mut next = board.clone();
            let accounts = BTreeMap::from([(MAIL.to_owned(), address.to_owned())]);
            match apply(&mut next, id(3), &MemberChange { accounts, ..MemberChange::default() }) {
                Ok(()) => Ok(changes(&board, &next).join("; ")),
                Err(BoardError::Invalid { field, .. }) => Err(field),
                Err(other) => panic!("{other}"),
            }
        };
        assert_eq!(given(" piotr@example.org "), Ok("Piotr's account mail: piotr@example.org is new".to_owned()));
        for other in ["piotr", "@example.org", "piotr@", "Piotr <piotr@example.org>", "a@b.example, c@d.example"] {
            assert_eq!(given(other), Err("accounts".to_owned()), "{other}");
        }
        assert_eq!(given("Ines@Example.org"), Err("accounts".to_owned()), "whose address it is, case aside");
    }
}
