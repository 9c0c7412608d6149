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
    ("minutes, English, A4", "f2ffa08d5ab143f0711d44b5ec801b04505cdc0992f8124bcfaef02257a7425d"),
    ("minutes, German, Letter", "789626a0edae439ac15aa524d7a967f30830abf07cdba897926d4a17ff7ca678"),
    ("circulated, English, A4", "645290342f8b4a2b1b9db965a9593730ecc6a266c30b4d5ebe3aabcdc0dab458"),
    ("draft, German, A4", "24f767be08a96fdcca0023e8b973ea361653ebd19fc2588e653b072d80612f87"),
    ("extract, English, A4", "ad2fa46e3f768308a0436166feb91de7e225e10125038b5b93370a6697c23de9"),
    ("annex, English, A4", "4baee8d1df6054d2318d5a39511fa3f07457146256fb4274c71aa9617c17bcdd"),
    ("erratum, English, A4", "f029933a5719820c8d7df07e47441ea07bf141a3f4c97e148793cc53fc56d887"),
    ("plan, German, A4", "bccecd925266ea94fe018d9ffafd6f879099e423c70437de2ba35fca0f4ffbf3"),
    ("agenda, English, A4", "b39ae0555da4cb22205a5d0dae1e73226d12f9ae2f994874d9ce8019a9d9b53a"),
    ("pre-read, German, A4", "d66b9952f0d71a58cc10db6c2a68fc00b48aabc3aee47c14dc085ded737f4f93"),
    ("minutes, English, A4, signed", "782be3bd711d895fb3daf546d43d7602fc67875964c3ff85c645cbfb1460031d"),
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
