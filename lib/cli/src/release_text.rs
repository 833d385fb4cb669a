//! A release in words: the block that `status`, `get all` and the operations on a release end with.

use crate::{Failure, Format, color, json_text};
use rhelm_lib::action::get::computed_values;
use rhelm_lib::manifest::{collect, stream};
use rhelm_lib::release::time::Time;
use rhelm_lib::release::{RecordedHook, Release, record};

/// How much of a release is shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown<'a> {
    /// Leave the notes out.
    pub hide_notes: bool,
    /// Put something else in the place of Secrets.
    pub hide_secrets: bool,
    /// Show name and version of the chart.
    pub chart: bool,
    /// Show the values, the user's and all.
    pub values: bool,
    /// It was made just now: Helm then shows no values as an empty map, else as null.
    pub is_new: bool,
    /// Show hooks and manifest.
    pub manifest: bool,
    /// The tables of the objects.
    pub resources: &'a str,
    /// In colours.
    pub colored: bool,
}

/// The release in a format.
///
/// # Errors
/// When it has no form in JSON.
pub fn release_text(release: &Release, format: Format, shown: Shown<'_>) -> Result<String, Failure> {
    match format {
        Format::Table => block(release, shown),
        format => json_text(&record::to_json(release)?, format),
    }
}

fn block(release: &Release, shown: Shown<'_>) -> Result<String, Failure> {
    let info = &release.info;
    let mut text = format!("NAME: {}\n", release.name);
    if let Ok(Some(time)) = Time::parse(&info.last_deployed) {
        text.push_str(&format!("LAST DEPLOYED: {}\n", time.ansi_c()));
    }
    let namespace = color::namespace(&release.namespace, shown.colored);
    let status = color::status(info.status.name(), shown.colored);
    text.push_str(&format!("NAMESPACE: {namespace}\nSTATUS: {status}\n"));
    text.push_str(&format!("REVISION: {}\n", release.revision));
    if shown.chart {
        let chart = &release.chart.metadata;
        text.push_str(&format!("CHART: {}\nVERSION: {}\nAPP_VERSION: {}\n", chart.name, chart.version, chart.app_version));
    }
    text.push_str(&format!("DESCRIPTION: {}\n", info.description));
    if !shown.resources.is_empty() {
        text.push_str(&format!("RESOURCES:\n{}\n", shown.resources));
    }
    text.push_str(&tests(release));
    if shown.values {
        text.push_str(&values(release, shown.is_new)?);
    }
    if shown.manifest || info.description.eq_ignore_ascii_case("Dry run complete") {
        text.push_str(&documents(release, shown));
    }
    if !shown.hide_notes && !info.notes.is_empty() {
        text.push_str(&format!("NOTES:\n{}\n", info.notes.trim()));
    }
    Ok(text)
}

/// The tests that ran.
fn tests(release: &Release) -> String {
    let is_test = |hook: &&RecordedHook| hook.hook.events.iter().any(|event| event == "test");
    let tests: Vec<_> = release.hooks.iter().filter(is_test).collect();
    if tests.is_empty() {
        return "TEST SUITE: None\n".to_owned();
    }
    tests.into_iter().filter(|hook| !hook.started_at.is_empty()).map(test).collect()
}

fn test(hook: &RecordedHook) -> String {
    let time = |text: &str| Time::parse(text).ok().flatten().map_or_else(|| ZERO_TIME.to_owned(), |time| time.ansi_c());
    let (started, completed) = (time(&hook.started_at), time(&hook.completed_at));
    let name = &hook.hook.manifest.head.name;
    format!(
        "TEST SUITE:     {name}\nLast Started:   {started}\nLast Completed: {completed}\nPhase:          {}\n",
        hook.phase
    )
}

/// Go's zero time.
const ZERO_TIME: &str = "Mon Jan  1 00:00:00 0001";

fn values(release: &Release, is_new: bool) -> Result<String, Failure> {
    let user = if is_new { goyaml::Value::Map(release.config.clone()) } else { user_values(release) };
    let (computed, _) = computed_values(release)?;
    let (user, computed) = (goyaml::to_yaml(&user)?, goyaml::to_yaml(&goyaml::Value::Map(computed))?);
    Ok(format!("USER-SUPPLIED VALUES:\n{user}\nCOMPUTED VALUES:\n{computed}\n"))
}

/// The values that the user gave; null where there are none.
#[must_use]
pub fn user_values(release: &Release) -> goyaml::Value {
    if release.config.is_empty() { goyaml::Value::Null } else { goyaml::Value::Map(release.config.clone()) }
}

/// The hooks, each in its frame.
#[must_use]
pub fn hooks(release: &Release, hide_secrets: bool) -> String {
    let mut text = String::new();
    for RecordedHook { hook, .. } in &release.hooks {
        let is_hidden = hide_secrets && hook.manifest.head.kind == "Secret";
        let content = if is_hidden { HIDDEN } else { &hook.manifest.content };
        text.push_str(&format!("---\n# Source: {}\n{content}\n", hook.manifest.source));
    }
    text
}

fn documents(release: &Release, shown: Shown<'_>) -> String {
    format!("HOOKS:\n{}MANIFEST:\n{}\n", hooks(release, shown.hide_secrets), manifest_text(release, shown))
}

const HIDDEN: &str = "# HIDDEN: The Secret output has been suppressed";

fn manifest_text(release: &Release, shown: Shown<'_>) -> String {
    if !shown.hide_secrets {
        return release.manifest.clone();
    }
    let Ok((mut manifests, _)) = collect::read(&release.manifest) else { return release.manifest.clone() };
    for manifest in manifests.resources.iter_mut().filter(|manifest| manifest.head.kind == "Secret") {
        manifest.content = HIDDEN.to_owned();
    }
    stream::resources(&manifests)
}
