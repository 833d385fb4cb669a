//! YAML and JSON exactly as the Go libraries under Helm read and write them.
//!
//! The way in is [`decode()`]: YAML text becomes the plain tree [`Value`], as `sigs.k8s.io/yaml` would make it (every number a
//! 64-bit float). The way out is [`to_yaml`], [`to_yaml_pretty`] and the [`json`] module. The crate knows nothing of Kubernetes.
//!
//! ```text
//! text → scan (tokens) → parse (events) → compose (nodes, anchors, tags) → decode (Value)      Value → emit (text)
//! ```

mod base64;
mod decode;
mod emit;
mod error;
mod excerpt;
mod float;
mod go_syntax;
mod input;
pub mod json;
pub mod node;
pub mod parse;
mod resolve;
mod scan;
mod sink;
mod text;
mod timestamp;
mod value;

pub use decode::{Target, check_unique_keys, decode, decode_bytes, decode_into, decode_list, decode_map, decode_map_bytes};
pub use emit::{to_yaml, to_yaml_pretty};
pub use error::Error;
pub use excerpt::excerpt;
pub use scan::{Mark, ScalarStyle};
pub use sink::{Sink, Walk};
pub use value::{Map, Value};
