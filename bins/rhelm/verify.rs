//! `rhelm verify`: whether an archive is what its provenance file says.

use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::provenance::{Verifier, verified_text};
use rhelm_cli::{Failure, GlobalArgs, exactly, write_stdout};
use std::path::Path;

#[derive(Args)]
struct VerifyArgs {
    /// The archive
    #[arg(value_name = "PATH")]
    operands: Vec<String>,
    /// File with the keys to check it with
    #[arg(long)]
    keyring: Option<String>,
}

pub(crate) fn define() -> Command {
    rhelm_cli::with_flags::<VerifyArgs>(Command::new("verify").about("Check an archive by its provenance file"))
}

pub(crate) fn run(_: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let args = VerifyArgs::from_arg_matches(matches)?;
    let [path] = exactly("rhelm verify PATH [flags]", args.operands)?;
    let verified = Verifier::new(args.keyring.as_deref()).verify_file(Path::new(&path))?;
    write_stdout(verified_text("Chart", &verified).as_bytes())
}
