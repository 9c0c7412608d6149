use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;

use super::catalogue::{CHANGE, RISK, SECTIONS};
use super::{files, window, world};
use crate::board;
use crate::world::{Format, Issue, World};

fn now() -> DateTime<Utc> {
    "2026-11-21T20:00:00Z".parse().unwrap()
}

fn seeded() -> World {
    world(now(), 0).unwrap()
}

fn changes(world: &World) -> Vec<&Issue> {
    world.issues.values().filter(|i| i.tracker == CHANGE && i.project == 1).collect()
}

fn field<'i>(world: &World, issue: &'i Issue, name: &str) -> &'i str {
    issue.custom.get(&world.field(name).unwrap().id).map_or("", String::as_str)
}

fn status<'w>(world: &'w World, issue: &Issue) -> &'w str {
    &world.statuses[&issue.status].name
}

/// Points by the default model, and how many questions are open.
fn points(world: &World, issue: &Issue) -> (u32, usize) {
    let mut sum = 0;
    let mut open = 0;
    for question in &RISK {
        let answer = field(world, issue, &format!("Risk {}", question.id));
        match question.answers.iter().position(|a| *a == answer) {
            Some(at) => sum += question.points[at],
            None => {
                assert_eq!(answer, "", "{}: {}", issue.id, question.id);
                open += 1;
            }
        }
    }
    (sum, open)
}

fn span(world: &World, issue: &Issue) -> Option<(DateTime<Utc>, DateTime<Utc>, NaiveDateTime, NaiveDateTime)> {
    let zone: Tz = field(world, issue, "Time zone").parse().ok()?;
    let local = |name| NaiveDateTime::parse_from_str(field(world, issue, name), "%Y-%m-%dT%H:%M").ok();
    let (start, end) = (local("Planned start")?, local("Planned end")?);
    let utc = |wall: NaiveDateTime| zone.from_local_datetime(&wall).earliest().map(|t| t.with_timezone(&Utc));
    Some((utc(start)?, utc(end)?, start, end))
}

#[test]
fn the_risk_model_of_the_fields_sums_to_one_hundred() {
    assert_eq!(RISK.iter().map(|q| q.points.iter().max().unwrap()).sum::<u32>(), 100);
    assert!(RISK.iter().all(|q| q.answers.len() == q.points.len()));
}

#[test]
fn there_are_sixty_changes_over_all_kinds_levels_and_statuses() {
    let world = seeded();
    let changes = changes(&world);
    assert!(changes.len() >= 60, "{}", changes.len());
    let mut kinds: BTreeMap<&str, u32> = BTreeMap::new();
    let mut levels: BTreeMap<&str, u32> = BTreeMap::new();
    let mut statuses: BTreeMap<&str, u32> = BTreeMap::new();
    for change in &changes {
        *kinds.entry(field(&world, change, "Change kind")).or_default() += 1;
        *statuses.entry(status(&world, change)).or_default() += 1;
        let (score, open) = points(&world, change);
        let level = match score {
            _ if open > 0 => "open",
            0..=24 => "low",
            25..=49 => "medium",
            50..=74 => "high",
            _ => "critical",
        };
        *levels.entry(level).or_default() += 1;
    }
    let at_least = |of: &BTreeMap<&str, u32>, name: &str, n: u32| {
        assert!(of.get(name).copied().unwrap_or(0) >= n, "{name}: {of:?}");
    };
    for (kind, n) in [("Standard", 10), ("Normal", 40), ("Emergency", 4), ("Expedited", 1)] {
        at_least(&kinds, kind, n);
    }
    for (level, n) in [("low", 15), ("medium", 15), ("high", 5), ("critical", 2), ("open", 2)] {
        at_least(&levels, level, n);
    }
    for name in ["New", "Assess", "Authorize", "Approved", "Scheduled", "Implement", "Closed", "Rejected"] {
        at_least(&statuses, name, 1);
    }
    at_least(&statuses, "Authorize", 20);
}

#[test]
fn the_same_now_gives_the_same_world_and_another_now_moves_it() {
    let (a, b) = (seeded(), seeded());
    assert_eq!(a.issues, b.issues);
    assert_eq!(a.relations, b.relations);
    let later = world(now() + Duration::days(7), 0).unwrap();
    assert_eq!(a.issues.len(), later.issues.len());
    assert_ne!(a.issues[&101].custom, later.issues[&101].custom);
    assert_eq!(a.issues[&101].description, later.issues[&101].description);
}

#[test]
fn it_can_be_made_at_any_hour_of_any_day() {
    // Steps of nine days and some: every weekday, many hours, both changes of the clocks.
    for day in (0..370).step_by(9) {
        let at = now() + Duration::days(day) + Duration::minutes(day * 41);
        let world = world(at, 0).unwrap();
        for change in changes(&world) {
            assert!(change.created_on < change.updated_on, "{at} {}", change.id);
            assert!(change.updated_on < at, "{at} {}", change.id);
            if let Some((opens, ends, _, _)) = span(&world, change) {
                assert!(opens < ends, "{at} {}", change.id);
                let waits = ["Assess", "Authorize", "Approved", "Scheduled"].contains(&status(&world, change));
                assert!(!waits || opens > at, "{at}: the window of {} lies ahead", change.id);
                assert!(status(&world, change) != "Closed" || ends < at, "{at} {}", change.id);
            }
        }
    }
}

#[test]
fn every_value_is_one_that_the_fields_accept() {
    let world = seeded();
    for issue in world.issues.values() {
        for (id, value) in issue.custom.iter().filter(|(_, value)| !value.is_empty()) {
            let field = &world.fields[id];
            assert!(field.trackers.contains(&issue.tracker), "{}: {}", issue.id, field.name);
            match field.format {
                Format::List => assert!(field.values.contains(&value.as_str()), "{}: {value}", issue.id),
                Format::User => assert!(world.users.contains_key(&value.parse().unwrap()), "{}: {value}", issue.id),
                Format::Bool => assert!(value == "0" || value == "1"),
                Format::String => assert!(!value.contains('\n'), "{}: {}", issue.id, field.name),
                Format::Text => {}
            }
        }
        assert!(issue.subject.chars().count() <= 255);
    }
    for relation in &world.relations {
        assert!(world.issues.contains_key(&relation.from) && world.issues.contains_key(&relation.to), "{relation:?}");
    }
    let numbers: BTreeSet<u32> = world.issues.values().flat_map(|i| i.journals.iter().map(|j| j.id)).collect();
    assert_eq!(numbers.len(), world.issues.values().map(|i| i.journals.len()).sum::<usize>(), "journal numbers differ");
}

#[test]
fn plans_are_whole_and_do_not_read_alike() {
    let world = seeded();
    let mut texts: BTreeMap<(String, String), u32> = BTreeMap::new();
    let mut whole = 0;
    for change in changes(&world) {
        let filled = SECTIONS.iter().filter(|(_, name)| !field(&world, change, name).is_empty()).count();
        whole += u32::from(filled == 13);
        for (_, name) in SECTIONS {
            let text = field(&world, change, name);
            assert!(!text.contains('{') || change.subject.contains("<script>"), "{}: {name}: {text}", change.id);
            if text.len() > 60 {
                *texts.entry((name.to_owned(), text.to_owned())).or_default() += 1;
            }
        }
    }
    assert!(whole >= 55, "{whole}");
    let most = texts.iter().max_by_key(|(_, n)| **n).unwrap();
    assert!(*most.1 <= 7, "{most:?}");
}

#[test]
fn bad_changes_are_there_for_each_gate() {
    let world = seeded();
    let changes = changes(&world);
    let any = |what: &str, test: &dyn Fn(&Issue) -> bool| {
        assert!(changes.iter().any(|change| test(change)), "{what}");
    };
    for name in ["Change reason", "Version", "Security scan status", "Environment", "Rollback evidence"] {
        any(name, &|c| field(&world, c, name).is_empty());
    }
    any("a branch that is not main", &|c| field(&world, c, "Source branch") == "hotfix/ebics-timeout");
    any("an open critical security defect", &|c| {
        world.relations.iter().filter(|r| r.from == c.id).map(|r| &world.issues[&r.to]).any(|other| {
            field(&world, other, "Security defect") == "1"
                && field(&world, other, "Severity") == "Critical"
                && !world.statuses[&other.status].closed
        })
    });
    any("requester, deployer and lead are one", &|c| {
        let who = field(&world, c, "Requester account");
        who == field(&world, c, "Deployer") && who == field(&world, c, "Technical Development Lead")
    });
    any("requested by a member of the board", &|c| field(&world, c, "Requester account") == board::MEMBERS[1].account);
    any("high without rollback evidence", &|c| {
        let (score, open) = points(&world, c);
        open == 0 && score >= 50 && field(&world, c, "Rollback evidence").is_empty()
    });
    any("an emergency without its scan", &|c| {
        field(&world, c, "Change kind") == "Emergency" && field(&world, c, "Security scan status") == "Not run"
    });
    any("a failed scan", &|c| field(&world, c, "Security scan status") == "Failed");
    any("a very long description", &|c| c.description.len() > 300_000);
    any("script", &|c| c.description.contains("<script>") && c.description.contains("<iframe"));
    any("a javascript link", &|c| c.description.contains(":javascript:"));
    any("bidi controls", &|c| c.subject.contains('\u{202e}') && c.description.contains('\u{2066}'));
    any("zero width", &|c| c.description.contains('\u{200b}'));
    any("several files", &|c| c.attachments.len() >= 3);
    any("many comments", &|c| c.journals.iter().filter(|j| !j.notes.is_empty()).count() >= 3);
    let mut stamps: BTreeMap<i64, u32> = BTreeMap::new();
    for change in &changes {
        *stamps.entry(change.updated_on.timestamp()).or_default() += 1;
    }
    assert!(stamps.values().any(|n| *n >= 8), "a bulk edit shares a second");
}

#[test]
fn two_releases_group_three_changes_each_and_each_has_its_milestone() {
    let world = seeded();
    let mut releases: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut sizes: BTreeMap<&str, u32> = BTreeMap::new();
    let changes = changes(&world);
    for (change, version) in changes.iter().filter_map(|change| Some((change, change.version?))) {
        let name = world.versions[&version].as_str();
        releases.entry(name).or_default().insert(field(&world, change, "Roadmap milestone"));
        *sizes.entry(name).or_default() += 1;
    }
    assert_eq!(sizes, BTreeMap::from([("Merchant portal 10", 3), ("Winter payments", 3)]));
    assert!(releases.values().all(|milestones| milestones.len() == 1 && !milestones.contains("")), "{releases:?}");
}

#[test]
fn windows_collide_on_one_service_and_environment() {
    let world = seeded();
    let mut pairs = Vec::new();
    let changes = changes(&world);
    for (at, a) in changes.iter().enumerate() {
        for b in &changes[at + 1..] {
            let same = |name| field(&world, a, name) == field(&world, b, name);
            if let (Some(x), Some(y)) = (span(&world, a), span(&world, b))
                && same("Service")
                && same("Environment")
                && x.0 < y.1
                && y.0 < x.1
            {
                pairs.push((a.id, b.id));
            }
        }
    }
    assert!(pairs.len() >= 2, "{pairs:?}");
}

#[test]
fn one_window_crosses_the_change_of_the_clocks_in_berlin() {
    let world = seeded();
    let crossing = changes(&world)
        .into_iter()
        .any(|change| span(&world, change).is_some_and(|(opens, ends, start, end)| (ends - opens) != (end - start)));
    assert!(crossing);
    let date = |text: &str| text.parse::<NaiveDate>().unwrap();
    assert_eq!(window::next_clock_change(date("2026-11-21")), date("2027-03-28"));
    assert_eq!(window::next_clock_change(date("2027-03-28")), date("2027-10-31"));
    assert_eq!(window::next_clock_change(date("2026-03-28")), date("2026-03-29"));
}

#[test]
fn the_board_s_people_have_the_accounts_they_name_and_pins_with_letters() {
    let world = seeded();
    for member in board::MEMBERS {
        let user = &world.users[&member.account.parse().unwrap()];
        assert_eq!((user.login.as_str(), user.name().as_str()), (member.login, member.name));
        assert_eq!(user.mail, member.mail);
        assert!(member.pin.len() >= 8 && !member.pin.bytes().all(|b| b.is_ascii_digit()));
    }
    let pins: BTreeSet<&str> = board::MEMBERS.iter().map(|m| m.pin).collect();
    assert_eq!(pins.len(), board::MEMBERS.len());
}

#[test]
fn the_generated_pdf_has_a_cross_reference_table_that_points_at_its_objects() {
    let bytes = files::pdf(&["A (bracketed) title \\ ż".to_owned(), "second line".to_owned()]);
    let text = String::from_utf8(bytes).unwrap();
    let table: usize = text.rsplit_once("startxref\n").unwrap().1.lines().next().unwrap().parse().unwrap();
    assert!(text[table..].starts_with("xref\n0 6\n"));
    for (number, line) in text[table..].lines().skip(3).take(5).enumerate() {
        assert_eq!(line.len(), 19, "with its two-byte line end an entry has twenty");
        let offset: usize = line[..10].parse().unwrap();
        assert!(text[offset..].starts_with(&format!("{} 0 obj", number + 1)));
    }
}

#[test]
fn long_lists_are_variations_with_their_own_numbers_and_times() {
    let world = world(now(), 2_000).unwrap();
    let changes = changes(&world);
    assert_eq!(changes.len(), 2_000);
    assert!(changes.iter().all(|c| c.updated_on < now() && c.created_on < c.updated_on));
}
