//! Dependencies that would fill the memory or never end. What honest ones do is in `recorded/`.

use goyaml::Map;
use rhelm_lib::chart::{dependency, loader};
use rhelm_testutil::chart::{Files, chart_yaml};

/// What is said of a chart whose one dependency `s` has these values and hands up these.
fn error(values: &str, imports: &[(&str, &str)]) -> String {
    let imports: Vec<_> = imports.iter().map(|(child, parent)| format!("{{child: {child}, parent: {parent}}}")).collect();
    let declared = format!("dependencies: [{{name: s, version: '*', import-values: [{}]}}]\n", imports.join(", "));
    let files = Files::new()
        .file("Chart.yaml", chart_yaml("c") + &declared)
        .file("charts/s/Chart.yaml", chart_yaml("s"))
        .file("charts/s/values.yaml", values);
    let (mut chart, _) = loader::load(files.write().path()).expect("a chart");
    dependency::process(&mut chart, &Map::new()).expect_err("a bad import").to_string()
}

#[test]
fn a_table_cannot_be_imported_into_itself() {
    let values = "exports: {data: {x: 1}}\n";
    let imports = [("exports.data", "p"), ("exports", "p")];
    assert_eq!(error(values, &imports), "import-values of s: a table would contain itself");
}

#[test]
fn imports_cannot_double_without_end() {
    // Each table is imported twice into the next: sixty of them would be 2^60.
    let tables: String = (0..60).map(|number| format!("t{number}: {{x: {number}}}\n")).collect();
    let names: Vec<_> = (0..60).map(|number| (format!("t{number}"), format!("p{number}"))).collect();
    let mut imports: Vec<(String, String)> = names.clone();
    for (below, above) in names.iter().zip(&names[1..]) {
        imports.push((below.0.clone(), format!("{}.a", above.1)));
        imports.push((below.0.clone(), format!("{}.b", above.1)));
    }
    let imports: Vec<_> = imports.iter().map(|(child, parent)| (child.as_str(), parent.as_str())).collect();
    let expected = "the values that charts import from their dependencies are larger than 536870912 bytes";
    assert_eq!(error(&tables, &imports), expected);
}
