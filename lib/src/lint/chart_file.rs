//! `Chart.yaml`: its form, and whether its fields say what they should.

use super::address::{is_email, is_request_url, is_url};
use super::{Finding, Linter, Severity};
use crate::chart::loader::Kind;
use crate::chart::metadata::{read_fields, read_strictly};
use crate::gotext::quote;
use crate::values::set::go_type;
use crate::version::Version;
use goyaml::{Map, Value};
use std::cmp::Ordering;

const FILE: &str = "Chart.yaml";

/// The version that all others are above.
const LOWEST: &str = "0.0.0-0";

pub(super) fn check(linter: &mut Linter<'_>) {
    linter.report(Severity::Error, FILE, not_a_folder(linter.folder.kind(FILE)));
    let text = linter.folder.read(FILE);
    let fields = text.as_deref().map_err(Clone::clone).and_then(read_fields);
    let parsed = fields.as_ref().map(drop).map_err(|error| format!("unable to parse YAML\n\t{error}"));
    linter.report(Severity::Error, FILE, parsed);
    let (Ok(text), Ok(fields)) = (text, fields) else { return };
    let strict = read_strictly(&text).map_err(|error| format!("failed to strictly parse chart metadata file\n\t{error}"));
    linter.report(Severity::Warning, FILE, strict);
    let written = match goyaml::decode_bytes(&text) {
        Ok(Value::Map(written)) => written,
        _ => Map::new(),
    };
    linter.report(Severity::Error, FILE, name(&fields));
    linter.report(Severity::Error, FILE, api_version(&fields));
    linter.report(Severity::Error, FILE, is_text(&written, "version"));
    linter.report(Severity::Error, FILE, version(&fields));
    linter.report(Severity::Error, FILE, is_text(&written, "appVersion"));
    linter.report(Severity::Error, FILE, maintainers(&fields));
    linter.report(Severity::Error, FILE, sources(&fields));
    linter.report(Severity::Info, FILE, has_icon(&fields));
    linter.report(Severity::Error, FILE, icon(&fields));
    linter.report(Severity::Error, FILE, chart_type(&fields));
    linter.report(Severity::Error, FILE, dependencies(&fields));
    linter.report(Severity::Warning, FILE, strict_version(&fields));
}

fn text<'f>(fields: &'f Map, name: &str) -> &'f str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list<'f>(fields: &'f Map, name: &str) -> &'f [Value] {
    match fields.get(name) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

fn not_a_folder(kind: Kind) -> Finding {
    if kind == Kind::Folder { Err("should be a file, not a directory".into()) } else { Ok(()) }
}

fn name(fields: &Map) -> Finding {
    match text(fields, "name") {
        "" => Err("name is required".into()),
        // A name of slashes only is its own base name.
        name if name.contains('/') && name != "/" => Err(format!("chart name {} is invalid", quote(name))),
        _ => Ok(()),
    }
}

fn api_version(fields: &Map) -> Finding {
    let valid = "The value must be either \"v1\" or \"v2\"";
    match text(fields, "apiVersion") {
        "" => Err(format!("apiVersion is required. {valid}")),
        "v1" | "v2" => Ok(()),
        other => Err(format!("apiVersion '{other}' is not valid. {valid}")),
    }
}

fn is_text(written: &Map, name: &str) -> Finding {
    match written.get(name) {
        None | Some(Value::String(_)) => Ok(()),
        Some(Value::Null) => Err(format!("{name} should be of type string but it's of type <nil>")),
        Some(other) => Err(format!("{name} should be of type string but it's of type {}", go_type(other))),
    }
}

fn version(fields: &Map) -> Finding {
    let text = text(fields, "version");
    if text.is_empty() {
        return Err("version is required".into());
    }
    let version = Version::parse(text).map_err(|_| format!("version '{text}' is not a valid SemVer"))?;
    let lowest = Version { prerelease: "0".into(), ..Version::default() };
    if version.precedence(&lowest) == Ordering::Greater {
        return Ok(());
    }
    Err(format!("version \"{version}\" is less than or equal to \"{LOWEST}\""))
}

/// A strict version has three numbers, none with a zero before it, and no `v`.
fn strict_version(fields: &Map) -> Finding {
    let text = text(fields, "version");
    let is_strict = Version::parse(text).is_ok_and(|version| version.to_string() == text);
    if is_strict { Ok(()) } else { Err(format!("version '{text}' is not a valid SemVerV2")) }
}

fn maintainers(fields: &Map) -> Finding {
    list(fields, "maintainers").iter().try_for_each(|maintainer| {
        let Value::Map(maintainer) = maintainer else { return Err("a maintainer entry is empty".into()) };
        let (name, email, url) = (text(maintainer, "name"), text(maintainer, "email"), text(maintainer, "url"));
        if name.is_empty() {
            return Err("each maintainer requires a name".into());
        }
        if !email.is_empty() && !is_email(email) {
            return Err(format!("invalid email '{email}' for maintainer '{name}'"));
        }
        if !url.is_empty() && !is_url(url) {
            return Err(format!("invalid url '{url}' for maintainer '{name}'"));
        }
        Ok(())
    })
}

fn sources(fields: &Map) -> Finding {
    let sources = list(fields, "sources").iter().map(|source| source.as_str().unwrap_or_default());
    match { sources }.find(|source| !is_request_url(source)) {
        Some(source) => Err(format!("invalid source URL '{source}'")),
        None => Ok(()),
    }
}

fn has_icon(fields: &Map) -> Finding {
    if text(fields, "icon").is_empty() { Err("icon is recommended".into()) } else { Ok(()) }
}

fn icon(fields: &Map) -> Finding {
    match text(fields, "icon") {
        icon if icon.is_empty() || is_request_url(icon) => Ok(()),
        icon => Err(format!("invalid icon URL '{icon}'")),
    }
}

fn chart_type(fields: &Map) -> Finding {
    let version = text(fields, "apiVersion");
    if text(fields, "type").is_empty() || version == "v2" {
        return Ok(());
    }
    Err(format!("chart type is not valid in apiVersion '{version}'. It is valid in apiVersion 'v2'"))
}

fn dependencies(fields: &Map) -> Finding {
    let version = text(fields, "apiVersion");
    if list(fields, "dependencies").is_empty() || version == "v2" {
        return Ok(());
    }
    let message = "dependencies are not valid in the Chart file with apiVersion";
    Err(format!("{message} '{version}'. They are valid in apiVersion 'v2'"))
}
