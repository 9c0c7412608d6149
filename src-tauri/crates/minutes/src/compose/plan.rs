//! The plan of an approved change: what its release manager hands out.

use super::prose::prose;
use super::words::grouped;
use super::{evidence, item, provisional, rests_on, row, section, signatures, table};
use crate::document::{Block, Document, KeyValue, Mark, Span};
use crate::language::Language;
use crate::plan::{ApprovedPlan, PartReview, PlanPart, PlanText};
use crate::review::ReviewText;

/// Composes an approved plan.
#[must_use]
pub fn compose_plan(plan: &ApprovedPlan) -> Document {
    let head = &plan.head;
    let language = head.language;
    let kind = language.approved_plan(&plan.key);
    let mut blocks = vec![Block::Title { above: head.board.clone(), title: kind.clone(), below: plan.title.clone() }];
    blocks.extend(provisional(head));
    blocks.push(facts(plan));
    blocks.push(section(language.the_change()));
    blocks.push(change(plan));
    blocks.push(section(language.the_plan()));
    for part in &plan.sections {
        blocks.extend(of_part(language, part));
    }
    blocks.push(section(language.decision()));
    blocks.extend(decision(plan));
    blocks.extend(signatures(language, &plan.signatories));
    blocks.extend(evidence(&plan.evidence, head));
    let provisional = if head.provisional { language.running_provisional() } else { "" };
    let checkpoint: String = head.checkpoint.chars().take(16).collect();
    Document {
        watermark: None,
        title: format!("{kind} · {}", plan.title),
        author: head.board.clone(),
        subject: format!("{}: {}", plan.key, plan.title),
        language,
        paper: head.paper,
        made_at: head.made_at,
        running_head: (format!("{}{provisional}", head.board), kind),
        running_foot: language.foot(&grouped(&checkpoint), &head.policy_version, &head.roster_version),
        blocks,
    }
}

fn plain(text: &str) -> Vec<Vec<Span>> {
    vec![vec![Span::plain(text)]]
}

fn facts(plan: &ApprovedPlan) -> Block {
    let head = &plan.head;
    let language = head.language;
    let mut rows = vec![row(language.handed_out(), vec![vec![Span::strong(&plan.handed_out)]])];
    rows.push(row(language.good_until(), vec![vec![Span::strong(&plan.good_until)]]));
    if plan.decided.is_some() {
        rows.push(row(
            language.decided_in(),
            vec![vec![Span::plain(&head.meeting_title)], vec![Span::plain(&head.date)]],
        ));
        rows.push(row(language.chair(), plain(&head.chair)));
    }
    rows.push(rests_on(head));
    Block::KeyValues { rows }
}

fn change(plan: &ApprovedPlan) -> Block {
    let language = plan.head.language;
    let lines = |texts: &[String]| texts.iter().map(|text| vec![Span::plain(text)]).collect::<Vec<_>>();
    let mut rows: Vec<KeyValue> = vec![
        row(language.key(), vec![vec![Span::strong(&plan.key)]]),
        row(language.title(), plain(&plan.title)),
        row(language.kind(), plain(&plan.kind)),
    ];
    if let Some(release) = plan.decided.as_ref().and_then(|item| item.release.as_ref()) {
        rows.push(row(language.release(), plain(release)));
    }
    rows.push(row(language.window(), lines(&plan.window)));
    rows.push(row(language.environment(), plain(&plan.environment)));
    rows.push(row(
        language.may_be_deployed(),
        plan.artifacts.iter().map(|artifact| vec![Span::code(artifact)]).collect(),
    ));
    if let Some(level) = plan.decided.as_ref().and_then(|item| item.risk.as_ref()) {
        rows.push(item::risk_row(language, level));
    }
    Block::KeyValues { rows }
}

fn of_part(language: Language, part: &PlanPart) -> Vec<Block> {
    let title = if part.clause.is_empty() { part.title.clone() } else { format!("{} · {}", part.title, part.clause) };
    let said = |words: &str| vec![ReviewText::Paragraph(words.to_owned())];
    let mut blocks = match &part.text {
        PlanText::Written(text) if text.is_empty() => prose(&title, &said(language.nothing_written())),
        PlanText::Written(text) => prose(&title, text),
        PlanText::NotHere => prose(&title, &said(language.not_here())),
        PlanText::NotSigned => prose(&title, &said(language.not_among_signed())),
    };
    if part.edited {
        blocks.push(Block::Notice { spans: vec![Span::plain(language.edited_since()).with_mark(Mark::Attention)] });
    }
    blocks.push(reviews(language, &part.reviews));
    blocks
}

fn reviews(language: Language, reviews: &[PartReview]) -> Block {
    let line = |review: &PartReview| {
        let mut how = if review.ticked {
            vec![Span::strong(language.sufficient()).with_mark(Mark::Met(true))]
        } else {
            vec![Span::plain(language.not_ticked())]
        };
        if review.other_text {
            how.push(Span::quiet(format!("({})", language.other_text())));
        }
        vec![vec![Span::strong(&review.who)], how, vec![Span::plain(&review.comment)]]
    };
    let columns = [(language.who(), 30), (language.reviewed(), 28), (language.remark(), 56)];
    table(columns, reviews.iter().map(line).collect())
        .unwrap_or_else(|| Block::Paragraph { spans: vec![Span::quiet(language.nobody_reviewed())] })
}

fn decision(plan: &ApprovedPlan) -> Vec<Block> {
    let language = plan.head.language;
    let mut blocks = Vec::new();
    if let Some(decided) = &plan.decided {
        let mut rows = vec![item::decided(language, decided)];
        let holds = |approval: &String| row(language.approval(), vec![vec![Span::strong(approval)]]);
        rows.extend(decided.approval.as_ref().map(holds));
        rows.extend(decided.plan_review.as_ref().map(|review| row(language.plan_review(), plain(review))));
        rows.extend(decided.manifest.as_ref().map(|manifest| {
            let shown = vec![Span::quiet(language.manifest()), Span::code(grouped(manifest))];
            row(language.what_was_shown(), vec![shown])
        }));
        blocks.push(Block::KeyValues { rows });
        blocks.extend(titled(language.votes(), item::votes(language, &decided.votes)));
        blocks.extend(decided.attestation_count.as_deref().map(paragraph));
        blocks.extend(titled(language.conditions(), item::conditions(language, &decided.conditions)));
    } else {
        blocks.push(paragraph(language.without_agenda()));
    }
    blocks.extend(titled(language.sign_offs(), item::sign_offs(language, &plan.sign_offs)));
    let (circular, emergency) = match &plan.decided {
        Some(decided) => (decided.circular.as_slice(), decided.emergency.as_slice()),
        None => (&[][..], &[][..]),
    };
    for (title, texts) in [
        (language.circular_resolution(), circular),
        (language.emergency(), emergency),
        (language.immaterial(), plan.rulings.as_slice()),
        (language.dispensations(), plan.dispensations.as_slice()),
    ] {
        if !texts.is_empty() {
            blocks.push(item::heading(title));
            blocks.extend(item::sentences(texts));
        }
    }
    blocks
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph { spans: vec![Span::plain(text)] }
}

/// Heading and table, or nothing.
fn titled(title: &str, made: Option<Block>) -> Vec<Block> {
    made.map_or_else(Vec::new, |made| vec![item::heading(title), made])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen;

    #[test]
    fn the_sections_stand_in_the_plans_order_between_the_change_and_the_decision() {
        let plan = specimen::plan(Language::English);
        assert_eq!(plan.sections.len(), 13);
        let document = compose_plan(&plan);
        let headings: Vec<&str> = document
            .blocks
            .iter()
            .filter_map(|block| if let Block::Heading { text, .. } = block { Some(text.as_str()) } else { None })
            .collect();
        let titles: Vec<String> = plan.sections.iter().map(|s| format!("{} · {}", s.title, s.clause)).collect();
        let found = |wanted: &str| headings.iter().position(|heading| *heading == wanted);
        let at = |wanted: &str| found(wanted).unwrap_or_else(|| panic!("{wanted} in {headings:?}"));
        let places: Vec<usize> = titles.iter().map(|title| at(title)).collect();
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "{headings:?}");
        assert!(at("The change") < places[0] && places[12] < at("Decision"), "{headings:?}");
        assert!(at("Conditions") < at("Sign-offs") && at("Sign-offs") < at("Evidence: how to verify without Cabinet"));
    }

    #[test]
    fn a_text_that_is_not_there_is_told_apart_from_one_that_nobody_wrote() {
        let mut plan = specimen::plan(Language::English);
        plan.sections.truncate(3);
        plan.sections[0].text = PlanText::Written(Vec::new());
        plan.sections[1].text = PlanText::NotHere;
        plan.sections[2].text = PlanText::NotSigned;
        let said = compose_plan(&plan).texts().join("\n");
        for sentence in ["Nothing is written.", "withheld or disposed of", "does not count this section"] {
            assert!(said.contains(sentence), "{sentence}");
        }
    }

    #[test]
    fn what_no_meeting_decided_says_so_and_names_none() {
        let mut plan = specimen::plan(Language::English);
        plan.decided = None;
        let said = compose_plan(&plan).texts().join("\n");
        assert!(said.contains("No meeting decided") && !said.contains("Decided in"), "{said}");
        assert!(said.contains(&plan.sign_offs[0].name));
    }
}
