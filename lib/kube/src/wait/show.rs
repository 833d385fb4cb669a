//! Showing a wait to whoever looks on: how the objects stand, as soon as it changes, and why, every few seconds.

use super::reasons::reasons;
use crate::cluster::KubeCluster;
use rhelm_lib::cluster::readiness::{Goal, State};
use rhelm_lib::cluster::{ObjectId, OnProgress, Progress, Row};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, interval, sleep};

/// What is over sooner is not shown: nobody could read it.
const FIRST: Duration = Duration::from_millis(300);
/// The time that has gone by is shown anew.
const TICK: Duration = Duration::from_secs(1);
/// Between two looks for reasons.
const LOOK: Duration = Duration::from_secs(2);
/// Of how many objects reasons are looked for at a time.
const AT_ONCE: usize = 5;

type States = Vec<(ObjectId, State, bool)>;

/// How the objects of a wait stand, from the one who judges them to the one who shows them.
#[derive(Default)]
pub(super) struct Seen {
    states: Option<Mutex<States>>,
    changed: Notify,
}

impl Seen {
    pub(super) fn of(objects: &[ObjectId]) -> Self {
        let unknown = objects.iter().map(|id| (id.clone(), State::default(), false)).collect();
        Self { states: Some(Mutex::new(unknown)), changed: Notify::new() }
    }

    /// Takes the states down, if somebody looks on.
    pub(super) fn set(&self, states: impl FnOnce() -> States) {
        let Some(mut known) = self.states() else { return };
        let states = states();
        if *known != states {
            *known = states;
            self.changed.notify_one();
        }
    }

    fn states(&self) -> Option<MutexGuard<'_, States>> {
        self.states.as_ref().map(|states| states.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn unfinished(&self) -> Vec<ObjectId> {
        let states = self.states().into_iter().flat_map(|states| states.clone());
        states.filter(|(.., is_done)| !is_done).map(|(id, ..)| id).collect()
    }
}

/// Says that the wait is over, however it ends.
struct Until<'a>(&'a OnProgress);

impl Drop for Until<'_> {
    fn drop(&mut self) {
        (self.0)(None);
    }
}

/// Shows a wait until it is dropped.
pub(super) async fn show(
    cluster: &KubeCluster,
    seen: &Seen,
    goal: Goal,
    timeout: Duration,
    on_progress: &OnProgress,
) -> Infallible {
    let start = Instant::now();
    let _until = Until(on_progress);
    let found: Mutex<BTreeMap<ObjectId, Vec<String>>> = Mutex::default();
    sleep(FIRST).await;
    let tell = async {
        let mut ticks = interval(TICK);
        loop {
            tokio::select! { _ = ticks.tick() => {}, () = seen.changed.notified() => {} }
            let found = found.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let row = |(id, state, is_done): (ObjectId, State, bool)| {
                let reasons = if is_done { None } else { found.get(&id) };
                Row { reasons: reasons.cloned().unwrap_or_default(), id, state, is_done }
            };
            let rows = seen.states().map(|states| states.clone()).unwrap_or_default();
            let rows = rows.into_iter().map(row).collect();
            on_progress(Some(&Progress { goal, elapsed: start.elapsed(), timeout, rows }));
        }
    };
    let look = async {
        loop {
            for id in seen.unfinished().into_iter().take(AT_ONCE) {
                let why = reasons(cluster, &id).await;
                let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                if found.insert(id, why.clone()) != Some(why) {
                    seen.changed.notify_one();
                }
            }
            sleep(LOOK).await;
        }
    };
    tokio::select! { never = tell => never, never = look => never }
}
