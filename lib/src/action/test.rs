//! Testing: the hooks of event `test` of a release's newest revision.

use super::context::Context;
use super::error::Error;
use super::hooks::{self, Afterwards, HookOptions};
use super::revision::{is_client_side, reach};
use super::waiting::{Strategy, WaitOptions};
use crate::cluster::{ContainerLog, Pods};
use crate::release::{RecordedHook, Release, name};
use std::time::Duration;

/// Which tests to run, and how.
#[derive(Clone, Debug, Default)]
pub struct TestOptions {
    /// The release's name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Only these tests; all when it is empty.
    pub include: Vec<String>,
    /// Not these tests.
    pub exclude: Vec<String>,
    /// For each test.
    pub timeout: Duration,
}

/// Tests that have run, and are not yet cleaned up: their logs can be read.
#[derive(Debug)]
pub struct Tested {
    /// The release with what is known of its hooks' last runs.
    pub release: Release,
    /// Whether all went well.
    pub result: Result<(), Error>,
    options: TestOptions,
    afterwards: Afterwards,
}

/// Runs tests.
///
/// # Errors
/// When there is no such release or no such test. That a test failed is in [`Tested`].
pub async fn test(cx: Context<'_>, options: &TestOptions) -> Result<Tested, Error> {
    reach(cx).await?;
    let name = &options.name;
    name::check(name).map_err(|_| Error::Name(format!("releaseTest: Release name is invalid: {name}")))?;
    let mut release = cx.store.last(&options.namespace, name).await?;
    check_filters(&release, options)?;
    // Skipped hooks come first from now on, those first that are excluded: that is where Helm puts them.
    release.hooks.sort_by_key(|hook| (!is_excluded(hook, options), !is_skipped(hook, options)));
    let skipped = release.hooks.iter().filter(|hook| is_skipped(hook, options)).count();
    let hook_options = hook_options(&release, options);
    let run = async { Ok(hooks::start(cx, &mut release, "test", skipped, hook_options).await) };
    let run = cx.cancellation.race(run).await;
    let (result, afterwards) = run.unwrap_or_else(|cancelled| (Err(cancelled), Afterwards::default()));
    let recorded = cx.record_end(&release).await;
    let result = result.and(recorded.map_err(Error::from));
    Ok(Tested { release, result, options: options.clone(), afterwards })
}

fn hook_options(release: &Release, options: &TestOptions) -> HookOptions {
    let wait = WaitOptions { strategy: Strategy::Watcher, jobs: false, timeout: options.timeout };
    HookOptions { wait, server_side: !is_client_side(release) }
}

fn is_test(hook: &RecordedHook) -> bool {
    hook.hook.events.iter().any(|event| event == "test")
}

fn is_excluded(hook: &RecordedHook, options: &TestOptions) -> bool {
    options.exclude.contains(&hook.hook.manifest.head.name)
}

fn is_skipped(hook: &RecordedHook, options: &TestOptions) -> bool {
    let is_included = options.include.is_empty() || options.include.contains(&hook.hook.manifest.head.name);
    is_excluded(hook, options) || !is_included
}

/// A test that is named must be there: else a misspelt name would run other tests, or none, and all would seem well.
fn check_filters(release: &Release, options: &TestOptions) -> Result<(), Error> {
    let exists = |name: &String| release.hooks.iter().any(|hook| is_test(hook) && hook.hook.manifest.head.name == *name);
    let unknown: Vec<_> = options.include.iter().chain(&options.exclude).filter(|name| !exists(name)).cloned().collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(Error::Option(format!("release {} has no test named {}", release.name, unknown.join(", "))))
}

impl Tested {
    /// The logs of the pods that were tests, in the order in which tests run, up to the first pod that cannot be read. That
    /// one container's log cannot be read is in the log.
    pub async fn logs(&self, cx: Context<'_>) -> (Vec<ContainerLog>, Result<(), Error>) {
        let mut tests: Vec<_> =
            self.release.hooks.iter().filter(|hook| is_test(hook) && !is_skipped(hook, &self.options)).collect();
        tests.sort_by_key(|hook| (hook.hook.weight, hook.hook.manifest.head.name.clone()));
        let mut logs = Vec::new();
        for test in tests.into_iter().filter(|test| test.hook.manifest.head.kind == "Pod") {
            let name = &test.hook.manifest.head.name;
            let read = cx.cluster.logs(&self.options.namespace, Pods::Named { name, init: true }).await;
            match read {
                Ok(read) => logs.extend(read),
                Err(error) => return (logs, Err(Error::from(error).during(format!("unable to get pod {name}")))),
            }
        }
        (logs, Ok(()))
    }

    /// Deletes what the tests' policies say, when nobody needs the pods any more.
    ///
    /// # Errors
    /// When a deletion is refused.
    pub async fn clean_up(self, cx: Context<'_>) -> Result<(), Error> {
        let options = hook_options(&self.release, &self.options);
        hooks::clean_up(cx, &self.release, self.afterwards, options).await
    }
}
