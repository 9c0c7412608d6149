//! The pack on paper: what its PDF says, read from the same views that the window shows.
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::change::{Attachment, ChangeRequest};
use domain::gate::GateResult;
use domain::ids::{ChangeKey, MemberId};
use domain::risk::Provenance;
use domain::text::{self, Block, Inline, mark_invisible};
use minutes::model as m;
use minutes::review as r;
use relay::pack::About;

use super::told;
use crate::cabinet::{Cabinet, OpenBoard, seat_words};
use crate::error::{Answer, BoardError};
use crate::minutes::compile;
use crate::minutes::phrases::Words;
use crate::state::BoardState;
use crate::views::{self, ChangeView, ConditionState, ConditionWhen, DiffLineKind};
use crate::work::Work;

/// Lines of one field's difference that paper shows.
const MOST_LINES: usize = 12;

impl Cabinet {
    /// The PDF of a pack. Long where there are many changes: it tells how far it is, and stops when asked.
    pub(super) async fn pack_pdf(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        about: &About,
        keys: &[ChangeKey],
        work: &Work,
    ) -> Answer<Vec<u8>> {
        let zone = zone_of(state, keys);
        let total = u32::try_from(keys.len()).ok();
        let mut changes = Vec::new();
        for (done, key) in (0u32..).zip(keys) {
            if work.token().is_cancelled() {
                return Err(BoardError::Cancelled);
            }
            work.voice().progress(done, total, key.as_str());
            changes.push(self.page_of(board, state, Some(about), key, (Words::ENGLISH, zone)).await?);
        }
        let name = |id: MemberId| mark_invisible(&state.name(id));
        let to = state.member(about.to)?;
        let review = r::Review {
            board: mark_invisible(&state.roster().name),
            provisional: state.roster().provisional(),
            to: format!("{}, {}", name(about.to), seat_words(to)),
            from: name(about.from),
            as_of: crate::words::local(about.as_of, zone),
            good_until: about.good_until.map(|until| crate::words::local(until, zone)),
            made_at: about.as_of,
            language: minutes::Language::English,
            paper: minutes::PaperSize::A4,
            left_out: told(about),
            policy_version: state.policy.name.replace('/', " "),
            policy_digest: state.policy_digest.to_string(),
            roster_version: state.roster().version.to_string(),
            roster_root: state.rosters.fingerprint().to_string(),
            changes,
        };
        crate::minutes::off_thread(move || {
            minutes::render(&minutes::compose_review(&review), &[]).map_err(|e| crate::minutes::in_pdf(&e))
        })
        .await
    }

    /// One change as it is to be reviewed: for whom the pack is, or without one for everybody who comes to a meeting.
    pub(crate) async fn page_of(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        about: Option<&About>,
        key: &ChangeKey,
        (words, zone): (Words, Tz),
    ) -> Answer<r::ReviewChange> {
        let change = self.load_change(board, key).await?;
        let view = self.change_view(board, state, key).await?;
        let plan = self.plan_view(board, state, key).await?;
        // What the reader has not seen yet; this device knows it of those who look here. Else what they signed last.
        let reader = about.map(|about| about.to);
        let looked = self.since_looked(board, state, &change, reader).await?;
        let signed = state.ledger.sign_offs.get(key).into_iter().flatten().rfind(|s| Some(s.actor) == reader);
        let (since, differences) = match (looked.at, signed) {
            (Some(at), _) => (Some(at), looked.differences),
            (None, Some(signed)) => {
                let shown = view.sign_offs.iter().find(|s| s.id == signed.entry.to_string());
                (Some(signed.claimed), shown.map(|s| s.differences.clone()).unwrap_or_default())
            }
            (None, None) => (None, Vec::new()),
        };
        let day = |at: DateTime<Utc>| words.local(at, zone);
        let window = change.window.as_ref().map(|w| words.window(w, zone).join("; "));
        let mut said = facts(&view, window, (words, zone));
        let on_ticket: Vec<String> =
            change.attachments.iter().filter(|a| !a.own).map(|a| mark_invisible(&a.name)).collect();
        if about.is_none() && !on_ticket.is_empty() {
            said.push((words.recorded("Attachments on the ticket"), on_ticket.join(", ")));
        }
        Ok(r::ReviewChange {
            key: key.to_string(),
            title: mark_invisible(&change.title),
            standing: words.recorded(self.standing(state, &change)?.words()),
            facts: said,
            description: prose(&view.description),
            score: score(words, &view.risk),
            gates: gates(words, &view.gates),
            gates_passed: u32::try_from(view.gates.iter().filter(|g| g.result == GateResult::Passed).count())
                .unwrap_or(u32::MAX),
            conditions: view.conditions.iter().map(|c| condition(words, c)).collect(),
            since: since.map(day),
            differences: differences.iter().map(|d| difference(words, d)).collect(),
            remarks: remarks(words, &plan),
            plan: plan.sections.iter().map(|s| section(words, s)).collect(),
            attachments: about.map_or_else(Vec::new, |about| attachments(about, &change)),
        })
    }
}

/// The files of a change, and whether the pack has them.
fn attachments(about: &About, change: &ChangeRequest) -> Vec<(String, String)> {
    let row = |a: &Attachment| {
        let left_out = about.left_out.iter().find(|l| l.change == change.key.as_str() && l.name == a.name);
        let state = left_out.map_or_else(|| "yes".to_owned(), |l| format!("no: {}", l.why));
        (mark_invisible(&a.name), state)
    };
    change.attachments.iter().filter(|a| !a.own).map(row).collect()
}

/// The zone the board meets in, as far as a meeting on one of the changes says.
fn zone_of(state: &BoardState, keys: &[ChangeKey]) -> Tz {
    let of = |m: &&domain::ledger::Meeting| m.agenda.items.iter().any(|i| keys.contains(&i.change));
    let newest = state.ledger.meetings.values().filter(of).max_by_key(|m| m.agenda.called);
    newest.and_then(|m| m.agenda.zone.parse().ok()).unwrap_or(Tz::UTC)
}

/// Text as paper shows it: paragraphs, and tables as rows, also where they stand in a list or a quote.
fn prose(blocks: &[Block]) -> Vec<r::ReviewText> {
    let mut out = Vec::new();
    for block in blocks {
        match block {
            Block::Table { header, rows } => out.push(r::ReviewText::Table(r::ReviewTable {
                header: header.iter().map(|inlines| cell(inlines)).collect(),
                rows: rows.iter().map(|row| row.iter().map(|inlines| cell(inlines)).collect()).collect(),
            })),
            Block::List { items, .. } => out.extend(items.iter().flat_map(|item| prose(item))),
            Block::Quote { blocks } => out.extend(prose(blocks)),
            Block::Paragraph { .. } | Block::Heading { .. } | Block::Code { .. } | Block::Rule => {
                out.extend(paragraphs(std::slice::from_ref(block)).into_iter().map(r::ReviewText::Paragraph));
            }
        }
    }
    out
}

/// What stands in a table's cell, on one line; paper breaks it as its column asks.
fn cell(inlines: &[Inline]) -> String {
    paragraphs(&[Block::Paragraph { inlines: inlines.to_vec() }]).join(" ")
}

/// Text as lines: one for each that is not empty.
fn paragraphs(blocks: &[Block]) -> Vec<String> {
    text::visible(blocks).lines().map(|line| line.replace('\t', "  ")).filter(|line| !line.trim().is_empty()).collect()
}

fn facts(view: &ChangeView, window: Option<String>, (words, zone): (Words, Tz)) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let mut fact = |label: &str, value: Option<String>| {
        if let Some(value) = value.filter(|v| !v.trim().is_empty()) {
            facts.push((words.recorded(label), value));
        }
    };
    fact("Kind", Some(words.recorded(kind(view.row.kind))));
    fact("Ticket says", Some(mark_invisible(&view.row.remote_status)));
    fact("Window", window);
    fact("Requested by", view.requester.clone());
    fact("Written by", view.row.author.clone());
    fact("Implemented by", view.implementer.clone());
    for field in view.required_fields.iter().filter(|f| f.field != "description") {
        let value = if field.present { paragraphs(&field.value).join(" ") } else { words.recorded("missing") };
        fact(&format!("{} ({})", words.recorded(&field.label), field.clause), Some(value));
    }
    let synced = DateTime::parse_from_rfc3339(&view.synced_at).map(|at| at.with_timezone(&Utc));
    fact("As the ticket was", synced.ok().map(|at| words.local(at, zone)));
    facts
}

fn kind(kind: domain::change::ChangeKind) -> &'static str {
    match kind {
        domain::change::ChangeKind::Standard => "standard",
        domain::change::ChangeKind::Normal => "normal",
        domain::change::ChangeKind::Emergency => "emergency",
    }
}

/// A score, or a range of them, in words.
fn scored(risk: &views::RiskOutcome, score: &str) -> String {
    match risk.kind {
        views::RiskModelKind::Sum => format!("{score} of {} points", risk.of),
        views::RiskModelKind::Matrix => format!("{score} of {} in the matrix", risk.of),
        views::RiskModelKind::Mean => format!("{score} of {} in the mean", risk.of),
    }
}

fn score(words: Words, risk: &views::RiskOutcome) -> r::ReviewScore {
    let summary = &risk.summary;
    let total = match summary.score {
        Some(score) => scored(risk, &score.to_string()),
        None => {
            let range = format!("{} to {}", summary.low, summary.high);
            format!("{}, {} questions open", scored(risk, &range), summary.open)
        }
    };
    let total = words.recorded(&total);
    let total = match &risk.follows {
        Some(follows) => format!("{total}: {}", words.follows_from(follows)),
        None => total,
    };
    let by = match (&risk.submitted_by, &risk.submitted_at) {
        (Some(by), Some(_)) => format!("; assessed by {by}"),
        (Some(_) | None, _) => "; nobody has submitted an assessment".to_owned(),
    };
    r::ReviewScore {
        level: summary.level.map(compile::level),
        summary: total,
        model: format!("{} {}", risk.model, risk.model_version),
        confidence: words.recorded(&format!("{} % of the score is synced or attested{by}", risk.confidence)),
        floors: risk
            .floors
            .iter()
            .filter(|floor| floor.applies)
            .map(|floor| match &floor.clause {
                Some(clause) => words.floor(&format!("{} ({clause})", floor.label)),
                None => words.floor(&floor.label),
            })
            .collect(),
        steps: risk
            .waterfall
            .iter()
            .map(|step| {
                let (label, answer) = words.question(&step.question, &step.label, step.answer.as_deref());
                r::ReviewStep {
                    question: format!("{} {label}", step.question),
                    answer: answer.unwrap_or_else(|| words.recorded("open: counted at its worst")),
                    provenance: words.recorded(step.provenance.map_or("open", provenance)),
                    points: words.out_of(step.points, step.most),
                    sum: step.sum,
                }
            })
            .collect(),
    }
}

fn provenance(provenance: Provenance) -> &'static str {
    match provenance {
        Provenance::Synced => "the ticket",
        Provenance::Attested => "a member",
        Provenance::Assumed => "assumed",
    }
}

fn passes(result: GateResult) -> bool {
    match result {
        GateResult::Passed | GateResult::NotApplicable => true,
        GateResult::Failed | GateResult::Waived | GateResult::Warned | GateResult::NoEvidence => false,
    }
}

/// What does not pass. The gates that look at evidence and have none stand in one line where the policy only advises.
fn gates(words: Words, all: &[views::Gate]) -> Vec<m::Gate> {
    let catalogue = crate::gates::catalogue();
    let bare = |g: &&views::Gate| g.result == GateResult::NoEvidence && catalogue.contains(&g.id) && !g.blocks;
    let (bare, told): (Vec<&views::Gate>, Vec<&views::Gate>) = all.iter().filter(|g| !passes(g.result)).partition(bare);
    let mut told: Vec<m::Gate> = told.into_iter().map(|told| gate(words, told)).collect();
    let mut clauses: Vec<&str> = bare.iter().map(|g| g.clause.as_str()).collect();
    clauses.dedup();
    if !clauses.is_empty() {
        told.push(m::Gate {
            clause: clauses.join(", "),
            title: words.recorded("Evidence"),
            result: compile::gate_result(GateResult::NoEvidence),
            why: crate::gates::sentence(&words.recorded(crate::gates::BARE)),
        });
    }
    told
}

fn gate(words: Words, gate: &views::Gate) -> m::Gate {
    let remedy = gate.remedy.as_ref().map_or_else(String::new, |remedy| format!(" {}", words.sentence(remedy)));
    m::Gate {
        clause: gate.clause.clone(),
        title: words.recorded(&gate.label),
        result: compile::gate_result(gate.result),
        why: format!("{}{remedy}", words.sentence(&gate.finding)),
    }
}

fn condition(words: Words, condition: &views::Condition) -> m::Condition {
    m::Condition {
        text: condition.text.clone(),
        owner: condition.owner.clone(),
        due: words.due(condition.due_on.as_deref().unwrap_or_default()),
        when: match condition.when {
            ConditionWhen::Before => m::ConditionTime::Before,
            ConditionWhen::After => m::ConditionTime::After,
        },
        met: condition.state == ConditionState::Met,
    }
}

fn difference(words: Words, difference: &views::Difference) -> r::ReviewDifference {
    let lines = |wanted: DiffLineKind| {
        let all: Vec<&str> = difference.lines.iter().filter(|l| l.kind == wanted).map(|l| l.text.as_str()).collect();
        let more = all.len().saturating_sub(MOST_LINES);
        let mut shown = all.into_iter().take(MOST_LINES).collect::<Vec<_>>().join(" / ");
        if more > 0 {
            shown.push_str(&words.more_lines(more));
        }
        mark_invisible(&shown)
    };
    let material = if difference.material { "" } else { words.not_material() };
    r::ReviewDifference {
        field: format!("{}{material}", words.field(&difference.field, &difference.label)),
        before: lines(DiffLineKind::Removed),
        now: lines(DiffLineKind::Added),
    }
}

fn remarks(words: Words, plan: &views::PlanReview) -> Vec<r::ReviewRemark> {
    let of = |section: &views::PlanSection| {
        let about = format!("Plan, {}. {}", section.summary.number, words.recorded(&section.summary.title));
        let said = section.comments.iter().filter(|c| !c.draft);
        said.map(|c| r::ReviewRemark { who: c.author.clone(), about: about.clone(), text: c.text.clone() })
            .collect::<Vec<_>>()
    };
    plan.sections.iter().flat_map(of).collect()
}

fn section(words: Words, section: &views::PlanSection) -> r::ReviewSection {
    r::ReviewSection {
        title: format!("{}. {}", section.summary.number, words.recorded(&section.summary.title)),
        clause: section.summary.clause.clone(),
        text: prose(&section.body),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::change::TextFormat;

    #[test]
    fn text_becomes_paragraphs_without_markup_or_empty_lines() {
        let blocks = text::parse(TextFormat::Textile, "First *line*.\n\n* one\n* two\n\n\nLast.");
        assert_eq!(paragraphs(&blocks), ["First line.", "one", "two", "Last."]);
    }

    #[test]
    fn a_table_keeps_its_rows_wherever_it_stands() {
        let table = "|_. Step |_. Who |\n| Stop *all* writers | Operations |\n| Copy | |";
        let expected = r::ReviewText::Table(r::ReviewTable {
            header: vec!["Step".to_owned(), "Who".to_owned()],
            rows: vec![
                vec!["Stop all writers".to_owned(), "Operations".to_owned()],
                vec!["Copy".to_owned(), String::new()],
            ],
        });
        let said = |text: &str| r::ReviewText::Paragraph(text.to_owned());
        let of = |text: &str| prose(&text::parse(TextFormat::Textile, text));
        assert_eq!(of(&format!("Before.\n\n{table}\n\nAfter.")), [said("Before."), expected.clone(), said("After.")]);
        let quoted: Vec<String> = table.lines().map(|line| format!("> {line}")).collect();
        assert_eq!(of(&quoted.join("\n")), std::slice::from_ref(&expected));
        let markdown = "| Step | Who |\n| --- | --- |\n| Stop **all** writers | Operations |\n| Copy | |";
        assert_eq!(prose(&text::parse(TextFormat::Markdown, markdown)), [expected]);
    }

    #[test]
    fn a_long_difference_says_how_much_of_it_is_not_shown() {
        let line = |n: usize| views::DiffLine { kind: DiffLineKind::Added, text: format!("line {n}") };
        let long = views::Difference {
            field: "plan.method".to_owned(),
            label: "Method".to_owned(),
            material: false,
            lines: (0..MOST_LINES + 3).map(line).collect(),
            rows: Vec::new(),
        };
        let shown = difference(Words::ENGLISH, &long);
        assert_eq!(shown.field, "Method (not material)");
        assert!(shown.now.ends_with("… and 3 more lines") && shown.before.is_empty(), "{}", shown.now);
    }
}
