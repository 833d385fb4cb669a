//! The notes of a release: rendered like every template, but shown to people instead of being applied.

use super::Rendered;

const NOTES: &str = "NOTES.txt";
const NOTES_HANDLEBARS: &str = "NOTES.txt.hbs";

/// Takes every file whose name ends in `NOTES.txt` out of `rendered` and returns the chart's notes.
///
/// With `subcharts` the notes of all charts are joined with newlines, in the order of their names; else only those of the
/// root chart count.
pub fn take_notes(rendered: &mut Rendered, root: &str, subcharts: bool) -> String {
    let is_notes = |name: &str| name.ends_with(NOTES) || name.ends_with(NOTES_HANDLEBARS);
    let names: Vec<String> = rendered.keys().filter(|name| is_notes(name)).cloned().collect();
    let own = [NOTES, NOTES_HANDLEBARS].map(|name| format!("{root}/templates/{name}"));
    let mut notes = String::new();
    for name in names {
        let text = rendered.remove(&name).unwrap_or_default();
        if !subcharts && !own.contains(&name) {
            continue;
        }
        if !notes.is_empty() {
            notes.push('\n');
        }
        notes.push_str(&String::from_utf8_lossy(&text));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered() -> Rendered {
        ["c/charts/s/templates/NOTES.txt", "c/templates/NOTES.txt", "c/templates/a.yaml", "c/templates/xNOTES.txt"]
            .map(|name| (name.to_owned(), format!("text of {name}").into_bytes()))
            .into()
    }

    #[test]
    fn only_the_root_charts_own_notes_count() {
        let mut files = rendered();
        assert_eq!(take_notes(&mut files, "c", false), "text of c/templates/NOTES.txt");
        assert_eq!(files.into_keys().collect::<Vec<_>>(), ["c/templates/a.yaml"]);
    }
}
