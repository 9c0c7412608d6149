//! Tests on real SQLite files.
