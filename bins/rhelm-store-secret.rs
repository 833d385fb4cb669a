//! `rhelm-store-secret`: release records that are kept as Secrets.

#[path = "rhelm/connect.rs"]
mod connect;
#[path = "rhelm/store_tool.rs"]
mod store_tool;
#[path = "rhelm/stores.rs"]
#[allow(dead_code, reason = "the umbrella uses all of it")]
mod stores;

fn main() -> std::process::ExitCode {
    let about = "Release records that are kept as Secrets in the cluster";
    let tool = rhelm_cli::store::Tool { name: "rhelm-store-secret", about, more: |tool| tool };
    store_tool::main(&tool, &stores::StoreName::Secret, |_, _, _| None)
}
