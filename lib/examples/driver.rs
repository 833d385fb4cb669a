//! A driver of one's own: one that only reads, whatever it is put before.
#![expect(clippy::print_stdout, reason = "an example has no other way to tell")]

use async_trait::async_trait;
use rhelm_lib::release::Release;
use rhelm_lib::store::memory::MemoryDriver;
use rhelm_lib::store::{Driver, Head, Query, Record, RecordId, Store, StoreError};
use rhelm_testutil::world::at_once;

/// Passes reads on and refuses writes.
struct ReadOnly<D>(D);

fn refused<T>() -> Result<T, StoreError> {
    Err(StoreError::Denied("this store is read-only".into()))
}

#[async_trait]
impl<D: Driver> Driver for ReadOnly<D> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    async fn heads(&self, query: &Query) -> Result<Vec<Head>, StoreError> {
        self.0.heads(query).await
    }

    async fn read(&self, ids: &[RecordId]) -> Result<Vec<Result<Record, StoreError>>, StoreError> {
        self.0.read(ids).await
    }

    async fn create(&self, _: &Record) -> Result<String, StoreError> {
        refused()
    }

    async fn replace(&self, _: &Record) -> Result<String, StoreError> {
        refused()
    }

    async fn delete(&self, _: &RecordId) -> Result<(), StoreError> {
        refused()
    }
}

/// What comes of recording a release there.
fn record() -> Result<(), StoreError> {
    let store = Store::new(Box::new(ReadOnly(MemoryDriver::default())), || 0);
    let release = Release { name: "web".into(), namespace: "default".into(), revision: 1, ..Release::default() };
    at_once(store.create(&release))
}

fn main() {
    println!("{:?}", record());
}

#[test]
fn nothing_is_written() {
    assert_eq!(record(), refused());
}
