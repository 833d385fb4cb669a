//! Releases in a store that is kept in memory: what is found, what is refused, what counts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rhelm_lib::release::{Release, Status};
use rhelm_lib::store::memory::MemoryDriver;
use rhelm_lib::store::{Head, Record, RecordId, Store, StoreError, labels};
use rhelm_testutil::conformance::driver_conformance;
use rhelm_testutil::world::at_once as now;

fn store() -> Store {
    Store::new(Box::new(MemoryDriver::default()), || 1_700_000_000)
}

fn release(name: &str, revision: u32, status: Status) -> Release {
    let mut release = Release { name: name.into(), namespace: "n".into(), revision, ..Release::default() };
    release.info.status = status;
    release
}

fn revisions(store: &Store, name: &str) -> Vec<u32> {
    now(store.heads("n", Some(name))).expect("an answer").iter().map(Head::revision).collect()
}

fn break_record(store: &Store, name: &str, revision: u32) {
    let labels = labels::system(name, Status::Deployed, revision).into();
    let head = Head { id: RecordId::new("n", name, revision), labels, version: String::new() };
    now(store.driver().create(&Record { head, body: b"!".to_vec() })).expect("created");
}

#[test]
fn memory_is_a_store() {
    now(driver_conformance(&MemoryDriver::default(), ["one", "two"]));
}

#[test]
fn what_a_record_holds_is_in_no_error() {
    let store = store();
    let bodies = [
        (r#"{"name":"web","version":"SECRET"}"#, "its JSON is not that of a release, at line 1 column 32"),
        (r#"{"name":"web","info":{"last_deployed":"SECRET"},"version":1}"#, "a time in it is none"),
        (r#"{"name":"web","config":SECRET}"#, "invalid character 'S' looking for beginning of value"),
    ];
    for (revision, (body, expected)) in (1..).zip(bodies) {
        let head = Head { id: RecordId::new("n", "web", revision), ..Head::default() };
        let body = STANDARD.encode(body).into_bytes();
        now(store.driver().create(&Record { head, body })).expect("created");
        let heads = now(store.heads("n", None)).map(|heads| heads.into_iter().filter(|head| head.revision() == revision));
        let summaries = now(store.summaries(&heads.expect("heads").collect::<Vec<_>>())).expect("an answer");
        let read = now(store.get("n", "web", revision));
        assert_eq!(read, Err(StoreError::Corrupt(expected.into())));
        assert!(summaries.iter().all(|entry| entry.content.as_ref().err() == read.as_ref().err()), "{summaries:?}");
    }
}

#[test]
fn a_release_comes_back_with_its_labels() {
    let store = store();
    let mut written = release("web", 1, Status::PendingInstall);
    written.labels.insert("team".into(), "a".into());
    now(store.create(&written)).expect("created");
    written.info.status = Status::Deployed;
    now(store.update(&written)).expect("updated");
    assert_eq!(now(store.get("n", "web", 1)), Ok(written.clone()));
    let system = labels::system("web", Status::Deployed, 1);
    written.labels.extend(system);
    written.labels.insert("modifiedAt".into(), "1700000000".into());
    assert_eq!(now(store.last("n", "web")), Ok(written.clone()));
    assert_eq!(now(store.deployed("n", "web")), Ok(written));
}

#[test]
fn a_broken_record_hides_no_other_and_counts() {
    let store = store();
    for revision in [9, 10] {
        now(store.create(&release("web", revision, Status::Deployed))).expect("created");
    }
    break_record(&store, "web", 11);
    let history = now(store.history("n", "web")).expect("an answer");
    assert_eq!(history.iter().map(|release| release.revision).collect::<Vec<_>>(), [9, 10]);
    assert_eq!(now(store.last("n", "web")).map(|release| release.revision), Ok(10));
    assert_eq!(now(store.next_revision("n", "web")), Ok(12));
    let heads = now(store.heads("n", Some("web"))).expect("an answer");
    let entries = now(store.summaries(&heads)).expect("an answer");
    let contents: Vec<_> = entries.into_iter().map(|entry| entry.content.map(|summary| summary.revision)).collect();
    let corrupt = StoreError::Corrupt("illegal base64 data at input byte 0".into());
    assert_eq!(contents, [Ok(9), Ok(10), Err(corrupt)]);
}

#[test]
fn a_release_without_readable_records() {
    let store = store();
    assert_eq!(now(store.last("n", "web")), Err(StoreError::NotFound));
    assert_eq!(now(store.next_revision("n", "web")), Ok(1));
    break_record(&store, "web", 1);
    assert_eq!(now(store.last("n", "web")), Err(StoreError::Corrupt("no revision for release \"web\"".into())));
}

#[test]
fn what_someone_else_wrote_is_not_overwritten() {
    let store = store();
    let mut ours = release("web", 1, Status::PendingInstall);
    now(store.create(&ours)).expect("created");
    let id = RecordId::new("n", "web", 1);
    let read = || now(store.driver().read(std::slice::from_ref(&id))).expect("an answer").remove(0).expect("a record");
    let mut theirs = read();
    theirs.head.labels.insert("team".into(), "a".into());
    now(store.driver().replace(&theirs)).expect("replaced");
    ours.info.status = Status::Deployed;
    now(store.update(&ours)).expect("only labels were changed");
    let mut theirs = read();
    theirs.body = b"other".to_vec();
    now(store.driver().replace(&theirs)).expect("replaced");
    let conflict = StoreError::Conflict("sh.helm.release.v1.web.v1 has been modified".into());
    assert_eq!(now(store.update(&ours)), Err(conflict));
    assert_eq!(read().body, b"other");
}

#[test]
fn the_oldest_go_first_and_the_deployed_one_stays() {
    let cases = [
        (3, &[1, 2, 3, 4, 5][..], Some(5), &[3, 4, 5][..]),
        (3, &[1, 2, 3, 4, 5], Some(1), &[1, 4, 5]),
        (1, &[1, 2], Some(1), &[1, 2]),
        (1, &[1, 2, 3], None, &[3]),
        (0, &[1, 2, 3], None, &[3]),
        (0, &[1, 2, 3], Some(1), &[1, 3]),
        (5, &[1, 2], None, &[1, 2]),
    ];
    for (keep, before, deployed, after) in cases {
        let store = store();
        for revision in before {
            let status = if Some(*revision) == deployed { Status::Deployed } else { Status::Failed };
            now(store.create(&release("web", *revision, status))).expect("created");
        }
        now(async {
            let heads = store.heads("n", Some("web")).await?;
            store.prune(&heads, keep).await
        })
        .expect("pruned");
        assert_eq!(revisions(&store, "web"), after, "keep {keep} of {before:?}, {deployed:?} deployed");
    }
}
