//! `templates/`: whether they render, and whether what they write is what Kubernetes wants.

use super::documents::{Documents, Object};
use super::{Finding, Linter, Severity, deprecation, names};
use crate::chart::decode::{Shape, decode};
use crate::chart::loader::Kind;
use crate::chart::{Chart, dependency};
use crate::gotext::quote;
use crate::render::{self, Capabilities, Input, NoCluster, ReleaseFacts};
use crate::values::{coalesce, schema};
use goyaml::{Map, Value};
use std::sync::Arc;

const FOLDER: &str = "templates/";

/// A longer line ends the search for the first one that is not blank.
const MAX_LINE: usize = 64 << 10;

pub(super) fn check(linter: &mut Linter<'_>) {
    let kind = linter.folder.kind("templates");
    let exists = if kind == Kind::Missing { Err("directory does not exist".into()) } else { Ok(()) };
    let is_folder = if kind == Kind::File { Err("not a directory".into()) } else { Ok(()) };
    if !linter.report(Severity::Warning, FOLDER, exists) || !linter.report(Severity::Error, FOLDER, is_folder) {
        return;
    }
    let mut chart = match linter.chart() {
        Ok(chart) => chart,
        Err(error) => return linter.add(Severity::Error, FOLDER, error),
    };
    let Some(values) = values(linter, &mut chart) else { return };
    if !linter.options.skip_schema_validation {
        let validated = schema::validate(&chart, &values, &*linter.options.environment.fetch);
        linter.logs.extend_from_slice(validated.as_ref().map_or_else(|error| error.logs.as_slice(), Vec::as_slice));
        if !linter.report(Severity::Error, FOLDER, validated.map(drop).map_err(|error| error.to_string())) {
            return;
        }
    }
    match rendered(linter, &chart, &values) {
        Ok(rendered) => files(linter, &chart, &rendered),
        Err(error) => linter.add(Severity::Error, FOLDER, error),
    }
}

/// What the templates see. Values that do not fit the charts are none of the linter's business; Helm passes over them.
fn values(linter: &mut Linter<'_>, chart: &mut Chart) -> Option<Map> {
    let config = &linter.values;
    let processed = dependency::process(chart, config);
    linter.logs.extend_from_slice(processed.as_ref().map_or_else(|error| error.logs(), Vec::as_slice));
    processed.ok()?;
    // Helm lays the values over the chart's twice, which brings back the defaults that a null removed.
    let (once, logs) = coalesce(chart, config).ok()?;
    linter.logs.extend(logs);
    match coalesce(chart, &once) {
        Ok((values, logs)) => {
            linter.logs.extend(logs);
            Some(values)
        }
        Err(error) => {
            linter.add(Severity::Error, FOLDER, error.to_string());
            None
        }
    }
}

fn rendered(linter: &mut Linter<'_>, chart: &Chart, values: &Map) -> Result<render::Rendered, String> {
    let options = linter.options;
    let kube_version = options.kube_version.clone().unwrap_or_default();
    let input = Input {
        chart,
        values,
        release: &ReleaseFacts {
            name: "test-release".into(),
            namespace: options.namespace.clone(),
            ..ReleaseFacts::default()
        },
        capabilities: &Capabilities { kube_version, ..Capabilities::default() },
        environment: &options.environment,
        lookup: Arc::new(NoCluster),
    };
    render::render_leniently(&input, linter.logs).map_err(|error| error.to_string())
}

fn files(linter: &mut Linter<'_>, chart: &Chart, rendered: &render::Rendered) {
    for file in &chart.templates {
        linter.report(Severity::Error, &file.name, extension(&file.name));
        if !is_yaml(&file.name) {
            continue;
        }
        let name = format!("{}/{}", chart.metadata.name, file.name);
        let text = rendered.get(&name).map(|text| String::from_utf8_lossy(text)).unwrap_or_default();
        if !text.trim().is_empty() && !content(linter, &file.name, &text) {
            return;
        }
    }
}

/// Checks what a template wrote; `false` when it is no YAML, after which Helm looks no further.
fn content(linter: &mut Linter<'_>, name: &str, text: &str) -> bool {
    linter.report(Severity::Warning, name, first_line(text));
    for object in Documents::new(text.as_bytes()) {
        let object = match object {
            Ok(object) => object,
            Err(error) => {
                linter.add(Severity::Error, name, format!("unable to parse YAML: {error}"));
                return false;
            }
        };
        let Some(object) = object else { continue };
        let version = linter.options.kube_version.clone().unwrap_or_default();
        linter.report(Severity::Warning, name, names::check(&object));
        linter.report(Severity::Warning, name, deprecation::check(&object, &version));
        linter.report(Severity::Error, name, selector(&object, text));
        linter.report(Severity::Error, name, list_annotations(&object, text));
    }
    true
}

/// What follows the last point of a file's name, with the point.
fn extension_of(name: &str) -> &str {
    let base = name.rsplit('/').next().unwrap_or_default();
    base.rfind('.').map_or("", |point| &base[point..])
}

fn extension(name: &str) -> Finding {
    match extension_of(name) {
        ".yaml" | ".yml" | ".tpl" | ".txt" => Ok(()),
        // Helm does not know this language.
        ".hbs" => Ok(()),
        other => Err(format!("file extension '{other}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt")),
    }
}

fn is_yaml(name: &str) -> bool {
    matches!(extension_of(name.strip_suffix(".hbs").unwrap_or(name)).to_lowercase().as_str(), ".yaml" | ".yml")
}

fn first_line(text: &str) -> Finding {
    for line in text.split('\n') {
        if line.len() >= MAX_LINE {
            return Err("bufio.Scanner: token too long".into());
        }
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.trim().is_empty() {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            return Err(format!(
                "document starts with an illegal indent: {}, which may cause parsing problems",
                quote(line)
            ));
        }
        return Ok(());
    }
    Ok(())
}

fn selector(object: &Object, text: &str) -> Finding {
    let Object { kind, name, .. } = object;
    let needs_one = matches!(kind.as_str(), "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet");
    if !needs_one || text.contains("matchLabels") || text.contains("matchExpressions") {
        return Ok(());
    }
    Err(format!("a {kind} must contain matchLabels or matchExpressions, and {} does not", quote(name)))
}

static LIST: Shape = Shape::Struct {
    fields: &[(
        "Items",
        Shape::List { of: &ITEM, go_type: "[]struct { Metadata struct { Annotations map[string]string } }" },
    )],
    go_type: "struct { Items []struct { Metadata struct { Annotations map[string]string } } }",
};
static ITEM: Shape = Shape::Struct {
    fields: &[(
        "Metadata",
        Shape::Struct {
            fields: &[("Annotations", Shape::Map { of: &Shape::Text, go_type: "map[string]string" })],
            go_type: "struct { Annotations map[string]string }",
        },
    )],
    go_type: "struct { Metadata struct { Annotations map[string]string } }",
};

fn list_annotations(object: &Object, text: &str) -> Finding {
    if object.kind != "List" {
        return Ok(());
    }
    let mut list = Value::Null;
    decode(text.as_bytes(), &LIST, &mut list).map_err(|error| format!("unable to parse YAML: {error}"))?;
    let Some(Value::List(items)) = list.get("Items") else { return Ok(()) };
    let is_kept = |item: &Value| {
        let annotations = item.get("Metadata").and_then(|metadata| metadata.get("Annotations"));
        annotations.is_some_and(|annotations| annotations.get("helm.sh/resource-policy").is_some())
    };
    match items.iter().any(is_kept) {
        true => Err("annotation 'helm.sh/resource-policy' within List objects are ignored".into()),
        false => Ok(()),
    }
}
