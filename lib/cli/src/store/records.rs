//! Subcommands that move records between a store and the standard streams.

use super::{exit_status, failure};
use crate::{Failure, warn, write_stdout};
use rhelm_lib::store::line::{self, Line};
use rhelm_lib::store::{Driver, Head, Query, Record, RecordId, StoreError};
use std::io::BufRead;

/// How many records are held at once.
const BATCH: usize = 64;

/// What went wrong with single records: each is told of, the first decides how the program ends.
#[derive(Default)]
struct Problems {
    first: Option<u8>,
    count: usize,
}

impl Problems {
    /// Prints a problem as a line on standard output.
    fn print(&mut self, id: &RecordId, error: &StoreError) -> Result<(), Failure> {
        self.count(id, error);
        write_stdout(line::of_error(id, error).as_bytes())
    }

    fn count(&mut self, id: &RecordId, error: &StoreError) {
        warn(&format!("{}/{}: {error}", id.namespace, id.key));
        self.first = self.first.or(Some(exit_status(error)));
        self.count += 1;
    }

    /// All has been said already: only the exit status is left.
    fn end(self) -> Result<(), Failure> {
        self.first.map_or(Ok(()), |status| Err(Failure::silent(status)))
    }
}

fn told(error: StoreError) -> Failure {
    failure(&error)
}

async fn heads(driver: &dyn Driver, query: &Query) -> Result<Vec<Head>, Failure> {
    let mut heads = driver.heads(query).await.map_err(told)?;
    heads.sort_by(|a, b| (&a.id.namespace, a.name(), a.revision()).cmp(&(&b.id.namespace, b.name(), b.revision())));
    Ok(heads)
}

pub(super) async fn list(driver: &dyn Driver, query: &Query) -> Result<(), Failure> {
    let lines: String = heads(driver, query).await?.iter().map(line::of_head).collect();
    write_stdout(lines.as_bytes())
}

pub(super) async fn export(driver: &dyn Driver, query: &Query) -> Result<(), Failure> {
    let ids: Vec<_> = heads(driver, query).await?.into_iter().map(|head| head.id).collect();
    let mut problems = Problems::default();
    for ids in ids.chunks(BATCH) {
        for (id, found) in ids.iter().zip(driver.read(ids).await.map_err(told)?) {
            match found {
                Ok(mut record) => {
                    // It means nothing in another store.
                    record.head.version.clear();
                    write_stdout(line::of_record(&record).as_bytes())?;
                }
                // Somebody removed it meanwhile.
                Err(StoreError::NotFound) => {}
                Err(error) => problems.count(id, &error),
            }
        }
    }
    problems.end()
}

pub(super) async fn get(driver: &dyn Driver, ids: Option<Vec<RecordId>>) -> Result<(), Failure> {
    let mut problems = Problems::default();
    let mut input = Input::new(ids);
    loop {
        let ids = input.ids()?;
        if ids.is_empty() {
            return problems.end();
        }
        for (id, found) in ids.iter().zip(driver.read(&ids).await.map_err(told)?) {
            match found {
                Ok(record) => write_stdout(line::of_record(&record).as_bytes())?,
                Err(error) => problems.print(id, &error)?,
            }
        }
    }
}

pub(super) async fn delete(driver: &dyn Driver, ids: Option<Vec<RecordId>>) -> Result<(), Failure> {
    let mut problems = Problems::default();
    let mut input = Input::new(ids);
    loop {
        let ids = input.ids()?;
        if ids.is_empty() {
            return problems.end();
        }
        for id in &ids {
            match driver.delete(id).await {
                Ok(()) => write_stdout(line::of_id(id).as_bytes())?,
                Err(error) => problems.print(id, &error)?,
            }
        }
    }
}

pub(super) async fn put(driver: &dyn Driver, replace: bool) -> Result<(), Failure> {
    let mut problems = Problems::default();
    let mut input = Input::new(None);
    while let Some(record) = input.record()? {
        let written = if replace { driver.replace(&record).await } else { driver.create(&record).await };
        match written {
            Ok(version) => {
                let head = Head { id: record.head.id, version, ..Head::default() };
                write_stdout(line::of_head(&head).as_bytes())?;
            }
            Err(error) => problems.print(&record.head.id, &error)?,
        }
    }
    problems.end()
}

/// How many records were written, and how many were there already.
#[derive(Default)]
struct Counts {
    written: usize,
    same: usize,
}

pub(super) async fn import(driver: &dyn Driver, replace: bool) -> Result<(), Failure> {
    let (mut problems, mut counts) = (Problems::default(), Counts::default());
    let mut input = Input::new(None);
    let mut next = input.record()?;
    while let Some(first) = next.take() {
        let mut records = vec![first];
        while records.len() < BATCH {
            next = input.record()?;
            // Two of one id in one batch would be written at the same time.
            let is_new = |next: &Record| records.iter().all(|record| record.head.id != next.head.id);
            let Some(record) = next.take_if(|next| is_new(next)) else { break };
            records.push(record);
        }
        import_batch(driver, &records, replace, &mut problems, &mut counts).await?;
        if next.is_none() {
            next = input.record()?;
        }
    }
    let failed = if problems.count > 0 { format!(", {} failed", problems.count) } else { String::new() };
    warn(&format!("{} records written, {} there already{failed}", counts.written, counts.same));
    problems.end()
}

async fn import_batch(
    driver: &dyn Driver,
    records: &[Record],
    replace: bool,
    problems: &mut Problems,
    counts: &mut Counts,
) -> Result<(), Failure> {
    let ids: Vec<_> = records.iter().map(|record| record.head.id.clone()).collect();
    let mut written = Vec::new();
    for (record, result) in records.iter().zip(driver.create_all(records).await) {
        match result {
            Ok(_) => written.push(record),
            Err(StoreError::Exists) => match there(driver, record, replace).await {
                Ok(true) => counts.same += 1,
                Ok(false) => written.push(record),
                Err(error) => problems.count(&record.head.id, &error),
            },
            Err(error) => problems.count(&record.head.id, &error),
        }
    }
    let back = driver.read(&ids).await.map_err(told)?;
    for record in written {
        let found = ids.iter().zip(&back).find(|(id, _)| **id == record.head.id).map(|(_, found)| found);
        match found {
            Some(Ok(found)) if line::digest(found) == line::digest(record) => counts.written += 1,
            Some(Err(error)) => problems.count(&record.head.id, error),
            _ => problems.count(&record.head.id, &changed_on_its_way()),
        }
    }
    Ok(())
}

fn changed_on_its_way() -> StoreError {
    StoreError::Corrupt("the store does not keep this record as it is: what was read back differs".to_owned())
}

/// Whether a record that is there is the same; replaces it where it is not, and may.
async fn there(driver: &dyn Driver, record: &Record, replace: bool) -> Result<bool, StoreError> {
    let found = driver.read(std::slice::from_ref(&record.head.id)).await?.pop().ok_or(StoreError::NotFound)?;
    if found.is_ok_and(|found| line::digest(&found) == line::digest(record)) {
        return Ok(true);
    }
    if !replace {
        return Err(StoreError::Exists);
    }
    let head = Head { version: String::new(), ..record.head.clone() };
    driver.replace(&Record { head, body: record.body.clone() }).await.map(|_| false)
}

/// Lines of standard input, or ids from the command line.
struct Input {
    given: Option<Vec<RecordId>>,
    number: usize,
}

impl Input {
    fn new(given: Option<Vec<RecordId>>) -> Self {
        Self { given, number: 0 }
    }

    /// The next ids; none at the end.
    fn ids(&mut self) -> Result<Vec<RecordId>, Failure> {
        if let Some(given) = &mut self.given {
            return Ok(std::mem::take(given));
        }
        let mut ids = Vec::new();
        while ids.len() < BATCH {
            let Some(line) = self.line()? else { break };
            ids.push(line.head.id);
        }
        Ok(ids)
    }

    fn record(&mut self) -> Result<Option<Record>, Failure> {
        let Some(line) = self.line()? else { return Ok(None) };
        if let Some(error) = line.error {
            return Err(Failure::new(format!("standard input, line {}: {error}", self.number)));
        }
        let number = self.number;
        line.record().map(Some).map_err(|error| Failure::new(format!("standard input, line {number}: {error}")))
    }

    /// The next line that is not blank.
    fn line(&mut self) -> Result<Option<Line>, Failure> {
        loop {
            let mut text = String::new();
            if std::io::stdin().lock().read_line(&mut text)? == 0 {
                return Ok(None);
            }
            self.number += 1;
            if !text.trim().is_empty() {
                let wrong = |error| Failure::new(format!("standard input, line {}: {error}", self.number));
                return line::read(&text).map(Some).map_err(wrong);
            }
        }
    }
}
