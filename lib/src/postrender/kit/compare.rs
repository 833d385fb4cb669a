//! What a renderer damaged: objects that are gone, documents that were written anew without need, comments that were dropped.

use super::super::documents::Documents;
use super::super::object::objects;
use super::super::tree::Tree;

/// A document's text and the objects in it, by name.
struct Content<'a> {
    text: &'a str,
    objects: Vec<String>,
}

/// What is wrong with `after`, which a renderer made of `before`.
pub(super) fn damage(before: &str, after: &str) -> Vec<String> {
    let (before, after) = (contents(before), contents(after));
    let changed = before.iter().filter(|old| !after.iter().any(|new| new.text == old.text));
    changed.flat_map(|old| damage_of(old, &after)).collect()
}

fn damage_of(old: &Content, after: &[Content]) -> Vec<String> {
    if old.objects.is_empty() {
        return vec!["changed a document that holds no object".to_owned()];
    }
    if let Some(new) = after.iter().find(|new| new.objects == old.objects) {
        return rewritten(old, new).into_iter().collect();
    }
    let is_there = |object: &&String| after.iter().any(|new| new.objects.contains(object));
    old.objects.iter().filter(|object| !is_there(object)).map(|object| format!("lost {object}")).collect()
}

fn rewritten(old: &Content, new: &Content) -> Option<String> {
    let name = old.objects.join(", ");
    if matches!((goyaml::decode(old.text), goyaml::decode(new.text)), (Ok(old), Ok(new)) if old == new) {
        return Some(format!("changed the bytes of {name}, and none of its values"));
    }
    let comments = old.text.lines().map(str::trim).filter(|line| line.starts_with('#'));
    let gone = comments.into_iter().find(|comment| !new.text.contains(comment))?;
    Some(format!("dropped a comment of {name}: {gone}"))
}

fn contents(stream: &str) -> Vec<Content<'_>> {
    let mut documents = Documents::new(stream.as_bytes());
    let (mut found, mut at) = (Vec::new(), 0);
    // A stream in memory can always be read.
    while let Ok(Some(document)) = documents.next() {
        let text = stream[at + document.content..at + document.bytes.len()].trim();
        at += document.bytes.len();
        if !text.is_empty() {
            let tree = Tree::read(text);
            let objects = tree.map(|tree| objects(&tree).iter().map(ToString::to_string).collect());
            found.push(Content { text, objects: objects.unwrap_or_default() });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_what_need_not_have_changed() {
        let before = "# a\nkind: A\nmetadata: {name: a}\n---\n# why\nkind: B\nmetadata:\n  name: b\n";
        let cases = [
            (before.to_owned(), ""),
            (
                "---\nkind: B\nmetadata:\n  name: b\n---\n# a\nkind: A\nmetadata: {name: a}".to_owned(),
                "changed the bytes of B b, and none of its values",
            ),
            (before.replace("kind: A", "kind: A # new"), "changed the bytes of A a, and none of its values"),
            (before.replace("name: a", "name: a, x: y"), ""),
            (before.replace("# why", "x: y"), "dropped a comment of B b: # why"),
            (before.replace("kind: B", "kind: C"), "lost B b"),
            ("kind: List\nitems:\n- kind: A\n  metadata: {name: a}\n- kind: B\n  metadata: {name: b}\n".to_owned(), ""),
        ];
        for (after, expected) in cases {
            assert_eq!(damage(before, &after).join("; "), expected, "{after}");
        }
    }
}
