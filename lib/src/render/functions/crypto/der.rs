//! ASN.1's DER, as far as keys and certificates need it.

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const NULL: u8 = 0x05;
pub(super) const OID: u8 = 0x06;
pub(super) const UTF8_STRING: u8 = 0x0c;
pub(super) const PRINTABLE_STRING: u8 = 0x13;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// The tag of the context's field of that number, with elements in it.
pub(super) const fn context(number: u8) -> u8 {
    0xa0 | number
}

/// An element of one tag.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut der = vec![tag];
    match content.len() {
        len @ ..=0x7f => der.push(len as u8),
        len => {
            let bytes = len.to_be_bytes();
            let bytes = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
            der.push(0x80 | bytes.len() as u8);
            der.extend_from_slice(bytes);
        }
    }
    der.extend_from_slice(content);
    der
}

/// A sequence of elements.
pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(SEQUENCE, &parts.concat())
}

/// An integer without a sign, given by its bytes.
pub(super) fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let bytes = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
    // A first bit that is set would be a sign.
    let zero: &[u8] = if bytes.first().is_none_or(|first| first & 0x80 != 0) { &[0] } else { &[] };
    element(INTEGER, &[zero, bytes].concat())
}

/// Whole bytes as a string of bits.
pub(super) fn bits(bytes: &[u8]) -> Vec<u8> {
    element(BIT_STRING, &[&[0], bytes].concat())
}

/// Reads elements one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a>(pub &'a [u8]);

/// An element that has been read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'a> {
    pub tag: u8,
    pub content: &'a [u8],
    /// With its tag and length.
    pub whole: &'a [u8],
}

/// The length of a header, and of the content it announces.
struct Header {
    tag: u8,
    len: usize,
    content: usize,
}

impl<'a> Reader<'a> {
    /// The next element. `None` at the end, and when there is none in DER.
    pub(super) fn element(&mut self) -> Option<Element<'a>> {
        let header = self.header()?;
        let (whole, after) = self.0.split_at_checked(header.len + header.content)?;
        self.0 = after;
        Some(Element { tag: header.tag, content: &whole[header.len..], whole })
    }

    /// What stands before the content of the next element.
    fn header(&self) -> Option<Header> {
        let [tag, first, rest @ ..] = self.0 else { return None };
        let (bytes, content) = match first {
            0..=0x7f => (0, usize::from(*first)),
            0x81..=0x84 => {
                let bytes = rest.get(..usize::from(first & 0x7f))?;
                let len = bytes.iter().fold(0, |len, byte| len << 8 | usize::from(*byte));
                // The length has to be written as short as possible.
                let minimal = bytes[0] != 0 && len > 0x7f;
                (bytes.len(), Some(len).filter(|_| minimal)?)
            }
            _ => return None,
        };
        Some(Header { tag: *tag, len: 2 + bytes, content })
    }

    /// The content of the next element, if it has that tag.
    pub(super) fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let mut after = *self;
        let element = after.element().filter(|element| element.tag == tag)?;
        *self = after;
        Some(element.content)
    }

    /// The next element whole, if it has that tag.
    pub(super) fn take_whole(&mut self, tag: u8) -> Option<&'a [u8]> {
        let mut after = *self;
        let element = after.element().filter(|element| element.tag == tag)?;
        *self = after;
        Some(element.whole)
    }

    /// The bytes of an integer that is not negative.
    pub(super) fn take_unsigned(&mut self) -> Option<&'a [u8]> {
        let bytes = self.take(INTEGER).filter(|bytes| bytes.first().is_some_and(|first| first & 0x80 == 0))?;
        Some(if bytes.len() > 1 { bytes.strip_prefix(&[0]).unwrap_or(bytes) } else { bytes })
    }

    /// Whole bytes from a string of bits.
    pub(super) fn take_bits(&mut self) -> Option<&'a [u8]> {
        self.take(BIT_STRING)?.strip_prefix(&[0])
    }
}

/// The reader of a sequence's elements.
pub(super) fn open(der: &[u8]) -> Option<Reader<'_>> {
    Reader(der).take(SEQUENCE).map(Reader)
}

/// Checks that there is a sequence, for the structure of that Go type.
///
/// # Errors
/// The texts of Go's `encoding/asn1`.
pub(super) fn check(der: &[u8], type_name: &str) -> Result<(), String> {
    let truncated = "asn1: syntax error: data truncated";
    let Header { tag, len, content } = Reader(der).header().ok_or(truncated)?;
    if tag != SEQUENCE {
        let (class, number, compound) = (tag >> 6, tag & 0x1f, tag & 0x20 != 0);
        let found = format!("{{class:{class} tag:{number} length:{content} isCompound:{compound}}}");
        return Err(format!(
            "asn1: structure error: tags don't match (16 vs {found}) {{optional:false explicit:false application:false \
             private:false defaultValue:<nil> tag:<nil> stringType:0 timeType:0 set:false omitEmpty:false}} {type_name} @{len}"
        ));
    }
    if der.len() < len + content { Err(truncated.into()) } else { Ok(()) }
}

/// An object identifier as it is written: `1.2.840.113549.1.1.1`.
pub(super) fn dotted(oid: &[u8]) -> String {
    let (mut numbers, mut number) = (Vec::new(), 0u64);
    for byte in oid {
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            if numbers.is_empty() {
                let first = (number / 40).min(2);
                numbers.push(first.to_string());
                number -= first * 40;
            }
            numbers.push(number.to_string());
            number = 0;
        }
    }
    numbers.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        for len in [0, 0x7f, 0x80, 0xff, 0x100, 0x10000] {
            let der = element(OCTET_STRING, &vec![7; len]);
            assert_eq!(Reader(&der).take(OCTET_STRING).map(<[u8]>::len), Some(len));
        }
        let der = sequence(&[&unsigned(&[0, 0x80]), &unsigned(&[]), &bits(&[1])]);
        let mut reader = open(&der).expect("a sequence");
        assert_eq!(der[2..5], [2, 2, 0]);
        assert_eq!(
            [reader.take_unsigned(), reader.take_unsigned(), reader.take_bits()],
            [Some(&[0x80][..]), Some(&[0]), Some(&[1])]
        );
    }

    #[test]
    fn what_is_not_der_is_no_element() {
        for bytes in
            [&[][..], &[4], &[4, 1], &[4, 0x80, 0, 0], &[4, 0x81, 1, 7], &[4, 0x82, 0, 0x81], &[4, 0x85, 1, 1, 1, 1, 1]]
        {
            assert!(Reader(bytes).element().is_none(), "{bytes:?}");
        }
    }
}
