//! How the programs are linked.

use std::env::var;

fn main() {
    println!("cargo:rerun-if-changed=bins/build.rs");
    println!("cargo:rerun-if-changed={ORDER}");
    if target("OS") == "linux" {
        // At a fixed address, as Go links Helm: to move a program of this size costs each start a millisecond.
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
    if var("PROFILE").as_deref() == Ok("release") && is_linked_by_lld() {
        let folder = var("CARGO_MANIFEST_DIR").unwrap_or_default();
        println!("cargo:rustc-link-arg-bins=-Wl,--symbol-ordering-file={folder}/{ORDER},--no-warn-symbol-ordering");
    }
}

/// The functions that renders and operations on releases come to, from `scripts/order-functions`. Side by side they take a quarter
/// of the pages that they take where the compiler puts them, and the time to map those.
const ORDER: &str = "bins/order.txt";

/// Whether the linker is the compiler's own, the only one known to take such a list.
fn is_linked_by_lld() -> bool {
    let chosen = var("RUSTC_LINKER").is_ok() || var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| flags.contains("link"));
    !chosen && target("OS") == "linux" && target("ARCH") == "x86_64" && target("ENV") == "gnu"
}

fn target(what: &str) -> String {
    var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default()
}
