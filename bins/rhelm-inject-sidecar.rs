//! `rhelm-inject-sidecar`: adds containers, volumes, mounts and variables to the pods of a manifest stream.

fn main() -> std::process::ExitCode {
    rhelm_cli::filter::main::<rhelm_cli::filter::InjectSidecar>()
}
