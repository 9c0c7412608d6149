//! Timestamps on what is sealed here (PAdES B-T), where the settings of this machine name a service. Where one is named
//! and gives none, nothing is sealed: who wants to seal without it says so.
use std::path::Path;

use minutes::{Stamp, StampRefusal, StampRoots, Stamped};
use ticketing::{Endpoint, TimestampService};
use tokio::runtime::Handle;

use crate::cabinet::Network;
use crate::error::{Answer, BoardError};
use crate::views::StampCompared;

/// The most bytes of a file of roots.
const LARGEST_ROOTS: usize = 1 << 20;

/// The service as the settings name it.
pub(super) struct Stamping {
    service: TimestampService,
    roots: Option<StampRoots>,
    runtime: Handle,
}

impl Stamping {
    /// `None` where no service is named. Nothing is sent yet.
    pub(super) fn of(network: &Network) -> Answer<Option<Self>> {
        let Some(address) = &network.timestamp_url else { return Ok(None) };
        let endpoint = Endpoint {
            proxy: network.proxy.clone(),
            extra_roots_pem: network.extra_roots_pem.clone(),
            ..Endpoint::at(address)
        };
        let service = TimestampService::new(&endpoint).map_err(|e| unstamped(&e.to_string()))?;
        let roots = network.timestamp_root.as_deref().map(roots_of).transpose()?;
        let runtime = Handle::try_current().map_err(|e| BoardError::internal(&e))?;
        Ok(Some(Self { service, roots, runtime }))
    }
}

impl Stamp for Stamping {
    fn nonce(&self) -> Result<[u8; 16], StampRefusal> {
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce).map_err(|e| StampRefusal(e.to_string()))?;
        Ok(nonce)
    }

    /// Signing runs off the async threads, so it may wait here.
    fn ask(&self, request: &[u8]) -> Result<Vec<u8>, StampRefusal> {
        self.runtime.block_on(self.service.ask(request)).map_err(|e| StampRefusal(e.to_string()))
    }

    fn roots(&self) -> Option<&StampRoots> {
        self.roots.as_ref()
    }
}

/// What timestamps in files are compared with, as the settings say. None is refused for it: other boards have other
/// services.
pub(crate) enum StampRoot {
    Named(StampRoots),
    /// One is named, and cannot be read.
    Unreadable,
    Nothing,
}

impl StampRoot {
    pub(crate) fn of(network: &Network) -> Self {
        match network.timestamp_root.as_deref().map(timestamp_roots) {
            None => Self::Nothing,
            Some(Ok(roots)) => Self::Named(roots.telling()),
            Some(Err(_)) => Self::Unreadable,
        }
    }

    pub(crate) const fn roots(&self) -> Option<&StampRoots> {
        match self {
            Self::Named(roots) => Some(roots),
            Self::Unreadable | Self::Nothing => None,
        }
    }

    /// What is said of a timestamp that was judged with [`Self::roots`].
    pub(crate) const fn compared(&self, stamped: &Stamped) -> StampCompared {
        match self {
            Self::Named(_) if stamped.compared => StampCompared::Same,
            Self::Named(_) => StampCompared::Other,
            Self::Unreadable => StampCompared::Unreadable,
            Self::Nothing => StampCompared::Nothing,
        }
    }
}

/// The certificates of a PEM file that timestamps must come from.
///
/// # Errors
/// [`BoardError::Invalid`] if it cannot be read, or holds no certificate.
pub fn timestamp_roots(path: &Path) -> Answer<StampRoots> {
    let bytes = crate::paths::read_up_to(path, LARGEST_ROOTS)?;
    StampRoots::parse(&String::from_utf8_lossy(&bytes))
        .map_err(|e| BoardError::invalid("timestamp_root", format!("{}: {e}", path.display())))
}

fn roots_of(path: &Path) -> Answer<StampRoots> {
    timestamp_roots(path).map_err(|e| unstamped(&format!("its root cannot be used ({e})")))
}

/// Why nothing was sealed, and what to do.
pub(super) fn unstamped(why: &str) -> BoardError {
    BoardError::refused(
        "no_timestamp",
        format!("No timestamp came from the service, so this was not signed: {why}."),
        None,
        "Try again once the service answers, or say that it is to be done without one: `--without-timestamp` of `cab`.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_that_the_settings_name_and_nobody_can_read_is_told_and_stops_nothing() {
        let stamped = Stamped { at: chrono::DateTime::default(), authority: "Stamps".to_owned(), compared: false };
        let nothing = StampRoot::of(&Network::default());
        assert_eq!(nothing.compared(&stamped), StampCompared::Nothing);
        let network = Network { timestamp_root: Some("/no/such/root.pem".into()), ..Network::default() };
        let unreadable = StampRoot::of(&network);
        assert!(unreadable.roots().is_none());
        assert_eq!(unreadable.compared(&stamped), StampCompared::Unreadable);
    }

    #[tokio::test]
    async fn a_service_that_is_not_there_or_not_acceptable_is_a_refusal_with_a_way_out() {
        assert!(Stamping::of(&Network::default()).expect("none is named").is_none());
        let network = |address: &str| Network { timestamp_url: Some(address.to_owned()), ..Network::default() };
        let refused = Stamping::of(&network("http://stamp.example.org")).err().expect("not acceptable");
        assert!(matches!(refused, BoardError::Refused(refusal) if refusal.remedy.contains("--without-timestamp")));
        let rootless = Network { timestamp_root: Some("/no/such/root.pem".into()), ..network("http://127.0.0.1:9") };
        assert!(matches!(Stamping::of(&rootless), Err(BoardError::Refused(_))));
        // Of a port that was free a moment ago.
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
        let absent = Stamping::of(&network(&format!("http://127.0.0.1:{port}/"))).expect("acceptable").expect("named");
        let asked = crate::minutes::off_thread(move || Ok(absent.ask(b"query"))).await.expect("it ran");
        assert!(asked.expect_err("nobody answers").0.contains("no connection"));
    }
}
