//! A stack of known size for what untrusted charts can make recurse.

use crate::Failure;

/// Memory that is not touched is not used: what this costs is address space.
const SIZE: usize = 128 << 20;

/// Does `work` on a thread whose stack is enough for a render: for all that the limits of an engine let templates nest, and for
/// values nested as deeply as they can be read.
///
/// # Errors
/// Those of `work`, and where there can be no thread.
pub fn with_stack<T: Send>(work: impl FnOnce() -> Result<T, Failure> + Send) -> Result<T, Failure> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(SIZE).spawn_scoped(scope, work)?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
