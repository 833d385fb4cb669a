//! Both template languages over one name space: the files of a chart, and the functions that need the engine itself.
//!
//! `include`, `tpl`, `required`, `fail` and `lookup` are here, all others in [`super::functions`]. What they do and say is
//! Helm's (`pkg/engine/engine.go`). `include` finds a Go template's definitions first, then Handlebars partials.

use super::context::{Template, value_from};
use super::diagnosis::Diagnosis;
use super::environment::Gauge;
use super::handlebars::{Data, Handlebars, Session, is_handlebars};
use super::{Environment, Lookup, RenderError, functions, values_methods};
use crate::log::{Level, Log};
use gotemplate::function::{FunctionError, FunctionTable, builtin_names};
use gotemplate::value::{Str, Value};
use gotemplate::{ExecError, Limits, MissingKey, ParseError, Set, TextError, format};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::sync::Arc;

/// How deep `include` may nest for one name.
const MAX_INCLUDES: u32 = 1000;

/// How deep `tpl` may nest.
const MAX_TPL: u32 = 1000;

/// From this length on, a failure of `tpl` keeps only its text and not the failure inside: as each level quotes all below it,
/// keeping both would take memory that grows with the square of the depth.
const MAX_KEPT: usize = 64 << 10;

/// Far beyond what charts need, and reached within a second or two and without exhausting memory. The stack is for a
/// thread that has several times as much: what runs in functions above the limit needs some too.
const LIMITS: Limits = Limits { steps: 10_000_000, memory: 128 << 20, output: 32 << 20, stack: 32 << 20 };

/// The name of the set, which the templates of `tpl` carry too.
const SET_NAME: &str = "gotpl";

const NO_VALUE: &[u8] = b"<no value>";

/// The templates of a chart and of its dependencies.
pub(crate) struct Engine {
    set: Set,
    state: Rc<State>,
}

struct State {
    functions: Rc<FunctionTable>,
    handlebars: Option<Handlebars>,
    /// How many calls of `include` are running, by the name of the template.
    includes: RefCell<BTreeMap<Str, u32>>,
    /// How many calls of `tpl` are running.
    texts: Cell<u32>,
    /// What the running Handlebars file sees, so that it is turned into JSON once.
    data: RefCell<Option<Rc<Data>>>,
    lookup: Arc<dyn Lookup>,
}

impl Engine {
    /// Parses all templates, in the order given: of several definitions of one name the last one holds.
    ///
    /// # Errors
    /// For the first file that does not parse.
    pub(crate) fn new(
        templates: &[Template],
        environment: &Environment,
        lookup: Arc<dyn Lookup>,
        lenient: Option<Rc<RefCell<Vec<Log>>>>,
    ) -> Result<Self, RenderError> {
        let mut parsed = Ok(Set::default());
        let state = Rc::new_cyclic(|state: &Weak<State>| {
            let mut table = functions::table(environment);
            bind(&mut table, state);
            match lenient {
                None => add_failing(&mut table),
                Some(said) => add_lenient(&mut table, said),
            }
            let functions = Rc::new(table);
            let mut handlebars = None;
            parsed = parse(templates, &functions, &mut handlebars, environment.memory.clone());
            State {
                functions,
                handlebars,
                includes: RefCell::default(),
                texts: Cell::default(),
                data: RefCell::default(),
                lookup,
            }
        });
        Ok(Self { set: parsed?, state })
    }

    /// What a file writes.
    ///
    /// # Errors
    /// When it fails.
    pub(crate) fn execute(&self, template: &Template) -> Result<Vec<u8>, RenderError> {
        let data = template.enter();
        match &self.state.handlebars {
            Some(handlebars) if is_handlebars(&template.name) => {
                self.state.execute_handlebars(handlebars, &self.set, &template.name, data)
            }
            _ => {
                // What is written is mostly what the file says.
                let mut text = Vec::with_capacity(template.text.len());
                self.set.execute(&template.name, &data, &mut text).map_err(|error| failed(&error, &self.set))?;
                Ok(without_no_value(text))
            }
        }
    }
}

/// Parses every file into the set or, if it is a Handlebars file, into `handlebars`.
fn parse(
    templates: &[Template],
    functions: &Rc<FunctionTable>,
    handlebars: &mut Option<Handlebars>,
    memory: Option<Gauge>,
) -> Result<Set, RenderError> {
    let set = Set::new(Rc::clone(functions)).with_name(SET_NAME).with_missing_key(MissingKey::Zero);
    let mut set = set.with_limits(LIMITS);
    if let Some(memory) = memory {
        set = set.with_gauge(move || memory());
    }
    for template in templates {
        if is_handlebars(&template.name) {
            let text = String::from_utf8_lossy(&template.text);
            handlebars.get_or_insert_with(|| Handlebars::new(functions)).parse(&template.name, &text)?;
        } else {
            set.parse_shared(&template.name, &template.text).map_err(|error| unparsable(&error, template, functions))?;
        }
    }
    if let Some(handlebars) = handlebars {
        handlebars.check()?;
    }
    Ok(set)
}

impl State {
    fn include(&self, set: &Set, name: &Str, data: &Value) -> Result<Vec<u8>, FunctionError> {
        self.enter(name)?;
        let result = self.run(set, name, data);
        if let Some(running) = self.includes.borrow_mut().get_mut(name.as_bytes()) {
            *running -= 1;
        }
        result
    }

    fn enter(&self, name: &Str) -> Result<(), FunctionError> {
        let mut includes = self.includes.borrow_mut();
        let running = includes.entry(name.clone()).or_insert(0);
        if *running > MAX_INCLUDES {
            let name = name.to_str_lossy();
            let message = format!("rendering template has a nested reference name: {name}: unable to execute template");
            return Err(FunctionError::new(message));
        }
        *running += 1;
        Ok(())
    }

    fn run(&self, set: &Set, name: &Str, data: &Value) -> Result<Vec<u8>, FunctionError> {
        if let Some(handlebars) = &self.handlebars
            && let Some(partial) = name.to_str()
            && !set.contains(partial)
            && handlebars.contains(partial)
        {
            let failed = |error: RenderError| FunctionError {
                message: error.to_string(),
                source: Some(Rc::new(error.diagnosis().clone())),
            };
            return self.execute_handlebars(handlebars, set, partial, data.clone()).map_err(failed);
        }
        let mut text = Vec::new();
        set.execute(name.as_bytes(), data, &mut text)?;
        Ok(text)
    }

    fn execute_handlebars(
        &self,
        handlebars: &Handlebars,
        set: &Set,
        name: &str,
        data: Value,
    ) -> Result<Vec<u8>, RenderError> {
        let shared = self.data.borrow().clone().filter(|shared| matches!(&data, Value::Map(map) if shared.is_of(map)));
        let shared = shared.unwrap_or_else(|| Rc::new(Data::new(data.clone())));
        let before = self.data.replace(Some(Rc::clone(&shared)));
        let session = Session::enter(Rc::clone(&self.functions), set.clone(), data);
        let result = handlebars.execute(name, &shared);
        drop(session);
        self.data.replace(before);
        result.map(String::into_bytes)
    }

    fn tpl(&self, set: &Set, text: &Str, data: &Value) -> Result<Vec<u8>, FunctionError> {
        let running = self.texts.get();
        if running >= MAX_TPL {
            return Err(FunctionError::new(format!("tpl calls are nested too deeply: more than {MAX_TPL}")));
        }
        self.texts.set(running + 1);
        let result = tpl(set, text, data);
        self.texts.set(running);
        result
    }

    fn lookup(&self, api_version: &str, kind: &str, namespace: &str, name: &str) -> Result<Value, FunctionError> {
        let found = self.lookup.lookup(api_version, kind, namespace, name).map_err(|error| error.to_string())?;
        Ok(value_from(&found))
    }
}

/// What `text` writes as a template of the running set.
fn tpl(set: &Set, text: &Str, data: &Value) -> Result<Vec<u8>, FunctionError> {
    let mut written = Vec::new();
    set.execute_text(SET_NAME, text.as_bytes(), data, &mut written).map_err(|error| {
        let quoted = format::quoted(text.as_bytes());
        match error {
            TextError::Parse(error) => format!("cannot parse template {quoted}: {error}").into(),
            TextError::Exec(error) => {
                let message = format!("error during tpl function execution for {quoted}: {error}");
                match message.len() {
                    ..MAX_KEPT => FunctionError { message, source: Some(Rc::new(error)) },
                    _ => message.into(),
                }
            }
        }
    })?;
    Ok(without_no_value(written))
}

fn bind(table: &mut FunctionTable, state: &Weak<State>) {
    let bound = |state: &Weak<State>| {
        let state = state.clone();
        move || state.upgrade().expect("templates run only while their engine lives")
    };
    let engine = bound(state);
    table.add("include", move |set: &Set, name: Str, data: Value| engine().include(set, &name, &data));
    let engine = bound(state);
    table.add("tpl", move |set: &Set, text: Str, data: Value| engine().tpl(set, &text, &data));
    let engine = bound(state);
    table.add("lookup", move |api_version: Str, kind: Str, namespace: Str, name: Str| {
        let [api_version, kind, namespace, name] = [&api_version, &kind, &namespace, &name].map(|text| text.to_str_lossy());
        engine().lookup(&api_version, &kind, &namespace, &name)
    });
    values_methods::add(table);
}

fn add_failing(table: &mut FunctionTable) {
    table.add("required", required);
    table.add("fail", |message: Str| Err::<Value, _>(marked(&message)));
}

/// The functions that end a render, for a linter that wants to see the rest too.
fn add_lenient(table: &mut FunctionTable, said: Rc<RefCell<Vec<Log>>>) {
    let log = move |level, words: &str, message: &Str| {
        let fields = vec![("message", message.to_str_lossy().into_owned())];
        said.borrow_mut().push(Log { level, message: words.into(), fields });
        Value::string("")
    };
    let log_required = log.clone();
    table.add("required", move |message: Str, value: Value| match &value {
        Value::Nil => log_required(Level::Warn, "missing required value", &message),
        Value::String(text) if text.is_empty() => log_required(Level::Warn, "missing required values", &message),
        _ => value,
    });
    table.add("fail", move |message: Str| log(Level::Info, "funcMap fail", &message));
}

fn required(message: Str, value: Value) -> Result<Value, FunctionError> {
    match &value {
        Value::Nil => Err(marked(&message)),
        Value::String(text) if text.is_empty() => Err(marked(&message)),
        _ => Ok(value),
    }
}

// Marks around the chart author's words, by which they are found again in the text of any error around them: as in Helm.
const MARK_START: &str = "HELM_ERR_START";
const MARK_END: &str = "HELM_ERR_END";

fn marked(message: &Str) -> FunctionError {
    FunctionError::new(format!("{MARK_START}{}{MARK_END}", message.to_str_lossy()))
}

/// Only the place, and what follows the last colon, survive of a parse error.
fn unparsable(error: &ParseError, template: &Template, functions: &FunctionTable) -> RenderError {
    let text = error.to_string();
    let parts: Vec<&str> = text.split(": ").collect();
    let position = parts.get(1).copied().unwrap_or_default();
    let diagnosis = Diagnosis::of_parse_error(error, &template.text, functions.names().chain(builtin_names()));
    RenderError::unparsable(position, parts.last().copied().unwrap_or_default()).with_diagnosis(diagnosis)
}

/// The chart author's words in an error's text, if there are any.
pub(crate) fn marked_message(text: &str) -> Option<&str> {
    let (start, end) = (text.find(MARK_START)? + MARK_START.len(), text.rfind(MARK_END)?);
    text.get(start..end)
}

fn failed(error: &ExecError, set: &Set) -> RenderError {
    let message_of = |text: &str| marked_message(text).unwrap_or(text).to_owned();
    let diagnosis = Diagnosis::of_execution(error, set.names().filter_map(Str::to_str), message_of);
    let text = error.to_string();
    let mut parts = text.splitn(3, ": ").skip(1);
    if let (Some(position), Some(rest)) = (parts.next(), parts.next())
        && let Some(message) = marked_message(rest)
    {
        return RenderError::failed(position, message).with_diagnosis(diagnosis);
    }
    RenderError::execution(error.chain()).with_diagnosis(diagnosis)
}

fn without_no_value(text: Vec<u8>) -> Vec<u8> {
    let Some(mut at) = find(&text, NO_VALUE) else { return text };
    let mut rest = text.as_slice();
    let mut kept = Vec::with_capacity(text.len());
    loop {
        kept.extend_from_slice(&rest[..at]);
        rest = &rest[at + NO_VALUE.len()..];
        match find(rest, NO_VALUE) {
            Some(next) => at = next,
            None => break,
        }
    }
    kept.extend_from_slice(rest);
    kept
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, part)
}
