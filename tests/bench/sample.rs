//! `bench-sample CHANGES`: the sample organisation's ticketing server with at least that many changes, for filling a data
//! folder. Prints one line of JSON (url, key, project, prefix), then serves until its standard input ends.

use std::error::Error;
use std::io::Write as _;

use serde_json::json;

#[expect(clippy::disallowed_methods, reason = "a host reads the clock; the data lies around now")]
fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let changes: u32 = std::env::args().nth(1).ok_or("usage: bench-sample CHANGES")?.parse()?;
    let server = sample::serve(sample::Options { changes, ..sample::Options::at(now()) }).await?;
    let told = json!({
        "url": server.url(),
        "key": server.api_key(),
        "project": sample::board::PROJECT,
        "prefix": sample::board::PREFIX,
        "chair": { "name": sample::board::MEMBERS[0].name, "account": sample::board::MEMBERS[0].account },
    });
    writeln!(std::io::stdout(), "{told}")?;
    // Whoever started us holds the other end: when they are gone, so are we.
    tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink())).await??;
    server.stop().await;
    Ok(())
}
