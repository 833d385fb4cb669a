//! The flags that say how manifests are applied: those that `rhelm install` and `rhelm-apply` share.

use clap::Args;
use rhelm_cli::release_text::{Shown, release_text};
use rhelm_cli::{DryRun, Failure, Format, WaitArgs, write_stdout};
use rhelm_lib::action::install::InstallOptions;
use rhelm_lib::release::Release;
use std::collections::BTreeMap;

/// How to apply.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Applying")]
pub(crate) struct ApplyArgs {
    /// Make the namespace first
    #[arg(long)]
    pub(crate) create_namespace: bool,
    /// `client`: end before a cluster is asked; `server`: before it is changed
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "unset")]
    pub(crate) dry_run: Option<String>,
    /// Take objects over that belong to nobody or to another release
    #[arg(long)]
    pub(crate) take_ownership: bool,
    /// Take fields over from other managers
    #[arg(long)]
    pub(crate) force_conflicts: bool,
    /// Put objects in the place of those that are there
    #[arg(long)]
    pub(crate) force_replace: bool,
    /// Use server-side apply
    #[arg(long, action = clap::ArgAction::Set, default_value = "true", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "true", value_parser = rhelm_cli::parse_bool)]
    pub(crate) server_side: bool,
    /// Take over a name whose release failed or is uninstalled
    #[arg(long)]
    pub(crate) replace: bool,
    /// Uninstall what could not be installed
    #[arg(long)]
    pub(crate) rollback_on_failure: bool,
    /// Old name of --rollback-on-failure
    #[arg(long, hide = true)]
    pub(crate) atomic: bool,
    /// Text that is recorded in the place of `Install complete`
    #[arg(long)]
    pub(crate) description: Option<String>,
    /// Labels of the record: `key=value`
    #[arg(short, long, value_delimiter = ',', value_parser = label)]
    pub(crate) labels: Vec<String>,
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
    #[arg(short, long, default_value = "table", value_parser = rhelm_cli::parse_format)]
    pub(crate) output: Format,
}

fn label(text: &str) -> Result<String, String> {
    if text.contains('=') { Ok(text.to_owned()) } else { Err(format!("{text} must be formatted as key=value")) }
}

impl ApplyArgs {
    /// What the flags come to.
    ///
    /// # Errors
    /// For values that are refused, and flags that exclude each other.
    pub(crate) fn options(&self, no_hooks: bool) -> Result<(InstallOptions, DryRun), Failure> {
        if self.force_conflicts && self.force_replace {
            return Err(Failure::new(
                "if any flags in the group [force-replace force-conflicts] are set none of the others can be; \
                 [force-conflicts force-replace] were all set",
            ));
        }
        if self.atomic {
            rhelm_cli::warn("Flag --atomic has been deprecated, use --rollback-on-failure instead");
        }
        let dry_run = DryRun::parse(self.dry_run.as_deref())?;
        let options = InstallOptions {
            create_namespace: self.create_namespace,
            dry_run: dry_run != DryRun::None,
            replace: self.replace,
            take_ownership: self.take_ownership,
            server_side: self.server_side,
            force_conflicts: self.force_conflicts,
            force_replace: self.force_replace,
            no_hooks,
            rollback_on_failure: self.rollback_on_failure || self.atomic,
            description: self.description.clone().unwrap_or_default(),
            labels: self.label_map(),
            wait: self.wait.options(self.wait_for_jobs),
            ..InstallOptions::default()
        };
        Ok((options, dry_run))
    }

    fn label_map(&self) -> BTreeMap<String, String> {
        let pairs = self.labels.iter().filter_map(|label| label.split_once('='));
        pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    /// Prints the release.
    ///
    /// # Errors
    /// When it cannot be printed.
    pub(crate) fn print(&self, release: &Release, debug: bool) -> Result<(), Failure> {
        let shown = Shown {
            hide_notes: self.hide_notes,
            hide_secrets: self.hide_secret,
            manifest: debug,
            values: debug,
            ..Shown::default()
        };
        write_stdout(release_text(release, self.output, shown)?.as_bytes())
    }
}
