//! What `template` prints: the whole stream, chosen parts of it, or files.

use super::{Manifest, Manifests, split, stream};
use crate::pattern::Pattern;

/// A pattern of `--show-only` that no document matches.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("could not find template {0} in chart")]
pub struct NoSuchTemplate(pub String);

/// The text on standard output. Only the part before the hooks is trimmed, so a hook may end in blank lines.
#[must_use]
pub fn printed(crds: &[Manifest], manifests: &Manifests) -> String {
    let hooks = manifests.hooks.iter().map(|hook| &hook.manifest);
    let length = crds.iter().chain(&manifests.resources).chain(hooks).map(stream::framed_length).sum::<usize>();
    let mut text = String::with_capacity(length + 1);
    for manifest in crds.iter().chain(&manifests.resources) {
        stream::frame(&mut text, manifest);
    }
    // A frame begins with no space.
    text.truncate(text.trim_end().len());
    text.push('\n');
    for hook in &manifests.hooks {
        stream::frame(&mut text, &hook.manifest);
    }
    text
}

/// The parts of a printed stream whose source, without the chart's name, matches: in the order of the patterns.
///
/// # Errors
/// [`NoSuchTemplate`] for the first pattern that matches nothing.
pub fn show_only(printed: &str, patterns: &[String]) -> Result<String, NoSuchTemplate> {
    let parts = split::split(printed);
    let mut text = String::new();
    for pattern in patterns {
        let matching = parts.iter().filter(|part| source_below_chart(part).is_some_and(|name| is_match(pattern, name)));
        let before = text.len();
        for part in matching {
            text.push_str(&format!("---\n{part}\n"));
        }
        if text.len() == before {
            return Err(NoSuchTemplate(pattern.clone()));
        }
    }
    Ok(text)
}

/// The files of `--output-dir`, in the order in which their documents are reported: path and content of each document.
/// Documents of one path belong into one file.
#[must_use]
pub fn files(crds: &[Manifest], manifests: &Manifests) -> Vec<(String, String)> {
    let hooks = manifests.hooks.iter().map(|hook| &hook.manifest);
    let all = crds.iter().chain(&manifests.resources).chain(hooks);
    let document = |manifest: &Manifest| {
        let mut text = String::new();
        stream::frame(&mut text, manifest);
        (manifest.source.clone(), text)
    };
    all.map(document).collect()
}

fn is_match(pattern: &str, name: &str) -> bool {
    Pattern::parse(pattern).is_ok_and(|pattern| pattern.matches(name))
}

/// `templates/a.yaml` of the first `# Source: chart/templates/a.yaml`.
fn source_below_chart(part: &str) -> Option<&str> {
    const MARK: &str = "# Source: ";
    part.lines().find_map(|line| {
        let (chart, name) = line.get(line.find(MARK)? + MARK.len()..)?.split_once('/')?;
        (!chart.is_empty() && !name.is_empty()).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Hook;

    fn manifest(source: &str, content: &str) -> Manifest {
        Manifest { source: source.into(), content: content.into(), ..Manifest::default() }
    }

    fn example() -> (Vec<Manifest>, Manifests) {
        let crds = vec![manifest("c/crds/x.yaml", "kind: Crd\n---\nkind: Crd2\n\n")];
        let resources = vec![
            manifest("c/templates/b.yaml", "kind: Service\n\n\n"),
            manifest("c/templates/a.yaml", "kind: A\n\n"),
            manifest("c/templates/b.yaml", "kind: B\n"),
            manifest("c/charts/sx/templates/s.yaml", "kind: S\n"),
        ];
        let hook = Hook { manifest: manifest("c/templates/h.yaml", "kind: Job\n\n"), ..Hook::default() };
        (crds, Manifests { resources, hooks: vec![hook] })
    }

    // The expected texts are what Helm 4.3.1 prints for a chart of these files.
    #[test]
    fn the_whole_stream() {
        let (crds, manifests) = example();
        let expected = "---\n# Source: c/crds/x.yaml\nkind: Crd\n---\nkind: Crd2\n\n\n\
                        ---\n# Source: c/templates/b.yaml\nkind: Service\n\n\n\n\
                        ---\n# Source: c/templates/a.yaml\nkind: A\n\n\n\
                        ---\n# Source: c/templates/b.yaml\nkind: B\n\n\
                        ---\n# Source: c/charts/sx/templates/s.yaml\nkind: S\n\
                        ---\n# Source: c/templates/h.yaml\nkind: Job\n\n\n";
        assert_eq!(printed(&crds, &manifests), expected);
        assert_eq!(printed(&[], &Manifests::default()), "\n");
    }

    #[test]
    fn chosen_parts() {
        let (crds, manifests) = example();
        let text = printed(&crds, &manifests);
        let show = |patterns: &[&str]| show_only(&text, &patterns.iter().map(ToString::to_string).collect::<Vec<_>>());
        let expected =
            "---\n# Source: c/templates/h.yaml\nkind: Job\n\n\n\n---\n# Source: c/templates/a.yaml\nkind: A\n\n\n\n";
        assert_eq!(show(&["templates/h.yaml", "templates/a.yaml"]), Ok(expected.into()));
        let crd = "---\n# Source: c/crds/x.yaml\nkind: Crd\n\n";
        assert_eq!(show(&["crds/x.yaml"]), Ok(crd.into()));
        let subchart = "---\n# Source: c/charts/sx/templates/s.yaml\nkind: S\n\n";
        assert_eq!(show(&["charts/s*/templates/s.yaml"]), Ok(subchart.into()));
        let error = show(&["["]).expect_err("no such template").to_string();
        assert_eq!(error, "could not find template [ in chart");
    }
}
