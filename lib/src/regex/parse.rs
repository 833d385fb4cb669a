//! Reading a pattern by the grammar of Go's `regexp`: which texts are patterns, what they match, what is said of the others.

use super::class::{single, take_brackets, take_perl, take_unicode};
use super::error::{Cause, Error};
use super::escape::take_escape;
use super::node::{Node, Times};
use super::text::{check_utf8, next_rune};
use regex_syntax::hir::{ClassUnicode, Hir, Look};

/// The most parts of one pattern, which take about 300 bytes each.
const MAX_PARTS: usize = 250_000;

/// The greatest count of `{min,max}`.
const MAX_COUNT: u32 = 1000;

/// A pattern that has been read.
#[derive(Debug)]
pub(crate) struct Pattern {
    /// What it matches. Groups have numbers only.
    pub hir: Hir,
    /// About how many instructions that takes.
    pub size: u64,
    /// The names of the groups from 1 on; several may share one.
    pub groups: Vec<Option<String>>,
}

/// Reads a pattern.
///
/// # Errors
/// Go's, when it is none.
pub(crate) fn parse(pattern: &[u8]) -> Result<Pattern, Error> {
    let mut parser =
        Parser { pattern, flags: Flags::default(), frames: vec![Frame::default()], groups: Vec::new(), parts: 0 };
    let (mut rest, mut last_repetition) = (pattern, None);
    while !rest.is_empty() {
        let step = parser.step(rest, last_repetition)?;
        last_repetition = step.is_repetition.then_some(rest);
        rest = step.rest;
    }
    let frame = parser.frames.pop().unwrap_or_default();
    if !parser.frames.is_empty() {
        return Err(Error::new(Cause::MissingParenthesis, pattern));
    }
    let node = parser.checked(frame.finish())?;
    let (hir, size) = node.into_hir();
    Ok(Pattern { hir, size, groups: parser.groups })
}

#[derive(Clone, Copy, Debug, Default)]
struct Flags {
    fold_case: bool,
    multi_line: bool,
    dot_is_all: bool,
    lazy: bool,
}

/// An open parenthesis, or the whole pattern.
#[derive(Debug, Default)]
struct Frame {
    capture: Option<u32>,
    /// The flags before it.
    flags: Flags,
    branches: Vec<Node>,
    parts: Vec<Node>,
}

struct Parser<'a> {
    pattern: &'a [u8],
    flags: Flags,
    frames: Vec<Frame>,
    groups: Vec<Option<String>>,
    parts: usize,
}

/// What one step leaves to read.
struct Step<'a> {
    rest: &'a [u8],
    is_repetition: bool,
}

impl<'a> Step<'a> {
    fn to(rest: &'a [u8]) -> Self {
        Self { rest, is_repetition: false }
    }
}

impl Frame {
    /// Ends a branch.
    fn end_branch(&mut self) {
        let parts = std::mem::take(&mut self.parts);
        self.branches.push(Node::concatenation(parts));
    }

    fn finish(mut self) -> Node {
        self.end_branch();
        Node::alternation(self.branches)
    }

    /// Only the last literal is still open to a repetition, so the two before it can be one.
    fn push(&mut self, node: Node) {
        let joinable = matches!(self.parts.as_slice(), [.., before, last] if before.is_literal() && last.is_literal());
        if joinable
            && let Some(last) = self.parts.pop()
            && let Some(before) = self.parts.last_mut()
        {
            before.join(last);
        }
        self.parts.push(node);
    }
}

impl<'a> Parser<'a> {
    fn step(&mut self, text: &'a [u8], last_repetition: Option<&'a [u8]>) -> Result<Step<'a>, Error> {
        match text {
            [b'(', b'?', ..] => self.open_with_flags(text).map(Step::to),
            [b'(', rest @ ..] => self.open_capture(None, rest).map(Step::to),
            [b'|', rest @ ..] => {
                self.count_part()?;
                self.frame().end_branch();
                Ok(Step::to(rest))
            }
            [b')', rest @ ..] => self.close(rest).map(Step::to),
            [b'^', rest @ ..] => self.push_look(if self.flags.multi_line { Look::StartLF } else { Look::Start }, rest),
            [b'$', rest @ ..] => self.push_look(if self.flags.multi_line { Look::EndLF } else { Look::End }, rest),
            [b'.', rest @ ..] => self.push_dot(rest),
            [b'[', ..] => {
                let (class, rest) = take_brackets(text, self.flags.fold_case)?;
                self.push_class(class, rest)
            }
            [b'*', rest @ ..] => self.repeat(0, None, text, rest, last_repetition),
            [b'+', rest @ ..] => self.repeat(1, None, text, rest, last_repetition),
            [b'?', rest @ ..] => self.repeat(0, Some(1), text, rest, last_repetition),
            [b'{', ..] => self.counted(text, last_repetition),
            [b'\\', ..] => self.escape(text),
            _ => {
                let (rune, rest) = next_rune(text)?;
                self.push_rune(u32::from(rune), rest)
            }
        }
    }

    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    fn push(&mut self, node: Node) -> Result<(), Error> {
        let node = self.checked(node)?;
        if !node.is_literal() {
            self.count_part()?;
        }
        self.frame().push(node);
        Ok(())
    }

    fn count_part(&mut self) -> Result<(), Error> {
        self.parts += 1;
        if self.parts > MAX_PARTS { Err(self.error(Cause::TooLarge)) } else { Ok(()) }
    }

    fn checked(&self, node: Node) -> Result<Node, Error> {
        node.check().map_err(|cause| self.error(cause)).map(|()| node)
    }

    fn error(&self, cause: Cause) -> Error {
        Error::new(cause, self.pattern)
    }

    fn push_look(&mut self, look: Look, rest: &'a [u8]) -> Result<Step<'a>, Error> {
        self.push(Node::look(look))?;
        Ok(Step::to(rest))
    }

    fn push_class(&mut self, class: ClassUnicode, rest: &'a [u8]) -> Result<Step<'a>, Error> {
        self.push(Node::class(class))?;
        Ok(Step::to(rest))
    }

    fn push_dot(&mut self, rest: &'a [u8]) -> Result<Step<'a>, Error> {
        let mut class = if self.flags.dot_is_all { ClassUnicode::empty() } else { single(u32::from('\n'), false) };
        class.negate();
        self.push_class(class, rest)
    }

    fn push_rune(&mut self, rune: u32, rest: &'a [u8]) -> Result<Step<'a>, Error> {
        match char::from_u32(rune) {
            Some(rune) if !self.flags.fold_case => self.push(Node::literal(rune))?,
            _ => self.push(Node::class(single(rune, self.flags.fold_case)))?,
        }
        Ok(Step::to(rest))
    }

    fn open_capture(&mut self, name: Option<String>, rest: &'a [u8]) -> Result<&'a [u8], Error> {
        self.groups.push(name);
        let capture = u32::try_from(self.groups.len()).map_err(|_| self.error(Cause::TooLarge))?;
        self.frames.push(Frame { capture: Some(capture), flags: self.flags, ..Frame::default() });
        Ok(rest)
    }

    fn close(&mut self, rest: &'a [u8]) -> Result<&'a [u8], Error> {
        if self.frames.len() < 2 {
            return Err(self.error(Cause::UnexpectedParenthesis));
        }
        let frame = self.frames.pop().unwrap_or_default();
        self.flags = frame.flags;
        let capture = frame.capture;
        let node = frame.finish();
        self.push(match capture {
            Some(index) => node.capture(index),
            None => node,
        })?;
        Ok(rest)
    }

    /// `(?P<name>`, `(?<name>`, `(?flags:` or `(?flags)`.
    fn open_with_flags(&mut self, text: &'a [u8]) -> Result<&'a [u8], Error> {
        match text {
            [_, _, b'P', b'<', rest @ ..] if !rest.is_empty() => self.open_named(text, rest),
            [_, _, b'<', rest @ ..] if !rest.is_empty() => self.open_named(text, rest),
            _ => self.set_flags(text),
        }
    }

    fn open_named(&mut self, text: &'a [u8], after: &'a [u8]) -> Result<&'a [u8], Error> {
        let Some(end) = after.iter().position(|&byte| byte == b'>') else {
            check_utf8(text)?;
            return Err(Error::new(Cause::InvalidNamedCapture, text));
        };
        let (name, rest) = (&after[..end], &after[end + 1..]);
        check_utf8(name)?;
        if name.is_empty() || !name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
            return Err(Error::new(Cause::InvalidNamedCapture, &text[..text.len() - rest.len()]));
        }
        self.open_capture(Some(String::from_utf8_lossy(name).into_owned()), rest)
    }

    fn set_flags(&mut self, text: &'a [u8]) -> Result<&'a [u8], Error> {
        let (mut flags, mut value, mut complete) = (self.flags, true, true);
        let mut rest = &text[2..];
        while !rest.is_empty() {
            let (flag, after) = next_rune(rest)?;
            rest = after;
            match flag {
                'i' => flags.fold_case = value,
                'm' => flags.multi_line = value,
                's' => flags.dot_is_all = value,
                'U' => flags.lazy = value,
                '-' if value => {
                    // At least one flag has to follow.
                    (value, complete) = (false, false);
                    continue;
                }
                ':' if complete => {
                    self.frames.push(Frame { flags: self.flags, ..Frame::default() });
                    self.flags = flags;
                    return Ok(rest);
                }
                ')' if complete => {
                    self.flags = flags;
                    return Ok(rest);
                }
                _ => break,
            }
            complete = true;
        }
        Err(Error::new(Cause::InvalidPerlSyntax, &text[..text.len() - rest.len()]))
    }

    /// `{min}`, `{min,}` or `{min,max}`; any other brace is itself.
    fn counted(&mut self, text: &'a [u8], last_repetition: Option<&'a [u8]>) -> Result<Step<'a>, Error> {
        let Some((min, max, rest)) = take_counts(text) else {
            return self.push_rune(u32::from('{'), &text[1..]);
        };
        let too_great = |count: u32| count > MAX_COUNT;
        if too_great(min) || max.is_some_and(|max| too_great(max) || min > max) {
            return Err(Error::new(Cause::RepeatCount, &text[..text.len() - rest.len()]));
        }
        self.repeat(min, max, text, rest, last_repetition)
    }

    /// Repeats the last part. `text` begins at the operator, `rest` after it.
    fn repeat(
        &mut self,
        min: u32,
        max: Option<u32>,
        text: &'a [u8],
        rest: &'a [u8],
        last_repetition: Option<&'a [u8]>,
    ) -> Result<Step<'a>, Error> {
        let (lazy, rest) = match rest.strip_prefix(b"?") {
            Some(rest) => (!self.flags.lazy, rest),
            None => (self.flags.lazy, rest),
        };
        if let Some(last) = last_repetition {
            return Err(Error::new(Cause::NestedRepetition, &last[..last.len() - rest.len()]));
        }
        let operator = &text[..text.len() - rest.len()];
        let part = self.frame().parts.pop().ok_or_else(|| Error::new(Cause::MissingRepetitionArgument, operator))?;
        self.count_part()?;
        let node = self.checked(part.repeated(Times { min, max, greedy: !lazy }))?;
        if (min >= 2 || max >= Some(2)) && !node.may_be_repeated() {
            return Err(Error::new(Cause::RepeatCount, operator));
        }
        self.frame().parts.push(node);
        Ok(Step { rest, is_repetition: true })
    }

    fn escape(&mut self, text: &'a [u8]) -> Result<Step<'a>, Error> {
        match text {
            [_, b'A', rest @ ..] => return self.push_look(Look::Start, rest),
            [_, b'z', rest @ ..] => return self.push_look(Look::End, rest),
            [_, b'b', rest @ ..] => return self.push_look(Look::WordAscii, rest),
            [_, b'B', rest @ ..] => return self.push_look(Look::WordAsciiNegate, rest),
            [_, b'C', ..] => return Err(Error::new(Cause::InvalidEscape, &text[..2])),
            [_, b'Q', rest @ ..] => return self.push_quoted(rest),
            _ => {}
        }
        let fold_case = self.flags.fold_case;
        if let Some((class, rest)) = take_unicode(text, fold_case)? {
            return self.push_class(class, rest);
        }
        if let Some((class, rest)) = take_perl(text, fold_case) {
            return self.push_class(class, rest);
        }
        let (rune, rest) = take_escape(text)?;
        self.push_rune(rune, rest)
    }

    /// What follows `\Q`, up to `\E`.
    fn push_quoted(&mut self, text: &'a [u8]) -> Result<Step<'a>, Error> {
        let end = text.windows(2).position(|pair| pair == b"\\E");
        let (mut literal, rest) = end.map_or((text, &text[text.len()..]), |end| (&text[..end], &text[end + 2..]));
        while !literal.is_empty() {
            let (rune, after) = next_rune(literal)?;
            self.push_rune(u32::from(rune), after)?;
            literal = after;
        }
        Ok(Step::to(rest))
    }
}

/// The counts of a repetition in braces, `u32::MAX` for those beyond all limits.
fn take_counts(text: &[u8]) -> Option<(u32, Option<u32>, &[u8])> {
    let (min, rest) = take_count(text.strip_prefix(b"{")?)?;
    let (max, rest) = match rest {
        [b',', b'}', ..] => (None, &rest[1..]),
        [b',', after @ ..] => take_count(after).map(|(max, rest)| (Some(max), rest))?,
        _ => (Some(min), rest),
    };
    Some((min, max, rest.strip_prefix(b"}")?))
}

/// Digits without a leading zero.
fn take_count(text: &[u8]) -> Option<(u32, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 || digits > 1 && text[0] == b'0' {
        return None;
    }
    let count = std::str::from_utf8(&text[..digits]).ok()?.parse().unwrap_or(u32::MAX);
    Some((count, &text[digits..]))
}
