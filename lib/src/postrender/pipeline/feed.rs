//! The stream between two stages: written by one, read by the next at its own pace, kept for the report.
//!
//! What a stage passes on as it came is not kept again: a feed knows how much of it is the beginning of the original stream, and
//! keeps what comes after that.
//!
//! A stage that reads slowly, or not at all, never holds up the one before it.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::string::FromUtf8Error;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What one stage may write.
pub(super) const LARGEST: usize = 1 << 30;

/// One stream, shared by its writer and its readers.
#[derive(Clone, Debug)]
pub(super) struct Feed(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    original: Arc<String>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// How many bytes are those that the original begins with.
    common: usize,
    /// What comes after them.
    chunks: Vec<Arc<[u8]>>,
    length: usize,
    ended: bool,
    abandoned: bool,
}

impl Feed {
    /// The original stream, which is there already.
    pub(super) fn of(original: &Arc<String>) -> Self {
        let length = original.len();
        Self::new(original, State { common: length, length, ended: true, ..State::default() })
    }

    /// A stream that is still to be written, by stages that read the original.
    pub(super) fn after(original: &Arc<String>) -> Self {
        Self::new(original, State::default())
    }

    fn new(original: &Arc<String>, state: State) -> Self {
        let original = Arc::clone(original);
        Self(Arc::new(Shared { original, state: Mutex::new(state), changed: Condvar::new() }))
    }

    /// Says that nothing more comes.
    pub(super) fn end(&self) {
        self.lock().ended = true;
        self.0.changed.notify_all();
    }

    /// Says that nobody wants it any more: readers and writers get an error.
    pub(super) fn abandon(&self) {
        self.lock().abandoned = true;
        self.0.changed.notify_all();
    }

    /// All of it so far, as text.
    ///
    /// # Errors
    /// When it is not UTF-8.
    pub(super) fn text(&self) -> std::result::Result<Arc<String>, FromUtf8Error> {
        let state = self.lock();
        if state.chunks.is_empty() && state.common == self.0.original.len() {
            return Ok(Arc::clone(&self.0.original));
        }
        let mut contents = Vec::with_capacity(state.length);
        self.pieces(&state).for_each(|piece| contents.extend_from_slice(piece));
        String::from_utf8(contents).map(Arc::new)
    }

    /// Whether two streams after the same original, that have ended, are the same.
    pub(super) fn same(&self, other: &Self) -> bool {
        if Arc::ptr_eq(&self.0, &other.0) {
            return true;
        }
        let (state, others) = (self.lock(), other.lock());
        if state.length != others.length {
            return false;
        }
        if state.chunks.is_empty() && others.chunks.is_empty() {
            return true;
        }
        let (mut pieces, mut other_pieces) = (self.pieces(&state), other.pieces(&others));
        let (mut one, mut two): (&[u8], &[u8]) = (&[], &[]);
        loop {
            if one.is_empty() {
                one = pieces.next().unwrap_or_default();
            }
            if two.is_empty() {
                two = other_pieces.next().unwrap_or_default();
            }
            let length = one.len().min(two.len());
            if length == 0 {
                return one.len() == two.len();
            }
            if one[..length] != two[..length] {
                return false;
            }
            (one, two) = (&one[length..], &two[length..]);
        }
    }

    /// Reads from the beginning, and waits for what is not there yet.
    pub(super) fn reader(&self) -> FeedReader {
        FeedReader { feed: self.clone(), common: 0, chunk: 0, at: 0 }
    }

    /// What is there, piece by piece; none of them is empty.
    fn pieces<'a>(&'a self, state: &'a State) -> impl Iterator<Item = &'a [u8]> {
        let common = &self.0.original.as_bytes()[..state.common];
        std::iter::once(common).filter(|common| !common.is_empty()).chain(state.chunks.iter().map(|chunk| &**chunk))
    }

    fn append(&self, mut bytes: &[u8]) -> Result<()> {
        let mut state = self.lock();
        if state.abandoned {
            return Err(ErrorKind::BrokenPipe.into());
        }
        if state.length + bytes.len() > LARGEST {
            return Err(Error::new(ErrorKind::FileTooLarge, "more than 1 GiB of output"));
        }
        state.length += bytes.len();
        if state.chunks.is_empty() {
            let common = common_length(&self.0.original.as_bytes()[state.common..], bytes);
            state.common += common;
            bytes = &bytes[common..];
        }
        if !bytes.is_empty() {
            state.chunks.push(bytes.into());
        }
        drop(state);
        self.0.changed.notify_all();
        Ok(())
    }

    /// A thread that panicked left nothing half done: what is counted is there.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many bytes both begin with.
fn common_length(one: &[u8], two: &[u8]) -> usize {
    if one.starts_with(two) { two.len() } else { one.iter().zip(two).take_while(|(one, two)| one == two).count() }
}

impl Write for &Feed {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.append(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

/// A reader of a feed.
#[derive(Debug)]
pub(super) struct FeedReader {
    feed: Feed,
    /// How much of the original's part has been read.
    common: usize,
    /// The chunk that comes next, and how much of it has been read.
    chunk: usize,
    at: usize,
}

impl Read for FeedReader {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let shared = &self.feed.0;
        let mut state = self.feed.lock();
        loop {
            if state.abandoned {
                return Err(ErrorKind::BrokenPipe.into());
            }
            if self.common < state.common {
                let rest = &shared.original.as_bytes()[self.common..state.common];
                drop(state);
                let length = fill(buffer, rest);
                self.common += length;
                return Ok(length);
            }
            if let Some(chunk) = state.chunks.get(self.chunk).map(Arc::clone) {
                drop(state);
                let length = fill(buffer, &chunk[self.at..]);
                self.at += length;
                if self.at == chunk.len() {
                    (self.chunk, self.at) = (self.chunk + 1, 0);
                }
                return Ok(length);
            }
            if state.ended {
                return Ok(0);
            }
            state = shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn fill(buffer: &mut [u8], from: &[u8]) -> usize {
    let length = from.len().min(buffer.len());
    buffer[..length].copy_from_slice(&from[..length]);
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGINAL: &str = "abcdef";

    fn feed(chunks: &[&str]) -> Feed {
        let feed = Feed::after(&Arc::new(ORIGINAL.to_owned()));
        chunks.iter().for_each(|chunk| feed.append(chunk.as_bytes()).expect("appended"));
        feed.end();
        feed
    }

    fn read(feed: &Feed, step: usize) -> String {
        let (mut reader, mut buffer, mut text) = (feed.reader(), vec![0; step], Vec::new());
        loop {
            match reader.read(&mut buffer).expect("a feed") {
                0 => return String::from_utf8(text).expect("text"),
                length => text.extend_from_slice(&buffer[..length]),
            }
        }
    }

    #[test]
    fn streams_are_the_same_however_they_came() {
        let whole = Feed::of(&Arc::new(ORIGINAL.to_owned()));
        for same in [&["abcdef"][..], &["ab", "cdef"], &["a", "bcd", "ef"]] {
            assert!(whole.same(&feed(same)) && feed(same).same(&whole), "{same:?}");
        }
        for other in [&[][..], &["abc"], &["abcdef", "g"], &["ab", "cdeg"], &["xbcdef"]] {
            assert!(!whole.same(&feed(other)) && !feed(other).same(&whole), "{other:?}");
        }
        assert!(feed(&["ab", "xx"]).same(&feed(&["a", "bx", "x"])));
        assert!(feed(&[]).same(&feed(&[""])));
    }

    #[test]
    fn what_is_written_is_read_and_only_what_is_new_is_kept() {
        let cases = [
            (&["ab", "cdef"][..], 0),
            (&["ab", "cd"], 0),
            (&["abX", "def"], 4),
            (&["abcdef", "ghi"], 3),
            (&["x", "abcdef"], 7),
        ];
        for (chunks, kept) in cases {
            let feed = feed(chunks);
            let whole = chunks.concat();
            assert_eq!(feed.lock().chunks.iter().map(|chunk| chunk.len()).sum::<usize>(), kept, "{chunks:?}");
            assert_eq!(*feed.text().expect("text"), whole);
            for step in [1, 2, 100] {
                assert_eq!(read(&feed, step), whole, "{chunks:?}, {step} bytes at a time");
            }
        }
    }
}
