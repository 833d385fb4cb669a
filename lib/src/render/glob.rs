//! File name patterns of `.Files.Glob`: `*`, `**`, `?`, `[ab]`, `[a-z]`, `[!a]`, `{x,y}` and `\`, with `/` as separator.
//!
//! A pattern is parsed once; matching keeps the set of positions reached so far, so it never backtracks.

use std::collections::BTreeSet;

/// Alternatives within alternatives, beyond which a pattern counts as malformed.
const MAX_DEPTH: usize = 100;

/// A parsed pattern.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Glob(Vec<Token>);

#[derive(Clone, Debug, Eq, PartialEq)]
enum Token {
    Char(char),
    /// `?`
    AnyChar,
    /// `*`
    Segment,
    /// `**`
    Everything,
    Class {
        negated: bool,
        chars: Class,
    },
    Alternatives(Vec<Vec<Token>>),
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Class {
    Range(char, char),
    OneOf(Vec<char>),
}

impl Glob {
    /// Parses a pattern; `None` when it is malformed.
    pub(crate) fn parse(pattern: &str) -> Option<Self> {
        let mut parser = Parser { rest: pattern.chars().collect(), at: 0, depth: 0 };
        let tokens = parser.sequence()?;
        (parser.at == parser.rest.len()).then_some(Self(tokens))
    }

    /// Whether the pattern matches all of `name`.
    pub(crate) fn matches(&self, name: &str) -> bool {
        let name: Vec<char> = name.chars().collect();
        advance(&self.0, &name, BTreeSet::from([0])).contains(&name.len())
    }
}

struct Parser {
    rest: Vec<char>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn next(&mut self) -> Option<char> {
        let next = self.rest.get(self.at).copied();
        self.at += 1;
        next
    }

    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn sequence(&mut self) -> Option<Vec<Token>> {
        let mut tokens = Vec::new();
        while let Some(next) = self.peek() {
            if self.depth > 0 && matches!(next, ',' | '}') {
                break;
            }
            self.at += 1;
            tokens.push(match next {
                '?' => Token::AnyChar,
                '*' => self.star(),
                '[' => self.class()?,
                '{' => self.alternatives()?,
                '\\' => Token::Char(self.next()?),
                other => Token::Char(other),
            });
        }
        Some(tokens)
    }

    fn star(&mut self) -> Token {
        if self.peek() == Some('*') {
            self.at += 1;
            return Token::Everything;
        }
        Token::Segment
    }

    fn class(&mut self) -> Option<Token> {
        let negated = self.peek() == Some('!');
        if negated {
            self.at += 1;
        }
        let chars = if self.rest.get(self.at + 1) == Some(&'-') { self.range()? } else { self.one_of()? };
        Some(Token::Class { negated, chars })
    }

    fn range(&mut self) -> Option<Class> {
        let low = self.next()?;
        self.at += 1;
        let high = self.next()?;
        (self.next()? == ']' && low <= high).then_some(Class::Range(low, high))
    }

    fn one_of(&mut self) -> Option<Class> {
        let mut chars = Vec::new();
        loop {
            match self.next()? {
                ']' => break,
                '\\' => chars.push(self.next()?),
                other => chars.push(other),
            }
        }
        (!chars.is_empty()).then_some(Class::OneOf(chars))
    }

    fn alternatives(&mut self) -> Option<Token> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let mut all = vec![self.sequence()?];
        while self.next()? == ',' {
            all.push(self.sequence()?);
        }
        self.depth -= 1;
        Some(Token::Alternatives(all))
    }
}

fn advance(tokens: &[Token], name: &[char], from: BTreeSet<usize>) -> BTreeSet<usize> {
    tokens.iter().fold(from, |positions, token| step(token, name, &positions))
}

fn step(token: &Token, name: &[char], from: &BTreeSet<usize>) -> BTreeSet<usize> {
    let one = |accepts: &dyn Fn(char) -> bool| {
        from.iter().filter(|&&at| name.get(at).is_some_and(|&c| accepts(c))).map(|at| at + 1).collect()
    };
    match token {
        Token::Char(expected) => one(&|c| c == *expected),
        Token::AnyChar => one(&|c| c != '/'),
        Token::Class { negated, chars } => one(&|c| chars.contains(c) != *negated),
        Token::Segment => spread(name, from, |c| c != '/'),
        Token::Everything => spread(name, from, |_| true),
        Token::Alternatives(all) => all.iter().flat_map(|tokens| advance(tokens, name, from.clone())).collect(),
    }
}

fn spread(name: &[char], from: &BTreeSet<usize>, accepts: impl Fn(char) -> bool) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    for &start in from {
        let mut at = start;
        while reached.insert(at) && name.get(at).is_some_and(|&c| accepts(c)) {
            at += 1;
        }
    }
    reached
}

impl Class {
    fn contains(&self, c: char) -> bool {
        match self {
            Self::Range(low, high) => (*low..=*high).contains(&c),
            Self::OneOf(chars) => chars.contains(&c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matching(pattern: &str) -> Vec<&'static str> {
        let names = ["a.txt", "b.txt", "f/a.txt", "f/b.yaml", "f/g/a.txt", "f/g/h/c.txt"];
        let glob = Glob::parse(pattern).expect("a pattern");
        names.into_iter().filter(|name| glob.matches(name)).collect()
    }

    #[test]
    fn a_star_stays_within_a_segment_and_two_do_not() {
        assert_eq!(matching("*.txt"), ["a.txt", "b.txt"]);
        assert_eq!(matching("f/*"), ["f/a.txt", "f/b.yaml"]);
        assert_eq!(matching("f/**.txt"), ["f/a.txt", "f/g/a.txt", "f/g/h/c.txt"]);
        assert_eq!(matching("f/**/*.txt"), ["f/g/a.txt", "f/g/h/c.txt"]);
    }

    #[test]
    fn classes_and_alternatives() {
        assert_eq!(matching("[ab].txt"), ["a.txt", "b.txt"]);
        assert_eq!(matching("[!a].txt"), ["b.txt"]);
        assert_eq!(matching("f/[a-b].{txt,yaml}"), ["f/a.txt", "f/b.yaml"]);
        assert_eq!(matching("?.t?t"), ["a.txt", "b.txt"]);
    }

    #[test]
    fn malformed_patterns() {
        for pattern in ["[a", "[]", "[b-a]", "[a-cd]", "{a,b", "a\\"] {
            assert_eq!(Glob::parse(pattern), None, "{pattern}");
        }
    }
}
