//! Where nodes stand: editors replace and insert bytes by these places.

use goyaml::node::{Document, NodeId, NodeKind};

/// One line a node: indentation by depth, kind, line and byte within it, and the bytes of its span.
fn outline(text: &str) -> String {
    let document = Document::parse(text).expect("YAML").expect("a document");
    let mut out = String::new();
    describe(text, &document, document.root(), 0, &mut out);
    out
}

fn describe(text: &str, document: &Document<'_>, id: NodeId, depth: usize, out: &mut String) {
    let node = document.node(id);
    let kind = match node.kind {
        NodeKind::Scalar { .. } => "scalar",
        NodeKind::Sequence { .. } => "list",
        NodeKind::Mapping { .. } => "map",
        NodeKind::Alias { .. } => "alias",
    };
    let before = &text[..node.span.start];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let place = format!("{}:{}", before.matches('\n').count(), before.len() - line_start);
    out.push_str(&format!("{}{kind} {place} {:?}", "  ".repeat(depth), &text[node.span.clone()]));
    if node.full_span() != node.span {
        out.push_str(&format!(" in {:?}", &text[node.full_span()]));
    }
    out.push('\n');
    for child in document.children(id) {
        describe(text, document, child, depth + 1, out);
    }
}

#[test]
fn block_collections_end_with_their_last_node() {
    let text = "# head\nmetadata:\n  labels:\n    a: b  # note\n\n  # tail\nlist:\n- x\n-\n  - 'y z'\nlast:\n";
    let expected = r#"map 1:0 "metadata:\n  labels:\n    a: b  # note\n\n  # tail\nlist:\n- x\n-\n  - 'y z'\nlast:"
  scalar 1:0 "metadata"
  map 2:2 "labels:\n    a: b"
    scalar 2:2 "labels"
    map 3:4 "a: b"
      scalar 3:4 "a"
      scalar 3:7 "b"
  scalar 6:0 "list"
  list 7:0 "- x\n-\n  - 'y z'"
    scalar 7:2 "x"
    list 9:2 "- 'y z'"
      scalar 9:4 "'y z'"
  scalar 10:0 "last"
  scalar 10:5 ""
"#;
    assert_eq!(outline(text), expected);
}

#[test]
fn block_scalars_end_before_the_break_of_their_last_line() {
    let text = "a: |\n  x\n\n  y\n\nb: >+\n  z\n\nc: |2-\nd: \"q\n  r\"\n";
    let expected = r#"map 0:0 "a: |\n  x\n\n  y\n\nb: >+\n  z\n\nc: |2-\nd: \"q\n  r\""
  scalar 0:0 "a"
  scalar 0:3 "|\n  x\n\n  y"
  scalar 5:0 "b"
  scalar 5:3 ">+\n  z\n"
  scalar 8:0 "c"
  scalar 8:3 "|2-"
  scalar 9:0 "d"
  scalar 9:3 "\"q\n  r\""
"#;
    assert_eq!(outline(text), expected);
}

#[test]
fn flow_collections_end_with_their_bracket_and_nothing_is_empty() {
    let text = "f: {a: , b, [c]: {d: e} , k: [x: y, z] }  \n? g\n? h\n";
    let expected = r#"map 0:0 "f: {a: , b, [c]: {d: e} , k: [x: y, z] }  \n? g\n? h"
  scalar 0:0 "f"
  map 0:3 "{a: , b, [c]: {d: e} , k: [x: y, z] }"
    scalar 0:4 "a"
    scalar 0:6 ""
    scalar 0:9 "b"
    scalar 0:10 ""
    list 0:12 "[c]"
      scalar 0:13 "c"
    map 0:17 "{d: e}"
      scalar 0:18 "d"
      scalar 0:21 "e"
    scalar 0:26 "k"
    list 0:29 "[x: y, z]"
      map 0:30 "x: y"
        scalar 0:30 "x"
        scalar 0:33 "y"
      scalar 0:36 "z"
  scalar 1:2 "g"
  scalar 1:3 ""
  scalar 2:2 "h"
  scalar 2:3 ""
"#;
    assert_eq!(outline(text), expected);
}

#[test]
fn properties_stand_outside_the_span() {
    let text = "\u{feff}é: &x !!str ü\n&k m: !t\n  n: *x\no: &e\n";
    let expected = r#"map 0:3 "é: &x !!str ü\n&k m: !t\n  n: *x\no: &e"
  scalar 0:3 "é"
  scalar 0:16 "ü" in "&x !!str ü"
  scalar 1:3 "m" in "&k m"
  map 2:2 "n: *x" in "!t\n  n: *x"
    scalar 2:2 "n"
    alias 2:5 "*x"
  scalar 3:0 "o"
  scalar 3:5 "" in "&e"
"#;
    assert_eq!(outline(text), expected);
}
