//! Records as lines of JSON: how they travel between stores and programs.
//!
//! ```text
//! {"namespace":"n","key":"sh.helm.release.v1.web.v1","labels":{…},"version":"…","body":"H4sI…"}
//! ```
//! A head has no body, an id no labels, a failure an `error` of a `kind` and a `message`. A body that is no UTF-8 is
//! `bodyBase64`; what is kept beside a record is its `companion`. Nothing of a record is lost on the way, and no message shows
//! any of it.

use super::labels::Labels;
use super::whole::Whole;
use super::{Head, Record, RecordId, StoreError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// What a line holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// The record's head; without labels in a line that only names a record.
    pub head: Head,
    /// The body, where there is one.
    pub body: Option<Vec<u8>>,
    /// What is kept beside the record, where anything is.
    pub companion: Option<String>,
    /// Why it is not the record that was asked for.
    pub error: Option<StoreError>,
}

/// A line that is none of these.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum LineError {
    /// Its JSON is wrong; the column, nothing of the text.
    #[error("no record in this line: broken JSON, or a field of the wrong type, at column {0}")]
    Json(usize),
    /// Two bodies, or one in broken base64.
    #[error("no record in this line: bodyBase64 is no base64, or stands beside body")]
    Body,
    /// It names no record.
    #[error("no record in this line: no key")]
    Key,
    /// It has no body.
    #[error("no record in this line: no body")]
    NoBody,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Fields<'a> {
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    key: String,
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    labels: Labels,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    version: String,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    body: Option<std::borrow::Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body_base64: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    companion: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<ErrorFields>,
}

#[derive(Deserialize, Serialize)]
struct ErrorFields {
    kind: String,
    #[serde(default)]
    message: String,
}

impl Fields<'_> {
    fn of(head: &Head) -> Self {
        Self {
            namespace: head.id.namespace.clone(),
            key: head.id.key.clone(),
            labels: head.labels.clone(),
            version: head.version.clone(),
            body: None,
            body_base64: None,
            companion: None,
            error: None,
        }
    }

    fn of_record(record: &Record) -> Fields<'_> {
        let mut fields = Fields::of(&record.head);
        match std::str::from_utf8(&record.body) {
            Ok(text) => fields.body = Some(text.into()),
            Err(_) => fields.body_base64 = Some(STANDARD.encode(&record.body)),
        }
        fields
    }

    fn line(&self) -> String {
        let mut line = serde_json::to_string(self).expect("text and maps of text are JSON");
        line.push('\n');
        line
    }
}

/// The line of a record.
#[must_use]
pub fn of_record(record: &Record) -> String {
    Fields::of_record(record).line()
}

/// The line of a record with what is kept beside it.
#[must_use]
pub fn of_whole(whole: &Whole) -> String {
    Fields { companion: whole.companion.clone(), ..Fields::of_record(&whole.record) }.line()
}

/// The line of a head.
#[must_use]
pub fn of_head(head: &Head) -> String {
    Fields::of(head).line()
}

/// The line that names a record.
#[must_use]
pub fn of_id(id: &RecordId) -> String {
    of_head(&Head { id: id.clone(), ..Head::default() })
}

/// The line of a record that cannot be had, or was not written.
#[must_use]
pub fn of_error(id: &RecordId, error: &StoreError) -> String {
    let error = Some(ErrorFields { kind: error.kind().to_owned(), message: error.to_string() });
    Fields { error, ..Fields::of(&Head { id: id.clone(), ..Head::default() }) }.line()
}

/// Reads a line.
///
/// # Errors
/// [`LineError`].
pub fn read(line: &str) -> Result<Line, LineError> {
    let fields: Fields<'_> = serde_json::from_str(line).map_err(|error| LineError::Json(error.column()))?;
    let body = match (fields.body, fields.body_base64) {
        (None, None) => None,
        (Some(text), None) => Some(text.into_owned().into_bytes()),
        (None, Some(text)) => Some(STANDARD.decode(text).map_err(|_| LineError::Body)?),
        (Some(_), Some(_)) => return Err(LineError::Body),
    };
    if fields.key.is_empty() {
        return Err(LineError::Key);
    }
    let id = RecordId { namespace: fields.namespace, key: fields.key };
    let error = fields.error.map(|error| StoreError::of_kind(&error.kind, error.message));
    let head = Head { id, labels: fields.labels, version: fields.version };
    Ok(Line { head, body, companion: fields.companion, error })
}

impl Line {
    /// The record of a line that holds one.
    ///
    /// # Errors
    /// [`LineError::NoBody`].
    pub fn record(self) -> Result<Record, LineError> {
        Ok(self.whole()?.record)
    }

    /// The record of a line that holds one, with what is kept beside it.
    ///
    /// # Errors
    /// [`LineError::NoBody`].
    pub fn whole(self) -> Result<Whole, LineError> {
        let record = Record { head: self.head, body: self.body.ok_or(LineError::NoBody)? };
        Ok(Whole { record, companion: self.companion })
    }
}

/// A digest of all that a record is: place, labels, body; not its version, which differs from store to store.
#[must_use]
pub fn digest(record: &Record) -> String {
    let place = of_head(&Head { version: String::new(), ..record.head.clone() });
    hash(&[place.as_bytes(), &record.body])
}

/// SHA-256 of these parts one after the other, in hexadecimal digits.
pub(super) fn hash(parts: &[&[u8]]) -> String {
    use sha2::Digest;
    let hash = parts.iter().fold(sha2::Sha256::new(), |hash, part| hash.chain_update(part)).finalize();
    hash.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(body: &[u8]) -> Record {
        let labels = [("owner", "helm"), ("odd", "ü\u{2028}\"")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        Record {
            head: Head { id: RecordId::new("n", "web", 1), labels: labels.into(), version: "7".into() },
            body: body.to_vec(),
        }
    }

    #[test]
    fn records_come_back_bit_for_bit() {
        for body in [&b"H4sI"[..], b"", b"\n\"\\\x00", &[0xff, 0xfe, 0], "é\u{fffd}".as_bytes()] {
            let line = of_record(&record(body));
            assert_eq!(line.matches('\n').count(), 1);
            assert_eq!(read(&line).expect("a line").record(), Ok(record(body)));
        }
        let head = record(b"").head;
        assert_eq!(read(&of_head(&head)), Ok(Line { head: head.clone(), body: None, companion: None, error: None }));
        let whole = Whole { record: record(b"a"), companion: Some("{\"\u{fc}\":1}\n".into()) };
        assert_eq!(read(&of_whole(&whole)).expect("a line").whole(), Ok(whole.clone()));
        let alone = Whole { companion: None, ..whole };
        assert_eq!(of_whole(&alone), of_record(&alone.record));
        assert_eq!(of_id(&head.id), "{\"namespace\":\"n\",\"key\":\"sh.helm.release.v1.web.v1\"}\n");
        for error in [StoreError::NotFound, StoreError::Exists, StoreError::Denied("why".into())] {
            assert_eq!(read(&of_error(&head.id, &error)).expect("a line").error, Some(error));
        }
    }

    #[test]
    fn what_is_no_record_is_described_without_being_shown() {
        let cases = [
            ("{\"key\":\"SECRET", LineError::Json(14)),
            ("{\"key\":\"SECRET\",\"body\":[\"SECRET\"]}", LineError::Json(23)),
            ("{\"namespace\":\"n\"}", LineError::Key),
            ("{\"key\":\"k\",\"bodyBase64\":\"!\"}", LineError::Body),
        ];
        for (line, expected) in cases {
            assert_eq!(read(line), Err(expected), "{line}");
        }
        assert_eq!(read("{\"key\":\"k\"}").expect("an id").record(), Err(LineError::NoBody));
    }

    #[test]
    fn a_digest_tells_records_apart() {
        let mut moved = record(b"a");
        moved.head.version = "8".into();
        assert_eq!(digest(&record(b"a")), digest(&moved));
        moved.head.labels.insert("team".into(), "a".into());
        assert_ne!(digest(&record(b"a")), digest(&moved));
        assert_ne!(digest(&record(b"a")), digest(&record(b"b")));
    }
}
