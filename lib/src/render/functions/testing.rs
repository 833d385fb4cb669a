//! What the tests of the function families share: a repeatable environment and a way to call one function.

use crate::render::Environment;
use gotemplate::Set;
use gotemplate::function::FunctionTable;
use gotemplate::value::Value;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// 2020-09-13 12:26:40 UTC, random bytes from a fixed seed, UTC, no DNS.
pub(super) fn environment() -> Environment {
    let state = Mutex::new(0x9e37_79b9_7f4a_7c15_u64);
    Environment {
        clock: Arc::new(|| SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000)),
        random: Arc::new(move |buffer| {
            let mut state = state.lock().expect("no test panics while it draws");
            buffer.fill_with(|| next(&mut state));
        }),
        time_zone: "UTC".into(),
        time_zone_data: Arc::new(|_| None),
        memory: None,
        resolve: Arc::new(|_| None),
        fetch: Arc::new(crate::values::schema::refuse),
    }
}

/// One byte of the SplitMix64 sequence.
fn next(state: &mut u64) -> u8 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ *state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed >> 56) as u8
}

/// What `name` returns, printed, or its error.
pub(super) fn call(table: &FunctionTable, name: &str, arguments: &[Value]) -> Result<String, String> {
    let function = table.get(name).expect("a known function");
    function.call(&Set::default(), arguments.to_vec()).map(|value| print(&value)).map_err(|error| error.message)
}

/// The value as a template prints it.
fn print(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_str_lossy().into_owned(),
        Value::Int(number) | Value::Int64(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Object(object) => object.printed(),
        Value::List(list) => format!("[{}]", list.items().iter().map(print).collect::<Vec<_>>().join(" ")),
        other => format!("{other:?}"),
    }
}
