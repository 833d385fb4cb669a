//! What every program says of itself with `--help`, word for word: `tests/help/PROGRAM.txt`.

use assert_cmd::Command;
use std::path::Path;

/// With `RHELM_TEST_UPDATE=help` the files are written instead of compared.
#[track_caller]
fn says(program: &str, path: &str, arguments: &[&str]) {
    let mut command = Command::new(path);
    command.args(arguments).arg("--help").env_remove("COLUMNS");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/help").join(format!("{program}.txt"));
    if std::env::var_os("RHELM_TEST_UPDATE").is_some_and(|what| what == "help") {
        std::fs::write(&file, command.output().expect("the program runs").stdout).expect("the file can be written");
    }
    let expected = std::fs::read_to_string(&file).expect("the file can be read");
    command.assert().success().stderr("").stdout(expected);
}

#[test]
fn inject_labels() {
    says("rhelm-inject-labels", env!("CARGO_BIN_EXE_rhelm-inject-labels"), &[]);
}

#[test]
fn inject_sidecar() {
    says("rhelm-inject-sidecar", env!("CARGO_BIN_EXE_rhelm-inject-sidecar"), &[]);
}

#[test]
fn scan_secrets() {
    says("rhelm-scan-secrets", env!("CARGO_BIN_EXE_rhelm-scan-secrets"), &[]);
}

#[test]
fn kustomize() {
    says("rhelm-kustomize", env!("CARGO_BIN_EXE_rhelm-kustomize"), &[]);
}

#[test]
fn render() {
    says("rhelm-render", env!("CARGO_BIN_EXE_rhelm-render"), &[]);
}

#[test]
fn apply() {
    says("rhelm-apply", env!("CARGO_BIN_EXE_rhelm-apply"), &[]);
}

#[test]
fn stores() {
    says("rhelm-store-secret", env!("CARGO_BIN_EXE_rhelm-store-secret"), &[]);
    says("rhelm-store-configmap", env!("CARGO_BIN_EXE_rhelm-store-configmap"), &[]);
    says("rhelm-store-sql", env!("CARGO_BIN_EXE_rhelm-store-sql"), &[]);
}

#[test]
fn store_subcommands() {
    says("rhelm-store-migrate", env!("CARGO_BIN_EXE_rhelm"), &["store", "migrate"]);
    says("rhelm-store-check", env!("CARGO_BIN_EXE_rhelm"), &["store", "check"]);
    says("rhelm-store-sql-policy", env!("CARGO_BIN_EXE_rhelm-store-sql"), &["policy", "generate"]);
}

/// Every subcommand describes itself; what its flags are, their own tests show.
#[test]
fn umbrella() {
    says("rhelm", env!("CARGO_BIN_EXE_rhelm"), &[]);
}

/// As with Helm, which takes the lack of a subcommand for a question.
#[test]
fn without_a_subcommand_the_help_is_shown() {
    for arguments in [&[][..], &["get"]] {
        let rhelm = || Command::new(env!("CARGO_BIN_EXE_rhelm"));
        let help = rhelm().args(arguments).arg("-h").output().expect("the program runs").stdout;
        rhelm().args(arguments).assert().success().stderr("").stdout(help);
    }
}
