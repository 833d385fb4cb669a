//! Release stores: where records of revisions are kept.
//!
//! ```text
//! Release ⇄ Store (labels, encoding, choice of records) ⇄ Record (id, labels, payload text) ⇄ Driver
//! ```
//! A [`Driver`] keeps records and does not look into them; [`Store`] is what actions use. Reading begins with the heads,
//! which are small, and goes on with the bodies of those records only that are wanted.

pub mod check;
pub mod labels;
pub mod line;
pub mod memory;
pub mod migrate;
mod releases;
pub mod whole;

pub use releases::{Clock, Entry, Newest, Store};

use async_trait::async_trait;
use labels::Labels;
use std::collections::BTreeSet;

/// A place that keeps records: those of one cluster, one database.
#[async_trait]
pub trait Driver: Send + Sync {
    /// Helm's name of it: `Secret`.
    fn name(&self) -> &'static str;

    /// What tells this store from others of its kind, without any password; empty where that is not known.
    ///
    /// # Errors
    /// When the store cannot be reached.
    async fn place(&self) -> Result<String, StoreError> {
        Ok(String::new())
    }

    /// Whether the labels of `labels::system` are seen by whoever asks for a release: not where they are columns.
    fn shows_system_labels(&self) -> bool {
        true
    }

    /// What is put before an error to say what was being done: nothing, except where Helm puts something.
    fn context(&self, _doing: &str) -> String {
        String::new()
    }

    /// Every record that matches, without its body, in any order. A record is what has the label `owner=helm`.
    ///
    /// # Errors
    /// When the store cannot be read; never because of what a record holds.
    async fn heads(&self, query: &Query) -> Result<Vec<Head>, StoreError>;

    /// What has the key of a record and not the label `owner=helm`, so that it is not found as one, and takes its place all the
    /// same; in a namespace (empty: in any).
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn hidden(&self, _namespace: &str) -> Result<Vec<Head>, StoreError> {
        Ok(Vec::new())
    }

    /// The records of these ids, in their order.
    ///
    /// # Errors
    /// When the store cannot be read. Of a record alone: [`StoreError::NotFound`], [`StoreError::Denied`], or
    /// [`StoreError::Corrupt`] when it holds no payload text.
    async fn read(&self, ids: &[RecordId]) -> Result<Vec<Result<Record, StoreError>>, StoreError>;

    /// Writes a new record; its version afterwards.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when the id is taken: of two writers exactly one succeeds.
    async fn create(&self, record: &Record) -> Result<String, StoreError>;

    /// Replaces a record, labels and body; its version afterwards.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none, [`StoreError::Conflict`] when `record.head.version` is not empty and no
    /// longer the record's version.
    async fn replace(&self, record: &Record) -> Result<String, StoreError>;

    /// Removes a record.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    async fn delete(&self, id: &RecordId) -> Result<(), StoreError>;

    /// Removes records, several at a time where the store can; the results are in the order of `ids`.
    async fn delete_all(&self, ids: &[RecordId]) -> Vec<Result<(), StoreError>> {
        let mut results = Vec::with_capacity(ids.len());
        for id in ids {
            results.push(self.delete(id).await);
        }
        results
    }

    /// Whether something can be kept beside records that Helm does not see.
    fn keeps_companions(&self) -> bool {
        false
    }

    /// What is kept beside the records of a release, in any order. What belonged to a record that is gone may be among it.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn companions(&self, _namespace: &str, _name: &str) -> Result<Vec<Companion>, StoreError> {
        Ok(Vec::new())
    }

    /// What is kept beside these records, in any order.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn companions_of(&self, ids: &[RecordId]) -> Result<Vec<Companion>, StoreError> {
        if !self.keeps_companions() {
            return Ok(Vec::new());
        }
        let releases: BTreeSet<_> = ids.iter().filter_map(|id| Some((&id.namespace, id.parts()?.0))).collect();
        let mut all = Vec::new();
        for (namespace, name) in releases {
            all.extend(self.companions(namespace, name).await?);
        }
        all.retain(|companion| ids.contains(&companion.id));
        Ok(all)
    }

    /// Keeps something beside a record, in the place of what was there, until the record goes.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such record; and where nothing can be kept.
    async fn write_companion(&self, _companion: &Companion) -> Result<(), StoreError> {
        Err(StoreError::Failed("this store keeps nothing beside its records".to_owned()))
    }

    /// Makes ready what is otherwise made when it is needed first.
    ///
    /// # Errors
    /// When it cannot be made.
    async fn prepare(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// What lies in a namespace (empty: in any) and belongs to no record.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn strays(&self, _namespace: &str) -> Result<Vec<Stray>, StoreError> {
        Ok(Vec::new())
    }

    /// Removes a stray.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none, [`StoreError::Conflict`] when it belongs to a record by now.
    async fn remove_stray(&self, _stray: &Stray) -> Result<(), StoreError> {
        Err(StoreError::NotFound)
    }
}

/// What is kept beside a record.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Companion {
    /// The record.
    pub id: RecordId,
    /// JSON.
    pub content: String,
}

/// A part of a record without the record.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stray {
    /// Where it lies, and the record that it would belong to.
    pub id: RecordId,
    /// What it is, in a few words without any of its content.
    pub what: String,
    /// Its content as JSON, from which it can be made again.
    pub content: String,
}

/// Which records to look for.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Query {
    /// The only namespace; empty for all.
    pub namespace: String,
    /// The only release.
    pub name: Option<String>,
    /// Only the newest record of each release is needed: a driver for which that is less work leaves out what is surely older.
    pub newest: bool,
}

/// Where a record is.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct RecordId {
    /// The namespace of the release.
    pub namespace: String,
    /// `sh.helm.release.v1.NAME.vREVISION`.
    pub key: String,
}

const KEY_PREFIX: &str = "sh.helm.release.v1.";

impl RecordId {
    /// The id of a revision's record.
    #[must_use]
    pub fn new(namespace: &str, name: &str, revision: u32) -> Self {
        Self { namespace: namespace.to_owned(), key: format!("{KEY_PREFIX}{name}.v{revision}") }
    }

    /// The release's name and the revision that the key names; `None` for a key of another form.
    #[must_use]
    pub fn parts(&self) -> Option<(&str, u32)> {
        let (name, revision) = self.key.strip_prefix(KEY_PREFIX)?.rsplit_once(".v")?;
        Some((name, revision.parse().ok()?))
    }
}

/// What is known of a record without its body.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Head {
    /// Where the record is.
    pub id: RecordId,
    /// All labels, Helm's own and the user's.
    pub labels: Labels,
    /// Changes with every write; empty where it does not matter.
    pub version: String,
}

impl Head {
    /// The release's name: what the label says, else the key.
    #[must_use]
    pub fn name(&self) -> &str {
        let named = self.labels.get("name").map(String::as_str);
        named.or_else(|| Some(self.id.parts()?.0)).unwrap_or_default()
    }

    /// The revision: what the key says, else the label; 0 when neither does.
    #[must_use]
    pub fn revision(&self) -> u32 {
        let labelled = || self.labels.get("version")?.parse().ok();
        self.id.parts().map(|(_, revision)| revision).or_else(labelled).unwrap_or(0)
    }

    /// Whether the record is found as one.
    #[must_use]
    pub fn is_found(&self) -> bool {
        self.labels.get("owner").is_some_and(|owner| owner == "helm")
    }

    /// Whether it has the key of a record and is not found as one.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        !self.is_found() && self.id.parts().is_some()
    }

    /// The status that the label names.
    #[must_use]
    pub fn status(&self) -> crate::release::Status {
        crate::release::Status::from_name(self.labels.get("status").map_or("", String::as_str))
    }
}

/// A record as it is stored.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Record {
    /// Where and what it is.
    pub head: Head,
    /// The payload text: see [`crate::release::record`].
    pub body: Vec<u8>,
}

/// Why a store did not do what it was asked. The texts are Helm's for the same case, and never hold a body or a password.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum StoreError {
    /// The record is there already.
    #[error("release: already exists")]
    Exists,
    /// There is no such record.
    #[error("release: not found")]
    NotFound,
    /// A record cannot be decoded, or is not what its labels say.
    #[error("{0}")]
    Corrupt(String),
    /// The store does not let this user do it.
    #[error("{0}")]
    Denied(String),
    /// The store cannot be reached.
    #[error("{0}")]
    Unreachable(String),
    /// Someone else changed the record since it was read or written here.
    #[error("{0}")]
    Conflict(String),
    /// The store refused for another reason.
    #[error("{0}")]
    Failed(String),
}

impl StoreError {
    /// The kind of the error as one word, the same in all stores: `not-found`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Exists => "exists",
            Self::NotFound => "not-found",
            Self::Corrupt(_) => "corrupt",
            Self::Denied(_) => "denied",
            Self::Unreachable(_) => "unreachable",
            Self::Conflict(_) => "conflict",
            Self::Failed(_) => "failed",
        }
    }

    /// The error of that kind; any other word is [`StoreError::Failed`].
    #[must_use]
    pub fn of_kind(kind: &str, message: String) -> Self {
        match kind {
            "exists" => Self::Exists,
            "not-found" => Self::NotFound,
            "corrupt" => Self::Corrupt(message),
            "denied" => Self::Denied(message),
            "unreachable" => Self::Unreachable(message),
            "conflict" => Self::Conflict(message),
            _ => Self::Failed(message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_name_release_and_revision() {
        let id = RecordId::new("n", "my.v2app", 12);
        assert_eq!((id.key.as_str(), id.parts()), ("sh.helm.release.v1.my.v2app.v12", Some(("my.v2app", 12))));
        assert_eq!(RecordId { key: "sh.helm.release.v1.x".into(), ..id }.parts(), None);
    }
}
