//! Base 64 with padding, as Go's standard encoding.

/// The bytes of a text in which line breaks may stand anywhere; `None` if it is none.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    if !digits.len().is_multiple_of(4) {
        return None;
    }
    let groups = digits.len() / 4;
    let mut bytes = Vec::with_capacity(groups * 3);
    for (at, group) in digits.chunks(4).enumerate() {
        let padding = group.iter().rev().take_while(|&&digit| digit == b'=').count();
        if padding > 2 || (padding > 0 && at + 1 < groups) {
            return None;
        }
        let bits = group[..4 - padding].iter().try_fold(0, |bits, &digit| Some(bits << 6 | value_of(digit)?))?;
        bytes.extend_from_slice(&(bits << (6 * padding)).to_be_bytes()[1..4 - padding]);
    }
    Some(bytes)
}

/// go-yaml's form: lines of 70 digits, each ended, once there is more than one.
pub(crate) fn encode_lines(bytes: &[u8]) -> String {
    const LINE: usize = 70;
    let digits = encode(bytes);
    if digits.len() < LINE {
        return digits;
    }
    let mut lines = String::with_capacity(digits.len() + digits.len() / LINE + 1);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at.is_multiple_of(LINE) {
            lines.push('\n');
        }
        lines.push(digit);
    }
    lines.push('\n');
    lines
}

fn encode(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| group.get(at).map_or(0, |&byte| u32::from(byte));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            digits.push(if at <= group.len() { digit_for(bits >> (18 - 6 * at) & 63) } else { '=' });
        }
    }
    digits
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn digit_for(value: u32) -> char {
    char::from(DIGITS[value as usize & 63])
}

fn value_of(digit: u8) -> Option<u32> {
    Some(u32::from(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back() {
        for length in 0..12 {
            let bytes: Vec<u8> = (0..length).map(|at: u8| at.wrapping_mul(41)).collect();
            assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }
        assert_eq!([encode(b"a"), encode(b"ab"), encode(b"\xff\xfe\xfd")], ["YQ==", "YWI=", "//79"]);
    }

    #[test]
    fn what_go_refuses_is_none() {
        assert_eq!(decode("YW\r\nI=\n"), Some(b"ab".to_vec()));
        for text in ["YQ", "YQ=", "YQ==YQ==", "Y===", "====", "Y Q=", "Y-=="] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    #[test]
    fn long_texts_are_lines() {
        assert_eq!(encode_lines(&[0xff; 51]).len(), 68);
        assert_eq!(encode_lines(&[0xff; 54]), format!("{}\n//\n", "/".repeat(70)));
        assert_eq!(encode_lines(&[0xff; 105]), format!("{0}\n{0}\n", "/".repeat(70)));
    }
}
