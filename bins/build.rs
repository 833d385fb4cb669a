//! How the programs are linked.

/// On Linux at a fixed address, as Go links Helm: to move a program of this size costs each start a millisecond.
fn main() {
    println!("cargo:rerun-if-changed=bins/build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
