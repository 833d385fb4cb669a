//! Records in memory: for tests, dry runs and `HELM_DRIVER=memory`.

use super::{Companion, Driver, Head, Query, Record, RecordId, StoreError};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keeps records as long as it lives.
#[derive(Debug, Default)]
pub struct MemoryDriver {
    state: Mutex<State>,
    place: String,
}

#[derive(Debug, Default)]
struct State {
    records: BTreeMap<RecordId, Record>,
    companions: BTreeMap<RecordId, String>,
    writes: u64,
}

impl State {
    fn put(&mut self, record: &Record) -> String {
        self.writes += 1;
        let version = self.writes.to_string();
        let head = Head { version: version.clone(), ..record.head.clone() };
        self.records.insert(record.head.id.clone(), Record { head, body: record.body.clone() });
        version
    }
}

impl MemoryDriver {
    /// No records: in the place of a store that is yet to be made, for those who write nothing.
    #[must_use]
    pub fn in_place_of(place: String) -> Self {
        Self { state: Mutex::default(), place }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No method panics between two changes, so that a poisoned state is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Driver for MemoryDriver {
    fn name(&self) -> &'static str {
        "Memory"
    }

    async fn place(&self) -> Result<String, StoreError> {
        Ok(self.place.clone())
    }

    async fn heads(&self, query: &Query) -> Result<Vec<Head>, StoreError> {
        let is_named = |head: &Head| query.name.as_deref().is_none_or(|name| head.name() == name);
        let matches = |head: &&Head| {
            (query.namespace.is_empty() || head.id.namespace == query.namespace) && head.is_found() && is_named(head)
        };
        Ok(self.state().records.values().map(|record| &record.head).filter(matches).cloned().collect())
    }

    async fn hidden(&self, namespace: &str) -> Result<Vec<Head>, StoreError> {
        let is_wanted = |head: &&Head| (namespace.is_empty() || head.id.namespace == namespace) && head.is_hidden();
        Ok(self.state().records.values().map(|record| &record.head).filter(is_wanted).cloned().collect())
    }

    async fn read(&self, ids: &[RecordId]) -> Result<Vec<Result<Record, StoreError>>, StoreError> {
        let state = self.state();
        Ok(ids.iter().map(|id| state.records.get(id).cloned().ok_or(StoreError::NotFound)).collect())
    }

    async fn create(&self, record: &Record) -> Result<String, StoreError> {
        let mut state = self.state();
        if state.records.contains_key(&record.head.id) {
            return Err(StoreError::Exists);
        }
        Ok(state.put(record))
    }

    async fn replace(&self, record: &Record) -> Result<String, StoreError> {
        let mut state = self.state();
        let current = state.records.get(&record.head.id).ok_or(StoreError::NotFound)?;
        if !record.head.version.is_empty() && current.head.version != record.head.version {
            return Err(StoreError::Conflict(format!("{} has been modified", record.head.id.key)));
        }
        Ok(state.put(record))
    }

    async fn delete(&self, id: &RecordId) -> Result<(), StoreError> {
        let mut state = self.state();
        state.companions.remove(id);
        state.records.remove(id).map(|_| ()).ok_or(StoreError::NotFound)
    }

    fn keeps_companions(&self) -> bool {
        true
    }

    async fn companions(&self, namespace: &str, name: &str) -> Result<Vec<Companion>, StoreError> {
        let is_wanted = |id: &RecordId| id.namespace == namespace && id.parts().is_some_and(|(release, _)| release == name);
        let state = self.state();
        let wanted = state.companions.iter().filter(|(id, _)| is_wanted(id));
        Ok(wanted.map(|(id, content)| Companion { id: id.clone(), content: content.clone() }).collect())
    }

    async fn write_companion(&self, companion: &Companion) -> Result<(), StoreError> {
        let mut state = self.state();
        if !state.records.contains_key(&companion.id) {
            return Err(StoreError::NotFound);
        }
        state.companions.insert(companion.id.clone(), companion.content.clone());
        Ok(())
    }
}
