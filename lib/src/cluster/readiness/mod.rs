//! Judging objects: an object and a goal in, its state out. The watching loops that use this are elsewhere.
//!
//! Two sets of rules: [`kstatus`] is what Helm's watcher goes by, [`legacy`] what Helm 3 did. Where Helm calls a failed pod
//! ready, this does not.

mod fields;
pub mod kstatus;
pub mod legacy;

use crate::manifest::ObjectId;
use std::fmt::{Display, Formatter};

/// What each object must have become.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Goal {
    /// Ready to be used.
    Ready {
        /// Jobs must have completed; else it is enough that they run.
        jobs: bool,
        /// By the rules of Helm 3.
        legacy: bool,
    },
    /// Finished, as hooks are: Jobs and Pods have succeeded, other kinds are there.
    Finished {
        /// With the messages of Helm 3.
        legacy: bool,
    },
    /// No longer there.
    Gone {
        /// By asking again and again.
        legacy: bool,
    },
}

impl Goal {
    /// Whether Helm 3's rules hold.
    #[must_use]
    pub fn is_legacy(self) -> bool {
        let (Self::Ready { legacy, .. } | Self::Finished { legacy } | Self::Gone { legacy }) = self;
        legacy
    }
}

/// How an object stands.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct State {
    /// In a word.
    pub status: Status,
    /// In a sentence.
    pub message: String,
}

impl State {
    /// A state with its message.
    #[must_use]
    pub fn new(status: Status, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// What an object is that has been deleted.
    #[must_use]
    pub fn deleted() -> Self {
        Self::new(Status::NotFound, "Resource not found")
    }
}

/// The words of kstatus.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(missing_docs, reason = "the names are those of kstatus")]
pub enum Status {
    #[default]
    Unknown,
    InProgress,
    Current,
    Failed,
    Terminating,
    NotFound,
}

impl Display for Status {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(self, f)
    }
}

/// Why a wait ended without its goal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Unready {
    /// Objects that are not what they should be.
    Objects {
        /// Each with what it is instead.
        objects: Vec<(ObjectId, State)>,
        /// They should be gone.
        gone: bool,
        /// Time is up; else all of them have failed for good.
        timed_out: Option<&'static str>,
    },
    /// A Job of a hook failed, in the words of Helm 3.
    JobFailed {
        /// The Job.
        name: String,
        /// `BackoffLimitExceeded`.
        reason: String,
    },
    /// A pod of a hook failed, in the words of Helm 3.
    PodFailed {
        /// The pod.
        name: String,
    },
    /// The cluster does not let us look.
    Refused(String),
}

/// What Go calls a deadline that has passed.
pub const DEADLINE: &str = "context deadline exceeded";

impl Display for Unready {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Objects { objects, gone, timed_out } => {
                let what = if *gone { "still exists" } else { "not ready" };
                let line = |(id, state): &(ObjectId, State)| {
                    let State { status, message } = state;
                    format!("resource {}/{}/{} {what}. status: {status}, message: {message}", id.kind, id.namespace, id.name)
                };
                let lines = objects.iter().map(line).chain(timed_out.map(str::to_owned));
                f.write_str(&lines.collect::<Vec<_>>().join("\n"))
            }
            Self::JobFailed { name, reason } => write!(f, "job {name} failed: {reason}"),
            Self::PodFailed { name } => write!(f, "pod {name} failed"),
            Self::Refused(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Unready {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_object_by_object() {
        let id = |name: &str| ObjectId {
            kind: "Deployment".into(),
            namespace: "w".into(),
            name: name.into(),
            ..ObjectId::default()
        };
        let objects = vec![
            (id("a"), State::new(Status::InProgress, "Available: 0/1")),
            (id("b"), State::new(Status::Failed, "Progress deadline exceeded")),
        ];
        let text = "resource Deployment/w/a not ready. status: InProgress, message: Available: 0/1\n\
                    resource Deployment/w/b not ready. status: Failed, message: Progress deadline exceeded\n\
                    context deadline exceeded";
        let unready = Unready::Objects { objects, gone: false, timed_out: Some(DEADLINE) };
        assert_eq!(unready.to_string(), text);
        let objects = vec![(id("a"), State::new(Status::Terminating, "Resource scheduled for deletion"))];
        let text = "resource Deployment/w/a still exists. status: Terminating, message: Resource scheduled for deletion";
        assert_eq!(Unready::Objects { objects, gone: true, timed_out: None }.to_string(), text);
    }
}
