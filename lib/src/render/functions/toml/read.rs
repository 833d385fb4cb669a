//! A TOML 1.1 text as a map, with the faults that Helm's library finds and its words for them.

use super::super::dates::TomlTimes;
use super::super::runes::is_letter;
use super::number;
use super::scan::{Fault, Scanner, is_blank, is_newline, shown};
use super::text::{self, Quote};
use super::tree::Tree;
use super::write::{dotted, is_bare};
use gotemplate::format;
use gotemplate::value::{Map, Str, Value};
use std::collections::BTreeMap;

/// The map that a text describes.
///
/// # Errors
/// The text of the error.
pub(super) fn read(text: &[u8], times: &TomlTimes) -> Result<Map, Vec<u8>> {
    let text = without_mark(text);
    if text.iter().take(6).any(|byte| *byte == 0) {
        return Err(
            b"toml: line 1: files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8".to_vec()
        );
    }
    let mut reader = Reader { scanner: Scanner::new(text), tree: Tree::new(), key_line: 0, depth: 0, times };
    match reader.document() {
        Ok(()) => Ok(reader.tree.into_map()),
        Err(fault) => Err(described(&fault, &reader.tree.current())),
    }
}

fn without_mark(text: &[u8]) -> &[u8] {
    let marks: [&[u8]; 3] = [b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"];
    marks.iter().find_map(|mark| text.strip_prefix(*mark)).unwrap_or(text)
}

fn described(fault: &Fault, key: &[u8]) -> Vec<u8> {
    let place = match key {
        [] => String::new(),
        key => format!(" (last key {})", format::quoted(key)),
    };
    format!("toml: line {}{place}: {}", fault.line, fault.message).into_bytes()
}

/// How deeply keys, arrays and inline tables may be nested.
const MAX_DEPTH: usize = 200;

struct Reader<'a> {
    scanner: Scanner<'a>,
    tree: Tree,
    /// The line of the key or header read last, where faults of the tree are reported.
    key_line: i64,
    depth: usize,
    times: &'a TomlTimes,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<(), Fault> {
        while let Some(rune) = self.scanner.peek()? {
            match rune {
                _ if is_blank(rune) || is_newline(rune) => {
                    self.scanner.next()?;
                }
                '#' => self.comment()?,
                '[' => {
                    self.header()?;
                    self.end_of_line()?;
                }
                _ => {
                    self.entry()?;
                    self.end_of_line()?;
                }
            }
        }
        Ok(())
    }

    fn comment(&mut self) -> Result<(), Fault> {
        self.scanner.skip(|rune| !is_newline(rune))
    }

    fn end_of_line(&mut self) -> Result<(), Fault> {
        self.scanner.skip(is_blank)?;
        match self.scanner.peek()? {
            Some('#') => self.comment(),
            None => Ok(()),
            _ => match self.scanner.next()? {
                Some(rune) if is_newline(rune) => Ok(()),
                rune => Err(self.scanner.fault(format!(
                    "expected a top-level item to end with a newline, comment, or EOF, but got {} instead",
                    shown(rune)
                ))),
            },
        }
    }

    fn header(&mut self) -> Result<(), Fault> {
        self.scanner.next()?;
        let is_item = self.scanner.accept('[')?;
        let path = self.header_path()?;
        if is_item {
            let rune = self.scanner.next()?;
            if rune != Some(']') {
                let message = format!("expected end of table array name delimiter ']', but got {} instead", shown(rune));
                return Err(self.scanner.fault(message));
            }
        }
        self.check_depth(path.len())?;
        let entered = self.tree.enter(&path, is_item);
        self.in_tree(entered)?;
        self.tree.forget_array();
        Ok(())
    }

    fn header_path(&mut self) -> Result<Vec<Str>, Fault> {
        let mut path = Vec::new();
        loop {
            self.scanner.skip(is_blank)?;
            match self.scanner.peek()? {
                None | Some(']') => {
                    return Err(self.scanner.fault("unexpected end of table name (table names cannot be empty)"));
                }
                Some('.') => {
                    return Err(self.scanner.fault("unexpected table separator (table names cannot be empty)"));
                }
                _ => self.key_part(&mut path)?,
            }
            self.scanner.skip(is_blank)?;
            match self.scanner.next()? {
                Some('.') => {}
                Some(']') => return Ok(path),
                rune => {
                    let message = format!("expected '.' or ']' to end table name, but got {} instead", shown(rune));
                    return Err(self.scanner.fault(message));
                }
            }
        }
    }

    /// Reads a bare or quoted key. A rune that can be neither makes an empty one.
    fn key_part(&mut self, path: &mut Vec<Str>) -> Result<(), Fault> {
        let part = match self.scanner.peek()? {
            Some('"') => text::read_key(&mut self.scanner, Quote::Double)?,
            Some('\'') => text::read_key(&mut self.scanner, Quote::Single)?,
            _ => {
                let start = self.scanner.place();
                self.scanner.skip(|rune| rune.is_ascii() && is_bare(rune as u8))?;
                Str::from(self.scanner.since(start))
            }
        };
        if path.is_empty() {
            self.key_line = self.scanner.line();
        }
        path.push(part);
        Ok(())
    }

    /// A key and its value at the top level.
    fn entry(&mut self) -> Result<(), Fault> {
        let context = self.tree.context.clone();
        self.key()?;
        let value = self.value(false)?;
        self.set(&value)?;
        self.tree.context = context;
        self.tree.key = Str::from("");
        Ok(())
    }

    /// Reads a key and enters the tables that its parts but the last imply, which it returns.
    fn key(&mut self) -> Result<Vec<Str>, Fault> {
        let mut path = self.key_path()?;
        let key = path.pop().unwrap_or_else(|| Str::from(""));
        self.tree.key = key;
        self.check_depth(self.tree.context.len() + path.len() + 1)?;
        for part in &path {
            let mut context = self.tree.context.clone();
            context.push(part.clone());
            let entered = self.tree.enter_implied(&context, false);
            self.in_tree(entered)?;
        }
        Ok(path)
    }

    fn key_path(&mut self) -> Result<Vec<Str>, Fault> {
        self.scanner.skip(is_blank)?;
        match self.scanner.peek()? {
            None | Some('=') => return Err(self.scanner.fault("unexpected '=': key name appears blank")),
            Some('.') => return Err(self.scanner.fault("unexpected '.': keys cannot start with a '.'")),
            _ => {}
        }
        let mut path = Vec::new();
        loop {
            self.scanner.skip(is_blank)?;
            match self.scanner.peek()? {
                None | Some('=') => return Err(self.scanner.fault("unexpected '='")),
                Some('.') => return Err(self.scanner.fault("unexpected '.'")),
                _ => self.key_part(&mut path)?,
            }
            self.scanner.skip(is_blank)?;
            match self.scanner.next()? {
                Some('.') => {}
                Some('=') => return Ok(path),
                None => return Err(self.scanner.fault("unexpected EOF; expected key separator '='")),
                rune => {
                    let message = format!("expected '.' or '=', but got {} instead", shown(rune));
                    return Err(self.fault_at(rune, message));
                }
            }
        }
    }

    fn set(&mut self, value: &Value) -> Result<(), Fault> {
        let set = self.tree.set(value);
        self.in_tree(set)?;
        self.tree.mark_array(matches!(value, Value::List(_)));
        Ok(())
    }

    fn value(&mut self, in_array: bool) -> Result<Value, Fault> {
        self.scanner.skip(is_blank)?;
        let start = self.scanner.place();
        let rune = self.scanner.next()?;
        match rune {
            Some('0'..='9') => number::read(&mut self.scanner, start, self.times),
            Some('[') => self.nested(|reader| reader.array()),
            Some('{') => self.nested(|reader| reader.inline_table(in_array)),
            Some('"') => text::read(&mut self.scanner, Quote::Double).map(Value::String),
            Some('\'') => text::read(&mut self.scanner, Quote::Single).map(Value::String),
            Some('.') => Err(self.scanner.fault("floats must start with a digit, not '.'")),
            Some('-' | '+') => number::read_signed(&mut self.scanner, start),
            Some(letter) if is_letter(letter) => self.word(start),
            None => Err(self.scanner.fault("unexpected EOF; expected value")),
            rune => {
                let message = format!("expected value but found {} instead", shown(rune));
                Err(self.fault_at(rune, message))
            }
        }
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Result<Value, Fault>) -> Result<Value, Fault> {
        self.depth += 1;
        self.check_depth(self.depth)?;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    /// `true`, `false`, `inf` or `nan`; anything else is at fault, in words that name what is left of it.
    fn word(&mut self, start: usize) -> Result<Value, Fault> {
        let scanner = &mut self.scanner;
        if matches!(scanner.since(start), b"i" | b"n") {
            let is_float = scanner.accept('n')? && scanner.accept('f')? || scanner.accept('a')? && scanner.accept('n')?;
            if is_float {
                return number::float(scanner, start);
            }
            scanner.back_to(scanner.place() - 1);
        } else {
            scanner.back_to(start);
        }
        let start = scanner.place();
        scanner.skip(is_letter)?;
        match scanner.since(start) {
            b"true" => Ok(Value::Bool(true)),
            b"false" => Ok(Value::Bool(false)),
            word => Err(scanner.fault(format!("expected value but found {} instead", format::quoted(word)))),
        }
    }

    fn array(&mut self) -> Result<Value, Fault> {
        self.tree.mark_array(true);
        let mut items = Vec::new();
        loop {
            match self.first_of_item()? {
                Some(']') => break,
                _ => items.push(self.value(true)?),
            }
            let what = "expected a comma (',') or array terminator (']'), but got";
            if self.after_item(']', |found| format!("{what} {found}"))? {
                return Ok(Value::list(items));
            }
        }
        self.scanner.next()?;
        Ok(Value::list(items))
    }

    fn inline_table(&mut self, in_array: bool) -> Result<Value, Fault> {
        let outer = (self.tree.context.clone(), self.tree.key.clone());
        let mut context = outer.0.clone();
        context.push(std::mem::replace(&mut self.tree.key, Str::from("")));
        self.tree.context = context.clone();
        let entered = self.tree.enter_implied(&context, in_array);
        self.in_tree(entered)?;
        let table = Map::new(BTreeMap::new());
        loop {
            if self.first_of_item()? == Some('}') {
                self.scanner.next()?;
                break;
            }
            let path = self.key()?;
            let value = self.value(false)?;
            self.set(&value)?;
            self.put(&table, &path, value)?;
            self.tree.context = context.clone();
            let what = "expected a comma or an inline table terminator '}', but got";
            if self.after_item('}', |found| format!("{what} {found} instead"))? {
                break;
            }
        }
        (self.tree.context, self.tree.key) = outer;
        Ok(Value::Map(table))
    }

    /// Sets the current key below the path in an inline table.
    fn put(&mut self, table: &Map, path: &[Str], value: Value) -> Result<(), Fault> {
        let mut table = table.clone();
        for part in path {
            let below = table.get(part.as_bytes()).unwrap_or_else(|| Value::Map(Map::new(BTreeMap::new())));
            let Value::Map(map) = &below else {
                let context = format::quoted(&dotted(&self.tree.context));
                return self.in_tree(Err(format!("{context} is not a table")));
            };
            let map = map.clone();
            table.insert(part.clone(), below);
            table = map;
        }
        table.insert(self.tree.key.clone(), value);
        Ok(())
    }

    /// The first rune of an item of an array or inline table, or of its end.
    fn first_of_item(&mut self) -> Result<Option<char>, Fault> {
        self.skip_space()?;
        let rune = self.scanner.peek()?;
        if rune == Some(',') {
            self.scanner.next()?;
            return Err(self.scanner.fault("unexpected comma"));
        }
        Ok(rune)
    }

    /// Reads the comma after an item, or the end, for which it returns true.
    fn after_item(&mut self, end: char, complaint: impl Fn(&str) -> String) -> Result<bool, Fault> {
        self.skip_space()?;
        match self.scanner.next()? {
            Some(',') => Ok(false),
            Some(rune) if rune == end => Ok(true),
            Some(rune) => Err(self.scanner.fault(complaint(&format!("'{rune}'")))),
            None => Err(self.scanner.fault(complaint("end of file"))),
        }
    }

    /// Skips blanks, newlines and comments.
    fn skip_space(&mut self) -> Result<(), Fault> {
        loop {
            self.scanner.skip(|rune| is_blank(rune) || is_newline(rune))?;
            match self.scanner.peek()? {
                Some('#') => self.comment()?,
                _ => return Ok(()),
            }
        }
    }

    /// A fault at this rune, which has been read.
    fn fault_at(&self, rune: Option<char>, message: String) -> Fault {
        if rune == Some('\n') { self.scanner.fault_before(message) } else { self.scanner.fault(message) }
    }

    /// A complaint of the tree is about the last key.
    fn in_tree<T>(&self, result: Result<T, String>) -> Result<T, Fault> {
        result.map_err(|message| Fault { line: self.key_line, message })
    }

    fn check_depth(&self, depth: usize) -> Result<(), Fault> {
        match depth <= MAX_DEPTH {
            true => Ok(()),
            false => Err(self.scanner.fault(format!("nested more than {MAX_DEPTH} levels deep"))),
        }
    }
}
