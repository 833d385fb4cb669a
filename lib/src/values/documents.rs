//! The content of a values file: one or more YAML documents, merged in their order.

use super::merge::merge;
use crate::gotext::is_space;
use goyaml::Map;
use std::borrow::Cow;

/// What separates documents.
const SEPARATOR: &str = "---";

/// Why a values file cannot be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DocumentError {
    /// More than a comment follows `---` on its line.
    #[error("error reading yaml document: invalid Yaml document separator: {0}")]
    Separator(String),
    /// A document is not YAML, or its root is no map.
    #[error("cannot unmarshal yaml document: {0}")]
    Document(String),
}

impl DocumentError {
    /// What is wrong, without what was being done.
    pub(crate) fn cause(self) -> String {
        match self {
            Self::Separator(after) => format!("invalid Yaml document separator: {after}"),
            Self::Document(cause) => cause,
        }
    }
}

/// Reads the content of a values file.
///
/// # Errors
/// [`DocumentError`] for the first document that is no map.
pub fn read(content: &[u8]) -> Result<Map, DocumentError> {
    let mut values = Map::new();
    let mut documents = Documents { rest: content };
    while let Some(document) = documents.next()? {
        merge(&mut values, read_document(document)?);
    }
    Ok(values)
}

fn read_document(document: &[u8]) -> Result<Map, DocumentError> {
    // Helm reads line by line and ends the last one, too, which shows in the lines that errors name.
    let mut document = Cow::Borrowed(document);
    if !document.ends_with(b"\n") {
        document.to_mut().push(b'\n');
    }
    let map = goyaml::decode_map_bytes(&document).map_err(|error| DocumentError::Document(error.to_string()))?;
    Ok(map.unwrap_or_default())
}

/// Splits a text into YAML documents.
pub(crate) struct Documents<'c> {
    rest: &'c [u8],
}

impl<'c> Documents<'c> {
    pub(crate) fn new(text: &'c [u8]) -> Self {
        Self { rest: text }
    }

    /// What was not read yet.
    pub(crate) fn rest(&self) -> &'c [u8] {
        self.rest
    }

    /// The next document; `None` at the end. A separator before anything else belongs to its document.
    pub(crate) fn next(&mut self) -> Result<Option<&'c [u8]>, DocumentError> {
        let content = self.rest;
        let mut length = 0;
        for line in content.split_inclusive(|byte| *byte == b'\n') {
            if let Some(after) = line.strip_prefix(SEPARATOR.as_bytes()) {
                let after = String::from_utf8_lossy(after);
                let after = after.trim_matches(is_space);
                if !after.is_empty() && !after.starts_with('#') {
                    return Err(DocumentError::Separator(after.to_owned()));
                }
                if length > 0 {
                    self.rest = &content[length + line.len()..];
                    return Ok(Some(&content[..length]));
                }
            }
            length += line.len();
        }
        self.rest = &[];
        Ok((length > 0).then_some(content))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use goyaml::Value;

    fn documents(content: &str) -> Result<Vec<String>, String> {
        let mut documents = Documents { rest: content.as_bytes() };
        let mut found = Vec::new();
        while let Some(document) = documents.next().map_err(|error| error.to_string())? {
            found.push(String::from_utf8_lossy(document).into_owned());
        }
        Ok(found)
    }

    #[test]
    fn a_separator_ends_a_document_unless_it_begins_one() {
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            ("a: 1", &["a: 1"]),
            ("---\na: 1\n", &["---\na: 1\n"]),
            ("a: 1\n--- # c\nb: 2\n", &["a: 1\n", "b: 2\n"]),
            ("---\n---\na: 1\n", &["---\n", "a: 1\n"]),
            ("a: 1\r\n---\r\nb: 2\r\n---", &["a: 1\r\n", "b: 2\r\n"]),
            ("a: |\n  ---\n", &["a: |\n  ---\n"]),
            ("a: 1\n---#x\n", &["a: 1\n"]),
        ];
        for (content, expected) in cases {
            assert_eq!(documents(content), Ok(expected.iter().map(ToString::to_string).collect()), "{content:?}");
        }
    }

    #[test]
    fn nothing_but_a_comment_may_follow_a_separator() {
        let expected = Err("error reading yaml document: invalid Yaml document separator: {a: 1}".to_owned());
        assert_eq!(documents("--- {a: 1}\n"), expected);
    }

    // The expected texts are those of Helm 4.3.1.
    #[test]
    fn errors_name_the_line_in_their_document() {
        let error = |content: &str| read(content.as_bytes()).expect_err("an error").to_string();
        let prefix = "cannot unmarshal yaml document: error converting YAML to JSON: yaml: ";
        assert_eq!(error("a: \"x"), format!("{prefix}line 2: found unexpected end of stream"));
        assert_eq!(error("b: 1\n---\na: \"x"), format!("{prefix}line 2: found unexpected end of stream"));
        assert_eq!(error("---\na: b: c"), format!("{prefix}line 2: mapping values are not allowed in this context"));
        assert_eq!(error("a: 1\n---\nb: c: d"), format!("{prefix}mapping values are not allowed in this context"));
    }

    #[test]
    fn documents_are_merged() {
        let values = read(b"a: {x: 1, y: 1}\n---\na: {y: 2}\n---\n# nothing\n").expect("values");
        let expected = goyaml::decode("a: {x: 1, y: 2}").expect("a map");
        assert_eq!(Value::Map(values), expected);
        let error = read(b"a: 1\n---\n- x\n").map_err(|error| error.to_string());
        let expected = "cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: \
                        json: cannot unmarshal array into Go value of type map[string]interface {}";
        assert_eq!(error, Err(expected.to_owned()));
    }
}
