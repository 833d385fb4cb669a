//! Watching: one list and one watch for each kind and namespace, or for each object where there are few.
//!
//! Each runs in a task of its own and sends what it sees; dropping the wait ends them all. A watch that ends or breaks starts
//! over with a list, so that nothing is missed.

use super::board::Board;
use super::show::Seen;
use crate::client::{Call, Connection, segment};
use crate::cluster::{KubeCluster, collection, text};
use crate::retry::jittered;
use futures_util::{StreamExt, pin_mut};
use kube::core::WatchEvent;
use rhelm_lib::cluster::readiness::{Goal, Unready};
use rhelm_lib::cluster::{ClusterError, ObjectId};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

/// Up to how many objects of a kind are watched one by one.
const FEW: usize = 2;
/// Between attempts to reach a server that does not answer.
const PAUSE: Duration = Duration::from_secs(1);

/// Objects that one watch shows.
#[derive(Clone)]
struct Group {
    /// The collection.
    path: String,
    /// `fieldSelector=…`, or nothing.
    selector: String,
    /// What the kind is called in messages.
    kind: String,
    /// The rows of the board, by the objects' names.
    rows: BTreeMap<String, usize>,
    /// The row whose pods these are.
    owner: Option<usize>,
}

impl Group {
    fn is_by_name(&self) -> bool {
        self.owner.is_none() && !self.selector.is_empty()
    }
}

/// What a task reports.
enum News {
    Listed(Group, Vec<Json>),
    Changed(Group, Json),
    Deleted(Group, Json),
    Refused(Group, ClusterError),
}

pub(super) async fn wait(
    cluster: &KubeCluster,
    objects: Vec<ObjectId>,
    goal: Goal,
    timeout: Duration,
    seen: &Seen,
) -> Result<(), Unready> {
    let deadline = Instant::now() + timeout;
    let groups = groups(cluster, &objects).await?;
    let mut board = Board::new(objects, goal);
    let (sender, mut receiver) = unbounded_channel();
    let mut tasks = JoinSet::new();
    for group in groups {
        tasks.spawn(watch(cluster.connection().clone(), group, sender.clone()));
    }
    let mut owners = BTreeSet::new();
    while !board.is_decided() {
        let judgement = board.next_judgement().map_or(deadline, |left| Instant::now() + left);
        tokio::select! {
            Some(news) = receiver.recv() => take(&mut board, news, goal)?,
            () = sleep_until(judgement.min(deadline)) => board.judge_again(),
        }
        board.show(seen);
        if Instant::now() >= deadline {
            return board.result(true);
        }
        let new: Vec<_> =
            board.owners().filter(|(row, _)| !owners.contains(row)).map(|(row, owner)| (row, pods_of(row, owner))).collect();
        for (row, group) in new {
            owners.insert(row);
            tasks.spawn(watch(cluster.connection().clone(), group, sender.clone()));
        }
    }
    board.result(false)
}

fn take(board: &mut Board, news: News, goal: Goal) -> Result<(), Unready> {
    match news {
        News::Listed(group, objects) => listed(board, &group, objects),
        News::Changed(group, object) => see(board, &group, object, true),
        News::Deleted(group, object) => see(board, &group, object, false),
        // Pods are looked at to give up early; without the right to see them there is the deadline.
        News::Refused(Group { owner: Some(_), .. }, _) => {}
        // A kind that is gone has taken its objects with it.
        News::Refused(group, error) if error.is_not_found() && matches!(goal, Goal::Gone { .. }) => {
            listed(board, &group, Vec::new());
        }
        News::Refused(group, error) => return Err(Unready::Refused(format!("failed to list {}: {error}", group.kind))),
    }
    Ok(())
}

fn listed(board: &mut Board, group: &Group, objects: Vec<Json>) {
    let present: BTreeSet<String> = objects.iter().map(|object| text(object, "/metadata/name").to_owned()).collect();
    for (_, row) in group.rows.iter().filter(|(name, _)| !present.contains(*name)) {
        board.see(*row, None);
    }
    objects.into_iter().for_each(|object| see(board, group, object, true));
}

fn see(board: &mut Board, group: &Group, mut object: Json, is_there: bool) {
    let name = text(&object, "/metadata/name").to_owned();
    if let Some(owner) = group.owner {
        object["kind"] = "Pod".into();
        return board.see_pod(owner, name, is_there.then_some(object));
    }
    let Some(row) = group.rows.get(&name) else { return };
    // Items of a list do not say what they are.
    object["apiVersion"] = board.id(*row).api_version.as_str().into();
    object["kind"] = board.id(*row).kind.as_str().into();
    board.see(*row, is_there.then_some(object));
}

async fn groups(cluster: &KubeCluster, objects: &[ObjectId]) -> Result<Vec<Group>, Unready> {
    let mut kinds: BTreeMap<(&str, &str, &str), Vec<usize>> = BTreeMap::new();
    for (row, id) in objects.iter().enumerate() {
        kinds.entry((&id.api_version, &id.kind, &id.namespace)).or_default().push(row);
    }
    let mut groups = Vec::new();
    for ((api_version, kind, namespace), rows) in kinds {
        let resource = match cluster.resource(api_version, kind).await {
            Ok(resource) => resource,
            Err(error) => return Err(Unready::Refused(error.to_string())),
        };
        let all = Group {
            path: collection(api_version, &resource, namespace),
            selector: String::new(),
            kind: objects[rows[0]].kind_in_go(),
            rows: rows.iter().map(|row| (objects[*row].name.clone(), *row)).collect(),
            owner: None,
        };
        if rows.len() > FEW {
            groups.push(all);
            continue;
        }
        for row in rows {
            let name = &objects[row].name;
            let selector = format!("fieldSelector={}", segment(&format!("metadata.name={name}")));
            groups.push(Group { selector, rows: [(name.clone(), row)].into(), ..all.clone() });
        }
    }
    Ok(groups)
}

/// The pods that a controller selects.
fn pods_of(row: usize, owner: &Json) -> Group {
    let labels = owner.pointer("/spec/selector/matchLabels").and_then(Json::as_object);
    let labels = labels.into_iter().flatten().filter_map(|(key, value)| Some(format!("{key}={}", value.as_str()?)));
    Group {
        path: format!("/api/v1/namespaces/{}/pods", segment(text(owner, "/metadata/namespace"))),
        selector: format!("labelSelector={}", segment(&labels.collect::<Vec<_>>().join(","))),
        kind: "/v1, Kind=Pod".to_owned(),
        rows: BTreeMap::new(),
        owner: Some(row),
    }
}

/// Lists and watches until nobody listens any more, or the server refuses.
async fn watch(connection: Connection, mut group: Group, sender: UnboundedSender<News>) {
    loop {
        let answer = connection.json(Call::get(format!("{}?{}", group.path, group.selector))).await;
        let version = match answer {
            Ok(mut list) => {
                let version = text(&list, "/metadata/resourceVersion").to_owned();
                let items = list.get_mut("items").map(Json::take).unwrap_or_default();
                let items = if let Json::Array(items) = items { items } else { Vec::new() };
                if sender.send(News::Listed(group.clone(), items)).is_err() {
                    return;
                }
                version
            }
            // Whoever may not see one by its name may see all, or is told as Helm's users are.
            Err(ClusterError::Api { code: 403, .. }) if group.is_by_name() => {
                group.selector.clear();
                continue;
            }
            Err(error) if is_final(&error) => {
                // Nobody listens when the wait is over.
                let _ = sender.send(News::Refused(group, error));
                return;
            }
            Err(_) => {
                sleep(jittered(PAUSE)).await;
                continue;
            }
        };
        if follow(&connection, &group, &version, &sender).await.is_err() {
            sleep(jittered(PAUSE)).await;
        }
    }
}

/// A refusal that will not change by asking again.
fn is_final(error: &ClusterError) -> bool {
    match error {
        ClusterError::Api { code, .. } => (400..500).contains(code) && !matches!(code, 408 | 410 | 429),
        _ => true,
    }
}

/// Follows one watch to its end; an error when it broke.
async fn follow(connection: &Connection, group: &Group, version: &str, sender: &UnboundedSender<News>) -> Result<(), ()> {
    let query = "watch=true&allowWatchBookmarks=true&timeoutSeconds=300";
    let path = format!("{}?{query}&resourceVersion={}&{}", group.path, segment(version), group.selector);
    let events = connection.events(&Call::get(path)).await.map_err(drop)?;
    pin_mut!(events);
    while let Some(event) = events.next().await {
        let news = match event.map_err(drop)? {
            WatchEvent::Added(object) | WatchEvent::Modified(object) => News::Changed(group.clone(), object),
            WatchEvent::Deleted(object) => News::Deleted(group.clone(), object),
            WatchEvent::Bookmark(_) => continue,
            // Too old, most likely: the list that follows is new.
            WatchEvent::Error(_) => return Ok(()),
        };
        sender.send(news).map_err(drop)?;
    }
    Ok(())
}
