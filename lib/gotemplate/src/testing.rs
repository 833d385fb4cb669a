//! Cases in files, for the tests of the stages.

use std::path::Path;

/// A part of a case: its name and its text.
pub(crate) type Section = (String, String);

/// Runs every case of `tests/STAGE`. A case is a file of sections, `=== name` and below it a text; the last one is what comes
/// out of the others.
pub(crate) fn cases(stage: &str, run: impl Fn(&[Section]) -> String) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(stage);
    let mut count = 0;
    let mut failures = Vec::new();
    for entry in std::fs::read_dir(&directory).expect("the directory of the cases") {
        let path = entry.expect("a case").path();
        let mut sections = split(&std::fs::read_to_string(&path).expect("a readable case"));
        let (_, expected) = sections.pop().expect("a section with the result");
        let result = run(&sections);
        if result != expected {
            failures.push(format!("{}\n--- expected\n{expected}\n--- got\n{result}", path.display()));
        }
        count += 1;
    }
    assert!(failures.is_empty(), "{} of {count} cases\n{}", failures.len(), failures.join("\n"));
    assert!(count > 0, "there are no cases");
}

/// The sections. The newline before a head, and the one at the end of the file, belong to no text.
fn split(case: &str) -> Vec<Section> {
    let case = case.strip_suffix('\n').unwrap_or(case).strip_prefix("=== ").expect("a head");
    let section = |section: &str| {
        let (name, text) = section.split_once('\n').unwrap_or((section, ""));
        (name.to_owned(), text.to_owned())
    };
    case.split("\n=== ").map(section).collect()
}
