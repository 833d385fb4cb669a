//! Base 64 and base 32. What cannot be decoded becomes the text of the error, as Helm's functions have it.

use super::limits;
use gotemplate::function::{FunctionError, FunctionTable};
use gotemplate::value::Str;

pub(super) fn add(table: &mut FunctionTable) {
    table.add("b64enc", |text: Str| encode(text.as_bytes(), BASE64, 6, 4));
    table.add("b32enc", |text: Str| encode(text.as_bytes(), BASE32, 5, 8));
    table.add("b64dec", |text: Str| or_fault(decode64(text.as_bytes()), "base64"));
    table.add("b32dec", |text: Str| or_fault(decode32(text.as_bytes()), "base32"));
}

const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Where the text is at fault, counted from 0.
pub(super) struct Corrupt(pub usize);

fn or_fault(decoded: Result<Vec<u8>, Corrupt>, code: &str) -> Vec<u8> {
    decoded.unwrap_or_else(|Corrupt(place)| format!("illegal {code} data at input byte {place}").into_bytes())
}

/// Writes `bits` bits as one letter, and fills up to groups of `group` letters.
fn encode(bytes: &[u8], alphabet: &[u8], bits: u32, group: usize) -> Result<Vec<u8>, FunctionError> {
    let mask = alphabet.len() as u32 - 1;
    let size = bytes.len().div_ceil(group * bits as usize / 8) * group;
    let mut letters = Vec::with_capacity(limits::text(Some(size))?);
    let (mut pending, mut count) = (0_u32, 0);
    for byte in bytes {
        pending = pending << 8 | u32::from(*byte);
        count += 8;
        while count >= bits {
            count -= bits;
            letters.push(alphabet[(pending >> count & mask) as usize]);
        }
    }
    if count > 0 {
        letters.push(alphabet[(pending << (bits - count) & mask) as usize]);
    }
    letters.resize(letters.len().next_multiple_of(group), b'=');
    Ok(letters)
}

/// Line breaks are skipped anywhere.
///
/// # Errors
/// Where the text is not base 64.
pub(super) fn decode64(text: &[u8]) -> Result<Vec<u8>, Corrupt> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let mut group = Vec::with_capacity(4);
    let mut rest = text.iter().copied().enumerate().filter(|(_, byte)| !matches!(byte, b'\n' | b'\r'));
    while let Some((place, byte)) = rest.next() {
        match digit(BASE64, byte) {
            Some(digit) => group.push(digit),
            None if byte != b'=' || group.len() < 2 => return Err(Corrupt(place)),
            None => {
                if group.len() == 2 {
                    match rest.next() {
                        None => return Err(Corrupt(text.len())),
                        Some((_, b'=')) => {}
                        // Go names the place before.
                        Some((place, _)) => return Err(Corrupt(place - 1)),
                    }
                }
                if let Some((place, _)) = rest.next() {
                    return Err(Corrupt(place));
                }
                unpack(&group, 6, &mut bytes);
                return Ok(bytes);
            }
        }
        if group.len() == 4 {
            unpack(&group, 6, &mut bytes);
            group.clear();
        }
    }
    match group.len() {
        0 => Ok(bytes),
        missing => Err(Corrupt(text.len() - missing)),
    }
}

/// Places are counted without line breaks.
fn decode32(text: &[u8]) -> Result<Vec<u8>, Corrupt> {
    let text: Vec<u8> = text.iter().copied().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect();
    let mut bytes = Vec::with_capacity(text.len() / 8 * 5 + 5);
    for (index, chunk) in text.chunks(8).enumerate() {
        let start = index * 8;
        let left = text.len() - start;
        let padding = chunk.iter().position(|byte| *byte == b'=').filter(|count| *count >= 2 && left <= count + 8);
        let letters = padding.map_or(chunk, |count| &chunk[..count]);
        let mut group = Vec::with_capacity(8);
        for (place, byte) in letters.iter().enumerate() {
            group.push(digit(BASE32, *byte).ok_or(Corrupt(start + place))?);
        }
        if padding.is_none() && chunk.len() < 8 {
            return Err(Corrupt(start));
        }
        unpack(&group, 5, &mut bytes);
        // What follows the padding is not looked at, if it is short.
        if let Some(count) = padding {
            return check_padding(chunk, count, start).map(|()| bytes);
        }
    }
    Ok(bytes)
}

/// Whether `chunk` may end with `=` from place `count` on.
fn check_padding(chunk: &[u8], count: usize, start: usize) -> Result<(), Corrupt> {
    if chunk.len() < 8 {
        return Err(Corrupt(start + chunk.len()));
    }
    if let Some(place) = chunk.iter().skip(count).position(|byte| *byte != b'=') {
        return Err(Corrupt(start + count + place - 1));
    }
    match count {
        3 | 6 => Err(Corrupt(start + count)),
        _ => Ok(()),
    }
}

fn digit(alphabet: &[u8], letter: u8) -> Option<u8> {
    alphabet.iter().position(|known| *known == letter).map(|place| place as u8)
}

/// Appends the whole bytes that the digits make.
fn unpack(digits: &[u8], bits: u32, bytes: &mut Vec<u8>) {
    let (mut pending, mut count) = (0_u32, 0);
    for digit in digits {
        pending = pending << bits | u32::from(*digit);
        count += bits;
        if count >= 8 {
            count -= 8;
            bytes.push((pending >> count & 0xff) as u8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Helm prints.
    fn check(decode: impl Fn(&str) -> Vec<u8>, code: &str, cases: &[(&str, Result<&str, usize>)]) {
        for (text, expected) in cases {
            let expected = match expected {
                Ok(bytes) => (*bytes).to_owned(),
                Err(place) => format!("illegal {code} data at input byte {place}"),
            };
            assert_eq!(String::from_utf8_lossy(&decode(text)), expected, "{text:?}");
        }
    }

    #[test]
    fn faults_in_base64_are_where_go_sees_them() {
        let decode = |text: &str| or_fault(decode64(text.as_bytes()), "base64");
        let cases = [
            ("YQ", Err(0)),
            ("YQ=", Err(3)),
            ("YQ==", Ok("a")),
            ("YQ=a", Err(2)),
            ("YQ=\na", Err(3)),
            ("YQ==a", Err(4)),
            ("YQ==\n\na", Err(6)),
            ("YWI=", Ok("ab")),
            ("=", Err(0)),
            ("Y=", Err(1)),
            ("Y\n", Err(1)),
            ("aGVs\nbG8", Err(5)),
            ("aGVs!bG8", Err(4)),
            ("YR==", Ok("a")),
            ("YQ\n=\n=\n", Ok("a")),
            ("", Ok("")),
        ];
        check(decode, "base64", &cases);
    }

    #[test]
    fn faults_in_base32_are_where_go_sees_them() {
        let decode = |text: &str| or_fault(decode32(text.as_bytes()), "base32");
        let cases = [
            ("ME", Err(0)),
            ("ME======", Ok("a")),
            ("ME=====", Err(7)),
            ("ME====a=", Err(5)),
            ("MF=a====", Err(2)),
            ("MFR=====", Err(3)),
            ("M=======", Err(1)),
            ("MFRGG===", Ok("abc")),
            ("MFRGGZ==", Err(6)),
            ("ME======a", Ok("a")),
            ("ME======ME======", Err(2)),
            ("MFRA\nMFRA", Ok("ab\u{6}\u{16} ")),
            ("1", Err(0)),
            ("GEZDGNBVM", Err(8)),
            ("GEZDGNBVM=", Err(9)),
            ("", Ok("")),
        ];
        check(decode, "base32", &cases);
    }

    #[test]
    fn groups_are_filled_up() {
        let all = |alphabet, bits, group| {
            ["a", "ab", "abc", "abcd", "abcde", ""].map(|text| {
                String::from_utf8_lossy(&encode(text.as_bytes(), alphabet, bits, group).expect("letters")).into_owned()
            })
        };
        assert_eq!(all(BASE32, 5, 8), ["ME======", "MFRA====", "MFRGG===", "MFRGGZA=", "MFRGGZDF", ""]);
        assert_eq!(all(BASE64, 6, 4), ["YQ==", "YWI=", "YWJj", "YWJjZA==", "YWJjZGU=", ""]);
    }
}
