//! Releases: the changes that the tickets put under one version, seen together (R15, R73, R80, R108, R119). Made from
//! the rows of the list, so that a release costs its own changes, however many the board has.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::attested::{AttestedAnswer, AttestedBody, Question};
use domain::calendar::ics::{Category, Event, EventStatus};
use domain::entry::{Attestation, Body};
use domain::ids::{ChangeKey, Digest};
use domain::plan::PlanSection;
use domain::release::{self, Choice, Part, ReleaseRisk, Said};
use domain::text::mark_invisible;
use record::statement::Subject;
use store::{IndexRow, ReleasedChange};

use crate::attesting::role_of;
use crate::cabinet::{Cabinet, OpenBoard, stored};
use crate::calendar::{is_approved, is_over};
use crate::content::Content;
use crate::error::{Answer, BoardError};
use crate::plan::completeness;
use crate::requests::OfRelease;
use crate::state::BoardState;
use crate::views::{
    AssessReleaseRequest, CalendarRelease, Noun, PlanSectionSummaryCompleteness as Completeness, ReleaseChoice,
    ReleaseQuestion, ReleaseRow, ReleaseSection, ReleaseView, ReleasesView,
};
use crate::writer::{Act as Write, Key};

/// Changes of all releases that are looked at.
const MOST: u32 = 5_000;
/// Changes of one release that are looked at in full.
const MOST_OF_ONE: usize = 200;
/// Changes of one release that its event in a calendar names.
const MOST_NAMED: usize = 50;

/// A release with its changes, in the order of their windows.
#[derive(Debug)]
pub(crate) struct Released {
    /// Its name as the tickets have it.
    pub name: String,
    changes: Vec<ReleasedChange>,
}

/// Whether the change goes out with its release.
fn goes(row: &IndexRow) -> bool {
    !row.decision.is_some_and(is_over)
}

/// The number of things as it crosses to the window.
fn count<T>(of: impl Iterator<Item = T>) -> u32 {
    u32::try_from(of.count()).unwrap_or(u32::MAX)
}

fn words_of(keys: &[ChangeKey]) -> Vec<String> {
    keys.iter().map(ToString::to_string).collect()
}

impl Released {
    /// Whether this is how people write its name: hidden characters may have been made visible in it.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        called(&self.name, name)
    }

    fn going(&self) -> impl Iterator<Item = &ReleasedChange> {
        self.changes.iter().filter(|change| goes(&change.row))
    }

    /// Its risk, from its changes as the list knows them and from what was attested of it.
    pub(crate) fn risk(&self, state: &BoardState) -> ReleaseRisk {
        let parts: Vec<Part> = self.going().map(|change| part(state, &change.row)).collect();
        release::risk(&self.name, &parts)
    }

    fn milestone(&self) -> Said {
        Said::of(self.going().map(|change| (change.row.key.clone(), change.milestone.clone())))
    }

    fn manager(&self) -> Said {
        Said::of(self.going().map(|change| (change.row.key.clone(), change.manager.clone())))
    }

    /// From the first of its windows until the last.
    fn span(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let windows = || self.going().filter_map(|change| change.row.window.as_ref());
        windows().map(|window| window.start).min().zip(windows().map(|window| window.end).max())
    }

    fn row(&self, state: &BoardState) -> ReleaseRow {
        let risk = self.risk(state);
        let span = self.span();
        ReleaseRow {
            name: mark_invisible(&self.name),
            changes: count(self.going()),
            approved: count(self.going().filter(|change| change.row.decision.is_some_and(|d| d.approves()))),
            undecided: count(self.going().filter(|change| change.row.decision.is_none())),
            starts_at: span.map(|(start, _)| crate::words::time(start)),
            ends_at: span.map(|(_, end)| crate::words::time(end)),
            level: risk.settled(),
            low_level: risk.lowest,
            high_level: risk.highest,
            milestone: self.milestone().one().map(mark_invisible),
            manager: self.manager().one().map(mark_invisible),
        }
    }

    /// The release in a calendar; `None` where none of its windows has some time in common with the days.
    pub(crate) fn in_calendar(
        &self,
        state: &BoardState,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        zone: Tz,
    ) -> Option<CalendarRelease> {
        let (start, end) = self.span()?;
        (start < until && from < end).then(|| CalendarRelease {
            name: mark_invisible(&self.name),
            starts_at: crate::words::time(start),
            ends_at: crate::words::time(end),
            local: format!("{} to {}", crate::words::local(start, zone), crate::words::local(end, zone)),
            changes: count(self.going()),
            level: self.risk(state).highest,
            milestone: self.milestone().one().map(mark_invisible),
        })
    }

    /// How sure it is: as sure as the least of its changes.
    fn status(&self) -> EventStatus {
        let approved = self.going().all(|change| is_approved(&change.row));
        if approved { EventStatus::Confirmed } else { EventStatus::Tentative }
    }

    /// The release in a calendar file of a board, with an id that it keeps while it has its name; `None` where none of its
    /// windows has some time in common with the days.
    pub(crate) fn event(&self, state: &BoardState, from: DateTime<Utc>, until: DateTime<Utc>) -> Option<Event> {
        let (start, end) = self.span().filter(|(start, end)| *start < until && from < *end)?;
        let first = self.going().filter_map(|change| change.row.window.as_ref()).min_by_key(|window| window.start)?;
        let risk = self.risk(state).settled();
        let named: Vec<ChangeKey> = self.going().take(MOST_NAMED).map(|change| change.row.key.clone()).collect();
        let more = self.going().count() - named.len();
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let lines = [
            ("Changes", format!("{}{more}", words_of(&named).join(", "))),
            ("Milestone", self.milestone().one().unwrap_or_default().to_owned()),
            ("Release Manager", self.manager().one().unwrap_or_default().to_owned()),
            ("Risk", risk.map_or_else(|| "not settled".to_owned(), |level| crate::words::level(level).to_owned())),
        ];
        let lines = lines.into_iter().filter(|(_, text)| !text.trim().is_empty());
        let description: Vec<String> = lines.map(|(label, text)| format!("{label}: {text}")).collect();
        let id = hex::encode(&Digest::of(self.name.as_bytes()).0[..8]);
        Some(Event {
            uid: format!("release-{id}@{}.cabinet", state.roster().board),
            start,
            end,
            zone: first.zone.clone(),
            summary: mark_invisible(&format!("Release {}", self.name)),
            location: String::new(),
            description: mark_invisible(&description.join("\n")),
            status: self.status(),
            category: Category::Release,
        })
    }

    /// What it lacks, in sentences (R15, R108).
    fn lacks(&self) -> Vec<String> {
        let (manager, milestone) = (self.manager(), self.milestone());
        let silent = |said: &Said, clause: &str, what: &str| match (said.values.is_empty(), said.silent.is_empty()) {
            (true, _) => Some(format!("No ticket names its {what} ({clause}).")),
            (false, false) => Some(format!("No {what} is named by {} ({clause}).", release::keys(&said.silent))),
            (false, true) => None,
        };
        let without = self.going().filter(|change| change.row.window.is_none());
        let without: Vec<ChangeKey> = without.map(|change| change.row.key.clone()).collect();
        let windows = (!without.is_empty()).then(|| format!("No window is planned for {}.", release::keys(&without)));
        let found = [
            silent(&manager, "R15", "Release Manager"),
            manager.disagree("Release Manager"),
            silent(&milestone, "R108", "milestone of the roadmap"),
            milestone.disagree("milestone of the roadmap"),
            windows,
        ];
        found.into_iter().flatten().map(|sentence| mark_invisible(&sentence)).collect()
    }
}

/// Whether a release with this name is meant.
pub(crate) fn called(release: &str, name: &str) -> bool {
    let asked = release::name(name);
    let asked = asked.as_deref();
    asked == Some(release) || asked == release::name(&mark_invisible(release)).as_deref()
}

fn part(state: &BoardState, row: &IndexRow) -> Part {
    // As in the list: what was decided counted at its worst.
    let settled = if row.decision.is_some() { Some(row.level_high) } else { row.level };
    let attested = state.ledger.attested.get(&row.key).into_iter().flatten();
    Part {
        change: row.key.clone(),
        lowest: settled.unwrap_or(row.level_low),
        highest: settled.unwrap_or(row.level_high),
        answers: attested.map(|(question, attested)| (*question, attested.answer.value.clone())).collect(),
    }
}

/// The changes of releases, which come by release, as releases.
fn grouped(changes: Vec<ReleasedChange>) -> Vec<Released> {
    let mut all: Vec<Released> = Vec::new();
    for change in changes {
        if let Some(last) = all.last_mut().filter(|last| last.name == change.row.release) {
            last.changes.push(change);
            continue;
        }
        all.push(Released { name: change.row.release.clone(), changes: vec![change] });
    }
    all
}

/// The words of the answers that were given, as choices.
fn chosen(request: &AssessReleaseRequest) -> Answer<Vec<(Question, &'static Choice)>> {
    let asked = [
        ("impact", Question::ReleaseImpact, &request.impact),
        ("complexity", Question::ReleaseComplexity, &request.complexity),
        ("rollback", Question::ReleaseRollback, &request.rollback),
    ];
    let mut found = Vec::new();
    for (field, question, word) in asked {
        let Some(word) = word.as_deref().map(str::trim) else { continue };
        let known = release::choices(question);
        let Some(choice) = known.iter().find(|choice| choice.word == word) else {
            let words: Vec<&str> = known.iter().map(|choice| choice.word).collect();
            let why = format!("{} Answer with one of: {}.", question.asks(), words.join(", "));
            return Err(BoardError::invalid(field, why));
        };
        found.push((question, choice));
    }
    if found.is_empty() {
        return Err(BoardError::invalid("impact", "Answer at least one of impact, complexity and rollback."));
    }
    Ok(found)
}

impl Cabinet {
    /// All releases by name, and whether there are more changes in them than were looked at.
    pub(crate) async fn all_releases(&self, board: &OpenBoard) -> Answer<(Vec<Released>, bool)> {
        let changes = board.store.released(None, MOST).await.map_err(stored)?;
        let more = changes.len() >= MOST as usize;
        Ok((grouped(changes), more))
    }

    /// The release that is called so.
    pub(crate) async fn release_called(&self, board: &OpenBoard, name: &str) -> Answer<Released> {
        // By its name as it stands on the tickets, however many releases there are; else by the name as it is shown.
        let same = grouped(board.store.released(Some(name), MOST).await.map_err(stored)?).into_iter().next();
        let found = match same {
            Some(found) => Some(found),
            None => self.all_releases(board).await?.0.into_iter().find(|release| release.is_called(name)),
        };
        found.ok_or_else(|| BoardError::not_found("release", mark_invisible(name)))
    }

    /// The releases that the tickets name, the next one first; those without a window last.
    pub async fn releases(&self) -> Answer<ReleasesView> {
        let board = self.board()?;
        let state = board.state().await?;
        let (all, more) = self.all_releases(&board).await?;
        let mut releases: Vec<ReleaseRow> = all.iter().map(|release| release.row(&state)).collect();
        let order = |row: &ReleaseRow| (row.starts_at.is_none(), row.starts_at.clone(), row.name.clone());
        releases.sort_by_key(order);
        Ok(ReleasesView { releases, more })
    }

    /// One release with its changes, its risk and its plan.
    ///
    /// # Errors
    /// [`BoardError::NotFound`] for a name that no ticket here has.
    pub async fn release(&self, request: OfRelease) -> Answer<ReleaseView> {
        let board = self.board()?;
        let state = board.state().await?;
        let found = self.release_called(&board, &request.release).await?;
        self.release_view(&board, &state, &found).await
    }

    async fn release_view(&self, board: &OpenBoard, state: &BoardState, found: &Released) -> Answer<ReleaseView> {
        let mut changes = Vec::new();
        let mut lacking: BTreeMap<PlanSection, Vec<String>> = BTreeMap::new();
        for one in found.changes.iter().take(MOST_OF_ONE) {
            let key = &one.row.key;
            changes.push(self.row(board, state, key).await?);
            if !goes(&one.row) {
                continue;
            }
            let Some(kept) = board.store.change(key).await.map_err(stored)? else { continue };
            let bare = |section: &PlanSection| completeness(&kept.change, *section) != Completeness::Complete;
            for section in PlanSection::ALL.into_iter().filter(bare) {
                lacking.entry(section).or_default().push(key.to_string());
            }
        }
        let risk = found.risk(state);
        let mut lacks = found.lacks();
        if found.changes.len() > MOST_OF_ONE {
            lacks.push(format!("Only its first {MOST_OF_ONE} changes are shown; its risk counts all."));
        }
        Ok(ReleaseView {
            release: found.row(state),
            changes,
            out: found.changes.iter().filter(|c| !goes(&c.row)).map(|c| c.row.key.to_string()).collect(),
            worst: words_of(&risk.worst),
            questions: risk.own.iter().map(question).collect(),
            plan: PlanSection::ALL
                .into_iter()
                .map(|section| ReleaseSection {
                    title: section.title().to_owned(),
                    clause: section.clause().to_owned(),
                    lacking: lacking.remove(&section).unwrap_or_default(),
                })
                .collect(),
            lacks,
        })
    }

    /// Answers questions of a release as the member at this device (R80): one entry for each of its changes, so that an
    /// answer is open again once another change joins the release.
    ///
    /// # Errors
    /// [`BoardError::Invalid`] for an answer that is none; [`BoardError::Refused`] for a member without a role.
    pub async fn assess_release(&self, request: AssessReleaseRequest) -> Answer<ReleaseView> {
        let board = self.board()?;
        let state = board.state().await?;
        let chosen = chosen(&request)?;
        let reason = crate::words::text("reason", &request.reason, "Say why in a sentence.")?;
        let found = self.release_called(&board, &request.release).await?;
        if found.going().count() > MOST_OF_ONE {
            let why = format!("It has more than {MOST_OF_ONE} changes; split it in the ticketing system.");
            return Err(BoardError::invalid("release", why));
        }
        let me = self.my_id_on_my_device(&board, &state).await?;
        let Some(role) = role_of(state.member(me)?) else {
            return Err(BoardError::refused(
                "no_role",
                "Whoever assesses a release does so in a role, and an auditor only reads.",
                Some("R80"),
                "Let a member assess it who has a role on the board.",
            ));
        };
        let answers: BTreeMap<Question, AttestedAnswer> = chosen
            .iter()
            .map(|(question, choice)| (*question, release::attested(&found.name, choice, &reason, None)))
            .collect();
        let told: Vec<String> =
            chosen.iter().map(|(question, choice)| format!("{} {}", question.word(), choice.word)).collect();
        let mut writes = Vec::new();
        for one in found.going() {
            let key = &one.row.key;
            let change = self.load_change(&board, key).await?;
            let content = Content::of(&state.policy, &change, &self.material_attachments(&state, &change))?;
            let act = Write {
                actor: me,
                // The device's key proves the device; whose hands were on it is its recorder's word.
                attestation: Attestation::Recorded,
                role: Some(role),
                meaning: format!(
                    "I attest of {key}, as part of release \u{201c}{}\u{201d}: {}: {reason}",
                    mark_invisible(&found.name),
                    told.join(", ")
                ),
                meeting: None,
                subjects: vec![Subject { name: key.to_string(), sha256: content.digest }],
                body: Body::Attested(AttestedBody { answers: answers.clone(), change: key.clone() }),
                blobs: vec![crate::changes::document(&content)?],
            };
            writes.push((act, Key::Device));
        }
        if writes.is_empty() {
            return Err(BoardError::refused(
                "nothing_goes_out",
                "Every change of the release was rejected or withdrawn.",
                Some("R80"),
                "Assess it once a change belongs to it that goes out.",
            ));
        }
        self.write(&board, writes, Vec::new()).await?;
        let keys: Vec<&str> = found.going().map(|one| one.row.key.as_str()).collect();
        self.changed(&[Noun::Changes, Noun::Risk], &keys);
        let state = board.state().await?;
        let found = self.release_called(&board, &request.release).await?;
        self.release_view(&board, &state, &found).await
    }
}

fn question(own: &release::Own) -> ReleaseQuestion {
    let choices = release::choices(own.question).iter().map(|choice| ReleaseChoice {
        word: choice.word.to_owned(),
        words: choice.words.to_owned(),
        least: choice.least,
    });
    ReleaseQuestion {
        question: own.question.word().to_owned(),
        asks: own.question.asks().to_owned(),
        choices: choices.collect(),
        answer: own.answer.map(|choice| choice.word.to_owned()),
        open: words_of(&own.open),
    }
}

#[cfg(test)]
mod tests {
    use domain::meeting::DecisionKind;
    use domain::sign_off::Standing;

    use super::*;
    use crate::calendar::testing::{planned, window};

    fn change(number: u32, release: &str, (manager, milestone): (&str, &str)) -> ReleasedChange {
        let row = planned(number, "ledger", window("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z")).row;
        ReleasedChange {
            row: IndexRow { release: release.to_owned(), ..row },
            milestone: milestone.to_owned(),
            manager: manager.to_owned(),
        }
    }

    #[test]
    fn changes_become_releases_and_what_was_rejected_goes_out_with_none() {
        let mut rejected = change(3, "Winter", ("Ole Berg", ""));
        rejected.row.decision = Some(DecisionKind::Rejected);
        let all = grouped(vec![
            change(4, "Autumn", ("", "")),
            change(1, "Winter", ("Ria Maas", "Instant pay-outs")),
            change(2, "Winter", ("", "Instant pay-outs")),
            rejected,
        ]);
        let names: Vec<(&str, usize)> = all.iter().map(|r| (r.name.as_str(), r.changes.len())).collect();
        assert_eq!(names, [("Autumn", 1), ("Winter", 3)]);
        assert_eq!(all[1].going().count(), 2);
        assert_eq!(all[1].manager().one(), Some("Ria Maas"), "whose change was rejected says nothing of the release");
        assert_eq!(all[1].lacks(), ["No Release Manager is named by CHG-2 (R15)."]);
        let bare =
            ["No ticket names its Release Manager (R15).", "No ticket names its milestone of the roadmap (R108)."];
        assert_eq!(all[0].lacks(), bare);
    }

    #[test]
    fn a_release_is_confirmed_once_each_of_its_changes_is_approved_by_whomever() {
        let mut delegated = change(1, "Winter", ("", ""));
        delegated.row.standing = Standing::Approved;
        let mut decided = change(2, "Winter", ("", ""));
        decided.row.decision = Some(DecisionKind::Approved);
        let status = |changes: Vec<ReleasedChange>| grouped(changes)[0].status();
        assert_eq!(status(vec![delegated.clone(), decided.clone()]), EventStatus::Confirmed);
        assert_eq!(status(vec![delegated, decided, change(3, "Winter", ("", ""))]), EventStatus::Tentative);
    }

    #[test]
    fn a_release_is_found_by_its_name_as_it_is_shown() {
        let hidden = "Win\u{202e}ter";
        for (release, asked, found) in [
            ("Winter", "Winter", true),
            ("Winter", "  Winter ", true),
            ("Winter", "winter", false),
            ("Winter", "", false),
            (hidden, hidden, true),
        ] {
            assert_eq!(called(release, asked), found, "{release:?} {asked:?}");
        }
        assert!(called(hidden, &mark_invisible(hidden)));
    }

    #[test]
    fn an_answer_is_one_of_its_question_and_there_is_one_at_least() {
        let request = |impact: Option<&str>, rollback: Option<&str>| AssessReleaseRequest {
            release: "Winter".to_owned(),
            impact: impact.map(str::to_owned),
            complexity: None,
            rollback: rollback.map(str::to_owned),
            reason: "As discussed".to_owned(),
        };
        let found = chosen(&request(Some(" low "), Some("whole"))).expect("answers");
        assert_eq!(found.iter().map(|(_, choice)| choice.word).collect::<Vec<_>>(), ["low", "whole"]);
        for (wrong, at) in [(request(None, None), "impact"), (request(None, Some("low")), "rollback")] {
            let Err(BoardError::Invalid { field, .. }) = chosen(&wrong) else { panic!("{wrong:?}") };
            assert_eq!(field, at);
        }
    }
}
