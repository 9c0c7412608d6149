//! What happened, told to whoever listens.
use crate::views::{CabinetEvent, Noun};

/// Receives events after the commit that caused them. Real ones: the window, the command line.
pub trait EventSink: Send + Sync {
    /// Takes one event; must not block.
    fn emit(&self, event: CabinetEvent);
}

/// Nobody listens.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl EventSink for Silent {
    fn emit(&self, _: CabinetEvent) {}
}

/// The event that these nouns changed.
#[must_use]
pub fn changed(nouns: &[Noun], ids: &[&str]) -> CabinetEvent {
    CabinetEvent::Changed { nouns: nouns.to_vec(), ids: ids.iter().map(|s| (*s).to_owned()).collect() }
}
