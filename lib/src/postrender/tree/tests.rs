//! What the fast reader accepts, the full reader sees as well, node for node.

use super::{NodeId, Style, Tree, compose, outline};

/// Everything that the fast reader knows; documents are separated by `---` lines.
const ORDINARY: &str = include_str!("ordinary.yaml");

const LEFT_TO_THE_FULL_READER: &[&str] = &[
    "a: &x 1\n",
    "a: *x\n",
    "a: !!str 1\n",
    "a: b\n  c\n",
    "a: \"b\n  c\"\n",
    "a: [b,\n  c]\n",
    "? a\n: b\n",
    "a: |2\n   b\n",
    "a: b: c\n",
    "a: 1\n b: 2\n",
    "  a: 1\nb: 2\n",
    "a: 1\n- b\n",
    "- a\n  b\n",
    "a:\tb\n",
    "a: \"\\/\"\n",
    "a: \"\\ud800\"\n",
    "a: \"b\"#c\n",
    "a: |\n\n   \n b\n",
    "a: {b: c d}\n",
    "a: [b, c\n",
    "a: b\rc: d\n",
    "a: \u{85}\n",
    "%YAML 1.1\n",
    "a: 1\n...\nb: 2\n",
    "a: |\n  b\n  ",
];

fn dump(tree: &Tree) -> Vec<String> {
    let ids = (0..tree.nodes.len()).map(|index| NodeId(u32::try_from(index).expect("a small tree")));
    ids.map(|id| format!("{:?} {:?} {}", tree.node(id), tree.scalar(id), tree.path(id))).collect()
}

/// Whether the fast reader accepts the text; if it does, the trees have to be equal.
fn agree(text: &str) -> bool {
    let Some(fast) = outline::read(text) else { return false };
    match compose::read(text) {
        Ok(full) => assert_eq!(dump(&fast), dump(&full), "{text:?}"),
        Err(error) => panic!("accepted in spite of {error}: {text:?}"),
    }
    true
}

fn ordinary() -> Vec<&'static str> {
    ORDINARY.split("---\n").collect()
}

#[test]
fn ordinary_documents_are_read_fast_and_alike() {
    for document in ordinary() {
        assert!(agree(document), "{document}");
        let windows = document.replace('\n', "\r\n");
        assert!(agree(&windows), "{windows:?}");
        let _ = agree(document.trim_end());
    }
}

#[test]
fn doubtful_documents_are_left_to_the_full_reader() {
    for document in LEFT_TO_THE_FULL_READER {
        assert!(outline::read(document).is_none(), "{document:?}");
    }
}

#[test]
fn damaged_documents_are_read_alike_or_not_at_all() {
    const PIECES: &[&str] = &[
        "\n", " ", "  ", ": ", "- ", "\"", "'", "{", "}", "[", "]", " #", "|", ">-", "&a ", "*a", "!!str ", "\t", "\r\n",
        "? ", "a: b", "- - ", ",", "%", "...", "--- ", "<<", "é", "\\", "~", ":", "-", "\n\n", "  \n", "a:\n",
    ];
    let documents = ordinary();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut accepted = 0;
    for _ in 0..20_000 {
        let mut text = documents[random.below(documents.len())].to_owned();
        for _ in 0..=random.below(3) {
            let at = text.floor_char_boundary(random.below(text.len() + 1));
            let end = text.ceil_char_boundary((at + random.below(4)).min(text.len()));
            text.replace_range(at..end, PIECES[random.below(PIECES.len())]);
        }
        accepted += usize::from(agree(&text));
    }
    assert!(accepted > 4_000, "{accepted}");
}

#[test]
fn keys_are_found_as_helm_finds_them() {
    let tree =
        Tree::read("x: &x {a: 1, b: 2}\ny: &y {b: 3}\nz:\n  <<: [*x, *y]\n  c: 4\n  c: 5\nw: *x\n").expect("a document");
    let find = |path: &[&str]| tree.find_text(NodeId::ROOT, path).map(std::borrow::Cow::into_owned);
    let cases: &[(&[&str], Option<&str>)] = &[
        (&["z", "a"], Some("1")),
        (&["z", "b"], Some("2")),
        (&["z", "c"], Some("5")),
        (&["z", "d"], None),
        (&["w", "b"], Some("2")),
    ];
    for (path, expected) in cases {
        assert_eq!(find(path).as_deref(), *expected, "{path:?}");
    }
    assert!(Tree::read("a: &a [*a]\n").is_err());
    assert_eq!(Tree::read("# nothing\n").expect("a comment").root(), None);
}

#[test]
fn scalars_in_every_style() {
    let text = "- plain # c\n- 'it''s'\n- \"a\\n\\u00e9\\x41\"\n- |\n  x\n   y\n- >-\n  x\n  y\n\n  z\n- |+\n  x\n\n";
    let tree = Tree::read(text).expect("a document");
    let items: Vec<_> = tree.children(NodeId::ROOT).filter_map(|id| tree.scalar(id)).collect();
    assert_eq!(items, ["plain", "it's", "a\né\u{41}", "x\n y\n", "x y\nz", "x\n\n"]);
    assert_eq!(tree.style(NodeId::ROOT), Style::Block);
}

/// Numbers that look random and are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit
    }
}

#[test]
fn json_is_read_with_all_its_escapes() {
    for text in [
        "{\"a\": \"\\ud83d\\ude00 \\/ \\u00e9\\\"\", \"b\": 1}\n",
        "{\n  \"a\": \"\\ud83d\\ude00 \\/ \\u00e9\\\"\",\n  \"b\": 1\n}",
    ] {
        let tree = Tree::read(text).expect("JSON");
        assert_eq!(tree.text(), text);
        assert_eq!(tree.find_text(NodeId::ROOT, &["a"]).as_deref(), Some("\u{1f600} / \u{e9}\""));
        assert_eq!(tree.find_text(NodeId::ROOT, &["b"]).as_deref(), Some("1"));
    }
    for wrong in ["{\"a\": \"\\ud83d\", b: 1}", "a: \"\\ud83d\\ude00\"", "{\"a\": \"\\/\""] {
        assert!(Tree::read(wrong).is_err(), "{wrong}");
    }
}
