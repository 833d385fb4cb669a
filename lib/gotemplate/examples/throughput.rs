//! Measures parsing and execution: `cargo run --release -p gotemplate --example throughput [FILE…]`.
//!
//! The files, if any are given, are parsed instead of the text below; functions that are not known are declared on the way.

#![allow(clippy::print_stdout, reason = "it is a program")]

use gotemplate::function::{FunctionTable, Rest};
use gotemplate::value::{Map, Str, Value};
use gotemplate::{ParseError, Set};
use std::rc::Rc;
use std::time::Instant;

const TEMPLATE: &str = r#"{{- define "labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name | upper }}
{{- end -}}
{{- range $index, $service := .Values.services }}
{{- if and $service.enabled (ne $service.kind "none") }}
apiVersion: v1
kind: Service
metadata:
  name: {{ $.Release.Name }}-{{ $service.name }}
  labels:
    {{- include "labels" $ | indent 4 }}
spec:
  type: {{ default "ClusterIP" $service.type }}
  ports:
  {{- range $service.ports }}
    - name: {{ .name | quote }}
      port: {{ .port }}
      {{- with .target }}
      targetPort: {{ . }}
      {{- end }}
  {{- end }}
---
{{- end }}
{{- end }}
"#;

fn main() {
    let files: Vec<Vec<u8>> = std::env::args().skip(1).filter_map(|path| std::fs::read(path).ok()).collect();
    let texts = if files.is_empty() { vec![TEMPLATE.as_bytes().to_vec()] } else { files };
    parse(&texts);
    execute();
}

fn parse(texts: &[Vec<u8>]) {
    let mut functions = Rc::new(functions());
    for text in texts {
        declare_functions(&mut functions, text);
    }
    let bytes: usize = texts.iter().map(Vec::len).sum();
    let rounds = (20_000_000 / bytes).max(1);
    let start = Instant::now();
    for _ in 0..rounds {
        for text in texts {
            let _ = Set::new(functions.clone()).parse("file", text);
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("parse    {:8.1} MB/s", (bytes * rounds) as f64 / seconds / 1e6);
}

/// Declares what the text calls and the table does not have.
fn declare_functions(functions: &mut Rc<FunctionTable>, text: &[u8]) {
    loop {
        let parsed = Set::new(functions.clone()).parse("file", text);
        let Err(ParseError { message, .. }) = parsed else { return };
        let name = message.strip_prefix("function \"").and_then(|rest| rest.strip_suffix("\" not defined"));
        let (Some(name), Some(functions)) = (name, Rc::get_mut(functions)) else {
            return println!("skipped  {message}");
        };
        functions.add(name.to_owned().leak(), |_: Rest<Value>| Value::Nil);
    }
}

fn execute() {
    let mut set = Set::new(Rc::new(functions()));
    if set.parse("file", TEMPLATE).is_err() {
        return println!("the template does not parse");
    }
    let data = data();
    let mut out = Vec::new();
    let start = Instant::now();
    let rounds = 10_000;
    for _ in 0..rounds {
        out.clear();
        if let Err(error) = set.execute("file", &data, &mut out) {
            return println!("{error}");
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("execute  {:8.1} MB/s written, {:.1} us a service", (out.len() * rounds) as f64 / seconds / 1e6, {
        seconds / (rounds * SERVICES) as f64 * 1e6
    });
}

const SERVICES: usize = 100;

fn functions() -> FunctionTable {
    let mut functions = FunctionTable::new();
    functions.add("upper", |text: Str| text.to_str_lossy().to_uppercase());
    functions.add("quote", |text: Str| format!("\"{}\"", text.to_str_lossy()));
    functions.add("default", |fallback: Value, value: Value| if value.is_true() { value } else { fallback });
    functions.add("indent", |count: i64, text: Str| {
        let margin = " ".repeat(count as usize);
        format!("{margin}{}", text.to_str_lossy().replace('\n', &format!("\n{margin}")))
    });
    functions.add("include", |set: &Set, name: Str, data: Value| set.output(name.as_bytes(), &data));
    functions
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(entries.into_iter().map(|(key, value)| (key.into(), value)).collect::<Map>())
}

fn data() -> Value {
    let port = |number: f64| map([("name", Value::string("http")), ("port", Value::Float(number))]);
    let service = |index: usize| {
        map([
            ("name", Value::string(format!("service-{index}"))),
            ("enabled", Value::Bool(true)),
            ("kind", Value::string("web")),
            ("ports", Value::list(vec![port(8080.0), port(8443.0)])),
        ])
    };
    map([
        ("Values", map([("services", Value::list((0..SERVICES).map(service).collect()))])),
        ("Release", map([("Name", Value::string("demo"))])),
        ("Chart", map([("Name", Value::string("chart"))])),
    ])
}
