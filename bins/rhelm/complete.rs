//! `rhelm __complete`: what may come next in a command line. The scripts of `rhelm completion` ask it, and those of Helm that a user
//! has loaded already.
//!
//! The protocol is cobra's: a line for each candidate, with its description behind a tab, then a number that says what the shell
//! shall make of them.

mod charts;
mod flags;
mod line;
mod operands;

use line::Line;
use rhelm_cli::{Failure, write_stdout};

/// The subcommands by which scripts ask, and whether they want descriptions.
const REQUESTS: [(&str, bool); 2] = [("__complete", true), ("__completeNoDesc", false)];

/// What a shell shall make of the candidates; the names are cobra's.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Directive {
    /// Nothing was found out.
    error: bool,
    /// No blank behind the only candidate.
    no_space: bool,
    /// No names of files where there is no candidate.
    no_files: bool,
}

impl Directive {
    fn number(self) -> u8 {
        u8::from(self.error) | u8::from(self.no_space) << 1 | u8::from(self.no_files) << 2
    }

    fn names(self) -> String {
        let all = [
            (self.error, "ShellCompDirectiveError"),
            (self.no_space, "ShellCompDirectiveNoSpace"),
            (self.no_files, "ShellCompDirectiveNoFileComp"),
        ];
        let names: Vec<_> = all.into_iter().filter(|(on, _)| *on).map(|(_, name)| name).collect();
        if names.is_empty() { "ShellCompDirectiveDefault".to_owned() } else { names.join(", ") }
    }
}

/// What may come next.
#[derive(Debug, Default)]
struct Candidates {
    /// Each with its description, which may be empty.
    list: Vec<(String, String)>,
    directive: Directive,
}

impl Candidates {
    /// These and nothing else.
    fn only(list: Vec<(String, String)>) -> Self {
        Self { list, directive: Directive { no_files: true, ..Directive::default() } }
    }

    /// Names of files, which the shell knows.
    fn files() -> Self {
        Self::default()
    }

    /// Nothing, since it could not be found out.
    fn unknown() -> Self {
        Self { list: Vec::new(), directive: Directive { error: true, ..Directive::default() } }
    }

    /// Nothing, with a word for shells that show such.
    fn no_more() -> Self {
        let is_wanted = std::env::var("HELM_ACTIVE_HELP").as_deref() != Ok("0");
        let help = "_activeHelp_ This command does not take any more arguments (but may accept flags).";
        Self::only(is_wanted.then(|| (help.to_owned(), String::new())).into_iter().collect())
    }
}

/// Whether a word is the name of such a request.
pub(crate) fn is_request(word: Option<&String>) -> bool {
    word.is_some_and(|word| REQUESTS.iter().any(|(name, _)| name == word))
}

/// Answers a request: its name, and the words of a command line up to the one to be completed.
///
/// # Errors
/// When there is no such word.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let [request, words @ .., last] = words else {
        return Err(Failure::new("requires at least 1 arg(s), only received 0"));
    };
    let is_described = REQUESTS.contains(&(request.as_str(), true));
    let mut command = super::command(None);
    command.build();
    let candidates = match Line::read(&command, words, last) {
        Ok(line) => candidates(&line),
        Err(problem) => {
            rhelm_cli::warn(&format!("[Debug] [Error] {problem}"));
            Candidates::files()
        }
    };
    let mut text = String::new();
    for (name, description) in &candidates.list {
        // A line has one candidate.
        let first = description.lines().next().unwrap_or_default().trim();
        text.push_str(&if is_described && !first.is_empty() { format!("{name}\t{first}\n") } else { format!("{name}\n") });
    }
    text.push_str(&format!(":{}\n", candidates.directive.number()));
    write_stdout(text.as_bytes())?;
    rhelm_cli::warn(&format!("Completion ended with directive: {}", candidates.directive.names()));
    Ok(())
}

fn candidates(line: &Line<'_>) -> Candidates {
    if let Some((flag, _)) = line.open {
        return flags::values(line, flag);
    }
    if line.last.starts_with('-') && !line.only_operands {
        return Candidates::only(flags::names(line));
    }
    operands::next(line)
}
