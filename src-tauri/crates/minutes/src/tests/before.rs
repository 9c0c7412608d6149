//! What still holds of a file to which somebody added, and the words for why a file was refused.

use super::board::sealed;
use crate::{RefusalCode, sealed_part, verify};

#[test]
fn what_was_sealed_is_found_again_before_what_was_added() {
    let whole = sealed();
    let added = [whole.as_slice(), b"5 0 obj\n(more)\nendobj\nstartxref\n0\n%%EOF\n"].concat();
    verify(&added, None).expect_err("something was added");
    let (report, length) = sealed_part(&added, None).expect("what was sealed is in it");
    assert_eq!(length, whole.len());
    assert_eq!(report, verify(&whole, None).expect("the minutes hold"));
}

#[test]
fn where_the_sealed_bytes_were_changed_no_part_holds() {
    let mut changed = sealed();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    verify(&changed, None).expect_err("a byte was changed");
    assert_eq!(sealed_part(&changed, None), None);
    let ends = b"\n%%EOF\n".repeat(40);
    for nothing in [b"".as_slice(), b"\n%%EOF\n".as_slice(), ends.as_slice()] {
        assert_eq!(sealed_part(nothing, None), None);
    }
}

#[test]
fn a_reason_is_one_plain_sentence() {
    for code in [RefusalCode::Digest, RefusalCode::Revision, RefusalCode::OtherRoot, RefusalCode::NotSigned] {
        let sentence = code.plainly();
        assert!(sentence.contains(' ') && sentence.ends_with(['.']), "{sentence}");
        assert!(!sentence.contains("ByteRange") && !sentence.contains(code.as_str()), "{sentence}");
    }
}
