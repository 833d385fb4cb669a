//! The record of a revision: what Helm stores, to the byte before compression.
//!
//! ```text
//! Release ⇄ JSON (fields) ⇄ gzip ⇄ base64 = payload text
//! ```
//! Records of Helm 3 are read as well: their empty times, and what they lack. Labels are no part of a record.

mod convert;
mod fields;
mod gzip;
mod json;
mod summary;

pub use summary::{ChartSummary, Summary, summary};

use super::Release;
use super::time::TimeError;
use base64::Engine;
use fields::{BASE64, Record};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::Write;

const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b, 0x08];

/// Why a payload is no record, or a release cannot become one; the text is Go's where Go has one.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RecordError {
    /// The text is no base64; the position of the first byte that is not.
    #[error("illegal base64 data at input byte {0}")]
    Base64(usize),
    /// The bytes cannot be decompressed.
    #[error("{0}")]
    Gzip(String),
    /// The bytes are no JSON of a record (nothing of them is shown: records hold secrets), or the values cannot be written as JSON.
    #[error("{0}")]
    Json(String),
    /// A time is none.
    #[error("a time in it is none")]
    Time,
}

/// The text that is no time may be anything.
impl From<TimeError> for RecordError {
    fn from(_: TimeError) -> Self {
        Self::Time
    }
}

/// The payload text of a release.
///
/// # Errors
/// When its values hold a number that JSON has no form for.
pub fn encode(release: &Release) -> Result<String, RecordError> {
    let json = to_json(release)?;
    let mut gzip = GzEncoder::new(Vec::with_capacity(json.len() / 2), Compression::best());
    let bytes = gzip.write_all(&json).and_then(|()| gzip.finish()).map_err(|error| RecordError::Gzip(error.to_string()))?;
    Ok(BASE64.encode(bytes))
}

/// The release in a payload text. Its labels are empty, its hooks know of their documents' heads only kind and name.
///
/// # Errors
/// When the text is no record.
pub fn decode(payload: &[u8]) -> Result<Release, RecordError> {
    from_json(&json(payload)?)
}

/// The JSON in a payload text: decompressed, or as it is where it is not compressed, as very old records are.
///
/// # Errors
/// When the text is no base64, or compressed and damaged.
pub fn json(payload: &[u8]) -> Result<Vec<u8>, RecordError> {
    let mut buffers = Buffers::default();
    buffers.read(payload)?;
    Ok(buffers.json)
}

/// What reading a record needs: whoever reads many uses it again.
#[derive(Default)]
pub struct Buffers {
    compressed: Vec<u8>,
    json: Vec<u8>,
}

impl Buffers {
    fn read(&mut self, payload: &[u8]) -> Result<&[u8], RecordError> {
        from_base64(payload, &mut self.compressed)?;
        if self.compressed.len() <= GZIP_MAGIC.len() || !self.compressed.starts_with(GZIP_MAGIC) {
            std::mem::swap(&mut self.compressed, &mut self.json);
        } else {
            gzip::decompress(&self.compressed, &mut self.json)?;
        }
        Ok(&self.json)
    }
}

/// The JSON of a release: what a record holds, and what `-o json` shows.
///
/// # Errors
/// When its values hold a number that JSON has no form for.
pub fn to_json(release: &Release) -> Result<Vec<u8>, RecordError> {
    json::to_vec(&Record::from(release))
}

/// The JSON that `status -o json` shows: without the chart, with the live objects of each kind.
///
/// # Errors
/// When its values hold a number that JSON has no form for.
pub fn to_status_json(
    release: &Release,
    resources: BTreeMap<String, Vec<serde_json::Value>>,
) -> Result<Vec<u8>, RecordError> {
    let mut record = Record::from(release);
    record.chart = None;
    record.info.resources = resources;
    json::to_vec(&record)
}

/// The release in the JSON of a record.
///
/// # Errors
/// When it is no JSON, or a field has the wrong type.
pub fn from_json(text: &[u8]) -> Result<Release, RecordError> {
    if json::is_too_deep(text) {
        return Err(RecordError::Json("exceeded max depth".to_owned()));
    }
    let mut reader = serde_json::Deserializer::from_slice(text);
    // The limit is Go's: what Helm has written has to be read.
    reader.disable_recursion_limit();
    let record = Record::deserialize(&mut reader).and_then(|record| reader.end().map(|()| record));
    record.map_err(|error| json::unreadable(text, &error))?.try_into()
}

fn from_base64(text: &[u8], bytes: &mut Vec<u8>) -> Result<(), RecordError> {
    // Go passes over line breaks, which nobody writes.
    let without_breaks = || text.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect::<Vec<_>>();
    let mut decode = |text: &[u8]| {
        bytes.clear();
        BASE64.decode_vec(text, bytes)
    };
    decode(text).or_else(|_| decode(&without_breaks())).map_err(|_| RecordError::Base64(illegal(text)))
}

/// Where Go's decoder stops in a text that is no base64: <https://cs.opensource.google/go/go/+/refs/tags/go1.26.0:src/encoding/base64/base64.go>.
fn illegal(text: &[u8]) -> usize {
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let mut rest = text.iter().copied().enumerate().filter(|(_, byte)| !matches!(byte, b'\r' | b'\n'));
    let mut digits = 0;
    while let Some((at, byte)) = rest.next() {
        match digits % 4 {
            _ if is_digit(byte) => digits += 1,
            // One = needs another, and nothing may follow.
            2 if byte == b'=' => {
                return match rest.next() {
                    Some((_, b'=')) => rest.next().map_or(text.len(), |(at, _)| at),
                    other => other.map_or(text.len(), |(at, _)| at - 1),
                };
            }
            3 if byte == b'=' => return rest.next().map_or(text.len(), |(at, _)| at),
            _ => return at,
        }
    }
    text.len() - digits % 4
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Helm 4.3.1 stores it.
    const NEW: &str = r#"{"name":"d1","info":{"first_deployed":"2026-11-22T21:51:41.680126442Z","last_deployed":"2026-11-22T21:51:41.6801Z","deleted":"2026-11-23T00:00:00+02:00","description":"Install \u003cdone\u003e","status":"deployed","rollback_revision":3,"notes":"hi\n"},"chart":{"metadata":{"name":"b","home":"h","sources":["s"],"version":"0.1.0","description":"d","keywords":["k"],"maintainers":[{"name":"n","email":"e","url":"u"}],"icon":"i","apiVersion":"v2","condition":"c","tags":"t","appVersion":"1.0","deprecated":true,"annotations":{"a":"b"},"kubeVersion":"\u003e=1","dependencies":[{"name":"x","version":"1","repository":"","condition":"c","tags":["t"],"enabled":true,"import-values":["data",{"child":"c","parent":"p"}],"alias":"y"}],"type":"application"},"lock":{"generated":"2020-01-01T00:00:00Z","digest":"sha256:0","dependencies":[{"name":"x","repository":""}]},"templates":[{"name":"templates/a.yaml","data":"YXBp","modtime":"2026-11-22T21:50:02.555983663Z"},{"name":"templates/b.yaml","data":""}],"values":{"big":1e+21,"half":0.5,"nested":{"list":[1,null,true,"\u0026"]}},"schema":"e30=","schemamodtime":"0001-01-01T00:00:00Z","files":[{"name":"README.md","data":"AAE="}],"modtime":"2026-11-22T21:50:02Z"},"config":{"n":12345678901234567000},"manifest":"---\n","hooks":[{"name":"h1","kind":"Job","path":"b/templates/a.yaml","manifest":"kind: Job","events":["test"],"last_run":{"started_at":"2026-11-22T21:51:41Z","completed_at":"2026-11-22T21:51:42Z","phase":"Succeeded"},"weight":-1,"delete_policies":["hook-failed"],"output_log_policies":["hook-failed"]},{"name":"h2","last_run":{"phase":""}}],"version":4,"namespace":"default","apply_method":"ssa"}"#;

    #[test]
    fn a_record_of_helm_4_comes_back_byte_for_byte() {
        let release = from_json(NEW.as_bytes()).expect("a record");
        assert_eq!(String::from_utf8(to_json(&release).expect("writable")).expect("text"), NEW);
        let payload = encode(&release).expect("writable");
        assert_eq!(decode(payload.as_bytes()), Ok(release));
    }

    #[test]
    fn a_record_of_helm_3_is_read() {
        let old = r#"{"name":"a","info":{"first_deployed":"","last_deployed":"2024-01-01T00:00:00.50Z","deleted":"","status":"deployed","extra":1},
            "chart":{"metadata":{"name":"c","version":"1","apiVersion":"v1"},"lock":null,"templates":[],"values":null,"schema":null,"files":null},
            "hooks":[{"name":"h","last_run":{"started_at":"","completed_at":null,"phase":""}}],"version":1,"namespace":"n"}"#;
        let release = from_json(old.as_bytes()).expect("a record");
        let new = r#"{"name":"a","info":{"last_deployed":"2024-01-01T00:00:00.5Z","status":"deployed"},"chart":{"metadata":{"name":"c","version":"1","apiVersion":"v1"},"lock":null,"templates":null,"values":null,"schema":null,"schemamodtime":"0001-01-01T00:00:00Z","files":null},"hooks":[{"name":"h","last_run":{"phase":""}}],"version":1,"namespace":"n"}"#;
        assert_eq!(String::from_utf8(to_json(&release).expect("writable")).expect("text"), new);
    }

    /// Go reads and writes 10,000 levels; each takes stack.
    #[test]
    fn values_may_be_deep() {
        let with =
            |levels: usize| NEW.replace("12345678901234567000", &format!("{}1{}", "[".repeat(levels), "]".repeat(levels)));
        let read = move |levels: usize| {
            from_json(with(levels).as_bytes()).map(|release| to_json(&release).expect("writable").len())
        };
        let thread = std::thread::Builder::new().stack_size(128 << 20).spawn(move || [read(9_000), read(10_000)]);
        let [deep, too_deep] = thread.expect("a thread").join().expect("no overflow");
        assert_eq!(deep, Ok(NEW.len() - 20 + 18_001));
        assert_eq!(too_deep, Err(RecordError::Json("exceeded max depth".to_owned())));
    }

    #[test]
    fn a_payload_may_be_uncompressed_and_broken_into_lines() {
        let release = decode(b"eyJuYW1l\nIjoiYSJ9\r\n").expect("a record");
        assert_eq!(release.name, "a");
    }

    /// What Go says of these.
    #[test]
    fn what_is_no_base64_is_illegal_where_go_stops() {
        let cases: [(&str, usize); 10] = [
            ("SECRET", 4),
            ("SECR=", 4),
            ("SECRE=", 5),
            ("AB=", 3),
            ("SE!RET", 2),
            ("SE\nCRET", 5),
            ("AB=\n", 4),
            ("AB==C", 4),
            ("AB=C", 2),
            ("ABC=D", 4),
        ];
        for (text, at) in cases {
            assert_eq!(from_base64(text.as_bytes(), &mut Vec::new()), Err(RecordError::Base64(at)), "{text:?}");
        }
    }

    #[test]
    fn damage_is_described() {
        let gzipped = encode(&Release::default()).expect("writable");
        let shortened = &gzipped.as_bytes()[..gzipped.len() / 8 * 4];
        assert_eq!(decode(b"abcdefgh!").expect_err("no base64").to_string(), "illegal base64 data at input byte 8");
        assert_eq!(decode(shortened).expect_err("cut").to_string(), "unexpected EOF");
        let cases = [
            ("", "unexpected end of JSON input"),
            ("eyJh", "unexpected end of JSON input"),
            ("e30x", "invalid character '1' after top-level value"),
        ];
        for (payload, expected) in cases {
            assert_eq!(decode(payload.as_bytes()).expect_err("no record").to_string(), expected, "{payload}");
        }
    }
}
