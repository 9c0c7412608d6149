//! Files that are not read, or contradict themselves.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::entry::{Auth, Body, SignOffBody};
use domain::ids::{BoardId, Digest, EntryId, MeetingId};
use domain::plan::PlanSection;
use serde_json::{Value, json};

use super::Vector;
use super::build::{bundle, desk, edited, extract, replaced, rooted, sealed, some_digest, statement, vector, with};
use crate::bundle::Bundle;
use crate::manifest::Blob;
use crate::statement::Subject;
use crate::testing::bodies::{bodies, write};
use crate::testing::{CHAIR, CTO, Desk, LEAD, change, id, sign_off, vote};

pub fn all() -> Vec<Vector> {
    [reading(), shape(), digests(), blobs(), manifests(), labels(), proofs()].concat()
}

fn bytes() -> Vec<u8> {
    bundle(&desk()).to_bytes().expect("writable")
}

/// The file with something put in front of its first member.
fn first_member(name: &str, member: &str) -> Vector {
    replaced(name, &bundle(&desk()), "{\"blobs\":", &format!("{{{member},\"blobs\":"))
}

fn reading() -> Vec<Vector> {
    let whole = bundle(&desk());
    let text = String::from_utf8(bytes()).expect("UTF-8");
    let nested = format!("\"aaa\":{}{}", "[".repeat(32), "]".repeat(32));
    let mut not_text = bytes();
    let at = text.find("Payments").expect("a name");
    not_text[at] = 0xff;
    vec![
        ("json--not-json".to_owned(), b"-----BEGIN CERTIFICATE-----\n".to_vec()),
        ("json--empty".to_owned(), Vec::new()),
        ("json--truncated".to_owned(), bytes()[..bytes().len() / 2].to_vec()),
        ("json--trailing-comma".to_owned(), text.replacen("]}", "],}", 1).into_bytes()),
        ("json--a-second-value".to_owned(), format!("{text}{{}}").into_bytes()),
        ("json--byte-order-mark".to_owned(), format!("\u{feff}{text}").into_bytes()),
        ("json--not-utf8".to_owned(), not_text),
        first_member("json--fraction", "\"aaa\":1.0"),
        first_member("json--exponent", "\"aaa\":1e3"),
        first_member("json--negative-zero", "\"aaa\":-0"),
        first_member("json--leading-zero", "\"aaa\":01"),
        first_member("json--not-a-number", "\"aaa\":NaN"),
        first_member("json--integer-beyond-2-53", "\"aaa\":9007199254740993"),
        first_member("json--nested-33-deep", &nested),
        replaced("json--lone-surrogate", &whole, "Payments board", "Payments \\ud83d board"),
        replaced("json--control-character", &whole, "Payments board", "Payments\u{1}board"),
        first_member("duplicate-key--of-the-file", "\"blobs\":[]"),
        first_member("duplicate-key--written-with-an-escape", "\"\\u0062lobs\":[]"),
        replaced("duplicate-key--of-an-envelope", &whole, "{\"payload\":", "{\"payload\":\"\",\"payload\":"),
        ("not-canonical--line-end".to_owned(), format!("{text}\n").into_bytes()),
        ("not-canonical--space".to_owned(), text.replacen(':', ": ", 1).into_bytes()),
        replaced("not-canonical--needless-escape", &whole, "Payments board", "Payments\\u0020board"),
        replaced("not-canonical--escaped-solidus", &whole, "application/vnd", "application\\/vnd"),
        replaced(
            "not-canonical--keys-out-of-order",
            &whole,
            "\"scope\":{\"change\":null,\"complete\":true,",
            "\"scope\":{\"complete\":true,\"change\":null,",
        ),
    ]
}

fn shape() -> Vec<Vector> {
    let whole = bundle(&desk());
    let digest = Digest::of(crate::testing::POLICY).to_string();
    vec![
        edited("schema--unknown-field", &whole, |v| v["note"] = "x".into()),
        edited("schema--missing-field", &whole, |v| {
            v.as_object_mut().expect("object").remove("proofs");
        }),
        edited("schema--unknown-field-of-an-envelope", &whole, |v| v["entries"][0]["note"] = "x".into()),
        edited("schema--unknown-field-of-a-signature", &whole, |v| {
            v["entries"][0]["signatures"][0]["alg"] = "none".into();
        }),
        edited("schema--later-schema", &whole, |v| v["schema"] = "urn:x-cabinet:evidence:2".into()),
        edited("schema--text-for-a-truth", &whole, |v| v["scope"]["complete"] = "true".into()),
        edited("schema--negative-index", &whole, |v| {
            v["proofs"] = json!([{"entry": some_digest(), "index": -1, "path": []}]);
        }),
        edited("schema--position-beyond-32-bits", &whole, |v| {
            v["merkle"] = json!({"root": some_digest(), "size": 4_294_967_296_u64});
        }),
        replaced("schema--digest-in-capitals", &whole, &digest, &digest.to_uppercase()),
        edited("schema--board-id-in-braces", &whole, |v| {
            v["board"]["id"] = format!("{{{}}}", v["board"]["id"].as_str().expect("text")).into();
        }),
        edited("schema--change-key", &whole, |v| v["scope"]["change"] = "CHG-017".into()),
    ]
}

fn digests() -> Vec<Vector> {
    let whole = bundle(&desk());
    vec![
        replaced("bundle-digest--roster-text", &whole, "Grace", "Mallory"),
        replaced("bundle-digest--policy-text", &whole, "starter", "starker"),
        replaced("bundle-digest--manifest-text", &whole, "plan.backout", "plan.testing"),
        edited("bundle-digest--another-envelope-than-listed", &whole, |v| v["entries"][2] = v["entries"][1].clone()),
        edited("bundle-digest--list-shorter", &whole, |v| {
            v["digests"].as_array_mut().expect("list").pop();
        }),
        edited("bundle-digest--list-names-another", &whole, |v| v["digests"][0]["name"] = "roster/2".into()),
        edited("bundle-digest--listed-digest", &whole, |v| v["digests"][3]["sha256"] = some_digest().into()),
        edited("bundle-digest--withheld-that-nobody-names", &whole, |v| {
            let list = v["blobs"].as_array_mut().expect("list");
            list.push(json!({"salted": null, "sha256": "f".repeat(64)}));
        }),
        edited("bundle-digest--blob-neither-here-nor-withheld", &whole, |v| {
            v["blobs"].as_array_mut().expect("list").pop();
        }),
        edited("bundle-digest--blobs-out-of-order", &whole, |v| v["blobs"].as_array_mut().expect("list").swap(0, 1)),
        edited("bundle-digest--manifest-twice", &whole, |v| {
            let one = v["manifests"][0].clone();
            v["manifests"].as_array_mut().expect("list").push(one);
        }),
    ]
}

fn blobs() -> Vec<Vector> {
    let whole = bundle(&desk());
    let title = STANDARD.encode("Upgrade PostgreSQL");
    let salted = |v: &mut Value, field: &str, text: String| v["blobs"][0]["salted"][field] = text.into();
    let mut foreign = whole.clone();
    let stray = Blob { salt: [9; 32], bytes: b"nobody was shown this".to_vec() };
    foreign.blobs.insert(stray.digest(), stray);
    let mut withheld = whole.clone();
    withheld.manifests.clear();
    withheld.blobs.clear();
    vec![
        replaced("blob--altered-bytes", &whole, &title, &STANDARD.encode("Upgrade SQLite 3.51")),
        edited("blob--altered-salt", &whole, |v| salted(v, "salt", STANDARD.encode([8; 32]))),
        edited("blob--short-salt", &whole, |v| salted(v, "salt", STANDARD.encode([1; 16]))),
        edited("base64--blob-without-padding", &whole, |v| {
            salted(v, "salt", STANDARD.encode([1; 32]).replace('=', ""))
        }),
        vector("blob--nobody-names-it", &foreign),
        vector("subject--manifest-missing", &withheld),
    ]
}

/// A file whose manifest is another text, under its own digest everywhere.
fn other_manifest(name: &str, text: &str) -> Vector {
    edited(name, &bundle(&desk()), |v| {
        let old = v["manifests"][0]["sha256"].as_str().expect("text").to_owned();
        let new = Digest::of(text.as_bytes()).to_string();
        v["manifests"][0] = json!({"sha256": new, "text": text});
        for listed in v["digests"].as_array_mut().expect("list") {
            if listed["sha256"] == old.as_str() {
                listed["sha256"] = new.as_str().into();
            }
        }
    })
}

fn manifests() -> Vec<Vector> {
    let whole = bundle(&desk());
    let text = String::from_utf8(whole.manifests[0].to_bytes().expect("writable")).expect("UTF-8");
    let renamed = |from: &str, to: &str| text.replacen(from, to, 1);
    let mut second = whole.clone();
    let another = crate::testing::blobs().into_iter().take(1).collect();
    second.manifests.push(crate::manifest::Manifest::of(&another));
    vec![
        other_manifest("manifest--field-twice", &renamed("plan.backout", "title")),
        other_manifest("manifest--fields-out-of-order", &renamed("plan.backout", "zone")),
        other_manifest("manifest--later-schema", &renamed("manifest:1", "manifest:2")),
        other_manifest("schema--manifest-with-an-unknown-field", &renamed("{\"fields\"", "{\"extra\":1,\"fields\"")),
        other_manifest("not-canonical--manifest", &renamed(":[", ": [")),
        vector("subject--manifest-nobody-signed", &second),
        other_manifest("size--manifest-beyond-1-mib", &renamed("plan.backout", &"a".repeat(1 << 20))),
        said("content--another-than-was-shown", |body| body.content = Digest::of(b"another content")),
        said("content--another-section-than-was-shown", |body| {
            body.sections.insert(PlanSection::Backout, Digest::of(b"Restore something else"));
        }),
    ]
}

/// A board with one sign-off, which says of its manifest what was edited.
fn said(name: &str, edit: impl FnOnce(&mut SignOffBody)) -> Vector {
    let mut desk = Desk::open();
    let (subjects, mut predicate) = desk.prepare(CTO, sign_off(17));
    let Body::SignOff(body) = &mut predicate.body else { panic!("a sign-off") };
    edit(body);
    desk.push(CTO, subjects, predicate);
    vector(name, &bundle(&desk))
}

fn labels() -> Vec<Vector> {
    let whole = bundle(&desk());
    let renamed = |name: &str, edit: fn(&mut Bundle)| {
        let mut bundle = bundle(&desk());
        edit(&mut bundle);
        vector(name, &bundle)
    };
    let mut held = Desk::open();
    for body in bodies(&held).into_iter().filter(|b| matches!(b.kind(), "agenda_frozen" | "running" | "sign_off")) {
        write(&mut held, body);
    }
    let mut elsewhere = extract(&held, |entry| entry.statement().kind() != "agenda_frozen");
    elsewhere.scope.meeting = Some(MeetingId(id(50)));
    let mut voted = held;
    let (subjects, mut predicate) = voted.prepare(LEAD, vote());
    predicate.meeting.as_mut().expect("set").id = MeetingId(id(51));
    voted.push(LEAD, subjects, predicate);
    let mut other_meeting = extract(&voted, |_| true);
    other_meeting.scope.meeting = Some(MeetingId(id(50)));
    let mut two = desk();
    two.write(CTO, sign_off(18));
    let mut one_change = extract(&two, |_| true);
    one_change.scope.change = Some(change(17));
    vec![
        renamed("label--board-name", |bundle| bundle.board_name = "Another board".to_owned()),
        renamed("label--meeting", |bundle| bundle.scope.meeting = Some(MeetingId(id(52)))),
        vector("label--meeting-that-no-agenda-here-calls", &elsewhere),
        {
            let mut other = bundle(&Desk::open());
            other.scope.change = Some(change(99));
            vector("label--change", &other)
        },
        vector("other-change--in-the-extract-of-one-change", &one_change),
        vector("other-meeting--vote-in-the-extract-of-another", &other_meeting),
        renamed("other-board--named-by-the-file", |bundle| bundle.board = BoardId(id(101))),
        renamed("policy--not-in-the-bundle", |bundle| {
            bundle.policies = vec![b"{\"name\":\"other\"}".to_vec()];
            bundle.checkpoint.heads.clear();
        }),
        renamed("policy--nobody-names-it", |bundle| bundle.policies.push(b"{\"name\":\"other\"}".to_vec())),
        {
            let mut bundle = two_policies();
            bundle.policies.reverse();
            vector("policy--out-of-order", &bundle)
        },
        {
            let mut bundle = two_policies();
            bundle.policies.pop();
            vector("policy--adopted-and-left-out", &bundle)
        },
        vector("pin-every-act--signed-in-a-session", &under_part_11(true, in_a_session())),
        renamed("policy--twice", |bundle| bundle.policies.push(crate::testing::POLICY.to_vec())),
        renamed("checkpoint--heads-missing", |bundle| bundle.checkpoint.heads.clear()),
        renamed("checkpoint--entry-that-is-not-here", |bundle| bundle.checkpoint.entry = Some(EntryId([1; 32]))),
        {
            let mut other = whole.clone();
            other.checkpoint.entry = desk().entries.first().map(crate::entry::Entry::id);
            vector("checkpoint--entry-that-closes-no-meeting", &other)
        },
        {
            let mut other = whole;
            other.checkpoint.heads.pop_first();
            vector("checkpoint--one-head-missing", &other)
        },
    ]
}

/// A board that adopted a second policy.
pub fn two_policies() -> Bundle {
    let second = b"{\"name\":\"full\"}".to_vec();
    let mut bundle = bundle(&having_adopted("full", &second));
    bundle.policies.push(second);
    bundle
}

/// The board's desk, whose chair adopted a second policy.
pub fn having_adopted(name: &str, policy: &[u8]) -> Desk {
    let mut desk = desk();
    let (_, mut predicate) = desk.prepare(CHAIR, Body::Policy { name: name.to_owned() });
    predicate.auth = Auth::Pin;
    desk.push(CHAIR, vec![Subject { name: name.to_owned(), sha256: Digest::of(policy) }], predicate);
    desk
}

/// One more sign-off, so opened, under a policy that a board adopted and that asks for the PIN at every act, or not.
pub fn under_part_11(asks: bool, auth: Auth) -> Bundle {
    let policy = format!("{{\"name\":\"starter-part-11\",\"pin_every_act\":{asks}}}").into_bytes();
    let mut desk = having_adopted("starter-part-11", &policy);
    let refused = asks && matches!(auth, Auth::Session { .. });
    let (subjects, mut predicate) = desk.prepare(CTO, sign_off(18));
    (predicate.policy, predicate.auth) = (Digest::of(&policy), auth);
    let mut bundle = if refused {
        with(&desk, [sealed(&statement(subjects, predicate), &desk.cto)])
    } else {
        desk.push(CTO, subjects, predicate);
        bundle(&desk)
    };
    bundle.policies.push(policy);
    bundle
}

/// Under an unlocked session.
pub fn in_a_session() -> Auth {
    Auth::Session { id: "s1".to_owned(), n: 1 }
}

fn proofs() -> Vec<Vector> {
    let mut two = desk();
    two.write(LEAD, vote());
    two.write(CTO, sign_off(18));
    let whole = rooted(&two);
    let part = extract(&two, |entry| entry.statement().kind() != "vote");
    let begin = extract(&two, |entry| entry.statement().kind() == "roster");
    let changed = |name: &str, of: &Bundle, edit: fn(&mut Bundle)| {
        let mut bundle = of.clone();
        edit(&mut bundle);
        vector(name, &bundle)
    };
    vec![
        changed("merkle-proof--root", &whole, |b| b.merkle.as_mut().expect("set").root = Digest([0; 32])),
        changed("merkle-proof--size", &whole, |b| b.merkle.as_mut().expect("set").size += 1),
        changed("merkle-proof--proofs-in-a-complete-bundle", &whole, |b| b.proofs = Some(Vec::new())),
        changed("merkle-proof--root-of-an-extract", &part, |b| b.merkle.as_mut().expect("set").root = Digest([0; 32])),
        changed("merkle-proof--size-of-an-extract", &part, |b| b.merkle.as_mut().expect("set").size += 1),
        changed("merkle-proof--without-a-root", &part, |b| b.merkle = None),
        changed("merkle-proof--no-proofs", &part, |b| b.proofs = None),
        changed("merkle-proof--one-missing", &part, |b| drop(b.proofs.as_mut().expect("set").remove(1))),
        changed("merkle-proof--another-position", &part, |b| b.proofs.as_mut().expect("set")[0].index = 3),
        changed("merkle-proof--altered-path", &part, |b| {
            b.proofs.as_mut().expect("set")[0].path[0] = Digest([3; 32]);
        }),
        changed("merkle-proof--longer-path", &part, |b| {
            b.proofs.as_mut().expect("set")[0].path.push(Digest([3; 32]));
        }),
        changed("merkle-proof--shorter-path", &part, |b| {
            b.proofs.as_mut().expect("set")[0].path.pop();
        }),
        changed("merkle-proof--none-of-the-last-leaf", &begin, |b| drop(b.proofs.as_mut().expect("set").pop())),
        changed("merkle-proof--altered-path-of-the-last-leaf", &begin, |b| {
            b.proofs.as_mut().expect("set")[2].path[0] = Digest([3; 32]);
        }),
        changed("merkle-proof--of-an-entry-that-is-not-here", &part, |b| {
            b.proofs.as_mut().expect("set")[0].entry = EntryId([3; 32]);
        }),
    ]
}
