//! A stack of known size for what untrusted charts can make recurse.

use crate::Failure;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Memory that is not touched is not used: what this costs is address space.
const SIZE: usize = 128 << 20;

/// Does the whole `work` of a program with a stack that is enough for a render: for all that the limits of an engine let
/// templates nest, and for values nested as deeply as they can be read.
///
/// To be called first of all in `main`. On Linux the stack of the main thread grows as far as its limit says at the time; that
/// saves a thread, whose share of the heap would be enlarged page by page.
///
/// # Errors
/// Those of `work`, and where there can be no thread.
pub fn with_stack<T: Send>(work: impl FnOnce() -> Result<T, Failure> + Send) -> Result<T, Failure> {
    if grows_here() { work() } else { on_thread(work) }
}

/// Does `work` on a thread of its own with such a stack.
///
/// # Errors
/// Those of `work`, and where there can be no thread.
pub fn on_thread<T: Send>(work: impl FnOnce() -> Result<T, Failure> + Send) -> Result<T, Failure> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(SIZE).spawn_scoped(scope, work)?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Lets the stack of the main thread grow to [`SIZE`], where the system can do that.
fn grows_here() -> bool {
    let limit = getrlimit(Resource::Stack);
    let wanted = SIZE as u64;
    let is_enough = limit.current.is_none_or(|current| current >= wanted);
    cfg!(target_os = "linux") && (is_enough || setrlimit(Resource::Stack, Rlimit { current: Some(wanted), ..limit }).is_ok())
}
