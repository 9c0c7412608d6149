//! Links inside the document and the languages of names, as they stand in the file.

use std::collections::BTreeMap;

use super::attacks::anchor;
use super::board::{EVIDENCE, attached, chair, request};
use crate::pdf::file::PdfFile;
use crate::pdf::value::{Dict, Value, get};
use crate::review::Review;
use crate::{
    Language, PaperSize, compose, compose_agenda, compose_extract, compose_plan, compose_review, render, sign,
    specimen, verify,
};

/// The annotations of links by their objects' numbers.
fn links<'f>(file: &'f PdfFile<'_>) -> BTreeMap<u32, &'f Dict> {
    let link = |dict: &&Dict| get(dict, "Subtype").is_some_and(|kind| kind.is_name("Link"));
    file.base().objects.iter().filter_map(|(number, found)| Some((*number, found.dict().filter(link)?))).collect()
}

fn words(dict: &Dict, key: &str) -> String {
    get(dict, key).and_then(Value::as_words).unwrap_or_default()
}

/// Where each bookmark leads, by what it says.
fn bookmarks(file: &PdfFile<'_>) -> BTreeMap<String, Value> {
    let place = |dict: &Dict| Some((words(dict, "Title"), get(dict, "Dest")?.clone()));
    file.base().objects.values().filter_map(|found| found.dict().and_then(place)).collect()
}

/// What the structure tree says of an annotation: its element.
fn element<'f>(file: &'f PdfFile<'_>, annotation: &Dict) -> &'f Dict {
    let tree = file.catalog().and_then(|catalog| get(catalog, "StructTreeRoot")).expect("a structure");
    let parents = file.resolve(tree).and_then(Value::as_dict).and_then(|tree| get(tree, "ParentTree"));
    let numbers = parents.and_then(Value::as_dict).and_then(|tree| get(tree, "Nums")).and_then(Value::as_array);
    let key = get(annotation, "StructParent").and_then(Value::as_int).expect("a place in the structure");
    let pair = numbers.expect("numbers").chunks(2).find(|pair| pair[0].as_int() == Some(key)).expect("an entry");
    file.object(pair[1].as_ref().expect("a reference")).and_then(|found| found.dict()).expect("an element")
}

/// The content streams of a file's pages.
fn contents(pdf: &[u8]) -> Vec<String> {
    let file = PdfFile::read(pdf).expect("our own file");
    let content = |dict: &Dict| get(dict, "Contents").and_then(Value::as_ref).and_then(|number| file.object(number));
    let page = |dict: &&Dict| get(dict, "Type").is_some_and(|kind| kind.is_name("Page"));
    let pages = file.base().objects.values().filter_map(|found| found.dict().filter(page));
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    pages.filter_map(content).filter_map(|found| file.stream(found, 1 << 24)).map(text).collect()
}

#[test]
fn every_link_leads_to_the_page_and_height_of_its_heading_and_is_held_by_its_element() {
    for language in Language::ALL {
        let minutes = specimen::minutes_in(12, language, PaperSize::A4);
        let pdf = render(&compose(&minutes), &attached(EVIDENCE)).expect("drawn");
        let file = PdfFile::read(&pdf).expect("our own file");
        let (links, bookmarks) = (links(&file), bookmarks(&file));
        let before = match language {
            Language::English => "Go to item ",
            Language::German => "Zum Punkt ",
        };
        let mut led = BTreeMap::new();
        for (number, link) in &links {
            let said = words(link, "Contents");
            let heading = said.strip_prefix(before).unwrap_or_else(|| panic!("{said}"));
            assert_eq!(get(link, "Dest"), bookmarks.get(heading), "{heading}");
            assert_eq!(get(link, "F").and_then(Value::as_int), Some(4), "printed, neither hidden nor locked");
            for action in ["A", "AA", "PA"] {
                assert!(get(link, action).is_none(), "a link does nothing but lead: {link:?}");
            }
            let page = get(link, "P").and_then(Value::as_ref).and_then(|page| file.object(page));
            let page = page.and_then(|page| page.dict()).expect("its page");
            let listed = get(page, "Annots").and_then(Value::as_array).expect("annotations");
            assert!(listed.contains(&Value::Ref(*number)), "{heading}");
            let element = element(&file, link);
            assert!(get(element, "S").is_some_and(|kind| kind.is_name("Link")), "{element:?}");
            let kids = get(element, "K").and_then(Value::as_array).expect("words and an annotation");
            let annotation = |kid: &Value| kid.as_dict().and_then(|kid| get(kid, "Obj")) == Some(&Value::Ref(*number));
            assert!(kids[0].as_int().is_some() && kids.iter().any(annotation), "{kids:?}");
            let holder = get(element, "P").and_then(Value::as_ref).and_then(|parent| file.object(parent));
            assert!(holder.and_then(|found| found.dict()).is_some(), "{element:?}");
            *led.entry(heading.to_owned()).or_insert(0) += 1;
        }
        for item in &minutes.items {
            let heading = format!("{}.  {}  {}", item.number, item.key, item.title);
            assert!(led.contains_key(&heading), "the overview leads to {heading}: {led:?}");
        }
        // Conditions, actions and recusals name items as well.
        assert!(links.len() > minutes.items.len(), "{led:?}");
    }
}

fn review() -> Review {
    let head = specimen::minutes(0).head;
    Review {
        board: head.board,
        provisional: false,
        to: "Søren Lindqvist, CTO".into(),
        from: head.chair,
        as_of: head.date,
        good_until: None,
        made_at: head.made_at,
        language: Language::English,
        paper: PaperSize::A4,
        left_out: Vec::new(),
        policy_version: head.policy_version,
        policy_digest: head.policy_digest,
        roster_version: head.roster_version,
        roster_root: "cd".repeat(32),
        changes: specimen::pre_read(),
    }
}

#[test]
fn agendas_and_review_packs_lead_from_their_overviews_and_other_documents_have_no_links() {
    let agenda = specimen::agenda(Language::English);
    let review = review();
    let plan = specimen::plan(Language::English);
    for (document, count) in [
        (compose_agenda(&agenda), agenda.items.len()),
        (compose_review(&review), review.changes.len()),
        (compose_extract(&specimen::extract()), 0),
        (compose_plan(&plan), 0),
    ] {
        let pdf = render(&document, &[]).expect("drawn");
        let found = links(&PdfFile::read(&pdf).expect("our own file")).len();
        assert!(found >= count && (count > 0 || found == 0), "{}: {found} links", document.title);
    }
}

#[test]
fn a_file_with_links_is_sealed_and_verified_like_any_other() {
    let base = render(&compose(&specimen::minutes(3)), &attached(EVIDENCE)).expect("drawn");
    let pdf = sign(&base, &request(), &chair()).expect("signed");
    assert!(verify(&pdf, Some(&anchor())).is_ok());
    let file = PdfFile::read(&pdf).expect("our own file");
    let annotations: Vec<u32> = links(&file).into_keys().collect();
    assert!(!annotations.is_empty());
    assert!(file.revisions[1].objects.keys().all(|number| !annotations.contains(number)), "no signature touches one");
}

#[test]
fn names_in_greek_are_marked_as_greek_and_others_are_as_the_document() {
    let said = |name: &str| {
        let mut minutes = specimen::minutes(1);
        for attendee in &mut minutes.attendance {
            attendee.name = name.to_owned();
        }
        minutes.actions.clear();
        contents(&render(&compose(&minutes), &[]).expect("drawn")).concat().matches("/Span<</Lang(el)>>BDC").count()
    };
    let (greek, latin) = (said("Ελένη Παπαδοπούλου"), said("Zoë Ångström"));
    assert!(greek >= latin + specimen::minutes(1).attendance.len(), "{greek} and {latin}");
    for content in contents(&render(&compose(&specimen::minutes(3)), &[]).expect("drawn")) {
        let count = |operator: &str| content.matches(operator).count();
        assert_eq!(count("BDC") + count("BMC"), count("EMC"), "what is begun is ended");
    }
}

#[test]
fn a_name_without_a_glyph_keeps_its_language() {
    let mut minutes = specimen::minutes(1);
    "山田 さくら".clone_into(&mut minutes.attendance[1].name);
    let none = crate::Typefaces::default();
    let drawn = crate::render_with(&compose(&minutes), &[], &none).expect("drawn");
    let content = contents(&drawn).concat();
    assert!(content.contains("/Span<</Lang(ja)>>BDC"), "{content}");
}

#[test]
fn hundreds_of_items_have_bookmarks_in_groups_so_that_no_reader_walks_a_long_chain() {
    let pdf = render(&compose(&specimen::minutes(230)), &attached(EVIDENCE)).expect("drawn");
    let file = PdfFile::read(&pdf).expect("our own file");
    let dict = |number: u32| file.object(number).and_then(|found| found.dict()).expect("a bookmark");
    let root = get(file.catalog().expect("a catalog"), "Outlines").and_then(Value::as_ref).expect("bookmarks");
    let (mut open, mut longest, mut items, mut groups) = (vec![root], 0, 0, Vec::new());
    while let Some(parent) = open.pop() {
        let (mut next, mut chain) = (get(dict(parent), "First").and_then(Value::as_ref), 0);
        while let Some(number) = next {
            chain += 1;
            assert_eq!(get(dict(number), "Parent"), Some(&Value::Ref(parent)));
            let title = get(dict(number), "Title").and_then(Value::as_words).expect("a title");
            items += usize::from(title.contains("CHG-") && !title.contains(" – "));
            if title.contains(" – ") {
                groups.push(title);
            }
            open.push(number);
            next = get(dict(number), "Next").and_then(Value::as_ref);
        }
        longest = longest.max(chain);
    }
    assert!(longest <= 100, "{longest} side by side");
    assert_eq!(items, 230);
    assert_eq!(groups[0], "1.  CHG-101 – 50.  CHG-150");
    assert_eq!(groups.len(), 5);
}
