//! SARIF 2.1.0, the format that code hosts show findings from.

use super::super::{Finding, Severity};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A SARIF log of the findings. A finding's file is its template, where the stream says it, and otherwise standard input.
#[must_use]
pub fn sarif(findings: &[Finding]) -> String {
    let by_rule: BTreeMap<&str, &Finding> = findings.iter().map(|finding| (finding.rule.as_str(), finding)).collect();
    let rules: Vec<Value> = by_rule.values().map(|finding| rule(finding)).collect();
    let results: Vec<Value> = findings.iter().map(result).collect();
    let driver = json!({"name": "rhelm-scan-secrets", "version": env!("CARGO_PKG_VERSION"), "rules": rules});
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    });
    // Findings are texts and numbers, which JSON can always hold.
    serde_json::to_string_pretty(&log).unwrap_or_default() + "\n"
}

fn rule(finding: &Finding) -> Value {
    json!({
        "id": finding.rule,
        "shortDescription": {"text": finding.description},
        "defaultConfiguration": {"level": level(finding.severity)},
        "properties": {"security-severity": score(finding.severity)},
    })
}

fn result(finding: &Finding) -> Value {
    let uri = if finding.source.is_empty() { "stdin" } else { &finding.source };
    let name = format!("{} {}", finding.object(), finding.path);
    json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": {"text": format!("{}: {} {}: {}", finding.description, finding.object(), finding.path, finding.excerpt)},
        "locations": [{
            "physicalLocation": {"artifactLocation": {"uri": uri}},
            "logicalLocations": [{"fullyQualifiedName": name.trim_end(), "kind": "member"}],
        }],
        "partialFingerprints": {"rhelm/v1": finding.fingerprint},
        "properties": {"streamLine": finding.line},
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "note",
        Severity::Medium => "warning",
        Severity::High | Severity::Critical => "error",
    }
}

fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "3.0",
        Severity::Medium => "5.0",
        Severity::High => "8.0",
        Severity::Critical => "9.5",
    }
}
