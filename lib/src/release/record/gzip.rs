//! Decompressing the body of a record, all at once and as Go's `compress/gzip` understands it: one member after the other.

use super::RecordError;
use flate2::{Decompress, DecompressError, FlushDecompress, Status};

/// How long a block of lengths and distances can become at most, by its bytes: the limit of the format.
const LARGEST_RATIO: usize = 1032;
/// What a body may grow to: a few hundred bytes can claim to be a thousand times as long.
const LARGEST: usize = 1 << 30;
/// Of deflate's window.
const WINDOW_BITS: u8 = 15;
const TRAILER: usize = 4;

/// Puts the bytes that were compressed into `text`, in place of what is there.
///
/// # Errors
/// When the bytes are cut off or damaged, with Go's text.
pub(super) fn decompress(mut bytes: &[u8], text: &mut Vec<u8>) -> Result<(), RecordError> {
    text.clear();
    // All that fits is written in one go, without a window of what was written before.
    text.reserve(length(bytes));
    while !bytes.is_empty() {
        bytes = &bytes[member(bytes, text)?..];
    }
    Ok(())
}

/// What the last bytes claim, as far as it can be true, and one byte more: the end is only seen by who has room.
fn length(bytes: &[u8]) -> usize {
    let claimed = bytes.last_chunk::<TRAILER>().map_or(0, |last| u32::from_le_bytes(*last) as usize);
    claimed.min(bytes.len().saturating_mul(LARGEST_RATIO)).min(LARGEST) + 1
}

/// Appends what the first member holds; how many bytes it has.
fn member(bytes: &[u8], text: &mut Vec<u8>) -> Result<usize, RecordError> {
    let failed = |text: &str| RecordError::Gzip(text.to_owned());
    let mut inflate = Decompress::new_gzip(WINDOW_BITS);
    let mut read = 0;
    loop {
        let written = text.len();
        let inflated = inflate.decompress_vec(&bytes[read..], text, FlushDecompress::None);
        let status = inflated.map_err(|error| damaged(&error))?;
        let before = std::mem::replace(&mut read, usize::try_from(inflate.total_in()).unwrap_or(usize::MAX));
        match status {
            Status::StreamEnd => return Ok(read),
            _ if text.len() > LARGEST => return Err(failed(&format!("a record of more than {LARGEST} bytes"))),
            _ if text.len() == text.capacity() => text.reserve(text.len().max(bytes.len())),
            _ if (before, written) == (read, text.len()) => return Err(failed("unexpected EOF")),
            _ => {}
        }
    }
}

fn damaged(error: &DecompressError) -> RecordError {
    RecordError::Gzip(match error.message() {
        Some("incorrect header check") => "gzip: invalid header".to_owned(),
        Some("incorrect data check" | "incorrect length check") => "gzip: invalid checksum".to_owned(),
        Some(message) => format!("gzip: {message}"),
        None => format!("gzip: {error}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).expect("written");
        encoder.finish().expect("ended")
    }

    fn decompress(bytes: &[u8]) -> Result<Vec<u8>, RecordError> {
        let mut text = b"of another".to_vec();
        super::decompress(bytes, &mut text).map(|()| text)
    }

    fn error(bytes: &[u8]) -> String {
        decompress(bytes).expect_err("damaged").to_string()
    }

    #[test]
    fn members_follow_each_other() {
        let long = "a".repeat(100_000);
        let bytes = [gzip(b"one "), gzip(long.as_bytes()), gzip(b"")].concat();
        assert_eq!(decompress(&bytes), Ok(format!("one {long}").into_bytes()));
    }

    /// The texts are those of Go 1.26.
    #[test]
    fn damage_is_told_as_go_tells_it() {
        let whole = gzip(b"some text that is longer than nothing");
        let changed = |at: usize| {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            bytes
        };
        assert_eq!(error(&whole[..whole.len() - 1]), "unexpected EOF");
        assert_eq!(error(&whole[..12]), "unexpected EOF");
        assert_eq!(error(&changed(whole.len() - 1)), "gzip: invalid checksum");
        assert_eq!(error(&changed(whole.len() - 8)), "gzip: invalid checksum");
        assert_eq!(error(&[whole.as_slice(), b"and more"].concat()), "gzip: invalid header");
    }
}
