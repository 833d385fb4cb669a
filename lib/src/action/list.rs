//! Releases of a namespace or of all: which of them are shown, and in what order.
//!
//! Heads decide as much as they can; only what is shown is decoded, except where the order depends on the time of a deployment.

use crate::release::Status;
use crate::release::record::Summary;
use crate::release::time::Time;
use crate::render::functions::regex;
use crate::selector::{Selector, SelectorError};
use crate::store::{Entry, Head, Store, StoreError};

/// Which releases to show.
#[derive(Clone, Debug)]
pub struct ListOptions {
    /// The namespace; empty for all.
    pub namespace: String,
    /// A regular expression that the name has to match.
    pub filter: Option<String>,
    /// A selector that the record's labels have to match.
    pub selector: String,
    /// The states to show.
    pub states: Vec<Status>,
    /// By the time of the last deployment, oldest first, instead of by name.
    pub by_date: bool,
    /// The other way round.
    pub reverse: bool,
    /// How many to pass over.
    pub offset: usize,
    /// How many to show at most; 0 for all.
    pub limit: usize,
}

impl Default for ListOptions {
    fn default() -> Self {
        Self {
            namespace: String::new(),
            filter: None,
            selector: String::new(),
            states: Status::ALL.into_iter().filter(|status| *status != Status::Unknown).collect(),
            by_date: false,
            reverse: false,
            offset: 0,
            limit: 0,
        }
    }
}

/// Why releases cannot be listed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ListError {
    /// The filter is no regular expression; the text is Go's.
    #[error("{0}")]
    Filter(String),
    /// The selector is none.
    #[error(transparent)]
    Selector(#[from] SelectorError),
    /// The store cannot be read.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// The releases that the options ask for: the newest revision of each, or all superseded ones when only they are asked for.
/// What cannot be decoded is listed with the reason.
///
/// # Errors
/// [`ListError`].
pub async fn list(store: &Store, options: &ListOptions) -> Result<Vec<Entry<Summary>>, ListError> {
    let filter = options.filter.as_deref().map(regex::matcher).transpose().map_err(ListError::Filter)?;
    let mut heads = match options.states.as_slice() {
        [Status::Superseded] => store.heads(&options.namespace, None).await?,
        _ => store.newest_heads(&options.namespace).await?,
    };
    heads.retain(|head| filter.as_ref().is_none_or(|filter| filter(head.name())));
    let selector = Selector::parse(&options.selector)?;
    let is_selected = |head: &Head| selector.matches(|key| head.labels.get(key).map(|value| value.as_str().into()));
    heads.retain(|head| options.states.contains(&head.status()) && is_selected(head));
    if options.by_date {
        let mut entries = shown(store, &heads, &options.states).await?;
        entries.sort_by_key(time);
        return Ok(page(entries, options));
    }
    heads.sort_by(|a, b| (a.name(), &a.id.namespace, a.revision()).cmp(&(b.name(), &b.id.namespace, b.revision())));
    let heads = page(heads, options);
    Ok(shown(store, &heads, &options.states).await?)
}

/// Decodes heads. Records go by what they say themselves where a label says something else.
async fn shown(store: &Store, heads: &[Head], states: &[Status]) -> Result<Vec<Entry<Summary>>, StoreError> {
    let mut entries = store.summaries(heads).await?;
    entries.retain(|entry| match &entry.content {
        Ok(summary) => states.contains(&summary.info.status),
        // Somebody removed it meanwhile.
        Err(StoreError::NotFound) => false,
        Err(_) => true,
    });
    Ok(entries)
}

fn time(entry: &Entry<Summary>) -> Option<jiff::Timestamp> {
    let text = &entry.content.as_ref().ok()?.info.last_deployed;
    Some(Time::parse(text).ok()??.instant())
}

fn page<T>(mut items: Vec<T>, options: &ListOptions) -> Vec<T> {
    if options.reverse {
        items.reverse();
    }
    let limit = if options.limit == 0 { usize::MAX } else { options.limit };
    items.into_iter().skip(options.offset).take(limit).collect()
}
