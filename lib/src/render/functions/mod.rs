//! The functions of templates, one module for each family: ordinary typed Rust functions under the names that Helm registers.
//!
//! ```text
//! Environment (clock, randomness, name service) → table → FunctionTable of a template set
//! ```
//!
//! The functions that belong to one render (`include`, `tpl`, `lookup`, `required`, `fail`) are added by the engine.

mod cases;
mod codes;
mod convert;
mod crypto;
pub(crate) mod dates;
mod decimal;
mod decoded;
mod defaults;
mod dicts;
mod equality;
mod json;
mod layout;
mod limits;
mod lists;
mod math;
mod merge;
mod network;
mod numbers;
mod paths;
mod random;
pub(crate) mod regex;
mod runes;
mod semver;
mod strings;
#[cfg(test)]
mod testing;
mod toml;
mod url;
#[cfg(test)]
mod vectors;
mod words;
mod yaml;

use super::Environment;
use gotemplate::function::FunctionTable;

/// Every function but those of the engine itself and the built-ins of the template language.
pub(crate) fn table(environment: &Environment) -> FunctionTable {
    let mut table = FunctionTable::new();
    cases::add(&mut table);
    codes::add(&mut table);
    convert::add(&mut table);
    crypto::add(&mut table, environment);
    dates::add(&mut table, environment);
    defaults::add(&mut table);
    dicts::add(&mut table);
    equality::add(&mut table);
    json::add(&mut table);
    layout::add(&mut table);
    lists::add(&mut table);
    math::add(&mut table);
    merge::add(&mut table);
    network::add(&mut table, environment);
    paths::add(&mut table);
    random::add(&mut table, environment);
    regex::add(&mut table);
    semver::add(&mut table);
    strings::add(&mut table);
    toml::add(&mut table, environment);
    url::add(&mut table);
    yaml::add(&mut table);
    table
}
