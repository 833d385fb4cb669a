//! Names of objects: which ones Kubernetes takes depends on the kind.

use super::Finding;
use super::documents::Object;
use crate::gotext::quote;

const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and \
    must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
    '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start \
    and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is \
    '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const OLD_LABEL: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an \
    alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation \
    is '[a-z]([-a-z0-9]*[a-z0-9])?')";

const MAX_SUBDOMAIN: usize = 253;
const MAX_LABEL: usize = 63;

/// Warns of an object that Kubernetes would not take for its name.
pub(super) fn check(object: &Object) -> Finding {
    let name = object.name.as_str();
    let problems = match object.kind.to_lowercase().as_str() {
        "service" => old_label(name),
        "namespace" => label(name),
        "certificatesigningrequest" => Vec::new(),
        "role" | "clusterrole" | "rolebinding" | "clusterrolebinding" => path_segment(name),
        _ => subdomain(name),
    };
    let quoted = quote(name);
    let mut errors: Vec<String> = Vec::new();
    for problem in problems {
        errors.push(format!("metadata.name: Invalid value: {quoted}: {problem}"));
    }
    let errors = match errors.as_slice() {
        [] => return Ok(()),
        [error] => error.clone(),
        errors => format!("[{}]", errors.join(", ")),
    };
    Err(format!("object name does not conform to Kubernetes naming requirements: {quoted}: {errors}"))
}

fn too_long(name: &str, max: usize) -> Option<String> {
    (name.len() > max).then(|| format!("must be no more than {max} characters"))
}

fn subdomain(name: &str) -> Vec<String> {
    let shape = (!name.split('.').all(is_label)).then(|| SUBDOMAIN.to_owned());
    too_long(name, MAX_SUBDOMAIN).into_iter().chain(shape).collect()
}

/// Dots alone have a message of their own.
fn label(name: &str) -> Vec<String> {
    let has_dots = name.contains('.') && name.split('.').all(is_label);
    let shape = (!is_label(name)).then(|| if has_dots { "must not contain dots" } else { LABEL }.to_owned());
    too_long(name, MAX_LABEL).into_iter().chain(shape).collect()
}

fn old_label(name: &str) -> Vec<String> {
    let is_proper = is_label(name) && name.starts_with(|first: char| first.is_ascii_lowercase());
    let shape = (!is_proper).then(|| OLD_LABEL.to_owned());
    too_long(name, MAX_LABEL).into_iter().chain(shape).collect()
}

fn path_segment(name: &str) -> Vec<String> {
    if name == "." || name == ".." {
        return vec![format!("may not be '{name}'")];
    }
    let contained = ['/', '%'].into_iter().filter(|character| name.contains(*character));
    contained.map(|character| format!("may not contain '{character}'")).collect()
}

fn is_label(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(is_inner) && !text.starts_with('-') && !text.ends_with('-')
}
