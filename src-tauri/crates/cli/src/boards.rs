//! `cab board`: making the board, and showing who sits on it.
use std::collections::BTreeMap;

use board::views::{MemberRow, Role};
use board::{ACCEPTANCE, CreateBoard, Keyholder, MAIL, NewMember};
use clap::Subcommand;
use serde_json::json;

use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::reply::Reply;
use crate::secrets;
use crate::table::Table;

/// The board: make it, show it.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Make a board in the (empty) data folder: roster version 1, certificate root, policy.
    ///
    /// Each --member is 'NAME;ROLES;ACCOUNT;WORDS', for example
    /// 'Ines Duarte;chair,board-member;12;voting;mandatory;key'. ROLES are separated by commas: chair, cto,
    /// technical-lead, release-manager, service-manager, security, board-member. ACCOUNT is the account's id in the
    /// ticketing system, or nothing: who has none cannot sign (R89). WORDS: voting, mandatory, key,
    /// mail=ADDRESS (from which sign-offs in writing may come); a member with `key` enrols now, with a PIN of
    /// their own. The first chair always does.
    ///
    /// PINs are asked for, or read with --pin-fd: one line for each member with a key, in the order of the --member
    /// options.
    #[command(verbatim_doc_comment)]
    Create {
        /// The board's name.
        #[arg(long)]
        name: String,
        /// 'NAME;ROLES;ACCOUNT;WORDS'; once for each member.
        #[arg(long = "member", value_name = "MEMBER", required = true)]
        members: Vec<String>,
        /// observe, starter or full: how much the built-in policy blocks.
        #[arg(long, default_value = "starter")]
        strength: String,
        /// Every signature takes the PIN, and nothing stays unlocked (21 CFR Part 11).
        #[arg(long = "part-11")]
        part_11: bool,
        /// Entries are sealed to the members before they go to a relay: who can read the folder or table reads none of them.
        #[arg(long)]
        sealed_relays: bool,
        /// Under which key prefix the accounts are known.
        #[arg(long, default_value = "CHG")]
        prefix: String,
        /// Every member with a key accepts the sentence that `cab board create` prints without this flag.
        #[arg(long)]
        accept: bool,
    },
    /// The board and its members.
    Show,
}

/// Runs the verb.
pub async fn run(host: &Host, verb: Verb) -> Done<Reply> {
    match verb {
        Verb::Create { name, members, strength, part_11, sealed_relays, prefix, accept } => {
            let mut members = members.iter().map(|m| parse(m, &prefix)).collect::<Done<Vec<_>>>()?;
            if let Some((chair, key)) = members.iter_mut().find(|(m, _)| m.roles.contains(&Role::Chair)) {
                tracing::debug!(chair = %chair.name, "the chair enrols");
                *key = true;
            }
            let strength = board::strength(&strength)?;
            if !accept {
                return Err(CabError::Usage(format!(
                    "each member with a key accepts this sentence with --accept: \"{ACCEPTANCE}\""
                )));
            }
            let who: Vec<String> = members.iter().filter(|(_, key)| *key).map(|(m, _)| m.name.clone()).collect();
            let mut pins = secrets::several(host.global.pin_fd, "--pin-fd", &who)?.into_iter();
            let members = members
                .into_iter()
                .map(|(mut member, key)| {
                    if key {
                        member.key = pins.next().map(|pin| Keyholder { pin, accepted: ACCEPTANCE.to_owned() });
                    }
                    member
                })
                .collect();
            let cabinet = host.open().await?;
            let request = CreateBoard { name, members, strength, part_11, sealed_relays };
            cabinet.create_board_with(request).await?;
            show(host, &cabinet).await
        }
        Verb::Show => {
            let cabinet = host.open().await?;
            show(host, &cabinet).await
        }
    }
}

async fn show(host: &Host, cabinet: &board::Cabinet) -> Done<Reply> {
    let status = cabinet.app_status().await?;
    let Some(summary) = status.board.clone() else {
        return Err(board::BoardError::not_found("board", format!("in {}", host.data_dir().display())).into());
    };
    let members = cabinet.members().await?;
    let root = cabinet.certificate_root().await?;
    let mut text = format!("{}\nRoster {}, policy {}", summary.name, summary.roster_version, summary.policy_label);
    if summary.provisional {
        text.push_str(", provisional: one keyholder only");
    }
    if summary.sample {
        text.push_str("\nThis is the sample board: what it signs proves nothing.");
    }
    text.push_str(&format!("\n{}\n\n{}", status.keystore.label, roster(&members)));
    let result = json!({
        "board": summary,
        "members": members,
        "keystore": status.keystore,
        "data_dir": host.data_dir(),
        "certificate_root": root,
    });
    Ok(Reply { result, text })
}

/// The members as a table.
pub fn roster(members: &[MemberRow]) -> String {
    let mut table = Table::new(&["Member", "Seat", "Votes", "Key", "Account"]);
    for m in members {
        table.row([
            m.member.name.as_str(),
            m.seat.as_str(),
            match (m.voting, m.mandatory) {
                (true, true) => "yes, mandatory",
                (true, false) => "yes",
                (false, _) => "no",
            },
            if m.has_key { "own" } else { "none" },
            m.account.as_deref().unwrap_or("none"),
        ]);
    }
    table.text()
}

/// A seat for somebody who is to be invited.
pub fn seat(text: &str, prefix: &str) -> Done<board::NewSeat> {
    let (new, _) = parse(text, prefix)?;
    Ok(board::NewSeat {
        name: new.name,
        roles: new.roles,
        voting: new.voting,
        mandatory: new.mandatory,
        accounts: new.accounts,
    })
}

/// A `--member`, and whether they enrol now.
fn parse(text: &str, prefix: &str) -> Done<(NewMember, bool)> {
    let wrong = |why: String| CabError::Usage(format!("--member {text:?}: {why}"));
    let mut fields = text.split(';').map(str::trim);
    let name = fields.next().unwrap_or_default().to_owned();
    if name.is_empty() {
        return Err(wrong("a name comes first".to_owned()));
    }
    let roles = fields
        .next()
        .ok_or_else(|| wrong("NAME;ROLES is the least".to_owned()))?
        .split(',')
        .map(str::trim)
        .filter(|r| !r.is_empty())
        .map(|r| role(r).ok_or_else(|| wrong(format!("{r:?} is no role"))))
        .collect::<Done<Vec<_>>>()?;
    if roles.is_empty() {
        return Err(wrong("a member has at least one role".to_owned()));
    }
    let mut accounts = BTreeMap::new();
    if let Some(account) = fields.next().filter(|a| !a.is_empty()) {
        accounts.insert(prefix.to_owned(), account.to_owned());
    }
    let (mut voting, mut mandatory, mut key) = (false, false, false);
    for word in fields.filter(|w| !w.is_empty()) {
        match word {
            "voting" => voting = true,
            "mandatory" => mandatory = true,
            "key" => key = true,
            other if other.starts_with("mail=") && other.contains('@') => {
                accounts.insert(MAIL.to_owned(), other.trim_start_matches("mail=").trim().to_owned());
            }
            other => return Err(wrong(format!("{other:?} is none of voting, mandatory, key, mail=ADDRESS"))),
        }
    }
    if mandatory && !voting {
        return Err(wrong("a mandatory seat votes; add `voting`".to_owned()));
    }
    Ok((NewMember { name, roles, voting, mandatory, accounts, key: None }, key))
}

/// The role of this word, as `technical lead`.
pub fn role(word: &str) -> Option<Role> {
    serde_json::from_value(json!(word.to_lowercase().replace([' ', '-'], "_"))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_read_field_by_field() {
        let (member, key) =
            parse("Ines Duarte; chair, board-member; 12; voting; mandatory; key", "CHG").expect("right");
        assert_eq!((member.name.as_str(), member.voting, member.mandatory, key), ("Ines Duarte", true, true, true));
        assert_eq!(member.roles, [Role::Chair, Role::BoardMember]);
        assert_eq!(member.accounts.get("CHG").map(String::as_str), Some("12"));
        let (member, key) = parse("Guest;security", "CHG").expect("the least");
        assert!(!member.voting && member.accounts.is_empty() && !key, "nothing is assumed");
        let (member, _) = parse("Guest;cto;;voting;mail=g@example.org", "CHG").expect("no account");
        let mail = BTreeMap::from([(MAIL.to_owned(), "g@example.org".to_owned())]);
        assert_eq!(member.accounts, mail);
    }

    #[test]
    fn a_member_that_is_not_understood_is_refused_with_the_reason() {
        for (text, told) in [
            (";chair", "a name"),
            ("Ines", "NAME;ROLES"),
            ("Ines;captain", "\"captain\" is no role"),
            ("Ines;chair;12;vote", "none of voting"),
            ("Ines;chair;12;mail=nobody", "none of voting"),
            ("Ines;chair;12;mandatory", "add `voting`"),
            ("Ines; ;12", "at least one role"),
        ] {
            let error = parse(text, "CHG").expect_err(text);
            assert_eq!(error.code(), crate::exit::USAGE);
            assert!(error.to_string().contains(told), "{error} does not say {told}");
        }
    }
}
