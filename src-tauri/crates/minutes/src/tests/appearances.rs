//! What a signed field shows is what its signature says: a signer with a key of their own cannot draw something else.

use std::collections::BTreeMap;
use std::io::Write as _;

use chrono::{FixedOffset, TimeDelta, Utc};
use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::attacks::{anchor, refusal, resigned, small, two_fields};
use super::board::{EVIDENCE, chair, member, request};
use crate::pdf::file::{Object, PdfFile, write_update};
use crate::pdf::found::Found;
use crate::pdf::value::{Value, get, set};
use crate::seal::{blanks, fill, room};
use crate::{KeySigner, Language, PaperSize, PdfSigner, RefusalCode, SignatureRequest, sign, specimen, verify};

fn packed(content: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(content).expect("into memory");
    encoder.finish().expect("into memory")
}

/// What the last signature's field draws.
fn content(pdf: &[u8]) -> String {
    let file = PdfFile::read(pdf).expect("our own file");
    let last = file.revisions.last().expect("a revision");
    let drawn: Vec<&Found<'_>> = last.objects.values().filter(|found| found.stream.is_some()).collect();
    assert_eq!(drawn.len(), 1, "a signature adds one stream");
    String::from_utf8(file.stream(drawn[0], 1 << 20).expect("unpacked")).expect("ASCII")
}

/// The last signature made anew over another appearance, as a changed program in its signer's hands would make it.
fn redrawn(pdf: &[u8], stream: &[u8], signer: &dyn PdfSigner) -> Vec<u8> {
    let file = PdfFile::read(pdf).expect("our own file");
    let [.., before, last] = file.revisions.as_slice() else { panic!("a signed file") };
    let (mut objects, mut signature) = (BTreeMap::new(), None);
    for (number, found) in &last.objects {
        let mut dict = found.dict().expect("a dictionary").clone();
        let object = if found.stream.is_some() {
            Object::Stream { dict, data: stream.to_vec() }
        } else {
            if get(&dict, "ByteRange").is_some() {
                let (range, contents) = blanks(room(signer));
                set(&mut dict, "ByteRange", range);
                set(&mut dict, "Contents", contents);
                signature = Some(*number);
            }
            Object::Value(Value::Dict(dict))
        };
        objects.insert(*number, object);
    }
    let mut out = pdf[..before.end].to_vec();
    let offsets = write_update(&mut out, &objects, &last.trailer, before.table);
    fill(&mut out, (offsets[&signature.expect("a signature")], before.end), None, signer).expect("signed");
    out
}

fn redrawn_as(pdf: &[u8], content: &str, signer: &dyn PdfSigner) -> Vec<u8> {
    redrawn(pdf, &packed(content.as_bytes(), 6), signer)
}

/// A drawing, a line of type each; the frame stands with the first.
fn lines(content: &str) -> Vec<&str> {
    content.split_inclusive("ET\n").collect()
}

fn mallory() -> KeySigner {
    member("Mallory", "Guest", 9)
}

/// The same minutes in `language`, signed by a guest in their own name, and by the chair at another time.
fn by_both(language: Language) -> (Vec<u8>, Vec<u8>) {
    let minutes = specimen::minutes_in(1, language, PaperSize::A4);
    let seal = |request: &SignatureRequest<'_>, signer: &KeySigner| {
        crate::seal_minutes(&minutes, EVIDENCE, request, signer).expect("sealed")
    };
    let guests = SignatureRequest { name: "Mallory", role: "Guest", meaning: "I seal this.", ..request() };
    let chairs = SignatureRequest { meaning: "I deny this.", at: request().at + TimeDelta::days(1), ..request() };
    (seal(&guests, &mallory()), seal(&chairs, &chair()))
}

/// A guest's seal by their own key, with the chair's name drawn into the field and all else as it was.
pub(super) fn in_another_name() -> Vec<u8> {
    let (guests, chairs) = by_both(Language::English);
    let (own, other) = (content(&guests), content(&chairs));
    let (mut mixed, other) = (lines(&own), lines(&other));
    mixed[0] = other[0];
    redrawn_as(&guests, &mixed.concat(), &mallory())
}

#[test]
fn no_line_of_an_appearance_can_be_another_ones_in_any_language() {
    for language in Language::ALL {
        let (guests, chairs) = by_both(language);
        let (own, other) = (content(&guests), content(&chairs));
        assert!(verify(&guests, Some(&anchor())).is_ok() && verify(&chairs, Some(&anchor())).is_ok());
        assert!(verify(&redrawn_as(&guests, &own, &mallory()), Some(&anchor())).is_ok(), "made anew alone");
        let (own, other) = (lines(&own), lines(&other));
        assert_eq!(own.len(), other.len());
        let mut differ = 0;
        for (line, drawn) in other.iter().enumerate() {
            let mut mixed = own.clone();
            mixed[line] = *drawn;
            if mixed == own {
                continue;
            }
            differ += 1;
            let forged = redrawn_as(&guests, &mixed.concat(), &mallory());
            let refused = verify(&forged, Some(&anchor())).expect_err("another one's line");
            assert_eq!(refused.code, RefusalCode::Appearance, "line {line}: {refused}");
            assert_eq!(refused.detail, "the appearance of field \"chair\" does not say what its signature says");
        }
        assert_eq!(differ, 5, "name, role, meaning, time and key");
    }
}

#[test]
fn an_appearance_with_more_with_less_or_with_nothing_is_refused() {
    let (pdf, own) = (small(), content(&small()));
    let last = lines(&own).len() - 1;
    for changed in [
        String::new(),
        " ".to_owned(),
        format!("{own} "),
        format!(" {own}"),
        format!("{own}1 1 1 rg 0 0 300 100 re f\n"),
        own.replacen("BT", "BT 3 Tr", 1),
        lines(&own)[..last].concat(),
        " ".repeat(1 << 20),
    ] {
        assert_eq!(refusal(&redrawn_as(&pdf, &changed, &chair())), RefusalCode::Appearance);
    }
}

#[test]
fn how_an_appearance_is_packed_does_not_matter_but_that_it_can_be_unpacked_does() {
    let (pdf, own) = (small(), content(&small()));
    for level in [0, 1, 9] {
        let again = redrawn(&pdf, &packed(own.as_bytes(), level), &chair());
        assert!(verify(&again, Some(&anchor())).is_ok(), "level {level}");
    }
    let whole = packed(own.as_bytes(), 6);
    for broken in [Vec::new(), own.as_bytes().to_vec(), [whole.as_slice(), b"\n".as_slice()].concat()] {
        assert_eq!(refusal(&redrawn(&pdf, &broken, &chair())), RefusalCode::Appearance);
    }
}

#[test]
fn a_signature_that_says_something_else_than_its_field_is_refused() {
    for (from, to, code) in [
        ("/M (D:20261118153000+01'00'", "/M (D:20261119153000+01'00'", RefusalCode::Appearance),
        ("/M (D:20261118153000+01'00'", "/M (D:20261118143000+00'00'", RefusalCode::Appearance),
        ("/M (D:20261118153000+01'00'", "/M (D:20261118153000-01'00'", RefusalCode::Appearance),
        ("/M (D:20261118153000+01'00'", "/M (D:20261118143000-00'00'", RefusalCode::Cms),
        ("/M (D:20261118153000+01'00'", "/M (D:20261118153000+01'60'", RefusalCode::Cms),
        ("/M (D:20261118153000+01'00'", "/M (D:20261118153000+24'00'", RefusalCode::Cms),
        ("/M (D:20261118153000+01'00'", "/M (D:20261118153000+01:00'", RefusalCode::Cms),
        ("/M (D:20261118153000+01'00'", "/M (D:20261118153060+01'00'", RefusalCode::Cms),
        ("/Reason (I seal ", "/Reason (I deny ", RefusalCode::Appearance),
    ] {
        assert_eq!(refusal(&resigned(&small(), from.as_bytes(), to.as_bytes(), &chair())), code, "{to}");
    }
}

#[test]
fn signatures_by_clocks_of_different_offsets_hold_and_claim_their_moment() {
    let east = |seconds| FixedOffset::east_opt(seconds).expect("an offset");
    let (moment, later) = (specimen::made_at(), specimen::made_at() + TimeDelta::minutes(10));
    for (first, second) in [(0, 19_800), (3_600, -16_200), (86_340, -86_340), (3_208, -1)] {
        let chairs = SignatureRequest { at: moment.with_timezone(&east(first)), ..request() };
        let one = sign(&two_fields(), &chairs, &chair()).expect("the chair signs");
        let secretarys = SignatureRequest {
            field: "secretary",
            name: "Дмитрий Соколов",
            role: "Secretary",
            at: later.with_timezone(&east(second)),
            ..request()
        };
        let two = sign(&one, &secretarys, &member("Дмитрий Соколов", "Secretary", 3)).expect("the secretary signs");
        let report = verify(&two, Some(&anchor())).expect("both hold");
        let claimed: Vec<chrono::DateTime<Utc>> = report.signatures.iter().map(|one| one.claimed_time).collect();
        assert_eq!(claimed, [moment, later], "{first} and {second}");
    }
}

#[test]
fn a_time_that_no_file_can_hold_is_not_signed() {
    let at = chrono::DateTime::parse_from_rfc3339("2026-11-18T23:59:60Z").expect("a leap second");
    let made = sign(&two_fields(), &SignatureRequest { at, ..request() }, &chair());
    assert!(matches!(made, Err(crate::MinutesError::Refused(refused)) if refused.code == RefusalCode::Cms));
}

#[test]
fn a_name_longer_than_a_certificate_allows_is_shown_as_certified_and_holds() {
    let long = "Wolfeschlegelsteinhausenbergerdorff ".repeat(3);
    let signer = member(&long, &long, 12);
    let asked = SignatureRequest { name: &long, role: &long, ..request() };
    let pdf = sign(&two_fields(), &asked, &signer).expect("signed");
    let report = verify(&pdf, Some(&anchor())).expect("it holds");
    assert!(report.signatures[0].name.ends_with('…') && report.signatures[0].role.ends_with('…'));
}

#[test]
fn a_meaning_of_any_length_is_drawn_in_bounded_time_and_holds() {
    for meaning in ["a ".repeat(200_000), "W".repeat(200_000), "\u{202e}".repeat(10_000)] {
        let pdf = sign(&two_fields(), &SignatureRequest { meaning: &meaning, ..request() }, &chair()).expect("signed");
        assert!(verify(&pdf, Some(&anchor())).is_ok());
    }
}
