//! Reading a large index fast: of each version only the fields that finding and searching need, when the file has the form in
//! which Helm writes it. Whatever looks different is left to the parser of YAML, so that nothing is read differently.

use super::Entry;
use goyaml::{Map, Value};
use std::collections::BTreeMap;

/// The fields that are read.
const FIELDS: [&str; 7] = ["appVersion", "description", "digest", "keywords", "name", "urls", "version"];

/// What makes a file one for the parser: anchors, aliases, tags, merges, other line ends.
const UNUSUAL: [&str; 9] = [": &", ": *", ": !", "- &", "- *", "- !", "<<", "\t", "\r"];

/// The versions by chart, and when the index was made; `None` when the file has another form.
pub(super) fn scan(text: &str) -> Option<(BTreeMap<String, Vec<Entry>>, String)> {
    if UNUSUAL.iter().any(|mark| text.contains(mark)) {
        return None;
    }
    let mut scanner = Scanner::default();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        scanner.line(text, at, line.trim_end_matches('\n'))?;
        at += line.len();
    }
    scanner.end_item(&text[scanner.start..])?;
    scanner.end_chart();
    if scanner.open.is_some() || !scanner.is_index || !scanner.has_version {
        return None;
    }
    Some((scanner.entries, scanner.generated))
}

#[derive(Default)]
struct Scanner {
    entries: BTreeMap<String, Vec<Entry>>,
    generated: String,
    chart: Option<String>,
    /// Whether `entries:` has been seen, and nothing after it.
    is_within: bool,
    is_index: bool,
    has_version: bool,
    is_item: bool,
    /// Whether the chart has versions, proper or not.
    has_items: bool,
    /// Where the item begins.
    start: usize,
    /// The quote of a text that goes on.
    open: Option<char>,
}

/// What stands before the fields of a version.
const INDENT: &str = "    ";

impl Scanner {
    fn line(&mut self, text: &str, at: usize, line: &str) -> Option<()> {
        let content = line.trim_start_matches(' ');
        let indent = line.len() - content.len();
        if content.is_empty() {
            return Some(());
        }
        if let Some(quote) = self.open {
            if indent <= INDENT.len() {
                return None;
            }
            if content.ends_with(quote) {
                self.open = None;
            }
            return Some(());
        }
        let is_item = indent == 2 && content.starts_with("- ");
        if indent < INDENT.len() {
            if self.is_item {
                self.end_item(&text[self.start..at])?;
            }
            self.is_item = is_item;
            self.has_items |= is_item;
            self.start = at;
        }
        match indent {
            0 => {
                self.end_chart();
                self.top(content)?;
            }
            2 if is_item => {
                self.chart.as_ref().filter(|_| self.is_within)?;
            }
            2 if self.is_within => {
                self.end_chart();
                let name = content.strip_suffix(':').filter(|name| is_name(name))?;
                if self.entries.insert(name.to_owned(), Vec::new()).is_some() {
                    return None;
                }
                self.chart = Some(name.to_owned());
            }
            indent if indent >= INDENT.len() && self.is_item => {}
            _ => return None,
        }
        self.open = unclosed(content);
        if self.open.is_some() && !self.is_item { None } else { Some(()) }
    }

    fn top(&mut self, content: &str) -> Option<()> {
        let (key, value) = content.split_once(':')?;
        match (key, value.trim()) {
            ("entries", "") if !self.is_index => (self.is_within, self.is_index) = (true, true),
            ("apiVersion", version) if !self.has_version && simple(version).is_some() => {
                (self.has_version, self.is_within) = (true, false);
            }
            ("generated", time) => {
                let Value::String(time) = goyaml::decode(time).ok()? else { return None };
                (self.generated, self.is_within) = (time, false);
            }
            _ => return None,
        }
        Some(())
    }

    /// A chart without a list is none.
    fn end_chart(&mut self) {
        let chart = self.chart.take();
        if let Some(chart) = chart.filter(|_| !std::mem::take(&mut self.has_items)) {
            self.entries.remove(&chart);
        }
    }

    fn end_item(&mut self, item: &str) -> Option<()> {
        if !std::mem::take(&mut self.is_item) {
            return Some(());
        }
        let entry = Entry::new(fields(item)?);
        self.entries.get_mut(self.chart.as_ref()?)?.extend(entry.is_proper().then_some(entry));
        Some(())
    }
}

fn is_name(name: &str) -> bool {
    simple(name) == Some(name) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// The quote of a text that this line begins and does not end.
fn unclosed(content: &str) -> Option<char> {
    let value = content.trim_start_matches("- ");
    let value = value.split_once(": ").map_or(value, |(_, value)| value).trim();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let is_closed = value.len() > 1 && value.ends_with(quote) && !value.ends_with("\\\"");
    (!is_closed).then_some(quote)
}

/// The fields of a version that are read.
fn fields(item: &str) -> Option<Map> {
    let mut map = Map::new();
    // Where a field's text begins, and which it is.
    let mut current: Option<(usize, &str)> = None;
    let mut at = 0;
    let mut take = |current: Option<(usize, &'static str)>, end: usize| -> Option<()> {
        let Some((start, name)) = current else { return Some(()) };
        map.insert(name.to_owned(), value(&item[start..end], name)?).is_none().then_some(())
    };
    for line in item.split_inclusive('\n') {
        let field = line.get(INDENT.len()..).unwrap_or_default();
        let goes_on = field.starts_with(' ') || field.starts_with("- ") || field.trim().is_empty();
        // A version begins with a field.
        if at == 0 || !goes_on {
            let (key, value) = field.split_once(':')?;
            if !is_name(key) || !value.starts_with([' ', '\n']) {
                return None;
            }
            take(current, at)?;
            current = FIELDS.iter().find(|name| **name == key).map(|name| (at, *name));
        }
        at += line.len();
    }
    take(current, item.len())?;
    Some(map)
}

/// The value of a field, of the lines that it takes. The first one begins with blanks, or with a dash.
fn value(lines: &str, name: &str) -> Option<Value> {
    let rest = lines[INDENT.len() + name.len() + 1..].trim_start_matches(' ');
    let (first, more) = rest.split_once('\n').unwrap_or((rest, ""));
    if !more.trim().is_empty() && first.is_empty() {
        let items: Option<Vec<Value>> =
            more.lines().map(|line| Some(Value::from(simple(line.strip_prefix("    - ")?)?))).collect();
        if let Some(items) = items {
            return Some(Value::List(items));
        }
    } else if more.trim().is_empty()
        && let Some(text) = simple(first)
    {
        return Some(Value::from(text));
    }
    if more.trim().is_empty()
        && let Some(items) = flow_list(first)
    {
        return Some(Value::List(items));
    }
    let text = format!("{INDENT}{}", &lines[INDENT.len()..]);
    match goyaml::decode(&text).ok()? {
        Value::Map(mut map) => map.remove(name),
        _ => None,
    }
}

/// `[a, b]` of texts that mean themselves.
fn flow_list(text: &str) -> Option<Vec<Value>> {
    let inner =
        text.strip_prefix('[')?.strip_suffix(']').filter(|inner| !inner.contains(['[', ']', '{', '}', '"', '\'', '#']))?;
    inner.split(',').map(|item| simple(item.trim_matches(' ')).map(Value::from)).collect()
}

/// Words that are no texts.
const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// A text that means itself, with or without quotes.
fn simple(text: &str) -> Option<&str> {
    if let Some(inner) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        return (!inner.contains(['"', '\\'])).then_some(inner);
    }
    if let Some(inner) = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        return (!inner.contains('\'')).then_some(inner);
    }
    let first = *text.as_bytes().first()?;
    let is_plain = !text.contains(": ") && !text.contains(" #") && !text.ends_with([':', ' ']);
    let is_word = first.is_ascii_alphabetic() && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    // Two dots make no number, and without a colon there is no time either.
    let is_version = first.is_ascii_alphanumeric() && text.matches('.').count() >= 2 && !text.contains([':', ' ']);
    (is_plain && (is_word || is_version)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::super::Index;
    use super::*;

    const HEAD: &str = "apiVersion: v1\nentries:\n";
    const TAIL: &str = "generated: \"2024-05-28T10:11:12Z\"\n";

    /// What the parser reads, without the fields that are left out here.
    fn parsed(text: &str) -> Option<(BTreeMap<String, Vec<Entry>>, String)> {
        let mut index = Index::parse(text.as_bytes()).ok()?;
        for entry in index.entries.values_mut().flatten() {
            entry.fields.retain(|name, _| FIELDS.contains(&name.as_str()));
        }
        Some((index.entries, index.generated))
    }

    fn sorted(found: Option<(BTreeMap<String, Vec<Entry>>, String)>) -> Option<(BTreeMap<String, Vec<Entry>>, String)> {
        let (entries, generated) = found?;
        let mut index = Index { entries, generated };
        index.sort();
        Some((index.entries, index.generated))
    }

    const USUAL: &[&str] = &[
        "  web:\n  - apiVersion: v2\n    name: web\n    version: 1.2.3\n    urls:\n    - web-1.2.3.tgz\n",
        "  web:\n  - name: web\n    version: 1.2.3\n  - name: web\n    version: 2.0.0-rc.1+b\n  tool:\n  - name: tool\n    version: \"1\"\n",
        "  web:\n  - annotations:\n      a: |\n        name: x\n        version: 9.9.9\n    name: web\n    version: 1.0.0\n",
        "  web:\n  - description: goes on and\n      on and on\n    name: web\n    version: 1.0.0\n",
        "  web:\n  - description: 'it''s: quoted\n      and goes on'\n    name: web\n    version: 1.0.0\n",
        "  web:\n  - description: \"a \\\"b\\\" \\u00e9\"\n    keywords:\n    - yes\n    - sql\n    - 12\n    name: web\n    version: 1.0.0\n",
        "  web:\n  - dependencies:\n    - name: other\n      version: 3.0.0\n    name: web\n    version: 1.0.0\n",
        "  web:\n  - keywords: [database, web,queue , a b]\n    urls: [https://h/a:b.tgz, b-1.2.3.tgz]\n    name: web\n    version: 1.0.0\n",
        "  web:\n  - keywords: [yes, 12, a: b, web]\n    urls: []\n    name: web\n    version: 1.0.0\n",
        "  web:\n  - keywords: [a,, b]\n    urls: [a,]\n    name: web\n    version: 1.0.0\n",
        "  web:\n  - appVersion: 1.10\n    description: null\n    name: web\n    version: 1.0.0\n",
        "  web:\n  - description: a # comment\n    name: web\n    version: 1.0.0\n",
        "  web:\n  - name: web\n    version: nonsense\n  - version: 1.0.0\n",
        "  web: \n  - name: web\n    version: 1.0.0\n",
        "  web:\n  - {name: web, version: 1.0.0}\n",
        "  web:\n  - {name: web, version: 1.0.0}\n  - {name: web, version: 2.0.0,\n    urls: [a]}\n",
        "  web:\n  -   name: web\n      version: 1.0.0\n",
        "  web:\n  - \"name\": web\n    version: 1.0.0\n    'urls': [a]\n",
        "  web:\n  - ? name\n    : web\n    version : 1.0.0\n",
        "  web:\n  - # first\n    name: web\n    # second: x\n    version: 1.0.0\n\n    urls: [a]\n",
        "  web:\n",
        "",
    ];

    #[test]
    fn reads_what_the_parser_reads() {
        let mut fast = 0;
        for entries in USUAL {
            let text = format!("{HEAD}{entries}{TAIL}");
            let found = sorted(scan(&text));
            fast += usize::from(found.is_some());
            assert!(found.is_none() || found == sorted(parsed(&text)), "{text}\n{found:?}\n{:?}", parsed(&text));
        }
        assert!(fast >= 8, "{fast} of {}", USUAL.len());
        // A time without quotes is one all the same.
        let bare = format!("{HEAD}{}generated: 2024-05-28T10:11:12Z\n", USUAL[0]);
        assert_eq!(sorted(scan(&bare)), sorted(parsed(&bare)));
        assert!(scan(&bare).is_some());
    }

    #[test]
    fn leaves_what_is_unusual_to_the_parser() {
        let unusual = [
            "  web:\n  - &a\n    name: web\n    version: 1.0.0\n",
            "  web:\n  - name: web\n    version: 1.0.0\n    name: tool\n",
            "  web:\n  - name: \"web\n  - name: x\"\n    version: 1.0.0\n",
            "  web:\n  - {name: web, version: 1.0.0}\n  web:\n",
            "  web:\n    - name: web\n      version: 1.0.0\n",
            "  \"a: b\":\n  - name: web\n    version: 1.0.0\n",
        ];
        for entries in unusual {
            assert!(scan(&format!("{HEAD}{entries}{TAIL}")).is_none(), "{entries}");
        }
        for text in ["", "entries:\n", "apiVersion: v1\nentries: {}\n", "apiVersion: v1\nentries:\n---\n", "[1]\n"] {
            assert!(scan(text).is_none(), "{text}");
        }
    }
}
