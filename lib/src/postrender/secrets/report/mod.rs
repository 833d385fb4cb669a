//! Reports of findings, for people and for other programs.

mod sarif;

pub use sarif::sarif;

use super::Finding;

/// One line for each finding, and one with their number. Empty when there are none.
#[must_use]
pub fn text(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let source = if finding.source.is_empty() { String::new() } else { format!(" ({})", finding.source) };
        let path = if finding.path.is_empty() { String::new() } else { format!(" {}", finding.path) };
        format!(
            "{:<8} {}: {}{path}{source}, line {}: {}: {}\n",
            finding.severity,
            finding.rule,
            finding.object(),
            finding.line,
            finding.description,
            finding.excerpt
        )
    };
    let lines: String = findings.iter().map(line).collect();
    match findings.len() {
        0 => String::new(),
        1 => format!("{lines}1 finding\n"),
        count => format!("{lines}{count} findings\n"),
    }
}

/// A JSON list of the findings.
#[must_use]
pub fn json(findings: &[Finding]) -> String {
    // Findings are texts and numbers, which JSON can always hold.
    serde_json::to_string_pretty(findings).unwrap_or_default() + "\n"
}
