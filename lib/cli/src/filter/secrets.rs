//! The command line of `rhelm-scan-secrets`.

use super::{Program, SelectionArgs, read_file};
use crate::Failure;
use clap::{ArgMatches, Args, Command, FromArgMatches, ValueEnum};
use rhelm_lib::postrender::secrets::{
    Allow, BY_NAME, Baseline, Config, Finding, Scanner, Secrets, Severity, built_in, report,
};
use rhelm_lib::postrender::{FilterError, PostRenderer};
use std::io::{Read, Write};

/// `rhelm-scan-secrets`.
#[derive(Args, Clone, Debug)]
pub struct ScanSecrets {
    /// The least severity that makes the filter fail
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = Limit::Medium)]
    fail_on: Limit,
    /// The least severity that is reported
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = Limit::Low)]
    min_severity: Limit,
    /// Form of the report
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Format::Text)]
    format: Format,
    /// File for the report, instead of standard error
    #[arg(long, value_name = "FILE")]
    report: Option<String>,
    /// YAML file with further rules and with exceptions (repeatable)
    #[arg(long, value_name = "FILE")]
    config: Vec<String>,
    /// Rule that is not used (repeatable)
    #[arg(long, value_name = "RULE")]
    disable_rule: Vec<String>,
    /// Findings at this path of their object are left out; `*` stands for any text: `spec.*.env[*].value` (repeatable)
    #[arg(long, value_name = "PATH")]
    allow_path: Vec<String>,
    /// Findings of this file are left out
    #[arg(long, value_name = "FILE")]
    baseline: Option<String>,
    /// File for a baseline of everything that is found; nothing is reported, and the filter does not fail
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<String>,
    /// Print the rules, and do nothing else
    #[arg(long)]
    list_rules: bool,
    #[command(flatten)]
    selection: SelectionArgs,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Limit {
    Low,
    Medium,
    High,
    Critical,
    /// None at all
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// One line for each finding
    Text,
    /// A list of objects
    Json,
    /// SARIF 2.1.0
    Sarif,
}

impl Limit {
    fn includes(self, severity: Severity) -> bool {
        match self {
            Self::Low => true,
            Self::Medium => severity >= Severity::Medium,
            Self::High => severity >= Severity::High,
            Self::Critical => severity >= Severity::Critical,
            Self::Never => false,
        }
    }
}

const ABOUT: &str = "Find credentials in a manifest stream, outside of Secrets

Copies standard input to standard output, byte for byte, and looks for keys, tokens, passwords, private keys and connection \
strings in every object that is no Secret: in fields, environment variables, arguments, annotations, and in the configuration \
files and scripts of ConfigMaps. The report names object, field, rule and severity, and never shows more of a credential than \
its first characters.";

const DETAILS: &str = "Exceptions:
  An object may allow rules itself, by the annotation scan-secrets.rhelm.dev/allow: RULE,RULE or \"*\".
  A configuration file may hold
    allow:    exceptions with any of rule, kind, namespace, name, path, source; `*` stands for any text
    disable:  rules that are not used
    rules:    further rules: id, severity, description, keywords, pattern, entropy

Examples:
  # As a post-renderer, in front of everything that is applied
  rhelm install web ./chart --post-renderer rhelm-scan-secrets

  # In a pipe, with a report for a code host
  rhelm-render web ./chart | rhelm-scan-secrets --format sarif --report web.sarif >web.yaml

  # What is there is known; what is new is not
  rhelm-scan-secrets --write-baseline known.json <all.yaml >/dev/null
  rhelm-scan-secrets --baseline known.json <all.yaml >/dev/null

  # A rule of one's own, and an exception
  rules:
  - id: acme-token
    severity: high
    keywords: [acme_]
    pattern: acme_[a-z0-9]{32}
  allow:
  - {rule: password-in-env, kind: Deployment, name: demo-*}

Exit status:
  0  Nothing of the severity of --fail-on was found.
  1  The stream could not be read or written, or the command line or a file is wrong.
  3, 4, 5, 6  The worst finding is low, medium, high, critical. The stream was written all the same.";

/// The filter with its files.
struct Scan {
    secrets: Secrets,
    args: ScanSecrets,
}

impl Program for ScanSecrets {
    const NAME: &'static str = "rhelm-scan-secrets";

    fn command() -> Command {
        Self::augment_args(Command::new(Self::NAME)).about(ABOUT).after_help(DETAILS).next_line_help(true)
    }

    fn files(matches: &ArgMatches) -> Result<Vec<String>, Failure> {
        let args = Self::from_arg_matches(matches)?;
        Ok(args.config.into_iter().chain(args.baseline).collect())
    }

    fn filter(matches: &ArgMatches) -> Result<Box<dyn PostRenderer>, Failure> {
        let args = Self::from_arg_matches(matches)?;
        let (mut rules, mut allow, mut disabled) = (built_in(), Vec::new(), args.disable_rule.clone());
        if args.list_rules {
            return Ok(Box::new(ListRules));
        }
        let further = !args.config.is_empty();
        for path in &args.config {
            let config = Config::read(&read_file("--config", path)?);
            let config = config.map_err(|error| Failure::new(format!("--config {path}: {error}")))?;
            rules.extend(config.rules);
            allow.extend(config.allow);
            disabled.extend(config.disable);
        }
        let path = |path: &String| Allow { path: Some(path.clone()), ..Allow::default() };
        allow.extend(args.allow_path.iter().map(path));
        let scanner = Scanner::new(rules, &disabled)?;
        if further {
            scanner.check()?;
        }
        let secrets = Secrets {
            scanner,
            allow,
            baseline: baseline(args.baseline.as_deref())?,
            selection: args.selection.clone().into(),
        };
        Ok(Box::new(Scan { secrets, args }))
    }
}

fn baseline(path: Option<&str>) -> Result<Baseline, Failure> {
    let Some(path) = path else { return Ok(Baseline::default()) };
    Baseline::read(&read_file("--baseline", path)?).map_err(|error| Failure::new(format!("--baseline {path}: {error}")))
}

impl PostRenderer for Scan {
    fn run(&self, input: &mut dyn Read, output: &mut dyn Write, messages: &mut dyn Write) -> Result<(), FilterError> {
        let mut findings = self.secrets.scan(input, output)?;
        if let Some(path) = &self.args.write_baseline {
            let text = Baseline::of(&findings).write().map_err(std::io::Error::other)?;
            return Ok(std::fs::write(path, text)?);
        }
        findings.retain(|finding| self.args.min_severity.includes(finding.severity));
        let text = match self.args.format {
            Format::Text => report::text(&findings),
            Format::Json => report::json(&findings),
            Format::Sarif => report::sarif(&findings),
        };
        match &self.args.report {
            Some(path) => std::fs::write(path, text)?,
            None => messages.write_all(text.as_bytes())?,
        }
        match worst(&findings).filter(|&worst| self.args.fail_on.includes(worst)) {
            Some(worst) => Err(FilterError::Refused { message: refusal(&findings, worst), status: status(worst) }),
            None => Ok(()),
        }
    }
}

fn worst(findings: &[Finding]) -> Option<Severity> {
    findings.iter().map(|finding| finding.severity).max()
}

fn refusal(findings: &[Finding], worst: Severity) -> String {
    let count = findings.iter().filter(|finding| finding.severity == worst).count();
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} finding{plural} of severity {worst}: credentials belong into Secrets")
}

fn status(worst: Severity) -> u8 {
    match worst {
        Severity::Low => 3,
        Severity::Medium => 4,
        Severity::High => 5,
        Severity::Critical => 6,
    }
}

/// Prints the rules.
struct ListRules;

impl PostRenderer for ListRules {
    fn run(&self, _: &mut dyn Read, output: &mut dyn Write, _: &mut dyn Write) -> Result<(), FilterError> {
        for rule in built_in() {
            writeln!(output, "{:<28}{:<10}{}", rule.id, rule.severity, rule.description)?;
        }
        for (id, severity, description) in BY_NAME {
            writeln!(output, "{id:<28}{severity:<10}{description}")?;
        }
        Ok(())
    }
}
