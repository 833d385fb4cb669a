//! Runs a target over inputs, keeps those that end in a new way to go on from, and says which input broke it.

use super::mutate::mutated;
use fastrand::Rng;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How many inputs a test tries.
const INPUTS: usize = 2000;

/// What a render has: see `rhelm_cli::with_stack`.
const STACK: usize = 128 << 20;

/// From here on a run says that an input was slow.
const SLOW: Duration = Duration::from_secs(2);

/// Tries the inputs that once broke the target, then mutated ones. A target returns how it ended, in words.
///
/// # Panics
/// When the target does; the input is in a file then, which the message names.
pub(crate) fn fuzz(target: &str, corpus: Vec<Vec<u8>>, run: fn(&[u8]) -> String) {
    let work = || try_all(&Runner::new(target, run), corpus);
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).expect("a thread");
        if let Err(panic) = thread.join() {
            std::panic::resume_unwind(panic);
        }
    });
}

fn try_all(runner: &Runner, corpus: Vec<Vec<u8>>) {
    let mut seen = HashSet::new();
    let mut pool = corpus;
    for input in &found(runner.target) {
        runner.run(input);
    }
    let limit = seconds();
    // Without a limit this would be most of the work, for texts that other tests have tried.
    for input in pool.iter().filter(|_| limit.is_some()) {
        seen.insert(kind(&runner.run(input)));
    }
    let mut random = Rng::with_seed(limit.map_or(1, |_| fastrand::u64(..)));
    let start = Instant::now();
    let mut tried = 0;
    while limit.map_or(tried < INPUTS, |limit| start.elapsed() < limit) {
        let input = mutated(&pool, &mut random);
        if seen.insert(kind(&runner.run(&input))) {
            pool.push(input);
        }
        tried += 1;
    }
    if limit.is_some() {
        println!("{}: {tried} inputs, {} ways to end", runner.target, seen.len());
    }
}

/// How long to go on, when `scripts/fuzz` says so.
fn seconds() -> Option<Duration> {
    let text = std::env::var("RHELM_FUZZ_SECONDS").ok()?;
    Some(Duration::from_secs(text.parse().expect("RHELM_FUZZ_SECONDS is a number")))
}

/// The inputs that once broke a target.
fn found(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/found").join(target);
    let Ok(entries) = folder.read_dir() else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.map(|path| std::fs::read(path).expect("an input")).collect()
}

/// A way to end, without what is different each time: numbers and quoted texts.
fn kind(outcome: &str) -> String {
    let mut kind = String::new();
    for (at, part) in outcome.split(['"', '\'', '`']).enumerate() {
        if at % 2 == 0 {
            kind.extend(part.chars().filter(|c| !c.is_ascii_digit()).take(60));
        }
    }
    kind
}

struct Runner<'t> {
    target: &'t str,
    run: fn(&[u8]) -> String,
    /// Where the input is that runs, for whoever looks after an abort.
    current: PathBuf,
}

impl<'t> Runner<'t> {
    fn new(target: &'t str, run: fn(&[u8]) -> String) -> Self {
        Self { target, run, current: Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{target}")) }
    }

    fn run(&self, input: &[u8]) -> String {
        std::fs::write(&self.current, input).expect("the input is written down");
        let start = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| (self.run)(input)));
        if start.elapsed() > SLOW && seconds().is_some() {
            println!("{}: {:?} for {:?}", self.target, start.elapsed(), String::from_utf8_lossy(input));
        }
        result.unwrap_or_else(|panic| {
            println!("{} breaks on the input in {}", self.target, self.current.display());
            std::panic::resume_unwind(panic)
        })
    }
}
