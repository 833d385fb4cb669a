//! What kind of file this is, by its first bytes: what Helm says of a file that is no archive.
//!
//! The rules are those of the WHATWG's "MIME Sniffing", as Go's `net/http` applies them.

/// How many bytes are looked at.
pub(super) const LENGTH: usize = 512;

/// The content type of a file that begins with `head`.
pub(super) fn content_type(head: &[u8]) -> &'static str {
    let head = &head[..head.len().min(LENGTH)];
    let is_blank = |byte: &u8| matches!(byte, b'\t' | b'\n' | 0xc | b'\r' | b' ');
    let blanks = head.iter().take_while(|byte| is_blank(byte)).count();
    let text = &head[blanks..];
    if HTML.iter().any(|tag| is_tag(text, tag)) {
        return "text/html; charset=utf-8";
    }
    if text.starts_with(b"<?xml") {
        return "text/xml; charset=utf-8";
    }
    let known = SIGNATURES.iter().find(|(mask, pattern, _)| is_signature(head, mask, pattern));
    match known {
        Some((_, _, kind)) => kind,
        None if is_mp4(head) => "video/mp4",
        None if text.iter().any(|byte| is_binary(*byte)) => "application/octet-stream",
        None => "text/plain; charset=utf-8",
    }
}

fn is_tag(text: &[u8], tag: &[u8]) -> bool {
    let Some((start, rest)) = text.split_at_checked(tag.len()) else { return false };
    start.eq_ignore_ascii_case(tag) && matches!(rest.first(), Some(b' ' | b'>'))
}

/// Whether the bytes that `mask` selects are those of `pattern`; an empty mask selects all.
fn is_signature(head: &[u8], mask: &[u8], pattern: &[u8]) -> bool {
    let masks = mask.iter().chain(std::iter::repeat(&0xff));
    head.len() >= pattern.len()
        && head.iter().zip(pattern).zip(masks).all(|((byte, expected), mask)| byte & mask == *expected)
}

fn is_mp4(head: &[u8]) -> bool {
    let Some((length, rest)) = head.split_first_chunk() else { return false };
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
    if head.len() < 12 || head.len() < length || !length.is_multiple_of(4) || !rest.starts_with(b"ftyp") {
        return false;
    }
    // The second word is a version, not a brand.
    (8..length).step_by(4).any(|at| at != 12 && head[at..].starts_with(b"mp4"))
}

fn is_binary(byte: u8) -> bool {
    matches!(byte, 0..=8 | 0xb | 0xe..=0x1a | 0x1c..=0x1f)
}

const HTML: [&[u8]; 17] = [
    b"<!DOCTYPE HTML",
    b"<HTML",
    b"<HEAD",
    b"<SCRIPT",
    b"<IFRAME",
    b"<H1",
    b"<DIV",
    b"<FONT",
    b"<TABLE",
    b"<A",
    b"<STYLE",
    b"<TITLE",
    b"<B",
    b"<BODY",
    b"<BR",
    b"<P",
    b"<!--",
];

const ALL: &[u8] = &[];
const RIFF: &[u8] = &[255, 255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 255];

/// Mask, pattern and type, in the order in which they are tried.
const SIGNATURES: [(&[u8], &[u8], &str); 31] = [
    (ALL, b"%PDF-", "application/pdf"),
    (ALL, b"%!PS-Adobe-", "application/postscript"),
    (&[255, 255, 0, 0], b"\xfe\xff\0\0", "text/plain; charset=utf-16be"),
    (&[255, 255, 0, 0], b"\xff\xfe\0\0", "text/plain; charset=utf-16le"),
    (&[255, 255, 255, 0], b"\xef\xbb\xbf\0", "text/plain; charset=utf-8"),
    (ALL, b"\0\0\x01\0", "image/x-icon"),
    (ALL, b"\0\0\x02\0", "image/x-icon"),
    (ALL, b"BM", "image/bmp"),
    (ALL, b"GIF87a", "image/gif"),
    (ALL, b"GIF89a", "image/gif"),
    (&[255, 255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255], b"RIFF\0\0\0\0WEBPVP", "image/webp"),
    (ALL, b"\x89PNG\r\n\x1a\n", "image/png"),
    (ALL, b"\xff\xd8\xff", "image/jpeg"),
    (RIFF, b"FORM\0\0\0\0AIFF", "audio/aiff"),
    (ALL, b"ID3", "audio/mpeg"),
    (ALL, b"OggS\0", "application/ogg"),
    (ALL, b"MThd\0\0\0\x06", "audio/midi"),
    (RIFF, b"RIFF\0\0\0\0AVI ", "video/avi"),
    (RIFF, b"RIFF\0\0\0\0WAVE", "audio/wave"),
    (ALL, b"\x1a\x45\xdf\xa3", "video/webm"),
    (&EMBEDDED_FONT_MASK, &EMBEDDED_FONT, "application/vnd.ms-fontobject"),
    (ALL, b"\0\x01\0\0", "font/ttf"),
    (ALL, b"OTTO", "font/otf"),
    (ALL, b"ttcf", "font/collection"),
    (ALL, b"wOFF", "font/woff"),
    (ALL, b"wOF2", "font/woff2"),
    (ALL, b"\x1f\x8b\x08", "application/x-gzip"),
    (ALL, b"PK\x03\x04", "application/zip"),
    (ALL, b"Rar!\x1a\x07\0", "application/x-rar-compressed"),
    (ALL, b"Rar!\x1a\x07\x01\0", "application/x-rar-compressed"),
    (ALL, b"\0asm", "application/wasm"),
];

/// `LP` at the 34th byte.
const EMBEDDED_FONT: [u8; 36] = {
    let mut pattern = [0; 36];
    pattern[34] = b'L';
    pattern[35] = b'P';
    pattern
};
const EMBEDDED_FONT_MASK: [u8; 36] = {
    let mut mask = [0; 36];
    mask[34] = 255;
    mask[35] = 255;
    mask
};
