//! A review pack to a document: the cover first, then each change.

use super::prose::prose;
use super::words::{gate, grouped, risk};
use super::{item, row, section, table};
use crate::document::{Block, Document, KeyValue, Mark, Span};
use crate::review::{Review, ReviewChange, ReviewScore, ReviewText};

/// Composes the PDF of a review pack.
#[must_use]
pub fn compose_review(review: &Review) -> Document {
    let mut blocks = vec![Block::Title {
        above: review.board.clone(),
        title: "Review pack".into(),
        below: format!("For {}, as of {}", review.to, review.as_of),
    }];
    if review.provisional {
        let text = "One keyholder only. What is recorded here rests on that one key until a second is admitted.";
        blocks.push(Block::Notice {
            spans: vec![Span::strong("Provisional board.").with_mark(Mark::Attention), Span::plain(text)],
        });
    }
    blocks.push(cover(review));
    blocks.push(section("What is left out"));
    blocks.extend(left_out(&review.left_out));
    blocks.push(section("Changes"));
    blocks.extend(overview(&review.changes));
    for (number, change) in (1u32..).zip(&review.changes) {
        blocks.extend(of_change(number, change));
    }
    Document {
        title: format!("Review pack · {} · {}", review.board, review.as_of),
        author: review.board.clone(),
        subject: format!("{} changes to be reviewed by {}", review.changes.len(), review.to),
        language: "en".into(),
        made_at: review.made_at,
        running_head: (format!("{} · review pack", review.board), format!("for {}", review.to)),
        running_foot: format!(
            "As of {} · policy {} · roster {}",
            review.as_of, review.policy_version, review.roster_version
        ),
        blocks,
    }
}

fn cover(review: &Review) -> Block {
    let strong = |text: &str| vec![vec![Span::strong(text)]];
    let until = match &review.good_until {
        Some(until) => vec![
            vec![Span::strong(until)],
            vec![Span::quiet("It opens after that, too. By then ask whether anything has changed.")],
        ],
        None => vec![vec![Span::plain("no end was set")]],
    };
    Block::KeyValues {
        rows: vec![
            row("For", strong(&review.to)),
            row("From", vec![vec![Span::plain(&review.from)]]),
            row("As of", strong(&review.as_of)),
            row("Good until", until),
            row(
                "Rests on",
                vec![
                    vec![
                        Span::quiet(format!("Policy {}", review.policy_version)),
                        Span::code(grouped(&review.policy_digest)),
                    ],
                    vec![
                        Span::quiet(format!("Roster {}, root", review.roster_version)),
                        Span::code(grouped(&review.roster_root)),
                    ],
                ],
            ),
            row(
                "For reading",
                vec![vec![Span::plain(
                    "Nothing is signed on this paper. Score, review and sign in Cabinet, where the pack was opened.",
                )]],
            ),
        ],
    }
}

fn left_out(omissions: &[String]) -> Vec<Block> {
    if omissions.is_empty() {
        let words = "Nothing that belongs to these changes was left out.";
        return vec![Block::Paragraph { spans: vec![Span::plain(words)] }];
    }
    let line = |text: &String| Block::Paragraph { spans: vec![Span::plain(text).with_mark(Mark::Attention)] };
    omissions.iter().map(line).collect()
}

fn overview(changes: &[ReviewChange]) -> Option<Block> {
    let line = |change: &ReviewChange| {
        let level = change.score.level.map_or_else(|| Span::plain("not settled"), risk);
        let failing = match change.gates.len() {
            0 => Span::plain("none"),
            count => Span::plain(count.to_string()),
        };
        vec![
            vec![Span::strong(&change.key)],
            vec![Span::plain(&change.title)],
            vec![level],
            vec![failing],
            vec![Span::plain(&change.standing)],
        ]
    };
    let rows = changes.iter().map(line).collect();
    table([("Key", 15), ("Title", 46), ("Risk", 16), ("Gates failing", 15), ("Stands", 22)], rows)
}

fn of_change(number: u32, change: &ReviewChange) -> Vec<Block> {
    let mut blocks = vec![Block::ItemHead {
        number,
        key: change.key.clone(),
        title: change.title.clone(),
        verdict: Span::strong(&change.standing),
    }];
    let facts = change.facts.iter().map(|(label, value)| row(label, vec![vec![Span::plain(value)]]));
    let rows: Vec<KeyValue> = facts.chain([score_row(&change.score)]).collect();
    blocks.push(Block::KeyValues { rows });
    blocks.extend(prose("Description", &change.description));
    blocks.extend(steps(&change.score));
    blocks.extend(gates(change));
    blocks.extend(conditions(change));
    blocks.extend(since(change));
    blocks.extend(remarks(change));
    blocks.extend(attachments(change));
    for part in &change.plan {
        let clause = if part.clause.is_empty() { String::new() } else { format!(" ({})", part.clause) };
        let none = [ReviewText::Paragraph("Nothing is written.".to_owned())];
        let text = if part.text.is_empty() { &none[..] } else { &part.text };
        blocks.extend(prose(&format!("Plan {}{clause}", part.title), text));
    }
    blocks
}

fn score_row(score: &ReviewScore) -> KeyValue {
    let mut first: Vec<Span> = score.level.map(risk).into_iter().collect();
    first.extend([Span::plain(&score.summary), Span::quiet(format!("({})", score.model))]);
    let mut lines = vec![first];
    lines.extend(score.floors.iter().map(|floor| vec![Span::plain(format!("Raised: {floor}"))]));
    lines.push(vec![Span::quiet(&score.confidence)]);
    row("Risk", lines)
}

/// Heading and table, or nothing.
fn titled(title: &str, made: Option<Block>) -> Vec<Block> {
    made.map_or_else(Vec::new, |made| vec![item::heading(title), made])
}

fn steps(score: &ReviewScore) -> Vec<Block> {
    let rows = score
        .steps
        .iter()
        .map(|step| {
            vec![
                vec![Span::plain(&step.question)],
                vec![Span::plain(&step.answer)],
                vec![Span::plain(&step.provenance)],
                vec![Span::plain(&step.points)],
                vec![Span::strong(step.sum.to_string())],
            ]
        })
        .collect();
    let columns = [("Question", 42), ("Answer", 30), ("From", 16), ("Points", 14), ("Sum", 10)];
    titled("Score, question by question", table(columns, rows))
}

fn gates(change: &ReviewChange) -> Vec<Block> {
    let rows = change
        .gates
        .iter()
        .map(|found| {
            vec![
                vec![gate(found.result)],
                vec![Span::strong(&found.clause)],
                vec![Span::plain(&found.title)],
                vec![Span::plain(&found.why)],
            ]
        })
        .collect();
    let none = if change.gates.is_empty() { "None. " } else { "" };
    let passed = match change.gates_passed {
        1 => format!("{none}1 gate passed."),
        count => format!("{none}{count} gates passed."),
    };
    let mut blocks = vec![item::heading("Gates that do not pass")];
    blocks.extend(table([("Result", 18), ("Clause", 10), ("Gate", 34), ("Why", 52)], rows));
    blocks.push(Block::Paragraph { spans: vec![Span::plain(passed)] });
    blocks
}

fn conditions(change: &ReviewChange) -> Vec<Block> {
    titled("Conditions", item::conditions(&change.conditions))
}

fn since(change: &ReviewChange) -> Vec<Block> {
    let words = match (&change.since, change.differences.is_empty()) {
        (None, _) => "There was no earlier look to compare with.".to_owned(),
        (Some(since), true) => format!("Nothing has changed since {since}."),
        (Some(since), false) => format!("Since {since}:"),
    };
    let rows = change
        .differences
        .iter()
        .map(|d| vec![vec![Span::strong(&d.field)], vec![Span::plain(&d.before)], vec![Span::plain(&d.now)]])
        .collect();
    let mut blocks =
        vec![item::heading("What changed since the last look"), Block::Paragraph { spans: vec![Span::plain(words)] }];
    blocks.extend(table([("Field", 24), ("Before", 45), ("Now", 45)], rows));
    blocks
}

fn remarks(change: &ReviewChange) -> Vec<Block> {
    let rows = change
        .remarks
        .iter()
        .map(|r| vec![vec![Span::strong(&r.who)], vec![Span::plain(&r.about)], vec![Span::plain(&r.text)]])
        .collect();
    titled("Members' questions and remarks", table([("Who", 24), ("About", 26), ("Words", 64)], rows))
}

fn attachments(change: &ReviewChange) -> Vec<Block> {
    let line = |(name, state): &(String, String)| vec![vec![Span::plain(name)], vec![Span::plain(state)]];
    let rows = change.attachments.iter().map(line).collect();
    titled("Attachments", table([("File", 56), ("In this pack", 58)], rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fonts::Fonts;
    use crate::layout::{A4, Drawn, lay_out};
    use crate::model::{Condition, ConditionTime, Gate, GateResult, RiskLevel};
    use crate::render;
    use crate::review::{ReviewDifference, ReviewRemark, ReviewSection, ReviewStep, ReviewTable};

    fn review() -> Review {
        let text = |text: &str| text.to_owned();
        Review {
            board: text("Shop board"),
            provisional: true,
            to: text("Amara Okafor, CTO"),
            from: text("Ines Duarte"),
            as_of: text("25 Nov 2026, 09:00 CET"),
            good_until: Some(text("28 Nov 2026, 09:00 CET")),
            made_at: chrono::DateTime::UNIX_EPOCH,
            left_out: vec![text("CHG-17 trace.pcap: not downloaded")],
            policy_version: text("starter 1"),
            policy_digest: "ab".repeat(32),
            roster_version: text("2"),
            roster_root: "cd".repeat(32),
            changes: vec![ReviewChange {
                key: text("CHG-17"),
                title: text("Upgrade PostgreSQL"),
                standing: text("Awaiting sign-off"),
                facts: vec![(text("Environment"), text("prod-eu"))],
                description: vec![ReviewText::Paragraph(text("A described paragraph."))],
                score: ReviewScore {
                    level: Some(RiskLevel::High),
                    summary: text("61 of 100 points"),
                    model: text("points-100 1"),
                    confidence: text("84 of 100 points are synced or attested"),
                    floors: vec![text("Irreversible schema (R12)")],
                    steps: vec![ReviewStep {
                        question: text("I1 Most critical service"),
                        answer: text("mission-critical"),
                        provenance: text("synced"),
                        points: text("12 of 12"),
                        sum: 12,
                    }],
                },
                gates: vec![Gate {
                    clause: text("R32"),
                    title: text("Rollback evidence"),
                    result: GateResult::Failed,
                    why: text("No rollback was tested."),
                }],
                gates_passed: 9,
                conditions: vec![Condition {
                    text: text("Rehearse the backout"),
                    owner: text("Operations"),
                    due: text("open"),
                    when: ConditionTime::Before,
                    met: false,
                }],
                since: Some(text("20 Nov 2026")),
                differences: vec![ReviewDifference { field: text("Version"), before: text("4.1"), now: text("4.2") }],
                remarks: vec![ReviewRemark {
                    who: text("Wei Zhang"),
                    about: text("Plan, 7. Backout"),
                    text: text("Who restores the replica?"),
                }],
                plan: vec![
                    ReviewSection {
                        title: text("1. Approach"),
                        clause: text("R15"),
                        text: vec![
                            ReviewText::Paragraph(text("First drain.")),
                            ReviewText::Table(ReviewTable {
                                header: vec![text("Step"), text("Who")],
                                rows: vec![vec![text("Stop the writers"), text("Operations")]],
                            }),
                        ],
                    },
                    ReviewSection { title: text("7. Backout"), clause: text("R21"), text: Vec::new() },
                ],
                attachments: vec![(text("plan.pdf"), text("in the pack, 12 KB"))],
            }],
        }
    }

    #[test]
    fn it_says_whatever_somebody_without_a_network_decides_from() {
        let said = compose_review(&review()).texts().join("\n");
        for expected in [
            "Amara Okafor, CTO",
            "25 Nov 2026, 09:00 CET",
            "28 Nov 2026, 09:00 CET",
            "CHG-17 trace.pcap: not downloaded",
            "starter 1",
            "Awaiting sign-off",
            "prod-eu",
            "A described paragraph.",
            "61 of 100 points",
            "synced",
            "12 of 12",
            "Raised: Irreversible schema (R12)",
            "No rollback was tested.",
            "9 gates passed.",
            "Rehearse the backout",
            "4.1",
            "Who restores the replica?",
            "First drain.",
            "Stop the writers",
            "Nothing is written.",
            "in the pack, 12 KB",
            "Provisional board.",
        ] {
            assert!(said.contains(expected), "{expected} is missing");
        }
    }

    #[test]
    fn the_first_page_says_for_whom_as_of_when_good_until_and_what_is_left_out() {
        let mut review = review();
        let change = review.changes[0].clone();
        review.changes.extend(std::iter::repeat_n(change, 12));
        let layout = lay_out(&compose_review(&review), Fonts::load().expect("fonts"), A4).expect("laid out");
        assert!(layout.pages.len() > 2, "it goes on for pages");
        let text = |drawn: &Drawn| match drawn {
            Drawn::Text { text, .. } => Some(text.clone()),
            Drawn::Fill { .. } | Drawn::Stroke { .. } | Drawn::Field { .. } => None,
        };
        let first = layout.pages[0].iter().filter_map(text).collect::<Vec<_>>().join(" ");
        for expected in ["Okafor", "As of", "Good until", "28 Nov 2026", "What is left out", "trace.pcap"] {
            assert!(first.contains(expected), "{expected} is not on the first page: {first}");
        }
    }

    #[test]
    fn where_nothing_is_left_out_it_says_so_and_it_is_drawn() {
        let mut review = review();
        review.left_out.clear();
        review.changes[0].differences.clear();
        let document = compose_review(&review);
        let said = document.texts().join("\n");
        assert!(said.contains("Nothing that belongs to these changes was left out."));
        assert!(said.contains("Nothing has changed since 20 Nov 2026."));
        let (one, again) = (render(&document, &[]).expect("drawn"), render(&document, &[]).expect("drawn"));
        assert!(one.starts_with(b"%PDF-") && one == again, "the same facts give the same bytes");
    }
}
