//! cab
fn main() {}
