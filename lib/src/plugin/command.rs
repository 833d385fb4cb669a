//! The commands of a plugin: which is for this machine, and what its words are once variables are put in.

/// A command, and the machines it is for.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PlatformCommand {
    /// The system, as Go names it; empty for any.
    pub os: String,
    /// The processor, as Go names it; empty for any.
    pub arch: String,
    /// The program, and arguments behind blanks.
    pub command: String,
    /// More arguments.
    pub args: Vec<String>,
}

/// Which words of a command hold variables.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Expand {
    /// The program and its arguments.
    All,
    /// The program only: the arguments are for a shell, or for the program itself.
    Program,
}

/// The program and the arguments for this machine; `None` when there is no command for it.
#[must_use]
pub fn words(
    commands: &[PlatformCommand],
    expanded: Expand,
    variable: &dyn Fn(&str) -> String,
) -> Option<(String, Vec<String>)> {
    let chosen = choose(commands, go_os(), go_arch()).filter(|command| !command.command.is_empty())?;
    let mut words = chosen.command.split(' ').chain(chosen.args.iter().map(String::as_str));
    let program = expand(words.next().unwrap_or_default(), variable);
    let argument = |word: &str| match expanded {
        Expand::All => expand(word, variable),
        Expand::Program => word.to_owned(),
    };
    Some((program, words.map(argument).collect()))
}

/// Exactly this machine first, then this system, then any.
fn choose<'a>(commands: &'a [PlatformCommand], os: &str, arch: &str) -> Option<&'a PlatformCommand> {
    let is = |text: &str, wanted: &str| text.eq_ignore_ascii_case(wanted);
    let exact = commands.iter().find(|command| is(&command.os, os) && is(&command.arch, arch));
    let system = || commands.iter().find(|command| is(&command.os, os) && command.arch.is_empty());
    let any = || commands.iter().find(|command| command.os.is_empty() && command.arch.is_empty());
    exact.or_else(system).or_else(any)
}

fn go_os() -> &'static str {
    match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    }
}

fn go_arch() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        "powerpc64" => "ppc64le",
        other => other,
    }
}

/// Go's `os.Expand`: `$NAME` and `${NAME}`, and the shell's `$1`, `$@` and the like, which have no value here.
fn expand(text: &str, value: &dyn Fn(&str) -> String) -> String {
    let (mut result, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('$') {
        result.push_str(&rest[..at]);
        let (name, length) = variable(&rest[at + 1..]);
        match name {
            Some(name) => result.push_str(&value(name)),
            None if length == 0 => result.push('$'),
            None => {}
        }
        rest = &rest[at + 1 + length..];
    }
    result.push_str(rest);
    result
}

/// The variable that a text begins with, behind its dollar, and how much of the text is gone with it.
fn variable(text: &str) -> (Option<&str>, usize) {
    let special = |byte: u8| matches!(byte, b'*' | b'#' | b'$' | b'@' | b'!' | b'?' | b'-' | b'0'..=b'9');
    let bytes = text.as_bytes();
    match bytes.first() {
        Some(b'{') => match text.find('}') {
            Some(1) => (None, 2),
            Some(end) => (Some(&text[1..end]), end + 1),
            None => (None, 1),
        },
        Some(&byte) if special(byte) => (Some(&text[..1]), 1),
        _ => match bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count() {
            0 => (None, 0),
            length => (Some(&text[..length]), length),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_expanded_as_by_go() {
        let value = |name: &str| if name == "A" { "x y".to_owned() } else { String::new() };
        let cases = [("$A/${A}b$Ab", "x y/x yb"), ("$1$@${B}c", "c"), ("a$ b$", "a$ b$"), ("${}a${", "a"), ("$$A", "A")];
        for (text, expected) in cases {
            assert_eq!(expand(text, &value), expected, "{text}");
        }
    }

    #[test]
    fn the_nearest_platform_is_chosen() {
        let command =
            |os: &str, arch: &str| PlatformCommand { os: os.into(), arch: arch.into(), ..PlatformCommand::default() };
        let commands = [command("", ""), command("linux", ""), command("Linux", "AMD64"), command("", "amd64")];
        assert_eq!(choose(&commands, "linux", "amd64"), Some(&commands[2]));
        assert_eq!(choose(&commands, "linux", "arm64"), Some(&commands[1]));
        assert_eq!(choose(&commands, "darwin", "amd64"), Some(&commands[0]));
        assert_eq!(choose(&commands[3..], "linux", "amd64"), None);
    }
}
