//! Release stores: where records of revisions are kept, behind one small trait.

use crate::release::Release;
use async_trait::async_trait;

/// A place that keeps one record for each revision of each release of one namespace, or of all.
#[async_trait]
pub trait Driver: Send + Sync {
    /// The name users select it by: `secret`.
    fn name(&self) -> &'static str;

    /// Writes the record of a new revision.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is one already.
    async fn create(&self, release: &Release) -> Result<(), StoreError>;

    /// Replaces the record of a revision.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    async fn update(&self, release: &Release) -> Result<(), StoreError>;

    /// Removes the record of a revision.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    async fn delete(&self, namespace: &str, name: &str, revision: u32) -> Result<(), StoreError>;

    /// All revisions of one release, lowest first; empty when there are none.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn history(&self, namespace: &str, name: &str) -> Result<Vec<Release>, StoreError>;

    /// Every record of a namespace, or of all namespaces when it is empty, by name and revision.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn list(&self, namespace: &str) -> Result<Vec<Release>, StoreError>;
}

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The record is there already.
    #[error("release: already exists")]
    Exists,
    /// There is no such record.
    #[error("release: not found")]
    NotFound,
    /// A record cannot be decoded.
    #[error("{0}")]
    Corrupt(String),
    /// The server refused or could not be reached; the text is Helm's for the same case.
    #[error("{0}")]
    Failed(String),
}
