//! What `format` demands: Helm's rules, and its words for what does not keep to them.
//!
//! Only texts are looked at.

use super::patterns;
use crate::gotext::quote;
use crate::gotime::check_date;
use crate::gourl::{Address, Url, parse_address, unescape};
use boon::{Compiler, Format};

type Verdict = Result<(), String>;

/// Lists all formats, and what checks them.
macro_rules! formats {
    ($($name:literal => $check:expr,)*) => {
        /// Tells a compiler of all formats.
        pub(super) fn register(compiler: &mut Compiler) {
            $(compiler.register_format(Format {
                name: $name,
                func: |value| value.as_str().map_or(Ok(()), |text| check($name, text).map_err(Into::into)),
            });)*
        }

        /// What is wrong with a text that should have a format; nothing if the format is not known.
        ///
        /// # Errors
        /// In Helm's words.
        pub(super) fn check(format: &str, text: &str) -> Verdict {
            match format {
                $($name => ($check)(text),)*
                _ => Ok(()),
            }
        }
    };
}

formats! {
    "date" => check_date,
    "time" => time,
    "date-time" => date_time,
    "duration" => duration,
    "period" => period,
    "regex" => patterns::check,
    "go-regex" => patterns::check,
    "email" => email,
    "hostname" => hostname,
    "ipv4" => ipv4,
    "ipv6" => |text: &str| ipv6(text.as_bytes()),
    "json-pointer" => json_pointer,
    "relative-json-pointer" => relative_json_pointer,
    "semver" => semver,
    "uri" => uri,
    "iri" => uri,
    "uri-reference" => uri_reference,
    "iri-reference" => uri_reference,
    "uri-template" => uri_template,
    "uuid" => uuid,
    "idn-email" => unknown,
    "idn-hostname" => unknown,
}

/// A format that Helm does not know.
#[expect(clippy::unnecessary_wraps, reason = "it is one of many that fail")]
fn unknown(_: &str) -> Verdict {
    Ok(())
}

fn fail(text: &str) -> Verdict {
    Err(text.to_owned())
}

fn invalid_character(c: char) -> String {
    format!("invalid character {}", rune(c))
}

/// `%q` of a character.
fn rune(c: char) -> String {
    let list = crate::gotext::quote_chars(&c.to_string());
    list.trim_start_matches('[').trim_end_matches(']').to_owned()
}

fn leading_digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn json_pointer(text: &str) -> Verdict {
    if text.is_empty() {
        return Ok(());
    }
    if !text.starts_with('/') {
        return fail("not starting with /");
    }
    let is_escape = |(at, _): (usize, &str)| text[at + 1..].starts_with(['0', '1']);
    if text.match_indices('~').all(is_escape) { Ok(()) } else { fail("~ must be followed by 0 or 1") }
}

fn relative_json_pointer(text: &str) -> Verdict {
    match leading_digits(text) {
        0 => fail("must start with non-negative integer"),
        length if length > 1 && text.starts_with('0') => fail("starts with zero"),
        length if &text[length..] == "#" => Ok(()),
        length => json_pointer(&text[length..]),
    }
}

fn uuid(text: &str) -> Verdict {
    const LENGTHS: [usize; 5] = [8, 4, 4, 4, 12];
    let groups: Vec<_> = text.split('-').collect();
    if groups.len() != LENGTHS.len() {
        return fail("must have 5 elements");
    }
    for (at, (group, length)) in groups.iter().zip(LENGTHS).enumerate() {
        if group.len() != length {
            return Err(format!("element {} must be {length} characters long", at + 1));
        }
        if let Some(c) = group.chars().find(|c| !c.is_ascii_hexdigit()) {
            return Err(format!("non-hex character {}", rune(c)));
        }
    }
    Ok(())
}

fn duration(text: &str) -> Verdict {
    let Some(text) = text.strip_prefix('P') else { return fail("must start with P") };
    if text.is_empty() {
        return fail("nothing after P");
    }
    if let Some(weeks) = text.strip_suffix('W') {
        return match leading_digits(weeks) {
            _ if weeks.is_empty() => fail("no number in week"),
            length if length < weeks.len() => fail("invalid week"),
            _ => Ok(()),
        };
    }
    for (at, part) in text.split('T').enumerate() {
        if at != 0 && part.is_empty() {
            return fail("no time elements");
        }
        match at {
            0 => elements(part, "YMD")?,
            1 => elements(part, "HMS")?,
            _ => return fail("more than one T"),
        }
    }
    Ok(())
}

/// Numbers, each with one of `units`, in their order.
fn elements(mut text: &str, all: &str) -> Verdict {
    let mut units = all;
    while !text.is_empty() {
        let length = leading_digits(text);
        if length == 0 {
            return fail("missing number");
        }
        // Helm takes the unit for one byte.
        let Some(unit) = text.as_bytes().get(length).map(|byte| char::from(*byte)) else { return fail("missing unit") };
        match units.find(unit) {
            Some(at) => units = &units[at + 1..],
            None if all.contains(unit) => return Err(format!("unit {} out of order", rune(unit))),
            None => return Err(format!("invalid unit {}", rune(unit))),
        }
        text = &text[length + 1..];
    }
    Ok(())
}

fn period(text: &str) -> Verdict {
    let Some((start, end)) = text.split_once('/') else { return fail("missing slash") };
    if start.starts_with('P') {
        duration(start).map_err(|error| format!("invalid start duration: {error}"))?;
    } else {
        date_time(start).map_err(|error| format!("invalid start date-time: {error}"))?;
        if end.starts_with('P') {
            return duration(end).map_err(|error| format!("invalid end duration: {error}"));
        }
    }
    date_time(end).map_err(|error| format!("invalid end date-time: {error}"))
}

fn ipv4(text: &str) -> Verdict {
    let groups: Vec<_> = text.split('.').collect();
    if groups.len() != 4 {
        return fail("expected four decimals");
    }
    for group in groups {
        if group.len() > 1 && group.starts_with('0') {
            return fail("leading zeros");
        }
        let number: i64 = group.parse().map_err(|_| not_a_number(group))?;
        if !(0..=255).contains(&number) {
            return fail("decimal must be between 0 and 255");
        }
    }
    Ok(())
}

fn not_a_number(text: &str) -> String {
    let is_number = !text.is_empty() && leading_digits(text) == text.len();
    let problem = if is_number { "value out of range" } else { "invalid syntax" };
    format!("strconv.Atoi: parsing {}: {problem}", quote(text))
}

fn ipv6(text: &[u8]) -> Verdict {
    if !text.contains(&b':') {
        return fail("missing colon");
    }
    match parse_address(text)? {
        Address::V6 { has_zone: true } => fail("zone id is not a part of ipv6 address"),
        _ => Ok(()),
    }
}

fn hostname(text: &str) -> Verdict {
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.len() > 253 {
        return fail("more than 253 characters long");
    }
    for label in text.split('.') {
        if !(1..=63).contains(&label.len()) {
            return fail("label must be 1 to 63 characters long");
        }
        if label.starts_with('-') {
            return fail("label starts with hyphen");
        }
        if label.ends_with('-') {
            return fail("label ends with hyphen");
        }
        if let Some(c) = label.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-') {
            return Err(invalid_character(c));
        }
    }
    Ok(())
}

fn email(text: &str) -> Verdict {
    if text.len() > 254 {
        return fail("more than 255 characters long");
    }
    let Some((local, domain)) = text.rsplit_once('@') else { return fail("missing @") };
    if local.len() > 64 {
        return fail("local part more than 64 characters long");
    }
    local_part(local)?;
    if let Some(address) = domain.strip_prefix('[').and_then(|domain| domain.strip_suffix(']')) {
        return match address.strip_prefix("IPv6:") {
            Some(address) => ipv6(address.as_bytes()).map_err(|error| format!("invalid ipv6 address: {error}")),
            None => ipv4(address).map_err(|error| format!("invalid ipv4 address: {error}")),
        };
    }
    hostname(domain).map_err(|error| format!("invalid domain: {error}"))
}

fn local_part(local: &str) -> Verdict {
    if let Some(inner) = local.strip_prefix('"').and_then(|local| local.strip_suffix('"')) {
        return match inner.contains(['\\', '"']) {
            true => fail("backslash and quote are not allowed within quoted local part"),
            false => Ok(()),
        };
    }
    if local.starts_with('.') {
        return fail("starts with dot");
    }
    if local.ends_with('.') {
        return fail("ends with dot");
    }
    if local.contains("..") {
        return fail("consecutive dots");
    }
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(c);
    local.chars().find(|c| !is_allowed(*c)).map_or(Ok(()), |c| Err(invalid_character(c)))
}

fn date_time(text: &str) -> Verdict {
    if text.len() < 20 {
        return fail("less than 20 characters long");
    }
    if !matches!(text.as_bytes()[10], b't' | b'T') {
        return fail("11th character must be t or T");
    }
    let start = text.get(..10).unwrap_or(text);
    check_date(start).map_err(|error| format!("invalid date element: {error}"))?;
    time(&text[11..]).map_err(|error| format!("invalid time element: {error}"))
}

fn time(text: &str) -> Verdict {
    if text.len() < 9 {
        return fail("less than 9 characters long");
    }
    let bytes = text.as_bytes();
    if bytes[2] != b':' || bytes[5] != b':' {
        return fail("missing colon in correct place");
    }
    // The end of the clock may lie within a character, which is no part of a number then.
    let clock = String::from_utf8_lossy(&bytes[..8]);
    let rest = text.get(8..).unwrap_or_default();
    let numbers: Vec<i32> = signed(&clock, "hour/min/sec")?;
    let [hour, minute, second] = numbers[..] else { return fail("missing hour/min/sec") };
    if hour > 23 || minute > 59 || second > 60 {
        return fail("hour/min/sec out of range");
    }
    let rest = match rest.strip_prefix('.') {
        Some(fraction) if leading_digits(fraction) == 0 => return fail("no digits in second fraction"),
        Some(fraction) => &fraction[leading_digits(fraction)..],
        None => rest,
    };
    let minutes = (hour * 60 + minute - offset(rest)?).rem_euclid(24 * 60);
    if second == 60 && minutes != 23 * 60 + 59 { fail("invalid leap second") } else { Ok(()) }
}

/// Minutes east of Greenwich.
fn offset(text: &str) -> Result<i32, String> {
    if matches!(text, "z" | "Z") {
        return Ok(0);
    }
    if text.len() != 6 {
        return Err("offset must be 6 characters long".into());
    }
    let (sign, text) = match text.as_bytes()[0] {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return Err("offset must begin with plus/minus".into()),
    };
    if text.as_bytes()[2] != b':' {
        return Err("missing colon in offset in correct place".into());
    }
    match signed(text, "hour/min in offset")?[..] {
        [hours, minutes] if hours <= 23 && minutes <= 59 => Ok(sign * (hours * 60 + minutes)),
        _ => Err("hour/min in offset out of range".into()),
    }
}

/// Numbers between colons, none of them negative.
fn signed(text: &str, what: &str) -> Result<Vec<i32>, String> {
    let number = |part: &str| match part.parse() {
        Ok(number) if number < 0 => Err(format!("non-positive {what}")),
        Ok(number) => Ok(number),
        Err(_) => Err(format!("invalid {what}")),
    };
    text.split(':').map(number).collect()
}

fn url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.as_bytes())?;
    if url.hostname().contains(&b':') {
        if !url.host.starts_with(b"[") {
            return Err("ipv6 address not enclosed in brackets".to_owned());
        }
        ipv6(url.hostname()).map_err(|error| format!("invalid ipv6 address: {error}"))?;
    }
    Ok(url)
}

fn uri(text: &str) -> Verdict {
    if url(text)?.scheme.is_empty() { fail("relative url") } else { Ok(()) }
}

fn uri_reference(text: &str) -> Verdict {
    if text.contains('\\') {
        return fail("contains \\");
    }
    url(text).map(|_| ())
}

fn uri_template(text: &str) -> Verdict {
    // Braces are only looked for in a path; one that has some is not written as Go would write it.
    let path = url(text)?.raw_path.unwrap_or_default();
    for part in path.split(|byte| *byte == b'/') {
        let part = unescape(part).map_err(|error| format!("percent decode failed: {error}"))?;
        let mut is_open = false;
        for byte in part.into_iter().filter(|byte| matches!(byte, b'{' | b'}')) {
            if is_open == (byte == b'{') {
                return fail("nested curly braces");
            }
            is_open = !is_open;
        }
        if is_open {
            return fail("no matching closing brace");
        }
    }
    Ok(())
}

fn semver(text: &str) -> Verdict {
    let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
    match build {
        Some("") => return fail("build is empty"),
        Some(build) => identifiers(build, "build")?,
        None => {}
    }
    let (text, prerelease) = text.split_once('-').map_or((text, None), |(text, rest)| (text, Some(rest)));
    if let Some(prerelease) = prerelease {
        identifiers(prerelease, "pre-release")?;
    }
    let numbers: Vec<_> = text.split('.').collect();
    if numbers.len() != 3 {
        return fail("versionCore must have 3 numbers separated by dot");
    }
    for (number, name) in numbers.into_iter().zip(["major", "minor", "patch"]) {
        if number.is_empty() {
            return Err(format!("{name} is empty"));
        }
        if number.len() > 1 && number.starts_with('0') {
            return Err(format!("{name} starts with zero"));
        }
        if leading_digits(number) < number.len() {
            return Err(format!("{name} contains non-digit"));
        }
    }
    Ok(())
}

fn identifiers(text: &str, what: &str) -> Verdict {
    for identifier in text.split('.') {
        if identifier.is_empty() {
            return Err(format!("{what} identifier is empty"));
        }
        if let Some(c) = identifier.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-') {
            return Err(format!("invalid character {} in {what} identifier", rune(c)));
        }
        let is_number = leading_digits(identifier) == identifier.len();
        if what == "pre-release" && is_number && identifier.len() > 1 && identifier.starts_with('0') {
            return fail("pre-release numeric identifier starts with zero");
        }
    }
    Ok(())
}
