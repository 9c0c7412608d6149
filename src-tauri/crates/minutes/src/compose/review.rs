//! A review pack to a document: the cover first, then each change.

use super::links::Keys;
use super::prose::prose;
use super::words::{gate, grouped, risk};
use super::{item, row, section, table};
use crate::document::{Block, Document, KeyValue, Mark, Span};
use crate::language::Language;
use crate::review::{Review, ReviewChange, ReviewScore, ReviewText};

/// Composes the PDF of a review pack.
#[must_use]
pub fn compose_review(review: &Review) -> Document {
    let language = review.language;
    let mut blocks = vec![Block::Title {
        above: review.board.clone(),
        title: language.review_pack().into(),
        below: language.for_as_of(&review.to, &review.as_of),
    }];
    if review.provisional {
        blocks.push(Block::Notice {
            spans: vec![
                Span::strong(language.provisional_board()).with_mark(Mark::Attention),
                Span::plain(language.one_keyholder()),
            ],
        });
    }
    blocks.push(cover(review));
    blocks.push(section(language.left_out()));
    blocks.extend(left_out(language, &review.left_out));
    blocks.push(section(language.changes()));
    let keys = Keys::of((1u32..).zip(&review.changes).map(|(number, change)| (change.key.as_str(), number)));
    blocks.extend(overview(language, &review.changes, &keys));
    for (number, change) in (1u32..).zip(&review.changes) {
        blocks.extend(of_change(language, number, change, true));
    }
    Document {
        title: format!("{} · {} · {}", language.review_pack(), review.board, review.as_of),
        author: review.board.clone(),
        subject: language.to_be_reviewed(review.changes.len(), &review.to),
        language,
        paper: review.paper,
        made_at: review.made_at,
        running_head: (
            format!("{} · {}", review.board, language.running_review_pack()),
            language.running_for(&review.to),
        ),
        running_foot: language.review_foot(&review.as_of, &review.policy_version, &review.roster_version),
        watermark: None,
        blocks,
    }
}

fn cover(review: &Review) -> Block {
    let language = review.language;
    let strong = |text: &str| vec![vec![Span::strong(text)]];
    let until = match &review.good_until {
        Some(until) => vec![vec![Span::strong(until)], vec![Span::quiet(language.opens_after())]],
        None => vec![vec![Span::plain(language.no_end())]],
    };
    Block::KeyValues {
        rows: vec![
            row(language.addressee(), strong(&review.to)),
            row(language.sender(), vec![vec![Span::plain(&review.from)]]),
            row(language.shows_state_of(), strong(&review.as_of)),
            row(language.good_until(), until),
            row(
                language.rests_on(),
                vec![
                    vec![
                        Span::quiet(language.policy(&review.policy_version)),
                        Span::code(grouped(&review.policy_digest)),
                    ],
                    vec![
                        Span::quiet(language.roster_root(&review.roster_version)),
                        Span::code(grouped(&review.roster_root)),
                    ],
                ],
            ),
            row(language.for_reading(), vec![vec![Span::plain(language.for_reading_text())]]),
        ],
    }
}

fn left_out(language: Language, omissions: &[String]) -> Vec<Block> {
    if omissions.is_empty() {
        return vec![Block::Paragraph { spans: vec![Span::plain(language.nothing_left_out())] }];
    }
    let line = |text: &String| Block::Paragraph { spans: vec![Span::plain(text).with_mark(Mark::Attention)] };
    omissions.iter().map(line).collect()
}

fn overview(language: Language, changes: &[ReviewChange], keys: &Keys<'_>) -> Option<Block> {
    let line = |change: &ReviewChange| {
        let level = change.score.level.map_or_else(|| Span::plain(language.not_fixed()), |level| risk(language, level));
        let failing = match change.gates.len() {
            0 => Span::plain(language.none()),
            count => Span::plain(count.to_string()),
        };
        vec![
            vec![keys.key(Span::strong(&change.key))],
            vec![Span::plain(&change.title)],
            vec![level],
            vec![failing],
            vec![Span::plain(&change.standing)],
        ]
    };
    let rows = changes.iter().map(line).collect();
    let columns = [
        (language.key(), 15),
        (language.title(), 46),
        (language.risk(), 16),
        (language.gates_failing(), 15),
        (language.stands(), 22),
    ];
    table(columns, rows)
}

/// One change. `looked`: whether it is for somebody of whom it is known what they looked at before.
pub(super) fn of_change(language: Language, number: u32, change: &ReviewChange, looked: bool) -> Vec<Block> {
    let mut blocks = vec![Block::ItemHead {
        number,
        key: change.key.clone(),
        title: change.title.clone(),
        verdict: Span::strong(&change.standing),
    }];
    let facts = change.facts.iter().map(|(label, value)| row(label, vec![vec![Span::plain(value)]]));
    let rows: Vec<KeyValue> = facts.chain([score_row(language, &change.score)]).collect();
    blocks.push(Block::KeyValues { rows });
    blocks.extend(prose(language.description(), &change.description));
    blocks.extend(steps(language, &change.score));
    blocks.extend(gates(language, change));
    blocks.extend(conditions(language, change));
    if looked {
        blocks.extend(since(language, change));
    }
    blocks.extend(remarks(language, change));
    blocks.extend(attachments(language, change));
    for part in &change.plan {
        let clause = if part.clause.is_empty() { String::new() } else { format!(" ({})", part.clause) };
        let none = [ReviewText::Paragraph(language.nothing_written().to_owned())];
        let text = if part.text.is_empty() { &none[..] } else { &part.text };
        blocks.extend(prose(&language.plan(&format!("{}{clause}", part.title)), text));
    }
    blocks
}

fn score_row(language: Language, score: &ReviewScore) -> KeyValue {
    let mut first: Vec<Span> = score.level.map(|level| risk(language, level)).into_iter().collect();
    first.extend([Span::plain(&score.summary), Span::quiet(format!("({})", score.model))]);
    let mut lines = vec![first];
    lines.extend(score.floors.iter().map(|floor| vec![Span::plain(language.raised(floor))]));
    lines.push(vec![Span::quiet(&score.confidence)]);
    row(language.risk(), lines)
}

/// Heading and table, or nothing.
fn titled(title: &str, made: Option<Block>) -> Vec<Block> {
    made.map_or_else(Vec::new, |made| vec![item::heading(title), made])
}

fn steps(language: Language, score: &ReviewScore) -> Vec<Block> {
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
    let columns = [
        (language.question(), 42),
        (language.answer(), 30),
        (language.provenance(), 16),
        (language.points(), 14),
        (language.sum(), 10),
    ];
    titled(language.by_question(), table(columns, rows))
}

fn gates(language: Language, change: &ReviewChange) -> Vec<Block> {
    let rows = change
        .gates
        .iter()
        .map(|found| {
            vec![
                vec![gate(language, found.result)],
                vec![Span::strong(&found.clause)],
                vec![Span::plain(&found.title)],
                vec![Span::plain(&found.why)],
            ]
        })
        .collect();
    let passed = language.gates_passed(change.gates_passed, change.gates.is_empty());
    let columns = [(language.result(), 18), (language.clause(), 10), (language.gate(), 34), (language.why(), 52)];
    let mut blocks = vec![item::heading(language.gates_that_fail())];
    blocks.extend(table(columns, rows));
    blocks.push(Block::Paragraph { spans: vec![Span::plain(passed)] });
    blocks
}

fn conditions(language: Language, change: &ReviewChange) -> Vec<Block> {
    titled(language.conditions(), item::conditions(language, &change.conditions))
}

fn since(language: Language, change: &ReviewChange) -> Vec<Block> {
    let words = match (&change.since, change.differences.is_empty()) {
        (None, _) => language.no_earlier_look().to_owned(),
        (Some(since), nothing) => language.since(since, nothing),
    };
    let rows = change
        .differences
        .iter()
        .map(|d| vec![vec![Span::strong(&d.field)], vec![Span::plain(&d.before)], vec![Span::plain(&d.now)]])
        .collect();
    let mut blocks =
        vec![item::heading(language.since_last_look()), Block::Paragraph { spans: vec![Span::plain(words)] }];
    blocks.extend(table([(language.field(), 24), (language.before(), 45), (language.now(), 45)], rows));
    blocks
}

fn remarks(language: Language, change: &ReviewChange) -> Vec<Block> {
    let rows = change
        .remarks
        .iter()
        .map(|r| vec![vec![Span::strong(&r.who)], vec![Span::plain(&r.about)], vec![Span::plain(&r.text)]])
        .collect();
    let columns = [(language.who(), 24), (language.about(), 26), (language.words(), 64)];
    titled(language.remarks(), table(columns, rows))
}

fn attachments(language: Language, change: &ReviewChange) -> Vec<Block> {
    let line = |(name, state): &(String, String)| vec![vec![Span::plain(name)], vec![Span::plain(state)]];
    let rows = change.attachments.iter().map(line).collect();
    titled(language.attachments(), table([(language.file(), 56), (language.in_this_pack(), 58)], rows))
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
            language: Language::English,
            paper: crate::document::PaperSize::A4,
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
            Drawn::Text { text, .. } => Some(text.to_string()),
            Drawn::Fill { .. } | Drawn::Stroke { .. } | Drawn::Field { .. } => None,
        };
        let first = layout.pages[0].iter().filter_map(text).collect::<Vec<_>>().join(" ");
        for expected in ["Okafor", "As of", "Good until", "28 Nov 2026", "What is left out", "trace.pcap"] {
            assert!(first.contains(expected), "{expected} is not on the first page: {first}");
        }
    }

    #[test]
    fn a_pack_is_in_one_language_but_for_what_came_in() {
        let model = |language: Language, bare: bool| {
            let mut review = Review { language, ..review() };
            if bare {
                (review.provisional, review.good_until) = (false, None);
                review.left_out.clear();
                let change = &mut review.changes[0];
                (change.score.level, change.since) = (None, None);
                change.gates.clear();
            }
            review
        };
        for bare in [false, true] {
            let (english, german) = (model(Language::English, bare), model(Language::German, bare));
            let json = serde_json::to_string(&german).expect("written");
            let (english, german) = (compose_review(&english), compose_review(&german));
            crate::tests::languages::only_what_came_in_is_shared(&english, &german, &json);
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
