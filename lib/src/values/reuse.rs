//! Values that are used again: those of the last revision below the new ones.

use super::print::verb_v;
use crate::log::{Level, Log};
use goyaml::{Map, Value};

/// Lays the new values over those of the last revision; what is to be said about it is added to `logs`. A new null removes a
/// value, and stays where there is none to remove.
#[must_use]
pub fn reuse(mut new: Map, last: &Map, logs: &mut Vec<Log>) -> Map {
    lay(&mut new, last, "", logs);
    new
}

fn lay(new: &mut Map, last: &Map, above: &str, logs: &mut Vec<Log>) {
    for (key, value) in last {
        let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        match (new.get_mut(key), value) {
            (None, value) => drop(new.insert(key.clone(), value.clone())),
            (Some(Value::Null), Value::Null) => {}
            (Some(Value::Null), _) => drop(new.remove(key)),
            (Some(Value::Map(new)), Value::Map(last)) => lay(new, last, &path, logs),
            (Some(Value::Map(_)), Value::Null) => {}
            (Some(Value::Map(_)), value) => {
                let value = verb_v(value);
                say(logs, format!("warning: destination for {path} is a table. Ignoring non-table value ({value})"));
            }
            (Some(_), table @ Value::Map(_)) => {
                let table = verb_v(table);
                say(logs, format!("warning: cannot overwrite table with non table for {path} ({table})"));
            }
            (Some(_), _) => {}
        }
    }
}

fn say(logs: &mut Vec<Log>, message: String) {
    logs.push(Log { level: Level::Info, message, fields: Vec::new() });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reused(new: &str, last: &str) -> (String, Vec<String>) {
        let map = |text| goyaml::decode_map(text).expect("YAML").unwrap_or_default();
        let mut logs = Vec::new();
        let values = reuse(map(new), &map(last), &mut logs);
        let text = goyaml::json::write(&Value::Map(values)).expect("JSON");
        (text, logs.into_iter().map(|log| log.message).collect())
    }

    // As Helm 4.3.1 does it.
    #[test]
    fn new_values_win_and_nulls_remove() {
        let (values, logs) = reused("{nested: {drop: null}, colour: null, other: null}", "{nested: {keep: 9}, other: 5}");
        assert_eq!((values.as_str(), logs.len()), (r#"{"colour":null,"nested":{"drop":null,"keep":9}}"#, 0));
        let (values, logs) = reused("{nested: 5}", "{nested: {drop: null, keep: 9}}");
        assert_eq!(values, r#"{"nested":5}"#);
        assert_eq!(logs, ["warning: cannot overwrite table with non table for nested (map[drop:<nil> keep:9])"]);
        let (values, logs) = reused("{nested: {x: 5}}", "{nested: 5}");
        assert_eq!(values, r#"{"nested":{"x":5}}"#);
        assert_eq!(logs, ["warning: destination for nested is a table. Ignoring non-table value (5)"]);
    }
}
