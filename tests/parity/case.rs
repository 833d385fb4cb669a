//! One vector as a run: the files to write, the command line, and what must come of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

const CHART: &str = "apiVersion: v2\nname: c\nversion: 0.1.0\nappVersion: \"1.16.0\"\ndescription: test chart\n";

/// Prints the raw text of another template, from before it is split into documents.
const SHOW_RAW: &str = "o: \"{{ include \"c/templates/_t.yaml\" . | b64enc }}\"\n";

/// A run and its expected outcome.
pub(crate) struct Case {
    files: BTreeMap<String, Vec<u8>>,
    arguments: Vec<String>,
    expected: Expected,
}

enum Expected {
    /// The text of the template that [`SHOW_RAW`] includes.
    Raw(String),
    /// As [`Expected::Raw`], with JSON before the first U+0001, whose form is free.
    Values { json: Json, printed: String },
    /// Exit status 1 and this standard error.
    Error(String),
    /// Exit status 1 and a standard error with this text.
    Mentions(String),
    /// Everything.
    Outcome { exit: i64, stdout: String, stderr: String, files: BTreeMap<String, String> },
}

fn text(vector: &Json, key: &str) -> String {
    vector[key].as_str().unwrap_or_default().to_owned()
}

fn strings(value: &Json) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect()
}

impl Case {
    fn new(expected: Expected) -> Self {
        let arguments = ["template", "release-name", "c"].map(str::to_owned).to_vec();
        Self { files: BTreeMap::from([("c/Chart.yaml".to_owned(), CHART.into())]), arguments, expected }
    }

    fn file(mut self, name: &str, data: impl Into<Vec<u8>>) -> Self {
        self.files.insert(name.to_owned(), data.into());
        self
    }

    fn arguments(mut self, arguments: impl IntoIterator<Item = String>) -> Self {
        self.arguments.extend(arguments);
        self
    }

    fn values(self, values: &Json) -> Self {
        if values.is_null() {
            return self;
        }
        self.file("v.yaml", json_values(values)).arguments(["-f".to_owned(), "v.yaml".to_owned()])
    }

    /// Puts the template where its raw text is shown, or where it fails.
    fn template(self, template: &str) -> Self {
        match self.expected {
            Expected::Error(_) | Expected::Mentions(_) => self.file("c/templates/t.yaml", template),
            _ => self.file("c/templates/_t.yaml", template).file("c/templates/out.yaml", SHOW_RAW),
        }
    }

    /// Runs rhelm.
    ///
    /// # Errors
    /// What differs.
    pub(crate) fn compare(&self) -> Result<(), String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        for (name, data) in &self.files {
            write(&folder.path().join(name), data);
        }
        let output = Command::new(env!("CARGO_BIN_EXE_rhelm"))
            .args(&self.arguments)
            .current_dir(folder.path())
            .env("TZ", "UTC")
            .env("KUBECONFIG", folder.path().join("none"))
            .output()
            .map_err(|error| error.to_string())?;
        let real = folder.path().to_string_lossy();
        let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&*real, "<DIR>");
        let (stdout, stderr) = (shown(&output.stdout), shown(&output.stderr));
        let exit = i64::from(output.status.code().unwrap_or(-1));
        self.judge(exit, &stdout, &stderr, folder.path())
    }

    fn judge(&self, exit: i64, stdout: &str, stderr: &str, folder: &Path) -> Result<(), String> {
        match &self.expected {
            Expected::Raw(expected) => same("text", expected, &raw(stdout, stderr)?),
            Expected::Values { json, printed } => {
                let raw = raw(stdout, stderr)?;
                let (got, got_printed) = raw.split_once('\u{1}').unwrap_or((&raw, ""));
                let got: Json = serde_json::from_str(got).map_err(|error| error.to_string())?;
                same("values", json, &got)?;
                same("printed values", printed.as_str(), got_printed)
            }
            Expected::Error(expected) => {
                same("exit status", &1, &exit)?;
                same("standard error", expected.trim(), stderr.trim())
            }
            Expected::Mentions(expected) if stderr.contains(expected) => same("exit status", &1, &exit),
            Expected::Mentions(expected) => same("standard error", expected.as_str(), stderr),
            Expected::Outcome { exit: expected_exit, stdout: out, stderr: err, files } => {
                same("standard error", err.trim(), stderr.trim())?;
                same("exit status", expected_exit, &exit)?;
                same("standard output", out.as_str(), stdout)?;
                files.iter().try_for_each(|(name, expected)| {
                    let got = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
                    same(name, expected, &got)
                })
            }
        }
    }
}

fn write(path: &Path, data: &[u8]) {
    let parent = path.parent().expect("a file is in a folder");
    std::fs::create_dir_all(parent).expect("the folder is made");
    std::fs::write(path, data).expect("the file is written");
}

fn same<T: PartialEq + std::fmt::Debug + ?Sized>(what: &str, expected: &T, got: &T) -> Result<(), String> {
    if expected == got { Ok(()) } else { Err(format!("{what}: expected {expected:?}\n     got {got:?}")) }
}

fn raw(stdout: &str, stderr: &str) -> Result<String, String> {
    let encoded = stdout.split_once("o: \"").and_then(|(_, rest)| rest.split_once('"')).ok_or(stderr)?.0;
    let bytes = STANDARD.decode(encoded).map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&bytes).replace("<no value>", ""))
}

/// JSON that YAML reads as the same values: what YAML forbids or takes for a line break is escaped.
fn json_values(values: &Json) -> String {
    let mut text = String::new();
    for c in values.to_string().chars() {
        match c {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                text.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => text.push(c),
        }
    }
    text
}

pub(crate) fn function(vector: &Json) -> Case {
    let expected = match vector.get("error") {
        Some(_) => Expected::Error(text(vector, "stderr")),
        None => Expected::Raw(text(vector, "output")),
    };
    Case::new(expected).template(&text(vector, "template")).values(&vector["values"])
}

pub(crate) fn to_yaml(vector: &Json) -> Case {
    let expected = Expected::Raw(format!("{}\u{1}{}", text(vector, "yaml"), text(vector, "pretty")));
    let values = serde_json::json!({ "v": vector["value"] });
    Case::new(expected).template("{{ toYaml .Values.v }}\u{1}{{ toYamlPretty .Values.v }}").values(&values)
}

pub(crate) fn set_flags(vector: &Json) -> Case {
    let expected = match vector.get("error") {
        Some(_) => Expected::Error(text(vector, "error")),
        None => Expected::Values { json: vector["values"].clone(), printed: text(vector, "printed") },
    };
    let template = match expected {
        Expected::Error(_) => "",
        _ => "{{ .Values | toJson }}\u{1}{{ print .Values }}",
    };
    let mut case = Case::new(expected).template(template).arguments(strings(&vector["args"]));
    for (name, content) in vector["files"].as_object().into_iter().flatten() {
        case = case.file(name, content.as_str().unwrap_or_default());
    }
    match vector["chart_values"].as_str() {
        Some(values) => case.file("c/values.yaml", values),
        None => case,
    }
}

pub(crate) fn version(vector: &Json) -> Case {
    let expected = match vector.get("error") {
        Some(_) => Expected::Mentions(text(vector, "error")),
        None => Expected::Raw(vector["result"].to_string()),
    };
    Case::new(expected).template(&format!("{{{{ semverCompare {} {} }}}}", vector["constraint"], vector["version"]))
}

pub(crate) fn yaml(vector: &Json) -> Case {
    let expected = match vector.get("error") {
        Some(_) => Expected::Error(text(vector, "error")),
        None => Expected::Raw(format!("{}\u{1}{}", text(vector, "json_text"), text(vector, "printed"))),
    };
    let template = match expected {
        Expected::Error(_) => "",
        _ => "{{ .Values | toJson }}\u{1}{{ print .Values }}",
    };
    let flags = ["-f".to_owned(), "v.yaml".to_owned()];
    Case::new(expected).template(template).file("v.yaml", text(vector, "yaml")).arguments(flags)
}

pub(crate) fn chart(vector: &Json) -> Case {
    let out_files = vector["out_files"].as_object().into_iter().flatten();
    let expected = Expected::Outcome {
        exit: vector["exit"].as_i64().unwrap_or_default(),
        stdout: text(vector, "stdout"),
        stderr: text(vector, "stderr"),
        files: out_files.map(|(name, content)| (name.clone(), content.as_str().unwrap_or_default().to_owned())).collect(),
    };
    let mut case = Case { files: BTreeMap::new(), arguments: strings(&vector["args"]), expected };
    for (name, content) in vector["files"].as_object().into_iter().flatten() {
        let data = match content {
            Json::String(text) => text.clone().into_bytes(),
            content => STANDARD.decode(text(content, "base64")).expect("base64"),
        };
        case = case.file(name, data);
    }
    case
}
