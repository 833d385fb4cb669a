//! Decompresses gzip files, failing in Go's words.
//!
//! A file is a sequence of members. As in Go, what follows a member is looked at only when more data is asked for, so
//! whatever stands behind the end of an archive is never read.

use flate2::{Crc, Decompress, FlushDecompress, Status};
use std::io::{self, BufRead, Read};

/// The first bytes of every file: the signature, and deflate as the method.
pub(crate) const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];

const HAS_CRC: u8 = 2;
const HAS_EXTRA: u8 = 4;
const HAS_NAME: u8 = 8;
const HAS_COMMENT: u8 = 16;

/// Why a file is not gzip.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum GzipError {
    /// A member does not begin like one.
    #[error("gzip: invalid header")]
    Header,
    /// The data is not what was compressed.
    #[error("gzip: invalid checksum")]
    Checksum,
    /// The compressed data makes no sense.
    #[error("flate: corrupt input before offset {0}")]
    Corrupt(u64),
}

impl From<GzipError> for io::Error {
    fn from(error: GzipError) -> Self {
        Self::new(io::ErrorKind::InvalidData, error)
    }
}

/// The decompressed content of a gzip file.
pub(crate) struct Gzip<R> {
    input: R,
    inflate: Decompress,
    crc: Crc,
    /// Whether the current member is at its end.
    finished: bool,
}

impl<R: BufRead> Gzip<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`GzipError::Header`] inside, or what reading failed with.
    pub(crate) fn new(input: R) -> io::Result<Self> {
        let mut gzip = Self { input, inflate: Decompress::new(false), crc: Crc::new(), finished: false };
        if gzip.at_end()? {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "EOF"));
        }
        gzip.header()?;
        Ok(gzip)
    }

    fn at_end(&mut self) -> io::Result<bool> {
        Ok(self.input.fill_buf()?.is_empty())
    }

    fn header(&mut self) -> io::Result<()> {
        let mut header = Header { input: &mut self.input, crc: Crc::new() };
        let fixed = header.bytes::<10>()?;
        if fixed[..3] != MAGIC {
            return Err(GzipError::Header.into());
        }
        let flags = fixed[3];
        if flags & HAS_EXTRA != 0 {
            let length = u16::from_le_bytes(header.bytes()?);
            for _ in 0..length {
                header.bytes::<1>()?;
            }
        }
        for flag in [HAS_NAME, HAS_COMMENT] {
            if flags & flag != 0 {
                header.text()?;
            }
        }
        if flags & HAS_CRC != 0 {
            let expected = header.crc.sum() & 0xffff;
            if u32::from(u16::from_le_bytes(header.bytes()?)) != expected {
                return Err(GzipError::Header.into());
            }
        }
        Ok(())
    }

    fn trailer(&mut self) -> io::Result<()> {
        let mut trailer = Header { input: &mut self.input, crc: Crc::new() };
        let checksum = u32::from_le_bytes(trailer.bytes()?);
        let length = u32::from_le_bytes(trailer.bytes()?);
        if checksum != self.crc.sum() || length != self.crc.amount() {
            return Err(GzipError::Checksum.into());
        }
        Ok(())
    }

    /// Goes on to the next member; whether there is one.
    fn next_member(&mut self) -> io::Result<bool> {
        self.trailer()?;
        if self.at_end()? {
            return Ok(false);
        }
        self.header()?;
        self.inflate.reset(false);
        self.crc.reset();
        self.finished = false;
        Ok(true)
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            if out.is_empty() || (self.finished && !self.next_member()?) {
                return Ok(0);
            }
            let input = self.input.fill_buf()?;
            let at_end = input.is_empty();
            let (taken, made) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self.inflate.decompress(input, out, FlushDecompress::None);
            let length = |now: u64, before: u64| usize::try_from(now - before).unwrap_or(usize::MAX);
            let taken = length(self.inflate.total_in(), taken);
            let made = length(self.inflate.total_out(), made);
            self.input.consume(taken);
            self.crc.update(&out[..made]);
            match status {
                Err(_) => return Err(GzipError::Corrupt(self.inflate.total_in()).into()),
                Ok(Status::StreamEnd) => self.finished = true,
                Ok(_) if made == 0 && at_end => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(_) => {}
            }
            if made > 0 {
                return Ok(made);
            }
        }
    }
}

/// The parts of a member around its data.
struct Header<'r, R> {
    input: &'r mut R,
    crc: Crc,
}

impl<R: BufRead> Header<'_, R> {
    fn bytes<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.input.read_exact(&mut bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => io::ErrorKind::UnexpectedEof.into(),
            _ => error,
        })?;
        self.crc.update(&bytes);
        Ok(bytes)
    }

    /// Skips a text that ends with a zero byte; Go allows it 511 others.
    fn text(&mut self) -> io::Result<()> {
        for _ in 0..512 {
            if self.bytes()? == [0] {
                return Ok(());
            }
        }
        Err(GzipError::Header.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn compress(data: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(data).expect("memory");
        writer.finish().expect("memory")
    }

    fn decompress(data: &[u8]) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        let result = Gzip::new(data).and_then(|mut gzip| gzip.read_to_end(&mut out));
        result.map(|_| out).map_err(|error| error.to_string())
    }

    #[test]
    fn members_are_joined() {
        let data = [compress(b"one "), compress(b""), compress(b"two")].concat();
        assert_eq!(decompress(&data), Ok(b"one two".to_vec()));
    }

    #[test]
    fn optional_fields_are_skipped_and_checked() {
        let plain = compress(b"data");
        let mut header = vec![0x1f, 0x8b, 8, HAS_CRC | HAS_EXTRA | HAS_NAME | HAS_COMMENT, 0, 0, 0, 0, 0, 255];
        header.extend([2, 0, 7, 7]);
        header.extend(b"name\0comment\0");
        let mut crc = Crc::new();
        crc.update(&header);
        let sum = u16::try_from(crc.sum() & 0xffff).expect("16 bits");
        let good = [header.as_slice(), &sum.to_le_bytes(), &plain[10..]].concat();
        assert_eq!(decompress(&good), Ok(b"data".to_vec()));
        let bad = [header.as_slice(), &(sum ^ 1).to_le_bytes(), &plain[10..]].concat();
        assert_eq!(decompress(&bad), Err("gzip: invalid header".into()));
    }

    #[test]
    fn broken_files_fail_in_go_words() {
        let good = compress(b"some data, some more data");
        let eof = std::io::Error::from(io::ErrorKind::UnexpectedEof).to_string();
        assert_eq!(decompress(b""), Err("EOF".into()));
        for length in [1, 9, 10, 15, good.len() - 8, good.len() - 1] {
            assert_eq!(decompress(&good[..length]), Err(eof.clone()), "{length}");
        }
        assert_eq!(decompress(&[&good[..], b"garbage, more"].concat()), Err("gzip: invalid header".into()));
        let mut checksum = good.clone();
        checksum[good.len() - 8] ^= 1;
        assert_eq!(decompress(&checksum), Err("gzip: invalid checksum".into()));
        let mut corrupt = good;
        corrupt[10] = 0xff;
        assert!(decompress(&corrupt).is_err_and(|text| text.starts_with("flate: corrupt input before offset ")));
    }
}
