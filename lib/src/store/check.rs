//! What is wrong with the records of a store, and how it can be put right.
//!
//! Every repair begins with a copy of the record as it was: put back with `import --replace`, it undoes the repair.

use super::labels::{self, Labels};
use super::line;
use super::whole;
use super::{Driver, Head, Query, Record, RecordId, StoreError, Stray};
use crate::release::record::{self, RecordError};
use crate::release::time::Time;
use crate::release::{Release, Status};
use std::collections::BTreeMap;

/// How many bodies are held at once.
const BATCH: usize = 64;
/// What a Secret or a ConfigMap may hold.
const LARGEST: usize = 1 << 20;

/// What to look at, and when.
#[derive(Clone, Debug)]
pub struct CheckOptions {
    /// The only namespace; empty for all.
    pub namespace: String,
    /// Seconds since 1970.
    pub now: i64,
    /// After how many seconds an operation that is still pending is taken for dead.
    pub pending_after: i64,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// The record, or the one that a stray would belong to.
    pub id: RecordId,
    /// What kind of problem it is, as one word.
    pub problem: &'static str,
    /// A sentence about it, without any of the record's content.
    pub detail: String,
    /// How to put it right; `None` where nothing has to be done.
    pub repair: Option<Repair>,
}

/// How a problem is put right.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Repair {
    /// Take the record out of the store.
    Quarantine,
    /// Give the record the labels that its body asks for.
    Relabel,
    /// Give the release another status.
    SetStatus(Status),
    /// Take the stray out of the store.
    RemoveStray(Stray),
}

impl Repair {
    /// What it does, in a few words.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Quarantine => "take it out".to_owned(),
            Self::Relabel => "set its labels to what its body says".to_owned(),
            Self::SetStatus(status) => format!("set its status to {status}"),
            Self::RemoveStray(_) => "remove it".to_owned(),
        }
    }
}

/// What is needed of a record once its body is gone.
struct Seen {
    head: Head,
    status: Status,
}

/// Everything that is wrong, by release and revision.
///
/// # Errors
/// When the store cannot be read.
pub async fn check(driver: &dyn Driver, options: &CheckOptions) -> Result<Vec<Finding>, StoreError> {
    let mut heads = driver.heads(&Query { namespace: options.namespace.clone(), name: None, ..Query::default() }).await?;
    heads.extend(driver.hidden(&options.namespace).await?);
    heads.sort_by(|a, b| (&a.id.namespace, a.name(), a.revision()).cmp(&(&b.id.namespace, b.name(), b.revision())));
    let mut findings = Vec::new();
    let mut releases: BTreeMap<(String, String), Vec<Seen>> = BTreeMap::new();
    for heads in heads.chunks(BATCH) {
        let ids: Vec<_> = heads.iter().map(|head| head.id.clone()).collect();
        for (head, found) in heads.iter().zip(driver.read(&ids).await?) {
            let status = match found {
                Ok(record) if head.is_hidden() && record.body.is_empty() => {
                    let detail = "it is no record, and stands where one would be".to_owned();
                    findings.push(finding(&head.id, "undecodable", detail, None));
                    continue;
                }
                Ok(record) => one(&record, options, &mut findings),
                // Somebody removed it meanwhile.
                Err(StoreError::NotFound) => continue,
                Err(error @ StoreError::Corrupt(_)) => {
                    findings.push(finding(&head.id, "undecodable", error.to_string(), Some(Repair::Quarantine)));
                    None
                }
                Err(error) => return Err(error),
            };
            let release = releases.entry((head.id.namespace.clone(), head.name().to_owned())).or_default();
            release.push(Seen { head: head.clone(), status: status.unwrap_or_default() });
        }
    }
    for revisions in releases.values() {
        several_deployed(revisions, &mut findings);
        gaps(revisions, &mut findings);
    }
    for stray in driver.strays(&options.namespace).await? {
        findings.push(finding(&stray.id, "stray", stray.what.clone(), Some(Repair::RemoveStray(stray.clone()))));
    }
    findings.sort_by(|a, b| order(&a.id).cmp(&order(&b.id)));
    Ok(findings)
}

fn order(id: &RecordId) -> (&str, &str, u32) {
    let (name, revision) = id.parts().unwrap_or((&id.key, 0));
    (&id.namespace, name, revision)
}

fn finding(id: &RecordId, problem: &'static str, detail: String, repair: Option<Repair>) -> Finding {
    Finding { id: id.clone(), problem, detail, repair }
}

/// What is wrong with a record of its own; its status, where it can be decoded.
fn one(record: &Record, options: &CheckOptions, findings: &mut Vec<Finding>) -> Option<Status> {
    let id = &record.head.id;
    if record.body.len() > LARGEST {
        let detail = format!("{} bytes: too much for a Secret or a ConfigMap that Helm can use", record.body.len());
        findings.push(finding(id, "oversized", detail, None));
    }
    let release = match record::decode(&record.body) {
        Ok(release) => release,
        Err(error) => {
            findings.push(finding(id, "undecodable", error.to_string(), Some(Repair::Quarantine)));
            return None;
        }
    };
    findings.extend(mismatch(&record.head, &release));
    findings.extend(abandoned(id, &release, options));
    Some(release.info.status)
}

fn mismatch(head: &Head, release: &Release) -> Option<Finding> {
    let id = &head.id;
    if id.parts() != Some((&release.name, release.revision)) || id.namespace != release.namespace {
        let detail = format!("its body is of {} revision {} in {}", release.name, release.revision, release.namespace);
        return Some(finding(id, "misplaced", detail, Some(Repair::Quarantine)));
    }
    let wrong: Vec<_> = labels::system(&release.name, release.info.status, release.revision)
        .into_iter()
        .filter(|(name, value)| head.labels.get(name) != Some(value))
        .map(|(name, value)| {
            format!("label {name} is {:?}, the body says {value:?}", head.labels.get(&name).map_or("", |v| v))
        })
        .collect();
    (!wrong.is_empty()).then(|| finding(id, "mismatch", wrong.join("; "), Some(Repair::Relabel)))
}

fn abandoned(id: &RecordId, release: &Release, options: &CheckOptions) -> Option<Finding> {
    if !release.info.status.is_pending() {
        return None;
    }
    let began = Time::parse(&release.info.last_deployed).ok().flatten().map_or(0, |time| time.instant().as_second());
    let age = options.now.saturating_sub(began);
    let detail = format!("{} for {age} seconds", release.info.status);
    (age > options.pending_after).then(|| finding(id, "pending", detail, Some(Repair::SetStatus(Status::Failed))))
}

/// All but the newest deployed revision should be superseded.
fn several_deployed(revisions: &[Seen], findings: &mut Vec<Finding>) {
    let deployed: Vec<_> = revisions.iter().filter(|seen| seen.status == Status::Deployed).collect();
    let Some((newest, older)) = deployed.split_last() else { return };
    for seen in older {
        let detail = format!("deployed, and so is revision {}", newest.head.revision());
        findings.push(finding(&seen.head.id, "deployed", detail, Some(Repair::SetStatus(Status::Superseded))));
    }
}

/// Revisions that are missing between others. The deployed one outlives those that `--history-max` removes after it.
fn gaps(revisions: &[Seen], findings: &mut Vec<Finding>) {
    for pair in revisions.windows(2) {
        let (before, after) = (pair[0].head.revision(), pair[1].head.revision());
        if after > before.saturating_add(1) {
            let detail = format!("nothing between revisions {before} and {after}; no harm where the history is limited");
            findings.push(finding(&pair[1].head.id, "gap", detail, None));
        }
    }
}

/// Takes a line that the repair's record, or stray, can be made from again, and returns when it is safe.
pub type Keep<'a> = &'a mut (dyn FnMut(&str) -> Result<(), StoreError> + Send);

/// Puts one problem right, after `keep` has what was there before; whether there was anything to do.
///
/// # Errors
/// When the store refuses, or the record was changed by someone else meanwhile.
pub async fn repair(driver: &dyn Driver, finding: &Finding, keep: Keep<'_>) -> Result<bool, StoreError> {
    let Some(repair) = &finding.repair else { return Ok(false) };
    if let Repair::RemoveStray(stray) = repair {
        keep(&format!("{}\n", stray.content))?;
        driver.remove_stray(stray).await?;
        return Ok(true);
    }
    let found = whole::read(driver, std::slice::from_ref(&finding.id)).await?.pop().ok_or(StoreError::NotFound)?;
    let whole = match found {
        Ok(whole) => whole,
        // It holds nothing that could be kept.
        Err(StoreError::Corrupt(_)) if *repair == Repair::Quarantine => {
            driver.delete(&finding.id).await?;
            return Ok(true);
        }
        Err(error) => return Err(error),
    };
    keep(&line::of_whole(&whole))?;
    match changed(repair, &whole.record)? {
        Some(record) => driver.replace(&record).await.map(|_| ())?,
        None => driver.delete(&finding.id).await?,
    }
    Ok(true)
}

/// The record after its repair; `None` when it goes.
fn changed(repair: &Repair, record: &Record) -> Result<Option<Record>, StoreError> {
    let unreadable = |error: RecordError| StoreError::Corrupt(error.to_string());
    let mut record = record.clone();
    match repair {
        Repair::Quarantine | Repair::RemoveStray(_) => return Ok(None),
        Repair::Relabel => {
            let release = record::decode(&record.body).map_err(unreadable)?;
            set_labels(&mut record.head.labels, &release);
        }
        Repair::SetStatus(status) => {
            let mut release = record::decode(&record.body).map_err(unreadable)?;
            release.info.status = *status;
            record.body = record::encode(&release).map_err(unreadable)?.into_bytes();
            set_labels(&mut record.head.labels, &release);
        }
    }
    Ok(Some(record))
}

fn set_labels(labels: &mut Labels, release: &Release) {
    labels.extend(labels::system(&release.name, release.info.status, release.revision));
}
