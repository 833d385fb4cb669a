//! Work on many items on all processors.

use std::sync::{LazyLock, Mutex, PoisonError};

/// Finding out takes as long as reading several files.
static PROCESSORS: LazyLock<usize> = LazyLock::new(|| std::thread::available_parallelism().map_or(1, usize::from));

/// Applies `work` to each item, on each processor with tools of its own; results in the order of the items.
pub(crate) fn map<A: Send, B: Send, Tools: Default>(items: Vec<A>, work: impl Fn(A, &mut Tools) -> B + Sync) -> Vec<B> {
    let threads = if items.len() < 2 { 1 } else { items.len().min(*PROCESSORS) };
    if threads == 1 {
        let mut tools = Tools::default();
        return items.into_iter().map(|item| work(item, &mut tools)).collect();
    }
    let length = items.len();
    let next = Mutex::new(items.into_iter().enumerate());
    let take = || next.lock().unwrap_or_else(PoisonError::into_inner).next();
    let done = Mutex::new(Vec::with_capacity(length));
    let labour = || {
        let mut tools = Tools::default();
        while let Some((at, item)) = take() {
            let result = work(item, &mut tools);
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
