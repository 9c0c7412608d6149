//! Segregation of duties (R89), judged from signed data alone: whoever wrote or asked for a change, or
//! committed its code, never signs or votes on it, and whoever deploys it is never its only approver.
//!
//! Who committed is told by the merge requests beside the ticket, as far as the roster knows whose accounts
//! and addresses those are; a committer whom it does not know blocks nobody.
//!
//! What cannot be judged is refused: no author, an author's account that several people or programs
//! use, or a signer without an account in the ticketing system.
use std::collections::BTreeSet;

use crate::change::{Account, ChangeRequest};
use crate::entry::Involved;
use crate::ids::MemberId;
use crate::policy::Policy;
use crate::roster::{Member, Roster};

#[cfg(test)]
mod tests;

/// Why a member may not act on a change (R89).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Duty {
    /// Not on the roster.
    #[error("not a member of the board by this roster (R68)")]
    NotAMember,
    /// Without an account nobody can tell whether it is the member's own change.
    #[error("no account in {prefix} is mapped to this member, so their own changes cannot be told apart (R89)")]
    NoAccount {
        /// The ticketing system.
        prefix: String,
    },
    /// The ticket names no author.
    #[error("the change names no author, so nobody can show not to be it (R89)")]
    AuthorMissing,
    /// The author's account belongs to nobody in particular.
    #[error("the author's account {account} is shared or a service account (R89)")]
    AuthorShared {
        /// The remote's account id.
        account: String,
    },
    /// Their own change.
    #[error("wrote the change (R89)")]
    Author,
    /// Their own request.
    #[error("requested the change (R89)")]
    Requester,
    /// Their own code.
    #[error("committed the code of the change (R89)")]
    Committer,
    /// They deploy it.
    #[error("deploys the change (R89)")]
    Deployer,
    /// Nobody else approved.
    #[error("whoever deploys the change is its only approver (R89)")]
    OnlyDeployer,
    /// Several people or programs act under the member's account.
    #[error("the member's own account {account} is shared (R89)")]
    OwnShared {
        /// The remote's account id.
        account: String,
    },
}

impl Duty {
    /// A stable code for refusals.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAMember => "duty-not-a-member",
            Self::NoAccount { .. } => "duty-no-account",
            Self::AuthorMissing => "duty-author-missing",
            Self::AuthorShared { .. } => "duty-author-shared",
            Self::Author => "duty-author",
            Self::Requester => "duty-requester",
            Self::Committer => "duty-committer",
            Self::Deployer => "duty-deployer",
            Self::OnlyDeployer => "duty-only-deployer",
            Self::OwnShared { .. } => "duty-own-shared",
        }
    }
    /// What would satisfy the rule.
    #[must_use]
    pub fn satisfied_by(&self) -> &'static str {
        match self {
            Self::NotAMember => "admit the person to the board's roster",
            Self::NoAccount { .. } => "enter the member's account in the roster",
            Self::AuthorMissing => "sync the change again, or have its author named in the ticket",
            Self::AuthorShared { .. } => "have the ticket written by an identified person's own account",
            Self::Author | Self::Requester | Self::Committer => "another member decides or signs",
            Self::Deployer => "another member records, decides or votes",
            Self::OnlyDeployer => "another authority approves as well",
            Self::OwnShared { .. } => "have the roster name an account that is the member's alone",
        }
    }
}

/// The accounts on a change, as they go into what is signed.
#[must_use]
pub fn involved(change: &ChangeRequest) -> Involved {
    let id = |a: &Option<Account>| a.as_ref().map(|a| a.id.clone()).filter(|id| !id.trim().is_empty());
    Involved {
        author: id(&change.author),
        requester: id(&change.requester),
        deployer: id(&change.deployer),
        committers: change.committers.clone(),
    }
}

/// Whether the member is among those who committed the code: by an account or a mail address in git that the roster says is
/// theirs. Mail addresses are compared without regard to the case of ASCII letters, accounts exactly.
#[must_use]
pub fn has_committed(member: &Member, involved: &Involved) -> bool {
    involved.committers.iter().any(|committer| is_theirs(member, committer))
}

/// Of the accounts and addresses that merge requests name, those that the roster knows, sorted, each once. The others block
/// nobody, and are no business of a record that is kept for years.
#[must_use]
pub fn known_committers<'c>(roster: &Roster, told: impl Iterator<Item = &'c str>) -> Vec<String> {
    let told: BTreeSet<&str> = told.map(str::trim).collect();
    let known = told.into_iter().filter(|committer| roster.members.iter().any(|m| is_theirs(m, committer)));
    known.map(str::to_owned).collect()
}

/// How many of the accounts and addresses that merge requests name are nobody's on the roster, each counted once (R89).
/// Whether one is a member's all the same nobody can tell from them.
#[must_use]
pub fn unknown_committers<'c>(roster: &Roster, told: impl Iterator<Item = &'c str>) -> u32 {
    let told: BTreeSet<&str> = told.map(str::trim).filter(|committer| !committer.is_empty()).collect();
    let unknown = told.into_iter().filter(|committer| !roster.members.iter().any(|m| is_theirs(m, committer)));
    u32::try_from(unknown.count()).unwrap_or(u32::MAX)
}

/// Whether both name the same author, requester and deployer. Who committed is asked of each member apart: merge requests
/// come when they come, and no ticket is edited by that.
#[must_use]
pub fn same_ticket(one: &Involved, other: &Involved) -> bool {
    one.author == other.author && one.requester == other.requester && one.deployer == other.deployer
}

/// The author's account, if it is one person's. An account that two members claim is shared.
///
/// # Errors
/// The author is missing or shared.
pub fn identified_author<'i>(
    roster: &Roster,
    policy: &Policy,
    prefix: &str,
    involved: &'i Involved,
) -> Result<&'i str, Duty> {
    let author = known(&involved.author).ok_or(Duty::AuthorMissing)?;
    let claimed = roster.members.iter().filter(|m| account(m, prefix) == Some(author)).count();
    if policy.is_shared(prefix, author) || claimed > 1 {
        return Err(Duty::AuthorShared { account: author.to_owned() });
    }
    Ok(author)
}

/// Whether the member may sign the change off. The verifier asks the same from the signed entry.
///
/// # Errors
/// The duty that forbids it. Deploying it oneself does not; see [`not_only_deployer`].
pub fn may_sign(
    roster: &Roster,
    policy: &Policy,
    member: MemberId,
    prefix: &str,
    involved: &Involved,
) -> Result<(), Duty> {
    let member = roster.member(member).ok_or(Duty::NotAMember)?;
    account(member, prefix).ok_or_else(|| Duty::NoAccount { prefix: prefix.to_owned() })?;
    identified_author(roster, policy, prefix, involved)?;
    own_change(member, prefix, involved)
}

/// Whether the member may vote on the change: advice, so what cannot be judged does not bar;
/// author, requester, committers and deployer are barred (`meeting.md`, *Votes*).
///
/// # Errors
/// The duty that forbids it.
pub fn may_vote(roster: &Roster, member: MemberId, prefix: &str, involved: &Involved) -> Result<(), Duty> {
    let member = roster.member(member).ok_or(Duty::NotAMember)?;
    own_change(member, prefix, involved)?;
    let own = account(member, prefix);
    if own.is_some() && own == known(&involved.deployer) { Err(Duty::Deployer) } else { Ok(()) }
}

/// Whether the member may record an authority's sign-off on the change: never on one they wrote,
/// requested, committed or deploy (`record.md`, *Who acts*).
///
/// # Errors
/// The duty that forbids it.
pub fn may_record(
    roster: &Roster,
    policy: &Policy,
    recorder: MemberId,
    prefix: &str,
    involved: &Involved,
) -> Result<(), Duty> {
    may_sign(roster, policy, recorder, prefix, involved)?;
    let own = roster.member(recorder).and_then(|m| account(m, prefix));
    if own.is_some() && own == known(&involved.deployer) { Err(Duty::Deployer) } else { Ok(()) }
}

/// Whether the member may rule an edit of the change immaterial: as who records an authority's sign-off, and for the same
/// reason.
///
/// # Errors
/// The duty that forbids it.
pub fn may_rule(
    roster: &Roster,
    policy: &Policy,
    member: MemberId,
    prefix: &str,
    involved: &Involved,
) -> Result<(), Duty> {
    may_record(roster, policy, member, prefix, involved)
}

/// Whether the member may waive, override or except for the change, or second it: as who rules on an edit of it, and never
/// under an account that several people or programs use, since two such people could be one.
///
/// # Errors
/// The duty that forbids it.
pub fn may_dispense(
    roster: &Roster,
    policy: &Policy,
    member: MemberId,
    prefix: &str,
    involved: &Involved,
) -> Result<(), Duty> {
    may_rule(roster, policy, member, prefix, involved)?;
    let own = roster.member(member).and_then(|m| account(m, prefix)).unwrap_or_default();
    let claimed = roster.members.iter().filter(|m| account(m, prefix) == Some(own)).count();
    if policy.is_shared(prefix, own) || claimed > 1 {
        return Err(Duty::OwnShared { account: own.to_owned() });
    }
    Ok(())
}

/// Whether somebody besides the deployer is among the approvers. An approver without an account
/// might be the deployer and does not count; without a deployer any approver does.
///
/// # Errors
/// [`Duty::OnlyDeployer`].
pub fn not_only_deployer(
    roster: &Roster,
    approvers: &[MemberId],
    prefix: &str,
    involved: &Involved,
) -> Result<(), Duty> {
    let Some(deployer) = known(&involved.deployer) else { return Ok(()) };
    let another =
        |id: &MemberId| roster.member(*id).and_then(|m| account(m, prefix)).is_some_and(|account| account != deployer);
    if approvers.is_empty() || approvers.iter().any(another) { Ok(()) } else { Err(Duty::OnlyDeployer) }
}

/// Whether somebody carries the approval who neither committed the code nor, beside who did, deploys it alone (R89). Merge
/// requests may tell only after a signature who committed.
///
/// # Errors
/// [`Duty::Committer`], [`Duty::OnlyDeployer`].
pub fn not_only_committers(
    roster: &Roster,
    approvers: &[MemberId],
    prefix: &str,
    involved: &Involved,
) -> Result<(), Duty> {
    let committed = |id: &MemberId| roster.member(*id).is_some_and(|member| has_committed(member, involved));
    let others: Vec<MemberId> = approvers.iter().copied().filter(|id| !committed(id)).collect();
    if others.len() == approvers.len() {
        return Ok(());
    }
    if others.is_empty() { Err(Duty::Committer) } else { not_only_deployer(roster, &others, prefix, involved) }
}

/// Whether an account's name looks like one that several people or programs use. Only a hint for
/// people: what counts is the policy's list.
#[must_use]
pub fn looks_shared(account: &Account) -> bool {
    const WORDS: [&str; 22] = [
        "admin",
        "administrator",
        "anonymous",
        "automation",
        "bot",
        "build",
        "ci",
        "cron",
        "daemon",
        "deploy",
        "gitlab",
        "integration",
        "jenkins",
        "noreply",
        "pipeline",
        "robot",
        "root",
        "service",
        "shared",
        "svc",
        "system",
        "team",
    ];
    account.name.split(|c: char| !c.is_alphanumeric()).any(|word| WORDS.contains(&word.to_lowercase().as_str()))
}

fn own_change(member: &Member, prefix: &str, involved: &Involved) -> Result<(), Duty> {
    let own = account(member, prefix);
    if own.is_some() && known(&involved.author) == own {
        Err(Duty::Author)
    } else if own.is_some() && known(&involved.requester) == own {
        Err(Duty::Requester)
    } else if has_committed(member, involved) {
        Err(Duty::Committer)
    } else {
        Ok(())
    }
}

/// Whether an account or a mail address in git is the member's by the roster; a blank one is nobody's.
fn is_theirs(member: &Member, committer: &str) -> bool {
    let committer = committer.trim();
    let same = |own: &str| if own.contains('@') { own.eq_ignore_ascii_case(committer) } else { own == committer };
    !committer.is_empty() && member.git.iter().any(|own| same(own.trim()))
}

/// A blank account id is none: it must fail closed, not match another blank.
fn known(account: &Option<String>) -> Option<&str> {
    account.as_deref().map(str::trim).filter(|a| !a.is_empty())
}

fn account<'m>(member: &'m Member, prefix: &str) -> Option<&'m str> {
    member.accounts.get(prefix).map(|a| a.trim()).filter(|a| !a.is_empty())
}
