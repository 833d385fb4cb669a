//! Scalars as Helm's YAML library writes them: in the style they had, unless that style cannot hold them.

use super::super::tree::Style;
use std::fmt::Write;

/// Writes a scalar. `indent` is the column of the lines of a block text; `in_flow` says that it stands between brackets.
pub(super) fn scalar(value: &str, style: Style, indent: usize, in_flow: bool) -> String {
    let text = Text::of(value);
    match style {
        Style::Literal if !in_flow && text.fits_block() => literal(value, indent),
        Style::Folded if !in_flow && text.fits_block() => folded(value, indent),
        Style::Plain if value.contains('\n') && !in_flow && text.fits_block() => literal(value, indent),
        Style::Plain if text.fits_plain() && !value.contains('\n') => value.to_owned(),
        Style::Single if text.fits_plain() => single(value, indent),
        _ => double(value),
    }
}

/// What decides whether a style can hold a text.
struct Text {
    empty: bool,
    special: bool,
    tabs: bool,
    blank_before_break: bool,
    blank_at_end: bool,
}

impl Text {
    fn of(value: &str) -> Self {
        Self {
            empty: value.is_empty(),
            special: value.chars().any(|c| c != '\t' && !is_printable(c)),
            tabs: value.contains('\t'),
            blank_before_break: value.contains(" \n"),
            blank_at_end: value.ends_with(' '),
        }
    }

    fn fits_block(&self) -> bool {
        !self.empty && !self.special && !self.blank_before_break && !self.blank_at_end
    }

    fn fits_plain(&self) -> bool {
        !self.special && !self.tabs && !self.blank_before_break
    }
}

fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}') && c != '\u{feff}'
}

/// The header of a block text: a hint where the first line does not show the indentation, and what becomes of the last break.
fn header(sign: char, value: &str) -> String {
    let hint = if value.starts_with([' ', '\n']) { "2" } else { "" };
    let chomping = match value.strip_suffix('\n') {
        None => "-",
        Some(rest) if rest.is_empty() || rest.ends_with('\n') => "+",
        Some(_) => "",
    };
    format!("{sign}{hint}{chomping}")
}

fn literal(value: &str, indent: usize) -> String {
    let mut text = header('|', value);
    for line in value.strip_suffix('\n').unwrap_or(value).split('\n') {
        text.push('\n');
        push_line(&mut text, line, indent);
    }
    text
}

fn push_line(text: &mut String, line: &str, indent: usize) {
    if !line.is_empty() {
        text.extend(std::iter::repeat_n(' ', indent));
        text.push_str(line);
    }
}

/// Breaks between lines that do not begin with a blank are doubled, because one alone would be read as a blank.
fn folded(value: &str, indent: usize) -> String {
    let mut text = header('>', value);
    let lines: Vec<&str> = value.strip_suffix('\n').unwrap_or(value).split('\n').collect();
    for (index, line) in lines.iter().enumerate() {
        text.push('\n');
        let before = index.checked_sub(1).map(|before| lines[before]);
        let plain = |line: &str| !line.is_empty() && !line.starts_with(' ');
        if plain(line) && before.is_some_and(plain) {
            text.push('\n');
        }
        push_line(&mut text, line, indent);
    }
    if value.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn single(value: &str, indent: usize) -> String {
    let mut text = "'".to_owned();
    for (index, line) in value.split('\n').enumerate() {
        if index > 0 {
            // The first of several breaks would be read as a blank.
            text.push_str(if index == 1 || !text.ends_with('\n') { "\n\n" } else { "\n" });
        }
        if index > 0 {
            push_line(&mut text, &line.replace('\'', "''"), indent);
        } else {
            text.push_str(&line.replace('\'', "''"));
        }
    }
    text.push('\'');
    text
}

fn double(value: &str) -> String {
    let mut text = "\"".to_owned();
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{0}' => text.push_str("\\0"),
            '\u{7}' => text.push_str("\\a"),
            '\u{8}' => text.push_str("\\b"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\u{b}' => text.push_str("\\v"),
            '\u{c}' => text.push_str("\\f"),
            '\r' => text.push_str("\\r"),
            '\u{1b}' => text.push_str("\\e"),
            '\u{85}' => text.push_str("\\N"),
            '\u{2028}' => text.push_str("\\L"),
            '\u{2029}' => text.push_str("\\P"),
            c if is_printable(c) => text.push(c),
            c => {
                let code = u32::from(c);
                // Writing to a text cannot fail.
                let _ = match code {
                    0..=0xff => write!(text, "\\x{code:02X}"),
                    0x100..=0xffff => write!(text, "\\u{code:04X}"),
                    _ => write!(text, "\\U{code:08X}"),
                };
            }
        }
    }
    text.push('"');
    text
}
