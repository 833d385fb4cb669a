//! The flags that name post-renderers, in the order in which they stand on the command line.

use crate::Failure;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use rhelm_lib::postrender::{Program, SearchPath};
use std::path::PathBuf;

const RENDERER: &str = "post-renderer";
const ARGUMENT: &str = "post-renderer-args";

/// The post-renderers that the user named, first to last.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PostRenderArgs {
    /// Each with its arguments.
    pub stages: Vec<Stage>,
}

/// One post-renderer.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Stage {
    /// A path, or a name to be looked up.
    pub program: String,
    /// Passed as they are.
    pub arguments: Vec<String>,
}

impl PostRenderArgs {
    /// Finds the programs: beside this one (or in `RHELM_EXEC_PATH`), then on `PATH`.
    ///
    /// # Errors
    /// For the first that cannot be found.
    pub fn find(&self) -> Result<Vec<Program>, Failure> {
        if self.stages.is_empty() {
            return Ok(Vec::new());
        }
        let own = || Some(std::env::current_exe().ok()?.parent()?.to_owned());
        let search = SearchPath {
            beside: std::env::var_os("RHELM_EXEC_PATH").map(PathBuf::from).or_else(own),
            path: std::env::var_os("PATH"),
            directory: std::env::current_dir()?,
        };
        let found = self.stages.iter().map(|stage| search.find(&stage.program, stage.arguments.clone()));
        Ok(found.collect::<Result<_, _>>()?)
    }
}

impl Args for PostRenderArgs {
    fn augment_args(command: Command) -> Command {
        let flag = |name| Arg::new(name).long(name).action(ArgAction::Append).help_heading("Post-rendering");
        command
            .arg(flag(RENDERER).value_name("PROGRAM").help("Program that filters the manifests (repeatable: a chain)"))
            .arg(flag(ARGUMENT).value_name("ARGUMENT").help("Argument of the --post-renderer before it (repeatable)"))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for PostRenderArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut stages: Vec<(usize, Stage)> = positioned(matches, RENDERER)
            .map(|(place, program)| (place, Stage { program, arguments: Vec::new() }))
            .collect();
        for (place, argument) in positioned(matches, ARGUMENT) {
            // As in Helm, arguments may stand before the only program.
            let owner = stages.iter().rposition(|(start, _)| *start < place).unwrap_or(0);
            if let Some((_, stage)) = stages.get_mut(owner) {
                stage.arguments.push(argument);
            }
        }
        Ok(Self { stages: stages.into_iter().map(|(_, stage)| stage).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn positioned<'a>(matches: &'a ArgMatches, name: &str) -> impl Iterator<Item = (usize, String)> + use<'a> {
    let places = matches.indices_of(name).into_iter().flatten();
    places.zip(matches.get_many::<String>(name).into_iter().flatten().cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stages(line: &str) -> Vec<(String, Vec<String>)> {
        let command = crate::read_as_pflag(PostRenderArgs::augment_args(Command::new("x")));
        let matches = command.try_get_matches_from(line.split(' ')).expect("a command line");
        let args = PostRenderArgs::from_arg_matches(&matches).expect("flags");
        args.stages.into_iter().map(|stage| (stage.program, stage.arguments)).collect()
    }

    #[test]
    fn arguments_belong_to_the_program_before_them() {
        let line =
            "x --post-renderer a --post-renderer-args -x --post-renderer=b --post-renderer-args 1 --post-renderer-args=2,3";
        let expected = [("a".into(), vec!["-x".into()]), ("b".into(), vec!["1".into(), "2,3".into()])];
        assert_eq!(stages(line), expected);
        assert_eq!(stages("x --post-renderer-args y --post-renderer a"), [("a".into(), vec!["y".into()])]);
        assert_eq!(stages("x --post-renderer-args y"), []);
    }
}
