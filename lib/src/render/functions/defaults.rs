//! Empty values and what takes their place. Empty is what Go's zero values are: nil, false, 0, and everything without items.

use gotemplate::function::{FunctionTable, Rest};
use gotemplate::value::Value;

pub(super) fn add(table: &mut FunctionTable) {
    table.add("default", |default: Value, Rest(given): Rest<Value>| {
        given.into_iter().next().filter(Value::is_true).unwrap_or(default)
    });
    table.add("empty", |value: Value| !value.is_true());
    table.add("coalesce", |Rest(all): Rest<Value>| all.into_iter().find(Value::is_true).unwrap_or_default());
    table.add("all", |Rest(all): Rest<Value>| all.iter().all(Value::is_true));
    table.add("any", |Rest(all): Rest<Value>| all.iter().any(Value::is_true));
    table.add("ternary", |yes: Value, no: Value, condition: bool| if condition { yes } else { no });
}
