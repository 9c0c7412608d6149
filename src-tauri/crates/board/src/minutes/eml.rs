//! The draft of a mail as a file (RFC 5322, MIME): `X-Unsent: 1` has a mail program open it to be edited and sent.
//!
//! Every text in it may be hostile. Words go into a header only as encoded words (RFC 2047) or plain ASCII of one line,
//! addresses only as [`Address`], names of files percent-encoded (RFC 2231), and everything else as base64: no text can
//! end a header, begin another, or close a part.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use domain::ids::Digest;

use super::handing::one_line;

/// Characters of a line at most, without its end (RFC 2045).
const LINE: usize = 76;
/// Bytes of one encoded word: with what is around them it fits the line that begins with `Subject: `.
const WORD: usize = 39;
/// Characters of a subject at most; what follows is cut.
const LONGEST_SUBJECT: usize = 200;
/// Characters of a section of a file's name.
const SECTION: usize = 48;
/// The longest address that stands on a line of its own with what is around it.
const LONGEST_ADDRESS: usize = 70;

/// A mail address that is nothing but one: letters, digits and a few signs around one `@`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Address(String);

impl Address {
    /// The address, in lower case; `None` for everything else.
    pub(super) fn of(text: &str) -> Option<Self> {
        let word = |text: &str, signs: &str| {
            let dots = !text.starts_with('.') && !text.ends_with('.') && !text.contains("..");
            !text.is_empty() && dots && text.chars().all(|c| c.is_ascii_alphanumeric() || signs.contains(c))
        };
        let (local, domain) = text.split_once('@')?;
        let sound = text.len() <= LONGEST_ADDRESS && word(local, "!#$%&'*+/=?^_`{|}~.-") && word(domain, ".-");
        sound.then(|| Self(text.to_ascii_lowercase()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A PDF in the mail.
pub(super) struct Attached<'a> {
    pub name: &'a str,
    pub bytes: &'a [u8],
}

/// What the mail says.
pub(super) struct Draft<'a> {
    /// Whose device wrote it, where the roster has their address; else the mail program puts in its own account.
    pub from: Option<&'a Address>,
    pub to: &'a [Address],
    pub subject: &'a str,
    pub at: DateTime<Utc>,
    pub body: &'a str,
    pub attached: &'a [Attached<'a>],
}

/// The file. The same draft gives the same bytes.
pub(super) fn compose(draft: &Draft<'_>) -> Vec<u8> {
    // What stands between the marks is base64, in which there is no `_`.
    let digest = Digest::of(draft.body.as_bytes()).to_string();
    let mark = format!("=_cabinet_{}", &digest[..24]);
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str(text);
        out.push_str("\r\n");
    };
    line("MIME-Version: 1.0");
    line("X-Unsent: 1");
    line(&format!("Date: {}", draft.at.format("%a, %-d %b %Y %H:%M:%S +0000")));
    if let Some(from) = draft.from {
        line(&format!("From: {}", from.as_str()));
    }
    line(&format!("To: {}", draft.to.iter().map(Address::as_str).collect::<Vec<_>>().join(",\r\n ")));
    line(&format!("Subject: {}", subject(draft.subject)));
    line("Content-Type: multipart/mixed;");
    line(&format!(" boundary=\"{mark}\""));
    line("");
    line(&format!("--{mark}"));
    line("Content-Type: text/plain; charset=UTF-8");
    line("Content-Transfer-Encoding: base64");
    line("");
    let body = draft.body.lines().collect::<Vec<_>>().join("\r\n") + "\r\n";
    in_lines(body.as_bytes(), &mut line);
    for attached in draft.attached {
        line(&format!("--{mark}"));
        line("Content-Type: application/pdf");
        line("Content-Transfer-Encoding: base64");
        line("Content-Disposition: attachment;");
        line(&file_name(attached.name));
        line("");
        in_lines(attached.bytes, &mut line);
    }
    line(&format!("--{mark}--"));
    out.into_bytes()
}

/// Base64, in lines.
fn in_lines(bytes: &[u8], line: &mut impl FnMut(&str)) {
    // Three bytes are four characters: so many bytes fill a line.
    for chunk in bytes.chunks(LINE / 4 * 3) {
        line(&STANDARD.encode(chunk));
    }
}

/// A subject as it stands in its header: plain where it can be, else encoded words that fold between letters.
fn subject(text: &str) -> String {
    let mut text = one_line(text);
    if let Some((cut, _)) = text.char_indices().nth(LONGEST_SUBJECT) {
        text.truncate(cut);
        text.push('…');
    }
    let plain = text.chars().all(|c| matches!(c, ' '..='~')) && !text.contains("=?");
    if plain && text.len() + "Subject: ".len() <= LINE {
        return text;
    }
    let mut words = vec![String::new()];
    for letter in text.chars() {
        if words.last().is_none_or(|word| word.len() + letter.len_utf8() > WORD) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(letter);
        }
    }
    let coded = words.iter().map(|word| format!("=?UTF-8?B?{}?=", STANDARD.encode(word)));
    coded.collect::<Vec<_>>().join("\r\n ")
}

/// The parameter `filename` by RFC 2231, in sections where it does not fit a line.
fn file_name(name: &str) -> String {
    let mut sections = vec![String::new()];
    for letter in name.chars() {
        let mut coded = String::new();
        for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
            if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
                coded.push(char::from(byte));
            } else {
                coded.push_str(&format!("%{byte:02X}"));
            }
        }
        if sections.last().is_none_or(|section| section.len() + coded.len() > SECTION) {
            sections.push(String::new());
        }
        if let Some(section) = sections.last_mut() {
            section.push_str(&coded);
        }
    }
    if let [only] = sections.as_slice() {
        return format!(" filename*=UTF-8''{only}");
    }
    let numbered = sections.iter().enumerate().map(|(n, section)| {
        let charset = if n == 0 { "UTF-8''" } else { "" };
        format!(" filename*{n}*={charset}{section}")
    });
    numbered.collect::<Vec<_>>().join(";\r\n")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use chrono::TimeZone as _;
    use serde_json::{Value, json};

    use super::*;

    /// What another program reads in a mail: every header but the date, the text, and each attachment.
    const READS: &str = "\
import sys, json, email, email.policy, hashlib
raw = sys.stdin.buffer.read()
m = email.message_from_bytes(raw, policy=email.policy.default)
parts = list(m.iter_attachments())
defects = [str(d) for p in m.walk() for d in p.defects] + [str(d) for h in m.values() for d in h.defects]
print(json.dumps({
    'headers': [k for k in m.keys()], 'subject': m['Subject'], 'to': [a.addr_spec for a in m['To'].addresses],
    'from': m['From'] and str(m['From']), 'unsent': m['X-Unsent'], 'date': str(m['Date']), 'type': m.get_content_type(),
    'body': m.get_body().get_content(), 'defects': [d for d in defects if d],
    'attached': [[p.get_content_type(), p.get_content_disposition(), p.get_filename(),
                  hashlib.sha256(p.get_content()).hexdigest()] for p in parts]}))
";

    fn read(mail: &[u8]) -> Value {
        let mut child = Command::new("python3")
            .args(["-c", READS])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 runs");
        child.stdin.take().expect("a pipe").write_all(mail).expect("read");
        let output = child.wait_with_output().expect("python3 ends");
        serde_json::from_slice(&output.stdout).expect("python3 read the mail")
    }

    /// Lines end by CR LF, none is long, and every byte is ASCII.
    fn well_formed(mail: &[u8]) {
        assert!(mail.ends_with(b"\r\n") && mail.is_ascii());
        for line in mail.split(|b| *b == b'\n') {
            let line = if line.is_empty() { line } else { line.strip_suffix(b"\r").expect("CR LF ends a line") };
            assert!(line.len() <= LINE && !line.contains(&b'\r'), "{}", String::from_utf8_lossy(line));
        }
    }

    fn mail(subject: &str, body: &str, to: &[Address], attached: &[Attached<'_>]) -> Vec<u8> {
        let at = Utc.with_ymd_and_hms(2026, 11, 8, 9, 5, 7).single().expect("a time");
        compose(&Draft { from: to.first(), to, subject, at, body, attached })
    }

    fn addresses(texts: &[&str]) -> Vec<Address> {
        texts.iter().filter_map(|text| Address::of(text)).collect()
    }

    #[test]
    fn another_program_reads_every_part_as_it_was_meant() {
        let to = addresses(&["Ines@Example.org", "o'hara+cab@mail.example.org"]);
        let pdf: Vec<u8> = (0..=255).cycle().take(5000).collect();
        let long = format!("2026-11-08-protokoll-{}.pdf", "ä変".repeat(12));
        let attached = [Attached { name: "a b\"c;d.pdf", bytes: &pdf }, Attached { name: &long, bytes: b"%PDF" }];
        let body = "Anbei das Protokoll.\n\nGrüße 変更 — .\n.\nFrom here\n";
        let mail = mail("Protokoll: Wöchentlicher Änderungsbeirat 変更諮問委員会, 8.11.2026", body, &to, &attached);
        well_formed(&mail);
        let found = read(&mail);
        assert_eq!(
            found,
            json!({
                "headers": ["MIME-Version", "X-Unsent", "Date", "From", "To", "Subject", "Content-Type"],
                "subject": "Protokoll: Wöchentlicher Änderungsbeirat 変更諮問委員会, 8.11.2026",
                "to": ["ines@example.org", "o'hara+cab@mail.example.org"],
                "from": "ines@example.org",
                "unsent": "1",
                "date": "Sun, 08 Nov 2026 09:05:07 +0000",
                "type": "multipart/mixed",
                "body": body.replace('\n', "\r\n"),
                "defects": [],
                "attached": [
                    ["application/pdf", "attachment", "a b\"c;d.pdf", Digest::of(&pdf).to_string()],
                    ["application/pdf", "attachment", long, Digest::of(b"%PDF").to_string()],
                ],
            })
        );
    }

    #[test]
    fn no_text_ends_a_header_or_begins_another() {
        const HOSTILE: [&str; 6] = [
            "CAB\r\nBcc: eve@evil.example\r\n\r\n<b>",
            "CAB\nX-Unsent: 0",
            "CAB\rBcc: eve@evil.example",
            "=?utf-8?q?CAB=0D=0ABcc:_eve@evil.example?=",
            "CAB\u{2028}Bcc: eve@evil.example\u{85}Bcc: eve@evil.example\0",
            "--=_cabinet_\r\n--=_cabinet_--",
        ];
        let to = addresses(&["ines@example.org"]);
        for text in HOSTILE {
            let mail = mail(text, text, &to, &[Attached { name: text, bytes: text.as_bytes() }]);
            well_formed(&mail);
            let found = read(&mail);
            let wanted = ["MIME-Version", "X-Unsent", "Date", "From", "To", "Subject", "Content-Type"];
            assert_eq!(found["headers"], json!(wanted), "{text:?}");
            assert_eq!(found["unsent"], "1");
            assert_eq!(found["subject"], one_line(text), "{text:?}");
            assert_eq!(found["to"], json!(["ines@example.org"]));
            let attached = found["attached"].as_array().expect("a list");
            assert_eq!(attached.len(), 1, "{text:?}");
            assert_eq!(attached[0][3], Digest::of(text.as_bytes()).to_string());
        }
        let endless = mail(&"Ä".repeat(100_000), "", &[], &[]);
        well_formed(&endless);
        let found = read(&endless);
        assert_eq!(found["subject"], format!("{}…", "Ä".repeat(LONGEST_SUBJECT)));
        assert_eq!(found["to"], json!([]), "nobody is asked for by an empty field");
    }

    #[test]
    fn an_address_is_nothing_but_one() {
        assert_eq!(Address::of("Ines.Duarte@Example.org").map(|a| a.0), Some("ines.duarte@example.org".to_owned()));
        for text in [
            "",
            "ines",
            "@example.org",
            "ines@",
            "ines@example.org, eve@evil.example",
            "ines@example.org\r\nBcc: eve@evil.example",
            "Ines <ines@example.org>",
            "ines@example@evil.example",
            "inés@example.org",
            "ines@.example.org",
            "a..b@example.org",
            "\"a b\"@example.org",
        ] {
            assert_eq!(Address::of(text), None, "{text:?}");
        }
        assert_eq!(Address::of(&format!("{}@example.org", "a".repeat(LONGEST_ADDRESS))), None, "it fits no line");
    }
}
