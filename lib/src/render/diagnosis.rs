//! Where and why a render failed, in parts: for excerpts on terminals, and for programs. What Helm prints is the error's text.

use super::hint;
use gotemplate::{ExecError, ParseError};

/// Where and why a render failed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Diagnosis {
    /// What went wrong in the innermost place.
    pub message: String,
    /// What to do about it, where that can be told.
    pub hint: Option<String>,
    /// The places from the outermost template inwards; empty where nothing was executed or parsed.
    pub chain: Vec<Place>,
    /// The line of the innermost place, where there is one.
    pub excerpt: Option<Excerpt>,
}

/// A place in a template.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Place {
    /// The template's file, or `gotpl` for a text given to `tpl`.
    pub file: String,
    /// Counted from one; `None` where the file is at fault for what it wrote.
    pub line: Option<usize>,
    /// Counted from zero, in bytes, as in Helm's messages; `None` where only the line is known.
    pub column: Option<usize>,
    /// The template that was executed.
    pub template: Option<String>,
    /// The expression, shortened as in Helm's messages.
    pub expression: Option<String>,
    /// What went wrong here.
    pub message: String,
}

/// A line to show, and where in it to point.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Excerpt {
    /// Some part of the line, without characters that mean something to a terminal.
    pub text: String,
    /// Counted from zero, in characters.
    pub caret: usize,
}

/// How many characters of a long line are shown on each side of the caret.
const MARGIN: usize = 70;

impl Excerpt {
    /// What is around the byte `at` of a line.
    pub(crate) fn of(line: &str, at: usize) -> Self {
        let at = (0..=at.min(line.len())).rev().find(|&at| line.is_char_boundary(at)).unwrap_or(0);
        let before = line[..at].chars().count();
        let start = before.saturating_sub(MARGIN);
        let shown = line.chars().skip(start).take(2 * MARGIN);
        let text: String = shown.map(visible).collect();
        Self { text: text.trim_end().to_owned(), caret: before - start }
    }
}

fn visible(c: char) -> char {
    match c {
        '\t' => ' ',
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

impl Diagnosis {
    /// Of a message without a place.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// Of a single place, with the line it is in.
    pub(crate) fn at(place: Place, line: Option<&str>) -> Self {
        let excerpt = line.map(|line| Excerpt::of(line, place.column.unwrap_or_default()));
        Self { message: place.message.clone(), hint: None, chain: vec![place], excerpt }
    }

    /// Of a file that does not parse; `functions` and `text` are what it could have called, and what it says.
    pub(crate) fn of_parse_error<'a>(error: &ParseError, text: &[u8], functions: impl Iterator<Item = &'a str>) -> Self {
        let line = text.split(|&byte| byte == b'\n').nth(error.line.saturating_sub(1)).unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        let place =
            Place { file: error.name.clone(), line: Some(error.line), message: error.message.clone(), ..Place::default() };
        let hint = hint::of_parse_error(&error.message, functions);
        let excerpt = Some(Excerpt::of(&line, hint::place_of_token(&line, &error.message)));
        Self { message: error.message.clone(), hint, chain: vec![place], excerpt }
    }

    /// Of a failed execution; `message_of` takes what is not meant for people out of a message.
    pub(crate) fn of_execution<'a>(
        error: &ExecError,
        templates: impl Iterator<Item = &'a str>,
        message_of: impl Fn(&str) -> String,
    ) -> Self {
        let mut diagnosis = Self::default();
        let mut innermost = error;
        let mut next = Some(error);
        while let Some(error) = next {
            let cause = error.cause().filter(|_| error.inner().is_none());
            let message = error.message().to_owned() + cause.map_or("", |cause| &cause.message);
            diagnosis.message = message_of(message.trim_end_matches(": "));
            if let Some(place) = place(error, &diagnosis.message) {
                diagnosis.chain.push(place);
                innermost = error;
            }
            if let Some(Self { message, hint, chain, excerpt }) =
                cause.and_then(|cause| cause.source.as_deref()?.downcast_ref())
            {
                diagnosis.chain.extend(chain.iter().cloned());
                return Self {
                    message: message.clone(),
                    hint: hint.clone(),
                    chain: diagnosis.chain,
                    excerpt: excerpt.clone(),
                };
            }
            next = error.inner();
        }
        let line = innermost.source_line().unwrap_or_default();
        let column = innermost.location().map_or(0, |location| location.column);
        let file = diagnosis.chain.first().map_or("", |place| place.file.as_str());
        let advice = hint::of_execution(&diagnosis.message, &line, column, file, templates);
        diagnosis.excerpt = innermost.location().map(|_| Excerpt::of(&line, advice.at.unwrap_or(column)));
        diagnosis.hint = advice.hint;
        diagnosis
    }
}

fn place(error: &ExecError, message: &str) -> Option<Place> {
    let location = error.location()?;
    Some(Place {
        file: location.file.clone(),
        line: Some(location.line),
        column: Some(location.column),
        template: Some(error.template().to_owned()),
        expression: Some(location.expression.clone()),
        message: message.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_around_the_caret() {
        let line = format!("{}é\x1b{}", "a".repeat(100), "b".repeat(100));
        let excerpt = Excerpt::of(&line, 102);
        assert_eq!(excerpt, Excerpt { text: format!("{}é\u{fffd}{}", "a".repeat(69), "b".repeat(69)), caret: 70 });
        assert_eq!(Excerpt::of("\ta", 9), Excerpt { text: " a".into(), caret: 2 });
    }
}
