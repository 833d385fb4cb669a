//! A post-renderer of one's own, run in this process in one chain with a program.
//!
//! ```text
//! cargo run -p rhelm-lib --example post_renderer <manifests.yaml
//! ```

use rhelm_lib::postrender::edit::{Data, EditError, Patch, edit};
use rhelm_lib::postrender::object::objects;
use rhelm_lib::postrender::{FilterError, Interrupt, Part, PostRenderer, SearchPath, Stage, Surroundings, filter, run};
use std::io::{Read, Write};
use std::sync::Arc;
use std::time::Instant;

/// Lets every Deployment have one replica.
struct OneReplica;

impl PostRenderer for OneReplica {
    fn run(&self, input: &mut dyn Read, output: &mut dyn Write, _: &mut dyn Write) -> Result<(), FilterError> {
        let replicas = Patch::Map(vec![("replicas".to_owned(), Patch::Put(Data::Raw("1".to_owned())))]);
        let patch = Patch::Map(vec![("spec".to_owned(), replicas)]);
        filter::run(input, output, |document| {
            edit::<EditError>(document, |editor| {
                let all = objects(editor.tree());
                let deployments = all.iter().filter(|object| object.kind == "Deployment");
                deployments.into_iter().try_for_each(|object| editor.merge(object.node, &patch))
            })
        })
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut stream = String::new();
    std::io::stdin().read_to_string(&mut stream)?;
    let search = SearchPath { path: std::env::var_os("PATH"), directory: std::env::current_dir()?, ..SearchPath::default() };
    let stages = [Stage::filter("one replica", OneReplica), search.stage("cat", Vec::new())?];
    let start = Instant::now();
    let surroundings = Surroundings {
        messages: Arc::new(|stage, line| drop(writeln!(std::io::stderr(), "[{stage}] {line}"))),
        clock: Arc::new(move || start.elapsed()),
        environment: std::env::vars_os().collect(),
        interrupt: Interrupt::default(),
    };
    let outcome = run(&stages, stream, Part::Files, &surroundings);
    std::io::stderr().write_all(outcome.report.text().as_bytes())?;
    std::io::stdout().write_all(outcome.result?.as_bytes())?;
    Ok(())
}
