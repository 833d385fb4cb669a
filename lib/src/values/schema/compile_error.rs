//! Why a schema is none, in Helm's words.

use super::compile::Library;
use super::failure::{Origin, failures};
use super::words;
use crate::gotext::quote;
use crate::gourl::{Url, shown};
use boon::{CompileError, ValidationError};
use serde_json::Value as Json;

impl Library<'_> {
    /// Why the schema is none. Places beside one another are found in any order, and told in one.
    pub(super) fn compile_error(&self, error: &CompileError) -> String {
        match error {
            CompileError::ValidationError { url, src } => self.not_a_schema(url, src),
            CompileError::ParseUrlError { url, src } => match self.links.broken(url) {
                Some((url, cause)) => format!("error in parsing {}: {cause}", quote(url)),
                None => format!("error in parsing {}: {src}", self.quoted(url)),
            },
            CompileError::InvalidMetaSchemaUrl { url, .. } => self.no_dialect(url),
            CompileError::DuplicateId { url, id, ptr1, ptr2 } => {
                let (later, earlier) = (ptr1.max(ptr2), ptr1.min(ptr2));
                let (id, url) = (self.quoted(id), self.quoted(url));
                format!("duplicate id {id} in {url} at {} and {}", quote(later), quote(earlier))
            }
            CompileError::DuplicateAnchor { anchor, url, ptr1, ptr2 } => {
                let (earlier, later) = (ptr1.min(ptr2), ptr1.max(ptr2));
                let (anchor, url) = (quote(anchor), self.quoted(url));
                format!("duplicate anchor {anchor} in {url} at {} and {}", quote(earlier), quote(later))
            }
            other => self.other_error(other),
        }
    }

    /// Errors of which little more is known than where they are.
    fn other_error(&self, error: &CompileError) -> String {
        match error {
            CompileError::LoadUrlError { url, src } => format!("failing loading {}: {src}", self.quoted(url)),
            CompileError::UnsupportedUrlScheme { url } => {
                let url = self.quoted(url);
                format!("failing loading {url}: no URLLoader registered for {url}")
            }
            CompileError::UnsupportedDraft { url } => format!("draft {} is not supported", self.quoted(url)),
            CompileError::MetaSchemaCycle { url } => format!("cycle in resolving $schema in {}", self.quoted(url)),
            CompileError::ParseIdError { loc } => format!("error in parsing id at {}", self.located(loc)),
            CompileError::ParseAnchorError { loc } => format!("error in parsing anchor at {}", self.located(loc)),
            CompileError::InvalidJsonPointer(location) => format!("invalid json-pointer {}", self.quoted(location)),
            CompileError::JsonPointerNotFound(location) => format!("json-pointer in {} not found", self.quoted(location)),
            CompileError::AnchorNotFound { url, reference } => {
                format!("anchor in {} not found in schema {}", self.quoted(reference), self.quoted(url))
            }
            CompileError::UnsupportedVocabulary { url, vocabulary } => {
                format!("unsupported vocabulary {} in {}", quote(vocabulary), self.quoted(url))
            }
            CompileError::InvalidRegex { url, regex, src } => {
                format!("invalid regex {} at {}: {src}", quote(regex), self.quoted(url))
            }
            other => other.to_string(),
        }
    }

    fn quoted(&self, url: &str) -> String {
        quote(&shown(&self.links.original(url)))
    }

    /// As [`Self::quoted`], with an empty pointer for the whole document.
    fn located(&self, url: &str) -> String {
        if url.contains('#') { self.quoted(url) } else { self.quoted(&format!("{url}#")) }
    }

    fn no_dialect(&self, url: &str) -> String {
        let dialect = self.part(url).and_then(|schema| schema.get("$schema")?.as_str()).unwrap_or_default();
        let dialect = dialect.split('#').next().unwrap_or_default();
        let cause = Url::parse(dialect.as_bytes()).err().unwrap_or_default();
        format!("invalid $schema in {}: {cause}", self.located(url))
    }

    fn not_a_schema(&self, url: &str, error: &ValidationError<'_, '_>) -> String {
        let metaschema = words::quote(error.schema_url);
        let document = self.part(url).unwrap_or(&Json::Null);
        let origin = Origin { values: document, schema: &|_| None, names: &self.names, links: &self.links };
        let failures = failures(error, &origin);
        let url = self.located(url);
        format!("{url} is not valid against metaschema: jsonschema validation failed with {metaschema}\n{failures}")
    }
}
