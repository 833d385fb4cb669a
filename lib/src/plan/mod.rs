//! Plans: which objects to create, change, replace and delete, and in which order, decided before anything is written.
//!
//! ```text
//! old manifest + new manifest + live objects + method → Plan → operations, in the order of kinds
//! ```
//! A plan is data: it can be printed, compared and kept.

mod build;
pub mod managed;
mod merge;
mod ownership;
mod quantity;
mod strategic;
mod types;
mod write;

pub use build::build;
pub use ownership::{NotOwned, Owner};
pub use write::{Cascade, Patch, PatchKind, Write};

use crate::manifest::ObjectId;
use serde_json::Value as Json;

/// An object of a manifest, resolved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object {
    /// Its place.
    pub id: ObjectId,
    /// What the manifest says.
    pub content: Json,
}

/// How objects are changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Method {
    /// By server-side apply.
    ServerSide {
        /// Take fields over from other managers.
        force: bool,
        /// First adopt fields that client-side apply left behind.
        adopt: bool,
    },
    /// By patches that are computed here.
    ClientSide {
        /// Compare custom resources with the live object too, not only with the last manifest.
        live_custom: bool,
    },
    /// By putting new objects in the place of old ones.
    Replace,
}

/// What to do, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// The operations; those of one kind that follow each other do not depend on each other.
    pub operations: Vec<Operation>,
}

/// What to do with one object.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// The object.
    pub id: ObjectId,
    /// The live object is in no manifest of the release.
    pub is_foreign: bool,
    /// What becomes of it.
    pub change: Change,
}

/// What becomes of an object.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// It is not there yet.
    Create(Write),
    /// It becomes another.
    Update(Write),
    /// It is what it should be: the live object.
    Unchanged(Json),
    /// The new manifest lacks it.
    Delete,
    /// The new manifest lacks it, but it asks to be kept.
    Keep,
    /// It cannot be planned.
    Impossible(String),
}
