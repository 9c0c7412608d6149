use chrono::Duration;
use domain::change::{LinkedIssue, TextFormat, Window};
use domain::emergency::{Asserted, EmergencyBody, Revalidation};
use domain::ids::{EntryId, MemberId};

use super::*;

fn back() -> Rollback {
    Rollback {
        entry: EntryId([1; 32]),
        actor: MemberId(uuid::Uuid::from_u128(3)),
        change: "CHG-17".parse().expect("a key"),
        incident: "INC-8\nh1. Approved".to_owned(),
        at: DateTime::UNIX_EPOCH,
        revalidated: None,
    }
}

#[test]
fn what_is_told_has_one_operation_however_often_it_is_planned() {
    let board = BoardId(uuid::Uuid::from_u128(1));
    let id = |telling: &Telling, on: &str| operation_id(board, &telling.change, &of_place(telling, on));
    let (one, there) = (handed_back(&back()), handed_back_there(&back()));
    assert_eq!(id(&one, "17"), id(&handed_back(&back()), "17"));
    assert_eq!(id(&there, "8"), id(&handed_back_there(&back()), "8"));
    let other = handed_back(&Rollback { entry: EntryId([2; 32]), ..back() });
    for different in [id(&other, "17"), id(&there, "8"), id(&there, "9")] {
        assert_ne!(marker(&different), marker(&id(&one, "17")));
    }
    assert_ne!(id(&there, "8"), id(&there, "9"), "each ticket on which it is told has its own");
}

fn told(change: ChangeRequest) -> Told {
    let connection = Connection {
        id: change.connection,
        prefix: "CHG".to_owned(),
        kind: "redmine".to_owned(),
        url: "https://tickets.example/redmine".to_owned(),
        project: "changes".to_owned(),
        mapping: String::new(),
        consents: String::new(),
        created_at: DateTime::UNIX_EPOCH,
    };
    let mapping = Mapping {
        format: ticketing::mapping::MAPPING_FORMAT,
        system: ticketing::SystemKind::Redmine,
        scope: ticketing::mapping::Scope {
            project: "changes".to_owned(),
            project_id: 1,
            tracker_id: 4,
            tracker: "Change request".to_owned(),
        },
        own_account: "1".to_owned(),
        text_format: TextFormat::Plain,
        zone: "Etc/UTC".to_owned(),
        fields: BTreeMap::new(),
        statuses: BTreeMap::new(),
        links: ticketing::mapping::LinkRules::default(),
        decisions: BTreeMap::new(),
        decision_field: None,
        reference_field: None,
    };
    Told { change, gone: false, connection, mapping }
}

#[test]
fn it_is_told_on_the_incidents_and_problems_of_the_same_system_and_a_screen_says_where() {
    let linked = |id: &str, kind, open| LinkedIssue {
        remote_id: id.to_owned(),
        relation: "relates".to_owned(),
        title: String::new(),
        kind: Some(kind),
        severity: None,
        open: Some(open),
    };
    let mut change = crate::changes::testing::change("CHG-17");
    "17".clone_into(&mut change.remote_id);
    change.linked_issues = vec![
        linked("40", IssueKind::Problem, true),
        linked("41", IssueKind::Problem, false),
        linked("42", IssueKind::Bug, true),
    ];
    let known = told(change);
    let on = |incident: &str| known.tickets(&To::Incident(incident.to_owned()));
    assert_eq!(on("CHG-8, CHG-17"), ["8"]);
    assert!(on("CHG-17, CHG-8").is_empty(), "the change's own is no other ticket");
    assert_eq!(on("https://tickets.example/redmine/issues/9"), ["9"]);
    assert!(on("INC-8").is_empty() && on("https://other.example/issues/9").is_empty());
    assert_eq!(on("CHG-1, as CHG-2 said of CHG-3"), ["1"], "whatever else people wrote beside it");
    assert_eq!(known.tickets(&To::Problems), ["40"]);
    assert_eq!(known.tickets(&To::Change), ["17"]);
    assert_eq!(known.words("CHG-8", false), "What is handed over is told on CHG-8 as well.");
    assert_eq!(known.words("CHG-8", true), "What is handed over is told on CHG-8, CHG-40 as well.");
    let alone = "The incident is no ticket of Redmine at tickets.example: what is handed over is told on CHG-17 alone.";
    assert_eq!(known.words("INC-8", false), alone);
    let problem = "The incident is no ticket of Redmine at tickets.example; what is handed over to the problem is told \
                   on CHG-40 as well.";
    assert_eq!(known.words("INC-8", true), problem);
    let itself = "What the incident is called leads to CHG-17 itself: what is handed over is told on CHG-17 alone.";
    assert_eq!(known.words("CHG-17", false), itself);
}

#[test]
fn of_a_closed_change_the_incident_and_the_problem_are_told_all_the_same() {
    let mut change = crate::changes::testing::change("CHG-17");
    change.status.category = Some(StatusCategory::Closed);
    let known = told(change);
    assert!(!known.is_told_now(&handed_back(&back())));
    assert!(known.is_told_now(&handed_back_there(&back())));
    let to_problem = Telling { to: To::Problems, ..handed_back(&back()) };
    assert!(known.is_told_now(&to_problem));
    let words = "What is handed over is told on CHG-8. CHG-17 is closed: nothing more is handed over there.";
    assert_eq!(known.words("CHG-8", false), words);
    let nowhere = known.words("INC-8", false);
    let closed = ", and CHG-17 is closed: nothing more that is handed over is told on a ticket.";
    assert!(nowhere.ends_with(closed), "{nowhere}");
    let gone = Told { gone: true, ..known };
    assert!(!gone.is_told_now(&to_problem));
    assert!(gone.words("CHG-8", true).starts_with("CHG-17 is not in its system any more"));
}

#[test]
fn plan_and_backout_stay_on_the_changes_own_ticket() {
    let change: ChangeKey = "CHG-17".parse().expect("a key");
    let body = EmergencyBody {
        backout: "Deploy 4.1.9 again".to_owned(),
        breaks: "payments".to_owned(),
        change: change.clone(),
        consulted: "Head of Retail".to_owned(),
        deployer: "Dora Lind".to_owned(),
        facts: Asserted { corrects_error: true, current_release: true, major_impact: true },
        incident: "CHG-8".to_owned(),
        plan: "Deploy 4.2.1".to_owned(),
        window: Window {
            start: DateTime::UNIX_EPOCH,
            end: DateTime::UNIX_EPOCH + Duration::hours(1),
            zone: "Etc/UTC".to_owned(),
        },
    };
    let one = Emergency {
        entry: EntryId([1; 32]),
        actor: MemberId(uuid::Uuid::from_u128(3)),
        claimed: DateTime::UNIX_EPOCH,
        policy: Digest([0; 32]),
        body,
        bound: None,
        met: BTreeMap::new(),
        proposed: None,
    };
    let here = taken_over(&change, &one, "Rana").note.render(TextFormat::Plain);
    let there = taken_over_there(&change, &one, "Rana").note.render(TextFormat::Plain);
    for own in ["Deploy 4.2.1", "Deploy 4.1.9 again", "Head of Retail", "payments"] {
        assert!(here.contains(own) && !there.contains(own), "{own}: {there}");
    }
    assert!(["CHG-17", "Rana", "Dora Lind"].iter().all(|part| there.contains(part)), "{there}");
}

#[test]
fn on_a_closed_ticket_nothing_is_told_but_that_it_was_closed_too_early() {
    let owed = Owed {
        declaration: EntryId([1; 32]),
        change: "CHG-17".parse().expect("a key"),
        id: "review".to_owned(),
        clause: "R66".to_owned(),
        what: "The review after it".to_owned(),
        due: DateTime::UNIX_EPOCH + Duration::days(1),
        met: None,
    };
    for (category, of) in [(StatusCategory::Implementing, "overdue e1"), (StatusCategory::Closed, "closed e1")] {
        let mut change = crate::changes::testing::change("CHG-17");
        change.status.category = Some(category);
        let known = told(change);
        let all = standing(&owed.change, "e1", std::slice::from_ref(&owed), false);
        let said: Vec<&Telling> = all.iter().filter(|telling| known.is_told_now(telling)).collect();
        assert_eq!(said.iter().map(|telling| telling.of.as_str()).collect::<Vec<_>>(), [of]);
        let text = said[0].note.render(TextFormat::Plain);
        assert!(text.contains("The review after it (due 1970-01-02T00:00:00Z)"), "{text}");
        assert_eq!(text.contains("Closed while it was owed"), category == StatusCategory::Closed, "{text}");
        assert_eq!(known.is_told_now(&handed_back(&back())), category != StatusCategory::Closed);
        assert!(!Told { gone: true, ..known }.is_told_now(&all[0]), "a ticket that is gone is told nothing");
    }
}

#[test]
fn a_ticket_that_said_not_to_close_it_is_told_once_that_it_may_be_closed() {
    let known = |all: &[(&str, OutboxState)]| -> BTreeMap<String, OutboxState> {
        all.iter().map(|(of, state)| ((*of).to_owned(), *state)).collect()
    };
    let said = ("overdue e1", OutboxState::Verified);
    for (of, before, due) in [
        ("overdue e1", known(&[]), true),
        ("overdue e1", known(&[said]), false),
        ("overdue e1", known(&[("overdue e1", OutboxState::Cancelled)]), false),
        ("settled e1", known(&[]), false),
        ("settled e1", known(&[("overdue e1", OutboxState::Failed)]), false),
        ("settled e1", known(&[("overdue e2", OutboxState::Verified)]), false),
        ("settled e1", known(&[said]), true),
        ("settled e1", known(&[said, ("settled e1", OutboxState::Queued)]), false),
    ] {
        assert_eq!(is_due(of, &before), due, "{of}, {before:?}");
    }
    let key: ChangeKey = "CHG-17".parse().expect("a key");
    assert!(standing(&key, "e1", &[], false).is_empty(), "what is owed and not late is told by nobody");
    let done: Vec<String> = standing(&key, "e1", &[], true).into_iter().map(|telling| telling.of).collect();
    assert_eq!(done, ["settled e1"]);
}

#[test]
fn a_hand_off_names_the_incident_and_nobodys_text_makes_a_heading_of_its_own() {
    for format in [TextFormat::Plain, TextFormat::Textile, TextFormat::Markdown] {
        let text = handed_back(&back()).note.render(format);
        assert!(text.contains("Handed back from this change to an incident"), "{text}");
        assert!(text.contains("INC-8") && !text.lines().any(|line| line.starts_with("h1.")), "{text}");
    }
}

#[test]
fn a_problem_is_handed_over_once_the_root_cause_is_signed() {
    assert!(understood(&back(), "Rana").is_none());
    let again = Revalidation {
        entry: EntryId([4; 32]),
        actor: MemberId(uuid::Uuid::from_u128(4)),
        claimed: DateTime::UNIX_EPOCH,
        root_cause: "A missing index".to_owned(),
        note: "Run 9 was green".to_owned(),
    };
    let known = Rollback { revalidated: Some(again), ..back() };
    let text = understood(&known, "Rana").expect("it is known").note.render(TextFormat::Plain);
    assert!(["A missing index", "Run 9 was green", "Rana"].iter().all(|part| text.contains(part)), "{text}");
    assert!(understood_there(&back(), "Rana").is_none());
    let there = understood_there(&known, "Rana").expect("it is known").note.render(TextFormat::Plain);
    assert!(there.contains("CHG-17") && there.contains("A missing index"), "{there}");
    assert!(!there.contains("Run 9 was green"), "{there}");
}

#[test]
fn what_is_overdue_is_named_with_its_date() {
    let owed = Owed {
        declaration: EntryId([1; 32]),
        change: "CHG-17".parse().expect("a key"),
        id: "review".to_owned(),
        clause: "R66".to_owned(),
        what: "The review after it".to_owned(),
        due: DateTime::UNIX_EPOCH + Duration::days(1),
        met: None,
    };
    let text = kept_open(&owed.change, "overdue".to_owned(), std::slice::from_ref(&owed)).note;
    assert!(text.render(TextFormat::Plain).contains("The review after it (due 1970-01-02T00:00:00Z)"), "{text:?}");
}
