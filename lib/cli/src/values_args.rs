//! The flags that give values.

use crate::csv::{StringList, parse_string_list};
use clap::Args;

/// Where the user's values come from. Files are read first, then each family of flags in the order of the fields.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Values")]
pub struct ValuesArgs {
    /// File with values, `-` for standard input (repeatable; commas separate)
    #[arg(short = 'f', long, value_parser = parse_string_list)]
    pub values: Vec<StringList>,
    /// Values as JSON: `key=JSON` or a JSON object
    #[arg(long)]
    pub set_json: Vec<String>,
    /// Values, typed: `a.b=1,c[0]=x`
    #[arg(long)]
    pub set: Vec<String>,
    /// Values, all of them strings
    #[arg(long)]
    pub set_string: Vec<String>,
    /// Values that are the contents of files: `key=PATH`
    #[arg(long)]
    pub set_file: Vec<String>,
    /// One value, taken literally
    #[arg(long)]
    pub set_literal: Vec<String>,
}
