//! The functions that templates call, one module for each family.

mod network;
mod paths;
mod random;
mod regex;
mod semver;
#[cfg(test)]
mod testing;
mod url;

use super::Environment;
use gotemplate::function::FunctionTable;

/// Adds every function to `table`.
pub(crate) fn add(table: &mut FunctionTable, environment: &Environment) {
    network::add(table, environment);
    paths::add(table);
    random::add(table, environment);
    regex::add(table);
    semver::add(table);
    url::add(table);
}
