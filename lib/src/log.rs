//! Messages for people: gathered while a stage works, printed by the programs.

/// A message for people: `level=WARN msg="…" key=value`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Log {
    /// How bad it is.
    pub level: Level,
    /// The message.
    pub message: String,
    /// Further facts, in order.
    pub fields: Vec<(&'static str, String)>,
}

/// How bad a message is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

impl Level {
    /// The name as Helm logs it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        }
    }
}

impl std::fmt::Display for Log {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "level={} msg={}", self.level.name(), quoted(&self.message))?;
        for (key, value) in &self.fields {
            write!(f, " {key}={}", quoted(value))?;
        }
        Ok(())
    }
}

/// The text in quotes where it needs them: with blanks, quotes, `=` or unprintable characters.
fn quoted(text: &str) -> String {
    let plain = |c: char| c != '"' && c != '=' && c != ' ' && c != '\u{fffd}' && !c.is_control() && !c.is_whitespace();
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_ascii_control() => quoted.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_where_they_need_it() {
        let log = Log {
            level: Level::Warn,
            message: "ImportValues missing table".into(),
            fields: vec![("chart", "s1".into()), ("error", "\"nope\" is not a table".into())],
        };
        let expected = r#"level=WARN msg="ImportValues missing table" chart=s1 error="\"nope\" is not a table""#;
        assert_eq!(log.to_string(), expected);
    }
}
