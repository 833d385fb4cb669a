//! Shell patterns on paths, as Go's `path.Match` reads them: `*`, `?`, `[a-z]`, `[^a]` and `\`; `*` and `?` do not match a `/`.

/// A pattern that cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("syntax error in pattern")]
pub(crate) struct BadPattern;

/// A pattern that was read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Pattern(Vec<Token>);

#[derive(Clone, Debug, Eq, PartialEq)]
enum Token {
    Star,
    Any,
    Char(char),
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`BadPattern`] for an unfinished class or escape.
    pub(crate) fn parse(pattern: &str) -> Result<Self, BadPattern> {
        parse(pattern).map(Self)
    }

    /// Whether the pattern matches all of `name`.
    pub(crate) fn matches(&self, name: &str) -> bool {
        let tokens = &self.0;
        let (mut token, mut rest) = (0, name);
        // Where to go on when a guess fails: the last star, and what it has not taken yet.
        let mut retry = None;
        while token < tokens.len() || !rest.is_empty() {
            let mut chars = rest.chars();
            let next = chars.next();
            match (tokens.get(token), next) {
                (Some(Token::Star), _) => {
                    retry = Some((token, rest));
                    token += 1;
                    continue;
                }
                (Some(one), Some(c)) if one.accepts(c) => {
                    token += 1;
                    rest = chars.as_str();
                    continue;
                }
                _ => {}
            }
            let Some((star, reached)) = retry else { return false };
            let mut chars = reached.chars();
            if chars.next().is_none_or(|c| c == '/') {
                return false;
            }
            retry = Some((star, chars.as_str()));
            (token, rest) = (star + 1, chars.as_str());
        }
        true
    }
}

fn parse(pattern: &str) -> Result<Vec<Token>, BadPattern> {
    let mut chars = pattern.chars().peekable();
    let mut tokens = Vec::new();
    while let Some(next) = chars.next() {
        tokens.push(match next {
            '*' => Token::Star,
            '?' => Token::Any,
            '\\' => Token::Char(chars.next().ok_or(BadPattern)?),
            '[' => class(&mut chars)?,
            other => Token::Char(other),
        });
    }
    Ok(tokens)
}

fn class(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Token, BadPattern> {
    let negated = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        if !ranges.is_empty() && chars.next_if_eq(&']').is_some() {
            return Ok(Token::Class { negated, ranges });
        }
        let low = class_char(chars)?;
        let high = if chars.next_if_eq(&'-').is_some() { class_char(chars)? } else { low };
        ranges.push((low, high));
    }
}

fn class_char(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<char, BadPattern> {
    match chars.next() {
        None | Some('-' | ']') => Err(BadPattern),
        Some('\\') => chars.next().ok_or(BadPattern),
        Some(other) => Ok(other),
    }
}

impl Token {
    fn accepts(&self, c: char) -> bool {
        match self {
            Self::Star => false,
            Self::Any => c != '/',
            Self::Char(expected) => c == *expected,
            Self::Class { negated, ranges } => {
                let listed = ranges.iter().any(|(low, high)| (*low..=*high).contains(&c));
                listed != *negated
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_go() {
        let cases = [
            ("templates/*.yaml", "templates/a.yaml", true),
            ("templates/*", "templates/x/a.yaml", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("[^a-c]?", "dx", true),
            ("[^a-c]?", "bx", false),
            ("a[^x]b", "a/b", true),
            ("a?b", "a/b", false),
            ("\\*", "*", true),
            ("", "", true),
            ("*", "", true),
        ];
        for (pattern, name, expected) in cases {
            let pattern = Pattern::parse(pattern).expect("a pattern");
            assert_eq!(pattern.matches(name), expected, "{pattern:?} {name}");
        }
        for pattern in ["[", "[]a]", "[-]", "a\\", "[a-"] {
            assert_eq!(Pattern::parse(pattern).err(), Some(BadPattern), "{pattern}");
        }
    }
}
