//! Filters that run in this process: a stream in, a stream out, one document at a time.

use super::documents::{Document, Documents, Group};
use super::object::objects;
use super::tree::Tree;
use crate::parallel;
use std::borrow::Cow;
use std::io::{Read, Write};

/// How many bytes one processor works on, and on how many of such groups all work at once.
const GROUP: usize = 1 << 16;
const AT_ONCE: usize = 8;

/// A filter of the manifest stream.
pub trait PostRenderer: Send + Sync {
    /// Reads the stream from `input` and writes what becomes of it to `output`; what it has to tell goes to `messages`.
    ///
    /// # Errors
    /// When a document cannot be read or may not pass, and those of reading and writing.
    fn run(&self, input: &mut dyn Read, output: &mut dyn Write, messages: &mut dyn Write) -> Result<(), FilterError>;
}

impl PostRenderer for Box<dyn PostRenderer> {
    fn run(&self, input: &mut dyn Read, output: &mut dyn Write, messages: &mut dyn Write) -> Result<(), FilterError> {
        self.as_ref().run(input, output, messages)
    }
}

/// Why a filter failed.
#[derive(Debug, thiserror::Error)]
pub enum FilterError {
    /// Reading or writing the stream failed.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// A document cannot be read or changed.
    #[error("{document}: {cause}")]
    Document {
        /// `document 3 (chart/templates/web.yaml, Deployment web)`.
        document: String,
        /// What is wrong with it.
        cause: String,
    },
    /// The stream was written, and may not be used all the same.
    #[error("{message}")]
    Refused {
        /// Why.
        message: String,
        /// The exit status of a program that ends with this.
        status: u8,
    },
}

/// Passes a stream through `change`, document by document. What `change` lends back unchanged is written as it came.
///
/// # Errors
/// The first that `change` gives, with its document; text that is not UTF-8; and those of reading and writing.
pub fn run<E: std::fmt::Display>(
    input: &mut dyn Read,
    output: &mut dyn Write,
    change: impl Fn(&str) -> Result<Cow<'_, str>, E> + Sync,
) -> Result<(), FilterError> {
    let mut documents = Documents::new(input);
    let mut more = true;
    while more {
        let groups = groups(&mut documents)?;
        more = !groups.is_empty();
        for (written, result) in parallel::map(groups, |group| changed(&group, &change)) {
            output.write_all(&written)?;
            result?;
        }
    }
    Ok(output.flush()?)
}

/// The next groups of a stream; none at its end.
///
/// # Errors
/// Those of reading.
pub(super) fn groups<R: Read>(documents: &mut Documents<R>) -> std::io::Result<Vec<Group>> {
    (0..AT_ONCE).map_while(|_| documents.group(GROUP).transpose()).collect()
}

/// Room for a little more: growing would double it.
pub(super) fn with_room(length: usize) -> usize {
    length + length / 4
}

/// What becomes of a group, as far as `change` makes no mistake.
fn changed<E: std::fmt::Display>(
    group: &Group,
    change: impl Fn(&str) -> Result<Cow<'_, str>, E>,
) -> (Vec<u8>, Result<(), FilterError>) {
    let mut output = Vec::with_capacity(with_room(group.bytes().len()));
    let result = group.documents().try_for_each(|document| {
        let (frame, content) = document.bytes.split_at(document.content);
        let error = |cause: String| FilterError::Document { document: describe(document), cause };
        let content = std::str::from_utf8(content).map_err(|_| error("not UTF-8".to_owned()))?;
        output.extend_from_slice(frame);
        let mut pass = |part| -> Result<(), FilterError> {
            output.extend_from_slice(change(part).map_err(|cause| error(cause.to_string()))?.as_bytes());
            Ok(())
        };
        if content.trim_ascii_start().starts_with('{') {
            json_values(content).into_iter().try_for_each(pass)
        } else {
            pass(content)
        }
    });
    (output, result)
}

/// JSON values one after the other, as many tools print them, are documents without separators: the text cut behind each of
/// them. Any other text is one part.
fn json_values(content: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = content;
    while let Some(end) = json_object_end(rest).filter(|&end| rest[end..].trim_start().starts_with('{')) {
        let (value, after) = rest.split_at(end);
        parts.push(value);
        rest = after;
    }
    parts.push(rest);
    parts
}

/// Where the object ends that the text begins with, if it begins with one.
fn json_object_end(text: &str) -> Option<usize> {
    let start = text.find('{').filter(|&at| text[..at].trim().is_empty())?;
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate().skip(start) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => depth += 1,
            b'}' | b']' if !quoted => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

/// What a message calls a document: its place in the stream, its template and its objects, as far as they are known.
#[must_use]
pub fn describe(document: Document) -> String {
    let text = String::from_utf8_lossy(&document.bytes[document.content..]);
    let source = source(&text).map(ToOwned::to_owned);
    let only = Tree::read(&text).ok().and_then(|tree| match objects(&tree).as_slice() {
        [object] => Some(object.to_string()),
        _ => None,
    });
    let known: Vec<String> = source.into_iter().chain(only).collect();
    if known.is_empty() {
        format!("document {}", document.number)
    } else {
        format!("document {} ({})", document.number, known.join(", "))
    }
}

/// The template that a document says it comes from, in one of the comments it begins with.
#[must_use]
pub fn source(content: &str) -> Option<&str> {
    let comments = content.lines().take_while(|line| line.is_empty() || line.starts_with('#'));
    comments.filter_map(|line| line.strip_prefix("# Source: ")).map(str::trim_end).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(stream: &[u8]) -> Result<Vec<u8>, String> {
        let mut output = Vec::new();
        run(&mut &stream[..], &mut output, spell).map(|()| output).map_err(|error| error.to_string())
    }

    fn spell(text: &str) -> Result<Cow<'_, str>, &'static str> {
        if text.contains("bad") { Err("bad") } else { Ok(Cow::Owned(text.replace('1', "one"))) }
    }

    #[test]
    fn documents_are_changed_one_by_one_and_their_frames_stay() {
        assert_eq!(pass(b"a: 1\n---\r\n--- # 1\n").as_deref(), Ok(&b"a: one\n---\r\n--- # one\n"[..]));
    }

    #[test]
    fn json_values_are_documents_of_their_own() {
        let cut = |text| json_values(text).join("|");
        assert_eq!(cut("{\"a\": \"}{\\\"\"}\n{\"b\": [{}]} {}\n"), "{\"a\": \"}{\\\"\"}|\n{\"b\": [{}]}| {}\n");
        assert_eq!(cut("a: {b: c}\n{"), "a: {b: c}\n{");
        assert_eq!(cut("{a: '}'} # {\n"), "{a: '}'} # {\n");
    }

    #[test]
    fn errors_name_the_document() {
        let stream = "a: 1\n---\n# Source: c/templates/x.yaml\nkind: Pod\nmetadata:\n  name: bad\n";
        assert_eq!(pass(stream.as_bytes()), Err("document 2 (c/templates/x.yaml, Pod bad): bad".to_owned()));
        assert_eq!(pass(b"a: \xff\n"), Err("document 1: not UTF-8".to_owned()));
    }
}
