//! Acceptance: the users' journeys in the board's own words, and the layering of the house.

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
