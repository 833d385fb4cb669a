//! Post-renderers: filters of the manifest stream between rendering and applying.
//!
//! A stage is any executable that reads standard input, writes standard output and exits 0 ([`program`]); several of them
//! form a [`chain`]. Text that no stage changed arrives byte for byte. What comes in and goes out is the stream of
//! `manifest::stream`.

pub mod chain;
pub mod documents;
pub mod edit;
pub mod filter;
pub mod labels;
pub mod object;
pub mod program;
pub mod secrets;
pub mod select;
pub mod sidecar;
pub mod tree;
pub mod workload;

pub use chain::run;
pub use filter::{FilterError, PostRenderer};
pub use program::{Program, SearchPath};

use std::path::PathBuf;

/// Why post-rendering failed. The texts are those of Helm 3 and 4 for the same cause.
#[derive(Debug, thiserror::Error)]
pub enum PostRenderError {
    /// There is no such program, or it cannot be run.
    #[error(
        "invalid argument \"{name}\" for \"--post-renderer\" flag: unable to find binary at {name}: exec: \"{name}\": {cause}"
    )]
    NotFound {
        /// As the user wrote it.
        name: String,
        /// In Go's words.
        cause: String,
    },
    /// A program could not be started.
    #[error("error while running post render on files: error while running command {}: {source}", program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A stage did not exit with 0.
    #[error("error while running post render on files: error while running command {}. error output:\n{stderr}: {status}", program.display())]
    Failed {
        /// The program.
        program: PathBuf,
        /// What it wrote to standard error.
        stderr: String,
        /// `exit status 3` or `signal: killed`, in Go's words.
        status: String,
    },
    /// The chain wrote nothing but blanks.
    #[error("error while running post render on files: post-renderer \"{0}\" produced empty output")]
    Empty(String),
    /// The chain wrote bytes that are no text.
    #[error("error while running post render on files: post-renderer \"{0}\" produced output that is not UTF-8")]
    NotText(String),
    /// The pipes between the stages failed.
    #[error("error while running post render on files: {0}")]
    Pipe(#[from] std::io::Error),
}
