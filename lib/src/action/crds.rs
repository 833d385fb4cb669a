//! The files of `crds/`: applied before a chart is rendered, never deleted, and changed by an upgrade only when that is asked for
//! and nothing is lost by it.

use super::context::Context;
use super::error::Error;
use super::execute::{Mode, creation, execute, words};
use super::objects::{Check, build};
use crate::cluster::readiness::Goal;
use crate::cluster::{Detail, ObjectId, Wait, Write};
use crate::manifest::Manifest;
use crate::plan::{Object, managed};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::time::Duration;

/// How long new definitions may take to be served.
const TIMEOUT: Duration = Duration::from_secs(60);

/// What is done with the files of `crds/`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Crds {
    /// What Helm does: they are applied when a release is installed, and left alone when it is upgraded.
    #[default]
    Create,
    /// They are applied always, unless a version would be lost that objects are stored in, or that is served.
    Upgrade,
    /// Nothing.
    Skip,
}

/// Applies the files, one after the other, and waits until their kinds are served.
pub(super) async fn install(cx: Context<'_>, files: &[Manifest], namespace: &str, server_side: bool) -> Result<(), Error> {
    let mut all = Vec::new();
    for file in files {
        let doing = || format!("failed to install CRD {}", below_chart(&file.source));
        let objects = objects(cx, file, namespace).await.map_err(|error| error.during(doing()))?;
        let objects = if server_side { objects } else { absent(cx, objects).await };
        execute(cx, creation(&objects, server_side), Mode::Create).await.1.map_err(|error| error.during(doing()))?;
        all.extend(objects.into_iter().map(|object| object.id));
    }
    served(cx, &all).await
}

/// Applies the files where nothing is lost by it, and waits until their kinds are served. All are checked before one is written;
/// with a dry run that is all.
pub(super) async fn upgrade(cx: Context<'_>, files: &[Manifest], namespace: &str, dry_run: bool) -> Result<(), Error> {
    let mut writes = Vec::new();
    let mut problems = Vec::new();
    for file in files {
        let doing = || format!("failed to upgrade CRD {}", below_chart(&file.source));
        let objects = objects(cx, file, namespace).await.map_err(|error| error.during(doing()))?;
        let ids: Vec<_> = objects.iter().map(|object| object.id.clone()).collect();
        for (object, live) in objects.into_iter().zip(cx.cluster.find(&ids, Detail::Whole).await) {
            let live = live.map_err(|error| Error::from(error).during(doing()))?;
            problems.extend(live.iter().flat_map(|live| losses(&object, live)));
            let adopt = live.as_ref().and_then(managed::adopt);
            writes.push((doing(), Write::Apply { object: object.content, force: false, dry_run: false, adopt }));
        }
    }
    if !problems.is_empty() {
        return Err(Error::Crds(problems.join("; ")));
    }
    if dry_run {
        return Ok(());
    }
    for (doing, write) in &writes {
        if let Some(Err(error)) = cx.cluster.write(std::slice::from_ref(write)).await.pop() {
            return Err(Error::Apply(words(write, &error)).during(doing.clone()));
        }
    }
    let ids: Vec<_> = writes.iter().map(|(_, write)| write.id()).collect();
    served(cx, &ids).await
}

async fn objects(cx: Context<'_>, file: &Manifest, namespace: &str) -> Result<Vec<Object>, Error> {
    let built = build(cx.cluster, &file.content, namespace, Check::Recorded).await?;
    if built.is_empty() {
        return Err(Error::Objects("resources are empty".to_owned()));
    }
    Ok(built.into_iter().map(|placed| placed.object).collect())
}

async fn served(cx: Context<'_>, ids: &[ObjectId]) -> Result<(), Error> {
    let wait = Wait { objects: ids, goal: Goal::Ready { jobs: false, legacy: false }, timeout: TIMEOUT };
    Ok(cx.cluster.wait(wait).await?)
}

/// Client-side, what is there already is left alone.
async fn absent(cx: Context<'_>, objects: Vec<Object>) -> Vec<Object> {
    let ids: Vec<_> = objects.iter().map(|object| object.id.clone()).collect();
    let found = cx.cluster.find(&ids, Detail::Metadata).await;
    objects.into_iter().zip(found).filter(|(_, found)| !matches!(found, Ok(Some(_)))).map(|(object, _)| object).collect()
}

/// What would no longer be there: versions that objects are stored in, versions that somebody may be using.
fn losses(new: &Object, live: &Json) -> Vec<String> {
    if new.id.kind != "CustomResourceDefinition" {
        return Vec::new();
    }
    let (before, after) = (versions(live), versions(&new.content));
    let names = |versions: &[Version]| versions.iter().map(|version| version.name.clone()).collect::<BTreeSet<_>>();
    let served = |versions: &[Version]| {
        versions.iter().filter(|version| version.is_served).map(|version| version.name.clone()).collect::<BTreeSet<_>>()
    };
    let stored = live.pointer("/status/storedVersions").and_then(Json::as_array).into_iter().flatten();
    let stored: BTreeSet<_> = stored.filter_map(Json::as_str).map(str::to_owned).collect();
    let lost: BTreeSet<_> = stored.difference(&names(&after)).cloned().collect();
    let name = &new.id.name;
    let mut losses: Vec<_> = lost
        .iter()
        .map(|version| format!("{name}: version {version} would be removed, and objects are stored in it"))
        .collect();
    let unserved = served(&before).difference(&served(&after)).cloned().collect::<BTreeSet<_>>();
    losses.extend(unserved.difference(&lost).map(|version| format!("{name}: version {version} would no longer be served")));
    losses
}

struct Version {
    name: String,
    is_served: bool,
}

fn versions(definition: &Json) -> Vec<Version> {
    let versions = definition.pointer("/spec/versions").and_then(Json::as_array).into_iter().flatten();
    let version =
        |version: &Json| Some(Version { name: version["name"].as_str()?.to_owned(), is_served: version["served"] == true });
    versions.filter_map(version).collect()
}

/// `crds/x.yaml` of `chart/charts/sub/crds/x.yaml`: the path within the chart that the file is of.
fn below_chart(source: &str) -> &str {
    let Some((_, below)) = source.split_once('/') else { return "" };
    below.strip_prefix("charts/").map_or(below, below_chart)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_within_their_chart() {
        assert_eq!(below_chart("app/crds/a.yaml"), "crds/a.yaml");
        assert_eq!(below_chart("app/charts/sub/charts/deep/crds/x/crds/a.yaml"), "crds/x/crds/a.yaml");
    }
}
