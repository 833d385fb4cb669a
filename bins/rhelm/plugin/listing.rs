//! `rhelm plugin list`: which plugins are there, and whether they are what somebody signed.

use clap::Args;
use rhelm_cli::{Failure, GlobalArgs, print_logs, speaks_helm_3, table, variable, write_stdout};
use rhelm_fetch::plugins::Plugin;
use rhelm_lib::chart::document::sha256;
use rhelm_provenance::signed_sums;

#[derive(Args)]
pub(super) struct ListArgs {
    #[arg(hide = true)]
    operands: Vec<String>,
    /// Only plugins of this type
    #[arg(long)]
    r#type: Option<String>,
}

pub(super) fn list(global: &GlobalArgs, args: &ListArgs) -> Result<(), Failure> {
    // Tools that know Helm 3 only take a line apart.
    let (header, row): (&[&str], fn(&Plugin) -> Vec<String>) = match speaks_helm_3() {
        true => (&["NAME", "VERSION", "DESCRIPTION"], short_row),
        false => (&["NAME", "VERSION", "TYPE", "APIVERSION", "PROVENANCE", "SOURCE"], row),
    };
    let header = header.iter().map(|&title| title.to_owned()).collect();
    let is_wanted =
        |plugin: &&Plugin| args.r#type.as_ref().is_none_or(|wanted| wanted.is_empty() || *wanted == plugin.file.kind);
    let (plugins, logs) = global.home(variable).plugins.installed();
    print_logs(&logs, global.debug);
    let rows = plugins.iter().filter(is_wanted).map(row);
    write_stdout(table(&std::iter::once(header).chain(rows).collect::<Vec<_>>()).as_bytes())
}

fn row(plugin: &Plugin) -> Vec<String> {
    let file = &plugin.file;
    let source = if file.source_url.is_empty() { "unknown" } else { &file.source_url };
    [&file.name, &file.version, &file.kind, &file.format, provenance(plugin), source].map(str::to_owned).to_vec()
}

fn short_row(plugin: &Plugin) -> Vec<String> {
    [&plugin.file.name, &plugin.file.version, &plugin.file.description].map(Clone::clone).to_vec()
}

/// What the archive and the provenance file beside the plugin say. Who signed is not asked: there is no keyring here.
fn provenance(plugin: &Plugin) -> &'static str {
    if plugin.folder.is_symlink() {
        return "local dev";
    }
    let name = format!("{}-{}.tgz", plugin.file.name, plugin.file.version);
    let path = plugin.folder.with_file_name(&name);
    let beside = plugin.folder.with_file_name(format!("{name}.prov"));
    let (Ok(archive), Ok(provenance)) = (std::fs::read(path), std::fs::read(beside)) else { return "unsigned" };
    let sum = format!("sha256:{}", sha256(&archive));
    match signed_sums(&provenance) {
        Err(rhelm_provenance::ProvenanceError::NoSignature) => "invalid provenance",
        Ok(sums) if sums.iter().any(|(file, signed)| file.contains(&name) && *signed == sum) => "signed",
        _ => "mismatched provenance",
    }
}
