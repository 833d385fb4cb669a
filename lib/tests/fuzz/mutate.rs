//! New inputs from old ones: bytes changed, pieces moved, doubled, left out, or taken from other inputs.

use fastrand::Rng;

/// No input is longer.
const MAX_LENGTH: usize = 64 << 10;

/// Pieces of which boundaries are made.
const PIECES: &[&str] = &[
    "0",
    "-1",
    "9223372036854775807",
    "-9223372036854775808",
    "1e999",
    "0x",
    "\0",
    "\u{feff}",
    "\u{85}",
    "é",
    "\r\n",
    "\t",
    "{{",
    "}}",
    "{{-",
    "-}}",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    "`",
    "\\",
    "|",
    "$",
    ".",
    ",",
    ":",
    "- ",
    "? ",
    "&a ",
    "*a",
    "!!binary ",
    "<<: ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "|2-\n",
    ">\n",
    "#",
    "||",
    ">=",
    "^",
    "~",
    "*",
    " - ",
];

/// An input made of one of the pool, in one to six steps.
pub(crate) fn mutated(pool: &[Vec<u8>], random: &mut Rng) -> Vec<u8> {
    let mut input = pick(pool, random).clone();
    for _ in 0..random.usize(1..=6) {
        step(&mut input, pool, random);
    }
    input.truncate(MAX_LENGTH);
    input
}

fn pick<'a, T>(all: &'a [T], random: &mut Rng) -> &'a T {
    &all[random.usize(..all.len())]
}

fn step(input: &mut Vec<u8>, pool: &[Vec<u8>], random: &mut Rng) {
    let at = random.usize(..=input.len());
    match random.u8(..9) {
        0 => insert(input, at, &[random.u8(..)]),
        1 => insert(input, at, pick::<&str>(PIECES, random).as_bytes()),
        2 => {
            let other: &Vec<u8> = pick(pool, random);
            let piece = part(other, random).to_vec();
            insert(input, at, &piece);
        }
        3 => {
            let piece = part(input, random).repeat(random.usize(1..=3));
            insert(input, at, &piece);
        }
        4 => {
            // Nesting, which is what stacks are for.
            let piece = part(input, random);
            let piece = piece[..piece.len().min(8)].repeat(random.usize(1..=2000));
            insert(input, at, &piece);
        }
        5 => {
            let end = (at + random.usize(..=8)).min(input.len());
            input.drain(at..end);
        }
        6 => {
            let end = random.usize(at..=input.len());
            input.drain(at..end);
        }
        7 => {
            let other = pick(pool, random);
            input.truncate(at);
            input.extend_from_slice(&other[random.usize(..=other.len())..]);
        }
        _ => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << random.u8(..8);
            }
        }
    }
}

fn insert(input: &mut Vec<u8>, at: usize, piece: &[u8]) {
    input.splice(at..at, piece.iter().copied());
}

/// Some part of an input, mostly a short one.
fn part<'a>(input: &'a [u8], random: &mut Rng) -> &'a [u8] {
    let start = random.usize(..=input.len());
    let longest = if random.u8(..4) == 0 { input.len() } else { 12 };
    &input[start..(start + random.usize(..=longest)).min(input.len())]
}
