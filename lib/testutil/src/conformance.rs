//! What every release store must do, whatever it is made of.

use rhelm_lib::release::Status;
use rhelm_lib::store::labels::{self, Labels};
use rhelm_lib::store::{Companion, Driver, Head, Query, Record, RecordId, StoreError};
use std::future::Future;
use std::pin::pin;
use std::task::Poll;

/// Puts a driver through everything. `namespaces` are two that exist and hold no records.
///
/// # Panics
/// At the first thing that is not as it must be.
pub async fn driver_conformance(driver: &dyn Driver, namespaces: [&str; 2]) {
    let [first, second] = namespaces;
    a_record_comes_back_as_it_was(driver, first).await;
    a_taken_id_is_refused(driver, first).await;
    replacing_tells_what_happened(driver, first).await;
    deleting_leaves_nothing(driver, first).await;
    heads_are_those_asked_for(driver, first, second).await;
    reading_keeps_the_order(driver, first, second).await;
    of_two_writers_one_wins(driver, first).await;
    what_is_no_payload_is_kept_as_it_is(driver, first).await;
    a_large_body_fits(driver, first).await;
    companions_belong_to_their_records(driver, first).await;
    assert_eq!(ids(driver, first, None).await, Vec::<String>::new(), "something was left behind");
}

/// A record with the labels of its kind.
#[must_use]
pub fn record(namespace: &str, name: &str, revision: u32, body: &str) -> Record {
    let mut labels = Labels::from(labels::system(name, Status::Deployed, revision));
    labels.insert(labels::CREATED_AT.to_owned(), "1700000000".to_owned());
    let id = RecordId::new(namespace, name, revision);
    Record { head: Head { id, labels, version: String::new() }, body: body.as_bytes().to_vec() }
}

async fn companions_belong_to_their_records(driver: &dyn Driver, namespace: &str) {
    let companion = |name: &str, revision, content: &str| Companion {
        id: RecordId::new(namespace, name, revision),
        content: content.to_owned(),
    };
    if !driver.keeps_companions() {
        driver.write_companion(&companion("web", 1, "{}")).await.expect_err("nothing is kept");
        return;
    }
    assert_eq!(driver.companions(namespace, "web").await, Ok(Vec::new()));
    assert_eq!(driver.write_companion(&companion("web", 1, "{}")).await, Err(StoreError::NotFound));
    for (name, revision) in [("web", 1), ("web", 2), ("web.v1", 1)] {
        create(driver, &record(namespace, name, revision, "body")).await;
    }
    for (name, revision, content) in [("web", 1, "{}"), ("web", 2, "[1]"), ("web.v1", 1, "[2]"), ("web", 1, "[\"\u{fc}\"]")]
    {
        driver.write_companion(&companion(name, revision, content)).await.expect("written");
    }
    assert_eq!(ids(driver, namespace, Some("web")).await.len(), 2, "they are no records");
    let mut kept = driver.companions(namespace, "web").await.expect("companions");
    kept.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(kept, [companion("web", 1, "[\"\u{fc}\"]"), companion("web", 2, "[1]")]);
    let ids = [("web", 2), ("web.v1", 1), ("gone", 1)].map(|(name, revision)| RecordId::new(namespace, name, revision));
    let mut kept = driver.companions_of(&ids).await.expect("companions");
    kept.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(kept, [companion("web.v1", 1, "[2]"), companion("web", 2, "[1]")]);
    assert_eq!(driver.companions_of(&[]).await, Ok(Vec::new()));
    for (name, revision) in [("web", 1), ("web", 2), ("web.v1", 1)] {
        driver.delete(&RecordId::new(namespace, name, revision)).await.expect("deleted");
    }
}

async fn a_record_comes_back_as_it_was(driver: &dyn Driver, namespace: &str) {
    let mut record = record(namespace, "my.v2app", 12, "H4sIAAAA+/=");
    for (name, value) in
        [("team", "a"), ("example.com/Part_of", ""), ("long", &"x".repeat(63)), ("modifiedAt", "1700000001")]
    {
        record.head.labels.insert(name.to_owned(), value.to_owned());
    }
    let version = create(driver, &record).await;
    let found = one(driver, &record.head.id).await.expect("the record");
    assert_eq!(found.body, record.body);
    assert_eq!(found.head.labels, record.head.labels);
    assert_eq!(found.head.id, record.head.id);
    assert_eq!(found.head.version, version, "the version is that of the write");
    assert_eq!(heads(driver, namespace, Some("my.v2app")).await, [found.head]);
    driver.delete(&record.head.id).await.expect("deleted");
}

async fn a_taken_id_is_refused(driver: &dyn Driver, namespace: &str) {
    let record = record(namespace, "web", 1, "one");
    create(driver, &record).await;
    let mut other = record.clone();
    other.body = b"two".to_vec();
    other.head.labels.insert("team".into(), "b".into());
    assert_eq!(driver.create(&other).await, Err(StoreError::Exists));
    let found = one(driver, &record.head.id).await.expect("the record");
    assert_eq!((found.body, found.head.labels), (record.body, record.head.labels));
    driver.delete(&record.head.id).await.expect("deleted");
}

async fn replacing_tells_what_happened(driver: &dyn Driver, namespace: &str) {
    let mut record = record(namespace, "web", 1, "one");
    assert_eq!(driver.replace(&record).await, Err(StoreError::NotFound));
    record.head.labels.insert("team".into(), "a".into());
    let first = create(driver, &record).await;
    record.head.labels.insert("status".into(), "superseded".into());
    record.head.labels.remove("team");
    record.head.labels.insert("part".into(), "b".into());
    record.head.version = first.clone();
    record.body = b"two".to_vec();
    let second = driver.replace(&record).await.expect("replaced");
    assert_ne!(first, second, "a write changes the version");
    let stale = driver.replace(&record).await;
    assert!(matches!(stale, Err(StoreError::Conflict(_))), "{stale:?}");
    let found = one(driver, &record.head.id).await.expect("the record");
    assert_eq!((&found.body, &found.head.labels, &found.head.version), (&record.body, &record.head.labels, &second));
    record.head.version.clear();
    record.body = b"three".to_vec();
    driver.replace(&record).await.expect("replaced whatever was there");
    assert_eq!(one(driver, &record.head.id).await.expect("the record").body, b"three");
    driver.delete(&record.head.id).await.expect("deleted");
}

async fn deleting_leaves_nothing(driver: &dyn Driver, namespace: &str) {
    let mut labelled = record(namespace, "web", 1, "one");
    labelled.head.labels.insert("team".into(), "a".into());
    create(driver, &labelled).await;
    driver.delete(&labelled.head.id).await.expect("deleted");
    assert_eq!(driver.delete(&labelled.head.id).await, Err(StoreError::NotFound));
    assert_eq!(one(driver, &labelled.head.id).await, Err(StoreError::NotFound));
    let plain = record(namespace, "web", 1, "two");
    create(driver, &plain).await;
    assert_eq!(one(driver, &plain.head.id).await.expect("the record").head.labels, plain.head.labels);
    driver.delete(&plain.head.id).await.expect("deleted");
}

async fn heads_are_those_asked_for(driver: &dyn Driver, first: &str, second: &str) {
    let records = [
        record(first, "web", 1, "a"),
        record(first, "web", 10, "b"),
        record(first, "web2", 1, "c"),
        record(second, "web", 2, "d"),
    ];
    for record in &records {
        create(driver, record).await;
    }
    let key = |name: &str, revision| RecordId::new("", name, revision).key;
    assert_eq!(ids(driver, first, Some("web")).await, [key("web", 1), key("web", 10)]);
    assert_eq!(ids(driver, first, None).await, [key("web", 1), key("web", 10), key("web2", 1)]);
    assert_eq!(ids(driver, second, None).await, [key("web", 2)]);
    assert_eq!(ids(driver, first, Some("we")).await, Vec::<String>::new());
    let newest = Query { namespace: first.to_owned(), newest: true, ..Query::default() };
    let newest: Vec<_> = driver.heads(&newest).await.expect("an answer").into_iter().map(|head| head.id.key).collect();
    assert!(newest.contains(&key("web", 10)) && newest.contains(&key("web2", 1)), "the newest are among {newest:?}");
    let everywhere = heads(driver, "", Some("web")).await;
    for namespace in [first, second] {
        assert!(everywhere.iter().any(|head| head.id.namespace == namespace), "{namespace} is part of all namespaces");
    }
    for record in &records {
        driver.delete(&record.head.id).await.expect("deleted");
    }
}

async fn reading_keeps_the_order(driver: &dyn Driver, first: &str, second: &str) {
    assert_eq!(driver.read(&[]).await.expect("nothing asked for"), []);
    let there = [(first, 1), (first, 2), (first, 3), (second, 1), (second, 2)];
    for (namespace, revision) in there {
        create(driver, &record(namespace, "web", revision, &format!("{namespace} {revision}"))).await;
    }
    let asked = [(first, 3), (first, 9), (second, 1), (first, 2), (second, 3), (first, 3)];
    let ids = asked.map(|(namespace, revision)| RecordId::new(namespace, "web", revision));
    let found = driver.read(&ids).await.expect("an answer");
    let bodies: Vec<_> = found.into_iter().map(|record| record.map(|record| record.body)).collect();
    let expected = asked.map(|(namespace, revision)| match there.contains(&(namespace, revision)) {
        true => Ok(format!("{namespace} {revision}").into_bytes()),
        false => Err(StoreError::NotFound),
    });
    assert_eq!(bodies, expected);
    for (namespace, revision) in there {
        driver.delete(&RecordId::new(namespace, "web", revision)).await.expect("deleted");
    }
}

async fn of_two_writers_one_wins(driver: &dyn Driver, namespace: &str) {
    for round in 0..5 {
        let [mut one_way, mut other_way] = ["one", "two"].map(|body| record(namespace, "race", round, body));
        let results = both(driver.create(&one_way), driver.create(&other_way)).await;
        let winner = match results {
            (Ok(version), Err(StoreError::Exists)) | (Err(StoreError::Exists), Ok(version)) => version,
            both => panic!("exactly one may create the record: {both:?}"),
        };
        (one_way.head.version, other_way.head.version) = (winner.clone(), winner);
        (one_way.body, other_way.body) = (b"three".to_vec(), b"four".to_vec());
        let results = both(driver.replace(&one_way), driver.replace(&other_way)).await;
        let body = one(driver, &one_way.head.id).await.expect("the record").body;
        match results {
            (Ok(_), Err(StoreError::Conflict(_))) => assert_eq!(body, b"three"),
            (Err(StoreError::Conflict(_)), Ok(_)) => assert_eq!(body, b"four"),
            both => panic!("exactly one may replace the record: {both:?}"),
        }
        driver.delete(&one_way.head.id).await.expect("deleted");
    }
}

async fn what_is_no_payload_is_kept_as_it_is(driver: &dyn Driver, namespace: &str) {
    let good = record(namespace, "web", 1, "good");
    let odd = record(namespace, "web", 2, "\u{fffd} is no base64 <&>\n");
    for record in [&good, &odd] {
        create(driver, record).await;
    }
    assert_eq!(ids(driver, namespace, None).await.len(), 2);
    assert_eq!(one(driver, &odd.head.id).await.expect("the record").body, odd.body);
    for record in [good, odd] {
        driver.delete(&record.head.id).await.expect("deleted");
    }
}

async fn a_large_body_fits(driver: &dyn Driver, namespace: &str) {
    // The last are beyond what one object of Kubernetes holds.
    for (times, again) in [(60_000, 60_000), (65_536, 65_537), (200_000, 210_000), (130_000, 5)] {
        let mut record = record(namespace, "large", 1, &"0123456789abcde\u{2f}".repeat(times));
        record.head.labels.insert("team".into(), "a".into());
        record.head.version = create(driver, &record).await;
        assert_eq!(driver.create(&record).await, Err(StoreError::Exists));
        assert!(one(driver, &record.head.id).await.expect("the record") == record, "the record of {times} is the same");
        assert_eq!(heads(driver, namespace, Some("large")).await, [record.head.clone()]);
        record.body = "fedcba9876543210".repeat(again).into_bytes();
        let mut stale = record.clone();
        record.head.version = driver.replace(&record).await.expect("replaced");
        stale.body = "x".repeat(times * 16).into_bytes();
        let refused = driver.replace(&stale).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        assert!(one(driver, &record.head.id).await.expect("the record") == record, "the record of {again} is the same");
        driver.delete(&record.head.id).await.expect("deleted");
        assert_eq!(driver.strays(namespace).await, Ok(Vec::new()));
    }
}

async fn create(driver: &dyn Driver, record: &Record) -> String {
    driver.create(record).await.expect("created")
}

async fn one(driver: &dyn Driver, id: &RecordId) -> Result<Record, StoreError> {
    driver.read(std::slice::from_ref(id)).await.expect("an answer").pop().expect("one answer for one id")
}

async fn heads(driver: &dyn Driver, namespace: &str, name: Option<&str>) -> Vec<Head> {
    let query = Query { namespace: namespace.to_owned(), name: name.map(ToOwned::to_owned), ..Query::default() };
    driver.heads(&query).await.expect("an answer")
}

async fn ids(driver: &dyn Driver, namespace: &str, name: Option<&str>) -> Vec<String> {
    let mut keys: Vec<_> = heads(driver, namespace, name).await.into_iter().map(|head| head.id.key).collect();
    keys.sort();
    keys
}

/// Drives two futures at the same time.
async fn both<A, B>(first: impl Future<Output = A>, second: impl Future<Output = B>) -> (A, B) {
    let (mut first, mut second) = (pin!(first), pin!(second));
    let (mut one, mut two) = (None, None);
    std::future::poll_fn(move |context| {
        if one.is_none() {
            one = ready(first.as_mut().poll(context));
        }
        if two.is_none() {
            two = ready(second.as_mut().poll(context));
        }
        match (one.take(), two.take()) {
            (Some(one), Some(two)) => Poll::Ready((one, two)),
            (left, right) => {
                (one, two) = (left, right);
                Poll::Pending
            }
        }
    })
    .await
}

fn ready<T>(poll: Poll<T>) -> Option<T> {
    match poll {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
