//! The labels of records: Helm's own, by which records are found, and the user's.

use crate::release::{Release, Status};
use std::collections::BTreeMap;

/// Labels by name.
pub type Labels = BTreeMap<String, String>;

/// The names that are Helm's own.
pub const SYSTEM: [&str; 6] = ["name", "owner", "status", "version", "createdAt", "modifiedAt"];

/// Set when a record is created, in seconds since 1970.
pub const CREATED_AT: &str = "createdAt";

/// Set when a record is replaced, in seconds since 1970.
pub const MODIFIED_AT: &str = "modifiedAt";

/// The labels of a record that is written now; `time_label` is [`CREATED_AT`] or [`MODIFIED_AT`].
///
/// Labels of the release win over the time: those that were read with a revision keep the time of that revision, as in Helm.
#[must_use]
pub fn of_record(release: &Release, time_label: &str, seconds: i64) -> Labels {
    let mut labels = Labels::from([(time_label.to_owned(), seconds.to_string())]);
    labels.extend(release.labels.clone());
    labels.extend(system(&release.name, release.info.status, release.revision));
    labels
}

/// The labels by which a record is found.
#[must_use]
pub fn system(name: &str, status: Status, revision: u32) -> [(String, String); 4] {
    [
        ("name".to_owned(), name.to_owned()),
        ("owner".to_owned(), "helm".to_owned()),
        ("status".to_owned(), status.name().to_owned()),
        ("version".to_owned(), revision.to_string()),
    ]
}

/// Those that are the user's.
#[must_use]
pub fn of_user(labels: &Labels) -> Labels {
    labels.iter().filter(|(name, _)| !is_system(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Whether the name is Helm's own.
#[must_use]
pub fn is_system(name: &str) -> bool {
    SYSTEM.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn helms_labels_win_except_over_the_time() {
        let mut release = Release { name: "web".into(), revision: 3, ..Release::default() };
        release.info.status = Status::PendingUpgrade;
        for (name, value) in [("team", "a"), ("name", "forged"), ("modifiedAt", "7")] {
            release.labels.insert(name.into(), value.into());
        }
        let expected = [
            ("modifiedAt", "7"),
            ("name", "web"),
            ("owner", "helm"),
            ("status", "pending-upgrade"),
            ("team", "a"),
            ("version", "3"),
        ];
        let expected: Labels = expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let labels = of_record(&release, MODIFIED_AT, 99);
        assert_eq!(labels, expected);
        assert_eq!(of_record(&release, CREATED_AT, 99)["createdAt"], "99");
        assert_eq!(of_user(&labels), Labels::from([("team".to_owned(), "a".to_owned())]));
    }
}
