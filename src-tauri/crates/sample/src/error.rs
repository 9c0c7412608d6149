//! What can go wrong while starting or steering the sample server.

/// Why the sample server could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The loopback address could not be bound.
    #[error("the sample server cannot listen on 127.0.0.1:{port}")]
    Listen {
        /// The port that was asked for; 0 means any free one.
        port: u16,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A steering method named an issue that is not there.
    #[error("the sample server has no issue {0}")]
    NoIssue(u32),
    /// A steering method named something else that is not there.
    #[error("the sample server has no {what} {name:?}")]
    Unknown {
        /// Which kind of thing.
        what: &'static str,
        /// The name as given.
        name: String,
    },
    /// A data file of the crate is malformed; the crate's own tests keep this from happening.
    #[error("sample data, {file} line {line}: {why}")]
    Data {
        /// The file below `data/`.
        file: &'static str,
        /// Starts at 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
}
