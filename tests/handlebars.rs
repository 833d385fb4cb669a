//! Charts in Handlebars: they render as those in Go's language do, and where they cannot be read users are told.

use rhelm_testutil::beside::Beside;
use rhelm_testutil::chart::Files;
use std::path::Path;
use std::process::Command;

/// Exit status, standard output and standard error.
fn rhelm(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_rhelm")).args(arguments).current_dir(folder).output();
    let output = output.expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// What a chart of these templates prints.
fn rendered(templates: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let values = "a: {b: 1, a-b: dashed}\nm: {a-b: dashed}\nlist: [x, y]\n";
    let chart = Files::chart("c").file("values.yaml", values).file("motd.txt", "hello\n");
    let chart = templates.iter().fold(chart, |chart, (name, text)| chart.file(&format!("templates/{name}"), *text)).write();
    rhelm(chart.path(), &["template", "r", "."])
}

#[track_caller]
fn prints(templates: &[(&str, &str)], expected: &str) {
    assert_eq!(rendered(templates), (Some(0), expected.to_owned(), String::new()));
}

#[track_caller]
fn fails(templates: &[(&str, &str)], expected: &str) {
    let expected = format!("Error: {expected}\n\nUse --debug flag to render out invalid YAML\n");
    assert_eq!(rendered(templates), (Some(1), String::new(), expected));
}

/// A folder with a starter chart `demo` in each language, in `go` and `handlebars`.
fn starters() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, engine) in [("go", "gotemplate"), ("handlebars", "handlebars")] {
        std::fs::create_dir(folder.path().join(name)).expect("a folder");
        let created = rhelm(&folder.path().join(name), &["create", "--engine", engine, "demo"]);
        assert_eq!(created, (Some(0), "Creating demo\n".into(), String::new()));
    }
    folder
}

/// The manifests of the starter in that language; the names of the files do not count.
fn manifests(folder: &Path, language: &str, arguments: &[&str]) -> String {
    let words = [&["template", "web", "demo"], arguments].concat();
    let (status, output, errors) = rhelm(&folder.join(language), &words);
    assert_eq!((status, errors.as_str()), (Some(0), ""), "{language} {arguments:?}");
    output.replace(".yaml.hbs\n", ".yaml\n")
}

#[test]
fn both_starters_render_alike() {
    let folder = starters();
    let cases: &[&[&str]] = &[
        &[],
        &["--set", "nameOverride=other"],
        &["--set", "fullnameOverride=a-name"],
        &["--set", "replicaCount=3,image.tag=1.2,image.pullPolicy=Always,imagePullSecrets[0].name=s"],
        &["--set", "serviceAccount.create=false"],
        &["--set", "serviceAccount.name=sa,serviceAccount.annotations.a=b,serviceAccount.automount=false"],
        &["--set", "podAnnotations.a=1,podLabels.b=c,podSecurityContext.fsGroup=2000,securityContext.runAsUser=1000"],
        &["--set", "service.type=NodePort,service.port=8080"],
        &["--set", "ingress.enabled=true,ingress.className=nginx,ingress.annotations.a=b"],
        &["--set", "ingress.enabled=true,ingress.tls[0].secretName=t,ingress.tls[0].hosts={a,b}"],
        &["--set", "httpRoute.enabled=true,httpRoute.annotations.a=b"],
        &["--set-json", "httpRoute={\"enabled\": true, \"hostnames\": [], \"rules\": [{\"filters\": [{\"type\": \"x\"}]}]}"],
        &["--set", "autoscaling.enabled=true,autoscaling.targetMemoryUtilizationPercentage=70"],
        &["--set", "autoscaling.enabled=true,autoscaling.targetCPUUtilizationPercentage=null"],
        &["--set-json", "resources={\"limits\": {\"cpu\": \"100m\"}}", "--set", "livenessProbe=null,readinessProbe=null"],
        &[
            "--set-json",
            "volumes=[{\"name\": \"v\"}]",
            "--set-json",
            "volumeMounts=[{\"name\": \"v\", \"mountPath\": \"/v\"}]",
        ],
        &["--set-json", "nodeSelector={\"a\": \"b\"}", "--set-json", "tolerations=[{\"key\": \"k\"}]"],
        &["--set-json", "affinity={\"nodeAffinity\": {\"x\": [1]}}"],
        &["--show-only", "templates/tests/test-connection.yaml*"],
    ];
    for arguments in cases {
        let [go, handlebars] = ["go", "handlebars"].map(|language| manifests(folder.path(), language, arguments));
        assert_eq!(handlebars, go, "{arguments:?}");
    }
}

#[test]
fn both_starters_have_the_same_notes() {
    let folder = starters();
    let cases = [
        "service.type=ClusterIP",
        "service.type=NodePort",
        "service.type=LoadBalancer",
        "ingress.enabled=true",
        "httpRoute.enabled=true",
    ];
    for set in cases {
        let notes = ["go", "handlebars"].map(|language| {
            let arguments = ["install", "web", "demo", "--dry-run=client", "--set", set];
            let (status, output, errors) = rhelm(&folder.path().join(language), &arguments);
            assert_eq!((status, errors.as_str()), (Some(0), ""), "{language}");
            output.split_once("\nNOTES:\n").expect("notes").1.to_owned()
        });
        assert_eq!(notes[1], notes[0], "{set}");
    }
}

/// The blocks of the guide that are templates.
fn guide() -> (String, Vec<String>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/handlebars.md");
    let text = std::fs::read_to_string(path).expect("the guide");
    let blocks = text.split("```\n").skip(1).step_by(2).map(str::to_owned).collect();
    (text, blocks)
}

#[test]
fn the_template_of_the_guide_is_the_same_twice() {
    let folder = starters();
    let (_, blocks) = guide();
    let [go, handlebars] = blocks.as_slice() else { panic!("two blocks: {blocks:?}") };
    for (language, file, text) in [("go", "service.yaml", go), ("handlebars", "service.yaml.hbs", handlebars)] {
        let path = folder.path().join(language).join("demo/templates").join(file);
        assert!(path.exists(), "{}", path.display());
        std::fs::write(path, text).expect("a template");
    }
    let [go, handlebars] = ["go", "handlebars"].map(|language| manifests(folder.path(), language, &[]));
    assert_eq!(handlebars, go);
}

#[test]
fn the_table_of_the_guide_says_the_same_twice() {
    let (text, _) = guide();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix("` |")?.split_once("` | `"));
    let rows: Vec<(String, String)> =
        rows.map(|(go, handlebars)| (go.replace("\\|", "|"), handlebars.replace("\\|", "|"))).collect();
    assert_eq!(rows.len(), 10, "{rows:?}");
    // What is shortened cannot be run.
    for (go, handlebars) in rows.into_iter().filter(|(go, _)| !go.contains('…')) {
        let inside = |text: &str, start: &str, end: &str| {
            let text = if text.contains("{{") { text.to_owned() } else { format!("{{{{{text}}}}}") };
            let is_of_root = ["Values", "Files", "Capabilities"].iter().any(|name| text.contains(name));
            if is_of_root { text } else { format!("{start}{text}{end}") }
        };
        let go = format!("a: |\n  {}\n", inside(&go, "{{ with .Values }}", "{{ end }}"));
        let handlebars = format!("a: |\n  {}\n", inside(&handlebars, "{{#with Values}}", "{{/with}}"));
        let (status, output, errors) = rendered(&[("a.yaml.hbs", &handlebars)]);
        assert_eq!((status, errors.as_str()), (Some(0), ""), "{handlebars}");
        assert_eq!(output.replace(".hbs", ""), rendered(&[("a.yaml", &go)]).1, "{handlebars}");
    }
}

#[test]
fn includes_go_both_ways() {
    let go = ("_go.tpl", "{{ define \"of.go\" }}go {{ .Release.Name }} {{ include \"label\" . }}{{ end }}");
    let partial = ("_label.hbs", "label of {{Chart.Name}}");
    let a = ("a.yaml", "a: {{ include \"of.go\" . }}\nb: {{ include \"label\" . }}\n");
    let b = ("b.yaml.hbs", "a: {{include \"of.go\" this}}\nb: {{> label}}\nc: {{include \"label\" this}}\n");
    let expected = "---\n# Source: c/templates/a.yaml\na: go r label of c\nb: label of c\n\n\
                    ---\n# Source: c/templates/b.yaml.hbs\na: go r label of c\nb: label of c\nc: label of c\n";
    prints(&[go, partial, a, b], expected);
}

#[test]
fn methods_take_arguments_and_texts_stay() {
    let template = "a: {{Files.Get \"motd.txt\"}}b: {{quote \"Files.Get x\"}} # Files.Get\n\
                    c: {{#if (Capabilities.APIVersions.Has \"v1\")}}yes{{/if}}\n";
    let expected = "---\n# Source: c/templates/a.yaml.hbs\na: hello\nb: \"Files.Get x\" # Files.Get\nc: yes\n";
    prints(&[("a.yaml.hbs", template)], expected);
}

#[test]
fn fields_must_exist() {
    let error = "c/templates/a.yaml.hbs:2:3\n  executing \"c/templates/a.yaml.hbs\" at <Values.none>:\n    \
                 no field Values.none; write {{default \"\" Values.none}} if it may be absent";
    fails(&[("a.yaml.hbs", "a: 1\nb: {{Values.none}}\n")], error);
    let text = "a: {{default \"d\" Values.none}}{{#if Values.none}}x{{/if}}\n";
    prints(&[("a.yaml.hbs", text)], "---\n# Source: c/templates/a.yaml.hbs\na: d\n");
}

#[test]
fn failures_have_a_place() {
    let failed = "execution error at (c/templates/a.yaml.hbs:2:3): no";
    fails(&[("a.yaml.hbs", "a: 1\nb: {{fail \"no\"}}\n")], failed);
    let unknown = "c/templates/a.yaml.hbs:1:3\n  executing \"c/templates/a.yaml.hbs\" at <qoute Values.a>:\n    \
                   function \"qoute\" not defined";
    fails(&[("a.yaml.hbs", "a: {{qoute Values.a}}\n")], unknown);
    fails(
        &[("a.yaml.hbs", "a: 1\n{{#if Values.a}}\n")],
        "parse error at (c/templates/a.yaml.hbs:3): unexpected end: a block above is not closed",
    );
    let inside = "template: c/templates/a.yaml:1:6: executing \"c/templates/a.yaml\" at <include \"p\" .>: \
                  error calling include: c/templates/_p.hbs:1:0\n  executing \"c/templates/_p.hbs\" at <none>:\n    \
                  no field none; write {{default \"\" none}} if it may be absent";
    fails(&[("_p.hbs", "{{none}}"), ("a.yaml", "a: {{ include \"p\" . }}\n")], inside);
}

#[test]
fn packages_warn_and_helm_refuses() {
    let Some(beside) = Beside::new(env!("CARGO_BIN_EXE_rhelm")) else { return };
    let chart = Files::chart("c").file("templates/a.yaml.hbs", "a: {{Values.a}}\n").file("values.yaml", "a: 1\n");
    let beside = beside.files("c", &chart);
    let [_, home] = beside.homes();
    let packaged = format!("Successfully packaged chart and saved it to: {}/c-0.1.0.tgz\n", home.display());
    let warning =
        "level=WARN msg=\"templates/a.yaml.hbs is written in Handlebars: rhelm installs this chart, Helm refuses it\"\n";
    assert_eq!(rhelm(&home, &["package", "c"]), (Some(0), packaged, warning.to_owned()));
    let refused = "exit 1\nError: parse error at (c/templates/a.yaml.hbs:1): function \"Values\" not defined\n\n\
                   Use --debug flag to render out invalid YAML\n";
    assert_eq!(beside.theirs("helm template r c"), refused);
}
