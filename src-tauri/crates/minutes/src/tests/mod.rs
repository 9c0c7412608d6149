//! What the crate promises, tried from outside.

mod attacks;
mod board;
mod sealing;
mod tools;
