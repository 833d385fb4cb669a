//! Texts of selectors to requirements, token by token, with the complaints of Kubernetes' parser.

use super::valid::{check_key, check_values};
use super::{Condition, Requirement};
use std::collections::BTreeSet;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Word,
    Symbol,
    End,
}

/// A word, a symbol, or the end; `bad` replaces the text in messages.
#[derive(Clone, Debug)]
struct Token<'a> {
    kind: Kind,
    text: &'a str,
}

impl Token<'_> {
    fn is(&self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.text == symbol
    }

    fn ends_requirement(&self) -> bool {
        self.kind == Kind::End || self.is(",")
    }
}

const SYMBOLS: &[char] = &['=', '!', '(', ')', ',', '>', '<'];

/// All requirements of a text.
pub(super) fn selector(text: &str) -> Result<Vec<Requirement>, String> {
    let mut parser = Parser { tokens: tokens(text), next: 0 };
    let mut requirements = Vec::new();
    loop {
        let token = parser.peek();
        if token.kind == Kind::End {
            return Ok(requirements);
        }
        if token.kind != Kind::Word && !token.is("!") {
            return Err(format!("found '{}', expected: !, identifier, or 'end of string'", token.text));
        }
        requirements.push(parser.requirement().map_err(|why| format!("unable to parse requirement: {why}"))?);
        let end = parser.take();
        let after = parser.peek();
        match end.kind {
            Kind::End => return Ok(requirements),
            Kind::Symbol if end.text == "," => {
                if after.kind != Kind::Word && !after.is("!") {
                    return Err(format!("found '{}', expected: identifier after ','", after.text));
                }
            }
            _ => return Err(format!("found '{}', expected: ',' or 'end of string'", end.text)),
        }
    }
}

/// Splits a text; symbols are as long as they can be.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches(is_blank);
    while let Some(first) = rest.chars().next() {
        let (kind, length) = if SYMBOLS.contains(&first) {
            let double = ["==", "!="].into_iter().any(|symbol| rest.starts_with(symbol));
            (Kind::Symbol, if double { 2 } else { 1 })
        } else {
            (Kind::Word, rest.find(|c| is_blank(c) || SYMBOLS.contains(&c)).unwrap_or(rest.len()))
        };
        let (text, after) = rest.split_at(length);
        tokens.push(Token { kind, text });
        rest = after.trim_start_matches(is_blank);
    }
    tokens
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    next: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Token<'a> {
        self.tokens.get(self.next).cloned().unwrap_or(Token { kind: Kind::End, text: "" })
    }

    fn take(&mut self) -> Token<'a> {
        let token = self.peek();
        self.next += 1;
        token
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let mut key = self.take();
        let is_negated = key.is("!");
        if is_negated {
            key = self.take();
        }
        if key.kind != Kind::Word {
            return Err(format!("found '{}', expected: identifier", key.text));
        }
        check_key(key.text)?;
        let condition = match (is_negated, self.peek().ends_requirement()) {
            (true, _) => Condition::Absent,
            (false, true) => Condition::Exists,
            (false, false) => self.condition(key.text)?,
        };
        Ok(Requirement { key: key.text.to_owned(), condition })
    }

    fn condition(&mut self, key: &str) -> Result<Condition, String> {
        let operator = self.take();
        Ok(match operator.text {
            "in" => Condition::In(self.values(key)?),
            "notin" => Condition::NotIn(self.values(key)?),
            "=" | "==" => Condition::In(vec![self.value(key)?]),
            "!=" => Condition::NotIn(vec![self.value(key)?]),
            ">" => Condition::Above(self.number()?),
            "<" => Condition::Below(self.number()?),
            other => return Err(format!("found '{other}', expected: in, notin, =, ==, !=, gt, lt")),
        })
    }

    fn exact(&mut self) -> Result<&'a str, String> {
        if self.peek().ends_requirement() {
            return Ok("");
        }
        let token = self.take();
        if token.kind == Kind::Word { Ok(token.text) } else { Err(format!("found '{}', expected: identifier", token.text)) }
    }

    fn value(&mut self, key: &str) -> Result<String, String> {
        let value = self.exact()?;
        check_values(key, &[value])?;
        Ok(value.to_owned())
    }

    fn number(&mut self) -> Result<i64, String> {
        let value = self.exact()?;
        let wrong = "for 'Gt', 'Lt' operators, the value must be an integer";
        value.parse().map_err(|_| format!("values[0]: Invalid value: {value:?}: {wrong}"))
    }

    fn values(&mut self, key: &str) -> Result<Vec<String>, String> {
        let open = self.take();
        if !open.is("(") {
            return Err(format!("found '{}' expected: '('", open.text));
        }
        let first = self.peek();
        let values = if first.is(")") {
            BTreeSet::new()
        } else if first.kind == Kind::Word || first.is(",") {
            self.list()?
        } else {
            return Err(format!("found '{}', expected: ',', ')' or identifier", first.text));
        };
        if !self.take().is(")") {
            return Err(format!("found '{}', expected: ')'", first.text));
        }
        let values: Vec<_> = values.into_iter().collect();
        check_values(key, &values)?;
        Ok(values.into_iter().map(ToOwned::to_owned).collect())
    }

    /// Values between commas; one that is left out is empty.
    fn list(&mut self) -> Result<BTreeSet<&'a str>, String> {
        let mut values = BTreeSet::new();
        loop {
            let token = self.take();
            let after = self.peek();
            if token.kind == Kind::Word {
                values.insert(token.text);
                match () {
                    () if after.is(")") => return Ok(values),
                    () if after.is(",") => {}
                    () => return Err(format!("found '{}', expected: ',' or ')'", after.text)),
                }
            } else if token.is(",") {
                if values.is_empty() {
                    values.insert("");
                }
                if after.is(")") {
                    values.insert("");
                    return Ok(values);
                }
                if after.is(",") {
                    self.take();
                    values.insert("");
                }
            } else {
                return Err(format!("found '{}', expected: ',', or identifier", token.text));
            }
        }
    }
}
