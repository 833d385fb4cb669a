//! Comparing two streams: which documents are the same, changed, new or gone.

use super::super::documents::Documents;
use super::super::filter::source;
use super::super::object::objects;
use super::super::tree::{Kind, Tree};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// One document of a stream.
#[derive(Debug)]
pub(super) struct Content<'a> {
    /// Its place in the stream, from 1.
    pub(super) number: usize,
    /// Its text, without its separator and the blanks around it.
    pub(super) text: &'a str,
    hash: u64,
}

/// What one stage did to the documents.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) changed: usize,
    pub(super) added: Vec<Known>,
    pub(super) lost: Vec<Known>,
    /// Identities that are there more often than before.
    pub(super) repeated: Vec<Known>,
}

/// An object that messages can name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Known {
    /// Group, kind, namespace and name, as messages show them: `Deployment prod/web`.
    pub(super) object: String,
    pub(super) kind: String,
    pub(super) source: String,
    identity: String,
}

/// A document that is no manifest.
#[derive(Debug)]
pub(super) struct Unreadable {
    pub(super) number: usize,
    pub(super) source: String,
    pub(super) cause: String,
}

/// The documents of a stream that are more than blanks and comments.
pub(super) fn contents(stream: &str) -> Vec<Content<'_>> {
    let mut documents = Documents::new(stream.as_bytes());
    let (mut found, mut at) = (Vec::new(), 0);
    // A stream in memory can always be read.
    while let Ok(Some(document)) = documents.next() {
        let text = stream[at + document.content..at + document.bytes.len()].trim();
        at += document.bytes.len();
        if has_content(text) {
            let mut hasher = DefaultHasher::new();
            text.hash(&mut hasher);
            found.push(Content { number: document.number, text, hash: hasher.finish() });
        }
    }
    found
}

fn has_content(text: &str) -> bool {
    text.lines().any(|line| !matches!(line.trim_start().as_bytes().first(), None | Some(b'#')))
}

/// What became of the documents `before` in `after`. Only those that are not the same are read.
///
/// # Errors
/// For the first new or changed document that is no mapping.
pub(super) fn compare(before: &[Content], after: &[Content]) -> Result<Changes, Unreadable> {
    let (gone, new) = (without(before, after), without(after, before));
    let gone: Vec<Known> = gone.into_iter().flat_map(|content| known(content).unwrap_or_default()).collect();
    let mut lost = gone.clone();
    let (mut changed, mut added) = (0, Vec::new());
    let mut repeated = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for content in new {
        let objects = known(content)?;
        let (mut touched, mut fresh) = (false, Vec::new());
        for object in objects {
            let times = seen.entry(object.identity.clone()).or_default();
            *times += 1;
            match lost.iter().position(|other| other.identity == object.identity) {
                Some(at) => {
                    lost.remove(at);
                    touched = true;
                }
                None if *times > 1 || is_among(after, content, &object) => repeated.push(object),
                None => fresh.push(object),
            }
        }
        changed += usize::from(touched);
        added.extend(fresh);
    }
    Ok(Changes { changed, added, lost, repeated })
}

/// Whether another document of the stream, which may have been there before, is about the same object.
fn is_among(all: &[Content], own: &Content, object: &Known) -> bool {
    // The name has to be in the text somewhere: what is not even a candidate is not read.
    let name = object.object.rsplit(['/', ' ']).next().unwrap_or_default();
    let others = all.iter().filter(|other| other.number != own.number && !name.is_empty() && other.text.contains(name));
    others.filter_map(|other| known(other).ok()).flatten().any(|other| other.identity == object.identity)
}

/// The documents of `all` without those that are in `others`, one for one.
fn without<'a, 'b>(all: &'b [Content<'a>], others: &[Content]) -> Vec<&'b Content<'a>> {
    let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
    others.iter().for_each(|other| *counts.entry(other.hash).or_default() += 1);
    let is_new = |content: &&Content| match counts.get_mut(&content.hash) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    all.iter().filter(is_new).collect()
}

/// The objects of a document.
fn known(content: &Content) -> Result<Vec<Known>, Unreadable> {
    let source = source(content.text).unwrap_or_default().to_owned();
    let unreadable = |cause: String| Unreadable { number: content.number, source: source.clone(), cause };
    let tree = Tree::read(content.text).map_err(|cause| unreadable(format!("error parsing YAML: {cause}")))?;
    match tree.root().map(|root| tree.kind(root)) {
        Some(Kind::Mapping) | None => {}
        Some(_) => return Err(unreadable("expected a mapping".to_owned())),
    }
    let known = |object: super::super::object::Object| Known {
        object: object.to_string(),
        identity: format!("{}\0{}\0{}\0{}", object.group(), object.kind, object.namespace, object.name),
        kind: object.kind,
        source: source.clone(),
    };
    Ok(objects(&tree).into_iter().map(known).collect())
}
