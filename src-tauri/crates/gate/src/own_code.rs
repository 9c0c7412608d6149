//! Whether somebody carries the approval who did not commit its code (R89). Who committed is told by whoever signed it or set
//! something aside for it: the merge requests themselves are in no file.
use domain::duties::not_only_committers;
use domain::entry::Involved;
use domain::ids::{ChangeKey, MemberId};
use domain::ledger::Export;
use domain::sign_off::SignOff;

use crate::evidence::{Disputed, Held, Told};
use crate::judge::{carrying_of, stands};
use crate::reason::{Finding, Reason};

/// Refuses an approval that only people carry who committed the code, or beside them whoever deploys it.
pub(crate) fn judge(held: &Held, told: &Told<'_>, change: &ChangeKey, sign_offs: &[&SignOff]) -> Result<(), Finding> {
    let Some(signed) = sign_offs.first() else { return Ok(()) };
    let signers: Vec<MemberId> = sign_offs.iter().map(|sign_off| sign_off.actor).collect();
    let carried = not_only_committers(held.roster(), &signers, change.prefix(), &involved(told, change, signed));
    carried.map_err(|duty| {
        let what = format!("{change}: of those who signed it off nobody counts: {duty}");
        Finding::new(Reason::SignOffMissing, what)
    })
}

/// The same of both files as one: what was signed since of who committed counts.
pub(crate) fn judge_since(both: &Held, change: &ChangeKey, newest: &Export) -> Result<(), Finding> {
    let told = both.tell(Disputed::Left);
    let (policy, _) = both.policy(&told).map_err(|what| Finding::new(Reason::FreshEvidence, what))?;
    let found = stands(both, &told, &policy, change, newest);
    judge(both, &told, change, &carrying_of(&told, change, &found))
}

/// Whose own change it is by what this sign-off was shown, with all who committed its code by what anybody signed.
pub(crate) fn involved(told: &Told<'_>, change: &ChangeKey, signed: &SignOff) -> Involved {
    let committers = told.ledger.committers(change).into_iter().map(str::to_owned).collect();
    Involved { committers, ..signed.body.involved.clone() }
}
