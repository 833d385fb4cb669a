//! `rhelm-render`: `rhelm template` alone, without a Kubernetes client. To ask a cluster it becomes `rhelm template`.

use clap::FromArgMatches;
use rhelm_cli::template::{self, TemplateArgs};
use rhelm_cli::{Failure, GlobalArgs};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    rhelm_cli::finish(rhelm_cli::with_stack(run))
}

fn run() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let command = rhelm_cli::with_flags_now::<TemplateArgs>(template::command("rhelm-render"));
    let command = rhelm_cli::with_flags_now::<GlobalArgs>(command);
    let matches = rhelm_cli::matches(&command, &words)?;
    let global = GlobalArgs::from_arg_matches(&matches)?.with_environment(|name| std::env::var(name).ok());
    template::run(&TemplateArgs::from_arg_matches(&matches)?, &global, &|_| Err(become_rhelm(&words[1..])))
}

/// Goes on as `rhelm template` with the same words; returns only when that cannot be.
fn become_rhelm(words: &[String]) -> Failure {
    let beside = std::env::current_exe().ok().and_then(|path| Some(path.parent()?.join("rhelm")));
    let program = beside.filter(|path| path.exists()).unwrap_or_else(|| "rhelm".into());
    let error = Command::new(&program).arg("template").args(words).exec();
    Failure::new(format!("--dry-run=server needs the program rhelm: {}: {error}", program.display()))
}
