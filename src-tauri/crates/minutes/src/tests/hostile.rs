//! Bytes that nobody meant: flipped, missing, doubled, random. Each is refused and none makes the verifier panic.

mod mutations;

use proptest::prelude::*;

use super::attacks::{anchor, position, refusal, small};
use super::board::sealed;
use crate::pdf::file::PdfFile;
use crate::pdf::syntax::Reader;
use crate::{RefusalCode, verify};

/// Flips one bit at each position: by turns the lowest, and the one that turns capitals into small letters.
fn refuse_every_flip(pdf: &[u8], positions: impl Iterator<Item = usize>) -> usize {
    let mut tried = 0;
    for at in positions {
        let bit = if at % 2 == 0 { 0x01 } else { 0x20 };
        let mut changed = pdf.to_vec();
        changed[at] ^= bit;
        assert!(verify(&changed, Some(&anchor())).is_err(), "byte {at} flipped by {bit:#x} was accepted");
        tried += 1;
    }
    tried
}

#[test]
fn one_flipped_bit_is_refused_wherever_it_is() {
    let pdf = small();
    let signed_from = PdfFile::read(&pdf).expect("our own file").base().end;
    let zeros = position(&pdf, &[b'0'; 64])..position(&pdf, b"/Filter /Adobe.PPKLite");
    // Every third byte of the signing revision, of its padding every thirty-second; every hundredth or so of the pages.
    let sample = (0..pdf.len())
        .filter(|at| if *at < signed_from { at % 97 == 0 } else { at % if zeros.contains(at) { 32 } else { 3 } == 0 });
    assert!(refuse_every_flip(&pdf, sample) > 1_500);
}

/// `make gauntlet` (`CABINET_COUNTS=full`) flips a bit of every byte, which is minutes of work.
#[test]
fn a_flipped_bit_is_refused_at_every_step_through_the_whole_file() {
    let step = if std::env::var("CABINET_COUNTS").is_ok_and(|counts| counts == "full") { 1 } else { 499 };
    let pdf = small();
    let tried = refuse_every_flip(&pdf, (0..pdf.len()).step_by(step));
    assert_eq!(tried, pdf.len().div_ceil(step), "nothing is passed over");
    println!("sealed minutes, {} bytes: a bit flipped at every {step}. of them, {tried} times: 0 accepted", pdf.len());
}

#[test]
fn a_missing_or_an_added_byte_is_refused_at_every_construct() {
    let pdf = small();
    let marks: Vec<usize> = pdf
        .windows(3)
        .enumerate()
        .filter(|(_, window)| *window == b"obj" || *window == b"xre" || *window == b"%%E")
        .map(|(at, _)| at)
        .collect();
    assert!(marks.len() > 40);
    for at in marks {
        let mut shorter = pdf.clone();
        shorter.remove(at);
        assert!(verify(&shorter, None).is_err(), "byte {at} removed was accepted");
        let mut longer = pdf.clone();
        longer.insert(at, b' ');
        assert!(verify(&longer, None).is_err(), "a byte added at {at} was accepted");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_verifier_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), header in any::<bool>()) {
        let bytes = if header { [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n".as_slice(), &bytes].concat() } else { bytes };
        prop_assert!(verify(&bytes, None).is_err());
    }

    #[test]
    fn no_mixture_of_pdf_tokens_makes_the_verifier_panic(tokens in proptest::collection::vec(0_usize..24, 0..120)) {
        const TOKENS: [&str; 24] = ["<<", ">>", "[", "]", "(", ")", "<", ">", "/A", "/Length 5", "1 0 R", "7", "-", ".", "\n", " ", "stream\n", "\nendstream", "\nendobj\n", "2 0 obj\n", "xref\n", "trailer\n", "null", "99999999999"];
        let body: String = tokens.iter().map(|token| TOKENS[*token]).collect();
        let bytes = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n".as_slice(), body.as_bytes()].concat();
        prop_assert!(verify(&bytes, None).is_err());
    }
}

#[test]
fn deep_nesting_is_refused_and_does_not_overflow() {
    let deep = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n".as_slice(), &b"[".repeat(200_000)].concat();
    assert_eq!(refusal(&deep), RefusalCode::Structure);
}

#[test]
fn random_pieces_cut_and_pasted_are_refused() {
    let pdf = sealed();
    // A small generator of our own: the same mutations in every run.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(below).expect("a size")).expect("a size")
    };
    for _ in 0..400 {
        let (from, to, length) = (next(pdf.len()), next(pdf.len()), 1 + next(300));
        let mut changed = pdf.clone();
        let piece: Vec<u8> = pdf[from..(from + length).min(pdf.len())].to_vec();
        let end = (to + piece.len()).min(changed.len());
        changed.splice(to..end, piece);
        if changed != pdf {
            assert!(verify(&changed, Some(&anchor())).is_err(), "{length} bytes from {from} over {to} were accepted");
        }
    }
}

#[test]
fn an_object_of_a_million_values_is_walked_and_not_made() {
    let list = |count: usize| format!("[{}]", "1 ".repeat(count)).into_bytes();
    assert!(Reader::new(&list(900_000), 0).value().is_ok());
    let more = list(1_000_000);
    assert!(Reader::new(&more, 0).notes().is_ok());
    assert_eq!(Reader::new(&more, 0).value().expect_err("too many").code, RefusalCode::Structure);
}
