//! Patches, and what they make of documents in every style.

use super::*;

fn text(text: &str) -> Data {
    Data::Text(text.to_owned())
}

fn map<'d>(entries: &[(&str, Patch<'d>)]) -> Patch<'d> {
    Patch::Map(entries.iter().map(|(key, patch)| ((*key).to_owned(), patch.clone())).collect())
}

fn labels(patch: Patch) -> Patch {
    map(&[("metadata", map(&[("labels", map(&[("team", patch)]))]))])
}

fn changed(document: &str, patch: &Patch) -> String {
    let change = |editor: &mut Editor| match editor.tree().root() {
        Some(root) => editor.merge(root, patch),
        None => Ok(()),
    };
    edit::<EditError>(document, change).expect("a document that can be changed").into_owned()
}

#[test]
fn entries_go_after_the_last_one_in_the_style_of_their_mapping() {
    let cases = [
        (
            "metadata:\n  labels:\n    a: b # c\n\n# end\nx: 1\n",
            "metadata:\n  labels:\n    a: b # c\n    team: x\n\n# end\nx: 1\n",
        ),
        ("metadata:\n    name: n\nx: 1", "metadata:\n    name: n\n    labels:\n      team: x\nx: 1"),
        ("metadata:\n  name: n", "metadata:\n  name: n\n  labels:\n    team: x"),
        ("a: 1\nmetadata:\n  labels:\n    a: b\r\n", "a: 1\nmetadata:\n  labels:\n    a: b\r\n    team: x\r\n"),
        ("a: 1\r\nmetadata:\r\n  labels:\r\n    a: b\n", "a: 1\r\nmetadata:\r\n  labels:\r\n    a: b\n    team: x\n"),
        ("a: 1\r\nmetadata:\r\n  labels:\r\n    a: b", "a: 1\r\nmetadata:\r\n  labels:\r\n    a: b\r\n    team: x"),
        ("a: 1\r\nmetadata:\r\n  labels:\r\n    a: b\r\n", "a: 1\r\nmetadata:\r\n  labels:\r\n    a: b\r\n    team: x\r\n"),
        ("a: 1\n", "a: 1\nmetadata:\n  labels:\n    team: x\n"),
        ("metadata:\n  labels: # none\nx: 1\n", "metadata:\n  labels: # none\n    team: x\nx: 1\n"),
        ("metadata:\n  labels:   null # none\n", "metadata:\n  labels: # none\n    team: x\n"),
        ("metadata: ~\n", "metadata:\n  labels:\n    team: x\n"),
        ("metadata:\n  labels: {}\n", "metadata:\n  labels: {team: x}\n"),
        ("metadata: { labels: { a: b } }\n", "metadata: { labels: { a: b, team: x } }\n"),
        ("metadata: {name: n}\n", "metadata: {name: n, labels: {team: x}}\n"),
        ("{\"metadata\":{\"labels\":{\"a\":\"b\"}}}", "{\"metadata\":{\"labels\":{\"a\":\"b\",\"team\":\"x\"}}}"),
        (
            "{\n  \"metadata\": {\n    \"labels\": {\n      \"a\": \"b\"\n    }\n  }\n}\n",
            "{\n  \"metadata\": {\n    \"labels\": {\n      \"a\": \"b\",\n      \"team\": \"x\"\n    }\n  }\n}\n",
        ),
        (
            "metadata:\n  labels:\n    a: |+\n      t\n\n  # c\n",
            "metadata:\n  labels:\n    a: |+\n      t\n\n    team: x\n  # c\n",
        ),
        ("metadata:\n  labels:\n    a: |\n      t", "metadata:\n  labels:\n    a: |-\n      t\n    team: x"),
        ("metadata:\n  labels:\n    a:\n", "metadata:\n  labels:\n    a:\n    team: x\n"),
    ];
    for (document, expected) in cases {
        assert_eq!(changed(document, &labels(Patch::Keep(text("x")))), expected, "{document}");
        assert_eq!(changed(expected, &labels(Patch::Keep(text("x")))), expected, "a second time");
    }
}

#[test]
fn values_are_kept_or_replaced() {
    let cases = [
        ("metadata:\n  labels:\n    team: old # c\n    b: c\n", "metadata:\n  labels:\n    team: new # c\n    b: c\n"),
        ("metadata:\n  labels:\n    team: |\n      old\n    b: c\n", "metadata:\n  labels:\n    team: new\n    b: c\n"),
        ("metadata:\n  labels:\n    \"team\": 'old'\n", "metadata:\n  labels:\n    \"team\": new\n"),
        ("metadata: {labels: {team: old, b: c}}\n", "metadata: {labels: {team: new, b: c}}\n"),
        ("{\"metadata\": {\"labels\": {\"team\": \"old\"}}}", "{\"metadata\": {\"labels\": {\"team\": \"new\"}}}"),
    ];
    for (document, expected) in cases {
        assert_eq!(changed(document, &labels(Patch::Put(text("new")))), expected);
        assert_eq!(changed(document, &labels(Patch::Keep(text("new")))), document);
    }
}

#[test]
fn changes_of_nested_collections_that_end_together_stay_apart() {
    let patch = map(&[
        ("b", map(&[("c", map(&[("z", Patch::Keep(text("1")))])), ("d", Patch::Keep(text("2")))])),
        ("e", Patch::Keep(text("3"))),
    ]);
    assert_eq!(
        changed("a: 0\nb:\n  c:\n    x: 0\n", &patch),
        "a: 0\nb:\n  c:\n    x: 0\n    z: \"1\"\n  d: \"2\"\ne: \"3\"\n"
    );
    let w = text("w");
    let list = map(&[("b", Patch::Append(vec![&w])), ("c", Patch::Keep(text("z")))]);
    assert_eq!(changed("b:\n- x\n", &list), "b:\n- x\n- w\nc: z\n");
}

#[test]
fn items_go_first_or_last() {
    let item = Data::Map(vec![("name".to_owned(), text("p")), ("v".to_owned(), Data::Raw("1".into()))]);
    let cases = [
        (
            "l:\n  # c\n  - a\n  - b # d\nx: 1\n",
            "l:\n  # c\n  - name: p\n    v: 1\n  - a\n  - b # d\nx: 1\n",
            "l:\n  # c\n  - a\n  - b # d\n  - name: p\n    v: 1\nx: 1\n",
        ),
        ("l: [a,  b]\n", "l: [{name: p, v: 1},  a,  b]\n", "l: [a,  b,  {name: p, v: 1}]\n"),
        ("l: [] # c\n", "l: # c\n- name: p\n  v: 1\n", "l: # c\n- name: p\n  v: 1\n"),
        ("{l: []}\n", "{l: [{name: p, v: 1}]}\n", "{l: [{name: p, v: 1}]}\n"),
        ("l:\nx: 1\n", "l:\n- name: p\n  v: 1\nx: 1\n", "l:\n- name: p\n  v: 1\nx: 1\n"),
        ("x: 1\n", "x: 1\nl:\n- name: p\n  v: 1\n", "x: 1\nl:\n- name: p\n  v: 1\n"),
    ];
    for (document, first, last) in cases {
        assert_eq!(changed(document, &map(&[("l", Patch::Prepend(vec![&item]))])), first);
        assert_eq!(changed(document, &map(&[("l", Patch::Append(vec![&item]))])), last);
    }
}

#[test]
fn what_stands_in_the_way_is_named() {
    let change = |editor: &mut Editor| editor.merge(NodeId::ROOT, &labels(Patch::Keep(text("x"))));
    let error = edit::<EditError>("metadata:\n  labels: [a]\n", change).expect_err("a list is no mapping");
    assert_eq!(error.to_string(), "metadata.labels is not a mapping");
}

#[test]
fn aliases_that_a_change_would_show_through_become_copies() {
    let shared = "metadata:\n  labels: &l\n    app: web # c\nspec:\n  selector:\n    matchLabels: *l\n";
    let expected =
        "metadata:\n  labels: &l\n    app: web # c\n    team: x\nspec:\n  selector:\n    matchLabels: {app: web}\n";
    assert_eq!(changed(shared, &labels(Patch::Keep(text("x")))), expected);

    let alias = "a: &a {labels: &l {app: 1, b: 'yes'}}\nmetadata: *a\n";
    let expected = "a: &a {labels: &l {app: 1, b: 'yes'}}\nmetadata: {labels: {app: 1, b: \"yes\", team: x}}\n";
    assert_eq!(changed(alias, &labels(Patch::Keep(text("x")))), expected);
}

#[test]
fn merged_mappings_are_seen_and_overridden() {
    let document = "x: &x {team: old}\nmetadata:\n  labels:\n    <<: *x\n";
    assert_eq!(changed(document, &labels(Patch::Keep(text("new")))), document);
    assert_eq!(changed(document, &labels(Patch::Put(text("old")))), document);
    let expected = "x: &x {team: old}\nmetadata:\n  labels:\n    <<: *x\n    team: new\n";
    assert_eq!(changed(document, &labels(Patch::Put(text("new")))), expected);

    let deep = "x: &x\n  labels: {a: b}\nmetadata:\n  <<: *x\n";
    let expected = "x: &x\n  labels: {a: b}\nmetadata:\n  <<: {labels: {a: b, team: new}}\n";
    assert_eq!(changed(deep, &labels(Patch::Put(text("new")))), expected);
}

#[test]
fn documents_without_a_change_keep_their_aliases() {
    let document = "x: &x {team: old}\nmetadata:\n  labels: *x\n";
    assert_eq!(changed(document, &labels(Patch::Keep(text("new")))), document);
}

#[test]
fn other_unusual_documents() {
    let cases = [
        ("metadata:\n  labels: !!map {}\n", "metadata:\n  labels: !!map {team: x}\n"),
        (
            "metadata:\n  labels:\n    a: \"b\n      c\" # d\n",
            "metadata:\n  labels:\n    a: \"b\n      c\" # d\n    team: x\n",
        ),
        ("metadata:\n  ? labels\n  : a: b\n", "metadata:\n  ? labels\n  : a: b\n    team: x\n"),
        ("metadata: {\n  labels: {a: b},\n  }\n", "metadata: {\n  labels: {a: b, team: x},\n  }\n"),
        ("metadata:\n  labels: {a: b,}\n", "metadata:\n  labels: {a: b, team: x,}\n"),
        ("metadata:\n  labels: {a: }\n", "metadata:\n  labels: {a: , team: x}\n"),
        ("metadata:\n  labels: {a:}\n", "metadata:\n  labels: {a: , team: x}\n"),
        ("metadata: {labels}\n", "metadata: {labels: {team: x}}\n"),
        ("metadata:\n  labels:\n    a: |2+\n       t", "metadata:\n  labels:\n    a: |-2\n       t\n    team: x"),
        ("\u{feff}metadata:\n  labels:\n    a: b\n", "\u{feff}metadata:\n  labels:\n    a: b\n    team: x\n"),
        ("a: 1\n...\n", "a: 1\nmetadata:\n  labels:\n    team: x\n...\n"),
    ];
    for (document, expected) in cases {
        let patch = labels(Patch::Keep(text("x")));
        assert_eq!(changed(document, &patch), expected, "{document}");
        assert_eq!(changed(expected, &patch), expected, "a second time");
    }
}
