//! `kubectl-rhelm`: `rhelm` under the name by which kubectl finds it as `kubectl rhelm`.

#[path = "rhelm/main.rs"]
mod rhelm;

fn main() -> std::process::ExitCode {
    rhelm::main()
}
