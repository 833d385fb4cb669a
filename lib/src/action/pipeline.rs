//! The same post-renderers for every revision: what is kept beside records, and what an upgrade is told when its are others.

use super::context::Context;
use super::error::Error;
use crate::postrender::Identity;
use crate::postrender::identity::Kept;
use crate::release::Release;
use crate::store::{Head, Store, StoreError};
use std::collections::BTreeMap;

/// The pipelines of a release, by revision.
#[derive(Debug, Default)]
pub(super) struct Pipelines {
    kept: BTreeMap<u32, Kept>,
}

impl Pipelines {
    /// Reads those of revisions that are still on record.
    pub(super) async fn read(store: &Store, namespace: &str, name: &str, heads: &[Head]) -> Result<Self, StoreError> {
        let mut kept = store.pipelines(namespace, name).await?;
        kept.retain(|revision, _| heads.iter().any(|head| head.revision() == *revision));
        Ok(Self { kept })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// That of the last revision up to this one that has one.
    fn before(&self, release: &Release) -> Option<(u32, &Kept)> {
        let is_its = |revision: u32, kept: &Kept| revision != release.revision || kept.made == release.info.last_deployed;
        let mut older = self.kept.range(..=release.revision).rev();
        older.find(|(revision, kept)| is_its(**revision, kept)).map(|(revision, kept)| (*revision, kept))
    }

    /// What a revision's documents went through, as far as is known.
    pub(super) fn of(&self, release: &Release) -> Identity {
        self.before(release).map(|(_, kept)| kept.pipeline.clone()).unwrap_or_default()
    }

    /// Refuses another pipeline than that of the revision that an upgrade starts from, unless there is a reason. Inside, the
    /// reason where it is needed.
    pub(super) fn check(
        &self,
        cx: Context<'_>,
        current: &Release,
        given: &Identity,
        accepted: Option<&str>,
    ) -> Result<String, Error> {
        let reason = accepted.map(str::trim);
        if reason == Some("") {
            return Err(Error::Option("a change of the pipeline needs a reason".to_owned()));
        }
        let Some((revision, kept)) = self.before(current) else { return Ok(String::new()) };
        if revision < current.revision {
            let message = "a revision was made without rhelm: what its documents went through is not known";
            let fields = [("name", current.name.clone()), ("revision", current.revision.to_string())];
            cx.warn(message, fields.into_iter().chain([("pipelineOf", revision.to_string())]).collect());
        }
        match reason {
            _ if kept.pipeline.is_same(given) => Ok(String::new()),
            Some(reason) => Ok(reason.to_owned()),
            None => Err(Error::Pipeline { revision, diff: kept.pipeline.diff(given) }),
        }
    }

    /// Writes the record of a new revision and keeps its pipeline: both, or neither. Beside a revision whose pipeline nobody knows any
    /// other one would pass.
    pub(super) async fn create(
        &self,
        cx: Context<'_>,
        release: &Release,
        pipeline: Identity,
        reason: String,
    ) -> Result<(), Error> {
        cx.store.create(release).await?;
        let kept = cx.cancellation.race(self.keep(cx, release, pipeline, reason)).await;
        if kept.is_err()
            && let Err(error) = cx.store.delete(&release.namespace, &release.name, release.revision).await
        {
            let message = "the record of a revision without its pipeline could not be removed: it stays pending";
            cx.warn(message, vec![("name", release.name.clone()), ("error", error.to_string())]);
        }
        kept
    }

    /// Keeps the pipeline of a revision that is on record: from the first one that has any, every revision has its own.
    async fn keep(&self, cx: Context<'_>, release: &Release, pipeline: Identity, reason: String) -> Result<(), Error> {
        if pipeline.is_empty() && self.is_empty() {
            return Ok(());
        }
        if !cx.store.driver().keeps_companions() {
            let message = "the store keeps no pipelines: later upgrades cannot tell whether theirs is the same";
            cx.warn(message, vec![("name", release.name.clone())]);
            return Ok(());
        }
        let kept = Kept { pipeline, reason, made: release.info.last_deployed.clone() };
        let written = cx.store.keep_pipeline(release, &kept).await;
        written.map_err(|error| Error::from(error).during("the pipeline could not be recorded"))
    }

    /// Writes the record of a new revision that takes over the documents of another one, and keeps what those went through.
    pub(super) async fn create_copy(&self, cx: Context<'_>, from: u32, made: &str, to: &Release) -> Result<(), Error> {
        let exactly = self.kept.get(&from).filter(|kept| kept.made == made);
        let pipeline = exactly.map(|kept| kept.pipeline.clone()).unwrap_or_default();
        self.create(cx, to, pipeline, format!("rollback to {from}")).await
    }
}
