//! `rhelm-store-configmap`: release records that are kept as ConfigMaps.

#[path = "rhelm/connect.rs"]
mod connect;
#[path = "rhelm/store_tool.rs"]
mod store_tool;
#[path = "rhelm/stores.rs"]
#[allow(dead_code, reason = "the umbrella uses all of it")]
mod stores;

fn main() -> std::process::ExitCode {
    let about = "Release records that are kept as ConfigMaps in the cluster";
    let tool = rhelm_cli::store::Tool { name: "rhelm-store-configmap", about, more: |tool| tool };
    store_tool::main(&tool, &stores::StoreName::ConfigMap, |_, _, _| None)
}
