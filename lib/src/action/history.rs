//! The revisions of one release.

use crate::release::name;
use crate::release::record::Summary;
use crate::store::{Entry, Store, StoreError};

/// Why the history of a release cannot be told.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum HistoryError {
    /// No release can have this name.
    #[error("release name is invalid: {0}")]
    Name(String),
    /// There is no such release, or the store cannot be read.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// The newest `max` revisions, lowest first. What cannot be decoded is listed with the reason.
///
/// # Errors
/// [`HistoryError`].
pub async fn history(
    store: &Store,
    namespace: &str,
    release: &str,
    max: usize,
) -> Result<Vec<Entry<Summary>>, HistoryError> {
    name::check(release).map_err(|_| HistoryError::Name(release.to_owned()))?;
    let heads = store.heads(namespace, Some(release)).await?;
    if heads.is_empty() {
        return Err(StoreError::NotFound.into());
    }
    let mut entries = store.summaries(&heads[heads.len().saturating_sub(max)..]).await?;
    // Somebody removed it meanwhile.
    entries.retain(|entry| entry.content != Err(StoreError::NotFound));
    Ok(entries)
}
