//! How far downloads are, for somebody who waits for them.

use std::fmt::{Debug, Formatter};
use std::io::Read;
use std::sync::Arc;

/// A download under way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Transfer<'a> {
    /// What is fetched.
    pub url: &'a str,
    /// How many bytes are there.
    pub received: u64,
    /// How many there will be, where the server says so.
    pub total: Option<u64>,
    /// Whether nothing more comes.
    pub is_over: bool,
}

/// Is told of every piece of every download, from the thread that fetches it.
#[derive(Clone, Default)]
pub struct Watch(Option<Arc<dyn Fn(&Transfer<'_>) + Send + Sync>>);

impl Watch {
    /// Somebody who wants to know.
    pub fn new(tell: impl Fn(&Transfer<'_>) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(tell)))
    }

    /// Reads a body of `total` bytes, and tells of it.
    pub(crate) fn over<'a, R: Read>(&'a self, reader: R, url: &'a str, total: Option<u64>) -> Watched<'a, R> {
        Watched { watch: self, reader, transfer: Transfer { url, received: 0, total, is_over: false } }
    }

    fn tell(&self, transfer: &Transfer<'_>) {
        if let Some(tell) = &self.0 {
            tell(transfer);
        }
    }
}

impl Debug for Watch {
    fn fmt(&self, out: &mut Formatter<'_>) -> std::fmt::Result {
        out.write_str(if self.0.is_some() { "Watch" } else { "nobody" })
    }
}

/// A body that is watched until it is dropped.
pub(crate) struct Watched<'a, R> {
    watch: &'a Watch,
    reader: R,
    transfer: Transfer<'a>,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.reader.read(buffer)?;
        self.transfer.received += length as u64;
        self.watch.tell(&self.transfer);
        Ok(length)
    }
}

impl<R> Drop for Watched<'_, R> {
    fn drop(&mut self) {
        self.watch.tell(&Transfer { is_over: true, ..self.transfer });
    }
}
