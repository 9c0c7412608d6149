//! What the crate promises, tried from outside.

mod appearances;
mod attacks;
mod before;
mod board;
mod conformance;
mod corporate;
mod generated;
mod hostile;
pub(crate) mod languages;
mod links;
mod malleable;
mod pinned;
mod reduced;
mod scripts;
mod sealing;
mod sheets;
mod specimens;
mod stamps;
mod structured;
mod tools;
