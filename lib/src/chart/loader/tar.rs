//! Reads tar archives as Go's `archive/tar` does, entry after entry, never writing anything to a disk.
//!
//! Known are the old format, ustar, star, and the GNU and PAX extensions for long names, sizes and times. Sparse files are
//! refused. What an extension header may hold is limited, so that no header can fill the memory.

use std::collections::BTreeMap;
use std::io::{self, Read};

const BLOCK: usize = 512;
/// The largest extension header, as in Go.
const MAX_EXTENSION: u64 = 1 << 20;

/// Why an archive cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TarError {
    /// A header makes no sense.
    #[error("archive/tar: invalid tar header")]
    Header,
    /// An extension header is too large.
    #[error("archive/tar: header field too long")]
    TooLong,
    /// A file with holes.
    #[error("archive/tar: sparse files are not supported")]
    Sparse,
    /// The archive ends within an entry.
    #[error("unexpected EOF")]
    Truncated,
    /// Its bytes cannot be read.
    #[error(transparent)]
    Read(io::Error),
}

impl From<io::Error> for TarError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof if error.get_ref().is_none() => Self::Truncated,
            _ => Self::Read(error),
        }
    }
}

/// What an entry's header says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Entry {
    /// The path.
    pub name: String,
    /// How long the content is said to be.
    pub size: u64,
    /// Whether the entry is a directory.
    pub is_directory: bool,
    /// Whether it only describes the entries behind it.
    pub is_global: bool,
    /// The type, as headers have it.
    pub kind: u8,
    /// The permissions.
    pub mode: u32,
    /// Seconds since 1970, and nanoseconds.
    pub modified: (i64, u32),
}

/// An archive that is read from front to back.
pub(crate) struct Archive<R> {
    input: R,
    /// Bytes of the current entry's content that were not read yet, and the padding behind them.
    content: u64,
    padding: usize,
}

impl<R: Read> Archive<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, content: 0, padding: 0 }
    }

    /// Goes on to the next entry; `None` at the end of the archive, whatever follows it.
    ///
    /// # Errors
    /// [`TarError`] when there is no proper entry.
    pub(crate) fn next_entry(&mut self) -> Result<Option<Entry>, TarError> {
        let mut extensions = BTreeMap::new();
        let mut long_name = None;
        loop {
            if !self.skip_rest()? {
                return Ok(None);
            }
            let Some(header) = self.header()? else {
                return Ok(None);
            };
            match header.kind {
                b'x' => extensions = records(&self.extension(&header)?)?,
                b'g' => {
                    records(&self.extension(&header)?)?;
                    return Ok(Some(Entry { is_global: true, ..Entry::default() }));
                }
                b'L' => long_name = Some(text(&self.extension(&header)?)),
                b'K' => drop(self.extension(&header)?),
                b'S' => return Err(TarError::Sparse),
                _ => return self.entry(header, &extensions, long_name).map(Some),
            }
        }
    }

    fn entry(
        &mut self,
        header: Header,
        extensions: &BTreeMap<String, String>,
        long_name: Option<String>,
    ) -> Result<Entry, TarError> {
        if extensions.keys().any(|key| key.starts_with("GNU.sparse.")) {
            return Err(TarError::Sparse);
        }
        let given = |key| extensions.get(key).filter(|value| !value.is_empty());
        let size = match given("size") {
            Some(size) => size.parse().map_err(|_| TarError::Header)?,
            None => header.size,
        };
        let modified = match given("mtime") {
            Some(time) => parse_time(time).ok_or(TarError::Header)?,
            None => (header.modified, 0),
        };
        let name = long_name.filter(|name| !name.is_empty()).or_else(|| given("path").cloned()).unwrap_or(header.name);
        // The oldest archives have no type for directories.
        let is_directory =
            header.kind == b'5' || (header.kind == 0 && name.ends_with('/')) || header.mode & !0o7777 == 0o40000;
        let has_content = !matches!(header.kind, b'1'..=b'6');
        self.begin(if has_content { size } else { 0 });
        let mode = u32::try_from(header.mode & 0o7777).unwrap_or_default();
        Ok(Entry { name, size, is_directory, is_global: false, kind: header.kind, mode, modified })
    }

    fn begin(&mut self, size: u64) {
        self.content = size;
        self.padding = usize::try_from(size.next_multiple_of(BLOCK as u64) - size).unwrap_or_default();
    }

    /// Skips what is left of an entry; false if the archive ends in the padding.
    fn skip_rest(&mut self) -> Result<bool, TarError> {
        let content = std::mem::take(&mut self.content);
        if io::copy(&mut (&mut self.input).take(content), &mut io::sink())? < content {
            return Err(TarError::Truncated);
        }
        let mut padding = [0; BLOCK];
        let length = std::mem::take(&mut self.padding);
        Ok(read_up_to(&mut self.input, &mut padding[..length])? == length)
    }

    fn header(&mut self) -> Result<Option<Header>, TarError> {
        let mut block = [0; BLOCK];
        let Some(is_zero) = self.block(&mut block)? else {
            return Ok(None);
        };
        if !is_zero {
            return Header::parse(&block).map(Some);
        }
        match self.block(&mut block)? {
            None | Some(true) => Ok(None),
            Some(false) => Err(TarError::Header),
        }
    }

    /// Reads a block: whether it is all zero; `None` at the end.
    fn block(&mut self, block: &mut [u8; BLOCK]) -> Result<Option<bool>, TarError> {
        match read_up_to(&mut self.input, block)? {
            0 => Ok(None),
            BLOCK => Ok(Some(block.iter().all(|byte| *byte == 0))),
            _ => Err(TarError::Truncated),
        }
    }

    fn extension(&mut self, header: &Header) -> Result<Vec<u8>, TarError> {
        if header.size > MAX_EXTENSION {
            return Err(TarError::TooLong);
        }
        self.begin(header.size);
        let mut data = Vec::new();
        self.read_to_end(&mut data)?;
        if self.content > 0 { Err(TarError::Truncated) } else { Ok(data) }
    }

    /// Whether all of the entry's content was read.
    pub(crate) fn is_read(&self) -> bool {
        self.content == 0
    }
}

/// Reads the content of the current entry.
impl<R: Read> Read for Archive<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let limit = usize::try_from(self.content).unwrap_or(usize::MAX).min(out.len());
        let length = self.input.read(&mut out[..limit])?;
        self.content -= length as u64;
        Ok(length)
    }
}

/// The fields of a header block that matter here.
struct Header {
    name: String,
    mode: i64,
    size: u64,
    modified: i64,
    kind: u8,
}

impl Header {
    fn parse(block: &[u8; BLOCK]) -> Result<Self, TarError> {
        if !has_checksum(block) {
            return Err(TarError::Header);
        }
        let number = |from: usize, length: usize| number(&block[from..from + length]).ok_or(TarError::Header);
        let header = Self {
            name: text(&block[..100]),
            mode: number(100, 8)?,
            size: u64::try_from(number(124, 12)?).map_err(|_| TarError::Header)?,
            modified: number(136, 12)?,
            kind: block[156],
        };
        // The owner's numbers.
        number(108, 8)?;
        number(116, 8)?;
        let is_ustar = &block[257..263] == b"ustar\0";
        let is_gnu = &block[257..265] == b"ustar  \0";
        if is_ustar || is_gnu {
            number(329, 8)?;
            number(337, 8)?;
        }
        let prefix = match (is_ustar, &block[508..]) {
            (true, b"tar\0") => text(&block[345..476]),
            (true, _) => text(&block[345..500]),
            (false, _) => String::new(),
        };
        let name = if prefix.is_empty() { header.name } else { format!("{prefix}/{}", header.name) };
        Ok(Self { name, ..header })
    }
}

/// Whether the block's checksum is right, taking its bytes with or without a sign.
fn has_checksum(block: &[u8; BLOCK]) -> bool {
    let bytes = || block.iter().enumerate().map(|(i, byte)| if (148..156).contains(&i) { b' ' } else { *byte });
    let unsigned: i64 = bytes().map(i64::from).sum();
    let signed: i64 = bytes().map(|byte| i64::from(byte.cast_signed())).sum();
    octal(&block[148..156]).is_some_and(|sum| sum == unsigned || sum == signed)
}

/// A number in octal digits, or in base 256 if its first bit is set.
fn number(field: &[u8]) -> Option<i64> {
    if field[0] & 0x80 == 0 {
        return octal(field);
    }
    let is_negative = field[0] & 0x40 != 0;
    let invert = if is_negative { 0xff } else { 0 };
    let first = (field[0] ^ invert) & 0x7f;
    let rest = field[1..].iter().map(|byte| byte ^ invert);
    let size =
        std::iter::once(first).chain(rest).try_fold(0_i64, |size, byte| Some(size.checked_mul(256)? | i64::from(byte)))?;
    Some(if is_negative { !size } else { size })
}

fn octal(field: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(field).ok()?.trim_matches([' ', '\0']);
    match text.split('\0').next() {
        None | Some("") => Some(0),
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => i64::from_str_radix(digits, 8).ok(),
        Some(_) => None,
    }
}

fn text(field: &[u8]) -> String {
    let length = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    String::from_utf8_lossy(&field[..length]).into_owned()
}

/// The records `LENGTH KEY=VALUE` of a PAX header.
fn records(mut data: &[u8]) -> Result<BTreeMap<String, String>, TarError> {
    let mut records = BTreeMap::new();
    while !data.is_empty() {
        let (key, value, rest) = record(data).ok_or(TarError::Header)?;
        records.insert(key, value);
        data = rest;
    }
    Ok(records)
}

fn record(data: &[u8]) -> Option<(String, String, &[u8])> {
    let space = data.iter().position(|byte| *byte == b' ')?;
    let digits = std::str::from_utf8(&data[..space]).ok()?;
    let length: usize = digits.parse().ok()?;
    let (record, rest) = data.split_at_checked(length)?;
    let record = record.get(space + 1..)?.strip_suffix(b"\n")?;
    let equals = record.iter().position(|byte| *byte == b'=')?;
    let (key, value) = (&record[..equals], &record[equals + 1..]);
    let is_text = matches!(key, b"path" | b"linkpath" | b"uname" | b"gname");
    if key.is_empty() || if is_text { value.contains(&0) } else { key.contains(&0) } {
        return None;
    }
    Some((String::from_utf8_lossy(key).into_owned(), String::from_utf8_lossy(value).into_owned(), rest))
}

/// Seconds and nanoseconds of `1350244992.023960108`.
fn parse_time(time: &str) -> Option<(i64, u32)> {
    let (seconds, fraction) = time.split_once('.').unwrap_or((time, ""));
    let whole: i64 = seconds.parse().ok()?;
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanoseconds: u32 = format!("{fraction:0<9.9}").parse().ok()?;
    if seconds.starts_with('-') && nanoseconds > 0 {
        return Some((whole.checked_sub(1)?, 1_000_000_000 - nanoseconds));
    }
    Some((whole, nanoseconds))
}

/// Fills `buffer` unless the input ends first; how much was read.
fn read_up_to(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match input.read(&mut buffer[length..])? {
            0 => break,
            more => length += more,
        }
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block with the given fields and a right checksum.
    fn header(name: &str, kind: u8, size: &str) -> Vec<u8> {
        let mut block = vec![0; BLOCK];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[124..124 + size.len()].copy_from_slice(size.as_bytes());
        block[156] = kind;
        block[257..265].copy_from_slice(b"ustar\x0000");
        sign(&mut block);
        block
    }

    fn sign(block: &mut [u8]) {
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }

    fn content(data: &[u8]) -> Vec<u8> {
        let mut blocks = data.to_vec();
        blocks.resize(data.len().next_multiple_of(BLOCK), 0);
        blocks
    }

    /// Names and contents of all entries, or what is wrong.
    fn read(parts: &[Vec<u8>]) -> Result<Vec<(String, Vec<u8>)>, String> {
        let data = parts.concat();
        let mut archive = Archive::new(data.as_slice());
        let mut entries = Vec::new();
        while let Some(entry) = archive.next_entry().map_err(|error| error.to_string())? {
            let mut data = Vec::new();
            archive.read_to_end(&mut data).map_err(|error| error.to_string())?;
            entries.push((entry.name, data));
        }
        Ok(entries)
    }

    fn entry(name: &str, data: &str) -> (String, Vec<u8>) {
        (name.to_owned(), data.as_bytes().to_vec())
    }

    #[test]
    fn names_come_from_headers_prefixes_and_extensions() {
        let mut prefixed = header("file", b'0', "");
        prefixed[345..348].copy_from_slice(b"dir");
        sign(&mut prefixed);
        let pax = b"15 path=c/long\n14 size=00003\n";
        let archive = [
            header("c/a", b'0', "2"),
            content(b"aa"),
            prefixed,
            header("x", b'x', &format!("{:o}", pax.len())),
            content(pax),
            header("short", b'0', "1"),
            content(b"abc"),
            header("@", b'L', "6"),
            content(b"c/gnu\0"),
            header("short", b'0', "0"),
            vec![0; 2 * BLOCK],
            b"behind the end".to_vec(),
        ];
        let expected = [entry("c/a", "aa"), entry("dir/file", ""), entry("c/long", "abc"), entry("c/gnu", "")];
        assert_eq!(read(&archive), Ok(expected.to_vec()));
    }

    #[test]
    fn an_archive_may_end_without_its_last_blocks_but_not_in_a_file() {
        let truncated = Err("unexpected EOF".to_owned());
        assert_eq!(read(&[header("a", b'0', "1"), b"x".to_vec()]), Ok(vec![entry("a", "x")]));
        assert_eq!(read(&[header("a", b'0', "1")[..100].to_vec()]), truncated);
        assert_eq!(read(&[header("a", b'L', "2"), b"x".to_vec()]), truncated);
        let mut archive = Archive::new(std::io::empty());
        archive.begin(5);
        assert!(matches!(archive.next_entry(), Err(TarError::Truncated)));
    }

    #[test]
    fn bad_headers_are_refused() {
        let mut unsigned = header("a", b'0', "0");
        unsigned[0] = b'b';
        let mut negative = header("a", b'0', "0");
        negative[124..136].fill(0xff);
        sign(&mut negative);
        let after_zero = [vec![0; BLOCK], header("a", b'0', "0")].concat();
        for block in [unsigned, negative, header("a", b'0', "9"), vec![1; BLOCK], after_zero] {
            assert_eq!(read(&[block]), Err("archive/tar: invalid tar header".into()));
        }
        let bad_record = [header("x", b'x', "4"), content(b"9 a=")].concat();
        assert_eq!(read(&[bad_record]), Err("archive/tar: invalid tar header".into()));
        assert_eq!(read(&[header("a", b'L', "4000001")]), Err("archive/tar: header field too long".into()));
        assert_eq!(read(&[header("a", b'S', "0")]), Err("archive/tar: sparse files are not supported".into()));
    }

    #[test]
    fn numbers_and_times() {
        assert_eq!(number(b"\x80\0\0\0\0\0\0\x01\0"), Some(256));
        assert_eq!(number(b"\xff\xff\xff\xff\xff\xff\xff\xff\xfe"), Some(-2));
        assert_eq!(number(b"\x80\xff\xff\xff\xff\xff\xff\xff\xff"), None);
        assert_eq!(number(b" 17 \0"), Some(15));
        assert_eq!(number(b"1 7"), None);
        assert_eq!(parse_time("1350244992.0239"), Some((1_350_244_992, 23_900_000)));
        assert_eq!(parse_time("-1.25"), Some((-2, 750_000_000)));
        assert_eq!(parse_time("1.x"), None);
    }
}
