//! The PDF syntax Cabinet writes and the only one it reads back.
//!
//! Files are a base revision and one appended revision per signature. Every byte belongs to exactly one construct
//! (header, object, cross-reference table, trailer), so that reading is one walk from the first byte to the last:
//! no jumps, no recovery, no place to hide anything (ISO 32000-1, 7.5). [`glance`] alone jumps, and judges nothing.

pub(crate) mod file;
pub(crate) mod found;
pub(crate) mod glance;
pub(crate) mod syntax;
pub(crate) mod time;
pub(crate) mod value;
