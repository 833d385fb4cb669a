//! New charts: the files that `create` writes, in either template language.

/// Stands for the chart's name in the text of a starter.
const PLACEHOLDER: &str = "<CHARTNAME>";

/// Longer names are refused.
const MAX_LENGTH: usize = 250;

/// The language of a new chart's templates.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Language {
    /// Go templates, which Helm reads too.
    #[default]
    Go,
    /// Handlebars, which only rhelm reads.
    Handlebars,
}

/// A name that no chart may have; the texts are Helm's.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ChartNameError {
    /// It is too long or empty.
    #[error("chart name must be between 1 and {MAX_LENGTH} characters")]
    Length,
    /// It has a character that is not allowed.
    #[error("chart name must match the regular expression \"^[a-zA-Z0-9._-]+$\"")]
    Character,
}

/// Checks the name of a new chart.
///
/// # Errors
/// [`ChartNameError`].
pub fn check_name(name: &str) -> Result<(), ChartNameError> {
    if name.is_empty() || name.len() > MAX_LENGTH {
        return Err(ChartNameError::Length);
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if name.chars().all(is_plain) { Ok(()) } else { Err(ChartNameError::Character) }
}

/// The files of a new chart: paths below its folder, and texts, in the order in which they are written.
#[must_use]
pub fn files(name: &str, language: Language) -> Vec<(&'static str, String)> {
    let templates = match language {
        Language::Go => GO,
        Language::Handlebars => HANDLEBARS,
    };
    FRAME.iter().chain(templates).map(|(path, text)| (*path, text.replace(PLACEHOLDER, name))).collect()
}

/// A file of a starter chart with the new chart's name in it, where a placeholder counts: in templates and values.
#[must_use]
pub fn renamed(path: &str, data: Vec<u8>, name: &str) -> Vec<u8> {
    match String::from_utf8(data) {
        Ok(text) if path == "values.yaml" || path.starts_with("templates/") => text.replace(PLACEHOLDER, name).into_bytes(),
        Ok(text) => text.into_bytes(),
        Err(error) => error.into_bytes(),
    }
}

const FRAME: &[(&str, &str)] = &[
    ("Chart.yaml", include_str!("Chart.yaml")),
    ("values.yaml", include_str!("values.yaml")),
    (".helmignore", include_str!("helmignore")),
];

const GO: &[(&str, &str)] = &[
    ("templates/ingress.yaml", include_str!("go/ingress.yaml")),
    ("templates/httproute.yaml", include_str!("go/httproute.yaml")),
    ("templates/deployment.yaml", include_str!("go/deployment.yaml")),
    ("templates/service.yaml", include_str!("go/service.yaml")),
    ("templates/serviceaccount.yaml", include_str!("go/serviceaccount.yaml")),
    ("templates/hpa.yaml", include_str!("go/hpa.yaml")),
    ("templates/NOTES.txt", include_str!("go/NOTES.txt")),
    ("templates/_helpers.tpl", include_str!("go/_helpers.tpl")),
    ("templates/tests/test-connection.yaml", include_str!("go/test-connection.yaml")),
];

const HANDLEBARS: &[(&str, &str)] = &[
    ("templates/ingress.yaml.hbs", include_str!("handlebars/ingress.yaml.hbs")),
    ("templates/httproute.yaml.hbs", include_str!("handlebars/httproute.yaml.hbs")),
    ("templates/deployment.yaml.hbs", include_str!("handlebars/deployment.yaml.hbs")),
    ("templates/service.yaml.hbs", include_str!("handlebars/service.yaml.hbs")),
    ("templates/serviceaccount.yaml.hbs", include_str!("handlebars/serviceaccount.yaml.hbs")),
    ("templates/hpa.yaml.hbs", include_str!("handlebars/hpa.yaml.hbs")),
    ("templates/NOTES.txt.hbs", include_str!("handlebars/NOTES.txt.hbs")),
    ("templates/_fullname.hbs", include_str!("handlebars/_fullname.hbs")),
    ("templates/_labels.hbs", include_str!("handlebars/_labels.hbs")),
    ("templates/_selectorLabels.hbs", include_str!("handlebars/_selectorLabels.hbs")),
    ("templates/_serviceAccountName.hbs", include_str!("handlebars/_serviceAccountName.hbs")),
    ("templates/tests/test-connection.yaml.hbs", include_str!("handlebars/test-connection.yaml.hbs")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked_as_helm_does() {
        assert_eq!(check_name("a.B_c-1"), Ok(()));
        assert_eq!(check_name("a b"), Err(ChartNameError::Character));
        assert_eq!(check_name(""), Err(ChartNameError::Length));
        assert_eq!(check_name(&"a".repeat(251)), Err(ChartNameError::Length));
    }

    #[test]
    fn no_placeholder_is_left() {
        for language in [Language::Go, Language::Handlebars] {
            let left: Vec<_> = files("demo", language).into_iter().filter(|(_, text)| text.contains(PLACEHOLDER)).collect();
            assert_eq!(left, []);
        }
    }
}
