//! Handlebars: files that end in `.hbs`, with the context and the functions that Go templates have.
//!
//! The `handlebars` crate parses and renders; here are the ways between its JSON and template values ([`bridge`]), the
//! functions as helpers ([`helper`]), and the checks that the crate leaves to its user ([`partials`]).

mod bridge;
mod helper;
mod partials;

use super::RenderError;
use super::diagnosis::{Diagnosis, Place};
use super::engine;
use crate::chart::HANDLEBARS;
use gotemplate::function::FunctionTable;
use gotemplate::value::Map;
use handlebars::{Context, Handlebars as Registry, RenderErrorReason, Template, TemplateError, TemplateErrorReason};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

pub(crate) use helper::Session;

/// The crate needs time that grows with the square of a file's size.
const MAX_SIZE: usize = 256 * 1024;

/// The Handlebars files of a chart.
pub(crate) struct Handlebars {
    registry: Registry<'static>,
    /// The texts, to quote from in errors, by name.
    sources: BTreeMap<String, Rc<str>>,
    partials: partials::References,
}

/// Whether a file is written in Handlebars.
pub(crate) fn is_handlebars(name: &str) -> bool {
    name.ends_with(HANDLEBARS)
}

impl Handlebars {
    /// Without any file yet.
    pub(crate) fn new(functions: &FunctionTable) -> Self {
        let mut registry = Registry::new();
        registry.register_escape_fn(handlebars::no_escape);
        registry.set_strict_mode(true);
        helper::register(&mut registry, functions.names());
        Self { registry, sources: BTreeMap::new(), partials: partials::References::default() }
    }

    /// Adds a file. `_labels.hbs` becomes the partial `labels`; of several with one name the last one holds.
    ///
    /// # Errors
    /// When it is too large or does not parse.
    pub(crate) fn parse(&mut self, name: &str, text: &str) -> Result<(), RenderError> {
        if text.len() > MAX_SIZE {
            let message = format!("a Handlebars file may have {MAX_SIZE} bytes, this one has {}: split it", text.len());
            return Err(RenderError::unparsable(name, &message));
        }
        let template = Template::compile_with_name(helper::with_method_names(text), name.to_owned())
            .map_err(|error| unparsable(name, text, &error))?;
        let key = partial_name(name).unwrap_or(name);
        self.partials.add(key, &template);
        self.sources.insert(name.to_owned(), text.into());
        self.registry.register_template(key, template);
        Ok(())
    }

    /// Refuses partials that end up in themselves, or may, on which the crate would overflow the stack.
    ///
    /// # Errors
    /// For the first such partial.
    pub(crate) fn check(&self) -> Result<(), RenderError> {
        if let Some(name) = self.partials.computed() {
            return Err(RenderError::new(format!("{name}: the name of a partial cannot be computed")));
        }
        match self.partials.cycle() {
            Some(path) => Err(RenderError::new(format!("partials include each other: {}", path.join(" > ")))),
            None => Ok(()),
        }
    }

    /// Whether there is a partial of that name, for `include`.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.registry.has_template(name)
    }

    /// What a file, or a partial, writes.
    ///
    /// # Errors
    /// When it fails.
    pub(crate) fn execute(&self, name: &str, data: &Data) -> Result<String, RenderError> {
        let result = self.registry.render_with_context(name, data.context());
        result.map_err(|error| self.failed(name, &error))
    }

    fn failed(&self, name: &str, error: &handlebars::RenderError) -> RenderError {
        let file = error.template_name.as_deref().unwrap_or(name);
        let (line, column) = (error.line_no.unwrap_or(1), error.column_no.unwrap_or(1).saturating_sub(1));
        let position = format!("{file}:{line}:{column}");
        let message = match error.reason() {
            RenderErrorReason::MissingVariable(Some(path)) => {
                format!("no field {path}; write {{{{default \"\" {path}}}}} if it may be absent")
            }
            RenderErrorReason::MissingVariable(None) => "no such field".to_owned(),
            RenderErrorReason::HelperNotFound(helper) => format!("function \"{helper}\" not defined"),
            RenderErrorReason::NestedError(cause) => cause.to_string(),
            reason => reason.to_string(),
        };
        let tag = self.tag(file, line, column);
        let place = |message: &str| Place {
            file: file.to_owned(),
            line: Some(line),
            column: Some(column),
            template: Some(file.to_owned()),
            expression: Some(tag.to_owned()),
            message: message.to_owned(),
        };
        let text = self.line(file, line);
        if let Some(message) = engine::marked_message(&message) {
            return RenderError::failed(&position, message).with_diagnosis(Diagnosis::at(place(message), text));
        }
        let diagnosis = Diagnosis::at(place(&message), text);
        let text = format!("{position}\n  executing \"{file}\" at <{tag}>:\n    {message}");
        RenderError::new(text).with_diagnosis(diagnosis)
    }

    fn line(&self, file: &str, line: usize) -> Option<&str> {
        self.sources.get(file)?.lines().nth(line.saturating_sub(1))
    }

    /// The text between the braces at a place.
    fn tag(&self, file: &str, line: usize, column: usize) -> &str {
        let rest = self.line(file, line).and_then(|line| line.get(column..));
        let inner = rest.unwrap_or_default().trim_start_matches(['{', '~', '#', '>', '&']);
        inner.split(['}', '~']).next().unwrap_or_default().trim()
    }
}

/// What a file sees as `this`: a template value, and the JSON made of it when it is first needed.
pub(crate) struct Data {
    value: gotemplate::value::Value,
    context: OnceCell<Context>,
}

impl Data {
    /// Of any value.
    pub(crate) fn new(value: gotemplate::value::Value) -> Self {
        Self { value, context: OnceCell::new() }
    }

    /// Whether this was made of that very map.
    pub(crate) fn is_of(&self, map: &Map) -> bool {
        matches!(&self.value, gotemplate::value::Value::Map(own) if own.is_same(map))
    }

    fn context(&self) -> &Context {
        self.context.get_or_init(|| Context::from(bridge::to_json(&self.value)))
    }
}

/// `labels` of `chart/templates/_labels.hbs`.
fn partial_name(name: &str) -> Option<&str> {
    name.rsplit('/').next()?.strip_prefix('_')?.strip_suffix(HANDLEBARS)
}

fn unparsable(name: &str, text: &str, error: &TemplateError) -> RenderError {
    let (line, column) = error.pos().unwrap_or((1, 1));
    let is_at_end = text.lines().skip(line.saturating_sub(1)).all(|line| line.trim().is_empty());
    let message = match error.reason() {
        TemplateErrorReason::InvalidSyntax(_) if is_at_end => "unexpected end: a block above is not closed".to_owned(),
        reason => reason.to_string(),
    };
    let column = Some(column.saturating_sub(1));
    let place = Place { file: name.to_owned(), line: Some(line), column, message, ..Place::default() };
    let error = RenderError::unparsable(&format!("{name}:{line}"), &place.message);
    error.with_diagnosis(Diagnosis::at(place, text.lines().nth(line.saturating_sub(1))))
}
