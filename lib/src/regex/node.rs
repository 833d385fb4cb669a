//! Parts of a pattern: what they match, and the measures that Go limits.

use super::error::Cause;
use regex_syntax::hir::{Capture, Class, ClassUnicode, Hir, Look, Repetition};

/// The deepest tree.
const MAX_HEIGHT: usize = 1000;

/// The most instructions of Go's matcher, at 40 bytes each.
const MAX_SIZE: u64 = (128 << 20) / 40;

/// The most copies of one part that nested repetitions may ask for.
const MAX_COPIES: u32 = 1000;

/// A part of a pattern.
#[derive(Clone, Debug)]
pub(super) struct Node {
    content: Content,
    shape: Shape,
    height: usize,
    size: u64,
    copies: u32,
}

/// Literals grow character by character, so they become a part of the library's last.
#[derive(Clone, Debug)]
enum Content {
    Literal(Vec<u8>),
    Other(Hir),
}

/// What neighbours join with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Shape {
    Literal,
    Concatenation,
    Alternation,
    Other,
}

/// How often something is repeated: `{min,max}`, no end when there is no `max`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Times {
    pub min: u32,
    pub max: Option<u32>,
    pub greedy: bool,
}

impl Node {
    fn leaf(hir: Hir) -> Self {
        Self { content: Content::Other(hir), shape: Shape::Other, height: 1, size: 1, copies: 1 }
    }

    pub(super) fn empty() -> Self {
        Self::leaf(Hir::empty())
    }

    pub(super) fn look(look: Look) -> Self {
        Self::leaf(Hir::look(look))
    }

    /// The characters of a set; a set of one is a literal.
    pub(super) fn class(class: ClassUnicode) -> Self {
        match class.ranges() {
            [only] if only.start() == only.end() => Self::literal(only.start()),
            _ => Self::leaf(Hir::class(Class::Unicode(class))),
        }
    }

    pub(super) fn literal(rune: char) -> Self {
        let content = Content::Literal(rune.to_string().into_bytes());
        Self { content, shape: Shape::Literal, height: 1, size: 1, copies: 1 }
    }

    /// Whether it is a text without alternatives.
    pub(super) fn is_literal(&self) -> bool {
        self.shape == Shape::Literal
    }

    /// Appends `next` to this; both are literals.
    pub(super) fn join(&mut self, next: Self) {
        if let (Content::Literal(own), Content::Literal(other)) = (&mut self.content, next.content) {
            own.extend(other);
            self.size += next.size;
        }
    }

    pub(super) fn capture(self, index: u32) -> Self {
        let Self { content, height, size, copies, .. } = self;
        let hir = Hir::capture(Capture { index, name: None, sub: Box::new(content.into_hir()) });
        Self { content: Content::Other(hir), shape: Shape::Other, height: height + 1, size: size + 2, copies }
    }

    /// One after the other.
    pub(super) fn concatenation(parts: Vec<Self>) -> Self {
        Self::joined(parts, Shape::Concatenation, Hir::concat)
    }

    /// One or the other, the first preferred.
    pub(super) fn alternation(parts: Vec<Self>) -> Self {
        let bars = parts.len().saturating_sub(1) as u64;
        let mut node = Self::joined(parts, Shape::Alternation, Hir::alternation);
        node.size += bars;
        node
    }

    fn joined(mut parts: Vec<Self>, shape: Shape, join: fn(Vec<Hir>) -> Hir) -> Self {
        match parts.len() {
            0 => return Self::empty(),
            1 => return parts.remove(0),
            _ => {}
        }
        // Parts of the same shape give way to their own parts.
        let height = parts.iter().map(|part| part.height - usize::from(part.shape == shape)).max().unwrap_or(0);
        let size = parts.iter().map(|part| part.size).fold(0, u64::saturating_add);
        let copies = parts.iter().map(|part| part.copies).max().unwrap_or(1);
        let hir = join(parts.into_iter().map(|part| part.content.into_hir()).collect());
        Self { content: Content::Other(hir), shape, height: height + 1, size, copies }
    }

    /// `*`, `+`, `?` and the like.
    pub(super) fn repeated(self, times: Times) -> Self {
        let size = match times {
            Times { min: 0, max: None, .. } => self.size.saturating_add(2),
            Times { min, max: None, .. } => self.size.saturating_mul(u64::from(min)).saturating_add(1),
            Times { min, max: Some(max), .. } => {
                self.size.saturating_mul(u64::from(max)).saturating_add(u64::from(max - min))
            }
        };
        let copies = match times.max.unwrap_or(times.min) {
            0 if times.max.is_some() => 1,
            count => self.copies.saturating_mul(count.max(1)),
        };
        let Times { min, max, greedy } = times;
        let hir = Hir::repetition(Repetition { min, max, greedy, sub: Box::new(self.content.into_hir()) });
        Self { content: Content::Other(hir), shape: Shape::Other, height: self.height + 1, size: size.max(1), copies }
    }

    /// Whether a counted repetition asks for no more copies than Go allows.
    pub(super) fn may_be_repeated(&self) -> bool {
        self.copies <= MAX_COPIES
    }

    /// # Errors
    /// When Go refuses a pattern with a part like this.
    pub(super) fn check(&self) -> Result<(), Cause> {
        match self {
            _ if self.size > MAX_SIZE => Err(Cause::TooLarge),
            _ if self.height > MAX_HEIGHT => Err(Cause::TooDeep),
            _ => Ok(()),
        }
    }

    /// What it matches, and about how many instructions that takes.
    pub(super) fn into_hir(self) -> (Hir, u64) {
        (self.content.into_hir(), self.size)
    }
}

impl Content {
    fn into_hir(self) -> Hir {
        match self {
            Self::Literal(text) => Hir::literal(text),
            Self::Other(hir) => hir,
        }
    }
}
