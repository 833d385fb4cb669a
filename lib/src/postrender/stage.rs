//! The stages of a pipeline: filters in this process, and programs.

use super::{PostRenderer, Program};
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// One stage.
#[derive(Clone)]
pub struct Stage {
    /// What the user called it; messages and reports use this name.
    pub name: String,
    /// The user's arguments, which it is known by.
    pub arguments: Vec<String>,
    /// What it does.
    pub action: Action,
    /// How it is run.
    pub options: StageOptions,
}

/// What a stage does.
#[derive(Clone)]
pub enum Action {
    /// Runs a program.
    Program(Program),
    /// Runs a filter in this process.
    Filter(Arc<dyn PostRenderer>),
}

/// How a stage is run.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct StageOptions {
    /// The variables of the environment that a program sees; all of them without a list. `AWS_*` stands for many.
    pub environment: Option<Vec<String>>,
    /// How long it may take, once all of its input is there.
    pub timeout: Option<Duration>,
    /// Whether documents carry the annotation that Helm 4 gives its post-renderers, and that is taken away again.
    pub filename_annotation: bool,
    /// Whether a program may read from the terminal. What it starts itself cannot be ended with it then.
    pub terminal: bool,
    /// What it reads beside its input, and is known by.
    pub files: Vec<PathBuf>,
}

impl Stage {
    /// A program as a stage.
    #[must_use]
    pub fn program(program: Program) -> Self {
        Self {
            name: program.name.clone(),
            arguments: program.arguments.clone(),
            action: Action::Program(program),
            options: StageOptions::default(),
        }
    }

    /// A filter as a stage.
    #[must_use]
    pub fn filter(name: &str, filter: impl PostRenderer + 'static) -> Self {
        let action = Action::Filter(Arc::new(filter));
        Self { name: name.to_owned(), arguments: Vec::new(), action, options: StageOptions::default() }
    }

    /// The name that the user gave it beside its program.
    pub(super) fn given_name(&self) -> Option<&str> {
        match &self.action {
            Action::Program(program) if program.name != self.name => Some(&self.name),
            _ => None,
        }
    }

    /// What messages call its program.
    pub(super) fn command(&self) -> String {
        match &self.action {
            Action::Program(program) => program.path.display().to_string(),
            Action::Filter(_) => self.name.clone(),
        }
    }
}

impl StageOptions {
    /// The part of an environment that the stage may see.
    pub(super) fn visible(&self, environment: &[(OsString, OsString)]) -> Option<Vec<(OsString, OsString)>> {
        let allowed = self.environment.as_ref()?;
        let passes = |name: &OsStr| allowed.iter().any(|pattern| matches(pattern, name));
        Some(environment.iter().filter(|(name, _)| passes(name)).cloned().collect())
    }
}

fn matches(pattern: &str, name: &OsStr) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => name.as_encoded_bytes().starts_with(prefix.as_bytes()),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_what_the_list_allows() {
        let environment = ["PATH", "AWS_REGION", "AWS", "HOME"].map(|name| (name.into(), "x".into()));
        let names = |list: Option<&[&str]>| {
            let environment = StageOptions {
                environment: list.map(|list| list.iter().map(ToString::to_string).collect()),
                ..StageOptions::default()
            }
            .visible(&environment);
            environment
                .map(|pairs| pairs.into_iter().map(|(name, _)| name.into_string().expect("a name")).collect::<Vec<_>>())
        };
        assert_eq!(names(None), None);
        assert_eq!(names(Some(&[])), Some(vec![]));
        assert_eq!(names(Some(&["AWS_*", "HOME", "NONE"])), Some(vec!["AWS_REGION".to_owned(), "HOME".to_owned()]));
    }
}
