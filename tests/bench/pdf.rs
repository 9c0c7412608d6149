//! `bench-pdf`: the specimen's minutes, composed, drawn and signed as the wrap-up does it.
//!
//! - `bench-pdf seal ITEMS FILE` does it once and writes FILE; on stderr, the microseconds from model to signed bytes.
//! - `bench-pdf hand-over ITEMS FOLDER` writes what another program needs to draw the same: the document's blocks, the
//!   evidence and the fonts.

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use minutes::{compose, seal_minutes, specimen};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [verb, items, path] = args.as_slice() else {
        return Err("usage: bench-pdf seal ITEMS FILE | bench-pdf hand-over ITEMS FOLDER".into());
    };
    let items: u32 = items.parse()?;
    let path = Path::new(path);
    match verb.as_str() {
        "seal" => seal(items, path),
        "hand-over" => hand_over(items, path),
        other => Err(format!("there is no verb {other}").into()),
    }
}

/// The evidence that travels inside: everything the pages are made from.
fn evidence(minutes: &minutes::Minutes) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(minutes)
}

fn seal(items: u32, file: &Path) -> Result<(), Box<dyn Error>> {
    let began = Instant::now();
    let minutes = specimen::minutes(items);
    let signer = specimen::signer()?;
    let bytes = seal_minutes(&minutes, &evidence(&minutes)?, &specimen::request(), &signer)?;
    let took = began.elapsed();
    std::fs::write(file, bytes)?;
    writeln!(std::io::stderr(), "{}", took.as_micros())?;
    Ok(())
}

fn hand_over(items: u32, folder: &Path) -> Result<(), Box<dyn Error>> {
    let minutes = specimen::minutes(items);
    std::fs::write(folder.join(format!("document-{items}.json")), serde_json::to_vec(&compose(&minutes))?)?;
    std::fs::write(folder.join(format!("evidence-{items}.json")), evidence(&minutes)?)?;
    std::fs::write(folder.join("regular.ttf"), notosans::REGULAR_TTF)?;
    std::fs::write(folder.join("bold.ttf"), notosans::BOLD_TTF)?;
    Ok(())
}
