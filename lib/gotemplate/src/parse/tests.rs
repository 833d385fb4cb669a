//! Texts and their programs, or what is wrong with them.

use super::parse;
use crate::function::{FunctionTable, Rest};
use crate::program::{Instruction, Program};
use crate::testing::cases;
use crate::value::{Str, Value};
use bytes::Bytes;
use std::fmt::Write;

fn functions() -> FunctionTable {
    let mut functions = FunctionTable::new();
    functions.add("upper", |text: Str| text);
    functions.add("list", |items: Rest<Value>| Value::list(items.0));
    functions.add("trunc", |_: i64, text: Str| text);
    functions.add("now", || Value::Nil);
    functions
}

fn programs(text: &[u8]) -> String {
    match parse("t", &Bytes::copy_from_slice(text), &functions()) {
        Ok(programs) => programs.iter().map(|program| listing(program)).collect::<Vec<_>>().join("\n"),
        Err(error) => error.to_string(),
    }
}

/// The instructions, one a line, each with its place if it can fail.
fn listing(program: &Program) -> String {
    let mut lines = format!("{:?}{}", program.name, if program.is_empty { " (empty)" } else { "" });
    for (index, instruction) in program.code.iter().enumerate() {
        let _ = match instruction {
            Instruction::Text(span) => write!(lines, "\n{index:3} Text {:?}", String::from_utf8_lossy(program.text(*span))),
            Instruction::Constant(constant) => {
                write!(lines, "\n{index:3} Constant {:?}", program.constants[*constant as usize])
            }
            Instruction::Fail { message, .. } => write!(lines, "\n{index:3} Fail {:?}", program.messages[*message as usize]),
            _ => write!(lines, "\n{index:3} {instruction:?}"),
        };
        let place = program.places[index];
        if place.end > 0 {
            let (line, column) = program.position(index);
            let _ = write!(lines, "  {line}:{column} <{}>", program.expression(index));
        }
    }
    lines
}

#[test]
fn texts_become_programs() {
    cases("parse", |sections| programs(sections[0].1.as_bytes()));
}

fn nested(open: &str, inner: &str, close: &str, depth: usize) -> String {
    open.repeat(depth) + inner + &close.repeat(depth)
}

#[test]
fn nesting_takes_no_stack() {
    let depth = 100_000;
    for open in ["{{if .}}", "{{range .}}{{else}}", "{{with .}}", "{{block \"b\" .}}"] {
        let inner = if open.starts_with("{{block") { "" } else { "x" };
        let unequal = nested(open, inner, "{{end}}", depth) + "{{end}}";
        let error = programs(unequal.as_bytes());
        assert!(error.ends_with("unexpected {{end}}") || error.contains("multiple definition"), "{error}");
        let open_end = programs(open.repeat(depth).as_bytes());
        assert_eq!(open_end, "template: t:1: unexpected EOF");
    }
    let chain = "{{if .}}".to_owned() + &"{{else if .}}".repeat(depth) + "{{end}}{{end}}";
    assert_eq!(programs(chain.as_bytes()), "template: t:1: unexpected {{end}}");
}

#[test]
fn parentheses_nest_as_deeply_as_in_go() {
    let text = |depth| format!("{{{{ {} }}}}", nested("(", "1", ")", depth));
    assert!(parse("t", &text(10_000).into(), &functions()).is_ok());
    assert_eq!(programs(text(10_001).as_bytes()), "template: t:1: max expression depth exceeded");
}

#[test]
fn long_things_are_read() {
    let pipeline = format!("{{{{ 1{} }}}}", " | list".repeat(100_000));
    let constant = format!("{{{{ {} }}}}", "9".repeat(100_000));
    let text = format!("{{{{ \"{}\" }}}}", "x".repeat(1_000_000));
    assert!(parse("t", &pipeline.into(), &functions()).is_ok());
    assert!(programs(constant.as_bytes()).starts_with("template: t:1: illegal number syntax: \"9999999999"));
    assert!(parse("t", &text.into(), &functions()).is_ok());
}

#[test]
fn any_pieces_parse_or_fail() {
    let pieces =
        ["{{", "}}", "if ", "else", "end", "range ", "$x", ":=", ",", "(", ")", "|", ".a", "list", "1", "\"s\"", " "];
    let count = pieces.len();
    for number in 0..count.pow(4) {
        let [a, b, c, d] = [0, 1, 2, 3].map(|place| pieces[number / count.pow(place) % count]);
        let text = format!("{{{{ {a}{b}{c}{d} }}}}x{{{{ end }}}}");
        assert!(!programs(text.as_bytes()).is_empty(), "{text}");
    }
}
