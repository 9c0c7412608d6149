//! Specimen minutes of any length: what a sealed document looks like before a board has one, and what benchmarks draw.

use chrono::{DateTime, Utc};

use crate::model::{
    Action, Attendee, Attestation, Basis, Condition, ConditionTime, Decision, Digest, Evidence, Extract, Gate,
    GateResult, Head, Item, Minutes, Position, Presence, Quorum, Risk, RiskLevel, SignOff, Signatory, Vote,
};

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
    let (how_to_verify, commands) = Evidence::how_to_verify("minutes.pdf");
    Minutes {
        head: head(),
        attendance: attendance(),
        quorum: vec![quorum("Meeting", 5, 4, 7), Quorum { missing_seats: Vec::new(), ..quorum("CHG-102", 4, 4, 6) }],
        items: (1..=items).map(item).collect(),
        actions: vec![
            Action {
                text: "Measure the restore of the payments ledger on the new hosts".into(),
                owner: "Søren Lindqvist".into(),
                due: "Tue 24 Nov 2026".into(),
                item: Some("CHG-102".into()),
            },
            Action {
                text: "Publish the freeze calendar for December".into(),
                owner: "Ελένη Παπαδοπούλου".into(),
                due: "Fri 27 Nov 2026".into(),
                item: None,
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

fn signatory() -> Signatory {
    Signatory {
        field: "chair".into(),
        name: "Zoë Ångström-Kovačević".into(),
        role: "Chair".into(),
        meaning: "I seal these minutes as a true account of the meeting.".into(),
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
        made_at: made_at(),
        made_at_text: "18 Nov 2026, 15:30 CET (claimed)".into(),
    }
}

fn quorum(scope: &str, present: u32, required: u32, of: u32) -> Quorum {
    let formula = format!("strict majority: floor({of}/2)+1 = {required}");
    Quorum { scope: scope.into(), present, required, of, met: present >= required, formula, missing_seats: Vec::new() }
}

fn attendance() -> Vec<Attendee> {
    let person = |name: &str, role: &str, presence| Attendee {
        name: name.into(),
        role: role.into(),
        presence,
        arrived: matches!(presence, Presence::Present | Presence::Guest).then(|| "14:00".into()),
        left: None,
        delegate_for: None,
        recused_from: Vec::new(),
    };
    vec![
        person("Zoë Ångström-Kovačević", "Chair, change manager", Presence::Present),
        person("Дмитрий Соколов", "Secretary, service manager", Presence::Present),
        Attendee {
            recused_from: vec!["CHG-102: author of the change".into()],
            ..person("Søren Lindqvist", "Technical Development Lead", Presence::Present)
        },
        Attendee {
            arrived: Some("14:12".into()),
            left: Some("15:05".into()),
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

fn item(number: u32) -> Item {
    let turn = number % 5;
    let (decision, detail, level, score) = match turn {
        1 => (Decision::ApprovedWithConditions, None, RiskLevel::High, 62),
        2 => (Decision::Approved, None, RiskLevel::Medium, 31),
        3 => (Decision::Deferred, Some("to the meeting of 25 November 2026".to_owned()), RiskLevel::Critical, 78),
        4 => (Decision::Rejected, None, RiskLevel::High, 55),
        _ => (Decision::Approved, Some("with the consent block".to_owned()), RiskLevel::Low, 8),
    };
    let title = match turn {
        1 => "Move the payments ledger to the new database hosts, with a reversible schema step",
        2 => "Rotate the certificates of the tracking gateway",
        3 => "Replace the customs declaration service",
        4 => "Open the partner interface to three more carriers",
        _ => "Monthly operating system patches, warehouse terminals",
    };
    let consent = turn == 0;
    Item {
        number,
        key: format!("CHG-{}", 100 + number),
        title: title.into(),
        kind: if consent { "standard change".into() } else { "normal change".into() },
        window: vec!["Sat 21 Nov 2026, 22:00–23:30 CET (Europe/Berlin)".into(), "Sat 21 Nov 2026, 21:00–22:30 UTC".into()],
        risk: Some(Risk {
            level,
            score,
            out_of: 100,
            model: "points-100 v1".into(),
            heaviest: vec![
                "I1 Most critical affected service: mission-critical, 12".into(),
                "I2 Who is hurt if it fails: all customers, 10".into(),
                "B1 Rollback: written, untested, 7".into(),
            ],
            floors: if turn == 3 { vec!["regulated data and irreversible schema, at least Critical".into()] } else { Vec::new() },
            assumed: (turn == 4).then(|| "2 answers missing; each counted as its worst".into()),
        }),
        gates: gates(turn),
        gates_passed: 11,
        plan_review: Some("13 of 13 sections reviewed, 2 comments, none open".into()),
        votes: votes(consent),
        attestation_count: Some(if consent { "5 present, no objection, on the word of the chair".into() } else { "5 votes: 1 signed, 1 witnessed, 3 spoken, on the word of the chair".into() }),
        basis: if consent { Basis::Consent } else { Basis::CountedVote },
        basis_text: if consent {
            "Asked, no objection.".into()
        } else {
            "3 approve, 1 reject, 1 abstain; n = 4, threshold floor(4/2)+1 = 3".into()
        },
        decision,
        decision_detail: detail,
        rationale: (!consent).then(|| "The rollback was rehearsed on a copy of production and took 14 minutes against an objective of one hour; what is left is the untested restore of the archive.".into()),
        conditions: conditions(turn),
        sign_offs: sign_offs(turn),
        approval: (turn == 1 || turn == 2).then(|| "Holds: every required sign-off is valid for what was shown.".into()),
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

fn votes(consent: bool) -> Vec<Vote> {
    let vote = |name: &str, role: &str, position, attestation, remark: Option<&str>| Vote {
        name: name.into(),
        role: role.into(),
        position: if consent { Position::NoObjection } else { position },
        attestation,
        remark: remark.filter(|_| !consent).map(str::to_owned),
    };
    vec![
        vote("Zoë Ångström-Kovačević", "Chair", Position::Approve, Attestation::Signed, None),
        vote("Дмитрий Соколов", "Service manager", Position::Approve, Attestation::Witnessed, None),
        vote("Mara Lind for Piotr Nowak", "Operations", Position::Approve, Attestation::Recorded, None),
        vote(
            "Ελένη Παπαδοπούλου",
            "Security",
            Position::Reject,
            Attestation::Recorded,
            Some("asks for the restore test first"),
        ),
        vote("Søren Lindqvist", "Technical Development Lead", Position::Abstain, Attestation::Recorded, None),
    ]
}

fn conditions(turn: u32) -> Vec<Condition> {
    if turn != 1 {
        return Vec::new();
    }
    vec![
        Condition {
            text: "Restore the archive once from backup and attach the timing".into(),
            owner: "Søren Lindqvist".into(),
            due: "Fri 20 Nov 2026, 18:00 CET".into(),
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
    if turn != 1 && turn != 2 {
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
