//! Specimen minutes of any length: what a sealed document looks like before a board has one, and what benchmarks draw.

use chrono::{DateTime, Utc};

use crate::document::PaperSize;
use crate::language::Language;
use crate::model::{
    Action, Annex, Answer, Attendee, Attestation, Basis, Condition, ConditionTime, Correction, Covers, Decision,
    Digest, Erratum, Evidence, Extract, Gate, GateResult, Head, Item, Minutes, Overdue, Position, Presence, PutRight,
    Quorum, Risk, RiskLevel, SignOff, Since, Vote,
};

mod papers;
mod register;
mod signing;

pub use papers::{agenda, plan, pre_read};
pub use register::register;
use signing::signatory;
pub use signing::{request, signatories, signer, signers};

const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const KEY: &str = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

/// The moment specimens are made at: 18 November 2026, 14:30 UTC.
#[must_use]
pub fn made_at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_012_200, 0).unwrap_or_default()
}

/// Minutes of a believable meeting with `items` agenda items.
#[must_use]
pub fn minutes(items: u32) -> Minutes {
    minutes_in(items, Language::English, PaperSize::A4)
}

/// The same, with the words around it in `language`, for `paper`. What the board worded stays English.
#[must_use]
pub fn minutes_in(items: u32, language: Language, paper: PaperSize) -> Minutes {
    let (how_to_verify, commands) = Evidence::how_to_verify("minutes.pdf", language);
    Minutes {
        head: Head { language, paper, ..head() },
        attendance: attendance(),
        quorum: vec![quorum("Meeting", 5, 4, 7), quorum("CHG-104", 4, 4, 6)],
        items: (1..=items).map(item).collect(),
        rulings: Vec::new(),
        circulars: Vec::new(),
        dispensations: vec![
            "CHG-90: Exception to freeze quarter-end by Zoë Ångström-Kovačević, seconded by Þórunn Ægisdóttir, until \
             17 Nov 2026, 23:00 CET: the customs office changed its interface on the day"
                .into(),
            "CHG-92: Override of risk from High to Medium by Zoë Ångström-Kovačević, seconded by Þórunn Ægisdóttir: rehearsed \
             twice on a copy of production"
                .into(),
        ],
        delegated: Vec::new(),
        breaches: Vec::new(),
        raci: Vec::new(),
        approval: String::new(),
        corrections: Vec::new(),
        actions: vec![
            Action {
                text: "Measure the restore of the payments ledger on the new hosts".into(),
                owner: "Søren Lindqvist".into(),
                due: "Tue 24 Nov 2026".into(),
                item: Some("CHG-101".into()),
                meeting: None,
            },
            Action {
                text: "Publish the freeze calendar for December".into(),
                owner: "Ελένη Παπαδοπούλου".into(),
                due: "Fri 27 Nov 2026".into(),
                item: None,
                meeting: None,
            },
        ],
        next_meeting: Some("Wednesday 25 November 2026, 14:00 CET, Room Athena and video call".into()),
        signatories: vec![signatory()],
        evidence: Evidence {
            digests: vec![Digest { name: "evidence.json".into(), sha256: DIGEST.into() }],
            certificate_root: Some(KEY.into()),
            how_to_verify,
            commands,
        },
        since: Some(Since {
            emergencies: 1,
            taken_back: 1,
            failed: 1,
            against_the_gate: 0,
            exceptions: 1,
            overrides: 1,
            waivers: 1,
        }),
        emergencies: vec![
            "CHG-88: Declared an emergency by Дмитрий Соколов (Service Manager) on 14 Nov 2026, 02:10 CET: it corrects an error, \
             in the current release, with major impact on the business; incident INC-2207. Broken: label printing. Consulted: \
             Head of Warehousing. Deployed by Mara Lind."
                .into(),
            "CHG-88: Owed by 21 Nov 2026, 03:10 CET: The review after it (R66): open".into(),
        ],
        deployments: vec![
            "CHG-79: Taken back on 12 Nov 2026, 23:05 CET; incident INC-2199. Not deployed again until it is revalidated."
                .into(),
            "CHG-7: Under its standing approval a deployment of tracking to prod-eu by deploy-tracking failed, or was backed \
             out, on 16 Nov 2026, 11:20 CET. It is suspended since."
                .into(),
        ],
        overdue: vec![Overdue {
            text: "Attach the timing of the archive's restore".into(),
            item: "CHG-61".into(),
            owner: "Søren Lindqvist".into(),
            due: "Fri 13 Nov 2026".into(),
        }],
        untold: 0,
        remarks: Vec::new(),
        circulated: None,
        carried: Vec::new(),
    }
}

/// The extract of the specimen's first item.
#[must_use]
pub fn extract() -> Extract {
    let minutes = minutes(1);
    Extract {
        head: minutes.head,
        quorum: vec![quorum("CHG-101", 5, 4, 7)],
        item: item(1),
        signatories: minutes.signatories,
        evidence: minutes.evidence,
    }
}

/// An annex to the specimen's minutes.
#[must_use]
pub fn annex() -> Annex {
    let minutes = minutes(1);
    let answer = |name: &str, item: Option<&str>, recorded: &str, instead: Option<&str>| Answer {
        name: name.into(),
        role: "Service manager".into(),
        item: item.map(str::to_owned),
        recorded: recorded.into(),
        instead: instead.map(str::to_owned),
        time: "20 Nov 2026, 09:12 CET".into(),
        entry: KEY.into(),
    };
    Annex {
        head: minutes.head,
        minutes: DIGEST.into(),
        sealed: "18 Nov 2026, 15:30 CET (claimed), by Zoë Ångström-Kovačević".into(),
        number: 1,
        answers: vec![
            answer("Дмитрий Соколов", None, "was present", None),
            answer("Дмитрий Соколов", Some("CHG-101"), "voted to approve", None),
            answer("Ελένη Παπαδοπούλου", Some("CHG-101"), "voted to approve", Some("I abstained, and said so twice.")),
        ],
        signatories: minutes.signatories,
        evidence: minutes.evidence,
    }
}

/// Corrections of the specimen's first item and of its actions: taken in, declined, and open.
#[must_use]
pub fn corrections() -> Vec<Correction> {
    let one = |item: Option<u32>, about: &str, was: &str, taken: Option<bool>| Correction {
        item,
        about: about.into(),
        was: was.into(),
        wording: "Measured on two hosts, by Ελένη Παπαδοπούλου".into(),
        taken,
        asked: "Дмитрий Соколов, 20 Nov 2026, 09:12 CET: misheard".into(),
        answered: taken.map(|_| "Zoë Ångström-Kovačević, 21 Nov 2026, 10:00 CET: as heard on tape".into()),
    };
    vec![
        one(Some(1), "CHG-101", "Measured on ten hosts", Some(true)),
        one(Some(1), "CHG-101", "Until Tuesday", Some(false)),
        one(None, "Actions", "", None),
    ]
}

/// An erratum to the specimen's minutes.
#[must_use]
pub fn erratum() -> Erratum {
    let minutes = minutes(1);
    let put_right = PutRight {
        wrong: "Item 1 says that the restore was measured on ten hosts.".into(),
        right: "It was measured on two hosts.".into(),
        time: "23 Nov 2026, 08:30 CET".into(),
        entry: KEY.into(),
    };
    Erratum {
        head: minutes.head,
        minutes: DIGEST.into(),
        sealed: "18 Nov 2026, 15:30 CET (claimed), by Zoë Ångström-Kovačević".into(),
        number: 1,
        errata: vec![put_right],
        signatories: minutes.signatories,
        evidence: minutes.evidence,
    }
}

fn head() -> Head {
    Head {
        board: "Change Advisory Board, Meridian Freight".into(),
        provisional: false,
        meeting_id: "2026-W47".into(),
        meeting_title: "Weekly change advisory board".into(),
        date: "Wednesday 18 November 2026, 14:00–15:20 CET (Europe/Berlin)".into(),
        place: "Room Athena and video call".into(),
        chair: "Zoë Ångström-Kovačević".into(),
        secretary: Some("Дмитрий Соколов".into()),
        policy_version: "starter 1".into(),
        policy_digest: DIGEST.into(),
        roster_version: "3".into(),
        checkpoint: KEY.into(),
        covers: Covers::Close,
        made_at: made_at(),
        made_at_text: "18 Nov 2026, 15:30 CET (claimed)".into(),
        language: Language::English,
        paper: PaperSize::A4,
    }
}

fn quorum(scope: &str, present: u32, required: u32, of: u32) -> Quorum {
    let formula = format!("strict majority: floor({of}/2)+1 = {required}");
    Quorum {
        scope: scope.into(),
        present,
        required,
        of,
        met: present >= required,
        formula,
        missing_seats: Vec::new(),
        moment: String::new(),
    }
}

fn attendance() -> Vec<Attendee> {
    let person = |name: &str, role: &str, presence| Attendee {
        name: name.into(),
        role: role.into(),
        presence,
        arrived: matches!(presence, Presence::Present | Presence::Guest).then(|| "14:00".into()),
        left: None,
        away: Vec::new(),
        delegate_for: None,
        recused_from: Vec::new(),
    };
    vec![
        person("Zoë Ångström-Kovačević", "Chair, change manager", Presence::Present),
        person("Дмитрий Соколов", "Secretary, service manager", Presence::Present),
        Attendee {
            recused_from: vec!["CHG-104: author of the change".into()],
            ..person("Søren Lindqvist", "Technical Development Lead", Presence::Present)
        },
        Attendee {
            arrived: Some("14:12".into()),
            left: Some("15:05".into()),
            away: vec!["14:30–14:41".into()],
            ..person("Ελένη Παπαδοπούλου", "Security", Presence::Present)
        },
        Attendee {
            delegate_for: Some("Piotr Nowak (Operations)".into()),
            ..person("Mara Lind", "Operations", Presence::Present)
        },
        person("Piotr Nowak", "Operations", Presence::ByDelegate),
        person("Þórunn Ægisdóttir", "CTO", Presence::Absent),
        person("Nguyễn Thị Ánh", "Release manager, presenting", Presence::Guest),
    ]
}

/// What differs between the five kinds of specimen item.
struct Case {
    title: &'static str,
    decision: Decision,
    detail: Option<&'static str>,
    level: RiskLevel,
    score: u32,
    heaviest: [&'static str; 3],
    arithmetic: &'static str,
    rationale: Option<&'static str>,
    approval: Option<&'static str>,
    /// Positions of chair, service manager, operations, security, technical lead.
    positions: [Position; 5],
}

fn case(turn: u32) -> Case {
    use Position::{Abstain, Approve, NoObjection, Recused, Reject};
    match turn {
        1 => Case {
            title: "Move the payments ledger to the new database hosts, with a reversible schema step",
            decision: Decision::ApprovedWithConditions,
            detail: None,
            level: RiskLevel::High,
            score: 62,
            heaviest: [
                "I1 Most critical affected service: mission-critical, 12",
                "I2 Who is hurt if it fails: all customers, 10",
                "B1 Rollback: written, untested, 7",
            ],
            arithmetic: "4 approve, 0 reject, 1 abstain; n = 4, threshold floor(4/2)+1 = 3",
            rationale: Some(
                "The move was rehearsed on a copy of production and took 14 minutes against an objective of one hour; what \
                 is left is the untested restore of the archive.",
            ),
            approval: Some("Does not hold yet: one condition before deployment is open."),
            positions: [Approve, Approve, Approve, Approve, Abstain],
        },
        2 => Case {
            title: "Rotate the certificates of the tracking gateway",
            decision: Decision::Approved,
            detail: None,
            level: RiskLevel::Medium,
            score: 31,
            heaviest: [
                "I1 Most critical affected service: high, 9",
                "I3 Data or security exposure: authentication, 5",
                "C4 Manual steps: mostly manual, 4",
            ],
            arithmetic: "5 approve, 0 reject; n = 5, threshold floor(5/2)+1 = 3",
            rationale: Some("Done well twice before; the old certificates stay valid for four weeks."),
            approval: Some("Holds: every required sign-off is valid for what was shown."),
            positions: [Approve; 5],
        },
        3 => Case {
            title: "Replace the customs declaration service",
            decision: Decision::Deferred,
            detail: Some("to the meeting of 25 November 2026"),
            level: RiskLevel::Critical,
            score: 74,
            heaviest: [
                "I1 Most critical affected service: mission-critical, 12",
                "I3 Data or security exposure: regulated, 8",
                "B3 Schema: irreversible, 4",
            ],
            arithmetic: "The board asks for a tested rollback before it votes.",
            rationale: Some("Nobody has rolled this service back yet, and the schema step cannot be undone."),
            approval: None,
            positions: [Abstain; 5],
        },
        4 => Case {
            title: "Open the partner interface to three more carriers",
            decision: Decision::Rejected,
            detail: None,
            level: RiskLevel::High,
            score: 55,
            heaviest: [
                "B1 Rollback: restore or forward fix, 10",
                "E1 Test evidence: none, 6",
                "C2 Dependency sign-offs: unknown, 6",
            ],
            arithmetic: "1 approve, 3 reject, 0 abstain; n = 4, threshold floor(4/2)+1 = 3",
            rationale: Some(
                "An open critical defect and no test results; to be submitted again once both are settled.",
            ),
            approval: None,
            positions: [Reject, Reject, Approve, Reject, Recused],
        },
        _ => Case {
            title: "Monthly operating system patches, warehouse terminals",
            decision: Decision::Approved,
            detail: Some("with the consent block"),
            level: RiskLevel::Low,
            score: 8,
            heaviest: [
                "I1 Most critical affected service: medium, 6",
                "I2 Who is hurt if it fails: one team, 2",
                "E3 Timing: quiet window, 0",
            ],
            arithmetic: "Asked, no objection.",
            rationale: None,
            approval: Some("Holds: every required sign-off is valid for what was shown."),
            positions: [NoObjection; 5],
        },
    }
}

fn item(number: u32) -> Item {
    let turn = number % 5;
    let case = case(turn);
    let consent = turn == 0;
    let count = match turn {
        0 => "5 present, no objection, on the word of the chair",
        4 => "4 votes: 1 signed, 1 witnessed, 2 spoken, on the word of the chair",
        _ => "5 votes: 1 signed, 1 witnessed, 3 spoken, on the word of the chair",
    };
    Item {
        number,
        key: format!("CHG-{}", 100 + number),
        title: case.title.into(),
        release: None,
        kind: if consent { "standard change".into() } else { "normal change".into() },
        window: vec![
            "Sat 21 Nov 2026, 22:00–23:30 CET (Europe/Berlin)".into(),
            "Sat 21 Nov 2026, 21:00–22:30 UTC".into(),
        ],
        risk: Some(Risk {
            level: case.level,
            scored: format!("{} of 100 points", case.score),
            follows: None,
            model: "points-100 v1".into(),
            heaviest: case.heaviest.map(str::to_owned).to_vec(),
            floors: if turn == 3 {
                vec!["regulated data and irreversible schema, to Critical".into()]
            } else {
                Vec::new()
            },
            assumed: (turn == 4).then(|| "2 answers missing; each counted as its worst".into()),
        }),
        gates: gates(turn),
        gates_passed: 11,
        plan_review: Some("13 of 13 sections reviewed, 2 comments, none open".into()),
        votes: if turn == 3 { Vec::new() } else { votes(&case) },
        attestation_count: (turn != 3).then(|| count.into()),
        basis: Some(match turn {
            0 => Basis::Consent,
            3 => Basis::ChairsRuling,
            _ => Basis::CountedVote,
        }),
        basis_text: case.arithmetic.into(),
        decision: case.decision,
        decision_detail: case.detail.map(str::to_owned),
        rationale: case.rationale.map(str::to_owned),
        conditions: conditions(turn),
        sign_offs: sign_offs(turn),
        rulings: Vec::new(),
        dispensations: Vec::new(),
        emergency: Vec::new(),
        circular: Vec::new(),
        approval: case.approval.map(str::to_owned),
        manifest: Some(DIGEST.into()),
    }
}

fn gates(turn: u32) -> Vec<Gate> {
    let gate = |clause: &str, title: &str, result, why: &str| Gate {
        clause: clause.into(),
        title: title.into(),
        result,
        why: why.into(),
    };
    match turn {
        1 => vec![gate(
            "R44",
            "Dependency sign-offs",
            GateResult::Waived,
            "the carrier's own window was confirmed by mail; waived by Þórunn Ægisdóttir until 22 Nov",
        )],
        3 => vec![
            gate("R38", "Rollback plan tested", GateResult::Failed, "no test run is attached"),
            gate("R75", "Window in working hours", GateResult::Warned, "support coverage ends at 23:00"),
        ],
        4 => vec![
            gate("R32", "No open critical defect", GateResult::Failed, "SEC-4411 is open"),
            gate("R40", "Test evidence", GateResult::NoEvidence, "no results were attached"),
        ],
        _ => Vec::new(),
    }
}

fn votes(case: &Case) -> Vec<Vote> {
    let voices = [
        ("Zoë Ångström-Kovačević", "Chair", Attestation::Signed),
        ("Дмитрий Соколов", "Service manager", Attestation::Witnessed),
        ("Mara Lind for Piotr Nowak", "Operations", Attestation::Recorded),
        ("Ελένη Παπαδοπούλου", "Security", Attestation::Recorded),
        ("Søren Lindqvist", "Technical Development Lead", Attestation::Recorded),
    ];
    let vote = |((name, role, attestation), position): ((&str, &str, Attestation), Position)| Vote {
        name: name.into(),
        role: role.into(),
        position,
        attestation: if position == Position::NoObjection { Attestation::Recorded } else { attestation },
        remark: (position == Position::Reject && role == "Security")
            .then(|| "asks for the defect to be closed first".into()),
    };
    voices.into_iter().zip(case.positions).map(vote).collect()
}

fn conditions(turn: u32) -> Vec<Condition> {
    if turn != 1 {
        return Vec::new();
    }
    vec![
        Condition {
            text: "Restore the archive once from backup and attach the timing".into(),
            owner: "Søren Lindqvist".into(),
            due: "Fri 20 Nov 2026".into(),
            when: ConditionTime::Before,
            met: false,
        },
        Condition {
            text: "Report error rates to the board after one week".into(),
            owner: "Mara Lind".into(),
            due: "Mon 30 Nov 2026".into(),
            when: ConditionTime::After,
            met: false,
        },
    ]
}

fn sign_offs(turn: u32) -> Vec<SignOff> {
    if !matches!(turn, 0..=2) {
        return Vec::new();
    }
    vec![SignOff {
        name: "Søren Lindqvist".into(),
        role: "Technical Development Lead".into(),
        meaning: "I approve this plan for deployment in this window.".into(),
        time: "18 Nov 2026, 15:04 CET".into(),
        key_fingerprint: Some(KEY.into()),
        attestation: Attestation::Signed,
        stale: false,
    }]
}
