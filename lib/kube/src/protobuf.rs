//! Answers as the server's protobuf: smaller than JSON, and sooner written and read.
//!
//! ```text
//! "k8s\0" Unknown { raw: the object or list }
//! ```
//! The numbers of fields are those of `generated.proto` in k8s.io/apimachinery.

use bytes::Bytes;
use prost::{DecodeError, Message};

const MAGIC: &[u8] = b"k8s\0";

#[derive(Clone, PartialEq, Message)]
struct Unknown {
    #[prost(bytes = "bytes", tag = "2")]
    raw: Bytes,
}

/// Why a server did not do what it was asked.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Status {
    #[prost(string, tag = "3")]
    pub(crate) message: String,
    #[prost(string, tag = "4")]
    pub(crate) reason: String,
}

/// Whether an answer is protobuf.
pub(crate) fn is_in(answer: &[u8]) -> bool {
    answer.starts_with(MAGIC)
}

/// Reads an answer that is protobuf.
///
/// # Errors
/// When it is damaged.
pub(crate) fn read<M: Message + Default>(answer: Bytes) -> Result<M, DecodeError> {
    M::decode(Unknown::decode(answer.slice(MAGIC.len()..))?.raw)
}
