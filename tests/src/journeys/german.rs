//! A board whose documents are German: from the agenda to the ticket nothing that the program itself says is English.
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use board::requests::{AssignActionRequest, MeetingChangeRequest, OfMeeting};
use board::views::{
    Basis, ChangeColumn, ChangesQuery, ChangesQuerySort, ChangesQueryView, CreateMeetingRequest, DecideRequest,
    DecideRequestConditions, DecideRequestConditionsWhen, DecisionKind, Role, VotePosition,
};
use board::{AgendaPaperRequest, Strength, verify_minutes};
use domain::attested::Question;
use domain::gate::catalogue;
use domain::plan::PlanSection;
use domain::policy::authored::pack;
use domain::risk::{RiskLevel, points_100};
use domain::sign_off::Standing;

use super::chase::begin;
use crate::journey::Journey;

/// Words of our English phrases that our German ones have as well, or that are names of files.
const ALIKE: [&str; 24] = [
    "builds",
    "canary",
    "change",
    "changes",
    "commit",
    "evidence",
    "green",
    "issue",
    "issues",
    "management",
    "merge",
    "migration",
    "pipeline",
    "release",
    "repository",
    "requests",
    "routine",
    "schema",
    "service",
    "status",
    "system",
    "teams",
    "tests",
    "version",
];

/// What a PDF says, on one line.
fn said(pdf: &Path) -> String {
    let output = Command::new("pdftotext").arg(pdf).arg("-").env("LC_ALL", "C.UTF-8").output();
    let output = output.expect("pdftotext runs; tests/support/pdf/install.sh installs it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a text that are long enough to be of one language.
fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_alphabetic()).map(str::to_lowercase);
    words.filter(|word| word.chars().count() > 4).collect()
}

/// Whether a phrase has several words, and not one beside numbers or signs.
fn has_words(phrase: &str) -> bool {
    phrase.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count() > 1
}

/// Our English phrases, from where the program has them: titles of gates, the risk model, levels, sections of plans, what
/// decisions and approvals are called, and what members are asked.
fn english() -> BTreeSet<String> {
    let model = points_100();
    let titles = catalogue().into_iter().map(|gate| gate.title);
    let questions = model.questions.iter().map(|question| question.text.clone());
    let answers = model.questions.iter().flat_map(|question| &question.answers).map(|answer| answer.words.clone());
    let floors = model.floors.iter().map(|floor| floor.words.clone());
    let levels = [RiskLevel::Low, RiskLevel::Medium, RiskLevel::High, RiskLevel::Critical].map(RiskLevel::word);
    let sections = PlanSection::ALL.into_iter().map(PlanSection::title);
    let decisions = [DecisionKind::Approved, DecisionKind::ApprovedWithConditions, DecisionKind::Rejected];
    let standings = [Standing::AwaitingSignOff, Standing::AwaitingConditions, Standing::Approved];
    let asked = Question::ALL.into_iter().map(Question::asks);
    let said = levels.into_iter().chain(sections).chain(asked);
    let said = said.chain(decisions.map(DecisionKind::words)).chain(standings.map(Standing::words));
    titles.chain(questions).chain(answers).chain(floors).chain(said.map(str::to_owned)).collect()
}

/// A text without what it quotes: “so” in entries, and „so“ where we write it.
fn without_quotations(text: &str) -> String {
    let (mut out, mut quoted, mut ours) = (String::new(), 0_u32, false);
    for letter in text.chars() {
        match letter {
            '„' => ours = true,
            '“' if ours => ours = false,
            '“' => quoted += 1,
            '”' => quoted = quoted.saturating_sub(1),
            other if quoted == 0 && !ours => out.push(other),
            _ => {}
        }
    }
    out
}

/// That a document has none of these phrases, and none of the words of our English ones that nobody else wrote.
fn is_german(name: &str, text: &str, phrases: &BTreeSet<String>, others: &BTreeSet<String>) {
    let text = text.to_lowercase();
    for phrase in phrases.iter().filter(|phrase| has_words(phrase)) {
        assert!(!text.contains(&phrase.to_lowercase()), "{name} says {phrase:?}");
    }
    let ours: BTreeSet<String> = english().iter().flat_map(|phrase| words(phrase)).collect();
    let here = words(&without_quotations(&text));
    let only_ours = |word: &&String| !others.contains(*word) && !ALIKE.contains(&word.as_str());
    let found: Vec<&String> = ours.iter().filter(|word| here.contains(*word)).filter(only_ours).collect();
    assert!(found.is_empty(), "{name} has English words of ours: {found:?}");
}

/// A change that a gate keeps from being approved.
async fn blocked(journey: &Journey) -> String {
    let query = ChangesQuery {
        text: String::new(),
        kinds: Vec::new(),
        levels: Vec::new(),
        view: ChangesQueryView::Open,
        sort: ChangesQuerySort { column: ChangeColumn::Key, descending: false },
        offset: 0,
        limit: 200,
    };
    let rows = journey.cabinet.list_changes(query).await.expect("a list").rows;
    rows.into_iter().find(|row| row.gates_blocking > 0).expect("a change that is blocked").key
}

/// The meeting's paper before it: the agenda, and what is read for it.
async fn papers(journey: &Journey, changes: &[String], phrases: &BTreeSet<String>, others: &BTreeSet<String>) {
    let head = CreateMeetingRequest {
        title: "CAB".to_owned(),
        starts_at: "2026-12-02T13:00:00Z".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        place: "Athena".to_owned(),
    };
    let meeting = journey.cabinet.create_meeting(head).await.expect("a meeting").id;
    for change in changes {
        let item = MeetingChangeRequest { meeting: meeting.clone(), change: change.clone() };
        journey.cabinet.add_agenda_item(item).await.expect("an item");
    }
    let path = |name: &str| journey.folder.path().join(name);
    for (name, pre_read) in [("agenda.pdf", false), ("pre-read.pdf", true)] {
        let request = AgendaPaperRequest { meeting: meeting.clone(), path: path(name), pre_read };
        journey.cabinet.agenda_paper(request).await.expect("written");
    }
    is_german("the agenda", &said(&path("agenda.pdf")), phrases, others);
    // Its plans and descriptions are in the words of who wrote them, so that only whole sentences of ours are looked for.
    let read = said(&path("pre-read.pdf")).to_lowercase();
    let asked = points_100().questions.into_iter().map(|question| question.text);
    for phrase in asked.chain(catalogue().into_iter().map(|gate| gate.title)).filter(|phrase| has_words(phrase)) {
        assert!(!read.contains(&phrase.to_lowercase()), "the pre-read says {phrase:?}");
    }
    assert!(read.contains("wie kritisch ist der kritischste betroffene dienst?"), "{read}");
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_agenda_to_the_ticket_a_german_board_reads_german() {
    let (journey, _) = begin().await;
    let chair = journey.member(Role::Chair).await;
    let policy = pack(Strength::Starter).replace("name = \"starter/1\"", "name = \"deutsch/1\"");
    journey.adopt(&format!("{policy}\n[minutes]\nlanguage = \"de\"\n"), &chair).await.expect("adopted");
    let key = journey.approvable().await.first().expect("a change").clone();
    let changes = [key.clone(), blocked(&journey).await];

    // What the window says of them in English, and what others wrote.
    let mut phrases = english();
    let members = journey.cabinet.members().await.expect("members");
    let mut others: BTreeSet<String> = members.iter().flat_map(|row| words(&row.member.name)).collect();
    others.extend(words("Weekly change advisory board, Room Athena; Rehearse the backout on staging; Measure it"));
    others.extend(words(sample::board::NAME));
    for key in &changes {
        let change = journey.change(key).await;
        others.extend(words(&change.row.title));
        for gate in change.gates {
            let finding = gate.finding.split(" Looked at: ").next().unwrap_or_default().to_owned();
            phrases.extend([gate.label, finding].into_iter().chain(gate.remedy));
        }
    }
    papers(&journey, &changes, &phrases, &others).await;

    let meeting = journey.meet(&[&changes[0], &changes[1]]).await.meeting.id;
    journey.all_vote(&meeting, "1", VotePosition::Approve).await;
    let with = DecideRequest {
        meeting: meeting.clone(),
        item: "1".to_owned(),
        kind: DecisionKind::ApprovedWithConditions,
        basis: Basis::Vote,
        rationale: String::new(),
        conditions: vec![DecideRequestConditions {
            text: "Rehearse the backout on staging".to_owned(),
            owner: "Ada".to_owned(),
            due_on: Some("2026-12-01".to_owned()),
            when: DecideRequestConditionsWhen::After,
        }],
        deferred_to: None,
    };
    journey.cabinet.decide(with).await.expect("decided");
    journey.all_vote(&meeting, "2", VotePosition::Reject).await;
    journey.decide(&meeting, "2", DecisionKind::Rejected, "Nein.").await.expect("decided");
    let action = AssignActionRequest {
        meeting: meeting.clone(),
        text: "Measure it".to_owned(),
        owner: chair.clone(),
        due_on: Some("2026-11-24".to_owned()),
    };
    journey.cabinet.assign_action(action).await.expect("given");
    journey.close(&meeting).await;
    let cto = journey.member(Role::Cto).await;
    let (_, refusals) = journey.sign_queue(&meeting, &cto).await;
    assert!(refusals.is_empty(), "{refusals:?}");

    let of = || OfMeeting { meeting: meeting.clone() };
    let draft = journey.cabinet.minutes_path(of()).await.expect("a draft");
    is_german("the draft", &said(&draft), &phrases, &others);
    journey.seal(&meeting).await.expect("sealed");
    let sealed = journey.cabinet.minutes_path(of()).await.expect("sealed minutes");
    let checked = verify_minutes(&std::fs::read(&sealed).expect("a file"), None).expect("its pages follow");
    assert!(checked.pdf.signatures[0].meaning.starts_with("Ich siegle dies als "), "{:?}", checked.pdf.signatures);
    let text = said(&sealed);
    is_german("the minutes", &text, &phrases, &others);
    let approval = format!("Ich gebe {key} frei");
    for words in ["Di., 1.12.2026", "Di., 24.11.2026", "Vorsitz", "Ich siegle dies als getreue", approval.as_str()] {
        assert!(text.contains(words), "{words}: {text}");
    }

    journey.cabinet.sync_now().await.expect("synced");
    let number = key.rsplit('-').next().and_then(|number| number.parse().ok()).expect("a number");
    let ticket = journey.server.issue(number).expect("the ticket");
    let note = ticket.journals.iter().map(|journal| &journal.notes).find(|note| note.contains("Entscheidung von"));
    let note = note.expect("the decision stands on its ticket, in German");
    for words in ["Mit Auflagen genehmigt", "fällig Di., 1.12.2026", "Vorsitz", "Grundlage", "Freigegeben von"] {
        assert!(note.contains(words), "{words}: {note}");
    }
    is_german("the note", note, &phrases, &others);
    let extract = std::fs::read_dir(journey.data_dir().join("minutes")).expect("files").filter_map(Result::ok);
    let extract = extract.map(|file| file.path()).find(|path| path.to_string_lossy().contains("-decision-"));
    is_german("the extract", &said(&extract.expect("an extract")), &phrases, &others);
    journey.cabinet.finish_work().await;
}
