use std::collections::BTreeMap;

use proptest::prelude::*;

use super::lines::{Kind, heading, is_hint, kinds, says};
use super::*;
use crate::change::{ChangeRequest, Journal};
use crate::gate::fixture::{account, at, board, change, textile};
use crate::gate::{AtHand, EvidenceRead, evaluate, evidence_gates};
use crate::ids::Digest;
use crate::policy::{Policy, RecoveryOf, Strength};
use crate::risk::{answer_by_words, points_100};

const FORMATS: [TextFormat; 3] = [TextFormat::Plain, TextFormat::Textile, TextFormat::Markdown];

fn read(format: TextFormat, text: &str) -> Parsed {
    parse(&RawText { format, text: text.to_owned() })
}

/// The section's text, if there is one.
fn section(parsed: &Parsed, section: PlanSection) -> Option<&str> {
    parsed.sections.get(&section).map(|text| text.text.as_str())
}

/// A template of the whole plan in which each hint gave way to a text.
fn filled_plan(format: TextFormat, texts: &BTreeMap<PlanSection, String>) -> String {
    let mut template = plan_template(format, &PlanSection::ALL);
    for (section, text) in texts {
        template = template.replace(&aside(format, hint(*section)), text);
    }
    template
}

/// The whole template of answers, with `words` after each colon.
fn filled_answers(format: TextFormat, words: impl Fn(&Question) -> String) -> String {
    let model = points_100();
    let mut template = answers_template(format, &model.questions.iter().collect::<Vec<_>>());
    for question in &model.questions {
        let asked = format!("{} ({}):", question.id, question.text);
        template = template.replace(&asked, &format!("{asked} {}", words(question)));
    }
    template
}

#[test]
fn an_untouched_template_gives_nothing() {
    let model = points_100();
    let questions: Vec<&Question> = model.questions.iter().collect();
    for format in FORMATS {
        let both = format!("{}\n{}", plan_template(format, &PlanSection::ALL), answers_template(format, &questions));
        assert_eq!(read(format, &both), Parsed::default(), "{both}");
        for section in PlanSection::ALL {
            assert!(both.contains(section.clause()) && both.contains(section.title()), "{format:?} {section:?}");
        }
        for choice in questions.iter().flat_map(|q| &q.answers) {
            assert!(both.contains(&choice.words), "{format:?} {}", choice.words);
        }
    }
}

#[test]
fn every_answer_comes_back_from_behind_the_colon_and_as_the_line_that_was_left() {
    let model = points_100();
    for format in FORMATS {
        for pick in 0..5 {
            let chosen = |q: &Question| q.answers[pick % q.answers.len()].clone();
            let typed = read(format, &filled_answers(format, |q| chosen(q).words));
            let mut left = answers_template(format, &model.questions.iter().collect::<Vec<_>>());
            for question in &model.questions {
                let (before, after) = left.split_once(&format!("{} ({}):", question.id, question.text)).expect("asked");
                let mut rest = after.to_owned();
                for other in question.answers.iter().filter(|c| c.id != chosen(question).id) {
                    let lines = [format!("\n* {}\n", other.words), format!("\n- {}\n", other.words)];
                    for line in lines {
                        rest = rest.replacen(&line, "\n", 1);
                    }
                }
                left = format!("{before}{} ({}):{rest}", question.id, question.text);
            }
            for (parsed, how) in [(typed, "after the colon"), (read(format, &left), "the line left")] {
                assert!(parsed.problems.is_empty(), "{how}: {:?}", parsed.problems);
                for question in &model.questions {
                    let word = parsed.answers.get(&question.id).map_or("", String::as_str);
                    assert_eq!(answer_by_words(question, word), Some(&chosen(question)), "{how}: {word:?}");
                }
            }
        }
    }
}

#[test]
fn what_people_and_servers_do_to_a_heading_does_not_lose_its_section() {
    for (format, text) in [
        (TextFormat::Textile, "h3. R23 Backout plan\r\n\r\nRestore.\r\n"),
        (TextFormat::Textile, "h2. r23 BACKOUT PLAN   \n\n\n\nRestore.   "),
        (TextFormat::Textile, "h3(#b). R23 Rückfallplan\n\nRestore."),
        (TextFormat::Textile, "h1. Backout plan\n\nRestore."),
        (TextFormat::Textile, "h3. Backout plan (R23)\nRestore."),
        (TextFormat::Textile, "h3. R23 Backout plan: Restore."),
        (TextFormat::Textile, "*R23 Backout plan:* Restore."),
        (TextFormat::Textile, "### R23 Backout plan\n\nRestore."),
        (TextFormat::Markdown, "## R23 Backout plan ##\nRestore."),
        (TextFormat::Markdown, "- R23 Backout plan：Restore."),
        (TextFormat::Plain, "== R23 Backout plan ==\nRestore."),
        (TextFormat::Plain, "Ｒ２３ Backout plan\n\nRestore."),
        (
            TextFormat::Plain,
            "R23 Backout plan\n(How one gets back, how long it takes, and what triggers it.)\nRestore.",
        ),
    ] {
        let parsed = read(format, text);
        assert_eq!(section(&parsed, PlanSection::Backout), Some("Restore."), "{format:?} {text:?}");
        assert_eq!(parsed.sections.len(), 1, "{text:?}");
    }
}

#[test]
fn a_sentence_that_names_a_clause_or_a_title_is_no_heading() {
    for (format, text) in [
        (TextFormat::Plain, "Testing\nIt works."),
        (TextFormat::Plain, "R23: see the wiki"),
        (TextFormat::Textile, "The backout plan of R23 is known.\nRestore."),
        (TextFormat::Textile, "h2. What\n\nMove the tables."),
        (TextFormat::Markdown, "    ### R23 Backout plan\n    Restore."),
        (TextFormat::Markdown, "C1: fix the index\nE2: done"),
    ] {
        assert_eq!(read(format, text), Parsed::default(), "{text:?}");
    }
}

#[test]
fn a_section_keeps_its_markup_and_ends_at_the_next_heading_of_its_level() {
    let text =
        "h3. R19 Method of deployment\n\n# drain\n# deploy\n\nh4. By hand\n\n* switch\n\nh3. Notes\n\nNot the plan's.";
    let parsed = read(TextFormat::Textile, text);
    let method = "# drain\n# deploy\n\nh4. By hand\n\n* switch";
    assert_eq!(section(&parsed, PlanSection::Method), Some(method));
    assert_eq!(parsed.sections[&PlanSection::Method].format, TextFormat::Textile);
}

#[test]
fn a_deeper_heading_that_happens_to_be_a_title_belongs_to_its_section() {
    let text =
        "h3. R19 Method of deployment\n\nh4. Testing\n\n* smoke\n\nh3. Testing\n\nAll green.\n\nh4. R25\n\nMail.";
    let parsed = read(TextFormat::Textile, text);
    assert_eq!(section(&parsed, PlanSection::Method), Some("h4. Testing\n\n* smoke"));
    assert_eq!(section(&parsed, PlanSection::Testing), Some("All green."));
    assert_eq!(section(&parsed, PlanSection::Communication), Some("Mail."), "a clause is never by chance");
}

#[test]
fn sections_may_be_moved_and_some_left_out() {
    let text = "### R24 Testing\nAll green.\n\n### R17 Approach\nOne by one.\n";
    let parsed = read(TextFormat::Markdown, text);
    assert_eq!(section(&parsed, PlanSection::Testing), Some("All green."));
    assert_eq!(section(&parsed, PlanSection::Approach), Some("One by one."));
    assert_eq!(parsed.sections.len(), 2);
}

#[test]
fn a_quotation_of_a_template_answers_nothing() {
    let plan = filled_plan(TextFormat::Markdown, &BTreeMap::from([(PlanSection::Backout, "Restore.".to_owned())]));
    let text = format!("{plan}\n{}", filled_answers(TextFormat::Markdown, |q| q.answers[0].words.clone()));
    assert_eq!(read(TextFormat::Markdown, &text).answers.len(), 15, "the premise: it is filled");
    let quoted: String = text.lines().map(|line| format!("> {line}\n")).collect();
    for (format, text) in [
        (TextFormat::Markdown, quoted.clone()),
        (TextFormat::Plain, quoted.clone()),
        (TextFormat::Markdown, format!("~~~\n{text}\n~~~\n")),
        (TextFormat::Markdown, format!("```text\n{text}\n```\n")),
        (TextFormat::Textile, format!("<pre>\n{text}\n</pre>")),
        (TextFormat::Textile, format!("<PRE class=\"x\">{text}</PRE>")),
        (TextFormat::Markdown, format!("<blockquote>\n{text}\n</blockquote>")),
        (TextFormat::Textile, "bq. R23 Backout plan: Restore.\nR24 Testing: None.".to_owned()),
    ] {
        assert_eq!(read(format, &text), Parsed::default(), "{format:?}: {text}");
    }
    let below = read(TextFormat::Markdown, &format!("### R17 Approach\n\n{quoted}"));
    assert_eq!(below, Parsed::default(), "a heading over a quotation gives nothing either");
}

#[test]
fn code_of_the_requesters_own_is_part_of_a_section() {
    let text = "h3. R23 Backout plan\n\n<pre>\npsql -f restore.sql\n</pre>\n\nh3. R24 Testing\n\nRun 7.";
    let parsed = read(TextFormat::Textile, text);
    assert_eq!(section(&parsed, PlanSection::Backout), Some("<pre>\npsql -f restore.sql\n</pre>"));
    assert_eq!(section(&parsed, PlanSection::Testing), Some("Run 7."));
}

#[test]
fn a_fence_that_nothing_closes_swallows_nothing() {
    let parsed = read(TextFormat::Markdown, "```\n\n### R23 Backout plan\nRestore.\n");
    assert_eq!(section(&parsed, PlanSection::Backout), Some("Restore."));
}

#[test]
fn answers_are_read_in_the_ways_people_write_them() {
    for (line, word) in [
        ("I1: high", "high"),
        ("* i1：  High ", "High"),
        ("*I1 (How critical is it?):* high", "high"),
        ("- I1 (Wie kritisch: sehr?): hoch", "hoch"),
        ("I1 (How critical?):\nhigh", "high"),
        ("I1 (How critical?)\n\n+ mission-critical", "mission-critical"),
        ("I1 (How critical?): ____\n\n• low", "low"),
    ] {
        let parsed = read(TextFormat::Textile, &format!("h3. R80 Risk answers\n\n{line}\n"));
        assert_eq!(parsed.answers, BTreeMap::from([("I1".to_owned(), word.to_owned())]), "{line:?}");
        assert!(parsed.problems.is_empty(), "{line:?}: {:?}", parsed.problems);
    }
    for line in ["I1:", "I1 (How critical?): …", "I1 (?):\n\n* low\n* high", "I1 of 3 is done", "> I1: high"] {
        let parsed = read(TextFormat::Textile, &format!("h3. R80 Risk answers\n\n{line}\n"));
        assert_eq!(parsed.answers, BTreeMap::new(), "{line:?}");
    }
}

#[test]
fn what_is_given_twice_counts_as_it_stands_later_and_is_named_when_it_differs() {
    let twice = |first: &str, second: &str| {
        let part = |s: &str| format!("h3. R23 Backout plan\n\n{s}\n\nh3. R80 Risk answers\n\nI1: {s}\n\n");
        read(TextFormat::Textile, &format!("{}{}", part(first), part(second)))
    };
    let differs = twice("low", "high");
    assert_eq!(section(&differs, PlanSection::Backout), Some("high"));
    assert_eq!(differs.answers["I1"], "high");
    let places: Vec<&str> = differs.problems.iter().map(|p| p.place.as_str()).collect();
    assert_eq!(places, ["R23", "I1"]);
    assert!(twice("low", "low").problems.is_empty(), "said twice is no contradiction");
    let both = read(TextFormat::Textile, "h3. R80 Risk answers\n\nI1: low\n\n* high\n");
    assert_eq!((both.answers["I1"].as_str(), both.problems.len()), ("low", 1));
}

/// A change without plan or answers of its own.
fn bare() -> ChangeRequest {
    ChangeRequest { plan: BTreeMap::new(), ..change() }
}

fn comment(id: &str, hour: u32, author: &str, text: &str) -> Journal {
    Journal {
        remote_id: id.to_owned(),
        author: account(author, &format!("Person {author}")),
        at: at(hour),
        notes: textile(text),
        details: Vec::new(),
        private: false,
        own: false,
    }
}

#[test]
fn a_ticket_without_a_template_is_left_as_it_is() {
    for mut synced in [change(), bare()] {
        synced.journals = vec![comment("1", 3, "5", "Looks good. R23 is open, is it not?")];
        let mut after = synced.clone();
        fill(&mut after);
        assert_eq!(after, synced);
        let policy = Policy::built_in(Strength::Full);
        assert_eq!(policy.material_fields(&after, &[]), policy.material_fields(&synced, &[]));
    }
}

#[test]
fn fields_come_first_then_the_description_then_the_newest_comment() {
    let mut filled = bare();
    filled.plan.insert(PlanSection::Approach, textile("By its field."));
    filled.description = textile("Why.\n\nh3. R17 Approach\n\nx\n\nh3. R23 Backout plan\n\nBy description.");
    filled.journals = vec![
        comment("41", 3, "5", "h3. R23 Backout plan\n\nx\n\nh3. R24 Testing\n\nOld.\n\nh3. R21 Training\n\nNone."),
        comment("42", 4, "9", "h3. R24 Testing\n\nNew.\n\nh3. R80 Risk answers\n\nI1: high"),
    ];
    fill(&mut filled);
    let texts: Vec<(PlanSection, &str)> = filled.plan.iter().map(|(s, t)| (*s, t.text.as_str())).collect();
    let expected = [
        (PlanSection::Approach, "By its field."),
        (PlanSection::Training, "None."),
        (PlanSection::Backout, "By description."),
        (PlanSection::Testing, "New."),
    ];
    assert_eq!(texts, expected);
    assert_eq!(filled.risk_answers, BTreeMap::from([("I1".to_owned(), "high".to_owned())]));
    let found = found(&filled);
    assert_eq!(found.section(&filled, PlanSection::Approach), None, "a field gives it");
    assert_eq!(found.section(&filled, PlanSection::Backout), Some(&Whence::Description));
    let testing = found.section(&filled, PlanSection::Testing).map(Whence::words);
    assert_eq!(testing.as_deref(), Some("from comment 42 by Person 9, 4 March 2026"));
    assert_eq!(found.answer(&filled, "I1").map(Whence::words), testing);
    let once = filled.clone();
    fill(&mut filled);
    assert_eq!(filled, once, "filling again changes nothing");
}

#[test]
fn only_a_public_comment_of_somebody_the_change_belongs_to_counts() {
    let text = "h3. R23 Backout plan\n\nRestore.";
    let marked = format!("{text}\n\n*Reference:* CAB-1a2b3c4d");
    let one = comment("1", 3, "5", text);
    for (what, comment, counts) in [
        ("the requester's", one.clone(), true),
        ("the author's", Journal { author: account("6", "Anton Weiss"), ..one.clone() }, true),
        ("the release manager's", Journal { author: account("9", "Ria Maas"), ..one.clone() }, true),
        ("the deployer's", Journal { author: account("7", "Dora Lind"), ..one.clone() }, false),
        ("a stranger's", Journal { author: account("77", "Somebody"), ..one.clone() }, false),
        ("a private one", Journal { private: true, ..one.clone() }, false),
        ("Cabinet's own", Journal { own: true, notes: textile(&marked), ..one.clone() }, false),
        ("another device's", Journal { notes: textile(&marked), ..one.clone() }, false),
        ("a reply that quotes it", Journal { notes: textile(&format!("> CAB-1a2b3c4d\n\n{text}")), ..one }, true),
    ] {
        let mut synced = ChangeRequest { journals: vec![comment], ..bare() };
        fill(&mut synced);
        assert_eq!(synced.plan.contains_key(&PlanSection::Backout), counts, "{what}");
    }
}

#[test]
fn an_edited_or_deleted_comment_changes_what_is_material() {
    let policy = Policy::built_in(Strength::Full);
    let with = |comments: Vec<Journal>| {
        let mut synced = ChangeRequest { journals: comments, ..bare() };
        fill(&mut synced);
        policy.material_fields(&synced, &[])
    };
    let said = |text: &str| with(vec![comment("1", 3, "5", &format!("h3. R23 Backout plan\n\n{text}"))]);
    assert_eq!(said("Restore."), said("Restore."));
    assert_ne!(said("Restore."), said("Restore it."));
    assert_ne!(said("Restore."), with(Vec::new()));
}

#[test]
fn what_is_asked_back_is_what_is_missing_and_no_more() {
    let policy = Policy::built_in(Strength::Full);
    let model = points_100();
    let mut lacking = change();
    lacking.plan.remove(&PlanSection::Backout);
    lacking.reason = String::new();
    let outcomes = evaluate(&lacking, None, &policy, false, &[]);
    let open: Vec<&Question> = model.questions.iter().filter(|q| q.id == "B1").collect();
    let asked = ask_back(&outcomes, &open, TextFormat::Textile);
    let mut clauses: Vec<&str> = asked.missing.iter().map(|m| m.clause.as_str()).collect();
    clauses.sort_unstable();
    assert_eq!(clauses, ["R23", "R37", "R80"]);
    assert!(asked.missing.iter().all(|m| !m.by.is_empty() && !m.why.is_empty()), "{asked:?}");
    assert!(asked.template.contains("h3. R23 Backout plan") && asked.template.contains("\nB1 ("), "{asked:?}");
    assert!(!asked.template.contains("R24") && !asked.template.contains("I1"), "{}", asked.template);
    assert_eq!(read(TextFormat::Textile, &asked.template), Parsed::default());
    assert!(!asked.is_complete());

    let complete = ask_back(&evaluate(&change(), None, &policy, false, &[]), &[], TextFormat::Textile);
    assert_eq!(complete, AskBack::default());
}

#[test]
fn what_the_plan_leaves_out_is_asked_back_where_it_blocks() {
    let mut lacking = change();
    lacking.plan.insert(PlanSection::Backout, textile("Run the job. Dora decides, on an alarm."));
    lacking.release_manager = None;
    lacking.deployment_method = "by hand".to_owned();
    lacking.plan.insert(PlanSection::Method, textile("# Copy the files"));
    let asked = |blocking: &[&str]| -> Vec<String> {
        let mut policy = Policy { rto: [(RecoveryOf::Normal, 30)].into(), ..Policy::built_in(Strength::Starter) };
        policy.blocking.extend(blocking.iter().map(|clause| (*clause).to_owned()));
        let outcomes = evaluate(&lacking, None, &policy, false, &[]);
        ask_back(&outcomes, &[], TextFormat::Textile).missing.into_iter().map(|m| m.clause).collect()
    };
    assert_eq!(asked(&[]), Vec::<String>::new(), "nobody waits for it");
    assert_eq!(asked(&["R3", "R15", "R92", "R94"]), ["R15", "R92", "R3"]);
}

#[test]
fn a_template_of_an_older_cabinet_is_still_read() {
    let hint = "Changes that this one waits for or hinders; or none.";
    for (format, text) in [
        (TextFormat::Plain, format!("R29 Related changes\n{hint}\n\nCHG-4.")),
        (TextFormat::Textile, format!("h3. R29 Related changes\n\n_{hint}_\n\nCHG-4.")),
    ] {
        assert_eq!(section(&read(format, &text), PlanSection::RelatedChanges), Some("CHG-4."), "{format:?}");
    }
    let timing = "R26 Timing and timescales\n(Start, end and milestones, with the time zone.)\n20:00 to 22:00 CET.";
    assert_eq!(section(&read(TextFormat::Plain, timing), PlanSection::Timing), Some("20:00 to 22:00 CET."));
}

#[test]
fn what_only_a_member_can_attest_is_not_asked_of_the_requester() {
    let mut policy = Policy::built_in(Strength::Starter);
    policy.blocking.extend(["R93".to_owned(), "R96".to_owned()]);
    let (read, attested, roster) = (EvidenceRead::default(), BTreeMap::new(), board(2));
    let asked = |change: &ChangeRequest| -> Vec<String> {
        let content = Digest([0; 32]);
        let hand = AtHand { change, policy: &policy, read: &read, attested: &attested, content, roster: &roster };
        let outcomes = evidence_gates(&hand);
        assert_eq!(outcomes.iter().filter(|outcome| outcome.blocks).count(), 2, "{outcomes:#?}");
        ask_back(&outcomes, &[], TextFormat::Textile).missing.into_iter().map(|m| m.clause).collect()
    };
    assert_eq!(asked(&change()), Vec::<String>::new(), "its plan says all that a plan can");
    let mut lacking = change();
    lacking.plan.insert(PlanSection::Backout, textile("Run the job."));
    assert_eq!(asked(&lacking), ["R93", "R96"]);
}

#[test]
fn large_hostile_texts_are_read_in_time() {
    let mut lengths = String::new();
    for length in (3..600).rev() {
        lengths.push_str(&"`".repeat(length));
        lengths.push('\n');
    }
    for unit in [
        "r23\n",
        "h3. R23\n",
        "<pre>",
        "<pre>\n",
        "> ",
        "I1 (",
        "I1: (:(\n",
        "～～～\n",
        "~~~\n\n",
        "bq. x\n",
        lengths.as_str(),
    ] {
        let text = unit.repeat(((128 << 10) / unit.len()).max(1));
        for format in FORMATS {
            let parsed = read(format, &format!("h3. R80 Risk answers\n{text}"));
            assert!(parsed.problems.len() < 30, "{unit:?}");
        }
    }
}

/// Lines that are no part of a template's frame and open nothing.
fn ordinary(format: TextFormat, text: &str) -> bool {
    let lines: Vec<&str> = text.split('\n').collect();
    let plain = kinds(&lines, format).into_iter().all(|kind| kind == Kind::Text);
    let opens = |line: &&str| line.contains('<') || line.contains("```") || line.contains("~~~");
    let framed = |line: &&str| heading(line, format).is_some() || is_hint(line) || line.contains('\r');
    plain && says(text) && !lines.iter().any(|line| framed(line) || opens(line))
}

proptest! {
    #[test]
    fn what_is_filled_in_is_what_comes_back(
        texts in proptest::collection::btree_map(0..13usize, "(\\PC{0,40}\n){0,4}\\PC{1,40}", 1..13),
        which in 0..3usize,
        crlf in any::<bool>(),
    ) {
        let format = FORMATS[which];
        let texts: BTreeMap<PlanSection, String> = texts
            .into_iter()
            .map(|(n, text)| (PlanSection::ALL[n], text.trim().to_owned()))
            .filter(|(_, text)| ordinary(format, text))
            .collect();
        let mut written = filled_plan(format, &texts);
        if crlf {
            written = written.replace('\n', "\r\n");
        }
        let parsed = read(format, &written);
        let back: BTreeMap<PlanSection, String> = parsed.sections.into_iter().map(|(s, t)| (s, t.text)).collect();
        prop_assert_eq!(back, texts);
        prop_assert_eq!(parsed.answers, BTreeMap::new());
    }

    #[test]
    fn no_text_breaks_the_reading(text in "(\\PC|[\r\n`~<>*#:h3. R2I1()]){0,300}", which in 0..3usize) {
        let parsed = read(FORMATS[which], &text);
        for text in parsed.sections.values() {
            prop_assert!(says(&text.text));
        }
    }
}
