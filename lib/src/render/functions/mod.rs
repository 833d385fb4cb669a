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
use gotemplate::function::{FunctionTable, Price};

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
    for (name, call, size) in PRICES {
        table.set_price(name, Price { call: *call, size: *size });
    }
    table
}

/// Functions that take much longer than others, with the steps for a call and the factor for its size. With these numbers a
/// step is at most a few hundred nanoseconds on common machines; keys, which cannot be had faster, are a little cheaper.
const PRICES: &[(&str, u64, u64)] = &[
    ("bcrypt", 250_000, 1),
    ("htpasswd", 250_000, 1),
    ("derivePassword", 250_000, 1),
    ("genPrivateKey", 500_000, 1),
    ("genCA", 500_000, 1),
    ("genCAWithKey", 10_000, 1),
    ("genSelfSignedCert", 500_000, 1),
    ("genSelfSignedCertWithKey", 10_000, 1),
    ("genSignedCert", 500_000, 1),
    ("genSignedCertWithKey", 10_000, 1),
    ("sortAlpha", 0, 32),
    ("has", 0, 16),
    ("without", 0, 16),
    ("uniq", 0, 64),
    ("shuffle", 0, 64),
    ("toStrings", 0, 16),
    ("join", 0, 16),
    ("toYaml", 0, 16),
    ("toJson", 0, 8),
    ("regexMatch", 0, 4),
    ("regexFind", 0, 4),
    ("regexFindAll", 0, 16),
    ("regexReplaceAll", 0, 16),
    ("regexReplaceAllLiteral", 0, 16),
    ("regexSplit", 0, 16),
];
