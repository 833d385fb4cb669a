//! Addresses as Go's `net/netip` reads them, with its words for what is none.

use gotemplate::format::quoted;

/// What kind of address a text is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Address {
    V4,
    V6 { has_zone: bool },
}

/// Reads an address.
///
/// # Errors
/// Go's text.
pub(crate) fn parse_address(text: &[u8]) -> Result<Address, String> {
    let found = match text.iter().find(|byte| b".:%".contains(byte)) {
        Some(b':') => check_v6(text).map(|()| Address::V6 { has_zone: text.contains(&b'%') }),
        Some(b'.') => check_v4(text).map(|()| Address::V4),
        Some(_) => Err(Failure::whole("missing IPv6 address")),
        None => Err(Failure::whole("unable to parse IP")),
    };
    found.map_err(|failure| {
        let place = if failure.at.is_empty() { String::new() } else { format!(" (at {})", quoted(failure.at)) };
        format!("ParseAddr({}): {}{place}", quoted(text), failure.message)
    })
}

struct Failure<'a> {
    message: &'static str,
    at: &'a [u8],
}

impl<'a> Failure<'a> {
    fn whole(message: &'static str) -> Self {
        Self { message, at: b"" }
    }

    fn at(message: &'static str, at: &'a [u8]) -> Self {
        Self { message, at }
    }
}

fn check_v4(text: &[u8]) -> Result<(), Failure<'_>> {
    let (mut dots, mut value, mut digits) = (0, 0, 0);
    for (index, &byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' if digits == 1 && value == 0 => {
                return Err(Failure::whole("IPv4 field has octet with leading zero"));
            }
            b'0'..=b'9' => {
                value = value * 10 + u32::from(byte - b'0');
                digits += 1;
                if value > 255 {
                    return Err(Failure::whole("IPv4 field has value >255"));
                }
            }
            b'.' if digits == 0 || index + 1 == text.len() => {
                return Err(Failure::at("IPv4 field must have at least one digit", &text[index..]));
            }
            b'.' if dots == 3 => return Err(Failure::whole("IPv4 address too long")),
            b'.' => (dots, value, digits) = (dots + 1, 0, 0),
            _ => return Err(Failure::at("unexpected character", &text[index..])),
        }
    }
    if dots < 3 { Err(Failure::whole("IPv4 address too short")) } else { Ok(()) }
}

fn check_v6(text: &[u8]) -> Result<(), Failure<'_>> {
    let end = text.iter().position(|&byte| byte == b'%').unwrap_or(text.len());
    if end + 1 == text.len() {
        return Err(Failure::whole("zone must be a non-empty string"));
    }
    let (mut groups, mut rest) = (0, &text[..end]);
    let mut ellipsis = false;
    if let Some(after) = rest.strip_prefix(b"::") {
        (ellipsis, rest) = (true, after);
        if rest.is_empty() {
            return Ok(());
        }
    }
    while groups < 8 {
        let group = take_group(rest)?;
        if rest.get(group) == Some(&b'.') {
            check_embedded(rest, groups, ellipsis)?;
            (groups, rest) = (groups + 2, b"");
            break;
        }
        groups += 1;
        rest = &rest[group..];
        if rest.is_empty() {
            break;
        }
        rest = skip_colon(rest)?;
        if rest[0] == b':' {
            if ellipsis {
                return Err(Failure::at("multiple :: in address", rest));
            }
            (ellipsis, rest) = (true, &rest[1..]);
            if rest.is_empty() {
                break;
            }
        }
    }
    match (groups, ellipsis) {
        _ if !rest.is_empty() => Err(Failure::at("trailing garbage after address", rest)),
        (8, true) => Err(Failure::whole("the :: must expand to at least one field of zeros")),
        (8, false) | (_, true) => Ok(()),
        (_, false) => Err(Failure::whole("address string too short")),
    }
}

/// The number of hexadecimal digits at the start.
fn take_group(text: &[u8]) -> Result<usize, Failure<'_>> {
    match text.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(text.len()) {
        0 => Err(Failure::at("each colon-separated field must have at least one digit", text)),
        digits @ 1..=4 => Ok(digits),
        _ => Err(Failure::at("each group must have 4 or less digits", text)),
    }
}

fn check_embedded(text: &[u8], groups: usize, ellipsis: bool) -> Result<(), Failure<'_>> {
    if !ellipsis && groups != 6 {
        return Err(Failure::at("embedded IPv4 address must replace the final 2 fields of the address", text));
    }
    if groups > 6 {
        return Err(Failure::at("too many hex fields to fit an embedded IPv4 at the end of the address", text));
    }
    check_v4(text)
}

fn skip_colon(text: &[u8]) -> Result<&[u8], Failure<'_>> {
    match text {
        [b':'] => Err(Failure::at("colon must be followed by more characters", text)),
        [b':', rest @ ..] => Ok(rest),
        _ => Err(Failure::at("unexpected character, want colon", text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_accepted() {
        assert_eq!(parse_address(b"1.2.3.4"), Ok(Address::V4));
        for text in [
            "::",
            "::1",
            "1::",
            "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7::",
            "::ffff:1.2.3.4",
            "1:2:3:4:5:6:1.2.3.4",
            "fe80::1%eth0",
        ] {
            let expected = Address::V6 { has_zone: text.contains('%') };
            assert_eq!(parse_address(text.as_bytes()), Ok(expected), "{text}");
        }
    }

    // The expected texts are those of Go 1.26.
    #[test]
    fn what_is_no_address_is_said_in_go_s_words() {
        let cases = [
            ("x", "unable to parse IP"),
            ("%a", "missing IPv6 address"),
            ("1:2", "address string too short"),
            ("::1%", "zone must be a non-empty string"),
            ("1:12345::", "each group must have 4 or less digits (at \"12345::\")"),
            ("1::2::3", "multiple :: in address (at \":3\")"),
            ("1:2:3:4:5:6:7:8:9", "trailing garbage after address (at \"9\")"),
            ("1:2:3:4::5:6:7:8", "the :: must expand to at least one field of zeros"),
            ("1:", "colon must be followed by more characters (at \":\")"),
            ("1.2.3.04", "IPv4 field has octet with leading zero"),
            ("::1.2..3", "IPv4 field must have at least one digit (at \".3\")"),
            ("1.2.3.4.5", "IPv4 address too long"),
        ];
        for (text, error) in cases {
            assert_eq!(parse_address(text.as_bytes()), Err(format!("ParseAddr(\"{text}\"): {error}")));
        }
    }
}
