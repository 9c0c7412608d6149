//! The users' journeys, one file each.
mod authority;
mod gate;
mod hostile_text;
mod many_hands;
mod meeting;
mod offline;
mod pins;
mod secrets;
mod staleness;
mod window_hands;
mod witness;
