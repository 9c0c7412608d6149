//! The sample organisation and its ticketing server.
//!
//! [`serve`] starts, on loopback and in memory, a server that speaks Redmine's REST dialect with its habits:
//! offset paging clamped to 100, open issues only unless asked otherwise, unknown filters ignored, 204 for a
//! transition that did not happen, upload tokens that work once. It is for `make run`, `cab demo` and screen
//! tests; correctness of the adapter is proven on a real Redmine.
//!
//! The data is the same for the same `now`: windows lie ahead of it, history behind it. [`board`] describes the
//! people of the sample board as plain data, because this crate depends on no other of the workspace.
mod error;
mod faults;
mod server;
mod wire;

pub mod board;
pub mod dialect;
pub mod seed;
pub mod world;

pub use error::SampleError;
pub use faults::{Fault, Gate, Rule};
pub use server::{Logged, Options, Running, serve};

/// The API key of the account `svc-cabinet`, which reads the change projects and writes decisions. Published: it
/// opens nothing but this sample.
pub const SERVICE_KEY: &str = "5ca1ab1e0000000000000000000000000000cab1";
/// The API key of the administrator; only it may read `/custom_fields.json`.
pub const ADMIN_KEY: &str = "ad0123456789abcdef0123456789abcdef0123ad";
/// The API key of an account that may read and nothing else.
pub const READER_KEY: &str = "0badc0de0000000000000000000000000000eada";
