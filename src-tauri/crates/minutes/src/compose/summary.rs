//! The summary: what somebody with one minute reads. Its counts are counts of what stands in the same minutes.

use super::links::Keys;
use super::words::{decision, risk};
use super::{item, row, section, table};
use crate::document::{Bar, Block, Chart, KeyValue, Mark, Span};
use crate::language::Language;
use crate::model::{Condition, ConditionTime, Decision, Item, Minutes, Overdue, RiskLevel};

/// Rows of a table of the summary at most: the rest stands with its items.
const MOST: usize = 8;

/// Decisions in the order of the bars.
const DECISIONS: [Decision; 7] = [
    Decision::Approved,
    Decision::ApprovedWithConditions,
    Decision::Rejected,
    Decision::Deferred,
    Decision::MoreInformation,
    Decision::Withdrawn,
    Decision::NoDecision,
];

/// Levels in the order of the bars: the gravest first.
const LEVELS: [RiskLevel; 4] = [RiskLevel::Critical, RiskLevel::High, RiskLevel::Medium, RiskLevel::Low];

/// The blocks of the summary.
pub(super) fn summary(minutes: &Minutes, keys: &Keys<'_>) -> Vec<Block> {
    let language = minutes.head.language;
    let items = &minutes.items;
    let (decisions, levels) = (by_decision(language, items), by_risk(language, items));
    let plain = |text: String| vec![Span::plain(text)];
    let mut blocks = vec![section(language.summary())];
    let mut rows = Vec::new();
    if items.is_empty() {
        rows.push(row(language.decisions(), vec![plain(language.no_items().to_owned())]));
    } else {
        let all = vec![Span::strong(language.items(items.len())), Span::plain(listed(&decisions))];
        rows.push(row(language.decisions(), vec![all]));
        rows.push(row(language.risk(), vec![plain(listed(&levels))]));
        let charts = vec![chart(language.by_decision(), decisions), chart(language.by_risk(), levels)];
        blocks.push(Block::Charts { charts });
    }
    let opened = conditions(items);
    rows.push(row(language.conditions(), vec![plain(count_of(language, &opened))]));
    rows.push(overdue_row(minutes));
    if let Some(since) = &minutes.since {
        rows.push(row(language.since_last(), language.happened(since).map(plain).to_vec()));
    }
    blocks.push(Block::KeyValues { rows });
    blocks.extend(opened_table(language, &opened, keys));
    blocks.extend(overdue_table(language, &minutes.overdue, keys));
    blocks
}

fn by_decision(language: Language, items: &[Item]) -> Vec<Bar> {
    let bar = |kind: Decision| {
        let count = counted(items, |item| item.decision == kind);
        Bar { label: decision(language, kind), count }
    };
    DECISIONS.into_iter().map(bar).filter(|bar| bar.count > 0).collect()
}

fn by_risk(language: Language, items: &[Item]) -> Vec<Bar> {
    let level_of = |item: &Item| item.risk.as_ref().map(|risk| risk.level);
    let bar = |level: RiskLevel| {
        let count = counted(items, |item| level_of(item) == Some(level));
        Bar { label: risk(language, level), count }
    };
    let mut bars: Vec<Bar> = LEVELS.into_iter().map(bar).collect();
    let unscored = counted(items, |item| level_of(item).is_none());
    if unscored > 0 {
        bars.push(Bar { label: Span::plain(language.not_scored()), count: unscored });
    }
    bars
}

fn counted(items: &[Item], is: impl Fn(&Item) -> bool) -> u32 {
    u32::try_from(items.iter().filter(|item| is(item)).count()).unwrap_or(u32::MAX)
}

/// "Approved: 2, Rejected: 1."
fn listed(bars: &[Bar]) -> String {
    let parts: Vec<String> = bars.iter().map(|bar| format!("{}: {}", bar.label.text, bar.count)).collect();
    format!("{}.", parts.join(", "))
}

fn chart(title: &str, bars: Vec<Bar>) -> Chart {
    Chart { title: title.to_owned(), alt: format!("{title}. {}", listed(&bars)), bars }
}

/// Every condition with the key of its item; those that block the deployment first.
fn conditions(items: &[Item]) -> Vec<(&str, &Condition)> {
    let mut all: Vec<(&str, &Condition)> = Vec::new();
    for item in items {
        all.extend(item.conditions.iter().map(|condition| (item.key.as_str(), condition)));
    }
    all.sort_by_key(|(_, condition)| condition.when == ConditionTime::After);
    all
}

fn count_of(language: Language, opened: &[(&str, &Condition)]) -> String {
    let before = opened.iter().filter(|(_, condition)| condition.when == ConditionTime::Before).count();
    match opened.len() {
        0 => language.no_conditions().to_owned(),
        count => language.opened(before, count - before),
    }
}

fn overdue_row(minutes: &Minutes) -> KeyValue {
    let language = minutes.head.language;
    let said = match minutes.overdue.len() {
        0 => Span::plain(language.none_overdue()),
        count => Span::strong(language.overdue_count(count)).with_mark(Mark::Attention),
    };
    let mut lines = vec![vec![said]];
    if minutes.untold > 0 {
        lines.push(vec![Span::plain(language.untold(minutes.untold))]);
    }
    row(language.overdue(), lines)
}

fn opened_table(language: Language, opened: &[(&str, &Condition)], keys: &Keys<'_>) -> Vec<Block> {
    let line = |(key, condition): &(&str, &Condition)| {
        let when = match condition.when {
            ConditionTime::Before => language.before_deployment(),
            ConditionTime::After => language.after_deployment(),
        };
        vec![
            vec![keys.key(Span::strong(*key))],
            vec![keys.named(Span::plain(&condition.text))],
            vec![Span::plain(&condition.owner)],
            vec![Span::plain(&condition.due)],
            vec![Span::plain(when)],
        ]
    };
    let columns = [
        (language.key(), 15),
        (language.condition(), 44),
        (language.owner(), 21),
        (language.due(), 19),
        (language.when(), 17),
    ];
    let shown = table(columns, opened.iter().take(MOST).map(line).collect());
    let more = opened.len().saturating_sub(MOST);
    let rest = (more > 0).then(|| Block::Paragraph { spans: vec![Span::plain(language.more_conditions(more))] });
    let heading = (!opened.is_empty()).then(|| item::heading(language.conditions_opened()));
    heading.into_iter().chain(shown).chain(rest).collect()
}

/// All of it: what is overdue stands nowhere else.
fn overdue_table(language: Language, overdue: &[Overdue], keys: &Keys<'_>) -> Vec<Block> {
    let line = |one: &Overdue| {
        let owner = if one.owner.is_empty() { "–" } else { one.owner.as_str() };
        vec![
            vec![keys.key(Span::strong(&one.item))],
            vec![keys.named(Span::plain(&one.text))],
            vec![Span::plain(owner)],
            vec![Span::plain(&one.due)],
        ]
    };
    let columns = [(language.key(), 15), (language.obligation(), 55), (language.owner(), 22), (language.due(), 22)];
    let shown = table(columns, overdue.iter().map(line).collect());
    let heading = (!overdue.is_empty()).then(|| item::heading(language.overdue()));
    heading.into_iter().chain(shown).collect()
}
