//! The flags that say where a chart comes from. rhelm reads charts from disk only.

use crate::Failure;
use clap::Args;

/// Helm's flags for fetching and verifying charts, which rhelm refuses rather than ignores.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Chart repositories (refused: charts are read from disk)")]
#[expect(missing_docs, reason = "the names are Helm's")]
pub struct ChartArgs {
    #[arg(long, hide = true)]
    pub repo: Option<String>,
    #[arg(long, hide = true)]
    pub version: Option<String>,
    #[arg(long, hide = true)]
    pub devel: bool,
    #[arg(long, hide = true)]
    pub verify: bool,
    #[arg(long, hide = true)]
    pub dependency_update: bool,
    #[arg(long, hide = true)]
    pub keyring: Option<String>,
    #[arg(long, hide = true)]
    pub username: Option<String>,
    #[arg(long, hide = true)]
    pub password: Option<String>,
    #[arg(long, hide = true)]
    pub pass_credentials: bool,
    #[arg(long, hide = true)]
    pub plain_http: bool,
    #[arg(long, hide = true)]
    pub insecure_skip_tls_verify: bool,
    #[arg(long, hide = true)]
    pub ca_file: Option<String>,
    #[arg(long, hide = true)]
    pub cert_file: Option<String>,
    #[arg(long, hide = true)]
    pub key_file: Option<String>,
}

impl ChartArgs {
    /// Refuses what would change the outcome. Flags that only matter for a download have nothing to act on.
    ///
    /// # Errors
    /// The first flag that cannot be honoured.
    pub fn check(&self) -> Result<(), Failure> {
        let given =
            [("--repo", self.repo.is_some()), ("--verify", self.verify), ("--dependency-update", self.dependency_update)];
        match given.into_iter().find(|(_, given)| *given) {
            Some((flag, _)) => Err(Failure::unsupported(flag)),
            None => Ok(()),
        }
    }
}
