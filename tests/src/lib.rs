//! Acceptance: the users' journeys in the board's own words, and the layering of the house.

// The compiler lays a use case out down to the store's innermost future, in one query when nothing is incremental.
#![recursion_limit = "256"]

#[cfg(test)]
mod documents;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod gates;
#[cfg(test)]
mod journey;
#[cfg(test)]
mod journeys;
#[cfg(test)]
mod layering;
#[cfg(test)]
mod real_redmine;
#[cfg(test)]
mod requirements;
#[cfg(test)]
mod scores;
