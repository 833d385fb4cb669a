//! What can be the key and the value of a label, with Kubernetes' complaints.

const NAME: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric \
                    character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
                    '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must \
                     start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used \
                     for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and \
                         must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
                         '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LONGEST: usize = 63;
const LONGEST_PREFIX: usize = 253;

/// Refuses what cannot be the key of a label.
pub(super) fn check_key(key: &str) -> Result<(), String> {
    let complaints = complaints_of_key(key);
    if complaints.is_empty() {
        return Ok(());
    }
    Err(format!("<nil>: Invalid value: {key:?}: {}", complaints.join("; ")))
}

fn complaints_of_key(key: &str) -> Vec<String> {
    let parts: Vec<_> = key.split('/').collect();
    let mut complaints = Vec::new();
    let name = match parts[..] {
        [name] => name,
        [prefix, name] => {
            complaints.extend(complaints_of_prefix(prefix).into_iter().map(|why| format!("prefix part {why}")));
            name
        }
        _ => {
            let form = "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
            return vec![format!("a valid label key {NAME} {form}")];
        }
    };
    if name.is_empty() {
        complaints.push("name part must be non-empty".to_owned());
    } else if name.len() > LONGEST {
        complaints.push(format!("name part must be no more than {LONGEST} bytes"));
    }
    if !is_name(name) {
        complaints.push(format!("name part {NAME}"));
    }
    complaints
}

fn complaints_of_prefix(prefix: &str) -> Vec<String> {
    if prefix.is_empty() {
        return vec!["must be non-empty".to_owned()];
    }
    let mut complaints = Vec::new();
    if prefix.len() > LONGEST_PREFIX {
        complaints.push(format!("must be no more than {LONGEST_PREFIX} bytes"));
    }
    let is_label =
        |label: &str| label.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if !prefix.split('.').all(|label| is_label(label) && is_name(label)) {
        complaints.push(SUBDOMAIN.to_owned());
    }
    complaints
}

/// Refuses what cannot be values of a label.
pub(super) fn check_values(key: &str, values: &[&str]) -> Result<(), String> {
    let complaint = |(at, value): (usize, &&str)| {
        let mut complaints = Vec::new();
        if value.len() > LONGEST {
            complaints.push(format!("must be no more than {LONGEST} bytes"));
        }
        if !value.is_empty() && !is_name(value) {
            complaints.push(VALUE.to_owned());
        }
        (!complaints.is_empty()).then(|| format!("values[{at}][{key}]: Invalid value: {value:?}: {}", complaints.join("; ")))
    };
    let complaints: Vec<_> = values.iter().enumerate().filter_map(complaint).collect();
    match &complaints[..] {
        [] => Ok(()),
        [one] => Err(one.clone()),
        several => Err(format!("[{}]", several.join(", "))),
    }
}

fn is_name(text: &str) -> bool {
    let inner = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let outer = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    bytes.iter().all(inner) && outer(bytes.first()) && outer(bytes.last())
}
