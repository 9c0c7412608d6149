//! `cab sign-off`: shows the sentences, asks for the PIN, signs.
use board::requests::{OfChange, SigningRequest};
use board::views::{SignRequest, Signer, SigningSubject, SigningView, Statement, StatementState, Verdict};
use board::{BoardError, Cabinet, ExposeSecret as _, SecretString};
use clap::Args;
use serde_json::json;

use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::names::{self, Wanted};
use crate::reply::{Reply, complain};
use crate::secrets;
use crate::table::Table;
use crate::written::Writing;

/// Signs a change off; without CHANGE, everything of the meeting that was approved and waits for this signer.
///
/// One PIN serves all: the first signature opens a session for this command alone.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct SignOff {
    /// For whoever has no key here.
    #[command(subcommand)]
    writing: Option<Writing>,
    /// The change's key.
    change: Option<String>,
    /// The meeting's id; otherwise the one in session, or the newest that was held.
    #[arg(long, value_name = "ID", conflicts_with = "change")]
    meeting: Option<String>,
    /// Who signs; otherwise the member at this device, if they have the authority.
    #[arg(long = "as", value_name = "MEMBER")]
    member: Option<String>,
    /// Give a stale sign-off of the signer's again, over what the change says now; --reason says why, or is made.
    #[arg(long, requires = "change", conflicts_with = "reject")]
    reaffirm: bool,
    /// Sign against it instead; needs --reason.
    #[arg(long, requires = "change")]
    reject: bool,
    /// Why; printed in the minutes.
    #[arg(long, default_value = "", value_name = "TEXT")]
    reason: String,
    /// Show the sentences that would be signed, and sign nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Runs the verb.
pub async fn run(host: &Host, args: SignOff) -> Done<Reply> {
    if let Some(writing) = args.writing {
        return crate::written::run(host, writing).await;
    }
    let cabinet = host.open().await?;
    let single = args.change.is_some();
    let subject = match &args.change {
        Some(change) if args.reaffirm => stale_one(&cabinet, &names::change(change), args.member.as_deref()).await?,
        Some(change) => SigningSubject::Change { change: names::change(change) },
        None => {
            let meeting = names::meeting(&cabinet, args.meeting.as_deref(), Wanted::Held).await?.id;
            SigningSubject::Queue { meeting }
        }
    };
    cabinet.request_signing(SigningRequest { subject }).await?;
    let mut view = cabinet.signing_view().await?;
    let why = args.reason.trim();
    for again in view.statements.iter_mut().filter_map(|s| s.reaffirmation.as_mut()).filter(|_| !why.is_empty()) {
        why.clone_into(again);
    }
    let against = args.reject.then_some(args.reason.as_str());
    if args.dry_run {
        let text = shown(&view, against);
        cabinet.close_signing().await?;
        return Ok(Reply::of(&view, text));
    }
    let signer = signer(&cabinet, &view, args.member.as_deref()).await?;
    if host.global.pin_fd.is_none() {
        complain(&shown(&view, against));
    }
    let pin = secrets::one(host.global.pin_fd, "--pin-fd", &format!("PIN of {}: ", signer.member.name))?;
    let verdict = if args.reject { Verdict::Reject } else { Verdict::Approve };
    let how = How { signer: &signer, pin: &pin, single, verdict, reason: &args.reason };
    let signed = sign_all(&cabinet, &view, &how).await;
    cabinet.close_signing().await?;
    cabinet.end_sessions();
    host.finish(&cabinet).await;
    let (signed, left) = signed?;
    let mut text = Table::new(&["Change", "Signed", "SHA-256 of what was shown"]);
    for s in &signed {
        text.row([s.title.clone(), s.signed_at.clone().unwrap_or_default(), s.digest.clone()]);
    }
    let mut text = text.text();
    for (title, why) in &left {
        text.push_str(&format!("\nNot signed: {title}: {why}"));
    }
    let left: Vec<_> = left.iter().map(|(title, why)| json!({ "title": title, "why": why })).collect();
    Ok(Reply { result: json!({ "signer": signer.member, "signed": signed, "not_signed": left }), text })
}

/// The stale sign-off that is given again: the named member's, else that of whoever is at this device, else the only one.
async fn stale_one(cabinet: &Cabinet, change: &str, typed: Option<&str>) -> Done<SigningSubject> {
    let view = cabinet.change(OfChange { change: change.to_owned() }).await?;
    let stale: Vec<_> = view.sign_offs.iter().filter(|s| s.reaffirmable).collect();
    let member = match typed {
        Some(typed) => Some(names::member(&cabinet.members().await?, typed)?.member.id.clone()),
        None => cabinet.app_status().await?.me.map(|me| me.id),
    };
    let own = stale.iter().find(|s| member.as_ref() == Some(&s.member));
    let only = if let ([only], None) = (stale.as_slice(), typed) { Some(only) } else { None };
    let found = own.or(only).ok_or_else(|| BoardError::not_found("stale sign-off to give again on", change))?;
    Ok(SigningSubject::Reaffirm { sign_off: found.id.clone() })
}

/// Who signs how.
pub struct How<'a> {
    /// Who.
    pub signer: &'a Signer,
    /// Their PIN.
    pub pin: &'a SecretString,
    /// One statement: nothing stays unlocked.
    pub single: bool,
    /// For, or against.
    pub verdict: Verdict,
    /// Why.
    pub reason: &'a str,
}

/// Signs every statement that is ready. One that is refused is told; if none can be signed, the first refusal stands.
pub async fn sign_all(
    cabinet: &Cabinet,
    view: &SigningView,
    how: &How<'_>,
) -> Done<(Vec<Statement>, Vec<(String, String)>)> {
    let (mut signed, mut left, mut first) = (Vec::new(), Vec::new(), None);
    let mut unlocked = false;
    for statement in view.statements.iter().filter(|s| s.state != StatementState::Signed) {
        let typed = !unlocked || how.signer.pin_always;
        let request = SignRequest {
            statement: statement.id.clone(),
            member: how.signer.member.id.clone(),
            pin: typed.then(|| how.pin.expose_secret().to_owned()),
            keep_unlocked: !how.single,
            verdict: how.verdict,
            reason: how.reason.to_owned(),
            named: how.signer.member.name.clone(),
            ticked: Vec::new(),
        };
        match cabinet.sign(request).await {
            Ok(after) => {
                unlocked = !how.single;
                signed.extend(after.statements.into_iter().find(|s| s.id == statement.id));
            }
            Err(BoardError::Refused(refusal)) if !pin_refusal(&refusal.code) => {
                left.push((statement.title.clone(), format!("{} {}", refusal.rule, refusal.remedy)));
                first.get_or_insert(BoardError::Refused(refusal));
            }
            // A wrong PIN is not tried on the next statement.
            Err(error) => return Err(error.into()),
        }
    }
    match first {
        Some(error) if signed.is_empty() => Err(error.into()),
        _ => Ok((signed, left)),
    }
}

fn pin_refusal(code: &str) -> bool {
    matches!(code, "wrong_pin" | "pin_delayed" | "pin_needed")
}

/// Who signs: the one named, else the member at this device, else the only one who can.
pub async fn signer(cabinet: &Cabinet, view: &SigningView, typed: Option<&str>) -> Done<Signer> {
    if let Some(typed) = typed {
        let members = cabinet.members().await?;
        let wanted = names::member(&members, typed)?;
        let found = view.signers.iter().find(|s| s.member.id == wanted.member.id).cloned();
        return found.ok_or_else(|| no_authority(&wanted.member.name).into());
    }
    let me = cabinet.app_status().await?.me;
    if let Some(mine) = view.signers.iter().find(|s| me.as_ref().is_some_and(|m| m.id == s.member.id)) {
        return Ok(mine.clone());
    }
    match view.signers.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(no_authority(&me.map_or_else(|| "Nobody here".to_owned(), |m| m.name)).into()),
        many => {
            let all: Vec<&str> = many.iter().map(|s| s.member.name.as_str()).collect();
            Err(CabError::Usage(format!("say who signs with --as: {}", all.join(", "))))
        }
    }
}

fn no_authority(name: &str) -> BoardError {
    BoardError::refused(
        "no_authority",
        format!("{name} has no key here with the authority for this signature."),
        Some("R31"),
        "The Technical Development Lead or the CTO signs changes off; the chair seals minutes.",
    )
}

/// The sentences with their facts; those against it, when there is a reason.
pub fn shown(view: &SigningView, against: Option<&str>) -> String {
    let mut text = view.purpose.clone();
    for s in &view.statements {
        let sentence = match (against, &s.rejection) {
            (Some(reason), Some(begins)) => format!("{begins} {}", reason.trim()),
            (Some(_), None) | (None, _) => match &s.reaffirmation {
                Some(why) => format!("{} {}", s.meaning, why.trim()),
                None => s.meaning.clone(),
            },
        };
        text.push_str(&format!("\n\n{}\n  \"{sentence}\"\n", s.title));
        let mut facts = Table::bare();
        for f in &s.facts {
            facts.row([f.label.clone(), f.value.clone()]);
        }
        for line in facts.text().lines() {
            text.push_str(&format!("  {line}\n"));
        }
        match &s.refusal {
            Some(refused) => text.push_str(&format!("  Refused: {} {}", refused.rule, refused.remedy)),
            None => text.push_str(&format!("  SHA-256 of what is shown: {}", s.digest)),
        }
    }
    text
}
