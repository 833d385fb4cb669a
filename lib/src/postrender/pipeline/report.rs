//! What a run did, for people and for programs.

use serde_json::json;
use std::time::Duration;

/// What the stages did.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Report {
    /// In their order, as far as they were started.
    pub stages: Vec<StageReport>,
    /// What is odd about what they did.
    pub warnings: Vec<String>,
}

/// What one stage did.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct StageReport {
    /// What the user called it.
    pub name: String,
    /// `ok`, or how it ended.
    pub status: String,
    /// From its start to its end.
    pub time: Duration,
    /// How many documents it read and wrote; unknown when the run failed.
    pub documents: Option<(usize, usize)>,
    /// Documents of which it changed something.
    pub changed: usize,
    /// Objects that were not there before.
    pub added: usize,
    /// Objects that are not there any more.
    pub lost: usize,
}

impl Report {
    /// A table, one line for each stage.
    #[must_use]
    pub fn text(&self) -> String {
        let mut rows = vec![["STAGE", "TIME", "IN", "OUT", "CHANGED", "ADDED", "LOST", "STATUS"].map(ToOwned::to_owned)];
        rows.extend(self.stages.iter().map(row));
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let widths: Vec<usize> = (0..8).map(width).collect();
        let line = |row: &[String; 8]| {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
            format!("{}\n", cells.join("  ").trim_end())
        };
        rows.iter().map(line).collect()
    }

    /// A JSON object.
    #[must_use]
    pub fn json(&self) -> String {
        let stage = |stage: &StageReport| {
            json!({
                "name": stage.name,
                "status": stage.status,
                "milliseconds": milliseconds(stage.time),
                "documentsIn": stage.documents.map(|(input, _)| input),
                "documentsOut": stage.documents.map(|(_, output)| output),
                "changed": stage.documents.map(|_| stage.changed),
                "added": stage.documents.map(|_| stage.added),
                "lost": stage.documents.map(|_| stage.lost),
            })
        };
        let stages: Vec<_> = self.stages.iter().map(stage).collect();
        format!("{}\n", json!({"stages": stages, "warnings": self.warnings}))
    }
}

fn row(stage: &StageReport) -> [String; 8] {
    let count = |count: usize| if stage.documents.is_some() { count.to_string() } else { "-".to_owned() };
    let (input, output) = stage.documents.unwrap_or_default();
    [
        stage.name.clone(),
        format!("{}ms", milliseconds(stage.time)),
        count(input),
        count(output),
        count(stage.changed),
        count(stage.added),
        count(stage.lost),
        stage.status.clone(),
    ]
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_and_objects() {
        let done = StageReport {
            name: "add labels".into(),
            status: "ok".into(),
            time: Duration::from_millis(12),
            documents: Some((10, 11)),
            changed: 9,
            added: 1,
            lost: 0,
        };
        let failed = StageReport { name: "x".into(), status: "exit status 3".into(), ..StageReport::default() };
        let report = Report { stages: vec![done, failed], warnings: vec!["odd".into()] };
        let expected = "\
STAGE       TIME  IN  OUT  CHANGED  ADDED  LOST  STATUS
add labels  12ms  10  11   9        1      0     ok
x           0ms   -   -    -        -      -     exit status 3
";
        assert_eq!(report.text(), expected);
        let expected = r#"{"stages":[{"added":1,"changed":9,"documentsIn":10,"documentsOut":11,"lost":0,"milliseconds":12,"name":"add labels","status":"ok"},{"added":null,"changed":null,"documentsIn":null,"documentsOut":null,"lost":null,"milliseconds":0,"name":"x","status":"exit status 3"}],"warnings":["odd"]}"#;
        assert_eq!(report.json(), format!("{expected}\n"));
    }
}
