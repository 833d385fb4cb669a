//! Percent-encoding, which differs from one part of a URL to the next.

use gotemplate::format::quoted;

/// A part of a URL.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Part {
    Path,
    /// What is between two slashes of a path.
    Segment,
    Host,
    Zone,
    User,
    Fragment,
}

impl Part {
    /// Whether `byte` may not stand for itself.
    pub(super) fn escapes(self, byte: u8) -> bool {
        match byte {
            b'-' | b'_' | b'.' | b'~' => false,
            _ if byte.is_ascii_alphanumeric() => false,
            b'!' | b'\'' | b'(' | b')' | b'*' | b'[' | b']' | b'<' | b'>' | b'"' if self.is_host() => false,
            b'!' | b'(' | b')' | b'*' => self != Self::Fragment,
            b'/' | b',' | b';' if self == Self::Segment => true,
            b'$' | b'&' | b'+' | b',' | b';' | b'=' => false,
            b':' => self == Self::User,
            b'/' | b'@' => self == Self::User || self.is_host(),
            b'?' => self != Self::Fragment,
            _ => true,
        }
    }

    fn is_host(self) -> bool {
        matches!(self, Self::Host | Self::Zone)
    }

    /// Whether `text` may stand in a path as it is.
    pub(super) fn is_path(text: &[u8]) -> bool {
        text.iter().all(|byte| b"!$&'()*+,;=:@[]%".contains(byte) || !Self::Path.escapes(*byte))
    }

    /// Encodes `text`.
    pub(super) fn escape(self, text: &[u8]) -> Vec<u8> {
        let mut escaped = Vec::with_capacity(text.len());
        for &byte in text {
            if self.escapes(byte) {
                escaped.extend_from_slice(format!("%{byte:02X}").as_bytes());
            } else {
                escaped.push(byte);
            }
        }
        escaped
    }

    /// Decodes `text`.
    ///
    /// # Errors
    /// A text for the user, on a broken escape or a character that may not stand there.
    pub(super) fn unescape(self, text: &[u8]) -> Result<Vec<u8>, String> {
        let mut plain = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some((&first, after)) = rest.split_first() {
            if first == b'%' {
                let byte = hex(rest).filter(|&byte| self.may_be_escaped(byte, rest));
                plain.push(byte.ok_or_else(|| format!("invalid URL escape {}", quoted(&rest[..rest.len().min(3)])))?);
                rest = &rest[3..];
            } else if self.is_host() && first.is_ascii() && self.escapes(first) {
                return Err(format!("invalid character {} in host name", quoted(&[first])));
            } else {
                plain.push(first);
                rest = after;
            }
        }
        Ok(plain)
    }

    /// Hosts may escape only what is not ASCII, and `%` itself; zones whatever a host may hold, and blanks.
    fn may_be_escaped(self, byte: u8, text: &[u8]) -> bool {
        match self {
            _ if text.starts_with(b"%25") => true,
            Self::Host => !byte.is_ascii(),
            Self::Zone => byte == b' ' || !Self::Host.escapes(byte),
            _ => true,
        }
    }
}

/// The byte that `%XX` stands for.
fn hex(text: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    match text {
        [b'%', high, low, ..] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_escapes_its_own_characters() {
        let punctuation: Vec<u8> = (b' '..=b'~').filter(u8::is_ascii_punctuation).collect();
        let kept = |part: Part| {
            punctuation.iter().filter(|byte| !part.escapes(**byte)).map(|byte| char::from(*byte)).collect::<String>()
        };
        assert_eq!(kept(Part::Path), "$&+,-./:;=@_~");
        assert_eq!(kept(Part::Segment), "$&+-.:=@_~");
        assert_eq!(kept(Part::Host), "!\"$&'()*+,-.:;<=>[]_~");
        assert_eq!(kept(Part::User), "$&+,-.;=_~");
        assert_eq!(kept(Part::Fragment), "!$&()*+,-./:;=?@_~");
    }
}
