//! A stream cut into its documents while it is read, so that memory is bounded by the largest one.
//!
//! The cut is Helm's: a line that begins with `---` starts the next document, and what follows the dashes on that line belongs
//! to it. The documents' bytes, one after the other, are the bytes of the stream.

use super::filter::with_room;
use memchr::memmem::Finder;
use std::io::{Error, ErrorKind, Read, Result};

/// The largest document that is read; a stream without any `---` must not fill the memory.
const LARGEST: usize = 1 << 30;
const CHUNK: usize = 1 << 16;

/// Reads a stream document by document.
pub struct Documents<R> {
    input: R,
    separator: Finder<'static>,
    buffer: Vec<u8>,
    /// How much of the buffer is in use.
    filled: usize,
    /// Where the next document begins, and up to where it has been searched for its end.
    start: usize,
    searched: usize,
    ended: bool,
    count: usize,
}

/// One document of a stream, with its separator line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Document<'a> {
    /// Its place in the stream, from 1.
    pub number: usize,
    /// All its bytes: `---`, blanks, content.
    pub bytes: &'a [u8],
    /// Where the content begins.
    pub content: usize,
}

/// Documents one after the other, to be worked on together.
#[derive(Debug)]
pub struct Group {
    bytes: Vec<u8>,
    /// Of each document: its place in the stream, where it ends, and where its content begins.
    documents: Vec<(usize, usize, usize)>,
}

impl Group {
    /// All their bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The documents, in their order.
    pub fn documents(&self) -> impl Iterator<Item = Document<'_>> {
        let mut start = 0;
        self.documents.iter().map(move |&(number, end, content)| {
            let bytes = &self.bytes[std::mem::replace(&mut start, end)..end];
            Document { number, bytes, content }
        })
    }
}

impl<R: Read> Documents<R> {
    /// Documents of what `input` delivers.
    pub fn new(input: R) -> Self {
        let separator = Finder::new("\n---");
        Self { input, separator, buffer: Vec::new(), filled: 0, start: 0, searched: 0, ended: false, count: 0 }
    }

    /// The next document; `None` at the end of the stream.
    ///
    /// # Errors
    /// Those of reading, and that of a document without end.
    #[expect(
        clippy::should_implement_trait,
        reason = "the document borrows from the reader, which an iterator cannot express"
    )]
    pub fn next(&mut self) -> Result<Option<Document<'_>>> {
        let end = loop {
            if let Some(found) = self.separator.find(&self.buffer[self.searched..self.filled]) {
                break self.searched + found + 1;
            }
            if self.ended {
                break self.filled;
            }
            self.read()?;
        };
        let (start, number) = (self.start, self.count + 1);
        if start == end {
            return Ok(None);
        }
        (self.start, self.searched, self.count) = (end, end, number);
        let bytes = &self.buffer[start..end];
        Ok(Some(Document { number, bytes, content: content_start(bytes) }))
    }

    /// The next documents, as many as have `size` bytes together; none at the end of the stream.
    ///
    /// # Errors
    /// Those of [`Documents::next`].
    pub fn group(&mut self, size: usize) -> Result<Option<Group>> {
        let mut group = Group { bytes: Vec::with_capacity(with_room(size)), documents: Vec::new() };
        while group.bytes.len() < size
            && let Some(Document { number, bytes, content }) = self.next()?
        {
            group.bytes.extend_from_slice(bytes);
            group.documents.push((number, group.bytes.len(), content));
        }
        Ok(Some(group).filter(|group| !group.documents.is_empty()))
    }

    fn read(&mut self) -> Result<()> {
        // A separator may lie across the border of two chunks.
        self.searched = self.filled.saturating_sub(3).max(self.start) - self.start;
        self.buffer.copy_within(self.start..self.filled, 0);
        self.filled -= self.start;
        self.start = 0;
        if self.filled > LARGEST {
            return Err(Error::new(ErrorKind::InvalidData, format!("document {} is larger than 1 GiB", self.count + 1)));
        }
        if self.buffer.len() - self.filled < CHUNK {
            self.buffer.resize(self.filled + 2 * CHUNK, 0);
        }
        let length = loop {
            match self.input.read(&mut self.buffer[self.filled..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.ended = length == 0;
        self.filled += length;
        Ok(())
    }
}

fn content_start(document: &[u8]) -> usize {
    let Some(rest) = document.strip_prefix(b"---") else { return 0 };
    3 + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Delivers a few bytes at a time.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
            let length = self.1.min(self.0.len()).min(buffer.len());
            buffer[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    #[test]
    fn groups_hold_what_lies_together() {
        let mut documents = Documents::new(Trickle(b"a: 1\n--- b\n---c\n---\n", 4));
        let mut found = Vec::new();
        while let Some(group) = documents.group(6).expect("a slice can be read") {
            let documents = group.documents().map(|document| (document.number, document.bytes.to_vec(), document.content));
            found.push((String::from_utf8_lossy(group.bytes()).into_owned(), documents.collect::<Vec<_>>()));
        }
        let first = vec![(1, b"a: 1\n".to_vec(), 0), (2, b"--- b\n".to_vec(), 4)];
        let second = vec![(3, b"---c\n".to_vec(), 3), (4, b"---\n".to_vec(), 3)];
        assert_eq!(found, [("a: 1\n--- b\n".to_owned(), first), ("---c\n---\n".to_owned(), second)]);
    }

    fn cut(stream: &str, step: usize) -> Vec<(String, String)> {
        let mut documents = Documents::new(Trickle(stream.as_bytes(), step));
        let mut found = Vec::new();
        while let Some(document) = documents.next().expect("a slice can be read") {
            assert_eq!(document.number, found.len() + 1);
            let (frame, content) = document.bytes.split_at(document.content);
            found.push((String::from_utf8_lossy(frame).into_owned(), String::from_utf8_lossy(content).into_owned()));
        }
        found
    }

    #[test]
    fn a_document_begins_at_each_line_that_begins_with_dashes() {
        let stream = "a: 1\n---\n# Source: x\nb: --- 2\n  ---\n--- # note\nc: 3\r\n---d: 4\n---";
        let expected = [
            ("", "a: 1\n"),
            ("---", "\n# Source: x\nb: --- 2\n  ---\n"),
            ("--- ", "# note\nc: 3\r\n"),
            ("---", "d: 4\n"),
            ("---", ""),
        ];
        for step in [1, 2, 3, 5, 100] {
            let found = cut(stream, step);
            let found: Vec<_> = found.iter().map(|(frame, content)| (frame.as_str(), content.as_str())).collect();
            assert_eq!(found, expected, "{step} bytes at a time");
        }
    }

    #[test]
    fn an_empty_stream_has_no_document() {
        assert_eq!(cut("", 1), []);
        assert_eq!(cut("\n", 1), [(String::new(), "\n".to_owned())]);
    }
}
