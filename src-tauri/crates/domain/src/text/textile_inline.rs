//! Textile inlines.
