//! Whether a document is a schema of plain keywords: each one known here, and as the drafts' own schemas want it.

use super::super::patterns;
use super::tree::{Members, Node, member};
use std::collections::HashSet;

/// The drafts that are known here, as far as they differ in plain schemas.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Draft {
    /// Draft 7: what stands beside `$ref` does not count, and formats are asked for.
    Seven,
    /// 2019-09, and 2020-12, which is that of schemas that name none: plain schemas mean the same in both.
    Later,
}

/// A schema that is plain throughout.
pub(super) struct Plain<'n, 's> {
    pub(super) root: &'n Node<'s>,
    pub(super) draft: Draft,
}

/// Looks at the whole schema; `None` where something in it is not plain, or wrong.
pub(super) fn read<'n, 's>(root: &'n Node<'s>) -> Option<Plain<'n, 's>> {
    let plain = Plain { root, draft: draft(root)? };
    let mut walk = Walk { plain: &plain, seen: HashSet::new() };
    walk.root(root)?;
    Some(plain)
}

fn draft(root: &Node<'_>) -> Option<Draft> {
    let Some(named) = root.as_map().and_then(|members| member(members, "$schema")) else { return Some(Draft::Later) };
    let url = named.as_str()?;
    let url = url.strip_suffix('#').unwrap_or(url);
    match url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"))? {
        "json-schema.org/schema" | "json-schema.org/draft/2020-12/schema" | "json-schema.org/draft/2019-09/schema" => {
            Some(Draft::Later)
        }
        "json-schema.org/draft-07/schema" => Some(Draft::Seven),
        _ => None,
    }
}

impl<'n, 's> Plain<'n, 's> {
    /// The schema that a reference within the document names.
    pub(super) fn referred(&self, reference: &str) -> Option<&'n Node<'s>> {
        let pointer = reference.strip_prefix('#')?;
        let is_simple = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '.' | '$');
        if !(pointer.is_empty() || pointer.starts_with('/')) || !pointer.chars().all(is_simple) {
            return None;
        }
        pointer.split('/').skip(1).try_fold(self.root, |node, step| match node {
            Node::Map(members) => member(members, step),
            _ => None,
        })
    }
}

struct Walk<'p, 'n, 's> {
    plain: &'p Plain<'n, 's>,
    /// The references that were followed.
    seen: HashSet<&'n str>,
}

impl<'n, 's> Walk<'_, 'n, 's> {
    fn root(&mut self, node: &'n Node<'s>) -> Option<()> {
        let Node::Map(members) = node else { return self.schema(node) };
        members.iter().try_for_each(|(keyword, node)| match &**keyword {
            "$schema" => Some(()),
            "$id" => holds(is_plain_id(node.as_str()?)),
            keyword => self.keyword(keyword, node),
        })?;
        is_once_each(members)
    }

    fn schema(&mut self, node: &'n Node<'s>) -> Option<()> {
        match node {
            Node::Bool(_) => Some(()),
            Node::Map(members) => {
                members.iter().try_for_each(|(keyword, node)| self.keyword(keyword, node))?;
                is_once_each(members)
            }
            _ => None,
        }
    }

    fn keyword(&mut self, keyword: &str, node: &'n Node<'s>) -> Option<()> {
        match keyword {
            "$comment" | "title" | "description" | "format" => node.as_str().map(drop),
            "deprecated" | "readOnly" | "writeOnly" | "uniqueItems" => holds(matches!(node, Node::Bool(_))),
            "examples" => node.as_list().map(drop),
            "enum" => choices(node.as_list()?),
            "type" => types(node),
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => holds(matches!(node, Node::Number(_))),
            "multipleOf" => holds(matches!(node, Node::Number(number) if *number > 0.0)),
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
                node.as_count().map(drop)
            }
            "pattern" => patterns::check(node.as_str()?).ok(),
            "required" => names(node.as_list()?),
            "items" | "additionalProperties" | "propertyNames" | "contains" | "not" | "if" | "then" | "else" => {
                self.schema(node)
            }
            "properties" | "definitions" | "$defs" => self.schemas(node.as_map()?),
            "patternProperties" => {
                let members = node.as_map()?;
                members.iter().try_for_each(|(pattern, _)| patterns::check(pattern).ok())?;
                self.schemas(members)
            }
            "allOf" | "anyOf" | "oneOf" => {
                let items = node.as_list().filter(|items| !items.is_empty())?;
                items.iter().try_for_each(|item| self.schema(item))
            }
            "dependencies" if self.plain.draft == Draft::Seven => {
                node.as_map()?.iter().try_for_each(|(_, node)| match node {
                    Node::List(items) => names(items),
                    node => self.schema(node),
                })
            }
            "$ref" => self.reference(node),
            keyword if is_special(keyword) => None,
            // What nobody knows is not looked at.
            _ => Some(()),
        }
    }

    fn schemas(&mut self, members: &'n Members<'s>) -> Option<()> {
        members.iter().try_for_each(|(_, schema)| self.schema(schema))?;
        is_once_each(members)
    }

    fn reference(&mut self, node: &'n Node<'s>) -> Option<()> {
        let Node::String(reference) = node else { return None };
        let target = self.plain.referred(reference)?;
        if self.seen.insert(reference) && !std::ptr::eq(target, self.plain.root) { self.schema(target) } else { Some(()) }
    }
}

/// Whether a name of the whole schema changes nothing: an absolute URL that is not that of a draft.
fn is_plain_id(id: &str) -> bool {
    let rest = id.strip_prefix("https://").or_else(|| id.strip_prefix("http://")).unwrap_or_default();
    let is_simple = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '/' | '.' | '-' | '_');
    let host = rest.split('/').next().unwrap_or_default();
    !host.is_empty() && host != "json-schema.org" && !rest.contains("..") && rest.chars().all(is_simple)
}

/// Keywords whose meaning is left to the full check.
fn is_special(keyword: &str) -> bool {
    keyword.starts_with('$')
        || keyword.starts_with("content")
        || keyword.starts_with("depend")
        || keyword.starts_with("unevaluated")
        || matches!(keyword, "id" | "prefixItems" | "additionalItems" | "minContains" | "maxContains")
}

fn types(node: &Node<'_>) -> Option<()> {
    let is_type = |name: &str| matches!(name, "null" | "boolean" | "object" | "array" | "number" | "string" | "integer");
    match node {
        Node::List(items) => {
            holds(!items.is_empty() && items.iter().all(|item| item.as_str().is_some_and(is_type)))?;
            names(items)
        }
        node => holds(is_type(node.as_str()?)),
    }
}

/// Some values that are no collections, none of them twice.
fn choices(items: &[Node<'_>]) -> Option<()> {
    let is_same = |one: &Node<'_>, other: &Node<'_>| match (one, other) {
        (Node::Null, Node::Null) => true,
        (Node::Bool(one), Node::Bool(other)) => one == other,
        (Node::Number(one), Node::Number(other)) => one == other,
        (Node::String(one), Node::String(other)) => one == other,
        _ => false,
    };
    let is_fine = |(at, item): (usize, &Node<'_>)| {
        !matches!(item, Node::List(_) | Node::Map(_)) && !items[..at].iter().any(|other| is_same(item, other))
    };
    holds(!items.is_empty() && items.iter().enumerate().all(is_fine))
}

/// Texts, none of them twice.
fn names(items: &[Node<'_>]) -> Option<()> {
    let mut seen = HashSet::with_capacity(items.len());
    items.iter().try_for_each(|item| holds(seen.insert(item.as_str()?)))
}

fn is_once_each(members: &Members<'_>) -> Option<()> {
    let is_among_few = |at: usize, name: &str| members[..at].iter().any(|(other, _)| other == name);
    if members.len() <= 16 {
        return holds(!members.iter().enumerate().any(|(at, (name, _))| is_among_few(at, name)));
    }
    let mut seen = HashSet::with_capacity(members.len());
    holds(members.iter().all(|(name, _)| seen.insert(name)))
}

fn holds(condition: bool) -> Option<()> {
    condition.then_some(())
}
