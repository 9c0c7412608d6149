//! `cab sample-server`: the sample's ticketing server alone, to try the other verbs on.
use clap::Args;
use serde_json::json;

use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::reply::{self, Reply};

/// Runs the sample's ticketing server on loopback until it is interrupted. Its API key is published: it opens nothing else.
#[derive(Debug, Args)]
pub struct SampleServer {
    /// 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
}

/// Runs the verb.
pub async fn run(host: &Host, args: SampleServer) -> Done<Reply> {
    let options = sample::Options { port: args.port, ..sample::Options::at(host.now()) };
    let port_taken = |e: sample::SampleError| CabError::Usage(e.to_string());
    let server = sample::serve(options).await.map_err(port_taken)?;
    let (url, key) = (server.url().to_owned(), server.api_key());
    let told = json!({ "url": url, "api_key": key, "project": sample::board::PROJECT });
    if host.global.json {
        reply::event("serving", &told);
    } else {
        reply::say(&format!("{url}\nAPI key {key}, project {}\nCtrl+C ends it.", sample::board::PROJECT));
    }
    tokio::signal::ctrl_c().await.map_err(|why| CabError::System { what: "waiting to be interrupted", why })?;
    server.stop().await;
    Ok(Reply::of(&told, ""))
}
