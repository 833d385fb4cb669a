//! DSA keys, which Helm makes and keeps but which no certificate takes.

use super::der::{self, sequence, unsigned};
use super::primes;
use crate::render::functions::random::Random;
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd, Resize};

/// The numbers of a key, as bytes: p, q, g, y, x.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct DsaKey([Vec<u8>; 5]);

const BITS: u32 = 2048;

impl DsaKey {
    /// A new key of 2048 bits with a group of 256.
    pub(super) fn generate(random: &Random) -> Option<Self> {
        let q = primes::random(random.words::<4>()).resize(BITS);
        let p = prime_above(&q, random)?;
        let params = BoxedMontyParams::new(Odd::new(p.clone()).into_option()?);
        let power =
            |base: &BoxedUint, exponent: &BoxedUint| BoxedMontyForm::new(base.clone(), &params).pow(exponent).retrieve();
        let cofactor = p.wrapping_sub(one()).wrapping_div_vartime(&q.to_nz().into_option()?);
        let generators = (2u64..).map(|base| power(&BoxedUint::from(base).resize(BITS), &cofactor));
        let g = generators.into_iter().find(|g| *g != one())?;
        let x = below(&q, random);
        let y = power(&g, &x);
        Some(Self([p, q, g, y, x].map(|number| number.to_be_bytes().to_vec())))
    }

    /// Reads the sequence of numbers that follow the version.
    ///
    /// # Errors
    /// Go's text, when there is none.
    pub(super) fn parse(der: &[u8]) -> Result<Self, String> {
        der::check(der, "DSAKeyFormat")?;
        let truncated = "asn1: syntax error: sequence truncated";
        let mut reader = der::open(der).ok_or(truncated)?;
        let mut next = || reader.take_unsigned().map(<[u8]>::to_vec).ok_or(truncated);
        next()?;
        Ok(Self([next()?, next()?, next()?, next()?, next()?]))
    }

    pub(super) fn to_der(&self) -> Vec<u8> {
        let numbers = self.0.each_ref().map(|number| unsigned(number));
        sequence(&[&unsigned(&[]), &numbers.concat()])
    }
}

fn one() -> BoxedUint {
    BoxedUint::from(1u64).resize(BITS)
}

/// A prime of 2048 bits that is 1 modulo `q`.
fn prime_above(q: &BoxedUint, random: &Random) -> Option<BoxedUint> {
    let step = q.wrapping_add(q);
    let mut words = random.words::<32>();
    words[31] |= 1 << 63;
    let start = BoxedUint::from_words(words);
    let rest = start.rem_vartime(&step.to_nz().into_option()?);
    let start = start.wrapping_sub(&rest).wrapping_add(one());
    Some(primes::find::<32>(start.as_words().try_into().ok()?, step.as_words().try_into().ok()?))
}

/// A random number from 1 to `limit`, exclusive.
fn below(limit: &BoxedUint, random: &Random) -> BoxedUint {
    loop {
        let number = BoxedUint::from_words(random.words::<4>()).resize(BITS);
        if number < *limit && number != BoxedUint::from(0u64).resize(BITS) {
            return number;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::functions::testing::environment;
    use crypto_primes::{Flavor, is_prime};

    #[test]
    fn the_numbers_of_a_key_belong_together() {
        let key = DsaKey::generate(&Random::new(&environment())).expect("a key");
        let [p, q, g, y, x] = key.0.each_ref().map(|bytes| BoxedUint::from_be_slice(bytes, BITS).expect("a number"));
        assert!(is_prime(Flavor::Any, &p) && is_prime(Flavor::Any, &q));
        assert_eq!(
            (p.bit_width(), q.bit_width(), &p.wrapping_sub(one()).rem_vartime(&q.to_nz().expect("not 0")) + &one()),
            (BITS, 256, one())
        );
        let params = BoxedMontyParams::new(Odd::new(p).expect("odd"));
        let power =
            |base: &BoxedUint, exponent: &BoxedUint| BoxedMontyForm::new(base.clone(), &params).pow(exponent).retrieve();
        assert_eq!((power(&g, &q), power(&g, &x)), (one(), y));
        assert_eq!(
            DsaKey::parse(&key.to_der()),
            Ok(DsaKey(
                key.0
                    .map(|number| unsigned(&number))
                    .map(|der| { der::Reader(&der).take_unsigned().expect("a number").to_vec() })
            ))
        );
    }
}
