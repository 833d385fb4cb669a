//! A chart as the archive that Helm makes of it: gzip'd tar, its files in Helm's order, owned by nobody.
//!
//! The same chart and the same time give the same bytes.

use super::{Chart, File};
use flate2::{Compression, GzBuilder};
use goyaml::Value;
use std::io::{self, Write};

/// What Helm puts into the gzip header.
const EXTRA: &[u8] = b"+aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo=";
const BLOCK: usize = 512;
const NAME_LENGTH: usize = 100;
const PREFIX_LENGTH: usize = 155;

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
    let mut tar = Tar { out: gzip, time, now };
    tar.chart(chart, "")?;
    tar.out.write_all(&[0; 2 * BLOCK])?;
    Ok(tar.out.finish()?)
}

struct Tar<W> {
    out: W,
    time: Option<u64>,
    now: u64,
}

impl<W: Write> Tar<W> {
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
        let (prefix, short) = match split(name) {
            Some(parts) => parts,
            None => {
                self.long_name(name, time)?;
                ("", name.get(..NAME_LENGTH).unwrap_or("long"))
            }
        };
        self.entry(prefix, short, b'0', time, data)?;
        Ok(())
    }

    /// A name that no header holds goes into one of its own before the file's.
    fn long_name(&mut self, name: &str, time: u64) -> io::Result<()> {
        let content = format!(" path={name}\n");
        let mut length = content.len();
        while length.to_string().len() + content.len() != length {
            length = length.to_string().len() + content.len();
        }
        self.entry("", "PaxHeaders.0/name", b'x', time, format!("{length}{content}").as_bytes())
    }

    fn entry(&mut self, prefix: &str, name: &str, kind: u8, time: u64, data: &[u8]) -> io::Result<()> {
        let mut header = [0_u8; BLOCK];
        header[..name.len()].copy_from_slice(name.as_bytes());
        octal(&mut header[100..108], 0o644);
        octal(&mut header[108..116], 0);
        octal(&mut header[116..124], 0);
        octal(&mut header[124..136], data.len() as u64);
        octal(&mut header[136..148], time);
        header[148..156].fill(b' ');
        header[156] = kind;
        header[257..265].copy_from_slice(b"ustar\x0000");
        octal(&mut header[329..337], 0);
        octal(&mut header[337..345], 0);
        header[345..345 + prefix.len()].copy_from_slice(prefix.as_bytes());
        let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
        octal(&mut header[148..155], sum);
        header[154] = 0;
        self.out.write_all(&header)?;
        self.out.write_all(data)?;
        self.out.write_all(&[0; BLOCK][..data.len().next_multiple_of(BLOCK) - data.len()])
    }
}

/// A name as the two fields of a header hold it.
fn split(name: &str) -> Option<(&str, &str)> {
    if !name.is_ascii() {
        return None;
    }
    if name.len() <= NAME_LENGTH {
        return Some(("", name));
    }
    let end = name.len().min(PREFIX_LENGTH + 1);
    let at = name[..end].rfind('/')?;
    let (prefix, rest) = (&name[..at], &name[at + 1..]);
    (rest.len() <= NAME_LENGTH && !rest.is_empty() && !prefix.is_empty()).then_some((prefix, rest))
}

/// Digits up to the last byte, which stays zero.
fn octal(field: &mut [u8], number: u64) {
    let width = field.len() - 1;
    let text = format!("{number:0width$o}");
    field[..width].copy_from_slice(&text.as_bytes()[text.len() - width..]);
}

fn seconds(time: &str) -> Option<u64> {
    let time: jiff::Timestamp = time.parse().ok()?;
    // An archive holds whole seconds.
    u64::try_from(time.round(jiff::Unit::Second).ok()?.as_second()).ok()
}
