//! Charts from elsewhere: web servers, chart repositories, registries.
//!
//! ```text
//! reference → locate (repositories.yaml, cached indexes) → URL → transport → bytes, checked → content cache → path
//! ```
//!
//! Everything here blocks, and nothing prints. Files are Helm's: both programs share one configuration and one cache. Whatever is
//! written goes to a temporary file first and is then renamed.

pub mod dependencies;
mod error;
pub mod files;
pub mod index;
pub mod locate;
pub mod plugins;
pub mod registry;
pub mod repositories;
pub mod search;
mod transport;
mod typed;
pub mod url;
mod watch;

pub use error::FetchError;
pub use transport::{Access, Fetched, Fetcher};
pub use watch::{Transfer, Watch};

use plugins::Plugins;
use rhelm_lib::log::Log;
use std::path::PathBuf;

/// Where Helm keeps its files.
#[derive(Clone, Debug, Default)]
pub struct Home {
    /// `repositories.yaml`.
    pub repository_config: PathBuf,
    /// The folder of cached indexes.
    pub repository_cache: PathBuf,
    /// The folder of downloaded charts, by their digests.
    pub content_cache: PathBuf,
    /// Credentials of registries.
    pub registry_config: PathBuf,
    /// The plugins, some of which fetch what nobody else can.
    pub plugins: Plugins,
    /// Who is told of downloads.
    pub watch: Watch,
    /// Who is told of what is no error.
    pub log: Option<fn(&Log)>,
}

impl Home {
    /// A client that knows the plugins, and is watched.
    #[must_use]
    pub fn fetcher(&self, access: Access) -> Fetcher {
        Fetcher::new(access).with(self.plugins.clone(), self.watch.clone())
    }
}
