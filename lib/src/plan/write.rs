//! Writes: what is asked of a cluster, as plain data.

use crate::manifest::ObjectId;
use serde_json::Value as Json;

/// One change of one object.
#[derive(Clone, Debug, PartialEq)]
pub enum Write {
    /// Server-side apply with field manager `helm`: creates or changes.
    Apply {
        /// The object, resolved.
        object: Json,
        /// Take fields over from other managers.
        force: bool,
        /// Let the server check and default everything, and store nothing.
        dry_run: bool,
        /// First turns what client-side apply left in `managedFields` into the form of server-side apply.
        adopt: Option<Patch>,
    },
    /// Creates an object that is not there yet.
    Create {
        /// The object, resolved.
        object: Json,
    },
    /// Changes parts of an object.
    Patch {
        /// The object.
        id: ObjectId,
        /// The parts.
        patch: Patch,
    },
    /// Puts an object in the place of the one that is there.
    Replace {
        /// The object, resolved; with the `resourceVersion` that it replaces.
        object: Json,
    },
}

impl Write {
    /// What makes an object that is new: taken from nobody, and adopted from nothing.
    #[must_use]
    pub fn creation(object: Json, server_side: bool) -> Self {
        if server_side { Self::Apply { object, force: false, dry_run: false, adopt: None } } else { Self::Create { object } }
    }
}

/// A change of parts of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Patch {
    /// Its language.
    pub kind: PatchKind,
    /// Its text.
    pub body: Json,
}

/// The languages of patches.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PatchKind {
    /// RFC 6902.
    Json,
    /// RFC 7386.
    Merge,
    /// Kubernetes' own, which knows the keys of lists.
    Strategic,
}

/// What happens to the objects that an object owns when it is deleted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Cascade {
    /// They go after it.
    #[default]
    Background,
    /// They go before it.
    Foreground,
    /// They stay.
    Orphan,
}

impl Cascade {
    /// `Background`, as the server reads it.
    #[must_use]
    pub fn policy(self) -> &'static str {
        match self {
            Self::Background => "Background",
            Self::Foreground => "Foreground",
            Self::Orphan => "Orphan",
        }
    }
}

impl Write {
    /// The object that is written.
    #[must_use]
    pub fn id(&self) -> ObjectId {
        match self {
            Self::Apply { object, .. } | Self::Create { object } | Self::Replace { object } => ObjectId::of(object),
            Self::Patch { id, .. } => id.clone(),
        }
    }
}
