//! Helm's plugins: `plugin.yaml` in both of its formats, what a plugin runs, and archives of plugins.
//!
//! In comes text, out comes plain data; programs are run elsewhere.

mod archive;
mod command;
mod document;
mod file;

pub use archive::{ArchiveFile, PluginArchive, UnpackError, package, unpack};
pub use command::{Expand, PlatformCommand, words};
pub use file::{Config, FileError, PluginFile, ProtocolCommand, Subprocess};

/// The name of the file that makes a folder a plugin.
pub const PLUGIN_FILE: &str = "plugin.yaml";
