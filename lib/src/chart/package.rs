//! A chart as the archive that Helm makes of it: gzip'd tar, its files in Helm's order, owned by nobody.
//!
//! The same chart and the same time give the same bytes.

use super::tar_writer::{Entry, Kind, TarWriter};
use super::{Chart, File};
use flate2::{Compression, GzBuilder};
use goyaml::Value;
use std::io::{self, Write};

/// What Helm puts into the gzip header.
const EXTRA: &[u8] = b"+aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo=";

/// Why a chart cannot be packaged.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// A name that would lead out of a folder.
    #[error("{0:?} is not a valid chart name")]
    Name(String),
    /// The schema is no JSON.
    #[error("invalid JSON in values.schema.json")]
    Schema,
    /// The metadata has no YAML form.
    #[error(transparent)]
    Yaml(#[from] goyaml::Error),
    /// The archive cannot be written.
    #[error(transparent)]
    Write(#[from] io::Error),
}

/// The archive of a chart. `time` replaces the times of the files, in seconds since 1970; files without one get `now`.
///
/// # Errors
/// [`PackageError`].
pub fn package(chart: &Chart, time: Option<u64>, now: u64) -> Result<Vec<u8>, PackageError> {
    let name = &chart.metadata.name;
    if name.is_empty() || name.contains('/') || name == "." || name == ".." {
        return Err(PackageError::Name(name.clone()));
    }
    let gzip = GzBuilder::new().extra(EXTRA).comment("Helm").operating_system(255).write(Vec::new(), Compression::default());
    let mut packager = Packager { tar: TarWriter::new(gzip), time, now };
    packager.chart(chart, "")?;
    Ok(packager.tar.finish()?.finish()?)
}

struct Packager<W> {
    tar: TarWriter<W>,
    time: Option<u64>,
    now: u64,
}

impl<W: Write> Packager<W> {
    fn chart(&mut self, chart: &Chart, prefix: &str) -> Result<(), PackageError> {
        let base = format!("{prefix}{}", chart.metadata.name);
        let is_v1 = chart.metadata.api_version == "v1";
        let mut metadata = chart.metadata.document();
        if is_v1 {
            // They are in a file of their own there.
            metadata.remove("dependencies");
        }
        let own = chart.modified.as_deref();
        self.file(&format!("{base}/Chart.yaml"), goyaml::to_yaml(&Value::Map(metadata))?.as_bytes(), own)?;
        if let Some(lock) = chart.lock.as_ref().filter(|_| !is_v1) {
            self.file(&format!("{base}/Chart.lock"), goyaml::to_yaml(&Value::Map(lock.document()))?.as_bytes(), own)?;
        }
        if let Some(values) = &chart.values_file {
            self.file(&format!("{base}/values.yaml"), &values.data, values.modified.as_deref().or(own))?;
        }
        if let Some(schema) = &chart.schema {
            if serde_json::from_slice::<serde::de::IgnoredAny>(schema).is_err() {
                return Err(PackageError::Schema);
            }
            let modified = chart.schema_modified.as_deref().or(own);
            self.file(&format!("{base}/values.schema.json"), schema, modified)?;
        }
        for File { name, data, modified } in chart.templates.iter().chain(&chart.files) {
            self.file(&format!("{base}/{name}"), data, modified.as_deref())?;
        }
        chart.dependencies.iter().try_for_each(|dependency| self.chart(dependency, &format!("{base}/charts/")))
    }

    fn file(&mut self, name: &str, data: &[u8], modified: Option<&str>) -> Result<(), PackageError> {
        let time = self.time.or_else(|| seconds(modified?)).unwrap_or(self.now);
        Ok(self.tar.entry(&Entry { name, kind: Kind::File, mode: 0o644, time }, data)?)
    }
}

fn seconds(time: &str) -> Option<u64> {
    let time: jiff::Timestamp = time.parse().ok()?;
    // An archive holds whole seconds.
    u64::try_from(time.round(jiff::Unit::Second).ok()?.as_second()).ok()
}
