//! A sign-off in writing: an authority without a key writes a fixed line in a ticket comment or a mail, and a keyholder
//! records it (`record.md`, *written*). Whose account wrote it and what the line says is judged here, from signed data.
//!
//! The line is fixed so that nobody has to interpret it: a whole line of its own, the change's key and the beginning of
//! the manifest's digest. What is quoted from the question never counts, because there the line is not alone.
use crate::entry::{SignOffBody, Verdict, Written, WrittenSource};
use crate::ids::{ChangeKey, Digest, MemberId};
use crate::policy::Policy;
use crate::roster::{Member, Roster};

#[cfg(test)]
mod tests;

/// How many hexadecimal digits of the manifest's digest are quoted. More than people compare elsewhere: whoever records
/// also chooses the salts, and could look for two manifests that begin alike.
pub const SHORT_DIGITS: usize = 16;

/// Under this name a member's mail address stands among their accounts in the roster.
pub const MAIL: &str = "mail";

/// Why something written is no sign-off.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotWritten {
    /// No line of it is one of the two sentences.
    #[error("no line of its own says \"{approve}\" or \"{reject}: …\"")]
    NotSaid {
        /// The sentence that approves.
        approve: String,
        /// The sentence that rejects, without its reason.
        reject: String,
    },
    /// It says both.
    #[error("it approves and rejects at once")]
    Both,
    /// The entry says something else than the words it quotes.
    #[error("the words say {said}, the entry says {claimed}")]
    Otherwise {
        /// What the words say.
        said: &'static str,
        /// What the entry says.
        claimed: &'static str,
    },
    /// The entry gives another reason than the words.
    #[error("the entry gives another reason than the words")]
    OtherReason,
    /// Somebody else's account.
    #[error("{account} is no account of {name} in the roster")]
    NotTheirs {
        /// The account or address.
        account: String,
        /// Who is said to have written it.
        name: String,
    },
    /// An account that belongs to nobody in particular.
    #[error("{account} is claimed by several members, or is a shared account")]
    Shared {
        /// The account or address.
        account: String,
    },
}

impl NotWritten {
    /// A stable code for refusals.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSaid { .. } => "written-not-said",
            Self::Both => "written-both",
            Self::Otherwise { .. } => "written-otherwise",
            Self::OtherReason => "written-other-reason",
            Self::NotTheirs { .. } => "written-not-theirs",
            Self::Shared { .. } => "written-shared",
        }
    }
    /// What would satisfy the rule.
    #[must_use]
    pub fn satisfied_by(&self) -> &'static str {
        match self {
            Self::NotSaid { .. } => "ask for the line again, alone on a line and as it was given",
            Self::Both => "ask for one of the two lines",
            Self::Otherwise { .. } | Self::OtherReason => "record what the words say",
            Self::NotTheirs { .. } => {
                "have it written from the member's own account, or enter the account in the roster"
            }
            Self::Shared { .. } => "have it written from an account that is one person's own",
        }
    }
}

/// What somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// For or against.
    pub verdict: Verdict,
    /// Why; empty for an approval.
    pub reason: String,
    /// The line, its white space made single spaces.
    pub quote: String,
}

/// The digest as it is quoted: the first [`SHORT_DIGITS`] hexadecimal digits.
#[must_use]
pub fn short_digest(manifest: Digest) -> String {
    manifest.to_string().chars().take(SHORT_DIGITS).collect()
}

/// The sentence to be written; a rejection goes on with a colon and the reason.
#[must_use]
pub fn sentence(verdict: Verdict, change: &ChangeKey, manifest: Digest) -> String {
    format!("I {} {change} {}", word(verdict), short_digest(manifest))
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Approve => "approve",
        Verdict::Reject => "reject",
    }
}

/// Reads what a text says of the change as it was shown.
///
/// # Errors
/// [`NotWritten::NotSaid`] or [`NotWritten::Both`].
pub fn said_in(text: &str, change: &ChangeKey, manifest: Digest) -> Result<Said, NotWritten> {
    let approve = sentence(Verdict::Approve, change, manifest);
    let reject = sentence(Verdict::Reject, change, manifest);
    let mut found: Option<Said> = None;
    for line in text.lines() {
        let quote = line.split([' ', '\t', '\r']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        let Some(said) = read_line(&quote, &approve, &reject) else { continue };
        if found.as_ref().is_some_and(|before| before.verdict != said.verdict) {
            return Err(NotWritten::Both);
        }
        found.get_or_insert(said);
    }
    found.ok_or(NotWritten::NotSaid { approve, reject })
}

fn read_line(quote: &str, approve: &str, reject: &str) -> Option<Said> {
    let said = |verdict, reason: &str| Said { verdict, reason: reason.to_owned(), quote: quote.to_owned() };
    if quote.strip_suffix('.').unwrap_or(quote) == approve {
        return Some(said(Verdict::Approve, ""));
    }
    let reason = quote.strip_prefix(reject)?.strip_prefix(':')?.trim_start_matches(' ');
    (!reason.is_empty()).then(|| said(Verdict::Reject, reason))
}

/// Whether the words an entry quotes say what the entry says: of this change, over this manifest, this verdict.
///
/// # Errors
/// What differs.
pub fn check_quote(body: &SignOffBody, written: &Written, manifest: Digest) -> Result<(), NotWritten> {
    let said = said_in(&written.quote, &body.change, manifest)?;
    if said.quote != written.quote {
        // More lines than the one, or white space that no reading leaves.
        let (approve, reject) = (Verdict::Approve, Verdict::Reject);
        let sentence = |verdict| sentence(verdict, &body.change, manifest);
        return Err(NotWritten::NotSaid { approve: sentence(approve), reject: sentence(reject) });
    }
    if said.verdict != body.verdict {
        return Err(NotWritten::Otherwise { said: word(said.verdict), claimed: word(body.verdict) });
    }
    if said.reason == body.reason { Ok(()) } else { Err(NotWritten::OtherReason) }
}

/// Whether the account that wrote it is the actor's own, and nobody else's.
///
/// # Errors
/// [`NotWritten::NotTheirs`] or [`NotWritten::Shared`].
pub fn check_account(
    roster: &Roster,
    policy: &Policy,
    actor: MemberId,
    prefix: &str,
    written: &Written,
) -> Result<(), NotWritten> {
    let name = match written.source {
        WrittenSource::Comment => prefix,
        WrittenSource::Mail => MAIL,
    };
    let account = written.account.trim();
    let theirs = |member: &Member| {
        member.accounts.get(name).map(|a| a.trim()).is_some_and(|own| match written.source {
            WrittenSource::Comment => !own.is_empty() && own == account,
            WrittenSource::Mail => !own.is_empty() && own.eq_ignore_ascii_case(account),
        })
    };
    let actor = roster.member(actor);
    if !actor.is_some_and(theirs) {
        let name = actor.map_or_else(|| "nobody".to_owned(), |m| m.name.clone());
        return Err(NotWritten::NotTheirs { account: written.account.clone(), name });
    }
    if policy.is_shared(name, account) || roster.members.iter().filter(|member| theirs(member)).count() > 1 {
        return Err(NotWritten::Shared { account: written.account.clone() });
    }
    Ok(())
}
