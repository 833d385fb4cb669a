//! The flags that change what a chart renders to.

use crate::ErrorFormat;
use crate::diagnosis::parse_error_format;
use clap::Args;

/// What `template`, `install` and `upgrade` have in common.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Rendering")]
pub struct RenderArgs {
    /// Leave hooks out
    #[arg(long)]
    pub no_hooks: bool,
    /// Leave the files of crds/ out
    #[arg(long)]
    pub skip_crds: bool,
    /// Do not check the values against values.schema.json
    #[arg(long)]
    pub skip_schema_validation: bool,
    /// Do not validate against the server's OpenAPI schema
    #[arg(long)]
    pub disable_openapi_validation: bool,
    /// Let getHostByName ask the name service
    #[arg(long)]
    pub enable_dns: bool,
    /// How to print errors: `text`, or `json` with file, line, column, message and chain
    #[arg(long, value_name = "FORMAT", value_parser = parse_error_format, default_value = "text", hide_default_value = true)]
    pub error_format: ErrorFormat,
}
