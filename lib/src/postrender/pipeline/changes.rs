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
            found.push(Content { number: document.number, text });
        }
    }
    found
}

fn hash(content: &Content) -> u64 {
    let mut hasher = DefaultHasher::new();
    content.text.hash(&mut hasher);
    hasher.finish()
}

fn has_content(text: &str) -> bool {
    text.lines().any(|line| !matches!(line.trim_start().as_bytes().first(), None | Some(b'#')))
}

/// What became of the documents `before` in `after`. Documents that are the same are read only when others are new.
///
/// # Errors
/// For the first new or changed document that is no mapping.
pub(super) fn compare(before: &[Content], after: &[Content]) -> Result<Changes, Unreadable> {
    let (old, now): (Vec<u64>, Vec<u64>) = (before.iter().map(hash).collect(), after.iter().map(hash).collect());
    let (gone, new) = (without(before, &old, &now), without(after, &now, &old));
    let gone = gone.into_iter().flat_map(|content| known(content).unwrap_or_default());
    let mut lost: Vec<Option<Known>> = gone.map(Some).collect();
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, object) in lost.iter().enumerate().rev() {
        places.entry(object.as_ref().map(|object| object.identity.clone()).unwrap_or_default()).or_default().push(place);
    }
    let (mut changed, mut unknown) = (0, Vec::new());
    for content in new {
        let mut touched = false;
        for object in known(content)? {
            match places.get_mut(&object.identity).and_then(Vec::pop) {
                Some(place) => {
                    lost[place] = None;
                    touched = true;
                }
                None => unknown.push(object),
            }
        }
        changed += usize::from(touched);
    }
    let (repeated, added) = sort_out(unknown, after);
    Ok(Changes { changed, added, lost: lost.into_iter().flatten().collect(), repeated })
}

/// Objects that the stream has more than once, and those that it has not.
fn sort_out(unknown: Vec<Known>, stream: &[Content]) -> (Vec<Known>, Vec<Known>) {
    if unknown.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    let all = stream.iter().filter_map(|content| known(content).ok()).flatten();
    all.for_each(|object| *times.entry(object.identity).or_default() += 1);
    unknown.into_iter().partition(|object| times.get(&object.identity).is_some_and(|&times| times > 1))
}

/// The documents of `all` without those that are among `others`, one for one, each known by its hash.
fn without<'a, 'b>(all: &'b [Content<'a>], hashes: &[u64], others: &[u64]) -> Vec<&'b Content<'a>> {
    let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
    others.iter().for_each(|&other| *counts.entry(other).or_default() += 1);
    let mut is_new = |hash: u64| match counts.get_mut(&hash) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    all.iter().zip(hashes).filter_map(|(content, &hash)| is_new(hash).then_some(content)).collect()
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
        kind: object.kind.into_owned(),
        source: source.clone(),
    };
    Ok(objects(&tree).into_iter().map(known).collect())
}
