//! A command line up to the word that is to be completed, read as far as it goes.

use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches};
use rhelm_cli::GlobalArgs;

pub(super) struct Line<'a> {
    /// The subcommand that the words name.
    pub(super) command: &'a Command,
    /// The names on the way to it, without aliases: `get values`.
    pub(super) path: Vec<&'a str>,
    /// What is neither a subcommand nor a flag.
    pub(super) operands: Vec<&'a str>,
    /// The flags that are there.
    pub(super) given: Vec<&'a Arg>,
    /// The word to be completed.
    pub(super) last: &'a str,
    /// The flag whose value the last word is, and what there is of it.
    pub(super) open: Option<(&'a Arg, &'a str)>,
    /// Whether flags are over, after `--`.
    pub(super) only_operands: bool,
    pub(super) global: GlobalArgs,
}

impl<'a> Line<'a> {
    /// Reads the words before the last one.
    ///
    /// # Errors
    /// For a command or a flag that there is not, and for a value that a flag does not take.
    pub(super) fn read(command: &'a Command, words: &'a [String], last: &'a str) -> Result<Self, String> {
        let (path, given, operands) = (Vec::new(), Vec::new(), Vec::new());
        let global = GlobalArgs::default();
        let mut line = Self { command, path, operands, given, last, open: None, only_operands: false, global };
        let mut own: Vec<&str> = words.iter().map(String::as_str).collect();
        for word in words {
            let depth = line.path.len();
            line.take(word).map_err(|problem| wrong(&own, &problem))?;
            if line.path.len() > depth {
                let at = own.iter().position(|other| *other == word.as_str()).unwrap_or_default();
                own.remove(at);
            }
        }
        if line.path.is_empty() && !line.operands.is_empty() {
            return Err(format!("unable to find a command for arguments: [{}]", line.operands.join(" ")));
        }
        let is_open = line.open.is_some();
        line.check(&words[..words.len() - usize::from(is_open)]).map_err(|problem| wrong(&own, &problem))?;
        if !is_open && !line.only_operands {
            line.open = line.open_with_value();
        }
        Ok(line)
    }

    fn take(&mut self, word: &'a str) -> Result<(), String> {
        if self.open.take().is_some() {
            return Ok(());
        }
        if self.only_operands || !word.starts_with('-') || word == "-" {
            self.take_operand(word);
            return Ok(());
        }
        if word == "--" {
            self.only_operands = true;
            return Ok(());
        }
        let (flag, has_value) = self.flag(word)?;
        self.given.push(flag);
        self.open = (!has_value && needs_value(flag)).then_some((flag, ""));
        Ok(())
    }

    fn take_operand(&mut self, word: &'a str) {
        match self.command.find_subcommand(word).filter(|_| self.operands.is_empty() && !self.only_operands) {
            Some(subcommand) => {
                self.command = subcommand;
                self.path.push(subcommand.get_name());
            }
            None => self.operands.push(word),
        }
    }

    /// The flag that a word ends with, and whether its value is there too.
    fn flag(&self, word: &str) -> Result<(&'a Arg, bool), String> {
        if let Some(long) = word.strip_prefix("--") {
            let (name, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
            let flag = flags(self.command).find(|flag| is_called(flag, name));
            return flag.map(|flag| (flag, value.is_some())).ok_or_else(|| format!("unknown flag: --{name}"));
        }
        let mut letters = word.chars().skip(1).peekable();
        loop {
            let letter = letters.next().unwrap_or_default();
            let flag = flags(self.command).find(|flag| flag.get_short() == Some(letter));
            let flag = flag.ok_or_else(|| format!("unknown shorthand flag: '{letter}' in {word}"))?;
            if needs_value(flag) || letters.peek().is_none_or(|next| *next == '=') {
                return Ok((flag, letters.peek().is_some()));
            }
        }
    }

    /// `--flag=` and what follows, in the last word.
    fn open_with_value(&self) -> Option<(&'a Arg, &'a str)> {
        let (name, value) = self.last.strip_prefix('-')?.split_once('=')?;
        let flag = match name.strip_prefix('-') {
            Some(long) => flags(self.command).find(|flag| is_called(flag, long)),
            None => flags(self.command).find(|flag| flag.get_short().is_some_and(|short| name.ends_with(short))),
        };
        flag.map(|flag| (flag, value))
    }

    /// Reads the flags' values, where the command takes any.
    fn check(&mut self, words: &[String]) -> Result<(), String> {
        let mut global = GlobalArgs::default();
        if !self.command.has_subcommands() {
            let line: Vec<String> = [String::from("rhelm")].into_iter().chain(words.iter().cloned()).collect();
            let matches = rhelm_cli::matches(&super::super::command(None), &line).map_err(|failure| failure.message)?;
            global = GlobalArgs::from_arg_matches(innermost(&matches)).map_err(|error| error.to_string())?;
        }
        self.global = global.with_environment(|name| std::env::var(name).ok());
        Ok(())
    }

    /// Whether a switch is on the line.
    pub(super) fn has(&self, flag: &str) -> bool {
        self.given.iter().any(|given| given.get_long() == Some(flag))
    }
}

fn wrong(words: &[&str], problem: &str) -> String {
    format!("Error while parsing flags from args [{}]: {problem}", words.join(" "))
}

fn innermost(matches: &ArgMatches) -> &ArgMatches {
    matches.subcommand().map_or(matches, |(_, inner)| innermost(inner))
}

/// The flags of a command.
pub(super) fn flags(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| !arg.is_positional())
}

fn is_called(flag: &Arg, name: &str) -> bool {
    flag.get_long() == Some(name) || flag.get_all_aliases().is_some_and(|aliases| aliases.contains(&name))
}

/// Whether the next word is the flag's value.
fn needs_value(flag: &Arg) -> bool {
    let takes_values = matches!(flag.get_action(), ArgAction::Set | ArgAction::Append);
    takes_values && !flag.is_require_equals_set()
}
