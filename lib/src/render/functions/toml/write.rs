//! Values as TOML, in the layout of the library that Helm uses: keys sorted, tables last, contents indented.

use super::super::dates::toml_text;
use super::super::limits::Budget;
use super::super::lists::items;
use gotemplate::format;
use gotemplate::function::FunctionError;
use gotemplate::value::{Kind, List, Str, Value};

/// The text of a value.
///
/// # Errors
/// [`Fault`]
pub(super) fn write(value: &Value) -> Result<Vec<u8>, Fault> {
    let mut writer = Writer { out: Vec::new(), budget: Budget::with_depth(MAX_DEPTH) };
    writer.value(&mut Vec::new(), value)?;
    Ok(writer.out)
}

/// How deeply a value may be nested.
const MAX_DEPTH: usize = 200;

/// Why a value has no TOML.
#[derive(Clone, Debug)]
pub(super) enum Fault {
    /// The encoder returns an error.
    Unfit(String),
    /// The encoder dies, or the value is without end.
    Fatal(FunctionError),
}

impl From<FunctionError> for Fault {
    fn from(error: FunctionError) -> Self {
        Self::Fatal(error)
    }
}

struct Writer {
    out: Vec<u8>,
    budget: Budget,
}

/// What decides whether a value stands behind its key or below it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Shape {
    Nil,
    Plain,
    Table,
    Tables,
}

impl Writer {
    /// Writes a value under its path: as a line, as a table, or as one table for each item.
    fn value(&mut self, path: &mut Vec<Str>, value: &Value) -> Result<(), Fault> {
        match value {
            Value::Nil => {
                return Err(Fault::Fatal("reflect: call of reflect.Value.Type on zero Value".into()));
            }
            Value::Complex(..) => {
                let key = String::from_utf8_lossy(&dotted(path)).into_owned();
                return Err(Fault::Unfit(format!("unsupported type for key '{key}': {}", value.kind())));
            }
            _ => {}
        }
        self.budget.enter()?;
        match (self.shape(value)?, value) {
            (Shape::Table, value) => self.table(path, value)?,
            (Shape::Tables, Value::List(list)) => self.tables(path, list)?,
            _ => self.line(path, value)?,
        }
        self.budget.leave();
        Ok(())
    }

    fn table(&mut self, path: &mut Vec<Str>, table: &Value) -> Result<(), Fault> {
        if path.len() == 1 {
            self.newline();
        }
        if !path.is_empty() {
            self.indent(path);
            self.push(b"[");
            self.push(&dotted(path));
            self.push(b"]");
            self.newline();
        }
        self.entries(path, table)
    }

    fn tables(&mut self, path: &mut Vec<Str>, list: &List) -> Result<(), Fault> {
        if path.is_empty() {
            return Err(Fault::Unfit("toml: top-level values must be Go maps or structs".into()));
        }
        for item in list.items() {
            self.newline();
            self.indent(path);
            self.push(b"[[");
            self.push(&dotted(path));
            self.push(b"]]");
            self.newline();
            self.entries(path, item)?;
        }
        Ok(())
    }

    fn entries(&mut self, path: &mut Vec<Str>, table: &Value) -> Result<(), Fault> {
        let (lines, tables) = self.sorted(table)?;
        for (key, value) in lines.into_iter().chain(tables).filter(|(_, value)| !is_nil(value)) {
            path.push(key);
            self.value(path, &value)?;
            path.pop();
        }
        Ok(())
    }

    /// The entries for lines and, after them, those for tables.
    fn sorted(&mut self, table: &Value) -> Result<(Entries, Entries), Fault> {
        let (mut lines, mut tables) = (Vec::new(), Vec::new());
        for (key, value) in entries_of(table).unwrap_or_default() {
            let is_table = matches!(self.shape(&value)?, Shape::Table | Shape::Tables);
            if is_table { &mut tables } else { &mut lines }.push((key, value));
        }
        Ok((lines, tables))
    }

    fn line(&mut self, path: &[Str], value: &Value) -> Result<(), Fault> {
        let Some(key) = path.last() else { return self.element(value) };
        self.indent(path);
        self.push(&quoted_key(key));
        self.push(b" = ");
        self.element(value)?;
        self.newline();
        Ok(())
    }

    fn element(&mut self, value: &Value) -> Result<(), Fault> {
        self.budget.enter()?;
        match value {
            Value::String(text) => self.push(&quoted(text.as_bytes())),
            Value::Float(number) => self.push(float(*number)?.as_bytes()),
            value if entries_of(value).is_some() => self.inline_table(value)?,
            value => match (items(value), value) {
                (Some(list), _) => self.inline_list(&list)?,
                (None, Value::Object(object)) => match toml_text(value) {
                    Some(text) => self.push(&text),
                    None if object.type_name() == "time.Duration" => self.push(&quoted(object.display().as_bytes())),
                    None => self.element(&object.plain())?,
                },
                (None, value) => self.push(&format::print(value).map_err(FunctionError::from)?),
            },
        }
        self.budget.leave();
        Ok(())
    }

    fn inline_list(&mut self, list: &List) -> Result<(), Fault> {
        self.push(b"[");
        for (index, item) in list.items().iter().enumerate() {
            if index > 0 {
                self.push(b", ");
            }
            self.element(item)?;
        }
        self.push(b"]");
        Ok(())
    }

    /// A nil value is left out, but not the comma after the one before it.
    fn inline_table(&mut self, table: &Value) -> Result<(), Fault> {
        let (lines, tables) = self.sorted(table)?;
        let last = (lines.len() + tables.len()).saturating_sub(1);
        self.push(b"{");
        for (index, (key, value)) in lines.into_iter().chain(tables).enumerate() {
            if is_nil(&value) {
                continue;
            }
            self.push(&quoted_key(&key));
            self.push(b" = ");
            self.element(&value)?;
            if index != last {
                self.push(b", ");
            }
        }
        self.push(b"}");
        Ok(())
    }

    fn shape(&mut self, value: &Value) -> Result<Shape, Fault> {
        self.budget.enter()?;
        let shape = match value {
            value if is_nil(value) => Shape::Nil,
            Value::Complex(..) => return Err(Fault::Unfit(format!("unsupported type: {}", value.kind()))),
            Value::List(list) => self.list_shape(list)?,
            value if entries_of(value).is_some() => Shape::Table,
            _ => Shape::Plain,
        };
        self.budget.leave();
        Ok(shape)
    }

    /// Tables if every item is one.
    fn list_shape(&mut self, list: &List) -> Result<Shape, Fault> {
        let mut all_tables = !list.is_empty();
        for item in list.items() {
            match self.shape(item)? {
                Shape::Nil => return Err(Fault::Unfit("toml: cannot encode array with nil element".into())),
                shape => all_tables &= shape == Shape::Table,
            }
        }
        Ok(if all_tables { Shape::Tables } else { Shape::Plain })
    }

    fn indent(&mut self, path: &[Str]) {
        self.push(&b"  ".repeat(path.len() - 1));
    }

    /// Nothing at the beginning of the text.
    fn newline(&mut self) {
        if !self.out.is_empty() {
            self.push(b"\n");
        }
    }

    fn push(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
    }
}

type Entries = Vec<(Str, Value)>;

/// The entries of a map, or the fields of a struct.
fn entries_of(value: &Value) -> Option<Entries> {
    let object = match value {
        Value::Map(map) => return Some(map.entries()),
        Value::Object(object) => object,
        _ => return None,
    };
    if let Some(fields) = object.exported() {
        return Some(fields.into_iter().map(|field| (field.name.into(), field.value)).collect());
    }
    let entries = object.entries().filter(|_| object.kind() == Kind::Map)?;
    let text = |key: Value| if let Value::String(key) = key { key } else { Str::from("") };
    Some(entries.into_iter().map(|(key, value)| (text(key), value)).collect())
}

fn is_nil(value: &Value) -> bool {
    match value {
        Value::Nil => true,
        Value::Map(map) => map.is_nil(),
        Value::List(list) => list.is_nil(),
        _ => false,
    }
}

fn float(number: f64) -> Result<String, FunctionError> {
    if !number.is_finite() {
        let sign = if number.is_sign_negative() { "-" } else { "" };
        return Ok(format!("{sign}{}", if number.is_nan() { "nan" } else { "inf" }));
    }
    let text = String::from_utf8_lossy(&format::print(&Value::Float(number))?).into_owned();
    Ok(if text.contains(['e', '.']) { text } else { text + ".0" })
}

/// The path with points between its keys.
pub(super) fn dotted(path: &[Str]) -> Vec<u8> {
    path.iter().map(quoted_key).collect::<Vec<_>>().join(&b'.')
}

/// The key, in quotes unless it is bare.
fn quoted_key(key: &Str) -> Vec<u8> {
    let is_bare = !key.is_empty() && key.as_bytes().iter().all(|byte| is_bare(*byte));
    if is_bare { key.as_bytes().to_vec() } else { quoted(key.as_bytes()) }
}

/// Whether the byte may stand in a key without quotes.
pub(super) fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn quoted(text: &[u8]) -> Vec<u8> {
    let mut quoted = Vec::with_capacity(text.len() + 2);
    quoted.push(b'"');
    for byte in text {
        match byte {
            b'"' | b'\\' => quoted.extend([b'\\', *byte]),
            8 => quoted.extend(b"\\b"),
            b'\t' => quoted.extend(b"\\t"),
            b'\n' => quoted.extend(b"\\n"),
            12 => quoted.extend(b"\\f"),
            b'\r' => quoted.extend(b"\\r"),
            0..0x20 | 0x7f => quoted.extend(format!("\\u{byte:04x}").bytes()),
            _ => quoted.push(*byte),
        }
    }
    quoted.push(b'"');
    quoted
}
