//! Records as rows of Helm's tables.
//!
//! Every write is a transaction whose outcome is checked: how many rows it changed, and whether it was committed. A row that
//! can be seen and was not changed is one that a policy protects.

use crate::migrate::{is_made, migrate};
use crate::pool::Pool;
use crate::rows::{Columns, HEAD, HEAD_COLUMNS, add_labels, and, any_of, conditions, head, namespace, newest, places};
use crate::session::Row;
use crate::settings::Database;
use async_trait::async_trait;
use rhelm_lib::store::labels::Labels;
use rhelm_lib::store::line;
use rhelm_lib::store::memory::MemoryDriver;
use rhelm_lib::store::{Companion, Driver, Head, Query, Record, RecordId, StoreError, Stray};
use std::collections::{BTreeMap, HashMap};

/// Keeps records in a database.
pub struct SqlDriver {
    pool: Pool,
}

impl SqlDriver {
    /// Connects to a database and makes Helm's tables where they are missing.
    ///
    /// # Errors
    /// When it cannot be reached, or the tables are missing and may not be made.
    pub async fn connect(database: &Database) -> Result<Self, StoreError> {
        let pool = Pool::connect(database).await?;
        migrate(pool.turn().await?.session()).await?;
        Ok(Self { pool })
    }

    /// Opens a database for somebody who writes nothing: where the tables are missing, they stay so, and there are no records.
    ///
    /// # Errors
    /// When it cannot be reached, or has only some of the tables.
    pub async fn look(database: &Database) -> Result<Box<dyn Driver>, StoreError> {
        if let Database::Sqlite(path) = database
            && !path.exists()
        {
            return Ok(Box::<MemoryDriver>::default());
        }
        let driver = Self { pool: Pool::connect(database).await? };
        let is_made = is_made(driver.pool.turn().await?.session()).await?;
        if is_made { Ok(Box::new(driver)) } else { Ok(Box::new(MemoryDriver::in_place_of(driver.place().await?))) }
    }
}

#[async_trait]
impl Driver for SqlDriver {
    fn name(&self) -> &'static str {
        "SQL"
    }

    async fn place(&self) -> Result<String, StoreError> {
        self.pool.turn().await?.place().await
    }

    fn shows_system_labels(&self) -> bool {
        false
    }

    async fn heads(&self, query: &Query) -> Result<Vec<Head>, StoreError> {
        let mut turn = self.pool.turn().await?;
        let namespace = Some(query.namespace.as_str()).filter(|namespace| !namespace.is_empty());
        let (filter, params) =
            conditions(&[("owner", Some("helm")), ("namespace", namespace), ("name", query.name.as_deref())]);
        let from = if query.newest { newest(&filter) } else { format!("releases_v1 r{filter}") };
        let heads = format!("SELECT {HEAD} FROM {from}");
        let (filter, of_labels) = conditions(&[("r.namespace", namespace), ("r.name", query.name.as_deref())]);
        let sql = "SELECT l.releaseKey, l.releaseNamespace, l.key, l.value FROM custom_labels_v1 l \
                   JOIN releases_v1 r ON r.key = l.releaseKey AND r.namespace = l.releaseNamespace";
        let [mut rows, labels] = turn.ask_both((&heads, &params), (&format!("{sql}{filter}"), &of_labels)).await?;
        let mut heads: Vec<_> = rows.iter_mut().map(head).collect();
        add_labels(heads.iter_mut(), labels);
        Ok(heads)
    }

    async fn hidden(&self, namespace: &str) -> Result<Vec<Head>, StoreError> {
        let mut turn = self.pool.turn().await?;
        let namespace = Some(namespace).filter(|namespace| !namespace.is_empty());
        let (filter, params) = conditions(&[("namespace", namespace)]);
        let sql = format!("SELECT {HEAD} FROM releases_v1 r{}", and(&filter, "owner <> 'helm'"));
        let mut rows = turn.ask(&sql, &params).await?;
        Ok(rows.iter_mut().map(head).filter(Head::is_hidden).collect())
    }

    async fn read(&self, ids: &[RecordId]) -> Result<Vec<Result<Record, StoreError>>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut turn = self.pool.turn().await?;
        let places = places(ids);
        let (filter, params) = any_of(ids, &places, "key", "namespace");
        let records = format!("SELECT {HEAD}, r.body FROM releases_v1 r WHERE {filter}");
        let (filter, _) = any_of(ids, &places, "releaseKey", "releaseNamespace");
        let labels = format!("SELECT releaseKey, releaseNamespace, key, value FROM custom_labels_v1 WHERE {filter}");
        let [rows, labels] = turn.ask_both((&records, &params), (&labels, &params)).await?;
        let record = |mut row: Row| Record { head: head(&mut row), body: row.text(HEAD_COLUMNS).into_bytes() };
        let mut found: Vec<_> = rows.into_iter().map(record).collect();
        add_labels(found.iter_mut().map(|record| &mut record.head), labels);
        let mut found: HashMap<_, _> = found.into_iter().map(|record| (record.head.id.clone(), record)).collect();
        let record = |(at, id): (usize, &RecordId)| {
            let is_asked_again = ids[at + 1..].contains(id);
            let id = RecordId { namespace: namespace(id).to_owned(), ..id.clone() };
            let record = if is_asked_again { found.get(&id).cloned() } else { found.remove(&id) };
            record.ok_or(StoreError::NotFound)
        };
        Ok(ids.iter().enumerate().map(record).collect())
    }

    async fn create(&self, record: &Record) -> Result<String, StoreError> {
        let columns = Columns::of(record)?;
        let mut turn = self.pool.turn().await?;
        turn.begin().await?;
        let result = turn.create(&record.head.id, &columns).await;
        turn.end(result).await
    }

    async fn replace(&self, record: &Record) -> Result<String, StoreError> {
        let mut turn = self.pool.turn().await?;
        turn.begin().await?;
        let result = turn.replace(record).await;
        turn.end(result).await
    }

    async fn delete(&self, id: &RecordId) -> Result<(), StoreError> {
        let mut turn = self.pool.turn().await?;
        turn.begin().await?;
        let result = turn.remove(id).await;
        turn.end(result).await
    }

    fn keeps_companions(&self) -> bool {
        true
    }

    async fn companions(&self, namespace: &str, name: &str) -> Result<Vec<Companion>, StoreError> {
        self.pool.turn().await?.companions(namespace, name).await
    }

    async fn companions_of(&self, ids: &[RecordId]) -> Result<Vec<Companion>, StoreError> {
        self.pool.turn().await?.companions_of(ids).await
    }

    async fn write_companion(&self, companion: &Companion) -> Result<(), StoreError> {
        let mut turn = self.pool.turn().await?;
        turn.make_companions().await?;
        turn.begin().await?;
        let result = turn.put_companion(companion).await;
        turn.end(result).await
    }

    async fn prepare(&self) -> Result<(), StoreError> {
        Ok(self.pool.turn().await?.make_companions().await?)
    }

    async fn strays(&self, namespace: &str) -> Result<Vec<Stray>, StoreError> {
        let mut turn = self.pool.turn().await?;
        let namespace = Some(namespace).filter(|namespace| !namespace.is_empty());
        let (filter, params) = conditions(&[("l.releaseNamespace", namespace)]);
        let sql = format!(
            "SELECT l.releaseKey, l.releaseNamespace, l.key, l.value FROM custom_labels_v1 l{} ORDER BY 1, 2, 3, 4",
            and(&filter, NO_RECORD)
        );
        let mut labels: BTreeMap<RecordId, Labels> = BTreeMap::new();
        for mut row in turn.ask(&sql, &params).await? {
            let id = RecordId { key: row.text(0), namespace: row.text(1) };
            labels.entry(id).or_default().insert(row.text(2), row.text(3));
        }
        let stray = |(id, labels): (RecordId, Labels)| {
            let what = format!("{} labels of no record: the next record of this key would inherit them", labels.len());
            let content = line::of_head(&Head { id: id.clone(), labels, version: String::new() }).trim_end().to_owned();
            Stray { id, what, content }
        };
        Ok(labels.into_iter().map(stray).collect())
    }

    async fn remove_stray(&self, stray: &Stray) -> Result<(), StoreError> {
        let mut turn = self.pool.turn().await?;
        turn.begin().await?;
        let result = turn.remove_stray_labels(&stray.id).await;
        turn.end(result).await
    }
}

const NO_RECORD: &str =
    "NOT EXISTS (SELECT 1 FROM releases_v1 r WHERE r.key = l.releaseKey AND r.namespace = l.releaseNamespace)";
