//! One schema and the values that it is for: reading it, fetching what it refers to, checking.

use super::failure::{Origin, failures};
use super::patterns::Names;
use super::{Fetch, formats, quick, words};
use crate::gotext::{io_cause, quote};
use crate::log::{Level, Log};
use boon::{CompileError, Compiler, SchemaIndex, Schemas, UrlLoader, ValidationError};
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
    let mut library = Library { fetch, logs, documents: vec![(LOCATION.to_owned(), document)], names: Names::default() };
    let mut schemas = Schemas::new();
    let index = library.compile(&mut schemas)?;
    let values = Json::Object(values.iter().map(|(key, value)| (key.clone(), to_json(value))).collect());
    let Err(error) = schemas.validate(&values, index) else { return Ok(()) };
    let origin = Origin { values: &values, schema: &|url| library.part(url), names: &Names::default() };
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
struct Library<'l> {
    fetch: &'l Fetch,
    logs: &'l mut Vec<Log>,
    /// By their URLs, the schema itself first.
    documents: Vec<(String, Json)>,
    names: Names,
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
                Some(url) if self.documents.len() > MAX_SCHEMAS => {
                    return Err(format!("failing loading {}: more than {MAX_SCHEMAS} schemas", quote(&url)));
                }
                Some(url) => {
                    let schema = self.load(&url).map_err(|cause| format!("failing loading {}: {cause}", quote(&url)))?;
                    self.documents.push((url, schema));
                }
            }
        }
    }

    fn try_compile(&mut self, schemas: &mut Schemas, wanted: &Wanted) -> Result<SchemaIndex, Box<CompileError>> {
        let mut compiler = Compiler::new();
        formats::register(&mut compiler);
        compiler.use_loader(Box::new(wanted.clone()));
        for (url, schema) in &self.documents {
            let mut schema = schema.clone();
            self.names.translate(&mut schema);
            compiler.add_resource(url, schema)?;
        }
        Ok(compiler.compile(LOCATION, schemas)?)
    }

    /// The part of a schema that a URL with a JSON pointer names.
    fn part(&self, url: &str) -> Option<&Json> {
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
        match url.split_once(':') {
            Some(("urn", _)) => {
                let message = "unresolved URN reference ignored; using permissive schema".into();
                self.logs.push(Log { level: Level::Warn, message, fields: vec![("urn", url.to_owned())] });
                Ok(Json::Bool(true))
            }
            Some(("http" | "https", _)) => read(&(self.fetch)(url)?),
            Some(("file", _)) => read(&read_file(url)?),
            _ => Err(format!("no URLLoader registered for {}", quote(url))),
        }
    }
}

fn read_file(url: &str) -> Result<Vec<u8>, String> {
    // What stands in the place of a host does not count: `file://../a` is `/a`, as it is with Helm.
    let path = url.strip_prefix("file://").unwrap_or(url);
    let path = path.find('/').map_or("", |at| &path[at..]);
    let path = words::percent_decoded(path);
    let failed = |operation: &str, error: std::io::Error| format!("{operation} {path}: {}", io_cause(&error));
    let file = File::open(&path).map_err(|error| failed("open", error))?;
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

impl Library<'_> {
    /// Why the schema is none, in Helm's words.
    fn compile_error(&self, error: &CompileError) -> String {
        match error {
            CompileError::ValidationError { url, src } => self.not_a_schema(url, src),
            CompileError::InvalidMetaSchemaUrl { url, .. } => {
                let draft = self.part(url).and_then(|schema| schema.get("$schema")?.as_str());
                let draft = quote(draft.unwrap_or_default());
                format!("failing loading {draft}: no URLLoader registered for {draft}")
            }
            other => other_compile_error(other),
        }
    }

    fn not_a_schema(&self, url: &str, error: &ValidationError<'_, '_>) -> String {
        let metaschema = words::quote(error.schema_url);
        let document = self.part(url).unwrap_or(&Json::Null);
        let failures = failures(error, &Origin { values: document, schema: &|_| None, names: &self.names });
        let url = if url.contains('#') { quote(url) } else { quote(&format!("{url}#")) };
        format!("{url} is not valid against metaschema: jsonschema validation failed with {metaschema}\n{failures}")
    }
}

fn other_compile_error(error: &CompileError) -> String {
    match error {
        CompileError::ParseUrlError { url, src } => format!("error in parsing {}: {src}", quote(url)),
        CompileError::LoadUrlError { url, src } => format!("failing loading {}: {src}", quote(url)),
        CompileError::UnsupportedUrlScheme { url } => {
            let url = quote(url);
            format!("failing loading {url}: no URLLoader registered for {url}")
        }
        CompileError::UnsupportedDraft { url } => format!("draft {} is not supported", quote(url)),
        CompileError::MetaSchemaCycle { url } => format!("cycle in resolving $schema in {}", quote(url)),
        CompileError::ParseIdError { loc } => format!("error in parsing id at {}", quote(loc)),
        CompileError::ParseAnchorError { loc } => format!("error in parsing anchor at {}", quote(loc)),
        CompileError::DuplicateId { url, id, ptr1, ptr2 } => {
            format!("duplicate id {} in {} at {} and {}", quote(id), quote(url), quote(ptr1), quote(ptr2))
        }
        CompileError::DuplicateAnchor { anchor, url, ptr1, ptr2 } => {
            format!("duplicate anchor {} in {} at {} and {}", quote(anchor), quote(url), quote(ptr1), quote(ptr2))
        }
        CompileError::InvalidJsonPointer(location) => format!("invalid json-pointer {}", quote(location)),
        CompileError::JsonPointerNotFound(location) => format!("json-pointer in {} not found", quote(location)),
        CompileError::AnchorNotFound { url, reference } => {
            format!("anchor in {} not found in schema {}", quote(reference), quote(url))
        }
        CompileError::UnsupportedVocabulary { url, vocabulary } => {
            format!("unsupported vocabulary {} in {}", quote(vocabulary), quote(url))
        }
        CompileError::InvalidRegex { url, regex, src } => format!("invalid regex {} at {}: {src}", quote(regex), quote(url)),
        other => other.to_string(),
    }
}
