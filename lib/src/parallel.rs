//! Work on many items on all processors.

use futures_channel::oneshot;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, mpsc};

/// Finding out takes as long as reading several files.
static PROCESSORS: LazyLock<usize> = LazyLock::new(|| std::thread::available_parallelism().map_or(1, usize::from));

/// Applies `work` to each item; results in the order of the items.
pub(crate) fn map<A: Send, B: Send>(items: Vec<A>, work: impl Fn(A) -> B + Sync) -> Vec<B> {
    let threads = if items.len() < 2 { 1 } else { items.len().min(*PROCESSORS) };
    if threads == 1 {
        return items.into_iter().map(work).collect();
    }
    let length = items.len();
    let next = Mutex::new(items.into_iter().enumerate());
    let take = || next.lock().unwrap_or_else(PoisonError::into_inner).next();
    let done = Mutex::new(Vec::with_capacity(length));
    let labour = || {
        while let Some((at, item)) = take() {
            let result = work(item);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(labour);
        }
        labour();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Of a thread of a crew, of which only what is used takes memory: values may stand 10,000 deep in one another.
const STACK: usize = 128 << 20;

/// Threads that work beside somebody who waits for other things; they end with this.
pub(crate) struct Crew<A, B> {
    jobs: mpsc::Sender<(A, oneshot::Sender<B>)>,
}

impl<A: Send + 'static, B: Send + 'static> Crew<A, B> {
    /// A thread for each processor, with tools of its own, but no more than there are items to come.
    pub(crate) fn new<Tools: Default>(items: usize, work: impl Fn(A, &mut Tools) -> B + Copy + Send + 'static) -> Self {
        let (jobs, waiting) = mpsc::channel::<(A, oneshot::Sender<B>)>();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..items.min(*PROCESSORS) {
            let waiting = Arc::clone(&waiting);
            let labour = move || {
                let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let mut tools = Tools::default();
                while let Ok((item, done)) = next() {
                    // Nobody may be interested any more.
                    let _ = done.send(work(item, &mut tools));
                }
            };
            std::thread::Builder::new().stack_size(STACK).spawn(labour).expect("the system gives a thread");
        }
        Self { jobs }
    }

    /// The result for one item.
    ///
    /// # Panics
    /// When the work does.
    pub(crate) async fn work(&self, item: A) -> B {
        let (done, result) = oneshot::channel();
        self.jobs.send((item, done)).expect("the threads wait for work");
        result.await.expect("the work is done")
    }
}
