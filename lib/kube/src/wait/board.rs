//! What is known of the objects that are waited for.

use super::show::Seen;
use k8s_openapi::jiff::Timestamp;
use rhelm_lib::cluster::ObjectId;
use rhelm_lib::cluster::readiness::{DEADLINE, Goal, State, Status, Unready, kstatus, legacy};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::time::Duration;

/// The objects, each with its state.
pub(super) struct Board {
    goal: Goal,
    rows: Vec<Row>,
}

struct Row {
    id: ObjectId,
    state: State,
    /// As last seen.
    object: Option<Json>,
    /// It has been looked for.
    is_known: bool,
    /// Pods that it owns, where they matter, by name.
    pods: BTreeMap<String, Json>,
    ended: Option<Result<(), Unready>>,
}

impl Board {
    pub(super) fn new(objects: Vec<ObjectId>, goal: Goal) -> Self {
        let row =
            |id| Row { id, state: State::default(), object: None, is_known: false, pods: BTreeMap::new(), ended: None };
        Self { goal, rows: objects.into_iter().map(row).collect() }
    }

    pub(super) fn id(&self, row: usize) -> &ObjectId {
        &self.rows[row].id
    }

    /// The object as it is now, or that it is not there.
    pub(super) fn see(&mut self, row: usize, object: Option<Json>) {
        let goal = self.goal;
        let row = &mut self.rows[row];
        // What was never there is not called deleted.
        let was_there = row.object.is_some() || row.state.status == Status::NotFound;
        row.object = object;
        row.is_known = true;
        row.judge(goal, was_there);
    }

    pub(super) fn see_pod(&mut self, row: usize, name: String, pod: Option<Json>) {
        let goal = self.goal;
        let row = &mut self.rows[row];
        match pod {
            Some(pod) => row.pods.insert(name, pod),
            None => row.pods.remove(&name),
        };
        row.judge(goal, row.object.is_some());
    }

    /// Judges once more those whose state changes with time.
    pub(super) fn judge_again(&mut self) {
        let goal = self.goal;
        self.rows.iter_mut().for_each(|row| row.judge(goal, row.object.is_some()));
    }

    /// Until a pod is judged otherwise though nothing has happened to it.
    pub(super) fn next_judgement(&self) -> Option<Duration> {
        let pods = self.rows.iter().flat_map(|row| row.pods.values().chain(row.object.as_ref()));
        let times = [kstatus::SETTLING, kstatus::SCHEDULING_GRACE];
        let pods = pods.filter(|pod| pod["kind"] == "Pod");
        let left = pods.flat_map(|pod| times.map(|time| time.saturating_sub(age(pod))));
        left.filter(|left| !left.is_zero()).min()
    }

    /// Objects that fail when pods of theirs fail, as long as they are not done.
    pub(super) fn owners(&self) -> impl Iterator<Item = (usize, &Json)> {
        let owns = |row: &Row| matches!((row.id.group(), row.id.kind.as_str()), ("apps", "StatefulSet" | "ReplicaSet"));
        let unfinished = move |row: &Row| owns(row) && row.state.status == Status::InProgress;
        let rows = self.rows.iter().enumerate().filter(move |(_, row)| unfinished(row));
        rows.filter_map(|(at, row)| Some((at, row.object.as_ref()?)))
    }

    /// Tells whoever looks on how the objects stand.
    pub(super) fn show(&self, seen: &Seen) {
        seen.set(|| self.rows.iter().map(|row| (row.id.clone(), row.state.clone(), row.is_reached(self.goal))).collect());
    }

    pub(super) fn is_decided(&self) -> bool {
        self.rows.iter().all(|row| row.is_known && row.is_decided(self.goal))
    }

    /// What to say when there is no more waiting.
    pub(super) fn result(self, timed_out: bool) -> Result<(), Unready> {
        let goal = self.goal;
        if let Some(Err(error)) = self.rows.iter().find_map(|row| row.ended.clone().filter(Result::is_err)) {
            return Err(error);
        }
        let missing = self.rows.into_iter().filter(|row| !row.is_reached(goal)).map(|row| (row.id, row.state));
        let objects: Vec<_> = missing.collect();
        if objects.is_empty() {
            return Ok(());
        }
        let deadline = match goal {
            Goal::Finished { legacy: true } => "timed out waiting for the condition",
            _ => DEADLINE,
        };
        let gone = matches!(goal, Goal::Gone { .. });
        Err(Unready::Objects { objects, gone, timed_out: timed_out.then_some(deadline) })
    }
}

impl Row {
    fn judge(&mut self, goal: Goal, was_there: bool) {
        let Some(object) = &self.object else {
            self.state = if was_there { State::deleted() } else { State::default() };
            // A hook that is deleted while it runs is over.
            if was_there && goal == (Goal::Finished { legacy: true }) {
                self.ended = Some(Ok(()));
            }
            return;
        };
        if goal == (Goal::Finished { legacy: true }) {
            self.ended = legacy::finished(object);
        }
        let pods: Vec<_> = self.pods.values().map(|pod| (pod.clone(), age(pod))).collect();
        self.state = kstatus::with_pods(kstatus::judge(object, goal, age(object)), &pods);
    }

    fn is_reached(&self, goal: Goal) -> bool {
        match goal {
            Goal::Gone { .. } => self.is_known && matches!(self.state.status, Status::NotFound | Status::Unknown),
            Goal::Finished { legacy: true } => matches!(self.ended, Some(Ok(()))),
            _ => self.state.status == Status::Current,
        }
    }

    fn is_decided(&self, goal: Goal) -> bool {
        let has_failed = self.state.status == Status::Failed && !matches!(goal, Goal::Gone { .. });
        self.is_reached(goal) || has_failed || self.ended.is_some()
    }
}

/// The time since an object was created.
fn age(object: &Json) -> Duration {
    let created = object.pointer("/metadata/creationTimestamp").and_then(Json::as_str).and_then(|text| text.parse().ok());
    let created: Timestamp = created.unwrap_or_else(Timestamp::now);
    Duration::try_from(Timestamp::now().duration_since(created)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn id(kind: &str) -> ObjectId {
        ObjectId { api_version: "v1".into(), kind: kind.into(), namespace: "w".into(), name: "x".into() }
    }

    #[test]
    fn failed_objects_are_decided_but_others_are_waited_for() {
        let goal = Goal::Ready { jobs: false, legacy: false };
        let mut board = Board::new(vec![id("Pod"), id("PersistentVolumeClaim")], goal);
        let pod = json!({"apiVersion": "v1", "kind": "Pod", "status": {"phase": "Failed"}});
        board.see(0, Some(pod));
        board.see(1, Some(json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "status": {"phase": "Pending"}})));
        assert!(!board.is_decided());
        let text = "resource Pod/w/x not ready. status: Failed, message: Pod has completed, but not successfully\n\
                    resource PersistentVolumeClaim/w/x not ready. status: InProgress, message: PVC is not Bound. phase: Pending\n\
                    context deadline exceeded";
        assert_eq!(board.result(true).expect_err("not ready").to_string(), text);
    }

    #[test]
    fn what_was_never_there_is_gone() {
        let mut board = Board::new(vec![id("ConfigMap")], Goal::Gone { legacy: false });
        assert!(!board.is_decided());
        board.see(0, None);
        assert!(board.is_decided());
        assert_eq!(board.result(false), Ok(()));
    }

    #[test]
    fn what_goes_while_it_is_waited_for_is_not_ready() {
        let mut board = Board::new(vec![id("ConfigMap")], Goal::Ready { jobs: false, legacy: false });
        board.see(0, Some(json!({"apiVersion": "v1", "kind": "Gadget", "status": {"conditions": [{"type": "Ready", "status": "False"}]}})));
        board.see(0, None);
        let text =
            "resource ConfigMap/w/x not ready. status: NotFound, message: Resource not found\ncontext deadline exceeded";
        assert_eq!(board.result(true).expect_err("gone").to_string(), text);
    }

    #[test]
    fn hooks_by_helm_3s_rules_end_in_its_words() {
        let goal = Goal::Finished { legacy: true };
        let pod = |phase: &str| {
            Some(json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "status": {"phase": phase}}))
        };
        let mut board = Board::new(vec![id("Pod")], goal);
        board.see(0, pod("Running"));
        assert!(!board.is_decided());
        board.see(0, pod("Failed"));
        assert!(board.is_decided());
        assert_eq!(board.result(false).expect_err("a failure").to_string(), "pod x failed");
    }
}
