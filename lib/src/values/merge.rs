//! Values of several sources put into one map, the later over the earlier.

use goyaml::{Map, Value};

/// Merges `other` into `base`: maps key by key, all else replaced. A null of `other` stays as a null.
pub fn merge(base: &mut Map, other: Map) {
    for (key, value) in other {
        match (base.get_mut(&key), value) {
            (Some(Value::Map(below)), Value::Map(above)) => merge(below, above),
            (Some(below), value) => *below = value,
            (None, value) => {
                base.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&str, Value)]) -> Map {
        entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect()
    }

    #[test]
    fn maps_are_merged_and_all_else_is_replaced() {
        let mut base = map(&[
            ("a", 1.0.into()),
            ("l", vec![1.0.into(), 2.0.into()].into()),
            ("m", map(&[("x", 1.0.into()), ("y", 1.0.into())]).into()),
            ("s", map(&[("x", 1.0.into())]).into()),
            ("t", 1.0.into()),
        ]);
        let other = map(&[
            ("l", vec![3.0.into()].into()),
            ("m", map(&[("x", Value::Null), ("z", 1.0.into())]).into()),
            ("s", "text".into()),
            ("t", map(&[("x", 1.0.into())]).into()),
        ]);
        merge(&mut base, other);
        let expected = map(&[
            ("a", 1.0.into()),
            ("l", vec![3.0.into()].into()),
            ("m", map(&[("x", Value::Null), ("y", 1.0.into()), ("z", 1.0.into())]).into()),
            ("s", "text".into()),
            ("t", map(&[("x", 1.0.into())]).into()),
        ]);
        assert_eq!(base, expected);
    }
}
