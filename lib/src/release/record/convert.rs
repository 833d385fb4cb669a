//! Between releases and the fields of their records.

use super::RecordError;
use super::fields::{Bytes, Chart, Dependency, File, Hook, Info, LastRun, Lock, Maintainer, Metadata, Record};
use super::json::{Plain, PlainMap};
use crate::chart;
use crate::manifest;
use crate::release::time::{TimeError, canonical};
use crate::release::{self, RecordedHook, Release, Status};
use std::borrow::Cow;

/// The zero time, where Go writes it out.
const NEVER: &str = "0001-01-01T00:00:00Z";

impl<'a> From<&'a Release> for Record<'a> {
    fn from(release: &'a Release) -> Self {
        Self {
            name: text(&release.name),
            info: Info::from(&release.info),
            chart: (release.chart != chart::Chart::default()).then(|| Chart::from(&release.chart)),
            config: PlainMap(Cow::Borrowed(&release.config)),
            manifest: text(&release.manifest),
            hooks: release.hooks.iter().map(Hook::from).collect(),
            version: release.revision,
            namespace: text(&release.namespace),
            apply_method: text(&release.apply_method),
        }
    }
}

impl TryFrom<Record<'_>> for Release {
    type Error = RecordError;

    fn try_from(record: Record<'_>) -> Result<Self, RecordError> {
        Ok(Self {
            name: record.name.into_owned(),
            info: info(record.info)?,
            chart: record.chart.unwrap_or_default().try_into()?,
            config: record.config.0.into_owned(),
            manifest: record.manifest.into_owned(),
            hooks: record.hooks.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?,
            revision: record.version,
            namespace: record.namespace.into_owned(),
            apply_method: record.apply_method.into_owned(),
            labels: std::collections::BTreeMap::new(),
        })
    }
}

fn text(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

/// The time as Go writes it, where it is one; what a chart says else is left to whoever reads it.
fn time(text: &str) -> Cow<'_, str> {
    canonical(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn time_or_never(text: &str) -> Cow<'_, str> {
    Some(time(text)).filter(|text| !text.is_empty()).unwrap_or(Cow::Borrowed(NEVER))
}

fn optional(time: &Option<String>) -> &str {
    time.as_deref().unwrap_or_default()
}

fn some_time(text: &str) -> Result<Option<String>, TimeError> {
    Ok(Some(canonical(text)?).filter(|text| !text.is_empty()))
}

impl<'a> From<&'a release::Info> for Info<'a> {
    fn from(info: &'a release::Info) -> Self {
        Self {
            first_deployed: time(&info.first_deployed),
            last_deployed: time(&info.last_deployed),
            deleted: time(&info.deleted),
            description: text(&info.description),
            status: text(info.status.name()),
            rollback_revision: info.rollback_revision,
            notes: text(&info.notes),
            resources: std::collections::BTreeMap::new(),
        }
    }
}

pub(super) fn info(info: Info<'_>) -> Result<release::Info, RecordError> {
    Ok(release::Info {
        first_deployed: canonical(&info.first_deployed)?,
        last_deployed: canonical(&info.last_deployed)?,
        deleted: canonical(&info.deleted)?,
        description: info.description.into_owned(),
        status: Status::from_name(&info.status),
        rollback_revision: info.rollback_revision,
        notes: info.notes.into_owned(),
    })
}

impl<'a> From<&'a chart::Chart> for Chart<'a> {
    fn from(chart: &'a chart::Chart) -> Self {
        let files = |files: &'a [chart::File]| (!files.is_empty()).then(|| files.iter().map(File::from).collect());
        let has_values = chart.has_values || !chart.values.is_empty();
        Self {
            metadata: Some(Metadata::from(&chart.metadata)),
            lock: chart.lock.as_ref().map(Lock::from),
            templates: files(&chart.templates),
            values: has_values.then_some(PlainMap(Cow::Borrowed(&chart.values))),
            schema: chart.schema.as_deref().map(|schema| Bytes(Cow::Borrowed(schema))),
            schemamodtime: time_or_never(optional(&chart.schema_modified)),
            files: files(&chart.files),
            modtime: time(optional(&chart.modified)),
        }
    }
}

impl TryFrom<Chart<'_>> for chart::Chart {
    type Error = RecordError;

    fn try_from(chart: Chart<'_>) -> Result<Self, RecordError> {
        Ok(Self {
            metadata: chart.metadata.unwrap_or_default().into(),
            lock: chart.lock.map(Into::into),
            templates: files(chart.templates)?,
            has_values: chart.values.is_some(),
            values_file: None,
            values: chart.values.unwrap_or_default().0.into_owned(),
            schema: chart.schema.map(|schema| schema.0.into_owned()),
            schema_modified: some_time(&chart.schemamodtime)?,
            files: files(chart.files)?,
            dependencies: Vec::new(),
            modified: some_time(&chart.modtime)?,
        })
    }
}

fn files(files: Option<Vec<File<'_>>>) -> Result<Vec<chart::File>, RecordError> {
    files.into_iter().flatten().map(TryInto::try_into).collect()
}

impl<'a> From<&'a chart::File> for File<'a> {
    fn from(file: &'a chart::File) -> Self {
        let data = Bytes(Cow::Borrowed(file.data.as_ref()));
        Self { name: text(&file.name), data, modtime: time(optional(&file.modified)) }
    }
}

impl TryFrom<File<'_>> for chart::File {
    type Error = RecordError;

    fn try_from(file: File<'_>) -> Result<Self, RecordError> {
        let modified = some_time(&file.modtime)?;
        Ok(Self { name: file.name.into_owned(), data: file.data.0.into_owned().into(), modified })
    }
}

impl<'a> From<&'a chart::Metadata> for Metadata<'a> {
    fn from(metadata: &'a chart::Metadata) -> Self {
        Self {
            name: text(&metadata.name),
            home: text(&metadata.home),
            sources: Cow::Borrowed(&metadata.sources),
            version: text(&metadata.version),
            description: text(&metadata.description),
            keywords: Cow::Borrowed(&metadata.keywords),
            maintainers: metadata.maintainers.iter().map(Maintainer::from).collect(),
            icon: text(&metadata.icon),
            api_version: text(&metadata.api_version),
            condition: text(&metadata.condition),
            tags: text(&metadata.tags),
            app_version: text(&metadata.app_version),
            deprecated: metadata.deprecated,
            annotations: metadata.annotations.as_ref().map(Cow::Borrowed).unwrap_or_default(),
            kube_version: text(&metadata.kube_version),
            dependencies: metadata.dependencies.iter().map(Dependency::from).collect(),
            chart_type: text(&metadata.chart_type),
        }
    }
}

impl From<Metadata<'_>> for chart::Metadata {
    fn from(metadata: Metadata<'_>) -> Self {
        let annotations = metadata.annotations.into_owned();
        Self {
            name: metadata.name.into_owned(),
            home: metadata.home.into_owned(),
            sources: metadata.sources.into_owned(),
            version: metadata.version.into_owned(),
            description: metadata.description.into_owned(),
            keywords: metadata.keywords.into_owned(),
            maintainers: metadata.maintainers.into_iter().map(Into::into).collect(),
            icon: metadata.icon.into_owned(),
            api_version: metadata.api_version.into_owned(),
            condition: metadata.condition.into_owned(),
            tags: metadata.tags.into_owned(),
            app_version: metadata.app_version.into_owned(),
            deprecated: metadata.deprecated,
            annotations: (!annotations.is_empty()).then_some(annotations),
            kube_version: metadata.kube_version.into_owned(),
            dependencies: metadata.dependencies.into_iter().map(Into::into).collect(),
            chart_type: metadata.chart_type.into_owned(),
        }
    }
}

impl<'a> From<&'a chart::Maintainer> for Maintainer<'a> {
    fn from(maintainer: &'a chart::Maintainer) -> Self {
        Self { name: text(&maintainer.name), email: text(&maintainer.email), url: text(&maintainer.url) }
    }
}

impl From<Maintainer<'_>> for chart::Maintainer {
    fn from(maintainer: Maintainer<'_>) -> Self {
        let Maintainer { name, email, url } = maintainer;
        Self { name: name.into_owned(), email: email.into_owned(), url: url.into_owned() }
    }
}

impl<'a> From<&'a chart::Dependency> for Dependency<'a> {
    fn from(dependency: &'a chart::Dependency) -> Self {
        Self {
            name: text(&dependency.name),
            version: text(&dependency.version),
            repository: text(&dependency.repository),
            condition: text(&dependency.condition),
            tags: Cow::Borrowed(&dependency.tags),
            enabled: dependency.enabled,
            import_values: dependency.import_values.iter().map(|value| Plain(Cow::Borrowed(value))).collect(),
            alias: text(&dependency.alias),
        }
    }
}

impl From<Dependency<'_>> for chart::Dependency {
    fn from(dependency: Dependency<'_>) -> Self {
        Self {
            name: dependency.name.into_owned(),
            version: dependency.version.into_owned(),
            repository: dependency.repository.into_owned(),
            condition: dependency.condition.into_owned(),
            tags: dependency.tags.into_owned(),
            enabled: dependency.enabled,
            import_values: dependency.import_values.into_iter().map(|value| value.0.into_owned()).collect(),
            alias: dependency.alias.into_owned(),
        }
    }
}

impl<'a> From<&'a chart::Lock> for Lock<'a> {
    fn from(lock: &'a chart::Lock) -> Self {
        let dependencies: Vec<_> = lock.dependencies.iter().map(Dependency::from).collect();
        Self {
            generated: time_or_never(&lock.generated),
            digest: text(&lock.digest),
            dependencies: (!dependencies.is_empty()).then_some(dependencies),
        }
    }
}

impl From<Lock<'_>> for chart::Lock {
    fn from(lock: Lock<'_>) -> Self {
        Self {
            generated: time(&lock.generated).into_owned(),
            digest: lock.digest.into_owned(),
            dependencies: lock.dependencies.into_iter().flatten().map(Into::into).collect(),
        }
    }
}

impl<'a> From<&'a RecordedHook> for Hook<'a> {
    fn from(recorded: &'a RecordedHook) -> Self {
        let hook = &recorded.hook;
        Self {
            name: text(&hook.manifest.head.name),
            kind: text(&hook.manifest.head.kind),
            path: text(&hook.manifest.source),
            manifest: text(&hook.manifest.content),
            events: Cow::Borrowed(&hook.events),
            last_run: LastRun {
                started_at: time(&recorded.started_at),
                completed_at: time(&recorded.completed_at),
                phase: text(&recorded.phase),
            },
            weight: hook.weight,
            delete_policies: Cow::Borrowed(&hook.delete_policies),
            output_log_policies: Cow::Borrowed(&hook.output_log_policies),
        }
    }
}

impl TryFrom<Hook<'_>> for RecordedHook {
    type Error = RecordError;

    fn try_from(hook: Hook<'_>) -> Result<Self, RecordError> {
        let head =
            manifest::Head { name: hook.name.into_owned(), kind: hook.kind.into_owned(), ..manifest::Head::default() };
        let manifest = manifest::Manifest { source: hook.path.into_owned(), content: hook.manifest.into_owned(), head };
        Ok(Self {
            hook: manifest::Hook {
                manifest,
                events: hook.events.into_owned(),
                weight: hook.weight,
                delete_policies: hook.delete_policies.into_owned(),
                output_log_policies: hook.output_log_policies.into_owned(),
            },
            started_at: canonical(&hook.last_run.started_at)?,
            completed_at: canonical(&hook.last_run.completed_at)?,
            phase: hook.last_run.phase.into_owned(),
        })
    }
}
