//! `rhelm pull`: a chart's archive, or its files, from elsewhere.

use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::provenance::verified_text;
use rhelm_cli::{ChartArgs, Failure, GlobalArgs, at_least_one, print_logs, say, variable, write_stdout};
use rhelm_fetch::locate::{self, Archive};
use rhelm_fetch::{files, registry};
use rhelm_lib::chart::unpack;
use std::path::Path;

#[derive(Args)]
struct PullArgs {
    /// References of charts
    #[arg(value_name = "CHART")]
    operands: Vec<String>,
    /// Folder to write to
    #[arg(short, long, default_value = ".")]
    destination: String,
    /// Unpack the archive
    #[arg(long)]
    untar: bool,
    /// Folder to unpack into
    #[arg(long, default_value = ".")]
    untardir: String,
    /// Fetch the provenance file too, without checking it
    #[arg(long)]
    prov: bool,
    #[command(flatten)]
    chart: ChartArgs,
}

const USAGE: &str = "rhelm pull [chart URL | repo/chartname] [...] [flags]";

pub(crate) fn define() -> Command {
    let command = Command::new("pull").about("Fetch charts");
    rhelm_cli::with_flags::<PullArgs>(command.visible_alias("fetch"))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let args = PullArgs::from_arg_matches(matches)?;
    at_least_one(USAGE, args.operands.clone())?.iter().try_for_each(|name| args.pull(&global, name))
}

impl PullArgs {
    fn pull(&self, global: &GlobalArgs, name: &str) -> Result<(), Failure> {
        let home = global.home(variable);
        let request = self.chart.request(name);
        let mut archive = locate::fetch(&home, &request)?;
        let mut verified = String::new();
        if let Some(verifier) = self.chart.verifier() {
            let provenance = archive.fetch_provenance(&home)?;
            verified = verified_text("Chart", &verifier.verify(&archive.file_name, &archive.data, &provenance)?);
        } else if let Some(location) = archive.location.clone().filter(|_| self.prov) {
            let fetcher = home.fetcher(location.access);
            match fetcher.get(&format!("{}.prov", location.url), &location.owner) {
                Ok(text) => archive.provenance = Some(text),
                Err(error) => say(&format!("WARNING: Verification not found for {}: {error}", location.url)),
            }
        }
        print_logs(&[], global.debug);
        if let Some((reference, digest)) = &archive.pulled {
            let note = registry::underscore_note(reference);
            write_stdout(format!("Pulled: {reference}\nDigest: {digest}\n{note}").as_bytes())?;
        }
        if self.untar {
            self.unpack(&archive)?
        } else {
            self.save(&archive)?
        }
        write_stdout(verified.as_bytes())
    }

    fn save(&self, archive: &Archive) -> Result<(), Failure> {
        let path = Path::new(&self.destination).join(&archive.file_name);
        files::write_into(&path, &archive.data, 0o644)?;
        if let Some(text) = archive.provenance.as_ref().filter(|_| self.prov || self.chart.verify) {
            files::write_into(Path::new(&format!("{}.prov", path.display())), text, 0o644)?;
        }
        Ok(())
    }

    /// Everything is read before anything is written, and paths that lead out of the folder are refused.
    fn unpack(&self, archive: &Archive) -> Result<(), Failure> {
        let folder = match Path::new(&self.untardir) {
            path if path.is_absolute() => path.to_owned(),
            path => Path::new(&self.destination).join(path),
        };
        let unpacked = unpack::unpack(&archive.data)?;
        let root = folder.join(&unpacked.name);
        if root.symlink_metadata().is_ok() {
            let name = root.display().to_string();
            let name = name.trim_start_matches("./");
            return Err(Failure::new(format!("failed to untar: a file or directory with the name {name} already exists")));
        }
        for file in &unpacked.files {
            files::write(&root.join(&file.name), &file.data, 0o644)?;
        }
        Ok(())
    }
}
