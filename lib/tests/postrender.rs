//! Pipelines of real programs and of filters: what they make of a stream, and what is said when a stage fails.

use rhelm_lib::postrender::{
    FilterError, Interrupt, Outcome, Part, PostRenderError, PostRenderer, Program, SearchPath, Stage, Surroundings, run,
};
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
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
        SearchPath {
            beside: None,
            path: std::env::var_os("PATH"),
            directory: self.0.path().to_owned(),
            plugins: Vec::new(),
            variables: Vec::new(),
        }
    }

    fn find(&self, name: &str, arguments: &[&str]) -> Program {
        self.search()
            .find(name, arguments.iter().map(|&argument| argument.to_owned()).collect())
            .expect("the program exists")
    }

    fn stage(&self, name: &str, arguments: &[&str]) -> Stage {
        Stage::program(self.find(name, arguments))
    }

    /// A stage that runs a script of its own.
    fn scripted(&self, name: &str, body: &str) -> Stage {
        self.script(name, body);
        self.stage(&format!("./{name}"), &[])
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }
}

#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

impl Heard {
    fn lines(&self) -> Vec<String> {
        self.0.lock().expect("a lock").clone()
    }

    fn surroundings(&self) -> Surroundings {
        let (heard, start) = (self.clone(), Instant::now());
        Surroundings {
            messages: Arc::new(move |stage, line| heard.0.lock().expect("a lock").push(format!("[{stage}] {line}"))),
            clock: Arc::new(move || start.elapsed()),
            environment: std::env::vars_os().collect(),
            interrupt: Interrupt::default(),
        }
    }
}

fn through(stages: &[Stage], stream: &str) -> Outcome {
    run(stages, stream.to_owned(), Part::Files, &Heard::default().surroundings())
}

#[track_caller]
fn result(stages: &[Stage], stream: &str) -> String {
    through(stages, stream).result.expect("no stage fails").to_string()
}

#[track_caller]
fn failure(stages: &[Stage], stream: &str) -> PostRenderError {
    through(stages, stream).result.expect_err("a stage fails")
}

const STREAM: &str = "---\n# Source: c/templates/a.yaml\nkind: A\nmetadata: {name: a}\n";

/// A filter of this process that replaces a text.
struct Replace(&'static str, &'static str);

impl PostRenderer for Replace {
    fn run(&self, input: &mut dyn Read, output: &mut dyn Write, messages: &mut dyn Write) -> Result<(), FilterError> {
        let mut text = String::new();
        input.read_to_string(&mut text)?;
        writeln!(messages, "replacing {}", self.0)?;
        Ok(output.write_all(text.replace(self.0, self.1).as_bytes())?)
    }
}

/// A filter of this process that fails without reading its input.
struct Refuse;

impl PostRenderer for Refuse {
    fn run(&self, _: &mut dyn Read, _: &mut dyn Write, _: &mut dyn Write) -> Result<(), FilterError> {
        Err(FilterError::Refused { message: "no".to_owned(), status: 5 })
    }
}

/// A filter of this process that panics.
struct Panic;

impl PostRenderer for Panic {
    fn run(&self, _: &mut dyn Read, _: &mut dyn Write, _: &mut dyn Write) -> Result<(), FilterError> {
        panic!("a mistake in a filter")
    }
}

#[test]
fn a_pipeline_of_no_ops_changes_nothing() {
    let programs = Programs::new();
    let large: String = (0..5_000).map(|index| STREAM.replace("name: a", &format!("name: a{index}"))).collect();
    for count in [0, 1, 3, 10] {
        let stages = vec![programs.stage("cat", &[]); count];
        assert_eq!(result(&stages, &large), large);
    }
}

#[test]
fn stages_work_one_after_the_other_with_their_arguments() {
    let programs = Programs::new();
    let stages = [programs.stage("sed", &["s/: a}/: b}/"]), programs.stage("sed", &["s/: b}/: '$HOME y'}/"])];
    assert_eq!(result(&stages, STREAM), STREAM.replace(": a}", ": '$HOME y'}"));
}

#[test]
fn filters_of_this_process_and_programs_mix() {
    let programs = Programs::new();
    let cat = programs.stage("cat", &[]);
    let stages = [
        Stage::filter("one", Replace("name: a", "name: b")),
        cat.clone(),
        Stage::filter("two", Replace("name: b", "name: c")),
        Stage::filter("three", Replace("name: c", "name: d")),
        cat,
    ];
    let heard = Heard::default();
    let outcome = run(&stages, STREAM.to_owned(), Part::Files, &heard.surroundings());
    assert_eq!(*outcome.result.expect("no stage fails"), STREAM.replace("name: a", "name: d"));
    assert_eq!(heard.lines(), ["[one] replacing name: a", "[two] replacing name: b", "[three] replacing name: c"]);
}

#[test]
fn the_report_says_what_each_stage_did() {
    let programs = Programs::new();
    let stream = format!("{STREAM}---\nkind: B\nmetadata: {{name: b}}\n---\n# nothing\n");
    let stages = [
        programs.stage("cat", &[]),
        programs.stage("sed", &["s/kind: A/kind: A # changed/"]),
        programs.scripted("more", "cat; printf -- '---\\nkind: C\\n'"),
        programs.scripted("less", "head -n 4"),
    ];
    let report = through(&stages, &stream).report;
    let rows: Vec<_> = report.stages.iter().map(|stage| (stage.documents, stage.changed, stage.added, stage.lost)).collect();
    assert_eq!(rows, [(Some((2, 2)), 0, 0, 0), (Some((2, 2)), 1, 0, 0), (Some((2, 3)), 0, 1, 0), (Some((3, 1)), 0, 0, 2)]);
    assert_eq!(report.warnings, ["post-renderer \"./less\" lost B b", "post-renderer \"./less\" lost C "]);
}

#[test]
fn renamed_and_repeated_objects_are_noticed() {
    let programs = Programs::new();
    let stages = [
        programs.stage("sed", &["s/name: a/name: b, namespace: n/"]),
        programs.scripted("twice", "cat > all; cat all; sed 's/kind/# again\\nkind/' all"),
    ];
    let warnings = through(&stages, STREAM).report.warnings;
    let expected = [
        "post-renderer \"sed\" changed the name of A a (c/templates/a.yaml) to A n/b",
        "post-renderer \"./twice\" wrote A n/b (c/templates/a.yaml) more than once",
    ];
    assert_eq!(warnings, expected);
    std::fs::remove_file("all").expect("the script wrote it");
}

#[test]
fn the_failing_stage_is_named_with_its_status_and_words() {
    let programs = Programs::new();
    let fail = programs.scripted("fail", "cat >/dev/null\necho 'no such thing' >&2\necho more >&2\nexit 7");
    let stages = [programs.stage("cat", &[]), fail, programs.stage("cat", &[])];
    let heard = Heard::default();
    let outcome = run(&stages, STREAM.to_owned(), Part::Hooks, &heard.surroundings());
    let expected = format!(
        "error while running post render on hooks: error while running command {}. error output:\nno such thing\nmore\n: exit status 7",
        programs.path("fail")
    );
    assert_eq!(outcome.result.expect_err("a stage fails").to_string(), expected);
    assert_eq!(heard.lines(), ["[./fail] no such thing", "[./fail] more"]);
    assert_eq!(outcome.report.stages[1].status, "exit status 7");
    let named = Stage { name: "checks".into(), ..stages[1].clone() };
    let expected = expected.replace("hooks: ", "files: stage \"checks\": ");
    assert_eq!(failure(&[named], STREAM).to_string(), expected);
}

#[test]
fn filters_of_this_process_fail_as_programs_do() {
    let programs = Programs::new();
    let stages = [programs.stage("cat", &[]), Stage::filter("refuse", Refuse), programs.stage("cat", &[])];
    let expected = "error while running post render on files: error while running command refuse. error output:\nError: no\n: exit status 5";
    assert_eq!(failure(&stages, &STREAM.repeat(10_000)).to_string(), expected);
    let expected = "error while running post render on files: error while running command panic. error output:\nError: the filter panicked\n: exit status 1";
    assert_eq!(failure(&[Stage::filter("panic", Panic)], STREAM).to_string(), expected);
}

#[test]
fn a_stage_that_dies_early_is_blamed_and_not_the_others() {
    let programs = Programs::new();
    let die = programs.scripted("die", "exit 4");
    let killed = programs.scripted("killed", "kill -9 $$");
    for (stage, status) in [(die, "exit status 4"), (killed, "signal: killed")] {
        let command = programs.path(stage.name.trim_start_matches("./"));
        let stages = [programs.stage("cat", &[]), stage, programs.scripted("strict", "grep -q metadata || exit 1")];
        let expected = format!(
            "error while running post render on files: error while running command {command}. error output:\n: {status}"
        );
        assert_eq!(failure(&stages, &STREAM.repeat(20_000)).to_string(), expected);
    }
}

#[test]
fn a_stage_need_not_read_its_input() {
    let programs = Programs::new();
    let stages = [programs.stage("cat", &[]), programs.scripted("fixed", "exec 0<&-\necho 'a: 2'")];
    assert_eq!(result(&stages, &STREAM.repeat(20_000)), "a: 2\n");
}

#[test]
fn a_stage_that_hangs_ends_at_its_timeout_with_all_that_it_started() {
    let programs = Programs::new();
    let mut hang = programs.scripted("hang", "echo waiting >&2; sleep 1000; echo never");
    hang.options.timeout = Some(Duration::from_millis(300));
    let mut patient = programs.stage("cat", &[]);
    patient.options.timeout = Some(Duration::from_millis(1));
    let expected = format!(
        "error while running post render on files: error while running command {}. error output:\nwaiting\n: timed out after 300ms",
        programs.path("hang")
    );
    // The one behind it has a shorter time, which does not begin before its input is there.
    let stages = [programs.stage("cat", &[]), hang, patient];
    assert_eq!(failure(&stages, STREAM).to_string(), expected);
}

#[test]
fn stages_that_hang_are_ended_when_another_fails() {
    let programs = Programs::new();
    let stubborn = programs.scripted("stubborn", "trap '' TERM; sleep 1000 & echo $! > child; echo $$ > parent; wait; wait");
    let wait_for_both = "while ! test -s parent; do :; done; echo bad >&2; exit 3";
    let stages = [programs.scripted("fail", wait_for_both), stubborn];
    // Scripts run where the tests run; the files that they write are put into the folder of this test.
    let stages = stages.map(|stage| in_folder(&programs, stage));
    let expected = format!(
        "error while running post render on files: error while running command {}. error output:\nbad\n: exit status 3",
        programs.path("fail-in-folder")
    );
    assert_eq!(failure(&stages, STREAM).to_string(), expected);
    for name in ["parent", "child"] {
        let pid = std::fs::read_to_string(programs.path(name)).expect("the script wrote it");
        // A process closes its pipes a moment before it is over.
        let gone = (0..1_000_000).any(|_| {
            std::thread::yield_now();
            !is_running(pid.trim())
        });
        assert!(gone, "{name} {pid}");
    }
}

fn in_folder(programs: &Programs, stage: Stage) -> Stage {
    let name = format!("{}-in-folder", stage.name.trim_start_matches("./"));
    programs.scripted(&name, &format!("cd '{}' && exec {}", programs.0.path().display(), stage.name))
}

/// Whether a process goes on; one that nobody has asked for yet is over, too.
fn is_running(pid: &str) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !matches!(status.rsplit(')').next().and_then(|rest| rest.trim().chars().next()), None | Some('Z'))
}

#[test]
fn an_interrupt_ends_everything() {
    let programs = Programs::new();
    let heard = Heard::default();
    let surroundings = heard.surroundings();
    let interrupt = surroundings.interrupt.clone();
    // A shell that gets a signal just before it waits hears it too late, and whoever runs the tests in the background of a shell
    // ignores SIGINT. This complains of a file and then waits for ever, with all signals as they are at first.
    let hang = "exec env --default-signal=INT tail -f /nowhere /dev/null";
    let stages = [programs.stage("cat", &[]), programs.scripted("hang", hang)];
    let raise = Surroundings { messages: Arc::new(move |_, _| interrupt.raise()), ..surroundings };
    let outcome = run(&stages, STREAM.to_owned(), Part::Files, &raise);
    let expected = "error while running post render on files: interrupted";
    assert_eq!(outcome.result.expect_err("it was interrupted").to_string(), expected);
    assert_eq!(outcome.report.stages[1].status, "signal: interrupt");
}

#[test]
fn the_environment_can_be_limited() {
    let programs = Programs::new();
    let mut stage = programs.scripted("show", "echo \"a: ${PATH:+path} ${HOME:+home}.\"");
    stage.options.environment = Some(vec!["PATH".to_owned()]);
    assert_eq!(result(&[stage], STREAM), "a: path .\n");
}

#[test]
fn empty_output_is_an_error_that_names_the_stage() {
    let programs = Programs::new();
    let stages = [programs.scripted("empty", "cat >/dev/null\necho"), programs.stage("cat", &[])];
    let expected = "error while running post render on files: post-renderer \"./empty\" produced empty output";
    assert_eq!(failure(&stages, STREAM).to_string(), expected);
}

#[test]
fn bytes_that_are_no_text_are_an_error() {
    let programs = Programs::new();
    let expected = "error while running post render on files: post-renderer \"./binary\" produced output that is not UTF-8";
    assert_eq!(failure(&[programs.scripted("binary", "printf 'a: \\377\\n'")], STREAM).to_string(), expected);
}

#[test]
fn output_that_is_no_manifest_names_stage_and_document() {
    let programs = Programs::new();
    let cases = [
        ("echo hello", "document 1: expected a mapping"),
        (
            "cat; printf -- '---\\n# Source: c/x.yaml\\na: b: c\\n'",
            "document 2 (c/x.yaml): error parsing YAML: yaml: line 2: mapping values are not allowed in this context",
        ),
    ];
    for (body, cause) in cases {
        let stages = [programs.stage("cat", &[]), programs.scripted("wrong", body)];
        let expected = format!("error while parsing post rendered output: post-renderer \"./wrong\": {cause}");
        assert_eq!(failure(&stages, STREAM).to_string(), expected);
    }
    // What the chart made is none of the stages' business.
    assert_eq!(result(&[programs.stage("cat", &[])], "a: b: c\n"), "a: b: c\n");
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
    assert_ne!(programs.find("cat", &[]).path, own);
}
