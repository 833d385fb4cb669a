//! Which partial uses which, to find those that end up in themselves before they are rendered.

use handlebars::Template;
use handlebars::template::{DecoratorTemplate, HelperTemplate, Parameter, TemplateElement};
use std::collections::{BTreeMap, BTreeSet};

/// The uses of partials, by the name of the file, partial or inline partial that has them.
#[derive(Default)]
pub(crate) struct References {
    uses: BTreeMap<String, BTreeSet<String>>,
    /// The first that names a partial by an expression, whose value nobody knows beforehand.
    computed: Option<String>,
}

impl References {
    /// Notes the uses in a file.
    pub(crate) fn add(&mut self, name: &str, template: &Template) {
        self.uses.insert(name.to_owned(), BTreeSet::new());
        self.walk(name, template);
    }

    /// The name of the first file that uses a partial whose name is computed.
    pub(crate) fn computed(&self) -> Option<&str> {
        self.computed.as_deref()
    }

    /// The first partial that ends up in itself, with the way there.
    pub(crate) fn cycle(&self) -> Option<Vec<&str>> {
        let mut done = BTreeSet::new();
        self.uses.keys().find_map(|name| self.search(name, &mut done))
    }

    /// Depth first, with a stack of its own: the chart decides how deep it goes.
    fn search<'a>(&'a self, start: &'a str, done: &mut BTreeSet<&'a str>) -> Option<Vec<&'a str>> {
        let uses = |name: &str| self.uses.get(name).into_iter().flatten().map(String::as_str);
        let mut path = vec![start];
        let mut waiting: Vec<Vec<&str>> = vec![uses(start).collect()];
        while let Some(next) = waiting.last_mut().map(Vec::pop) {
            match next {
                Some(name) if path.contains(&name) => {
                    path.push(name);
                    return Some(path);
                }
                Some(name) if done.contains(name) => {}
                Some(name) => {
                    path.push(name);
                    waiting.push(uses(name).collect());
                }
                None => {
                    done.extend(path.pop());
                    waiting.pop();
                }
            }
        }
        None
    }

    fn walk(&mut self, name: &str, template: &Template) {
        for element in &template.elements {
            match element {
                TemplateElement::HtmlExpression(helper)
                | TemplateElement::Expression(helper)
                | TemplateElement::HelperBlock(helper) => self.walk_helper(name, helper),
                TemplateElement::PartialExpression(partial) | TemplateElement::PartialBlock(partial) => {
                    self.walk_partial(name, partial);
                }
                TemplateElement::DecoratorExpression(decorator) | TemplateElement::DecoratorBlock(decorator) => {
                    self.walk_inline(decorator);
                }
                _ => {}
            }
        }
    }

    fn walk_helper(&mut self, name: &str, helper: &HelperTemplate) {
        for inner in helper.template.iter().chain(&helper.inverse) {
            self.walk(name, inner);
        }
    }

    fn walk_partial(&mut self, name: &str, partial: &DecoratorTemplate) {
        match partial.name.as_name() {
            Some(used) => _ = self.uses.entry(name.to_owned()).or_default().insert(used.to_owned()),
            None => self.computed = self.computed.take().or_else(|| Some(name.to_owned())),
        }
        if let Some(inner) = &partial.template {
            self.walk(name, inner);
        }
    }

    /// `{{#*inline "row"}}…{{/inline}}`: what is inside is used where `row` is.
    fn walk_inline(&mut self, decorator: &DecoratorTemplate) {
        let Some(Parameter::Literal(serde_json::Value::String(defined))) = decorator.params.first() else { return };
        if let Some(inner) = &decorator.template {
            self.walk(defined, inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cycle(files: &[(&str, &str)]) -> Option<String> {
        let mut references = References::default();
        for (name, text) in files {
            references.add(name, &Template::compile(text).expect("a template"));
        }
        references.cycle().map(|path| path.join(" > "))
    }

    #[test]
    fn ways_back_to_a_partial_are_found() {
        assert_eq!(
            cycle(&[("a", "{{> b}}"), ("b", "{{#if x}}{{> c}}{{/if}}"), ("c", "{{> b}}")]).as_deref(),
            Some("a > b > c > b")
        );
        assert_eq!(cycle(&[("a", "{{#*inline \"r\"}}{{> r}}{{/inline}}{{> r}}")]).as_deref(), Some("a > r > r"));
        assert_eq!(cycle(&[("a", "{{> b}}{{> c}}"), ("b", "{{> c}}"), ("c", "x")]), None);
    }
}
