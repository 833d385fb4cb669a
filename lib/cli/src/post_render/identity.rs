//! What stages are known by: their programs and files are read here, and found again by what is on record.

use super::{PostRendering, find};
use crate::Failure;
use rhelm_lib::postrender::identity::{BUILT_IN, FileIdentity, StageIdentity, digest};
use rhelm_lib::postrender::{Action, Identity, SearchPath, Stage};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(super) fn of(rendering: &PostRendering) -> Result<Identity, Failure> {
    Ok(Identity {
        stages: rendering.stages.iter().map(of_stage).collect::<Result<_, _>>()?,
        hooks: rendering.hooks.to_string(),
        helm_format: rendering.helm_format,
    })
}

fn of_stage(stage: &Stage) -> Result<StageIdentity, Failure> {
    let options = &stage.options;
    let file = |path: &PathBuf| Ok(FileIdentity { path: path.display().to_string(), digest: of_file(path)? });
    let (program, digest) = match &stage.action {
        Action::Filter(_) => (stage.name.clone(), BUILT_IN.to_owned()),
        // What was found by its name is looked up again; the rest is a path.
        Action::Program(program) if !program.name.contains('/') => (program.name.clone(), of_file(&program.path)?),
        Action::Program(program) => (program.path.display().to_string(), of_file(&program.path)?),
    };
    Ok(StageIdentity {
        name: stage.name.clone(),
        program,
        digest,
        arguments: stage.arguments.clone(),
        files: options.files.iter().map(file).collect::<Result<_, Failure>>()?,
        environment: options.environment.clone(),
        timeout: options.timeout.map(|timeout| u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX)),
        filename_annotation: options.filename_annotation,
        terminal: options.terminal,
    })
}

fn of_file(path: &Path) -> Result<String, Failure> {
    let read = File::open(path).and_then(digest);
    read.map_err(|error| Failure::new(format!("post-renderers are known by their files: {}: {error}", path.display())))
}

/// The stage that is on record, as it is now.
pub(super) fn find_again(search: &SearchPath, recorded: &StageIdentity) -> Result<Stage, Failure> {
    let mut stage = find(search, &recorded.program, &recorded.arguments)?;
    stage.name.clone_from(&recorded.name);
    stage.options.environment.clone_from(&recorded.environment);
    stage.options.timeout = recorded.timeout.map(Duration::from_millis);
    stage.options.filename_annotation = recorded.filename_annotation;
    stage.options.terminal = recorded.terminal;
    stage.options.files = recorded.files.iter().map(|file| PathBuf::from(&file.path)).collect();
    Ok(stage)
}
