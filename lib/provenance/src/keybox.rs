//! Keyboxes: the files in which gpg 2.1 and later keep public keys, `pubring.kbx`. The format is that of gpg's `kbx/keybox-blob.c`.

use crate::ProvenanceError;

/// What a header's blob has at its offset.
const MAGIC: (usize, &[u8]) = (8, b"KBXf");
/// The kind of a blob that holds a key of OpenPGP; others are passed over.
const OPENPGP: u8 = 2;
/// The packet that holds gpg's notes.
const TRUST: u8 = 12;

/// Whether a file is a keybox.
pub(crate) fn is_keybox(data: &[u8]) -> bool {
    data.get(MAGIC.0..).is_some_and(|rest| rest.starts_with(MAGIC.1))
}

/// The keys of a keybox, one after the other as in an exported keyring.
///
/// # Errors
/// When it is cut off or damaged.
pub(crate) fn keys(data: &[u8]) -> Result<Vec<u8>, ProvenanceError> {
    let damaged = || ProvenanceError::Keyring("openpgp: invalid data: the keybox is damaged".to_owned());
    let (mut keys, mut rest) = (Vec::new(), data);
    while !rest.is_empty() {
        let length = number(rest, 0).filter(|length| *length > 4).ok_or_else(damaged)?;
        let (blob, after) = rest.split_at_checked(length).ok_or_else(damaged)?;
        if blob[4] == OPENPGP {
            let place = number(blob, 8).zip(number(blob, 12)).ok_or_else(damaged)?;
            let key = place.0.checked_add(place.1).and_then(|end| blob.get(place.0..end)).ok_or_else(damaged)?;
            add_packets(key, &mut keys).ok_or_else(damaged)?;
        }
        rest = after;
    }
    Ok(keys)
}

/// Adds the packets of a key without gpg's own notes on trust, which nobody else reads. Headers: RFC 9580, section 4.2.
fn add_packets(key: &[u8], keys: &mut Vec<u8>) -> Option<()> {
    let mut rest = key;
    while let Some(&first) = rest.first() {
        let at = |place: usize| rest.get(place).map(|byte| usize::from(*byte));
        let is_new = first & 0x40 != 0;
        let (header, length): (usize, usize) = match (is_new, first & 3) {
            (true, _) if at(1)? < 192 => (2, at(1)?),
            (true, _) if at(1)? < 224 => (3, ((at(1)? - 192) << 8) + at(2)? + 192),
            (true, _) => (6, number(rest, 2)?),
            (false, 0) => (2, at(1)?),
            (false, 1) => (3, at(1)? << 8 | at(2)?),
            (false, 2) => (5, number(rest, 1)?),
            (false, _) => return None,
        };
        let tag = if is_new { first & 0x3f } else { first >> 2 & 0xf };
        let (packet, after) = rest.split_at_checked(header.checked_add(length)?)?;
        if tag != TRUST {
            keys.extend_from_slice(packet);
        }
        rest = after;
    }
    Some(())
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..)?.first_chunk::<4>()?;
    usize::try_from(u32::from_be_bytes(*bytes)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOX: &[u8] = b"\0\0\0\x10\x01\x01\0\0KBXf\0\0\0\0\
                         \0\0\0\x19\x02\x01\0\0\0\0\0\x10\0\0\0\x08\x98\x01a\xb0\x01b\xc2\0.\
                         \0\0\0\x05\0";

    #[test]
    fn keys_are_taken_out() {
        assert!(is_keybox(BOX) && !is_keybox(b"\x99\x01"));
        assert_eq!(keys(BOX), Ok(b"\x98\x01a\xc2\0".to_vec()));
    }

    #[test]
    fn damage_is_an_error() {
        for length in [3, 17, 25, 43] {
            assert!(keys(&BOX[..length]).is_err(), "{length}");
        }
        let mut far = BOX.to_vec();
        far[16 + 11] = 0xff;
        assert!(keys(&far).is_err());
        assert!(keys(&[0; 16]).is_err());
    }
}
