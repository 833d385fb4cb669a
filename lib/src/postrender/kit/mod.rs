//! A kit for authors of post-renderers: runs one against streams that are easy to damage, and says what it does wrong.
//!
//! ```text
//! streams → the stage, again and again → checks: one row for each rule, with what breaks it
//! ```

mod compare;
mod early;
mod streams;

use super::{Part, Stage, Surroundings, run};
use compare::damage;
use std::sync::Arc;
use std::time::Duration;

/// What is shown of the faults of one rule.
const MOST_FAULTS: usize = 10;

/// Objects in the stream that measures speed.
const OBJECTS: usize = 4_000;

/// One rule and what breaks it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Check {
    /// What the rule is called.
    pub rule: &'static str,
    /// What breaks it; it is kept when there is nothing.
    pub faults: Vec<String>,
    /// What else there is to say.
    pub note: String,
}

/// Runs `stage` against all streams and returns the rules, each with what breaks it.
///
/// The rules: it succeeds; it loses no object, and a document of which it changes no value keeps its bytes and its comments;
/// its own output passes through it unchanged; the same input gives the same output; YAML that is wrong is refused, or passes
/// as it is; it ends when nobody reads on. The last row is its speed. `limit` ends a run that hangs.
#[must_use]
pub fn examine(stage: &Stage, surroundings: &Surroundings, limit: Duration) -> Vec<Check> {
    let mut stage = stage.clone();
    stage.options.timeout = Some(limit);
    let exam = Exam { stage, surroundings };
    let mut checks = exam.ordinary();
    checks.push(exam.wrong());
    checks.push(exam.early(limit));
    checks.push(exam.speed());
    checks
}

struct Exam<'a> {
    stage: Stage,
    surroundings: &'a Surroundings,
}

impl Exam<'_> {
    fn run(&self, stream: &str) -> Result<Arc<String>, String> {
        let outcome = run(std::slice::from_ref(&self.stage), stream.to_owned(), Part::Files, self.surroundings);
        outcome.result.map_err(|error| error.to_string())
    }

    fn ordinary(&self) -> Vec<Check> {
        let [mut succeeds, mut lossless, mut idempotent, mut deterministic] =
            ["succeeds", "lossless", "idempotent", "deterministic"].map(|rule| Check { rule, ..Check::default() });
        let mut same = 0;
        for (name, stream) in streams::ORDINARY {
            let output = match self.run(stream) {
                Ok(output) => output,
                Err(error) => {
                    succeeds.add(name, &error);
                    continue;
                }
            };
            same += usize::from(*output == *stream);
            damage(stream, &output).iter().for_each(|fault| lossless.add(name, fault));
            match self.run(stream) {
                Ok(again) if again == output => {}
                Ok(_) => deterministic.add(name, "a second run writes something else"),
                Err(error) => deterministic.add(name, &error),
            }
            match self.run(&output) {
                Ok(again) if again == output => {}
                Ok(_) => idempotent.add(name, "its own output does not pass through it unchanged"),
                Err(error) => idempotent.add(name, &error),
            }
        }
        lossless.note = format!("{same} of {} streams came back byte for byte", streams::ORDINARY.len());
        vec![succeeds, lossless, idempotent, deterministic]
    }

    fn wrong(&self) -> Check {
        let mut check = Check { rule: "wrong input", ..Check::default() };
        for (name, stream) in streams::WRONG {
            // An exit status other than zero is right, too.
            if self.run(stream).is_ok_and(|output| *output != *stream) {
                check.add(name, "it succeeds and writes something else");
            }
        }
        check
    }

    fn early(&self, limit: Duration) -> Check {
        let mut check = Check { rule: "early close", ..Check::default() };
        if let Err(fault) = early::closes(&self.stage, &streams::large(OBJECTS), self.surroundings, limit) {
            check.faults.push(fault);
        }
        check
    }

    fn speed(&self) -> Check {
        let mut check = Check { rule: "speed", ..Check::default() };
        let stream = streams::large(OBJECTS);
        let start = (self.surroundings.clock)();
        let result = self.run(&stream);
        let seconds = ((self.surroundings.clock)() - start).as_secs_f64();
        match result {
            Ok(_) => {
                let megabytes = stream.len() as f64 / 1e6;
                let milliseconds = seconds * 1e3;
                check.note = format!(
                    "{megabytes:.1} MB in {milliseconds:.0} ms, with start and comparison: {:.0} ms per MB",
                    milliseconds / megabytes
                );
            }
            Err(error) => check.add("large", &error),
        }
        check
    }
}

impl Check {
    fn add(&mut self, stream: &str, fault: &str) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(format!("{stream}: {fault}"));
        }
    }
}
