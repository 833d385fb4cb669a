//! Records with what is kept beside them, as they move from store to store: read, written and compared as one.
//!
//! Where a record comes without anything beside it, what the store has there is left as it is.

use super::line;
use super::{Companion, Driver, Record, RecordId, StoreError};
use futures_util::{StreamExt, stream};
use std::collections::BTreeMap;

/// How many are written at once.
const AT_ONCE: usize = 16;

/// A record and what is kept beside it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Whole {
    /// The record.
    pub record: Record,
    /// The content of its [`Companion`], if it has one.
    pub companion: Option<String>,
}

impl Whole {
    /// Where the record is.
    #[must_use]
    pub fn id(&self) -> &RecordId {
        &self.record.head.id
    }

    /// A digest of all of it; that of the record where nothing is beside it.
    #[must_use]
    pub fn digest(&self) -> String {
        let record = line::digest(&self.record);
        match &self.companion {
            Some(companion) => line::hash(&[record.as_bytes(), companion.as_bytes()]),
            None => record,
        }
    }

    /// This as it matters to one that is to be written in its place, which says nothing of a companion when it has none.
    #[must_use]
    pub fn beside(mut self, wanted: &Self) -> Self {
        if wanted.companion.is_none() {
            self.companion = None;
        }
        self
    }

    /// Whether this is what another one is to be in a store.
    #[must_use]
    pub fn is_as(&self, wanted: &Self) -> bool {
        let is_beside = wanted.companion.is_none() || self.companion == wanted.companion;
        is_beside && self.has_record_of(wanted)
    }

    /// Whether this is another one of which only the record was written, which comes first.
    #[must_use]
    pub fn is_half_of(&self, wanted: &Self) -> bool {
        self.companion.is_none() && wanted.companion.is_some() && self.has_record_of(wanted)
    }

    fn has_record_of(&self, other: &Self) -> bool {
        line::digest(&self.record) == line::digest(&other.record)
    }

    async fn write_companion(&self, driver: &dyn Driver) -> Result<(), StoreError> {
        let Some(content) = self.companion.clone() else { return Ok(()) };
        driver.write_companion(&Companion { id: self.id().clone(), content }).await
    }

    fn check(&self, driver: &dyn Driver) -> Result<(), StoreError> {
        if self.companion.is_none() || driver.keeps_companions() {
            return Ok(());
        }
        let why = "this store keeps nothing beside its records, and beside this one is its pipeline";
        Err(StoreError::Failed(why.to_owned()))
    }
}

/// The records of these ids, in their order, with what is beside them.
///
/// # Errors
/// As [`Driver::read`].
pub async fn read(driver: &dyn Driver, ids: &[RecordId]) -> Result<Vec<Result<Whole, StoreError>>, StoreError> {
    let records = driver.read(ids).await?;
    let companions = driver.companions_of(ids).await?;
    let mut companions: BTreeMap<_, _> = companions.into_iter().map(|beside| (beside.id, beside.content)).collect();
    let mut whole = |record: Record| Whole { companion: companions.remove(&record.head.id), record };
    Ok(records.into_iter().map(|record| record.map(&mut whole)).collect())
}

/// Writes a new record, then what is beside it; the record's version.
///
/// # Errors
/// As [`Driver::create`] and [`Driver::write_companion`].
pub async fn create(driver: &dyn Driver, whole: &Whole) -> Result<String, StoreError> {
    whole.check(driver)?;
    let version = driver.create(&whole.record).await?;
    whole.write_companion(driver).await?;
    Ok(version)
}

/// Writes new records, no two of one id, in any order; the result of each.
pub async fn create_all(driver: &dyn Driver, wholes: &[Whole]) -> Vec<Result<String, StoreError>> {
    let writes: Vec<_> = wholes.iter().map(|whole| create(driver, whole)).collect();
    stream::iter(writes).buffered(AT_ONCE).collect().await
}

/// Replaces a record, then what is beside it; the record's version.
///
/// # Errors
/// As [`Driver::replace`] and [`Driver::write_companion`].
pub async fn replace(driver: &dyn Driver, whole: &Whole) -> Result<String, StoreError> {
    whole.check(driver)?;
    let version = driver.replace(&whole.record).await?;
    whole.write_companion(driver).await?;
    Ok(version)
}
