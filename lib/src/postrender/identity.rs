//! What a pipeline is known by: its stages with their programs' digests, so that a release can be upgraded through the same one.
//!
//! ```text
//! stages → Identity → JSON beside the revision → diff with the stages of the next upgrade
//! ```
//! Folders do not count: the same program with the same arguments and files is the same stage wherever it lies.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::io::Read;
use std::path::Path;

/// The digest of a filter that is part of rhelm.
pub const BUILT_IN: &str = "built-in";

/// The stages of a pipeline, and how they are used.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Identity {
    /// First to last.
    pub stages: Vec<StageIdentity>,
    /// How hooks are treated: `combined`.
    pub hooks: String,
    /// Whether documents are written as Helm 4 does.
    pub helm_format: bool,
}

/// One stage: what it is, and what is needed to run it again.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct StageIdentity {
    /// What messages call it.
    pub name: String,
    /// As it is looked up.
    pub program: String,
    /// Of the program's file, or [`BUILT_IN`].
    pub digest: String,
    /// Passed as they are.
    pub arguments: Vec<String>,
    /// What it reads beside its input.
    pub files: Vec<FileIdentity>,
    /// The variables that it sees; all of them without a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Vec<String>>,
    /// How long it may take, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u64>,
    /// Whether documents carry Helm 4's annotation.
    pub filename_annotation: bool,
    /// Whether it may read from the terminal.
    pub terminal: bool,
}

/// A file that a stage declares.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct FileIdentity {
    /// Where it was.
    pub path: String,
    /// Of its content.
    pub digest: String,
}

/// What is kept beside a revision.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Kept {
    /// What its documents went through.
    pub pipeline: Identity,
    /// Why it is another one than that of the revision before; empty where it is not.
    pub reason: String,
    /// When the revision was made: an older revision of the same number is another one.
    pub made: String,
}

impl Identity {
    /// Whether documents go through as they are.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stages.is_empty()
    }

    /// Whether both are the same pipeline.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.lines() == other.lines()
    }

    /// The names of the stages, and how hooks are treated where that is not the usual way, as one cell of a table; `none` without
    /// stages.
    #[must_use]
    pub fn summary(&self) -> String {
        if self.is_empty() {
            return "none".to_owned();
        }
        let stages = self.stages.iter().map(|stage| base(&stage.name)).collect::<Vec<_>>().join(" | ");
        std::iter::once(stages).chain(self.unusual_hooks()).collect::<Vec<_>>().join(", ")
    }

    fn unusual_hooks(&self) -> Option<String> {
        (!matches!(self.hooks.as_str(), "" | "combined")).then(|| format!("hooks: {}", self.hooks))
    }

    /// What it takes to go from this pipeline to another, line by line: `-` only here, `+` only there, a blank in both.
    #[must_use]
    pub fn diff(&self, other: &Self) -> String {
        let (old, new) = (self.lines(), other.lines());
        let mut out = String::new();
        let mut at = (0, 0);
        for (i, j) in common(&old, &new).into_iter().chain([(old.len(), new.len())]) {
            old[at.0..i].iter().for_each(|line| push(&mut out, '-', line));
            new[at.1..j].iter().for_each(|line| push(&mut out, '+', line));
            if let Some(line) = old.get(i) {
                push(&mut out, ' ', line);
            }
            at = (i + 1, j + 1);
        }
        out
    }

    fn lines(&self) -> Vec<String> {
        if self.is_empty() {
            return Vec::new();
        }
        let mut lines: Vec<String> = self.stages.iter().flat_map(StageIdentity::lines).collect();
        lines.extend(self.unusual_hooks());
        if self.helm_format {
            lines.push("written as Helm 4 does".to_owned());
        }
        lines
    }
}

impl StageIdentity {
    fn lines(&self) -> Vec<String> {
        let mut words = vec![base(&self.name).to_owned()];
        words.extend(self.arguments.iter().map(|argument| quoted(argument)));
        words.push(format!("({})", self.digest));
        let files = self.files.iter().map(|file| format!("  file {} ({})", base(&file.path), file.digest));
        std::iter::once(words.join(" ")).chain(files).collect()
    }
}

fn push(out: &mut String, mark: char, line: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(out, "{mark}{line}");
}

fn base(path: &str) -> &str {
    Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or(path)
}

/// One line, whatever is in it.
fn quoted(argument: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=:,@%+".contains(c);
    if !argument.is_empty() && argument.chars().all(is_plain) { argument.to_owned() } else { format!("{argument:?}") }
}

/// The places of a longest common subsequence.
fn common(old: &[String], new: &[String]) -> Vec<(usize, usize)> {
    let mut lengths = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            lengths[i][j] = match old[i] == new[j] {
                true => lengths[i + 1][j + 1] + 1,
                false => lengths[i + 1][j].max(lengths[i][j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut places = Vec::new();
    while i < old.len() && j < new.len() {
        if old[i] == new[j] {
            places.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if lengths[i + 1][j] >= lengths[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    places
}

/// `sha256:…` of all that can be read.
///
/// # Errors
/// When it cannot be read.
pub fn digest(mut content: impl Read) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; 1 << 16];
    loop {
        match content.read(&mut chunk) {
            Ok(0) => break,
            Ok(length) => hasher.update(&chunk[..length]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let hex = hasher.finalize().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    Ok(format!("sha256:{hex}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(name: &str, arguments: &[&str], digest: &str) -> StageIdentity {
        StageIdentity {
            name: name.into(),
            program: name.into(),
            digest: digest.into(),
            arguments: arguments.iter().map(ToString::to_string).collect(),
            ..StageIdentity::default()
        }
    }

    #[test]
    fn folders_do_not_count_but_digests_and_arguments_do() {
        let of = |stage| Identity { stages: vec![stage], ..Identity::default() };
        let one = of(stage("./bin/mine", &["-x"], "sha256:1"));
        assert!(one.is_same(&of(stage("/other/mine", &["-x"], "sha256:1"))));
        assert!(!one.is_same(&of(stage("./bin/mine", &["-x"], "sha256:2"))));
        assert!(!one.is_same(&of(stage("./bin/mine", &["-y"], "sha256:1"))));
        assert!(!one.is_same(&Identity::default()));
        let file = |digest: &str| FileIdentity { path: "a/values.yaml".into(), digest: digest.into() };
        let with = |digest: &str| of(StageIdentity { files: vec![file(digest)], ..one.stages[0].clone() });
        assert!(!with("sha256:3").is_same(&with("sha256:4")));
        assert!(Identity { hooks: "none".into(), ..Identity::default() }.is_same(&Identity::default()));
    }

    #[test]
    fn a_difference_is_shown_line_by_line() {
        let old = Identity {
            stages: vec![stage("a", &[], "built-in"), stage("sed", &["s/a b/c/"], "sha256:1")],
            ..Identity::default()
        };
        let new = Identity {
            stages: vec![stage("a", &[], "built-in"), stage("sed", &["s/a b/d/"], "sha256:1"), stage("z", &[], "sha256:2")],
            hooks: "separate".into(),
            helm_format: false,
        };
        let expected =
            " a (built-in)\n-sed \"s/a b/c/\" (sha256:1)\n+sed \"s/a b/d/\" (sha256:1)\n+z (sha256:2)\n+hooks: separate\n";
        assert_eq!(old.diff(&new), expected);
        assert_eq!(old.diff(&Identity::default()), "-a (built-in)\n-sed \"s/a b/c/\" (sha256:1)\n");
        let summaries = [&old, &new, &Identity::default()].map(Identity::summary);
        assert_eq!(summaries, ["a | sed", "a | sed | z, hooks: separate", "none"]);
    }

    #[test]
    fn digests_are_those_of_sha256sum() {
        let expected = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest(&b"abc"[..]).expect("memory"), expected);
    }
}
