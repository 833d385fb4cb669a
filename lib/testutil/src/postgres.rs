//! A real PostgreSQL for tests: one for each test run, in a temporary folder, gone when the run ends or is killed.
//!
//! It comes from the machine's `initdb`. Without it, tests skip with one line; `RHELM_TEST_REQUIRE=all` makes that a failure.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

const MISSING: &str = "no PostgreSQL: install the package postgresql";

/// The major versions that `scripts/fetch-postgres` has.
pub const VERSIONS: [&str; 5] = ["13", "14", "15", "16", "17"];

/// A running PostgreSQL, as long as it lives.
pub struct Postgres {
    folder: PathBuf,
    port: u16,
    /// Its standard input is what keeps the server alive.
    _keeper: Child,
}

/// The server of this test run, started at the first call; `None` when the test is to be skipped.
///
/// # Panics
/// When there is none and `RHELM_TEST_REQUIRE` is `all`.
pub fn shared() -> Option<&'static Postgres> {
    static SHARED: OnceLock<Result<Postgres, String>> = OnceLock::new();
    let start = || Postgres::start(|_| programs().ok_or(MISSING.to_owned()));
    match SHARED.get_or_init(|| start().inspect_err(|why| crate::announce(why))) {
        Ok(server) => Some(server),
        Err(why) => crate::skip(why),
    }
}

/// A server of one of the [`VERSIONS`], of the caller's own; `None` when the test is to be skipped.
///
/// # Panics
/// When there is none and `RHELM_TEST_REQUIRE` is `all`.
#[must_use]
pub fn of_version(version: &str) -> Option<Postgres> {
    // `psql` is the machine's, whatever the server is.
    let start = || programs().ok_or(MISSING.to_owned()).and_then(|_| Postgres::start(|folder| fetched(version, folder)));
    start().inspect_err(|why| crate::announce(why)).map_or_else(|why| crate::skip(&why), Some)
}

/// The programs of a version, in a folder that the server's user can read.
fn fetched(version: &str, folder: &Path) -> Result<PathBuf, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/fetch-postgres");
    let output = Command::new(script).arg(version).output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("no PostgreSQL {version}: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    let programs = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    let all = programs.parent().ok_or(MISSING)?;
    let copy = folder.join("programs");
    let run = |command: &mut Command| command.status().is_ok_and(|status| status.success());
    let is_copied = run(Command::new("cp").arg("-r").arg(all).arg(&copy))
        && another_user()
            .is_none_or(|(user, group)| run(Command::new("chown").arg("-R").arg(format!("{user}:{group}")).arg(&copy)));
    if is_copied { Ok(copy.join("bin")) } else { Err(format!("PostgreSQL {version} cannot be copied")) }
}

impl Postgres {
    /// Starts the server whose programs `provide` finds, or puts into the given folder.
    fn start(provide: impl FnOnce(&Path) -> Result<PathBuf, String>) -> Result<Self, String> {
        let folder = tempfile::Builder::new().prefix("rhelm-pg-").tempdir().map_err(|error| error.to_string())?.keep();
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = port.map_err(|error| error.to_string())?.port();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths([provide(&folder)?].into_iter().chain(std::env::split_paths(&path)));
        let mut command = Command::new("sh");
        command.args(["-c", include_str!("postgres.sh"), "sh"]).arg(&folder).arg(port.to_string());
        command.env("PATH", path.map_err(|error| error.to_string())?).stdin(Stdio::piped()).stdout(Stdio::piped());
        // The server refuses to run as the superuser.
        if let Some((user, group)) = another_user() {
            chown(&folder, Some(user), Some(group)).map_err(|error| error.to_string())?;
            command.uid(user).gid(group);
        }
        let mut keeper = command.spawn().map_err(|error| error.to_string())?;
        let mut line = String::new();
        if let Some(output) = keeper.stdout.take() {
            BufReader::new(output).read_line(&mut line).map_err(|error| error.to_string())?;
        }
        if line != "ready\n" {
            let log = std::fs::read_to_string(folder.join("start.log")).unwrap_or_default();
            return Err(format!("PostgreSQL did not start: {log}"));
        }
        Ok(Self { folder, port, _keeper: keeper })
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder of the Unix socket.
    #[must_use]
    pub fn socket_folder(&self) -> &Path {
        &self.folder
    }

    /// The certificate of the authority that signed the server's, which is for `localhost`.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.folder.join("ca.crt")
    }

    /// The server's certificate.
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        self.folder.join("server.crt")
    }

    /// Makes a new database; its name.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn new_database(&self) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        name
    }

    /// A connection string for the administrator.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgresql://127.0.0.1:{}/{database}?user=postgres&sslmode=disable", self.port)
    }

    /// Runs statements as the administrator; the rows, unaligned.
    ///
    /// # Panics
    /// When one fails.
    pub fn sql(&self, database: &str, statements: &str) -> String {
        self.run("psql", &["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statements, database])
    }

    /// Runs a program of PostgreSQL's on this server, as the administrator; its output.
    ///
    /// # Panics
    /// When it fails.
    pub fn run(&self, program: &str, arguments: &[&str]) -> String {
        let program = programs().expect("the server runs").join(program);
        let output = Command::new(program)
            .args(arguments)
            .env("PGHOST", &self.folder)
            .env("PGPORT", self.port.to_string())
            .env("PGUSER", "postgres")
            .output()
            .expect("the program runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }
}

/// A transaction of the administrator's that stays open until this goes.
pub struct Held(Child);

impl Postgres {
    /// Runs statements in a transaction, and returns when they are done.
    ///
    /// # Panics
    /// When they fail.
    #[must_use]
    pub fn hold(&self, database: &str, statements: &str) -> Held {
        let mut child = Command::new(programs().expect("the server runs").join("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", database])
            .env("PGHOST", &self.folder)
            .env("PGPORT", self.port.to_string())
            .env("PGUSER", "postgres")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("psql starts");
        let input = child.stdin.as_mut().expect("a pipe");
        writeln!(input, "BEGIN; {statements}; SELECT 'held';").expect("written");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("a pipe")).read_line(&mut line).expect("a line");
        assert_eq!(line, "held\n");
        Held(child)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // The end of its input ends the transaction; nothing more can be done where it does not.
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// The folder of `initdb` and its like: on the path, else where Debian keeps it.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    versions.sort();
    let found =
        std::env::split_paths(&path).chain(versions.into_iter().rev()).find(|folder| folder.join("initdb").exists())?;
    // A link leads to the folder that has all of the programs.
    std::fs::canonicalize(found.join("initdb")).ok()?.parent().map(Path::to_owned)
}

/// User and group to run the server as, when this is the superuser.
pub(crate) fn another_user() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    if std::fs::metadata("/proc/self").ok()?.uid() != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    ["postgres:", "nobody:"].iter().find_map(|name| {
        let mut fields = users.lines().find(|line| line.starts_with(name))?.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    })
}
