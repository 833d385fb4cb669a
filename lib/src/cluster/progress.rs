//! How far a wait has come: told to whoever looks on while it goes on.

use super::ObjectId;
use super::readiness::{Goal, State};
use std::sync::Arc;
use std::time::Duration;

/// Is told how a wait stands, now and then, and that it is over: `None`.
pub type OnProgress = Arc<dyn Fn(Option<&Progress>) + Send + Sync>;

/// How a wait stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Progress {
    /// What the objects are to become.
    pub goal: Goal,
    /// How long it has gone on.
    pub elapsed: Duration,
    /// How long it may go on; zero: without a limit.
    pub timeout: Duration,
    /// What is waited for.
    pub rows: Vec<Row>,
}

/// One object that is waited for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Row {
    /// The object.
    pub id: ObjectId,
    /// As it stands.
    pub state: State,
    /// It has become what it was to become.
    pub is_done: bool,
    /// Why it has not, as far as its pods, their logs and events tell.
    pub reasons: Vec<String>,
}
