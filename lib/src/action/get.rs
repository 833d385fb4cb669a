//! One revision of a release, as it was recorded: what `get` and `status` show.

use crate::log::{Level, Log};
use crate::release::{Release, name};
use crate::store::{Store, StoreError};
use crate::values::{CoalesceError, coalesce};
use goyaml::Map;

/// Why a release cannot be shown.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum GetError {
    /// No release can have this name.
    #[error("releaseContent: Release name is invalid: {0}")]
    Name(String),
    /// There is no such revision, or the store cannot be read.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// A revision: that of the number, or the newest when it is not positive. Newer revisions that cannot be decoded are told in
/// the messages.
///
/// # Errors
/// [`GetError`].
pub async fn get(store: &Store, namespace: &str, release: &str, revision: i64) -> Result<(Release, Vec<Log>), GetError> {
    name::check(release).map_err(|_| GetError::Name(release.to_owned()))?;
    if revision > 0 {
        let revision = u32::try_from(revision).map_err(|_| StoreError::NotFound)?;
        return Ok((store.get(namespace, release, revision).await?, Vec::new()));
    }
    let heads = store.heads(namespace, Some(release)).await?;
    let newest = store.newest(&heads, release).await?;
    let logs = newest.unreadable.into_iter().map(|(head, error)| Log {
        level: Level::Warn,
        message: "a newer revision cannot be read".to_owned(),
        fields: vec![("revision", head.revision().to_string()), ("error", error.to_string())],
    });
    Ok((newest.release, logs.collect()))
}

/// The values that templates saw: the user's over those of the chart.
///
/// # Errors
/// When they do not fit together.
pub fn computed_values(release: &Release) -> Result<(Map, Vec<Log>), CoalesceError> {
    coalesce(&release.chart, &release.config)
}
