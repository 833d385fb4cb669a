//! Moving records from one store to another, with what is kept beside them: copied, read back and compared, and gone on with after any interruption.
//!
//! ```text
//! source → read → decide → target → read back → compare → journal          (finish: journal → delete from the source)
//! ```
//! The journal knows the content that both stores had of each record at last. It is what tells a record that changed in one
//! store from one that changed in both: the first is copied again, the second is left to the user. Nothing is ever removed
//! from a store without being in the other, except where the user asks for it.

mod journal;

pub use journal::{Append, End, Journal, JournalError};

use super::whole::{self, Whole};
use super::{Driver, Head, Query, RecordId, StoreError};
use std::collections::{BTreeMap, BTreeSet};

/// How many records are held at once, twice.
const BATCH: usize = 64;

/// From where to where.
pub struct Migration<'a> {
    /// Where records are read.
    pub source: &'a dyn Driver,
    /// Where they are written.
    pub target: &'a dyn Driver,
    /// The only namespace; empty for all.
    pub namespace: String,
    /// Decide, and write nothing.
    pub dry_run: bool,
    /// Remove from the target what was removed from the source since it was copied.
    pub prune: bool,
}

/// What became of a record.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// It was not in the target, and is now.
    Copied,
    /// It was in the target already.
    Same,
    /// It had changed in the source since it was copied, and was copied again.
    Updated,
    /// It was removed from the source since it was copied, and now from the target.
    Pruned,
    /// It was removed from the source since it was copied, and is still in the target.
    Left,
    /// It was removed from the target since it was copied, and is not copied again.
    Gone,
    /// It has changed in the target: in use there.
    Ahead,
    /// It is in both, in two versions of which none is known to be the older one.
    Differs,
    /// It is in the target, and no longer in the source.
    Finished,
    /// It cannot be moved.
    Failed(StoreError),
}

impl Outcome {
    /// One word for it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Copied => "copied",
            Self::Same => "same",
            Self::Updated => "updated",
            Self::Pruned => "pruned",
            Self::Left => "left",
            Self::Gone => "gone",
            Self::Ahead => "ahead",
            Self::Differs => "differs",
            Self::Finished => "finished",
            Self::Failed(_) => "failed",
        }
    }

    /// Whether the user has to see to it.
    #[must_use]
    pub fn is_problem(&self) -> bool {
        matches!(self, Self::Differs | Self::Failed(_))
    }
}

/// Is told what became of each record.
pub type Tell<'a> = &'a mut (dyn FnMut(&RecordId, &Outcome) + Send);

impl Migration<'_> {
    /// Copies what is to be copied, oldest revisions first.
    ///
    /// # Errors
    /// When a store or the journal fails as a whole. What fails for one record is told of that record alone.
    pub async fn run(&self, journal: &mut Journal<'_>, tell: Tell<'_>) -> Result<(), StoreError> {
        let ids = oldest_first(self.heads(self.source).await?);
        for wave in waves(&ids) {
            self.copy(wave, journal, tell).await?;
        }
        let present: BTreeSet<RecordId> = ids.into_iter().collect();
        let removed: Vec<_> = journal.ids(&self.namespace).filter(|id| !present.contains(id)).cloned().collect();
        for ids in removed.chunks(BATCH) {
            self.follow_removal(ids, journal, tell).await?;
        }
        Ok(())
    }

    /// Removes from the source all that is in the target, when that is all there is in the source.
    ///
    /// # Errors
    /// As [`Migration::run`]; and [`StoreError::Failed`], before anything is removed, when a record was not copied.
    pub async fn finish(&self, journal: &mut Journal<'_>, tell: Tell<'_>) -> Result<(), StoreError> {
        let ids = oldest_first(self.heads(self.source).await?);
        let mut missing = 0;
        for ids in ids.chunks(BATCH) {
            let pairs = self.pairs(ids).await?;
            missing += pairs.into_iter().filter(|pair| !is_safe(journal, pair)).count();
        }
        if missing > 0 {
            return Err(StoreError::Failed(format!(
                "{missing} of {} records are not in the target as they are in the source: migrate again before --finish",
                ids.len()
            )));
        }
        for ids in ids.chunks(BATCH) {
            self.remove(ids, journal, tell).await?;
        }
        Ok(())
    }

    async fn heads(&self, driver: &dyn Driver) -> Result<Vec<Head>, StoreError> {
        driver.heads(&Query { namespace: self.namespace.clone(), name: None, ..Query::default() }).await
    }

    async fn pairs(&self, ids: &[RecordId]) -> Result<Vec<Pair>, StoreError> {
        let (source, target) = (whole::read(self.source, ids).await?, whole::read(self.target, ids).await?);
        let pairs = ids.iter().cloned().zip(source).zip(target);
        Ok(pairs.map(|((id, source), target)| Pair { id, source, target }).collect())
    }

    async fn copy(&self, ids: &[RecordId], journal: &mut Journal<'_>, tell: Tell<'_>) -> Result<(), StoreError> {
        let mut new = Vec::new();
        let mut changed = Vec::new();
        let mut same = Vec::new();
        for pair in self.pairs(ids).await? {
            let id = pair.id.clone();
            match decide(journal.digest(&id), pair) {
                Decision::Create(whole) => new.push(*whole),
                Decision::Replace(whole) => changed.push(*whole),
                Decision::Note(digest) => same.push((id, digest)),
                Decision::Skip(outcome) => tell(&id, &outcome),
            }
        }
        for (id, _) in &same {
            tell(id, &Outcome::Same);
        }
        if self.dry_run {
            new.iter().for_each(|whole| tell(whole.id(), &Outcome::Copied));
            changed.iter().for_each(|whole| tell(whole.id(), &Outcome::Updated));
            return Ok(());
        }
        journal.note(&same)?;
        let created = whole::create_all(self.target, &new).await;
        let mut replaced = Vec::new();
        for whole in &changed {
            replaced.push(whole::replace(self.target, whole).await);
        }
        self.compare(&new, created, &Outcome::Copied, journal, tell).await?;
        self.compare(&changed, replaced, &Outcome::Updated, journal, tell).await
    }

    /// Reads back what was written, and notes it when it is what it was to be.
    async fn compare(
        &self,
        written: &[Whole],
        results: Vec<Result<String, StoreError>>,
        outcome: &Outcome,
        journal: &mut Journal<'_>,
        tell: Tell<'_>,
    ) -> Result<(), StoreError> {
        let ids: Vec<_> = written.iter().map(|whole| whole.id().clone()).collect();
        let mut notes = Vec::new();
        let mut outcomes = Vec::new();
        for ((whole, result), back) in written.iter().zip(results).zip(whole::read(self.target, &ids).await?) {
            let outcome = match (result, back) {
                (Err(error), _) | (Ok(_), Err(error)) => Outcome::Failed(error),
                (Ok(_), Ok(back)) if back.is_as(whole) => {
                    notes.push((whole.id().clone(), whole.digest()));
                    outcome.clone()
                }
                (Ok(_), Ok(_)) => Outcome::Failed(StoreError::Corrupt(
                    "the target does not keep this record as it is: what was read back differs".to_owned(),
                )),
            };
            outcomes.push((whole.id(), outcome));
        }
        journal.note(&notes)?;
        outcomes.iter().for_each(|(id, outcome)| tell(id, outcome));
        Ok(())
    }

    async fn follow_removal(&self, ids: &[RecordId], journal: &mut Journal<'_>, tell: Tell<'_>) -> Result<(), StoreError> {
        for (id, found) in ids.iter().zip(whole::read(self.target, ids).await?) {
            let is_unchanged = found.as_ref().is_ok_and(|whole| journal.digest(id) == Some(&whole.digest()));
            let outcome = match found {
                Err(StoreError::NotFound) => {
                    if !self.dry_run {
                        journal.forget(std::slice::from_ref(id))?;
                    }
                    continue;
                }
                Err(error) => Outcome::Failed(error),
                Ok(_) if !is_unchanged => Outcome::Ahead,
                Ok(_) if !self.prune => Outcome::Left,
                Ok(_) if self.dry_run => Outcome::Pruned,
                Ok(_) => match self.target.delete(id).await {
                    Ok(()) | Err(StoreError::NotFound) => {
                        journal.forget(std::slice::from_ref(id))?;
                        Outcome::Pruned
                    }
                    Err(error) => Outcome::Failed(error),
                },
            };
            tell(id, &outcome);
        }
        Ok(())
    }

    async fn remove(&self, ids: &[RecordId], journal: &mut Journal<'_>, tell: Tell<'_>) -> Result<(), StoreError> {
        let safe: Vec<_> = self.pairs(ids).await?.into_iter().filter(|pair| is_safe(journal, pair)).collect();
        let ids: Vec<_> = safe.into_iter().map(|pair| pair.id).collect();
        if !self.dry_run {
            // Forgotten first: a removal that the journal does not know of would look like one to follow in the target.
            journal.forget(&ids)?;
        }
        for id in &ids {
            let outcome = if self.dry_run { Ok(()) } else { self.source.delete(id).await };
            tell(id, &outcome.map_or_else(Outcome::Failed, |()| Outcome::Finished));
        }
        Ok(())
    }
}

/// One record in both stores.
struct Pair {
    id: RecordId,
    source: Result<Whole, StoreError>,
    target: Result<Whole, StoreError>,
}

/// Whether the source's record may go: it is what was copied, and the target has it, or what became of it, and something beside it
/// where the source has.
fn is_safe(journal: &Journal<'_>, pair: &Pair) -> bool {
    let (Ok(source), Ok(target)) = (&pair.source, &pair.target) else { return false };
    let is_complete = source.companion.is_none() || target.companion.is_some();
    is_complete && journal.digest(&pair.id) == Some(&source.digest())
}

enum Decision {
    Create(Box<Whole>),
    Replace(Box<Whole>),
    Note(String),
    Skip(Outcome),
}

/// What to do with a record, given the content that both stores had at last.
fn decide(base: Option<&String>, pair: Pair) -> Decision {
    let source = match pair.source {
        Ok(mut source) => {
            source.record.head.version.clear();
            source
        }
        Err(StoreError::NotFound) => return Decision::Skip(Outcome::Gone),
        Err(error) => return Decision::Skip(Outcome::Failed(error)),
    };
    let target = match (pair.target, base) {
        (Ok(target), _) => target.beside(&source),
        (Err(StoreError::NotFound), None) => return Decision::Create(Box::new(source)),
        (Err(StoreError::NotFound), Some(_)) => return Decision::Skip(Outcome::Gone),
        (Err(error), _) => return Decision::Skip(Outcome::Failed(error)),
    };
    let (ours, theirs) = (source.digest(), target.digest());
    match base {
        _ if ours == theirs => Decision::Note(ours),
        _ if target.is_half_of(&source) => replacement(source, &target),
        Some(base) if *base == theirs => replacement(source, &target),
        Some(base) if *base == ours => Decision::Skip(Outcome::Ahead),
        _ => Decision::Skip(Outcome::Differs),
    }
}

/// Only what was compared is replaced.
fn replacement(mut source: Whole, target: &Whole) -> Decision {
    source.record.head.version.clone_from(&target.record.head.version);
    Decision::Replace(Box::new(source))
}

/// All ids, those of each release by revision: first the oldest of each release, then the second of each.
fn oldest_first(mut heads: Vec<Head>) -> Vec<RecordId> {
    heads.sort_by(|a, b| (&a.id.namespace, a.name(), a.revision()).cmp(&(&b.id.namespace, b.name(), b.revision())));
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    let rank = |head: Head| {
        let count = counts.entry((head.id.namespace.clone(), head.name().to_owned())).or_default();
        *count += 1;
        (*count, head.id)
    };
    let mut ranked: Vec<_> = heads.into_iter().map(rank).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, id)| id).collect()
}

/// Pieces of at most [`BATCH`] records, no two of one release where the piece is written at once.
fn waves(ids: &[RecordId]) -> impl Iterator<Item = &[RecordId]> {
    let release = |id: &RecordId| (id.namespace.clone(), id.parts().map_or(id.key.as_str(), |(name, _)| name).to_owned());
    let mut rest = ids;
    std::iter::from_fn(move || {
        let mut seen = BTreeSet::new();
        let length = rest.iter().take(BATCH).take_while(|id| seen.insert(release(id))).count();
        let (wave, after) = rest.split_at(length);
        rest = after;
        (!wave.is_empty()).then_some(wave)
    })
}
