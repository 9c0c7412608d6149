//! `bench-pdf`: specimens composed, drawn and signed as the wrap-up does it. KIND is `minutes`, in which each item has
//! a block of its own, or `register`, which is one table of all items. Fields for SIGNATURES (at most three) are
//! prepared in the document and filled in turn.
//!
//! - `bench-pdf seal KIND ITEMS SIGNATURES FILE` does it once and writes FILE.
//! - `bench-pdf warm KIND ITEMS SIGNATURES RUNS` does it RUNS times in one process, after once that does not count.
//! - `bench-pdf hand-over KIND ITEMS SIGNATURES FOLDER` writes what another program needs to draw the same: the
//!   document's blocks, the evidence and the fonts.
//!
//! The first two print one line of JSON, in microseconds: `composed`, from the model to unsigned bytes, and `signed`,
//! each signature (of a later one without verifying what is there, which countersigning does before); `warm` their
//! medians. `seal` adds `peak`: the KiB that were resident at the worst moment.

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use minutes::{Document, Minutes, compose, render, sealing_attachments, sign_drawn, sign_verified, specimen, verify};
use serde_json::json;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let [verb, kind, items, signatures, last] = args.as_slice() else {
        return Err("usage: the head of tests/bench/pdf.rs".into());
    };
    let work = Work::of(kind, items.parse()?, signatures.parse()?)?;
    let told = match *verb {
        "seal" => {
            let (pdf, took) = work.once()?;
            std::fs::write(last, pdf)?;
            json!({ "composed": took.composed, "signed": took.signed, "peak": peak()? })
        }
        "warm" => work.warm(last.parse()?)?,
        "hand-over" => work.hand_over(&format!("{kind}-{items}-{signatures}"), Path::new(last))?,
        other => return Err(format!("there is no verb {other}").into()),
    };
    writeln!(std::io::stdout(), "{told}")?;
    Ok(())
}

/// A document to make again and again.
struct Work {
    /// From the model to the document's blocks.
    compose: Box<dyn Fn() -> Document>,
    /// What travels inside: everything the pages are made from.
    evidence: Vec<u8>,
    signatures: usize,
}

/// Microseconds.
struct Took {
    composed: u128,
    signed: Vec<u128>,
}

impl Work {
    fn of(kind: &str, items: u32, signatures: usize) -> Outcome<Self> {
        let signatories = specimen::signatories(signatures);
        if signatures == 0 || signatories.len() != signatures {
            return Err("one, two or three sign".into());
        }
        let (compose, evidence): (Box<dyn Fn() -> Document>, _) = match kind {
            "minutes" => {
                let minutes = Minutes { signatories, ..specimen::minutes(items) };
                let evidence = serde_json::to_vec(&minutes)?;
                (Box::new(move || compose(&minutes)), evidence)
            }
            "register" => {
                let evidence = serde_json::to_vec(&specimen::register(items, &signatories))?;
                (Box::new(move || specimen::register(items, &signatories)), evidence)
            }
            other => return Err(format!("there is no specimen {other}").into()),
        };
        Ok(Self { compose, evidence, signatures })
    }

    fn once(&self) -> Outcome<(Vec<u8>, Took)> {
        let signers = specimen::signers(self.signatures)?;
        let (_, chair) = signers.first().ok_or("nobody signs")?;
        let began = Instant::now();
        let document = (self.compose)();
        let attachments = sealing_attachments(&self.evidence, chair, document.language)?;
        let mut pdf = render(&document, &attachments)?;
        let composed = began.elapsed().as_micros();
        let mut signed = Vec::new();
        for (request, signer) in &signers {
            // Whoever signs after another has the file verified before, as countersigning does.
            let before = (!signed.is_empty()).then(|| verify(&pdf, None)).transpose()?;
            let began = Instant::now();
            pdf = match before {
                Some(report) => sign_verified(pdf, &report, request, signer)?,
                None => sign_drawn(pdf, request, signer)?,
            };
            signed.push(began.elapsed().as_micros());
        }
        Ok((pdf, Took { composed, signed }))
    }

    fn warm(&self, runs: usize) -> Outcome<serde_json::Value> {
        self.once()?;
        let mut composed = Vec::new();
        let mut signed = vec![Vec::new(); self.signatures];
        for _ in 0..runs {
            let (_, took) = self.once()?;
            composed.push(took.composed);
            for (all, one) in signed.iter_mut().zip(took.signed) {
                all.push(one);
            }
        }
        let signed: Outcome<Vec<u128>> = signed.into_iter().map(median).collect();
        Ok(json!({ "composed": median(composed)?, "signed": signed? }))
    }

    fn hand_over(&self, name: &str, folder: &Path) -> Outcome<serde_json::Value> {
        let document = (self.compose)();
        std::fs::write(folder.join(format!("document-{name}.json")), serde_json::to_vec(&document)?)?;
        std::fs::write(folder.join(format!("evidence-{name}.json")), &self.evidence)?;
        std::fs::write(folder.join("regular.ttf"), notosans::REGULAR_TTF)?;
        std::fs::write(folder.join("bold.ttf"), notosans::BOLD_TTF)?;
        Ok(json!({ "name": name }))
    }
}

fn median(mut of: Vec<u128>) -> Outcome<u128> {
    of.sort_unstable();
    Ok(*of.get(of.len() / 2).ok_or("at least one run")?)
}

/// The most KiB this process had resident, of its own program: what started it does not count.
fn peak() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM in /proc/self/status")?;
    Ok(line.trim_end_matches("kB").trim().parse()?)
}
