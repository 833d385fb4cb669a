//! Stopping an operation from outside: what is in flight is dropped, and the record says so.

use super::error::Error;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::{Poll, Waker};

/// Tells operations to stop. Whoever holds it can call [`Cancellation::cancel`] from any thread.
#[derive(Debug, Default)]
pub struct Cancellation {
    is_cancelled: AtomicBool,
    waiting: Mutex<Vec<Waker>>,
}

impl Cancellation {
    /// Stops what goes on.
    pub fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::SeqCst);
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Does `work` to its end, or until it is told to stop.
    pub(super) async fn race<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let mut work = pin!(work);
        poll_fn(|context| {
            if let Poll::Ready(result) = work.as_mut().poll(context) {
                return Poll::Ready(result);
            }
            self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(context.waker().clone());
            // After the waker is there, so that nothing is missed.
            if self.is_cancelled.load(Ordering::SeqCst) { Poll::Ready(Err(Error::Cancelled)) } else { Poll::Pending }
        })
        .await
    }
}
