//! The flags that say where a chart comes from.

use crate::AccessArgs;
use crate::provenance::Verifier;
use clap::Args;
use rhelm_fetch::Access;
use rhelm_fetch::locate::Request;

/// Which chart, and how it is fetched.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Charts from elsewhere")]
pub struct ChartArgs {
    /// URL of the repository that has the chart
    #[arg(long)]
    pub repo: Option<String>,
    /// Version, or constraint on it: `^1.2`
    #[arg(long)]
    pub version: Option<String>,
    /// Take prereleases too, as with --version '>0.0.0-0'
    #[arg(long)]
    pub devel: bool,
    /// Check the signature
    #[arg(long)]
    pub verify: bool,
    /// File with the keys to check it with
    #[arg(long)]
    pub keyring: Option<String>,
    /// Send the credentials to every server
    #[arg(long)]
    pub pass_credentials: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a group of flags")]
    pub access: AccessArgs,
}

/// The flag that fetches what a chart lacks.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Charts from elsewhere")]
pub struct DependencyArgs {
    /// Fetch the dependencies that are missing first
    #[arg(long)]
    pub dependency_update: bool,
}

impl ChartArgs {
    /// What checks signatures, where that is wanted.
    #[must_use]
    pub fn verifier(&self) -> Option<Verifier> {
        self.verify.then(|| Verifier::new(self.keyring.as_deref()))
    }

    /// The version that is asked for; empty for the newest.
    #[must_use]
    pub fn wanted(&self) -> String {
        let given = self.version.as_deref().map(str::trim).filter(|version| !version.is_empty());
        let devel = if self.devel { ">0.0.0-0" } else { "" };
        given.unwrap_or(devel).to_owned()
    }

    /// How servers are spoken to.
    #[must_use]
    pub fn access(&self) -> Access {
        Access { pass_credentials: self.pass_credentials, ..self.access.access() }
    }

    /// The request for a chart.
    #[must_use]
    pub fn request(&self, name: &str) -> Request {
        Request {
            reference: name.trim().to_owned(),
            version: self.wanted(),
            repository: self.repo.clone().unwrap_or_default(),
            access: self.access(),
        }
    }
}
