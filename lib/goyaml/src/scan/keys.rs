//! Simple keys and indentation: what turns lines into nested collections.

use super::{MAX_DEPTH, Mark, Scan, Scanner, Token, TokenKind};

/// A token that becomes a key if a colon follows it in time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SimpleKey {
    pub(super) possible: bool,
    /// Whether nothing else can stand here, so that a missing colon is an error.
    required: bool,
    /// Number of the token, counted from the start of the text.
    pub(super) token: usize,
    mark: Mark,
    /// Characters before it.
    index: usize,
}

/// How many characters may lie between the start of a simple key and its colon.
const LONGEST_KEY: usize = 1024;

impl SimpleKey {
    /// A slot without a key that has the number of a token.
    pub(super) fn none_at(token: usize) -> Self {
        Self { token, ..Self::default() }
    }
}

impl<'a> Scanner<'a> {
    /// Whether the key of `level` is still possible. It is not once its line has ended or it has become too long.
    pub(super) fn is_key_valid(&mut self, level: usize) -> Scan<bool> {
        let Some(key) = self.simple_keys.get(level).copied().filter(|key| key.possible) else { return Ok(false) };
        if !self.is_near(&key) {
            self.drop_key(level)?;
            return Ok(false);
        }
        Ok(true)
    }

    /// Whether a colon here would be near enough to make a key.
    pub(super) fn is_near(&self, key: &SimpleKey) -> bool {
        key.mark.line >= self.cursor.line() && key.index + LONGEST_KEY >= self.cursor.index()
    }

    /// Notes that the next token may begin a key; gives its level if so.
    pub(super) fn save_simple_key(&mut self) -> Scan<Option<u32>> {
        if !self.simple_key_allowed {
            return Ok(None);
        }
        let required = !self.in_flow() && self.indent == self.cursor.column().cast_signed();
        self.remove_simple_key()?;
        let level = self.simple_keys.len() - 1;
        let token = self.taken + self.tokens.len();
        let mark = self.cursor.mark();
        self.simple_keys[level] = SimpleKey { possible: true, required, token, mark, index: self.cursor.index() };
        Ok(u32::try_from(level).ok())
    }

    /// Gives up the possible key of the current level.
    pub(super) fn remove_simple_key(&mut self) -> Scan {
        let level = self.simple_keys.len() - 1;
        if self.simple_keys[level].possible {
            self.drop_key(level)?;
            self.forget_key(self.simple_keys[level].token);
        }
        Ok(())
    }

    fn drop_key(&mut self, level: usize) -> Scan {
        if self.simple_keys[level].required {
            return Err(self.error("could not find expected ':'"));
        }
        self.simple_keys[level].possible = false;
        Ok(())
    }

    /// Lets the token with this number leave the queue without regard to keys.
    pub(super) fn forget_key(&mut self, number: usize) {
        let token = number.checked_sub(self.taken).and_then(|at| self.tokens.get_mut(at));
        if let Some(token) = token {
            token.key_level = None;
        }
    }

    /// Makes the possible key of `level` one, in front of its token.
    pub(super) fn insert_key(&mut self, level: usize) -> Scan {
        let key = self.simple_keys[level];
        self.forget_key(key.token);
        self.insert(key.token, TokenKind::Key, key.mark);
        self.roll_indent(key.mark, Some(key.token), TokenKind::BlockMappingStart)?;
        self.simple_keys[level].possible = false;
        Ok(())
    }

    /// Begins a key at the scalar that is to be added, whose colon follows at once: what [`Scanner::insert_key`] comes to,
    /// without putting anything before what is in the queue.
    pub(super) fn begin_key(&mut self, mark: Mark) -> Scan {
        self.roll_indent(mark, None, TokenKind::BlockMappingStart)?;
        self.tokens.push_back(Token { kind: TokenKind::Key, start: mark, end: mark, key_level: None });
        if let Some(key) = self.simple_keys.last_mut() {
            key.possible = false;
        }
        Ok(())
    }

    /// Begins a block collection at `mark` if it is deeper than the innermost one. Its token goes before the one with number
    /// `before`, or to the end of the queue.
    pub(super) fn roll_indent(&mut self, mark: Mark, before: Option<usize>, kind: TokenKind<'a>) -> Scan {
        let column = mark.column as isize;
        if self.in_flow() || self.indent >= column {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() > MAX_DEPTH {
            return Err(self.error("exceeded max depth of 10000"));
        }
        self.insert(before.unwrap_or(self.taken + self.tokens.len()), kind, mark);
        Ok(())
    }

    /// Ends the block collections that are deeper than `column`.
    pub(super) fn unroll_indent(&mut self, column: isize) {
        if self.in_flow() {
            return;
        }
        while self.indent > column {
            self.push_here(TokenKind::BlockEnd);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    /// Puts a token before the one with this number, or to the end if that one is gone.
    fn insert(&mut self, number: usize, kind: TokenKind<'a>, mark: Mark) {
        let at = number.checked_sub(self.taken).unwrap_or(self.tokens.len());
        self.tokens.insert(at, Token { kind, start: mark, end: mark, key_level: None });
    }
}
