//! Many records at once: by lists with the names and revisions that are wanted, each of which the server sends compressed.
//!
//! A list also brings records that have a wanted name and another one's revision, or another namespace: only where that stays
//! below as much again is there one. What no list brings is asked for by itself.

use super::item::{self, Item};
use super::{AT_ONCE, KubeDriver, selector_of};
use crate::client::segment;
use futures_util::StreamExt;
use futures_util::stream;
use rhelm_lib::store::{Record, RecordId, StoreError};
use std::collections::{BTreeMap, BTreeSet};

/// Fewer are asked for one by one.
const FEW: usize = 8;

/// Records that one list brings.
#[derive(Default)]
struct Group<'a> {
    namespaces: BTreeSet<&'a str>,
    names: BTreeSet<&'a str>,
    revisions: BTreeSet<u32>,
    size: usize,
}

impl<'a> Group<'a> {
    fn add(&mut self, id: &'a RecordId) {
        let Some((name, revision)) = id.parts() else { return };
        self.namespaces.insert(&id.namespace);
        self.names.insert(name);
        self.revisions.insert(revision);
        self.size += 1;
    }

    fn most(&self) -> usize {
        2 * self.size
    }

    fn is_dense(&self) -> bool {
        self.names.len() * self.revisions.len() <= self.most()
    }

    fn selector(&self) -> String {
        let names: Vec<_> = self.names.iter().copied().collect();
        let revisions: Vec<_> = self.revisions.iter().map(ToString::to_string).collect();
        selector_of(&format!("name in ({}),version in ({})", names.join(","), revisions.join(",")))
    }
}

/// One group of all, or one for each revision.
fn groups(ids: &[RecordId]) -> Vec<Group<'_>> {
    let mut all = Group::default();
    let mut by_revision: BTreeMap<u32, Group<'_>> = BTreeMap::new();
    for id in ids {
        all.add(id);
        by_revision.entry(id.parts().map_or(0, |(_, revision)| revision)).or_default().add(id);
    }
    let groups = if all.is_dense() { vec![all] } else { by_revision.into_values().collect() };
    groups.into_iter().filter(|group| group.size >= FEW).collect()
}

impl KubeDriver {
    /// What lists bring of these records, with failures of single ones.
    pub(super) async fn read_by_lists(&self, ids: &[RecordId]) -> BTreeMap<RecordId, Result<Record, StoreError>> {
        let groups = groups(ids);
        let lists: Vec<_> = groups.iter().map(|group| self.items(group)).collect();
        let items: Vec<Item> = stream::iter(lists).buffered(AT_ONCE).concat().await;
        let wanted: BTreeSet<&RecordId> = ids.iter().collect();
        let records = items.into_iter().filter_map(|item| {
            let (namespace, key) = (item.metadata.namespace.clone(), item.metadata.name.clone());
            let id = RecordId { namespace, key };
            wanted.contains(&id).then_some(async { (id, self.record(item).await) })
        });
        let records: Vec<_> = records.collect();
        stream::iter(records).buffered(AT_ONCE).collect().await
    }

    /// Nothing when the list fails: whoever may not list, or has a server with its own ideas, may still get.
    async fn items(&self, group: &Group<'_>) -> Vec<Item> {
        let folder = match group.namespaces.iter().next() {
            Some(namespace) if group.namespaces.len() == 1 => self.folder(namespace),
            _ => format!("/api/v1/{}", self.resource()),
        };
        let path = format!("{folder}?labelSelector={}&limit={}", segment(&group.selector()), group.most());
        self.list(path, item::WHOLE).await.map(|list| list.items).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selectors(ids: &[RecordId]) -> Vec<String> {
        groups(ids).iter().map(Group::selector).collect()
    }

    #[test]
    fn a_list_brings_little_that_is_not_wanted() {
        let newest: Vec<_> = (0..10).map(|number| RecordId::new("n", &format!("web-{number}"), 3)).collect();
        let names: Vec<_> = (0..10).map(|number| format!("web-{number}")).collect();
        assert_eq!(selectors(&newest), [format!("name in ({}),version in (3),owner=helm", names.join(","))]);
        let all: Vec<_> = (1..=10).map(|revision| RecordId::new("n", "web", revision)).collect();
        assert_eq!(selectors(&all), ["name in (web),version in (1,2,3,4,5,6,7,8,9,10),owner=helm"]);
        let apart: Vec<_> = (1..=10).map(|number| RecordId::new("n", &format!("web-{number}"), number)).collect();
        assert_eq!(selectors(&apart), [] as [String; 0]);
        assert_eq!(selectors(&all[..FEW - 1]), [] as [String; 0]);
    }
}
