//! Charts made of a few files: in a temporary directory, or packed, properly or not.

use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::path::Path;
use tempfile::TempDir;

const BLOCK: usize = 512;

/// `Chart.yaml` of a chart with this name.
#[must_use]
pub fn chart_yaml(name: &str) -> String {
    format!("apiVersion: v2\nname: {name}\nversion: 0.1.0\n")
}

/// Files to be written to a directory.
#[derive(Clone, Debug, Default)]
pub struct Files(Vec<(String, Vec<u8>)>);

impl Files {
    /// No files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The files of a chart with nothing but a name.
    #[must_use]
    pub fn chart(name: &str) -> Self {
        Self::new().file("Chart.yaml", chart_yaml(name))
    }

    /// Adds a file.
    #[must_use]
    pub fn file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.0.push((path.to_owned(), content.into()));
        self
    }

    /// Writes the files to a new directory.
    ///
    /// # Panics
    /// When they cannot be written.
    #[must_use]
    pub fn write(&self) -> TempDir {
        let directory = TempDir::new().expect("a temporary directory");
        self.write_to(directory.path());
        directory
    }

    /// Writes the files to a directory that exists.
    ///
    /// # Panics
    /// When they cannot be written.
    pub fn write_to(&self, directory: &Path) {
        for (path, content) in &self.0 {
            let path = directory.join(path);
            std::fs::create_dir_all(path.parent().expect("a directory")).expect("a new directory");
            std::fs::write(path, content).expect("a new file");
        }
    }

    /// The files packed as those of a chart, below the directory `name`.
    #[must_use]
    pub fn pack(&self, name: &str) -> Vec<u8> {
        let entries = self.0.iter().fold(Tar::new(), |tar, (path, content)| tar.file(&format!("{name}/{path}"), content));
        gzip(&entries.finish())
    }
}

/// A tar archive that holds whatever it is told to hold.
#[derive(Clone, Debug, Default)]
pub struct Tar(Vec<u8>);

impl Tar {
    /// An empty archive.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file.
    #[must_use]
    pub fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.entry(path, b'0', content)
    }

    /// Adds an entry of any type, a long path with a header of its own.
    #[must_use]
    pub fn entry(mut self, path: &str, kind: u8, content: impl AsRef<[u8]>) -> Self {
        let content = content.as_ref();
        if path.len() > 100 {
            self = self.entry("long", b'L', path);
        }
        self.header(path, kind, content.len())
            .raw(content)
            .raw(vec![0; content.len().next_multiple_of(BLOCK) - content.len()])
    }

    /// Adds a header, whatever follows it.
    #[must_use]
    pub fn header(self, path: &str, kind: u8, size: usize) -> Self {
        let mut block = [0; BLOCK];
        let name = &path.as_bytes()[..path.len().min(100)];
        block[..name.len()].copy_from_slice(name);
        block[100..108].copy_from_slice(b"0000644\0");
        block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
        block[136..148].copy_from_slice(b"13700000000\0");
        block[156] = kind;
        block[257..265].copy_from_slice(b"ustar\x0000");
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        self.raw(block)
    }

    /// Adds bytes as they are.
    #[must_use]
    pub fn raw(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.0.extend_from_slice(bytes.as_ref());
        self
    }

    /// What there is so far.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The archive with its end.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.raw([0; 2 * BLOCK]).0
    }
}

/// Compresses bytes as gzip does.
///
/// # Panics
/// Never: there is nothing but memory to write to.
#[must_use]
pub fn gzip(data: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::fast());
    writer.write_all(data).expect("memory");
    writer.finish().expect("memory")
}
