//! The conformance suite against a real Redmine. The numbers are those of the suite every adapter passes.
//!
//! `CABINET_REDMINE` holds the line of JSON that `tests/support/redmine/start.sh` printed. Without it the tests
//! fail: a suite that was not run has shown nothing.
