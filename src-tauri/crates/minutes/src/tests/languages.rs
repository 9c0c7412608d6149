//! Documents in each language on each paper: whatever is worded here is in the document's language. What came in with the
//! model was worded by the board, which has tests of its own for that, and a journey over whole files.

use std::collections::BTreeSet;

use super::board::{EVIDENCE, chair, request};
use crate::document::Document;
use crate::model::{Annex, Erratum, Extract, Gate, GateResult, Minutes, Raci, Signatory};
use crate::pdf::file::PdfFile;
use crate::pdf::value::{Dict, Value, get};
use crate::{
    Language, PaperSize, attachments_of, compose, compose_agenda, compose_annex, compose_erratum, compose_extract,
    compose_plan, compose_pre_read, render, seal_minutes, specimen, verify,
};

/// What only English sentences have.
const ENGLISH: [&str; 6] = [" the ", " of ", " is ", " are ", " not ", " that "];

/// Of two documents that differ in language alone: each text that both have came in from `model`, written as JSON, and
/// what only the German one has is no English sentence.
pub(crate) fn only_what_came_in_is_shared(english: &Document, german: &Document, model: &str) {
    let (english_said, german_said): (BTreeSet<&str>, BTreeSet<&str>) =
        (english.texts().into_iter().collect(), german.texts().into_iter().collect());
    // Digests stand in groups, texts beside dots, in brackets, and after what they explain.
    let came_in = |text: &str| {
        let text = text.trim_matches(['·', '(', ')', ' ']);
        let explained = || text.split(": ").all(|part| model.contains(part));
        let digest: String = text.chars().filter(|character| !matches!(character, ' ' | '…')).collect();
        model.contains(text) || model.contains(&digest) || explained() || !text.chars().any(char::is_alphabetic)
    };
    for text in english_said.intersection(&german_said) {
        let whole = ["Name", "Release"].contains(text) || text.split(" · ").all(came_in);
        assert!(whole, "{text:?} is not in the document's language");
    }
    for text in german_said.difference(&english_said) {
        for word in ENGLISH {
            assert!(!text.contains(word), "{text:?} is English");
        }
    }
    assert!(german_said.difference(&english_said).count() > 20, "there is something to compare");
}

/// Minutes that say whatever minutes can say.
fn full(language: Language) -> Minutes {
    let mut minutes = specimen::minutes_in(5, language, PaperSize::A4);
    let said = |text: &str| vec![text.to_owned()];
    minutes.head.provisional = true;
    minutes.rulings = said("CHG-9: a ruling");
    minutes.dispensations = said("CHG-9: a waiver");
    minutes.delegated = said("CHG-9: a delegation");
    minutes.breaches = said("CHG-9: a breach");
    minutes.circulars = said("CHG-9: a circular");
    minutes.raci =
        vec![Raci { release: "major".into(), letter: "accountable".into(), role: "CTO".into(), people: Vec::new() }];
    minutes.next_meeting = None;
    minutes.approval = "approved in a sentence".to_owned();
    minutes.corrections = specimen::corrections();
    minutes.untold = 2;
    minutes.remarks = said("a remark");
    minutes.overdue[0].owner.clear();
    minutes.quorum[1].met = false;
    minutes.quorum[1].present = 2;
    minutes.quorum[1].missing_seats = said("Security");
    minutes.quorum[0].moment = "at the call to order".to_owned();
    minutes.carried = minutes.actions.clone();
    minutes.carried[0].meeting = Some("a meeting before".to_owned());
    let undecided = &mut minutes.items[1];
    undecided.basis = None;
    undecided.gates.clear();
    undecided.gates_passed = 0;
    let item = &mut minutes.items[0];
    item.release = Some("R-4".into());
    item.rulings = said("a ruling on it");
    item.dispensations = said("a waiver for it");
    item.emergency = said("an emergency");
    item.circular = said("asked in writing");
    item.conditions[0].met = true;
    item.sign_offs[0].stale = true;
    item.sign_offs[0].key_fingerprint = None;
    let gate = item.gates[0].clone();
    for result in [GateResult::Passed, GateResult::NotApplicable] {
        item.gates.push(Gate { result, ..gate.clone() });
    }
    minutes
}

fn json(model: &impl serde::Serialize) -> String {
    serde_json::to_string(model).expect("written")
}

#[test]
fn minutes_are_in_one_language_but_for_what_came_in() {
    let (english, german) = (full(Language::English), full(Language::German));
    only_what_came_in_is_shared(&compose(&english), &compose(&german), &json(&german));
    let empty = |language| {
        let mut minutes = specimen::minutes_in(0, language, PaperSize::A4);
        minutes.actions.clear();
        minutes
    };
    let (english, german) = (empty(Language::English), empty(Language::German));
    only_what_came_in_is_shared(&compose(&english), &compose(&german), &json(&german));
}

#[test]
fn extracts_and_annexes_are_in_one_language_but_for_what_came_in() {
    let extract = |language| {
        let minutes = full(language);
        let item = minutes.items[0].clone();
        let (head, evidence) = (minutes.head, minutes.evidence);
        Extract { head, quorum: minutes.quorum, item, signatories: minutes.signatories, evidence }
    };
    let (english, german) = (extract(Language::English), extract(Language::German));
    only_what_came_in_is_shared(&compose_extract(&english), &compose_extract(&german), &json(&german));
    let annex = |language| {
        let minutes = full(language);
        Annex { head: minutes.head, evidence: minutes.evidence, ..specimen::annex() }
    };
    let (english, german) = (annex(Language::English), annex(Language::German));
    only_what_came_in_is_shared(&compose_annex(&english), &compose_annex(&german), &json(&german));
    let erratum = |language| {
        let minutes = full(language);
        Erratum { head: minutes.head, evidence: minutes.evidence, ..specimen::erratum() }
    };
    let (english, german) = (erratum(Language::English), erratum(Language::German));
    only_what_came_in_is_shared(&compose_erratum(&english), &compose_erratum(&german), &json(&german));
}

#[test]
fn plans_and_agendas_are_in_one_language_but_for_what_came_in() {
    let [english, german] = Language::ALL.map(specimen::plan);
    only_what_came_in_is_shared(&compose_plan(&english), &compose_plan(&german), &json(&german));
    let delegated = |language| {
        let mut plan = specimen::plan(language);
        plan.decided = None;
        plan
    };
    let [english, german] = Language::ALL.map(delegated);
    only_what_came_in_is_shared(&compose_plan(&english), &compose_plan(&german), &json(&german));
    let [english, german] = Language::ALL.map(specimen::agenda);
    only_what_came_in_is_shared(&compose_agenda(&english), &compose_agenda(&german), &json(&german));
    let changes = specimen::pre_read();
    let model = format!("{}{}", json(&german), json(&changes));
    let [english, german] = [english, german].map(|agenda| compose_pre_read(&agenda, &changes));
    only_what_came_in_is_shared(&english, &german, &model);
}

/// The catalog's language and each page's box.
fn language_and_boxes(pdf: &[u8]) -> (String, Vec<[f32; 4]>) {
    let file = PdfFile::read(pdf).expect("our own file");
    let catalog = file.catalog().expect("a catalog");
    let language = get(catalog, "Lang").and_then(Value::as_words).expect("a language");
    let number = |value: &Value| {
        let whole = value.as_int().map(|number| number as f32);
        let real = if let Value::Real(text) = value { text.parse::<f32>().ok() } else { None };
        whole.or(real).expect("a number")
    };
    let of_page = |page: &Dict| {
        let sides = get(page, "MediaBox").and_then(Value::as_array).expect("a box");
        [0, 1, 2, 3].map(|side| number(&sides[side]))
    };
    let pages = get(catalog, "Pages").and_then(|pages| file.resolve(pages)).and_then(Value::as_dict).expect("pages");
    let kids = get(pages, "Kids").and_then(Value::as_array).expect("pages");
    let page = |kid: &Value| of_page(file.resolve(kid).and_then(Value::as_dict).expect("a page"));
    (language, kids.iter().map(page).collect())
}

#[test]
fn a_sealed_file_has_its_language_and_its_paper_and_holds() {
    for (language, code) in [(Language::English, "en"), (Language::German, "de")] {
        for (paper, width, height) in [(PaperSize::A4, 595.276, 841.89), (PaperSize::Letter, 612.0, 792.0)] {
            let minutes = specimen::minutes_in(4, language, paper);
            let pdf = seal_minutes(&minutes, EVIDENCE, &request(), &chair()).expect("sealed");
            assert!(verify(&pdf, None).is_ok(), "{code}, {paper:?}");
            let (named, boxes) = language_and_boxes(&pdf);
            assert_eq!(named, code);
            assert!(boxes.len() > 1, "it goes on for pages");
            for [left, bottom, right, top] in boxes {
                assert_eq!((left, bottom), (0.0, 0.0));
                assert!((right - width).abs() < 0.01 && (top - height).abs() < 0.01, "{right} by {top}");
            }
        }
    }
}

#[test]
fn attachments_are_described_in_the_documents_language() {
    let root = super::board::root();
    let described = |language| {
        let attachments = attachments_of(EVIDENCE, &root, language).expect("described");
        attachments.into_iter().map(|attachment| attachment.description).collect::<Vec<_>>()
    };
    let (english, german) = (described(Language::English), described(Language::German));
    assert!(english.iter().zip(&german).all(|(english, german)| english != german), "{english:?} {german:?}");
}

#[test]
fn the_name_of_a_field_for_people_is_in_the_documents_language() {
    let mut minutes = specimen::minutes_in(1, Language::German, PaperSize::A4);
    minutes.signatories =
        vec![Signatory { field: "chair".into(), name: "Ada".into(), role: "CTO".into(), meaning: "Ja.".into() }];
    let pdf = render(&compose(&minutes), &[]).expect("drawn");
    let file = PdfFile::read(&pdf).expect("our own file");
    let fields = crate::seal::fields(&file).expect("a form");
    let told = get(fields[0].1, "TU").and_then(Value::as_words);
    assert_eq!(told.as_deref(), Some("Unterschrift von Ada, CTO"));
}

#[test]
fn minutes_stored_before_there_were_languages_are_english_on_a4() {
    let minutes = specimen::minutes(1);
    let mut stored = serde_json::to_value(&minutes).expect("written");
    let head = stored["head"].as_object_mut().expect("a head");
    assert!(head.remove("language").is_some() && head.remove("paper").is_some());
    assert_eq!(serde_json::from_value::<Minutes>(stored).expect("read"), minutes);
}
