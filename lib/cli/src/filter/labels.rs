//! The command line of `rhelm-inject-labels`.

use super::{Program, SelectionArgs, read_file};
use crate::Failure;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_lib::postrender::PostRenderer;
use rhelm_lib::postrender::labels::{self, Annotation, Label, Labels};
use rhelm_lib::postrender::workload::Workload;

/// `rhelm-inject-labels`.
#[derive(Args, Clone, Debug, Default)]
pub struct InjectLabels {
    /// Label to add (repeatable)
    #[arg(long, value_name = "KEY=VALUE")]
    label: Vec<Label>,
    /// Annotation to add (repeatable)
    #[arg(long, value_name = "KEY=VALUE")]
    annotation: Vec<Annotation>,
    /// YAML file with mappings `labels` and `annotations` to add, before those of the flags (repeatable)
    #[arg(long, value_name = "FILE")]
    from_file: Vec<String>,
    /// Replace the value of a key that is there already; without this flag it is kept
    #[arg(long)]
    overwrite: bool,
    /// Add to the pod templates of workloads, too (of CronJobs, also to the job template)
    #[arg(long)]
    pod_templates: bool,
    /// Add the labels to the selectors of workloads, too, and to the pod templates that have to match them. Kubernetes does
    /// not let the selector of an object that exists be changed
    #[arg(long)]
    selectors: bool,
    /// A further kind with a pod template, and where it has it: `Rollout.argoproj.io=spec.template`; `tasks[]` in a path stands
    /// for every item of a list (repeatable)
    #[arg(long, value_name = "KIND=PATH")]
    workload: Vec<Workload>,
    #[command(flatten)]
    selection: SelectionArgs,
}

const ABOUT: &str = "Add labels and annotations to the Kubernetes objects of a manifest stream

Reads YAML or JSON documents from standard input, adds what the flags say to every object that they choose, and writes the \
documents to standard output. Every other byte stays as it is: comments, order, quotes, indentation, line ends. Items of \
lists are objects of their own. A key that is there already keeps its value, unless --overwrite is given, so that a second \
run changes nothing.";

const EXAMPLES: &str = "Examples:
  # As a post-renderer
  rhelm install web ./chart --post-renderer rhelm-inject-labels \\
    --post-renderer-args --label=team=payments

  # In a pipe
  rhelm-render web ./chart | rhelm-inject-labels --label team=payments | kubectl apply -f -

  # An annotation on the Services of one namespace
  rhelm-inject-labels --annotation example.com/by='Jo Doe' --kind Service --namespace prod <a.yaml

Exit status:
  0  All documents were written.
  1  A document could not be read or changed, or the command line is wrong; what was written is
     not complete.";

impl Program for InjectLabels {
    const NAME: &'static str = "rhelm-inject-labels";

    fn command() -> Command {
        Self::augment_args(Command::new(Self::NAME)).about(ABOUT).after_help(EXAMPLES).next_line_help(true)
    }

    fn files(matches: &ArgMatches) -> Result<Vec<String>, Failure> {
        Ok(Self::from_arg_matches(matches)?.from_file)
    }

    fn filter(matches: &ArgMatches) -> Result<Box<dyn PostRenderer>, Failure> {
        let args = Self::from_arg_matches(matches)?;
        let (mut labels, mut annotations) = (Vec::new(), Vec::new());
        for path in &args.from_file {
            let file = labels::read_file(&read_file("--from-file", path)?);
            let (more_labels, more_annotations) =
                file.map_err(|error| Failure::new(format!("--from-file {path}: {error}")))?;
            labels.extend(more_labels);
            annotations.extend(more_annotations);
        }
        labels.extend(args.label);
        annotations.extend(args.annotation);
        if labels.is_empty() && annotations.is_empty() {
            return Err(Failure::new("nothing to add: give --label, --annotation or --from-file"));
        }
        Ok(Box::new(Labels {
            labels: last_of_each(labels, |label| &label.key),
            annotations: last_of_each(annotations, |annotation| &annotation.key),
            overwrite: args.overwrite,
            pod_templates: args.pod_templates,
            selectors: args.selectors,
            selection: args.selection.into(),
            workloads: args.workload,
        }))
    }
}

/// Of several with one key the last one counts, in the place of the first.
fn last_of_each<T>(all: Vec<T>, key: impl Fn(&T) -> &String) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for one in all {
        match kept.iter_mut().find(|before| key(before) == key(&one)) {
            Some(before) => *before = one,
            None => kept.push(one),
        }
    }
    kept
}
