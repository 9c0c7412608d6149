//! `cab member`: who sits on the board, with which keys; and what was recorded in a member's name.
use std::path::PathBuf;

use board::{
    ACCEPTANCE, AdmitRequest, AffirmRequest, Cabinet, ChangeMemberRequest, InviteRequest, JoinRequest, MemberChange,
    NameCertificateRequest, RelaySetting, RevokeRequest, SignRosterRequest, SpokenAct,
};
use clap::{Subcommand, ValueEnum};
use serde_json::json;

use crate::boards;
use crate::delegates;
use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::names;
use crate::reply::Reply;
use crate::secrets;
use crate::table::Table;

/// Members and their keys.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Who sits on the board, and who waits to be admitted.
    List,
    /// Make an invitation file for a member, or for somebody new.
    Invite {
        /// The member's name, account or id.
        #[arg(required_unless_present = "new", conflicts_with = "new")]
        member: Option<String>,
        /// 'NAME;ROLES;ACCOUNT;WORDS' for somebody who is not on the roster, as in `cab board create`.
        #[arg(long, value_name = "MEMBER")]
        new: Option<String>,
        /// Under which key prefix the account is known.
        #[arg(long, default_value = "CHG")]
        prefix: String,
        /// Where to write the invitation.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Join a board from an invitation, in an empty data folder: own keys, own PIN.
    Enrol {
        /// The invitation file.
        invitation: PathBuf,
        /// Where to write the enrolment for the chair; it also goes to the board's relay.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// The folder in which entries travel, as this device reaches it.
        #[arg(long, value_name = "FOLDER")]
        folder: Option<PathBuf>,
        /// These keys replace earlier ones of yours: a forgotten PIN, a lost device.
        #[arg(long)]
        replace: bool,
        /// Accept the sentence that is printed without this flag.
        #[arg(long)]
        accept: bool,
    },
    /// Admit a member whose six words you compared on a call.
    Admit {
        /// The member's name, or the six words.
        who: Option<String>,
        /// The enrolment file, if it did not come by the relay.
        #[arg(long, value_name = "FILE")]
        enrolment: Option<PathBuf>,
        /// How you made sure who it is; goes into the record.
        #[arg(long, value_name = "TEXT")]
        checked: String,
        /// The member shall hold root (chair and security only).
        #[arg(long)]
        root: bool,
        /// Who signs; otherwise the chair.
        #[arg(long = "as", value_name = "MEMBER")]
        by: Option<String>,
    },
    /// Sign the roster that another root holder proposed.
    Sign {
        /// Who signs.
        #[arg(long = "as", value_name = "MEMBER")]
        by: String,
    },
    /// Change what the roster says of a member: what is not named stays.
    Change {
        /// Whose.
        member: String,
        /// The printed name.
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// Roles, all of them; again for each.
        #[arg(long, value_name = "ROLE")]
        role: Vec<String>,
        /// Whether the seat votes.
        #[arg(long, value_name = "yes|no", value_parser = yes_or_no)]
        voting: Option<bool>,
        /// Whether the seat must be present for a quorum.
        #[arg(long, value_name = "yes|no", value_parser = yes_or_no)]
        mandatory: Option<bool>,
        /// PREFIX=ACCOUNT in a ticketing system, or mail=ADDRESS from which sign-offs in writing may come; without
        /// the account it is taken away.
        #[arg(long, value_name = "PREFIX=ACCOUNT")]
        account: Vec<String>,
        /// Account or address in git, all of them; `none` for none.
        #[arg(long, value_name = "ACCOUNT")]
        git: Vec<String>,
        /// Department the member speaks for, all of them; `none` for none.
        #[arg(long, value_name = "NAME")]
        department: Vec<String>,
        /// Project for which a technical lead decides, all of them; `none` for every project.
        #[arg(long, value_name = "PROJECT")]
        scope: Vec<String>,
        /// Whether the member's key holds root: may admit others and sign the roster.
        #[arg(long, value_name = "yes|no", value_parser = yes_or_no)]
        root: Option<bool>,
        /// Who signs; otherwise the chair.
        #[arg(long = "as", value_name = "MEMBER")]
        by: Option<String>,
    },
    /// Name the certificate of a member's company in the roster, for what they seal; or take it away.
    Certificate {
        /// Whose.
        member: String,
        /// The certificate and those above it, as `cab identity import --pem` wrote them.
        #[arg(required_unless_present = "remove", conflicts_with = "remove")]
        file: Option<PathBuf>,
        /// The roster names none any more.
        #[arg(long)]
        remove: bool,
        /// Who signs; otherwise the chair.
        #[arg(long = "as", value_name = "MEMBER")]
        by: Option<String>,
    },
    /// Take a member's keys away.
    Revoke {
        /// Whose.
        member: String,
        /// Why: it decides what becomes of signatures nobody has seen yet.
        #[arg(long, value_enum)]
        reason: Reason,
        /// Since when they are gone, as far as anybody knows; otherwise now.
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
        /// Who signs; otherwise the chair.
        #[arg(long = "as", value_name = "MEMBER")]
        by: Option<String>,
    },
    /// Let another sit in your seat (R72): dated, by your own PIN; your key stays yours.
    Delegate(delegates::Delegate),
    /// Which seats are delegated.
    Delegations,
    /// Take a delegation back.
    Undelegate(delegates::Undelegate),
    /// What was recorded in a member's name.
    Spoken {
        /// The member.
        member: String,
    },
    /// Confirm or contest what was recorded in your name, under one PIN.
    Affirm {
        /// The member.
        member: String,
        /// An act that was so, as `cab member spoken` names it; `all` for all that is not contested.
        #[arg(long, value_name = "ACT")]
        confirm: Vec<String>,
        /// ACT=WHAT WAS SO INSTEAD
        #[arg(long, value_name = "ACT=TEXT")]
        contest: Vec<String>,
    },
}

/// Why keys are taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Reason {
    /// The device or PIN is gone, and nobody else has it.
    Lost,
    /// Somebody else may have it.
    Compromised,
    /// The member left the board.
    Left,
}

impl From<Reason> for board::RevocationReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Lost => Self::Lost,
            Reason::Compromised => Self::Compromised,
            Reason::Left => Self::Left,
        }
    }
}

/// Runs the verb.
pub async fn run(host: &Host, verb: Verb) -> Done<Reply> {
    match verb {
        Verb::List => list(host).await,
        Verb::Invite { member, new, prefix, out } => invite(host, member, new, &prefix, out).await,
        Verb::Enrol { invitation, out, folder, replace, accept } => {
            if !accept {
                return Err(CabError::Usage(format!("accept this sentence with --accept: \"{ACCEPTANCE}\"")));
            }
            let file = read(&invitation)?;
            let mut pins = secrets::several(host.global.pin_fd, "--pin-fd", &["yourself".to_owned()])?;
            let pin = pins.pop().ok_or_else(|| CabError::Usage("--pin-fd gave nothing".to_owned()))?;
            let cabinet = host.open().await?;
            let relays = folder.map(|path| vec![RelaySetting::Folder { path }]);
            let request = JoinRequest { invitation: file, pin, accepted: ACCEPTANCE.to_owned(), relays, replace };
            let joined = cabinet.join(request).await?;
            if let Some(out) = &out {
                write(out, &joined.file)?;
            }
            let exchanged = cabinet.exchange().await?;
            let text = format!(
                "{}, you have keys of your own for {}.\nRoster root: {}\nSix words for the call with the chair: {}\n{}",
                joined.name,
                joined.board,
                joined.roster_words,
                joined.words,
                if exchanged.went > 0 {
                    "Your enrolment lies with the relay."
                } else {
                    "Give the enrolment to the chair."
                }
            );
            let result = json!({
                "board": joined.board, "name": joined.name, "words": joined.words, "roster_words": joined.roster_words,
            });
            Ok(Reply { result, text })
        }
        Verb::Admit { who, enrolment, checked, root, by } => {
            let cabinet = host.open().await?;
            admit(host, &cabinet, who, enrolment, checked, root, by).await
        }
        Verb::Sign { by } => {
            let cabinet = host.open().await?;
            let (by, pin) = signer(host, &cabinet, Some(&by)).await?;
            let adopted = cabinet.sign_roster(SignRosterRequest { by, pin }).await?;
            host.finish(&cabinet).await;
            Ok(in_force(adopted))
        }
        Verb::Change { member, name, role, voting, mandatory, account, git, department, scope, root, by } => {
            let roles = role.iter().map(|r| boards::role(r).ok_or_else(|| no_role(r))).collect::<Done<Vec<_>>>()?;
            let accounts = account.iter().map(|a| account_of(a)).collect::<Done<_>>()?;
            let change = MemberChange {
                name,
                roles: (!roles.is_empty()).then_some(roles),
                voting,
                mandatory,
                accounts,
                git: all_of(git),
                departments: all_of(department),
                scope: all_of(scope),
                hold_root: root,
            };
            let cabinet = host.open().await?;
            let member = names::member(&cabinet.members().await?, &member)?.member.id.clone();
            let (by, pin) = signer(host, &cabinet, by.as_deref()).await?;
            let adopted = cabinet.change_member(ChangeMemberRequest { member, change, by, pin }).await?;
            host.finish(&cabinet).await;
            Ok(in_force(adopted))
        }
        Verb::Certificate { member, file, remove: _, by } => {
            let pem = file.as_ref().map(read).transpose()?;
            let pem = pem.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            let cabinet = host.open().await?;
            let member = names::member(&cabinet.members().await?, &member)?.member.id.clone();
            let (by, pin) = signer(host, &cabinet, by.as_deref()).await?;
            let adopted = cabinet.name_certificate(NameCertificateRequest { member, pem, by, pin }).await?;
            host.finish(&cabinet).await;
            Ok(in_force(adopted))
        }
        Verb::Revoke { member, reason, from, by } => {
            let from = from.as_deref().map(names::time).transpose()?;
            let cabinet = host.open().await?;
            let member = names::member(&cabinet.members().await?, &member)?.member.id.clone();
            let (by, pin) = signer(host, &cabinet, by.as_deref()).await?;
            let adopted = cabinet.revoke(RevokeRequest { member, reason: reason.into(), from, by, pin }).await?;
            host.finish(&cabinet).await;
            Ok(in_force(adopted))
        }
        Verb::Delegate(args) => delegates::delegate(host, args).await,
        Verb::Delegations => delegates::list(&host.open().await?).await,
        Verb::Undelegate(args) => delegates::undelegate(host, args).await,
        Verb::Spoken { member } => {
            let cabinet = host.open().await?;
            let id = names::member(&cabinet.members().await?, &member)?.member.id.clone();
            let acts = cabinet.spoken(&id).await?;
            Ok(Reply::of(&acts, listed(&acts)))
        }
        Verb::Affirm { member, confirm, contest } => affirm(host, &member, confirm, contest).await,
    }
}

async fn list(host: &Host) -> Done<Reply> {
    let cabinet = host.open().await?;
    let members = cabinet.members().await?;
    let waiting = cabinet.admissions().await?;
    let mut text = boards::roster(&members);
    for one in &waiting {
        text.push_str(&format!("\n{} waits to be admitted: {}", one.name, one.words));
    }
    Ok(Reply { result: json!({ "members": members, "waiting": waiting }), text })
}

async fn invite(host: &Host, member: Option<String>, new: Option<String>, prefix: &str, out: PathBuf) -> Done<Reply> {
    let cabinet = host.open().await?;
    let request = match (member, new) {
        (Some(typed), _) => InviteRequest::Member(names::member(&cabinet.members().await?, &typed)?.member.id.clone()),
        (None, Some(text)) => InviteRequest::Seat(boards::seat(&text, prefix)?),
        (None, None) => return Err(CabError::Usage("name a member, or somebody --new".to_owned())),
    };
    let invited = cabinet.invite(request).await?;
    write(&out, &invited.file)?;
    let text = format!(
        "Invitation for {} in {}\nRoster root, to be read out on the call: {}",
        invited.name,
        out.display(),
        invited.roster_words
    );
    let result =
        json!({ "member": invited.member, "name": invited.name, "file": out, "roster_words": invited.roster_words });
    Ok(Reply { result, text })
}

async fn admit(
    host: &Host,
    cabinet: &Cabinet,
    who: Option<String>,
    enrolment: Option<PathBuf>,
    checked: String,
    hold_root: bool,
    by: Option<String>,
) -> Done<Reply> {
    let meant = match &enrolment {
        Some(file) => Some(cabinet.receive_enrolment(&read(file)?).await?),
        None => {
            cabinet.exchange().await?;
            None
        }
    };
    let waiting = cabinet.admissions().await?;
    let typed = who.as_deref().unwrap_or_default().trim().to_lowercase();
    let fits = |a: &&board::Admission| match &meant {
        Some(meant) => a.enrolment == meant.enrolment,
        None => typed.is_empty() || a.words == typed || a.name.to_lowercase().contains(&typed),
    };
    let mut fitting = waiting.iter().filter(fits);
    let one = match (fitting.next(), fitting.next()) {
        (Some(one), None) => one.clone(),
        (Some(_), Some(_)) => {
            return Err(CabError::Usage("more than one waits to be admitted; give the six words".to_owned()));
        }
        (None, _) => return Err(board::BoardError::not_found("enrolment that waits", typed).into()),
    };
    let (by, pin) = signer(host, cabinet, by.as_deref()).await?;
    let request = AdmitRequest { enrolment: one.enrolment, by, pin, checked, hold_root };
    let adopted = cabinet.admit(request).await?;
    host.finish(cabinet).await;
    let mut reply = in_force(adopted);
    reply.text = format!("{} ({})\n{}", one.name, one.words, reply.text);
    Ok(reply)
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("yes or no".to_owned()),
    }
}

fn no_role(text: &str) -> CabError {
    CabError::Usage(format!("--role {text:?} is no role"))
}

fn account_of(text: &str) -> Done<(String, String)> {
    let (prefix, account) =
        text.split_once('=').ok_or_else(|| CabError::Usage(format!("--account {text:?}: write PREFIX=ACCOUNT")))?;
    Ok((prefix.trim().to_owned(), account.trim().to_owned()))
}

/// Nothing named: as it is. `none`: none.
fn all_of(named: Vec<String>) -> Option<Vec<String>> {
    match named.as_slice() {
        [] => None,
        [none] if none == "none" => Some(Vec::new()),
        _ => Some(named),
    }
}

fn in_force(adopted: bool) -> Reply {
    let text = if adopted {
        "The new roster is in force."
    } else {
        "Signed. The new roster waits for another root holder: `cab member sign`."
    };
    Reply { result: json!({ "in_force": adopted }), text: text.to_owned() }
}

async fn affirm(host: &Host, member: &str, confirm: Vec<String>, contest: Vec<String>) -> Done<Reply> {
    let cabinet = host.open().await?;
    let id = names::member(&cabinet.members().await?, member)?.member.id.clone();
    let contested = contest
        .iter()
        .map(|text| {
            let split = text.split_once('=');
            split
                .map(|(act, reason)| (act.trim().to_owned(), reason.trim().to_owned()))
                .ok_or_else(|| CabError::Usage(format!("--contest {text:?}: write ACT=WHAT WAS SO INSTEAD")))
        })
        .collect::<Done<Vec<_>>>()?;
    let all = confirm.iter().any(|c| c == "all");
    if all && cabinet.pin_every_act().await? {
        let why = "--confirm all: on this board each act is named (21 CFR Part 11); `cab member spoken` lists them";
        return Err(CabError::Usage(why.to_owned()));
    }
    let confirmed = if all {
        let open = cabinet.spoken(&id).await?.into_iter().filter(|a| a.answer.is_none()).map(|a| a.act);
        open.filter(|act| !contested.iter().any(|(c, _)| c == act)).collect()
    } else {
        confirm
    };
    let pin = secrets::one(host.global.pin_fd, "--pin-fd", &format!("PIN of {member}: "))?;
    let answered = cabinet.affirm(AffirmRequest { member: id.clone(), pin, confirmed, contested }).await?;
    host.finish(&cabinet).await;
    let acts = cabinet.spoken(&id).await?;
    let text = format!("{answered} answered\n\n{}", listed(&acts));
    Ok(Reply { result: json!({ "answered": answered, "acts": acts }), text })
}

fn listed(acts: &[SpokenAct]) -> String {
    if acts.is_empty() {
        return "Nothing was recorded in this member's name.".to_owned();
    }
    let mut table = Table::new(&["Act", "Meeting", "Item", "Recorded", "On the word of", "Answer"]);
    for a in acts {
        table.row([
            a.act.as_str(),
            a.meeting.as_str(),
            a.item.as_deref().unwrap_or(""),
            a.what.as_str(),
            a.recorder.as_str(),
            a.answer.as_deref().unwrap_or("open"),
        ]);
    }
    table.text()
}

/// Who signs, and their PIN; without a name the chair.
pub async fn signer(host: &Host, cabinet: &Cabinet, typed: Option<&str>) -> Done<(String, board::SecretString)> {
    let members = cabinet.members().await?;
    let who = match typed {
        Some(typed) => names::member(&members, typed)?,
        None => members
            .iter()
            .find(|m| m.member.roles.contains(&board::views::Role::Chair))
            .ok_or_else(|| board::BoardError::not_found("chair", "on the roster"))?,
    };
    let pin = secrets::one(host.global.pin_fd, "--pin-fd", &format!("PIN of {}: ", who.member.name))?;
    Ok((who.member.id.clone(), pin))
}

fn read(path: &PathBuf) -> Done<Vec<u8>> {
    std::fs::read(path).map_err(CabError::file(path))
}

fn write(path: &PathBuf, bytes: &[u8]) -> Done<()> {
    std::fs::write(path, bytes).map_err(CabError::file(path))
}
