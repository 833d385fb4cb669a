//! The examples of the documents: every block `sh` is run, and prints the block `output` that follows it.

use rhelm_testutil::controlplane::real_program;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A command and what it prints.
struct Example {
    line: usize,
    command: String,
    output: String,
}

/// The blocks of a document in the language `language`, each with its line.
fn blocks(text: &str) -> Vec<(usize, &str, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let inside = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```");
            found.push((number + 1, language, inside.map(|line| format!("{line}\n")).collect()));
        }
    }
    found
}

fn examples(text: &str) -> Vec<Example> {
    let blocks = blocks(text);
    let pairs = blocks.windows(2).filter(|pair| pair[0].1 == "sh" && pair[1].1 == "output");
    pairs.map(|pair| Example { line: pair[0].0, command: pair[0].2.clone(), output: pair[1].2.clone() }).collect()
}

/// Runs the examples of a document in a folder with the chart `guestbook` and the documents.
fn run(document: &str, programs: &[PathBuf]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join(document)).expect("the document is there");
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, target) in [("guestbook", "tests/fixtures/guestbook"), ("docs", "docs")] {
        std::os::unix::fs::symlink(root.join(target), folder.path().join(name)).expect("a link");
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(programs.iter().cloned().chain(std::env::split_paths(&path))).expect("a path");
    for example in examples(&text) {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(&example.command).current_dir(folder.path()).env("PATH", &path).env_remove("HELM_PLUGINS");
        let output = shell.output().expect("a shell runs");
        let (printed, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(printed, example.output, "{document}:{}: {said}", example.line);
    }
}

#[test]
fn post_renderers() {
    let Some(kubectl) = real_program("kubectl/kubectl") else { return };
    let folder = |path: &Path| path.parent().expect("a folder").to_owned();
    run("docs/post-renderers.md", &[folder(Path::new(env!("CARGO_BIN_EXE_rhelm"))), folder(&kubectl)]);
}
