//! The command `template`: a chart's manifests on standard output. `rhelm-render` is this command alone.

use crate::chart::Purpose;
use crate::output::Files;
use crate::release_file::ReleaseFile;
use crate::wait_args::{parse_wait, warn_of_old_wait};
use crate::{
    ChartArgs, DependencyArgs, Failure, GlobalArgs, NameArgs, PostRenderArgs, RenderArgs, StringList, ValuesArgs, chart,
    environment, parse_bool, parse_dry_run, parse_string_list, print_logs, speaks_helm_3, warn,
};
use clap::{Args, Command};
use rhelm_lib::action::DryRun;
use rhelm_lib::action::template::{self, RenderOptions, Rendered, TemplateError};
use rhelm_lib::chart::dependency::DependencyError;
use rhelm_lib::log::{Level, Log};
use rhelm_lib::manifest::{self, Manifest, Manifests};
use rhelm_lib::release::name;
use rhelm_lib::render::{Capabilities, KubeVersion, Lookup, NoCluster, ReleaseFacts};
use std::path::PathBuf;
use std::sync::Arc;

/// The flags of `template` alone.
#[derive(Args, Clone, Debug, Default)]
pub struct TemplateArgs {
    /// `[NAME] CHART`
    #[arg(value_name = "[NAME] CHART")]
    pub operands: Vec<String>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a group of flags")]
    pub chart: ChartArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a group of flags")]
    pub values: ValuesArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a group of flags")]
    pub dependencies: DependencyArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a group of flags")]
    pub name: NameArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a group of flags")]
    pub render: RenderArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a group of flags")]
    pub post_render: PostRenderArgs,
    /// Further API versions that .Capabilities.APIVersions has
    #[arg(short, long, value_parser = parse_string_list)]
    pub api_versions: Vec<StringList>,
    /// Kubernetes version that .Capabilities.KubeVersion has
    #[arg(long)]
    pub kube_version: Option<String>,
    /// Print the files of crds/ too
    #[arg(long)]
    pub include_crds: bool,
    /// Let .Release.IsUpgrade be true
    #[arg(long)]
    pub is_upgrade: bool,
    /// Leave out the hooks that are tests
    #[arg(long)]
    pub skip_tests: bool,
    /// Print only these templates, by a shell pattern of their path in the chart (repeatable)
    #[arg(short, long)]
    pub show_only: Vec<String>,
    /// Write files below this folder instead of printing
    #[arg(long)]
    pub output_dir: Option<String>,
    /// Put the release's name into the paths of --output-dir
    #[arg(long)]
    pub release_name: bool,
    /// `client`, or `server` to let lookup and .Capabilities ask the cluster
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "unset")]
    pub dry_run: Option<String>,
    /// The same as --dry-run=server
    #[arg(long, hide = true)]
    pub validate: bool,
    /// Write the notes of all charts to the release file
    #[arg(long)]
    pub render_subchart_notes: bool,
    /// File to write chart, values and notes to, for rhelm-apply
    #[arg(long, value_name = "FILE")]
    pub release_file: Option<PathBuf>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a group of flags")]
    pub install: InstallOnlyArgs,
}

/// Flags of `install` that Helm's `template` takes too, though nothing it prints depends on them.
#[derive(Args, Clone, Debug, Default)]
#[expect(missing_docs, reason = "the names are Helm's")]
pub struct InstallOnlyArgs {
    #[arg(long, hide = true)]
    pub atomic: bool,
    #[arg(long, hide = true)]
    pub force: bool,
    #[arg(long, hide = true)]
    pub hide_notes: bool,
    #[arg(long, hide = true)]
    pub create_namespace: bool,
    #[arg(long, hide = true)]
    pub description: Option<String>,
    #[arg(long, hide = true)]
    pub force_conflicts: bool,
    #[arg(long, hide = true)]
    pub force_replace: bool,
    #[arg(short, long, hide = true, value_parser = crate::parse_labels)]
    pub labels: Vec<crate::Labels>,
    #[arg(long, hide = true)]
    pub replace: bool,
    #[arg(long, hide = true)]
    pub rollback_on_failure: bool,
    #[arg(long, hide = true)]
    pub server_side: bool,
    #[arg(long, hide = true)]
    pub take_ownership: bool,
    #[arg(long, hide = true, value_parser = crate::parse_duration)]
    pub timeout: Option<std::time::Duration>,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "watcher", value_parser = parse_wait)]
    pub wait: Option<String>,
    #[arg(long, hide = true)]
    pub wait_for_jobs: bool,
}

impl InstallOnlyArgs {
    fn warn_of_old_flags(&self) {
        warn_of_old_wait(self.wait.as_deref());
        for (is_given, flag, what) in [
            (self.atomic, "atomic", "has been deprecated, use --rollback-on-failure instead"),
            (self.force, "force", "has been deprecated, use --force-replace instead"),
            (self.hide_notes, "hide-notes", NO_EFFECT),
        ] {
            if is_given {
                crate::warn(&format!("Flag --{flag} {what}"));
            }
        }
    }
}

const NO_EFFECT: &str = "has been deprecated, this flag has no effect for 'helm template' and will be removed in Helm 5";

/// What a render may ask a cluster.
pub struct Server {
    /// What `.Capabilities` shows.
    pub capabilities: Capabilities,
    /// What `lookup` asks.
    pub lookup: Arc<dyn Lookup>,
    /// Says why these manifests could not be installed.
    pub check: Box<CheckInstallable>,
}

/// Whether a release's manifests could be installed by that name and in that namespace, taking objects over or not.
pub type CheckInstallable = dyn Fn(&Manifests, &ReleaseFacts, bool) -> Result<(), Failure>;

/// Reaches the cluster.
pub type Connect<'a> = dyn Fn(&GlobalArgs) -> Result<Server, Failure> + 'a;

const USAGE: &str = "rhelm template [NAME] [CHART] [flags]";

/// The command without its flags.
#[must_use]
pub fn command(name: &'static str) -> Command {
    Command::new(name).about("Render a chart and print its manifests")
}

/// Renders and prints. `connect` reaches the cluster, for `--dry-run=server`.
///
/// # Errors
/// Whatever stopped it, in Helm's words.
pub fn run(args: &TemplateArgs, global: &GlobalArgs, connect: &Connect<'_>) -> Result<(), Failure> {
    args.render.error_format.apply(render(args, global, connect))
}

fn render(args: &TemplateArgs, global: &GlobalArgs, connect: &Connect<'_>) -> Result<(), Failure> {
    args.install.warn_of_old_flags();
    if args.render_subchart_notes && args.release_file.is_none() {
        crate::warn(&format!("Flag --render-subchart-notes {NO_EFFECT}"));
    }
    let uses_server = args.uses_server()?;
    let mut capabilities = Capabilities::default();
    if let Some(version) = args.kube_version.as_deref().filter(|version| !version.is_empty()) {
        capabilities.kube_version = KubeVersion::parse(version)?;
    }
    let (name, chart) = args.name_and_chart()?;
    let post_rendering = args.post_render.resolve()?;
    let (chart, config) = chart::open(&chart, &args.chart, &args.values, Purpose::Install, global, &args.dependencies)?;
    let mut lookup: Arc<dyn Lookup> = Arc::new(NoCluster);
    let mut check = None;
    if uses_server {
        let server = connect(global)?;
        (capabilities, lookup, check) = (server.capabilities, server.lookup, Some(server.check));
    }
    check_name(&name)?;
    if uses_server && !args.render.skip_crds && !manifest::crds::crds(&chart).is_empty() {
        let message = "This chart or one of its subcharts contains CRDs. Rendering may fail or contain inaccuracies.".into();
        print_logs(&[Log { level: Level::Warn, message, fields: Vec::new() }], global.debug);
    }
    capabilities.api_versions.extend(StringList::all(&args.api_versions).cloned());
    let release = ReleaseFacts {
        name: name.clone(),
        namespace: crate::namespace(global, |name| std::env::var_os(name)),
        revision: 1,
        is_upgrade: args.is_upgrade,
    };
    let options = RenderOptions {
        release,
        capabilities,
        include_crds: args.include_crds,
        skip_schema_validation: args.render.skip_schema_validation,
        subchart_notes: args.render_subchart_notes,
    };
    let environment = environment(args.render.enable_dns);
    let mut logs = Vec::new();
    let rendered = template::render(chart, config, &options, &environment, lookup, &mut logs);
    print_logs(&logs, global.debug);
    match rendered {
        Ok(mut rendered) => {
            let manifests = std::mem::take(&mut rendered.manifests);
            rendered.manifests = post_rendering.apply(manifests).map_err(|failure| hint(failure, global.debug))?;
            if let Some(check) = check.filter(|_| !args.is_upgrade) {
                check(&rendered.manifests, &options.release, args.install.take_ownership)?;
            }
            args.print(rendered, &options.release)
        }
        Err(error) => {
            if global.debug && error.is_late() {
                args.print_failed(&error)?;
            }
            Err(explain(&error, global.debug))
        }
    }
}

/// Helm's hint, which it gives for every failure after the templates.
fn hint(failure: Failure, debug: bool) -> Failure {
    let text = if debug { "" } else { "\n\nUse --debug flag to render out invalid YAML" };
    Failure { message: failure.message + text, ..failure }
}

fn explain(error: &TemplateError, debug: bool) -> Failure {
    if let TemplateError::Dependencies(cause) = error {
        log_dependencies(cause);
    }
    let failure = Failure::new(error.to_string());
    let failure = if error.is_late() { hint(failure, debug) } else { failure };
    failure.with_diagnosis(error.diagnosis())
}

/// Logs what is wrong with dependencies, as `template` and `install` do beside their error.
pub fn log_dependencies(cause: &DependencyError) {
    let message = "chart dependencies processing failed".to_owned();
    print_logs(&[Log { level: Level::Error, message, fields: vec![("error", cause.to_string())] }], false);
}

/// Checks the release's name, with the log line that Helm writes beside its error.
///
/// # Errors
/// When it is refused.
pub fn check_name(release: &str) -> Result<(), Failure> {
    let Err(cause) = name::check(release) else { return Ok(()) };
    let error = format!("release name {release:?}: {cause}");
    let log =
        Log { level: Level::Error, message: "release name check failed".into(), fields: vec![("error", error.clone())] };
    print_logs(&[log], false);
    Err(Failure::new(format!("release name check failed: {error}")))
}

impl TemplateArgs {
    fn uses_server(&self) -> Result<bool, Failure> {
        if self.validate {
            warn("Flag --validate has been deprecated, use '--dry-run=server' instead");
            return Ok(true);
        }
        match self.dry_run.as_deref() {
            Some(given) if given == "none" || parse_bool(given) == Ok(false) => {
                if speaks_helm_3() {
                    return Ok(false);
                }
                Err(Failure::new(format!("invalid dry-run value ({given:?}). Must be \"server\" or \"client\"")))
            }
            other => Ok(parse_dry_run(other)? == DryRun::Server),
        }
    }

    fn name_and_chart(&self) -> Result<(String, String), Failure> {
        let (name, chart) = self.name.name_and_chart(USAGE, self.operands.clone())?;
        Ok((name.unwrap_or_else(|| "release-name".into()), chart))
    }

    fn print(&self, mut rendered: Rendered, release: &ReleaseFacts) -> Result<(), Failure> {
        let recorded = self.release_file.as_ref().map(|path| (path, rendered.clone()));
        let manifests = &mut rendered.manifests;
        if self.render.no_hooks {
            manifests.hooks.clear();
        }
        if self.skip_tests {
            manifests.hooks.retain(|hook| !hook.events.iter().any(|event| event == "test"));
        }
        let text = match &self.release_file {
            // What is recorded keeps the blank lines that printing trims.
            Some(_) => manifest::stream::write(manifests),
            None => manifest::print::printed(&rendered.crds, manifests),
        };
        if let Some((path, rendered)) = recorded {
            ReleaseFile::of(rendered, release).write(path)?;
        }
        match &self.output_dir {
            Some(folder) => self.write(folder, &rendered.crds, manifests, &release.name),
            None if self.show_only.is_empty() => crate::write_stdout(text.as_bytes()),
            None => crate::write_stdout(manifest::print::show_only(&text, &self.show_only)?.as_bytes()),
        }
    }

    /// Prints what there is of a release that failed: what every file wrote, where one of them is no YAML, else nothing but a line.
    fn print_failed(&self, error: &TemplateError) -> Result<(), Failure> {
        let mut text = String::new();
        if let TemplateError::Document { files, .. } = error {
            for (name, content) in files.iter().filter(|(_, content)| !content.trim_ascii().is_empty()) {
                text.push_str(&format!("---\n# Source: {name}\n{}\n", String::from_utf8_lossy(content)));
            }
        }
        let text = format!("{}\n", text.trim());
        let shown = if self.show_only.is_empty() { Ok(text) } else { manifest::print::show_only(&text, &self.show_only) };
        // Where nothing is to be shown, the failure says more.
        shown.map_or(Ok(()), |text| crate::write_stdout(text.as_bytes()))
    }

    fn write(&self, folder: &str, crds: &[Manifest], manifests: &Manifests, release: &str) -> Result<(), Failure> {
        let below = if self.release_name { format!("{folder}/{release}") } else { folder.to_owned() };
        let mut files = Files::default();
        for (name, document) in manifest::print::files(crds, &Manifests::default()) {
            files.add(folder, &name, &document)?;
        }
        for (name, document) in manifest::print::files(&[], manifests) {
            files.add(&below, &name, &document)?;
        }
        // Nothing is left to print, and so nothing for --show-only to find.
        let printed = manifest::print::show_only("", &self.show_only)?;
        crate::write_stdout(format!("{printed}\n").as_bytes())
    }
}
