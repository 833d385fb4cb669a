//! Files in memory to a [`Chart`]: each file is put where its path says it belongs, and `charts/` is read in turn.

use super::{Buffered, CHART_FILE, Context, LoadProblem, MAX_DEPTH, archive};
use crate::chart::metadata::{Draft, lock};
use crate::chart::{Chart, File};
use crate::values;
use std::collections::BTreeMap;

const DEPENDENCIES_WARNING: &str = "Warning: Dependencies are handled in Chart.yaml since apiVersion \"v2\". \
                                    We recommend migrating dependencies to Chart.yaml.";
const LOCK_WARNING: &str = "Warning: Dependency locking is handled in Chart.lock since apiVersion \"v2\". \
                            We recommend migrating to Chart.lock.";

/// Makes a chart of its files.
///
/// # Errors
/// [`LoadProblem`] for the first file that is not as it should be.
pub(super) fn assemble(files: Vec<Buffered>, context: &mut Context) -> Result<Chart, LoadProblem> {
    let mut assembly = Assembly { context, chart: Chart::default(), metadata: None, subcharts: Subcharts::default() };
    // The metadata comes first, wherever it stands: how other files are read depends on it.
    for file in files.iter().filter(|file| file.name == CHART_FILE) {
        assembly.chart_file(file)?;
    }
    for file in files {
        assembly.add(file)?;
    }
    assembly.finish()
}

struct Assembly<'c> {
    context: &'c mut Context,
    chart: Chart,
    metadata: Option<Draft>,
    subcharts: Subcharts,
}

/// What is below `charts/`, by the first part of its path, in the order in which it was found.
#[derive(Default)]
struct Subcharts {
    files: Vec<(String, Vec<Buffered>)>,
    index: BTreeMap<String, usize>,
}

impl Subcharts {
    fn add(&mut self, mut file: Buffered) {
        file.name.drain(.."charts/".len());
        let first = file.name.split('/').next().unwrap_or_default();
        match self.index.get(first) {
            Some(&at) => self.files[at].1.push(file),
            None => {
                self.index.insert(first.to_owned(), self.files.len());
                self.files.push((first.to_owned(), vec![file]));
            }
        }
    }
}

impl Assembly<'_> {
    fn chart_file(&mut self, file: &Buffered) -> Result<(), LoadProblem> {
        let draft = self.metadata.get_or_insert_default();
        draft.read(&file.data).map_err(|cause| LoadProblem::Malformed { file: CHART_FILE, cause })?;
        if draft.api_version().is_empty() {
            draft.set_api_version("v1");
        }
        self.chart.modified.clone_from(&file.modified);
        Ok(())
    }

    fn add(&mut self, file: Buffered) -> Result<(), LoadProblem> {
        match file.name.as_str() {
            CHART_FILE => Ok(()),
            "Chart.lock" => self.lock("Chart.lock", &file),
            "values.yaml" => {
                self.chart.values = values::read(&file.data)?;
                self.chart.has_values = true;
                self.chart.values_file = Some(File { name: file.name, data: file.data.into(), modified: file.modified });
                Ok(())
            }
            "values.schema.json" => {
                self.chart.schema_modified = file.modified;
                self.chart.schema = Some(file.data);
                Ok(())
            }
            "requirements.yaml" => self.requirements(file),
            "requirements.lock" => {
                self.lock("requirements.lock", &file)?;
                if !self.is_v1() {
                    self.context.info(LOCK_WARNING, Vec::new());
                }
                self.old_file(file);
                Ok(())
            }
            name if name.starts_with("templates/") => {
                self.chart.templates.push(file.into());
                Ok(())
            }
            name if name.starts_with("charts/") && extension(name) != Some("prov") => {
                self.subcharts.add(file);
                Ok(())
            }
            _ => {
                self.chart.files.push(file.into());
                Ok(())
            }
        }
    }

    fn lock(&mut self, name: &'static str, file: &Buffered) -> Result<(), LoadProblem> {
        self.chart.lock = lock(&file.data).map_err(|cause| LoadProblem::Malformed { file: name, cause })?;
        Ok(())
    }

    fn requirements(&mut self, file: Buffered) -> Result<(), LoadProblem> {
        if !self.is_v1() {
            self.context.info(DEPENDENCIES_WARNING, Vec::new());
        }
        let draft = self.metadata.get_or_insert_default();
        draft.read(&file.data).map_err(|cause| LoadProblem::Malformed { file: "requirements.yaml", cause })?;
        self.old_file(file);
        Ok(())
    }

    /// Keeps a file that only charts of the old format have.
    fn old_file(&mut self, file: Buffered) {
        if self.is_v1() {
            self.chart.files.push(file.into());
        }
    }

    fn is_v1(&mut self) -> bool {
        self.metadata.get_or_insert_default().api_version() == "v1"
    }

    fn finish(self) -> Result<Chart, LoadProblem> {
        let mut chart = self.chart;
        chart.metadata = self.metadata.ok_or(LoadProblem::Missing)?.finish()?;
        for (name, files) in self.subcharts.files {
            if !name.starts_with(['_', '.']) {
                chart.dependencies.push(subchart(&name, files, &chart.metadata.name, self.context)?);
            }
        }
        Ok(chart)
    }
}

/// The chart below `charts/` that consists of `files`: one archive, or the files of a directory.
fn subchart(name: &str, files: Vec<Buffered>, parent: &str, context: &mut Context) -> Result<Chart, LoadProblem> {
    let wrong =
        |problem| LoadProblem::Subchart { name: name.to_owned(), parent: parent.to_owned(), problem: Box::new(problem) };
    let files = match (extension(name), files.into_iter()) {
        (Some("tgz"), mut files) => {
            let file = files.next().unwrap_or_default();
            if file.name != name {
                let (name, parent) = (name.to_owned(), parent.to_owned());
                return Err(LoadProblem::NotASubchart { name, parent, found: file.name });
            }
            let files = archive::read(file.data.as_slice(), &mut context.nested_size);
            files.map_err(|error| wrong(LoadProblem::NestedArchive(error)))?
        }
        (_, files) => files.filter_map(without_first_part).collect(),
    };
    if context.depth == MAX_DEPTH {
        return Err(wrong(LoadProblem::TooDeep(MAX_DEPTH)));
    }
    context.depth += 1;
    let chart = assemble(files, context);
    context.depth -= 1;
    chart.map_err(wrong)
}

fn without_first_part(mut file: Buffered) -> Option<Buffered> {
    let slash = file.name.find('/')?;
    file.name.drain(..=slash);
    Some(file)
}

/// What follows the last point of a file's name.
fn extension(path: &str) -> Option<&str> {
    path.rsplit('/').next()?.rsplit_once('.').map(|(_, extension)| extension)
}

impl From<Buffered> for File {
    fn from(file: Buffered) -> Self {
        Self { name: file.name, data: file.data.into(), modified: file.modified }
    }
}
