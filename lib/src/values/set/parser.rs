//! Reads the assignments of one flag, from left to right, making each as it is read.

use super::{Grammar, LIST, MAP, SetError, go_type, json};
use crate::gotext::{folds_to, is_space};
use goyaml::{Map, Value};
use std::str::Chars;

/// The largest index; larger ones would fill the memory with nulls.
const MAX_INDEX: usize = 65536;
/// How many dots a key may have.
const MAX_LEVEL: usize = 30;
/// How many dots and indices a key may have together. Helm has no such limit, but a key that exceeds it is no honest one.
const MAX_DEPTH: usize = 200;

/// Why an assignment was not finished.
enum Stop {
    /// The text is at its end, which by itself is no error.
    End,
    Failed(SetError),
}

impl From<SetError> for Stop {
    fn from(error: SetError) -> Self {
        Self::Failed(error)
    }
}

/// Where in a key the parser is.
#[derive(Clone, Copy)]
struct Depth {
    /// Dots so far, those behind an index not counted.
    level: usize,
    /// Dots and indices so far.
    all: usize,
}

impl Depth {
    fn below(self, dots: usize) -> Result<Self, SetError> {
        let deeper = Self { level: self.level + dots, all: self.all + 1 };
        match deeper {
            Self { level, .. } if level > MAX_LEVEL => Err(SetError::TooDeep(MAX_LEVEL)),
            Self { all, .. } if all > MAX_DEPTH => Err(SetError::TooDeep(MAX_DEPTH)),
            deeper => Ok(deeper),
        }
    }
}

pub(super) struct Parser<'t, 'g> {
    rest: Chars<'t>,
    grammar: Grammar<'g>,
}

impl<'t, 'g> Parser<'t, 'g> {
    pub(super) fn new(text: &'t str, grammar: Grammar<'g>) -> Self {
        Self { rest: text.chars(), grammar }
    }

    pub(super) fn assign_all(mut self, values: &mut Map) -> Result<(), SetError> {
        loop {
            match self.key(values, Depth { level: 0, all: 0 }) {
                Ok(()) => {}
                Err(Stop::End) => return Ok(()),
                Err(Stop::Failed(error)) => return Err(error),
            }
        }
    }

    fn key(&mut self, map: &mut Map, depth: Depth) -> Result<(), Stop> {
        let stops: &[char] = if self.is_literal() { &['=', '[', '.'] } else { &['=', '[', '.', ','] };
        let (key, last) = self.until(stops);
        match last {
            None if key.is_empty() => Err(Stop::End),
            None => Err(SetError::NoValue(key).into()),
            Some('[') => self.indexed(map, key, depth),
            Some('.') => self.nested(map, key, depth.below(1)?),
            Some(',') => Err(SetError::Comma(key).into()),
            Some(_) => {
                let (value, ended) = self.value()?;
                set(map, key, value);
                if ended { Err(Stop::End) } else { Ok(()) }
            }
        }
    }

    /// What follows `key.`
    fn nested(&mut self, map: &mut Map, key: String, depth: Depth) -> Result<(), Stop> {
        let mut fresh = Map::new();
        let is_fresh = !map.contains_key(&key);
        let inner = match map.get_mut(&key) {
            Some(value) => as_map(value)?,
            None => &mut fresh,
        };
        let result = self.key(inner, depth);
        if result.is_ok() && inner.is_empty() {
            return Err(SetError::EmptyMap(key).into());
        }
        if is_fresh && !fresh.is_empty() {
            set(map, key, fresh.into());
        }
        result
    }

    /// What follows `key[`
    fn indexed(&mut self, map: &mut Map, key: String, depth: Depth) -> Result<(), Stop> {
        let index = self.index()?;
        let mut list = match map.get_mut(&key) {
            Some(value) => std::mem::take(as_list(value)?),
            None => Vec::new(),
        };
        let result = self.item(&mut list, index, depth.below(0)?);
        set(map, key, list.into());
        result
    }

    fn index(&mut self) -> Result<i64, Stop> {
        let (text, last) = self.until(&[']']);
        if last.is_none() {
            return Err(Stop::End);
        }
        match text.parse() {
            Ok(index) => Ok(index),
            Err(_) => {
                let digits = text.strip_prefix(['+', '-']).unwrap_or(&text);
                let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
                let cause = if is_number { "value out of range" } else { "invalid syntax" };
                Err(SetError::Index { text, cause }.into())
            }
        }
    }

    /// What follows `[index]`
    fn item(&mut self, list: &mut Vec<Value>, index: i64, depth: Depth) -> Result<(), Stop> {
        let at = usize::try_from(index).map_err(|_| SetError::Negative(index))?;
        let (extra, last) = self.until(&['[', '.', '=']);
        if !extra.is_empty() {
            return Err(SetError::AfterIndex(extra).into());
        }
        match last {
            None => Err(Stop::End),
            Some('=') => {
                let (value, _) = self.value()?;
                set_index(list, at, value)
            }
            Some('[') => self.item_list(list, at, depth.below(0)?),
            Some(_) => self.item_map(list, at, depth.below(0)?),
        }
    }

    fn item_list(&mut self, list: &mut Vec<Value>, at: usize, depth: Depth) -> Result<(), Stop> {
        let index = self.index()?;
        match list.get_mut(at) {
            Some(Value::Null) | None => {
                let mut inner = Vec::new();
                self.item(&mut inner, index, depth)?;
                set_index(list, at, inner.into())
            }
            Some(value) => self.item(as_list(value)?, index, depth),
        }
    }

    fn item_map(&mut self, list: &mut Vec<Value>, at: usize, depth: Depth) -> Result<(), Stop> {
        let Some(value) = list.get_mut(at) else {
            let mut inner = Map::new();
            self.key(&mut inner, depth)?;
            return set_index(list, at, inner.into());
        };
        if value.as_map().is_none() {
            *value = Map::new().into();
        }
        self.key(as_map(value)?, depth)
    }

    /// The value after `=`, and whether the text ended before it began.
    fn value(&mut self) -> Result<(Value, bool), SetError> {
        match self.grammar {
            Grammar::Literal => Ok((Value::from(std::mem::replace(&mut self.rest, "".chars()).as_str()), false)),
            Grammar::Json => Ok((self.json()?, false)),
            _ => match self.rest.clone().next() {
                None => Ok((Value::from(""), true)),
                Some('{') => Ok((self.list()?, false)),
                Some(_) => {
                    let (text, _) = self.until(&[',']);
                    Ok((self.read(text)?, false))
                }
            },
        }
    }

    fn list(&mut self) -> Result<Value, SetError> {
        self.rest.next();
        let mut items = Vec::new();
        loop {
            let (text, last) = self.until(&[',', '}']);
            if last.is_none() {
                return Err(SetError::OpenList);
            }
            items.push(self.read(text)?);
            if last == Some('}') {
                self.skip(',');
                return Ok(items.into());
            }
        }
    }

    fn read(&self, text: String) -> Result<Value, SetError> {
        match self.grammar {
            Grammar::Files(read) => read(&text).map(Value::from).map_err(SetError::File),
            Grammar::Typed => Ok(typed(text)),
            _ => Ok(text.into()),
        }
    }

    fn json(&mut self) -> Result<Value, SetError> {
        if self.blank() {
            return Ok(Value::Null);
        }
        let text = self.rest.as_str();
        let (value, length) = json::first(text).ok_or(SetError::Json)?;
        self.rest = text[length..].chars();
        self.blank();
        Ok(value)
    }

    /// Skips blanks, and a comma after them; whether there was nothing else up to a comma or the end.
    fn blank(&mut self) -> bool {
        loop {
            let next = self.rest.clone().next();
            match next {
                None => return true,
                Some(',') => return self.skip(','),
                Some(c) if is_space(c) => self.rest.next(),
                Some(_) => return false,
            };
        }
    }

    fn skip(&mut self, expected: char) -> bool {
        let found = self.rest.clone().next() == Some(expected);
        if found {
            self.rest.next();
        }
        found
    }

    /// The text before one of `stops`, unescaped, and the stop; `None` at the end.
    fn until(&mut self, stops: &[char]) -> (String, Option<char>) {
        let escapes = !self.is_literal();
        let mut text = String::new();
        while let Some(c) = self.rest.next() {
            if stops.contains(&c) {
                return (text, Some(c));
            }
            if c != '\\' || !escapes {
                text.push(c);
            } else if let Some(escaped) = self.rest.next() {
                text.push(escaped);
            }
        }
        (text, None)
    }

    fn is_literal(&self) -> bool {
        matches!(self.grammar, Grammar::Literal)
    }
}

fn set(map: &mut Map, key: String, value: Value) {
    if !key.is_empty() {
        map.insert(key, value);
    }
}

fn set_index(list: &mut Vec<Value>, at: usize, value: Value) -> Result<(), Stop> {
    if at > MAX_INDEX {
        return Err(SetError::TooLarge { index: i64::try_from(at).unwrap_or(i64::MAX), limit: MAX_INDEX }.into());
    }
    if list.len() <= at {
        list.resize(at + 1, Value::Null);
    }
    list[at] = value;
    Ok(())
}

fn as_map(value: &mut Value) -> Result<&mut Map, SetError> {
    let found = go_type(value);
    value.as_map_mut().ok_or(SetError::Conversion { found, expected: MAP })
}

fn as_list(value: &mut Value) -> Result<&mut Vec<Value>, SetError> {
    match value {
        Value::List(list) => Ok(list),
        other => Err(SetError::Conversion { found: go_type(other), expected: LIST }),
    }
}

/// The value that `--set` takes a text for.
fn typed(text: String) -> Value {
    if folds_to(&text, "true") {
        Value::Bool(true)
    } else if folds_to(&text, "false") {
        Value::Bool(false)
    } else if folds_to(&text, "null") {
        Value::Null
    } else if text == "0" {
        Value::Int(0)
    } else if text.starts_with('0') {
        text.into()
    } else {
        text.parse().map_or_else(|_| text.into(), Value::Int)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::set::assign;

    fn set(text: &str) -> Result<Map, SetError> {
        let mut values = Map::new();
        assign(text, Grammar::Typed, &mut values).map(|()| values)
    }

    #[test]
    fn keys_are_not_endless() {
        let indices = |count: usize| format!("a{}=1", "[0]".repeat(count));
        assert!(set(&indices(100)).is_ok());
        assert_eq!(set(&indices(40_000)), Err(SetError::TooDeep(MAX_DEPTH)));
        let mixed = "a[0].".repeat(1000);
        assert_eq!(set(&format!("{mixed}a=1")), Err(SetError::TooDeep(MAX_DEPTH)));
        assert_eq!(set(&format!("{}a=1", "a.".repeat(31))), Err(SetError::TooDeep(MAX_LEVEL)));
    }

    #[test]
    fn what_is_there_stays_unless_it_is_assigned() {
        let mut values = goyaml::decode_map("a: [1, [2]]").expect("values").expect("a map");
        let before = values.clone();
        // Both end before anything is assigned.
        assert_eq!(assign("a[1][0", Grammar::Typed, &mut values), Ok(()));
        assert_eq!(assign("a[1][1]", Grammar::Typed, &mut values), Ok(()));
        assert_eq!(values, before);
        assert_eq!(assign("a[1][1]=x", Grammar::Typed, &mut values), Ok(()));
        assert_eq!(Some(values), goyaml::decode_map("a: [1, [2, x]]").expect("values"));
    }
}
