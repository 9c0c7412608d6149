//! The users' journeys, one file each.
mod hostile_text;
mod meeting;
mod offline;
