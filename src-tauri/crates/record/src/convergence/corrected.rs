//! What the history says of its minutes once they are written: corrections, what approves them, and an erratum.
use domain::correction::{
    CorrectionAnswerBody, CorrectionBody, ErratumBody, ErratumSealedBody, MinutesApprovalBody, MinutesSection,
};
use domain::entry::Body;
use domain::ids::{Digest, EntryId};
use domain::meeting::Agenda;

use super::scribe::{CHAIR, LEAD, Scribe, With};
use crate::statement::Subject;
use crate::testing::time;

/// A lead asks for other words, the chair takes them in, and the minutes are approved.
pub(super) fn corrected(scribe: &mut Scribe, agenda: &Agenda, checkpoint: EntryId) {
    let asked = CorrectionBody {
        item: None,
        reason: "misheard".to_owned(),
        section: Some(MinutesSection::Actions),
        was: "Ten hosts".to_owned(),
        wording: "Two hosts".to_owned(),
    };
    let correction = scribe.write(LEAD, With::Pin, Some(agenda), Vec::new(), Body::Correction(asked));
    let (reason, wording) = (String::new(), "Two hosts".to_owned());
    let answer = CorrectionAnswerBody { correction, reason, taken: true, wording };
    scribe.write(CHAIR, With::Pin, Some(agenda), Vec::new(), Body::CorrectionAnswered(answer));
    let approval = MinutesApprovalBody { checkpoint, deadline: Some(time(50)), meeting: None };
    scribe.write(CHAIR, With::Pin, Some(agenda), Vec::new(), Body::MinutesApproved(approval));
}

/// The chair puts something right in the sealed minutes.
pub(super) fn put_right(scribe: &mut Scribe, agenda: &Agenda, (minutes, checkpoint): (Digest, EntryId)) {
    let (right, wrong) = ("Two hosts".to_owned(), "Three hosts".to_owned());
    let erratum = Body::Erratum(ErratumBody { minutes, right, wrong });
    let stated = scribe.write(CHAIR, With::Pin, Some(agenda), Vec::new(), erratum);
    let pdf = Digest::of(b"erratum");
    let subject = vec![Subject { name: "erratum.pdf".to_owned(), sha256: pdf }];
    let body = ErratumSealedBody { checkpoint, errata: vec![stated], minutes, pdf };
    scribe.write(CHAIR, With::Pin, Some(agenda), subject, Body::ErratumSealed(body));
}
