//! `encryptAES` and `decryptAES`: AES-256 in CBC mode with a random vector in front, in base 64.

use crate::render::functions::codes::{Corrupt, decode64};
use crate::render::functions::random::Random;
use aes::Aes256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use gotemplate::function::FunctionError;

const BLOCK: usize = 16;

/// Encrypts a text; nothing stays nothing.
pub(super) fn encrypt(password: &[u8], text: &[u8], random: &Random) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut vector = [0; BLOCK];
    random.fill(&mut vector);
    let padding = BLOCK - text.len() % BLOCK;
    let mut data = [text, &vec![padding as u8; padding]].concat();
    let len = data.len();
    let encryptor = cbc::Encryptor::<Aes256>::new(&key(password).into(), &vector.into());
    // Whole blocks always fit into their own place.
    let encrypted = encryptor.encrypt_padded::<NoPadding>(&mut data, len).unwrap_or_default();
    STANDARD.encode([vector.as_slice(), encrypted].concat())
}

/// Decrypts a text. The padding is cut off without a check, so another password may give anything.
///
/// # Errors
/// When the text is not of that form.
pub(super) fn decrypt(password: &[u8], text: &[u8]) -> Result<Vec<u8>, FunctionError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let data = decode64(text).map_err(|Corrupt(place)| format!("illegal base64 data at input byte {place}"))?;
    let Some((vector, data)) = data.split_first_chunk::<BLOCK>() else {
        // Go's capacity of the slice that a short text decodes to.
        let capacity = text.len() / 4 * 3;
        return Err(format!("runtime error: slice bounds out of range [:{BLOCK}] with capacity {capacity}").into());
    };
    if data.len() % BLOCK != 0 {
        return Err("crypto/cipher: input not full blocks".into());
    }
    let decryptor = cbc::Decryptor::<Aes256>::new(&key(password).into(), vector.into());
    let mut data = data.to_vec();
    let plain = decryptor.decrypt_padded::<NoPadding>(&mut data).map_err(|_| "crypto/cipher: input not full blocks")?;
    let Some(padding) = plain.last() else {
        return Err("runtime error: index out of range [-1]".into());
    };
    let len = plain.len() as i64 - i64::from(*padding);
    match usize::try_from(len) {
        Ok(len) => Ok(plain[..len].to_vec()),
        Err(_) => Err(format!("runtime error: slice bounds out of range [:{len}]").into()),
    }
}

/// The password cut or filled with zeros.
fn key(password: &[u8]) -> [u8; 32] {
    std::array::from_fn(|index| password.get(index).copied().unwrap_or(0))
}
