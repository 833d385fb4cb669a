//! Dependencies: which of the charts in `charts/` belong to a chart, under which name, and what values they hand up.
//!
//! In comes a chart as it was loaded, and the user's values. Afterwards the chart's dependencies are those that are enabled, each
//! under its alias, and the chart's values hold those of its subcharts and what it imports from them.

mod import;
mod select;

use super::{Chart, Dependency};
use crate::log::Log;
use crate::values::CoalesceError;
use goyaml::Map;

/// Dependencies that are declared, but not there.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch missing \
     dependencies: found in Chart.yaml, but missing in charts/ directory: {}",
    .0.join(", ")
)]
pub struct MissingDependencies(pub Vec<String>);

/// Whether all declared dependencies are there, enabled or not. To be asked before [`process`].
///
/// # Errors
/// [`MissingDependencies`] names those that are not.
pub fn check(chart: &Chart) -> Result<(), MissingDependencies> {
    let is_missing = |declared: &&Dependency| chart.dependencies.iter().all(|found| found.metadata.name != declared.name);
    let missing: Vec<_> =
        chart.metadata.dependencies.iter().filter(is_missing).map(|missing| missing.name.clone()).collect();
    if missing.is_empty() { Ok(()) } else { Err(MissingDependencies(missing)) }
}

/// Why dependencies cannot be processed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DependencyError {
    /// Something else is given where a subchart's values are expected.
    #[error(transparent)]
    Values(#[from] CoalesceError),
    /// A table is to be imported into a part of itself.
    #[error("import-values of {chart}: a table would contain itself")]
    Cycle {
        /// The chart that it is imported from.
        chart: String,
        /// What was logged before.
        logs: Vec<Log>,
    },
    /// Values are handed up so often that they would fill the memory.
    #[error("the values that charts import from their dependencies are larger than {limit} bytes")]
    TooLarge {
        /// What is allowed.
        limit: u64,
        /// What was logged before.
        logs: Vec<Log>,
    },
}

impl DependencyError {
    /// What was logged before it failed.
    #[must_use]
    pub fn logs(&self) -> &[Log] {
        match self {
            Self::Values(error) => &error.logs,
            Self::Cycle { logs, .. } | Self::TooLarge { logs, .. } => logs,
        }
    }

    fn after(mut self, before: Vec<Log>) -> Self {
        match &mut self {
            Self::Values(CoalesceError { logs, .. }) | Self::Cycle { logs, .. } | Self::TooLarge { logs, .. } => {
                *logs = before
            }
        }
        self
    }
}

/// Keeps the dependencies that `values` enable, under their aliases, and lets the chart import values from them.
///
/// # Errors
/// [`DependencyError`] when the values do not fit the charts.
pub fn process(chart: &mut Chart, values: &Map) -> Result<Vec<Log>, DependencyError> {
    let mut logs = Vec::new();
    let result = select::select(chart, values, "", &mut logs);
    let result = result.map_err(DependencyError::from).and_then(|()| import::import(chart, &mut logs));
    match result {
        Ok(()) => Ok(logs),
        Err(error) => Err(error.after(logs)),
    }
}
