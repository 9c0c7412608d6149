//! What an approved plan says on paper (R117): pure data, already worded, like [`crate::model`].

use serde::{Deserialize, Serialize};

use crate::language::Language;
use crate::model::{Digest, Evidence, Head, Item, SignOff, Signatory};
use crate::review::ReviewText;

/// The plan of an approved change, as its release manager hands it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedPlan {
    /// The head of the meeting that decided; where no meeting did, what is about one is blank in it.
    pub head: Head,
    /// Ticket key ("CHG-17").
    pub key: String,
    /// The ticket's title, as it was signed.
    pub title: String,
    /// Change kind ("normal change").
    pub kind: String,
    /// Implementation window for which it is handed out, in its own zone and in the reader's.
    pub window: Vec<String>,
    /// Where it may be deployed.
    pub environment: String,
    /// What may be deployed.
    pub artifacts: Vec<String>,
    /// When the approval was handed out and by whom, with zone; claimed time.
    pub handed_out: String,
    /// Until when the pipeline's gate takes the approval file.
    pub good_until: String,
    /// The plan, section by section, in the plan's order.
    pub sections: Vec<PlanPart>,
    /// The item on which the board decided; `None` where an authority signed off without an agenda (R61).
    pub decided: Option<Item>,
    /// The authority and the departments: who signed the change off.
    pub sign_offs: Vec<SignOff>,
    /// Edits since it was signed that were ruled immaterial, each in a sentence.
    pub rulings: Vec<String>,
    /// Waivers of its gates, overrides of its level and exceptions to freezes, each in a sentence.
    pub dispensations: Vec<String>,
    /// Who seals it.
    pub signatories: Vec<Signatory>,
    /// What it rests on and how to check it.
    pub evidence: Evidence,
}

/// A section of an approved plan with its review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanPart {
    /// `7. Backout plan`.
    pub title: String,
    /// Its clause ("R23").
    pub clause: String,
    /// Its text, as it was signed.
    pub text: PlanText,
    /// True if it was edited since, and the edit was ruled immaterial.
    pub edited: bool,
    /// Who ticked it or remarked on it.
    pub reviews: Vec<PartReview>,
}

/// The text of a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanText {
    /// Piece by piece; empty: nothing is written.
    Written(Vec<ReviewText>),
    /// It was signed, and its bytes are not in the evidence: withheld, or disposed of.
    NotHere,
    /// The policy does not count it among what is signed.
    NotSigned,
}

/// What a member said of a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartReview {
    /// Who.
    pub who: String,
    /// Ticked as sufficient.
    pub ticked: bool,
    /// The remark; empty when none.
    pub comment: String,
    /// True if it was said of another text than the one above.
    pub other_text: bool,
}

/// The name of the approval file inside an approved plan.
pub const APPROVAL: &str = "approval.json";

/// What an approved plan rests on: its two files, and how to check it without Cabinet. `file` is the document's name.
#[must_use]
pub fn plan_evidence(
    file: &str,
    evidence: &str,
    approval: &str,
    certificate_root: Option<String>,
    language: Language,
) -> Evidence {
    let digest = |name: &str, sha256: &str| Digest { name: name.to_owned(), sha256: sha256.to_owned() };
    Evidence {
        digests: vec![digest(crate::EVIDENCE, evidence), digest(APPROVAL, approval)],
        certificate_root,
        how_to_verify: vec![language.how_to_verify().to_owned(), language.approval_inside().to_owned()],
        commands: vec![
            "mkdir nss && certutil -N -d sql:nss --empty-password".to_owned(),
            "certutil -A -d sql:nss -n board -t C,C,C -i root.pem".to_owned(),
            format!("pdfsig -nssdir sql:nss {file}"),
            format!("pdfdetach -savefile {} -o {} {file}", crate::EVIDENCE, crate::EVIDENCE),
            format!("pdfdetach -savefile {APPROVAL} -o {APPROVAL} {file}"),
            format!("sha256sum {} {APPROVAL}", crate::EVIDENCE),
        ],
    }
}
