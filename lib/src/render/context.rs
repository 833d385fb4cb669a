//! What a template sees as `.`: Values, Release, Chart, Files, Capabilities, Subcharts and, while it runs, Template.
//!
//! Maps are shared as they are in Helm: a subchart's `.Values` is the parent's `.Values.<name>`, and `.Release` is one map
//! for all charts, so a write through one is seen through the others.

use super::files::Files;
use super::{Input, ReleaseFacts};
use crate::chart::{Chart, Dependency, Maintainer, Metadata};
use bytes::Bytes;
use gotemplate::value::{Element, List, Map, MapType, Value};
use std::rc::Rc;

/// The type of `.`, `.Values` and `.Template`.
pub(crate) const VALUES: MapType = MapType::Named("common.Values");

/// A file below `templates/`, ready to be parsed and executed.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    /// `chart/templates/file.yaml`.
    pub name: String,
    /// Its text, normally UTF-8.
    pub text: Bytes,
    /// `.` of its chart.
    pub context: Map,
    /// `.Template.BasePath`.
    pub base_path: String,
}

impl Template {
    /// Sets `.Template`. Templates of one chart share their context, so this has to happen just before the execution.
    pub(crate) fn enter(&self) -> Value {
        let entries = [("Name", text(&self.name)), ("BasePath", text(&self.base_path))];
        self.context.insert("Template", Value::Map(record(entries).retyped(VALUES)));
        Value::Map(self.context.retyped(VALUES))
    }

    /// Whether it is parsed for its definitions only.
    pub(crate) fn is_partial(&self) -> bool {
        is_partial(&self.name)
    }
}

/// All templates of a chart and its dependencies, in the order in which they are parsed and executed: deepest first, on
/// one level the last name first.
pub(crate) fn templates(input: &Input<'_>) -> Vec<Template> {
    let shared = Shared {
        release: Value::Map(release(input.release)),
        capabilities: Value::Object(Rc::new(input.capabilities.clone())),
    };
    let values = map_from(input.values).retyped(VALUES);
    let mut templates = Vec::new();
    let root = Place { path: input.chart.metadata.name.clone(), is_root: true };
    add_chart(input.chart, &root, values, &shared, &mut templates);
    let depth = |template: &Template| template.name.matches('/').count();
    templates.sort_by(|a, b| depth(b).cmp(&depth(a)).then_with(|| b.name.cmp(&a.name)));
    templates
}

struct Shared {
    release: Value,
    capabilities: Value,
}

struct Place {
    path: String,
    is_root: bool,
}

fn add_chart(chart: &Chart, place: &Place, values: Map, shared: &Shared, templates: &mut Vec<Template>) -> Map {
    let subcharts = Map::new(Default::default());
    let context = record([
        ("Chart", Value::Map(metadata(&chart.metadata, place.is_root))),
        ("Files", Value::Object(Rc::new(Files::new(&chart.files)))),
        ("Release", shared.release.clone()),
        ("Capabilities", shared.capabilities.clone()),
        ("Values", Value::Map(values.clone())),
        ("Subcharts", Value::Map(subcharts.clone())),
    ]);
    for dependency in &chart.dependencies {
        let name = &dependency.metadata.name;
        let own = match values.get(name.as_bytes()) {
            Some(Value::Map(own)) => own,
            _ => Map::new(Default::default()),
        };
        let below = Place { path: format!("{}/charts/{name}", place.path), is_root: false };
        let child = add_chart(dependency, &below, own.retyped(VALUES), shared, templates);
        subcharts.insert(name.as_str(), Value::Map(child));
    }
    let library = chart.metadata.chart_type == "library";
    let base_path = format!("{}/templates", place.path);
    for file in chart.templates.iter().filter(|file| !library || is_partial(&file.name)) {
        templates.push(Template {
            name: format!("{}/{}", place.path, file.name),
            text: file.data.clone(),
            context: context.clone(),
            base_path: base_path.clone(),
        });
    }
    context
}

fn is_partial(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|base| base.starts_with('_'))
}

fn release(facts: &ReleaseFacts) -> Map {
    record([
        ("Name", text(&facts.name)),
        ("Namespace", text(&facts.namespace)),
        ("IsUpgrade", Value::Bool(facts.is_upgrade)),
        ("IsInstall", Value::Bool(!facts.is_upgrade && facts.revision > 0)),
        ("Revision", Value::Int(i64::from(facts.revision))),
        ("Service", text("Helm")),
    ])
}

pub(crate) fn metadata(metadata: &Metadata, is_root: bool) -> Map {
    let annotations = match &metadata.annotations {
        Some(all) => all.iter().map(|(key, value)| (key.as_str().into(), text(value))).collect(),
        None => Map::nil(),
    };
    record([
        ("APIVersion", text(&metadata.api_version)),
        ("Annotations", Value::Map(annotations.retyped(MapType::String))),
        ("AppVersion", text(&metadata.app_version)),
        ("Condition", text(&metadata.condition)),
        ("Dependencies", maps(&metadata.dependencies, dependency)),
        ("Deprecated", Value::Bool(metadata.deprecated)),
        ("Description", text(&metadata.description)),
        ("Home", text(&metadata.home)),
        ("Icon", text(&metadata.icon)),
        ("IsRoot", Value::Bool(is_root)),
        ("Keywords", texts(&metadata.keywords)),
        ("KubeVersion", text(&metadata.kube_version)),
        ("Maintainers", maps(&metadata.maintainers, maintainer)),
        ("Name", text(&metadata.name)),
        ("Sources", texts(&metadata.sources)),
        ("Tags", text(&metadata.tags)),
        ("Type", text(&metadata.chart_type)),
        ("Version", text(&metadata.version)),
    ])
}

fn maintainer(maintainer: &Maintainer) -> Map {
    record([("Email", text(&maintainer.email)), ("Name", text(&maintainer.name)), ("URL", text(&maintainer.url))])
}

fn dependency(dependency: &Dependency) -> Map {
    record([
        ("Alias", text(&dependency.alias)),
        ("Condition", text(&dependency.condition)),
        ("Enabled", Value::Bool(dependency.enabled)),
        ("ImportValues", Value::list(dependency.import_values.iter().map(import).collect())),
        ("Name", text(&dependency.name)),
        ("Repository", text(&dependency.repository)),
        ("Tags", texts(&dependency.tags)),
        ("Version", text(&dependency.version)),
    ])
}

/// Processing leaves a `map[string]string` of child and parent.
fn import(value: &goyaml::Value) -> Value {
    match value_from(value) {
        Value::Map(map) => Value::Map(map.retyped(MapType::String)),
        other => other,
    }
}

/// The template value of a plain one.
pub(crate) fn value_from(value: &goyaml::Value) -> Value {
    match value {
        goyaml::Value::Null => Value::Nil,
        goyaml::Value::Bool(value) => Value::Bool(*value),
        goyaml::Value::Int(number) => Value::Int64(*number),
        goyaml::Value::Float(number) => Value::Float(*number),
        goyaml::Value::String(string) => text(string),
        goyaml::Value::List(items) => Value::List(List::grown(Element::Any, items.iter().map(value_from).collect())),
        goyaml::Value::Map(map) => Value::Map(map_from(map)),
    }
}

pub(crate) fn map_from(map: &goyaml::Map) -> Map {
    map.iter().map(|(key, value)| (key.as_str().into(), value_from(value))).collect()
}

fn text(text: &str) -> Value {
    Value::string(text)
}

fn texts(all: &[String]) -> Value {
    Value::list(all.iter().map(|one| text(one)).collect())
}

fn maps<T>(all: &[T], map: impl Fn(&T) -> Map) -> Value {
    Value::list(all.iter().map(|one| Value::Map(map(one))).collect())
}

fn record<const N: usize>(entries: [(&str, Value); N]) -> Map {
    entries.into_iter().map(|(key, value)| (key.into(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::File;
    use crate::render::{Capabilities, Environment, NoCluster};
    use std::sync::Arc;

    fn chart(name: &str, templates: &[&str], dependencies: Vec<Chart>) -> Chart {
        let templates = templates.iter().map(|name| File { name: (*name).into(), ..File::default() }).collect();
        Chart {
            metadata: Metadata { name: name.into(), ..Metadata::default() },
            templates,
            dependencies,
            ..Chart::default()
        }
    }

    fn all(chart: &Chart, values: &goyaml::Map) -> Vec<Template> {
        let environment = Environment {
            clock: Arc::new(|| std::time::SystemTime::UNIX_EPOCH),
            random: Arc::new(|_| {}),
            time_zone: "UTC".into(),
            time_zone_data: Arc::new(|_| None),
            memory: None,
            resolve: Arc::new(|_| None),
            fetch: Arc::new(crate::values::schema::refuse),
        };
        templates(&Input {
            chart,
            values,
            release: &ReleaseFacts { name: "r".into(), namespace: "n".into(), revision: 1, is_upgrade: false },
            capabilities: &Capabilities::default(),
            environment: &environment,
            lookup: Arc::new(NoCluster),
        })
    }

    #[test]
    fn the_deepest_and_last_name_comes_first() {
        let sub = chart("s", &["templates/a.yaml"], Vec::new());
        let root = chart("c", &["templates/a.yaml", "templates/_b.tpl", "templates/x/a.yaml"], vec![sub]);
        let names: Vec<String> = all(&root, &goyaml::Map::new()).into_iter().map(|template| template.name).collect();
        let expected = ["c/charts/s/templates/a.yaml", "c/templates/x/a.yaml", "c/templates/a.yaml", "c/templates/_b.tpl"];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_subchart_shares_its_values_with_its_parent() {
        let root = chart("c", &["templates/a"], vec![chart("s", &["templates/a"], Vec::new())]);
        let values = goyaml::Map::from([("s".into(), goyaml::Map::from([("x".into(), 1.0.into())]).into())]);
        let templates = all(&root, &values);
        let values_of = |template: &Template| match template.context.get(b"Values") {
            Some(Value::Map(values)) => values,
            other => panic!("{other:?}"),
        };
        let (child, parent) = (values_of(&templates[0]), values_of(&templates[1]));
        assert_eq!(child.map_type().name(), "common.Values");
        child.insert("y", Value::Bool(true));
        let Some(Value::Map(seen)) = parent.get(b"s") else { panic!("no table") };
        assert_eq!((seen.map_type().name(), seen.contains_key(b"y")), ("map[string]interface {}", true));
    }
}
