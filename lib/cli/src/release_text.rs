//! A release in words: the block that operations on it end with.

use crate::{Failure, Format};
use rhelm_lib::release::time::Time;
use rhelm_lib::release::{RecordedHook, Release, record};

/// How much of a release is shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown {
    /// Leave the notes out.
    pub hide_notes: bool,
    /// Put something else in the place of Secrets.
    pub hide_secrets: bool,
    /// Show hooks and manifest.
    pub manifest: bool,
}

/// The release in a format.
///
/// # Errors
/// When it has no form in JSON.
pub fn release_text(release: &Release, format: Format, shown: Shown) -> Result<String, Failure> {
    match format {
        Format::Table => Ok(block(release, shown)),
        Format::Json => Ok(format!("{}\n", String::from_utf8_lossy(&record::to_json(release)?))),
        Format::Yaml => {
            let json = String::from_utf8_lossy(&record::to_json(release)?).into_owned();
            Ok(goyaml::to_yaml(&goyaml::decode(&json)?)?)
        }
    }
}

fn block(release: &Release, shown: Shown) -> String {
    let info = &release.info;
    let mut text = format!("NAME: {}\n", release.name);
    if let Ok(Some(time)) = Time::parse(&info.last_deployed) {
        text.push_str(&format!("LAST DEPLOYED: {}\n", time.ansi_c()));
    }
    text.push_str(&format!(
        "NAMESPACE: {}\nSTATUS: {}\nREVISION: {}\nDESCRIPTION: {}\n",
        release.namespace, info.status, release.revision, info.description
    ));
    text.push_str(&tests(release));
    if shown.manifest || info.description.eq_ignore_ascii_case("Dry run complete") {
        text.push_str(&documents(release, shown));
    }
    if !shown.hide_notes && !info.notes.is_empty() {
        text.push_str(&format!("NOTES:\n{}\n", info.notes.trim()));
    }
    text
}

/// The tests that ran.
fn tests(release: &Release) -> String {
    let is_test = |hook: &&RecordedHook| hook.hook.events.iter().any(|event| event == "test");
    let tests: Vec<_> = release.hooks.iter().filter(is_test).collect();
    if tests.is_empty() {
        return "TEST SUITE: None\n".to_owned();
    }
    let time = |text: &str| Time::parse(text).ok().flatten().map_or_else(zero_time, |time| time.ansi_c());
    let one = |hook: &&RecordedHook| {
        format!(
            "TEST SUITE:     {}\nLast Started:   {}\nLast Completed: {}\nPhase:          {}\n",
            hook.hook.manifest.head.name,
            time(&hook.started_at),
            time(&hook.completed_at),
            hook.phase
        )
    };
    tests.iter().filter(|hook| !hook.started_at.is_empty()).map(one).collect()
}

fn zero_time() -> String {
    "Mon Jan  1 00:00:00 0001".to_owned()
}

fn documents(release: &Release, shown: Shown) -> String {
    let mut text = "HOOKS:\n".to_owned();
    for hook in &release.hooks {
        let manifest = &hook.hook.manifest;
        let is_hidden = shown.hide_secrets && manifest.head.kind == "Secret";
        let content = if is_hidden { HIDDEN } else { &manifest.content };
        text.push_str(&format!("---\n# Source: {}\n{content}\n", manifest.source));
    }
    text.push_str(&format!("MANIFEST:\n{}\n", manifest_text(release, shown)));
    text
}

const HIDDEN: &str = "# HIDDEN: The Secret output has been suppressed";

fn manifest_text(release: &Release, shown: Shown) -> String {
    use rhelm_lib::manifest::{collect, stream};
    if !shown.hide_secrets {
        return release.manifest.clone();
    }
    let Ok((mut manifests, _)) = collect::read(&release.manifest) else { return release.manifest.clone() };
    for manifest in manifests.resources.iter_mut().filter(|manifest| manifest.head.kind == "Secret") {
        manifest.content = HIDDEN.to_owned();
    }
    stream::resources(&manifests)
}
