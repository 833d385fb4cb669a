//! The flags that name a release, where no operand does.

use crate::{Failure, name_and_chart, render_name};
use clap::Args;

/// How a release gets its name.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Naming")]
pub struct NameArgs {
    /// Template of the release's name
    #[arg(long)]
    pub name_template: Option<String>,
    /// Make up the release's name
    #[arg(short = 'g', long)]
    pub generate_name: bool,
}

impl NameArgs {
    /// The release's name, unless nothing but `--generate-name` says anything of it, and the chart.
    ///
    /// # Errors
    /// For a wrong number of operands, two ways to name it, or a template that fails.
    pub fn name_and_chart(&self, usage: &str, operands: Vec<String>) -> Result<(Option<String>, String), Failure> {
        let (name, chart) = name_and_chart(usage, operands)?;
        let template = self.name_template.as_deref().filter(|text| !text.is_empty());
        match (name, template) {
            (Some(_), _) if self.generate_name => Err(Failure::new("cannot set --generate-name and also specify a name")),
            (Some(_), Some(_)) => Err(Failure::new("cannot set --name-template and also specify a name")),
            (None, Some(template)) => Ok((Some(render_name(template)?), chart)),
            (name, None) => Ok((name, chart)),
        }
    }
}
