//! Functions that templates call: ordinary typed Rust functions, with conversion, arity and type errors in one place.
//!
//! ```
//! use gotemplate::function::FunctionTable;
//! use gotemplate::value::Str;
//! let mut table = FunctionTable::new();
//! table.add("greet", |name: Str, times: i64| name.to_str_lossy().repeat(times as usize));
//! ```
//!
//! A function that executes templates itself, such as `include`, takes the [`Set`] that is being executed as its first
//! parameter, by reference; templates do not see that one:
//!
//! ```
//! # use gotemplate::{Set, function::FunctionTable, value::{Str, Value}};
//! # let mut table = FunctionTable::new();
//! table.add("include", |set: &Set, name: Str, data: Value| set.output(name.as_bytes(), &data));
//! ```
//!
//! A parameter's Rust type says which Go type it stands for ([`Parameter`]); the executor reads it from
//! [`Function::parameters`] to check arguments before the call, as Go's reflection does.

use crate::builtin::Builtin;
use crate::exec::ExecError;
use crate::set::Set;
use crate::value::{Element, List, Map, MapType, Str, Value};
use foldhash::HashMap;
use foldhash::fast::RandomState;
use std::any::Any;
use std::collections::hash_map::Entry;
use std::rc::Rc;

/// The Go type of a parameter, which decides what the executor accepts for it and what it says when it does not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ParameterType {
    /// `interface {}`: anything, nil too.
    Any,
    /// `string`.
    String,
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `int64`.
    Int64,
    /// `uint32`.
    Uint32,
    /// `float64`.
    Float,
    /// `map[string]interface {}`, nil allowed.
    Map,
    /// `[]interface {}`, nil allowed.
    List,
    /// An integer of that Go type, such as `time.Duration`.
    Named(&'static str),
    /// A struct of that Go type, such as `time.Time`.
    Object(&'static str),
}

impl ParameterType {
    /// The type of that name.
    pub(crate) fn named(name: &'static str) -> Self {
        let known =
            [Self::Any, Self::String, Self::Bool, Self::Int, Self::Int64, Self::Uint32, Self::Float, Self::Map, Self::List];
        known.into_iter().find(|known| known.to_string() == name).unwrap_or(Self::Object(name))
    }

    /// Whether the literal `nil` may be given for it.
    pub(crate) fn accepts_nil(self) -> bool {
        match self {
            Self::Any | Self::Map | Self::List => true,
            Self::Object(name) => name.starts_with('*'),
            _ => false,
        }
    }

    /// Whether Go would assign the value to such a parameter as it is. Nil is not for this function.
    pub(crate) fn accepts(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Any, _)
            | (Self::String, Value::String(_))
            | (Self::Bool, Value::Bool(_))
            | (Self::Int, Value::Int(_))
            | (Self::Int64, Value::Int64(_))
            | (Self::Float, Value::Float(_)) => true,
            (Self::Map, Value::Map(map)) => map.map_type() != MapType::String,
            (Self::List, Value::List(list)) => list.element() == Element::Any,
            (Self::Object(name) | Self::Named(name), Value::Object(object)) => object.type_name() == name,
            _ => false,
        }
    }
}

impl std::fmt::Display for ParameterType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Any => "interface {}",
            Self::String => "string",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Int64 => "int64",
            Self::Uint32 => "uint32",
            Self::Float => "float64",
            Self::Map => "map[string]interface {}",
            Self::List => "[]interface {}",
            Self::Object(name) | Self::Named(name) => name,
        })
    }
}

/// Why a function did not return a value. Its text is [`FunctionError::message`], or that of the source if this is empty.
#[derive(Clone, Debug)]
pub struct FunctionError {
    /// What went wrong, as Go's error prints it. Empty when the failed execution in `source` says it all.
    pub message: String,
    /// The failed execution that a function such as `include` ran, when that is the cause.
    pub source: Option<Rc<dyn Any>>,
}

impl FunctionError {
    /// A failure with this text.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None }
    }

    /// The failed execution that is the cause.
    #[must_use]
    pub fn execution(&self) -> Option<&ExecError> {
        self.source.as_deref()?.downcast_ref()
    }

    /// Whether the failed execution says it all.
    pub(crate) fn is_transparent(&self) -> bool {
        self.message.is_empty() && self.execution().is_some()
    }
}

impl std::fmt::Display for FunctionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.execution() {
            Some(error) if self.message.is_empty() => error.fmt(f),
            _ => f.write_str(&self.message),
        }
    }
}

impl From<ExecError> for FunctionError {
    fn from(error: ExecError) -> Self {
        Self { message: String::new(), source: Some(Rc::new(error)) }
    }
}

impl<T: Into<String>> From<T> for FunctionError {
    fn from(message: T) -> Self {
        Self::new(message)
    }
}

/// A Rust type that stands for a Go parameter type.
pub trait Parameter: Sized {
    /// The Go type.
    const TYPE: ParameterType;

    /// Takes the argument, which the executor has checked against [`Parameter::TYPE`].
    fn take(value: Value) -> Self;
}

/// A Rust type that a function may return.
pub trait Returned {
    /// Whether the Go type is `interface {}`.
    const IS_INTERFACE: bool = false;

    /// As a template value.
    ///
    /// # Errors
    /// The function's own failure.
    fn returned(self) -> Result<Value, FunctionError>;
}

/// The last parameter of a variadic function: all remaining arguments.
pub struct Rest<T>(pub Vec<T>);

/// A Go `int` parameter or result; plain `i64` stands for `int` as well, [`Int64`] for `int64`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Int64(pub i64);

type Body = dyn Fn(&Set, &mut [Value]) -> Result<Value, FunctionError>;

/// A function with the Go types of its parameters.
pub struct Function {
    /// The types of the fixed parameters.
    pub parameters: &'static [ParameterType],
    /// The type of each further argument, if the function is variadic.
    pub rest: Option<ParameterType>,
    /// Whether the Go type of the result is `interface {}`.
    pub(crate) returns_interface: bool,
    /// Most capture nothing: then there is nothing in this box, and making it costs nothing.
    body: Box<Body>,
}

impl Function {
    /// Calls the function for a set, from outside of its templates. `arguments` must already fit the parameters in number and
    /// type.
    ///
    /// # Errors
    /// The function's own failure.
    pub fn call(&self, set: &Set, mut arguments: Vec<Value>) -> Result<Value, FunctionError> {
        self.run(set, &mut arguments)
    }

    /// Calls the function and takes the arguments away.
    pub(crate) fn run(&self, set: &Set, arguments: &mut [Value]) -> Result<Value, FunctionError> {
        (self.body)(set, arguments)
    }

    /// The type of the argument of that index.
    pub(crate) fn parameter(&self, index: usize) -> ParameterType {
        self.parameters.get(index).copied().or(self.rest).unwrap_or(ParameterType::Any)
    }
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Function").field("parameters", &self.parameters).field("rest", &self.rest).finish_non_exhaustive()
    }
}

/// Any Rust closure over [`Parameter`]s that returns something [`Returned`].
pub trait IntoFunction<Arguments> {
    /// The function for the table.
    fn into_function(self) -> Function;
}

/// What a call of a function takes: each way of counting it gives steps.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Price {
    /// The call.
    pub call: u64,
    /// Each 64 bytes of text, and every 16 items of a list, given or returned.
    pub size: u64,
}

impl Default for Price {
    fn default() -> Self {
        Self { call: 0, size: 1 }
    }
}

impl Price {
    /// The steps for the size of these values, what they contain not counted.
    pub(crate) fn of(self, values: &[Value]) -> u64 {
        let size = |value: &Value| match value {
            Value::String(text) => text.len() / 64,
            Value::List(items) => items.len() / 16,
            _ => 0,
        };
        values.iter().map(size).sum::<usize>() as u64 * self.size
    }
}

/// The names of the functions of the language itself, which need no table: `print`, `index`, `eq` and so on.
pub fn builtin_names() -> impl Iterator<Item = &'static str> {
    crate::builtin::names()
}

/// A function of the language itself, for other languages. `and` and `or`, which evaluate only what they must, are none.
#[must_use]
pub fn builtin(name: &str) -> Option<Function> {
    let builtin = Builtin::named(name).filter(|builtin| !matches!(builtin, Builtin::And | Builtin::Or))?;
    let (fixed, more) = builtin.signature();
    Some(Function {
        parameters: match (builtin.parameter(0), fixed) {
            (ParameterType::String, _) => &[ParameterType::String],
            (_, fixed) => &[ParameterType::Any; 2][..fixed],
        },
        rest: more.then_some(ParameterType::Any),
        returns_interface: false,
        body: Box::new(move |_: &Set, arguments: &mut [Value]| builtin.run(arguments, false, String::new)),
    })
}

/// The functions that templates know, by name.
#[derive(Debug, Default)]
pub struct FunctionTable {
    functions: Vec<(&'static str, Function)>,
    prices: Vec<Price>,
    // Looked up at parse time only; never iterated towards output.
    by_name: HashMap<&'static str, u32>,
    methods: Vec<(&'static str, &'static str, Function)>,
}

impl FunctionTable {
    /// An empty table, with room for as many functions as charts have.
    #[must_use]
    pub fn new() -> Self {
        const ROOM: usize = 256;
        Self {
            functions: Vec::with_capacity(ROOM),
            prices: Vec::with_capacity(ROOM),
            by_name: HashMap::with_capacity_and_hasher(ROOM, RandomState::default()),
            methods: Vec::new(),
        }
    }

    /// Adds or replaces `name`.
    pub fn add<Arguments>(&mut self, name: &'static str, function: impl IntoFunction<Arguments>) {
        self.insert(name, function.into_function());
    }

    /// One for all types of functions, so that a table takes little code to make.
    #[inline(never)]
    fn insert(&mut self, name: &'static str, function: Function) {
        match self.by_name.entry(name) {
            Entry::Occupied(index) => self.functions[*index.get() as usize].1 = function,
            Entry::Vacant(place) => {
                place.insert(self.functions.len() as u32);
                self.functions.push((name, function));
                self.prices.push(Price::default());
            }
        }
    }

    /// Says what a call of the function `name` takes of [`crate::Limits::steps`], where that is more than usual.
    pub fn set_price(&mut self, name: &str, price: Price) {
        if let Some(&index) = self.by_name.get(name) {
            self.prices[index as usize] = price;
        }
    }

    pub(crate) fn price(&self, index: u32) -> Price {
        self.prices[index as usize]
    }

    /// Adds a method of a named map type ([`MapType::Named`]), whose first parameter is the receiver. As in Go, it goes
    /// before an entry of the same name.
    pub fn add_method<Arguments>(
        &mut self,
        type_name: &'static str,
        name: &'static str,
        function: impl IntoFunction<Arguments>,
    ) {
        self.methods.push((type_name, name, function.into_function()));
    }

    /// Removes `name`.
    pub fn remove(&mut self, name: &str) {
        self.by_name.remove(name);
    }

    /// The function `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Function> {
        self.index(name).map(|index| self.at(index))
    }

    /// All names, in no order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.by_name.keys().copied()
    }

    pub(crate) fn index(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    pub(crate) fn at(&self, index: u32) -> &Function {
        &self.functions[index as usize].1
    }

    pub(crate) fn name(&self, index: u32) -> &'static str {
        self.functions[index as usize].0
    }

    pub(crate) fn method(&self, type_name: &str, name: &str) -> Option<&Function> {
        let method = self.methods.iter().find(|(of, method, _)| *of == type_name && *method == name);
        method.map(|(.., function)| function)
    }
}

macro_rules! parameter {
    ($($rust:ty, $go:ident, $value:ident => $take:expr;)*) => {$(
        impl Parameter for $rust {
            const TYPE: ParameterType = ParameterType::$go;
            fn take($value: Value) -> Self {
                $take
            }
        }
    )*};
}

parameter! {
    Value, Any, value => value;
    Str, String, value => if let Value::String(text) = value { text } else { Str::from("") };
    bool, Bool, value => matches!(value, Value::Bool(true));
    i64, Int, value => integer(&value);
    Int64, Int64, value => Int64(integer(&value));
    u32, Uint32, value => u32::try_from(integer(&value)).unwrap_or_default();
    f64, Float, value => if let Value::Float(number) = value { number } else { 0.0 };
    // A named map loses its name on the way in.
    Map, Map, value => if let Value::Map(map) = value { map.retyped(MapType::Any) } else { Map::nil() };
    List, List, value => if let Value::List(list) = value { list } else { List::nil(crate::value::Element::Any) };
}

fn integer(value: &Value) -> i64 {
    match value {
        Value::Int(number) | Value::Int64(number) => *number,
        Value::Uint64(number) => *number as i64,
        Value::Uint8(number) => i64::from(*number),
        _ => 0,
    }
}

macro_rules! returned {
    ($($rust:ty, $value:ident => $result:expr;)*) => {$(
        impl Returned for $rust {
            fn returned(self) -> Result<Value, FunctionError> {
                let $value = self;
                Ok($result)
            }
        }
    )*};
}

impl Returned for Value {
    const IS_INTERFACE: bool = true;

    fn returned(self) -> Result<Value, FunctionError> {
        Ok(self)
    }
}

returned! {
    Str, text => Value::String(text);
    String, text => Value::string(text);
    &str, text => Value::string(text);
    Vec<u8>, bytes => Value::string(bytes);
    bool, flag => Value::Bool(flag);
    i64, number => Value::Int(number);
    Int64, number => Value::Int64(number.0);
    f64, number => Value::Float(number);
    Map, map => Value::Map(map);
    List, list => Value::List(list);
}

impl<T: Returned, E: Into<FunctionError>> Returned for Result<T, E> {
    const IS_INTERFACE: bool = T::IS_INTERFACE;

    fn returned(self) -> Result<Value, FunctionError> {
        self.map_err(Into::into)?.returned()
    }
}

/// Marks a function whose first parameter is the running set.
#[derive(Debug)]
pub struct Running;

macro_rules! into_function {
    // The marker of the implementation, and the additional parameter with its value.
    (@one [$($marker:ty)?] [$($set:ty, $value:ident)?] [$($name:ident),*] $($tail:ident)?) => {
        impl<Body, Output, $($tail,)? $($name),*> IntoFunction<($($marker,)? $($name,)* $(Rest<$tail>,)?)> for Body
        where
            Body: Fn($($set,)? $($name,)* $(Rest<$tail>)?) -> Output + 'static,
            Output: Returned,
            $($tail: Parameter,)?
            $($name: Parameter,)*
        {
            #[allow(non_snake_case, unused_mut, unused_variables, unused_assignments, reason = "one expansion for every arity")]
            fn into_function(self) -> Function {
                Function {
                    parameters: const { &[$($name::TYPE),*] },
                    rest: None$(.or(Some($tail::TYPE)))?,
                    returns_interface: Output::IS_INTERFACE,
                    body: Box::new(move |set, arguments| {
                        let mut arguments = arguments.iter_mut().map(std::mem::take);
                        $(let $name = $name::take(arguments.next().unwrap_or_default());)*
                        $(let $value = set;)?
                        self($($value,)? $($name,)* $(Rest(arguments.map($tail::take).collect()))?).returned()
                    }),
                }
            }
        }
    };
    ($($name:ident),*) => {
        into_function!(@one [] [] [$($name),*]);
        into_function!(@one [] [] [$($name),*] Tail);
        into_function!(@one [Running] [&Set, running] [$($name),*]);
        into_function!(@one [Running] [&Set, running] [$($name),*] Tail);
    };
}

into_function!();
into_function!(A);
into_function!(A, B);
into_function!(A, B, C);
into_function!(A, B, C, D);
into_function!(A, B, C, D, E);
into_function!(A, B, C, D, E, F);
