//! Why post-rendering failed. The texts are those of Helm 3 and 4 for the same cause.

use std::path::PathBuf;

/// Which part of a release's documents a run is about.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Part {
    /// All of them.
    #[default]
    Files,
    /// Hooks alone.
    Hooks,
    /// All but hooks.
    Manifests,
}

impl std::fmt::Display for Part {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        out.write_str(match self {
            Self::Files => "files",
            Self::Hooks => "hooks",
            Self::Manifests => "manifests",
        })
    }
}

/// Why post-rendering failed.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum PostRenderError {
    /// There is no such program, or it cannot be run. The cause is in Go's words.
    #[error(
        "invalid argument \"{name}\" for \"--post-renderer\" flag: unable to find binary at {name}: exec: \"{name}\": {cause}"
    )]
    NotFound { name: String, cause: String },
    /// Two plugins in one folder have the name.
    #[error(
        "invalid argument \"{name}\" for \"--post-renderer\" flag: two plugins claim the name \"{name}\" at {first:?} and {second:?}"
    )]
    TwoPlugins { name: String, first: PathBuf, second: PathBuf },
    /// The plugin has no command for this machine.
    #[error(
        "error while running post render on files: failed to invoke post-renderer plugin \"{name}\": failed to prepare plugin command: no plugin command is applicable"
    )]
    NoCommand { name: String },
    /// A program could not be started.
    #[error("error while running post render on {part}: error while running command {}: {source}", program.display())]
    Start { part: Part, program: PathBuf, source: std::io::Error },
    /// A stage failed, or took too long. The status is in Go's words: `exit status 3`, `signal: killed`. A name that the user gave
    /// the stage, and that is not its program's, is told; Helm has no such names.
    #[error(
        "error while running post render on {part}: {}error while running command {command}. error output:\n{stderr}: {status}",
        called.as_ref().map(|name| format!("stage {name:?}: ")).unwrap_or_default()
    )]
    Failed { part: Part, name: String, called: Option<String>, command: String, stderr: String, status: String },
    /// A stage wrote nothing but blanks.
    #[error("error while running post render on {part}: post-renderer \"{name}\" produced empty output")]
    Empty { part: Part, name: String },
    /// A stage wrote bytes that are no text.
    #[error("error while running post render on {part}: post-renderer \"{name}\" produced output that is not UTF-8")]
    NotText { part: Part, name: String },
    /// A stage wrote something that is no manifest.
    #[error("error while parsing post rendered output{}: post-renderer \"{name}\": {document}: {cause}", of(*part))]
    Document { part: Part, name: String, document: String, cause: String },
    /// Somebody ended the run.
    #[error("error while running post render on {part}: interrupted")]
    Interrupted { part: Part },
}

fn of(part: Part) -> String {
    if part == Part::Files { String::new() } else { format!(" for {part}") }
}
