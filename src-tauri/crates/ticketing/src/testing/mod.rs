//! For tests here and in the crates above: a fault proxy in front of a real server.
mod proxy;

pub use proxy::{Fault, FaultProxy, Held, Logged, Rule};
