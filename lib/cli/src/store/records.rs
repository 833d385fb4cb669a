//! Subcommands that move records between a store and the standard streams.

use super::{exit_status, failure};
use crate::{Failure, warn, write_stdout};
use rhelm_lib::store::line::{self, Line};
use rhelm_lib::store::whole::{self, Whole};
use rhelm_lib::store::{Driver, Head, Query, RecordId, StoreError};
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
        for (id, found) in ids.iter().zip(whole::read(driver, ids).await.map_err(told)?) {
            match found {
                Ok(mut whole) => {
                    // It means nothing in another store.
                    whole.record.head.version.clear();
                    write_stdout(line::of_whole(&whole).as_bytes())?;
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
    while let Some(whole) = input.whole()? {
        let written = if replace { whole::replace(driver, &whole).await } else { whole::create(driver, &whole).await };
        match written {
            Ok(version) => {
                let head = Head { id: whole.record.head.id, version, ..Head::default() };
                write_stdout(line::of_head(&head).as_bytes())?;
            }
            Err(error) => problems.print(whole.id(), &error)?,
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
    let mut next = input.whole()?;
    while let Some(first) = next.take() {
        let mut wholes = vec![first];
        while wholes.len() < BATCH {
            next = input.whole()?;
            // Two of one id in one batch would be written at the same time.
            let is_new = |next: &Whole| wholes.iter().all(|whole| whole.id() != next.id());
            let Some(whole) = next.take_if(|next| is_new(next)) else { break };
            wholes.push(whole);
        }
        import_batch(driver, &wholes, replace, &mut problems, &mut counts).await?;
        if next.is_none() {
            next = input.whole()?;
        }
    }
    let failed = if problems.count > 0 { format!(", {} failed", problems.count) } else { String::new() };
    warn(&format!("{} records written, {} there already{failed}", counts.written, counts.same));
    problems.end()
}

async fn import_batch(
    driver: &dyn Driver,
    wholes: &[Whole],
    replace: bool,
    problems: &mut Problems,
    counts: &mut Counts,
) -> Result<(), Failure> {
    let ids: Vec<_> = wholes.iter().map(|whole| whole.id().clone()).collect();
    let mut written = Vec::new();
    for (whole, result) in wholes.iter().zip(whole::create_all(driver, wholes).await) {
        match result {
            Ok(_) => written.push(whole),
            Err(StoreError::Exists) => match there(driver, whole, replace).await {
                Ok(true) => counts.same += 1,
                Ok(false) => written.push(whole),
                Err(error) => problems.count(whole.id(), &error),
            },
            Err(error) => problems.count(whole.id(), &error),
        }
    }
    let back = whole::read(driver, &ids).await.map_err(told)?;
    for whole in written {
        let found = ids.iter().zip(&back).find(|(id, _)| *id == whole.id()).map(|(_, found)| found);
        match found {
            Some(Ok(found)) if found.is_as(whole) => counts.written += 1,
            Some(Err(error)) => problems.count(whole.id(), error),
            _ => problems.count(whole.id(), &changed_on_its_way()),
        }
    }
    Ok(())
}

fn changed_on_its_way() -> StoreError {
    StoreError::Corrupt("the store does not keep this record as it is: what was read back differs".to_owned())
}

/// Whether a record that is there is the same; replaces it where it is not, and may.
async fn there(driver: &dyn Driver, wanted: &Whole, replace: bool) -> Result<bool, StoreError> {
    let found = whole::read(driver, std::slice::from_ref(wanted.id())).await?.pop().ok_or(StoreError::NotFound)?;
    if found.as_ref().is_ok_and(|found| found.is_as(wanted)) {
        return Ok(true);
    }
    // What was interrupted is gone on with.
    let is_half = found.is_ok_and(|found| found.is_half_of(wanted));
    if !replace && !is_half {
        return Err(StoreError::Exists);
    }
    let mut whole = wanted.clone();
    whole.record.head.version.clear();
    whole::replace(driver, &whole).await.map(|_| false)
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

    fn whole(&mut self) -> Result<Option<Whole>, Failure> {
        let Some(line) = self.line()? else { return Ok(None) };
        if let Some(error) = line.error {
            return Err(Failure::new(format!("standard input, line {}: {error}", self.number)));
        }
        let number = self.number;
        line.whole().map(Some).map_err(|error| Failure::new(format!("standard input, line {number}: {error}")))
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
