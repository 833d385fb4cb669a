//! From the flags of a chart to the documents of a revision: rendered, and sent through the post-renderers, in this process.

use super::server;
use super::session::Signals;
use clap::Args;
use goyaml::Map;
use rhelm_cli::chart::{self, Purpose};
use rhelm_cli::{
    ChartArgs, DependencyArgs, Failure, GlobalArgs, PostRenderArgs, PostRendering, RenderArgs, ValuesArgs, environment,
    on_thread, print_logs,
};
use rhelm_lib::action::template::{self, RenderOptions, Rendered, TemplateError};
use rhelm_lib::action::{DryRun, Error, Facts, Source};
use rhelm_lib::chart::{Chart, dependency};
use rhelm_lib::manifest::{Manifest, crds};
use rhelm_lib::postrender::Identity;
use rhelm_lib::render::diagnosis::Diagnosis;
use rhelm_lib::render::{Capabilities, KubeVersion, Lookup, NoCluster, ReleaseFacts};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};

/// The flags of a chart, its values and its filters.
#[derive(Args, Clone, Debug)]
pub(crate) struct RenderingArgs {
    #[command(flatten)]
    pub(crate) chart: ChartArgs,
    #[command(flatten)]
    pub(crate) dependencies: DependencyArgs,
    #[command(flatten)]
    pub(crate) values: ValuesArgs,
    #[command(flatten)]
    pub(crate) render: RenderArgs,
    /// Show the notes of all charts
    #[arg(long, help_heading = "Rendering")]
    pub(crate) render_subchart_notes: bool,
    #[command(flatten)]
    pub(crate) post_render: PostRenderArgs,
}

impl RenderingArgs {
    /// Loads the chart and gathers the values.
    ///
    /// # Errors
    /// When something cannot be read.
    pub(crate) fn open(&self, path: &str, purpose: Purpose, around: Around) -> Result<ChartSource<'_>, Failure> {
        let (chart, config) = chart::open(path, &self.chart, &self.values, purpose, &around.global, &self.dependencies)?;
        Ok(ChartSource { args: self, chart, config, around, status: AtomicU8::new(1), diagnosis: OnceLock::new() })
    }
}

/// What else a render depends on.
#[derive(Clone)]
pub(crate) struct Around {
    pub(crate) global: GlobalArgs,
    pub(crate) stages: PostRendering,
    pub(crate) dry_run: DryRun,
    /// Listened to as soon as nothing is left that would end by itself.
    pub(crate) signals: Signals,
}

/// A chart that is rendered in this process.
pub(crate) struct ChartSource<'a> {
    args: &'a RenderingArgs,
    chart: Chart,
    config: Map,
    around: Around,
    /// The exit status that a failed render asks for.
    status: AtomicU8,
    /// Where in the chart a render failed.
    diagnosis: OnceLock<Diagnosis>,
}

impl Source for ChartSource<'_> {
    fn crds(&self) -> Result<Vec<Manifest>, String> {
        if crds::crds(&self.chart).is_empty() {
            return Ok(Vec::new());
        }
        let mut enabled = self.chart.clone();
        match dependency::process(&mut enabled, &self.config) {
            Ok(_) => Ok(crds::crds(&enabled)),
            Err(error) => Err(explain(&error.into(), false)),
        }
    }

    fn values(&self) -> Map {
        self.config.clone()
    }

    fn pipeline(&self, recorded: &Identity) -> Result<Identity, String> {
        self.around.stages.identity(recorded).map_err(|failure| failure.message)
    }

    fn render(&self, facts: &Facts) -> Result<Rendered, String> {
        // On a thread of its own, because `lookup` waits for answers.
        let rendered = on_thread(|| self.render_here(facts).map_err(Failure::new)).map_err(|failure| failure.message);
        self.around.signals.listen(&facts.name);
        rendered
    }
}

impl ChartSource<'_> {
    /// The failure of an operation on what is rendered here: an interrupted stage has an exit status of its own.
    pub(crate) fn failure(&self, error: Error) -> Failure {
        let failure = Failure::from(error).with_status(self.status.load(Ordering::Relaxed));
        match self.diagnosis.get() {
            Some(diagnosis) => failure.with_diagnosis(diagnosis.clone()),
            None => failure,
        }
    }

    fn render_here(&self, facts: &Facts) -> Result<Rendered, String> {
        let mut chart = self.chart.clone();
        if let Some(defaults) = &facts.defaults {
            chart.values = defaults.clone();
            chart.has_values = true;
        }
        let args = &self.args.render;
        let options = RenderOptions {
            release: ReleaseFacts {
                name: facts.name.clone(),
                namespace: facts.namespace.clone(),
                revision: facts.revision,
                is_upgrade: facts.is_upgrade,
            },
            capabilities: capabilities(facts)?,
            include_crds: false,
            skip_schema_validation: args.skip_schema_validation,
            subchart_notes: self.args.render_subchart_notes,
        };
        let mut logs = Vec::new();
        let environment = environment(args.enable_dns);
        let rendered = template::render(chart, facts.config.clone(), &options, &environment, self.lookup(), &mut logs);
        print_logs(&logs, self.around.global.debug);
        let mut rendered = rendered.map_err(|error| {
            // A render that failed is the last.
            self.diagnosis.get_or_init(|| error.diagnosis());
            explain(&error, facts.is_upgrade)
        })?;
        let stages = self.around.stages.of(&facts.recorded).map_err(|failure| failure.message)?;
        rendered.manifests = stages.apply(rendered.manifests).map_err(|failure| {
            self.status.store(failure.status, Ordering::Relaxed);
            failure.message
        })?;
        Ok(rendered)
    }

    fn lookup(&self) -> Arc<dyn Lookup> {
        match self.around.dry_run {
            DryRun::Client => Arc::new(NoCluster),
            DryRun::None | DryRun::Server => server::lookup(&self.around.global),
        }
    }
}

fn capabilities(facts: &Facts) -> Result<Capabilities, String> {
    let Some(server) = &facts.server else { return Ok(Capabilities::default()) };
    let kube_version = KubeVersion::parse(&server.git_version).map_err(|error| error.to_string())?;
    Ok(Capabilities { kube_version, api_versions: server.api_versions.clone() })
}

/// An installation logs what is wrong with dependencies, an upgrade does not say what it was doing.
fn explain(error: &TemplateError, is_upgrade: bool) -> String {
    let TemplateError::Dependencies(cause) = error else { return error.to_string() };
    if is_upgrade {
        return cause.to_string();
    }
    rhelm_cli::template::log_dependencies(cause);
    error.to_string()
}
