//! `rhelm push`: an archive goes into a registry.

use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::{AccessArgs, Failure, GlobalArgs, dependencies, variable, write_stdout};
use rhelm_fetch::registry;
use rhelm_lib::chart::loader;
use std::path::Path;

#[derive(Args)]
struct PushArgs {
    /// Archive, and `oci://` reference to put it below
    #[arg(value_name = "CHART REMOTE")]
    operands: Vec<String>,
    #[command(flatten)]
    access: AccessArgs,
}

pub(crate) fn define() -> Command {
    rhelm_cli::with_flags::<PushArgs>(Command::new("push").about("Put a chart into a registry"))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let args = PushArgs::from_arg_matches(matches)?;
    let [chart, remote, ..] = args.operands.as_slice() else {
        return Err(Failure::new(
            "\"helm push\" requires at least 2 arguments\n\nUsage:  helm push [chart] [remote] [flags]",
        ));
    };
    let Some((scheme, _)) = remote.split_once(':') else {
        return Err(Failure::new("scheme prefix missing from remote (e.g. \"oci://\")"));
    };
    if scheme != "oci" {
        return Err(Failure::new(format!("scheme {scheme:?} not supported")));
    }
    let path = Path::new(chart);
    let kind = path.metadata().map_err(|_| Failure::new(format!("{chart}: no such file")))?;
    if kind.is_dir() {
        return Err(Failure::new("cannot push directory, must provide chart archive (.tgz)"));
    }
    let (loaded, _) = loader::load(path)?;
    let archive = std::fs::read(path)?;
    let provenance = std::fs::read(format!("{chart}.prov")).ok();
    let created = dependencies::written(path)?;
    let home = global.home(variable);
    let pushed =
        registry::push(&home, &archive, &loaded.metadata, provenance.as_deref(), remote, &args.access.access(), &created);
    let (reference, digest) = pushed?;
    let note = registry::underscore_note(&reference);
    write_stdout(format!("Pushed: {reference}\nDigest: {digest}\n{note}").as_bytes())
}
