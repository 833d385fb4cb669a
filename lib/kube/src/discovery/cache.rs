//! What a server served last, in a file beside kubectl's: never believed without asking, but a server that says that nothing has
//! changed need not say everything again.

use super::Served;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What is known of a server.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Known {
    /// The server's version: kinds of the core group change with it only.
    pub(super) version: String,
    /// Changes when the kinds of the other groups do.
    pub(super) etag: String,
    pub(super) core: Served,
    pub(super) groups: Served,
}

impl Known {
    /// What changes when anything does.
    pub(crate) fn tags(&self) -> (String, String) {
        (self.version.clone(), self.etag.clone())
    }
}

/// The file of one server.
#[derive(Clone, Debug)]
pub(crate) struct Cache(PathBuf);

impl Cache {
    /// In kubectl's folder for the server: `FOLDER/discovery/HOST_PORT`.
    pub(crate) fn of(folder: &Path, url: &str) -> Self {
        let host = url.split_once("://").map_or(url, |(_, rest)| rest);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "(/.)".contains(c);
        let host: String = host.chars().map(|c| if is_plain(c) && c != '/' { c } else { '_' }).collect();
        Self(folder.join("discovery").join(host).join("rhelm.json"))
    }

    /// What the file says; nothing where it is missing or damaged.
    pub(crate) fn read(&self) -> Option<Known> {
        serde_json::from_slice(&std::fs::read(&self.0).ok()?).ok()
    }

    /// Writes the file whole or not at all. A cache that cannot be written is none.
    pub(crate) fn write(&self, known: &Known) {
        let write = || -> std::io::Result<()> {
            let folder = self.0.parent().unwrap_or(Path::new(""));
            std::fs::create_dir_all(folder)?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(&serde_json::to_vec(known)?)?;
            file.persist(&self.0).map(drop).map_err(|error| error.error)
        };
        let _ = write();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_has_kubectls_folder() {
        let file = |url: &str| Cache::of(Path::new("/h"), url).0.display().to_string();
        assert_eq!(file("https://127.0.0.1:6443"), "/h/discovery/127.0.0.1_6443/rhelm.json");
        assert_eq!(file("https://h.example/k8s/c-1"), "/h/discovery/h.example_k8s_c_1/rhelm.json");
    }

    #[test]
    fn what_is_damaged_is_not_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::of(folder.path(), "https://s:1");
        assert!(cache.read().is_none());
        let mut known = Known { etag: "\"x\"".into(), version: "v1".into(), ..Known::default() };
        known.core.add_resource("v1", "Pod", "pods", true);
        cache.write(&known);
        let read = cache.read().expect("written");
        assert_eq!(read.core.resource("v1", "Pod"), known.core.resource("v1", "Pod"));
        assert_eq!((read.etag, read.core.api_versions()), (known.etag, vec!["v1/Pod".to_owned()]));
        std::fs::write(&cache.0, "{").expect("a file");
        assert!(cache.read().is_none());
    }
}
