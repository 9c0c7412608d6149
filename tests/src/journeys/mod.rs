//! The users' journeys, one file each.
mod authority;
mod gate;
mod hostile_text;
mod many_hands;
mod meeting;
mod offline;
mod packs;
mod pins;
mod secrets;
mod window_hands;
mod witness;
