//! Pipeline files: stages as YAML.

use super::super::Hooks;
use serde::Deserialize;

/// A pipeline file.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct PipelineFile {
    /// The stages, first to last.
    pub stages: Vec<FileStage>,
    /// How hooks are treated, unless a flag says it.
    #[serde(default)]
    pub hooks: Option<String>,
}

/// One stage of a pipeline file.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FileStage {
    /// What messages and reports call it; the program's name without one.
    #[serde(default)]
    pub name: Option<String>,
    /// As after `--post-renderer`. A relative path begins at the file's folder.
    pub program: String,
    /// Passed as they are.
    #[serde(default)]
    pub args: Vec<String>,
    /// The variables of the environment that it sees; all of them without a list.
    #[serde(default)]
    pub env: Option<Vec<String>>,
    /// Go's form: `30s`, `1m30s`.
    #[serde(default)]
    pub timeout: Option<String>,
    /// Whether documents carry Helm 4's annotation; only for Helm 4's plugins if the file does not say it.
    #[serde(default)]
    pub filename_annotation: Option<bool>,
    /// Whether it may read from the terminal.
    #[serde(default)]
    pub terminal: bool,
    /// The files that it reads beside its input: when one of them changes, it is another stage. Relative paths begin at the
    /// pipeline file's folder.
    #[serde(default)]
    pub files: Vec<String>,
}

/// A file that is no pipeline.
#[derive(Debug, thiserror::Error)]
pub enum PipelineFileError {
    /// It is no YAML of this form.
    #[error("{0}")]
    Yaml(#[from] serde_yaml::Error),
    /// Its strategy for hooks is none.
    #[error(transparent)]
    Hooks(#[from] super::super::UnknownStrategy),
    /// It has no stage, or one of no program.
    #[error("{0}")]
    Stage(String),
}

impl PipelineFile {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(text: &str) -> Result<Self, PipelineFileError> {
        let file: Self = serde_yaml::from_str(text)?;
        file.hooks()?;
        if file.stages.is_empty() {
            return Err(PipelineFileError::Stage("stages: there is none".to_owned()));
        }
        let nameless = file.stages.iter().position(|stage| stage.program.is_empty());
        if let Some(index) = nameless {
            return Err(PipelineFileError::Stage(format!("stages[{index}].program: must not be empty")));
        }
        Ok(file)
    }

    /// How hooks are treated, if the file says it.
    ///
    /// # Errors
    /// When what it says is no strategy.
    pub fn hooks(&self) -> Result<Option<Hooks>, super::super::UnknownStrategy> {
        self.hooks.as_deref().map(str::parse).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_or_refused() {
        let text = "hooks: separate\nstages:\n- program: a\n- name: n\n  program: ./b\n  args: [x, \"\"]\n  env: [PATH, \"AWS_*\"]\n  timeout: 30s\n  filenameAnnotation: true\n  terminal: true\n  files: [c.yaml]\n";
        let file = PipelineFile::read(text).expect("a pipeline");
        let first = FileStage { program: "a".into(), ..FileStage::default() };
        let second = FileStage {
            name: Some("n".into()),
            program: "./b".into(),
            args: vec!["x".into(), String::new()],
            env: Some(vec!["PATH".into(), "AWS_*".into()]),
            timeout: Some("30s".into()),
            filename_annotation: Some(true),
            terminal: true,
            files: vec!["c.yaml".into()],
        };
        assert_eq!(file, PipelineFile { stages: vec![first, second], hooks: Some("separate".into()) });
        let wrong = [
            ("stages: []\n", "stages: there is none"),
            ("stages:\n- program: \"\"\n", "stages[0].program: must not be empty"),
            ("stages:\n- args: []\n", "stages[0]: missing field `program` at line 2 column 3"),
            ("stages: [{program: a}]\nhooks: x\n", "unknown post-render strategy: 'x'"),
            ("stage: []\n", "unknown field `stage`, expected `stages` or `hooks`"),
        ];
        for (text, message) in wrong {
            assert_eq!(PipelineFile::read(text).expect_err("no pipeline").to_string(), message);
        }
    }
}
