//! Exact decimals of any length, for arithmetic on floats as their shortest texts show them.

use gotemplate::function::FunctionError;
use std::cmp::Ordering;

/// Digits times a power of ten.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Decimal {
    negative: bool,
    /// Without leading zeros; none for zero. The most significant comes first.
    digits: Vec<u8>,
    exponent: i64,
}

/// A quotient has as many digits after its point.
const QUOTIENT_DIGITS: i64 = 16;

impl Decimal {
    /// The decimal that the float's shortest text shows.
    ///
    /// # Errors
    /// For infinities and what is not a number.
    pub(super) fn from_float(number: f64) -> Result<Self, FunctionError> {
        if !number.is_finite() {
            let text = if number.is_nan() {
                "NaN"
            } else if number > 0.0 {
                "+Inf"
            } else {
                "-Inf"
            };
            return Err(format!("Cannot create a Decimal from {text}").into());
        }
        let text = format!("{:e}", number.abs());
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
        let exponent = exponent.parse::<i64>().unwrap_or_default() - (digits.len() as i64 - 1);
        Ok(Self::new(number < 0.0, digits, exponent))
    }

    /// The nearest float.
    pub(super) fn to_float(&self) -> f64 {
        let digits: String = self.digits.iter().map(|digit| char::from(b'0' + digit)).collect();
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}0{digits}e{}", self.exponent).parse().unwrap_or_default()
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        let exponent = self.exponent.min(other.exponent);
        let (a, b) = (self.shifted(exponent), other.shifted(exponent));
        if self.negative == other.negative {
            return Self::new(self.negative, sum(&a, &b), exponent);
        }
        match compare(&a, &b) {
            Ordering::Less => Self::new(other.negative, difference(&b, &a), exponent),
            _ => Self::new(self.negative, difference(&a, &b), exponent),
        }
    }

    pub(super) fn subtract(&self, other: &Self) -> Self {
        self.add(&Self { negative: !other.negative, ..other.clone() })
    }

    pub(super) fn multiply(&self, other: &Self) -> Self {
        let mut product = vec![0_u32; self.digits.len() + other.digits.len()];
        for (i, a) in self.digits.iter().enumerate().rev() {
            let mut carry = 0;
            for (j, b) in other.digits.iter().enumerate().rev() {
                let value = product[i + j + 1] + u32::from(a * b) + carry;
                product[i + j + 1] = value % 10;
                carry = value / 10;
            }
            product[i] += carry;
        }
        let digits = product.into_iter().map(|digit| digit as u8).collect();
        Self::new(self.negative != other.negative, digits, self.exponent + other.exponent)
    }

    /// The quotient, rounded half away from zero; `None` when `other` is zero.
    pub(super) fn divide(&self, other: &Self) -> Option<Self> {
        if other.digits.is_empty() {
            return None;
        }
        let shift = self.exponent - other.exponent + QUOTIENT_DIGITS;
        let zeros = |digits: &[u8], count: i64| [digits, &vec![0; usize::try_from(count).unwrap_or_default()]].concat();
        let (dividend, divisor) = (zeros(&self.digits, shift), zeros(&other.digits, -shift));
        let (mut quotient, rest) = quotient(&dividend, &divisor);
        if compare(&sum(&rest, &rest), &divisor) != Ordering::Less {
            quotient = sum(&quotient, &[1]);
        }
        Some(Self::new(self.negative != other.negative, quotient, -QUOTIENT_DIGITS))
    }

    fn new(negative: bool, mut digits: Vec<u8>, exponent: i64) -> Self {
        let zeros = digits.iter().take_while(|digit| **digit == 0).count();
        digits.drain(..zeros);
        Self { negative: negative && !digits.is_empty(), digits, exponent }
    }

    /// The digits for a smaller exponent.
    fn shifted(&self, exponent: i64) -> Vec<u8> {
        let zeros = if self.digits.is_empty() { 0 } else { usize::try_from(self.exponent - exponent).unwrap_or_default() };
        [self.digits.as_slice(), &vec![0; zeros]].concat()
    }
}

fn compare(a: &[u8], b: &[u8]) -> Ordering {
    let (a, b) = (significant(a), significant(b));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn significant(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|digit| **digit == 0).count();
    &digits[zeros..]
}

fn sum(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut digits = Vec::with_capacity(a.len().max(b.len()) + 1);
    let (mut a, mut b) = (a.iter().rev(), b.iter().rev());
    let mut carry = 0;
    loop {
        let pair = (a.next(), b.next());
        if pair == (None, None) {
            break;
        }
        let value = pair.0.copied().unwrap_or(0) + pair.1.copied().unwrap_or(0) + carry;
        digits.push(value % 10);
        carry = value / 10;
    }
    digits.push(carry);
    digits.reverse();
    digits
}

/// `a` less `b`, which must not be larger.
fn difference(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut digits = Vec::with_capacity(a.len());
    let mut b = b.iter().rev();
    let mut borrow = 0;
    for digit in a.iter().rev() {
        let taken = b.next().copied().unwrap_or(0) + borrow;
        borrow = u8::from(*digit < taken);
        digits.push(digit + 10 * borrow - taken);
    }
    digits.reverse();
    digits
}

/// Long division: the quotient and what remains.
fn quotient(dividend: &[u8], divisor: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut digits = Vec::with_capacity(dividend.len());
    let mut rest = Vec::new();
    for digit in dividend {
        rest.push(*digit);
        let mut count = 0;
        while compare(&rest, divisor) != Ordering::Less {
            rest = significant(&difference(&rest, divisor)).to_vec();
            count += 1;
        }
        digits.push(count);
    }
    (digits, rest)
}
