//! Releases in a store: what is read for a question, and what is written for a release.
//!
//! A record that cannot be decoded is an error of that record alone; its revision still counts, so that the next one gets a
//! number of its own.

use super::labels::{self, CREATED_AT, MODIFIED_AT};
use super::{Companion, Driver, Head, Query, Record, RecordId, StoreError};
use crate::parallel::Crew;
use crate::postrender::identity::Kept;
use crate::release::record::{self, Buffers, RecordError, Summary};
use crate::release::{Release, Status};
use futures_util::future::join_all;
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

/// Tells the seconds since 1970.
pub type Clock = fn() -> i64;

/// How many bodies are held at once: enough to keep several processors busy, few enough to stay small.
const BATCH: usize = 64;
/// How many of them are read at once, and decoded at once.
const BATCHES_AT_ONCE: usize = 2;
/// How many bodies a processor decodes in one go.
const SHARE: usize = 8;

/// Releases in the records of a driver.
pub struct Store {
    driver: Box<dyn Driver>,
    clock: Clock,
    /// What was last read or written of each record here: nothing newer is ever replaced unseen.
    seen: Mutex<BTreeMap<RecordId, Seen>>,
}

#[derive(Clone)]
struct Seen {
    version: String,
    body: u64,
}

/// What a record holds, or why that cannot be told.
#[derive(Clone, Debug)]
pub struct Entry<T> {
    /// The record's head.
    pub head: Head,
    /// Its content.
    pub content: Result<T, StoreError>,
}

/// The newest revision that can be decoded.
#[derive(Clone, Debug)]
pub struct Newest {
    /// The revision.
    pub release: Release,
    /// Those that are newer and cannot be decoded, newest first, with the reason.
    pub unreadable: Vec<(Head, StoreError)>,
}

impl Store {
    /// Releases in the records of `driver`.
    #[must_use]
    pub fn new(driver: Box<dyn Driver>, clock: Clock) -> Self {
        Self { driver, clock, seen: Mutex::default() }
    }

    /// What keeps the records.
    #[must_use]
    pub fn driver(&self) -> &dyn Driver {
        self.driver.as_ref()
    }

    /// Writes the record of a new revision.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is one already.
    pub async fn create(&self, release: &Release) -> Result<(), StoreError> {
        let mut record = self.record(release, CREATED_AT, "create")?;
        record.head.version = match self.driver.create(&record).await {
            // The answer may be all that was lost.
            Err(error @ StoreError::Unreachable(_)) => match self.one(&record.head.id).await {
                Ok(found) if found.body == record.body => found.head.version,
                _ => return Err(error),
            },
            result => result?,
        };
        self.remember(&record.head.id, Seen::of(&record));
        Ok(())
    }

    /// Replaces the record of a revision.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none; [`StoreError::Conflict`] when its content was changed by someone else since
    /// this store read or wrote it.
    pub async fn update(&self, release: &Release) -> Result<(), StoreError> {
        let mut record = self.record(release, MODIFIED_AT, "update")?;
        let seen = self.seen(&record.head.id);
        record.head.version = seen.as_ref().map(|seen| seen.version.clone()).unwrap_or_default();
        record.head.version = match (self.driver.replace(&record).await, seen) {
            (Err(StoreError::Conflict(why)), Some(seen)) => self.replace_again(record.clone(), &seen, why).await?,
            (result, _) => result?,
        };
        self.remember(&record.head.id, Seen::of(&record));
        Ok(())
    }

    /// After a conflict: whoever changed only labels or the like changed nothing that would be lost, and it may have been this.
    async fn replace_again(&self, mut record: Record, seen: &Seen, why: String) -> Result<String, StoreError> {
        let current = self.one(&record.head.id).await?;
        // Written here, and only the answer was lost.
        if current.body == record.body && current.head.labels == record.head.labels {
            return Ok(current.head.version);
        }
        if digest(&current.body) != seen.body {
            return Err(StoreError::Conflict(why));
        }
        record.head.version = current.head.version;
        self.driver.replace(&record).await
    }

    /// Removes the record of a revision.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn delete(&self, namespace: &str, name: &str, revision: u32) -> Result<(), StoreError> {
        self.driver.delete(&RecordId::new(namespace, name, revision)).await
    }

    /// One revision, with the user's labels only.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none, [`StoreError::Corrupt`] when it cannot be decoded.
    pub async fn get(&self, namespace: &str, name: &str, revision: u32) -> Result<Release, StoreError> {
        let record = self.one(&RecordId::new(namespace, name, revision)).await?;
        let decoded = record::decode(&record.body);
        let mut release = self.release(record.head, decoded)?;
        release.labels = labels::of_user(&release.labels);
        Ok(release)
    }

    /// The heads of all records of a namespace (empty: of all), or of one release of it, by namespace, name and revision.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn heads(&self, namespace: &str, name: Option<&str>) -> Result<Vec<Head>, StoreError> {
        let name = name.map(ToOwned::to_owned);
        self.sorted(&Query { namespace: namespace.to_owned(), name, newest: false }).await
    }

    /// The head of the newest record of each release of a namespace (empty: of all), by namespace and name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn newest_heads(&self, namespace: &str) -> Result<Vec<Head>, StoreError> {
        let heads = self.sorted(&Query { namespace: namespace.to_owned(), name: None, newest: true }).await?;
        let mut newest: Vec<Head> = Vec::new();
        for head in heads {
            match newest.last_mut() {
                Some(last) if last.id.namespace == head.id.namespace && last.name() == head.name() => *last = head,
                _ => newest.push(head),
            }
        }
        Ok(newest)
    }

    async fn sorted(&self, query: &Query) -> Result<Vec<Head>, StoreError> {
        let mut heads = self.driver.heads(query).await?;
        heads.sort_by(|a, b| (&a.id.namespace, a.name(), a.revision()).cmp(&(&b.id.namespace, b.name(), b.revision())));
        Ok(heads)
    }

    /// The releases of these heads, in their order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn releases(&self, heads: &[Head]) -> Result<Vec<Entry<Release>>, StoreError> {
        let decode = |record: &Record, (): &mut ()| (record::decode(&record.body), Seen::of(record));
        let finish = |head: Head, (decoded, seen)| {
            self.remember(&head.id, seen);
            self.release(head, decoded)
        };
        self.contents(heads, decode, finish).await
    }

    /// What tables show of these heads' releases, in their order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn summaries(&self, heads: &[Head]) -> Result<Vec<Entry<Summary>>, StoreError> {
        let decode = |record: &Record, buffers: &mut Buffers| record::summary(&record.body, buffers);
        let finish = |head: Head, decoded: Result<_, _>| decoded.map_err(|error| self.corrupt(&head.id, &error));
        self.contents(heads, decode, finish).await
    }

    /// All revisions of one release that can be decoded, lowest first; empty when there are none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn history(&self, namespace: &str, name: &str) -> Result<Vec<Release>, StoreError> {
        let heads = self.heads(namespace, Some(name)).await?;
        Ok(self.releases(&heads).await?.into_iter().filter_map(|entry| entry.content.ok()).collect())
    }

    /// Every release of a namespace (empty: of all) that can be decoded, all revisions, by namespace, name and revision.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn list(&self, namespace: &str) -> Result<Vec<Release>, StoreError> {
        let heads = self.heads(namespace, None).await?;
        Ok(self.releases(&heads).await?.into_iter().filter_map(|entry| entry.content.ok()).collect())
    }

    /// The newest revision that can be decoded.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no record, [`StoreError::Corrupt`] when none can be decoded.
    pub async fn last(&self, namespace: &str, name: &str) -> Result<Release, StoreError> {
        let heads = self.heads(namespace, Some(name)).await?;
        Ok(self.newest(&heads, name).await?.release)
    }

    /// The newest revision that is labelled as deployed and can be decoded.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn deployed(&self, namespace: &str, name: &str) -> Result<Release, StoreError> {
        let mut heads = self.heads(namespace, Some(name)).await?;
        heads.retain(|head| head.status() == Status::Deployed);
        Ok(self.newest(&heads, name).await?.release)
    }

    /// The newest of these heads, lowest first, that can be decoded.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none, [`StoreError::Corrupt`] when none can be decoded.
    pub async fn newest(&self, heads: &[Head], name: &str) -> Result<Newest, StoreError> {
        let mut unreadable = Vec::new();
        for head in heads.iter().rev() {
            let Some(entry) = self.releases(std::slice::from_ref(head)).await?.pop() else { continue };
            match entry.content {
                Ok(release) => return Ok(Newest { release, unreadable }),
                Err(error @ StoreError::Corrupt(_)) => unreadable.push((entry.head, error)),
                // Somebody removed it meanwhile.
                Err(StoreError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        if unreadable.is_empty() {
            return Err(StoreError::NotFound);
        }
        Err(StoreError::Corrupt(format!("no revision for release {name:?}")))
    }

    /// The number that the next revision gets: records that cannot be decoded count.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn next_revision(&self, namespace: &str, name: &str) -> Result<u32, StoreError> {
        let heads = self.heads(namespace, Some(name)).await?;
        Ok(heads.last().map_or(0, Head::revision).saturating_add(1))
    }

    /// Removes the oldest of these records, lowest first, until `keep` are left, never the newest that is labelled as deployed nor
    /// the newest of all.
    ///
    /// # Errors
    /// What went wrong with some; the others are removed all the same.
    pub async fn prune(&self, heads: &[Head], keep: usize) -> Result<(), StoreError> {
        let deployed = heads.iter().rposition(|head| head.status() == Status::Deployed);
        let surplus = heads.len().saturating_sub(keep);
        let older = heads.iter().enumerate().take(heads.len().saturating_sub(1));
        let mut errors = Vec::new();
        for (_, head) in older.filter(|(at, _)| Some(*at) != deployed).take(surplus) {
            match self.driver.delete(&head.id).await {
                // Somebody else was faster.
                Ok(()) | Err(StoreError::NotFound) => {}
                Err(error) => errors.push(error),
            }
        }
        match errors.len() {
            0 => Ok(()),
            1 => Err(errors.remove(0)),
            n => Err(StoreError::Failed(format!("encountered {n} deletion errors. First is: {}", errors[0]))),
        }
    }

    /// What the documents of a release's revisions went through, where that is kept.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn pipelines(&self, namespace: &str, name: &str) -> Result<BTreeMap<u32, Kept>, StoreError> {
        let companions = self.driver.companions(namespace, name).await?;
        let kept = |companion: Companion| {
            let (_, revision) = companion.id.parts()?;
            let kept = serde_json::from_str(&companion.content);
            let unreadable = |error| StoreError::Corrupt(format!("the pipeline of revision {revision}: {error}"));
            Some(kept.map(|kept| (revision, kept)).map_err(unreadable))
        };
        companions.into_iter().filter_map(kept).collect()
    }

    /// Keeps beside the record of a revision what its documents went through.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn keep_pipeline(&self, release: &Release, kept: &Kept) -> Result<(), StoreError> {
        let id = RecordId::new(&release.namespace, &release.name, release.revision);
        let content = serde_json::to_string(kept).map_err(|error| StoreError::Failed(error.to_string()))?;
        self.driver.write_companion(&Companion { id, content }).await
    }

    async fn one(&self, id: &RecordId) -> Result<Record, StoreError> {
        let record = self.driver.read(std::slice::from_ref(id)).await?.pop().ok_or(StoreError::NotFound)??;
        self.remember(&record.head.id, Seen::of(&record));
        Ok(record)
    }

    /// What `finish` makes of the records' own heads and of what `decode` reads in them, on other threads.
    async fn contents<T: Send + 'static, Tools: Default + 'static, U: Send>(
        &self,
        heads: &[Head],
        decode: fn(&Record, &mut Tools) -> T,
        finish: impl Fn(Head, T) -> Result<U, StoreError> + Sync,
    ) -> Result<Vec<Entry<U>>, StoreError> {
        let crew = Crew::new(heads.len().div_ceil(SHARE), move |records: Vec<Result<Record, StoreError>>, tools: &mut _| {
            let decoded = |record: Result<Record, _>| record.map(|record| (decode(&record, tools), record.head));
            records.into_iter().map(decoded).collect::<Vec<_>>()
        });
        let crew = &crew;
        let batches: Vec<_> = heads.chunks(BATCH).map(|heads| self.batch(heads)).collect();
        // The store is at work on the next ones while these are decoded.
        let batches = stream::iter(batches).buffered(BATCHES_AT_ONCE);
        let decoded = batches.map(|batch| async move {
            let (heads, records) = batch?;
            let contents = join_all(shares(records).map(|share| crew.work(share))).await;
            Ok::<_, StoreError>((heads, contents.into_iter().flatten()))
        });
        let mut decoded = decoded.buffered(BATCHES_AT_ONCE);
        let mut entries = Vec::with_capacity(heads.len());
        while let Some((heads, contents)) = decoded.try_next().await? {
            let contents = contents.map(|content| content.and_then(|(decoded, head)| finish(head, decoded)));
            entries.extend(heads.iter().cloned().zip(contents).map(|(head, content)| Entry { head, content }));
        }
        Ok(entries)
    }

    async fn batch<'a>(&self, heads: &'a [Head]) -> Result<(&'a [Head], Vec<Result<Record, StoreError>>), StoreError> {
        let ids: Vec<_> = heads.iter().map(|head| head.id.clone()).collect();
        Ok((heads, self.driver.read(&ids).await?))
    }

    fn record(&self, release: &Release, time_label: &str, verb: &str) -> Result<Record, StoreError> {
        let encoded = record::encode(release);
        let body = encoded.map_err(|error| {
            let context = self.driver.context(&format!("{verb}: failed to encode release \"{}\"", release.name));
            StoreError::Failed(format!("{context}{error}"))
        })?;
        let id = RecordId::new(&release.namespace, &release.name, release.revision);
        let labels = labels::of_record(release, time_label, (self.clock)());
        Ok(Record { head: Head { id, labels, version: String::new() }, body: body.into_bytes() })
    }

    /// The release of a record, with the record's labels.
    fn release(&self, head: Head, decoded: Result<Release, RecordError>) -> Result<Release, StoreError> {
        let mut release = decoded.map_err(|error| self.corrupt(&head.id, &error))?;
        release.labels = if self.driver.shows_system_labels() { head.labels } else { labels::of_user(&head.labels) };
        Ok(release)
    }

    fn corrupt(&self, id: &RecordId, error: &RecordError) -> StoreError {
        let context = self.driver.context(&format!("get: failed to decode data \"{}\"", id.key));
        StoreError::Corrupt(format!("{context}{error}"))
    }

    fn seen(&self, id: &RecordId) -> Option<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    fn remember(&self, id: &RecordId, seen: Seen) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), seen);
    }
}

impl Seen {
    fn of(record: &Record) -> Self {
        Self { version: record.head.version.clone(), body: digest(&record.body) }
    }
}

/// Parts that are decoded one by one.
fn shares<T>(records: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let mut records = records.into_iter();
    std::iter::from_fn(move || Some(records.by_ref().take(SHARE).collect::<Vec<_>>()).filter(|share| !share.is_empty()))
}

fn digest(body: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    hasher.finish()
}
