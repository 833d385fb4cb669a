//! From tape to text: where dashes, keys and line breaks go.

use super::Dialect;
use super::analysis::{Analysis, reads_back};
use super::order::{goes_before, sort_by};
use super::tape::{Piece, Tape};
use super::writer::Writer;
use crate::float;

/// Longer keys are marked with `?`.
const LONGEST_SIMPLE_KEY: usize = 128;

/// The YAML of the value on a tape.
pub(super) fn emit(tape: &Tape, dialect: Dialect) -> String {
    let mut emitter = Emitter { tape, dialect, writer: Writer::new(dialect), levels: Vec::new(), keys: Vec::new() };
    emitter.write_value(0, false);
    while let Some(level) = emitter.levels.last_mut() {
        let next = level.next;
        if next >= level.end {
            emitter.leave();
        } else if level.is_map {
            level.next = next + 1;
            emitter.write_entry(next);
        } else {
            level.next = tape.after(next);
            emitter.write_item(next);
        }
    }
    emitter.writer.indent = None;
    emitter.writer.write_indent();
    emitter.writer.out
}

struct Emitter<'t> {
    tape: &'t Tape,
    dialect: Dialect,
    writer: Writer,
    /// The collections that have begun and not ended.
    levels: Vec<Level>,
    /// Where the keys of the mappings in `levels` are on the tape, each mapping in its order.
    keys: Vec<usize>,
}

struct Level {
    is_map: bool,
    /// What is left: keys in [`Emitter::keys`] or items on the tape.
    next: usize,
    end: usize,
    /// Where its keys begin in [`Emitter::keys`].
    first_key: usize,
    outer_indent: Option<usize>,
}

const BINARY: &str = "!!binary";

impl<'t> Emitter<'t> {
    fn write_item(&mut self, at: usize) {
        self.writer.write_indent();
        self.writer.write_mark('-');
        self.write_value(at, false);
    }

    fn write_entry(&mut self, at: usize) {
        let key = self.keys[at];
        self.writer.write_indent();
        let (text, is_binary) =
            (self.tape.text(key), matches!(self.tape.piece(key), Some(Piece::Text { is_binary: true, .. })));
        let analysis = Analysis::of(text);
        let length = text.len() + if is_binary { BINARY.len() } else { 0 };
        if !analysis.multiline && length <= LONGEST_SIMPLE_KEY {
            self.write_text(text, is_binary, &analysis, false);
            self.writer.write_indicator(":");
        } else {
            self.writer.write_mark('?');
            self.write_text(text, is_binary, &analysis, true);
            self.writer.write_indent();
            self.writer.write_mark(':');
        }
        self.write_value(key + 1, true);
    }

    /// Writes a scalar or an empty collection, or begins another.
    fn write_value(&mut self, at: usize, in_entry: bool) {
        match self.tape.piece(at) {
            None | Some(Piece::Null) => self.writer.write_plain("null", true),
            Some(Piece::Bool(value)) => self.writer.write_plain(if value { "true" } else { "false" }, true),
            Some(Piece::Int(value)) => self.writer.write_plain(&value.to_string(), true),
            Some(Piece::Uint(value)) => self.writer.write_plain(&value.to_string(), true),
            Some(Piece::Float(value)) => self.writer.write_plain(&self.float(value), true),
            Some(Piece::Text { is_binary, .. }) => {
                let text = self.tape.text(at);
                self.write_text(text, is_binary, &Analysis::of(text), true);
            }
            Some(Piece::List { end }) if end == at + 1 => self.writer.write_spaced_indicator("[]"),
            Some(Piece::Map { end, .. }) if end == at + 1 => self.writer.write_spaced_indicator("{}"),
            Some(Piece::List { end }) => {
                // Version 2 does not indent a list below its key, unless that needed a mark.
                let indentless = in_entry && !self.writer.indention && !self.dialect.version_3;
                self.enter(false, at + 1, end, indentless);
            }
            Some(Piece::Map { end, sorted }) => {
                let first_key = self.keys.len();
                self.keys.extend(self.tape.keys(at + 1, end));
                if !sorted {
                    self.sort_keys(first_key);
                }
                self.enter(true, first_key, self.keys.len(), false);
            }
        }
    }

    fn enter(&mut self, is_map: bool, next: usize, end: usize, indentless: bool) {
        let outer_indent = self.writer.indent;
        let first_key = if is_map { next } else { self.keys.len() };
        self.levels.push(Level { is_map, next, end, first_key, outer_indent });
        self.writer.indent = match outer_indent {
            None => Some(0),
            Some(outer) if indentless => Some(outer),
            Some(outer) => Some(outer + 2),
        };
    }

    fn leave(&mut self) {
        if let Some(level) = self.levels.pop() {
            self.keys.truncate(level.first_key);
            self.writer.indent = level.outer_indent;
        }
    }

    fn sort_keys(&mut self, from: usize) {
        let (tape, digits_bind) = (self.tape, self.dialect.version_3);
        let before = |a, b| goes_before(tape.text(a), tape.text(b), digits_bind);
        sort_by(&mut self.keys[from..], before);
    }

    fn write_text(&mut self, text: &str, is_binary: bool, analysis: &Analysis, may_fold: bool) {
        let version_3 = self.dialect.version_3;
        if is_binary {
            self.writer.write_spaced_indicator(BINARY);
        }
        let plain = is_binary || reads_back(text, version_3);
        self.writer.write_scalar(text, analysis.style(text, plain, version_3), may_fold);
    }

    fn float(&self, value: f64) -> String {
        if self.dialect.version_3 {
            return match float::format_g(value).as_str() {
                "+Inf" => ".inf".to_owned(),
                "-Inf" => "-.inf".to_owned(),
                "NaN" => ".nan".to_owned(),
                digits => digits.to_owned(),
            };
        }
        // What JSON writes without exponent and point is read as an integer, where it fits one.
        let mut json = String::new();
        float::push_json(&mut json, value);
        match (json.parse::<i64>(), json.parse::<u64>()) {
            (Ok(integer), _) => integer.to_string(),
            (_, Ok(integer)) => integer.to_string(),
            _ => float::format_g(value),
        }
    }
}
