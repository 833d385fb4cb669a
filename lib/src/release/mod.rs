//! Releases: one revision of a chart in a namespace, and the record of it that Helm and rhelm share.

pub mod name;
pub mod record;
pub mod template;
pub mod time;

use crate::chart::Chart;
use crate::manifest::Hook;
use goyaml::Map;
use std::collections::BTreeMap;

/// One revision of a release.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Release {
    /// The release's name.
    pub name: String,
    /// The namespace it lives in.
    pub namespace: String,
    /// Counted from 1.
    pub revision: u32,
    /// Times, status, notes.
    pub info: Info,
    /// The root chart, without its dependencies once recorded.
    pub chart: Chart,
    /// The values that the user gave.
    pub config: Map,
    /// All documents that are no hooks, as text.
    pub manifest: String,
    /// The hooks with their last runs.
    pub hooks: Vec<RecordedHook>,
    /// `ssa`, `csa` or empty.
    pub apply_method: String,
    /// The user's labels of the record.
    pub labels: BTreeMap<String, String>,
}

/// What happened to a revision.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Info {
    /// When the release was first installed, RFC 3339.
    pub first_deployed: String,
    /// When this revision was made, RFC 3339.
    pub last_deployed: String,
    /// When it was uninstalled, RFC 3339, or empty.
    pub deleted: String,
    /// A sentence for people.
    pub description: String,
    /// Where it stands.
    pub status: Status,
    /// The revision that a rollback went back to.
    pub rollback_revision: u32,
    /// The rendered `NOTES.txt`.
    pub notes: String,
}

/// Where a revision stands.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[expect(missing_docs, reason = "the names are Helm's")]
pub enum Status {
    #[default]
    Unknown,
    Deployed,
    Uninstalled,
    Superseded,
    Failed,
    Uninstalling,
    PendingInstall,
    PendingUpgrade,
    PendingRollback,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Unknown,
        Self::Deployed,
        Self::Uninstalled,
        Self::Superseded,
        Self::Failed,
        Self::Uninstalling,
        Self::PendingInstall,
        Self::PendingUpgrade,
        Self::PendingRollback,
    ];

    /// The name in records and labels: `pending-install`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Deployed => "deployed",
            Self::Uninstalled => "uninstalled",
            Self::Superseded => "superseded",
            Self::Failed => "failed",
            Self::Uninstalling => "uninstalling",
            Self::PendingInstall => "pending-install",
            Self::PendingUpgrade => "pending-upgrade",
            Self::PendingRollback => "pending-rollback",
        }
    }

    /// The status of that name; any other name is [`Status::Unknown`].
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|status| status.name() == name).unwrap_or_default()
    }

    /// Whether an operation is, or was when it died, at work on the revision.
    #[must_use]
    pub fn is_pending(self) -> bool {
        matches!(self, Self::PendingInstall | Self::PendingUpgrade | Self::PendingRollback)
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A hook as it is recorded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordedHook {
    /// What it is and when it runs.
    pub hook: Hook,
    /// RFC 3339, or empty when it never ran.
    pub started_at: String,
    /// RFC 3339, or empty when it never finished.
    pub completed_at: String,
    /// `Running`, `Succeeded`, `Failed`, `Unknown`, or empty when it never ran.
    pub phase: String,
}
