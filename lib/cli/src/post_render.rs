//! Post-rendering as the command line asks for it: stages found, run with their messages on standard error, and reported.

mod identity;

use crate::error::write_stderr;
use crate::post_render_args::{PostRenderArgs, ReportForm};
use crate::{Failure, filter, parse_duration, print_logs, signals};
use rhelm_lib::log::{Level, Log};
use rhelm_lib::manifest::Manifests;
use rhelm_lib::postrender::Identity;
use rhelm_lib::postrender::helm_format::reformat;
use rhelm_lib::postrender::pipeline::{FileStage, PipelineFile, Report};
use rhelm_lib::postrender::{
    Hooks, Interrupt, Part, PostRenderError, RenderError, SearchPath, Stage, Surroundings, plugin_folders, post_render, run,
};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// The exit status after Ctrl-C, as shells have it.
const INTERRUPTED: u8 = 130;

/// Stages that were found, ready to run.
#[derive(Clone)]
pub struct PostRendering {
    stages: Vec<Stage>,
    hooks: Hooks,
    report: Option<ReportForm>,
    helm_format: bool,
    /// The stages are those of the revision before.
    recorded: bool,
}

/// The value of `--pipeline` that is no file.
const RECORDED: &str = "recorded";

impl PostRenderArgs {
    /// Finds the stages of the flags and of the pipeline file.
    ///
    /// # Errors
    /// When one is not found, or has wrong arguments; and for a wrong file.
    pub fn resolve(&self) -> Result<PostRendering, Failure> {
        let mut stages = Vec::new();
        let mut hooks = None;
        let recorded = self.pipeline.as_deref() == Some(RECORDED);
        if let Some(flag) = self.of_another_pipeline().filter(|_| recorded) {
            return Err(Failure::new(format!("--pipeline=recorded and {flag} exclude each other")));
        }
        if let Some(path) = self.pipeline.as_ref().filter(|_| !recorded) {
            let file = read_file(path)?;
            hooks = file.hooks()?;
            let folder = Path::new(path).parent().unwrap_or(Path::new("")).to_owned();
            let search = search_path(&folder)?;
            for stage in &file.stages {
                stages.push(
                    file_stage(&search, &folder, stage).map_err(|failure| Failure {
                        message: format!("--pipeline {path}: {}", failure.message),
                        ..failure
                    })?,
                );
            }
        }
        let search = search_path(Path::new(""))?;
        for stage in self.stages.iter().filter(|stage| !stage.program.is_empty()) {
            let mut found = find(&search, &stage.program, &stage.arguments)?;
            found.options.files.extend(stage.files.iter().map(PathBuf::from));
            stages.push(found);
        }
        let hooks = self.hooks.or(hooks).unwrap_or_default();
        Ok(PostRendering { stages, hooks, report: self.report, helm_format: self.helm_format, recorded })
    }

    /// A flag that says what is also on record.
    fn of_another_pipeline(&self) -> Option<&'static str> {
        let flags = [
            ("--post-renderer", !self.stages.is_empty()),
            ("--post-render-hooks", self.hooks.is_some()),
            ("--helm-postrender-format", self.helm_format),
        ];
        flags.into_iter().find(|(_, given)| *given).map(|(flag, _)| flag)
    }

    /// The stages as a shell runs them: programs with their arguments. Time limits and environments are left out.
    ///
    /// # Errors
    /// For a wrong pipeline file.
    pub fn commands(&self) -> Result<Vec<Vec<String>>, Failure> {
        let words =
            |program: String, arguments: &[String]| std::iter::once(program).chain(arguments.iter().cloned()).collect();
        let mut commands = Vec::new();
        if self.pipeline.as_deref() == Some(RECORDED) {
            return Err(Failure::new("--pipeline=recorded: what is on record cannot be written as a shell pipe"));
        }
        if let Some(path) = &self.pipeline {
            let folder = Path::new(path).parent().unwrap_or(Path::new(""));
            for stage in read_file(path)?.stages {
                let path = stage.program.contains('/').then(|| folder.join(&stage.program).display().to_string());
                commands.push(words(path.unwrap_or(stage.program), &stage.args));
            }
        }
        commands.extend(self.stages.iter().map(|stage| words(stage.program.clone(), &stage.arguments)));
        Ok(commands)
    }
}

fn read_file(path: &str) -> Result<PipelineFile, Failure> {
    let error = |cause: &dyn std::fmt::Display| Failure::new(format!("--pipeline {path}: {cause}"));
    let text = std::fs::read_to_string(path).map_err(|cause| error(&cause))?;
    PipelineFile::read(&text).map_err(|cause| error(&cause))
}

fn file_stage(search: &SearchPath, folder: &Path, file: &FileStage) -> Result<Stage, Failure> {
    let mut stage = find(search, &file.program, &file.args)?;
    if let Some(name) = &file.name {
        stage.name.clone_from(name);
    }
    stage.options.environment.clone_from(&file.env);
    stage.options.timeout = file.timeout.as_deref().map(parse_duration).transpose().map_err(Failure::new)?;
    if stage.options.timeout.is_some_and(|timeout| timeout.is_zero()) {
        return Err(Failure::new(format!("stage {:?}: the timeout has to be more than 0", stage.name)));
    }
    stage.options.filename_annotation = file.filename_annotation.unwrap_or(stage.options.filename_annotation);
    stage.options.terminal = file.terminal;
    stage.options.files.extend(file.files.iter().map(|path| folder.join(path)));
    Ok(stage)
}

/// A filter of our own runs in this process, unless the user says where its program is.
fn find(search: &SearchPath, name: &str, arguments: &[String]) -> Result<Stage, Failure> {
    let own = if std::env::var_os("RHELM_EXEC_PATH").is_some() { None } else { filter::stage(name, arguments) };
    let wrong = |failure: Failure| Failure { message: format!("{name}: {}", failure.message), ..failure };
    let mut stage = match own {
        Some(filter) => Stage::filter(name, filter.map_err(wrong)?),
        None => search.stage(name, arguments.to_vec())?,
    };
    stage.options.files = filter::files(name, arguments).map_err(wrong)?.into_iter().map(PathBuf::from).collect();
    stage.arguments = arguments.to_vec();
    Ok(stage)
}

/// A program or plugin as a stage that runs in a process of its own, and surroundings that do not hear what it says.
///
/// # Errors
/// When it is not found.
pub fn renderer(name: &str, arguments: Vec<String>) -> Result<(Stage, Surroundings), Failure> {
    let stage = search_path(Path::new(""))?.stage(name, arguments)?;
    Ok((stage, Surroundings { messages: Arc::new(|_, _| {}), ..surroundings(Interrupt::default()) }))
}

/// Where programs and plugins are; relative paths begin at `folder`.
fn search_path(folder: &Path) -> Result<SearchPath, Failure> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let own = || std::env::current_exe().ok().and_then(|program| program.parent().map(Path::to_owned));
    Ok(SearchPath {
        beside: variable("RHELM_EXEC_PATH").map(PathBuf::from).or_else(own),
        path: variable("PATH"),
        directory: std::env::current_dir()?.join(folder),
        plugins: match variable("HELM_PLUGINS") {
            Some(list) => plugin_folders(&list),
            None => vec![data_home(variable).join("plugins")],
        },
        variables: std::env::vars_os().collect(),
    })
}

/// Helm's folder for data.
fn data_home(variable: impl Fn(&str) -> Option<OsString>) -> PathBuf {
    let own = variable("HELM_DATA_HOME").map(PathBuf::from);
    let common = || variable("XDG_DATA_HOME").map(|folder| Path::new(&folder).join("helm"));
    let home = || Path::new(&variable("HOME").unwrap_or_default()).join(".local/share/helm");
    own.or_else(common).unwrap_or_else(home)
}

impl PostRendering {
    /// What the stages are known by, where those of the revision before were `recorded`.
    ///
    /// # Errors
    /// When a program or a file cannot be read.
    pub fn identity(&self, recorded: &Identity) -> Result<Identity, Failure> {
        identity::of(&self.of(recorded)?)
    }

    /// With the stages of the revision before, where those are asked for.
    ///
    /// # Errors
    /// When there are none, or one is not found.
    pub fn of(&self, recorded: &Identity) -> Result<Self, Failure> {
        if !self.recorded {
            return Ok(self.clone());
        }
        if *recorded == Identity::default() {
            return Err(Failure::new("--pipeline=recorded: no pipeline is on record"));
        }
        let search = search_path(Path::new(""))?;
        let stages = recorded.stages.iter().map(|stage| identity::find_again(&search, stage)).collect::<Result<_, _>>()?;
        let hooks = recorded.hooks.parse().map_err(|error| Failure::new(format!("--pipeline=recorded: {error}")))?;
        Ok(Self { stages, hooks, helm_format: recorded.helm_format, recorded: false, ..self.clone() })
    }

    /// Whether there is no stage.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stages.is_empty()
    }

    /// Sends the documents of a release through all stages. What they have to say goes to standard error as they say it.
    ///
    /// # Errors
    /// For the stage that failed, and for output that is no manifest.
    pub fn apply(&self, manifests: Manifests) -> Result<Manifests, Failure> {
        if self.recorded {
            return Err(Failure::new("--pipeline=recorded: there is no revision before this one"));
        }
        let rendered = self.apply_stages(self.formatted(manifests)?)?;
        if self.is_empty() { Ok(rendered) } else { self.formatted(rendered) }
    }

    fn formatted(&self, manifests: Manifests) -> Result<Manifests, Failure> {
        if !self.helm_format {
            return Ok(manifests);
        }
        let (manifests, logs) = reformat(&manifests)?;
        print_logs(&logs, false);
        Ok(manifests)
    }

    fn apply_stages(&self, manifests: Manifests) -> Result<Manifests, Failure> {
        if self.is_empty() {
            return Ok(manifests);
        }
        let interrupt = Interrupt::default();
        let surroundings = surroundings(interrupt.clone());
        let rendered = signals::raising(&interrupt, || {
            post_render(manifests, self.hooks, &mut |stream, part| self.run(stream, part, &surroundings))
        })?;
        let (manifests, logs) = rendered.map_err(fail)?;
        print_logs(&logs, false);
        Ok(manifests)
    }

    fn run(&self, stream: Arc<String>, part: Part, surroundings: &Surroundings) -> Result<Arc<String>, PostRenderError> {
        let outcome = run(&self.stages, stream, part, surroundings);
        self.print(&outcome.report);
        outcome.result
    }

    fn print(&self, report: &Report) {
        let log = |message: &String| Log { level: Level::Warn, message: message.clone(), fields: Vec::new() };
        print_logs(&report.warnings.iter().map(log).collect::<Vec<_>>(), false);
        match self.report {
            None => {}
            Some(ReportForm::Text) => write_stderr(&report.text()),
            Some(ReportForm::Json) => write_stderr(&report.json()),
        }
    }
}

fn fail(error: RenderError) -> Failure {
    let interrupted = matches!(error, RenderError::PostRender(PostRenderError::Interrupted { .. }));
    let failure = Failure::from(error);
    if interrupted { Failure { status: INTERRUPTED, ..failure } } else { failure }
}

fn surroundings(interrupt: Interrupt) -> Surroundings {
    let start = Instant::now();
    Surroundings {
        messages: Arc::new(|stage, line| write_stderr(&format!("[{stage}] {line}\n"))),
        clock: Arc::new(move || start.elapsed()),
        environment: std::env::vars_os().collect(),
        interrupt,
    }
}
