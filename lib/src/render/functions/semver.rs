//! `semver` and `semverCompare`, and the version object that `semver` returns.

use crate::version::{Constraint, Version, VersionError};
use gotemplate::function::{FunctionError, FunctionTable, ParameterType};
use gotemplate::value::{Kind, MethodError, Object, Str, Value};
use std::any::Any;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::rc::Rc;

/// Adds the functions of this module to `table`.
pub(super) fn add(table: &mut FunctionTable) {
    table.add("semver", |text: Str| {
        let version = parse(&text)?;
        Ok::<_, FunctionError>(Value::Object(Rc::new(Pointer(version))))
    });
    table.add("semverCompare", |constraint: Str, version: Str| {
        let constraint = Constraint::parse(&constraint.to_str_lossy()).map_err(|error| error.to_string())?;
        Ok::<_, FunctionError>(constraint.accepts(&parse(&version)?))
    });
}

fn parse(text: &Str) -> Result<Version, FunctionError> {
    Version::parse(&text.to_str_lossy()).map_err(|error| error.to_string().into())
}

/// Go's `*semver.Version`.
#[derive(Debug)]
struct Pointer(Version);

/// Go's `semver.Version`, which lacks the methods of the pointer.
#[derive(Debug)]
struct Plain(Version);

const POINTER: &str = "*semver.Version";
const PLAIN: &str = "semver.Version";

const METHODS: [(&str, usize); 14] = [
    ("Major", 0),
    ("Minor", 0),
    ("Patch", 0),
    ("Prerelease", 0),
    ("Metadata", 0),
    ("String", 0),
    ("Value", 0),
    ("MarshalJSON", 0),
    ("MarshalText", 0),
    ("IncMajor", 0),
    ("IncMinor", 0),
    ("IncPatch", 0),
    ("SetPrerelease", 1),
    ("SetMetadata", 1),
];

const POINTER_METHODS: [(&str, usize); 7] = [
    ("Original", 0),
    ("Compare", 1),
    ("Equal", 1),
    ("LessThan", 1),
    ("LessThanEqual", 1),
    ("GreaterThan", 1),
    ("GreaterThanEqual", 1),
];

fn arity(methods: &[(&str, usize)], name: &str) -> Option<usize> {
    methods.iter().find(|(method, _)| *method == name).map(|(_, arity)| *arity)
}

impl Object for Pointer {
    fn type_name(&self) -> Cow<'static, str> {
        POINTER.into()
    }

    /// None of the fields is exported.
    fn deep_copied(&self) -> Option<Value> {
        Some(Value::Object(Rc::new(Self(Version::default()))))
    }

    fn kind(&self) -> Kind {
        Kind::Ptr
    }

    fn method(&self, name: &str) -> Option<usize> {
        arity(&POINTER_METHODS, name).or_else(|| arity(&METHODS, name)).or_else(|| unexported(name).then_some(0))
    }

    fn parameter(&self, method: &str, _: usize) -> ParameterType {
        if arity(&METHODS, method).is_some() { ParameterType::String } else { ParameterType::Object(POINTER) }
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, MethodError> {
        match arguments {
            _ if unexported(name) => Err(unusable(name, POINTER)),
            _ if name == "Original" => Ok(Value::string(self.0.original.as_str())),
            [other] if arity(&POINTER_METHODS, name).is_some() => compare(&self.0, name, other),
            _ => call(&self.0, name, arguments),
        }
    }

    fn display(&self) -> String {
        self.0.to_string()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Object for Plain {
    fn type_name(&self) -> Cow<'static, str> {
        PLAIN.into()
    }

    fn deep_copied(&self) -> Option<Value> {
        Some(Value::Object(Rc::new(Self(Version::default()))))
    }

    fn method(&self, name: &str) -> Option<usize> {
        arity(&METHODS, name).or_else(|| unexported(name).then_some(0))
    }

    fn parameter(&self, _: &str, _: usize) -> ParameterType {
        ParameterType::String
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, MethodError> {
        if unexported(name) { Err(unusable(name, PLAIN)) } else { call(&self.0, name, arguments) }
    }

    fn display(&self) -> String {
        self.0.to_string()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The fields of Go's struct, which no template reaches.
fn unexported(name: &str) -> bool {
    matches!(name, "major" | "minor" | "patch" | "pre" | "metadata" | "original")
}

fn unusable(name: &str, type_name: &str) -> MethodError {
    MethodError::Unusable(format!("{name} is an unexported field of struct type {type_name}"))
}

fn call(version: &Version, name: &str, arguments: &[Value]) -> Result<Value, MethodError> {
    let next = |next: Option<Version>, part: &str| match next {
        Some(next) => Ok(plain(next)),
        None => Err(MethodError::Failed(format!("{part} version increment would overflow uint64"))),
    };
    Ok(match name {
        "Major" => Value::Uint64(version.major),
        "Minor" => Value::Uint64(version.minor),
        "Patch" => Value::Uint64(version.patch),
        "Prerelease" => Value::string(version.prerelease.as_str()),
        "Metadata" => Value::string(version.metadata.as_str()),
        "MarshalJSON" => Value::Bytes(format!("\"{version}\"").into_bytes().into()),
        "MarshalText" => Value::Bytes(version.to_string().into_bytes().into()),
        "IncMajor" => return next(version.next_major(), "major"),
        "IncMinor" => return next(version.next_minor(), "minor"),
        "IncPatch" => return next(version.next_patch(), "patch"),
        "SetPrerelease" => return set(arguments, |text| version.with_prerelease(text)),
        "SetMetadata" => return set(arguments, |text| version.with_metadata(text)),
        _ => Value::string(version.to_string()),
    })
}

fn plain(version: Version) -> Value {
    Value::Object(Rc::new(Plain(version)))
}

fn set(arguments: &[Value], set: impl Fn(&str) -> Result<Version, VersionError>) -> Result<Value, MethodError> {
    let [Value::String(text)] = arguments else {
        return Err(MethodError::WrongType { index: 0, expected: "string" });
    };
    set(&text.to_str_lossy()).map(plain).map_err(|error| MethodError::Failed(error.to_string()))
}

fn compare(version: &Version, name: &str, other: &Value) -> Result<Value, MethodError> {
    let other = match other {
        Value::Object(object) => object.as_any().downcast_ref::<Pointer>(),
        Value::Nil if name == "Equal" => return Ok(Value::Bool(false)),
        Value::Nil => {
            return Err(MethodError::Failed("runtime error: invalid memory address or nil pointer dereference".into()));
        }
        _ => None,
    };
    let Some(other) = other else { return Err(MethodError::WrongType { index: 0, expected: POINTER }) };
    let order = version.precedence(&other.0);
    Ok(match name {
        "Compare" => Value::Int(order as i64),
        "Equal" => Value::Bool(order.is_eq()),
        "LessThan" => Value::Bool(order.is_lt()),
        "LessThanEqual" => Value::Bool(order.is_le()),
        "GreaterThan" => Value::Bool(order == Ordering::Greater),
        _ => Value::Bool(order.is_ge()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::functions::testing::call as call_function;

    fn ask(name: &str, arguments: &[&str]) -> Result<String, String> {
        let mut table = FunctionTable::new();
        add(&mut table);
        let arguments: Vec<Value> = arguments.iter().map(|text| Value::string(*text)).collect();
        call_function(&table, name, &arguments)
    }

    fn version(text: &str) -> Rc<dyn Object> {
        Rc::new(Pointer(Version::parse(text).expect("a version")))
    }

    fn method(text: &str, name: &str, arguments: &[Value]) -> String {
        match version(text).call(name, arguments).expect("a result") {
            Value::Object(object) => format!("{}:{}", object.type_name(), object.display()),
            Value::String(text) => text.to_str_lossy().into_owned(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn versions_are_compared_with_constraints() {
        assert_eq!(ask("semverCompare", &["^1.2", "v1.3"]), Ok("true".into()));
        assert_eq!(ask("semverCompare", &["x.y", "z"]), Err("improper constraint: \"x.y\"".into()));
        assert_eq!(ask("semverCompare", &["1", "z"]), Err("invalid semantic version".into()));
        assert_eq!(ask("semver", &["v1.2"]), Ok("1.2.0".into()));
    }

    // The expected values are Helm's.
    #[test]
    fn versions_have_the_methods_of_the_pointer() {
        assert_eq!(method("v1.2.3-rc+b", "Original", &[]), "v1.2.3-rc+b");
        assert_eq!(method("1.2.3-rc+b", "Prerelease", &[]), "rc");
        assert_eq!(method("1.2.3", "IncMinor", &[]), "semver.Version:1.3.0");
        assert_eq!(method("1.2.3", "Compare", &[Value::Object(version("1.2.4"))]), "Int(-1)");
        assert_eq!(method("1.2.3", "GreaterThanEqual", &[Value::Object(version("1.2.3"))]), "Bool(true)");
        assert_eq!(method("1.2.3", "Equal", &[Value::Nil]), "Bool(false)");
        let wrong = Err(MethodError::WrongType { index: 0, expected: "*semver.Version" });
        assert_eq!(version("1").call("LessThan", &[Value::string("x")]).map(drop), wrong);
        assert_eq!(Plain(Version::default()).method("Compare"), None);
    }
}
