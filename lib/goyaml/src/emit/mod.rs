//! Values to YAML, as go-yaml writes it: version 2 behind `sigs.k8s.io/yaml`, version 3 by itself.

mod analysis;
mod class;
mod emitter;
mod order;
mod reread;
mod scalar;
mod tape;
mod writer;

use crate::{Error, Walk, json};
use tape::Tape;

/// What the two versions do differently.
#[derive(Clone, Copy)]
struct Dialect {
    /// Lines are folded at the first blank after this column.
    width: usize,
    version_3: bool,
}

/// `sigs.k8s.io/yaml`'s `Marshal`: the value becomes JSON, this is read as YAML, and that is written. Ends in a line break.
///
/// # Errors
/// For what JSON cannot hold (infinities, NaN, those of the value) and for JSON that is no YAML (control characters, keys of
/// more than 1,024 characters). The message is Go's.
pub fn to_yaml(value: &impl Walk) -> Result<String, Error> {
    let mut tape = Tape::new(true);
    value.walk(&mut tape).map_err(to_json_error)?;
    if tape.is_irregular() {
        let json = json::write(value).map_err(to_json_error)?;
        tape = Tape::new(false);
        reread::walk_json(&json, &mut tape)?;
    }
    Ok(emitter::emit(&tape, Dialect { width: 80, version_3: false }))
}

/// go-yaml 3's encoder with an indentation of two: lists are indented, lines not folded, floats written as floats. Ends in a
/// line break.
///
/// # Errors
/// Those of the value.
pub fn to_yaml_pretty(value: &impl Walk) -> Result<String, Error> {
    let mut tape = Tape::new(false);
    value.walk(&mut tape)?;
    Ok(emitter::emit(&tape, Dialect { width: usize::MAX, version_3: true }))
}

fn to_json_error(error: Error) -> Error {
    error.within("error marshaling into JSON")
}
