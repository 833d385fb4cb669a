//! One schema and the values that it is for: reading it, fetching what it refers to, checking.

use super::failure::{Origin, failures};
use super::links::Links;
use super::patterns::Names;
use super::{Fetch, formats, quick, words};
use crate::gotext::{io_cause, quote};
use crate::gourl::{Url, shown};
use crate::log::{Level, Log};
use boon::{CompileError, Compiler, SchemaIndex, Schemas, UrlLoader};
use goyaml::{Map, Value};
use serde_json::Value as Json;
use std::cell::RefCell;
use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::rc::Rc;

/// Where a chart's schema is said to be; relative references start here.
const LOCATION: &str = "file:///values.schema.json";
/// The largest schema that another one may refer to.
const MAX_SIZE: u64 = 16 << 20;
/// How many schemas may be referred to.
const MAX_SCHEMAS: usize = 200;
/// Checking recurses with the schema, and for each level of the values again.
const STACK_SIZE: usize = 64 << 20;
const STACK_PER_LEVEL: usize = 128 << 10;

/// Checks values against a schema.
///
/// # Errors
/// What is wrong with the values or the schema, as Helm prints it.
pub(super) fn check(schema: &[u8], values: &Map, fetch: &Fetch, logs: &mut Vec<Log>) -> Result<(), String> {
    if quick::is_accepted(schema, values) {
        logs.push(read_log(schema));
        return Ok(());
    }
    check_all(schema, values, fetch, logs)
}

/// Compiles the whole schema and checks the values against it.
pub(super) fn check_all(schema: &[u8], values: &Map, fetch: &Fetch, logs: &mut Vec<Log>) -> Result<(), String> {
    let run = move || run(schema, values, fetch, logs);
    let levels = values.values().map(levels).max().unwrap_or_default();
    std::thread::scope(|scope| {
        let stack_size = STACK_SIZE + levels * STACK_PER_LEVEL;
        let thread = std::thread::Builder::new().stack_size(stack_size).spawn_scoped(scope, run);
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err("unable to validate schema".to_owned()),
            Err(error) => Err(format!("unable to validate schema: {}", io_cause(&error))),
        }
    })
}

/// How deep a value is.
fn levels(value: &Value) -> usize {
    let below = match value {
        Value::List(items) => items.iter().map(levels).max(),
        Value::Map(map) => map.values().map(levels).max(),
        _ => return 0,
    };
    1 + below.unwrap_or_default()
}

fn run(schema: &[u8], values: &Map, fetch: &Fetch, logs: &mut Vec<Log>) -> Result<(), String> {
    let document = read(schema)?;
    logs.push(read_log(schema));
    let mut library = Library { fetch, logs, documents: Vec::new(), names: Names::default(), links: Links::default() };
    library.documents.push((library.links.name(LOCATION), document));
    let mut schemas = Schemas::new();
    let index = library.compile(&mut schemas)?;
    let values = Json::Object(values.iter().map(|(key, value)| (key.clone(), to_json(value))).collect());
    let Err(error) = schemas.validate(&values, index) else { return Ok(()) };
    let names = Names::default();
    let origin = Origin { values: &values, schema: &|url| library.part(url), names: &names, links: &library.links };
    let failures = failures(&error, &origin);
    if failures.is_empty() { Ok(()) } else { Err(format!("{failures}\n")) }
}

/// What Helm logs of a schema that it could read.
fn read_log(schema: &[u8]) -> Log {
    let text = std::str::from_utf8(schema).map_or_else(|_| String::from_utf8_lossy(schema).into_owned(), str::to_owned);
    Log { level: Level::Debug, message: "unmarshalled JSON schema".into(), fields: vec![("schema", text)] }
}

/// Reads a JSON document as Go's decoder does, except that integers stay integers, as they are in messages.
fn read(text: &[u8]) -> Result<Json, String> {
    if let Ok(json) = serde_json::from_slice(text) {
        return Ok(json);
    }
    let is_blank = text.iter().all(u8::is_ascii_whitespace);
    match goyaml::json::parse(text) {
        Ok(value) => Ok(to_json(&value)),
        Err(_) if is_blank => Err("EOF".to_owned()),
        Err(error) => Err(match error.to_string() {
            text if text == "unexpected end of JSON input" => "unexpected EOF".to_owned(),
            text if text.ends_with(" after top-level value") => "invalid character after top-level value".to_owned(),
            text => text,
        }),
    }
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::String(text) => Json::String(text.clone()),
        Value::List(items) => Json::Array(items.iter().map(to_json).collect()),
        Value::Map(map) => Json::Object(map.iter().map(|(key, value)| (key.clone(), to_json(value))).collect()),
    }
}

/// A schema and those that it refers to.
pub(super) struct Library<'l> {
    fetch: &'l Fetch,
    logs: &'l mut Vec<Log>,
    /// By what stands for their URLs, the schema itself first.
    documents: Vec<(String, Json)>,
    pub(super) names: Names,
    pub(super) links: Links,
}

impl Library<'_> {
    fn compile(&mut self, schemas: &mut Schemas) -> Result<SchemaIndex, String> {
        loop {
            let wanted = Wanted::default();
            let error = match self.try_compile(schemas, &wanted) {
                Ok(index) => return Ok(index),
                Err(error) => error,
            };
            match wanted.0.take() {
                None => return Err(self.compile_error(&error)),
                Some(name) => {
                    let url = self.links.original(&name);
                    let schema =
                        self.load(&url).map_err(|cause| format!("failing loading {}: {cause}", quote(&shown(&url))))?;
                    self.documents.push((name, schema));
                }
            }
        }
    }

    fn try_compile(&mut self, schemas: &mut Schemas, wanted: &Wanted) -> Result<SchemaIndex, Box<CompileError>> {
        let mut compiler = Compiler::new();
        formats::register(&mut compiler);
        compiler.use_loader(Box::new(wanted.clone()));
        for (name, schema) in &self.documents {
            let mut schema = schema.clone();
            self.names.translate(&mut schema);
            self.links.translate(&mut schema, &self.links.original(name));
            compiler.add_resource(name, schema)?;
        }
        Ok(compiler.compile(&self.links.name(LOCATION), schemas)?)
    }

    /// The part of a schema that a URL with a JSON pointer names.
    pub(super) fn part(&self, url: &str) -> Option<&Json> {
        let (document, pointer) = url.split_once('#').unwrap_or((url, ""));
        let (_, schema) = self.documents.iter().find(|(url, _)| url == document)?;
        pointer.split('/').skip(1).try_fold(schema, |schema, step| {
            let name = words::unescaped(step);
            match schema {
                Json::Array(items) => items.get(name.parse::<usize>().ok()?),
                schema => schema.get(&*name).or_else(|| schema.get(self.names.original(&name))),
            }
        })
    }

    fn load(&mut self, url: &str) -> Result<Json, String> {
        let parsed = Url::parse(url.as_bytes())?;
        match parsed.scheme.as_slice() {
            _ if self.documents.len() > MAX_SCHEMAS => Err(format!("more than {MAX_SCHEMAS} schemas")),
            b"urn" => {
                let message = "unresolved URN reference ignored; using permissive schema".into();
                self.logs.push(Log { level: Level::Warn, message, fields: vec![("urn", url.to_owned())] });
                Ok(Json::Bool(true))
            }
            b"http" | b"https" => read(&(self.fetch)(url)?),
            // A host does not count: `file://../a` is `/a`, as it is with Helm.
            b"file" => read(&read_file(&String::from_utf8_lossy(&parsed.path))?),
            _ => Err(format!("no URLLoader registered for {}", quote(&String::from_utf8_lossy(&parsed.print())))),
        }
    }
}

fn read_file(path: &str) -> Result<Vec<u8>, String> {
    let failed = |operation: &str, error: std::io::Error| format!("{operation} {path}: {}", io_cause(&error));
    let file = File::open(path).map_err(|error| failed("open", error))?;
    let kind = file.metadata().map_err(|error| failed("stat", error))?;
    if !kind.is_file() && !kind.is_dir() {
        return Err(format!("read {path}: not a regular file"));
    }
    let mut content = Vec::new();
    file.take(MAX_SIZE + 1).read_to_end(&mut content).map_err(|error| failed("read", error))?;
    if content.len() as u64 > MAX_SIZE { Err(format!("read {path}: larger than {MAX_SIZE} bytes")) } else { Ok(content) }
}

/// Loads nothing, but remembers what it should have loaded, so that it can be fetched before the next attempt.
#[derive(Clone, Default)]
struct Wanted(Rc<RefCell<Option<String>>>);

impl UrlLoader for Wanted {
    fn load(&self, url: &str) -> Result<Json, Box<dyn Error>> {
        self.0.borrow_mut().get_or_insert_with(|| url.to_owned());
        Err("not fetched yet".into())
    }
}
