//! Random texts, numbers and identifiers, all from the environment's source, which is fit for keys.

use crate::render::Environment;
use gotemplate::function::{FunctionError, FunctionTable};
use gotemplate::value::Str;
use std::sync::Arc;

/// The most characters or bytes of one call.
const MAX_LEN: i64 = 1 << 25;

const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const DIGITS: &str = "0123456789";

/// Adds the functions of this module to `table`.
pub(super) fn add(table: &mut FunctionTable, environment: &Environment) {
    let random = Random::new(environment);
    let alphabets = [
        ("randAlpha", LETTERS.to_owned()),
        ("randNumeric", DIGITS.to_owned()),
        ("randAlphaNum", format!("{LETTERS}{DIGITS}")),
        ("randAscii", (' '..='~').collect()),
    ];
    for (name, alphabet) in alphabets {
        let random = random.clone();
        table.add(name, move |count: i64| random.text(count, alphabet.as_bytes()));
    }
    let source = random.clone();
    table.add("randInt", move |min: i64, max: i64| {
        Ok::<_, FunctionError>(min.wrapping_add(source.below(max.wrapping_sub(min))?))
    });
    let source = random.clone();
    table.add("shuffle", move |text: Str| source.shuffle(&text));
    table.add("uuidv4", move || random.uuid());
}

/// The environment's source of random bytes.
#[derive(Clone)]
pub(super) struct Random(Arc<dyn Fn(&mut [u8]) + Send + Sync>);

impl Random {
    pub(super) fn new(environment: &Environment) -> Self {
        Self(environment.random.clone())
    }

    /// Fills `buffer`.
    pub(super) fn fill(&self, buffer: &mut [u8]) {
        (self.0)(buffer);
    }

    /// `count` bytes.
    ///
    /// # Errors
    /// When they are less than none or absurdly many.
    pub(super) fn bytes(&self, count: i64) -> Result<Vec<u8>, FunctionError> {
        let mut bytes = vec![0; checked_len(count)?];
        self.fill(&mut bytes);
        Ok(bytes)
    }

    /// `N` words.
    pub(super) fn words<const N: usize>(&self) -> [u64; N] {
        std::array::from_fn(|_| {
            let mut bytes = [0; 8];
            self.fill(&mut bytes);
            u64::from_le_bytes(bytes)
        })
    }

    /// A number from 0 to `limit`, exclusive, each equally likely.
    ///
    /// # Errors
    /// When there is no such number.
    pub(super) fn below(&self, limit: i64) -> Result<i64, FunctionError> {
        let limit = u64::try_from(limit).ok().filter(|&limit| limit > 0).ok_or("invalid argument to Intn")?;
        // Numbers from the last, incomplete run of `limit` would make the small results more likely.
        let last = u64::MAX - u64::MAX % limit;
        loop {
            let [number] = self.words();
            if number < last {
                return Ok((number % limit) as i64);
            }
        }
    }

    /// `count` characters of `alphabet`; none when `count` is negative.
    fn text(&self, count: i64, alphabet: &[u8]) -> Result<String, FunctionError> {
        let len = checked_len(count.max(0))?;
        let last = 256 - 256 % alphabet.len();
        let mut text = String::with_capacity(len);
        let mut buffer = vec![0; (len + len / 4).clamp(8, 4096)];
        while text.len() < len {
            self.fill(&mut buffer);
            let fair = buffer.iter().map(|&byte| usize::from(byte)).filter(|&byte| byte < last);
            let missing = len - text.len();
            text.extend(fair.take(missing).map(|byte| char::from(alphabet[byte % alphabet.len()])));
        }
        Ok(text)
    }

    fn shuffle(&self, text: &Str) -> Result<String, FunctionError> {
        let mut runes: Vec<char> = text.to_str_lossy().chars().collect();
        for index in (1..runes.len()).rev() {
            runes.swap(index, self.below(index as i64 + 1)? as usize);
        }
        Ok(runes.into_iter().collect())
    }

    fn uuid(&self) -> String {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let group =
            |range: std::ops::Range<usize>| bytes[range].iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        [group(0..4), group(4..6), group(6..8), group(8..10), group(10..16)].join("-")
    }
}

fn checked_len(count: i64) -> Result<usize, FunctionError> {
    let fits = (0..=MAX_LEN).contains(&count);
    usize::try_from(count).ok().filter(|_| fits).ok_or_else(|| "runtime error: makeslice: len out of range".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::functions::testing::{call, environment};
    use gotemplate::value::Value;

    fn ask(name: &str, arguments: &[Value]) -> Result<String, String> {
        let mut table = FunctionTable::new();
        add(&mut table, &environment());
        call(&table, name, arguments)
    }

    #[test]
    fn texts_have_their_length_and_alphabet() {
        let text = |name: &str, count: i64| ask(name, &[Value::Int(count)]).expect("a text");
        for (name, fits) in [
            ("randAlpha", char::is_alphabetic as fn(char) -> bool),
            ("randNumeric", char::is_numeric),
            ("randAlphaNum", char::is_alphanumeric),
            ("randAscii", |c| (' '..='~').contains(&c)),
        ] {
            let all = text(name, 5000);
            assert!(all.len() == 5000 && all.chars().all(fits), "{name}");
            assert_eq!([text(name, 0), text(name, -1)], [String::new(), String::new()], "{name}");
        }
        // Of 5000 characters none of 95 is missing, or the choice is not even.
        assert_eq!(text("randAscii", 5000).chars().collect::<std::collections::BTreeSet<_>>().len(), 95);
    }

    #[test]
    fn absurd_lengths_are_refused() {
        let error = Err("runtime error: makeslice: len out of range".into());
        assert_eq!(ask("randAlpha", &[Value::Int(i64::MAX)]), error);
    }

    #[test]
    fn numbers_lie_in_their_range() {
        let number = |min, max| ask("randInt", &[Value::Int(min), Value::Int(max)]);
        assert_eq!([number(5, 6), number(-2, -1)], [Ok("5".into()), Ok("-2".into())]);
        assert_eq!(
            [number(5, 5), number(5, 3)],
            [const { Err("invalid argument to Intn") }; 2].map(|e| e.map_err(Into::into))
        );
        let random = Random::new(&environment());
        let seen: std::collections::BTreeSet<i64> = (0..200).map(|_| random.below(3).expect("a number")).collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [0, 1, 2]);
    }

    #[test]
    fn shuffling_keeps_every_character() {
        let text = "abcdefghijklmnopqrstuvwxyzäöü";
        let shuffled = ask("shuffle", &[Value::string(text)]).expect("a text");
        let sorted = |text: &str| text.chars().collect::<std::collections::BTreeSet<_>>();
        assert!(shuffled != text && sorted(&shuffled) == sorted(text));
    }

    #[test]
    fn identifiers_have_version_4() {
        let uuid = ask("uuidv4", &[]).expect("an identifier");
        let parts: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!((parts, &uuid[14..15]), (vec![8, 4, 4, 4, 12], "4"));
        assert!(matches!(&uuid[19..20], "8" | "9" | "a" | "b"));
    }
}
