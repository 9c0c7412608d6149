//! Why the gate refuses, as stable codes: pipelines, receipts and `docs/pipeline.md` name these.
use std::fmt;

use serde::{Serialize, Serializer};

/// What kind of refusal it is; the exit codes are those of `cab`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A rule says no.
    Refused,
    /// The file is not what it should be.
    Invalid,
    /// Something in it does not verify.
    Verification,
}

impl Kind {
    /// With which number the program ends.
    #[must_use]
    pub fn exit(self) -> u8 {
        match self {
            Self::Refused => 1,
            Self::Invalid => 4,
            Self::Verification => 7,
        }
    }

    /// Its word under `--json`, as everywhere in `cab`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Invalid => "invalid",
            Self::Verification => "verification",
        }
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $kind:ident, $remedy:literal;)*) => {
        /// The reason of a refusal. The text of a code never changes once released.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason {
            $($(#[$doc])* $name,)*
        }

        impl Reason {
            /// Every reason, in the order of `docs/pipeline.md`: the file, the approval, what is asked, the newer file.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// What kind of refusal it is.
            #[must_use]
            pub const fn kind(self) -> Kind {
                match self { $(Self::$name => Kind::$kind,)* }
            }

            /// What would satisfy the gate.
            #[must_use]
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$name => $remedy,)* }
            }
        }
    };
}

reasons! {
    /// This program is older than the pipeline demands.
    ProgramOlder = "program-older", Refused, "Put a newer cab-gate into the pipeline's image.";
    /// The approval cannot be read as an evidence bundle.
    Unreadable = "unreadable", Invalid, "Give the file that `cab export --approval` wrote, byte for byte.";
    /// The roster root is not the one the pipeline expects.
    RosterRoot = "roster-root", Verification, "Ask the board for its approval; or, if the board is a new one, pin its roster root.";
    /// The roster in the approval is older than the pipeline demands.
    RosterOlder = "roster-older", Refused, "Export the approval again, under the roster in force.";
    /// Whoever signed may not sign this change (R89), or nobody can tell.
    Duties = "duties", Verification, "Another authority signs the change off.";
    /// Something in the approval does not verify; the record's own code stands beside it.
    Evidence = "evidence", Verification, "Export the approval again; if it does not verify either, verify the board's record.";
    /// Some entries need a newer Cabinet.
    NeedsNewer = "needs-newer", Verification, "Put a newer cab-gate into the pipeline's image.";
    /// A sample board's keys are published: it proves nothing about anybody.
    SampleBoard = "sample-board", Refused, "Use an approval of a real board.";
    /// The approval of this change is not in the file.
    NotExported = "not-exported", Refused, "Give the approval of this change, as `cab export --approval` wrote it.";
    /// The file only tells how the change stands.
    Snapshot = "snapshot", Refused, "Give a snapshot with --fresh, beside the approval.";
    /// The policy in force is not in the file, or cannot be read.
    Policy = "policy", Verification, "Export the approval again; if the policy is newer than this program, put a newer cab-gate into the image.";
    /// Two entries stand at one place, and what the approval rests on is one of them (`disputed`).
    Disputed = "disputed", Refused, "The log's author, or the root holders, say which entry stands; then export again.";
    /// The board has not decided (R30).
    Undecided = "undecided", Refused, "Have the board decide on the change.";
    /// The board or an approver rejected it.
    Rejected = "rejected", Refused, "Change the plan and bring it to the board again.";
    /// The board deferred it.
    Deferred = "deferred", Refused, "Wait for the meeting it was deferred to.";
    /// The board asked for more information.
    MoreInformation = "more-information", Refused, "Answer the board's question; it decides then.";
    /// The change was withdrawn.
    ChangeWithdrawn = "change-withdrawn", Refused, "Bring the change to the board again.";
    /// No authority's sign-off holds (R31): none, withdrawn, below the least attestation, or only of who deploys
    /// it or committed its code (R89).
    SignOffMissing = "sign-off-missing", Refused, "The Technical Development Lead or the CTO signs the change off; then export again.";
    /// Only a lead signed to whose scope the project of the change does not belong, or whom the ticket does not name (R31).
    LeadScope = "lead-scope", Refused, "A Technical Development Lead of the project or the CTO signs the change off; then export again.";
    /// A department that is involved has not signed, and its slot is not waived, where the policy blocks that (R12).
    DepartmentMissing = "department-missing", Refused, "Whoever speaks for the department signs the change off, or two people waive its slot; then export again.";
    /// The decision or a sign-off speaks of other content, or of a lower risk.
    Stale = "stale", Refused, "Sign off what the change says now; then export again.";
    /// A condition that must be met before is open.
    ConditionOpen = "condition-open", Refused, "Meet the condition, record it, and export again.";
    /// A field that the gate needs is withheld in this edition.
    Withheld = "withheld", Verification, "Give the edition that `cab export --approval` wrote.";
    /// What was shown to the signer is not what the sign-off says was signed.
    Content = "content", Verification, "Verify the board's record; the sign-off contradicts itself.";
    /// The export names artifacts, environment or window that were not signed.
    ExportDiffers = "export-differs", Verification, "Export the approval again; what is exported follows from what was signed.";
    /// An artifact is not among those that were signed.
    Artifact = "artifact", Refused, "Deploy what was approved, or have this artifact approved.";
    /// Another environment than the one that was signed.
    Environment = "environment", Refused, "Deploy where it was approved, or have this environment approved.";
    /// The change has no implementation window (R75).
    WindowMissing = "window-missing", Refused, "Plan the window, and have it approved.";
    /// The window has not begun.
    WindowBefore = "window-before", Refused, "Wait for the window.";
    /// The window is over.
    WindowAfter = "window-after", Refused, "Plan another window, and have it approved.";
    /// By its own time the approval did not exist yet.
    NotYetExported = "not-yet-exported", Refused, "Compare the clocks of the pipeline and of the device that exported.";
    /// The approval is too old to be used without a newer export or snapshot.
    Expired = "expired", Refused, "Export the approval again, or give a newer export or snapshot with --fresh.";
    /// The change under the standing approval was not signed off as a standard change.
    StandingKind = "standing-kind", Refused, "Give the approval of this very change; only a standard change may be repeated.";
    /// No standing approval fits this service, pipeline and environment.
    StandingMissing = "standing-missing", Refused, "An authority who signed the change off signs a standing approval for it.";
    /// The standing approval was suspended, or a deployment under it failed.
    StandingSuspended = "standing-suspended", Refused, "Find out why it failed; an authority signs a new standing approval then.";
    /// The standing approval is over.
    StandingExpired = "standing-expired", Refused, "An authority signs a new standing approval.";
    /// It has been used as often as it may be.
    StandingUsedUp = "standing-used-up", Refused, "An authority signs a new standing approval.";
    /// Its uses cannot be counted without a newer file, and the policy wants them counted.
    StandingUncounted = "standing-uncounted", Refused, "Give a newer snapshot with --fresh, or have the policy allow uncounted uses.";
    /// The fresh file cannot be read as an evidence bundle.
    FreshUnreadable = "fresh-unreadable", Invalid, "Give a file that `cab export` wrote, byte for byte.";
    /// Something in the fresh file does not verify, or does not together with the approval.
    FreshEvidence = "fresh-evidence", Verification, "Give a newer export or snapshot of the same board.";
    /// The fresh file knows nothing of the approval: it is older, or of another change.
    FreshOlder = "fresh-older", Refused, "Give an export or snapshot made after the approval.";
    /// The change says something else now.
    FreshContent = "fresh-content", Refused, "Have the board and its authority approve what the change says now; then export again.";
    /// A sign-off was withdrawn since.
    FreshWithdrawn = "fresh-withdrawn", Refused, "The Technical Development Lead or the CTO signs again; then export again.";
    /// The newest decision, or an approver's newest word, is no approval.
    FreshDecision = "fresh-decision", Refused, "Bring the change to the board again.";
    /// A later decision set a condition that is open.
    FreshCondition = "fresh-condition", Refused, "Meet the condition, record it, and export again.";
    /// The risk rose since, or the decision speaks of other content.
    FreshStale = "fresh-stale", Refused, "Sign off the risk as it is now; then export again.";
    /// The glass was to be broken, and policy or reason do not allow it.
    BreakGlass = "break-glass", Refused, "Have the policy allow it; what does not verify is never deployed.";
    /// The receipt that was asked for cannot be written: without it nothing goes ahead.
    ReceiptUnwritten = "receipt-unwritten", Invalid, "Give a path that can be written.";
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A refusal: which reason, and what is so, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The stable code.
    pub code: Reason,
    /// What is so, with its numbers.
    pub what: String,
    /// What would satisfy the gate.
    pub remedy: &'static str,
}

impl Finding {
    /// `what` is so, and `code` is why it is refused.
    #[must_use]
    pub fn new(code: Reason, what: impl Into<String>) -> Self {
        Self { code, what: what.into(), remedy: code.remedy() }
    }
}
