//! One document: its objects, their fields, and what the rules make of them.

use super::super::documents::Document;
use super::super::filter::source;
use super::super::object::{Object, objects};
use super::super::select::Selection;
use super::super::tree::{Kind, NodeId, Style, Tree};
use super::rules::{HIGH_ENTROPY, PASSWORD_IN_ARGUMENT, PASSWORD_IN_ENV, PASSWORD_IN_FIELD, PASSWORD_IN_TEXT};
use super::words::{Name, classify, is_literal, is_reference, looks_like_key, looks_random};
use super::{Finding, Scanner, Severity, text};
use std::ops::Range;

/// The annotation with which an object allows rules: their names, or `*`.
const ALLOW: &str = "scan-secrets.rhelm.dev/allow";

/// Scans a document that begins at `line` of the stream.
pub(super) fn scan(scanner: &Scanner, selection: &Selection, document: Document, line: usize) -> Vec<Finding> {
    let text = String::from_utf8_lossy(&document.bytes[document.content..]);
    let source = source(&text).unwrap_or_default().to_owned();
    let tree = Tree::read(&text);
    let mut scan = Scan { scanner, source, line, allowed: Vec::new(), object: None, findings: Vec::new() };
    match &tree {
        Ok(tree) => scan.tree(tree, selection),
        Err(_) => scan.value(None, &Value { name: "", text: &text, place: Place::Text }),
    }
    scan.findings
}

/// A document under way.
struct Scan<'a> {
    scanner: &'a Scanner,
    source: String,
    line: usize,
    /// The rules that the object allows.
    allowed: Vec<String>,
    object: Option<Object<'a>>,
    findings: Vec<Finding>,
}

/// Where a value stands, which decides the rules for it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    Field,
    Variable,
    Argument,
    /// A text about something: only patterns are tried.
    Prose,
    /// What is encrypted or public by its nature: no rule by name.
    Public,
    Text,
}

struct Value<'a> {
    name: &'a str,
    text: &'a str,
    place: Place,
}

/// A node to be looked at, under the name of the field that it is in.
struct Step {
    node: NodeId,
    name: String,
    place: Place,
}

impl<'a> Scan<'a> {
    fn tree(&mut self, tree: &'a Tree<'a>, selection: &Selection) {
        let objects = objects(tree);
        if objects.is_empty() {
            if let Some(root) = tree.root() {
                self.node(tree, root, Place::Field);
            }
            return;
        }
        for object in objects {
            let is_secret = object.kind == "Secret" && object.group().is_empty();
            if !is_secret && selection.matches(tree, &object) {
                let annotation = tree.find_text(object.node, &["metadata", "annotations", ALLOW]).unwrap_or_default();
                self.allowed = annotation.split(',').map(|rule| rule.trim().to_owned()).collect();
                let place = if object.kind == "CustomResourceDefinition" { Place::Prose } else { Place::Field };
                let node = object.node;
                self.object = Some(object);
                self.node(tree, node, place);
            }
        }
    }

    /// Looks at everything below a node, without recursion.
    fn node(&mut self, tree: &Tree, node: NodeId, place: Place) {
        let mut steps = vec![Step { node, name: String::new(), place }];
        while let Some(step) = steps.pop() {
            match tree.kind(step.node) {
                Kind::Mapping => {
                    let mut below = entries(tree, &step);
                    below.reverse();
                    steps.append(&mut below);
                }
                Kind::Sequence => {
                    let mut below = items(tree, &step);
                    below.reverse();
                    steps.append(&mut below);
                }
                Kind::Scalar => {
                    if let Some(text) = tree.scalar(step.node) {
                        self.value(Some((tree, step.node)), &Value { name: &step.name, text: &text, place: step.place });
                    }
                }
                // What it stands for has been looked at.
                Kind::Alias => {}
            }
        }
    }

    fn value(&mut self, node: Option<(&Tree, NodeId)>, value: &Value) {
        // Many patterns need the name: `DD_API_KEY: …`.
        let prefix = if value.name.is_empty() { String::new() } else { format!("{}: ", value.name) };
        let text = format!("{prefix}{}", value.text);
        let (matches, named) = self.scanner.matches(&text);
        let mut seen: Vec<Range<usize>> = Vec::new();
        for (rule, place) in matches {
            if place.start >= prefix.len() && !overlaps(&seen, &place) {
                let rule = self.scanner.rule(rule);
                let (id, severity, description) = (rule.id.to_string(), rule.severity, rule.description.to_string());
                self.add(node, &id, severity, &description, &text[place.clone()], value.text, place.start - prefix.len());
                seen.push(place);
            }
        }
        if matches!(value.place, Place::Prose) {
            return;
        }
        if named {
            for (id, place) in by_name(value) {
                let shifted = place.start + prefix.len()..place.end + prefix.len();
                if !overlaps(&seen, &shifted) {
                    self.add_by_name(node, id, &value.text[place.clone()], value.text, place.start);
                    seen.push(shifted);
                }
            }
        }
        let random =
            seen.is_empty() && matches!(value.place, Place::Field | Place::Variable) && looks_random(value.name, value.text);
        if random {
            self.add_by_name(node, HIGH_ENTROPY, value.text, value.text, 0);
        }
    }

    fn add_by_name(&mut self, node: Option<(&Tree, NodeId)>, id: &str, secret: &str, text: &str, at: usize) {
        if let Some((severity, description)) = self.scanner.rule_by_name(id) {
            self.add(node, id, severity, description, secret, text, at);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of a finding")]
    fn add(
        &mut self,
        node: Option<(&Tree, NodeId)>,
        rule: &str,
        severity: Severity,
        description: &str,
        secret: &str,
        text: &str,
        at: usize,
    ) {
        if self.allowed.iter().any(|allowed| allowed == "*" || allowed == rule) {
            return;
        }
        let object = self.object.as_ref();
        let field = |of: fn(&Object<'_>) -> String| object.map(of).unwrap_or_default();
        let lines = |text: &str| memchr::memchr_iter(b'\n', text.as_bytes()).count();
        let (path, line) = match node {
            Some((tree, node)) => {
                let block = matches!(tree.style(node), Style::Literal | Style::Folded);
                let inside = if block { 1 + lines(&text[..at]) } else { 0 };
                (self.path(tree, node), lines(&tree.text()[..tree.span(node).start]) + inside)
            }
            None => (String::new(), lines(&text[..at])),
        };
        let finding = Finding {
            rule: rule.to_owned(),
            severity,
            description: description.to_owned(),
            kind: field(|object| object.kind.to_string()),
            namespace: field(|object| object.namespace.to_string()),
            name: field(|object| object.name.to_string()),
            path,
            source: self.source.clone(),
            line: self.line + line,
            excerpt: String::new(),
            fingerprint: String::new(),
        };
        self.findings.push(finding.seal(secret));
    }

    /// The path within the object, whatever list that is in.
    fn path(&self, tree: &Tree, node: NodeId) -> String {
        let path = tree.path(node);
        let Some(object) = self.object.as_ref().filter(|object| tree.parent(object.node).is_some()) else { return path };
        let outside = tree.path(object.node);
        path.strip_prefix(&outside).map_or_else(|| path.clone(), |path| path.trim_start_matches('.').to_owned())
    }
}

/// The entries of a mapping. In `{name: X, value: Y}` the value's name is X.
fn entries(tree: &Tree, step: &Step) -> Vec<Step> {
    let named = tree.find_text(step.node, &["name"]).or_else(|| tree.find_text(step.node, &["key"]));
    let variable = step.name == "env";
    let entry = |(key, value): (NodeId, NodeId)| {
        let key = tree.scalar(key).unwrap_or_default().into_owned();
        let place = match (step.place, key.as_str()) {
            (Place::Prose | Place::Public, _) => step.place,
            (_, "description") => Place::Prose,
            (_, "caBundle" | "encryptedData" | "ca.crt" | "tls.crt" | "secretKeyRef" | "configMapKeyRef" | "remoteRef") => {
                Place::Public
            }
            (_, "value") if variable && named.is_some() => Place::Variable,
            _ => Place::Field,
        };
        let name = match &named {
            Some(named) if key == "value" => named.clone().into_owned(),
            _ => key,
        };
        Step { node: value, name, place }
    };
    tree.entries(step.node).map(entry).collect()
}

/// The items of a list. In arguments, what follows an option without `=` is the option's value.
fn items(tree: &Tree, step: &Step) -> Vec<Step> {
    let arguments = matches!(step.name.as_str(), "args" | "command" | "extraArgs") && step.place == Place::Field;
    let mut option = String::new();
    let item = |node: NodeId| {
        if !arguments {
            return Step { node, name: step.name.clone(), place: step.place };
        }
        let text = tree.scalar(node).unwrap_or_default();
        let name = std::mem::take(&mut option);
        if text.starts_with('-') && !text.contains(['=', ' ', '\n']) {
            option = text.trim_start_matches('-').to_owned();
        }
        Step { node, name, place: Place::Argument }
    };
    tree.children(step.node).map(item).collect()
}

/// What the rules by name find in a value.
fn by_name(value: &Value) -> Vec<(&'static str, Range<usize>)> {
    if value.place == Place::Public {
        return Vec::new();
    }
    let rule = match value.place {
        Place::Variable => PASSWORD_IN_ENV,
        Place::Argument => PASSWORD_IN_ARGUMENT,
        Place::Field | Place::Prose | Place::Public => PASSWORD_IN_FIELD,
        Place::Text => PASSWORD_IN_TEXT,
    };
    if is_credential(value) {
        return vec![(rule, 0..value.text.len())];
    }
    let inside =
        if value.place == Place::Argument && !value.text.contains('\n') { PASSWORD_IN_ARGUMENT } else { PASSWORD_IN_TEXT };
    text::assignments(value.text).into_iter().map(|place| (inside, place)).collect()
}

/// Whether a value is a credential by the name of its field.
fn is_credential(value: &Value) -> bool {
    let text = value.text.trim();
    let prose = text.chars().filter(|c| c.is_whitespace()).count() > 2;
    let size = (3..=500).contains(&text.len());
    let reference = is_reference(text) && text.contains(['-', '_', '.']);
    if prose || !size || reference || !is_literal(text) {
        return false;
    }
    match classify(value.name) {
        Some(Name::Password) => true,
        Some(Name::Key) => looks_like_key(text),
        None => false,
    }
}

fn overlaps(seen: &[Range<usize>], place: &Range<usize>) -> bool {
    seen.iter().any(|other| other.start < place.end && place.start < other.end)
}
