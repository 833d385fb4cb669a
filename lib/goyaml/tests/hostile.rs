//! Input that means harm ends in an error, in Go's words, and costs neither stack nor time. Expected texts are Helm's.

use goyaml::{
    Error, Sink, Target, Value, Walk, decode, decode_bytes, decode_into, decode_map, json, to_yaml, to_yaml_pretty,
};

const TO_JSON: &str = "error converting YAML to JSON: yaml: ";

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.expect_err("an error").to_string()
}

/// Runs with enough stack to drop what is nested 10,000 deep; nothing else needs it.
fn with_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(test).expect("a thread");
    thread.join().expect("the test to pass");
}

fn nested(open: &str, depth: usize, close: &str) -> String {
    open.repeat(depth) + &close.repeat(depth)
}

#[test]
fn nesting_ends_where_go_ends_it() {
    with_stack(|| {
        let limit = "exceeded max depth of 10000";
        assert!(decode(&nested("[", 10_000, "]")).is_ok());
        assert!(decode(&nested("{a: ", 10_000, "}")).is_ok());
        assert_eq!(refusal(decode(&nested("[", 10_001, "]"))), format!("{TO_JSON}{limit}"));
        assert_eq!(refusal(decode(&"[".repeat(1_000_000))), format!("{TO_JSON}{limit}"));
        assert_eq!(refusal(decode(&"{a: ".repeat(500_000))), format!("{TO_JSON}{limit}"));
        assert_eq!(refusal(decode(&"- ".repeat(500_000))), format!("{TO_JSON}{limit}"));
        assert_eq!(refusal(decode(&"? ".repeat(500_000))), format!("{TO_JSON}{limit}"));
        let blocks = format!("a: 1\nb:\n  {}x\n", "- ".repeat(10_001));
        assert_eq!(refusal(decode(&blocks)), format!("{TO_JSON}line 3: {limit}"));
        // YAML may be this deep in flow and block together, JSON may not; Go writes an empty list there, but does not read it.
        let deep = format!("a: {}", nested("[", 10_000, "]"));
        assert_eq!(refusal(decode(&deep)), "error unmarshaling JSON: while decoding JSON: exceeded max depth");
        let deep = format!("b: .inf\na: {}1{}", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(refusal(decode(&deep)), "error converting YAML to JSON: exceeded max depth");
        assert_eq!(refusal(json::parse(nested("[", 10_001, "]").as_bytes())), "exceeded max depth");
    });
}

#[test]
fn aliases_do_not_nest_without_end() {
    let level = |at: usize| format!("x{at}: &x{at} {}*x{}{}\n", "[".repeat(9000), at - 1, "]".repeat(9000));
    let chain: String = (1..12).map(level).collect();
    let deep = format!("x0: &x0 []\n{chain}");
    with_stack(move || assert_eq!(refusal(decode(&deep)), "error converting YAML to JSON: exceeded max depth"));
    let excessive = format!("{TO_JSON}document contains excessive aliasing");
    let lists: String = (1..5000).map(|at| format!("x{at}: &x{at} [*x{}]\n", at - 1)).collect();
    assert_eq!(refusal(decode(&format!("x0: &x0 []\n{lists}"))), excessive);
    let merges: String = (1..3000).map(|at| format!("x{at}: &x{at} {{<<: *x{}, b{at}: 1}}\n", at - 1)).collect();
    assert_eq!(refusal(decode(&format!("x0: &x0 {{a: 1}}\n{merges}"))), excessive);
}

#[test]
fn merges_do_not_recurse() {
    let text = format!("{}{{a: 1}}{}", "{<<: ".repeat(9_999), "}".repeat(9_999));
    assert_eq!(json::write(&decode(&text).expect("a map")).expect("JSON"), r#"{"a":1}"#);
}

#[test]
fn keys_that_are_refused_are_described_without_recursion() {
    let list = nested("[", 9_990, "]");
    let go = format!("{}[]interface {{}}{{}}{}", "[]interface {}{".repeat(9_989), "}".repeat(9_989));
    assert_eq!(refusal(decode(&format!("? {list}\n: x\n"))), format!("{TO_JSON}invalid map key: {go}"));
    let unsupported = "error converting YAML to JSON: unsupported map key of type: %!s(<nil>), key: <nil>, value: ";
    assert_eq!(refusal(decode(&format!("~: {list}\n"))), format!("{unsupported}{go}"));
}

#[test]
fn bytes_that_are_no_text_are_named() {
    let cases: [(&[u8], &str); 5] = [
        (b"a: \0", "control characters are not allowed"),
        (b"a: \xff", "invalid leading UTF-8 octet"),
        (b"a: \xc3", "incomplete UTF-8 octet sequence"),
        (b"a: \xc3\x28", "invalid trailing UTF-8 octet"),
        (b"a: \xed\xa0\x80", "invalid Unicode character"),
    ];
    for (bytes, expected) in cases {
        assert_eq!(refusal(decode_bytes(bytes)), format!("{TO_JSON}{expected}"));
    }
    assert_eq!(decode_bytes(b"\xff\xfea\0:\0 \x001\0").expect("UTF-16").get("a"), Some(&Value::Float(1.0)));
}

#[test]
fn bad_characters_are_found_a_block_ahead_of_the_scanner() {
    let filler = "# filler\n".repeat(50);
    let wrong = "a: b: c\n";
    let syntax = format!("{TO_JSON}mapping values are not allowed in this context");
    assert_eq!(refusal(decode(&format!("{wrong}{filler}\u{1}"))), format!("{TO_JSON}control characters are not allowed"));
    assert_eq!(refusal(decode(&format!("{wrong}{filler}{filler}\u{1}"))), syntax);
}

#[test]
fn giant_scalars_are_read_and_written() {
    let text = "x ".repeat(200_000) + "x";
    for (yaml, expected) in [
        (format!("a: {text}"), text.clone()),
        (format!("a: \"{text}\""), text.clone()),
        (format!("a: |-\n  {text}\n"), text.clone()),
        (format!("a: >-\n  {}", "x\n  ".repeat(200_000) + "x"), text.clone()),
    ] {
        assert_eq!(decode(&yaml).expect("a map").get("a").and_then(Value::as_str), Some(expected.as_str()));
    }
    let value = decode(&format!("a: {text}")).expect("a map");
    let yaml = to_yaml(&value).expect("YAML");
    assert!(yaml.lines().all(|line| line.len() <= 83), "lines are folded");
    assert_eq!(decode(&yaml).expect("a map"), value);
}

#[test]
fn what_is_written_may_not_be_deeper_than_go_lets_it() {
    with_stack(|| {
        let lists = |depth| (1..depth).fold(Value::List(Vec::new()), |list, _| Value::List(vec![list]));
        assert_eq!(json::write(&lists(10_001)).expect("JSON").len(), 20_002);
        assert_eq!(refusal(json::write(&lists(10_002))), "exceeded max depth");
        assert_eq!(to_yaml(&lists(10_000)).expect("YAML").len(), 20_001);
        assert_eq!(refusal(to_yaml(&lists(10_001))), "yaml: exceeded max depth of 10000");
        assert_eq!(refusal(to_yaml(&lists(10_002))), "error marshaling into JSON: exceeded max depth");
        assert_eq!(to_yaml_pretty(&lists(10_003)).expect("YAML").len(), 20_007);
    });
}

/// A Go struct of two fields, and bytes that are no text.
struct Fields;

impl Walk for Fields {
    fn walk(&self, sink: &mut dyn Sink) -> Result<(), Error> {
        sink.begin_struct(2)?;
        sink.key(b"z")?;
        sink.string(b"\xffabc")?;
        sink.key(b"a")?;
        sink.float(f64::INFINITY)?;
        sink.end_map()
    }
}

#[test]
fn values_that_json_cannot_hold() {
    assert_eq!(to_yaml_pretty(&Fields).expect("YAML"), "z: !!binary /2FiYw==\na: .inf\n");
    assert_eq!(refusal(to_yaml(&Fields)), "error marshaling into JSON: json: unsupported value: +Inf");
    assert_eq!(refusal(json::write(&Value::from(f64::NAN))), "json: unsupported value: NaN");
}

/// Wants `kind`, as text.
struct Kind;
struct Text;
struct Nothing;

impl Target for Kind {
    fn is_text(&self) -> bool {
        false
    }

    fn item(&self) -> &dyn Target {
        &Nothing
    }

    fn member(&self, key: &str) -> &dyn Target {
        if key == "kind" { &Text } else { &Nothing }
    }
}

impl Target for Text {
    fn is_text(&self) -> bool {
        true
    }

    fn item(&self) -> &dyn Target {
        &Nothing
    }

    fn member(&self, _: &str) -> &dyn Target {
        &Nothing
    }
}

impl Target for Nothing {
    fn is_wanted(&self) -> bool {
        false
    }

    fn is_text(&self) -> bool {
        false
    }

    fn item(&self) -> &dyn Target {
        self
    }

    fn member(&self, _: &str) -> &dyn Target {
        self
    }
}

#[test]
fn what_is_not_wanted_is_checked_all_the_same() {
    let head = |text: &str| decode_into(text.as_bytes(), &Kind).map(|value| json::write(&value).expect("JSON"));
    assert_eq!(
        head("kind: 1.10\nspec: {a: [b, *x]}\n").map_err(|error| error.to_string()),
        Err(format!("{TO_JSON}unknown anchor 'x' referenced"))
    );
    assert_eq!(head("spec: &s {a: [b, c]}\nkind: 1.10\nx: *s\n").expect("a head"), r#"{"kind":"1.1"}"#);
    for text in [
        "a: !!int x",
        "a: {~: b}",
        "a: .inf",
        "a: [{b: .nan}]",
        "a: {? [b] : c}",
        "a: {<<: 1}",
        "a: [",
        "a: &a [*a]",
        "18446744073709551615: 1",
    ] {
        let text = format!("kind: Pod\n{text}\n");
        assert_eq!(refusal(head(&text)), refusal(decode_map(&text)), "for {text:?}");
    }
    assert_eq!(head("a: .inf\nkind: .inf\na: 1\n").expect("a head"), r#"{"kind":"+Inf"}"#);
}
