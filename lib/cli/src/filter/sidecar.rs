//! The command line of `rhelm-inject-sidecar`.

use super::{Program, SelectionArgs, read_file};
use crate::Failure;
use clap::{ArgMatches, Args, Command, FromArgMatches, ValueEnum};
use rhelm_lib::postrender::PostRenderer;
use rhelm_lib::postrender::sidecar::{Conflict, OptIn, Sidecar, Sidecars};
use rhelm_lib::postrender::workload::Workload;

/// `rhelm-inject-sidecar`.
#[derive(Args, Clone, Debug)]
pub struct InjectSidecar {
    /// Sidecar files, in the order in which they add
    #[arg(value_name = "FILE")]
    files: Vec<String>,
    /// What happens to something of the same name that is there and different
    #[arg(long, value_name = "RULE", value_enum, default_value_t = OnConflict::Error)]
    on_conflict: OnConflict,
    /// Only pods with this annotation, on the pod or on the object that makes it; its value has to be `true` if none is given
    #[arg(long, value_name = "KEY[=VALUE]")]
    opt_in: Option<OptIn>,
    /// A further kind with a pod template, and where it has it: `Rollout.argoproj.io=spec.template`; `tasks[]` in a path stands
    /// for every item of a list (repeatable)
    #[arg(long, value_name = "KIND=PATH")]
    workload: Vec<Workload>,
    #[command(flatten)]
    selection: SelectionArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum OnConflict {
    /// Nothing is written, and the exit status is 1
    Error,
    /// It is replaced
    Replace,
    /// It stays as it is
    Keep,
}

const ABOUT: &str = "Add containers, volumes, mounts and variables to the pods of a manifest stream

Reads YAML or JSON documents from standard input, adds what the sidecar files say to the pod templates of all workloads that \
the flags choose, and writes the documents to standard output. Every other byte stays as it is. Everything is recognised by \
its name, so that a second run changes nothing.";

const FORMAT: &str = "A sidecar file is YAML with these fields, all of them optional:
  optIn             only for pods with an annotation: {annotation: KEY, value: VALUE}
  containers        containers, added after those of the pod
  initContainers    those with `restartPolicy: Always` (native sidecars) go before the pod's own,
                    others after them
  volumes           volumes
  imagePullSecrets  secrets for pulling images
  labels            labels of the pod; those that are there stay
  annotations       annotations of the pod, likewise
  existing          what the pod's own containers get:
    names           patterns of their names (all of them): [\"web-*\", \"!web-db\"]
    initContainers  true: init containers, too
    env             environment variables
    volumeMounts    mounts

Placeholders in texts stand for values of the pod: ${metadata.name} and ${metadata.namespace} of the
object that makes it, ${metadata.labels['KEY']} and ${metadata.annotations['KEY']} of the pod or else
of that object, ${object.kind}, ${object.apiVersion}. ${...:-TEXT} has a default, $${...} is no
placeholder. A value without quotes becomes a number or truth value if it looks like one.

Examples:
  # As a post-renderer
  rhelm install web ./chart --post-renderer rhelm-inject-sidecar --post-renderer-args proxy.yaml

  # In a pipe, for the pods that ask for it
  rhelm-render web ./chart | rhelm-inject-sidecar proxy.yaml --opt-in example.com/proxy >all.yaml

  # proxy.yaml
  initContainers:
  - name: proxy
    image: example.com/proxy:1.2
    restartPolicy: Always
    args: [\"--app=${metadata.labels['app']:-${metadata.name}}\"]
  existing:
    env:
    - name: HTTP_PROXY
      value: http://127.0.0.1:3128

Exit status:
  0  All documents were written.
  1  A document could not be read or changed, or the command line or a file is wrong; what was
     written is not complete.";

impl Program for InjectSidecar {
    const NAME: &'static str = "rhelm-inject-sidecar";

    fn command() -> Command {
        Self::augment_args(Command::new(Self::NAME)).about(ABOUT).after_help(FORMAT).next_line_help(true)
    }

    fn files(matches: &ArgMatches) -> Result<Vec<String>, Failure> {
        Ok(Self::from_arg_matches(matches)?.files)
    }

    fn filter(matches: &ArgMatches) -> Result<Box<dyn PostRenderer>, Failure> {
        let args = Self::from_arg_matches(matches)?;
        if args.files.is_empty() {
            return Err(Failure::new("nothing to add: give at least one sidecar file"));
        }
        let read = |path: &String| Ok(Sidecar::read(path, &read_file("sidecar file", path)?)?);
        Ok(Box::new(Sidecars {
            sidecars: args.files.iter().map(read).collect::<Result<_, Failure>>()?,
            conflict: match args.on_conflict {
                OnConflict::Error => Conflict::Error,
                OnConflict::Replace => Conflict::Replace,
                OnConflict::Keep => Conflict::Keep,
            },
            opt_in: args.opt_in,
            selection: args.selection.into(),
            workloads: args.workload,
        }))
    }
}
