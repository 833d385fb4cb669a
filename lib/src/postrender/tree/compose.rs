//! The full reader: everything that Helm reads, by `goyaml`'s node tree.

use super::Tree;

pub(super) fn read(_text: &str) -> Result<Tree<'_>, String> {
    Err("unordinary YAML".to_owned())
}
