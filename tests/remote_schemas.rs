//! Schemas of charts that refer to schemas on web servers: the real Helm and rhelm, line by line.

use rhelm_testutil::beside::Beside;
use rhelm_testutil::chart::Files;
use rhelm_testutil::web::Site;

#[test]
fn schemas_are_fetched() {
    let Some(beside) = Beside::new(env!("CARGO_BIN_EXE_rhelm")) else { return };
    let server = Site::new().file("/text.json", "{\"type\": \"string\"}").file("/broken.json", "{").start();
    let chart = |name: &str, url: &str| {
        let schema = format!("{{\"properties\": {{\"a\": {{\"$ref\": \"{url}\"}}}}}}");
        let chart = Files::chart(name).file("values.yaml", "a: 1\n").file("values.schema.json", schema);
        chart.file("templates/a.yaml", "a: {{ .Values.a }}\n")
    };
    let beside = beside.files("text", &chart("text", &format!("{}/text.json", server.url())));
    let beside = beside.files("broken", &chart("broken", &format!("{}/broken.json", server.url())));
    let beside = beside.files("missing", &chart("missing", &format!("{}/missing.json", server.url())));
    let beside = beside.files("nowhere", &chart("nowhere", "http://127.0.0.1:1/text.json"));
    beside.same(&[
        "helm template r text --set a=x",
        "helm template r text",
        "helm lint text",
        "helm template r missing",
        "helm lint missing",
        "helm template r broken",
        "helm template r nowhere",
        "helm template r nowhere --skip-schema-validation",
    ]);
}
