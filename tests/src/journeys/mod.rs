//! The users' journeys, one file each.
mod authority;
mod hostile_text;
mod meeting;
mod offline;
mod secrets;
mod witness;
