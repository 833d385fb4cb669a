//! Many requests at once, but not too many; each is made when its turn comes, so that those that wait take no memory.

use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;
use std::future::Future;

/// How many requests are in flight at most. More do not make a server faster.
const LIMIT: usize = 32;

/// Requests on their way, and the answers of those before them, in order.
pub(crate) struct InFlight<F: Future> {
    running: FuturesOrdered<F>,
    done: Vec<F::Output>,
}

impl<F: Future> InFlight<F> {
    pub(crate) fn new() -> Self {
        Self { running: FuturesOrdered::new(), done: Vec::new() }
    }

    /// Adds a request; waits for the first one if there are too many.
    pub(crate) async fn push(&mut self, request: F) {
        if self.running.len() == LIMIT {
            self.done.extend(self.running.next().await);
        }
        self.running.push_back(request);
    }

    /// All answers, in the order of the requests.
    pub(crate) async fn finish(mut self) -> Vec<F::Output> {
        while let Some(answer) = self.running.next().await {
            self.done.push(answer);
        }
        self.done
    }
}
