//! Chains of real programs: what they make of a stream, and what is said when one fails.

use rhelm_lib::postrender::{Program, SearchPath, run};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use tempfile::TempDir;

struct Programs(TempDir);

impl Programs {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn script(&self, name: &str, body: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).expect("the script is written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("the script is made executable");
        path
    }

    fn search(&self) -> SearchPath {
        SearchPath { beside: None, path: std::env::var_os("PATH"), directory: self.0.path().to_owned() }
    }

    fn stage(&self, name: &str, arguments: &[&str]) -> Program {
        self.search()
            .find(name, arguments.iter().map(|&argument| argument.to_owned()).collect())
            .expect("the program exists")
    }
}

const STREAM: &str = "---\n# Source: c/templates/a.yaml\na: 1\n";

#[test]
fn a_chain_of_no_ops_changes_nothing() {
    let programs = Programs::new();
    let large = STREAM.repeat(100_000);
    for count in [0, 1, 3, 10] {
        let stages = vec![programs.stage("cat", &[]); count];
        assert_eq!(run(&stages, large.clone()).expect("cat works"), large);
    }
}

#[test]
fn stages_work_one_after_the_other_with_their_arguments() {
    let programs = Programs::new();
    let stages = [programs.stage("sed", &["s/1/2 x/"]), programs.stage("sed", &["s/ x/ '$HOME y'/"])];
    let expected = "---\n# Source: c/templates/a.yaml\na: 2 '$HOME y'\n";
    assert_eq!(run(&stages, STREAM.to_owned()).expect("sed works"), expected);
}

#[test]
fn the_failing_stage_is_named_with_its_status_and_words() {
    let programs = Programs::new();
    let fail = programs.script("fail", "cat >/dev/null\necho 'no such thing' >&2\nexit 7");
    let stages = [programs.stage("cat", &[]), programs.stage("./fail", &[]), programs.stage("cat", &[])];
    let expected = format!(
        "error while running post render on files: error while running command {}. error output:\nno such thing\n: exit status 7",
        fail.display()
    );
    assert_eq!(run(&stages, STREAM.to_owned()).expect_err("a stage fails").to_string(), expected);
}

#[test]
fn a_stage_that_dies_early_is_blamed_and_not_the_one_whose_pipe_it_broke() {
    let programs = Programs::new();
    let die = programs.script("die", "exit 4");
    let stages = [programs.stage("cat", &[]), programs.stage("./die", &[])];
    let expected = format!(
        "error while running post render on files: error while running command {}. error output:\n: exit status 4",
        die.display()
    );
    assert_eq!(run(&stages, STREAM.repeat(100_000)).expect_err("a stage fails").to_string(), expected);
}

#[test]
fn a_stage_need_not_read_its_input() {
    let programs = Programs::new();
    programs.script("fixed", "exec 0<&-\necho 'a: 2'");
    let stages = [programs.stage("cat", &[]), programs.stage("./fixed", &[])];
    assert_eq!(run(&stages, STREAM.repeat(100_000)).expect("nothing failed"), "a: 2\n");
}

#[test]
fn empty_output_is_an_error_that_names_the_last_stage() {
    let programs = Programs::new();
    programs.script("empty", "cat >/dev/null\necho");
    let stages = [programs.stage("cat", &[]), programs.stage("./empty", &[])];
    let expected = "error while running post render on files: post-renderer \"./empty\" produced empty output";
    assert_eq!(run(&stages, STREAM.to_owned()).expect_err("nothing is left").to_string(), expected);
}

#[test]
fn bytes_that_are_no_text_are_an_error() {
    let programs = Programs::new();
    programs.script("binary", "printf 'a: \\377\\n'");
    let expected = "error while running post render on files: post-renderer \"./binary\" produced output that is not UTF-8";
    let stages = [programs.stage("./binary", &[])];
    assert_eq!(run(&stages, STREAM.to_owned()).expect_err("no text").to_string(), expected);
}

/// The causes are those of Helm 3.17.2, which looks programs up the same way.
#[test]
fn programs_that_cannot_be_found_are_refused_with_the_cause() {
    let programs = Programs::new();
    std::fs::write(programs.0.path().join("plain"), "").expect("the file is written");
    std::fs::create_dir(programs.0.path().join("folder")).expect("the folder is made");
    let cases = [
        ("no-such-program", "executable file not found in $PATH"),
        ("./missing", "stat ./missing: no such file or directory"),
        ("./plain", "permission denied"),
        ("./folder", "is a directory"),
    ];
    for (name, cause) in cases {
        let error = programs.search().find(name, Vec::new()).expect_err("it cannot be run");
        let expected = format!(
            "invalid argument \"{name}\" for \"--post-renderer\" flag: unable to find binary at {name}: exec: \"{name}\": {cause}"
        );
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_program_beside_rhelm_comes_before_one_on_the_path() {
    let programs = Programs::new();
    let own = programs.script("cat", "exec /bin/cat");
    let search = SearchPath { beside: Some(programs.0.path().to_owned()), ..programs.search() };
    assert_eq!(search.find("cat", Vec::new()).expect("it exists").path, own);
    assert_ne!(programs.stage("cat", &[]).path, own);
}
