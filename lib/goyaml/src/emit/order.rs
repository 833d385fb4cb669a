//! The order in which go-yaml writes the keys of a mapping.

use super::class::{is_digit, is_letter};

/// Whether `a` goes before `b`: letters by code, digits as numbers, everything else before letters. With `digits_bind`, as in
/// version 3, a letter after a digit goes before what is none.
///
/// This is no consistent order, so what sorts by it must bear contradictions.
pub(super) fn goes_before(a: &str, b: &str, digits_bind: bool) -> bool {
    let common = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let start = (0..=common).rev().find(|&at| a.is_char_boundary(at) && b.is_char_boundary(at)).unwrap_or(0);
    let (Some(first), Some(second)) = (a[start..].chars().next(), b[start..].chars().next()) else {
        return a.len() < b.len();
    };
    match (is_letter(first), is_letter(second)) {
        (true, true) => first < second,
        (false, false) => is_lower_number(a, b, start, first, second),
        (first_is_letter, second_is_letter) => {
            let after_digit = a[..start].chars().next_back().is_some_and(is_digit);
            if digits_bind && after_digit { first_is_letter } else { second_is_letter }
        }
    }
}

/// Compares the numbers that begin where the keys differ, then their lengths, then the first characters.
fn is_lower_number(a: &str, b: &str, start: usize, first: char, second: char) -> bool {
    // A zero that differs counts only after another digit than zero.
    let lead = i64::from((first == '0' || second == '0') && continues_number(&a[..start]));
    let (a_number, a_digits) = number(&a[start..], lead);
    let (b_number, b_digits) = number(&b[start..], lead);
    if a_number != b_number {
        a_number < b_number
    } else if a_digits != b_digits {
        a_digits < b_digits
    } else {
        first < second
    }
}

fn continues_number(common: &str) -> bool {
    common.chars().rev().take_while(|&character| is_digit(character)).any(|digit| digit != '0')
}

/// The number at the start of a text, after a digit `lead`, and how many digits it has; it wraps around as in Go.
fn number(text: &str, lead: i64) -> (i64, usize) {
    let digits = text.chars().take_while(|&character| is_digit(character));
    digits.fold((lead, 0), |(value, count), digit| {
        let digit = i64::from(u32::from(digit)) - i64::from(u32::from('0'));
        (value.wrapping_mul(10).wrapping_add(digit), count + 1)
    })
}

/// Sorts by an order that may contradict itself: few items by insertion, as Go does, many by merging, which ends in time.
pub(super) fn sort_by<T: Copy>(items: &mut [T], before: impl Fn(T, T) -> bool) {
    const FEW: usize = 12;
    if items.len() > FEW {
        return merge_sort(items, before);
    }
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && before(items[at], items[at - 1]) {
            items.swap(at, at - 1);
            at -= 1;
        }
    }
}

fn merge_sort<T: Copy>(items: &mut [T], before: impl Fn(T, T) -> bool) {
    if items.is_sorted_by(|&a, &b| !before(b, a)) {
        return;
    }
    let mut width = 1;
    let mut merged = Vec::with_capacity(items.len());
    while width < items.len() {
        for run in items.chunks(2 * width) {
            let (left, right) = run.split_at(width.min(run.len()));
            merge(left, right, &before, &mut merged);
        }
        items.copy_from_slice(&merged);
        merged.clear();
        width *= 2;
    }
}

fn merge<T: Copy>(mut left: &[T], mut right: &[T], before: &impl Fn(T, T) -> bool, merged: &mut Vec<T>) {
    while let (Some(&a), Some(&b)) = (left.first(), right.first()) {
        if before(b, a) {
            merged.push(b);
            right = &right[1..];
        } else {
            merged.push(a);
            left = &left[1..];
        }
    }
    merged.extend_from_slice(left);
    merged.extend_from_slice(right);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(keys: &str, digits_bind: bool) -> String {
        let mut keys: Vec<&str> = keys.split(' ').collect();
        keys.sort_unstable();
        sort_by(&mut keys, |a, b| goes_before(a, b, digits_bind));
        keys.join(" ")
    }

    #[test]
    fn numbers_count_and_letters_go_last() {
        assert_eq!(sorted("10 2 a10 a2 a1 1", false), "1 2 10 a1 a2 a10");
        assert_eq!(sorted("v1.10 v1.9.1 v1.9", false), "v1.9 v1.9.1 v1.10");
        assert_eq!(sorted("b a B A _ / . -", false), "- . / _ A B a b");
        assert_eq!(sorted("ab a_b a/b a.b a-b a", false), "a a-b a.b a/b a_b ab");
        assert_eq!(sorted("é 日 z Z ä", false), "Z z ä é 日");
        assert_eq!(sorted("x10 x1 x01 x001 x9", false), "x1 x01 x001 x9 x10");
        assert_eq!(sorted("a100 a10 a101 a1 a00", false), "a00 a1 a10 a100 a101");
    }

    #[test]
    fn many_keys_are_sorted_like_few() {
        let numbered =
            |numbers: &mut dyn Iterator<Item = usize>| numbers.map(|at| format!("k{at}")).collect::<Vec<_>>().join(" ");
        assert_eq!(sorted(&numbered(&mut (0..100).rev()), false), numbered(&mut (0..100)));
    }

    #[test]
    fn digits_bind_letters_in_version_3() {
        // The first of these contradicts itself.
        assert_eq!(sorted("a10b a1b a2b", false), "a10b a1b a2b");
        assert_eq!(sorted("a10b a1b a2b", true), "a1b a2b a10b");
        assert_eq!(sorted(".5 0x1 1.5 1e3", true), ".5 0x1 1e3 1.5");
    }
}
