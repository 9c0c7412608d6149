//! Sign-offs in writing: a comment or a mail of the CTO (account 2) on CHG-17, recorded by the chair (account 1).
use domain::entry::{Attestation, Body, Predicate, SignOffBody, Verdict, Written, WrittenSource};
use domain::ids::{ChangeKey, Digest, MemberId};
use domain::written::{MAIL, sentence};

use super::Vector;
use super::build::{bundle, desk, sealed, statement, vector, with};
use super::rosters::adopted;
use crate::bundle::Bundle;
use crate::manifest::Blob;
use crate::testing::{CHAIR, CTO, Desk, LEAD, change, id, manifest, sign_off, time};
use crate::written::Comment;

const ADDRESS: &str = "grace@example.org";

fn shown() -> Digest {
    manifest().digest().expect("writable")
}

fn line() -> String {
    sentence(Verdict::Approve, &change(17), shown())
}

fn against() -> String {
    format!("{}: the backout is untested", sentence(Verdict::Reject, &change(17), shown()))
}

fn comment(text: &str, edit: impl FnOnce(&mut Comment)) -> Vec<u8> {
    let mut comment = Comment {
        schema: Comment::SCHEMA.to_owned(),
        change: change(17),
        id: "931".to_owned(),
        account: CTO.to_string(),
        at: time(4),
        text: text.to_owned(),
    };
    edit(&mut comment);
    comment.to_bytes().expect("writable")
}

fn approving() -> Vec<u8> {
    comment(&format!("Read on the train.\r\n\r\n  {}. \r\n", line()), |_| ())
}

/// A mail from the CTO's address, with the headers of its text and the text.
fn mail(headers: &str, text: &str) -> Vec<u8> {
    let head =
        "Received: from mx.example.org\r\nFrom: \"Hopper, Grace\"\r\n <Grace@Example.org>\r\nSubject: Re: CHG-17\r\n";
    format!("{head}{headers}\r\n{text}").into_bytes()
}

fn quoted_printable() -> Vec<u8> {
    let (first, rest) = (line()[..20].to_owned(), line()[20..].to_owned());
    let kinds = "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"=_b\"\r\n";
    let coded = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n";
    let html = "--=_b\r\nContent-Type: text/html\r\n\r\n<p>see above</p>\r\n--=_b--\r\n";
    mail(kinds, &format!("--=_b\r\n{coded}\r\nGr=C3=BC=C3=9Fe,\r\n\r\n{first}=\r\n{rest}\r\n{html}"))
}

/// A mail whose line stands in so many multiparts, one within the other.
fn nested(depth: usize) -> Vec<u8> {
    let multipart = |n: usize| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n");
    let mut inside = format!("\r\n{}", line());
    for n in 1..depth {
        inside = format!("{}\r\n--b{n}\r\n{inside}\r\n--b{n}--\r\n", multipart(n));
    }
    mail(&multipart(0), &format!("--b0\r\n{inside}\r\n--b0--\r\n"))
}

/// Why not, in letters that UTF-8 and ISO 8859-1 write otherwise.
const UMLAUTS: &str = "der R\u{fc}cksprung ist ungepr\u{fc}ft";

fn against_in_umlauts() -> String {
    format!("{}: {UMLAUTS}", sentence(Verdict::Reject, &change(17), shown()))
}

fn latin() -> Vec<u8> {
    let kind = "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n";
    let text = String::from_utf8(mail(kind, &against_in_umlauts())).expect("text");
    text.chars().map(|letter| u8::try_from(letter).expect("ISO 8859-1")).collect()
}

/// The blob under which the raw bytes are kept.
fn kept(raw: Vec<u8>) -> Blob {
    Blob { salt: [7; 32], bytes: raw }
}

fn body_of(p: &mut Predicate) -> &mut SignOffBody {
    let Body::SignOff(body) = &mut p.body else { panic!("a sign-off") };
    body
}

fn words_of(p: &mut Predicate) -> &mut Written {
    body_of(p).written.as_mut().expect("written")
}

/// What the chair signs, changed before.
fn recorded(desk: &Desk, raw: &Blob, edit: impl FnOnce(&mut Predicate)) -> (Vec<crate::statement::Subject>, Predicate) {
    let (subjects, mut predicate) = desk.prepare(CHAIR, sign_off(17));
    (predicate.actor, predicate.attestation) = (MemberId(id(CTO)), Attestation::Written);
    let body = body_of(&mut predicate);
    body.reason = String::new();
    body.written = Some(Box::new(Written {
        source: WrittenSource::Comment,
        account: CTO.to_string(),
        raw: raw.digest(),
        quote: format!("{}.", line()),
    }));
    edit(&mut predicate);
    (subjects, predicate)
}

/// The board with the sign-off in its record, and the raw bytes beside it.
fn standing(mut desk: Desk, raw: Vec<u8>, edit: impl FnOnce(&mut Predicate)) -> Bundle {
    let raw = kept(raw);
    let (subjects, predicate) = recorded(&desk, &raw, edit);
    desk.push(CHAIR, subjects, predicate);
    let mut bundle = bundle(&desk);
    bundle.blobs.insert(raw.digest(), raw);
    bundle
}

/// The board on which the chair records these two, and the CTO takes the first back in between.
fn again(first: Blob, second: Blob) -> Bundle {
    let mut desk = Desk::open();
    let (subjects, predicate) = recorded(&desk, &first, |_| ());
    let entry = desk.push(CHAIR, subjects, predicate).id();
    desk.write(CTO, Body::Withdrawal { entry, reason: "on second thought".to_owned() });
    let (subjects, predicate) = recorded(&desk, &second, |_| ());
    desk.push(CHAIR, subjects, predicate);
    let mut bundle = bundle(&desk);
    bundle.blobs.extend([first, second].map(|raw| (raw.digest(), raw)));
    bundle
}

/// The board on which chair and lead record the same comment.
fn by_two(lead_had_it: bool) -> Bundle {
    let mut desk = Desk::open();
    let raw = kept(approving());
    let (subjects, predicate) = recorded(&desk, &raw, |_| ());
    desk.push(CHAIR, subjects, predicate);
    let own = desk.predicate(LEAD, sign_off(17));
    let (subjects, predicate) = recorded(&desk, &raw, |p| {
        (p.recorder, p.log) = (own.recorder, own.log);
        if !lead_had_it {
            p.log.seen.clear();
        }
    });
    desk.push(LEAD, subjects, predicate);
    let mut bundle = bundle(&desk);
    bundle.blobs.insert(raw.digest(), raw);
    bundle
}

/// The same bytes under another salt, as whoever records them again keeps them.
fn kept_again(raw: Vec<u8>) -> Blob {
    Blob { salt: [8; 32], bytes: raw }
}

/// The board with a sign-off that no record takes.
fn refused(name: &str, desk: &Desk, signer: u128, edit: impl FnOnce(&mut Predicate)) -> Vector {
    let raw = kept(approving());
    let (subjects, predicate) = recorded(desk, &raw, |p| {
        let own = desk.predicate(signer, sign_off(17));
        (p.recorder, p.log) = (own.recorder, own.log);
        edit(p);
    });
    vector(name, &with(desk, [sealed(&statement(subjects, predicate), desk.key_of(signer))]))
}

/// A board on which these members have mail addresses.
fn addressed(members: &'static [usize]) -> Desk {
    adopted(move |next| {
        for n in members {
            next.members[*n].accounts.insert(MAIL.to_owned(), ADDRESS.to_owned());
        }
    })
}

fn by_mail(p: &mut Predicate) {
    let words = words_of(p);
    (words.source, words.account, words.quote) = (WrittenSource::Mail, ADDRESS.to_owned(), line());
}

pub fn valid() -> Vec<Vector> {
    let mut withheld = standing(Desk::open(), approving(), |_| ());
    withheld.blobs.remove(&kept(approving()).digest());
    let rejecting = standing(Desk::open(), comment(&against(), |_| ()), |p| {
        words_of(p).quote = against();
        let body = body_of(p);
        (body.verdict, body.reason) = (Verdict::Reject, "the backout is untested".to_owned());
    });
    let in_latin = standing(addressed(&[1]), latin(), |p| {
        by_mail(p);
        words_of(p).quote = against_in_umlauts();
        let body = body_of(p);
        (body.verdict, body.reason) = (Verdict::Reject, UMLAUTS.to_owned());
    });
    let renewed = comment(&format!("{}.", line()), |c| c.id = "932".to_owned());
    vec![
        vector("written-anew-after-it-was-taken-back", &again(kept(approving()), kept_again(renewed))),
        vector("written-once-and-recorded-by-two-without-each-other", &by_two(false)),
        vector("written-in-a-comment", &standing(Desk::open(), approving(), |_| ())),
        vector("written-in-a-comment-that-is-withheld", &withheld),
        vector("written-against-it", &rejecting),
        vector("written-in-a-mail", &standing(addressed(&[1]), mail("", &line()), by_mail)),
        vector("written-in-a-mail-8-multiparts-deep", &standing(addressed(&[1]), nested(8), by_mail)),
        vector("written-in-a-mail-of-iso-8859-1", &in_latin),
        vector("written-in-a-mail-of-two-parts", &standing(addressed(&[1]), quoted_printable(), by_mail)),
    ]
}

pub fn invalid() -> Vec<Vector> {
    [levels(), recorders(), accounts(), quotes(), raws(), repeats()].concat()
}

fn repeats() -> Vec<Vector> {
    let mut withheld = again(kept(approving()), kept(approving()));
    withheld.blobs.remove(&kept(approving()).digest());
    vec![
        vector("written-again--after-it-was-taken-back", &again(kept(approving()), kept_again(approving()))),
        vector("written-again--of-a-comment-that-is-withheld", &withheld),
        vector("written-again--by-another-who-had-it", &by_two(true)),
    ]
}

fn levels() -> Vec<Vector> {
    let desk = desk();
    vec![
        refused("attestation--written-nowhere", &desk, CHAIR, |p| body_of(p).written = None),
        refused("attestation--written-and-signed", &desk, CTO, |p| p.attestation = Attestation::Signed),
        refused("attestation--written-and-recorded-by-the-actor", &desk, CTO, |_| ()),
        refused("attestation--written-and-only-recorded", &desk, CHAIR, |p| p.attestation = Attestation::Recorded),
    ]
}

fn recorders() -> Vec<Vector> {
    let desk = desk();
    let own = || Some(CHAIR.to_string());
    vec![
        refused("written-recorder--wrote-the-change", &desk, CHAIR, |p| body_of(p).involved.author = own()),
        refused("written-recorder--requested-it", &desk, CHAIR, |p| body_of(p).involved.requester = own()),
        refused("written-recorder--deploys-it", &desk, CHAIR, |p| body_of(p).involved.deployer = own()),
        refused("written-recorder--cannot-be-told-from-the-author", &desk, CHAIR, |p| {
            body_of(p).change = ChangeKey::new("OPS", 17);
        }),
        refused("duties--own-change-in-writing", &desk, CHAIR, |p| {
            body_of(p).involved.author = Some(CTO.to_string());
        }),
    ]
}

fn accounts() -> Vec<Vector> {
    let desk = desk();
    vec![
        refused("written-account--another-members", &desk, CHAIR, |p| words_of(p).account = LEAD.to_string()),
        refused("written-account--nobodys", &desk, CHAIR, |p| words_of(p).account = "77".to_owned()),
        refused("written-account--address-the-roster-does-not-know", &desk, CHAIR, by_mail),
        refused("written-account--address-of-two-members", &addressed(&[1, 2]), CHAIR, by_mail),
        refused("written-account--address-of-another-domain", &addressed(&[1]), CHAIR, |p| {
            by_mail(p);
            words_of(p).account = format!("{ADDRESS}.example");
        }),
    ]
}

fn quotes() -> Vec<Vector> {
    let desk = desk();
    let quoting = |name: &str, quote: String| refused(name, &desk, CHAIR, |p| words_of(p).quote = quote);
    vec![
        quoting("written-quote--another-change", line().replace("CHG-17", "CHG-18")),
        quoting("written-quote--another-manifest", sentence(Verdict::Approve, &change(17), Digest([1; 32]))),
        quoting("written-quote--digest-cut-short", line()[..line().len() - 1].to_owned()),
        quoting("written-quote--without-a-digest", "I approve CHG-17".to_owned()),
        quoting("written-quote--in-other-words", format!("Gladly: {}", line())),
        quoting("written-quote--more-than-a-line", format!("Hello\n{}", line())),
        quoting("written-quote--two-spaces", line().replace("I approve", "I  approve")),
        quoting("written-quote--says-the-opposite", against()),
        refused("written-quote--another-reason", &desk, CHAIR, |p| body_of(p).reason = "gladly".to_owned()),
    ]
}

fn raws() -> Vec<Vector> {
    let raw = |name: &str, raw: Vec<u8>| vector(name, &standing(Desk::open(), raw, |_| ()));
    let mailed = |name: &str, raw: Vec<u8>| vector(name, &standing(addressed(&[1]), raw, by_mail));
    let stopped = format!("{}.", line());
    let forwarded =
        format!("--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@example.org\r\n\r\n{}\r\n--b--\r\n", line());
    let plain = || String::from_utf8(mail("", &line())).expect("text");
    let other = plain().replacen("Grace@", "Grave@", 1);
    let two = plain().replacen("Subject", "From: a@b.example\r\nSubject", 1);
    vec![
        raw("written-raw--another-account", comment(&stopped, |c| c.account = LEAD.to_string())),
        raw("written-raw--on-another-ticket", comment(&stopped, |c| c.change = change(18))),
        raw("written-raw--another-document", comment(&stopped, |c| c.schema = "urn:x-cabinet:comment:2".to_owned())),
        raw("written-raw--no-comment", b"I approve".to_vec()),
        raw("written-raw--only-quoted", comment(&format!("> {stopped}\r\n\r\nNo!"), |_| ())),
        raw("written-raw--approves-and-rejects", comment(&format!("{stopped}\n{}", against()), |_| ())),
        raw("written-raw--quoted-otherwise", comment(&line(), |_| ())),
        mailed("written-raw--mail-from-another-address", other.into_bytes()),
        mailed("written-raw--mail-from-two-addresses", two.into_bytes()),
        mailed("written-raw--mail-of-html-only", mail("Content-Type: text/html\r\n", &line())),
        mailed("written-raw--mail-9-multiparts-deep", nested(9)),
        mailed("written-raw--forwarded-mail", mail("Content-Type: multipart/mixed; boundary=b\r\n", &forwarded)),
    ]
}
