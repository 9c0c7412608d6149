//! What the crate promises, tried from outside.

mod board;
mod sealing;
mod tools;
