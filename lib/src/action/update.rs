//! From one set of objects to another: reading what is there, planning, carrying out.

use super::context::Context;
use super::error::Error;
use super::execute::{Executed, Mode, execute};
use crate::cluster::{Detail, ObjectId};
use crate::plan::{Change, Method, Object, build};
use serde_json::Value as Json;

/// How objects are changed.
#[derive(Clone, Debug, Default)]
pub(super) struct UpdateOptions {
    pub(super) server_side: bool,
    pub(super) force_conflicts: bool,
    pub(super) force_replace: bool,
    /// What client-side apply left behind is adopted.
    pub(super) adopt: bool,
    /// Client-side, custom resources are compared with the live ones.
    pub(super) live_custom: bool,
    /// The old set was applied, whole and last of all.
    pub(super) is_settled: bool,
    /// What is there is not touched, but for these.
    pub(super) only: Option<Vec<ObjectId>>,
}

impl UpdateOptions {
    fn method(&self) -> Result<Method, Error> {
        let refused = |why: &str| Err(Error::Option(why.to_owned()));
        match (self.server_side, self.force_conflicts, self.force_replace) {
            (false, true, _) => {
                refused("invalid client update option(s): forceConflicts enabled when serverSideApply disabled")
            }
            (_, true, true) => refused("invalid operation: cannot use force conflicts and force replace together"),
            (true, _, true) => refused("invalid operation: cannot use server-side apply and force replace together"),
            (true, force, false) => Ok(Method::ServerSide { force, adopt: self.adopt }),
            (false, false, true) => Ok(Method::Replace),
            (false, false, false) => Ok(Method::ClientSide { live_custom: self.live_custom }),
        }
    }

    fn is_meant(&self, id: &ObjectId) -> bool {
        self.only.as_ref().is_none_or(|only| only.iter().any(|meant| meant.is_same(id)))
    }
}

/// Makes the objects of `new` of those of `old`. What has been done is told of failed updates too.
pub(super) async fn update(
    cx: Context<'_>,
    new: &[Object],
    old: &[Object],
    options: &UpdateOptions,
) -> (Executed, Result<(), Error>) {
    let plan = async {
        let method = options.method()?;
        let is_new = |object: &Object| !old.iter().any(|old| old.id.is_same(&object.id));
        let is_wanted = |object: &&Object| options.is_meant(&object.id) || is_new(object);
        let wanted: Vec<_> = new.iter().filter(is_wanted).cloned().collect();
        let wanted = with_live(cx, wanted, Detail::Whole).await;
        let wanted =
            wanted.map_err(|(_, error)| Error::Apply(format!("could not get information about the resource: {error}")))?;
        let lacks = |old: &&Object| !new.iter().any(|new| new.id.is_same(&old.id));
        let gone: Vec<_> = old.iter().filter(lacks).filter(|object| options.is_meant(&object.id)).cloned().collect();
        let gone = with_live(cx, gone, Detail::Metadata).await.map_err(|(id, error)| {
            let ObjectId { namespace, name, kind, .. } = id;
            Error::Apply(format!("failed to delete resource namespace={namespace}, name={name}, kind={kind}: {error}"))
        })?;
        let is_left =
            |(object, live): &(Object, Option<Json>)| live.as_ref().filter(|_| !options.is_meant(&object.id)).cloned();
        let left: Vec<Option<Json>> = wanted.iter().map(is_left).collect();
        let mut plan = build(wanted, old, &gone, method, options.is_settled);
        for (operation, live) in plan.operations.iter_mut().zip(left) {
            if let Some(live) = live {
                operation.change = Change::Unchanged(live);
            }
        }
        Ok(plan)
    };
    match plan.await {
        Ok(plan) => execute(cx, plan, Mode::Update).await,
        Err(error) => (Executed::default(), Err(error)),
    }
}

type Live = Vec<(Object, Option<Json>)>;

async fn with_live(
    cx: Context<'_>,
    objects: Vec<Object>,
    detail: Detail,
) -> Result<Live, (ObjectId, crate::cluster::ClusterError)> {
    let ids: Vec<_> = objects.iter().map(|object| object.id.clone()).collect();
    let found = cx.cluster.find(&ids, detail).await;
    let pairs = objects.into_iter().zip(found);
    pairs.map(|(object, found)| found.map_err(|error| (object.id.clone(), error)).map(|live| (object, live))).collect()
}
