//! The deployment plan, section by section: completeness, ticks, comments, what changed (R15–R29).
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::change::ChangeRequest;
use domain::entry::{Attestation, Body};
use domain::ids::{ChangeKey, MemberId};
use domain::ledger::Submitted;
use domain::plan::{Lacking, PlanReview as Review, PlanSection, SectionReview, lacking};
use domain::risk::RiskLevel;
use domain::runbook::{Finding, Runbook};
use domain::text::{self, mark_invisible};
use record::statement::Subject;
use serde::{Deserialize, Serialize};

use crate::cabinet::{Cabinet, OpenBoard};
use crate::changes::looked::Since;
use crate::changes::section_word;
use crate::content::{Content, section_digests};
use crate::error::{Answer, BoardError};
use crate::requests::{CommentSectionRequest, OfChange, TickSectionRequest};
use crate::state::BoardState;
use crate::views::{self, Noun, PlanSectionSummaryCompleteness as Completeness};
use crate::writer::{Act as Write, Key, Local};

/// The kind of the draft under which a member's ticks and comments wait.
const DRAFT: &str = "plan_review";
/// Fewer words than this make a section thin: a heading, not a plan.
const THIN: usize = 8;
/// Longest comment on a section.
const LONGEST_COMMENT: usize = 4_000;

/// What waits on this device for one section.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct SectionDraft {
    ticked: Option<bool>,
    comment: Option<String>,
}

/// A member's ticks and comments before they are submitted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct PlanDraft {
    sections: BTreeMap<PlanSection, SectionDraft>,
    saved_at: Option<DateTime<Utc>>,
}

impl PlanDraft {
    fn unsubmitted(&self) -> usize {
        self.sections.values().map(|s| usize::from(s.ticked.is_some()) + usize::from(s.comment.is_some())).sum()
    }
}

/// The section with this id.
fn section(id: &str) -> Answer<PlanSection> {
    PlanSection::ALL
        .into_iter()
        .find(|s| section_word(*s) == id)
        .ok_or_else(|| BoardError::not_found("section of the plan", id))
}

/// What the section asks for, in one sentence.
fn guidance(section: PlanSection) -> &'static str {
    match section {
        PlanSection::Approach => "How the release is brought in: big bang, phased, parallel or pilot, and why.",
        PlanSection::Prerequisites => {
            "What must be true before the first step: approvals, access, backups, dependencies."
        }
        PlanSection::Method => "The pipeline or job that deploys it, and every manual step beside it.",
        PlanSection::ConfigurationItems => {
            "Which components, versions and configurations are changed, from what to what."
        }
        PlanSection::Training => "Who must learn something new, by when, or why nobody must.",
        PlanSection::Roles => "Who deploys, who verifies, who decides to go back, and how they are reached.",
        PlanSection::Backout => {
            "The steps back to the last known good version, who triggers them, and how long they take."
        }
        PlanSection::Testing => "What was tested where with which result, and what is checked after deployment.",
        PlanSection::Communication => "Who is told what and when: before, during, after, and if it fails.",
        PlanSection::Timing => {
            "The steps with times, the window, what monitors and alerts in it, hold points, and the point of no return."
        }
        PlanSection::RiskManagement => "What can go wrong, how likely, and what is done about it.",
        PlanSection::Documentation => "Which documents and runbooks change, and where they are.",
        PlanSection::RelatedChanges => "Other changes, known errors and problems that this one depends on or affects.",
    }
}

pub(crate) fn completeness(change: &ChangeRequest, section: PlanSection) -> Completeness {
    let text = change.plan.get(&section);
    // A placeholder says that a text is to come: none is here.
    let Some(raw) = text.filter(|_| lacking(text).is_none()) else { return Completeness::Missing };
    // Counted as people see it: markup is no content.
    if text::visible(&text::blocks(raw)).split_whitespace().take(THIN).count() < THIN {
        Completeness::Thin
    } else {
        Completeness::Complete
    }
}

fn reviews<'s>(state: &'s BoardState, key: &ChangeKey) -> &'s [Submitted<Review>] {
    state.ledger.plan_reviews.get(key).map_or(&[], Vec::as_slice)
}

/// Each member's latest review.
fn latest_per_member(reviews: &[Submitted<Review>]) -> BTreeMap<MemberId, &Submitted<Review>> {
    reviews.iter().map(|r| (r.actor, r)).collect()
}

/// Whether a review's tick on a section speaks for the text as it is.
fn speaks(review: &Review, section: PlanSection, digest: domain::ids::Digest) -> bool {
    review.digests.get(&section) == Some(&digest)
}

/// Whether somebody ticked the section as it is now.
fn recorded_tick(reviews: &[Submitted<Review>], change: &ChangeRequest, section: PlanSection) -> bool {
    let digest = section_digests(change).get(&section).copied();
    latest_per_member(reviews).values().any(|r| {
        r.what.sections.get(&section).is_some_and(|s| s.ticked) && digest.is_some_and(|d| speaks(&r.what, section, d))
    })
}

/// How many sections are ticked as they are now, of how many.
pub(crate) fn ticked(state: &BoardState, change: &ChangeRequest) -> (u32, u32) {
    let reviews = reviews(state, &change.key);
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let total = count(PlanSection::ALL.len());
    if reviews.is_empty() {
        return (0, total);
    }
    let ticked = PlanSection::ALL.iter().filter(|s| recorded_tick(reviews, change, **s)).count();
    (count(ticked), total)
}

/// The thirteen sections in one line each. `draft`: what waits on this device counts as well.
pub(crate) fn summaries(
    state: &BoardState,
    change: &ChangeRequest,
    level: RiskLevel,
    since: &Since,
    me: Option<MemberId>,
    draft: Option<&PlanDraft>,
) -> Vec<views::PlanSectionSummary> {
    let reviews = reviews(state, &change.key);
    PlanSection::ALL
        .into_iter()
        .zip(1u32..)
        .map(|(section, number)| {
            let waiting = draft.and_then(|d| d.sections.get(&section));
            let word = section_word(section);
            views::PlanSectionSummary {
                number,
                title: section.title().to_owned(),
                clause: section.clause().to_owned(),
                mandatory: section.mandatory_above_low() && level > RiskLevel::Low,
                completeness: completeness(change, section),
                ticked: waiting.and_then(|w| w.ticked).unwrap_or_else(|| recorded_tick(reviews, change, section)),
                comments: u32::try_from(comments(state, reviews, section, me, draft).len()).unwrap_or(u32::MAX),
                changed_since_looked: since.touches(&format!("plan.{word}")),
                id: word,
            }
        })
        .collect()
}

/// Comments on a section: each member's latest, then what waits on this device.
fn comments(
    state: &BoardState,
    reviews: &[Submitted<Review>],
    section: PlanSection,
    me: Option<MemberId>,
    draft: Option<&PlanDraft>,
) -> Vec<views::PlanComment> {
    let waiting = draft.and_then(|d| Some((d.sections.get(&section)?.comment.as_ref()?, d.saved_at?)));
    let mut shown: Vec<(DateTime<Utc>, views::PlanComment)> = latest_per_member(reviews)
        .into_iter()
        // My own comment is replaced by the one that waits.
        .filter(|(who, _)| !(waiting.is_some() && Some(*who) == me))
        .filter_map(|(who, review)| {
            let comment = &review.what.sections.get(&section)?.comment;
            (!comment.is_empty()).then(|| {
                let view = views::PlanComment {
                    id: format!("{}:{}", review.entry.short(), section.clause()),
                    author: state.name(who),
                    at: crate::words::time(review.claimed),
                    text: mark_invisible(comment),
                    draft: false,
                };
                (review.claimed, view)
            })
        })
        .collect();
    shown.sort_by_key(|(at, _)| *at);
    let mut shown: Vec<_> = shown.into_iter().map(|(_, view)| view).collect();
    if let Some((comment, at)) = waiting.filter(|(c, _)| !c.is_empty()) {
        shown.push(views::PlanComment {
            id: format!("draft:{}", section.clause()),
            author: me.map_or_else(String::new, |me| state.name(me)),
            at: crate::words::time(at),
            text: mark_invisible(comment),
            draft: true,
        });
    }
    shown
}

/// The review as it will be submitted: what I said before of text that is still the same, and what waits.
fn submitted(change: &ChangeRequest, before: Option<&Review>, draft: &PlanDraft) -> Review {
    let digests = section_digests(change);
    let mut sections: BTreeMap<PlanSection, SectionReview> = before
        .map(|review| {
            review
                .sections
                .iter()
                .filter(|(s, _)| digests.get(s).is_some_and(|d| speaks(review, **s, *d)))
                .map(|(s, r)| (*s, r.clone()))
                .collect()
        })
        .unwrap_or_default();
    for (section, waiting) in &draft.sections {
        let said = sections.entry(*section).or_default();
        if let Some(ticked) = waiting.ticked {
            said.ticked = ticked;
        }
        if let Some(comment) = &waiting.comment {
            said.comment.clone_from(comment);
        }
    }
    // A section about which nothing is said was not looked at.
    sections.retain(|_, said| said.ticked || !said.comment.is_empty());
    let digests = digests.into_iter().filter(|(s, _)| sections.contains_key(s)).collect();
    Review { sections, digests }
}

impl Cabinet {
    /// The plan with everything said about it.
    pub async fn plan_review(&self, request: OfChange) -> Answer<views::PlanReview> {
        let board = self.board()?;
        let state = board.state().await?;
        self.plan_view(&board, &state, &crate::words::change_key(&request.change)?).await
    }

    /// Ticks a section as sufficient, or takes the tick away. A draft until it is submitted.
    pub async fn tick_section(&self, request: TickSectionRequest) -> Answer<views::PlanReview> {
        let section = section(&request.section)?;
        self.edit_plan(&request.change, |draft, change, reviews, me| {
            let stands = mine(reviews, me).is_some_and(|r| {
                r.sections.get(&section).is_some_and(|s| s.ticked)
                    && section_digests(change).get(&section).is_some_and(|d| speaks(r, section, *d))
            });
            let waiting = draft.sections.entry(section).or_default();
            waiting.ticked = (stands != request.ticked).then_some(request.ticked);
        })
        .await
    }

    /// Comments a section; blank takes the waiting comment away.
    pub async fn comment_section(&self, request: CommentSectionRequest) -> Answer<views::PlanReview> {
        let section = section(&request.section)?;
        if request.text.len() > LONGEST_COMMENT {
            return Err(BoardError::invalid("text", format!("Keep the comment under {LONGEST_COMMENT} characters.")));
        }
        let text = request.text.trim().to_owned();
        self.edit_plan(&request.change, |draft, _, _, _| {
            draft.sections.entry(section).or_default().comment = (!text.is_empty()).then_some(text);
        })
        .await
    }

    async fn edit_plan(
        &self,
        change: &str,
        edit: impl FnOnce(&mut PlanDraft, &ChangeRequest, &[Submitted<Review>], MemberId),
    ) -> Answer<views::PlanReview> {
        let board = self.board()?;
        let state = board.state().await?;
        let key = crate::words::change_key(change)?;
        let change = self.load_change(&board, &key).await?;
        let me = self.my_id(&board, &state).await?;
        let now = self.now();
        {
            let _one_at_a_time = board.console.lock().await;
            let mut draft: PlanDraft = board.my_draft(DRAFT, key.as_str(), me).await?.unwrap_or_default();
            edit(&mut draft, &change, reviews(&state, &key), me);
            draft.sections.retain(|_, s| *s != SectionDraft::default());
            draft.saved_at = Some(now);
            board.put_my_draft(DRAFT, key.as_str(), me, &draft, now).await?;
        }
        self.changed(&[Noun::Plan], &[key.as_str()]);
        self.plan_view(&board, &state, &key).await
    }

    /// Submits ticks and comments as one entry of the record.
    pub async fn submit_plan_review(&self, request: OfChange) -> Answer<views::PlanReview> {
        let board = self.board()?;
        let state = board.state().await?;
        let key = crate::words::change_key(&request.change)?;
        let change = self.load_change(&board, &key).await?;
        let me = self.my_id(&board, &state).await?;
        let draft: PlanDraft = board.my_draft(DRAFT, key.as_str(), me).await?.unwrap_or_default();
        if draft.unsubmitted() == 0 {
            return Err(BoardError::refused(
                "nothing_to_submit",
                "There is no tick or comment that was not submitted yet.",
                Some("R15"),
                "Tick or comment a section first.",
            ));
        }
        let review = submitted(&change, mine(reviews(&state, &key), me), &draft);
        let named = self.material_attachments(&state, &change);
        let content = Content::of(&state.policy, &change, &named)?;
        let ticks = review.sections.values().filter(|s| s.ticked).count();
        let comments = review.sections.values().filter(|s| !s.comment.is_empty()).count();
        let act = Write {
            actor: me,
            // The device's key proves the device; whose hands were on it is its recorder's word.
            attestation: Attestation::Recorded,
            role: None,
            meaning: format!(
                "I reviewed the plan of {key}: {ticks} of {} sections ticked, {comments} commented.",
                PlanSection::ALL.len()
            ),
            meeting: None,
            subjects: vec![Subject { name: key.to_string(), sha256: content.digest }],
            body: Body::PlanReview { change: key.clone(), review },
            blobs: vec![crate::changes::document(&content)?],
        };
        let local = Local::DropDraft { kind: DRAFT, key: key.to_string(), member: me };
        self.write(&board, vec![(act, Key::Device)], vec![local]).await?;
        self.changed(&[Noun::Plan, Noun::Changes], &[key.as_str()]);
        let state = board.state().await?;
        self.plan_view(&board, &state, &key).await
    }

    pub(crate) async fn plan_view(
        &self,
        board: &OpenBoard,
        state: &BoardState,
        key: &ChangeKey,
    ) -> Answer<views::PlanReview> {
        let change = self.load_change(board, key).await?;
        let me = self.me(board, state).await?.map(|m| m.id);
        let draft: PlanDraft = match me {
            Some(me) => board.my_draft(DRAFT, key.as_str(), me).await?.unwrap_or_default(),
            None => PlanDraft::default(),
        };
        let since = self.since_looked(board, state, &change, me).await?;
        let level = self.risk_of(state, &change)?.decided.level;
        let all = reviews(state, key);
        let found = domain::template::found(&change);
        let missing = Runbook::read(&change).findings();
        let links = crate::changes::relations(board, &change).await?;
        let sections: Vec<views::PlanSection> = summaries(state, &change, level, &since, me, Some(&draft))
            .into_iter()
            .zip(PlanSection::ALL)
            .map(|(summary, section)| views::PlanSection {
                guidance: match found.section(&change, section) {
                    Some(whence) => text::mark_invisible(&format!("{} ({})", guidance(section), whence.words())),
                    None => guidance(section).to_owned(),
                },
                body: change.plan.get(&section).filter(|t| !t.is_blank()).map_or_else(Vec::new, text::blocks),
                comments: comments(state, all, section, me, Some(&draft)),
                since_last_looked: since.of(&format!("plan.{}", summary.id)),
                findings: stands_in(&change, section)
                    .into_iter()
                    .chain(missing.iter().filter(|finding| finding.section == section).map(finding_view))
                    .collect(),
                links: if section == PlanSection::RelatedChanges { links.clone() } else { Vec::new() },
                summary,
            })
            .collect();
        let last = all.last();
        Ok(views::PlanReview {
            change: self.row(board, state, key).await?,
            ticked: u32::try_from(sections.iter().filter(|s| s.summary.ticked).count()).unwrap_or(u32::MAX),
            sections,
            submitted_at: last.map(|r| crate::words::time(r.claimed)),
            submitted_by: last.map(|r| state.name(r.actor)),
            unsubmitted: u32::try_from(draft.unsubmitted()).unwrap_or(u32::MAX),
            saved_at: draft.saved_at.map(crate::words::time),
        })
    }
}

/// What stands in place of a section's text, as a finding; `None` where a text is there, or nothing at all.
fn stands_in(change: &ChangeRequest, section: PlanSection) -> Option<views::PlanFinding> {
    let lacks = lacking(change.plan.get(&section)).filter(|lacks| *lacks != Lacking::Missing)?;
    Some(views::PlanFinding {
        clause: section.clause().to_owned(),
        what: mark_invisible(&crate::gates::sentence(&lacks.to_string())),
        mend: crate::gates::sentence(&format!("write the section “{}” of the plan", section.title())),
    })
}

/// A finding as one sees it. It may quote the plan, so invisible characters are marked.
fn finding_view(finding: &Finding) -> views::PlanFinding {
    let what = match finding.step {
        Some(step) => format!("step {step}: {}", finding.what),
        None => finding.what.clone(),
    };
    views::PlanFinding {
        clause: finding.clause.to_owned(),
        what: mark_invisible(&crate::gates::sentence(&what)),
        mend: crate::gates::sentence(finding.mend),
    }
}

fn mine(reviews: &[Submitted<Review>], me: MemberId) -> Option<&Review> {
    reviews.iter().rev().find(|r| r.actor == me).map(|r| &r.what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::testing::change;
    use domain::change::{RawText, TextFormat};
    use domain::ids::EntryId;

    fn with_plan(backout: &str) -> ChangeRequest {
        let mut change = change("CHG-1");
        let raw = RawText { format: TextFormat::Textile, text: backout.to_owned() };
        change.plan.insert(PlanSection::Backout, raw);
        change
    }

    fn draft(ticked: Option<bool>, comment: Option<&str>) -> PlanDraft {
        let waiting = SectionDraft { ticked, comment: comment.map(str::to_owned) };
        PlanDraft { sections: BTreeMap::from([(PlanSection::Backout, waiting)]), saved_at: None }
    }

    #[test]
    fn a_heading_alone_is_thin_and_markup_does_not_count() {
        for (text, expected) in [
            ("", Completeness::Missing),
            ("  \n", Completeness::Missing),
            ("h2. Backout plan", Completeness::Thin),
            ("* * * *", Completeness::Missing),
            ("*TBD*", Completeness::Missing),
            ("n/a", Completeness::Missing),
            ("n/a: nobody reads the old tables", Completeness::Thin),
            ("As written", Completeness::Thin),
            ("Run job restore-ledger with the tag of the release before.", Completeness::Complete),
        ] {
            assert_eq!(completeness(&with_plan(text), PlanSection::Backout), expected, "{text:?}");
        }
    }

    #[test]
    fn what_stands_in_place_of_a_text_is_told_with_its_words() {
        let told = |text: &str| stands_in(&with_plan(text), PlanSection::Backout);
        let found = told(" TBD ").expect("a finding");
        assert_eq!(
            (found.clause.as_str(), found.what.as_str(), found.mend.as_str()),
            ("R23", "Only a placeholder: `TBD`.", "Write the section “Backout plan” of the plan.")
        );
        assert_eq!(told(""), None, "that it is missing is said already");
        assert_eq!(told("Restore the snapshot."), None);
    }

    #[test]
    fn a_tick_speaks_only_for_the_text_that_was_read() {
        let before = with_plan("Restore the snapshot.");
        let review = submitted(&before, None, &draft(Some(true), None));
        let recorded = [Submitted {
            entry: EntryId([1; 32]),
            actor: MemberId(uuid::Uuid::from_u128(1)),
            claimed: DateTime::UNIX_EPOCH,
            what: review.clone(),
            late: false,
        }];
        assert!(recorded_tick(&recorded, &before, PlanSection::Backout));
        let after = with_plan("Do not restore the snapshot.");
        assert!(!recorded_tick(&recorded, &after, PlanSection::Backout), "the text was edited");
        let next = submitted(&after, Some(&review), &draft(None, Some("Why not?")));
        assert!(!next.sections[&PlanSection::Backout].ticked, "an old tick is not carried onto new text");
    }

    #[test]
    fn what_was_said_before_stays_said() {
        let change = with_plan("Restore the snapshot.");
        let first = submitted(&change, None, &draft(Some(true), None));
        let second = submitted(&change, Some(&first), &draft(None, Some("Name the job.")));
        let said = &second.sections[&PlanSection::Backout];
        assert_eq!((said.ticked, said.comment.as_str()), (true, "Name the job."));
    }

    #[test]
    fn a_section_that_nothing_is_said_of_is_not_in_the_review() {
        let change = with_plan("Restore the snapshot.");
        let first = submitted(&change, None, &draft(Some(true), None));
        let second = submitted(&change, Some(&first), &draft(Some(false), None));
        assert!(second.sections.is_empty() && second.digests.is_empty());
    }

    #[test]
    fn a_finding_is_a_sentence_with_its_step_and_its_mend() {
        let raw = "# Tell support\n# Migrate the tables";
        let mut change = change("CHG-1");
        change.plan.insert(PlanSection::Method, RawText { format: TextFormat::Textile, text: raw.to_owned() });
        let found = Runbook::read(&change).findings();
        let of_method = found.iter().find(|finding| finding.section == PlanSection::Method).expect("a finding");
        let shown = finding_view(of_method);
        assert_eq!(shown.clause, "R82");
        assert_eq!(shown.what, "Step 2: nothing verifies it (“Migrate the tables”).");
        assert_eq!(shown.mend, "Add a step that checks its result.");
    }

    #[test]
    fn every_section_is_found_by_its_id() {
        for expected in PlanSection::ALL {
            assert_eq!(section(&section_word(expected)).expect("one of the thirteen"), expected);
        }
        assert!(section("nothing").is_err());
    }
}
