//! Writes tar archives, their entries owned by nobody. The same entries give the same bytes.

use std::io::{self, Write};

const BLOCK: usize = 512;
const NAME_LENGTH: usize = 100;
const PREFIX_LENGTH: usize = 155;

/// What an entry is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    File,
    Folder,
}

/// An entry, without its content.
pub(crate) struct Entry<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: Kind,
    pub(crate) mode: u32,
    /// When it was last changed, in seconds since 1970.
    pub(crate) time: u64,
}

/// An archive that is being written.
pub(crate) struct TarWriter<W> {
    out: W,
}

impl<W: Write> TarWriter<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out }
    }

    /// Adds an entry with its content.
    pub(crate) fn entry(&mut self, entry: &Entry<'_>, data: &[u8]) -> io::Result<()> {
        let (prefix, short) = match split(entry.name) {
            Some(parts) => parts,
            None => {
                self.long_name(entry.name, entry.time)?;
                ("", entry.name.get(..NAME_LENGTH).unwrap_or("long"))
            }
        };
        let kind = match entry.kind {
            Kind::File => b'0',
            Kind::Folder => b'5',
        };
        self.block(prefix, &Entry { name: short, ..*entry }, kind, data)
    }

    /// Ends the archive.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.out.write_all(&[0; 2 * BLOCK])?;
        Ok(self.out)
    }

    /// A name that no header holds goes into one of its own before the entry's.
    fn long_name(&mut self, name: &str, time: u64) -> io::Result<()> {
        let content = format!(" path={name}\n");
        let mut length = content.len();
        while length.to_string().len() + content.len() != length {
            length = length.to_string().len() + content.len();
        }
        let entry = Entry { name: "PaxHeaders.0/name", kind: Kind::File, mode: 0o644, time };
        self.block("", &entry, b'x', format!("{length}{content}").as_bytes())
    }

    fn block(&mut self, prefix: &str, entry: &Entry<'_>, kind: u8, data: &[u8]) -> io::Result<()> {
        let mut header = [0_u8; BLOCK];
        header[..entry.name.len()].copy_from_slice(entry.name.as_bytes());
        octal(&mut header[100..108], entry.mode.into());
        octal(&mut header[108..116], 0);
        octal(&mut header[116..124], 0);
        octal(&mut header[124..136], data.len() as u64);
        octal(&mut header[136..148], entry.time);
        header[148..156].fill(b' ');
        header[156] = kind;
        header[257..265].copy_from_slice(b"ustar\x0000");
        octal(&mut header[329..337], 0);
        octal(&mut header[337..345], 0);
        header[345..345 + prefix.len()].copy_from_slice(prefix.as_bytes());
        let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
        octal(&mut header[148..155], sum);
        header[154] = 0;
        self.out.write_all(&header)?;
        self.out.write_all(data)?;
        self.out.write_all(&[0; BLOCK][..data.len().next_multiple_of(BLOCK) - data.len()])
    }
}

/// A name as the two fields of a header hold it.
fn split(name: &str) -> Option<(&str, &str)> {
    if !name.is_ascii() {
        return None;
    }
    if name.len() <= NAME_LENGTH {
        return Some(("", name));
    }
    let end = name.len().min(PREFIX_LENGTH + 1);
    let at = name[..end].rfind('/')?;
    let (prefix, rest) = (&name[..at], &name[at + 1..]);
    (rest.len() <= NAME_LENGTH && !rest.is_empty() && !prefix.is_empty()).then_some((prefix, rest))
}

/// Digits up to the last byte, which stays zero.
fn octal(field: &mut [u8], number: u64) {
    let width = field.len() - 1;
    let text = format!("{number:0width$o}");
    field[..width].copy_from_slice(&text.as_bytes()[text.len() - width..]);
}
