//! The charts in `charts/` against the dependencies that `Chart.yaml` declares.

use super::{Finding, Linter, Severity};
use crate::chart::Chart;

pub(super) fn check(linter: &mut Linter<'_>) {
    let chart = match linter.chart() {
        Ok(chart) => chart,
        Err(error) => return linter.add(Severity::Error, "", format!("unable to load chart\n\t{error}")),
    };
    let path = linter.folder.path().to_string_lossy().into_owned();
    linter.report(Severity::Error, &path, declared(&chart));
    linter.report(Severity::Warning, &path, present(&chart));
}

fn declared(chart: &Chart) -> Finding {
    let is_declared = |name: &str| chart.metadata.dependencies.iter().any(|declared| declared.name == name);
    let names = chart.dependencies.iter().map(|found| found.metadata.name.as_str());
    missing("chart metadata", names.filter(|name| !is_declared(name)).collect())
}

fn present(chart: &Chart) -> Finding {
    let is_present = |name: &str| chart.dependencies.iter().any(|found| found.metadata.name == name);
    let names = chart.metadata.dependencies.iter().map(|declared| declared.name.as_str());
    missing("chart directory", names.filter(|name| !is_present(name)).collect())
}

fn missing(place: &str, names: Vec<&str>) -> Finding {
    if names.is_empty() { Ok(()) } else { Err(format!("{place} is missing these dependencies: {}", names.join(","))) }
}
