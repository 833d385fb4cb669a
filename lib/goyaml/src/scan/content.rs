//! The value of a flow scalar, borrowed from the text as long as it stands there unbroken.

use std::borrow::Cow;

/// Collects pieces of the text and what stands between them in the value.
pub(super) struct Content<'a> {
    text: &'a str,
    /// The piece that is not copied yet.
    start: usize,
    end: usize,
    copied: Option<String>,
}

impl<'a> Content<'a> {
    pub(super) fn new(text: &'a str, start: usize) -> Self {
        Self { text, start, end: start, copied: None }
    }

    /// Lets the current piece reach to `end`.
    pub(super) fn extend(&mut self, end: usize) {
        self.end = end;
    }

    /// Ends the current piece, adds `between`, and begins a piece at `next`.
    pub(super) fn push(&mut self, between: &str, next: usize) {
        let copied = self.copied.get_or_insert_default();
        copied.push_str(&self.text[self.start..self.end]);
        copied.push_str(between);
        self.start = next;
        self.end = next;
    }

    pub(super) fn finish(self) -> Cow<'a, str> {
        let piece = &self.text[self.start..self.end];
        match self.copied {
            None => Cow::Borrowed(piece),
            Some(mut copied) => {
                copied.push_str(piece);
                Cow::Owned(copied)
            }
        }
    }
}

/// The white space between two words, which may cross lines.
#[derive(Default)]
pub(super) struct Gap {
    /// Whether a line ended in it.
    pub(super) crossed: bool,
    /// The first line break; nothing where it was escaped.
    leading: &'static str,
    /// The breaks after it.
    trailing: String,
}

impl Gap {
    /// A gap that begins with an escaped line break.
    pub(super) fn escaped() -> Self {
        Self { crossed: true, ..Self::default() }
    }

    pub(super) fn add_break(&mut self, meaning: &'static str) {
        if self.crossed {
            self.trailing.push_str(meaning);
        } else {
            self.crossed = true;
            self.leading = meaning;
        }
    }

    /// Puts what the gap means into `content`, which goes on at `next`.
    pub(super) fn fold_into(&self, content: &mut Content<'_>, next: usize) {
        match (self.leading, self.trailing.as_str()) {
            ("\n", "") => content.push(" ", next),
            ("\n", trailing) => content.push(trailing, next),
            (leading, trailing) => {
                content.push(leading, next);
                content.push(trailing, next);
            }
        }
    }
}
