//! `rhelm-inject-labels`: adds labels and annotations to the objects of a manifest stream.

fn main() -> std::process::ExitCode {
    rhelm_cli::filter::main::<rhelm_cli::filter::InjectLabels>()
}
