//! Work on all processors at once.

use std::sync::{Mutex, PoisonError};
use std::thread;

/// For values nested as deeply as they can be read. Memory that is not touched is not used.
const STACK: usize = 128 << 20;

/// Applies `work` to each item; the results are in the order of the items.
pub(crate) fn map<A: Send, B: Send>(items: Vec<A>, work: impl Fn(A) -> B + Sync) -> Vec<B> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(items.len());
    if threads < 2 {
        return items.into_iter().map(work).collect();
    }
    let length = items.len();
    let next = Mutex::new(items.into_iter().enumerate());
    let take = || next.lock().unwrap_or_else(PoisonError::into_inner).next();
    let run = || {
        let mut done = Vec::new();
        while let Some((at, item)) = take() {
            done.push((at, work(item)));
        }
        done
    };
    let mut done = Vec::with_capacity(length);
    thread::scope(|scope| {
        let start = |_| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run);
        // This thread takes part, and does everything where there can be no other.
        let others: Vec<_> = (1..threads).filter_map(|number| start(number).ok()).collect();
        done.extend(run());
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn results_keep_the_order_of_the_items() {
        let items: Vec<u32> = (0..1000).collect();
        let doubled: Vec<u32> = items.iter().map(|item| item * 2).collect();
        assert_eq!(super::map(items, |item| item * 2), doubled);
        assert_eq!(super::map(Vec::<u32>::new(), |item| item), Vec::<u32>::new());
    }
}
