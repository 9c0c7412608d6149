//! Cabinet
fn main() {}
