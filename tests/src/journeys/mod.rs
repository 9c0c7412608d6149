//! The users' journeys, one file each.
mod authority;
mod delegation;
mod forks;
mod gate;
mod hostile_text;
mod many_hands;
mod meeting;
mod offline;
mod pins;
mod real_postgres;
mod secrets;
mod staleness;
mod standing;
mod ways;
mod window_hands;
mod witness;
mod written;
