//! `rhelm-scan-secrets`: finds credentials in a manifest stream, outside of Secrets.

fn main() -> std::process::ExitCode {
    rhelm_cli::filter::main::<rhelm_cli::filter::ScanSecrets>()
}
