//! Why a render failed, in the layouts that Helm prints.

use super::diagnosis::Diagnosis;

/// A failed render. Its text is what Helm prints after `Error: `, but for the hint on `--debug`.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{text}")]
pub struct RenderError {
    text: String,
    diagnosis: Box<Diagnosis>,
}

impl RenderError {
    /// A failure with a text that is laid out already.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { diagnosis: Box::new(Diagnosis::new(&text)), text }
    }

    /// A template does not parse: at a position, `NAME:LINE`.
    pub(crate) fn unparsable(position: &str, message: &str) -> Self {
        Self::new(format!("parse error at ({position}): {message}"))
    }

    /// `fail` or `required` ended the render: at a position in the outermost template, `NAME:LINE:COLUMN`, with the chart
    /// author's words.
    pub(crate) fn failed(position: &str, message: &str) -> Self {
        Self::new(format!("execution error at ({position}): {message}"))
    }

    /// Lays out a failed execution. `chain` holds the texts of the failed executions from the outermost template inwards,
    /// each as Go prints it with all that it wraps: `template: NAME:1:3: executing "NAME" at <EXPR>: MESSAGE`, and last the
    /// text of any other error that caused it.
    ///
    /// Where templates are all there is, each gets a paragraph; with any other cause the first text is printed as it is.
    #[must_use]
    pub fn execution(chain: impl IntoIterator<Item = String>) -> Self {
        let mut paragraphs: Vec<String> = Vec::new();
        let mut chain = chain.into_iter().peekable();
        let whole = chain.peek().cloned().unwrap_or_default();
        for text in chain {
            let Some(paragraph) = paragraph(&text) else {
                return Self::new(whole);
            };
            if paragraphs.last() != Some(&paragraph) {
                paragraphs.push(paragraph);
            }
        }
        Self::new(paragraphs.join("\n").trim())
    }

    /// Says where it failed, and why.
    #[must_use]
    pub(crate) fn with_diagnosis(self, diagnosis: Diagnosis) -> Self {
        Self { diagnosis: Box::new(diagnosis), ..self }
    }

    /// Where it failed, and why.
    #[must_use]
    pub fn diagnosis(&self) -> &Diagnosis {
        &self.diagnosis
    }
}

/// One template's share of the message; `None` for an error that is not a template's.
fn paragraph(text: &str) -> Option<String> {
    let rest = text.strip_prefix("template: ")?;
    if rest.starts_with("no template ") && rest.contains(" associated with template ") {
        return Some(text.to_owned());
    }
    let (location, rest) = rest.split_once(": executing ")?;
    let (place, message) = rest.split_once(">: ")?;
    // Whatever follows is the wrapped template, which has a paragraph of its own; a message that says so itself loses it too.
    let message = message.split(" template:").next().unwrap_or(message);
    Some(format!("{location}\n  executing {place}>:\n    {message}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(chain: &[&str]) -> String {
        RenderError::execution(chain.iter().map(ToString::to_string)).to_string()
    }

    // The expected texts are those of Helm 4.3.1.
    #[test]
    fn each_template_has_a_paragraph() {
        let inner =
            "template: c/templates/t.yaml:1:26: executing \"f\" at <.Values.a.b.c>: nil pointer evaluating interface {}.b";
        let outer = format!(
            "template: c/templates/t.yaml:1:47: executing \"c/templates/t.yaml\" at <include \"f\" .>: error calling include: {inner}"
        );
        let expected = "c/templates/t.yaml:1:47\n  executing \"c/templates/t.yaml\" at <include \"f\" .>:\n    \
                        error calling include:\nc/templates/t.yaml:1:26\n  executing \"f\" at <.Values.a.b.c>:\n    \
                        nil pointer evaluating interface {}.b";
        assert_eq!(layout(&[&outer, inner]), expected);
    }

    #[test]
    fn a_missing_template_is_named_at_the_margin() {
        let inner = "template: no template \"nope.tpl\" associated with template \"gotpl\"";
        let outer = format!("template: t:1:3: executing \"t\" at <include \"nope.tpl\" .>: error calling include: {inner}");
        let expected = "t:1:3\n  executing \"t\" at <include \"nope.tpl\" .>:\n    error calling include:\n\
                        template: no template \"nope.tpl\" associated with template \"gotpl\"";
        assert_eq!(layout(&[&outer, inner]), expected);
    }

    #[test]
    fn another_cause_keeps_the_text_on_one_line() {
        let text = "template: t:1:3: executing \"t\" at <div 7 0>: error calling div: runtime error: integer divide by zero";
        assert_eq!(layout(&[text, "runtime error: integer divide by zero"]), text);
    }

    #[test]
    fn a_message_is_cut_where_it_speaks_of_templates() {
        let text =
            "template: t:1:17: executing \"t\" at <\"a: b template: c: d\">: range can't iterate over a: b template: c: d";
        let expected = "t:1:17\n  executing \"t\" at <\"a: b template: c: d\">:\n    range can't iterate over a: b";
        assert_eq!(layout(&[text]), expected);
    }
}
