//! Which known name somebody may have meant.

/// The name that takes the fewest changes to get to, if they are few enough for a slip: two, or a quarter of the letters.
/// Of several, the first in alphabetical order.
#[must_use]
pub fn nearest<'a>(known: impl IntoIterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    let most = (name.chars().count() / 4).max(2);
    let candidates = known.into_iter().map(|known| (distance(known, name), known));
    let near = candidates.filter(|(changes, known)| *changes <= most && *changes < known.chars().count());
    near.min().map(|(_, known)| known)
}

/// How many letters have to be changed, added or taken away.
#[must_use]
pub fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, c) in one.chars().enumerate() {
        let mut diagonal = at;
        row[0] = at + 1;
        for (column, d) in other.iter().enumerate() {
            let changed = diagonal + usize::from(c != *d);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_few() {
        let known = ["toYaml", "toJson", "quote", "if", "nindent", "indent"];
        assert_eq!(nearest(known, "toYml"), Some("toYaml"));
        assert_eq!(nearest(known, "qoute"), Some("quote"));
        assert_eq!(nearest(known, "nident"), Some("nindent"));
        assert_eq!(nearest(known, "x"), None, "all of a name is no slip");
        assert_eq!(nearest(known, "frobnicate"), None);
    }
}
