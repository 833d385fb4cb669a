//! Random sequences of operations on one release, each done by Helm 4, Helm 3 or rhelm. After each step all of them tell the
//! same of it, byte for byte, and the live objects are those of the record.
//!
//! `RHELM_TEST_STEPS` says how many steps there are in all, `RHELM_TEST_SEED` where they begin. A sequence that fails is
//! played again without steps that it fails without.

mod step;

use super::{cluster, options, run};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use goyaml::Value;
use rhelm_kube::{ConnectOptions, connect};
use rhelm_lib::cluster::Cluster;
use rhelm_testutil::controlplane;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use step::{CHARTS, Program, Random, Step, write_chart};

/// Steps of one sequence.
const LENGTH: usize = 10;

/// What is asked after each step. Of Helm 3 only what it tells in the same words.
const QUESTIONS: &[&str] = &[
    "list --output json",
    "history web --output json",
    "get manifest web",
    "get values web --all",
    "get values web --output json",
    "get hooks web",
    "get notes web",
    "get metadata web --output json",
    "status web --output json",
];
const OF_HELM_3: usize = 7;

struct World {
    charts: tempfile::TempDir,
    helm4: PathBuf,
    helm3: PathBuf,
}

impl World {
    fn new() -> Option<Self> {
        let (helm4, helm3) = (controlplane::real_program("helm/helm")?, controlplane::real_helm_3()?);
        let charts = tempfile::tempdir().expect("a folder");
        (0..CHARTS).for_each(|number| write_chart(&charts.path().join(format!("CHART-{number}")), number));
        Some(Self { charts, helm4, helm3 })
    }

    fn program(&self, program: Program) -> &Path {
        match program {
            Program::Helm4 => &self.helm4,
            Program::Helm3 => &self.helm3,
            Program::Rhelm => Path::new(env!("CARGO_BIN_EXE_rhelm")),
        }
    }

    fn ask(&self, options: &ConnectOptions, program: Program, words: &[String]) -> (String, Option<i32>) {
        let mut command = Command::new(self.program(program));
        command.current_dir(&self.charts).args(words).env_remove("HELM_DRIVER");
        command.arg("--kubeconfig").arg(options.kubeconfig.as_ref().expect("set"));
        let output = command.args(["--namespace", options.namespace.as_ref().expect("set")]).output().expect("it runs");
        (String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(), output.status.code())
    }

    fn answers(&self, options: &ConnectOptions, program: Program) -> Vec<String> {
        let count = if program == Program::Helm3 { OF_HELM_3 } else { QUESTIONS.len() };
        let answer = |question: &&str| {
            let mut words: Vec<_> = question.split(' ').map(str::to_owned).collect();
            if program == Program::Helm3 && words[0] == "list" {
                words.push("--all".to_owned());
            }
            let (text, status) = self.ask(options, program, &words);
            // Of failures the older one has words of its own.
            format!("{status:?} {}", if status == Some(0) { text } else { String::new() })
        };
        QUESTIONS[..count].iter().map(answer).collect()
    }

    /// Plays a sequence on a release of its own; what is wrong, after which step.
    fn play(&self, steps: &[Step]) -> Result<(), String> {
        let options = &options().expect("it was there");
        run(cluster(options));
        let mut has_failed = false;
        for (at, step) in steps.iter().enumerate() {
            let (said, status) = self.ask(options, step.program, &step.words);
            has_failed |= status != Some(0);
            let wrong = |what: String| format!("after step {} ({step}, which said {said:?}): {what}", at + 1);
            let answers = std::thread::scope(|scope| {
                let programs = [Program::Helm4, Program::Rhelm, Program::Helm3];
                let start = |program| (program, scope.spawn(move || self.answers(options, program)));
                let threads = programs.map(start);
                threads.map(|(program, thread)| (program, thread.join().expect("answers")))
            });
            compare(&answers).map_err(wrong)?;
            run(check_live(options, &answers[0].1, has_failed)).map_err(wrong)?;
        }
        Ok(())
    }

    /// The sequence without the steps that it fails without.
    fn shrunk(&self, mut steps: Vec<Step>) -> (Vec<Step>, String) {
        let mut why = self.play(&steps).expect_err("it failed before");
        for at in (0..steps.len()).rev() {
            let mut fewer = steps.clone();
            fewer.remove(at);
            if let Err(error) = self.play(&fewer) {
                (steps, why) = (fewer, error);
            }
        }
        (steps, why)
    }
}

fn compare(answers: &[(Program, Vec<String>)]) -> Result<(), String> {
    let (_, expected) = &answers[0];
    for (program, answers) in &answers[1..] {
        for ((question, expected), answer) in QUESTIONS.iter().zip(expected).zip(answers) {
            let expected = if *program == Program::Helm3 { without_rollbacks(expected) } else { expected.clone() };
            if expected != *answer {
                return Err(format!("{question}\n--- Helm4\n{expected}\n--- {program:?}\n{answer}"));
            }
        }
    }
    Ok(())
}

/// What Helm 3 does not know of.
fn without_rollbacks(history: &str) -> String {
    let mut parts = history.split(",\"rollback_revision\":");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.trim_start_matches(|digit: char| digit.is_ascii_digit()))
}

/// Whether the live objects are those of the record of a release that is deployed. What a step that failed made may be left.
async fn check_live(options: &ConnectOptions, answers: &[String], has_failed: bool) -> Result<(), String> {
    let listed: Json =
        answers[0].strip_prefix("Some(0) ").and_then(|list| serde_json::from_str(list).ok()).unwrap_or_default();
    if listed[0]["status"] != "deployed" {
        return Ok(());
    }
    let mut recorded = recorded(&answers[2]);
    let cluster = connect(options).await.map_err(|error| error.to_string())?;
    let mut live = BTreeMap::new();
    for kind in ["ConfigMap", "Secret", "Service"] {
        let list = cluster.list("v1", kind, cluster.default_namespace()).await.map_err(|error| error.to_string())?;
        for object in list["items"].as_array().into_iter().flatten() {
            let is_ours = object["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "Helm";
            let name = format!("{kind} {}", object["metadata"]["name"].as_str().unwrap_or_default());
            let is_kept = object["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep";
            if is_ours && (recorded.contains_key(&name) || !(has_failed || is_kept)) {
                live.insert(name, content(kind, object));
            }
        }
    }
    // Objects with the policy of keeping may be what an earlier release left, but these are updated too.
    if live == recorded {
        return Ok(());
    }
    recorded.retain(|name, content| live.get(name) != Some(content));
    Err(format!("recorded {recorded:?}, live {live:?}"))
}

type Content = BTreeMap<String, String>;

fn content(kind: &str, object: &Json) -> Content {
    if kind == "Service" {
        return [("port".to_owned(), object["spec"]["ports"][0]["port"].to_string())].into();
    }
    let decoded = |text: &str| match kind {
        "Secret" => String::from_utf8_lossy(&BASE64_STANDARD.decode(text).expect("base64")).into_owned(),
        _ => text.to_owned(),
    };
    let data = object["data"].as_object().into_iter().flatten();
    data.map(|(key, value)| (key.clone(), decoded(value.as_str().unwrap_or_default()))).collect()
}

/// The objects of a manifest.
fn recorded(manifest: &str) -> BTreeMap<String, Content> {
    let documents = manifest.split("---\n").skip(1);
    let object = |document: &str| {
        let object = goyaml::decode(document).expect("YAML");
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let kind = text(object.get("kind"));
        let name = text(object.get("metadata").and_then(|metadata| metadata.get("name")));
        let content = match object.get("spec").and_then(|spec| spec.get("ports")).and_then(Value::as_list) {
            Some([port, ..]) => [("port".to_owned(), port_of(port))].into(),
            _ => {
                let data = object.get("data").or(object.get("stringData")).and_then(Value::as_map);
                data.into_iter()
                    .flat_map(|data| data.iter())
                    .map(|(key, value)| (key.to_string(), text(Some(value))))
                    .collect()
            }
        };
        (format!("{kind} {name}"), content)
    };
    documents.map(object).collect()
}

fn port_of(port: &Value) -> String {
    match port.get("port") {
        Some(Value::Int(number)) => number.to_string(),
        Some(Value::Float(number)) => number.to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn all_helms_tell_the_same_after_each_step() {
    if options().is_none() {
        return;
    }
    let Some(world) = World::new() else { return };
    let number = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().expect("a number"));
    let (steps, seed) = (number("RHELM_TEST_STEPS", 40), number("RHELM_TEST_SEED", 1));
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let all: Vec<_> = (0..steps).map(|_| Step::random(&mut random)).collect();
    for sequence in all.chunks(LENGTH) {
        if world.play(sequence).is_err() {
            let (steps, why) = world.shrunk(sequence.to_vec());
            let told = steps.iter().fold(String::new(), |mut told, step| {
                let _ = writeln!(told, "{step}");
                told
            });
            panic!("seed {seed}:\n{told}{why}");
        }
    }
}
