//! Rendering: a processed chart and its values become one text per template.
//!
//! ```text
//! chart + values → context (.Values .Release .Chart .Files …) → engine → name of each template and what it wrote
//! ```
//!
//! Everything outside the chart that a template can see (clock, randomness, cluster, name service) comes in through
//! [`Environment`] and [`Lookup`], so that a render can be repeated.

pub mod build_info;
pub mod capabilities;
mod capability_objects;
pub(crate) mod context;
pub mod diagnosis;
mod engine;
mod environment;
mod error;
mod files;
pub(crate) mod functions;
mod glob;
mod handlebars;
mod hint;
mod name_template;
mod notes;
mod values_methods;
mod walk;

pub use capabilities::{Capabilities, KubeVersion, KubeVersionError};
pub use environment::{Environment, Gauge, Lookup, LookupError, NoCluster};
pub use error::RenderError;
pub use functions::regex::finder;
pub use name_template::{NameTemplateError, render_name};
pub use notes::take_notes;

use crate::chart::Chart;
use crate::log::Log;
use engine::Engine;
use goyaml::Map;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// What every template writes, by the template's name: `chart/templates/file.yaml`.
pub type Rendered = BTreeMap<String, Vec<u8>>;

/// Everything a render works on.
pub struct Input<'a> {
    /// The chart, its dependencies processed.
    pub chart: &'a Chart,
    /// The values, coalesced over those of the charts.
    pub values: &'a Map,
    /// What `.Release` says.
    pub release: &'a ReleaseFacts,
    /// What `.Capabilities` says.
    pub capabilities: &'a Capabilities,
    /// Clock, randomness and name service.
    pub environment: &'a Environment,
    /// What `lookup` asks.
    pub lookup: Arc<dyn Lookup>,
}

/// What `.Release` says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of .Release")]
pub struct ReleaseFacts {
    pub name: String,
    pub namespace: String,
    /// 0 for `lint`, which neither installs nor upgrades.
    pub revision: u32,
    pub is_upgrade: bool,
}

/// Renders every template of a chart and of its dependencies.
///
/// All files are parsed before the first is executed, both in the order of [`context::templates`].
///
/// # Errors
/// The first file that does not parse, or else the first that fails.
pub fn render(input: &Input<'_>) -> Result<Rendered, RenderError> {
    run(input, None)
}

/// Renders as [`render`] does, for `lint`: where `required` and `fail` would end the render they write nothing, and what they
/// had to say is added to `logs`.
///
/// # Errors
/// As for [`render`].
pub fn render_leniently(input: &Input<'_>, logs: &mut Vec<Log>) -> Result<Rendered, RenderError> {
    let said = Rc::default();
    let rendered = run(input, Some(Rc::clone(&said)));
    logs.append(&mut said.borrow_mut());
    rendered
}

fn run(input: &Input<'_>, lenient: Option<Rc<RefCell<Vec<Log>>>>) -> Result<Rendered, RenderError> {
    let templates = context::templates(input);
    let engine = Engine::new(&templates, input.environment, input.lookup.clone(), lenient)?;
    let mut rendered = Rendered::new();
    for template in templates.iter().filter(|template| !template.is_partial()) {
        rendered.insert(template.name.clone(), engine.execute(template)?);
    }
    Ok(rendered)
}
