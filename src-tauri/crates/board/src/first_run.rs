//! First run: what a new member sees, and the board they make.
use std::collections::BTreeMap;

use domain::policy::Strength;
use domain::roster::Role;

use crate::boards::{ACCEPTANCE, CreateBoard, Keyholder, NewMember};
use crate::cabinet::Cabinet;
use crate::error::{Answer, BoardError};
use crate::views::{AppStatus, CreateBoardRequest, EnrolmentTerms, MemberDraft};

/// The prefix under which a first connection's changes are known, and with it the accounts that the
/// roster names.
pub(crate) const FIRST_PREFIX: &str = "CHG";

impl Cabinet {
    /// What a member accepts with a PIN, and the PIN's rule.
    #[must_use]
    pub fn enrolment_terms(&self) -> EnrolmentTerms {
        EnrolmentTerms {
            sentence: ACCEPTANCE.to_owned(),
            pin_rule: "At least 8 characters, and not digits only.".to_owned(),
            least_pin_length: u32::try_from(vault::pin::LEAST).unwrap_or(8),
        }
    }

    /// Makes the board; the person at this device becomes its chair and first root holder.
    pub async fn create_board(&self, request: CreateBoardRequest) -> Answer<AppStatus> {
        let mut chair = new_member(&request.chair)?;
        if !chair.roles.contains(&Role::Chair) {
            chair.roles.insert(0, Role::Chair);
        }
        chair.key = Some(Keyholder { pin: request.pin.clone().into(), accepted: request.accepted_sentence.clone() });
        let mut members = vec![chair];
        for other in &request.others {
            let mut member = new_member(other)?;
            // One chair: the person whose key the ceremony uses.
            member.roles.retain(|r| *r != Role::Chair);
            if member.roles.is_empty() {
                member.roles.push(Role::BoardMember);
            }
            members.push(member);
        }
        let CreateBoardRequest { board_name: name, part_11, sealed_relays, .. } = request;
        let strength = Strength::Starter;
        self.create_board_with(CreateBoard { name, members, strength, part_11, sealed_relays }).await?;
        self.app_status().await
    }
}

/// A person as a form has them.
pub(crate) fn new_member(draft: &MemberDraft) -> Answer<NewMember> {
    let mut accounts = BTreeMap::new();
    if let Some(account) = draft.account.as_deref().map(str::trim).filter(|a| !a.is_empty()) {
        // Tickets name people by number. A log-in name would never match, and whoever typed one could sign their
        // own change (R89).
        if account.len() > 20 || !account.bytes().all(|b| b.is_ascii_digit()) {
            return Err(BoardError::invalid(
                "account",
                format!("{account:?} is not the number of an account: it is the last part of the address …/users/17."),
            ));
        }
        accounts.insert(FIRST_PREFIX.to_owned(), account.to_owned());
    }
    Ok(NewMember {
        name: draft.name.trim().to_owned(),
        roles: draft.roles.clone(),
        voting: draft.voting,
        mandatory: draft.mandatory,
        accounts,
        key: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_a_number_so_that_ones_own_change_is_recognised() {
        let draft = |account: &str| MemberDraft {
            name: "Ines Duarte".to_owned(),
            roles: vec![Role::Cto],
            seat: String::new(),
            voting: true,
            mandatory: false,
            account: Some(account.to_owned()),
        };
        assert_eq!(new_member(&draft(" 17 ")).expect("a number").accounts[FIRST_PREFIX], "17");
        assert!(new_member(&draft("")).expect("none yet").accounts.is_empty());
        for wrong in ["iduarte", "17a", "https://tickets.example/users/17"] {
            assert!(matches!(new_member(&draft(wrong)), Err(BoardError::Invalid { .. })), "{wrong} is no number");
        }
    }
}
