//! `rhelm-store-sql`: release records that are kept in a database.

#[path = "rhelm/connect.rs"]
mod connect;
#[path = "rhelm/store_tool.rs"]
mod store_tool;
#[path = "rhelm/stores.rs"]
#[allow(dead_code, reason = "the umbrella uses all of it")]
mod stores;

fn main() -> std::process::ExitCode {
    let about = "Release records that are kept in a database, PostgreSQL or a SQLite file";
    let tool = rhelm_cli::store::Tool { name: "rhelm-store-sql", about, more: |tool| tool };
    store_tool::main(&tool, &stores::StoreName::Sql(None), |_, _, _| None)
}
