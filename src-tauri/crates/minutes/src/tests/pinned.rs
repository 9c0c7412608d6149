//! What this layout draws, byte for byte. A document that was sealed is drawn again for years: whoever changes a byte of any
//! of these changes what `LAYOUT` promises, and must see it here.
//!
//! Once an edition with this number is published, count `LAYOUT` up and write the new digests beside it; until then they may
//! simply be updated. The failure prints all of them, as they are to stand here.

use sha2::{Digest as _, Sha256};

use super::board::{EVIDENCE, chair, request, root};
use crate::document::{Block, Document};
use crate::model::{Circulated, Minutes, Withheld};
use crate::{
    LAYOUT, Language, PaperSize, Typefaces, approval_attachment, attachments_of, compose, compose_agenda,
    compose_annex, compose_draft, compose_erratum, compose_extract, compose_plan, compose_pre_read, render_with, sign,
    specimen,
};

/// The layout that the digests are of.
const PINNED: u32 = 1;

/// SHA-256 of the base revision of each specimen, and of one that is signed.
const DIGESTS: [(&str, &str); 11] = [
    ("minutes, English, A4", ""),
    ("minutes, German, Letter", ""),
    ("circulated, English, A4", ""),
    ("draft, German, A4", ""),
    ("extract, English, A4", ""),
    ("annex, English, A4", ""),
    ("erratum, English, A4", ""),
    ("plan, German, A4", ""),
    ("agenda, English, A4", ""),
    ("pre-read, German, A4", ""),
    ("minutes, English, A4, signed", ""),
];

fn documents() -> Vec<Document> {
    let german = Language::German;
    let withheld = vec![Withheld { number: 2, key: "CHG-102".into(), fields: 5 }];
    let whole = Minutes { corrections: specimen::corrections(), ..specimen::minutes(5) };
    vec![
        compose(&whole),
        compose(&specimen::minutes_in(5, german, PaperSize::Letter)),
        compose(&Minutes { circulated: Some(Circulated { withheld }), ..specimen::minutes(1) }),
        compose_draft(&specimen::minutes_in(2, german, PaperSize::A4)),
        compose_extract(&specimen::extract()),
        compose_annex(&specimen::annex()),
        compose_erratum(&specimen::erratum()),
        compose_plan(&specimen::plan(german)),
        compose_agenda(&specimen::agenda(Language::English)),
        compose_pre_read(&specimen::agenda(german), &specimen::pre_read()),
    ]
}

/// Drawn as a verifier draws: with no typeface but those compiled in, so that every machine gives the same bytes.
fn drawn(document: &Document) -> Vec<u8> {
    let mut attachments = attachments_of(EVIDENCE, &root(), document.language).expect("a root");
    attachments.push(approval_attachment(b"{}", document.language));
    render_with(document, &attachments, &Typefaces::default()).expect("drawn")
}

#[test]
fn what_is_drawn_is_what_this_layout_promises_and_another_needs_another_number() {
    let mut files: Vec<Vec<u8>> = documents().iter().map(drawn).collect();
    let signed = sign(&files[0], &request(), &chair()).expect("signed");
    // What follows the base revision shows how a signature is drawn.
    files.push(signed);
    let found: Vec<String> = files.iter().map(|file| hex::encode(Sha256::digest(file))).collect();
    let pinned: Vec<&str> = DIGESTS.iter().map(|(_, digest)| *digest).collect();
    let lines = DIGESTS.iter().zip(&found).map(|((name, _), digest)| format!("    (\"{name}\", \"{digest}\"),\n"));
    let lines: String = lines.collect();
    assert_eq!(found, pinned, "layout {LAYOUT} draws otherwise; see the head of this file. It draws:\n{lines}");
    assert_eq!(LAYOUT, PINNED, "the digests are of another layout; see the head of this file");
}

#[test]
fn every_kind_of_block_and_both_languages_and_papers_are_among_what_is_pinned() {
    let documents = documents();
    assert_eq!(documents.len() + 1, DIGESTS.len());
    let kind = |block: &Block| match block {
        Block::Title { .. } => 0,
        Block::Heading { .. } => 1,
        Block::ItemHead { .. } => 2,
        Block::Paragraph { .. } => 3,
        Block::Notice { .. } => 4,
        Block::KeyValues { .. } => 5,
        Block::Table(_) => 6,
        Block::Commands { .. } => 7,
        Block::SignatureField(_) => 8,
        Block::Charts { .. } => 9,
    };
    for wanted in 0..=9 {
        let drawn = documents.iter().flat_map(|document| &document.blocks).any(|block| kind(block) == wanted);
        assert!(drawn, "kind {wanted} of block");
    }
    for language in [Language::English, Language::German] {
        assert!(documents.iter().any(|document| document.language == language), "{language:?}");
    }
    for paper in [PaperSize::A4, PaperSize::Letter] {
        assert!(documents.iter().any(|document| document.paper == paper), "{paper:?}");
    }
    assert!(documents.iter().any(|document| document.watermark.is_some()));
}
