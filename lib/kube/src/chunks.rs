//! Records that are too large for one object: their bodies in chunks, and in the record's place an index.
//!
//! ```text
//! chunk objects (named by the body's digest)  ←  index: the record's name and labels, `chunks`, and a stand-in for `release`
//! ```
//! The stand-in is a release that Helm can list. Its manifest holds one object of a kind that no cluster has, so that Helm fails
//! when it is to upgrade, roll back or uninstall what it cannot see. Helm drops `chunks` when it writes such a record, so that the
//! manifest holds the same words.

use rhelm_lib::chart::Chart;
use rhelm_lib::release::{Release, record};
use rhelm_lib::store::StoreError;
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// What one object may hold: the server's limit.
pub(crate) const LARGEST: usize = 1 << 20;
/// What one chunk holds.
const CHUNK: usize = 1_000_000;
/// More than this is no record: 4 GB.
const MOST: usize = 4096;
/// The label by which an index is known, and chunks that are no longer its own.
pub(crate) const LABEL: &str = "rhelm-chunks";

const MANIFEST: &str = "---\n\
    # Source: stored-in-chunks\n\
    # This release is too large for one object, and stored in chunks: use rhelm instead of Helm for it.\n\
    apiVersion: chunks.rhelm/v1\n\
    kind: ReleaseStoredInChunks\n\
    metadata:\n  name: use-rhelm-instead-of-helm\n\
    chunks: ";

/// What a body is made of.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Index {
    count: usize,
    size: usize,
    /// SHA-256 of the body, in hexadecimal digits.
    digest: String,
}

impl Index {
    pub(crate) fn of(body: &[u8]) -> Self {
        Self { count: body.len().div_ceil(CHUNK), size: body.len(), digest: digest(body) }
    }

    /// Reads what stands in an index.
    pub(crate) fn parse(text: &str) -> Result<Self, StoreError> {
        let index: Self = serde_json::from_str(text).map_err(|_| corrupt("its index of chunks cannot be read"))?;
        let is_sound = index.count <= MOST && index.size <= index.count.saturating_mul(CHUNK) && index.digest.len() == 64;
        if is_sound && index.digest.is_ascii() { Ok(index) } else { Err(corrupt("its index of chunks is none")) }
    }

    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).expect("numbers and text are JSON")
    }

    /// Tells one body from another, in as many characters as a label takes.
    pub(crate) fn short(&self) -> &str {
        &self.digest[..16]
    }

    /// The names of the chunks of a record.
    pub(crate) fn names(&self, key: &str) -> Vec<String> {
        (0..self.count).map(|at| format!("{key}.{}.{at}", self.short())).collect()
    }

    /// The body again.
    pub(crate) fn join(&self, chunks: Vec<Vec<u8>>) -> Result<Vec<u8>, StoreError> {
        let body = chunks.concat();
        if body.len() == self.size && digest(&body) == self.digest {
            Ok(body)
        } else {
            Err(corrupt("its chunks are not what was written: the digest differs"))
        }
    }
}

/// The pieces of a body.
pub(crate) fn split(body: &[u8]) -> std::slice::Chunks<'_, u8> {
    body.chunks(CHUNK)
}

/// What Helm sees of a record: enough to list it. Nothing at all for a body that is no record.
pub(crate) fn stand_in(body: &[u8], index: &Index) -> Vec<u8> {
    let Ok(mut release) = record::decode(body) else { return Vec::new() };
    release.manifest = format!("{MANIFEST}{}\n", index.text());
    release.info.notes = String::new();
    release.config.clear();
    release.hooks.clear();
    release.chart = Chart { metadata: release.chart.metadata, ..Chart::default() };
    record::encode(&release).map(String::into_bytes).unwrap_or_default()
}

/// What Helm made of a stand-in: the index in it, and the release with what Helm changed.
pub(crate) fn rewritten(body: &[u8]) -> Option<(Index, Release)> {
    let release = record::decode(body).ok()?;
    let index = Index::parse(release.manifest.strip_prefix(MANIFEST)?.trim_end()).ok()?;
    Some((index, release))
}

/// The body with what Helm changed in its stand-in.
pub(crate) fn merged(body: &[u8], changed: Release) -> Result<Vec<u8>, StoreError> {
    let cannot = |error: record::RecordError| StoreError::Corrupt(error.to_string());
    let mut release = record::decode(body).map_err(cannot)?;
    release.info = rhelm_lib::release::Info { notes: release.info.notes, ..changed.info };
    Ok(record::encode(&release).map_err(cannot)?.into_bytes())
}

pub(crate) fn digest(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn corrupt(why: &str) -> StoreError {
    StoreError::Corrupt(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rhelm_lib::release::Status;

    #[test]
    fn a_body_comes_back_from_its_chunks_or_not_at_all() {
        for size in [CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7] {
            let body: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
            let index = Index::parse(&Index::of(&body).text()).expect("an index");
            let mut chunks: Vec<Vec<u8>> = split(&body).map(<[u8]>::to_vec).collect();
            assert_eq!(chunks.len(), index.names("k").len());
            assert_eq!(index.join(chunks.clone()).as_ref(), Ok(&body));
            chunks[0][5] ^= 1;
            assert!(matches!(index.join(chunks), Err(StoreError::Corrupt(_))));
        }
        let hostile = [r#"{"count":99999999,"size":1,"digest":"00"}"#, r#"{"count":1,"size":99999999,"digest":""}"#, "{"];
        assert!(hostile.iter().all(|text| Index::parse(text).is_err()));
    }

    #[test]
    fn what_helm_changes_in_a_stand_in_is_found_again() {
        let mut release = Release { name: "web".into(), revision: 1, manifest: "big".into(), ..Release::default() };
        release.info.notes = "hi".into();
        let body = record::encode(&release).expect("writable").into_bytes();
        let (index, mut seen) = rewritten(&stand_in(&body, &Index::of(&body))).expect("a stand-in");
        assert_eq!((&index, seen.name.as_str(), seen.info.notes.as_str()), (&Index::of(&body), "web", ""));
        seen.info.status = Status::Superseded;
        release.info.status = Status::Superseded;
        assert_eq!(record::decode(&merged(&body, seen).expect("a record")), Ok(release));
        assert_eq!(rewritten(&body), None);
    }
}
