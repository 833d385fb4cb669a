//! The functions of Go templates as Handlebars helpers, and the methods of `.Files` and `.Capabilities` under their paths:
//! `{{Files.Get "motd.txt"}}`.

use super::bridge::{from_json, to_json};
use gotemplate::function::{self, Function, FunctionError, FunctionTable, ParameterType};
use gotemplate::value::{MethodError, Value};
use gotemplate::{Set, format};
use handlebars::{
    Context, Handlebars as Registry, Helper, HelperDef, HelperResult, Output, PathAndJson, RenderContext, RenderError,
};
use handlebars::{RenderErrorReason, ScopedJson};
use std::cell::RefCell;
use std::rc::Rc;

/// Helpers of the crate that stay, since they work on JSON: comparison, logic and length.
const OWN: &[&str] = &["eq", "ne", "gt", "lt", "and", "or", "not", "len"];

/// Methods that are reached by their path from the root.
const METHODS: &[&[&str]] = &[
    &["Files", "Get"],
    &["Files", "Lines"],
    &["Files", "Glob"],
    &["Files", "AsConfig"],
    &["Files", "AsSecrets"],
    &["Capabilities", "APIVersions", "Has"],
];

/// The crate's two-argument helper of that name yields to Helm's with four.
const LOOKUP: &str = "lookup";

thread_local! {
    // The crate wants helpers that may move between threads; functions and values may not. So a helper is but a name, and
    // what it works on is here while a file is rendered.
    static SESSIONS: RefCell<Vec<Running>> = const { RefCell::new(Vec::new()) };
}

#[derive(Clone)]
struct Running {
    functions: Rc<FunctionTable>,
    /// The Go templates, for `include` and `tpl`.
    set: Set,
    root: Value,
}

/// Makes functions and root context known to helpers until it is dropped.
pub(crate) struct Session(());

impl Session {
    /// Begins the rendering of one file.
    pub(crate) fn enter(functions: Rc<FunctionTable>, set: Set, root: Value) -> Self {
        SESSIONS.with_borrow_mut(|sessions| sessions.push(Running { functions, set, root }));
        Self(())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        SESSIONS.with_borrow_mut(Vec::pop);
    }
}

/// Makes a helper of every function.
pub(crate) fn register(registry: &mut Registry<'static>, functions: impl Iterator<Item = &'static str>) {
    let all = functions.chain(function::builtin_names());
    for name in all.filter(|name| !OWN.contains(name) && *name != LOOKUP) {
        registry.register_helper(name, Box::new(Call { name }));
    }
    registry.register_helper(LOOKUP, Box::new(Lookup));
    for path in METHODS {
        registry.register_helper(&path.join("_"), Box::new(Method { path }));
    }
}

/// Writes the paths of methods as names, which the crate's grammar wants in front of arguments: `Files_Get` for `Files.Get`. What
/// is quoted, or is no expression, stays; and so do all places.
pub(crate) fn with_method_names(text: &str) -> String {
    let mut named = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, expression)) = rest.split_once("{{") {
        let (expression, after) = expression.split_at(expression.find("}}").unwrap_or(expression.len()));
        named.push_str(before);
        named.push_str("{{");
        for (place, part) in expression.split('"').enumerate() {
            named.push_str(if place > 0 { "\"" } else { "" });
            let path = |path: &&[&str]| (path.join("."), path.join("_"));
            let renamed = METHODS.iter().map(path).fold(part.to_owned(), |part, (path, name)| part.replace(&path, &name));
            named.push_str(if place % 2 == 0 { &renamed } else { part });
        }
        rest = after;
    }
    named + rest
}

struct Call {
    name: &'static str,
}

struct Method {
    path: &'static [&'static str],
}

struct Lookup;

/// What all three do: turn arguments into a value.
trait Evaluate {
    fn evaluate(&self, arguments: Vec<Value>) -> Result<Value, FunctionError>;

    fn run(&self, helper: &Helper<'_>, context: &Context) -> Result<Value, RenderError> {
        let arguments = helper.params().iter().map(|argument| value(argument, context)).collect();
        self.evaluate(arguments).map_err(|error| RenderErrorReason::NestedError(error.to_string().into()).into())
    }
}

/// The root itself is handed over as it is, with the objects that JSON cannot hold.
fn value(argument: &PathAndJson<'_>, context: &Context) -> Value {
    let json = argument.value();
    // The crate finds fields of `@root`, and not `@root` itself.
    let is_root = argument.relative_path().is_some_and(|path| path == "@root");
    if is_root || std::ptr::eq(json, context.data()) {
        return running().map_or(Value::Nil, |running| running.root);
    }
    from_json(json)
}

fn running() -> Option<Running> {
    SESSIONS.with_borrow(|sessions| sessions.last().cloned())
}

impl Evaluate for Call {
    fn evaluate(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        call(self.name, arguments)
    }
}

impl Evaluate for Lookup {
    fn evaluate(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        match arguments.as_slice() {
            [Value::Map(map), Value::String(key)] => Ok(map.get(key.as_bytes()).unwrap_or_default()),
            [Value::List(list), Value::Int(index)] => {
                Ok(usize::try_from(*index).ok().and_then(|index| list.items().get(index).cloned()).unwrap_or_default())
            }
            _ => call(LOOKUP, arguments),
        }
    }
}

impl Evaluate for Method {
    fn evaluate(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        let (name, path) = self.path.split_last().ok_or("no method")?;
        let mut owner = running().map_or(Value::Nil, |running| running.root);
        for part in path {
            owner = match &owner {
                Value::Map(map) => map.get(part.as_bytes()).unwrap_or_default(),
                Value::Object(object) => object.field(part).unwrap_or_default(),
                _ => Value::Nil,
            };
        }
        let Value::Object(object) = owner else { return Err(FunctionError::new(format!("no {} here", path.join(".")))) };
        let wanted = object.method(name).unwrap_or_default();
        check_count(name, wanted, false, arguments.len())?;
        object.call(name, &arguments).map_err(|error| match error {
            MethodError::WrongType { index, expected } => wrong_type(expected, &arguments[index]),
            MethodError::Failed(message) | MethodError::Unusable(message) => FunctionError::new(message),
        })
    }
}

fn call(name: &str, arguments: Vec<Value>) -> Result<Value, FunctionError> {
    let Running { functions, set, .. } = running().ok_or("no template is being rendered")?;
    let builtin;
    let function = match functions.get(name) {
        Some(function) => function,
        None => {
            builtin = function::builtin(name);
            builtin.as_ref().ok_or_else(|| format!("function {} not defined", format::quoted(name.as_bytes())))?
        }
    };
    check_count(name, function.parameters.len(), function.rest.is_some(), arguments.len())?;
    let fitted: Result<Vec<Value>, FunctionError> =
        arguments.into_iter().enumerate().map(|(place, argument)| fit(argument, parameter(function, place))).collect();
    function.call(&set, fitted?)
}

fn parameter(function: &Function, place: usize) -> ParameterType {
    function.parameters.get(place).copied().or(function.rest).unwrap_or(ParameterType::Any)
}

fn check_count(name: &str, wanted: usize, more: bool, given: usize) -> Result<(), FunctionError> {
    if given == wanted || (more && given > wanted) {
        return Ok(());
    }
    let at_least = if more { "at least " } else { "" };
    Err(FunctionError::new(format!("wrong number of args for {name}: want {at_least}{wanted} got {given}")))
}

/// An argument for a parameter of that type. Whole numbers fit every numeric type, as constants do in Go.
fn fit(argument: Value, wanted: ParameterType) -> Result<Value, FunctionError> {
    let fits = match (&argument, wanted) {
        (_, ParameterType::Any)
        | (Value::String(_), ParameterType::String)
        | (Value::Bool(_), ParameterType::Bool)
        | (Value::Int(_), ParameterType::Int)
        | (Value::Float(_), ParameterType::Float)
        | (Value::Map(_) | Value::Nil, ParameterType::Map)
        | (Value::List(_) | Value::Nil, ParameterType::List) => true,
        (Value::Int(number), ParameterType::Int64 | ParameterType::Named(_)) => return Ok(Value::Int64(*number)),
        (Value::Int(number), ParameterType::Uint32) => u32::try_from(*number).is_ok(),
        (Value::Int(number), ParameterType::Float) => return Ok(Value::Float(*number as f64)),
        (Value::Object(object), ParameterType::Object(name)) => object.type_name() == name,
        _ => false,
    };
    if fits { Ok(argument) } else { Err(wrong_type(type_name(wanted), &argument)) }
}

fn wrong_type(expected: &str, got: &Value) -> FunctionError {
    FunctionError::new(format!("wrong type for value; expected {expected}; got {}", got.type_name()))
}

fn type_name(parameter: ParameterType) -> &'static str {
    match parameter {
        ParameterType::Any => "interface {}",
        ParameterType::String => "string",
        ParameterType::Bool => "bool",
        ParameterType::Int => "int",
        ParameterType::Int64 => "int64",
        ParameterType::Uint32 => "uint32",
        ParameterType::Float => "float64",
        ParameterType::Map => "map[string]interface {}",
        ParameterType::List => "[]interface {}",
        ParameterType::Object(name) | ParameterType::Named(name) => name,
    }
}

fn printed(value: &Value) -> Result<String, RenderError> {
    if value.is_nil() {
        return Ok(String::new());
    }
    let text = format::print(value).map_err(|error| RenderErrorReason::NestedError(Box::new(error)))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

macro_rules! helper {
    ($($helper:ty),*) => {$(
        impl HelperDef for $helper {
            /// In an argument: `{{nindent 4 (toYaml Values.x)}}`.
            fn call_inner<'reg: 'rc, 'rc>(
                &self,
                helper: &Helper<'rc>,
                _: &'reg Registry<'reg>,
                context: &'rc Context,
                _: &mut RenderContext<'reg, 'rc>,
            ) -> Result<ScopedJson<'rc>, RenderError> {
                Ok(ScopedJson::Derived(to_json(&self.run(helper, context)?)))
            }

            /// On its own: printed as a Go template prints it, nil as nothing.
            fn call<'reg: 'rc, 'rc>(
                &self,
                helper: &Helper<'rc>,
                _: &'reg Registry<'reg>,
                context: &'rc Context,
                _: &mut RenderContext<'reg, 'rc>,
                out: &mut dyn Output,
            ) -> HelperResult {
                Ok(out.write(&printed(&self.run(helper, context)?)?)?)
            }
        }
    )*};
}

helper!(Call, Method, Lookup);
