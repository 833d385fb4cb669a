//! `get all --template`: a Go template over a release, with Go's own functions only.

use super::{Info, RecordedHook, Release};
use crate::chart::{Chart, File};
use crate::render::context::{map_from, metadata, value_from};
use crate::render::{Environment, functions};
use gotemplate::Set;
use gotemplate::function::FunctionTable;
use gotemplate::value::{Map, MapType, MethodError, Object, Value};
use std::any::Any;
use std::borrow::Cow;
use std::rc::Rc;

const NAME: &str = "_";

/// Why there is no text: Go's words.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct TemplateError(String);

/// Renders a template that sees a release as `.Release`.
///
/// # Errors
/// When the template does not parse or fails.
pub fn render(text: &str, release: &Release, environment: &Environment) -> Result<Vec<u8>, TemplateError> {
    let mut set = Set::new(Rc::new(FunctionTable::new()));
    set.parse(NAME, text).map_err(|error| TemplateError(error.to_string()))?;
    let data = Map::from_iter([("Release".into(), view(release, environment))]);
    let mut output = Vec::new();
    set.execute(NAME, &Value::Map(data), &mut output).map_err(|error| TemplateError(error.to_string()))?;
    Ok(output)
}

/// A pointer to a Go struct.
#[derive(Debug)]
struct Struct {
    type_name: &'static str,
    fields: Vec<(&'static str, Value)>,
    /// What the methods that take nothing return.
    methods: Vec<(&'static str, Value)>,
}

impl Struct {
    fn returned(&self, name: &str) -> Option<&Value> {
        self.methods.iter().find(|(method, _)| *method == name).map(|(_, value)| value)
    }
}

impl Object for Struct {
    fn type_name(&self) -> Cow<'static, str> {
        self.type_name.into()
    }

    fn field(&self, name: &str) -> Option<Value> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value.clone())
    }

    fn method(&self, name: &str) -> Option<usize> {
        self.returned(name).map(|_| 0)
    }

    fn call(&self, name: &str, _: &[Value]) -> Result<Value, MethodError> {
        Ok(self.returned(name).cloned().unwrap_or(Value::Nil))
    }

    fn display(&self) -> String {
        let fields = self.fields.iter().map(|(_, value)| {
            gotemplate::format::print(value)
                .map_or_else(|error| error.to_string(), |text| String::from_utf8_lossy(&text).into_owned())
        });
        format!("&{{{}}}", fields.collect::<Vec<_>>().join(" "))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn object<const N: usize>(type_name: &'static str, fields: [(&'static str, Value); N]) -> Value {
    with_methods(type_name, fields.into(), Vec::new())
}

fn with_methods(type_name: &'static str, fields: Vec<(&'static str, Value)>, methods: Vec<(&'static str, Value)>) -> Value {
    Value::Object(Rc::new(Struct { type_name, fields, methods }))
}

fn view(release: &Release, environment: &Environment) -> Value {
    let labels: Map =
        release.labels.iter().map(|(name, value)| (name.as_str().into(), Value::string(value.as_str()))).collect();
    object(
        "*v1.Release",
        [
            ("Name", Value::string(&*release.name)),
            ("Info", info(&release.info, environment)),
            ("Chart", chart(&release.chart)),
            ("Config", Value::Map(map_from(&release.config))),
            ("Manifest", Value::string(&*release.manifest)),
            ("Hooks", Value::list(release.hooks.iter().map(|recorded| hook(recorded, environment)).collect())),
            ("Version", Value::Int(i64::from(release.revision))),
            ("Namespace", Value::string(&*release.namespace)),
            ("Labels", Value::Map(labels.retyped(MapType::String))),
            ("ApplyMethod", Value::string(&*release.apply_method)),
        ],
    )
}

fn info(info: &Info, environment: &Environment) -> Value {
    object(
        "*v1.Info",
        [
            ("FirstDeployed", functions::dates::time_value(&info.first_deployed, environment)),
            ("LastDeployed", functions::dates::time_value(&info.last_deployed, environment)),
            ("Deleted", functions::dates::time_value(&info.deleted, environment)),
            ("Description", Value::string(&*info.description)),
            ("Status", Value::string(info.status.name())),
            ("Notes", Value::string(&*info.notes)),
            ("Resources", Value::Map(Map::nil())),
            ("RollbackRevision", Value::Int(i64::from(info.rollback_revision))),
        ],
    )
}

fn chart(chart: &Chart) -> Value {
    let known = metadata(&chart.metadata, true);
    const FIELDS: [&str; 17] = [
        "Name",
        "Home",
        "Sources",
        "Version",
        "Description",
        "Keywords",
        "Maintainers",
        "Icon",
        "APIVersion",
        "Condition",
        "Tags",
        "AppVersion",
        "Deprecated",
        "Annotations",
        "KubeVersion",
        "Dependencies",
        "Type",
    ];
    let fields = FIELDS.map(|name| (name, known.get(name.as_bytes()).unwrap_or(Value::Nil)));
    let files = |files: &[File]| Value::list(files.iter().map(file).collect());
    let name = Value::string(&*chart.metadata.name);
    with_methods(
        "*v2.Chart",
        vec![
            ("Metadata", object("*v2.Metadata", fields)),
            ("Templates", files(&chart.templates)),
            ("Values", value_from(&goyaml::Value::Map(chart.values.clone()))),
            ("Files", files(&chart.files)),
        ],
        // Of a record, which holds no dependencies.
        vec![
            ("Name", name.clone()),
            ("AppVersion", Value::string(&*chart.metadata.app_version)),
            ("ChartPath", name.clone()),
            ("ChartFullPath", name),
            ("IsRoot", Value::Bool(true)),
            ("Dependencies", Value::list(Vec::new())),
        ],
    )
}

fn file(file: &File) -> Value {
    object(
        "*common.File",
        [("Name", Value::string(&*file.name)), ("Data", Value::string(&*String::from_utf8_lossy(&file.data)))],
    )
}

fn hook(recorded: &RecordedHook, environment: &Environment) -> Value {
    let (hook, head) = (&recorded.hook, &recorded.hook.manifest.head);
    let texts = |all: &[String]| Value::list(all.iter().map(|text| Value::string(text.as_str())).collect());
    let run = [
        ("StartedAt", functions::dates::time_value(&recorded.started_at, environment)),
        ("CompletedAt", functions::dates::time_value(&recorded.completed_at, environment)),
        ("Phase", Value::string(&*recorded.phase)),
    ];
    object(
        "*v1.Hook",
        [
            ("Name", Value::string(&*head.name)),
            ("Kind", Value::string(&*head.kind)),
            ("Path", Value::string(&*hook.manifest.source)),
            ("Manifest", Value::string(&*hook.manifest.content)),
            ("Events", texts(&hook.events)),
            ("LastRun", object("v1.HookExecution", run)),
            ("Weight", Value::Int(hook.weight)),
            ("DeletePolicies", texts(&hook.delete_policies)),
            ("OutputLogPolicies", texts(&hook.output_log_policies)),
        ],
    )
}
