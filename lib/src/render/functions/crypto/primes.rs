//! Large primes, for keys that a template makes: by far the most expensive thing a chart can ask for.
//!
//! Candidates are sieved and then put to Fermat's test with base 2, in our own arithmetic, which is several times as fast as
//! that of general libraries. That only throws numbers away: what is left is a prime because `crypto-primes` says so.

use crypto_bigint::{BoxedUint, Uint};
use crypto_primes::{Flavor, is_prime};

/// The number of candidates that are sieved at once.
const WINDOW: usize = 2048;

/// Small primes below this are sieved with.
const SMALL: u32 = 1 << 16;

/// RSA's public exponent, which must have no factor in common with a prime less 1.
const EXPONENT: u32 = 65_537;

/// A number of `N` words, the lowest first.
type Number<const N: usize> = [u64; N];

/// The first prime from `start` on, in steps of an even `step`. A number whose length would grow is taken modulo its length.
pub(super) fn find<const N: usize>(start: Number<N>, step: Number<N>) -> BoxedUint {
    let small = small_primes();
    let mut window = start;
    loop {
        let composite = sieve(&window, &step, &small);
        let mut candidate = window;
        for is_composite in composite {
            let may_be = !is_composite && remainder(&candidate, EXPONENT.into()) != 1 && passes_fermat(&candidate);
            // Numbers of a fixed length are tested faster.
            if may_be && is_prime(Flavor::Any, &Uint::from_words(candidate)) {
                return BoxedUint::from_words(candidate);
            }
            add(&mut candidate, &step);
        }
        window = candidate;
    }
}

/// A random prime with both its highest bits set, so that the product of two has all its bits.
pub(super) fn random<const N: usize>(mut random: Number<N>) -> BoxedUint {
    random[0] |= 1;
    random[N - 1] |= 3 << 62;
    let mut two = [0; N];
    two[0] = 2;
    find(random, two)
}

/// The odd primes below [`SMALL`].
fn small_primes() -> Vec<u32> {
    let mut composite = vec![false; SMALL as usize / 2];
    let mut primes = Vec::new();
    for number in (3..SMALL).step_by(2) {
        if !composite[number as usize / 2] {
            primes.push(number);
            let square = number as usize * number as usize;
            for multiple in (square..SMALL as usize).step_by(2 * number as usize) {
                composite[multiple / 2] = true;
            }
        }
    }
    primes
}

/// Which of the candidates `start + index * step` have a small factor.
fn sieve<const N: usize>(start: &Number<N>, step: &Number<N>, small: &[u32]) -> Vec<bool> {
    let mut composite = vec![false; WINDOW];
    // Three small primes fit into a word, so one division of the long number serves them all.
    for group in small.chunks(3) {
        let product = group.iter().map(|prime| u64::from(*prime)).product();
        let (start, step) = (remainder(start, product), remainder(step, product));
        for prime in group.iter().map(|prime| u64::from(*prime)) {
            mark(&mut composite, start % prime, step % prime, prime);
        }
    }
    composite
}

/// Marks the multiples of a prime, of which the first candidate and the step are known modulo the prime.
fn mark(composite: &mut [bool], start: u64, step: u64, prime: u64) {
    if step == 0 {
        if start == 0 {
            composite.fill(true);
        }
        return;
    }
    let first = (prime - start) % prime * inverse(step, prime) % prime;
    for index in (first as usize..composite.len()).step_by(prime as usize) {
        composite[index] = true;
    }
}

/// The number whose product with `number` is 1 modulo a prime.
fn inverse(number: u64, prime: u64) -> u64 {
    if number == 2 {
        return prime.div_ceil(2);
    }
    let (mut power, mut base, mut exponent) = (1, number, prime - 2);
    while exponent > 0 {
        if exponent & 1 == 1 {
            power = power * base % prime;
        }
        base = base * base % prime;
        exponent >>= 1;
    }
    power
}

fn remainder<const N: usize>(number: &Number<N>, divisor: u64) -> u64 {
    number.iter().rev().fold(0, |rest, word| ((u128::from(rest) << 64 | u128::from(*word)) % u128::from(divisor)) as u64)
}

fn add<const N: usize>(number: &mut Number<N>, other: &Number<N>) {
    let mut carry = false;
    for (word, other) in number.iter_mut().zip(other) {
        let (sum, first) = word.overflowing_add(*other);
        let (sum, second) = sum.overflowing_add(u64::from(carry));
        (*word, carry) = (sum, first | second);
    }
}

/// Whether 2 to the power of an odd number less 1 is 1 modulo the number, as it is for every prime but 2.
///
/// Numbers are kept in Montgomery's form, in which 1 is the remainder of 2 to the number of bits.
fn passes_fermat<const N: usize>(modulus: &Number<N>) -> bool {
    let factor = montgomery_factor(modulus[0]);
    let mut one = [0; N];
    subtract(&mut one, modulus);
    while !is_less(&one, modulus) {
        subtract(&mut one, modulus);
    }
    let mut power = one;
    for bit in (0..N * 64).rev() {
        power = square(&power, modulus, factor);
        // The lowest bit is that of the odd number, not of the number less 1.
        if bit > 0 && modulus[bit / 64] >> (bit % 64) & 1 == 1 {
            double(&mut power, modulus);
        }
    }
    power == one
}

/// The number whose product with the lowest word is -1 modulo 2 to the 64.
fn montgomery_factor(lowest: u64) -> u64 {
    let mut inverse = 1u64;
    // Each step doubles the number of correct bits.
    for _ in 0..6 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(lowest.wrapping_mul(inverse)));
    }
    inverse.wrapping_neg()
}

/// `word + a * b + carry` as a word and the next carry.
fn multiply_add(word: u64, a: u64, b: u64, carry: u64) -> (u64, u64) {
    let sum = u128::from(word) + u128::from(a) * u128::from(b) + u128::from(carry);
    (sum as u64, (sum >> 64) as u64)
}

/// The square in Montgomery's form.
fn square<const N: usize>(number: &Number<N>, modulus: &Number<N>, factor: u64) -> Number<N> {
    let [mut low, high] = full_square(number);
    let mut overflow = 0;
    // Adds multiples of the modulus that make the lowest word 0, and takes in a word of the higher half in its stead.
    for word in high {
        let multiple = low[0].wrapping_mul(factor);
        let (_, mut carry) = multiply_add(low[0], multiple, modulus[0], 0);
        for index in 1..N {
            (low[index - 1], carry) = multiply_add(low[index], multiple, modulus[index], carry);
        }
        let sum = u128::from(word) + u128::from(carry) + u128::from(overflow);
        (low[N - 1], overflow) = (sum as u64, (sum >> 64) as u64);
    }
    if overflow > 0 || !is_less(&low, modulus) {
        subtract(&mut low, modulus);
    }
    low
}

/// The lower and the higher half of the square.
fn full_square<const N: usize>(number: &Number<N>) -> [Number<N>; 2] {
    let mut halves = [[0; N]; 2];
    let words = halves.as_flattened_mut();
    for low in 0..N {
        let mut carry = 0;
        for high in low + 1..N {
            (words[low + high], carry) = multiply_add(words[low + high], number[low], number[high], carry);
        }
        words[low + N] = carry;
    }
    // The products of different words count twice, those of equal ones once.
    let (mut top, mut carry) = (0, 0);
    for (pair, word) in words.chunks_exact_mut(2).zip(number) {
        let product = u128::from(*word) * u128::from(*word);
        let (low, high) = (pair[0] << 1 | top, pair[1] << 1 | pair[0] >> 63);
        top = pair[1] >> 63;
        let sum = u128::from(low) + u128::from(product as u64) + u128::from(carry);
        pair[0] = sum as u64;
        let sum = u128::from(high) + (product >> 64) + (sum >> 64);
        (pair[1], carry) = (sum as u64, (sum >> 64) as u64);
    }
    halves
}

fn double<const N: usize>(number: &mut Number<N>, modulus: &Number<N>) {
    let overflow = number[N - 1] >> 63;
    for index in (1..N).rev() {
        number[index] = number[index] << 1 | number[index - 1] >> 63;
    }
    number[0] <<= 1;
    if overflow > 0 || !is_less(number, modulus) {
        subtract(number, modulus);
    }
}

fn is_less<const N: usize>(a: &Number<N>, b: &Number<N>) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// Wraps around below 0.
fn subtract<const N: usize>(number: &mut Number<N>, other: &Number<N>) {
    let mut borrow = false;
    for (word, other) in number.iter_mut().zip(other) {
        let (difference, first) = word.overflowing_sub(*other);
        let (difference, second) = difference.overflowing_sub(u64::from(borrow));
        (*word, borrow) = (difference, first | second);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fermat_knows_primes_from_others() {
        // The greatest primes of 128, 256 and 1024 bits.
        assert!(passes_fermat(&[u64::MAX - 158, u64::MAX]));
        assert!(passes_fermat(&[u64::MAX - 188, u64::MAX, u64::MAX, u64::MAX]));
        let mut great = [u64::MAX; 16];
        great[0] -= 104;
        assert!(passes_fermat(&great));
        for lower in (2..104).step_by(2) {
            great[0] = u64::MAX - lower;
            assert!(!passes_fermat(&great), "{lower}");
        }
    }

    #[test]
    fn the_next_prime_is_found() {
        use crypto_bigint::Resize as _;
        let mut start = [u64::MAX; 4];
        start[0] = u64::MAX - 2000;
        let mut expected = BoxedUint::from_words(start);
        while !is_prime(Flavor::Any, &expected) {
            expected = expected.wrapping_add(BoxedUint::from(2u64).resize(256));
        }
        assert_eq!(find(start, [2, 0, 0, 0]), expected);
    }

    #[test]
    fn sieving_finds_what_has_small_factors() {
        let (start, step) = ([1001, 7], [10, 0]);
        let small = small_primes();
        assert_eq!((small.len(), small[..3].to_vec()), (6541, vec![3, 5, 7]));
        let composite = sieve(&start, &step, &small);
        let mut number = start;
        for is_composite in composite.into_iter().take(300) {
            let expected = small.iter().any(|prime| remainder(&number, u64::from(*prime)) == 0);
            assert_eq!(is_composite, expected, "{number:?}");
            add(&mut number, &step);
        }
    }
}
