//! Why a render failed, in the layouts that Helm prints.

/// A failed render. Its text is what Helm prints after `Error: `, but for the hint on `--debug`.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RenderError {
    /// A template does not parse.
    #[error("parse error at ({position}): {message}")]
    Parse {
        /// `NAME:LINE`.
        position: String,
        /// What is wrong.
        message: String,
    },
    /// `fail` or `required` ended the render.
    #[error("execution error at ({position}): {message}")]
    Failed {
        /// `NAME:LINE:COLUMN` in the outermost template.
        position: String,
        /// The chart author's words.
        message: String,
    },
    /// A template failed while it was executed; the text is laid out already.
    #[error("{0}")]
    Execution(String),
}
