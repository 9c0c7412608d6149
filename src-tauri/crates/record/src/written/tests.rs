//! What the raw bytes must say, beside the vectors: every refusal is about the bytes, whatever they are.
use domain::entry::Verdict;
use domain::written::sentence;

use super::*;
use crate::testing::{change, manifest, sign_off, time};

fn comment(text: String) -> Comment {
    Comment {
        schema: Comment::SCHEMA.to_owned(),
        change: change(17),
        id: "931".to_owned(),
        account: "2".to_owned(),
        at: time(4),
        text,
    }
}

#[test]
fn a_comment_is_read_as_it_was_kept_and_in_no_other_form() {
    let kept = comment("Gr\u{fc}\u{df}e\r\n\u{1f600}".to_owned());
    let bytes = kept.to_bytes().expect("writable");
    assert_eq!(Comment::parse(&bytes), Ok(kept));
    let spaced = [b" ".as_slice(), &bytes].concat();
    assert_eq!(Comment::parse(&spaced).expect_err("another form").code, Code::NotCanonical);
    let text = String::from_utf8(bytes).expect("text");
    let later = text.replace("comment:1", "comment:2");
    assert_eq!(Comment::parse(later.as_bytes()).expect_err("a later one").code, Code::Schema);
}

#[test]
fn raw_bytes_are_compared_with_what_the_entry_quotes() {
    let shown = manifest().digest().expect("writable");
    let line = sentence(Verdict::Approve, &change(17), shown);
    let domain::entry::Body::SignOff(body) = sign_off(17) else { panic!("a sign-off") };
    let written = |source, account: &str| Written {
        source,
        account: account.to_owned(),
        raw: Digest([7; 32]),
        quote: line.clone(),
    };
    let bytes = comment(format!("{line}\r\n")).to_bytes().expect("writable");
    let mail = format!("From: G <g@example.org>\r\n\r\n{line}\r\n").into_bytes();
    let code = |written: &Written, raw: &[u8]| check_raw(&body, written, shown, raw).err().map(|refusal| refusal.code);
    use WrittenSource::{Comment as InComment, Mail as InMail};
    assert_eq!(code(&written(InComment, "2"), &bytes), None);
    assert_eq!(code(&written(InMail, "g@example.org"), &mail), None);
    for (source, account, raw) in [
        (InComment, "3", bytes.as_slice()),
        (InComment, "2", mail.as_slice()),
        (InMail, "2", bytes.as_slice()),
        (InMail, "G@example.org", mail.as_slice()),
        (InMail, "g@example.org", b"".as_slice()),
    ] {
        assert_eq!(code(&written(source, account), raw), Some(Code::WrittenRaw), "{source:?} {account}");
    }
    assert_eq!(
        check_raw(&body, &written(InComment, "2"), Digest([1; 32]), &bytes).expect_err("another manifest").code,
        Code::WrittenRaw
    );
}
