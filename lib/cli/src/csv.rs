//! Flags that take lists, as Go's pflag reads them: a line of CSV.

/// What one flag gives, quotes read and commas split at.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct StringList(Vec<String>);

impl StringList {
    /// All that several flags give.
    pub fn all(flags: &[Self]) -> impl Iterator<Item = &String> {
        flags.iter().flat_map(|list| &list.0)
    }

    /// The flags again, a word for each text.
    #[must_use]
    pub fn words(flag: &str, flags: &[Self]) -> Vec<String> {
        let word = |text: &String| match text.contains(['"', ',', '\n']) {
            true => format!("{flag}=\"{}\"", text.replace('"', "\"\"")),
            false => format!("{flag}={text}"),
        };
        Self::all(flags).map(word).collect()
    }
}

/// Reads one flag.
///
/// # Errors
/// Go's words for quotes that are not where they may be.
pub fn parse_string_list(text: &str) -> Result<StringList, String> {
    if text.is_empty() { Ok(StringList::default()) } else { fields(text).map(StringList) }
}

/// The first record of a text that is CSV. What follows is not read.
///
/// # Errors
/// Those of Go's `encoding/csv`, whose `Reader.readRecord` this follows.
pub(crate) fn fields(text: &str) -> Result<Vec<String>, String> {
    let text = text.replace("\r\n", "\n");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let first = lines.iter().position(|line| *line != "\n").ok_or("EOF")?;
    let mut record = Record { lines: &lines, line: first, rest: lines[first], start: first };
    let mut fields = Vec::new();
    loop {
        let (field, more) = match record.rest.strip_prefix('"') {
            Some(rest) => {
                record.rest = rest;
                record.quoted()?
            }
            None => record.plain()?,
        };
        fields.push(field);
        if !more {
            return Ok(fields);
        }
    }
}

struct Record<'t> {
    lines: &'t [&'t str],
    line: usize,
    /// What is left of the line.
    rest: &'t str,
    /// The line that the record begins in.
    start: usize,
}

impl Record<'_> {
    /// A field without quotes, and whether a comma follows.
    fn plain(&mut self) -> Result<(String, bool), String> {
        let (field, rest) = match self.rest.split_once(',') {
            Some((field, rest)) => (field, Some(rest)),
            None => (self.rest.strip_suffix('\n').unwrap_or(self.rest), None),
        };
        if let Some(at) = field.find('"') {
            let column = self.column() + at;
            return Err(format!("{}, column {column}: bare \" in non-quoted-field", self.place()));
        }
        self.rest = rest.unwrap_or_default();
        Ok((field.to_owned(), rest.is_some()))
    }

    /// What follows an opening quote to the closing one, and whether a comma follows that.
    fn quoted(&mut self) -> Result<(String, bool), String> {
        let mut field = String::new();
        loop {
            let Some((part, rest)) = self.rest.split_once('"') else {
                field.push_str(self.rest);
                let column = self.column() + self.rest.len();
                self.rest = "";
                match self.lines.get(self.line + 1) {
                    Some(next) => (self.line, self.rest) = (self.line + 1, next),
                    None => return Err(self.misplaced(column)),
                }
                continue;
            };
            field.push_str(part);
            let column = self.column() + part.len();
            self.rest = rest;
            match rest.chars().next() {
                Some('"') => {
                    field.push('"');
                    self.rest = &rest[1..];
                }
                Some(',') => {
                    self.rest = &rest[1..];
                    return Ok((field, true));
                }
                None | Some('\n') => return Ok((field, false)),
                _ => return Err(self.misplaced(column)),
            }
        }
    }

    fn misplaced(&self, column: usize) -> String {
        format!("{}, column {column}: extraneous or missing \" in quoted-field", self.place())
    }

    /// Counted from one, in bytes.
    fn column(&self) -> usize {
        self.lines[self.line].len() - self.rest.len() + 1
    }

    fn place(&self) -> String {
        let start = if self.start == self.line { String::new() } else { format!("record on line {}; ", self.start + 1) };
        format!("{start}parse error on line {}", self.line + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<String>, String> {
        parse_string_list(text).map(|list| list.0)
    }

    // The expected texts are those of Helm.
    #[test]
    fn lists_are_read_as_go_reads_csv() {
        let list = |texts: &[&str]| Ok(texts.iter().map(ToString::to_string).collect());
        assert_eq!(read(""), list(&[]));
        assert_eq!(read("a,,b"), list(&["a", "", "b"]));
        assert_eq!(read("a,\"b,c\""), list(&["a", "b,c"]));
        assert_eq!(read("\"a\"\"b\",c"), list(&["a\"b", "c"]));
        assert_eq!(read("\n\na, b\nc"), list(&["a", " b"]));
        assert_eq!(read("\"a\nb\""), list(&["a\nb"]));
        assert_eq!(read("\n"), Err("EOF".into()));
        let wrong = |text: &str, error: &str| assert_eq!(read(text), Err(error.into()), "{text}");
        wrong("a\"b", "parse error on line 1, column 2: bare \" in non-quoted-field");
        wrong("\"a.yaml", "parse error on line 1, column 8: extraneous or missing \" in quoted-field");
        wrong("\"a\"b", "parse error on line 1, column 3: extraneous or missing \" in quoted-field");
        wrong("\"a\nb", "record on line 1; parse error on line 2, column 2: extraneous or missing \" in quoted-field");
    }

    #[test]
    fn words_are_read_as_what_they_were() {
        let flags = [read("a,\"b,\"\"c\"").map(StringList).expect("a list")];
        assert_eq!(StringList::words("-f", &flags), ["-f=a", "-f=\"b,\"\"c\""]);
    }
}
