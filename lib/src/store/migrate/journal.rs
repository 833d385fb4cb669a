//! What a migration has done so far, as lines of JSON that are only ever added to.

use crate::store::{RecordId, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Adds text to where a journal is kept, and returns when it is safe there.
pub type Append<'a> = &'a mut (dyn FnMut(&str) -> Result<(), StoreError> + Send);

/// A journal that cannot be gone on with.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum JournalError {
    /// A line is none of a journal.
    #[error("line {0} is none of a journal")]
    Line(usize),
    /// It is of another migration.
    #[error("this is the journal of a migration between {0}")]
    Other(String),
    /// It is of a migration between other stores of the same names.
    #[error(
        "this is the journal of a migration with another store {name} ({then}, and now it is {now}): go on with that one, or name \
         another --journal to begin anew, which compares all records"
    )]
    Elsewhere {
        /// The store's name.
        name: String,
        /// What it was when the migration began.
        then: String,
        /// What it is.
        now: String,
    },
}

/// One end of a migration.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct End {
    /// The store's name, as the user gave it.
    pub name: String,
    /// What tells it from others of the name; empty where that is not known.
    pub place: String,
}

/// The content that both stores had at last of each record that was copied.
pub struct Journal<'a> {
    copied: BTreeMap<RecordId, String>,
    append: Append<'a>,
}

/// The first line.
#[derive(Deserialize, Serialize)]
struct Start {
    between: [String; 2],
    /// Empty where they are not known.
    #[serde(default)]
    places: [String; 2],
}

impl Start {
    fn of(ends: &[End; 2]) -> Self {
        let [one, two] = ends.clone();
        Self { between: [one.name, two.name], places: [one.place, two.place] }
    }

    /// Whether a migration between these ends is the one that began so; it may go the other way.
    fn check(&self, ends: &[End; 2]) -> Result<(), JournalError> {
        let [one, two] = ends;
        let ways = [[one, two], [two, one]].map(|way| self.check_way(way));
        let [first, second] = ways;
        match (first, second) {
            (Ok(()), _) | (_, Ok(())) => Ok(()),
            (Err(JournalError::Other(_)), Err(error)) | (Err(error), _) => Err(error),
        }
    }

    fn check_way(&self, ends: [&End; 2]) -> Result<(), JournalError> {
        if ends.iter().zip(&self.between).any(|(end, name)| end.name != *name) {
            return Err(JournalError::Other(self.between.join(" and ")));
        }
        let moved = |(end, then): &(&End, &String)| !then.is_empty() && !end.place.is_empty() && end.place != **then;
        match ends.into_iter().zip(&self.places).find(moved) {
            None => Ok(()),
            Some((end, then)) => {
                let (name, now) = (end.name.clone(), end.place.clone());
                Err(JournalError::Elsewhere { name, then: then.clone(), now })
            }
        }
    }
}

#[derive(Deserialize, Serialize)]
struct Note {
    namespace: String,
    key: String,
    /// Empty where the record is no longer looked after.
    digest: String,
}

impl<'a> Journal<'a> {
    /// A journal that goes on with `text`, and how much of that is whole: a last line without end is one that was being written
    /// when the machine stopped. A new journal begins with its stores.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn read(text: &str, ends: &[End; 2], append: Append<'a>) -> Result<(Self, usize), JournalError> {
        let whole = text.rfind('\n').map_or(0, |at| at + 1);
        let mut journal = Self { copied: BTreeMap::new(), append };
        let mut lines = text[..whole].lines().enumerate();
        if let Some((_, first)) = lines.next() {
            let start: Start = serde_json::from_str(first).map_err(|_| JournalError::Line(1))?;
            start.check(ends)?;
        }
        for (at, line) in lines {
            let note: Note = serde_json::from_str(line).map_err(|_| JournalError::Line(at + 1))?;
            journal.set(RecordId { namespace: note.namespace, key: note.key }, note.digest);
        }
        Ok((journal, whole))
    }

    /// The first line of a new journal.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn start(&mut self, ends: &[End; 2]) -> Result<(), StoreError> {
        self.add(&Start::of(ends))
    }

    pub(super) fn digest(&self, id: &RecordId) -> Option<&String> {
        self.copied.get(id)
    }

    pub(super) fn ids<'b>(&'b self, namespace: &'b str) -> impl Iterator<Item = &'b RecordId> {
        self.copied.keys().filter(move |id| namespace.is_empty() || id.namespace == namespace)
    }

    /// Notes what both stores have now.
    pub(super) fn note(&mut self, records: &[(RecordId, String)]) -> Result<(), StoreError> {
        let news: Vec<_> = records.iter().filter(|(id, digest)| self.copied.get(id) != Some(digest)).cloned().collect();
        self.write(news)
    }

    /// Forgets records, for good.
    pub(super) fn forget(&mut self, ids: &[RecordId]) -> Result<(), StoreError> {
        self.write(ids.iter().map(|id| (id.clone(), String::new())).collect())
    }

    fn write(&mut self, notes: Vec<(RecordId, String)>) -> Result<(), StoreError> {
        let mut text = String::new();
        for (id, digest) in &notes {
            text.push_str(&line(&Note { namespace: id.namespace.clone(), key: id.key.clone(), digest: digest.clone() }));
        }
        if !text.is_empty() {
            (self.append)(&text)?;
        }
        notes.into_iter().for_each(|(id, digest)| self.set(id, digest));
        Ok(())
    }

    fn add(&mut self, value: &impl Serialize) -> Result<(), StoreError> {
        (self.append)(&line(value))
    }

    fn set(&mut self, id: RecordId, digest: String) {
        if digest.is_empty() {
            self.copied.remove(&id);
        } else {
            self.copied.insert(id, digest);
        }
    }
}

fn line(value: &impl Serialize) -> String {
    let mut line = serde_json::to_string(value).expect("text is JSON");
    line.push('\n');
    line
}
