//! Specimens of what stands beside minutes: an approved plan, an agenda, and what is read for it.

use super::{DIGEST, KEY, head, item, made_at, signatory};
use crate::agenda::{AgendaLine, AgendaSaid, MeetingAgenda, QuorumNeeded};
use crate::document::PaperSize;
use crate::language::Language;
use crate::model::{Head, RiskLevel, Signatory};
use crate::plan::{ApprovedPlan, PartReview, PlanPart, PlanText, plan_evidence};
use crate::review::{ReviewChange, ReviewScore, ReviewSection, ReviewTable, ReviewText};

const SECTIONS: [(&str, &str); 13] = [
    ("Approach", "R17"),
    ("Prerequisites", "R18"),
    ("Method of deployment", "R19"),
    ("Configuration items", "R20"),
    ("Training", "R21"),
    ("Roles and responsibilities", "R22"),
    ("Backout plan", "R23"),
    ("Testing", "R24"),
    ("Communication", "R25"),
    ("Timing and timescales", "R26"),
    ("Risk management", "R27"),
    ("Documentation", "R28"),
    ("Related changes, known errors and problems", "R29"),
];

fn window() -> Vec<String> {
    vec!["Sat 21 Nov 2026, 22:00–23:30 CET (Europe/Berlin)".into(), "Sat 21 Nov 2026, 21:00–22:30 UTC".into()]
}

/// The approved plan of the specimen's first item, with the words around it in `language`.
#[must_use]
pub fn plan(language: Language) -> ApprovedPlan {
    let decided = item(1);
    let part = |(number, (title, clause)): (u32, (&str, &str))| PlanPart {
        title: format!("{number}. {title}"),
        clause: clause.into(),
        text: match number {
            5 => PlanText::Written(Vec::new()),
            12 => PlanText::NotHere,
            13 => PlanText::NotSigned,
            _ => PlanText::Written(vec![
                ReviewText::Paragraph("First the replica, then the primary.".into()),
                ReviewText::Table(ReviewTable {
                    header: vec!["Step".into(), "Who".into()],
                    rows: vec![vec!["Stop the writers".into(), "Mara Lind".into()]],
                }),
            ]),
        },
        edited: number == 9,
        reviews: if number.is_multiple_of(4) {
            Vec::new()
        } else {
            vec![PartReview {
                who: "Ελένη Παπαδοπούλου".into(),
                ticked: !number.is_multiple_of(3),
                comment: if number == 7 { "Who restores the archive?".into() } else { String::new() },
                other_text: number == 10,
            }]
        },
    };
    ApprovedPlan {
        head: Head { language, ..head() },
        key: decided.key.clone(),
        title: decided.title.clone(),
        kind: decided.kind.clone(),
        window: window(),
        environment: "prod-eu".into(),
        artifacts: vec![format!("sha256:{DIGEST}")],
        handed_out: "20 Nov 2026, 09:12 CET (claimed), Nguyễn Thị Ánh".into(),
        good_until: "21 Nov 2026, 09:12 CET".into(),
        sections: (1..).zip(SECTIONS).map(part).collect(),
        sign_offs: decided.sign_offs.clone(),
        rulings: vec!["CHG-101: Communication was edited, and ruled immaterial".into()],
        dispensations: Vec::new(),
        decided: Some(decided),
        signatories: vec![Signatory { meaning: "I hand this out as the approved plan.".into(), ..signatory() }],
        evidence: plan_evidence("CHG-101-plan.pdf", DIGEST, KEY, Some(KEY.into()), language),
    }
}

/// The agenda of a meeting on three changes, of which one is restricted.
#[must_use]
pub fn agenda(language: Language) -> MeetingAgenda {
    let line = |number: u32, title: &str, level: Option<RiskLevel>| AgendaLine {
        number,
        key: format!("CHG-{}", 100 + number),
        minutes: 10,
        said: Some(AgendaSaid {
            title: title.into(),
            kind: "normal change".into(),
            release: (number == 1).then(|| "R-4".into()),
            window: if number == 1 { window() } else { Vec::new() },
            level,
            presents: if number == 1 { "Nguyễn Thị Ánh".into() } else { String::new() },
            approvers: if number == 1 {
                vec!["CTO: Søren Lindqvist, Þórunn Ægisdóttir".into()]
            } else {
                Vec::new()
            },
        }),
    };
    let head = head();
    MeetingAgenda {
        board: head.board,
        provisional: true,
        meeting: head.meeting_title,
        begins: "Wednesday 25 November 2026, 14:00 CET (Europe/Berlin)".into(),
        place: head.place,
        chair: head.chair,
        secretary: head.secretary,
        quorum: QuorumNeeded {
            required: 4,
            of: 7,
            formula: "strict majority: floor(7/2)+1 = 4".into(),
            mandatory: vec!["Þórunn Ægisdóttir".into()],
        },
        frozen: false,
        as_of: "23 Nov 2026, 09:00 CET".into(),
        made_at: made_at(),
        language,
        paper: PaperSize::A4,
        policy_version: head.policy_version,
        policy_digest: head.policy_digest,
        roster_version: head.roster_version,
        first: vec!["Дмитрий Соколов contests: voted to approve CHG-90".into()],
        items: vec![
            line(1, "Move the payments ledger to the new database hosts", Some(RiskLevel::High)),
            line(2, "Rotate the certificates", None),
            AgendaLine { said: None, ..line(3, "", None) },
        ],
    }
}

/// What is read for the first item of [`agenda`].
#[must_use]
pub fn pre_read() -> Vec<ReviewChange> {
    let decided = item(1);
    vec![ReviewChange {
        key: decided.key,
        title: decided.title,
        standing: "Not decided".into(),
        facts: vec![("Umgebung".into(), "prod-eu".into())],
        description: vec![ReviewText::Paragraph("The ledger moves, table by table.".into())],
        score: ReviewScore {
            level: Some(RiskLevel::High),
            summary: "62 of 100 points".into(),
            model: "points-100 v1".into(),
            confidence: "84 % synced or attested".into(),
            floors: Vec::new(),
            steps: Vec::new(),
        },
        gates: decided.gates,
        gates_passed: 9,
        conditions: decided.conditions,
        since: None,
        differences: Vec::new(),
        remarks: Vec::new(),
        plan: vec![ReviewSection {
            title: "1. Approach".into(),
            clause: "R17".into(),
            text: vec![ReviewText::Paragraph("First drain.".into())],
        }],
        attachments: Vec::new(),
    }]
}
