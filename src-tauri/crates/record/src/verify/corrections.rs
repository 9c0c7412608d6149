//! What must hold of corrections of minutes, of what approves them, and of errata.
use domain::correction::{CorrectionAnswerBody, CorrectionBody, ErratumBody, ErratumSealedBody, MinutesApprovalBody};
use domain::entry::Body;

use crate::refusal::{Code, Refusal};

/// Each of them says something, and in one way.
pub(super) fn check(body: &Body) -> Result<(), Refusal> {
    let checked = if let Body::Correction(asked) = body {
        CorrectionBody::check(asked)
    } else if let Body::CorrectionAnswered(answer) = body {
        CorrectionAnswerBody::check(answer)
    } else if let Body::MinutesApproved(approval) = body {
        MinutesApprovalBody::check(approval)
    } else if let Body::Erratum(erratum) = body {
        ErratumBody::check(erratum)
    } else if let Body::ErratumSealed(sealed) = body {
        ErratumSealedBody::check(sealed)
    } else {
        Ok(())
    };
    checked.map_err(|why| Refusal::new(Code::Correction, why.to_string(), "predicate.body"))
}
