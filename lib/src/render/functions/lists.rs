//! Lists: building, taking apart, comparing. No function but `sortAlpha` changes a list in place.

use super::convert::{integer, strings, text_of};
use super::equality::deep_equal;
use super::limits;
use crate::gonumber::truncate;
use gotemplate::function::{FunctionError, FunctionTable, IntoFunction, Rest};
use gotemplate::value::{Element, Kind, List, Str, Value};
use std::collections::BTreeSet;

pub(super) fn add(table: &mut FunctionTable) {
    add_as(table, &["list", "tuple"], |Rest(items): Rest<Value>| List::new(Element::Any, items));
    add_with_must(table);
    table.add("concat", concat);
    table.add("sortAlpha", sort_alpha);
    table.add("until", |end: i64| until_step(0, end, if end < 0 { -1 } else { 1 }));
    table.add("untilStep", until_step);
}

/// The functions that exist twice, the second time with `must` before their name.
fn add_with_must(table: &mut FunctionTable) {
    add_as(table, &["append", "push", "mustAppend", "mustPush"], append);
    add_as(table, &["prepend", "mustPrepend"], prepend);
    add_as(table, &["first", "mustFirst"], first);
    add_as(table, &["last", "mustLast"], last);
    add_as(table, &["rest", "mustRest"], |list: Value| without_one(&list, "rest", |items| &items[1..]));
    add_as(table, &["initial", "mustInitial"], |list: Value| {
        without_one(&list, "initial", |items| &items[..items.len() - 1])
    });
    add_as(table, &["reverse", "mustReverse"], reverse);
    add_as(table, &["compact", "mustCompact"], compact);
    add_as(table, &["uniq", "mustUniq"], uniq);
    add_as(table, &["without", "mustWithout"], without);
    add_as(table, &["has", "mustHas"], has);
    add_as(table, &["slice", "mustSlice"], slice);
    add_as(table, &["chunk", "mustChunk"], chunk);
}

fn add_as<Arguments>(table: &mut FunctionTable, names: &[&'static str], function: impl IntoFunction<Arguments> + Copy) {
    for name in names {
        table.add(name, function);
    }
}

/// The value as a list, if it is of a slice type.
pub(super) fn items(value: &Value) -> Option<List> {
    match value {
        Value::List(list) => Some(list.clone()),
        Value::Bytes(bytes) => Some(List::new(Element::Any, bytes.iter().map(|byte| Value::Uint8(*byte)).collect())),
        Value::Object(object) if object.kind() == Kind::Slice => {
            let entries = object.entries().unwrap_or_default();
            Some(List::new(Element::Any, entries.into_iter().map(|(_, value)| value).collect()))
        }
        _ => None,
    }
}

/// The value as a list, or the complaint that what was tried cannot be done to its kind.
fn expect(value: &Value, tried: &str) -> Result<List, FunctionError> {
    match items(value) {
        Some(list) => Ok(list),
        None if value.is_nil() => Err(NIL_POINTER.into()),
        None => Err(format!("Cannot {tried} type {}", value.kind()).into()),
    }
}

const NIL_POINTER: &str = "runtime error: invalid memory address or nil pointer dereference";
const BAD_LENGTH: &str = "runtime error: makeslice: len out of range";

/// A list of texts.
pub(super) fn text_list(texts: Vec<Str>) -> List {
    List::new(Element::String, texts.into_iter().map(Value::String).collect())
}

fn append(list: Value, item: Value) -> Result<List, FunctionError> {
    let list = expect(&list, "push on")?;
    let items = list.items().iter().cloned().chain([item]).collect();
    Ok(List::appended(Element::Any, items, list.len()))
}

fn prepend(list: Value, item: Value) -> Result<List, FunctionError> {
    let list = expect(&list, "prepend on")?;
    let items = [item].into_iter().chain(list.items().iter().cloned()).collect();
    Ok(List::appended(Element::Any, items, 1))
}

fn first(list: Value) -> Result<Value, FunctionError> {
    Ok(expect(&list, "find first on")?.items().first().cloned().unwrap_or_default())
}

fn last(list: Value) -> Result<Value, FunctionError> {
    Ok(expect(&list, "find last on")?.items().last().cloned().unwrap_or_default())
}

/// A nil list if there is no item to leave out.
fn without_one(list: &Value, name: &str, kept: fn(&[Value]) -> &[Value]) -> Result<List, FunctionError> {
    let list = expect(list, &format!("find {name} on"))?;
    match list.items() {
        [] => Ok(List::nil(Element::Any)),
        items => Ok(List::new(Element::Any, kept(items).to_vec())),
    }
}

fn reverse(list: Value) -> Result<List, FunctionError> {
    let list = expect(&list, "find reverse on")?;
    Ok(List::new(Element::Any, list.items().iter().rev().cloned().collect()))
}

fn compact(list: Value) -> Result<List, FunctionError> {
    let list = expect(&list, "compact on")?;
    Ok(List::grown(Element::Any, list.items().iter().filter(|item| item.is_true()).cloned().collect()))
}

fn uniq(list: Value) -> Result<List, FunctionError> {
    let list = expect(&list, "find uniq on")?;
    let mut seen = Seen::default();
    let mut kept = Vec::new();
    for item in list.items() {
        if seen.is_new(item)? {
            kept.push(item.clone());
        }
    }
    Ok(List::grown(Element::Any, kept))
}

/// The values met so far: strings and integers in a set, so that long lists of them take no quadratic time.
#[derive(Default)]
struct Seen {
    strings: BTreeSet<Str>,
    integers: BTreeSet<(bool, i64)>,
    others: Vec<Value>,
}

impl Seen {
    fn is_new(&mut self, value: &Value) -> Result<bool, FunctionError> {
        match value {
            Value::String(text) => return Ok(self.strings.insert(text.clone())),
            Value::Int(number) => return Ok(self.integers.insert((false, *number))),
            Value::Int64(number) => return Ok(self.integers.insert((true, *number))),
            _ => {}
        }
        let new = !contains(&self.others, value)?;
        if new {
            self.others.push(value.clone());
        }
        Ok(new)
    }
}

fn contains(items: &[Value], value: &Value) -> Result<bool, FunctionError> {
    for item in items {
        if deep_equal(value, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn without(list: Value, Rest(omitted): Rest<Value>) -> Result<List, FunctionError> {
    let list = expect(&list, "find without on")?;
    let mut kept = Vec::new();
    for item in list.items() {
        if !contains(&omitted, item)? {
            kept.push(item.clone());
        }
    }
    Ok(List::grown(Element::Any, kept))
}

fn has(wanted: Value, list: Value) -> Result<bool, FunctionError> {
    match list {
        Value::Nil => Ok(false),
        _ => contains(expect(&list, "find has on")?.items(), &wanted),
    }
}

/// Keeps the list's type. The end may lie in the room that Go left behind the last item.
fn slice(list: Value, Rest(indices): Rest<Value>) -> Result<Value, FunctionError> {
    let Some(all) = items(&list) else {
        return Err(match list {
            Value::Nil => NIL_POINTER.into(),
            _ => format!("list should be type of slice or array but {}", list.kind()).into(),
        });
    };
    if all.is_empty() {
        return Ok(Value::Nil);
    }
    let start = indices.first().map_or(0, integer);
    let end = indices.get(1).map_or(all.len() as i64, integer);
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    let Some(part) = range.and_then(|(start, end)| all.part(start, end)) else {
        return Err("reflect.Value.Slice: slice index out of bounds".into());
    };
    Ok(match &list {
        Value::Bytes(bytes) => Value::Bytes(bytes[start as usize..end as usize].into()),
        _ => Value::List(part),
    })
}

/// Pieces of `size` items. The number of pieces is computed in floats, which decides what negative sizes do.
fn chunk(size: i64, list: Value) -> Result<List, FunctionError> {
    let list = expect(&list, "chunk")?;
    let items = list.items();
    let count = truncate(((items.len() as f64 - 1.0) / size as f64).floor() + 1.0);
    let mut pieces = Vec::new();
    for index in 0..usize::try_from(count).map_err(|_| BAD_LENGTH)? {
        let rest = &items[(index * size.unsigned_abs() as usize).min(items.len())..];
        let last = index as i64 == count - 1;
        let len = match items.len() as i64 % size {
            remainder @ 1.. if last => remainder,
            _ => size,
        };
        let len = usize::try_from(len).map_err(|_| BAD_LENGTH)?;
        pieces.push(Value::list(rest[..len].to_vec()));
    }
    Ok(List::new(Element::AnyList, pieces))
}

fn concat(Rest(lists): Rest<Value>) -> Result<Value, FunctionError> {
    let mut all = Vec::new();
    for value in lists {
        let list = match items(&value) {
            Some(list) => list,
            None if value.is_nil() => return Err(NIL_POINTER.into()),
            None => return Err(format!("Cannot concat type {} as list", value.kind()).into()),
        };
        limits::items(Some(all.len() + list.len()))?;
        all.extend_from_slice(list.items());
    }
    Ok(Value::List(if all.is_empty() { List::nil(Element::Any) } else { List::grown(Element::Any, all) }))
}

/// The texts of the items in byte order. A list of texts is sorted in place.
fn sort_alpha(list: Value) -> Result<List, FunctionError> {
    let texts = match list {
        Value::List(texts) if texts.element() == Element::String => texts,
        list if items(&list).is_some() => text_list(strings(&list)?),
        other => text_list(vec![text_of(&other)?]),
    };
    texts.sort_texts();
    Ok(texts)
}

fn until_step(start: i64, end: i64, step: i64) -> Result<List, FunctionError> {
    let numbers = steps(start, end, step)?.into_iter().map(Value::Int).collect();
    Ok(List::grown(Element::Int, numbers))
}

/// The numbers from `start` to before `end`; none if the step leads away from it.
pub(super) fn steps(start: i64, end: i64, step: i64) -> Result<Vec<i64>, FunctionError> {
    let distance = i128::from(end) - i128::from(start);
    let step = i128::from(step);
    if step == 0 || distance == 0 || (distance < 0) != (step < 0) {
        return Ok(Vec::new());
    }
    let count = (distance.abs() + step.abs() - 1) / step.abs();
    let count = limits::items(usize::try_from(count).ok())?;
    Ok((0..count as i128).map(|index| (i128::from(start) + index * step) as i64).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(all: &[i64]) -> Value {
        Value::list(all.iter().map(|number| Value::Int(*number)).collect())
    }

    fn shown<T: gotemplate::function::Returned>(result: T) -> String {
        match result.returned() {
            Ok(value) => String::from_utf8_lossy(&gotemplate::format::print(&value).expect("a text")).into_owned(),
            Err(error) => error.message,
        }
    }

    // The expected texts are those of Helm.
    #[test]
    fn only_lists_are_taken() {
        assert_eq!(shown(append(Value::string("a"), Value::Nil)), "Cannot push on type string");
        assert_eq!(shown(first(Value::Map(gotemplate::value::Map::nil()))), "Cannot find first on type map");
        assert_eq!(shown(chunk(2, Value::Int(1))), "Cannot chunk type int");
        assert_eq!(shown(concat(Rest(vec![numbers(&[1]), Value::Bool(true)]))), "Cannot concat type bool as list");
        assert_eq!(shown(slice(Value::string("a"), Rest(Vec::new()))), "list should be type of slice or array but string");
        assert_eq!(shown(last(Value::Nil)), "runtime error: invalid memory address or nil pointer dereference");
        assert_eq!(shown(has(Value::Int(1), Value::Nil)), "false");
    }

    #[test]
    fn an_empty_list_without_one_item_is_nil() {
        let rest = |list: &Value| without_one(list, "rest", |items| &items[1..]).expect("a list");
        assert!(rest(&numbers(&[])).is_nil());
        assert!(!rest(&numbers(&[1])).is_nil() && rest(&numbers(&[1])).is_empty());
    }

    #[test]
    fn items_are_told_apart_by_type() {
        let mixed =
            || Value::list(vec![Value::Int(1), Value::Float(1.0), Value::Int(1), Value::Int64(1), Value::string("1")]);
        assert_eq!(shown(uniq(mixed())), "[1 1 1 1]");
        assert_eq!(shown(without(mixed(), Rest(vec![Value::Int(1)]))), "[1 1 1]");
        assert_eq!(shown(has(Value::Float(2.0), numbers(&[2]))), "false");
    }

    #[test]
    fn slices_keep_their_type() {
        let strings = Value::strings(vec![Value::string("a"), Value::string("b")]);
        let Ok(part) = slice(strings, Rest(vec![Value::string("1")])) else { panic!("no list") };
        assert_eq!(part.type_name(), "[]string");
        assert!(matches!(slice(numbers(&[]), Rest(vec![Value::Int(5)])), Ok(Value::Nil)));
        let out = "reflect.Value.Slice: slice index out of bounds";
        assert_eq!(shown(slice(numbers(&[1, 2]), Rest(vec![Value::Int(2), Value::Int(1)]))), out);
        assert_eq!(shown(slice(numbers(&[1, 2]), Rest(vec![Value::Int(-1)]))), out);
    }

    #[test]
    fn slices_reach_into_the_room_that_append_left() {
        let part = |list, end| shown(slice(list, Rest(vec![Value::Int(0), Value::Int(end)])));
        let appended = || Value::List(append(numbers(&[1, 2, 3]), Value::Int(4)).expect("a list"));
        assert_eq!(part(appended(), 6), "[1 2 3 4 <nil> <nil>]");
        assert_eq!(part(appended(), 7), "reflect.Value.Slice: slice index out of bounds");
        let prepended = prepend(numbers(&[1, 2]), Value::Int(0)).expect("a list");
        assert_eq!(part(Value::List(prepended), 4), "reflect.Value.Slice: slice index out of bounds");
        assert_eq!(part(Value::List(until_step(0, 3, 1).expect("a list")), 4), "[0 1 2 0]");
    }

    #[test]
    fn texts_are_sorted_in_place() {
        let texts = Value::strings(["c", "a", "b"].map(Value::string).into());
        assert_eq!((shown(sort_alpha(texts.clone())), shown(texts)), ("[a b c]".into(), "[a b c]".into()));
        let mixed = Value::list(vec![Value::string("b"), Value::Nil, Value::Int(1)]);
        assert_eq!((shown(sort_alpha(mixed.clone())), shown(mixed)), ("[1 b]".into(), "[b <nil> 1]".into()));
        assert_eq!((shown(sort_alpha(Value::Nil)), shown(sort_alpha(Value::Int(5)))), ("[<nil>]".into(), "[5]".into()));
    }

    #[test]
    fn the_last_chunk_takes_what_is_left() {
        assert_eq!(shown(chunk(2, numbers(&[1, 2, 3, 4, 5]))), "[[1 2] [3 4] [5]]");
        assert_eq!(shown(chunk(2, numbers(&[1, 2]))), "[[1 2]]");
        assert_eq!((shown(chunk(2, numbers(&[]))), shown(chunk(9, numbers(&[1])))), ("[]".into(), "[[1]]".into()));
        for (size, list) in [(0, numbers(&[1])), (0, numbers(&[1, 2])), (-1, numbers(&[1])), (-3, numbers(&[]))] {
            assert_eq!(shown(chunk(size, list)), BAD_LENGTH);
        }
        assert_eq!((shown(chunk(-3, numbers(&[1]))), shown(chunk(-3, numbers(&[1, 2])))), ("[[1]]".into(), "[]".into()));
    }

    #[test]
    fn steps_that_lead_away_are_none() {
        assert_eq!(steps(0, 5, 2).expect("few"), [0, 2, 4]);
        assert_eq!(steps(0, -3, -1).expect("few"), [0, -1, -2]);
        assert_eq!(steps(i64::MAX - 1, i64::MAX, 5).expect("few"), [i64::MAX - 1]);
        assert!(steps(0, 5, -1).expect("none").is_empty() && steps(0, 5, 0).expect("none").is_empty());
        assert!(steps(i64::MIN, i64::MAX, 1).is_err());
    }
}
