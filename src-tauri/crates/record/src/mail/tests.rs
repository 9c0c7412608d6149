//! Mails as people send them, and as nobody may.
use super::*;

fn read(text: &str) -> Result<(String, String), Unreadable> {
    Mail::read(text.as_bytes()).map(|mail| (mail.from, mail.words))
}

fn words(headers: &str, body: &str) -> Result<String, Unreadable> {
    read(&format!("From: a@b.example\r\n{headers}\r\n{body}")).map(|(_, words)| words)
}

#[test]
fn the_sender_is_one_address() {
    let cases = [
        ("grace@example.org", Some("grace@example.org")),
        ("Grace Hopper <Grace@Example.org>", Some("grace@example.org")),
        ("\"Hopper, Grace\" <grace@example.org>", Some("grace@example.org")),
        ("\"<ada@example.org>\" <grace@example.org>", Some("grace@example.org")),
        ("=?utf-8?q?G=C3=BCnther?= <g@example.org>", Some("g@example.org")),
        ("Grace\r\n Hopper\r\n\t<grace@example.org>", Some("grace@example.org")),
        ("grace@example.org, ada@example.org", None),
        ("Grace <grace@example.org>, Ada <ada@example.org>", None),
        ("ada@example.org <grace@example.org>", None),
        ("Grace <grace@example.org> (at home)", None),
        ("\"Grace <grace@example.org>", None),
        ("Grace", None),
        ("<@example.org>", None),
        ("<grace@ex ample.org>", None),
        ("", None),
    ];
    for (value, wanted) in cases {
        let found = read(&format!("Subject: x\r\nFrom: {value}\r\n\r\nhello\r\n"));
        assert_eq!(found.ok().map(|(from, _)| from).as_deref(), wanted, "{value}");
    }
    assert_eq!(read("Subject: x\n\nhello"), Err(Unreadable::Sender));
    assert_eq!(read("From: a@b.example\nFrom: c@d.example\n\nhello"), Err(Unreadable::Sender));
}

#[test]
fn the_words_are_decoded() {
    let line = "I approve CHG-17 abababababababab";
    let quoted = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: Quoted-Printable\r\n";
    let coded = "Content-Transfer-Encoding: base64\r\n";
    let coding = STANDARD.encode(format!("Gr\u{fc}\u{df}e\n{line}\n"));
    let (first, second) = coding.split_at(20);
    for (headers, body) in [
        ("", format!("{line}\r\n")),
        ("Content-Type: text/plain\r\n", format!("Gr\u{fc}\u{df}e\n{line}")),
        (quoted, "Gr=C3=BC=C3=9Fe\r\nI approve CHG=\r\n-17 abababababab=61bab   \r\n".to_owned()),
        (coded, format!("{first}\r\n{second}\r\n")),
    ] {
        let words = words(headers, &body).expect("readable");
        assert!(words.lines().any(|found| found.trim_end() == line), "{words:?}");
    }
    let bytes = b"From: a@b.example\n\nGr\xfc\xdfe".as_slice();
    assert_eq!(Mail::read(bytes).map(|mail| mail.words), Ok("Gr\u{fc}\u{df}e".to_owned()), "ISO 8859-1");
}

#[test]
fn of_several_parts_the_first_plain_text_counts_and_no_other_mail_inside() {
    let multi = "Content-Type: multipart/mixed;\r\n boundary=\"b 1\"\r\n";
    let alternative = "--b 1\r\nContent-Type: multipart/alternative; boundary=b2\r\n\r\n\
        --b2\r\nContent-Type: text/html\r\n\r\n<p>no</p>\r\n--b2\r\n\r\nyes\r\n--b2--\r\nafter\r\n--b 1--\r\n";
    assert_eq!(words(multi, alternative).expect("readable").trim_end(), "yes");
    for (part, why) in [
        ("Content-Type: text/html\r\n\r\n<p>yes</p>", "only HTML"),
        ("Content-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nyes", "an attachment"),
        ("Content-Type: message/rfc822\r\n\r\nFrom: c@d.example\r\n\r\nyes", "a forwarded mail"),
        ("Content-Transfer-Encoding: x-uuencode\r\n\r\nyes", "an encoding of another time"),
        ("Content-Transfer-Encoding: base64\r\n\r\n=yes=", "broken base64"),
    ] {
        assert_eq!(words(multi, &format!("--b 1\r\n{part}\r\n--b 1--\r\n")), Err(Unreadable::NoText), "{why}");
    }
    assert_eq!(words("Content-Type: multipart/mixed\r\n", "yes"), Err(Unreadable::NoText), "no boundary");
    let mut deep = "yes".to_owned();
    for n in 0..12 {
        deep = format!("Content-Type: multipart/mixed; boundary=d{n}\r\n\r\n--d{n}\r\n{deep}\r\n--d{n}--\r\n");
    }
    assert_eq!(read(&format!("From: a@b.example\r\n{deep}")), Err(Unreadable::NoText), "deeper than anybody writes");
}
