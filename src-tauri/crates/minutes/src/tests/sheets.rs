//! A page alone looks as it does in its document.

use super::board::{EVIDENCE, attached};
use super::specimens::signed_in_turn;
use super::tools::{Desk, run, text};
use crate::model::Minutes;
use crate::pdf::file::PdfFile;
use crate::{Language, PaperSize, compose, render, sheet, specimen};

/// Its pixels, and its words where they stand.
fn looks(desk: &Desk, pdf: &[u8], page: usize) -> (Vec<u8>, String) {
    let (file, page) = (desk.put("looks.pdf", pdf), page.to_string());
    let pixels = run("pdftoppm", &["-r", "60", "-f", &page, "-l", &page, &file]);
    let words = run("pdftotext", &["-layout", "-f", &page, "-l", &page, &file, "-"]);
    assert!(pixels.status.success() && words.status.success(), "{}{}", text(&pixels), text(&words));
    (pixels.stdout, String::from_utf8(words.stdout).expect("words"))
}

#[test]
fn every_page_alone_has_the_pixels_and_words_it_has_in_the_document() {
    let desk = Desk::new();
    let letter = specimen::minutes_in(4, Language::German, PaperSize::Letter);
    for minutes in [specimen::minutes(4), letter] {
        let minutes = Minutes { signatories: specimen::signatories(3), ..minutes };
        let pdf = signed_in_turn(&compose(&minutes));
        let pages = sheet(&pdf, 1).expect("a first page").pages;
        assert!(pages > 3, "{pages}");
        for number in 1..=pages {
            let alone = sheet(&pdf, number).expect("a page");
            assert_eq!(alone.pages, pages);
            assert_eq!(looks(&desk, &alone.pdf, 1), looks(&desk, &pdf, number), "page {number} of {pages}");
            let checked = run("qpdf", &["--check", &desk.put("alone.pdf", &alone.pdf)]);
            assert!(checked.status.success(), "{}", text(&checked));
        }
    }
}

#[test]
fn a_page_alone_is_small_and_carries_nothing_but_what_is_drawn() {
    let pdf = signed_in_turn(&compose(&Minutes { signatories: specimen::signatories(3), ..specimen::minutes(60) }));
    let pages = sheet(&pdf, 1).expect("a first page").pages;
    for number in [1, pages / 2, pages] {
        let alone = sheet(&pdf, number).expect("a page");
        assert!(alone.pdf.len() * 4 < pdf.len(), "{} of {}", alone.pdf.len(), pdf.len());
        let file = PdfFile::read(&alone.pdf).expect("written as ours");
        for away in ["EmbeddedFile", "StructElem", "Sig", "Link", "Outlines"] {
            let named = |key| file.base().objects.values().filter_map(move |found| found.dict()?.get(key));
            assert!(!named(b"Type".as_slice()).any(|kind| kind.is_name(away)), "{away} on page {number}");
            assert!(!named(b"Subtype".as_slice()).any(|kind| kind.is_name(away)), "{away} on page {number}");
        }
        assert_eq!(sheet(&alone.pdf, 1).expect("again").pages, 1);
    }
}

#[test]
fn no_page_is_made_of_what_is_not_there_or_not_ours() {
    let pdf = render(&compose(&specimen::minutes(1)), &attached(EVIDENCE)).expect("drawn");
    let pages = sheet(&pdf, 1).expect("a first page").pages;
    for number in [0, pages + 1, usize::MAX] {
        let refused = sheet(&pdf, number).expect_err("no such page");
        assert!(refused.to_string().contains(&format!("page {number} of {pages}")), "{refused}");
    }
    sheet(b"%PDF-1.4\n", 1).expect_err("another's");
    sheet(&pdf[..pdf.len() - 1], 1).expect_err("not to its end");
    sheet(&[pdf.as_slice(), b"% more"].concat(), 1).expect_err("more than that");
}
