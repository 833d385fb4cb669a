//! `rhelm install`: render, post-render, apply.

use super::apply_args::ApplyArgs;
use super::pipeline::{self, Parts};
use super::server;
use super::session::Session;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::{
    ChartArgs, DryRun, Failure, GlobalArgs, PostRenderArgs, PostRendering, RenderArgs, ValuesArgs, chart, environment,
    name_and_chart, print_logs, render_name, write_stdout,
};
use rhelm_lib::action::install::{self, InstallInput, InstallOptions};
use rhelm_lib::action::template::{self, RenderOptions, Rendered};
use rhelm_lib::chart::{Chart, dependency};
use rhelm_lib::log::{Level, Log};
use rhelm_lib::manifest::crds;
use rhelm_lib::release::Release;
use rhelm_lib::render::{Capabilities, Lookup, NoCluster, ReleaseFacts};
use std::sync::Arc;
use std::time::SystemTime;

#[derive(Args)]
struct InstallArgs {
    /// `[NAME] CHART`
    #[arg(value_name = "[NAME] CHART")]
    operands: Vec<String>,
    #[command(flatten)]
    chart: ChartArgs,
    #[command(flatten)]
    values: ValuesArgs,
    #[command(flatten)]
    render: RenderArgs,
    /// Show the notes of all charts
    #[arg(long)]
    render_subchart_notes: bool,
    #[command(flatten)]
    post_render: PostRenderArgs,
    #[command(flatten)]
    apply: ApplyArgs,
    /// Print the shell pipe that does the same, and do nothing
    #[arg(long)]
    print_pipeline: bool,
}

const USAGE: &str = "rhelm install [NAME] [CHART] [flags]";

pub(crate) fn define() -> Command {
    InstallArgs::augment_args(Command::new("install").about("Render a chart, apply it and record it as a release"))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let args = InstallArgs::from_arg_matches(matches)?;
    if args.operands.is_empty() {
        name_and_chart(USAGE, Vec::new())?;
    }
    let stages = args.post_render.resolve()?;
    let (options, dry_run) = args.apply.options(args.render.no_hooks)?;
    let release = args.install(&global, &stages, options, dry_run);
    let release = release.map_err(|failure| match failure.message.as_str() {
        "" => failure,
        message => Failure { message: format!("INSTALLATION FAILED: {message}"), ..failure },
    })?;
    release.map_or(Ok(()), |release| args.apply.print(&release, global.debug))
}

impl InstallArgs {
    fn install(
        &self,
        global: &GlobalArgs,
        stages: &PostRendering,
        mut options: InstallOptions,
        dry_run: DryRun,
    ) -> Result<Option<Release>, Failure> {
        let (name, path) = self.name_and_chart()?;
        if self.print_pipeline {
            write_stdout(self.pipeline(global, &name, &path)?.as_bytes())?;
            return Ok(None);
        }
        let (chart, config) = chart::open(&path, &self.chart, &self.values, global.debug)?;
        let session = Session::new(global)?;
        (options.name, options.namespace) = (name, session.namespace().to_owned());
        if self.apply.hide_secret && !options.dry_run {
            return Err(told(Failure::new("hiding Kubernetes secrets requires a dry-run mode")));
        }
        if dry_run == DryRun::Client {
            check_name(&options)?;
        } else {
            session.run(async |context| install::begin(context, &options).await)?;
            self.crds(&session, &options, &chart, &config)?;
        }
        let rendered = self.rendered(global, &options, chart, config, dry_run)?;
        let (config, chart, notes) = (rendered.config, rendered.chart, rendered.notes);
        let manifests = stages.apply(rendered.manifests)?;
        let input = InstallInput { chart, config, manifests, notes };
        if dry_run == DryRun::Client {
            return Ok(Some(session.run(async |context| install::draft(context, &options, input))));
        }
        Ok(Some(session.run(async |context| install::install(context, &options, input).await)?))
    }

    fn name_and_chart(&self) -> Result<(String, String), Failure> {
        let (name, chart) = name_and_chart(USAGE, self.operands.clone())?;
        let template = self.render.name_template.as_deref().filter(|text| !text.is_empty());
        match name {
            Some(_) if self.render.generate_name => Err(Failure::new("cannot set --generate-name and also specify a name")),
            Some(_) if template.is_some() => Err(Failure::new("cannot set --name-template and also specify a name")),
            Some(name) => Ok((name, chart)),
            None => match template {
                Some(text) => Ok((render_name(text)?, chart)),
                None if self.render.generate_name => Ok((generated(&chart), chart)),
                None => Err(Failure::new("must either provide a name or specify --generate-name")),
            },
        }
    }

    /// Applies the definitions of the charts that are enabled.
    fn crds(&self, session: &Session, options: &InstallOptions, chart: &Chart, config: &goyaml::Map) -> Result<(), Failure> {
        if self.render.skip_crds || crds::crds(chart).is_empty() {
            return Ok(());
        }
        let mut enabled = chart.clone();
        let processed = dependency::process(&mut enabled, config);
        processed.map_err(|error| Failure::new(format!("chart dependencies processing failed: {error}")))?;
        let all = crds::crds(&enabled);
        if !options.dry_run {
            return Ok(session.run(async |context| install::install_crds(context, options, &all).await)?);
        }
        if !all.is_empty() {
            let message =
                "This chart or one of its subcharts contains CRDs. Rendering may fail or contain inaccuracies.".to_owned();
            print_logs(&[Log { level: Level::Warn, message, fields: Vec::new() }], false);
        }
        Ok(())
    }

    fn rendered(
        &self,
        global: &GlobalArgs,
        options: &InstallOptions,
        chart: Chart,
        config: goyaml::Map,
        dry_run: DryRun,
    ) -> Result<Rendered, Failure> {
        let (capabilities, lookup): (Capabilities, Arc<dyn Lookup>) = match dry_run {
            DryRun::Client => (Capabilities::default(), Arc::new(NoCluster)),
            DryRun::Server | DryRun::None => {
                let server = server::connect(global)?;
                (server.capabilities, server.lookup)
            }
        };
        let release = ReleaseFacts {
            name: options.name.clone(),
            namespace: options.namespace.clone(),
            revision: 1,
            is_upgrade: false,
        };
        let render = RenderOptions {
            release,
            capabilities,
            include_crds: false,
            skip_schema_validation: self.render.skip_schema_validation,
            subchart_notes: self.render_subchart_notes,
        };
        let environment = environment(self.render.enable_dns);
        let mut logs = Vec::new();
        let rendered = template::render(chart, config, &render, &environment, lookup, &mut logs);
        print_logs(&logs, global.debug);
        Ok(rendered?)
    }

    fn pipeline(&self, global: &GlobalArgs, name: &str, chart: &str) -> Result<String, Failure> {
        let parts = Parts {
            global,
            name,
            chart,
            values: &self.values,
            render: &self.render,
            subchart_notes: self.render_subchart_notes,
            stages: &self.post_render.commands()?,
            apply: &self.apply,
        };
        Ok(pipeline::text(&parts))
    }
}

fn told(failure: Failure) -> Failure {
    let message = failure.message.clone();
    print_logs(&[Log { level: Level::Error, message, fields: Vec::new() }], false);
    failure
}

fn check_name(options: &InstallOptions) -> Result<(), Failure> {
    rhelm_cli::template::check_name(&options.name)
}

/// `guestbook-1700000000` of the chart's path.
fn generated(chart: &str) -> String {
    let last = chart.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let base = last.split('.').next().filter(|base| !base.is_empty()).unwrap_or("chart");
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    format!("{base}-{seconds}")
}
