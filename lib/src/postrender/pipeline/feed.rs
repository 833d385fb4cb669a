//! The stream between two stages: written by one, read by the next at its own pace, kept for the report.
//!
//! A stage that reads slowly, or not at all, never holds up the one before it.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What one stage may write.
pub(super) const LARGEST: usize = 1 << 30;

/// One stream, shared by its writer and its readers.
#[derive(Clone, Debug, Default)]
pub(super) struct Feed(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    chunks: Vec<Arc<[u8]>>,
    length: usize,
    ended: bool,
    abandoned: bool,
}

impl Feed {
    /// A stream that is there already.
    pub(super) fn of(text: &str) -> Self {
        let feed = Self::default();
        {
            let mut state = feed.lock();
            state.length = text.len();
            state.chunks.push(text.as_bytes().into());
            state.ended = true;
        }
        feed
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

    /// All of it so far.
    pub(super) fn contents(&self) -> Vec<u8> {
        let state = self.lock();
        let mut contents = Vec::with_capacity(state.length);
        state.chunks.iter().for_each(|chunk| contents.extend_from_slice(chunk));
        contents
    }

    /// Whether two streams that have ended are the same.
    pub(super) fn same(&self, other: &Self) -> bool {
        let (chunks, others) = (self.lock().chunks.clone(), other.lock().chunks.clone());
        let (mut one, mut two): (&[u8], &[u8]) = (&[], &[]);
        let (mut chunks, mut others) = (chunks.iter(), others.iter());
        loop {
            if one.is_empty() {
                one = chunks.next().map_or(&[], |chunk| chunk);
            }
            if two.is_empty() {
                two = others.next().map_or(&[], |chunk| chunk);
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
        FeedReader { feed: self.clone(), chunk: 0, at: 0 }
    }

    fn append(&self, bytes: &[u8]) -> Result<()> {
        let mut state = self.lock();
        if state.abandoned {
            return Err(ErrorKind::BrokenPipe.into());
        }
        if state.length + bytes.len() > LARGEST {
            return Err(Error::new(ErrorKind::FileTooLarge, "more than 1 GiB of output"));
        }
        state.length += bytes.len();
        state.chunks.push(bytes.into());
        drop(state);
        self.0.changed.notify_all();
        Ok(())
    }

    /// The chunk with this index, once it is there; `None` when there will be none.
    fn chunk(&self, index: usize) -> Result<Option<Arc<[u8]>>> {
        let mut state = self.lock();
        loop {
            if state.abandoned {
                return Err(ErrorKind::BrokenPipe.into());
            }
            match state.chunks.get(index) {
                Some(chunk) => return Ok(Some(Arc::clone(chunk))),
                None if state.ended => return Ok(None),
                None => state = self.0.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// A thread that panicked left nothing half done: every change is a single push.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
    chunk: usize,
    at: usize,
}

impl Read for FeedReader {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let Some(chunk) = self.feed.chunk(self.chunk)? else { return Ok(0) };
        let rest = &chunk[self.at..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.at += length;
        if self.at == chunk.len() {
            (self.chunk, self.at) = (self.chunk + 1, 0);
        }
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(chunks: &[&str]) -> Feed {
        let feed = Feed::default();
        chunks.iter().for_each(|chunk| feed.append(chunk.as_bytes()).expect("appended"));
        feed
    }

    #[test]
    fn streams_are_the_same_however_they_came() {
        let whole = Feed::of("abcdef");
        for same in [&["abcdef"][..], &["ab", "cdef"], &["a", "bcd", "ef"]] {
            assert!(whole.same(&feed(same)) && feed(same).same(&whole), "{same:?}");
        }
        for other in [&[][..], &["abc"], &["abcdef", "g"], &["ab", "cdeg"], &["xbcdef"]] {
            assert!(!whole.same(&feed(other)) && !feed(other).same(&whole), "{other:?}");
        }
        assert!(feed(&[]).same(&Feed::of("")));
    }
}
