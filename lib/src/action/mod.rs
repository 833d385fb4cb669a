//! Operations: the only modules that know the whole chain, one file each.
//!
//! Those that change a release work in a [`Context`]: a cluster, a store, a clock, and somebody who is told what happens.

mod cancel;
mod context;
mod crds;
mod error;
mod execute;
mod existing;
pub mod get;
pub mod history;
mod hooks;
pub mod install;
pub mod list;
mod objects;
mod pipeline;
mod recreate;
mod revision;
pub mod rollback;
mod source;
pub mod status;
pub mod template;
pub mod test;
mod undo;
pub mod uninstall;
mod update;
pub mod upgrade;
mod waiting;

pub use cancel::Cancellation;
pub use context::Context;
pub use crds::Crds;
pub use error::Error;
pub use existing::check_installable;
pub use revision::{DryRun, ServerSide};
pub use source::{Facts, Source};
pub use waiting::{Strategy, WaitOptions};

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    /// Runs a future that never has to wait.
    pub(super) fn block_on<T>(future: impl Future<Output = T>) -> T {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("it waits"),
        }
    }
}
