//! Installing the files of `crds/`, before anything is rendered.

use super::context::Context;
use super::error::Error;
use super::execute::{Mode, creation, execute};
use super::objects::{Check, build};
use crate::cluster::readiness::Goal;
use crate::cluster::{Detail, Wait};
use crate::manifest::Manifest;
use crate::plan::Object;
use std::time::Duration;

/// How long new definitions may take to be served.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Applies the files, one after the other, and waits until their kinds are served.
pub(super) async fn install(cx: Context<'_>, files: &[Manifest], namespace: &str, server_side: bool) -> Result<(), Error> {
    let mut all = Vec::new();
    for file in files {
        let doing = || format!("failed to install CRD {}", below_chart(&file.source));
        let built =
            build(cx.cluster, &file.content, namespace, Check::Recorded).await.map_err(|error| error.during(doing()))?;
        let objects: Vec<_> = built.into_iter().map(|placed| placed.object).collect();
        if objects.is_empty() {
            return Err(Error::Objects("resources are empty".to_owned()).during(doing()));
        }
        let objects = if server_side { objects } else { absent(cx, objects).await };
        execute(cx, &creation(&objects, server_side), Mode::Create).await.1.map_err(|error| error.during(doing()))?;
        all.extend(objects.into_iter().map(|object| object.id));
    }
    let wait = Wait { objects: &all, goal: Goal::Ready { jobs: false, legacy: false }, timeout: TIMEOUT };
    Ok(cx.cluster.wait(wait).await?)
}

/// Client-side, what is there already is left alone.
async fn absent(cx: Context<'_>, objects: Vec<Object>) -> Vec<Object> {
    let ids: Vec<_> = objects.iter().map(|object| object.id.clone()).collect();
    let found = cx.cluster.find(&ids, Detail::Metadata).await;
    objects.into_iter().zip(found).filter(|(_, found)| !matches!(found, Ok(Some(_)))).map(|(object, _)| object).collect()
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
