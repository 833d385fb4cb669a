//! The flags that say how manifests are applied: those that `rhelm install`, `rhelm upgrade` and `rhelm-apply` share.

use clap::{ArgMatches, Args};
use rhelm_cli::release_text::{Shown, release_text};
use rhelm_cli::{
    Failure, ForceArgs, Format, GlobalArgs, Labels, WaitArgs, parse_dry_run, parse_format, parse_labels, warn_of_old_flags,
    write_stdout,
};
use rhelm_lib::action::install::InstallOptions;
use rhelm_lib::action::{Crds, DryRun};
use rhelm_lib::release::Release;

/// How to apply.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Applying")]
pub(crate) struct ApplyArgs {
    /// Make the namespace first
    #[arg(long)]
    pub(crate) create_namespace: bool,
    /// `client`: end before the cluster is asked what it has; `server`: before it is changed
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "unset")]
    pub(crate) dry_run: Option<String>,
    /// Take objects over that belong to nobody or to another release
    #[arg(long)]
    pub(crate) take_ownership: bool,
    #[command(flatten)]
    pub(crate) force: ForceArgs,
    /// Undo everything when something fails
    #[arg(long)]
    pub(crate) rollback_on_failure: bool,
    /// Old name of --rollback-on-failure
    #[arg(long, hide = true)]
    pub(crate) atomic: bool,
    /// What to do with an object that is defined twice: `refuse` it, or let the `last` one count
    #[arg(long, value_name = "RULE", value_parser = ["refuse", "last"], default_value = "refuse")]
    pub(crate) duplicates: String,
    /// Files of crds/: `create` as Helm does, at the installation; `upgrade` always, unless versions in use would be lost; `skip`
    #[arg(long, value_name = "RULE", value_parser = ["create", "upgrade", "skip"], default_value = "create")]
    pub(crate) crds: String,
    /// Text that is recorded in the place of `Install complete` or `Upgrade complete`
    #[arg(long)]
    pub(crate) description: Option<String>,
    /// Labels of the record: `key=value`
    #[arg(short, long, value_parser = parse_labels)]
    pub(crate) labels: Vec<Labels>,
    /// With --wait: Jobs must have completed
    #[arg(long)]
    pub(crate) wait_for_jobs: bool,
    #[command(flatten)]
    pub(crate) wait: WaitArgs,
    /// Do not show the notes
    #[arg(long)]
    pub(crate) hide_notes: bool,
    /// Do not show Secrets in a dry run
    #[arg(long)]
    pub(crate) hide_secret: bool,
    /// `table`, `json` or `yaml`
    #[arg(short, long, default_value = "table", value_parser = parse_format)]
    pub(crate) output: Format,
}

/// The flags of a first revision.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Applying")]
pub(crate) struct FirstArgs {
    /// Use server-side apply
    #[arg(long, action = clap::ArgAction::Set, default_value = "true", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "true", value_parser = rhelm_cli::parse_bool)]
    pub(crate) server_side: bool,
    /// Take over a name whose release failed or is uninstalled
    #[arg(long)]
    pub(crate) replace: bool,
}

impl ApplyArgs {
    /// Refuses flags that exclude each other, and tells of the new names of old ones.
    ///
    /// # Errors
    /// Helm's words.
    pub(crate) fn check(matches: &ArgMatches) -> Result<(), Failure> {
        warn_of_old_flags(matches);
        ForceArgs::check(matches)
    }

    /// What is done, and what only shown.
    ///
    /// # Errors
    /// For a value that Helm does not know.
    pub(crate) fn dry_run(&self) -> Result<DryRun, Failure> {
        parse_dry_run(self.dry_run.as_deref())
    }

    /// What the flags come to where a release is installed.
    pub(crate) fn install_options(&self, dry_run: DryRun) -> InstallOptions {
        InstallOptions {
            dry_run,
            create_namespace: self.create_namespace,
            take_ownership: self.take_ownership,
            force_conflicts: self.force.force_conflicts,
            force_replace: self.force.replaces(),
            rollback_on_failure: self.rolls_back(),
            description: self.description.clone().unwrap_or_default(),
            labels: Labels::merge(&self.labels),
            hide_secret: self.hide_secret,
            last_wins: self.last_wins(),
            wait: self.wait.options(self.wait_for_jobs),
            ..InstallOptions::default()
        }
    }

    /// What is done with the files of `crds/`.
    pub(crate) fn crds(&self, skip: bool) -> Crds {
        match self.crds.as_str() {
            _ if skip => Crds::Skip,
            "upgrade" => Crds::Upgrade,
            "skip" => Crds::Skip,
            _ => Crds::Create,
        }
    }

    pub(crate) fn rolls_back(&self) -> bool {
        self.rollback_on_failure || self.atomic
    }

    pub(crate) fn last_wins(&self) -> bool {
        self.duplicates == "last"
    }

    /// Prints the release.
    ///
    /// # Errors
    /// When it cannot be printed.
    pub(crate) fn print(&self, release: &Release, global: &GlobalArgs) -> Result<(), Failure> {
        let (debug, colored) = (global.debug, global.colored);
        let hide_notes = self.hide_notes;
        let shown = Shown { hide_notes, manifest: debug, values: debug, is_new: true, colored, ..Shown::default() };
        write_stdout(release_text(release, self.output, shown)?.as_bytes())
    }
}
