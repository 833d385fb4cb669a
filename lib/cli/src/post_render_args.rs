//! The flags that name post-renderers, in the order in which they stand on the command line.

use clap::builder::EnumValueParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, ValueEnum};
use rhelm_lib::postrender::Hooks;

const RENDERER: &str = "post-renderer";
const ARGUMENT: &str = "post-renderer-args";
const PIPELINE: &str = "pipeline";
const FILE: &str = "post-renderer-file";
const REPORT: &str = "pipeline-report";
const FORMAT: &str = "helm-postrender-format";
const HOOKS: &str = "post-render-hooks";

/// The post-renderers that the user named, first to last, and how they are run.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PostRenderArgs {
    /// Each with its arguments.
    pub stages: Vec<Stage>,
    /// A file with stages that come before these.
    pub pipeline: Option<String>,
    /// Whether to report what the stages did.
    pub report: Option<ReportForm>,
    /// How hooks are treated.
    pub hooks: Option<Hooks>,
    /// Whether documents are written as Helm 4 does.
    pub helm_format: bool,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum ReportForm {
    /// A table
    Text,
    /// One object
    Json,
}

/// One post-renderer.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Stage {
    /// A path, or a name to be looked up.
    pub program: String,
    /// Passed as they are.
    pub arguments: Vec<String>,
    /// What it reads beside its input.
    pub files: Vec<String>,
}

impl Args for PostRenderArgs {
    fn augment_args(command: Command) -> Command {
        let one = |name| Arg::new(name).long(name).action(ArgAction::Set).help_heading("Post-rendering");
        let many = |name| one(name).action(ArgAction::Append);
        let hooks = one(HOOKS).value_parser(|text: &str| text.parse::<Hooks>());
        let format = Arg::new(FORMAT).long(FORMAT).action(ArgAction::SetTrue).help_heading("Post-rendering");
        let report = one(REPORT).value_parser(EnumValueParser::<ReportForm>::new());
        command
            .arg(many(RENDERER).value_name("PROGRAM").help("Program that filters the manifests (repeatable: a chain)"))
            .arg(many(ARGUMENT).value_name("ARGUMENT").help("Argument of the --post-renderer before it (repeatable)"))
            .arg(many(FILE).value_name("FILE").help("File that the --post-renderer before it reads, and is known by (repeatable)"))
            .arg(one(PIPELINE).value_name("FILE").help("YAML file with stages, which come before those of --post-renderer; `recorded`: those of the revision before"))
            .arg(report.value_name("FORM").help("Say on standard error what each stage did"))
            .arg(format.help("Write the manifests anew, before the first stage and after the last, as Helm 4 does"))
            .arg(
                hooks
                    .value_name("STRATEGY")
                    .help("Hooks go through the stages `combined` with the rest, `separate`, or `none` do"),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for PostRenderArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut stages: Vec<(usize, Stage)> =
            positioned(matches, RENDERER).map(|(place, program)| (place, Stage { program, ..Stage::default() })).collect();
        // As in Helm, arguments may stand before the only program.
        let owner = |stages: &[(usize, Stage)], place| stages.iter().rposition(|(start, _)| *start < place).unwrap_or(0);
        for (place, argument) in positioned(matches, ARGUMENT) {
            let owner = owner(&stages, place);
            stages.get_mut(owner).into_iter().for_each(|(_, stage)| stage.arguments.push(argument.clone()));
        }
        for (place, file) in positioned(matches, FILE) {
            let owner = owner(&stages, place);
            stages.get_mut(owner).into_iter().for_each(|(_, stage)| stage.files.push(file.clone()));
        }
        Ok(Self {
            stages: stages.into_iter().map(|(_, stage)| stage).collect(),
            pipeline: matches.get_one::<String>(PIPELINE).filter(|path| !path.is_empty()).cloned(),
            report: matches.get_one(REPORT).copied(),
            hooks: matches.get_one(HOOKS).copied(),
            helm_format: matches.get_flag(FORMAT),
        })
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
