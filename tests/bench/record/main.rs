//! `bench-record`: the record's own work on a long record. Each verb is one run in a process of its own, so that what it
//! holds in memory is its own; it prints one line of JSON with the microseconds that its work took, setting up left out.
//!
//! - `bench-record make COUNT FOLDER` makes a record of COUNT entries, and the rows that a store keeps of them.
//! - `bench-record cold FOLDER COUNT` verifies the first COUNT: every byte, every signature, the logs.
//! - `bench-record cached FOLDER COUNT` verifies them again, as a board does that was open before.
//! - `bench-record bare FOLDER COUNT` verifies the same signatures with the p256 crate and does nothing else.
//! - `bench-record sign FOLDER COUNT DATA ACTS` signs ACTS sign-offs off in a data folder that holds COUNT entries.
//! - `bench-record merge FOLDER COUNT DATA` takes COUNT entries from a shared folder into a data folder.
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use domain::entry::Body;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::pkcs8::DecodePublicKey as _;
use record::duties::judge_duties;
use record::entry::Entry;
use record::envelope::{PAYLOAD_TYPE, pae};
use record::roster::RosterChain;
use record::verify::{Checked, Context, Policies, Verified, verify_read};
use serde_json::json;

mod desk;
mod paper;

use paper::{Outcome, Set};

#[tokio::main]
async fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let told = match args.as_slice() {
        ["make", count, folder] => make(count.parse()?, Path::new(folder))?,
        ["cold", folder, count] => cold(&Set::read(Path::new(folder), count.parse()?)?)?,
        ["cached", folder, count] => cached(&Set::read(Path::new(folder), count.parse()?)?)?,
        ["bare", folder, count] => bare(&Set::read(Path::new(folder), count.parse()?)?)?,
        ["sign", folder, count, data, acts] => {
            let set = Set::read(Path::new(folder), count.parse()?)?;
            let took = desk::sign(set, Path::new(data), acts.parse()?).await?;
            json!({ "microseconds": took.iter().map(Duration::as_micros).collect::<Vec<_>>() })
        }
        ["merge", folder, count, data] => {
            told(desk::merge(Set::read(Path::new(folder), count.parse()?)?, Path::new(data)).await?)
        }
        _ => return Err("usage: the head of tests/bench/record/main.rs".into()),
    };
    writeln!(std::io::stdout(), "{told}")?;
    Ok(())
}

fn told(took: Duration) -> serde_json::Value {
    json!({ "microseconds": took.as_micros() })
}

fn make(count: usize, folder: &Path) -> Outcome<serde_json::Value> {
    let set = Set::make(count)?;
    set.save(folder)?;
    let mut rows = std::io::BufWriter::new(std::fs::File::create(folder.join("rows.jsonl"))?);
    for bytes in &set.envelopes {
        let row = desk::row_of(&Entry::parse(bytes)?);
        let cells = json!([
            row.log.to_string(),
            row.seq,
            row.id.to_string(),
            row.kind,
            row.subject.to_string(),
            row.change.map(|change| change.to_string()),
            row.claimed.to_rfc3339(),
            std::str::from_utf8(&row.envelope)?,
        ]);
        writeln!(rows, "{cells}")?;
    }
    rows.flush()?;
    let bytes: usize = set.envelopes.iter().map(Vec::len).sum();
    Ok(json!({ "entries": count, "bytes": bytes }))
}

/// The whole of what a reader does with stored bytes.
fn verify(set: &Set, checked: &Checked) -> Outcome<Verified> {
    let read: Vec<Result<Entry, &[u8]>> =
        set.envelopes.iter().map(|bytes| Entry::parse(bytes).map_err(|_| bytes.as_slice())).collect();
    let adopts = |entry: &&Entry| entry.predicate().is_some_and(|p| matches!(p.body, Body::Roster { .. }));
    let adopting: Vec<Entry> = read.iter().flatten().filter(adopts).cloned().collect();
    let rosters = RosterChain::verify_checked(std::slice::from_ref(&set.roster), &adopting, checked)?;
    let policies = Policies::of([set.policy.as_slice()]);
    let context = Context {
        policies: Some(&policies),
        duties: Some(&judge_duties),
        checked: Some(checked),
        ..Context::of(&rosters)
    };
    let verified = verify_read(read, &context, &BTreeMap::new());
    if !verified.holds() || verified.entries.len() != set.envelopes.len() {
        return Err(format!("the record does not hold: {:?}", verified.refusals.first()).into());
    }
    Ok(verified)
}

fn cold(set: &Set) -> Outcome<serde_json::Value> {
    let began = Instant::now();
    verify(set, &Checked::default())?;
    Ok(told(began.elapsed()))
}

fn cached(set: &Set) -> Outcome<serde_json::Value> {
    let checked = Checked::default();
    drop(verify(set, &checked)?);
    let began = Instant::now();
    verify(set, &checked)?;
    Ok(told(began.elapsed()))
}

fn bare(set: &Set) -> Outcome<serde_json::Value> {
    let roster = record::roster::RosterVersion::parse(&set.roster)?;
    let mut keys = BTreeMap::new();
    for key in roster.roster().members.iter().flat_map(|member| &member.keys) {
        let spki = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &key.spki)?;
        keys.insert(key.id, VerifyingKey::from_public_key_der(&spki)?);
    }
    let mut work = Vec::with_capacity(set.envelopes.len());
    for bytes in &set.envelopes {
        let entry = Entry::parse(bytes)?;
        let envelope = entry.envelope();
        let key = keys.get(&envelope.key_id()).ok_or("a key that is not in the roster")?;
        work.push((key, pae(PAYLOAD_TYPE, envelope.payload()), Signature::from_der(envelope.signature())?));
    }
    let began = Instant::now();
    for (key, message, signature) in &work {
        key.verify(message, signature)?;
    }
    Ok(told(began.elapsed()))
}
