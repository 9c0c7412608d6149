//! Textile.
use super::Block;
pub(super) fn parse(text: &str) -> Vec<Block> {
    super::plain::parse(text)
}
